"""Which lists come from where: `sources.toml` in the folder of lists, a table for each list."""

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
from lapwing.sources.signatures import PublicKey

FILE = "sources.toml"
LOOPBACK = ("127.0.0.1", "localhost", "::1")
MIB = 1024 * 1024
Positive = Annotated[int, Meta(ge=1)]


class BadSources(Exception):
    """The file of sources cannot be used: where, and why."""


class Source(Struct, frozen=True, forbid_unknown_fields=True):
    """Where one list comes from. Secrets are named by the variable or file that has them."""

    address: str  # https, or http on loopback; of `ncmec` with {since}, and {until}, for the window
    kind: Literal["file", "ncmec"] = "file"
    format: str = ""  # a form of HASH_SETS; by its first bytes when empty
    columns: dict[str, str | int] = {}  # of a CSV: field = column
    dialect: str = ""
    delimiter: str = ","
    type: str = ""  # the one kind there may be, of a list that has one a line: `pdq`, `url`
    urls: UrlMeaning = AS_WRITTEN
    how: Literal["whole", "changes"] = "whole"
    skip_bad: bool = False  # without entries that cannot be taken, where policy's share are no more
    user_variable: str = ""
    password_variable: str = ""
    password_file: str = ""
    token_variable: str = ""
    token_file: str = ""
    sha256_address: str = ""  # of the document, as sha256sum writes it
    signature_address: str = ""  # of the document: as minisign writes it, or plain Ed25519
    public_key: str = ""  # whose signature it must be: as minisign prints it, or base64 of 32 bytes
    authorities: str = ""  # a file of the certificates to trust, in place of the machine's
    every_minutes: Positive = 24 * 60
    largest_mib: Positive = 1024
    longest_seconds: Positive = 1800  # a document in all
    stalled_seconds: Positive = 60  # without a byte
    begins: str = "2000-01-01T00:00:00Z"  # the first window of `ncmec`
    overlap_minutes: Annotated[int, Meta(ge=0, le=5_000_000)] = 24 * 60  # of a window with the one before

    @property
    def shown(self) -> str:
        """Its address as versions and people see it: a query may have a key in it."""
        return self.address.partition("?")[0][:200]

    @property
    def proved(self) -> bool:
        """Whether something beside it says that a document is whole."""
        return bool(self.sha256_address or self.signature_address)

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
        except ValueError as error:
            raise BadSources(f"{FILE}: [{name}]: {error}") from None
    return sources


def check_address(address: str) -> None:
    """Raises ValueError for an address that is not to be asked: not https, and not http on this machine."""
    if not address.isascii() or not address.isprintable() or " " in address:
        raise ValueError("an address is ASCII, with no spaces")
    parts = urlsplit(address)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
        raise ValueError("an address is https (or http on loopback)")
    if parts.username or parts.password:
        raise ValueError("a secret stands in an environment variable, never in an address")
    try:
        named = parts.hostname and parts.port != 0
    except ValueError:  # whose words may be a secret that stands in the wrong place
        named = ""
    if not named:
        raise ValueError("an address names a host, and a port as a number")


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
    if source.public_key:
        PublicKey.parse(source.public_key)
    _check_secrets(source)
    if source.kind == "ncmec" and "{since}" not in source.address:
        raise ValueError("the address of a paged source has {since} where the window begins")
    if source.kind == "ncmec" and (source.how != "changes" or source.proved):
        raise ValueError("pages are changes: say how = 'changes', and nothing stands beside them")
    if source.format and HASH_SETS[source.format].changes and source.how != "changes":
        raise ValueError(f"documents of {source.format!r} are changes: say how = 'changes'")
    if source.type and source.type not in (*HASH_TYPES, URL):
        raise ValueError(f"there is no type {source.type!r}: {', '.join((*HASH_TYPES, URL))}")
    source.urls.check()
    if source.mapping is not None:
        source.mapping.check()


def _check_secrets(source: Source) -> None:
    passwords = bool(source.password_variable) + bool(source.password_file)
    tokens = bool(source.token_variable) + bool(source.token_file)
    if passwords > 1 or tokens > 1:
        raise ValueError("a secret is in a variable or in a file")
    if bool(source.user_variable) != bool(passwords):
        raise ValueError("a user needs user_variable, and password_variable or password_file")
    if passwords and tokens:
        raise ValueError("a server is shown a password or a token")
