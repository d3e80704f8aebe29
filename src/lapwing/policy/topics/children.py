"""Children: the questions asked of every case, and the steps for every child."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from lapwing.policy.cited import Entry, Version


class Question(Entry):
    """One question on contact with children. An answer holds for `holds_for` days after its day."""

    short: str
    holds_for: Annotated[int, Field(ge=1)]


class Result(Entry):
    """What a step came to. `protects`: the child counts as protected from then; `text`: words are needed."""

    protects: bool = False
    text: bool = False


class Step(Entry):
    """One kind of step. `clock`: the kind of clock that waits for it; `only_for`: by which contact.

    An `optional` one is offered, and not missed where it was not done, except after a result of another step
    in `owed_after`. A result of another step in `lifted_by` makes it needless. Both: results by their step.
    """

    results: Annotated[dict[str, Result], Field(min_length=1)]
    clock: str = ""
    only_for: list[str] = []
    optional: bool = False
    owed_after: dict[str, str] = {}
    lifted_by: dict[str, str] = {}


class ChildrenVersion(Version):
    """Questions and steps by their code, in the order they are asked and done."""

    questions: Annotated[dict[str, Question], Field(min_length=1)]
    steps: Annotated[dict[str, Step], Field(min_length=1)]

    @model_validator(mode="after")
    def _questions_exist(self) -> ChildrenVersion:
        for code, step in self.steps.items():
            if unknown := set(step.only_for) - set(self.questions):
                raise ValueError(f"{code} is only for {', '.join(sorted(unknown))}, which nobody asks")
            for other, result in (*step.owed_after.items(), *step.lifted_by.items()):
                if other not in self.steps or result not in self.steps[other].results:
                    raise ValueError(f"{code} depends on {result} of {other}, which nothing comes to")
        if not any(result.protects for step in self.steps.values() for result in step.results.values()):
            raise ValueError("no step protects a child")
        return self
