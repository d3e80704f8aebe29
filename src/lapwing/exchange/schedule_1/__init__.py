"""Schedule 1 JSON: a format of our own for the data that S.I. 2026/268 asks of a provider, each item where it
is named.

The published definition is `schedule_1.schema.json` beside this package, written by `schedule_1.schema`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

from msgspec.structs import replace

from lapwing.exchange.format import Format
from lapwing.exchange.json_documents import marked, read_objects, write_objects
from lapwing.exchange.schedule_1.document import DOCUMENT, MARK
from lapwing.exchange.unreadable import Unwritable
from lapwing.report import Report

_NAME = "schedule-1"


def _read_one(value: dict[str, Any]) -> Report:
    report: Report = DOCUMENT.read(value, {"format": _NAME})
    return report


def _read(stream: BinaryIO) -> Iterator[Report]:
    return read_objects(stream, _read_one)


def _write_one(report: Report) -> dict[str, Any]:
    if report.fragment:
        raise Unwritable("Only details of files are held, not the report they belong to.")
    if not report.reference or not report.provider:
        raise Unwritable("A Schedule 1 report needs the provider's name and its unique reference.")
    return DOCUMENT.write(report if report.format == _NAME else replace(report, unknown={}))


def _write(reports: Iterable[Report], stream: BinaryIO) -> None:
    write_objects(reports, stream, _write_one)


SCHEDULE_1 = Format(_NAME, "application/json", marked(MARK), _read, _write)
