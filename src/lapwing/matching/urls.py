"""The one form in which a URL is compared, by the URL standard (WHATWG, read by Ada). docs/url-lists.md.

    canonical("HTTPS://user@B\u00fccher.example:443/a/../%7eb?q#top")   # https://xn--bcher-kva.example/~b?q

Nothing is fetched and no redirect is followed: this is about what is written.
"""

import re

import ada_url
from msgspec import Struct

LONGEST = 65_536  # characters of a URL that is read
LONGEST_HOST, LONGEST_LABEL = 253, 63  # characters: DNS, RFC 1035 section 2.3.4
DEFAULT_PORTS = {"http": "80", "https": "443"}
AROUND = "".join(map(chr, range(0x21)))  # what the standard takes from both ends
_NOWHERE = str.maketrans("", "", "\t\n\r")  # what it takes out wherever it stands
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
# What RFC 3986 lets stand in a path or query; but % begins an escape, and * marks a rule (url_rules.py).
_OTHER = re.compile(r"%([0-9A-Fa-f]{2})|[^A-Za-z0-9._~!$&'()+,;=:@/?-]")
_UNRESERVED = re.compile(r"[A-Za-z0-9._~-]")


class NotAUrl(ValueError):
    """A text that is no URL that a list can hold or be asked about. Its sentence never repeats the text."""


class Url(Struct, frozen=True):
    """The parts of a canonical URL."""

    scheme: str  # http or https
    host: str
    port: str  # "" for the scheme's own
    path: str  # begins with /
    query: str  # "" or begins with ?
    fragment: bool = False  # whether there was one
    address: bool = False  # the host is an IP address, and no name

    @property
    def place(self) -> str:
        """Host and port."""
        return f"{self.host}:{self.port}" if self.port else self.host


def canonical(text: str) -> str:
    """The canonical form of a URL with its scheme. Raises NotAUrl."""
    url = read_url(text)
    return f"{url.scheme}://{url.place}{url.path}{url.query}"


def read_url(text: str) -> Url:
    """The parts of a URL with its scheme, in canonical form. Raises NotAUrl."""
    if len(text) > LONGEST:
        raise NotAUrl(f"it has more than {LONGEST:,} characters")
    trimmed = trimmed_of(text)
    scheme = _SCHEME.match(trimmed)
    if scheme is None or (scheme[1].lower() not in DEFAULT_PORTS and "://" not in trimmed):
        raise NotAUrl("it has no scheme: is it http:// or https://?")
    if scheme[1].lower() not in DEFAULT_PORTS:
        raise NotAUrl("only http and https are on lists")
    try:
        url = ada_url.URL(trimmed)
    except ValueError:  # a text that is no Unicode, half a surrogate pair, is one too
        raise NotAUrl("it is not a URL by the URL standard") from None
    address = url.host_type != ada_url.HostType.DEFAULT
    return Url(
        scheme=url.protocol.removesuffix(":"),
        host=url.hostname if address else _name(url.hostname),
        port=url.port,
        path=_escaped(url.pathname),
        query=_escaped(url.search) if url.search != "?" else "",
        fragment=url.hash not in ("", "#"),
        address=address,
    )


def trimmed_of(text: str) -> str:
    """Without what the standard takes no notice of: spaces and controls at the ends, tabs and line ends."""
    return text.strip(AROUND).translate(_NOWHERE)


def _name(hostname: str) -> str:
    """A host's name without the dot of the root. Raises NotAUrl for one that DNS cannot have."""
    name = hostname.removesuffix(".")
    labels = name.split(".")
    if "" in labels:
        raise NotAUrl("its host has nothing between two dots, or none at all")
    if len(name) > LONGEST_HOST or max(map(len, labels)) > LONGEST_LABEL:
        raise NotAUrl(f"its host has more than {LONGEST_HOST} characters, or {LONGEST_LABEL} between dots")
    if "*" in name:
        raise NotAUrl("its host has a *")
    return name


def _escaped(text: str) -> str:
    """Escapes in one spelling: none where none is needed, upper case, and a % that begins none is %25."""
    return _OTHER.sub(_escape, text)


def _escape(found: re.Match[str]) -> str:
    if found[1] is None:
        return f"%{ord(found[0]):02X}"  # ASCII: the standard has escaped what is not
    letter = chr(int(found[1], 16))
    return letter if _UNRESERVED.match(letter) else found[0].upper()
