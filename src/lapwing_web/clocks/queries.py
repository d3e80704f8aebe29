"""Clocks, as a given person may see them: the agency sees every organisation's, a force its own."""

from datetime import UTC, date, datetime, timedelta
from hashlib import sha256

from django.conf import settings
from django.db.models import Q, QuerySet
from icalendar import Calendar, Event
from msgspec import Struct

from lapwing.policy import load
from lapwing_web.address import whole_number
from lapwing_web.clocks.models import CalendarAddress, Clock
from lapwing_web.listing import first_of
from lapwing_web.moment import UK, now, today
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


def check_ins_late(user: User) -> QuerySet[Clock]:
    """Check-ins in this person's organisation that nobody held by their day: each is its owner's."""
    return overdue(user).filter(organisation=user.organisation_id, kind="check_in")


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
    clocks = clocks_for(user)
    if mine:
        clocks = clocks.filter(owner=user)
    counts = {name: clocks.filter(where).count() for name, where in _groups().items()}
    chosen = group if group in GROUPS else next((name for name in GROUPS if counts[name]), "running")
    found, by = in_group(clocks, chosen), _order(chosen)
    if cursor := _cursor(after):
        later = Q(**{f"{by}__gt": cursor[0]}) | Q(**{by: cursor[0]}, pk__gt=cursor[1])
        found = found.filter(later, **{f"{by}__gte": cursor[0]})
    rows = first_of(found, PAGE + 1)
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


MOST_IN_A_CALENDAR = 1000  # deadlines, soonest first
LONGEST_SECRET = 100
A_DAY = ("working_days", "calendar_days")  # units whose deadlines are the end of a day, not an instant
READ_AGAIN = timedelta(hours=1)


def calendar_of(user: User) -> CalendarAddress | None:
    """The address at which this person's calendar reads their deadlines, if they have made one."""
    check(user, "see clocks")
    address = CalendarAddress.objects.filter(user=user, ended_at=None).first()
    return address if address and address.answers else None


def calendar_at(secret: str) -> CalendarAddress | None:
    """The address with this secret; None once it is ended, or its person may not see clocks any more."""
    if len(secret) > LONGEST_SECRET:
        return None
    held = CalendarAddress.objects.filter(digest=sha256(secret.encode()).hexdigest(), ended_at=None)
    address = held.select_related("user__organisation").first()
    return address if address and address.answers and may(address.user, "see clocks") else None


def calendar(user: User, site: str) -> bytes:
    """Their own open deadlines as iCalendar (RFC 5545): kinds and numbers alone. `site`: its address."""
    made = Calendar()
    made.add("prodid", "-//Lapwing//Deadlines//EN")
    made.add("version", "2.0")
    made.add("x-wr-calname", "Lapwing deadlines")
    made.add("refresh-interval", READ_AGAIN, parameters={"VALUE": "DURATION"})
    running = Clock.objects.filter(
        owner=user, organisation=user.organisation_id, state__in=[State.RUNNING, State.FIRED]
    )
    kinds = load("clocks", settings.JURISDICTION).on(today()).kinds
    for clock in running.order_by("due_at", "id")[:MOST_IN_A_CALENDAR]:
        kind = kinds.get(clock.kind)
        made.add_component(_event(clock, kind.label if kind else "A deadline", site))
    return bytes(made.to_ical())


def _event(clock: Clock, label: str, site: str) -> Event:
    event = Event()
    late = "Overdue: " if clock.state == State.FIRED else ""
    event.add("uid", f"clock-{clock.pk}@{site.partition('://')[2]}")
    event.add("dtstamp", clock.started_at)
    event.add("dtstart", _when(clock))
    event.add("summary", f"{late}{label}: {clock.subject}")
    if link := page_of(clock.about):
        event.add("url", f"{site}{link}")
    event.add("class", "PRIVATE")
    event.add("transp", "TRANSPARENT")
    return event


def _when(clock: Clock) -> date | datetime:
    """The day, of a deadline that is the end of one; the instant in UTC of any other."""
    local = (clock.due_at - timedelta(seconds=1)).astimezone(UK)
    last = (local.hour, local.minute) == (23, 59)
    return local.date() if clock.unit in A_DAY and last else clock.due_at.astimezone(UTC)
