"""A file that is handed over through the JSON API: its bytes as the body, or as the one part of a form."""

from collections.abc import Iterator
from contextlib import suppress
from typing import NamedTuple

from django.http import HttpRequest
from django.utils.http import parse_header_parameters
from multipart import parse_options_header

from lapwing.vault import Staged
from lapwing_web.intake.actions import answers
from lapwing_web.intake.actions.sealing import seal
from lapwing_web.intake.api import bodies

RAW, FORM, JSON = "application/octet-stream", "multipart/form-data", "application/json"
LONGEST_KEY = 255


class Upload(NamedTuple):
    """A sealed file, and what its sender called it."""

    staged: Staged
    name: str
    media_type: str


def kind_of(request: HttpRequest) -> str:
    """The media type of the body, in lower case and without its parameters."""
    return str(parse_options_header(request.headers.get("Content-Type", ""))[0]).strip().lower()


def document(request: HttpRequest) -> bytes:
    """A JSON body. Raises Unsupported for any other, TooLarge, BadFile."""
    kind = kind_of(request)
    if kind != JSON and not (kind.startswith("application/") and kind.endswith("+json")):
        raise answers.Unsupported(f"Send the report as {JSON}.")
    return bodies.document(request)


def idempotency_key(request: HttpRequest) -> str | None:
    """The header Idempotency-Key; None without it. Raises BadRequest for one that cannot be kept."""
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return None
    if not (0 < len(key) <= LONGEST_KEY and key.isascii() and key.isprintable()):
        raise answers.BadRequest(f"An Idempotency-Key has 1 to {LONGEST_KEY} printable ASCII characters.")
    return key


def received(request: HttpRequest, name: str, media_type: str) -> Upload:
    """Seal the file of the request as it streams. `name` and `media_type`: those of the address, if given.

    Raises Unsupported, BadRequest, BadFile, or what the vault raises; what was sealed is left for the sweep.
    """
    kind = kind_of(request)
    if kind == RAW:
        return Upload(_sealed(bodies.blocks(request)), name or disposition_name(request), media_type)
    if kind != FORM:
        raise answers.Unsupported(f"Send the file’s bytes as {RAW}, or one file as {FORM}.")
    upload: Upload | None = None
    for part in bodies.parts(request):
        if upload is not None or part.name != "file":
            raise answers.BadRequest("The form holds one part, “file”.")
        staged = _sealed(part.blocks)
        upload = Upload(staged, name or part.file_name or "", media_type or part.media_type)
    if upload is None:
        raise answers.BadRequest("The form has no part “file”.")
    return upload


def _sealed(blocks: Iterator[bytes]) -> Staged:
    first = next((block for block in blocks if block), None)
    if first is None:
        raise answers.BadRequest("There is nothing in the file.")
    return seal(_again(first, blocks))


def _again(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


def disposition_name(request: HttpRequest) -> str:
    """The file name of the header Content-Disposition: text, never a path. Empty where it says none."""
    try:
        name = parse_header_parameters(request.headers.get("Content-Disposition", ""))[1].get("filename", "")
    except (ValueError, LookupError):  # too long, or in a character set that nobody has
        return ""
    with suppress(UnicodeError):
        # A header comes as ISO-8859-1 (WSGI), and a sender that puts UTF-8 there means UTF-8.
        return name.encode("iso-8859-1").decode("utf-8")
    return name
