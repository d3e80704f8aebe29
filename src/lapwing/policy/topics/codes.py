"""Lists people choose from: reasons, outcomes, police forces, justifications."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from typing import Literal

from lapwing.policy.cited import Entry, Version
from lapwing.policy.topics.clocks import Role

Decision = Literal["discard", "reopen", "keep", "disseminate", "return", "close", "answer", "undo_join"]


class Chosen(Entry):
    """Something chosen from a list. `text` says whether the person must add words of their own."""

    text: bool = False


class Reason(Chosen):
    """A reason for the decisions in `at`. `second_approver` says whether two people must sign."""

    at: list[Decision]
    second_approver: bool = False
    attrition: bool = False  # whether it is a loss that the attrition picture counts


class ReasonsVersion(Version):
    """Reasons by code, in the order they are offered."""

    reasons: dict[str, Reason]

    def at(self, decision: Decision) -> dict[str, Reason]:
        """The reasons that may be given for `decision`, by code."""
        return {code: reason for code, reason in self.reasons.items() if decision in reason.at}

    @cached_property
    def discard(self) -> dict[str, Reason]:
        """Reasons to discard a referral."""
        return self.at("discard")

    @cached_property
    def reopen(self) -> dict[str, Reason]:
        """Reasons to reopen a discarded referral."""
        return self.at("reopen")

    @cached_property
    def keep(self) -> dict[str, Reason]:
        """Reasons for the agency to keep a case."""
        return self.at("keep")

    @cached_property
    def disseminate(self) -> dict[str, Reason]:
        """Reasons to send a package to a force."""
        return self.at("disseminate")

    @cached_property
    def return_(self) -> dict[str, Reason]:
        """Reasons for a force to return a package."""
        return self.at("return")

    @cached_property
    def close(self) -> dict[str, Reason]:
        """Reasons to close a case beside its outcome."""
        return self.at("close")

    @cached_property
    def answer(self) -> dict[str, Reason]:
        """What a company's answer came to."""
        return self.at("answer")


class Outcome(Entry):
    """A Home Office outcome code and the bucket the chapter's figures count it in."""

    bucket: Literal["charge", "caution", "no_suspect", "evidential_difficulties", "other"]
    needs: Literal["", "charge", "caution", "community_resolution", "diversion"] = ""
    suspect: Literal["", "child", "adult"] = ""
    roles: list[Role] = []  # who may give it; empty: whoever works the case
    effective_from: date | None = None


class OutcomesVersion(Version):
    """Outcomes by code; `buckets` with their labels. `rules_confirmed`: whether who may use which when is."""

    rules_confirmed: bool
    buckets: dict[str, Entry]
    outcomes: dict[str, Outcome]


class Force(Entry):
    """An organisation a package can be sent to, or that keeps a case."""

    code: str  # of the Office for National Statistics where there is one
    kind: Literal["force", "agency"]
    region: str

    @property
    def name(self) -> str:
        """Its name in full."""
        return self.label


class ForcesVersion(Version):
    """Every organisation, in the order of its code."""

    forces: list[Force]

    @cached_property
    def by_code(self) -> dict[str, Force]:
        """The same, found by code."""
        return {force.code: force for force in self.forces}


class JustificationsVersion(Version):
    """Why a person opens a sensitive record (Data Protection Act 2018, s.62)."""

    justifications: dict[str, Chosen]
