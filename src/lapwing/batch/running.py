"""A batch from beginning to end, or on from where it was: list, hash, gather, match, count."""

import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

import msgspec
from msgspec import Struct

from lapwing.batch import matches, parts, shards
from lapwing.batch.engines import Engine
from lapwing.batch.job import Job, Options, read_manifest
from lapwing.batch.lines import shards as shard_names
from lapwing.batch.listing import LISTING, write_listing
from lapwing.batch.matches import Lists, Matched, counted, match_path, match_shards
from lapwing.batch.parts import Counts, hash_parts, head_of
from lapwing.batch.shards import Shard, gather_shards
from lapwing.matching.durable import UNFINISHED, replace_file
from lapwing.scanning.results import check_apart
from lapwing.sources.object_store import Place

SUMMARY, MATCH_SUMMARY = "summary.json", "matches.json"
Watch = Callable[[Counts], None]


class Summary(Struct, frozen=True):
    """What hashing comes to: the same bytes for the same source, whoever did it and however often killed."""

    counts: Counts
    conserved: bool
    contents: int  # different ones
    shards: list[Shard]


class MatchSummary(Struct, frozen=True):
    """What matching comes to."""

    lists: str  # at their versions, and how near counts
    files: int
    matches: int
    by_list: dict[str, int]  # files


def source_of(given: str, folder: Path) -> bytes:
    """A source that is named, checked before anything is written to the folder of results.

    Raises ValueError where it is neither a folder nor an object store, or has that folder in it.
    """
    source = os.fsencode(given)
    if Place.of(source) is not None:
        return source
    source = os.path.realpath(source)
    if not os.path.isdir(source):
        raise ValueError(f"{given} is no folder")
    check_apart(source, folder)
    return source


class Batch:
    """The job of one folder. Whoever uses it has the folder to themselves."""

    def __init__(self, folder: Path, source: bytes, options: Options) -> None:
        """Raises ValueError with a sentence where the folder is of something else; OSError."""
        for place in (folder, *(folder / name for name in (parts.FOLDER, shards.FOLDER, matches.FOLDER))):
            place.mkdir(mode=0o700, parents=True, exist_ok=True)
            for left in place.glob(f"{UNFINISHED}*"):  # by a kill
                left.unlink(missing_ok=True)
        self._folder, self._source = folder, source
        self._manifest = read_manifest(folder, source, options)

    def hash(self, engine: Engine, watch: Watch = lambda counts: None) -> Summary:
        """Hash what is left. `watch` is told how it stands whenever a part is done."""
        if self._manifest.gathered:
            self._tidy()
            return msgspec.json.decode((self._folder / SUMMARY).read_bytes(), type=Summary)
        job = self._job()
        counts, left = _done(job)
        watch(counts)
        for one in engine.run(partial(hash_parts, job, engine.each), left):
            counts += one
            watch(counts)
        numbers = range(job.listing.shards)
        gathered = sorted(engine.run(partial(gather_shards, job), numbers), key=lambda shard: shard.name)
        contents = sum(shard.contents for shard in gathered)
        summary = Summary(counts, counts.conserved, contents, gathered)
        _write(self._folder / SUMMARY, summary)
        self._keep(gathered=True)
        self._tidy()
        return summary

    def match(self, engine: Engine, lists: Lists) -> MatchSummary:
        """Compare everything with the lists as they are now; what was compared with the same is not again."""
        versions, job = lists.versions(lists.open()), self._job()
        if self._manifest.lists != versions:
            (self._folder / MATCH_SUMMARY).unlink(missing_ok=True)
            for old in (self._folder / matches.FOLDER).iterdir():
                old.unlink()
            self._keep(lists=versions)
        names = list(enumerate(shard_names(job.listing.digits)))
        left = [number for number, name in names if not match_path(job, name).exists()]
        for _ in engine.run(partial(match_shards, job, lists, versions, engine.each), left):
            pass
        summary = _summed(versions, (counted(job, name) for _, name in names))
        _write(self._folder / MATCH_SUMMARY, summary)
        return summary

    def _tidy(self) -> None:
        """Remove what was only on the way: all of it is in the shards."""
        shutil.rmtree(self._folder / parts.FOLDER, ignore_errors=True)
        (self._folder / LISTING).unlink(missing_ok=True)

    def _job(self) -> Job:
        if self._manifest.listing is None:
            self._keep(listing=write_listing(self._source, self._folder))
        assert self._manifest.listing is not None
        return Job(self._folder, self._source, self._manifest.options, self._manifest.listing)

    def _keep(self, **changes: object) -> None:
        self._manifest = msgspec.structs.replace(self._manifest, **changes).write(self._folder)


def _done(job: Job) -> tuple[Counts, list[int]]:
    """What the parts that are there come to, and those that are left."""
    counts, left = Counts(), []
    for number in range(len(job.listing.starts)):
        try:
            counts += head_of(job, number)[0].counts
        except FileNotFoundError:
            left.append(number)
    return counts, left


def _summed(versions: str, every: Iterable[Matched]) -> MatchSummary:
    files = found = 0
    by_list: Counter[str] = Counter()
    for one in every:
        files, found = files + one.files, found + one.matches
        by_list.update(one.by_list)
    return MatchSummary(versions, files, found, dict(sorted(by_list.items())))


def _write(path: Path, summary: Summary | MatchSummary) -> None:
    data = msgspec.json.format(msgspec.json.encode(summary)) + b"\n"
    replace_file(path, lambda file: file.write(data), mode=0o600)
