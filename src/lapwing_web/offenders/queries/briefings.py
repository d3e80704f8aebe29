"""Briefings: those told to a team, for its officers; those of offenders, for whoever manages them."""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from lapwing_web.listing import cut
from lapwing_web.moment import today
from lapwing_web.offenders.models import Acknowledgement, Briefing, Offender
from lapwing_web.offenders.models.knowing import briefings_read_by, known_to, needs_to_know, reads_briefing
from lapwing_web.offenders.models.reading import Reading, readers_of, reading_of, still_to_acknowledge
from lapwing_web.offenders.queries.teams import missing_team
from lapwing_web.staff.models import Team, User, standing_teams
from lapwing_web.staff.permissions import check, may

SHOWN = 100


def briefings_for(user: User) -> QuerySet[Briefing]:
    """Every briefing that this person may open: told to their team and in force, or of an offender whom they
    need to know of.
    """
    check(user, "read briefings")
    found = Briefing.objects.select_related("offender", "team", "by")
    told = found.filter(briefings_read_by(user)).values("pk")
    known = found.filter(offender__in=Offender.objects.filter(known_to(user))).values("pk")
    return found.filter(Q(pk__in=told) | Q(pk__in=known))


def issued_by_us(user: User) -> QuerySet[Briefing]:
    """The briefings of offenders whom this person needs to know of, whatever became of them."""
    check(user, "brief a team")
    known = Offender.objects.filter(known_to(user))
    return Briefing.objects.filter(offender__in=known).select_related("offender", "team", "by")


def briefing_list(user: User, show: str = "", skip: int = 0) -> dict[str, Any]:
    """What one's own team is to read, what is not acknowledged standing first; and what one's force told.

    `show`: "told" or "standing" for the one list alone, from the `skip`th on.
    """
    check(user, "read briefings")
    show = show if show in ("told", "standing") else ""
    read = Acknowledgement.objects.filter(briefing=OuterRef("pk"), by=user.pk)
    told = Briefing.objects.filter(briefings_read_by(user)).annotate(read=Exists(read))
    told = told.select_related("team").order_by("read", "acknowledge_by", "pk")
    known = Briefing.objects.filter(offender__in=Offender.objects.filter(known_to(user)))
    standing = known.filter(state__in=(Briefing.State.ISSUED, Briefing.State.EXPIRED))
    page = cut(
        standing.select_related("offender", "team").order_by("last_on", "pk"),
        SHOWN,
        skip * (show == "standing"),
    )
    how_far = reading_of(page.rows)
    return {
        "team": user.team,
        "show": show,
        "told": cut(told, SHOWN, skip * (show == "told")),
        "standing": page,
        "rows": [(row, _acknowledged(row, how_far[row.pk])) for row in page.rows],
        "today": today(),
        "missing": missing_team(user, Team.Kind.NEIGHBOURHOOD),
    }


def _acknowledged(briefing: Briefing, read: Reading) -> str:
    """How far it is read, in words; "" for one that is over."""
    if briefing.state != Briefing.State.ISSUED:
        return ""
    people, left = len(read.people), len(read.left)
    return f"{people - left} of {people}" if people else "Nobody is in the team"


def unread(user: User) -> int:
    """How many briefings this person has still to acknowledge."""
    read = Acknowledgement.objects.filter(by=user.pk).values("briefing")
    return Briefing.objects.filter(briefings_read_by(user)).exclude(pk__in=read).count()


def briefing_page(user: User, briefing: Briefing) -> dict[str, Any]:
    """The extract; and, for those who manage the offender, who has read it."""
    manages = needs_to_know(user, briefing.offender)
    acknowledged = list(briefing.acknowledgements.select_related("by").order_by("at", "pk"))
    mine = next((one for one in acknowledged if one.by_id == user.pk), None)
    standing = briefing.holds_on(today())
    return {
        "briefing": briefing,
        "lines": [(label, value) for _, label, value in briefing.lines],
        "mine": mine,
        "may_acknowledge": not mine
        and may(user, "acknowledge a briefing")
        and reads_briefing(user, briefing),
        "manages": manages,
        "standing": standing,
        "acknowledged": acknowledged if manages else [],
        "left": still_to_acknowledge(briefing) if manages and standing else [],
        "nobody": manages and standing and not readers_of(briefing.team),
        "ends": manages
        and may(user, "brief a team")
        and briefing.state in (Briefing.State.ISSUED, Briefing.State.EXPIRED),
    }


def teams_to_brief(user: User) -> list[Team]:
    """The neighbourhood teams of this person's force."""
    return list(standing_teams(user.organisation_id, Team.Kind.NEIGHBOURHOOD))
