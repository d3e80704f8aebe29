"""NCMEC's `fileDetails` document as a table, with the two steps that only files need: hashes and groups of
metadata.
"""

from __future__ import annotations

from itertools import groupby
from typing import Any

from lxml.etree import SubElement, _Element
from msgspec import Struct

from lapwing.exchange.ncmec.parts import DEVICES, IP_EVENTS
from lapwing.exchange.values import BOOLEAN, INSTANT, PROSE, TEXT, codes
from lapwing.exchange.xml_tables import Flags, Leaf, Shape, Values
from lapwing.exchange.xml_unknown import Misread, Reading, graft, legal
from lapwing.report import NamedValue, ReportedFile

_ANNOTATIONS = {
    "animeDrawingVirtualHentai": "drawing",
    "potentialMeme": "potential_meme",
    "viral": "viral",
    "possibleSelfProduction": "possible_self_production",
    "physicalHarm": "physical_harm",
    "violenceGore": "violence_gore",
    "bestiality": "bestiality",
    "liveStreaming": "live_streaming",
    "infant": "infant",
    "generativeAi": "generative_ai",
}
_RELEVANCE = codes({"Reported": "reported", "Supplemental Reported": "supplemental_reported"})
_CLASSIFICATION = codes({name: name for name in ("A1", "A2", "B1", "B2")})
_HASH_NAMES = {"md5": "MD5", "sha1": "SHA1", "sha256": "SHA256", "pdq": "PDQ", "photodna": "PhotoDNA"}
_METADATA = codes({"EXIF": "EXIF", "HASH": "HASH"})


def hash_type(stated: str) -> str:
    """Our name of a hash type however it is spelt: `SHA-256` is sha256."""
    return stated.strip().lower().replace("-", "").replace("_", "").replace(" ", "")


class Hashes(Struct, frozen=True):
    """`originalFileHash`: one value a type. A second value of a type is kept as unknown, not in the first
    one's place.
    """

    name: str = "originalFileHash"

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name,)

    def read(self, element: _Element, values: Values, reading: Reading, prefix: str) -> None:
        kind = hash_type(element.get("hashType") or "")
        if not kind:
            raise Misread(element, "hashType is missing.")
        hashes: dict[str, str] = values.setdefault("hashes", {})
        if kind in hashes or len(element) or len(element.keys()) > 1:
            reading.keep(element, values, prefix, additional=True)
        else:
            hashes[kind] = TEXT.read(element.text or "")

    def write(self, item: Struct, element: _Element) -> None:
        hashes: dict[str, str] = getattr(item, "hashes")  # noqa: B009
        for kind, value in hashes.items():
            child = SubElement(element, self.name)
            child.text = legal(value)
            child.set("hashType", legal(_HASH_NAMES.get(kind, kind)))


_PAIR = Shape(
    Leaf("name", "name", required=True), Leaf("value", "value", PROSE, required=True), of=NamedValue
)


class Details(Struct, frozen=True):
    """`details`: groups of name and value; a run of one kind is one group."""

    name: str = "details"

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name,)

    def read(self, element: _Element, values: Values, reading: Reading, prefix: str) -> None:
        others = [name for name in element.keys() if name != "type"]  # noqa: SIM118 — not a mapping
        if others or any(child.tag != "nameValuePair" for child in element):
            reading.keep(element, values, prefix, additional=True)
            return
        kind = _METADATA.read(element.get("type") or "")
        for child in element:
            values.setdefault("details", []).append(_PAIR.read(child, reading, {"kind": kind}))

    def write(self, item: Struct, element: _Element) -> None:
        details: list[NamedValue] = getattr(item, "details")  # noqa: B009
        for kind, pairs in groupby(details, key=lambda pair: pair.kind):
            group = SubElement(element, self.name)
            if kind:
                group.set("type", legal(kind))
            for pair in pairs:
                _PAIR.write(pair, SubElement(group, "nameValuePair"))


_FILE = Shape(
    Leaf("fileId", "file_id", required=True, filled=True),
    Leaf("fileName", "name"),
    Leaf("originalFileName", "original_name"),
    Leaf("uploadedToEspTimestamp", "uploaded_at", INSTANT),
    Leaf("locationOfFile", "location_url"),
    Leaf("fileViewedByEsp", "viewed_by_provider", BOOLEAN, said="viewed_stated"),
    Leaf("exifViewedByEsp", "exif_viewed_by_provider", BOOLEAN),
    Leaf("publiclyAvailable", "publicly_available", BOOLEAN),
    Leaf("fileRelevance", "relevance", _RELEVANCE),
    Leaf("potentialMeme", "potential_meme", BOOLEAN),
    Flags("fileAnnotations", "annotations", _ANNOTATIONS),
    Leaf("industryClassification", "industry_classification", _CLASSIFICATION),
    Hashes(),
    IP_EVENTS,
    DEVICES,
    Details(),
    Leaf("additionalInfo", "notes", PROSE, many=True),
    of=ReportedFile,
)


class _ReportId(Struct, frozen=True):
    """`reportId`, read into the report rather than the file."""

    name: str = "reportId"
    into: str = "reference"
    required: bool = True

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name,)

    def read(self, element: _Element, values: Values, reading: Reading, prefix: str) -> None:
        Leaf(self.name, self.into, filled=True).read(element, values, reading, prefix)

    def write(self, item: Any, element: _Element) -> None:
        """Written by `write_file`, which knows the report."""


DOCUMENT = Shape(_ReportId(), *_FILE.children)


def read_file(root: _Element, reading: Reading) -> tuple[str, ReportedFile]:
    """The number of the report, and the file, that a `fileDetails` element states."""
    values: Values = {}
    DOCUMENT.fill(root, values, reading, "")
    reference: str = values.pop("reference")
    return reference, ReportedFile(**values)


def write_file(reference: str, file: ReportedFile, root: _Element) -> None:
    """Put a file into an empty `fileDetails` element."""
    SubElement(root, "reportId").text = legal(reference)
    _FILE.put(file, root)
    if file.unknown:
        graft(file.unknown, root)
