"""Which lists come from where: `sources.toml` in the folder of lists, a table for each list."""

import base64
import binascii
import os
import tomllib
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta, Struct

from lapwing.exchange.hash_sets import HASH_SETS
from lapwing.exchange.hash_sets.columns import URL, Mapping
from lapwing.exchange.hash_sets.url_lines import AS_WRITTEN, UrlMeaning
from lapwing.hashing import HASH_TYPES
from lapwing.matching.versions import NAME

FILE = "sources.toml"
LOOPBACK = ("127.0.0.1", "localhost", "::1")
MIB = 1024 * 1024
Positive = Annotated[int, Meta(ge=1)]


class BadSources(Exception):
    """The file of sources cannot be used: where, and why."""


class Source(Struct, frozen=True, forbid_unknown_fields=True):
    """Where one list comes from. Secrets are named by the environment variable that has them."""

    address: str  # https, or http on loopback; of `ncmec` with {since} where the window begins
    kind: Literal["file", "ncmec"] = "file"
    format: str = ""  # a form of HASH_SETS; by its first bytes when empty
    columns: dict[str, str | int] = {}  # of a CSV: field = column
    dialect: str = ""
    delimiter: str = ","
    type: str = ""  # the one kind there may be, of a list that has one a line: `pdq`, `url`
    urls: UrlMeaning = AS_WRITTEN
    how: Literal["whole", "changes"] = "whole"
    user_variable: str = ""
    password_variable: str = ""
    token_variable: str = ""
    sha256_address: str = ""  # of the document, as sha256sum writes it
    signature_address: str = ""  # of the document: Ed25519, 64 bytes or their base64
    public_key: str = ""  # base64 of 32 bytes: whose signature it must be
    every_minutes: Positive = 24 * 60
    largest_mib: Positive = 1024
    longest_seconds: Positive = 1800  # a document in all
    stalled_seconds: Positive = 60  # without a byte
    begins: str = "2000-01-01T00:00:00Z"  # the first window of `ncmec`
    overlap_minutes: int = 24 * 60  # a window begins so long before the last one's latest entry

    def headers(self) -> dict[str, str]:
        """What says who asks. Raises BadSources when a variable that is named is not set."""
        if self.token_variable:
            return {"authorization": f"Bearer {_secret(self.token_variable)}"}
        if self.user_variable:
            said = f"{_secret(self.user_variable)}:{_secret(self.password_variable)}"
            return {"authorization": f"Basic {base64.b64encode(said.encode()).decode()}"}
        return {}

    @property
    def mapping(self) -> Mapping | None:
        """The declared columns; None where none are."""
        return Mapping(self.columns, self.dialect, self.delimiter, self.urls) if self.columns else None


def read_sources(lists: Path) -> dict[str, Source]:
    """Every source by the name of its list; none where there is no file. Raises BadSources, OSError."""
    path = lists / FILE
    if not path.exists():
        return {}
    try:
        sources = msgspec.convert(tomllib.loads(path.read_text()), dict[str, Source])
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as error:
        raise BadSources(f"{FILE}: {error}") from None
    for name, source in sources.items():
        try:
            _check(name, source)
        except (ValueError, binascii.Error) as error:
            raise BadSources(f"{FILE}: [{name}]: {error}") from None
    return sources


def check_address(address: str) -> None:
    """Raises ValueError for an address that is not to be asked: not https, and not http on this machine."""
    parts = urlsplit(address)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
        raise ValueError("an address is https (or http on loopback)")
    if parts.username or parts.password:
        raise ValueError("a secret stands in an environment variable, never in an address")
    if not parts.hostname:
        raise ValueError("an address names a host")


def _check(name: str, source: Source) -> None:
    if not NAME.fullmatch(name):
        raise ValueError("a list's name is small letters, digits, - and _, at most 64")
    for address in (source.address, source.sha256_address, source.signature_address):
        if address:
            check_address(address)
    if source.format and source.format not in HASH_SETS:
        raise ValueError(f"there is no format {source.format!r}: {', '.join(HASH_SETS)}")
    if bool(source.signature_address) != bool(source.public_key):
        raise ValueError("a signature needs signature_address and public_key")
    if source.public_key and len(base64.b64decode(source.public_key, validate=True)) != 32:
        raise ValueError("public_key is the base64 of 32 bytes")
    if bool(source.user_variable) != bool(source.password_variable):
        raise ValueError("a user needs user_variable and password_variable")
    if source.kind == "ncmec" and "{since}" not in source.address:
        raise ValueError("the address of a paged source has {since} where the window begins")
    if source.type and source.type not in (*HASH_TYPES, URL):
        raise ValueError(f"there is no type {source.type!r}: {', '.join((*HASH_TYPES, URL))}")
    source.urls.check()
    if source.mapping is not None:
        source.mapping.check()


def _secret(variable: str) -> str:
    value = os.environ.get(variable, "")
    if not value:
        raise BadSources(f"{variable} is not set")
    return value
