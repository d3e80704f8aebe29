"""A process that reads and decodes one file after another, and that may die of one.

`python -P -m lapwing.hashing.worker IN OUT`, two descriptors, started by `pool`. It has a limit of memory, no
input and no output of its own, and ends when who started it has gone.
"""

import os
import resource
import signal
import stat
import sys
import warnings
from typing import BinaryIO

from lapwing.hashing import photodna
from lapwing.hashing.digesting import Digesting
from lapwing.hashing.failures import CannotHash, Failure
from lapwing.hashing.limits import Limits
from lapwing.hashing.pictures import pdq_of_picture
from lapwing.hashing.recognising import (
    HEAD,
    is_video,
    named_kind,
    other_picture_format,
    picture_format,
)
from lapwing.hashing.videos import frames_of_video
from lapwing.hashing.worker_messages import ASKED, STARTED, Asked, Looked, Read, framed, received

PIECE = 1 << 20  # bytes read at once


def main() -> None:
    """Answer until there is nothing more asked."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for who started it
    with (
        os.fdopen(int(sys.argv[1]), "rb") as asked,
        os.fdopen(int(sys.argv[2]), "wb", buffering=0) as answers,
    ):
        if (first := received(asked)) is None:
            return
        limits = STARTED.decode(first).limits
        _limit(limits)
        try:
            while (message := received(asked)) is not None:
                _answer(ASKED.decode(message), limits, answers)
        except BrokenPipeError:
            return


def _limit(limits: Limits) -> None:
    from PIL import Image

    resource.setrlimit(resource.RLIMIT_AS, (limits.memory_bytes, limits.memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    Image.MAX_IMAGE_PIXELS = limits.pixels
    warnings.simplefilter("ignore")


def _answer(asked: Asked, limits: Limits, answers: BinaryIO) -> None:
    try:
        read, content = _read(asked.path, limits)
    except OSError as error:
        answers.write(framed(Looked(failure=Failure("unreadable", error.strerror or type(error).__name__))))
        return
    except CannotHash as error:
        answers.write(framed(Looked(failure=error.failure)))
        return
    except MemoryError:
        answers.write(framed(Looked(failure=Failure("out_of_memory"))))
        return
    answers.write(framed(read))
    try:
        looked = _look(asked, read, content, limits)
    except CannotHash as error:
        looked = Looked(failure=error.failure)
    except MemoryError:
        looked = Looked(failure=Failure("out_of_memory"))
    answers.write(framed(looked))


def _read(path: bytes, limits: Limits) -> tuple[Read, bytes]:
    """The exact hashes, and the whole content of a picture that is small enough to decode."""
    handle = os.open(
        path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC
    )  # a pipe without a writer is not waited for
    with open(handle, "rb", buffering=0) as file, Digesting() as digesting:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise CannotHash("unreadable", "not a regular file")
        kept: list[bytes] = []
        head = b""
        while piece := file.read(PIECE):
            digesting.update(piece)
            if not head:
                head = piece[:HEAD]
                kind = _kind(path, head)
            if kind == "picture" and status.st_size <= limits.file_bytes:
                kept.append(piece)
        digests = digesting.finish()
        after = os.fstat(file.fileno())
    if (after.st_size, after.st_mtime_ns) != (status.st_size, status.st_mtime_ns):
        raise CannotHash("changed")
    return Read(_kind(path, head), digests, status.st_mtime_ns), b"".join(kept)


def _kind(path: bytes, head: bytes) -> str:
    if picture_format(head) or other_picture_format(head):
        return "picture"
    return "video" if is_video(head) else named_kind(path) or "other"


def _look(asked: Asked, read: Read, content: bytes, limits: Limits) -> Looked:
    if read.kind == "picture":
        if read.digests.size > limits.file_bytes:
            raise CannotHash("too_large", f"{read.digests.size} bytes")
        found = pdq_of_picture(content, limits, turned=asked.turned)
        del content
        if not photodna.configured():
            return Looked(pdq=found)
        try:
            return Looked(found, photodna=photodna.photodna_of(asked.path, limits.picture_seconds / 2))
        except CannotHash as error:
            return Looked(found, failure=error.failure)
    if read.kind == "video" and asked.video:
        return Looked(frames=frames_of_video(asked.path, limits))
    if read.kind == "video" and named_kind(asked.path) == "picture":
        raise CannotHash("misnamed")
    return Looked()


if __name__ == "__main__":
    main()
