"""Outcomes: who may give which when, by what is recorded of the case.

Source: Home Office counting rules, crime outcomes; who may use which is as recalled, and unconfirmed. That
lack of capacity is never hidden in another reason: HC 515, paragraphs 98 to 107, and Lapwing's own list of
reasons.
"""

from __future__ import annotations

from datetime import date

from msgspec import Struct

from lapwing.policy.topics.codes import OutcomesVersion

CAPACITY = "not_allocated_in_time"
NEVER_ALLOCATED = (
    "The case was never allocated to anybody: the reason is lack of capacity (not allocated in time), and no"
    " other."
)
WON = frozenset({"charge", "caution"})  # buckets that are no loss
PROSECUTED = frozenset({"charge"})
IN_WORDS = {
    "charge": "a charge or summons is recorded",
    "caution": "a caution is recorded",
    "community_resolution": "a community resolution is recorded",
    "diversion": "a diversion is recorded",
}


class CaseFacts(Struct, frozen=True):
    """What is recorded of a case when an outcome is asked for.

    `suspect_is_child`: None while nobody has found out. `disposals`: the kinds that stand, not breached.
    `breached`: whether a condition was breached and has not gone back for prosecution.
    """

    role: str
    suspect_is_child: bool | None = None
    charged: bool = False
    disposals: frozenset[str] = frozenset()
    breached: bool = False
    ever_allocated: bool = True


def refusals(code: str, reason: str, on: date, facts: CaseFacts, version: OutcomesVersion) -> list[str]:
    """Every sentence that stands in the way of this outcome. KeyError for a code that policy does not
    list.
    """
    outcome = version.outcomes[code]
    found = []
    if outcome.effective_from and on < outcome.effective_from:
        found.append(f"Outcome {code} is used from {outcome.effective_from:%-d %B %Y}.")
    if outcome.roles and facts.role not in outcome.roles:
        found.append(f"Outcome {code} is given by a {' or a '.join(outcome.roles)}.".replace("_", " "))
    if outcome.suspect == "child" and facts.suspect_is_child is not True:
        found.append(f"Outcome {code} is for a suspect who is a child.")
    if outcome.suspect == "adult" and facts.suspect_is_child is not False:
        found.append(f"Outcome {code} is for an adult, and the suspect is not known to be one.")
    held = facts.disposals | ({"charge"} if facts.charged else set())
    if outcome.needs and outcome.needs not in held:
        found.append(f"Outcome {code} is given once {IN_WORDS[outcome.needs]}.")
    if facts.breached and outcome.bucket not in PROSECUTED:
        found.append(
            "A condition was breached: the case goes back for prosecution, and never ends as complied with."
        )
    if not facts.ever_allocated and outcome.bucket not in WON and reason != CAPACITY:
        found.append(NEVER_ALLOCATED)
    return found
