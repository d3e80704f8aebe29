"""What Lapwing itself found of the files handed over with a report: written when the report is finished, and
read as details of that report's files.

It is a document of its own because it has another author than the company: what the company states, and what
was worked out from the bytes as they arrived, are kept apart, each in the bytes it came in.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

from lapwing.exchange.format import Format
from lapwing.exchange.json_documents import marked, read_objects, write_objects
from lapwing.exchange.json_fields import Field, Parts
from lapwing.exchange.json_tables import Table
from lapwing.exchange.schedule_1.document import FILE, Mark
from lapwing.exchange.unreadable import Unwritable
from lapwing.report import Report

_NAME = "upload-record"
MARK = "lapwing-upload-record-1"

_RECORD = Table(
    Mark(value=MARK),
    Field("reference", "reference", required=True),
    Parts("files", "files", FILE),
    of=Report,
)


def _read_one(value: dict[str, Any]) -> Report:
    report: Report = _RECORD.read(value, {"format": _NAME, "fragment": True})
    return report


def _read(stream: BinaryIO) -> Iterator[Report]:
    return read_objects(stream, _read_one)


def _write_one(report: Report) -> dict[str, Any]:
    if not report.fragment or not report.reference:
        raise Unwritable("A record of uploads is of a report's files, and names that report.")
    return _RECORD.write(report)


def _write(reports: Iterable[Report], stream: BinaryIO) -> None:
    write_objects(reports, stream, _write_one)


UPLOAD_RECORD = Format(_NAME, "application/json", marked(MARK), _read, _write)
