"""What HTTP packed with gzip, unpacked as it passes: what was cut short is no end."""

import zlib
from collections.abc import Iterable, Iterator

BLOCK = 65_536
GZIP = 31  # zlib's number for a gzip member with the largest window


class NotPacked(Exception):
    """It is not one whole gzip member: the sentence says what it is."""


def unpacked(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """One gzip member, at most BLOCK bytes at a time. Raises NotPacked."""
    unpacking = zlib.decompressobj(GZIP)
    for block in blocks:
        rest = block
        while rest:
            if unpacking.eof:
                raise NotPacked("something follows the end of what is packed")
            try:
                data = unpacking.decompress(rest, BLOCK)
            except zlib.error:
                raise NotPacked("what is packed is damaged") from None
            rest = unpacking.unconsumed_tail or unpacking.unused_data
            if data:
                yield data
    while data := unpacking.decompress(unpacking.unconsumed_tail, BLOCK):
        yield data
    if not unpacking.eof:
        raise NotPacked("what is packed is cut short")
