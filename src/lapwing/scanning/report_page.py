"""A scan as one page to read and to put before a court: what, when, with what, and how it came out.

It needs no network and no other file, and shows no picture of anything that was found.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from html import escape
from itertools import islice
from pathlib import Path

from lapwing.hashing.failures import REASONS
from lapwing.matching.durable import replace_file
from lapwing.scanning.answer import matched
from lapwing.scanning.found import EXCLUDED
from lapwing.scanning.image_hashes import differing
from lapwing.scanning.items import Item, items
from lapwing.scanning.phases import SENTENCES, Phase
from lapwing.scanning.report_pictures import NOT_KNOWN, timeline, tree
from lapwing.scanning.state import State
from lapwing.scanning.summary import ListUsed, Summary

MOST_ROWS = 2000  # of a table that names files or folders; all of them are in items.jsonl
_MATCHED = "id in (select item from hit)"
_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])(?=-)")
_GRADED = """
select by, dialect, category, count(distinct sha256), count(*) from grade join item using (sha256)
group by 1, 2, 3 order by 1, 2, 3
"""
_FAILED = "reason is not null"
_COUNTED = (
    ("seen", "everything in the source that is no folder"),
    ("hashed", "read to the end"),
    ("excluded", "set aside by a rule, which is named below"),
    ("failed", "could not be read to the end, for a reason that is given below"),
    ("waiting", "not read yet: the scan is not done"),
    ("matched", "on a list of known material, or alike to what is on one: counted in the others too"),
)
_WORDS = (
    ("hash", "a number worked out from a file. MD5, SHA-1 and SHA-256 are exact: they are worked out from"
     " every byte, so that another file with the same SHA-256 is not to be expected. They say that the file"
     " is the same, byte for byte"),
    ("PDQ", "a number of 256 bits (ones and noughts) worked out from what a picture looks like. The fewer"
     " bits differ between two pictures, the more they look alike: a person decides whether they are the"
     " same. A vPDQ is that of the single pictures of a video"),
    ("list", "hashes of known material, as its publisher hands them out. It holds no picture. A category is"
     " the publisher's own mark, and those of two publishers are not the same"),
    ("stack", "pictures that are the same or nearly so, of which a person has to look at one only"),
    ("deleted", "yes: the file was deleted, and what is left of it was found. Not known: it lies in another"
     " file, an archive for one, that does not say"),
    ("time", "with Z at its end it is UTC, which in British summer is an hour behind the clock. Without, the"
     " place where it was found does not say by which clock it is. Where a file says when it was made it"
     " need not be true"),
    ("camera", "what is written in a picture or video about what made it, when, and where (degrees north and"
     " east). Whoever edits a file can write anything there"),
    ("partition", "a part of a disk, by its number in the disk's own table as mmls of The Sleuth Kit shows it"
     " (which counts what is between them too)"),
)  # fmt: skip
_STYLE = """
body { font: 16px/1.5 Arial, sans-serif; color: #0b0c0c; max-width: 68em; margin: 2em auto; padding: 0 1em }
table { border-collapse: collapse; margin: .5em 0 1.5em }
caption { text-align: left; font-weight: bold; padding: .3em 0 }
th, td { text-align: left; vertical-align: top; border-bottom: 1px solid #b1b4b6; padding: .3em 1em .3em 0 }
td:first-child:not(:last-child) { min-width: 6em }
td.number { text-align: right; white-space: nowrap } td { overflow-wrap: anywhere }
.answer { border-left: .5em solid #1d70b8; padding: .5em 1em; font-size: 1.2em; background: #f3f2f1 }
.wrong { border-left-color: #d4351c } code { font-size: .85em; overflow-wrap: anywhere }
h1, h2 { line-height: 1.2 } h2 { margin-top: 2em } .sign { width: 100% } .sign td { height: 3em }
.wide { overflow-x: auto } .files td:first-child { min-width: 10em } .files td { min-width: 6em }
.files td.number { min-width: 0 } .files td:nth-child(5) { min-width: 10em }
details ul, .tree ul { margin: 0; padding-left: 1.5em }
@media print { body { max-width: none; font-size: 13px } .wide { overflow: visible }
tr, svg { break-inside: avoid } h2, h3, caption { break-after: avoid } .files td { min-width: 5.5em } }
"""


def write_report(state: State, summary: Summary, items_file: Path, path: Path) -> None:
    """Write the page. It names the item list by its SHA-256, so that both stay together."""
    with items_file.open("rb") as stream:
        sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
    page = "\n".join(_page(state, summary, sha256))
    replace_file(path, lambda stream: stream.write(page.encode()), mode=0o600)


def _page(state: State, summary: Summary, sha256: str) -> Iterator[str]:
    yield "<!DOCTYPE html><html lang='en'><head><meta charset='utf-8'><title>Report of a scan</title>"
    yield "<meta name='viewport' content='width=device-width, initial-scale=1'>"
    yield f"<style>{_STYLE}</style></head><body><main>"
    yield f"<h1>Report of a scan</h1>{_named(summary)}"
    wrong = "" if summary.conserved and not differing(summary.images) else " wrong"
    yield f"<p class='answer{wrong}'>{escape(summary.verdict)}</p>"
    yield from _images(summary)
    yield from _counts(summary)
    yield from _lists(summary)
    yield from _matches(state, summary)
    yield from _grades(state)
    yield from _left(state, summary)
    yield from _made(summary, sha256)
    yield "</main></body></html>"


def _named(summary: Summary) -> str:
    """What this is the report of. What nobody gave is left to be written in by hand."""
    rows = (
        ("exhibit", summary.exhibit),
        ("source", summary.source),
        ("examined by", ", ".join(dict.fromkeys(one.by for one in summary.runs if one.by))),
        ("scan began", summary.runs[0].began_at if summary.runs else ""),
        ("scan ended", (summary.runs[-1].ended_at or "") if summary.runs else ""),
    )
    return table("What was scanned", ("", ""), rows)


def _images(summary: Summary) -> Iterator[str]:
    if not summary.images:
        return
    yield "<h2>The images, and the hashes that they keep</h2>"
    said = [(one.path, one.of, one.outcome) for one in summary.images]
    yield table("Each image", ("image", "hashed", "the hash that it keeps is"), said)
    rows = [
        (one.path, name, kept, read)
        for one in summary.images
        for name, kept, read in (
            ("MD5", one.kept_md5, one.md5),
            ("SHA-1", one.kept_sha1, one.sha1),
            ("SHA-256", None, one.sha256),
        )
    ]
    yield table("All its bytes", ("image", "hash", "kept in it", "of what was read"), rows)


def _counts(summary: Summary) -> Iterator[str]:
    yield "<h2>Every file is accounted for</h2>"
    holds = "The sum holds." if summary.conserved else "THE SUM DOES NOT HOLD: this scan proves nothing."
    yield (
        f"<p>{summary.seen:,} seen = {summary.hashed:,} hashed + {summary.excluded:,} excluded"
        f" + {summary.failed:,} failed + {summary.waiting:,} waiting. {holds}</p>"
    )
    rows = [(name, getattr(summary, name), meaning) for name, meaning in _COUNTED]
    yield table("Files", ("", "files", "which are"), rows)
    views, so_far = summary.views, "" if summary.done else " so far"
    yield (
        f"<p>{views.files:,} pictures and videos{so_far}: {views.known:,} are known by an exact hash and need"
        f" no look; the others are {views.stacks:,} stacks, one of each to look at, which saves"
        f" {views.saved:,} views.</p>"
    )
    yield table("By type of content", ("type", "files"), summary.types.items())


def _lists(summary: Summary) -> Iterator[str]:
    yield "<h2>What it was compared with</h2>"
    heading = ("list", "version", "entries", "from", "brought in")
    yield table("Lists of known material", heading, [_list_row(one) for one in summary.lists])
    if summary.known_good:
        yield table("Lists of files to set aside", heading, [_list_row(one) for one in summary.known_good])
    if not summary.compared:
        yield "<p>Compared with no list: this report does not say that there is no known material.</p>"
        return
    yield f"<p>Each list, its version, and how far apart a PDQ may be: {escape(summary.compared)} bits.</p>"
    rows = [
        (one.list, one.dialect, one.category, one.exactly, one.files - (one.exactly or 0))
        for one in summary.by_list
    ]
    heading = ("list", "whose category", "category", "the same file", "looks alike only")
    yield table("Files on each list", heading, rows)
    yield "<p>A file that is on two lists is counted for both.</p>"


def _list_row(one: ListUsed) -> tuple[object, ...]:
    return one.name, one.version, one.entries, one.source, one.imported_at


def _matches(state: State, summary: Summary) -> Iterator[str]:
    yield "<h2>Known files that were found</h2>"
    if not summary.matched:
        yield "<p>None.</p>"
        return
    months: Counter[str] = Counter()
    folders: Counter[str] = Counter()
    for item in items(state, _MATCHED):
        months[_month(item)] += 1
        folders[item.path.rpartition("/")[0]] += 1
    yield "<h3>When they were last written</h3><p>By the clock of the device, which may be wrong.</p>"
    yield timeline(months)
    yield table("Files by month", ("month", "files"), sorted(months.items()))
    yield "<h3>Where they lie</h3>"
    if len(folders) > MOST_ROWS:
        yield f"<p>The {MOST_ROWS:,} folders with most of them, of {len(folders):,}.</p>"
    shown = sorted(folders.most_common(MOST_ROWS))
    yield tree(dict(shown))
    yield table("Files by folder", ("folder", "files"), [(name or "(top)", n) for name, n in shown])
    yield "<h3>Each of them</h3>"
    yield _first_of(summary.matched)
    heading = ("path", "size", "last written", "SHA-256", "known by", "deleted", "says of its camera")
    rows = (_match_row(item) for item in islice(items(state, _MATCHED), MOST_ROWS))
    yield "<div class='files'>" + table("Known files", heading, rows) + "</div>"


def _first_of(files: int) -> str:
    return f"<p>The first {MOST_ROWS:,} of {files:,} by path; all are in items.jsonl.</p>" * (
        files > MOST_ROWS
    )


def _month(item: Item) -> str:
    said = _MONTH.match(item.times.get("modified", ""))  # a place may say any number
    return said[0] if said else NOT_KNOWN


_REWRITTEN = "it lies there in no file of its own, and was rewritten to be looked at"


def _match_row(item: Item) -> tuple[object, ...]:
    deleted = {True: "yes", False: "no", None: "not known"}[item.deleted]
    sha256 = f"none: {_REWRITTEN}" if item.rewritten else item.sha256
    return (
        item.path,
        item.size,
        item.times.get("modified", ""),
        sha256,
        matched(item.matches),
        deleted,
        _camera(item),
    )


def _camera(item: Item) -> str:
    facts = item.facts
    if facts is None:
        return ""
    place = (
        "" if facts.latitude is None or facts.longitude is None else f"{facts.latitude}, {facts.longitude}"
    )
    said = (
        ("", f"{facts.make} {facts.model}".strip()),
        ("serial number ", facts.serial),
        ("taken ", facts.taken),
        ("at ", place),
    )
    return "; ".join(f"{what}{value}" for what, value in said if value)


def _grades(state: State) -> Iterator[str]:
    """What graders said, where their grades were taken in."""
    rows = list(state.rows(_GRADED))
    if rows:
        yield "<h2>Grades that people gave</h2>"
        yield table("Files by grade", ("by", "whose category", "category", "contents", "files"), rows)
        yield "<p>The same content may lie in several files, and is graded once.</p>"


def _left(state: State, summary: Summary) -> Iterator[str]:
    yield "<h2>What was not looked at, and why</h2>"
    if summary.not_looked_at or not summary.listed_whole:
        rows = [
            (SENTENCES[Phase[name.upper()]], waits.files, waits.bytes)
            for name, waits in summary.not_looked_at.items()
        ]
        yield table("Waiting: the scan is not done", ("for", "files", "bytes"), rows)
    if not summary.listed_whole:
        yield "<p>Not everything in the source has been listed yet: how much is left is not known.</p>"
    excluded = [(name, EXCLUDED[name], number) for name, number in summary.excluded_by.items()]
    yield table("Excluded by rule", ("rule", "which is", "files"), excluded)
    failures = [(name, REASONS[name], number) for name, number in summary.failures.items()]
    yield table("Failures", ("reason", "which is", "files"), failures)
    if summary.failures:
        yield f"<p>Of these, {summary.hashed_with_failure:,} have exact hashes all the same.</p>"
        yield _first_of(sum(summary.failures.values()))
        each = (_failure_row(item) for item in islice(items(state, _FAILED), MOST_ROWS))
        heading = ("path", "size", "reason", "said by what read it", "exact hashes")
        yield "<div class='files'>" + table("Each file with a failure", heading, each) + "</div>"
    yield (
        "<p>In a disk image, space that no file has, in a file system or between partitions, is not searched:"
        " no file is carved from it.</p>"
    )


def _failure_row(item: Item) -> tuple[object, ...]:
    said = (item.failure.reason, item.failure.detail) if item.failure else ("", "")
    return item.path, item.size, *said, "yes" if item.sha256 else "no"


def _made(summary: Summary, sha256: str) -> Iterator[str]:
    yield "<h2>How it was made</h2>"
    runs = [(one.began_at, one.ended_at or "", one.how, one.by) for one in summary.runs]
    yield table("Runs", ("began", "ended", "how it ended", "by"), runs)
    yield table("Made with", ("", "version"), summary.tools.items())
    yield f"<p>The item list, items.jsonl, has the SHA-256 <code>{sha256}</code>.</p>"
    yield "<h2>Words of this report</h2>"
    yield table("What they mean", ("", ""), _WORDS)
    yield (
        "<h2>Signed</h2><table class='sign'><tr><th>Name</th><td></td><th>Rank or role</th><td></td></tr>"
        "<tr><th>Signature</th><td></td><th>Date</th><td></td></tr></table>"
    )


def table(caption: str, heading: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """A table with its caption; "none" where it has no row."""
    body = ["<tr>" + "".join(_cell(value) for value in row) + "</tr>" for row in rows]
    if not body:
        return f"<p>{escape(caption)}: none.</p>"
    head = "".join(f"<th scope='col'>{escape(name)}</th>" for name in heading)
    head = f"<thead><tr>{head}</tr></thead>" if any(heading) else ""  # printed again on each page
    whole = f"<table><caption>{escape(caption)}</caption>{head}{''.join(body)}</table>"
    return f"<div class='wide' tabindex='0'>{whole}</div>"  # which scrolls, by keys too


def _cell(value: object) -> str:
    if isinstance(value, int):
        return f"<td class='number'>{value:,}</td>"
    text = "".join(
        one if one.isprintable() else ascii(one)[1:-1] for one in str("" if value is None else value)
    )
    return f"<td>{escape(text)}</td>"
