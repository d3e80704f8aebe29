"""A process that reads and decodes one file after another, and that may die of one.

`python -P -m lapwing.hashing.worker IN OUT`, two descriptors, started by `pool`. It has a limit of memory, no
input and no output of its own, and ends when who started it has gone. How it opens files is a module's that
it is told (`opening`).
"""

import os
import resource
import signal
import stat
import sys
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from importlib import import_module
from typing import Any, BinaryIO

from msgspec.structs import replace

from lapwing.hashing import photodna, silence
from lapwing.hashing.digesting import Digesting
from lapwing.hashing.failures import CannotHash, Failure
from lapwing.hashing.inbox import Inbox
from lapwing.hashing.limits import MIB, Limits
from lapwing.hashing.picture_facts import facts_of
from lapwing.hashing.pictures import pdq_of_picture
from lapwing.hashing.recognising import (
    HEAD,
    is_video,
    media_type,
    named_kind,
    other_picture_format,
    picture_format,
)
from lapwing.hashing.video_facts import facts_of_video
from lapwing.hashing.videos import frames_of_video
from lapwing.hashing.worker_messages import STARTED, Answer, Asked, Beat, Listed, Longer, Looked, Read, framed

PIECE = MIB  # bytes read at once
BEAT = 64 * MIB  # bytes between two words that it is still reading
LISTED = 256  # things found in a file that are told at once


