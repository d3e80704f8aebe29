"""How a list changes: entries come in and are withdrawn, in one step.

Each change is a new version: before it is committed nothing has changed, after it nothing is lost.
"""

import secrets
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Literal

import msgspec
import numpy as np
import numpy.typing as npt
from msgspec import Struct

from lapwing.matching.gathering import Gathered, chosen
from lapwing.matching.hash_list import GONE, Flags, HashList
from lapwing.matching.layer import Layer, Notes, layer_arrays
from lapwing.matching.layer_file import Arrays, write_layer
from lapwing.matching.listed import ListedFile
from lapwing.matching.same_keys import found_in, last_of_each
from lapwing.matching.versions import (
    KEPT,
    SUFFIX,
    WITHDRAWALS,
    Version,
    commit,
    current,
    folder_of,
    newest,
    prune,
    writing,
)

AFRESH = 8  # a change of more than one in so many entries is written as a whole list
How = Literal["whole", "changes"]


class Origin(Struct, frozen=True):
    """Where entries came from, and who brought them when: each version says so."""

    source: str
    by: str
    at: str  # ISO 8601 with its zone
    sha256: str = ""


class Withdrawal(Struct, frozen=True):
    """An entry that is to match no more, and how many entries came before it was withdrawn."""

    entry: ListedFile
    after: int


class Change(Struct, frozen=True):
    """What a version does to the one before: which entries come in, and which of each layer go."""

    columns: dict[str, npt.NDArray[Any]]
    own: Flags  # of the entries that come in, those withdrawn again
    gone: list[Flags]  # of each layer of the version before
    afresh: bool = False  # the layers of the version before are left behind

    @property
    def added(self) -> int:
        """Entries that come in and stand."""
        return len(self.own) - int(self.own.sum())

    @property
    def going(self) -> int:
        """Entries of the version before that go."""
        return sum(int(flags.sum()) for flags in self.gone)


class Weight(Struct, frozen=True):
    """What a change does to a list, in numbers of entries. One that another takes the place of is gone."""

    before: int
    added: int
    gone: int

    @property
    def after(self) -> int:
        """How many there would be."""
        return self.before + self.added - self.gone


Check = Callable[[Weight], object]


def bring_in(
    lists: Path,
    name: str,
    entries: Iterable[ListedFile],
    *,
    origin: Origin,
    how: How = "whole",
    check: Check | None = None,
    keep: int = KEPT,
    threads: int = 1,
) -> Version:
    """Make a new version of a list. Returns it, or the current one when nothing has changed.

    `whole`: the entries are the list, and what is not among them is gone. `changes`: they are added, one with
    an identity that the list has in place of that one, and those marked withdrawn are gone, by their identity
    or by any of their hashes, what came before them in `entries` included. The same entry twice is once.
    `check` is told what would change, while nobody else can change the list; it must not write to it.
    Whatever `entries` or `check` raises leaves the list as it was. Raises BadList for the name or a damaged
    list, ValueError for an entry that no list can have, OSError.
    """
    folder = folder_of(lists, name)
    with closing(Gathered()) as gathered:
        withdrawn = []
        for entry in entries:
            if entry.withdrawn:
                withdrawn.append(Withdrawal(entry, gathered.count))
            else:
                gathered.add(entry)
        columns, notes = gathered.columns(), Notes(name, gathered.marks)
        with writing(folder):
            version = current(folder)
            before = None if version is None else HashList.open(lists, name, version)
            change = change_of(before, columns, notes, withdrawn, how)
            if check is not None:
                check(_weight(before, change))
            if before is not None and not change.added and not change.going:
                return before.version
            made = _write(folder, before, change, notes, withdrawn, origin, threads)
            prune(folder, keep)
    return made


