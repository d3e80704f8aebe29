"""A case worked as far as it must be before it may end."""

from typing import Any

from lapwing_web.casework.actions.children import record_step
from lapwing_web.casework.actions.contact import Answered, answer_questions
from lapwing_web.casework.actions.prosecution import charge
from lapwing_web.casework.models import Allocation, Case, Child, Package
from lapwing_web.casework.models.contact import owed, version
from lapwing_web.moment import now, today
from lapwing_web.staff.models import User


def case_of(package: Package) -> Case:
    """The case that the package is worked in."""
    return Case.objects.select_related("organisation").get(packages=package)


def answer_all(case: Case | Package, by: User, answer: str = "no") -> Case:
    """Answer every question on contact with children, and protect every child that is known."""
    worked = case_of(case) if isinstance(case, Package) else case
    answers = [Answered(question, answer, "a test", today()) for question in version().questions]
    answer_questions(worked, answers, by=by)
    for child in worked.children.all():
        protect_child(child, by)
    suspect = worked.suspects.order_by("number").first()
    if suspect and not suspect.charges.exists() and worked.organisation_id == by.organisation_id:
        charge(suspect, offence="An example offence", on=today(), by=by)
        Allocation.objects.create(case=worked, to=by, by=by, at=now(), band=worked.band, policy="")
    return worked


def protect_child(child: Child, by: User) -> None:
    """Record for a child what is still owed, with no enquiry, and a step that protects."""
    if child.protected_at is None:
        record_step(child, kind="contact_stopped", result="forbidden", by=by)
    while steps := owed(child):
        code, step = next(iter(steps.items()))
        record_step(child, kind=code, result=list(step.results)[-1], text="As a test needs it", by=by)


def accepted(package: Any, by: User) -> Package:
    """The package, accepted and worked until an outcome may be recorded."""
    from lapwing_web.casework.actions.package import accept

    accept(package, by=by)
    answer_all(package, by)
    package.refresh_from_db()
    return package  # type: ignore[no-any-return]
