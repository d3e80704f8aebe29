"""The known files of a scan, and how it was made, as a CASE/UCO bundle."""

from collections.abc import Iterator
from pathlib import Path

from lapwing.exchange.case_uco import Examination, FoundFile, write_bundle
from lapwing.matching.durable import replace_file
from lapwing.scanning.answer import matched
from lapwing.scanning.items import Item, items
from lapwing.scanning.state import State
from lapwing.scanning.summary import Summary


def write_case_bundle(state: State, summary: Summary, path: Path, *, exhibit: str, examiner: str) -> None:
    """Write it: the source, the action, and each file that is on a list or near something on one."""
    examination = Examination(
        summary.source,
        exhibit,
        examiner,
        summary.tools["lapwing"],
        summary.runs[0].began_at,
        summary.runs[-1].ended_at or summary.runs[-1].began_at,
        f"{summary.verdict} Compared with: {summary.compared or 'nothing'}.",
    )
    replace_file(path, lambda stream: write_bundle(examination, _files(state), stream), mode=0o600)


def _files(state: State) -> Iterator[FoundFile]:
    return map(_file, items(state, "id in (select item from hit)"))


def _file(item: Item) -> FoundFile:
    hashes = {"md5": item.md5, "sha1": item.sha1, "sha256": item.sha256}
    if item.rewritten:  # they are of no file that lies there
        hashes = {}
    said = matched(item.matches)
    return FoundFile(
        item.path,
        item.size or 0,
        item.type or "",
        {name: value for name, value in hashes.items() if value},
        item.times,
        f"{said[:1].upper()}{said[1:]}",
        item.deleted,
    )
