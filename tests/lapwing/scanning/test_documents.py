"""Offices' documents, old and new: what lies in them is listed with its parent, and no bomb goes off."""

import hashlib
import io
import struct
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from tests.lapwing.scanning.made_ole import Storage, compound
from tests.lapwing.scanning.made_sources import picture, put
from tests.lapwing.scanning.test_archives import scanned, zipped

from lapwing.hashing.failures import CannotHash
from lapwing.scanning import ole, parts
from lapwing.scanning.found import Found, Step

OUTER = (Step("folder", b"letter.doc"),)
JPEG, PNG = picture(21, "JPEG"), picture(22)


def blip(content: bytes, kind: int, instance: int) -> bytes:
    body = bytes(16 * (1 + (instance & 1))) + b"\xff" + content
    return struct.pack("<HHI", instance << 4, kind, len(body)) + body


def drawn_jpeg(content: bytes, *, twice: bool = False) -> bytes:
    return blip(content, 0xF01D, 0x46B if twice else 0x46A)


def bitmap(seed: int) -> tuple[bytes, bytes]:
    """A picture as a BMP file, and without its header, as documents keep it."""
    file = io.BytesIO()
    Image.open(io.BytesIO(picture(seed))).convert("RGB").save(file, "BMP")
    return file.getvalue(), file.getvalue()[14:]


def workbook(drawing: bytes) -> bytes:
    """A workbook's stream: its drawing in records of at most 8,224 bytes."""
    pieces = [drawing[at : at + 8224] for at in range(0, len(drawing), 8224)]
    records = [(0x809, bytes(16)), (0xEB, pieces[0]), *((0x3C, piece) for piece in pieces[1:]), (0x0A, b"")]
    return b"".join(struct.pack("<HH", kind, len(held)) + held for kind, held in records)


def packaged(name: bytes, content: bytes) -> bytes:
    body = b"\2\0" + name + b"\0C:\\" + name + b"\0\0\0\3\0" + struct.pack("<I", 4) + b"C:\\\0"
    body += struct.pack("<I", len(content)) + content
    return struct.pack("<I", len(body)) + body


def message(name: str, content: bytes) -> Storage:
    return {"__substg1.0_3707001F": name.encode("utf-16-le"), "__substg1.0_37010102": content}


