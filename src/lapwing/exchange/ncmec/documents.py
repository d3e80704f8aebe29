"""NCMEC's two documents as formats: reading one, writing one, and all the documents that one report is sent
as.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from io import BytesIO
from typing import BinaryIO

from lxml import etree
from msgspec.structs import replace

from lapwing.exchange.bounded import read_all
from lapwing.exchange.format import Format
from lapwing.exchange.ncmec.files import read_file, write_file
from lapwing.exchange.ncmec.reports import INCIDENT_TYPES, REPORT_SHAPE
from lapwing.exchange.provider import provider_of
from lapwing.exchange.unreadable import Unreadable, Unwritable
from lapwing.exchange.xml_safety import parse, place, root_name, utf8
from lapwing.exchange.xml_unknown import Misread, Reading
from lapwing.report import Report

_ROLES = {"subject": 0, "recipient": 1, "victim": 2}


def _recognises(name: str) -> Callable[[bytes], bool]:
    return lambda head: root_name(head) == name


def _root(stream: BinaryIO, name: str) -> tuple[bytes, etree._Element]:
    document = utf8(read_all(stream))
    root = parse(document)
    if root.tag != name:
        raise Unreadable(
            f"Its outermost element is {root.tag}, not {name}.", place(document, 0, f"/{root.tag}")
        )
    return document, root


def _placed(document: bytes, root: etree._Element, fault: Misread) -> Unreadable:
    number = next(i for i, element in enumerate(root.iter("*")) if element is fault.element)
    path: str = root.getroottree().getpath(fault.element)
    return Unreadable(
        fault.sentence, place(document, number, f"{path}/@{fault.attribute}" if fault.attribute else path)
    )


def _read_report(stream: BinaryIO) -> Iterator[Report]:
    document, root = _root(stream, "report")
    try:
        report: Report = REPORT_SHAPE.read(root, Reading(), {"format": "ncmec-report"})
    except Misread as fault:
        raise _placed(document, root, fault) from None
    report.provider = provider_of(report.reporter, report.reporter_contact, report.legal_url)
    report.people.sort(key=lambda person: _ROLES[person.role])
    yield report


def _read_file(stream: BinaryIO) -> Iterator[Report]:
    document, root = _root(stream, "fileDetails")
    try:
        reference, file = read_file(root, Reading())
    except Misread as fault:
        raise _placed(document, root, fault) from None
    yield Report(format="ncmec-file-details", reference=reference, fragment=True, files=[file])


def _write_report(reports: Iterable[Report], stream: BinaryIO) -> None:
    report = _only(reports)
    if report.fragment:
        raise Unwritable("Only details of files are held, not the report they belong to.")
    if report.incident_type not in INCIDENT_TYPES.values():
        raise Unwritable(f"NCMEC has no incident type for “{report.incident_type}”.")
    if report.incident_at is None:
        raise Unwritable("The report gives no date and time of the incident, which NCMEC's must.")
    root = etree.Element("report")
    own = report if report.format == "ncmec-report" else replace(report, unknown={})
    REPORT_SHAPE.write(own, root)
    _write(root, stream)


def _write_file(reports: Iterable[Report], stream: BinaryIO) -> None:
    report = _only(reports)
    if len(report.files) != 1:
        raise Unwritable(f"A fileDetails document holds one file, and this has {len(report.files)}.")
    if not report.reference or not report.files[0].file_id:
        raise Unwritable("A fileDetails document needs the numbers of its report and of its file.")
    root = etree.Element("fileDetails")
    write_file(report.reference, report.files[0], root)
    _write(root, stream)


def _only(reports: Iterable[Report]) -> Report:
    several = list(reports)
    if len(several) != 1:
        raise Unwritable(f"An NCMEC document holds one report, and there are {len(several)}.")
    return several[0]


def _write(root: etree._Element, stream: BinaryIO) -> None:
    stream.write(etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True))


REPORT = Format("ncmec-report", "application/xml", _recognises("report"), _read_report, _write_report)
FILE_DETAILS = Format(
    "ncmec-file-details", "application/xml", _recognises("fileDetails"), _read_file, _write_file
)


def documents(report: Report) -> Iterator[tuple[str, bytes]]:
    """Every document `report` is sent as: (format name, bytes), the report first, then one for each file.

    The report's document carries no number; the files' carry `reference`. Raises Unwritable.
    """
    stream = BytesIO()
    if not report.fragment:
        REPORT.write([report], stream)
        yield REPORT.name, stream.getvalue()
    for file in report.files:
        stream = BytesIO()
        FILE_DETAILS.write([replace(report, fragment=True, files=[file])], stream)
        yield FILE_DETAILS.name, stream.getvalue()
