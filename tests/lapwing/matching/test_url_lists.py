"""URL lists through their versions: a rule is found and named, and one that is withdrawn never matches."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.lapwing.matching.made_lists import ORIGIN, change

from lapwing.matching import BadList, HashList, KnownLists, Match
from lapwing.matching.changing import How
from lapwing.matching.keeping import difference, merge, roll_back
from lapwing.matching.known_lists import stamp
from lapwing.matching.layer_file import LayerFile, write_layer
from lapwing.matching.listed import ListedFile
from lapwing.matching.url_rules import expressions, rule_of
from lapwing.matching.urls import NotAUrl

TEXTS = ["example.com/a", "example.com/a/*", "https://example.com/a", "*.example.com", "example.org/*"]
URLS = ["http://example.com/a", "https://example.com/a/b", "http://a.example.com/", "https://example.org/"]


def entry(text: str, identity: str = "", category: str = "A", *, withdrawn: bool = False) -> ListedFile:
    rule = rule_of(text)
    value = {rule.kind: rule.text.encode()}
    return ListedFile(value, identity, category, "made", withdrawn=withdrawn)


def matched(lists: Path, url: str) -> list[str]:
    return [match.listed for match in KnownLists.open(lists).match_url(url)]


def test_a_match_names_its_list_version_and_rule(tmp_path: Path) -> None:
    change(tmp_path, "first", [entry("example.com/a/*", "7", "B"), ListedFile({"md5": bytes(16)})])
    change(tmp_path, "second", [entry("example.org/a")])
    change(tmp_path, "second", [entry("HTTPS://Example.com:443/a/%62#c"), entry("*.example.com")])
    change(tmp_path, "hashes", [ListedFile({"md5": bytes(16)})])
    url, form = "https://example.com/x/../a/b", "https://example.com/a/b"
    assert list(KnownLists.open(tmp_path).match_url(url)) == [
        Match("first", "url-prefix", form, 1, 0, "7", "B", "made", listed="example.com/a/*"),
        Match("second", "url", form, 2, 0, "", "A", "made", listed=form),
        Match("second", "url-prefix", form, 2, 0, "", "A", "made", listed="*.example.com"),
    ]
    with pytest.raises(NotAUrl):
        KnownLists.open(tmp_path).match_url("example.com/a/b")


@pytest.mark.parametrize("by", ["its name", "its URL", "a whole list", "another rule of its name"])
def test_a_rule_that_is_withdrawn_never_matches_again(tmp_path: Path, by: str) -> None:
    change(tmp_path, "made", [entry("example.com/a", "7"), entry("example.org/a")])
    held, before = KnownLists.open(tmp_path), stamp(tmp_path)
    assert matched(tmp_path, "http://example.com/a")
    if by == "a whole list":
        change(tmp_path, "made", [entry("example.org/a")])
    elif by == "another rule of its name":
        change(tmp_path, "made", [entry("example.com/b", "7")], "changes")
    else:
        gone = (
            ListedFile({}, "7", withdrawn=True)
            if by == "its name"
            else entry("example.com/a", withdrawn=True)
        )
        change(tmp_path, "made", [gone], "changes")
    assert stamp(tmp_path) != before, "who has it open sees that there is another"
    assert list(held.match_url("http://example.com/a")), "what is open does not change under its reader"
    assert matched(tmp_path, "http://example.com/a") == []
    assert matched(tmp_path, "http://example.org/a") == ["example.org/a"]
    merge(tmp_path, "made")
    assert matched(tmp_path, "http://example.com/a") == []
    change(tmp_path, "made", [entry("example.com/c")], "changes")
    assert matched(tmp_path, "http://example.com/a") == []


def test_going_back_does_not_bring_back_what_was_withdrawn(tmp_path: Path) -> None:
    change(tmp_path, "made", [entry("example.com/a"), entry("example.org/a")])
    change(tmp_path, "made", [entry("example.com/a", withdrawn=True)], "changes")
    change(tmp_path, "made", [entry("example.net/wrong")])
    roll_back(tmp_path, "made", 1, origin=ORIGIN)
    assert [matched(tmp_path, f"http://{host}/a") for host in ("example.com", "example.org")] == [
        [],
        ["example.org/a"],
    ]


def test_a_withdrawal_is_of_the_rule_and_not_of_what_it_would_match(tmp_path: Path) -> None:
    change(
        tmp_path, "made", [entry("example.com/a"), entry("example.com/a/*"), entry("http://example.com/a")]
    )
    change(tmp_path, "made", [entry("example.com/a/*", withdrawn=True)], "changes")
    assert matched(tmp_path, "http://example.com/a") == ["example.com/a", "http://example.com/a"]


def test_one_entry_is_one_rule(tmp_path: Path) -> None:
    two = ListedFile({"url": b"example.com/a", "url-prefix": b"example.com/*"})
    with pytest.raises(ValueError, match="one rule"):
        change(tmp_path, "made", [two])
    assert KnownLists.open(tmp_path).lists == []


def test_rules_and_hashes_of_a_list_keep_to_themselves(tmp_path: Path) -> None:
    both = ListedFile({"md5": bytes(16), "url": b"example.com/a"}, "7")
    change(tmp_path, "made", [ListedFile({"sha1": bytes(20)}), both, entry("*.example.org")])
    known = HashList.open(tmp_path, "made")
    assert list(known.files()) == [ListedFile({"sha1": bytes(20)}), both, entry("*.example.org")]
    assert known.version.hashes == {"md5": 1, "sha1": 1, "url": 1, "url-prefix": 1}
    assert matched(tmp_path, "http://example.com/a") == ["example.com/a"]
    known.verify()


@pytest.mark.parametrize("name", ["rule.entries", "rule.ends", "rule.text"])
def test_rules_without_their_texts_are_a_damaged_list(tmp_path: Path, name: str) -> None:
    version = change(tmp_path, "made", [entry("example.com/a"), entry("*.example.org")])
    path = tmp_path / "made" / version.layers[0]
    file = LayerFile.open(path)
    for damaged in ({name: file.arrays[name][None]}, {}):
        arrays = {one: array for one, array in file.arrays.items() if one != name} | damaged
        write_layer(path, arrays, file.description.notes)
        with pytest.raises(BadList, match="its parts do not fit"):
            HashList.open(tmp_path, "made")


STEPS = st.tuples(
    st.sampled_from(["whole", "changes", "changes", "merge"]),
    st.lists(st.tuples(st.sampled_from(TEXTS), st.integers(0, 3)), max_size=4),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(STEPS, min_size=1, max_size=6))
def test_after_any_changes_exactly_the_rules_that_stand_match(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[How, list[tuple[str, int]]]]
) -> None:
    lists = tmp_path_factory.mktemp("lists")
    stands = {"example.net/always"}
    change(lists, "made", [entry(text) for text in stands])
    old = HashList.open(lists, "made")
    first = set(stands)
    for how, came in steps:
        if how not in ("whole", "changes"):
            merge(lists, "made")
            continue
        entries = [entry(text, withdrawn=not number) for text, number in came]
        entries += [entry("example.net/always")]
        change(lists, "made", entries, how)
        stands = set() if how == "whole" else stands
        for text, number in [*came, ("example.net/always", 1)]:
            stands = stands | {text} if number else stands - {text}
    now = HashList.open(lists, "made")
    values = {value.decode() for one in now.files() for value in one.hashes.values()}
    assert values == stands
    for url in URLS:
        assert sorted(matched(lists, url)) == sorted(
            one.text for one in expressions(url) if one.text in stands
        )
    told = {(word, *(one.hashes.values())) for word, one in difference(old, now)}
    assert told == {("added", text.encode()) for text in stands - first}
