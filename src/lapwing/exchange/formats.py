"""The formats there are, and reading a document without being told which it is."""

from collections.abc import Iterator
from io import BytesIO
from typing import BinaryIO

from lapwing.exchange import ncmec
from lapwing.exchange.bounded import LIMIT, read_all
from lapwing.exchange.format import Format
from lapwing.exchange.police_json import POLICE_JSON
from lapwing.exchange.schedule_1 import SCHEDULE_1
from lapwing.exchange.unreadable import Unreadable
from lapwing.exchange.upload_record import UPLOAD_RECORD
from lapwing.report import Report

HEAD = 64 * 2**10  # bytes that are enough to recognise any format

FORMATS: dict[str, Format] = {
    one.name: one for one in (ncmec.REPORT, ncmec.FILE_DETAILS, SCHEDULE_1, UPLOAD_RECORD, POLICE_JSON)
}


def recognise(head: bytes) -> Format | None:
    """The format of a document, from its first bytes."""
    return next((one for one in FORMATS.values() if one.recognises(head)), None)


def read(stream: BinaryIO, *, limit: int = LIMIT) -> Iterator[Report]:
    """The reports in `stream`, whichever format it is in. Raises Unreadable, also part of the way through."""
    data = read_all(stream, limit)
    found = recognise(data[:HEAD])
    if found is None:
        raise Unreadable("It is in none of the formats read here: " + ", ".join(FORMATS) + ".", "byte 0")
    yield from found.read(BytesIO(data))
