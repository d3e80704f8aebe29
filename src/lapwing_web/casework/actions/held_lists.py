"""A person decides about a document of a list that is held: it comes in all the same, or is thrown away.

The decision is recorded and asked for in one transaction, and a worker carries it out: a long list takes a
while to come in, and nothing may wait for that.
"""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from msgspec import Struct, convert, to_builtins

from lapwing.matching import HashList
from lapwing.matching.keeping import merge, needs_merging
from lapwing.sources import deciding
from lapwing.sources.configured import read_sources
from lapwing.sources.standing import standing
from lapwing_web.audit.actions import Rule, audited, record, recorded
from lapwing_web.casework.actions.holding import said
from lapwing_web.jobs.actions import Kind, Leased, done, enqueue
from lapwing_web.moment import now
from lapwing_web.refusal import Refused
from lapwing_web.staff.models import User
from lapwing_web.staff.permissions import check

BY = Rule("rule:lists")
DECIDE, LANE = "casework.held-list", "ordinary"
GONE = "That document is held no longer: somebody has decided, or a later one was good. Nothing was done."


class Asked(Struct, frozen=True):
    """What a person decided about the document with this SHA-256."""

    name: str
    sha256: str
    accepts: bool
    why: str
    by: str


@audited
def decide(name: str, sha256: str, *, accepts: bool, why: str, by: User) -> None:
    """Decide about what is held of a list. The first of two people who decide has won."""
    check(by, "decide a held list")
    why = said(why, "Say why: the reason is kept with the decision.")
    held = standing(settings.LISTS / name).held
    if held is None or held.sha256 != sha256:
        raise Refused(GONE)
    asked = Asked(name, sha256, accepts, why, by.username)
    job = enqueue(DECIDE, f"held:{name}:{sha256[:32]}:{held.at}", to_builtins(asked), lane=LANE)
    if job.payload != to_builtins(asked):
        raise Refused("Somebody has just decided about that document. Nothing was done.")
    action = "accept held list" if accepts else "refuse held list"
    record(action, f"list:{name}", by=by, why=why, new={"sha256": sha256, "why_held": held.why})


def carry_out(jobs: Sequence[Leased]) -> None:
    """Do what was decided; nothing, where it was done. Raises BadList, BadSources, Unreadable, OSError."""
    for job in jobs:
        asked = convert(job.payload, Asked)
        held = standing(settings.LISTS / asked.name).held
        version = _done(asked) if held is not None and held.sha256 == asked.sha256 else None
        with recorded():
            if version is not None:
                record("carry out held list", f"list:{asked.name}", by=BY, new={"version": version})
            done(job)


def _done(asked: Asked) -> int:
    """The version that is in use then; 0 where there is none, or where it was thrown away."""
    given: dict[str, Any] = {"reason": asked.why, "by": asked.by, "at": now(), "sha256": asked.sha256}
    if not asked.accepts:
        deciding.refuse(settings.LISTS, asked.name, **given)
        return 0
    made = deciding.accept(settings.LISTS, asked.name, read_sources(settings.LISTS)[asked.name], **given)
    if needs_merging(HashList.open(settings.LISTS, asked.name)):
        merge(settings.LISTS, asked.name)
    return made.number


KIND = Kind(DECIDE, carry_out, LANE)
