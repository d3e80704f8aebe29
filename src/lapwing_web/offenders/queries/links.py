"""Links of registered offenders to referrals: on a referral's or a case's page, and for those who manage."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from lapwing_web.casework.models import Case, Referral
from lapwing_web.casework.models.recognising import Recognised
from lapwing_web.casework.queries.cases import cases_for
from lapwing_web.offenders.models import Offender, OffenderLink, OffenderSelector
from lapwing_web.offenders.models.knowing import known_to, needs_to_know
from lapwing_web.staff.models import User
from lapwing_web.staff.permissions import check, may

SHOWN, PAGE = 20, 50


def links_for(user: User) -> QuerySet[OffenderLink]:
    """The links of offenders whom this person needs to know of, the latest first."""
    check(user, "see offenders")
    known = OffenderLink.objects.filter(offender__in=Offender.objects.filter(known_to(user)))
    return known.select_related("offender", "referral", "acknowledged_by").order_by("-found_at", "-pk")


def selectors_for(user: User) -> QuerySet[OffenderSelector]:
    """What identifies offenders whom this person needs to know of."""
    check(user, "see offenders")
    found = OffenderSelector.objects.filter(offender__in=Offender.objects.filter(known_to(user)))
    return found.select_related("offender").order_by("kind", "pk")


def waiting_for(user: User) -> QuerySet[OffenderLink]:
    """Those that nobody has acknowledged: a manager's own, and all of the force for anybody else."""
    waiting = links_for(user).filter(acknowledged_at=None)
    own = user.role == User.Role.FORCE_OFFICER
    return waiting.filter(offender__manager=user.pk) if own else waiting


def link_list(user: User, show: str, skip: int) -> dict[str, Any]:
    """Links that wait for somebody, the earliest first; or all, the latest first."""
    everything = show == "all"
    rows = links_for(user) if everything else waiting_for(user).order_by("found_at", "pk")
    some = list(rows[skip : skip + PAGE + 1])
    return {
        "rows": some[:PAGE],
        "everything": everything,
        "next": skip + PAGE if len(some) > PAGE else 0,
        "waiting": waiting_for(user).count(),
        "acknowledges": may(user, "manage an offender"),
    }


def worked_here(user: User, referral: Referral) -> str:
    """By which case of one's own force a referral is worked, and with whom. "" if by none one may see."""
    if not may(user, "see cases"):
        return ""
    case = cases_for(user).filter(packages__referral=referral, state=Case.State.OPEN).first()
    if case is None:
        return ""
    return f"{case.reference}, {f'with {case.owner}' if case.owner else 'allocated to nobody'}"


def links_page(user: User, offender: Offender) -> dict[str, Any]:
    """What identifies one offender, and the referrals that they may be in."""
    acts = may(user, "manage an offender") and offender.state == Offender.State.REGISTERED
    return {
        "offender": offender,
        "selectors": offender.selectors.select_related("by").order_by("kind", "pk"),
        "links": links_for(user).filter(offender=offender)[:PAGE],
        "acts": acts,
        "acknowledges": may(user, "manage an offender"),
    }


def shown_on(user: User, referrals: Sequence[int]) -> list[Recognised]:
    """Whom of all forces' registered offenders was recognised on these. Who it is stands on the record."""
    rows = OffenderLink.objects.filter(referral__in=referrals).order_by("acknowledged_at", "-found_at", "-pk")
    rows = rows.select_related("offender__organisation", "offender__manager", "acknowledged_by")
    return [_shown(user, row) for row in rows[:SHOWN]]


def _shown(user: User, row: OffenderLink) -> Recognised:
    offender = row.offender
    own = offender.organisation_id == user.organisation_id
    who = f"Registered offender {offender.reference}, {offender.organisation}"
    if own or user.in_agency:
        who += f", managed by {offender.manager}" if offender.manager else ", managed by nobody yet"
    done = ""
    if row.acknowledged_at:
        done = f"Acknowledged by {row.acknowledged_by}" if own or user.in_agency else "Acknowledged"
    url = reverse("offender", args=[offender.pk]) if needs_to_know(user, offender) else ""
    return Recognised(who, row.because_words, done, url)
