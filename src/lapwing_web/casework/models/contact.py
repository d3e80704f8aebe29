"""How a case's answers on contact with children stand, and what policy has to be done for a child."""

from collections.abc import Collection
from datetime import date

from django.conf import settings

from lapwing.policy import load
from lapwing.policy.topics.children import ChildrenVersion, Step
from lapwing.rules.children import Given, Standing, in_contact, standing, steps_owed
from lapwing_web.casework.models.case import Case
from lapwing_web.casework.models.child import Child, ContactAnswer
from lapwing_web.moment import today

AT_ONCE = 1000  # cases read in one statement


def version(on: date | None = None) -> ChildrenVersion:
    """The policy on children in force on a day (default: today)."""
    return load("children", settings.JURISDICTION).on(on or today())


def standings(case: Case, on: date | None = None) -> list[Standing]:
    """How each question stands in `case` on a day (default: today). A case of protection is asked none."""
    if case.protection:
        return []
    return standing(given_in(case), on or today(), version())


def contact_of(case: Case, on: date | None = None) -> str:
    """Whether the suspect is in contact with children: yes, no or unknown."""
    return "unknown" if case.protection else in_contact(standings(case, on))


def contact_of_each(cases: Collection[int], on: date | None = None) -> dict[int, str]:
    """`contact_of` for many cases, by their ids: a statement for a thousand of them, and not one for each."""
    given: dict[int, list[Given]] = {case: [] for case in cases}
    keys = sorted(given)
    for first in range(0, len(keys), AT_ONCE):
        some = ContactAnswer.objects.filter(case__in=keys[first : first + AT_ONCE]).order_by("id")
        for case, *row in some.values_list("case_id", "question", "answer", "on", "expires_on"):
            given[case].append(Given(*row))  # type: ignore[arg-type]
    day, law = on or today(), version()
    return {case: in_contact(standing(rows, day, law)) for case, rows in given.items()}


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


def owed(child: Child) -> dict[str, Step]:
    """The steps for this child that nobody has recorded yet, by code. A case does not end before."""
    steps = needed(child)
    rows = child.steps.order_by("id").values_list("kind", "result")
    return {code: steps[code] for code in steps_owed(dict(rows), steps)}
