"""A layer of a list: entries that were added together, and every way to find one."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt
from msgspec import Struct

from lapwing.hashing import vpdq
from lapwing.matching.exact_index import ExactIndex
from lapwing.matching.gathering import MEDIA, identity_key
from lapwing.matching.layer_file import Arrays, BadList, LayerFile
from lapwing.matching.listed import ListedFile
from lapwing.matching.listed_kinds import LISTED, rule_key
from lapwing.matching.near_index import ARRAYS, NearIndex
from lapwing.matching.url_rules import RULES

EXACT = (*(name for name, kind in LISTED.items() if kind.exactly), "identity")
NEAR = ("pdq", "vpdq")
FRAMES = ("vpdq.quality", "vpdq.seconds")
TEXTS = ("rule.entries", "rule.ends", "rule.text")  # of the entries that are rules, in order of entry
OWN = ("identity", "ends", "mark", "media", "key")  # of an entry, beside its hashes


class Notes(Struct, frozen=True):
    """What a layer's file notes beside its arrays."""

    list_name: str
    marks: list[tuple[str, str]]  # the dialect and category that a number stands for


class Layer:
    """Entries 0 to `len(layer)` - 1. Nothing in it ever changes."""

    def __init__(self, arrays: Arrays, notes: Notes) -> None:
        """Raises ValueError, KeyError when the arrays do not fit each other."""
        self.notes = notes
        self._arrays = arrays
        self._count = len(arrays["entry.mark"])
        self.exact = {
            kind: ExactIndex.of(_part(arrays, kind)) for kind in EXACT if f"{kind}.entries" in arrays
        }
        self.near = {kind: NearIndex.of(_near(arrays, kind)) for kind in NEAR if f"{kind}.entries" in arrays}
        self.near_entries: dict[str, npt.NDArray[np.uint32]] = {
            kind: arrays[f"{kind}.entries"] for kind in self.near
        }
        self.older = any(f"{kind}.offsets" in arrays for kind in self.near)  # of no use now: it is scanned
        _check(arrays, self._count, notes)

    @classmethod
    def of(cls, file: LayerFile) -> "Layer":
        """The layer of an open file. Raises BadList."""
        try:
            notes = msgspec.convert(file.description.notes, Notes)
            return cls(file.arrays, notes)
        except (ValueError, KeyError, IndexError, msgspec.ValidationError) as error:
            raise BadList(file.path, f"its parts do not fit: {error}") from None

    def __len__(self) -> int:
        return self._count

    @property
    def keys(self) -> npt.NDArray[np.uint64]:
        """What stands for all that each entry says, (n, 2)."""
        keys: npt.NDArray[np.uint64] = self._arrays["entry.key"]
        return keys

    @property
    def kinds(self) -> list[str]:
        """The kinds that some entry has, in LISTED's order."""
        return [kind for kind in LISTED if kind in self.exact or kind in self.near]

    def entries_with(self, kind: str) -> npt.NDArray[np.uint32]:
        """The entries that have a hash of this kind: once for each hash, in no order."""
        entries: npt.NDArray[np.uint32] = self._arrays.get(f"{kind}.entries", np.zeros(0, np.uint32))
        return entries

    @property
    def quality(self) -> npt.NDArray[np.uint8]:
        """Of each frame of its videos, 0 to 100."""
        quality: npt.NDArray[np.uint8] = self._arrays["vpdq.quality"]
        return quality

    def identity(self, entry: int) -> str:
        """The publisher's own name for it, or ""."""
        ends = self._arrays["entry.ends"]
        start = int(ends[entry - 1]) if entry else 0
        return bytes(self._arrays["entry.identity"][start : int(ends[entry])]).decode("utf-8", "replace")

    def rule(self, entry: int) -> str:
        """The text of the rule that it is, or ""."""
        if "rule.entries" not in self._arrays:
            return ""
        entries, ends = self._arrays["rule.entries"], self._arrays["rule.ends"]
        row = int(np.searchsorted(entries, entry))
        if row == len(entries) or int(entries[row]) != entry:
            return ""
        start = int(ends[row - 1]) if row else 0
        return bytes(self._arrays["rule.text"][start : int(ends[row])]).decode("utf-8", "replace")

    def mark(self, entry: int) -> tuple[str, str]:
        """Its dialect and category."""
        return self.notes.marks[int(self._arrays["entry.mark"][entry])]

    def having(self, kind: str, value: bytes) -> list[int]:
        """The entries that have exactly this hash. Raises ValueError for a value of another size."""
        if kind in self.near and kind != "vpdq":
            found = self.near[kind].search(np.frombuffer(value, np.uint8)[None, :], 0)
            return [int(self.near_entries[kind][row]) for row in found.entries]
        if kind in RULES:
            value = rule_key(value)
        return self.exact[kind].find(value) if kind in self.exact else []

    def meant(self, withdrawn: ListedFile) -> set[int]:
        """The entries that a withdrawal is of: those called so, else those that have any of its hashes."""
        if withdrawn.identity:
            named = self.having("identity", identity_key(withdrawn.identity))
            return {entry for entry in named if self.identity(entry) == withdrawn.identity}
        return {entry for kind, value in withdrawn.hashes.items() for entry in self.having(kind, value)}

    def files(self, kept: npt.NDArray[np.bool_]) -> Iterator[ListedFile]:
        """The entries for which `kept` is true, in order, as they were published."""
        places = {kind: np.argsort(self.entries_with(kind), kind="stable") for kind in self.kinds}
        entries = np.flatnonzero(kept)
        ranges = {}
        for kind, order in places.items():
            mine = self.entries_with(kind)[order]
            ranges[kind] = (np.searchsorted(mine, entries), np.searchsorted(mine, entries, "right"))
        for number, entry in enumerate(entries.tolist()):
            hashes = {}
            for kind, order in places.items():
                low, high = (int(edge[number]) for edge in ranges[kind])
                if high > low:
                    rows = order[low:high]
                    hashes[kind] = self.rule(entry).encode() if kind in RULES else self._value(kind, rows)
            dialect, category = self.mark(entry)
            media = MEDIA[int(self._arrays["entry.media"][entry])]
            yield ListedFile(hashes, self.identity(entry), category, dialect, media)

    def columns(self) -> dict[str, npt.NDArray[Any]]:
        """The entries as `gathering` has them, to build another layer from."""
        found = {f"entry.{name}": self._arrays[f"entry.{name}"] for name in OWN}
        for kind in (*self.exact, *self.near):
            found[f"{kind}.entries"] = self._arrays[f"{kind}.entries"]
            values = self.exact[kind].values if kind in self.exact else self.near[kind].hashes.view(np.uint8)
            found[f"{kind}.values"] = values
        found |= {name: self._arrays[name] for name in (*FRAMES, *TEXTS) if name in self._arrays}
        return found

    def _value(self, kind: str, rows: npt.NDArray[np.int64]) -> bytes:
        if kind in self.exact:
            return bytes(self.exact[kind].values[int(rows[0])])
        hashes = self.near[kind].hashes.view(np.uint8)
        if kind != "vpdq":
            return bytes(hashes[int(rows[0])])
        quality, seconds = self._arrays["vpdq.quality"], self._arrays["vpdq.seconds"]
        return vpdq.text(
            [
                vpdq.Frame(hashes[row].tobytes(), int(quality[row]), float(seconds[row]))
                for row in rows.tolist()
            ]
        ).encode()


