"""Rules of URL lists: one URL, all that is below a path, or all of a host. docs/url-lists.md.

    example.com/a?b          that URL and no other, as http and as https
    https://example.com/a/*  https only: /a, and whatever is below it by whole segments, with any query
    *.example.com/a/*        the same on example.com and every name below it
    *.example.com            all of example.com and of every name below it, whatever the port

A rule's text is canonical, so that two spellings of a rule are one. `expressions` gives every rule that
would match a URL: a list is asked whether it has one of them, and no rule is tried against a URL.
"""

import re
from collections.abc import Iterator
from typing import Literal

from msgspec import Struct

from lapwing.matching.public_suffixes import is_public_suffix
from lapwing.matching.urls import DEFAULT_PORTS, LONGEST, NotAUrl, Url, read_url, trimmed_of

EXACT, PREFIX = "url", "url-prefix"  # kinds of rule, beside the kinds of hash that lists have
RULES = (EXACT, PREFIX)
How = Literal["exact", "prefix", "host"]
HOWS: tuple[How, ...] = ("exact", "prefix", "host")
LONGEST_RULE = 8_192  # characters of its text
DEEPEST = 32  # segments of the path of a prefix rule
MOST_LABELS = 16  # of the name in a rule for all names below it; at least two, or it is a whole country
_START = re.compile(r"(?:(https?):)?[/\\]*", re.IGNORECASE)
_OTHER_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[/\\]{2}")
_WHERE = re.compile(r"[^/\\?#]*")


class Rule(Struct, frozen=True):
    """A rule of a list: its kind, of RULES, and its canonical text."""

    kind: str
    text: str


class _Written(Struct, frozen=True):
    """A rule as it is written, taken apart at its marks."""

    scheme: str  # in small letters, "" where none is written
    below: bool  # *. before the host
    where: str  # the host and port as written
    rest: str  # from the end of the host on, without the * of a last /*
    starred: bool  # it ended in /*

    @property
    def whole(self) -> bool:
        """Whether it is *.host, or *.host/*."""
        return self.below and (not self.rest or (self.starred and self.rest == "/"))


def rule_of(text: str, how: How | None = None, *, any_scheme: bool = False, withdrawn: bool = False) -> Rule:
    """The rule that a list's text is. Raises NotAUrl for what is none, or may mean two things.

    `how` is what the publisher says of it, where they do: then a `*` is no mark for `exact`, and none is
    needed for `prefix` and `host`. Without it the marks say: `*.` before the host, `/*` at the end.
    A text without a scheme is a rule for http and https; with `any_scheme` every text is.
    A rule for all below a public suffix is none, but may be `withdrawn`: a list may have it from before.
    """
    written = _written(text, how)
    url = read_url(f"{written.scheme or 'http'}://{written.where}{written.rest}")
    _check_host(written, url)
    if written.below or how == "host":
        _check_below(url, withdrawn)
    if how == "host" or (how != "exact" and written.whole):
        return _limited(_host_rule(written, url, any_scheme))
    start = _start(written, url, any_scheme)
    if how != "prefix" and not written.starred:
        return _limited(_exact_rule(written, url, start, how))
    if url.query or url.fragment or any(mark in written.rest for mark in "?#"):
        raise NotAUrl("a rule for what is below a path has no query and no fragment")
    path = url.path.removesuffix("/")
    if written.below and not path:
        raise NotAUrl("all of a host and the names below it is *.host, with no path")
    if written.below and url.address:
        raise NotAUrl("an IP address has no names below it")
    if path.count("/") > DEEPEST:
        raise NotAUrl(f"its path has more than {DEEPEST} segments")
    scheme, place = start
    return _limited(Rule(PREFIX, f"{scheme}{'*.' if written.below else ''}{place}{path}/*"))


def expressions(text: str) -> list[Rule]:
    """Every rule that would match this URL: no more than a few thousand. Raises NotAUrl."""
    url = read_url(text)
    return list(dict.fromkeys(rule for rule in _expressions(url) if len(rule.text) <= LONGEST_RULE))


def _expressions(url: Url) -> Iterator[Rule]:
    paths = [path for path in _prefixes(url.path) if len(path) < LONGEST_RULE]
    names = _names(url)
    port = f":{url.port}" if url.port else ""
    for scheme in (f"{url.scheme}://", ""):
        yield Rule(EXACT, f"{scheme}{url.place}{url.path}{url.query}")
        for path in paths:
            yield Rule(PREFIX, f"{scheme}{url.place}{path}/*")
            if path and not url.address:
                yield from (Rule(PREFIX, f"{scheme}*.{name}{port}{path}/*") for name in names)
        yield from (Rule(PREFIX, f"{scheme}*.{name}") for name in names)


