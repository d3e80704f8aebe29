"""Briefing a neighbourhood team on a registered offender: issued, acknowledged by name, and over."""

from typing import Any

from django.conf import settings

from lapwing.policy import load
from lapwing.rules import briefing as rules
from lapwing.rules.notification import end_of
from lapwing_web.audit.actions import Actor, Rule, about, audited, disclose, move, record, recorded
from lapwing_web.casework.actions.documents import Told, drawn_and_disclosed
from lapwing_web.casework.actions.holding import said
from lapwing_web.clocks.actions import Start, settle, start_many
from lapwing_web.moment import now, today
from lapwing_web.notifications import actions as notices
from lapwing_web.offenders.actions.changing import own
from lapwing_web.offenders.models import Acknowledgement, Briefing, Offender
from lapwing_web.offenders.models.knowing import reads_briefing
from lapwing_web.offenders.models.reading import briefing_policy, readers_of, still_to_acknowledge
from lapwing_web.refusal import Forbidden, Refused
from lapwing_web.staff.models import Team, User, standing_teams
from lapwing_web.staff.permissions import check

State = Briefing.State
CLOCKS = ("briefing_unread", "briefing_ends")


@audited
def issue(
    offender: Offender, *, team: Team, look_for: str, restricted_by: str = "", tell: str = "", by: User
) -> Briefing:
    """Tell a neighbourhood team of the force what it needs to know. One that stood before is replaced.

    The team's officers see the extract, and nothing else of the offender. It is a disclosure.
    """
    own(offender, "brief a team", by)
    if not standing_teams(offender.organisation_id, Team.Kind.NEIGHBOURHOOD).filter(pk=team.pk).exists():
        raise Refused("Choose a neighbourhood team of your force.")
    version = briefing_policy()
    known = _known(offender, look_for=look_for, restricted_by=restricted_by, tell=tell)
    for obstacle in rules.obstacles(known, version):
        raise Refused(obstacle)
    _replace(offender, team, by)
    issued = today()
    made = Briefing.objects.create(
        offender=offender, team=team, at=now(), by=by, issued_on=issued,
        lines=[[line.code, line.label, line.value] for line in rules.extract(known, version)],
        last_on=rules.last_day(issued, version), acknowledge_by=rules.acknowledge_by(issued, version),
        policy=load("briefing", settings.JURISDICTION).sha256,
    )  # fmt: skip
    new = {"briefing": made.pk, "fields": list(version.fields), "last_on": made.last_on}
    record("issue a briefing", made, by=by, new={**new, "team": team.pk}, policy=made.policy)
    disclose(offender, by=by, to=f"{team}", why="A briefing for the neighbourhood team", new=new)
    start_many(_clocks(made), by=by)
    notices.tell("briefing_issued", about(made), event="issued", to=[one.pk for one in readers_of(team)])
    return made


def _known(offender: Offender, **given: str) -> dict[str, str]:
    """All that an extract could tell of the offender; policy says what of it is told."""
    managed_by = f"{offender.manager}" if offender.manager else ""
    asked = ", ".join(filter(None, [managed_by, f"{offender.team}" if offender.team else ""]))
    return {
        "name": offender.name,
        "born_on": f"{offender.born_on:%-d %B %Y}" if offender.born_on else "",
        "lives_at": offender.lives_at,
        "area": offender.area,
        "level": offender.get_level_display(),
        "restricted_by": given["restricted_by"].strip(),
        "look_for": given["look_for"].strip(),
        "tell": given["tell"].strip() or asked,
    }


def _replace(offender: Offender, team: Team, by: User) -> None:
    standing = Briefing.objects.filter(offender=offender, team=team, state=State.ISSUED).first()
    if standing is not None:
        _end(standing, State.REPLACED, "Issued anew", by)
    for expired in Briefing.objects.filter(offender=offender, team=team, state=State.EXPIRED):
        settle(CLOCKS, about(offender), event="issued anew", by=by, started_by=_event(expired))


