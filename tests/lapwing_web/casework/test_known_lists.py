"""The lists' pages: what came when, what it changed, what is stale, and what cannot be used."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.test import Client
from msgspec.structs import replace
from tests.cast import Cast
from tests.lapwing.matching.made_lists import ORIGIN, make_list

from lapwing.matching.changing import Origin, bring_in
from lapwing.matching.listed import ListedFile
from lapwing.sources.standing import Held, Standing, keep
from lapwing_web.casework.models import KnownList
from lapwing_web.casework.queries.known_lists import list_page, lists_page
from lapwing_web.intake.actions import sealing
from lapwing_web.moment import now
from lapwing_web.refusal import Forbidden
from lapwing_web.staff.models import User

pytestmark = pytest.mark.django_db
HASHES = [bytes([number]) * 16 for number in range(1, 9)]


@pytest.fixture(autouse=True)
def lists(settings: Any, tmp_path: Path) -> Path:
    """A folder of lists for this test alone."""
    folder: Path = tmp_path / "lists"
    settings.LISTS = folder
    return folder


def test_no_list_is_said_and_not_shown_as_well(cast: Cast, signed_in: Callable[[User], Client]) -> None:
    said = signed_in(cast.supervisor).get("/lists")
    assert "files are compared with nothing" in said.content.decode()


def test_a_list_is_shown_with_what_each_version_changed(cast: Cast, lists: Path) -> None:
    make_list(lists, "agency", "md5", HASHES[:4])
    make_list(lists, "agency", "md5", HASHES[1:6])
    page = list_page(cast.intelligence, "agency")
    shown = [(row.version.number, row.version.added, row.version.gone, row.current) for row in page.versions]
    assert shown == [(2, 2, 1, True), (1, 4, 0, False)]
    assert (page.line.kinds, page.line.version and page.line.version.by) == ([("MD5", 5)], ORIGIN.by)


HELD = Held("0", "it would take away 80 of 100 entries", ORIGIN.at, "0" * 64)
STANDING = Standing(tried_at=ORIGIN.at, confirmed_at=ORIGIN.at, changed_at=ORIGIN.at)


@pytest.mark.parametrize(
    ("known", "days", "said", "why"),
    [
        (STANDING, 1, "", "all is well"),
        (replace(STANDING, held=HELD), 1, "it would take away 80 of 100 entries", "a person must decide"),
        (replace(STANDING, fault="it was answered with 401", failures=3), 1, "failure no. 3", "it fails"),
        (Standing(fault="nobody is there", failures=1), 1, "never given a list", "it never came"),
        (STANDING, 8, "nothing new since", "it is served, and no longer made"),
        (STANDING, 2, "see whether anything fetches it", "the machine's timer stands still"),
        (Standing(), 1, "It was never fetched", "nothing has begun to fetch it"),
        (None, 1, "does not say how a source stands", "its record is damaged"),
    ],
)
def test_what_becomes_of_fetching_a_list_is_said_where_somebody_must_look(
    cast: Cast,
    lists: Path,
    signed_in: Callable[[User], Client],
    known: Standing | None,
    days: int,
    said: str,
    why: str,
) -> None:
    make_list(lists, "agency", "md5", HASHES)
    (lists / "sources.toml").write_text("[agency]\naddress = 'https://lists.example.com/a'\n")
    if known is None:
        (lists / "agency" / "source.json").write_text("{")
    else:
        keep(lists / "agency", known)
    client = signed_in(cast.supervisor)
    with time_machine.travel(datetime.fromisoformat(ORIGIN.at) + timedelta(days=days)):
        pages = [client.get(path).content.decode() for path in ("/lists", "/lists/agency")]
        assert [("Fetching agency" in pages[0]), ("All is well" in pages[1])] == [bool(said), not said], why
    assert all(said in page for page in pages), why


def test_sources_that_cannot_be_read_are_a_fault(
    cast: Cast, lists: Path, signed_in: Callable[[User], Client]
) -> None:
    lists.mkdir()
    (lists / "sources.toml").write_text("[agency]\n")
    page = signed_in(cast.supervisor).get("/lists").content.decode()
    assert "No list is fetched: sources.toml" in page


@pytest.mark.parametrize(
    ("name", "hours", "stale", "why"),
    [
        ("agency", 1, False, "it came an hour ago"),
        ("agency", 27, True, "policy allows any list 26 hours"),
        ("own", 27, False, "the own list has an age of its own"),
        ("own", 721, True, "and that has run out"),
        ("agency", None, True, "when it came is not known, and that is never fresh"),
    ],
)
def test_a_list_is_stale_as_policy_has_it(
    cast: Cast, lists: Path, name: str, hours: int | None, stale: bool, why: str
) -> None:
    at = "one morning" if hours is None else (now() - timedelta(hours=hours)).isoformat()
    bring_in(lists, name, [ListedFile({"md5": HASHES[0]})], origin=Origin("a test", "nobody", at))
    page = lists_page(cast.auditor)
    assert (page.lists[0].stale, page.stale) == (stale, int(stale)), why
    assert not page.confirmed


def test_a_list_that_cannot_be_used_is_said_in_words_at_the_top(
    cast: Cast, lists: Path, signed_in: Callable[[User], Client]
) -> None:
    make_list(lists, "agency", "md5", HASHES)
    make_list(lists, "broken", "md5", HASHES)
    next((lists / "broken").glob("*.layer")).write_bytes(b"not a list")
    page = lists_page(cast.administrator)
    assert [(line.name, bool(line.fault)) for line in page.lists] == [("broken", True), ("agency", False)]
    said = signed_in(cast.administrator).get("/lists").content.decode()
    assert said.index("List broken cannot be used") < said.index("<table")
    assert signed_in(cast.administrator).get("/lists/broken").status_code == 200


def test_a_list_that_was_put_right_is_used_again_without_a_new_version(
    cast: Cast, lists: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_list(lists, "agency", "md5", HASHES)
    layer = next((lists / "agency").glob("*.layer"))
    whole = layer.read_bytes()
    layer.write_bytes(b"")
    assert lists_page(cast.supervisor).faults[0].fault
    layer.write_bytes(whole)
    assert lists_page(cast.supervisor).lists[0].fault, "it is not tried at every look"
    monkeypatch.setattr(sealing, "TRIED_AGAIN", 0.0)
    assert not lists_page(cast.supervisor).lists[0].fault


def test_a_list_that_was_used_and_is_no_longer_there_is_a_fault(cast: Cast) -> None:
    KnownList.objects.create(name="partner", version=3, seen_at=now())
    assert [line.fault for line in lists_page(cast.supervisor).lists] == ["it is no longer there"]


@pytest.mark.parametrize("name", ["nothing", "-", "x" * 200])
def test_a_name_no_list_has_is_no_page(cast: Cast, signed_in: Callable[[User], Client], name: str) -> None:
    assert signed_in(cast.supervisor).get(f"/lists/{name}").status_code == 404


@pytest.mark.parametrize("who", ["intake", "officer_a", "supervisor_a", "auditor_a", "administrator_a"])
def test_who_may_not_see_lists_is_refused_by_the_query_too(cast: Cast, who: str) -> None:
    with pytest.raises(Forbidden):
        lists_page(cast.people()[who])
    with pytest.raises(Forbidden):
        list_page(cast.people()[who], "agency")


def test_the_picture_is_drawn_once_and_shows_what_changed(
    cast: Cast, lists: Path, signed_in: Callable[[User], Client]
) -> None:
    make_list(lists, "agency", "md5", HASHES)
    client = signed_in(cast.supervisor)
    first = client.get("/lists/agency/versions.svg?size=narrow")
    assert first["Content-Type"] == "image/svg+xml"
    assert "+8" in first.content.decode()
    again = client.get("/lists/agency/versions.svg?size=narrow", headers={"if-none-match": first["ETag"]})
    assert again.status_code == 304
