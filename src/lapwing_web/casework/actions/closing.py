"""What stands in the way of closing a case. Whoever adds something that must be done first adds it here."""

from collections.abc import Callable

from django.db.models import Q, QuerySet

from lapwing_web.casework.models import Case, Disposal, Duty, Gap, Restriction, Transfer
from lapwing_web.casework.models.contact import owed, questions_open
from lapwing_web.casework.models.suspect import POLICE_BAIL
from lapwing_web.moment import now
from lapwing_web.refusal import Refused

Obstacle = Callable[[Case], str]  # the sentence, or "" when nothing of the kind stands in the way


def _unanswered(case: Case) -> str:
    names = questions_open(case)
    if not names:
        return ""
    return (
        "Contact with children is not answered: "
        + ", ".join(name.lower() for name in names)
        + ". “Not known” and an expired answer are not answers."
    )


def _unprotected(case: Case) -> str:
    count = case.children.filter(protected_at=None).count()
    if not count:
        return ""
    which = "A child of this case has" if count == 1 else f"{count} children of this case have"
    return f"{which} no step recorded that protects them."


def _untold(case: Case) -> str:
    """Who has not decided or been told of a child: a step that protects does not stand for the others."""
    each = [
        f"Not recorded for child {child.number}: {', '.join(step.label.lower() for step in steps.values())}."
        for child in case.children.order_by("number")
        if (steps := owed(child))
    ]
    return " ".join(each)


def _offered(case: Case) -> str:
    offer = case.transfers.filter(state=Transfer.State.OFFERED).select_related("to").first()
    return f"It is offered to {offer.to}. Withdraw the offer first." if offer else ""


def _in_custody(case: Case) -> str:
    held = case.suspects.filter(restrictions__kind="custody", restrictions__ends_at=None).first()
    return f"Suspect {held.number} is in custody. Record the release first." if held else ""


def bail_without_charge(case: Case) -> QuerySet[Restriction]:
    """The police bail that runs for suspects of `case` who are not charged."""
    return Restriction.objects.filter(
        Q(ends_at=None) | Q(ends_at__gt=now()),
        kind__in=POLICE_BAIL,
        suspect__in=case.suspects.filter(charges=None),
    ).select_related("suspect")


def _on_bail(case: Case) -> str:
    """Bail before a charge ends where nobody is charged: what ends with the case would end unseen."""
    numbers = sorted({one.suspect.number for one in bail_without_charge(case)})
    return " ".join(
        f"Suspect {number} is on police bail, and is not charged. End the bail first, with the notice."
        for number in numbers
    )


def _unsigned(case: Case) -> str:
    """A gap that has begun, and for which nobody answers. One to come ends with the case."""
    begun = Gap.objects.filter(suspect__case=case, state=Gap.State.OPEN, begins_at__lte=now())
    return "Nobody has signed for a time without an enforceable restriction." if begun.exists() else ""


def _undone(case: Case) -> str:
    count = Duty.objects.filter(arrest__suspect__case=case, result="").count()
    return f"{count} {'duty' if count == 1 else 'duties'} after an arrest not recorded." if count else ""


def _unfinished(case: Case) -> str:
    waits = case.exhibits.filter(state__in=["queued", "examining"]).values_list("number", flat=True)
    return f"Not examined yet: {', '.join(sorted(waits))}." if waits else ""


OF_ARRESTS: list[Obstacle] = [_in_custody, _unsigned, _undone]


def _conditions(case: Case) -> str:
    runs = Disposal.objects.filter(suspect__case=case, state=Disposal.State.RUNNING).exists()
    return "Conditions of a disposal still run." if runs else ""


# each asked of every case before it may end
OBSTACLES: list[Obstacle] = [
    _unanswered,
    _unprotected,
    _untold,
    _offered,
    _on_bail,
    *OF_ARRESTS,
    _unfinished,
    _conditions,
]


def left_by_arrests(case: Case) -> list[str]:
    """What an arrest has left undone: nobody else would do it if the case went away."""
    return [sentence for ask in OF_ARRESTS if (sentence := ask(case))]


def obstacles(case: Case) -> list[str]:
    """Every sentence that stands in the way of closing `case` now."""
    return [sentence for ask in OBSTACLES if (sentence := ask(case))]


def refuse_to_close(case: Case) -> None:
    """Refuse, saying everything that must be done before, while anything stands in the way."""
    found = obstacles(case)
    if found:
        raise Refused(f"{case} cannot be closed yet. {' '.join(found)}")
