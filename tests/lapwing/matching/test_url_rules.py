"""Rules of URL lists: what a text means, what it may not mean, and exactly which URLs a rule matches."""

import time
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from lapwing.matching.url_rules import (
    DEEPEST,
    EXACT,
    LONGEST_RULE,
    MOST_LABELS,
    PREFIX,
    How,
    Rule,
    expressions,
    rule_of,
)
from lapwing.matching.urls import NotAUrl


@pytest.mark.parametrize(
    ("text", "how", "rule", "reason"),
    [
        ("example.com/a", None, "example.com/a", "no scheme: for http and https"),
        ("//example.com/a", None, "example.com/a", "nor here"),
        ("HTTP://user@EXAMPLE.com:80/%61#b", None, "http://example.com/a", "in its canonical form"),
        ("https://example.com", None, "https://example.com/", "a URL, which is its front page"),
        ("example.com/", None, "example.com/", "a front page"),
        ("example.com", "exact", "example.com/", "a front page, where that is said"),
        ("example.com/a?b=*", "exact", "example.com/a?b=%2A", "a * that is said to be no mark"),
        ("example.com/a/*", "exact", "example.com/a/%2A", "nor this one"),
        ("example.com/a/*", None, "example.com/a/*", "all below a path"),
        ("https://example.com/a/*", None, "https://example.com/a/*", "by https"),
        ("example.com/a", "prefix", "example.com/a/*", "said, and not marked"),
        ("example.com/a/", "prefix", "example.com/a/*", "a slash at its end changes nothing"),
        ("example.com/a/*", "prefix", "example.com/a/*", "said and marked"),
        ("example.com/a//*", None, "example.com/a//*", "an empty segment is a segment"),
        ("example.com/a/../b/*", None, "example.com/b/*", "dot segments"),
        ("example.com/*", None, "example.com/*", "all of a host, and none below it"),
        ("example.com", "prefix", "example.com/*", "the same"),
        ("*.example.com/a/*", None, "*.example.com/a/*", "a path on every name below"),
        ("*.example.com", None, "*.example.com", "all of a host and every name below it"),
        ("*.example.com/*", None, "*.example.com", "the same"),
        ("*.example.com", "prefix", "*.example.com", "the same"),
        ("example.com", "host", "*.example.com", "said, and not marked"),
        ("https://example.com/", "host", "https://*.example.com", "by https"),
        ("*.B\u00fccher.example", "host", "*.xn--bcher-kva.example", "a name beyond ASCII"),
        ("example.co.uk", "host", "*.example.co.uk", "below a public suffix"),
        ("*.www.ck", None, "*.www.ck", "below ck any name is a suffix, and this is the exception"),
        ("github.io/a/*", None, "github.io/a/*", "a public suffix's own host, and nobody's below it"),
        ("192.0.2.1/a", None, "192.0.2.1/a", "an address"),
        ("192.0.2.1", "host", "*.192.0.2.1", "all of an address"),
        ("[2001:DB8::0:1]/a", None, "[2001:db8::1]/a", "an address of IPv6"),
        ("[2001:db8::1]", "host", "*.[2001:db8::1]", "all of it"),
        ("example.com:80/a", None, "http://example.com/a", "a port that says the scheme"),
        ("example.com:443/*", None, "https://example.com/*", "a port that says the scheme"),
        ("example.com:8080/a", None, "example.com:8080/a", "a port that says none"),
        ("https://example.com:8080/a/*", None, "https://example.com:8080/a/*", "scheme and port"),
    ],
)
def test_a_text_is_one_rule(text: str, how: How | None, rule: str, reason: str) -> None:
    found = rule_of(text, how)
    assert found == Rule(PREFIX if "*" in rule else EXACT, rule), reason
    assert rule_of(found.text) == found, "what is handed on is read as what it was"


