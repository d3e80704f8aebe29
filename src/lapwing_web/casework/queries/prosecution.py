"""Charges, courts and disposals for the pages."""

from typing import Any

from django.db.models import QuerySet

from lapwing_web.casework.models import Case, Charge, Condition, CourtDate, Disposal
from lapwing_web.casework.models.court import DISPOSALS, RESULTS, SENTENCES, length_band
from lapwing_web.casework.queries.suspects import mine
from lapwing_web.staff.models import User
from lapwing_web.staff.permissions import may


def charges_for(user: User) -> QuerySet[Charge]:
    """Charges in this person's force's cases."""
    return mine(Charge.objects.select_related("suspect__case__organisation"), user, "suspect__case")


def court_dates_for(user: User) -> QuerySet[CourtDate]:
    """Days in court in this person's force's cases."""
    rows = CourtDate.objects.select_related("charge__suspect__case__organisation")
    return mine(rows, user, "charge__suspect__case")


def conditions_for(user: User) -> QuerySet[Condition]:
    """Conditions in this person's force's cases."""
    rows = Condition.objects.select_related("disposal__suspect__case__organisation")
    return mine(rows, user, "disposal__suspect__case")


def prosecution_part(user: User, case: Case) -> dict[str, Any]:
    """What the case's page shows of charges, courts and disposals."""
    charges = [
        (
            charge,
            [(day, RESULTS.get(day.result, "")) for day in charge.court_dates.order_by("on")],
            [
                (one, SENTENCES.get(one.kind, one.kind), length_band(one.months))
                for one in charge.sentences.order_by("on")
            ],
        )
        for charge in Charge.objects.filter(suspect__case=case).select_related("suspect").order_by("on", "pk")
    ]
    disposals = [
        (one, DISPOSALS.get(one.kind, one.kind), list(one.conditions.order_by("due_on")))
        for one in Disposal.objects.filter(suspect__case=case).select_related("suspect").order_by("given_on")
    ]
    works = case.state == Case.State.OPEN and may(user, "work a case")
    suspects = case.suspects.order_by("number")
    return {"charges": charges, "disposals": disposals, "works": works, "suspects": suspects, "case": case}
