"""docs/states.md, written from the MOVES tables: `python -m lapwing_web.commands.document > docs/states.md`.

A test fails while the file and the tables differ, or a state cannot be reached.
"""

import os
import sys
from typing import Any

from msgspec import Struct


class Kind(Struct):
    """A model whose records have states: what is said of it, and the states a new record may begin in."""

    model: Any
    about: str
    begins: tuple[str, ...]


def kinds() -> list[Kind]:
    """Every model with a MOVES table."""
    from lapwing_web.casework.models import Package, Referral
    from lapwing_web.clocks.models import Clock
    from lapwing_web.intake.models import Account, Receipt, Submission
    from lapwing_web.jobs.models import Job

    on_arrival = ("new", "new_version", "duplicate", "attached", "rejected", "held")
    return [
        Kind(Receipt, "Everything that arrives has one, whatever becomes of it.", on_arrival),
        Kind(
            Referral,
            "What is worked. It begins discarded when a rule alone sets it aside; a person or a later report "
            "can reopen it. The agency owns it until a force accepts it; the force owns it from then until "
            "it returns it. So it has one owner at every instant.",
            ("received", "discarded"),
        ),
        Kind(
            Package,
            "What a force was sent. Sent is always accepted + returned + waiting.",
            ("waiting",),
        ),
        *_of_cases(),
        Kind(Clock, "A deadline.", ("running",)),
        Kind(
            Submission,
            "A report that a company's software hands over piece by piece. Once it has ended, nothing "
            "of it changes.",
            ("open",),
        ),
        Kind(Account, "With what a company's software hands reports over.", ("open",)),
        *_of_lists(),
        Kind(
            Job,
            "Work that follows from something. That a worker took it and did it stands in its own row, "
            "and not in the audit: there is what it did. A failure, and what a person does about it, are "
            "recorded.",
            ("waiting",),
        ),
    ]


def _of_ends() -> list[Kind]:
    """Those by which a case, and in the end its record, comes to its end."""
    from lapwing_web.casework.models import Condition, Disposal, RecordDisposal

    return [
        Kind(Disposal, "A disposal out of court.", ("running",)),
        Kind(Condition, "A condition of a disposal.", ("running",)),
        Kind(
            RecordDisposal,
            "The disposal of the record of a case: proposed with a review, done by a second person.",
            ("proposed",),
        ),
    ]


def _of_cases() -> list[Kind]:
    """Those of a force's casework, and of the offenders whom it manages."""
    from lapwing_web.casework.models import Case, Exhibit, Gap, ScanResult, Transfer, Warrant

    return [
        Kind(Case, "What a force works, from its acceptance of a package to an outcome.", ("open",)),
        Kind(
            Transfer,
            "A case offered to another force: the sender's until the moment of acceptance.",
            ("offered",),
        ),
        Kind(Exhibit, "A device or another thing that was seized.", ("held",)),
        Kind(
            ScanResult,
            "What a scan of an exhibit found. It counts for nothing until every file is accounted for.",
            ("reading",),
        ),
        *_of_ends(),
        Kind(Warrant, "A warrant to enter and search.", ("applied",)),
        Kind(
            Gap,
            "A time at which a suspect with children in contact, or perhaps so, is at liberty and nothing "
            "that can be enforced restricts them. The rules find it; a superior signs for it.",
            ("open",),
        ),
        *_of_offenders(),
    ]


def _of_offenders() -> list[Kind]:
    """Those of the offenders whom a force manages, and of its teams."""
    from lapwing_web.offenders.models import Briefing, Notifiable, Offender
    from lapwing_web.staff.models import Team

    return [
        Kind(
            Offender,
            "A registered offender whom a force manages. Registered again, the record goes on.",
            ("registered",),
        ),
        Kind(Notifiable, "Something that a registered offender has to notify to the police.", ("open",)),
        Kind(
            Briefing,
            "What a neighbourhood team is told of a registered offender. It is read while it is issued, and "
            "never after its last day, whether or not anybody has ended it.",
            ("issued",),
        ),
        Kind(
            Team, "People of a force who do one kind of work. Its name is kept when it ends.", ("standing",)
        ),
    ]


def _of_lists() -> list[Kind]:
    """Those of lists of known files."""
    from lapwing_web.casework.models import Hunt
    from lapwing_web.prevention.models import OwnEntry

    return [
        Kind(Hunt, "Everything ever seen, compared with what is new on a list.", ("running",)),
        Kind(
            OwnEntry,
            "A file for the agency's own list, by its hashes. It is published when two people graded it "
            "alike, or a third decided.",
            ("proposed",),
        ),
    ]


def states() -> str:
    """The whole page, in Markdown."""
    parts = [
        "# States\n\n"
        "Written from the MOVES tables by `python -m lapwing_web.commands.document`; do not edit.\n"
        "A record moves only along these lines, by an action that is recorded in the audit, and only if "
        "nobody else has moved it meanwhile.\n"
    ]
    return "\n".join([*parts, *(_section(kind) for kind in kinds())])


def _section(kind: Kind) -> str:
    name, labels = kind.model.__name__, dict(kind.model.State.choices)
    moves = {state.value: sorted(to.value for to in tos) for state, tos in kind.model.MOVES.items()}
    lines = [f"## {name}\n", f"{kind.about}\n", "```mermaid", "stateDiagram-v2"]
    lines += [f"    {state}: {labels[state]}" for state in moves]
    lines += [f"    [*] --> {state}" for state in kind.begins]
    lines += [f"    {state} --> {to}" for state, tos in moves.items() for to in tos]
    lines += [f"    {state} --> [*]" for state, tos in moves.items() if not tos]
    lines += ["```\n", "| state | in words | can become |", "|---|---|---|"]
    lines += [
        f"| `{state}` | {labels[state]} | {', '.join(f'`{to}`' for to in tos) or 'nothing: it ends here'} |"
        for state, tos in moves.items()
    ]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Print the page."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lapwing_web.settings")
    django.setup()
    sys.stdout.write(states())


if __name__ == "__main__":
    main()