def change_of(
    before: HashList | None, columns: Arrays, notes: Notes, withdrawn: Sequence[Withdrawal], how: How
) -> Change:
    """What these entries and withdrawals change in a list. It reads, and writes nothing."""
    keys = columns["entry.key"]
    layers, standing = ([], []) if before is None else (before.layers, before.standing())
    gone = [_meant(layer, withdrawn) & stands for layer, stands in zip(layers, standing, strict=True)]
    here = np.zeros(len(keys), bool)  # of what came in: the list has it, and keeps it
    for layer, stands, going in zip(layers, standing, gone, strict=True):
        here |= found_in(keys, layer.keys[stands & ~going])
    wanted = last_of_each(keys)  # the last, as it may come in again after it was withdrawn
    coming = wanted & ~here
    for layer, stands, going in zip(layers, standing, gone, strict=True):
        outdated = np.ones(len(layer), bool) if how == "whole" else _replaced(layer, columns, coming)
        going |= stands & outdated & ~found_in(layer.keys, keys)
    size = 0 if before is None else len(before)
    if how == "whole" and (int(coming.sum()) + sum(int(going.sum()) for going in gone)) * AFRESH > size:
        kept = chosen(columns, wanted)
        return Change(kept, _own(kept, notes, wanted, withdrawn), gone, afresh=True)
    kept = chosen(columns, coming)
    return Change(kept, _own(kept, notes, coming, withdrawn), gone)


def _meant(layer: Layer, withdrawn: Sequence[Withdrawal]) -> Flags:
    flags = np.zeros(len(layer), bool)
    for withdrawal in withdrawn:
        flags[list(layer.meant(withdrawal.entry))] = True
    return flags


def _replaced(layer: Layer, columns: Arrays, coming: Flags) -> Flags:
    """The entries of a layer that are called the same as one that comes in."""
    flags = np.zeros(len(layer), bool)
    if "identity.entries" in columns and "identity" in layer.exact:
        rows = coming[columns["identity.entries"]]
        values = np.ascontiguousarray(columns["identity.values"][rows])
        flags[layer.exact["identity"].find_many(values)[1]] = True
    return flags


def _own(columns: Arrays, notes: Notes, taken: Flags, withdrawn: Sequence[Withdrawal]) -> Flags:
    """Of the entries that come in, those that were withdrawn after they came."""
    flags = np.zeros(len(columns["entry.mark"]), bool)
    if withdrawn and len(flags):
        layer = Layer(layer_arrays(columns), notes)
        numbers = np.cumsum(np.concatenate([[0], taken]))  # how many of those taken came before
        for withdrawal in withdrawn:
            for entry in layer.meant(withdrawal.entry):
                flags[entry] |= entry < int(numbers[withdrawal.after])
    return flags


def _write(
    folder: Path,
    before: HashList | None,
    change: Change,
    notes: Notes,
    withdrawn: Sequence[Withdrawal],
    origin: Origin,
    threads: int,
) -> Version:
    number = newest(folder) + 1
    whole = before is None or change.afresh
    file_name = layer_name(number, "whole" if whole else "change")
    arrays = layer_arrays(change.columns, threads=threads, aside=folder)
    layers = [] if whole or before is None else before.version.layers
    arrays |= gone_sections([*layers, file_name], [*([] if whole else change.gone), change.own])
    if withdrawn:
        said = msgspec.msgpack.encode([withdrawal.entry for withdrawal in withdrawn])
        arrays[WITHDRAWALS] = np.frombuffer(said, np.uint8)
    write_layer(folder / file_name, arrays, msgspec.to_builtins(notes))
    version = Version(
        name=notes.list_name,
        number=number,
        layers=[*layers, file_name],
        entries=0,
        hashes={},
        added=_added(before, change),
        gone=change.going,
        change=file_name,
        **msgspec.structs.asdict(origin),
    )
    return commit_counted(folder, version)


def _weight(before: HashList | None, change: Change) -> Weight:
    size = 0 if before is None else len(before)
    return Weight(size, _added(before, change), change.going)


def _added(before: HashList | None, change: Change) -> int:
    """How many entries are on the list that were not."""
    if before is None or not change.afresh:
        return change.added
    return int((~found_in(change.columns["entry.key"][~change.own], before.standing_keys())).sum())


def commit_counted(folder: Path, version: Version) -> Version:
    """Open what a version would be, count what stands in it, and commit it. Under the lock."""
    opened = HashList.open(folder.parent, version.name, version)
    counted = msgspec.structs.replace(version, entries=len(opened), hashes=opened.counts())
    commit(folder, counted)
    return counted


def layer_name(number: int, kind: str) -> str:
    """A name that no layer has had."""
    return f"{number:08}-{kind}-{secrets.token_hex(4)}{SUFFIX}"


def gone_sections(names: Sequence[str], gone: Sequence[Flags]) -> dict[str, npt.NDArray[Any]]:
    """The sections that say which entries of which layer are gone."""
    return {
        GONE + name: np.flatnonzero(flags).astype(np.uint32)
        for name, flags in zip(names, gone, strict=True)
        if flags.any()
    }
