"""The hash chain of the audit: what one row's hash covers, so that the site and `lapwing verify-audit` cannot differ."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

GENESIS = "0" * 64
FIELDS = (
    "position",
    "at",
    "by",
    "role",
    "organisation",
    "action",
    "about",
    "why",
    "old",
    "new",
    "policy",
    "previous",
)


def canonical(value: Any) -> str:
    """The one JSON spelling of `value`: keys sorted, no spaces, non-ASCII as itself."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)


def chain_hash(entry: Mapping[str, Any]) -> str:
    """SHA-256 (64 lower-case hex) over FIELDS of `entry`, in order; `previous` is the hash of the row before.

    `old` and `new` are canonical JSON text, `at` is ISO 8601 in UTC, `position` counts from 1.
    Raises KeyError when a field is missing.
    """
    return hashlib.sha256(canonical([entry[name] for name in FIELDS]).encode()).hexdigest()
