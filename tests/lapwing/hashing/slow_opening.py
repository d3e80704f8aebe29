"""An opener of what takes long: `b"leave 5,1.5"` asks for five seconds and takes 1.5."""

import time
from collections.abc import Iterator

from lapwing.hashing.opening import holds, name_of, on_disk, open_file
from lapwing.hashing.silence import may_take

__all__ = ["holds", "name_of", "on_disk", "open_file"]


def inside(path: bytes, shown: bytes) -> Iterator[bytes]:
    """Something after some time."""
    leave, takes = path.removeprefix(b"leave ").split(b",")
    if float(leave):
        may_take(float(leave))
    time.sleep(float(takes))
    yield shown
