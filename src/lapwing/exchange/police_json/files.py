"""Files in the police package: names, hashes, tags and whether the company looked. Never the picture."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from lapwing.exchange.json_fields import Field, Parts, Several
from lapwing.exchange.json_tables import Stated, Table, bare, items_of, scalar
from lapwing.exchange.json_unknown import keep, keep_more
from lapwing.exchange.ncmec.files import hash_type
from lapwing.exchange.police_json.people import CAPTURES
from lapwing.exchange.values import BOOLEAN, INSTANT, PROSE, SIZE, TEXT, codes
from lapwing.report import NamedValue, ReportedFile

_HASH_LENGTHS = {32: "md5", 40: "sha1", 64: "sha256"}  # hex digits
_TAGS = codes(
    {
        word.replace("_", " ").title(): word
        for word in (
            "viral",
            "potential_meme",
            "drawing",
            "possible_self_production",
            "physical_harm",
            "infant",
        )
    }
    | {"Generative AI": "generative_ai", "Live Streaming": "live_streaming", "Violence/Gore": "violence_gore"}
)


class _VerificationHash(Struct, frozen=True):
    """`verificationHash`: one hash with its type unsaid, known by its length."""

    name: str = "verificationHash"

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name,)

    def read(self, value: Any, values: Stated, prefix: str) -> None:
        stated = scalar(TEXT, bare(value, values, prefix + self.name))
        kind = _HASH_LENGTHS.get(len(stated)) if stated and stated.isalnum() else None
        if kind:
            values.setdefault("hashes", {})[kind] = stated
        elif stated:
            keep(stated, values, prefix, self.name)

    def write(self, item: Any, out: dict[str, Any]) -> None:
        kind = _verifying(item)
        if kind:
            out[self.name] = item.hashes[kind]


class _Hashes(Struct, frozen=True):
    """The other hashes, each with its type."""

    name: str = "originalFileHashes"

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name,)

    def read(self, value: Any, values: Stated, prefix: str) -> None:
        hashes = values.setdefault("hashes", {})
        items, path = items_of(value, self.name, values, prefix + self.name)
        for item in items:
            kind = hash_type(str(item.get("hashType", ""))) if isinstance(item, dict) else ""
            if not kind or kind in hashes or set(item) != {"hashType", "value"}:
                keep_more(item, values, path)
            else:
                hashes[kind] = scalar(TEXT, item["value"]) or ""

    def write(self, item: Any, out: dict[str, Any]) -> None:
        first = _verifying(item)
        listed = [{"hashType": kind, "value": held} for kind, held in item.hashes.items() if kind != first]
        if listed:
            out[self.name] = listed


def _verifying(item: ReportedFile) -> str:
    fits = (kind for length, kind in _HASH_LENGTHS.items() if len(item.hashes.get(kind, "")) == length)
    return next((kind for kind in fits if item.hashes[kind].isalnum()), "")


class _Tags(Struct, frozen=True):
    """`ncmecTags.groups[].tags[].value`: what NCMEC's analysts marked."""

    name: str = "ncmecTags"

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name,)

    def read(self, value: Any, values: Stated, prefix: str) -> None:
        groups = value.get("groups") if isinstance(value, dict) else None
        if not isinstance(groups, list) or not all(map(_is_group, groups)):
            keep(value, values, prefix, self.name)
            return
        held = values.setdefault("annotations", [])
        for group in groups:
            for key, extra in group.items():
                if key != "tags":
                    keep(extra, values, f"{prefix}{self.name}/groups/{len(held)}/", key)
            held.extend(_TAGS.read(bare(tag, {}, "")) for tag in group["tags"])
        for key, extra in value.items():
            if key != "groups":
                keep(extra, values, f"{prefix}{self.name}/", key)

    def write(self, item: Any, out: dict[str, Any]) -> None:
        if item.annotations:
            out[self.name] = {
                "groups": [{"tags": [{"value": _TAGS.write(word)}]} for word in item.annotations]
            }


def _is_group(group: Any) -> bool:
    """Whether this is a group of tags as they usually come: words, bare or wrapped, at least one."""
    tags = group.get("tags") if isinstance(group, dict) else None
    if not isinstance(tags, list) or not tags:
        return False
    words = [tag["value"] if isinstance(tag, dict) and set(tag) == {"value"} else tag for tag in tags]
    return all(isinstance(word, str) and bool(word.strip()) for word in words)


_METADATA = Table(
    Field("name", "name", required=True),
    Field("value", "value", PROSE, required=True),
    Field("type", "kind"),
    of=NamedValue,
)


class _Metadata(Struct, frozen=True):
    """`espMetadata`: name and value pairs; anything else in its place is kept as it came."""

    name: str = "espMetadata"

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name,)

    def read(self, value: Any, values: Stated, prefix: str) -> None:
        items, _ = items_of(value, self.name, values, prefix + self.name)
        pairs = list(items)
        named = [isinstance(one, dict) and one.get("name") and one.get("value") for one in pairs]
        if not all(named):
            keep(pairs if isinstance(value, list) else value, values, prefix, self.name)
            return
        values.setdefault("details", []).extend(_METADATA.read(pair) for pair in pairs)

    def write(self, item: Any, out: dict[str, Any]) -> None:
        if item.details:
            out[self.name] = [_METADATA.write(pair) for pair in item.details]


_FILE = Table(
    Field("submittalId", "file_id", others=("fileId",)),
    Field("filename", "name"),
    Field("originalFilename", "original_name"),
    Field("mimeType", "media_type"),
    Field("fileSize", "size", SIZE),
    _VerificationHash(),
    _Hashes(),
    Field("viewedByEsp", "viewed_by_provider", BOOLEAN, said="viewed_stated", null_says=True),
    Field("exifViewedByEsp", "exif_viewed_by_provider", BOOLEAN),
    Field("publiclyAvailable", "publicly_available", BOOLEAN),
    Field("potentialMeme", "potential_meme", BOOLEAN),
    Field(
        "fileRelevance",
        "relevance",
        codes({"Reported": "reported", "Supplemental Reported": "supplemental_reported"}),
    ),
    Field("industryClassification", "industry_classification"),
    Field("uploadedToEspTimestamp", "uploaded_at", INSTANT),
    Field("locationOfFile", "location_url"),
    Field("matchedList", "known_list"),
    _Tags(),
    _Metadata(),
    CAPTURES,
    Several("additionalInformations", "notes", PROSE, others=("additionalInformation",), wrapped=True),
    of=ReportedFile,
)
FILES = Parts("uploadedFiles", "files", _FILE, inner="uploadedFiles")
