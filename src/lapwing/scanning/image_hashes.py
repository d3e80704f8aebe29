"""The hashes of whole images: what one keeps of its disk, and what was read here."""

import os
from typing import Any

from msgspec import Struct

from lapwing.scanning.found import locator_of
from lapwing.scanning.images import WHOLE, WHOLE_NAME, is_whole
from lapwing.scanning.state import State

DISK, FILE = "the disk in it", "the file"
VERIFIED, DIFFERS, NOT_STORED, NOT_READ = "verified", "differs", "not stored", "not read"


class ImageHashes(Struct, frozen=True, kw_only=True):
    """`outcome`: verified, differs, not stored, or not read (yet, or it cannot be: the item says why)."""

    path: str
    of: str  # the disk in it, or the file where that is the disk
    kept_md5: str | None = None
    kept_sha1: str | None = None
    md5: str | None
    sha1: str | None
    sha256: str | None
    outcome: str


def image_hashes(state: State) -> list[ImageHashes]:
    """Of every E01 and every image in segments; and of the source, where it is another image."""
    rows = state.rows(
        "select locator, parent, md5, sha1, sha256 from item"
        " where substr(path, ?) = ? order by path, locator",
        -len(WHOLE_NAME),
        WHOLE_NAME,
    )
    found = [_whole(*row) for row in rows if is_whole(locator_of(row[0])[-1])]
    source = _source(state)
    return found if source is None or any(one.path == source.path for one in found) else [source, *found]


def differing(images: list[ImageHashes]) -> str:
    """A sentence for a verdict where an image is not what it says of itself; nothing where none is."""
    wrong = sum(one.outcome == DIFFERS for one in images)
    said = f"{wrong} images differ" if wrong > 1 else "the image differs"
    return (
        f" WARNING: {said} from the hash kept when it was taken: it is damaged or was changed."
        if wrong
        else ""
    )


def _whole(locator: bytes, parent: bytes, md5: str, sha1: str, sha256: str) -> ImageHashes:
    kept = dict(
        one.split("=", 1) for one in locator_of(locator)[-1].part.removeprefix(WHOLE).split(",") if one
    )
    return ImageHashes(
        path=parent.decode("utf-8", "backslashreplace"),
        of=DISK,
        kept_md5=kept.get("md5"),
        kept_sha1=kept.get("sha1"),
        md5=md5,
        sha1=sha1,
        sha256=sha256,
        outcome=_outcome(kept, {"md5": md5, "sha1": sha1}),
    )


def _outcome(kept: dict[str, str], read: dict[str, str | None]) -> str:
    if read["md5"] is None:
        return NOT_READ
    if not kept:
        return NOT_STORED
    return VERIFIED if all(read[kind] == value for kind, value in kept.items()) else DIFFERS


def _source(state: State) -> ImageHashes | None:
    """The source, where it is one file and its files were found in it as in an image."""
    path = os.path.basename(bytes.fromhex(state.note("source") or ""))
    first = next(state.rows("select locator, path, md5, sha1, sha256 from item order by id limit 1"), None)
    if first is None or first[1] != path or len(locator_of(first[0])) != 1:
        return None
    inside: tuple[Any, ...] | None = next(
        state.rows("select locator from item where parent = ? limit 1", path), None
    )
    if inside is None or locator_of(inside[0])[1].place != "image":
        return None
    _, _, md5, sha1, sha256 = first
    return ImageHashes(
        path=path.decode("utf-8", "backslashreplace"),
        of=FILE,
        md5=md5,
        sha1=sha1,
        sha256=sha256,
        outcome=NOT_STORED if sha256 else NOT_READ,
    )
