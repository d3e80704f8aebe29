"""What becomes of lists that come by themselves, where somebody must look: held, failed, stale or quiet."""

from datetime import datetime

from django.conf import settings
from django.http import Http404
from msgspec import Struct

from lapwing.matching import BadList
from lapwing.policy import load
from lapwing.sources.configured import BadSources, read_sources
from lapwing.sources.standing import Standing, quiet, stale, standing
from lapwing_web.casework.models import KnownList
from lapwing_web.moment import now, today
from lapwing_web.staff.models import User
from lapwing_web.staff.permissions import check


class SourceLine(Struct, frozen=True):
    """The source of one list as it stands."""

    name: str
    standing: Standing
    quiet: bool  # it answers, and has had nothing new for longer than policy allows
    stale: bool  # it has not confirmed the list for longer than policy allows

    @property
    def held_at(self) -> datetime | None:
        """When the document that is held first came."""
        return datetime.fromisoformat(self.standing.held.at) if self.standing.held else None

    @property
    def made_at(self) -> datetime | None:
        """When that document was made, as it claims; None where it claims nothing."""
        held = self.standing.held
        return datetime.fromisoformat(held.made) if held and held.made else None

    @property
    def confirmed_at(self) -> datetime | None:
        """When its publisher last said that this is the list; None where it never gave one."""
        return datetime.fromisoformat(self.standing.confirmed_at) if self.standing.confirmed_at else None

    @property
    def changed_at(self) -> datetime | None:
        """When it last had anything new."""
        return datetime.fromisoformat(self.standing.changed_at) if self.standing.changed_at else None

    @property
    def troubled(self) -> bool:
        """Whether anything is wrong with it."""
        return bool(self.standing.held or self.standing.fault or self.quiet or self.stale)

    @property
    def pressing(self) -> bool:
        """Whether somebody must look now: one failure is tried again by itself."""
        return bool(self.standing.held or self.quiet or self.stale)


class Sources(Struct, frozen=True):
    """Every source whose list comes by itself, or why nobody can say which they are."""

    lines: list[SourceLine]
    fault: str = ""

    @property
    def troubled(self) -> list[SourceLine]:
        """Those with which anything is wrong."""
        return [line for line in self.lines if line.troubled]

    def of(self, name: str) -> SourceLine | None:
        """That of one list."""
        return next((line for line in self.lines if line.name == name), None)


def sources_now() -> Sources:
    """As the folder of lists has them. Whoever asks has checked who may see lists."""
    try:
        names = list(read_sources(settings.LISTS))
    except (BadSources, OSError) as error:
        return Sources([], str(error))
    return Sources([_line(name) for name in names])


def pressing(user: User) -> list[SourceLine]:
    """The sources that somebody must look at now, those that are held first."""
    check(user, "see lists")
    found = [line for line in sources_now().lines if line.pressing]
    return sorted(found, key=lambda line: (line.standing.held is None, line.name))


def held_source(user: User, name: str) -> SourceLine:
    """The source of a list, for whoever decides about what is held of it. Raises Http404 for no such list."""
    check(user, "decide a held list")
    found = sources_now().of(name)
    if found is None and not KnownList.objects.filter(name=name).exists():
        raise Http404(f"There is no list {name}.")
    return found or SourceLine(name, Standing(), False, False)  # one that is brought in by hand


def _line(name: str) -> SourceLine:
    age = load("known_lists", settings.JURISDICTION).on(today()).age_of(name)
    try:
        known = standing(settings.LISTS / name)
        return SourceLine(name, known, quiet(known, age, now()), stale(known, age, now()))
    except (BadList, OSError, ValueError) as error:
        return SourceLine(name, Standing(fault=str(error), failures=1), False, True)