def layer_arrays(
    columns: Arrays, *, threads: int = 1, aside: Path | None = None
) -> dict[str, npt.NDArray[Any]]:
    """The arrays of a layer with these entries: `Layer(layer_arrays(columns), notes)` finds each of them.

    `aside` is a folder for those of a long list, as of `NearIndex.build`.
    """
    arrays: dict[str, npt.NDArray[Any]] = {f"entry.{name}": columns[f"entry.{name}"] for name in OWN}
    for kind in EXACT:
        if f"{kind}.entries" in columns:
            index = ExactIndex.build(columns[f"{kind}.values"], columns[f"{kind}.entries"])
            arrays |= {f"{kind}.{name}": array for name, array in index.arrays().items()}
    for kind in NEAR:
        if f"{kind}.entries" in columns:
            hashes = np.ascontiguousarray(columns[f"{kind}.values"])
            near = NearIndex.build(hashes, threads=threads, aside=aside)
            arrays |= {f"{kind}.{name}": array for name, array in near.arrays().items()}
            arrays[f"{kind}.entries"] = columns[f"{kind}.entries"]
    arrays |= {name: columns[name] for name in (*FRAMES, *TEXTS) if name in columns}
    return arrays


def _part(arrays: Arrays, kind: str) -> dict[str, npt.NDArray[Any]]:
    return {name: arrays[f"{kind}.{name}"] for name in ("values", "entries", "starts")}


def _near(arrays: Arrays, kind: str) -> Mapping[str, npt.NDArray[Any]]:
    names = ("hashes", *ARRAYS)
    return {name: arrays[f"{kind}.{name}"] for name in names if f"{kind}.{name}" in arrays}


def _check(arrays: Arrays, count: int, notes: Notes) -> None:
    """Refuse arrays that an entry would be read outside of."""
    wanted: list[tuple[str, object, tuple[int, ...]]] = [
        ("entry.ends", np.uint64, (count,)),
        ("entry.mark", np.uint16, (count,)),
        ("entry.media", np.uint8, (count,)),
        ("entry.key", np.uint64, (count, 2)),
    ]
    rules = sum(len(arrays[f"{kind}.entries"]) for kind in RULES if f"{kind}.entries" in arrays)
    if rules:
        wanted += [("rule.entries", np.uint32, (rules,)), ("rule.ends", np.uint64, (rules,))]
        wanted += [("rule.text", np.uint8, (arrays["rule.text"].size,))]
    for name, dtype, shape in wanted:
        if arrays[name].dtype != dtype or arrays[name].shape != shape:
            raise ValueError(f"{name} is {arrays[name].shape} {arrays[name].dtype}, and not {shape} {dtype}")
    kinds = [kind for kind in NEAR if f"{kind}.entries" in arrays]
    for kind in kinds:
        if len(arrays[f"{kind}.entries"]) != len(arrays[f"{kind}.hashes"]):
            raise ValueError(f"{kind}.entries does not fit its hashes")
    if "vpdq" in kinds and any(len(arrays[name]) != len(arrays["vpdq.entries"]) for name in FRAMES):
        raise ValueError("vpdq.quality or vpdq.seconds does not fit its hashes")
    if count and not notes.marks:
        raise ValueError("there are entries and no mark")