LARGE_JPEG = picture(23, "JPEG", 300)
WHOLE, BARE = bitmap(24)
DOCUMENTS: dict[str, bytes] = {
    "show.ppt": compound(
        {
            "Current User": bytes(30),
            "Pictures": drawn_jpeg(JPEG) + blip(PNG, 0xF01E, 0x6E1),
            "PowerPoint Document": b"x" * 50,
        }
    ),
    "letter.doc": compound(
        {
            "WordDocument": bytes(600),
            "Data": b"\x44\0" * 40 + drawn_jpeg(JPEG, twice=True) + b"rest" + blip(BARE, 0xF01F, 0x7A8),
            "ObjectPool": {
                "_1": {"\x01Ole10Native": packaged(b"trip.png", PNG)},
                "_2": {"Package": zipped({"word/media/a.jpg": JPEG})},
            },
        }
    ),
    "sums.xls": compound({"Workbook": workbook(b"\0" * 90 + drawn_jpeg(LARGE_JPEG))}),
    "mail.msg": compound(
        {
            "__properties_version1.0": bytes(32),
            "__attach_version1.0_#00000000": message("a/b.png", PNG),
            "__attach_version1.0_#00000001": {
                "__substg1.0_3701000D": {"__attach_version1.0_#00000000": message("notes.txt", b"dull")}
            },
        }
    ),
    "Thumbs.db": compound(
        {"Catalog": bytes(80), "1": bytes(12) + JPEG, "256_0a1b": bytes(24) + PNG, "2": b"no picture"}
    ),
    "new.docx": zipped(
        {
            "word/document.xml": b"<?xml version='1.0'?><d/>",
            "word/media/image1.jpeg": JPEG,
            "word/embeddings/o.bin": compound({"Data": drawn_jpeg(JPEG)}),
        }
    ),
    "free.odt": zipped({"mimetype": b"application/vnd.oasis.opendocument.text", "Pictures/1.png": PNG}),
    "locked.docx": compound({"EncryptionInfo": bytes(40), "EncryptedPackage": bytes(5000)}),
    "locked.doc": compound({"WordDocument": bytes(11) + b"\1" + bytes(600), "Data": drawn_jpeg(JPEG)}),
    "locked.ppt": compound(
        {"Current User": bytes(12) + struct.pack("<I", 0xF3D1C4DF), "Pictures": drawn_jpeg(JPEG)}
    ),
    "locked.xls": compound({"Workbook": struct.pack("<HHHH", 0x809, 2, 0, 0x2F) + struct.pack("<HH", 2, 0)}),
    "cut.doc": compound({"Data": bytes(5000) + drawn_jpeg(JPEG)})[:4000],
}  # fmt: skip


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Everything that a scan lists of a folder of documents."""
    folder = tmp_path_factory.mktemp("documents")
    for name, content in DOCUMENTS.items():
        put(folder / "d", name, content)
    return scanned(folder / "d", folder / "out")


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("show.ppt/Pictures/1", JPEG),
        ("show.ppt/Pictures/2", PNG),
        ("letter.doc/Data/1", JPEG),
        ("letter.doc/ObjectPool/_1/\x01Ole10Native/trip.png", PNG),
        ("letter.doc/ObjectPool/_2/Package/word/media/a.jpg", JPEG),
        ("sums.xls/Workbook/1", LARGE_JPEG),
        ("mail.msg/__attach_version1.0_#00000000/__substg1.0_37010102/a/b.png", PNG),
        ("Thumbs.db/1", JPEG),
        ("Thumbs.db/256_0a1b", PNG),
        ("new.docx/word/media/image1.jpeg", JPEG),
        ("new.docx/word/embeddings/o.bin/Data/1", JPEG),
        ("free.odt/Pictures/1.png", PNG),
    ],
)
def test_a_picture_of_a_document_has_the_hash_of_the_file_that_was_put_in(
    found: dict[str, Any], path: str, content: bytes
) -> None:
    one = found[path]
    assert one["sha256"] == hashlib.sha256(content).hexdigest()
    assert one["size"] == len(content)
    assert len(one["pdq"]) == 64
    assert one["rewritten"] is False
    assert path.startswith(f"{one['parent']}/")
    assert found[one["parent"]]["sha256"]


def test_a_bitmap_that_lost_its_header_is_looked_at_and_marked_as_rewritten(found: dict[str, Any]) -> None:
    one = found["letter.doc/Data/2"]
    assert one["rewritten"] is True
    assert one["sha256"] == hashlib.sha256(WHOLE).hexdigest()  # as the same picture is written by others
    assert len(one["pdq"]) == 64


def test_what_is_no_picture_is_listed_only_as_an_attachment(found: dict[str, Any]) -> None:
    inner = "mail.msg/__attach_version1.0_#00000001/__substg1.0_3701000D/__attach_version1.0_#00000000"
    assert found[f"{inner}/__substg1.0_37010102/notes.txt"]["kind"] == "other"
    assert [path for path in found if path.startswith("Thumbs.db/")] == ["Thumbs.db/1", "Thumbs.db/256_0a1b"]


@pytest.mark.parametrize("name", ["locked.docx", "locked.doc", "locked.ppt", "locked.xls"])
def test_an_encrypted_document_says_so_and_is_hashed(found: dict[str, Any], name: str) -> None:
    assert found[name]["failure"]["reason"] == "encrypted"
    assert found[name]["sha256"] == hashlib.sha256(DOCUMENTS[name]).hexdigest()
    assert not [path for path in found if path.startswith(f"{name}/")]


def test_a_document_that_breaks_off_is_a_failure(found: dict[str, Any]) -> None:
    assert found["cut.doc"]["failure"]["reason"] == "damaged"
    assert found["cut.doc"]["sha256"]


def walked(content: bytes) -> list[Found]:
    outer = (Step("folder", hashlib.sha256(content).digest()),)
    return list(ole.walk_ole(lambda _: io.BytesIO(content), outer, b"letter.doc"))


def test_a_chain_of_sectors_that_bites_its_tail_ends() -> None:
    content = bytearray(compound({"Data": drawn_jpeg(JPEG) + bytes(9000)}))
    struct.pack_into("<I", content, content.rfind(struct.pack("<3I", 1, 2, 3)) + 8, 0)
    assert sum(one.size or 0 for one in walked(bytes(content))) < len(content)


def test_folders_that_lie_in_themselves_end() -> None:
    content = bytearray(compound({"S": {"Data": drawn_jpeg(JPEG)}, "T": {"Data": drawn_jpeg(JPEG)}}))
    struct.pack_into("<I", content, content.find("S".encode("utf-16-le") + bytes(62)) + 76, 1)
    assert len(walked(bytes(content))) <= 2


def test_streams_that_share_their_sectors_are_a_bomb(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "LARGE", 100_000)
    monkeypatch.setattr(parts, "RATIO", 1)
    honest = compound({"Pictures": drawn_jpeg(LARGE_JPEG), **{f"S{n}": {"Pictures": b""} for n in range(90)}})
    content, name = bytearray(honest), "Pictures".encode("utf-16-le").ljust(64, b"\0")
    first = at = content.find(name)
    while (at := content.find(name, at + 1)) > 0:
        content[at + 116 : at + 128] = content[first + 116 : first + 128]
    assert len(walked(honest)) == 1
    with pytest.raises(CannotHash, match="unpacks"):
        walked(bytes(content))


def test_a_document_that_says_it_unpacks_to_too_much_is_not_unpacked(tmp_path: Path) -> None:
    content = bytearray(zipped({"word/media/1.png": PNG, "word/media/2.png": bytes(1 << 20)}))
    struct.pack_into("<I", content, content.rfind(b"PK\1\2") + 24, 0xFFFFFFF0)
    put(tmp_path / "d", "bomb.docx", bytes(content))
    found = scanned(tmp_path / "d", tmp_path / "out")
    assert found["bomb.docx/word/media/2.png"]["failure"]["reason"] == "bomb"
    assert found["bomb.docx/word/media/1.png"]["sha256"] == hashlib.sha256(PNG).hexdigest()
