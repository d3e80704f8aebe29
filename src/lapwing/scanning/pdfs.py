"""PDFs: the pictures and the files that their objects hold, whether a page shows them or not.

pypdf (the extra `scanning`) reads them, with limits of its own that are set here. A picture that a PDF keeps
as a JPEG or JPEG 2000 file is that file, byte for byte. Of any other there is no file: it is decoded and
written as a bitmap, so that it can be looked at, and is marked as rewritten.
"""

import io
import re
from collections.abc import Iterator
from typing import Any, BinaryIO

from lapwing.hashing.failures import CannotHash
from lapwing.scanning.found import Found, Locator, Step
from lapwing.scanning.parts import Budget, Kept, Opening, buffered, size_of

NAMES = re.compile(rb"\.pdf\Z", re.I)
LONGEST = 1 << 30  # bytes of a PDF, and ...
DECODED = 1 << 28  # ... of one thing in it
SEARCHED = 1 << 32  # bytes that are searched for objects which are not where the PDF says
JPEG, JPX, DRAWN, FILE = "jpg", "jp2", "bmp", "file"
_FILTERS = {"/DCTDecode": JPEG, "/DCT": JPEG, "/JPXDecode": JPX}
_LIMITS: dict[str, Any] = {
    "maximum_declared_stream_length": DECODED,
    "zlib_maximum_output_length": DECODED,
    "lzw_maximum_output_length": DECODED,
    "run_length_maximum_output_length": DECODED,
    "image_maximum_buffer_size": DECODED,
    "stream_decoding_work_maximum_length": 2 * DECODED,
    "stream_filters_maximum_length": 4,
    "jbig2dec_binary": None,  # no other program is started
}
_END = b"\nstartxref\n0\n%%EOF\n"  # what makes pypdf search for objects where a PDF breaks off
_readers: Kept[tuple[Any, bool]] = Kept()


def is_pdf(name: bytes, head: bytes) -> bool:
    """Whether a file which begins so is a PDF: readers look for the mark in its first kilobyte."""
    return re.search(rb"%PDF-\d", head[:1024]) is not None


def walk_pdf(opening: Opening, outer: Locator, path: bytes) -> Iterator[Found]:
    """Every object that is a picture or a file, by number. Those that cannot be read are said at the end."""
    reader, whole = _opened(opening, outer)
    budget, failed, searched = Budget(size := size_of(reader.stream)), 0, 0
    for generation, number in sorted((one, place) for one in reader.xref for place in reader.xref[one]):
        if not _in_place(reader, generation, number):
            searched += size
            if searched > SEARCHED:
                raise CannotHash("partly_read", f"from object {number} on")
        try:
            found = _held(_object(reader, generation, number))
        except MemoryError:
            raise
        except Exception:  # pypdf raises whatever it comes to
            failed += 1
            continue
        if found is None:
            continue
        way, bytes_of = found
        budget.take(bytes_of)
        below = f"object-{number}{f'-{generation}' if generation else ''}{'' if way == FILE else f'.{way}'}"
        yield Found(
            path=path + b"/" + below.encode(),
            locator=(*outer, Step("pdf", below.encode(), number, f"{generation}+{way}")),
            parent=path,
            rewritten=way == DRAWN,
        )
    if not whole:
        raise CannotHash("damaged", "its end is missing, and what is left was searched for objects")
    if failed:
        raise CannotHash("damaged", f"{failed} objects cannot be read")


def open_pdf(opening: Opening, outer: Locator, step: Step) -> BinaryIO:
    """One picture or file."""
    reader, _ = _opened(opening, outer)
    generation, _, way = step.part.partition("+")
    held = _object(reader, int(generation), step.number)
    try:
        return io.BytesIO(_bitmap(held) if way == DRAWN else held.get_data())
    except NotImplementedError as error:
        raise CannotHash("unsupported_format", str(error)[:200]) from error
    except (CannotHash, MemoryError):
        raise
    except Exception as error:
        if isinstance(error, OSError) and error.errno is not None:  # Pillow's have no number
            raise
        raise CannotHash("damaged", type(error).__name__) from error


def _opened(opening: Opening, outer: Locator) -> tuple[Any, bool]:
    """The reader, and whether the PDF has its end."""
    try:
        import pypdf
        from pypdf import overwrite_configuration
    except ImportError:
        raise CannotHash("no_scanning") from None

    def opened() -> tuple[Any, bool]:
        file = buffered(opening(outer))
        if (size := size_of(file)) > LONGEST:
            raise CannotHash("too_large", f"a PDF of {size} bytes")
        try:
            reader, whole = pypdf.PdfReader(file), True
        except pypdf.errors.PyPdfError:
            file.seek(0)
            reader, whole = pypdf.PdfReader(io.BytesIO(file.read() + _END)), False
        if reader.is_encrypted and not reader.decrypt(""):
            raise CannotHash("encrypted")
        return reader, whole

    overwrite_configuration(**_LIMITS)
    return _readers.of(outer, opened)


def _in_place(reader: Any, generation: int, number: int) -> bool:
    """Whether an object is where the PDF says. Where it is not, pypdf searches all of the file for it."""
    reader.stream.seek(reader.xref[generation][number])
    return re.match(rb"\s*0*%d\s+0*%d\s*obj" % (number, generation), reader.stream.read(64)) is not None


def _object(reader: Any, generation: int, number: int) -> Any:
    """One object; its content is not kept, as the reader keeps everything else."""
    from pypdf.generic import IndirectObject

    held = reader.get_object(IndirectObject(number, generation, reader))
    reader.resolved_objects.pop((generation, number), None)
    return held


def _held(held: Any) -> tuple[str, int] | None:
    """In which way an object holds a picture or a file, and how many bytes that may be."""
    if not hasattr(held, "get_data"):
        return None
    if held.get("/Type") == "/EmbeddedFile":
        return FILE, len(held._data)
    if held.get("/Subtype") != "/Image":
        return None
    filters = held.get("/Filter", [])
    last = (filters[-1] if filters else "") if isinstance(filters, list) else filters
    if (way := _FILTERS.get(str(last))) is not None:
        return way, len(held._data)
    pixels = max(0, int(held["/Width"])) * max(0, int(held["/Height"]))
    return DRAWN, max(len(held._data), pixels // 8)  # a fax packs white paper a thousand times


def _bitmap(held: Any) -> bytes:
    """A picture, decoded and written as a bitmap file: every time the same bytes."""
    if int(held["/Width"]) * int(held["/Height"]) > DECODED:
        raise CannotHash("too_many_pixels")
    picture = held.decode_as_image()
    if picture is None:
        raise CannotHash("unsupported_pixels")
    if picture.mode not in ("L", "RGB"):
        picture = picture.convert("L" if picture.mode == "1" else "RGB")
    file = io.BytesIO()
    picture.save(file, "BMP")
    return file.getvalue()
