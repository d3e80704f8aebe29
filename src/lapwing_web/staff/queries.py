"""People and organisations, as a given person may see them, and how they stand at the door."""

from base64 import b32encode
from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import reduce
from operator import or_
from typing import Any

import segno
from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils.safestring import SafeString, mark_safe
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice
from msgspec import Struct

from lapwing.policy import load
from lapwing.rules.allocation import holds
from lapwing_web.listing import Cut, cut, cut_known
from lapwing_web.moment import today
from lapwing_web.picture import WIDTHS, Picture
from lapwing_web.staff.models import CheckIn, OptOut, Organisation, Training, User
from lapwing_web.staff.models.viewing import allowed_today, budget, left_of
from lapwing_web.staff.permissions import PERMISSIONS, check, may

PAGE = 50


def people_for(user: User) -> QuerySet[User]:
    """Everybody an administrator looks after: all at the agency, their own at a force."""
    check(user, "manage people")
    people = User.objects.select_related("organisation", "team").order_by("organisation__name", "username")
    return people if user.in_agency else people.filter(organisation=user.organisation_id)


def found(people: QuerySet[User], words: str) -> QuerySet[User]:
    """Those whose name or organisation has `words`."""
    words = words.strip()
    return (
        people.filter(Q(username__icontains=words) | Q(organisation__name__icontains=words))
        if words
        else people
    )


def page_of(people: QuerySet[User], number: int) -> tuple[list[User], bool]:
    """One page of people from 1, and whether there are more."""
    start = (max(number, 1) - 1) * PAGE
    rows = list(people[start : start + PAGE + 1])
    return rows[:PAGE], len(rows) > PAGE


def organisations_for(user: User) -> QuerySet[Organisation]:
    """The organisations in which this administrator may place people."""
    check(user, "manage people")
    places = Organisation.objects.order_by("kind", "name")
    return places if user.in_agency else places.filter(pk=user.organisation_id)


def forces() -> QuerySet[Organisation]:
    """Every police force, by name."""
    return Organisation.objects.filter(kind=Organisation.Kind.FORCE).order_by("name")


def agency() -> Organisation:
    """The agency that receives reports."""
    return Organisation.objects.get(kind=Organisation.Kind.AGENCY)


class Offer(Struct):
    """A second factor to be set up: the secret as a QR code (SVG) and as text to type, in fours."""

    picture: SafeString
    spelt: str


def second_factor_required(user: User) -> bool:
    """Whether policy lets this person do nothing here before they have a second factor."""
    if settings.ENVIRONMENT != "live":
        return False
    return user.role in load("sign_in", settings.JURISDICTION).on(today()).second_factor_roles


def second_factor_offer(user: User, secret: str) -> Offer:
    """How a phone takes `secret` (hex) in: an authenticator app reads the picture."""
    address = TOTPDevice(user=user, key=secret).config_url
    drawn = segno.make(address, error="m").svg_inline(scale=5, border=4, light="#fff")
    spelt = b32encode(bytes.fromhex(secret)).decode()
    fours = " ".join(spelt[at : at + 4] for at in range(0, len(spelt), 4))
    return Offer(mark_safe(drawn), fours)  # noqa: S308 - segno's own drawing, which holds none of the text


def recovery_codes_left(user: User) -> int:
    """How many of their recovery codes they have not used."""
    return int(StaticToken.objects.filter(device__user=user).count())


SOON = 60  # days before a course ends from which it is shown
Trained = dict[str, date | None]  # the last day on which each course holds; None: for ever


def workers_for(user: User) -> QuerySet[User]:
    """The people of this person's own organisation who work: officers and supervisors who may sign in."""
    check(user, "see training")
    where = PERMISSIONS["opt out"]
    roles = where.agency if user.in_agency else where.force
    people = User.objects.filter(organisation=user.organisation_id, is_active=True, role__in=roles)
    return people.select_related("team").order_by("username")


def _named(people: QuerySet[User], words: str) -> QuerySet[User]:
    """Those whose name has `words`."""
    fields = ("username", "first_name", "last_name")
    return people.filter(reduce(or_, (Q(**{f"{name}__icontains": words.strip()}) for name in fields)))