def _prefixes(path: str) -> list[str]:
    """The paths of the prefix rules that a path is below: itself, and all before one of its slashes."""
    places = [place for place, letter in enumerate(path[:LONGEST_RULE]) if letter == "/"][: DEEPEST + 1]
    whole = [path] if path.count("/") <= DEEPEST else []
    return [path[:place] for place in places] + whole


def _names(url: Url) -> list[str]:
    """What rules for a host and all below it may name: the host itself, and each name it is below."""
    if url.address:
        return [url.host]
    labels = url.host.split(".")
    return [".".join(labels[-many:]) for many in range(2, min(len(labels), MOST_LABELS) + 1)]


def _written(text: str, how: How | None) -> _Written:
    if len(text) > LONGEST:
        raise NotAUrl(f"it has more than {LONGEST:,} characters")
    if "\ufffd" in text:
        raise NotAUrl("it has bytes that are no UTF-8")
    trimmed = trimmed_of(text)
    start = _START.match(trimmed)
    if start is None or (_OTHER_SCHEME.match(trimmed) and not start[1]):
        raise NotAUrl("only http and https are on lists")
    if not start[1] and start[0] not in ("", "//"):
        raise NotAUrl("it begins with a slash: it has no host")
    after = trimmed[start.end() :]
    below = after.startswith("*.")
    where = _WHERE.match(after)
    host = (where[0] if where else "").removeprefix("*." if below else "")
    rest = after[where.end() if where else 0 :]
    starred = how != "exact" and rest.endswith("/*")
    rest = rest.removesuffix("*") if starred else rest
    if how != "exact" and "*" in rest:
        raise NotAUrl("a * may stand before the host and at the end, after a /; or the rule must be exact")
    return _Written((start[1] or "").lower(), below, host, rest, starred)


def _check_host(written: _Written, url: Url) -> None:
    """Refuse what is no host for certain, so that a number, a word or an address of mail is no rule."""
    if not url.address and "." not in url.host:
        raise NotAUrl("its host has no dot")
    if written.scheme:
        return
    if "@" in written.where:
        raise NotAUrl("it has an @ and no scheme: an address of mail is no URL")
    if url.address and url.host[0] != "[" and not written.where.startswith(url.host):
        raise NotAUrl("a number is an address only when written in full, where there is no scheme")


def _start(written: _Written, url: Url, any_scheme: bool) -> tuple[str, str]:
    """The scheme, as a rule's text has it, and the host with its port."""
    if written.scheme and not (any_scheme and url.port not in DEFAULT_PORTS.values()):
        return f"{url.scheme}://", url.place
    if written.scheme:
        return "", url.place
    port = written.where.rpartition("]")[2].partition(":")[2]
    for scheme, own in DEFAULT_PORTS.items():  # example.com:443/a is one port and so one scheme
        if port.isascii() and port.isdecimal() and int(port) == int(own):
            return f"{scheme}://", url.host
    return "", url.place


def _host_rule(written: _Written, url: Url, any_scheme: bool) -> Rule:
    if url.path != "/" or written.rest.strip("/\\"):
        raise NotAUrl("a rule for a whole host has no path, query or fragment")
    if ":" in written.where.rpartition("]")[2]:
        raise NotAUrl("a rule for a whole host has no port: it is for all of them")
    scheme = f"{url.scheme}://" if written.scheme and not any_scheme else ""
    return Rule(PREFIX, f"{scheme}*.{url.host}")


def _check_below(url: Url, withdrawn: bool) -> None:
    """Refuse a name of which all that is below is no one place."""
    if not url.address and url.host.count(".") >= MOST_LABELS:
        raise NotAUrl(f"its host has more than {MOST_LABELS} names between dots")
    if not url.address and not withdrawn and is_public_suffix(url.host):
        raise NotAUrl("its host is a public suffix: it would be a rule for everybody who has a name below it")


def _exact_rule(written: _Written, url: Url, start: tuple[str, str], how: How | None) -> Rule:
    if written.below:
        raise NotAUrl("a rule for the names below a host is for all of it, or ends in /*")
    if how is None and not written.scheme and not written.rest:
        raise NotAUrl("a host alone: is it host/ (its front page), host/* (all of it) or *.host?")
    if url.fragment and url.path == "/" and not url.query:
        raise NotAUrl("all it says is after the #, which is not compared: it would be the front page")
    return Rule(EXACT, f"{start[0]}{start[1]}{url.path}{url.query}")


def _limited(rule: Rule) -> Rule:
    if len(rule.text) > LONGEST_RULE:
        raise NotAUrl(f"it has more than {LONGEST_RULE:,} characters")
    return rule