@pytest.mark.parametrize(
    ("text", "how", "sentence", "reason"),
    [
        ("", None, "by the URL standard", "nothing"),
        ("example.com", None, "a host alone", "its front page, or all of it, or all below it"),
        ("example.com/a*", None, r"a \* may stand", "part of a segment is no path"),
        ("example.com/*/a", None, r"a \* may stand", "nor is any segment"),
        ("ex*mple.com/a", None, "host has a", "nor part of a name"),
        ("*.*.example.com", None, "host has a", "nor any name"),
        ("*.example.com/a", None, "for all of it, or ends", "one page on every name below"),
        ("*.example.com/", None, "for all of it, or ends", "front pages of all, or all of all"),
        ("*.example", None, "no dot", "a whole country or more"),
        ("example", "host", "no dot", "the same"),
        ("*.co.uk", None, "public suffix", "a whole country's companies"),
        ("https://CO.UK/", "host", "public suffix", "said, and not marked"),
        ("*.co.uk/a/*", None, "public suffix", "a path on all of them"),
        ("*.co.uk/a", "prefix", "public suffix", "the same"),
        ("*.co.uk.", None, "public suffix", "with the dot of the root"),
        ("*.github.io", None, "public suffix", "everybody's pages at one company"),
        ("*.公司.cn", None, "public suffix", "a suffix beyond ASCII"),
        ("*.xn--55qx5d.cn", None, "public suffix", "the same in punycode"),
        ("*.b.ck", None, "public suffix", "any name below ck is one"),
        ("*.192.0.2.1/a/*", None, "no names below", "below an address there is nothing"),
        ("*.example.com/a/../*", None, "with no path", "all of a host, with a path that is none"),
        ("example.com/a?b/*", None, "no query", "what is below a query"),
        ("example.com/a?b", "prefix", "no query", "12 is no beginning of 123"),
        ("example.com/a#/*", None, "no query and no fragment", "what is below a fragment"),
        ("example.com/a", "host", "no path", "which is it?"),
        ("example.com/?a", "host", "no path, query", "which is it?"),
        ("example.com:8080", "host", "no port", "is it for one, or for all?"),
        ("https://example.com:443", "host", "no port", "though it is the scheme's own"),
        ("http://example.com/#/a", None, "after the #", "it would be the front page of everybody"),
        ("ftp://example.com/a", None, "only http and https", "another protocol"),
        ("somebody@example.com", None, "address of mail", "a wrong column"),
        ("mailto:somebody@example.com", None, "address of mail", "a wrong column"),
        ("12345", None, "written in full", "a wrong column"),
        ("0x7f000001/a", None, "written in full", "a wrong column"),
        ("25.11.2026", None, "written in full", "a date"),
        ("192.0.2.010/a", None, "written in full", "one in octal, or one in decimal?"),
        ("nothing", None, "no dot", "a word"),
        ("http://localhost/", None, "no dot", "nobody's but one's own"),
        ("/index.html", None, "begins with a slash", "no host"),
        ("///example.com/a", None, "begins with a slash", "no host"),
        ("example.com/\ufffd", None, "no UTF-8", "bytes that were lost on the way"),
        ("example.com/" + "a/" * (DEEPEST + 1) + "*", None, "segments", "deeper than is looked for"),
        ("*." + "a." * MOST_LABELS + "example", None, "names between dots", "deeper than is looked for"),
        ("*." + "a." * MOST_LABELS + "example/a/*", None, "names between dots", "deeper than is looked for"),
        ("example.com/" + "a" * LONGEST_RULE, None, "8,192", "longer than is looked for"),
        ("example.com/" + "a" * 70_000, None, "65,536", "longer than is read"),
    ],
)
def test_a_text_that_is_no_rule_or_may_be_two_is_refused(
    text: str, how: How | None, sentence: str, reason: str
) -> None:
    with pytest.raises(NotAUrl, match=sentence):
        rule_of(text, how)


def test_a_rule_for_a_public_suffix_that_a_list_has_can_be_withdrawn() -> None:
    assert rule_of("*.co.uk", withdrawn=True) == Rule(PREFIX, "*.co.uk")
    with pytest.raises(NotAUrl, match="no dot"):
        rule_of("*.uk", withdrawn=True)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("http://example.com/a", "example.com/a"),
        ("https://example.com/a/*", "example.com/a/*"),
        ("https://*.example.com", "*.example.com"),
        ("http://example.com:8080/", "example.com:8080/"),
        ("https://example.com:80/", "https://example.com:80/"),  # the port of the one scheme in the other
        ("example.com:443/", "https://example.com/"),
    ],
)
def test_a_list_may_be_declared_to_be_for_http_and_https(text: str, rule: str) -> None:
    assert rule_of(text, any_scheme=True).text == rule


