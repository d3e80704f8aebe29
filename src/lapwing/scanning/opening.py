"""How a worker opens what a scan asks for: by its packed locator, wherever it lies."""

import os
from collections.abc import Iterator
from typing import BinaryIO

from lapwing.hashing.failures import CannotHash
from lapwing.scanning.found import found_packed, locator_of
from lapwing.scanning.places import DEEPEST, HEAD, PLACES, Place, open_found, recognise


def open_file(packed: bytes) -> BinaryIO:
    """Open it for reading. Raises OSError, CannotHash."""
    return open_found(locator_of(packed))


def name_of(packed: bytes) -> bytes:
    """Its name, which says what was promised."""
    return os.path.basename(locator_of(packed)[-1].at)


def on_disk(packed: bytes) -> bytes | None:
    """Its path, where it is a file of this machine."""
    locator = locator_of(packed)
    return locator[0].at if len(locator) == 1 else None


def holds(name: bytes, head: bytes) -> str | None:
    """The kind of place that it is, where it holds files."""
    kind = recognise(name, head)
    return kind.name if kind is not None else None


def inside(packed: bytes, shown: bytes) -> Iterator[bytes]:
    """Everything that lies in a file, each packed; nothing where it is no place after all.

    Raises OSError, CannotHash; and whatever the code that reads it raises.
    """
    locator = locator_of(packed)
    with open_found(locator) as file:
        kind = recognise(os.path.basename(locator[-1].at), file.read(HEAD))
    if kind is None:
        return
    if len(locator) > DEEPEST:
        raise CannotHash("too_deep", f"{len(locator)} deep")
    for found in PLACES[kind.name].walk(Place(locator, shown)):
        yield found_packed(found)
