"""What stands in the way of closing a case. Whoever adds something that must be done first adds it here."""

from collections.abc import Callable

from lapwing_web.casework.models import Case, Transfer
from lapwing_web.casework.models.contact import questions_open
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


def _offered(case: Case) -> str:
    offer = case.transfers.filter(state=Transfer.State.OFFERED).select_related("to").first()
    return f"It is offered to {offer.to}. Withdraw the offer first." if offer else ""


# each asked of every case before it may end
OBSTACLES: list[Obstacle] = [_unanswered, _unprotected, _offered]


def obstacles(case: Case) -> list[str]:
    """Every sentence that stands in the way of closing `case` now."""
    return [sentence for ask in OBSTACLES if (sentence := ask(case))]


def refuse_to_close(case: Case) -> None:
    """Refuse, saying everything that must be done before, while anything stands in the way."""
    found = obstacles(case)
    if found:
        raise Refused(f"{case} cannot be closed yet. {' '.join(found)}")