def _event(briefing: Briefing) -> str:
    return f"briefing {briefing.pk}"


def _clocks(briefing: Briefing) -> list[Start]:
    offender = briefing.offender
    days = {"briefing_unread": briefing.acknowledge_by, "briefing_ends": briefing.last_on}
    titles = {"briefing_unread": "Not acknowledged by all", "briefing_ends": "Expires"}
    return [
        Start(
            kind, about(offender), _event(briefing), offender.organisation_id, owner=offender.manager_id,
            title=f"{titles[kind]}: {briefing.reference}, {briefing.team}"[:200], due_at=end_of(day),
        )
        for kind, day in days.items()
    ]  # fmt: skip


def _end(briefing: Briefing, to: str, why: str, by: Actor) -> None:
    move(briefing, to, by=by, action="end a briefing", why=why, ended_at=now(), ended_why=why)
    kinds = ("briefing_unread",) if to == State.EXPIRED else CLOCKS
    settle(kinds, about(briefing.offender), event=to, by=by, started_by=_event(briefing))
    notices.over([about(briefing)])


@audited
def withdraw(briefing: Briefing, *, why: str, by: User) -> Briefing:
    """The team is not to be told any longer; or, of one that expired, it is not to be issued anew."""
    own(briefing.offender, "brief a team", by, ended=True)
    briefing.refresh_from_db()
    _end(briefing, State.WITHDRAWN, said(why, "Say why it is withdrawn."), by)
    return briefing


@audited
def acknowledge(briefing: Briefing, *, by: User) -> Acknowledgement:
    """Say, by one's own name, that one has read it. Only somebody of its team can, once, while it holds."""
    check(by, "acknowledge a briefing")
    briefing.refresh_from_db()
    if by.organisation_id != briefing.offender.organisation_id:
        raise Forbidden("That briefing belongs to another force.")
    if not reads_briefing(by, briefing):
        raise Refused("This briefing is not for your team, or it is over.")
    if briefing.acknowledgements.filter(by=by).exists():
        raise Refused("You have acknowledged it already.")
    made = Acknowledgement.objects.create(briefing=briefing, by=by, at=now())
    record("acknowledge a briefing", briefing, by=by, new={"by": by.username})
    if not still_to_acknowledge(briefing):
        kind, name = "briefing_unread", about(briefing.offender)
        settle(kind, name, event="acknowledged by all", by=by, started_by=_event(briefing))
    return made


def expire_briefings() -> int:
    """End every briefing whose last day is over. Returns how many. None could be read since then."""
    over = Briefing.objects.filter(state=State.ISSUED, last_on__lt=today()).order_by("pk")
    ended = 0
    for pk in list(over.values_list("pk", flat=True)):
        with recorded():
            one = Briefing.objects.select_related("offender").get(pk=pk)
            if one.state == State.ISSUED:
                organisation = one.offender.organisation_id
                rule = Rule("rule:briefings", organisation_id=organisation)
                _end(one, State.EXPIRED, f"Its last day was {one.last_on:%-d %B %Y}", rule)
                ended += 1
    return ended


@audited
def end_briefings(offender: Offender, *, why: str, by: Actor) -> None:
    """The offender is no longer registered: no team is told of them any longer."""
    for one in offender.briefings.filter(state=State.ISSUED).order_by("pk"):
        _end(one, State.WITHDRAWN, why, by)


@audited
def hand_out_briefing(briefing: Briefing, told: Told, *, by: User, **given: Any) -> bytes:
    """The briefing as a document, for those who manage the offender to hand to the team."""
    own(briefing.offender, "brief a team", by)
    briefing.refresh_from_db()
    if not briefing.holds_on(today()):
        raise Refused(f"{briefing} is over.")
    return drawn_and_disclosed("briefing", briefing, told, by=by, **given)
