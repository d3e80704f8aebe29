"""An offender comes onto the force's register, and leaves it."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from msgspec import Struct

from lapwing_web.audit.actions import Entry, about, audited, move, record_all
from lapwing_web.casework.actions.holding import in_order, said
from lapwing_web.clocks.actions import settle, start_many
from lapwing_web.moment import now, today
from lapwing_web.offenders.actions.briefing import end_briefings
from lapwing_web.offenders.actions.changing import change, clocks_of, own, passed
from lapwing_web.offenders.actions.notifying import begin_again
from lapwing_web.offenders.models import Assessment, LevelSet, Offender, Visit
from lapwing_web.offenders.models.governing import due_columns
from lapwing_web.offenders.models.knowing import manages_offenders
from lapwing_web.refusal import Forbidden, Refused
from lapwing_web.staff.models import Team, User, standing_teams
from lapwing_web.staff.permissions import check, may

TAKEN_OVER = "As recorded before the offender was entered here"


class New(Struct, frozen=True):
    """An offender to be registered. `visited_on` and `assessed_on`: the last of each before this record."""

    register_number: str
    name: str
    level: str
    since: date
    why: str = "As registered"
    born_on: date | None = None
    lives_at: str = ""
    area: str = ""
    team: Team | None = None
    neighbourhood: Team | None = None
    manager: User | None = None
    visited_on: date | None = None
    assessed_on: date | None = None
    clear_since: date | None = None


@audited
def register(new: New, *, by: User) -> Offender:
    """Register one offender with the person's own force."""
    return register_all([new], by=by)[0]


@audited
def register_all(news: Sequence[New], *, by: User) -> list[Offender]:
    """Register offenders with the person's own force, all or none, each with its clocks."""
    check(by, "register an offender")
    if not manages_offenders(by):
        raise Forbidden("An offender is registered by an officer of an offender management team.")
    _all_new(news, by)
    _standing_here({team for new in news for team in (new.team, new.neighbourhood) if team}, by)
    offenders = [_made(new, by) for new in news]
    Offender.objects.bulk_create(offenders, batch_size=500)
    _with_history(offenders, news, by)
    record_all(
        Entry("register an offender", about(one), by, new.why, None, _standing(one), one.policy)
        for one, new in zip(offenders, news, strict=True)
    )
    start_many(clocks_of(offenders), by=by)
    return offenders


def _all_new(news: Sequence[New], by: User) -> None:
    numbers = [new.register_number.strip() for new in news]
    if not all(numbers):
        raise Refused("Give the number under which the offender stands on the register.")
    held = Offender.objects.filter(organisation=by.organisation_id)
    for first in range(0, len(numbers), 500):
        taken = held.filter(register_number__in=numbers[first : first + 500]).first()
        if taken is not None:
            raise Refused(f"{taken.reference} has that number on the register already.")
    if len(set(numbers)) != len(numbers):
        raise Refused("Two of these have the same number on the register.")


def _made(new: New, by: User) -> Offender:
    if new.level not in Offender.Level.values:
        raise Refused("Choose one of the levels of risk.")
    days = (new.since, new.visited_on, new.assessed_on, new.clear_since, new.born_on)
    if any(day is not None and day > today() for day in days):
        raise Refused("None of these days can be in the future.")
    in_order("management", new.since, birth=new.born_on)
    in_order("clear", new.clear_since, birth=new.born_on)
    in_order("earlier visit", new.visited_on, birth=new.born_on)
    in_order("earlier assessment", new.assessed_on, birth=new.born_on)
    if new.manager is not None:
        can_manage(new.manager, by)
    one = Offender(
        organisation_id=by.organisation_id, register_number=new.register_number.strip(),
        name=said(new.name, "Give the offender’s name."), born_on=new.born_on, lives_at=new.lives_at.strip(),
        area=new.area.strip(), level=new.level, since=new.since, clear_since=new.clear_since,
        team=new.team or (new.manager.team if new.manager else None), neighbourhood=new.neighbourhood,
        manager=new.manager, visited_on=new.visited_on, assessed_on=new.assessed_on, registered_at=now(),
    )  # fmt: skip
    for name, value in due_columns(one).items():
        setattr(one, name, value)
    return one


