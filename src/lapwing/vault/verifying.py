"""Whether what is kept is what was put: every byte is read, the missing, changed and unknown are named."""

import hashlib
from collections.abc import Iterable, Iterator
from typing import Literal

from msgspec import Struct

from lapwing.vault.names import BadName, ObjectName
from lapwing.vault.stores import Missing, Store

PIECE = 1024 * 1024


class Fault(Struct, frozen=True):
    """An object that is not as it should be."""

    name: str
    kind: Literal["missing", "changed", "unknown"]

    def __str__(self) -> str:
        return f"{self.kind}: {self.name}"


def check(store: Store, name: str) -> Fault | None:
    """Read one object and compare it with the sealed digest in its name. None: it is whole."""
    try:
        expected = ObjectName.parse(name)
    except BadName:
        return Fault(name, "unknown")
    hashing = hashlib.sha256()
    try:
        with store.open(name) as sealed:
            while piece := sealed.read(PIECE):
                hashing.update(piece)
    except Missing:
        return Fault(name, "missing")
    return None if hashing.hexdigest() == expected.sealed_sha256 else Fault(name, "changed")


def verify(store: Store, expected: Iterable[str] | None = None) -> Iterator[Fault]:
    """Check every object of `expected`, and name what the store has beside them.

    With no `expected`, every object is checked by its own name: then none can be found missing. Raises
    OSError when the store itself cannot be read.
    """
    wanted = None if expected is None else set(expected)
    for name in store.names() if wanted is None else sorted(wanted):
        fault = check(store, name)
        if fault is not None:
            yield fault
    if wanted is not None:
        for name in store.names():
            if name not in wanted:
                yield Fault(name, "unknown")
