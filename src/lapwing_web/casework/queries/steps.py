"""What a person can do next with a referral: by its state, their role, and what has happened to it."""

from collections.abc import Callable

from msgspec import Struct

from lapwing_web.casework.models import Package, Referral
from lapwing_web.casework.models.telling import of_a_company
from lapwing_web.staff.models import Organisation, User
from lapwing_web.staff.permissions import may

State = Referral.State
OPEN = frozenset(Referral.OPEN)
SENT = frozenset({State.DISSEMINATED, State.ACCEPTED, State.CLOSED})
ENDED = frozenset({State.DISCARDED, State.MERGED})


class Step(Struct):
    """A button: the name of its page, its words, and whether it changes where the referral stands."""

    url: str
    label: str
    moves: bool
    post: bool = False  # one press, nothing to fill in

    @property
    def danger(self) -> bool:
        """Whether its button is red."""
        return self.url == "referral-discard"


class Rule(Struct):
    """When a step is offered."""

    url: str
    label: str
    permission: str
    states: frozenset[str]
    moves: bool = True
    post: bool = False
    when: Callable[[User, Referral], bool] = lambda user, referral: True


def _untaken(user: User, referral: Referral) -> bool:
    return referral.assigned_to_id is None


def _kept_by_agency(user: User, referral: Referral) -> bool:
    return referral.organisation.kind == Organisation.Kind.AGENCY


def _with_force(user: User, referral: Referral) -> bool:
    sent = referral.packages.filter(kind=Package.Kind.DISSEMINATION).exclude(state=Package.State.RETURNED)
    return sent.exists()


def _of_a_company(user: User, referral: Referral) -> bool:
    return of_a_company(referral)


def _asked(user: User, referral: Referral) -> bool:
    return referral.enquiries.filter(answered_at=None).exists()


EVERY, KEPT, CLOSED = frozenset(State.values), frozenset({State.KEPT}), frozenset({State.CLOSED})
RULES = [
    Rule("referral-take", "Take it", "take a referral", OPEN | {State.KEPT}, False, True, _untaken),
    Rule("referral-disseminate", "Send to a force", "disseminate a referral", OPEN | {State.KEPT}),
    Rule("referral-develop", "Take on for work", "triage a referral", OPEN - {State.DEVELOPING}),
    Rule(
        "referral-ask",
        "Ask the company",
        "ask the company",
        OPEN - {State.AWAITING_PROVIDER},
        when=_of_a_company,
    ),
    Rule("referral-answer", "Record the company’s answer", "ask the company", EVERY, False, False, _asked),
    Rule("referral-keep", "Keep at the agency", "keep a referral", OPEN),
    Rule("referral-discard", "Discard", "discard a referral", OPEN),
    Rule("referral-outcome", "Record the outcome", "record an outcome", KEPT),
    Rule("referral-develop", "Stop keeping it", "keep a referral", KEPT),
    Rule("referral-reopen", "Reopen", "reopen a referral", frozenset({State.DISCARDED})),
    Rule(
        "referral-unclose", "Take the outcome back", "record an outcome", CLOSED, True, False, _kept_by_agency
    ),
    Rule(
        "referral-supplement", "Send a supplement", "disseminate a referral", SENT, False, False, _with_force
    ),
    Rule("referral-facts", "Record facts", "set facts", EVERY - ENDED - {State.CLOSED}, False),
    Rule("referral-kirat", "Record KIRAT", "set facts", EVERY - ENDED, False),
    Rule("referral-safeguard", "Safeguard a child", "disseminate a referral", EVERY - ENDED, False),
    Rule("referral-assign", "Assign", "assign a referral", OPEN | {State.KEPT}, False),
    Rule("referral-join", "Join to another", "join referrals", OPEN, False),
]


def next_steps(user: User, referral: Referral) -> list[Step]:
    """The steps open to this person now, those that move the referral first."""
    found = [
        Step(rule.url, rule.label, rule.moves, rule.post)
        for rule in RULES
        if referral.state in rule.states and may(user, rule.permission) and rule.when(user, referral)
    ]
    return sorted(found, key=lambda step: not (step.moves or step.post))
