"""Which day that a person enters cannot be before which other. An unknown day contradicts nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from lapwing.rules.ranking import spelled

# what happens, as a person reads it, and what has to have happened before
ORDER: dict[str, tuple[str, tuple[str, ...]]] = {
    "birth": ("The birth", ()),
    "arrest": ("The arrest", ("birth",)),  # of a suspect the first, wherever it is asked
    "charge": ("The charge", ("birth", "arrest")),
    "disposal": ("The disposal", ("birth", "arrest")),
    "restriction": ("The restriction", ("birth",)),
    "grant": ("The grant", ()),
    "end of a warrant": ("The end of the warrant", ("grant",)),
    "knowledge": ("First knowledge of the child", ()),  # of a child still to be born, before the birth
    "step": ("The step", ("knowledge",)),
    "management": ("The beginning of management", ("birth",)),
    "clear": ("The day since when nothing of concern is known", ("birth",)),
    "visit": ("The visit", ("management",)),
    "assessment": ("The assessment", ("management",)),
    "earlier visit": ("The last visit", ("birth",)),  # by whoever managed the offender until then
    "earlier assessment": ("The last assessment", ("birth",)),
    "end of management": ("The end of the registration", ("management",)),
    "decision": ("The conviction, finding, caution or order", ("birth",)),
    "change": ("What is to be notified", ("decision",)),
    "absence": ("The beginning of the absence", ("birth",)),  # a remand begins before the conviction
    "return": ("The end of the absence", ("management",)),  # until then it took no day from anybody
}


def out_of_order(what: str, on: date | None, known: Mapping[str, date | None]) -> str:
    """A sentence on the first of `known` that `what` cannot have come before and did. "" if there is none.

    `known` has each thing that has to come before `what`, with its day if that is known: no more, no fewer.
    """
    label, before = ORDER[what]
    if set(known) != set(before):
        raise KeyError(f"{what} is compared with {sorted(before)}, not with {sorted(known)}")
    for name in before:
        day = known[name]
        if on is not None and day is not None and on < day:
            first = ORDER[name][0]
            return (
                f"{label} cannot be on {spelled(on)}: {first[0].lower()}{first[1:]} was on {spelled(day)}. "
                "Check both days."
            )
    return ""
