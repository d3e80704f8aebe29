"""Where a store of Outlook's keeps a message that another carries: its two trees and the nodes below one.

libpff gives no way from an attachment to the message that it is. So the store is given to it once more with a
few bytes changed in what it reads, and never in what lies there: the entry of the message that carries says
where the content of the carried one is, and libpff reads that, packed and scrambled as it may be; it does not
look at the sum of the page. By [MS-PST] 2.2.2 neither pages nor the blocks that name nodes are scrambled.
Stores of pages of 4 KiB (OST since Outlook 2013) are not read so: their blocks may be packed.
"""

import struct
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO

from msgspec import Struct

from lapwing.hashing.failures import CannotHash
from lapwing.scanning.parts import Changed, all_at, buffered

PAGE = 512
DEEPEST = 16  # pages from the root of a tree to a leaf: eight hold more than a store can
_NAMES_NODES = 2
_NUMBER = 0xFFFFFFFF  # of a node, which takes half of a word in the larger kind
_ENDS = "the store ends before what it says"
_NOT_THERE = "a message that is attached is not where the store says"
Way = Sequence[tuple[int, int]]
"""From a message to one that is carried: the numbers of the attachment and of the message below it, each."""


class _Layout(Struct, frozen=True):
    """Where things are in one of the two kinds of store."""

    word: str  # of a number of a block, and of a place
    roots: int  # of the trees of nodes and of blocks: a block's number and a place, each
    counts: int  # in a page: how many entries it has, at most, the size of one, and how far it is from a leaf
    first: int  # of a block that names nodes: where its first entry is

    def numbers(self, content: bytes, at: int, count: int) -> tuple[int, ...]:
        """Numbers that lie one after the other."""
        try:
            return struct.unpack_from(f"<{count}{self.word}", content, at)
        except struct.error as error:
            raise CannotHash("damaged", "a page or a block of the store is too short") from error

    @property
    def size(self) -> int:
        """Bytes of a number."""
        return struct.calcsize(f"<{self.word}")


_LAYOUTS = {
    14: _Layout("I", 184, 496, 4),
    15: _Layout("I", 184, 496, 4),
    23: _Layout("Q", 216, 488, 8),
}


def carrying(file: Any, message: int, way: Way) -> BinaryIO:
    """A store as if a message were the one that it carries, `way` below it.

    Raises CannotHash: `partly_read` for a store of another kind, `damaged` where what is looked for is not
    there.
    """
    version = struct.unpack_from("<H", all_at(file, 10, 2, _ENDS))[0]
    if (layout := _LAYOUTS.get(version)) is None:
        raise CannotHash("partly_read", f"a message that is attached, in a store of version {version}")
    nodes = _Nodes(file, layout)
    place, content, below = nodes.node(message)
    for attachment, carried in way:
        _, below = nodes.below(below, attachment)
        content, below = nodes.below(below, carried)
    return buffered(Changed(file, place, struct.pack(f"<2{layout.word}", content, below)))


class _Nodes:
    """The nodes of a store, looked up by number."""

    def __init__(self, file: Any, layout: _Layout) -> None:
        self._file, self._layout = file, layout
        roots = layout.numbers(all_at(file, layout.roots, 4 * layout.size, _ENDS), 0, 4)
        self._by_node, self._by_block = roots[1], roots[3]

    def node(self, number: int) -> tuple[int, int, int]:
        """Where it lies which block a node is in, and which names those below it; and those two blocks."""
        place, entry = self._leaf(self._by_node, number)
        content, below = self._layout.numbers(entry, self._layout.size, 2)
        return place + self._layout.size, content, below

    def below(self, block: int, number: int) -> tuple[int, int]:
        """The same two of a node that lies below another, whose block of such is given."""
        for named in self._lists(block):
            for at in range(
                self._layout.first, len(named) - 3 * self._layout.size + 1, 3 * self._layout.size
            ):
                name, content, below = self._layout.numbers(named, at, 3)
                if name & _NUMBER == number:
                    return content, below
        raise CannotHash("damaged", _NOT_THERE)

    def _lists(self, block: int) -> Iterator[bytes]:
        """The blocks that name the nodes below one: the one that is given, or those that it names."""
        layout, named = self._layout, self._block(block)
        if not named[1]:
            yield named
            return
        for at in range(layout.first, len(named) - 2 * layout.size + 1, 2 * layout.size):
            yield self._block(layout.numbers(named, at, 2)[1])

    def _block(self, number: int) -> bytes:
        """A block that names nodes or blocks, of as many as it has."""
        layout = self._layout
        _, entry = self._leaf(self._by_block, number & ~1)
        (place,) = layout.numbers(entry, layout.size, 1)
        (size,) = struct.unpack_from("<H", entry, 2 * layout.size)
        content = all_at(self._file, place, size, _ENDS)
        kind, level, count = struct.unpack_from("<BBH", content.ljust(4, b"\0"))
        if kind != _NAMES_NODES or level > 1:
            raise CannotHash("damaged", _NOT_THERE)
        return content[: layout.first + count * (2 if level else 3) * layout.size]

    def _leaf(self, page: int, key: int) -> tuple[int, bytes]:
        """Where the entry of a tree lies, and the entry."""
        layout = self._layout
        for _ in range(DEEPEST):
            content = all_at(self._file, page, PAGE, _ENDS)
            count, _, size, level = content[layout.counts : layout.counts + 4]
            if count * size > layout.counts or size < 3 * layout.size:
                break
            places = range(0, count * size, size)
            keys = [layout.numbers(content, at, 1)[0] for at in places]
            number = bisect_right(keys, key) - 1
            if number < 0 or (not level and keys[number] != key):
                break
            entry = content[places[number] : places[number] + size]
            if not level:
                return page + places[number], entry
            page = layout.numbers(entry, 2 * layout.size, 1)[0]
        raise CannotHash("damaged", _NOT_THERE)