@pytest.mark.parametrize(
    ("rule", "url", "matches", "reason"),
    [
        ("example.com/a", "http://example.com/a", True, "either scheme"),
        ("example.com/a", "https://example.com/a", True, "either scheme"),
        ("http://example.com/a", "https://example.com/a", False, "its scheme"),
        ("example.com/a", "http://example.com/a/", False, "another path"),
        ("example.com/a", "http://example.com/a?b", False, "another query"),
        ("example.com/a", "http://example.com/A", False, "another case"),
        ("example.com/a", "http://www.example.com/a", False, "another host"),
        ("example.com/a", "http://example.com:8080/a", False, "another port"),
        ("example.com:8080/a", "https://example.com:8080/a", True, "either scheme"),
        ("example.com/a/*", "http://example.com/a", True, "the path itself"),
        ("example.com/a/*", "http://example.com/a/", True, "and what is below it"),
        ("example.com/a/*", "http://example.com/a/b/c?d#e", True, "however far, with any query"),
        ("example.com/a/*", "http://example.com/a?b", True, "the path itself, with any query"),
        ("example.com/a/*", "http://example.com/ab", False, "a segment that begins so is another"),
        ("example.com/a/*", "http://example.com/a%2Fb", False, "an escaped slash divides nothing"),
        ("example.com/a/*", "http://example.com/b/../a/c", True, "as it is asked for"),
        ("example.com/a/*", "http://example.com/a/../b", False, "as it is asked for"),
        ("example.com/a/*", "http://www.example.com/a/", False, "another host"),
        ("example.com/*", "http://example.com/", True, "all of a host"),
        ("example.com/*", "http://a.example.com/", False, "and of no other"),
        ("*.example.com", "http://example.com/a", True, "itself"),
        ("*.example.com", "https://a.b.example.com:8443/c", True, "all below it, at any port"),
        ("*.example.com", "http://notexample.com/", False, "a name that ends so is another"),
        ("*.example.com", "http://example.com.example/", False, "or begins so"),
        ("*.example.com", "http://example.com@example.org/", False, "a name before @ is no host"),
        ("*.example.com", "http://example.org@example.com/", True, "what is after it is"),
        ("https://*.example.com", "http://a.example.com/", False, "its scheme"),
        ("*.example.com/a/*", "http://b.example.com/a/c", True, "path and name"),
        ("*.example.com/a/*", "http://b.example.com/c", False, "another path"),
        ("*.192.0.2.1", "http://0xc0000201:8080/a", True, "an address, however written"),
        ("*.2.1.example", "http://192.0.2.1.example/", True, "a name that only begins with digits"),
    ],
)
def test_a_rule_matches_what_it_says(rule: str, url: str, matches: bool, reason: str) -> None:
    assert (rule_of(rule) in expressions(url)) == matches, reason


HOSTS = [
    "example.com",
    "www.example.com",
    "a.www.example.com",
    "notexample.com",
    "192.0.2.1",
    "[2001:db8::1]",
]
PATHS = st.lists(st.sampled_from(["a", "ab", "", "b"]), max_size=4).map("/".join)


@st.composite
def rules(draw: DrawFn) -> Rule:
    scheme = draw(st.sampled_from(["http://", "https://", ""]))
    host, how = draw(st.sampled_from(HOSTS)), draw(st.sampled_from(["exact", "prefix", "host"]))
    below, port = draw(st.booleans()), draw(st.sampled_from(["", ":8080"]))
    path = f"/{draw(PATHS)}"
    if how == "host":
        return rule_of(f"{scheme}{host}", "host")
    if how == "prefix" and below and path != "/" and host[0].isalpha():
        return rule_of(f"{scheme}*.{host}{port}{path}", "prefix")
    query = draw(st.sampled_from(["", "?a", "?ab"])) if how == "exact" else ""
    return rule_of(f"{scheme}{host}{port}{path}{query}", "exact" if how == "exact" else "prefix")


@st.composite
def urls(draw: DrawFn) -> str:
    scheme, host = draw(st.sampled_from(["http", "https"])), draw(st.sampled_from(HOSTS))
    query = draw(st.sampled_from(["", "?a", "?ab"]))
    return f"{scheme}://{host}{draw(st.sampled_from(['', ':8080']))}/{draw(PATHS)}{query}"


