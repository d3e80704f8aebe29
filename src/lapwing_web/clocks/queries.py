"""Clocks, as a given person may see them: the agency sees every organisation's, a force its own."""

from datetime import UTC, datetime

from django.db.models import Q, QuerySet
from msgspec import Struct

from lapwing_web.address import whole_number
from lapwing_web.clocks.models import Clock
from lapwing_web.moment import now
from lapwing_web.naming import page_of
from lapwing_web.staff.models import User
from lapwing_web.staff.permissions import check, may

State = Clock.State
PAGE = 50
GROUPS = ("overdue", "soon", "running", "paused")  # in the order in which they matter
LABELS = {"overdue": "Overdue", "soon": "About to breach", "running": "Running", "paused": "Paused"}


class ClockRow(Struct):
    """A clock on a page, with what this person may do to it."""

    clock: Clock
    link: str  # the page of what it is about; "" where there is none
    pause: bool
    resume: bool
    acknowledge: bool


class ClockPage(Struct):
    """One page of a group of clocks, and how many each group holds. `next`: the next page's cursor."""

    group: str
    counts: dict[str, int]
    rows: list[ClockRow]
    next: str


def clocks_for(user: User) -> QuerySet[Clock]:
    """Every clock this person may see, settled ones included."""
    check(user, "see clocks")
    clocks = Clock.objects.select_related("organisation", "owner", "acknowledged_by")
    return clocks if user.in_agency else clocks.filter(organisation=user.organisation_id)


def own_clocks(user: User, permission: str) -> QuerySet[Clock]:
    """The clocks of this person's own organisation, to do with them what `permission` allows."""
    check(user, permission)
    return clocks_for(user).filter(organisation=user.organisation_id)


def overdue(user: User) -> QuerySet[Clock]:
    """Clocks that have run out and are not settled, the longest overdue first."""
    return clocks_for(user).filter(state=State.FIRED).order_by("due_at", "id")


def about_to_breach(user: User) -> QuerySet[Clock]:
    """Running clocks that are near their end, by the policy's warning, soonest first."""
    return clocks_for(user).filter(state=State.RUNNING, warn_at__lte=now()).order_by("due_at", "id")


def open_for(about: str) -> QuerySet[Clock]:
    """Unsettled clocks about one record (`referral:12`), soonest first. The caller says who sees them."""
    return Clock.objects.filter(about=about).exclude(state=State.SETTLED).order_by("due_at", "id")


def in_group(clocks: QuerySet[Clock], group: str) -> QuerySet[Clock]:
    """Those of one group of the clocks page, soonest first."""
    return clocks.filter(_groups()[group]).order_by(_order(group), "id")


def _order(group: str) -> str:
    """Running clocks may be very many: they stand in the order of an index, by when they will be near."""
    return "warn_at" if group == "running" else "due_at"


def _groups() -> dict[str, Q]:
    near = Q(warn_at__lte=now())
    return {
        "overdue": Q(state=State.FIRED),
        "soon": Q(state=State.RUNNING) & near,
        "running": Q(state=State.RUNNING) & ~near,
        "paused": Q(state=State.PAUSED),
    }


def page(user: User, group: str = "", *, mine: bool = False, after: str = "") -> ClockPage:
    """One page of clocks for this person. Without a group: the first of GROUPS that is not empty."""
    clocks = clocks_for(user).exclude(state=State.SETTLED)
    if mine:
        clocks = clocks.filter(owner=user)
    counts = {name: clocks.filter(where).count() for name, where in _groups().items()}
    chosen = group if group in GROUPS else next((name for name in GROUPS if counts[name]), "running")
    found, by = in_group(clocks, chosen), _order(chosen)
    if cursor := _cursor(after):
        later = Q(**{f"{by}__gt": cursor[0]}) | Q(**{by: cursor[0]}, pk__gt=cursor[1])
        found = found.filter(later, **{f"{by}__gte": cursor[0]})
    rows = list(found[: PAGE + 1])
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    following = f"{getattr(last, by).isoformat()},{last.pk}" if last else ""
    return ClockPage(chosen, counts, [_row(clock, user) for clock in rows[:PAGE]], following)


def _cursor(text: str) -> tuple[datetime, int] | None:
    moment, _, number = text.partition(",")
    key = whole_number(number)
    try:
        at = datetime.fromisoformat(moment)
        return (at.astimezone(UTC), key) if at.tzinfo and key is not None else None
    except (ValueError, OverflowError):  # at either end of time there are moments that UTC cannot spell
        return None


def _row(clock: Clock, user: User) -> ClockRow:
    own = clock.organisation_id == user.organisation_id
    holds = own and may(user, "pause a clock")
    unseen = clock.state == State.FIRED and clock.acknowledged_at is None
    return ClockRow(
        clock,
        page_of(clock.about),
        pause=holds and clock.state == State.RUNNING and clock.due_at > now(),
        resume=holds and clock.state == State.PAUSED,
        acknowledge=own and unseen and may(user, "acknowledge a clock") and user.role == clock.escalated_to,
    )
