"""How a case's answers on contact with children stand, and what policy has to be done for a child."""

from datetime import date

from django.conf import settings

from lapwing.policy import load
from lapwing.policy.topics.children import ChildrenVersion, Step
from lapwing.rules.children import Given, Standing, in_contact, standing
from lapwing_web.casework.models.case import Case
from lapwing_web.casework.models.child import Child
from lapwing_web.moment import today


def version() -> ChildrenVersion:
    """The policy on children in force today."""
    return load("children", settings.JURISDICTION).on(today())


def standings(case: Case, on: date | None = None) -> list[Standing]:
    """How each question stands in `case` on a day (default: today)."""
    return standing(given_in(case), on or today(), version())


def contact_of(case: Case, on: date | None = None) -> str:
    """Whether the suspect is in contact with children: yes, no or unknown."""
    return in_contact(standings(case, on))


def questions_open(case: Case) -> list[str]:
    """The questions of the case that nobody has answered, by their short names."""
    questions = version().questions
    return [questions[one.question].short for one in standings(case) if one.open]


def given_in(case: Case) -> list[Given]:
    """Every answer given in a case, in the order they were given."""
    rows = case.contact_answers.order_by("id").values_list("question", "answer", "on", "expires_on")
    return [Given(*row) for row in rows]  # type: ignore[arg-type]


def needed(child: Child) -> dict[str, Step]:
    """The steps that policy has for this child, by code."""
    steps = version().steps
    return {code: step for code, step in steps.items() if not step.only_for or child.contact in step.only_for}
