"""A scan's results read back from whoever brings them: strictly, by the line, and with its counts checked."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, BinaryIO, TypeVar

import msgspec

from lapwing.exchange.unreadable import Unreadable
from lapwing.scanning.items import Item, Matched
from lapwing.scanning.stacks import NO_LOOK, Stack, Views
from lapwing.scanning.summary import Summary
from lapwing.scanning.verdict import EXACT

LARGEST_SUMMARY = 4 * 2**20  # bytes
LONGEST_LINE = 8 * 2**20  # bytes: of a video's frames, or of a stack with very many members
BLOCK = 2**20
MOST_FILES = 2**53  # more than anybody could count
MOST_CODES = 5000  # lists with their categories, rules or reasons that one summary may name
DIGITS = {"md5": 32, "sha1": 40, "sha256": 64}
KINDS = (None, "picture", "video", "other")
COUNTED = ("seen", "hashed", "excluded", "failed", "waiting", "matched", "matched_exactly")
_HEXADECIMAL = re.compile(r"[0-9a-f]*")
_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")  # that no path and no name has, and no database holds
M = TypeVar("M")


def read_summary(stream: BinaryIO) -> Summary:
    """A `summary.json`. Raises Unreadable, with where, for anything else."""
    content = stream.read(LARGEST_SUMMARY + 1)
    if len(content) > LARGEST_SUMMARY:
        raise Unreadable(f"summary.json is larger than {LARGEST_SUMMARY:,} bytes.")
    try:
        summary = msgspec.json.decode(content, type=Summary)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Unreadable(f"summary.json is not a scan’s: {error}.") from None
    if _NUL.search(content):
        raise Unreadable("summary.json has a character that no scan writes.")
    codes = _codes(summary)
    if max(map(len, (*codes.values(), summary.lists, summary.known_good))) > MOST_CODES:
        raise Unreadable(f"summary.json names more than {MOST_CODES:,} lists, rules or reasons.")
    files = [number for counts in codes.values() for number in counts.values()]
    files += [getattr(summary, name) for name in COUNTED]
    if min(files) < 0 or max(files) > MOST_FILES:
        raise Unreadable("summary.json counts fewer than no files, or more than there can be.")
    if summary.done != (summary.listed_whole and not summary.not_looked_at):
        raise Unreadable("summary.json says that everything was looked at, and that something was not.")
    return summary


def _codes(summary: Summary) -> dict[str, dict[Any, int]]:
    """What the summary counts by a code: how many files of each."""
    by_list = {(one.list, one.dialect, one.category): one.files for one in summary.by_list}
    exactly = {
        (one.list, one.dialect, one.category): one.exactly
        for one in summary.by_list
        if one.exactly is not None
    }
    told = {"exactly": exactly} if len(exactly) == len(by_list) else {}  # earlier versions did not say it
    waits = {name: one.files for name, one in summary.not_looked_at.items()}
    return {
        "by_list": by_list, "excluded_by": dict(summary.excluded_by), "failures": dict(summary.failures),
        "not_looked_at": waits, **told,
    }  # fmt: skip


def read_items(stream: BinaryIO) -> Iterator[Item]:
    """The lines of an `items.jsonl`. Raises Unreadable, with the line, for one that is no item."""
    for number, item in enumerate(_lines(stream, "items.jsonl", Item), 1):
        if fault := _fault(item):
            raise Unreadable(f"items.jsonl, line {number:,}: {fault}.")
        yield item


def _fault(item: Item) -> str:
    """What no scan writes of a file, though it has the form of what one writes; or nothing."""
    for kind, digits in DIGITS.items():
        value = getattr(item, kind)
        if value is not None and not _is_hash(value, digits):
            return f"its {kind} is no hash of {digits} small hexadecimal digits"
    if item.kind not in KINDS:
        return "its kind is none of picture, video and other"
    if item.size is not None and not 0 <= item.size <= MOST_FILES:
        return "it has a size that no file has"
    if item.matches and item.sha256 is None:
        return "it is on a list, and has no SHA-256"
    return ""


def read_stacks(stream: BinaryIO) -> Iterator[Stack]:
    """The lines of a `stacks.jsonl`. Raises Unreadable, with the line, for one that is no stack."""
    for number, stack in enumerate(_lines(stream, "stacks.jsonl", Stack), 1):
        wrong = [one.sha256 for one in stack.members if not _is_hash(one.sha256, DIGITS["sha256"])]
        if stack.number != number or stack.files != len(stack.members) or not stack.members or wrong:
            raise Unreadable(f"stacks.jsonl, line {number:,}: it is no stack that a scan writes.")
        yield stack


def _is_hash(value: str, digits: int) -> bool:
    return len(value) == digits and _HEXADECIMAL.fullmatch(value) is not None


def _lines(stream: BinaryIO, name: str, kind: type[M]) -> Iterator[M]:
    decoder, number = msgspec.json.Decoder(kind), 0
    while line := stream.readline(LONGEST_LINE + 1):
        number += 1
        if len(line) > LONGEST_LINE:
            raise Unreadable(f"{name}, line {number:,}: it is longer than {LONGEST_LINE:,} bytes.")
        if not line.endswith(b"\n"):
            raise Unreadable(f"{name}, line {number:,}: it breaks off. The file was not copied whole.")
        try:
            yield decoder.decode(line)
        except (msgspec.DecodeError, msgspec.ValidationError, UnicodeDecodeError, RecursionError) as error:
            raise Unreadable(f"{name}, line {number:,}: {error}.") from None


class Tally:
    """What the items come to, to be compared with all that the summary says of them."""

    def __init__(self, summary: Summary) -> None:
        self._summary, self._told = summary, _codes(summary)
        self._found: Counter[str] = Counter()
        self._codes: dict[str, Counter[Any]] = {name: Counter() for name in self._told}
        self._looks: Counter[tuple[bool, bool]] = Counter()  # by whether it is not empty, and known

    def add(self, item: Item) -> None:
        """One item more. Raises Unreadable for one too many, or of what the summary does not have."""
        self._found["seen"] += 1
        number = self._found["seen"]
        if number > self._summary.seen:
            raise Unreadable(f"items.jsonl, line {number:,}: summary.json says that there is none.")
        self._found[_standing(item)] += 1
        self._found["matched"] += bool(item.matches)
        self._found["matched_exactly"] += known(item)
        if looked_at(item):
            self._looks[bool(item.size), any(one.type in NO_LOOK for one in item.matches)] += 1
        said = _said(item)
        for name in self._told:
            for code in said[name]:
                if code not in self._told[name]:
                    raise Unreadable(f"items.jsonl, line {number:,}: summary.json has no such “{name}”.")
                self._codes[name][code] += 1

    def check(self) -> None:
        """Raise Unreadable where the two do not agree, or a file is not accounted for."""
        for name in COUNTED:
            _same(name, self._found[name], getattr(self._summary, name))
        views = self._summary.views
        if (views.files, views.known) not in (self._to_look_at(), self._to_look_at(empty=True)):
            raise Unreadable(
                f"summary.json says that {views.files:,} files are to look at, {views.known:,} of them known;"
                " items.jsonl says otherwise. They are not of one scan, or not whole."
            )
        for name, counts in self._told.items():
            for code, number in counts.items():
                _same(f"under “{name}” as {code}", self._codes[name][code], number)
        if self._found["seen"] != sum(self._found[name] for name in COUNTED[1:5]):
            raise Unreadable("summary.json does not account for every file that was seen.")

    def _to_look_at(self, empty: bool = False) -> tuple[int, int]:
        """How many files are to look at, and how many of them are known; with the empty ones, which earlier
        versions counted too.
        """
        known = self._looks[True, True] + empty * self._looks[False, True]
        return known + self._looks[True, False] + empty * self._looks[False, False], known


class StackTally:
    """What the stacks come to, to be compared with what the summary says of them.

    Views are counted by the stack: stacks of another scan, or fewer than there are, would count too few.
    """

    def __init__(self, views: Views) -> None:
        self._views, self._stacks, self._members = views, 0, 0

    def counted(self, stacks: Iterator[Stack]) -> Iterator[Stack]:
        """The same stacks, each counted as it goes by."""
        for stack in stacks:
            self._stacks += 1
            self._members += len(stack.members)
            yield stack

    def check(self, found: int) -> None:
        """Raise Unreadable where they do not agree; `found` is how many have a file of this scan in them."""
        views, look = self._views, self._views.files - self._views.known
        if not self._stacks == found == views.stacks or self._members != look:
            raise Unreadable(
                f"stacks.jsonl has {self._stacks:,} stacks of {self._members:,} files, {found:,} of them of "
                f"this scan, and summary.json says {views.stacks:,} of {look:,}: "
                "they are not of one scan, or not whole."
            )


def _same(name: str, here: int, said: int) -> None:
    if here != said:
        raise Unreadable(
            f"items.jsonl has {here:,} files {name}, and summary.json says {said:,}: "
            "they are not of one scan, or not whole."
        )


def _standing(item: Item) -> str:
    """Which part of what was seen a file is in, as the scan itself counts it."""
    if item.excluded is not None:
        return "excluded"
    if item.sha256 is not None:
        return "hashed"
    return "failed" if item.waiting is None else "waiting"


def _said(item: Item) -> dict[str, set[Any]]:
    """What is counted of a file by a code."""
    return {
        "by_list": {(one.list, one.dialect, one.category) for one in item.matches},
        "exactly": {(one.list, one.dialect, one.category) for one in exact_matches(item)},
        "excluded_by": {item.excluded} - {None},
        "failures": {item.failure.reason} if item.failure else set(),
        "not_looked_at": {item.waiting} - {None},
    }


def looked_at(item: Item) -> bool:
    """Whether somebody may have to look at it: a picture or a video that was read, and not set aside."""
    return item.kind in ("picture", "video") and item.sha256 is not None and item.excluded is None


def known(item: Item) -> bool:
    """Whether the item is on a list by a hash of its bytes, so that nobody has to look at it."""
    return bool(exact_matches(item))


def exact_matches(item: Item) -> list[Matched]:
    """What the item is on a list by, hash for hash of its bytes."""
    return [match for match in item.matches if match.type in EXACT]


def fingerprint(*streams: BinaryIO | None) -> str:
    """The SHA-256 of several files together, from their beginnings; each is rewound."""
    whole = hashlib.sha256()
    for stream in streams:
        if stream is None:
            whole.update(b"-")
            continue
        stream.seek(0)
        part = hashlib.sha256()
        while block := stream.read(BLOCK):
            part.update(block)
        whole.update(part.digest())
        stream.seek(0)
    return whole.hexdigest()