def trained(people: Iterable[int]) -> dict[int, Trained]:
    """What each of these people, by their id, has passed: of a course passed twice, the last time."""
    wanted = list(people)
    found: dict[int, Trained] = {one: {} for one in wanted}
    rows = Training.objects.filter(user__in=wanted).order_by("id")
    for user, course, last in rows.values_list("user", "course", "expires_on"):
        found[user][course] = last
    return found


def opted_out(people: Iterable[int]) -> set[int]:
    """Which of these people are to be given no more for now."""
    return set(OptOut.objects.filter(user__in=list(people), ended_at=None).values_list("user", flat=True))


class Learner(Struct):
    """One person on the page of training: how each course stands, in policy's order."""

    person: User
    courses: list[tuple[str, date | None, str]]  # label, last day, how it stands: holds, soon, expired, none
    out: bool


Course = tuple[User, str, date]  # whose, its label, its last day


class TrainingPage(Struct):
    """The page of training: some of the people and of what ends soon; what ends in each month to come."""

    labels: list[str]
    people: Cut
    ending: Cut
    months: list[tuple[date, int]]


def training_page(user: User, show: str = "", skip: int = 0, words: str = "") -> TrainingPage:
    """How the training of one's own organisation stands today: people whose name has `words`, and from the
    `skip`th on the list that `show` names (`ending`, or the people).
    """
    courses = load("allocation", settings.JURISDICTION).on(today()).courses
    ending, months = courses_ending(user)
    people = cut(_named(workers_for(user), words), PAGE, skip * (show != "ending"))
    keys = [one.pk for one in people.rows]
    held, out, day = trained(keys), opted_out(keys), today()
    people.words, people.rows = (
        words,
        [Learner(person, _courses(held[person.pk], day), person.pk in out) for person in people.rows],
    )
    shown = cut_known(ending, PAGE, skip * (show == "ending"), words)
    return TrainingPage([course.label for course in courses.values()], people, shown, months)


def courses_ending(user: User) -> tuple[list[Course], list[tuple[date, int]]]:
    """Everybody's courses that end soon, the soonest first; and how many end in each month to come."""
    people, day = {one.pk: one for one in workers_for(user)}, today()
    ending, months = [], Counter[date]()
    for key, held in trained(people).items():
        for label, last, stands in _courses(held, day):
            if last and last >= day:
                months[last.replace(day=1)] += 1
            if last and stands == "soon":
                ending.append((people[key], label, last))
    return sorted(ending, key=_last), sorted(months.items())


def _courses(held: Trained, on: date) -> list[tuple[str, date | None, str]]:
    """Each course of policy: its label, its last day, and how it stands."""
    courses = load("allocation", settings.JURISDICTION).on(on).courses
    return [(course.label, held.get(code), standing_of(held, code, on)) for code, course in courses.items()]


def standing_of(held: Trained, course: str, on: date) -> str:
    """How a course stands on a day: holds, soon (it ends within `SOON` days), expired, none."""
    if course not in held:
        return "none"
    if not holds(held, course, on):
        return "expired"
    last = held[course]
    return "soon" if last is not None and last <= on + timedelta(days=SOON) else "holds"


def own_training(user: User) -> list[tuple[str, date | None, str]]:
    """How one's own courses stand."""
    return _courses(trained([user.pk])[user.pk], today())


def over_budget(people: Iterable[int]) -> set[int]:
    """Which of these people have used up the budget of the day, the week or the month."""
    return {user for user, remaining in left_of(people).items() if remaining.spent}


class OwnExposure(Struct):
    """One's own page: budgets as (words, left, of all), and when the next check-in is."""

    budgets: list[tuple[str, int, int]]
    rest_until: datetime | None
    kinds: list[tuple[str, int]]
    check_in: CheckIn | None
    out: bool
    confirmed: bool
    allowed: int  # the weight of what one was told today that one may view, and is not counted yet


