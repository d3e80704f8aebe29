"""Reading a stream that may be too large."""

from typing import BinaryIO

from lapwing.exchange.unreadable import Unreadable

LIMIT = 64 * 2**20  # bytes of one document


def read_all(stream: BinaryIO, limit: int = LIMIT) -> bytes:
    """All of `stream`. Raises Unreadable when it is empty or holds more than `limit` bytes."""
    blocks, size = [], 0
    while block := stream.read(min(2**20, limit + 1 - size)):
        blocks.append(block)
        size += len(block)
        if size > limit:
            raise Unreadable(f"It is larger than {_said(limit)}.", f"byte {limit}")
    if not size:
        raise Unreadable("It is empty.", "byte 0")
    return b"".join(blocks)


def _said(limit: int) -> str:
    return f"{limit // 2**20} MiB" if limit >= 2**20 else f"{limit:,} bytes"
