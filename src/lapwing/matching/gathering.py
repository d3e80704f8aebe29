"""Entries as they come in, put aside column by column, until they are the arrays of a layer.

What is kept of an entry waits in temporary files, so that a list of any length needs no more memory than its
arrays do.
"""

import hashlib
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from typing import Any, BinaryIO

import msgspec
import numpy as np
import numpy.typing as npt

from lapwing.hashing import vpdq
from lapwing.matching.layer_file import Arrays
from lapwing.matching.listed import ListedFile
from lapwing.matching.listed_kinds import LISTED, rule_key
from lapwing.matching.url_rules import RULES

KEY = 16  # bytes that stand for all that an entry says
IDENTITY_KEY = 8  # bytes that stand for its identity, in the index of identities
MEDIA = ("", "image", "video")
_MARKS = 65_535  # different categories a list can have


class Gathered:
    """Columns of entries, in the order they came. Close it to let go of what was put aside."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._files: dict[str, BinaryIO] = {}
        self._marks: dict[tuple[str, str], int] = {}
        self._encoder = msgspec.msgpack.Encoder()
        self.count = 0

    def close(self) -> None:
        """Let go of it."""
        self._stack.close()

    def add(self, entry: ListedFile) -> None:
        """Take an entry. Raises ValueError for one with two rules, a mark too many, or no hash."""
        if sum(kind in entry.hashes for kind in RULES) > 1:
            raise ValueError("an entry has one rule about URLs at most")
        number = self.count.to_bytes(4, "little")
        for kind, value in entry.hashes.items():
            if kind == "vpdq":
                self._add_frames(number, value)
            elif kind in RULES:
                self._add_rule(number, kind, value)
            else:
                self._file(f"{kind}.values").write(value)
                self._file(f"{kind}.entries").write(number)
        identity = entry.identity.encode()
        if identity:
            self._file("identity.values").write(identity_key(entry.identity))
            self._file("identity.entries").write(number)
        self._file("entry.identity").write(identity)
        self._file("entry.ends").write(self._file("entry.identity").tell().to_bytes(8, "little"))
        self._file("entry.mark").write(self._mark(entry).to_bytes(2, "little"))
        self._file("entry.media").write(bytes([MEDIA.index(entry.media) if entry.media in MEDIA else 0]))
        self._file("entry.key").write(self._key(entry))
        self.count += 1

    @property
    def marks(self) -> list[tuple[str, str]]:
        """The dialect and category that each number of `entry.mark` stands for."""
        return list(self._marks)

    def columns(self) -> dict[str, npt.NDArray[Any]]:
        """What was put aside, as arrays: `values` and `entries` of each kind, and each entry's own."""
        found: dict[str, npt.NDArray[Any]] = {
            "entry.identity": self._array("entry.identity", np.uint8),
            "entry.ends": self._array("entry.ends", np.uint64),
            "entry.mark": self._array("entry.mark", np.uint16),
            "entry.media": self._array("entry.media", np.uint8),
            "entry.key": self._array("entry.key", np.uint64).reshape(-1, 2),
        }
        for kind in (*LISTED, "identity"):
            if f"{kind}.entries" in self._files:
                entries = self._array(f"{kind}.entries", np.uint32)
                values = self._array(f"{kind}.values", np.uint8)
                found[f"{kind}.values"] = values.reshape(len(entries), -1)
                found[f"{kind}.entries"] = entries
        if "vpdq.entries" in self._files:
            found["vpdq.quality"] = self._array("vpdq.quality", np.uint8)
            found["vpdq.seconds"] = self._array("vpdq.seconds", np.float32)
        if "rule.entries" in self._files:
            found["rule.entries"] = self._array("rule.entries", np.uint32)
            found["rule.ends"] = self._array("rule.ends", np.uint64)
            found["rule.text"] = self._array("rule.text", np.uint8)
        return found

    def _add_frames(self, number: bytes, value: bytes) -> None:
        frames = vpdq.parse(value.decode())
        for frame in frames:
            self._file("vpdq.values").write(frame.value)
            self._file("vpdq.entries").write(number)
            self._file("vpdq.quality").write(bytes([frame.quality]))
            self._file("vpdq.seconds").write(np.float32(frame.seconds).tobytes())

    def _add_rule(self, number: bytes, kind: str, value: bytes) -> None:
        """A rule is found by its key, and shown by its text: `rule.text`, which ends at `rule.ends`."""
        self._file(f"{kind}.values").write(rule_key(value))
        self._file(f"{kind}.entries").write(number)
        self._file("rule.entries").write(number)
        self._file("rule.text").write(value)
        self._file("rule.ends").write(self._file("rule.text").tell().to_bytes(8, "little"))

    def _mark(self, entry: ListedFile) -> int:
        mark = (entry.dialect, entry.category)
        if mark not in self._marks and len(self._marks) >= _MARKS:
            raise ValueError(f"there are more than {_MARKS:,} different categories")
        return self._marks.setdefault(mark, len(self._marks))

    def _key(self, entry: ListedFile) -> bytes:
        said = (entry.identity, entry.category, entry.dialect, entry.media, sorted(entry.hashes.items()))
        return hashlib.blake2b(self._encoder.encode(said), digest_size=KEY).digest()

    def _file(self, name: str) -> BinaryIO:
        if name not in self._files:
            file: BinaryIO = self._stack.enter_context(tempfile.TemporaryFile())  # noqa: SIM115 (the stack has it)
            self._files[name] = file
        return self._files[name]

    def _array(self, name: str, dtype: Any) -> npt.NDArray[Any]:
        file = self._file(name)
        file.flush()
        size = file.tell()
        if not size:
            return np.zeros(0, dtype)
        return np.memmap(
            file, np.dtype(dtype).newbyteorder("<"), "r", shape=(size // np.dtype(dtype).itemsize,)
        )


def identity_key(identity: str) -> bytes:
    """What stands for a publisher's name of an entry, in the index of identities."""
    return hashlib.blake2b(identity.encode(), digest_size=IDENTITY_KEY).digest()


def chosen(columns: Arrays, kept: npt.NDArray[np.bool_]) -> dict[str, npt.NDArray[Any]]:
    """The columns of only some entries, numbered anew in their order. `kept` has one element an entry."""
    numbers = np.cumsum(kept, dtype=np.int64) - 1
    found: dict[str, npt.NDArray[Any]] = {}
    found["entry.identity"], found["entry.ends"] = _texts(
        columns["entry.identity"], columns["entry.ends"], kept
    )
    for name in ("mark", "media", "key"):
        found[f"entry.{name}"] = columns[f"entry.{name}"][kept]
    for name in columns:
        part, _, column = name.partition(".")
        if part == "entry":
            continue
        rows = kept[columns[f"{part}.entries"]]
        if name in ("rule.text", "rule.ends"):
            found["rule.text"], found["rule.ends"] = _texts(columns["rule.text"], columns["rule.ends"], rows)
            continue
        found[name] = columns[name][rows]
        if column == "entries":
            found[name] = numbers[found[name]].astype(np.uint32)
    return {name: array for name, array in found.items() if len(array) or name.startswith("entry.")}


def _texts(
    letters: npt.NDArray[Any], ends: npt.NDArray[Any], kept: npt.NDArray[np.bool_]
) -> tuple[npt.NDArray[Any], npt.NDArray[np.uint64]]:
    """Of texts one after the other, those that are kept, and where each ends."""
    lengths: npt.NDArray[Any] = np.diff(ends.astype(np.int64), prepend=0)
    return letters[np.repeat(kept, lengths)], np.cumsum(lengths[kept]).astype(np.uint64)


def joined(parts: Sequence[dict[str, npt.NDArray[Any]]]) -> dict[str, npt.NDArray[Any]]:
    """Columns one after the other, numbered on. Marks must mean the same in all of them.

    The parts are let go of on the way, and are empty then: of a long list there is no memory for both.
    """
    begins: list[dict[str, np.uint64 | np.uint32]] = []
    entries, letters, rules = 0, 0, 0
    for columns in parts:
        begins.append(
            {"entries": np.uint32(entries), "entry.ends": np.uint64(letters), "rule.ends": np.uint64(rules)}
        )
        entries += len(columns["entry.mark"])
        letters += len(columns["entry.identity"])
        rules += len(columns.get("rule.text", ()))
    found: dict[str, npt.NDArray[Any]] = {}
    for name in dict.fromkeys(name for columns in parts for name in columns):
        column = name.partition(".")[2]
        arrays = []
        for columns, begin in zip(parts, begins, strict=True):
            if name in columns:
                array = columns.pop(name)
                shift = begin.get("entries" if column == "entries" else name, 0)
                arrays.append(array + shift if shift else array)
        found[name] = np.concatenate(arrays) if len(arrays) > 1 else arrays[0]
    return found