def told(rule: Rule, url: str) -> bool:
    """Whether a rule matches, by the words of docs/url-lists.md, one rule against one URL."""
    asked = urlsplit(url)
    scheme, _, rest = rule.text.rpartition("://")
    place, slash, path = rest.partition("/")
    name = place.removeprefix("*.")
    if scheme not in ("", asked.scheme):
        return False
    if place.startswith("*."):
        host = asked.netloc if slash else asked.netloc.removesuffix(":8080")
        if host != name and not host.endswith(f".{name}"):
            return False
    elif asked.netloc != name:
        return False
    if rule.kind == EXACT:
        return f"/{path}" == asked.path + (f"?{asked.query}" if asked.query else "")
    wanted = path.split("/")[:-1]  # without the *
    return asked.path.split("/")[1:][: len(wanted)] == wanted


@settings(max_examples=1500, deadline=None)
@given(rules(), urls())
def test_the_rules_looked_for_are_those_that_match(rule: Rule, url: str) -> None:
    assert (rule in expressions(url)) == told(rule, url)


@st.composite
def spellings(draw: DrawFn) -> tuple[str, str]:
    """A URL, and another spelling of it."""
    letters = st.text(st.sampled_from("abcXYZ019-._~!$&'()+,;=:@\u00e9"), min_size=1, max_size=6)
    segments = draw(st.lists(letters.filter(lambda text: text not in (".", "..")), max_size=4))
    query = draw(st.one_of(st.just(""), letters.map(lambda text: f"?{text}")))
    plain = f"https://bu\u0308cher.example/{'/'.join(segments)}{query}"

    def escaped(text: str) -> str:
        return "".join(
            "".join(f"%{byte:02x}" for byte in one.encode()) if one.isalnum() and draw(st.booleans()) else one
            for one in text
        )

    host = draw(st.sampled_from(["b\u00fccher", "B\u00dcCHER", "xn--bcher-kva", "XN--Bcher-KVA"]))
    detours = [draw(st.sampled_from(["", "./", "x/../", "%2e/"])) + escaped(one) for one in segments]
    other = (
        draw(st.sampled_from(["", " ", "\n"]))
        + draw(st.sampled_from(["https://", "HTTPS://", "https:\\\\", "ht\ttps:/"]))
        + draw(st.sampled_from(["", "user@", "user:example.com@"]))
        + host
        + draw(st.sampled_from([".example", ".EXAMPLE.", "\u3002example"]))
        + draw(st.sampled_from(["", ":443", ":"]))
        + f"/{'/'.join(detours)}{escaped(query)}"
        + draw(st.sampled_from(["", "#", "#/a"]))
    )
    return plain, other


@settings(max_examples=300, deadline=None)
@given(spellings())
def test_an_exact_rule_matches_its_url_in_every_spelling(both: tuple[str, str]) -> None:
    plain, other = both
    rule = rule_of(plain, "exact")
    assert rule in expressions(other)
    assert rule_of(other.partition("#")[0], "exact") == rule


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=60), st.sampled_from([None, "exact", "prefix", "host"]), st.booleans())
def test_any_text_is_a_rule_or_is_refused(text: str, how: How | None, any_scheme: bool) -> None:
    for one in (text, f"example.com/{text}", f"https://{text}.example.com"):
        try:
            rule = rule_of(one, how, any_scheme=any_scheme)
        except NotAUrl:
            continue
        assert rule_of(rule.text) == rule, "what is handed on is read as what it was"


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/" + "a/" * 10_000,
        "http://example.com/" + "a" * 65_000,
        "https://" + "a." * 120 + "example.com:8443/" + ("b" * 240 + "/") * 200,
        "http://" + "a." * 120 + "example/" + "/" * 60_000,
    ],
    ids=["10,000 segments", "64 KiB", "names and segments", "slashes"],
)
def test_what_is_looked_for_is_bounded(url: str) -> None:
    began = time.perf_counter()
    found = expressions(url)
    assert len(found) <= 2 * (2 + (DEEPEST + 2) * (1 + MOST_LABELS))
    assert max(len(rule.text) for rule in found) <= LONGEST_RULE
    assert time.perf_counter() - began < 2


def test_the_deepest_rules_there_may_be_are_looked_for() -> None:
    name, path = "a." * (MOST_LABELS - 2) + "example.com", "/b" * DEEPEST
    rule = rule_of(f"*.{name}{path}/*")
    for url in (f"http://c.{name}{path}", f"http://{'c.' * 50}{name}{path}/d/e/f?g"):
        assert rule in expressions(url)
    long = rule_of("example.com/" + "a" * (LONGEST_RULE - len("example.com/")))
    assert long in expressions(f"https://{long.text}")
