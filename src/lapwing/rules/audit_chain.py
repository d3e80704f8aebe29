"""The hash chain of the audit: what one row's hash covers, so that site and `verify-audit` cannot differ."""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from msgspec.json import Encoder

GENESIS = "0" * 64
FIELDS = (
    "position",
    "at",
    "by",
    "role",
    "organisation",
    "action",
    "about",
    "to",
    "why",
    "old",
    "new",
    "policy",
    "previous",
)
_encode = Encoder(enc_hook=str, order="sorted").encode


def canonical(value: Any) -> str:
    """The one JSON spelling of `value`: keys sorted, no spaces, non-ASCII as itself, times in ISO 8601."""
    return _encode(value).decode()


def instant(at: datetime) -> str:
    """A moment as the chain and the export spell it: ISO 8601 in UTC, with microseconds."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def chain_hash(entry: Mapping[str, Any]) -> str:
    """SHA-256 (64 lower-case hex) over FIELDS of `entry`, in order; `previous` is the hash of the row before.

    What is hashed is the UTF-8 of a JSON array of the values: `old` and `new` are canonical JSON text, `at`
    is ISO 8601 in UTC with microseconds, `position` counts from 1. Raises KeyError when a field is missing.
    """
    return hashlib.sha256(_encode([entry[name] for name in FIELDS])).hexdigest()
