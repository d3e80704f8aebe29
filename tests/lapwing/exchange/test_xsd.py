"""The schema that is served: it takes every sample and all that is written, and refuses what is refused."""

from io import BytesIO
from pathlib import Path

import pytest
from lxml import etree
from tests.lapwing.exchange.builders import typical, written

from lapwing.exchange import Unreadable
from lapwing.exchange.ncmec import documents
from lapwing.exchange.ncmec.documents import FILE_DETAILS, REPORT
from lapwing.exchange.ncmec.replies import DoneReply, Reply, write_reply
from lapwing.exchange.ncmec.xsd import schema

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
NEWER = "newer-client.xml"  # holds elements that no schema of today names: read, and kept as unknown
FILES = [
    path
    for folder in ("ncmec-report", "ncmec-file-details")
    for path in sorted((SAMPLES / folder).iterdir())
    if path.name != NEWER
]
REFUSED = [
    ("<report/>", "no incident"),
    ("<report><incidentSummary/></report>", "neither type nor time"),
    (
        "<report><incidentSummary><incidentType>Child Sex Tourism</incidentType></incidentSummary></report>",
        "no time",
    ),
    (
        "<report><incidentSummary><incidentType>Other</incidentType>"
        "<incidentDateTime>2026-11-24T10:00:00Z</incidentDateTime></incidentSummary></report>",
        "an incident type that is none",
    ),
    ("<fileDetails><reportId>1</reportId></fileDetails>", "no file"),
]


def compiled() -> etree.XMLSchema:
    return etree.XMLSchema(etree.fromstring(schema()))


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_sample_is_valid(path: Path) -> None:
    compiled().assertValid(etree.parse(path))


def test_what_is_written_is_valid() -> None:
    for _, document in documents(typical()):
        compiled().assertValid(etree.fromstring(document))
    for reply in (
        Reply(0, "Success", "1000000001", "0" * 32, "0" * 32),
        DoneReply(0, "1000000001", ["0" * 32]),
    ):
        compiled().assertValid(etree.fromstring(write_reply(reply)))
    assert written(typical(), "ncmec-report")


@pytest.mark.parametrize(("document", "why"), REFUSED, ids=[why for _, why in REFUSED])
def test_what_is_refused_is_not_valid(document: str, why: str) -> None:
    form = REPORT if document.startswith("<report") else FILE_DETAILS
    with pytest.raises(Unreadable):
        list(form.read(BytesIO(document.encode())))
    assert not compiled().validate(etree.fromstring(document)), why