def _standing_here(teams: set[Team], by: User) -> None:
    """Refuses a team of another force, and one that has ended meanwhile."""
    if teams and standing_teams(by.organisation_id).filter(pk__in=[team.pk for team in teams]).count() != len(
        teams
    ):
        raise Refused("That team is another organisation’s, or has ended.")


def can_manage(person: User, by: User) -> User:
    """`person`, who may manage an offender of the force of `by`. Refuses anybody else."""
    if person.organisation_id != by.organisation_id or not may(person, "manage an offender"):
        raise Refused(f"{person} cannot manage a registered offender of your force.")
    return person


def _with_history(offenders: list[Offender], news: Sequence[New], by: User) -> None:
    """The level each began with, and the last visit and assessment that were recorded elsewhere."""
    levels, visits, assessments = [], [], []
    at = now()
    for one, new in zip(offenders, news, strict=True):
        levels.append(LevelSet(offender=one, level=one.level, why=new.why, at=at, by=by))
        if new.visited_on:
            visits.append(
                Visit(offender=one, on=new.visited_on, result="seen", text=TAKEN_OVER, at=at, by=by)
            )
        if new.assessed_on:
            assessments.append(
                Assessment(offender=one, on=new.assessed_on, level=one.level, text=TAKEN_OVER, at=at, by=by)
            )
    LevelSet.objects.bulk_create(levels, batch_size=500)
    Visit.objects.bulk_create(visits, batch_size=500)
    Assessment.objects.bulk_create(assessments, batch_size=500)


def _standing(one: Offender) -> dict[str, object]:
    names = ["register_number", "name", "born_on", "lives_at", "area", "state", "level", "since"]
    names += ["clear_since", "team_id", "neighbourhood_id", "manager_id", "visited_on", "assessed_on"]
    names += ["visit_latest_on", "visit_due_on", "assessment_due_on"]
    return {name: getattr(one, name) for name in names}


@audited
def write_particulars(
    offender: Offender, *, name: str, born_on: date | None, lives_at: str, area: str,
    neighbourhood: Team | None, clear_since: date | None, by: User,
) -> Offender:  # fmt: skip
    """Correct who the offender is, where they live, or since when nothing of concern is known."""
    own(offender, "manage an offender", by)
    _standing_here({neighbourhood} if neighbourhood else set(), by)
    for day in (born_on, clear_since):
        if day is not None and day > today():
            raise Refused("None of these days can be in the future.")
    in_order("management", offender.since, birth=born_on)
    in_order("clear", clear_since, birth=born_on)
    given: dict[str, Any] = {
        "name": said(name, "Give the offender’s name."), "born_on": born_on, "lives_at": lives_at.strip(),
        "area": area.strip(), "neighbourhood": neighbourhood, "clear_since": clear_since,
    }  # fmt: skip
    changed = {key: value for key, value in given.items() if getattr(offender, key) != value}
    if not changed:
        raise Refused("Nothing of it would change.")
    return change(offender, "write an offender’s particulars", by=by, **changed)


@audited
def end_registration(offender: Offender, *, on: date, why: str, by: User) -> Offender:
    """The offender is no longer registered. Their clocks stop, and nothing of the record is lost."""
    own(offender, "end a registration", by)
    why = said(why, "Say why the registration ends.")
    passed(on, "The end of a registration")
    in_order("end of management", on, management=offender.since)
    move(
        offender, Offender.State.ENDED, by=by, action="end a registration", why=why,
        ended_on=on, ended_why=why, turn=offender.turn + 1,
    )  # fmt: skip
    end_briefings(offender, why="The registration ended", by=by)
    settle(None, about(offender), event="registration ended", by=by)
    return offender


@audited
def register_again(offender: Offender, *, why: str, by: User) -> Offender:
    """The registration runs on: it was ended by mistake, or begins again. The days count as before."""
    own(offender, "end a registration", by, ended=True)
    why = said(why, "Say why the offender is registered again.")
    columns = {"ended_on": None, "ended_why": "", "turn": offender.turn + 1, **due_columns(offender)}
    teams = {"team": offender.team, "neighbourhood": offender.neighbourhood}
    columns |= {name: None for name, team in teams.items() if team and team.state == Team.State.ENDED}
    move(offender, Offender.State.REGISTERED, by=by, action="register an offender again", why=why, **columns)
    start_many(clocks_of([offender]), by=by)
    begin_again(offender, by)
    return offender
