"""What a company was asked for, and whether it answered. A request's words stay on the referral's page."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from msgspec import Struct

from lapwing.policy import load
from lapwing.rules.scorecards import Asked, Spread, spread
from lapwing_web.casework.models import Enquiry
from lapwing_web.clocks.models import Clock
from lapwing_web.intake.actions.known import in_chunks
from lapwing_web.intake.models import Provider
from lapwing_web.moment import UK, now
from lapwing_web.prevention.queries.period import Period
from lapwing_web.staff.models import User
from lapwing_web.staff.permissions import may

SHOWN = 20
KIND = "provider_answer"  # of the clock on a company's answer
LABELS = {
    "overdue": "Overdue",
    "waiting": "Waiting for an answer",
    "answered": "Answered",
    "dropped": "Never answered, and no longer waited for",
}
COLOURS = {"overdue": "red", "waiting": "yellow", "answered": "green", "dropped": "grey"}


class Request(Struct):
    """One request. `url` leads to its referral, for whoever may open that; "" for others."""

    reference: str
    url: str
    asked_at: datetime
    asked_for: list[str]  # items of policy, in its words; beside them there may be a question in words
    standing: str
    due_at: datetime | None = None
    answered_at: datetime | None = None
    answer: str = ""

    @property
    def label(self) -> str:
        """Where it stands, in words."""
        return LABELS[self.standing]

    @property
    def colour(self) -> str:
        """Of its tag."""
        return COLOURS[self.standing]

    @property
    def took(self) -> str:
        """How long the answer took: `3 days`; "" without one."""
        return "" if self.answered_at is None else days_said((self.answered_at - self.asked_at).days)


class Requests(Struct):
    """All of the period: the counts, how long answers took in whole days, and the first few to look at."""

    asked: Asked
    took: Spread | None
    shown: list[Request]

    @property
    def middle(self) -> str:
        """How long half of the answers took at most, in words; "" without answers."""
        return days_said(self.took.middle) if self.took else ""


def requests(user: User, provider: Provider, period: Period, few: int) -> Requests:
    """Requests of the period: overdue first, then waiting by when they are due, then the latest."""
    found = Enquiry.objects.filter(period.within("asked_at"), referral__provider=provider)
    rows = list(found.values_list("pk", "referral_id", "asked_at", "answered_at"))
    clocks = _clocks((pk, referral) for pk, referral, _, answered in rows if answered is None)
    standing = {pk: _standing(answered, clocks.get(pk)) for pk, _, _, answered in rows}
    counts = {one: list(standing.values()).count(one) for one in LABELS}
    took: dict[int, int] = {}
    for _, _, asked_at, answered_at in rows:
        if answered_at is not None:
            took[(answered_at - asked_at).days] = took.get((answered_at - asked_at).days, 0) + 1
    order = list(LABELS)
    rows.sort(key=lambda row: row[2], reverse=True)
    rows.sort(key=lambda row: (order.index(standing[row[0]]), _due(clocks.get(row[0]))))
    shown = [row[0] for row in rows[:SHOWN]]
    return Requests(Asked(**counts), spread(took, few), _shown(user, found, shown, standing, clocks))


def overdue_by_company() -> dict[int, int]:
    """How many requests each company has not answered in time, by its key; none is left out."""
    late = Clock.objects.filter(kind=KIND, state__in=[Clock.State.RUNNING, Clock.State.FIRED])
    events = late.filter(due_at__lte=now()).values_list("event", flat=True)
    numbers = [number for event in events if (number := _enquiry(event)) is not None]
    counts: dict[int, int] = {}
    for chunk in in_chunks(numbers):
        unanswered = Enquiry.objects.filter(pk__in=chunk, answered_at=None)
        for company in unanswered.values_list("referral__provider_id", flat=True):
            counts[company] = counts.get(company, 0) + 1
    return counts


def days_said(days: float) -> str:
    """`under a day`, `1 day`, `2.5 days`."""
    if days < 1:
        return "under a day"
    shown = f"{days:g}"
    return f"{shown} day{'' if shown == '1' else 's'}"


def _standing(answered_at: datetime | None, clock: Clock | None) -> str:
    if answered_at is not None:
        return "answered"
    if clock is None or clock.state == Clock.State.SETTLED:
        return "dropped"
    late = clock.state != Clock.State.PAUSED and clock.due_at <= now()
    return "overdue" if late else "waiting"


def _due(clock: Clock | None) -> timedelta:
    return timedelta(0) if clock is None else clock.due_at - now()


def _clocks(enquiries: Iterable[tuple[int, int]]) -> dict[int, Clock]:
    """The clock on each enquiry's answer, by the enquiry's key."""
    found: dict[int, Clock] = {}
    for chunk in in_chunks(dict(enquiries).values()):
        for clock in Clock.objects.filter(kind=KIND, about__in=[f"referral:{pk}" for pk in chunk]):
            if (number := _enquiry(clock.event)) is not None:
                found[number] = clock
    return found


def _enquiry(event: str) -> int | None:
    """The key of the enquiry that started a clock: `enquiry 12`."""
    number = event.removeprefix("enquiry ")
    return int(number) if number.isdecimal() else None


def _shown(
    user: User,
    found: QuerySet[Enquiry],
    keys: list[int],
    standing: dict[int, str],
    clocks: dict[int, Clock],
) -> list[Request]:
    reasons = load("reasons", settings.JURISDICTION)
    items = load("completeness", settings.JURISDICTION)
    records = found.filter(pk__in=keys).select_related("referral").defer("text", "answer").in_bulk()
    shown = []
    for one in (records[pk] for pk in keys if pk in records):
        day = one.asked_at.astimezone(UK).date()
        asked, clock = items.on(day).items, clocks.get(one.pk)
        answer = reasons.on(day).answer.get(one.answer_reason)
        request = Request(
            reference=one.referral.reference,
            url=reverse("referral", args=[one.referral_id]) if may(user, "see referrals") else "",
            asked_at=one.asked_at,
            asked_for=[asked[name].label if name in asked else name for name in one.missing],
            standing=standing[one.pk],
            answered_at=one.answered_at,
            answer=answer.label if answer else one.answer_reason,
        )
        if request.standing in ("overdue", "waiting") and clock is not None:
            request.due_at = clock.due_at
        shown.append(request)
    return shown
