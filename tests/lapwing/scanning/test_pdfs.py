"""PDFs: a JPEG in one has the hash of its file, what else is a picture is looked at, and no bomb goes off."""

import hashlib
import io
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import typst
from PIL import Image
from pypdf import PdfReader, PdfWriter
from tests.lapwing.scanning.made_sources import picture, put
from tests.lapwing.scanning.test_archives import scanned

from lapwing.hashing.failures import CannotHash
from lapwing.hashing.pdq import pdq_of
from lapwing.scanning import parts, pdfs
from lapwing.scanning.found import Found, Locator, Step

JPEG, PNG = picture(41, "JPEG", 128), picture(42, "PNG", 128)
RGB = np.asarray(Image.open(io.BytesIO(PNG)).convert("RGB"))
SIZED = b"/Subtype /Image /BitsPerComponent 8 /ColorSpace /DeviceRGB /Width %d /Height %d"
PIXELS = SIZED % (RGB.shape[1], RGB.shape[0])


def pdf(*objects: tuple[bytes, bytes | None]) -> bytes:
    """A PDF of one empty page and these objects, each a dictionary and what it holds; the first is 4."""
    first = [b"/Type /Catalog /Pages 2 0 R", b"/Type /Pages /Kids [3 0 R] /Count 1"]
    first.append(b"/Type /Page /Parent 2 0 R /MediaBox [0 0 9 9]")
    made, places = io.BytesIO(b"%PDF-1.7\n"), []
    made.seek(0, io.SEEK_END)
    for number, (said, held) in enumerate([*((one, None) for one in first), *objects], 1):
        places.append(made.tell())
        length = b"" if held is None else b" /Length %d" % len(held)
        body = b"" if held is None else b"stream\n" + held + b"\nendstream\n"
        made.write(b"%d 0 obj\n<< " % number + said + length + b" >>\n" + body + b"endobj\n")
    start = made.tell()
    made.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(places) + 1))
    made.writelines(b"%010d 00000 n \n" % place for place in places)
    made.write(b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(places) + 1, start))
    return made.getvalue()


MADE = pdf(
    (SIZED % (160, 128) + b" /Filter /DCTDecode", JPEG),
    (SIZED % (160, 128) + b" /Filter [/FlateDecode /DCTDecode]", zlib.compress(JPEG)),
    (PIXELS + b" /Filter /FlateDecode", zlib.compress(RGB.tobytes())),
    (b"/Type /EmbeddedFile /Filter /FlateDecode", zlib.compress(PNG)),
    (PIXELS + b" /Filter /FlateDecode", b"not packed at all"),
    (b"/Filter /FlateDecode", zlib.compress(b"0 0 m")),
)


def typeset(folder: Path) -> bytes:
    """A PDF as somebody else's program makes it."""
    put(folder, "a.jpg", JPEG)
    put(folder, "b.png", PNG)
    page = put(folder, "page.typ", b'#image("a.jpg")\n#image("b.png")\n')
    return bytes(typst.compile(page))


