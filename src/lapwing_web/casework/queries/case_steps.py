"""What a person can do next with a case. Whatever hangs on a case adds its steps here, by one line each."""

from collections.abc import Callable

from msgspec import Struct

from lapwing_web.casework.models import Case, Package
from lapwing_web.casework.queries.steps import Step
from lapwing_web.staff.models import User
from lapwing_web.staff.permissions import may

State = Case.State
ENDED = frozenset({State.CLOSED})
When = Callable[[User, Case], bool]


class CaseStep(Struct, frozen=True):
    """When a step is offered: the name of its page, its words, who may, and in which states."""

    url: str
    label: str
    permission: str
    states: frozenset[str] = frozenset({State.OPEN})
    moves: bool = False
    when: When = lambda user, case: True


def _not_offered(user: User, case: Case) -> bool:
    return not case.transfers.filter(state="offered").exists()


def _held(user: User, case: Case) -> bool:
    return case.owner_id is not None


def _has_another(user: User, case: Case) -> bool:
    others = Case.objects.filter(organisation=case.organisation_id, state=State.OPEN)
    return others.exclude(pk=case.pk).exists()


def _asked(user: User, case: Case) -> bool:
    return not case.protection


def _protects(user: User, case: Case) -> bool:
    return case.protection


STEPS: list[CaseStep] = [
    CaseStep("case-allocate", "Allocate", "allocate a case", moves=True),
    CaseStep("case-contact", "Answer on children", "work a case", moves=True, when=_asked),
    CaseStep("case-take-back", "Take it back", "allocate a case", when=_held),
    CaseStep("case-child", "Add a child", "protect a child"),
    CaseStep("case-crime", "Record a crime", "work a case"),
    CaseStep("case-band", "Change the band", "work a case"),
    CaseStep("case-join", "Join to another case", "work a case", when=_has_another),
    CaseStep("protection-end", "End the protection", "protect a child", when=_protects),
    CaseStep("protection-resume", "Take it up again", "protect a child", ENDED, when=_protects),
    CaseStep("case-transfer", "Offer to another force", "transfer a case", when=_not_offered),
]


def case_steps(user: User, case: Case) -> list[Step]:
    """The steps open to this person now, and last the outcome, which is given to a package."""
    found = [
        Step(one.url, one.label, one.moves)
        for one in STEPS
        if case.state in one.states and may(user, one.permission) and one.when(user, case)
    ]
    return found


def package_to_end(user: User, case: Case) -> Package | None:
    """The package by which this person can record the case's outcome, or take it back."""
    if not may(user, "record an outcome") or case.state not in (State.OPEN, State.CLOSED):
        return None
    held = case.packages.filter(kind=Package.Kind.DISSEMINATION, state=Package.State.ACCEPTED)
    return held.defer("content").order_by("pk").first()