def main() -> None:
    """Answer until there is nothing more asked."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for who started it
    inbox = Inbox(int(sys.argv[1]))
    with os.fdopen(int(sys.argv[2]), "wb", buffering=0) as answers:
        if (first := inbox.message()) is None:
            return
        started = STARTED.decode(first)
        _limit(started.limits)
        opener = import_module(started.opener)
        working = _Working(started.limits, opener, answers)
        silence.heard_by(lambda seconds: working.say(Longer(seconds)))
        try:
            for asked in inbox.asked(opener.on_disk):
                working.on(asked)
        except BrokenPipeError:
            return


def _limit(limits: Limits) -> None:
    from PIL import Image

    resource.setrlimit(resource.RLIMIT_AS, (limits.memory_bytes, limits.memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))  # a disk may lie in a thousand files
    Image.MAX_IMAGE_PIXELS = limits.pixels
    warnings.simplefilter("ignore")


class _Working:
    """One file after another."""

    def __init__(self, limits: Limits, opener: Any, answers: BinaryIO) -> None:
        self._limits = limits
        self._opener = opener
        self._answers = answers

    def on(self, asked: Asked) -> None:
        """Answer one thing that is asked. The last answer is always a Looked."""
        begun = time.monotonic()
        try:
            looked = self._listed(asked) if asked.walk else self._hashed(asked)
        except BrokenPipeError:  # who asked has gone
            raise
        except OSError as error:
            looked = Looked(failure=Failure("unreadable", error.strerror or type(error).__name__))
        except CannotHash as error:
            looked = Looked(failure=error.failure)
        except MemoryError:
            looked = Looked(failure=Failure("out_of_memory"))
        self.say(replace(looked, seconds=time.monotonic() - begun))

    def say(self, message: Answer) -> None:
        """Say it, and wait until all of it is said."""
        data = memoryview(framed(message))
        while data:  # to a pipe that is full, less may be written than was given
            data = data[self._answers.write(data) :]

    def _listed(self, asked: Asked) -> Looked:
        """Say what lies in a file. Code that reads it is code of others: what it raises is a failure."""
        found: list[bytes] = []
        try:
            for one in self._opener.inside(asked.path, asked.shown):
                found.append(one)
                if len(found) >= LISTED:
                    self.say(Listed(found))
                    found = []
        except (OSError, CannotHash, MemoryError):
            self.say(Listed(found))
            raise
        except Exception as error:
            self.say(Listed(found))
            raise CannotHash("damaged", type(error).__name__) from error
        self.say(Listed(found))
        return Looked()

    def _hashed(self, asked: Asked) -> Looked:
        try:
            with self._opener.open_file(asked.path) as file:
                read, content = self._read(asked, file)
                if not asked.look or read.kind == "other":  # one word for most of the files that there are
                    return Looked(read=read)
                self.say(read)
                return self._look(asked, read, content, file)
        except (OSError, CannotHash, MemoryError):
            raise
        except Exception as error:  # of a file in a damaged archive, say
            raise CannotHash("unreadable", type(error).__name__) from error

    def _read(self, asked: Asked, file: BinaryIO) -> tuple[Read, bytes]:
        """The exact hashes, and the whole content of a picture that is small enough to decode."""
        status = _status(file)
        if status is not None and not stat.S_ISREG(status.st_mode) and not stat.S_ISBLK(status.st_mode):
            raise CannotHash("unreadable", "not a regular file")
        most = status.st_size if status is not None and stat.S_ISREG(status.st_mode) else None
        name = self._opener.name_of(asked.path)
        head = file.read(_most(HEAD, most, 0)) if not asked.exact else b""
        kept: list[bytes] = [head] if head else []
        kind = _kind(name, head) if head else ""
        size = unsaid = len(head)
        digesting = Digesting() if asked.exact else None
        with digesting or nullcontext():
            while (asked.exact or kind == "picture") and (piece := file.read(_most(PIECE, most, size))):
                size, unsaid = size + len(piece), unsaid + len(piece)
                if most is not None and size > most:  # it grows, and might for ever
                    raise CannotHash("changed", "it grows")
                if digesting is not None:
                    digesting.update(piece)
                if not head:
                    head = piece[:HEAD]
                    kind = _kind(name, head)
                if kind == "picture" and asked.look and size <= self._limits.file_bytes:
                    kept.append(piece)
                if unsaid >= BEAT:
                    self.say(Beat(unsaid))
                    unsaid = 0
            digests = digesting.finish() if digesting is not None else None
        after = _status(file)
        if after is not None and status is not None and _stamp(after) != _stamp(status):
            raise CannotHash("changed")
        if size > self._limits.file_bytes:
            kept = []
        holds = self._opener.holds(name, head) if asked.exact else None
        modified = status.st_mtime_ns if status is not None else None
        read = Read(_kind(name, head), digests, modified, media_type(head), holds)
        return read, b"".join(kept)

    def _look(self, asked: Asked, read: Read, content: bytes, file: BinaryIO) -> Looked:
        limits, name = self._limits, self._opener.name_of(asked.path)
        if read.kind == "picture":
            if not content and read.digests and read.digests.size > limits.file_bytes:
                raise CannotHash("too_large", f"{read.digests.size} bytes")
            found = pdq_of_picture(content, limits, turned=asked.turned)
            facts = facts_of(content, picture_format(content) or "") if asked.facts else None
            if not photodna.configured():
                return Looked(found, facts=facts)
            try:
                with _path_of(self._opener.on_disk(asked.path), content) as path:
                    del content
                    value = photodna.photodna_of(path, limits.picture_seconds / 2)
                return Looked(found, facts=facts, photodna=value)
            except CannotHash as error:
                return Looked(found, facts=facts, failure=error.failure)
        if read.kind == "video" and asked.video:
            return self._look_at_video(asked, file)
        if read.kind == "video" and named_kind(name) == "picture":
            raise CannotHash("misnamed")
        return Looked()

    def _look_at_video(self, asked: Asked, file: BinaryIO) -> Looked:
        file.seek(0)
        facts = facts_of_video(file) if asked.facts else None
        try:
            file.seek(0)
            return Looked(frames=frames_of_video(file, self._limits), facts=facts)
        except CannotHash as error:
            return Looked(facts=facts, failure=error.failure)


def _most(bytes_at_once: int, size: int | None, done: int) -> int:
    """What to ask for: no more than there is, and one byte more to see whether there is, so that a small file
    does not cost the memory of a large one."""
    return bytes_at_once if size is None else max(1, min(bytes_at_once, size - done + 1))


def _status(file: BinaryIO) -> os.stat_result | None:
    """What the system says of a file of this machine."""
    try:
        return os.fstat(file.fileno())
    except (OSError, AttributeError):  # io.UnsupportedOperation is an OSError
        return None


def _stamp(status: os.stat_result) -> tuple[int, int]:
    return status.st_size, status.st_mtime_ns


@contextmanager
def _path_of(path: bytes | None, content: bytes) -> Iterator[bytes]:
    """A path for a module that takes nothing else: the file's own, or one of memory, never of a disk."""
    if path is not None:
        yield path
        return
    handle = os.memfd_create("picture")
    try:
        with open(handle, "wb", closefd=False) as file:
            file.write(content)
        yield f"/proc/{os.getpid()}/fd/{handle}".encode()
    finally:
        os.close(handle)


def _kind(path: bytes, head: bytes) -> str:
    if picture_format(head) or other_picture_format(head):
        return "picture"
    return "video" if is_video(head) else named_kind(path) or "other"


if __name__ == "__main__":
    main()
