"""The identity of a report's content, and its one printed form."""

import hashlib

from msgspec.json import Encoder
from msgspec.structs import replace

from lapwing.report import Report

_encode = Encoder(order="deterministic").encode


def content_sha256(report: Report) -> str:
    """SHA-256, 64 lower-case hex digits, of the normalised content: two of the same are the same version of a
    report.

    The name of the format is left out. A field left at its default is too (`omit_defaults`), so a field added
    to the model later does not change what is already held. Mappings are sorted; lists keep the sender's
    order.
    """
    return hashlib.sha256(_encode(replace(report, format=""))).hexdigest()


def to_json(report: Report) -> bytes:
    """One line of JSON, with a newline, as `lapwing read` prints: fields in the model's order, defaults left
    out.
    """
    return _encode(report) + b"\n"
