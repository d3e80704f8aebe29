"""The one form of a URL: what is a spelling of the same, what is another, and what is none."""

import time
from contextlib import suppress

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lapwing.matching.urls import LONGEST, NotAUrl, canonical, read_url


@pytest.mark.parametrize(
    ("text", "form", "reason"),
    [
        ("http://example.com", "http://example.com/", "no path is /"),
        ("HTTP://EXAMPLE.Com/A", "http://example.com/A", "scheme and host have no case; a path has"),
        ("http://example.com/a?B=C", "http://example.com/a?B=C", "a query has case"),
        ("http://example.com/a?b=1&a=2", "http://example.com/a?b=1&a=2", "its parts stay in their order"),
        ("http://example.com/a/", "http://example.com/a/", "a slash at the end is part of it"),
        ("http://example.com/a?", "http://example.com/a", "an empty query is none"),
        ("http://example.com/a#b", "http://example.com/a", "a fragment is never sent"),
        ("http://example.com/a?b#", "http://example.com/a?b", "nor an empty one"),
        ("http://example.com:80/", "http://example.com/", "the scheme's own port"),
        ("https://example.com:443/", "https://example.com/", "the scheme's own port"),
        ("https://example.com:00443/", "https://example.com/", "in any number of digits"),
        ("http://example.com:443/", "http://example.com:443/", "another scheme's port is a port"),
        ("http://example.com:/", "http://example.com/", "no number is no port"),
        ("http://www.example.com/", "http://www.example.com/", "www. is a name like any other"),
        ("http://user:secret@example.com/", "http://example.com/", "who asks is no part of what is asked"),
        ("http://example.org@example.com/", "http://example.com/", "a name before @ is no host"),
        ("http://example.org%2F@example.com/", "http://example.com/", "however it is written"),
        (
            r"http://example.com\@example.org/",
            "http://example.com/@example.org/",
            "a \\ ends the host, as a /",
        ),
        ("http://example.com./", "http://example.com/", "the root's dot"),
        ("http://192.0.2.1./", "http://192.0.2.1/", "of an address too"),
        ("http://example.com/a/./b/../c", "http://example.com/a/c", "dot segments"),
        ("http://example.com/../../a", "http://example.com/a", "there is nothing above the root"),
        ("http://example.com/a/%2e%2E/b", "http://example.com/b", "dots that are escaped are dots"),
        (r"http://example.com\a\b", "http://example.com/a/b", "a browser reads \\ as /"),
        ("http://example.com//a//b", "http://example.com//a//b", "an empty segment is a segment"),
        ("http://example.com/%7euser", "http://example.com/~user", "an escape that nothing needs"),
        ("http://example.com/%41", "http://example.com/A", "an escape that nothing needs"),
        ("http://example.com/a%2fb", "http://example.com/a%2Fb", "an escaped slash divides nothing"),
        ("http://example.com/%c3%a9", "http://example.com/%C3%A9", "escapes in upper case"),
        ("http://example.com/\u00e9", "http://example.com/%C3%A9", "a letter beyond ASCII, in UTF-8"),
        ("http://example.com/a b", "http://example.com/a%20b", "a space inside"),
        ("http://example.com/?a+b", "http://example.com/?a+b", "a + is a +, and no space"),
        ("http://example.com/a|b[c]^`", "http://example.com/a%7Cb%5Bc%5D%5E%60", "what needs an escape"),
        ("http://example.com/?a|b\\c'd", "http://example.com/?a%7Cb%5Cc%27d", "in a query too"),
        ("http://example.com/100%", "http://example.com/100%25", "a % that escapes nothing"),
        ("http://example.com/%%34%31", "http://example.com/%2541", "once: it does not become an escape"),
        ("http://example.com/%2541", "http://example.com/%2541", "nor is an escape read twice"),
        ("http://example.com/*", "http://example.com/%2A", "a * marks a rule, so a URL has none"),
        ("http://example.com/a\0b", "http://example.com/a%00b", "a NUL is a byte like any other"),
        ("  \thttp://exam\tple.com/a\r\nb\n", "http://example.com/ab", "tabs and line ends are nothing"),
        ("\x01 http://example.com/ \x1f", "http://example.com/", "nor controls at its ends"),
        ("http:example.com/a", "http://example.com/a", "the standard wants no slashes"),
        ("http:///example.com/a", "http://example.com/a", "or any number of them"),
        ("http://b\u00fccher.example/", "http://xn--bcher-kva.example/", "a name beyond ASCII, in punycode"),
        ("http://B\u00dcCHER.example/", "http://xn--bcher-kva.example/", "it has no case either"),
        ("http://bu\u0308cher.example/", "http://xn--bcher-kva.example/", "however it is composed"),
        ("http://XN--BCHER-KVA.example/", "http://xn--bcher-kva.example/", "or already in punycode"),
        ("http://fa\u00df.example/", "http://xn--fa-hia.example/", "\u00df is a letter of its own"),
        ("http://example\u3002com/", "http://example.com/", "an ideographic full stop is a dot"),
        ("http://\uff45xample.com/", "http://example.com/", "a letter in full width"),
        ("http://%65xample.com/", "http://example.com/", "an escape in a host"),
        ("http://ex\u00adample.com/", "http://example.com/", "a soft hyphen is not there"),
        ("http://ex_ample.com/", "http://ex_ample.com/", "names with _ are in use"),
        (
            "http://\u0440\u0430ural.example/",
            "http://xn--ural-43d9g.example/",
            "Cyrillic letters are other ones",
        ),
        ("http://0xC0.0.0x2.1/", "http://192.0.2.1/", "an address in hexadecimal"),
        ("http://0300.0.02.01/", "http://192.0.2.1/", "in octal"),
        ("http://3221225985/", "http://192.0.2.1/", "in one number"),
        ("http://192.0.513/", "http://192.0.2.1/", "in three"),
        ("http://\uff11\uff19\uff12.0.2.1/", "http://192.0.2.1/", "in digits of full width"),
        ("http://[2001:DB8:0:0::1]:80/", "http://[2001:db8::1]/", "an address of IPv6"),
        ("http://[::ffff:192.0.2.1]/", "http://[::ffff:c000:201]/", "which stays one of IPv6"),
    ],
)
def test_a_url_has_one_form(text: str, form: str, reason: str) -> None:
    assert canonical(text) == form, reason
    assert canonical(form) == form, reason


