"""What is done with the versions of a list: merging layers, going back to one, comparing two."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from lapwing.matching.changing import Origin, commit_counted, gone_sections, layer_name
from lapwing.matching.gathering import chosen, joined
from lapwing.matching.hash_list import Flags, HashList
from lapwing.matching.layer import Notes, layer_arrays
from lapwing.matching.layer_file import BadList, LayerFile, write_layer
from lapwing.matching.listed import ListedFile
from lapwing.matching.same_keys import found_in
from lapwing.matching.versions import (
    KEPT,
    WITHDRAWALS,
    Version,
    commit,
    current,
    folder_of,
    kept,
    newest,
    prune,
    writing,
)

LAYERS = 8  # a list of more is slower than it need be ...
GONE_SHARE = 4  # ... and so is one of which more than one entry in so many is gone
TRIES = 3  # merges beside a writer, before the lock is held for one


def needs_merging(known: HashList) -> bool:
    """Whether a merge would make searches faster by more than it costs."""
    held = sum(len(layer) for layer in known.layers)
    older = any(layer.older for layer in known.layers)
    return older or len(known.layers) > LAYERS or (held - len(known)) * GONE_SHARE > held


def merge(lists: Path, name: str, *, keep: int = KEPT, threads: int = 1) -> Version:
    """Put the layers of a list together in one file. What is on the list, and its version, stay the same.

    Readers and writers go on meanwhile. Raises BadList, OSError.
    """
    folder = folder_of(lists, name)
    for _ in range(TRIES):
        known = HashList.open(lists, name)
        [first, *more] = known.layers
        if not more and not first.older and len(known) == len(first):
            return known.version
        file_name = _write_merged(folder, known, threads)
        with writing(folder):
            if current(folder) == known.version:
                return _put_in_place(folder, known.version, file_name, keep)
        (folder / file_name).unlink()
    with writing(folder):
        known = HashList.open(lists, name)
        return _put_in_place(folder, known.version, _write_merged(folder, known, threads), keep)


def _put_in_place(folder: Path, version: Version, file_name: str, keep: int) -> Version:
    merged = msgspec.structs.replace(version, layers=[file_name])
    commit(folder, merged)
    prune(folder, keep)
    return merged


def _write_merged(folder: Path, known: HashList, threads: int) -> str:
    marks: dict[tuple[str, str], int] = {}
    parts = []
    for layer, stands in zip(known.layers, known.standing(), strict=True):
        columns = chosen(layer.columns(), stands)
        numbers = np.array([marks.setdefault(mark, len(marks)) for mark in layer.notes.marks], np.uint16)
        columns["entry.mark"] = numbers[columns["entry.mark"]] if len(numbers) else columns["entry.mark"]
        parts.append(columns)
    arrays: dict[str, npt.NDArray[Any]] = layer_arrays(joined(parts), threads=threads, aside=folder)
    file_name = layer_name(known.version.number, "merged")
    write_layer(folder / file_name, arrays, msgspec.to_builtins(Notes(known.name, list(marks))))
    return file_name


def roll_back(lists: Path, name: str, number: int, *, origin: Origin, bring_back: bool = False) -> Version:
    """Make the list what it was at a version that is kept, as a new version.

    What was withdrawn since, by its publisher and by name, stays withdrawn unless `bring_back`: an entry that
    only went because a newer list was without it comes back. Raises BadList, OSError.
    """
    folder = folder_of(lists, name)
    HashList.open(lists, name)  # before the lock, which would make the folder of a list that is not there
    with writing(folder):
        versions = {version.number: version for version in kept(folder)}
        now = HashList.open(lists, name)
        if number not in versions:
            there = ", ".join(map(str, versions))
            raise BadList(folder, f"version {number} is not kept; there are {there}")
        then = HashList.open(lists, name, versions[number])
        since = [version for version in versions.values() if version.number > number]
        gone = [] if bring_back else _withdrawn_since(folder, then, now, since)
        layers, change = versions[number].layers, ""
        if any(flags.any() for flags in gone):
            change = layer_name(newest(folder) + 1, "change")
            arrays = layer_arrays(chosen(then.layers[0].columns(), np.zeros(len(then.layers[0]), bool)))
            write_layer(
                folder / change, arrays | gone_sections(layers, gone), {"list_name": name, "marks": []}
            )
            layers = [*layers, change]
        version = Version(
            name=name,
            number=newest(folder) + 1,
            layers=layers,
            entries=0,
            hashes={},
            added=0,
            gone=0,
            change=change,
            rolled_back_to=number,
            **msgspec.structs.asdict(origin),
        )
        return _commit_changed(folder, version, now)


def _commit_changed(folder: Path, version: Version, before: HashList) -> Version:
    """Commit it with the numbers of what it adds to the version before, and takes away."""
    opened = HashList.open(folder.parent, version.name, version)
    added, lost = (
        sum(int(flags.sum()) for flags in here.without(other.standing_keys()))
        for here, other in ((opened, before), (before, opened))
    )
    return commit_counted(folder, msgspec.structs.replace(version, added=added, gone=lost))


def difference(old: HashList, new: HashList) -> Iterator[tuple[str, ListedFile]]:
    """What was added and what is gone, as ("gone", entry) and then ("added", entry)."""
    for word, here, other in (("gone", old, new), ("added", new, old)):
        for layer, flags in zip(here.layers, here.without(other.standing_keys()), strict=True):
            for entry in layer.files(flags):
                yield word, entry


def _withdrawn_since(folder: Path, then: HashList, now: HashList, since: list[Version]) -> list[Flags]:
    """Of each layer of `then`, the entries that were withdrawn since and do not stand now."""
    gone = [np.zeros(len(layer), bool) for layer in then.layers]
    for version in since:
        said = LayerFile.open(folder / version.change).arrays.get(WITHDRAWALS) if version.change else None
        if said is not None:
            for withdrawn in msgspec.msgpack.decode(said.tobytes(), type=list[ListedFile]):
                for layer, flags in zip(then.layers, gone, strict=True):
                    flags[list(layer.meant(withdrawn))] = True
    keys = now.standing_keys()
    return [flags & ~found_in(layer.keys, keys) for layer, flags in zip(then.layers, gone, strict=True)]
