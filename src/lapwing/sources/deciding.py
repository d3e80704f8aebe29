"""A person decides about what is held: it is brought in all the same, or thrown away. Both are recorded."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import msgspec

from lapwing.matching.changing import Origin, bring_in
from lapwing.matching.layer_file import BadList
from lapwing.matching.versions import Version, folder_of
from lapwing.sources.arriving import Coming
from lapwing.sources.configured import Source
from lapwing.sources.holding import HELD, Decision, as_taken, brought_in, decided, waiting
from lapwing.sources.standing import Held, Standing, alone, standing

REFUSED = 100  # documents that stay refused


def accept(
    lists: Path, name: str, source: Source, *, reason: str, by: str, at: datetime, sha256: str = ""
) -> Version:
    """Bring in what is held, without its entries that cannot be taken, by a person's word.

    `sha256` is that of the document which the person saw. Raises BadList when nothing is held, or another
    document than they saw, or not what was put aside; ValueError without a reason or while a
    fetch is going on; and as `bring_in` does. What is held is then held as before.
    """
    folder, when = folder_of(lists, name), at.isoformat(timespec="seconds")
    _check(reason)
    with _deciding(folder, sha256) as (known, held):
        coming = Coming(source, waiting(folder, source, held))
        origin = Origin(source.shown, by, when, held.sha256)
        made = bring_in(lists, name, coming, origin=origin, how=held.how)
        said = Decision("accepted", held.sha256, held.why, reason, by, when)
        decided(folder, as_taken(known, held, made.number, when), held, said)
    return made


def refuse(lists: Path, name: str, *, reason: str, by: str, at: datetime, sha256: str = "") -> None:
    """Throw away what is held: the same document is not held again.

    Raises BadList when nothing is held, or another document than the person saw; ValueError without a reason
    or while a fetch is going on.
    """
    folder, when = folder_of(lists, name), at.isoformat(timespec="seconds")
    _check(reason)
    with _deciding(folder, sha256) as (known, held):
        now = msgspec.structs.replace(known, refused=[*known.refused, held.sha256][-REFUSED:])
        decided(folder, now, held, Decision("refused", held.sha256, held.why, reason, by, when))


def _check(reason: str) -> None:
    if not reason.strip():
        raise ValueError("say why")


@contextmanager
def _deciding(folder: Path, sha256: str) -> Iterator[tuple[Standing, Held]]:
    with alone(folder) as free:
        if not free:
            raise ValueError(f"{folder.name}: a fetch of it is going on: try again when it has ended")
        known = brought_in(folder, standing(folder))
        if known.held is None:
            raise BadList(folder / HELD, "nothing is held")
        if sha256 not in ("", known.held.sha256):
            raise BadList(folder / HELD, "another document is held than the one that was decided about")
        yield known, known.held