@pytest.mark.parametrize(
    ("text", "sentence", "reason"),
    [
        ("", "no scheme", "nothing"),
        ("example.com/a", "no scheme", "which of two is asked about is not guessed"),
        ("//example.com/a", "no scheme", "nor here"),
        ("example.com:8080/a", "no scheme", "though the standard would take the host for a scheme"),
        ("mailto:somebody@example.com", "no scheme", "no place on the web"),
        ("ftp://example.com/a", "only http and https", "another protocol"),
        ("ws://example.com/a", "only http and https", "another protocol"),
        ("http://", "by the URL standard", "no host"),
        ("http://?a", "by the URL standard", "no host"),
        ("http://exa mple.com/", "by the URL standard", "a space in a host"),
        ("http://exa\0mple.com/", "by the URL standard", "a NUL in a host"),
        ("http://exa%00mple.com/", "by the URL standard", "which is escaped"),
        ("http://\u202eexample.com/", "by the URL standard", "a mark that turns the reading direction"),
        ("http://a\u05d0.\u0661b.example/", "by the URL standard", "both directions in one name"),
        ("http://example.com:99999/", "by the URL standard", "no port"),
        ("http://example.com:a/", "by the URL standard", "no port"),
        ("http://[2001:db8::1/", "by the URL standard", "a bracket that is left open"),
        ("http://[2001:db8::1%25eth0]/", "by the URL standard", "a zone, which is one machine's own"),
        ("http://192.0.2.256/", "by the URL standard", "no address"),
        ("http://192.0.2.1.5/", "by the URL standard", "no address, and no name may end so"),
        ("http://example.com/\ud800", "by the URL standard", "half of a pair of surrogates"),
        ("http://.example.com/", "nothing between two dots", "no name in DNS"),
        ("http://a..example.com/", "nothing between two dots", "no name in DNS"),
        ("http://example.com../", "nothing between two dots", "the root has one dot"),
        ("http://./", "nothing between two dots", "the root alone"),
        ("http://*.example.com/", "has a *", "a rule's, and no URL's"),
        ("http://%2A.example.com/", "has a *", "a rule's, and no URL's"),
        (f"http://{'a' * 64}.example.com/", "63 between dots", "longer than DNS has them"),
        (f"http://{'a.' * 130}example.com/", "253 characters", "longer than DNS has them"),
        ("http://example.com/" + "a" * LONGEST, "more than 65,536", "longer than is read"),
    ],
)
def test_what_is_no_url_is_named_and_never_a_miss(text: str, sentence: str, reason: str) -> None:
    with pytest.raises(NotAUrl, match=sentence) as raised:
        canonical(text)
    assert "example" not in str(raised.value), f"{reason}: its text is not repeated"


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=40), st.text(max_size=40), st.sampled_from(["http://", "HTTPS:", "http:\\"]))
@example("example.com", "/%%37e", "http://")
@example("example.com", "/%2e%2", "http://")
def test_the_form_of_a_form_is_itself(host: str, rest: str, scheme: str) -> None:
    for text in (f"{scheme}{host}{rest}", f"{scheme}example.com/{rest}", f"{scheme}example.com?{rest}"):
        try:
            form = canonical(text)
        except NotAUrl:
            continue
        assert canonical(form) == form
        assert form.isascii()
        assert not set(form) & set(" *#\\<>|^")
        assert not set(form.partition("://")[2].partition("/")[2]) & set('"`{}[]')


@pytest.mark.parametrize(
    "text",
    [
        "http://example.com/" + "a" * 65_000,
        "http://example.com/" + "a/" * 10_000,
        "http://example.com/" + "../" * 20_000,
        "http://example.com/" + "%41" * 20_000,
        "http://example.com/" + "\U0001f600" * 65_000,
        "http://example.com/?" + "&" * 65_000,
        "http://" + "a." * 30_000 + "example/",
        "http://" + "\u00e9" * 65_000 + ".example/",
        "http://" + "xn--" * 16_000 + ".example/",
        "http://" + "user:" * 13_000 + "@example.com/",
        "http://example.com/" + "\0" * 65_000,
        "http://" + "[" * 65_000,
        "\t" * 65_000,
    ],
    ids=lambda text: ascii(text[:24]),
)
def test_a_hostile_url_is_read_or_refused_at_once(text: str) -> None:
    began = time.perf_counter()
    with suppress(NotAUrl):
        read_url(text)
    assert time.perf_counter() - began < 2