def own_exposure(user: User) -> OwnExposure:
    """What one may still view today, in seven days and in thirty."""
    check(user, "view material")
    version, mine = budget(), left_of([user.pk])[user.pk]
    budgets = [
        ("In this hour", mine.hour, version.hour),
        ("Today", mine.day, version.day),
        ("In the last seven days", mine.week, version.week),
        ("In the last thirty days", mine.month, version.month),
    ]
    kinds = [(kind.label, kind.weight) for kind in version.kinds.values()]
    coming = CheckIn.objects.filter(user=user, held_on=None).first()
    out = bool(opted_out([user.pk]))
    return OwnExposure(
        budgets, mine.rest_until, kinds, coming, out, version.confirmed, allowed_today(user.pk)
    )


class Welfare(Struct):
    """One person on the page of welfare: totals and dates alone."""

    person: User
    used: list[tuple[int, int]]  # today, seven days, thirty days: used, of all
    spent: bool
    out: bool
    due_on: date | None  # of the next check-in; None: nobody set one
    last_on: date | None

    @property
    def overdue(self) -> bool:
        """Whether a check-in is due today or was before, or was never planned."""
        return self.due_on is None or self.due_on <= today()


def welfare_page(user: User, skip: int = 0, words: str = "") -> Cut:
    """A page of how one's own people are placed: of those whose name has `words`, from the `skip`th on."""
    return cut_known(welfare_of(user, words), PAGE, skip, words)


def welfare_of(user: User, words: str = "") -> list[Welfare]:
    """How one's own people are placed: those with a check-in due, and over a budget, first."""
    check(user, "see welfare")
    people, version = list(_named(workers_for(user), words)), budget()
    ids = [one.pk for one in people]
    remaining, out = left_of(ids), opted_out(ids)
    due = dict(CheckIn.objects.filter(user__in=ids, held_on=None).values_list("user", "due_on"))
    held = CheckIn.objects.filter(user__in=ids).exclude(held_on=None).order_by("held_on")
    last = dict(held.values_list("user", "held_on"))
    found = []
    for one in people:
        mine = remaining[one.pk]
        pairs = ((version.day, mine.day), (version.week, mine.week), (version.month, mine.month))
        used = [(most - rest, most) for most, rest in pairs]
        found.append(Welfare(one, used, mine.spent, one.pk in out, due.get(one.pk), last.get(one.pk)))
    return sorted(found, key=lambda line: (not line.spent, not line.overdue, line.person.username))


def worrying(user: User) -> list[Welfare]:
    """Those of one's people whose check-in is due, or who are over a budget; not oneself."""
    return [line for line in welfare_of(user) if (line.overdue or line.spent) and line.person != user]


def ending_for(user: User) -> list[Course]:
    """Courses that end soon: everybody's for who sees training, one's own for everybody else."""
    if may(user, "see training"):
        return courses_ending(user)[0]
    own = own_training(user)
    return sorted(((user, label, last) for label, last, how in own if how == "soon" and last), key=_last)


def _last(one: Course) -> date:
    return one[2]


Ending = tuple[tuple[str, int], ...]  # a month in words, and how many courses end in it
INK = "#1d70b8"


def endings(user: User) -> Ending:
    """What the picture of courses that end shows."""
    return tuple((f"{month:%B %Y}", count) for month, count in courses_ending(user)[1])


def _chart(altair: Any, drawn: Ending, size: str) -> Any:
    rows = [{"month": month, "count": count} for month, count in drawn]
    axis = altair.Axis(labelFontSize=14, labelColor="#0b0c0c", ticks=False, domain=False, minExtent=120)
    across = altair.X("count:Q", axis=None)
    place = altair.Y("month:N", sort=[month for month, _ in drawn], title=None, axis=axis)
    base = altair.Chart(altair.Data(values=rows), width=WIDTHS[size] - 170, height=altair.Step(28)).encode(
        x=across, y=place
    )
    words = base.mark_text(align="left", dx=5, fontSize=14, color="#0b0c0c").encode(text="count:Q")
    return altair.layer(base.mark_bar(height=18, color=INK), words)


ENDINGS: Picture[Ending] = Picture(_chart, INK)
