"""The parts of a case's page, in their order. Whatever hangs on a case adds its part here, by one line."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.urls import reverse
from msgspec import Struct

from lapwing.policy import load
from lapwing_web.casework.models import Case
from lapwing_web.casework.models.recognising import recognised_on
from lapwing_web.casework.queries.case_steps import case_steps
from lapwing_web.casework.queries.cases import joins_for
from lapwing_web.casework.queries.contact import contact_part
from lapwing_web.casework.queries.documents import documents_part
from lapwing_web.casework.queries.exhibits import exhibits_part
from lapwing_web.casework.queries.packages import outcome_label
from lapwing_web.casework.queries.prosecution import prosecution_part
from lapwing_web.casework.queries.retention import retention_part
from lapwing_web.casework.queries.suspects import suspects_part
from lapwing_web.casework.queries.timeline import timeline_of_case
from lapwing_web.clocks.queries import open_for
from lapwing_web.moment import today
from lapwing_web.staff.models import User
from lapwing_web.staff.permissions import may

Part = Callable[[User, Case], dict[str, Any] | None]


class Section(Struct, frozen=True):
    """One part of the page: its anchor, its heading, its template, and what it shows (None leaves it out)."""

    name: str
    title: str
    template: str
    part: Part


def _packages(user: User, case: Case) -> dict[str, Any]:
    held = case.packages.select_related("to", "adds_to").defer("content").order_by("pk")
    return {"packages": [(package, outcome_label(package.outcome)) for package in held]}


def _crimes(user: User, case: Case) -> dict[str, Any]:
    rules = load("crime_counting", settings.JURISDICTION).on(today()).rules
    crimes = case.crimes.order_by("recorded_on", "number")
    return {
        "crimes": [
            (crime, rules[crime.rule].label if crime.rule in rules else crime.rule, crime.cases.count())
            for crime in crimes
        ]
    }


def _recognised(user: User, case: Case) -> dict[str, Any] | None:
    """Left out where nobody was."""
    found = recognised_on(user, list(case.packages.values_list("referral_id", flat=True)))
    return {"recognised": found} if found else None


def _history(user: User, case: Case) -> dict[str, Any]:
    return {"events": timeline_of_case(case)}


SECTIONS: list[Section] = [
    Section("known", "Registered offenders", "casework/cases/recognised.html", _recognised),
    Section("contact", "Children in contact", "casework/cases/contact.html", contact_part),
    Section("suspects", "Suspects", "casework/cases/suspects.html", suspects_part),
    Section("prosecution", "Charge, court, disposal", "casework/cases/prosecution.html", prosecution_part),
    Section("exhibits", "Exhibits", "casework/cases/exhibits.html", exhibits_part),
    Section("packages", "What it is worked from", "casework/cases/packages.html", _packages),
    Section("crimes", "Crimes recorded", "casework/cases/crimes.html", _crimes),
    Section("documents", "Documents", "casework/cases/documents.html", documents_part),
    Section("retention", "Retention", "casework/cases/retention.html", retention_part),
    Section("history", "What was done", "casework/cases/history.html", _history),
]


OF_A_SUSPECT = ("suspects", "prosecution", "exhibits")  # not shown of a case that only protects children


def case_page(user: User, case: Case) -> dict[str, Any]:
    """What the page of one case shows to this person."""
    shown = [section for section in SECTIONS if not case.protection or section.name not in OF_A_SUSPECT]
    parts = [(section, section.part(user, case)) for section in shown]
    offer = case.transfers.filter(state="offered").select_related("to").first()
    return {
        "case": case,
        "steps": case_steps(user, case),
        "sections": [(section, part) for section, part in parts if part is not None],
        "clocks": open_for(f"case:{case.pk}"),
        "offer": offer,
        "joins": joins_for(user).filter(into=case).order_by("pk") if may(user, "work a case") else [],
        "joined": [(one.reference, reverse("case", args=[one.pk])) for one in case.joined.order_by("pk")],
    }