def locked(password: str) -> bytes:
    writer, file = PdfWriter(PdfReader(io.BytesIO(MADE))), io.BytesIO()
    for number in (4, 6):
        writer._add_object(PdfReader(io.BytesIO(MADE)).get_object(number))  # of no page: it is not copied
    writer.encrypt(password, "owner", algorithm="AES-256")
    writer.write(file)
    return file.getvalue()


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Everything that a scan lists of a folder of PDFs."""
    folder = tmp_path_factory.mktemp("pdfs")
    files = {
        "made.pdf": MADE,
        "typeset.pdf": typeset(folder / "typst"),
        "moved.pdf": b"something before it\n" + MADE,
        "cut.pdf": MADE[: MADE.index(b"7 0 obj")],
        "locked.pdf": locked("secret"),
        "opens.pdf": locked(""),
        "none.pdf": b"%PDF-1.7 and nothing more",
    }
    for name, content in files.items():
        put(folder / "d", name, content)
    return scanned(folder / "d", folder / "out")


@pytest.mark.parametrize("name", ["made.pdf", "moved.pdf", "cut.pdf"])
def test_a_jpeg_of_a_pdf_has_the_hash_of_the_file_that_was_put_in(found: dict[str, Any], name: str) -> None:
    for number in (4, 5):
        one = found[f"{name}/object-{number}.jpg"]
        assert one["sha256"] == hashlib.sha256(JPEG).hexdigest()
        assert (one["parent"], one["rewritten"], len(one["pdq"])) == (name, False, 64)


def test_any_other_picture_is_looked_at_and_marked_as_rewritten(found: dict[str, Any]) -> None:
    one = found["made.pdf/object-6.bmp"]
    assert (one["rewritten"], one["type"]) == (True, "image/bmp")
    assert one["pdq"] == pdq_of(RGB).value.hex()


def test_a_file_that_is_attached_is_that_file(found: dict[str, Any]) -> None:
    assert found["made.pdf/object-7"]["sha256"] == hashlib.sha256(PNG).hexdigest()


def test_what_cannot_be_read_is_a_failure_of_its_own(found: dict[str, Any]) -> None:
    assert found["made.pdf/object-8.bmp"]["failure"]["reason"] == "damaged"
    assert found["made.pdf"]["failure"] is None
    assert found["none.pdf"]["failure"]["reason"] == found["cut.pdf"]["failure"]["reason"] == "damaged"


def test_a_pdf_of_another_program_gives_the_pictures_that_were_put_in(found: dict[str, Any]) -> None:
    inside = [one for path, one in found.items() if path.startswith("typeset.pdf/")]
    assert hashlib.sha256(JPEG).hexdigest() in {one["sha256"] for one in inside}
    assert pdq_of(RGB).value.hex() in {one["pdq"] for one in inside if one["rewritten"]}


def test_an_encrypted_pdf_says_so_and_one_that_anybody_can_open_is_opened(found: dict[str, Any]) -> None:
    assert found["locked.pdf"]["failure"]["reason"] == "encrypted"
    assert found["locked.pdf"]["sha256"]
    opened = [one for path, one in found.items() if path.startswith("opens.pdf/")]
    assert hashlib.sha256(JPEG).hexdigest() in {one["sha256"] for one in opened}


def walked(content: bytes) -> list[Found]:
    return list(pdfs.walk_pdf(lambda _: io.BytesIO(content), outer_of(content), b"x.pdf"))


def outer_of(content: bytes) -> Locator:
    return (Step("folder", hashlib.sha256(content).digest()),)


def opened(content: bytes, one: Found) -> bytes:
    with pdfs.open_pdf(lambda _: io.BytesIO(content), outer_of(content), one.locator[-1]) as file:
        return file.read()


BOMB = zlib.compress(bytes(1 << 25))


@pytest.mark.parametrize(
    ("said", "held"),
    [
        (PIXELS + b" /Filter /FlateDecode", BOMB),
        (PIXELS + b" /Filter [/FlateDecode /FlateDecode]", zlib.compress(BOMB)),
        (PIXELS + b" /Filter [%s]" % (b"/FlateDecode " * 9), BOMB),
        (PIXELS + b" /Filter [/RunLengthDecode /FlateDecode]", BOMB),
        (SIZED % (99_999, 9_999) + b" /Filter /FlateDecode", BOMB),
        (PIXELS + b" /Filter /FlateDecode /SMask 4 0 R", BOMB),
        (b"/Type /EmbeddedFile /Filter /FlateDecode", BOMB),
    ],
)
def test_a_bomb_in_a_pdf_is_not_unpacked(said: bytes, held: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name, value in pdfs._LIMITS.items() if value == pdfs.DECODED]:
        monkeypatch.setitem(pdfs._LIMITS, name, 1 << 20)
    content = pdf((said, held))
    [one] = walked(content)
    with pytest.raises(CannotHash):
        opened(content, one)


def test_pictures_that_would_be_too_many_bytes_together_are_a_bomb(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "LARGE", 1 << 20)
    content = pdf(*[(SIZED % (20_000, 10_000) + b" /Filter /FlateDecode", BOMB)] * 3)
    with pytest.raises(CannotHash, match="unpacks"):
        walked(content)


def test_objects_that_refer_to_themselves_end() -> None:
    content = pdf((b"/Subtype /Image /Width 5 0 R /Height 5 0 R /Filter 5 0 R", b"x"), (b"/A 5 0 R", None))
    with pytest.raises(CannotHash, match="1 objects"):
        walked(content)
