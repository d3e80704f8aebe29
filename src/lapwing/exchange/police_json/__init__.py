"""The JSON package police receive of a CyberTipline report, as tables: read, and written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

from msgspec.structs import replace

from lapwing.exchange.format import Format
from lapwing.exchange.json_documents import read_objects, write_objects
from lapwing.exchange.police_json.package import PACKAGE
from lapwing.report import Report

_MARKS = re.compile(rb'"(?:reportId|reportedInformation)"\s*:')
_NAME = "police-json"


def recognises(head: bytes) -> bool:
    """Whether these are the first bytes of a package: JSON that names one of its two outermost fields."""
    text = _narrow(head)
    return text.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"[") and _MARKS.search(text) is not None


def _narrow(head: bytes) -> bytes:
    return head.replace(b"\0", b"")[2:] if head[:2] in (b"\xff\xfe", b"\xfe\xff") else head


def _read_one(value: dict[str, Any]) -> Report:
    report: Report = PACKAGE.read(value, {"format": _NAME})
    return report


def _read(stream: BinaryIO) -> Iterator[Report]:
    return read_objects(stream, _read_one)


def _write_one(report: Report) -> dict[str, Any]:
    return PACKAGE.write(report if report.format == _NAME else replace(report, unknown={}))


def _write(reports: Iterable[Report], stream: BinaryIO) -> None:
    write_objects(reports, stream, _write_one)


POLICE_JSON = Format(_NAME, "application/json", recognises, _read, _write)
