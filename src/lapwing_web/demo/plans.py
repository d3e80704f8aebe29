"""What is to happen to a referral, and when: drawn by chance in the chapter's proportions."""

from datetime import datetime, timedelta
from random import Random

from msgspec import Struct

from lapwing_web.demo.courses import INFORMATIONAL, NO_OUTCOME_STATED, OUTCOMES

HOURS_TO_TRIAGE = {"very_high": (0.4, 3.5), "high": (2, 20), "medium": (6, 60), "low": (20, 190)}
LATE = 0.06  # of decisions, taken some times later than they should
ASKED = {"poor": 0.1, "good": 0.25}  # share of referrals whose company is asked for more
RETURNED = 0.09
REASONS = {  # of discards that are not informational: reason -> (weight, words it needs)
    "no_suspect_traceable": (30, ""),
    "ip_not_resolvable": (25, ""),
    "no_offence": (16, ""),
    "not_allocated_in_time": (11, "Nobody was free to work it in the time allowed."),
    "shared_premises": (6, ""),
    "suspect_is_child": (5, ""),
    "suspect_unavailable": (4, "Abroad, by every address held."),
    "attribution_conflict": (3, "Two places, and nothing to choose between them."),
}
RETURN_REASONS = {
    "wrong_force": (50, "The address has moved out of the area."),
    "package_incomplete": (25, "No subscriber check was enclosed."),
    "already_known": (25, "Held under a local reference."),
}
CLOSE_REASONS = {
    "18": "no_suspect_traceable",
    "14": "victim_based_difficulty",
    "16": "victim_based_difficulty",
}


class Step(Struct):
    """One thing somebody does, at a moment. `what` names a method of `history.History`."""

    at: datetime
    what: str
    referral: int
    words: dict[str, str] = {}


def plan(referral: int, course: str, band: str, at: datetime, random: Random, backlog: float) -> list[Step]:
    """The steps ahead of a new referral, in order. `backlog` stretches the wait for the first (1: none)."""
    first = at + timedelta(hours=_wait(band, random) * backlog)
    if course in INFORMATIONAL:
        return [Step(first, "discard", referral, {"reason": course})]
    if course == "agency":
        return [Step(first, "keep", referral), *_kept(referral, first, random)]
    if course == "poor" and random.random() >= ASKED["poor"]:
        reason, text = _weighted(REASONS, random)
        return [Step(first, "discard", referral, {"reason": reason, "text": text})]
    asked, decided = _asked(referral, course, first, random)
    if course == "poor":
        reason, text = _weighted(REASONS, random)
        return [*asked, Step(decided, "discard", referral, {"reason": reason, "text": text})]
    return [*asked, *_sent(referral, course, decided, random)]


def _wait(band: str, random: Random) -> float:
    low, high = HOURS_TO_TRIAGE[band]
    return random.uniform(low, high) * (random.uniform(2, 6) if random.random() < LATE else 1)


def _asked(referral: int, course: str, first: datetime, random: Random) -> tuple[list[Step], datetime]:
    """Taking it on, and perhaps asking the company; with the moment at which it can then be decided."""
    steps = [Step(first, "develop", referral)]
    decided = first + timedelta(hours=random.uniform(1, 70))
    if course == "poor" or random.random() < ASKED.get(course, 0):
        answered = first + timedelta(days=random.uniform(2, 17))
        steps.append(Step(first + timedelta(hours=1), "ask", referral))
        steps.append(
            Step(
                answered, "answer", referral, {"reason": random.choice(["answered_in_full", "nothing_held"])}
            )
        )
        decided = answered + timedelta(hours=random.uniform(1, 70))
    return steps, decided


def _sent(referral: int, course: str, decided: datetime, random: Random) -> list[Step]:
    """Dissemination, the force's answer, and an outcome for as many as the chapter has outcomes for."""
    steps = [
        Step(decided - timedelta(minutes=30), "find_out", referral, {"contact": _contact(course, random)})
    ]
    steps.append(Step(decided, "disseminate", referral))
    if course == "serious":
        steps.append(Step(decided + timedelta(minutes=10), "safeguard", referral))
    opened = decided + timedelta(hours=random.uniform(0.5, 30 if course == "serious" else 150))
    answered = opened + timedelta(hours=random.uniform(0.2, 30 if course == "serious" else 260))
    if answered - opened > timedelta(hours=40):
        steps.append(Step(opened, "open", referral))
    if random.random() < RETURNED:
        reason, text = _weighted(RETURN_REASONS, random)
        steps.append(Step(answered, "return_", referral, {"reason": reason, "text": text}))
        return [*steps, *_sent_again(referral, answered, random)]
    steps.append(Step(answered, "accept", referral))
    return [*steps, *_closed("outcome", referral, answered, random)]


def _sent_again(referral: int, returned: datetime, random: Random) -> list[Step]:
    """After a return: to another force, or discarded."""
    decided = returned + timedelta(hours=random.uniform(5, 120))
    if random.random() < 0.3:
        return [Step(decided, "discard", referral, {"reason": "no_suspect_traceable"})]
    answered = decided + timedelta(hours=random.uniform(2, 100))
    sent = [Step(decided, "disseminate", referral, {"another": "yes"}), Step(answered, "accept", referral)]
    return [*sent, *_closed("outcome", referral, answered, random)]


def _kept(referral: int, first: datetime, random: Random) -> list[Step]:
    return _closed("close", referral, first, random)


def _closed(what: str, referral: int, since: datetime, random: Random) -> list[Step]:
    codes = [*OUTCOMES, ""]
    code = random.choices(codes, [*OUTCOMES.values(), NO_OUTCOME_STATED])[0]
    if not code:
        return []
    reason = CLOSE_REASONS.get(code, "evidential_difficulties" if code == "15" else "")
    at = since + timedelta(days=random.uniform(20, 150))
    return [Step(at, what, referral, {"code": code, "reason": reason})]


def _contact(course: str, random: Random) -> str:
    """What is found out about contact with children: more often than not, that nobody knows."""
    if course == "serious":
        return random.choices(["yes", "no", "unknown"], [5, 2, 3])[0]
    return random.choices(["yes", "no", "unknown"], [1, 3, 6])[0]


def _weighted(table: dict[str, tuple[int, str]], random: Random) -> tuple[str, str]:
    code = random.choices(list(table), [weight for weight, _ in table.values()])[0]
    return code, table[code][1]
