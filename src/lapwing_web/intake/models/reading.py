"""A document's bytes read as reports one by one, and a report made whole from what came apart.

Used both when a document arrives and when a report is read again, so that the two cannot count differently.
"""

import json
import re
from collections.abc import Iterable, Iterator
from io import BytesIO
from itertools import islice
from typing import Any

import msgspec
from msgspec import Raw

from lapwing import exchange
from lapwing.exchange import Unreadable
from lapwing.report import Report, ReportedFile

LIMIT = 64 * 2**20  # bytes of one document


_SCANNER = json.JSONDecoder()
_SPACE = re.compile(r"\s*")


class Bad(msgspec.Struct):
    """One report of a document that could not be read: what is wrong, and where."""

    reason: str


def reports_in(content: bytes) -> Iterator[Report | Bad]:
    """Every report of a document in order, a bad one among good ones in its place. At least one.

    A JSON array, or JSON objects one a line, are taken apart here, so that each part stands alone and is one
    report.
    """
    parts = _parts(content)
    if len(parts) == 1:
        yield from _read(parts[0])
    else:
        for number, part in enumerate(parts, 1):
            yield _one(part, number, len(parts))


def report_at(content: bytes, position: int) -> Report:
    """The report in that place of a document that was read before. Raises Unreadable if it no longer can."""
    parts = _parts(content)
    found: Report | Bad | None
    if len(parts) == 1:
        found = next(islice(_read(parts[0]), position, None), None)
    else:
        found = _one(parts[position], position + 1, len(parts)) if position < len(parts) else None
    if isinstance(found, Report):
        return found
    raise Unreadable(found.reason if found else "The document no longer holds a report there.")


def whole(report: Report, fragments: Iterable[Report], *, provider: str, reference: str) -> Report:
    """The report with its details in place, under the provider and reference it is kept by. A new value."""
    made = msgspec.structs.replace(report, provider=provider, reference=reference, files=list(report.files))
    for fragment in fragments:
        for file in fragment.files:
            _place(made.files, file)
    return made


def _parts(content: bytes) -> list[bytes]:
    """The parts of a document of several reports, each a document of its own; else the document itself."""
    text = content.removeprefix(b"\xef\xbb\xbf").strip()
    if not text.startswith((b"[", b"{")):
        return [content]
    try:
        if text.startswith(b"["):
            return [bytes(part) for part in msgspec.json.decode(text, type=list[Raw])] or [content]
        msgspec.json.decode(text, type=Raw)
    except RecursionError:  # too deep to be parted: whoever reads it whole says so
        return [content]
    except msgspec.DecodeError:  # not one JSON value: objects one a line, one after another, or broken
        lines = [line for line in text.splitlines() if line.strip()]
        if len(lines) > 1 and all(line.lstrip().startswith(b"{") for line in lines):
            return lines
        return _one_after_another(text) or [content]
    return [content]


def _one_after_another(text: bytes) -> list[bytes]:
    """JSON objects over several lines each; what comes after the last whole one is a part too."""
    parts: list[bytes] = []
    try:
        decoded, place = text.decode(), 0
        while place < len(decoded):
            _, end = _SCANNER.raw_decode(decoded, place)
            parts.append(decoded[place:end].encode())
            place = _SPACE.match(decoded, end).end()  # type: ignore[union-attr]
    except (ValueError, RecursionError):
        return [*parts, decoded[place:].encode()] if parts else []
    return parts


def _one(part: bytes, number: int, of: int) -> Report | Bad:
    found = list(_read(part))
    if len(found) == 1 and isinstance(found[0], Report):
        return found[0]
    reason = found[0].reason if isinstance(found[0], Bad) else "It holds several reports inside one."
    return Bad(f"Report {number} of {of} in the file: {reason}")


def _read(part: bytes) -> Iterator[Report | Bad]:
    found = 0
    try:
        for report in exchange.read(BytesIO(part), limit=LIMIT):
            found += 1
            yield report
    except Unreadable as error:
        yield Bad(str(error))
        return
    except RecursionError:
        yield Bad("It is nested too deeply to be a report.")
        return
    if not found:
        yield Bad("It holds no report.")


def _place(files: list[ReportedFile], detail: ReportedFile) -> None:
    """Put what `detail` says into the file it speaks of, or add it as a file of its own."""
    for index, file in enumerate(files):
        if _same(file, detail):
            said = _said(detail)
            said["hashes"] = {**file.hashes, **detail.hashes}  # the bytes' own over what was stated of them
            said["notes"] = [*file.notes, *detail.notes, *_disagreements(file, detail)]
            files[index] = msgspec.structs.replace(file, **said)
            return
    files.append(detail)


def _disagreements(file: ReportedFile, detail: ReportedFile) -> list[str]:
    return [
        f"Stated with the {kind.upper()} {stated}; what was handed over has {detail.hashes[kind]}."
        for kind, stated in file.hashes.items()
        if detail.hashes.get(kind, stated).casefold() != stated.casefold()
    ]


def _same(file: ReportedFile, detail: ReportedFile) -> bool:
    if file.file_id and detail.file_id:
        return file.file_id == detail.file_id
    shared = file.hashes.keys() & detail.hashes.keys()
    return bool(shared) and all(file.hashes[kind] == detail.hashes[kind] for kind in shared)


def _said(detail: ReportedFile) -> dict[str, Any]:
    """The fields of `detail` that say something: an empty one does not unsay what the report said."""
    silent = ReportedFile()
    names = ReportedFile.__struct_fields__
    return {name: getattr(detail, name) for name in names if getattr(detail, name) != getattr(silent, name)}
