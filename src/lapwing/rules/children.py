"""Contact with children: what the answers to the questions come to, day by day. Unknown is never no.

Source of the need: HC 515, paragraphs 89, 90 and 112. Questions, and how long an answer holds, are policy's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from itertools import zip_longest
from typing import Literal

from msgspec import Struct

from lapwing.policy.topics.children import ChildrenVersion, Step
from lapwing.rules.bail import midnight_after
from lapwing.rules.restrictions import Interval, union, without

Answer = Literal["yes", "no", "unknown"]


class Given(Struct, frozen=True):
    """An answer somebody gave to one question: for which day, and the last day on which it holds."""

    question: str
    answer: Answer
    on: date
    expires_on: date


class Standing(Struct, frozen=True):
    """How one question stands on a day: the last answer given (None: never asked), and whether it expired."""

    question: str
    given: Given | None
    expired: bool

    @property
    def open(self) -> bool:
        """Whether somebody still has to find out."""
        return self.given is None or self.given.answer == "unknown" or self.expired

    @property
    def contact(self) -> Answer:
        """What it says of contact. An expired yes is still a yes; an expired no is unknown."""
        if self.given is None:
            return "unknown"
        return "unknown" if self.expired and self.given.answer == "no" else self.given.answer


def expires(question: str, on: date, version: ChildrenVersion) -> date:
    """The last day on which an answer for the day `on` holds. KeyError for a question nobody asks."""
    return on + timedelta(days=version.questions[question].holds_for)


def standing(answers: Iterable[Given], on: date, version: ChildrenVersion) -> list[Standing]:
    """How every question of policy stands on the day `on`. `answers`: in the order they were given."""
    last = {given.question: given for given in answers}
    return [_of(name, last.get(name), on) for name in version.questions]


def _of(question: str, given: Given | None, on: date) -> Standing:
    return Standing(question, given, expired=given is not None and on > given.expires_on)


def in_contact(standings: Iterable[Standing]) -> Answer:
    """Yes if any question says yes; no only if every one says no; otherwise unknown."""
    said = {one.contact for one in standings}
    if "yes" in said:
        return "yes"
    return "no" if said == {"no"} else "unknown"


def steps_owed(came_to: Mapping[str, str], steps: Mapping[str, Step]) -> list[str]:
    """The steps of `steps` that nobody has recorded for a child, and that somebody must, by code.

    `came_to`: the last result of each step that was recorded. A strategy discussion that found no enquiry
    needed lifts the decision under section 47; a conference is owed once one is called (both: policy).
    """
    return [code for code, step in steps.items() if code not in came_to and _is_owed(came_to, step)]


def _is_owed(came_to: Mapping[str, str], step: Step) -> bool:
    if any(came_to.get(other) == result for other, result in step.lifted_by.items()):
        return False
    return not step.optional or any(came_to.get(one) == result for one, result in step.owed_after.items())


class Dated(Struct, frozen=True):
    """An answer with the instant at which it was given, for the instants at which it held."""

    given: Given
    at: datetime


def no_contact(answers: Iterable[Dated], version: ChildrenVersion) -> list[Interval]:
    """The instants at which every question stood answered no. `answers`: in the order they were given.

    An answer holds from when it was given until the next to its question, or the end of its last day.
    """
    by_question: dict[str, list[Dated]] = {name: [] for name in version.questions}
    for one in answers:
        if one.given.question in by_question:
            by_question[one.given.question].append(one)
    held: list[Interval] | None = None
    for given in by_question.values():
        noes = union(_noes(given))
        held = noes if held is None else without(held, without(held, noes))
    return held or []


def _noes(given: list[Dated]) -> Iterator[Interval]:
    for one, following in zip_longest(given, given[1:]):
        if one.given.answer == "no":
            ends = midnight_after(one.given.expires_on)
            yield Interval(one.at, min(ends, following.at) if following else ends)


CAUTION: Mapping[str, int] = {"no": 0, "unknown": 1, "yes": 2}


def more_careful(first: Given | None, second: Given | None) -> Given | None:
    """Of two answers to one question, the one that assumes more: yes, then unknown, then the no that ends
    first. None when one of the two was never asked.
    """
    if first is None or second is None:
        return None
    return max(first, second, key=lambda given: (CAUTION[given.answer], -given.expires_on.toordinal()))
