"""Pictures in Apple's property lists are items, and lists without any cost nothing."""

import hashlib
import io
import plistlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.lapwing.scanning.made_sources import picture, put
from tests.lapwing.scanning.test_archives import scanned

from lapwing.hashing.failures import CannotHash
from lapwing.scanning import property_lists
from lapwing.scanning.found import Step

FORMS = pytest.mark.parametrize("form", [plistlib.FMT_BINARY, plistlib.FMT_XML], ids=["binary", "xml"])


def resource(name: str, content: bytes) -> dict[str, Any]:
    """As WebKit has it."""
    url = f"https://example.org/{name}"
    return {"WebResourceURL": url, "WebResourceMIMEType": "image/png", "WebResourceData": content}


def page(*pictures: bytes, first: int = 0) -> dict[str, Any]:
    return {
        "WebMainResource": resource("index.html", b"<p>nothing of note"),
        "WebSubresources": [
            resource(f"{number}.png?size=9", one) for number, one in enumerate(pictures, first)
        ],
    }


@FORMS
def test_what_is_in_a_saved_page_is_listed_by_its_address(tmp_path: Path, form: plistlib.PlistFormat) -> None:
    whole = page(picture(0), picture(1))
    whole["WebSubframeArchives"] = [page(picture(2), first=2)]
    put(tmp_path / "d", "page.webarchive", plistlib.dumps(whole, fmt=form))
    put(tmp_path / "d", "called_otherwise", plistlib.dumps(whole, fmt=form))
    found = scanned(tmp_path / "d", tmp_path / "out")
    for parent in ("page.webarchive", "called_otherwise"):
        inside = [one for one in found.values() if one["parent"] == parent]
        hashes = {hashlib.sha256(picture(number)).hexdigest() for number in range(3)}
        assert {one["sha256"] for one in inside} == hashes
        assert all(one["pdq"] and not one["failure"] for one in inside)
    assert found["page.webarchive/https://example.org/1.png?size=9"]["type"] == "image/png"


def test_what_an_application_keeps_is_listed_by_what_leads_to_it(tmp_path: Path) -> None:
    kept = {"people": [{"name": "a", "image": picture(1)}, {"name": "b"}], "token": b"\x01\x02", "n": 1}
    put(tmp_path / "d", "kept.plist", plistlib.dumps(kept, fmt=plistlib.FMT_BINARY))
    put(tmp_path / "d", "other.plist", plistlib.dumps({"a": b"bytes", "b": 2}, fmt=plistlib.FMT_BINARY))
    found = scanned(tmp_path / "d", tmp_path / "out")
    assert found["kept.plist/people/0/image"]["sha256"] == hashlib.sha256(picture(1)).hexdigest()
    assert set(found) == {"kept.plist", "kept.plist/people/0/image", "other.plist"}


@FORMS
def test_a_list_that_breaks_off_is_a_failure_and_hashed(tmp_path: Path, form: plistlib.PlistFormat) -> None:
    whole = plistlib.dumps(page(picture(0)), fmt=form)
    put(tmp_path / "d", "page.webarchive", whole[: len(whole) // 2])
    one = scanned(tmp_path / "d", tmp_path / "out")["page.webarchive"]
    assert one["failure"]["reason"] == "damaged"
    assert one["sha256"]


@pytest.mark.parametrize(
    ("said", "expected", "why"),
    [
        ({"a": 1}, False, "nothing in it could be a file"),
        ({"a": picture(1)}, True, "a picture"),
        ({"a": bytes(70_000)}, True, "longer than what was seen of it"),
    ],
)
def test_only_a_list_that_may_hold_a_file_is_looked_into(said: Any, expected: bool, why: str) -> None:
    head = plistlib.dumps(said, fmt=plistlib.FMT_BINARY)[:65536]
    assert property_lists.is_property_list(b"a.plist", head) is expected, why


def test_what_stands_in_itself_ends() -> None:
    """A binary list may lead to itself, and to the same thing by very many ways."""
    held: list[Any] = [picture(1)]
    for _ in range(60):
        held = [held, held]
    held.append(held)
    assert [content for _, content in property_lists._files(held)] == [picture(1)]


@given(st.binary(max_size=400), st.integers(0, 500), st.booleans())
def test_no_list_does_more_than_fail(content: bytes, at: int, xml: bool) -> None:
    whole = bytearray(plistlib.dumps(page(b"\x89PNG\r\n\x1a\n" + bytes(90)), fmt=plistlib.FMT_BINARY))
    whole[at : at + len(content)] = content
    given_one = (b"<plist>" + content) if xml else bytes(whole)
    outer = (Step("folder", b"/a"), Step("zip", content))
    try:
        for one in property_lists.walk_property_list(lambda _: io.BytesIO(given_one), outer, b"a"):
            assert one.size
    except (CannotHash, MemoryError):
        return
