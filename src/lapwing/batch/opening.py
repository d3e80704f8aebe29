"""How a worker opens a file of a batch: where a scan would find it, or in an object store."""

import os
from collections.abc import Iterator
from typing import BinaryIO

from lapwing.scanning import opening
from lapwing.scanning.found import locator_of
from lapwing.sources import object_store


def open_file(packed: bytes) -> BinaryIO:
    """Open it for reading. Raises OSError, CannotHash."""
    step = locator_of(packed)[0]
    if step.place == object_store.PLACE:
        return object_store.opened(step.at, step.part)
    return opening.open_file(packed)


def name_of(packed: bytes) -> bytes:
    """Its name, which says what was promised."""
    return os.path.basename(locator_of(packed)[-1].at)


def on_disk(packed: bytes) -> bytes | None:
    """Its path, where it is a file of this machine."""
    step = locator_of(packed)[0]
    return None if step.place == object_store.PLACE else step.at


def holds(name: bytes, head: bytes) -> str | None:
    """Nothing is looked for in a file here: `lapwing scan` does that."""
    return None


def inside(packed: bytes, shown: bytes) -> Iterator[bytes]:
    """Everything that lies in it, each packed."""
    return iter(())
