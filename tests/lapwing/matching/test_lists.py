"""Lists of known hashes: what is built is found again, nothing else is, and a damaged list is refused."""

import hashlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lapwing.hashing import Digests
from lapwing.matching import BadList, HashList, KnownLists, Match, building
from lapwing.matching.building import Building
from lapwing.matching.list_file import HEADER, write_list


def digests_of(content: bytes) -> Digests:
    return Digests(
        hashlib.md5(content).hexdigest(),
        hashlib.sha1(content).hexdigest(),
        hashlib.sha256(content).hexdigest(),
        len(content),
    )


@settings(max_examples=50, deadline=None)
@given(
    listed=st.sets(st.binary(min_size=16, max_size=16), max_size=80),
    others=st.sets(st.binary(min_size=16, max_size=16)),
)
def test_a_list_has_what_was_put_in_it_and_nothing_else(
    tmp_path_factory: pytest.TempPathFactory, listed: set[bytes], others: set[bytes]
) -> None:
    path = write_list(tmp_path_factory.mktemp("lists"), "made", "md5", sorted([*listed, *listed]))
    known = HashList.open(path)
    assert len(known) == len(listed)
    assert all(value in known for value in listed)
    assert not any(value in known for value in others - listed)


def test_more_than_a_run_is_sorted_through_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(building, "RUN", 7)
    made = Building("long")
    values = [hashlib.sha1(str(i).encode()).digest() for i in range(100)]
    for value in values:
        made.add("sha1", value)
    [path] = made.write(tmp_path)
    made.close()
    known = HashList.open(path)
    assert len(known) == 100
    assert all(value in known for value in values)


def test_a_match_says_which_list_and_which_hash(tmp_path: Path) -> None:
    file = digests_of(b"a dull file")
    write_list(tmp_path, "partner", "sha256", [bytes.fromhex(file.sha256)])
    write_list(tmp_path, "agency", "md5", [bytes.fromhex(file.md5)])
    write_list(tmp_path, "agency", "sha1", [bytes(20)])
    lists = KnownLists.open(tmp_path)
    assert lists.match(file) == [Match("agency", "md5", file.md5), Match("partner", "sha256", file.sha256)]
    assert lists.match(digests_of(b"another")) == []


def test_a_folder_that_is_not_there_has_no_lists(tmp_path: Path) -> None:
    assert KnownLists.open(tmp_path / "absent").match(digests_of(b"x")) == []


@pytest.mark.parametrize(
    ("at", "reason"),
    [
        (1, "the header says what it is"),
        (HEADER, "the first hash"),
        (HEADER + 16 * 9, "the last hash"),
    ],
)
def test_a_changed_byte_is_refused_by_name(tmp_path: Path, at: int, reason: str) -> None:
    path = write_list(tmp_path, "made", "md5", [bytes([i]) * 16 for i in range(10)])
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    path.write_bytes(content)
    with pytest.raises(BadList, match=r"made\.md5\.hashes"):
        KnownLists.open(tmp_path)


@pytest.mark.parametrize("kept", [0, 1, HEADER - 1, HEADER, HEADER + 16 * 9, HEADER + 16 * 10 - 1])
def test_a_list_cut_short_is_refused(tmp_path: Path, kept: int) -> None:
    path = write_list(tmp_path, "made", "md5", [bytes([i]) * 16 for i in range(10)])
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(BadList):
        KnownLists.open(tmp_path)


def test_what_is_whole_is_opened_and_what_is_not_is_named(tmp_path: Path) -> None:
    write_list(tmp_path, "whole", "md5", [bytes(16)])
    (tmp_path / "broken.md5.hashes").write_text("{}")
    (tmp_path / "folder.md5.hashes").mkdir()
    lists, faults = KnownLists.open_whole(tmp_path)
    assert [known.name for known in lists.lists] == ["whole"]
    assert [fault.path.name for fault in faults] == ["broken.md5.hashes", "folder.md5.hashes"]


def test_the_same_list_twice_is_refused(tmp_path: Path) -> None:
    path = write_list(tmp_path, "made", "md5", [bytes(16)])
    (tmp_path / "copy.md5.hashes").write_bytes(path.read_bytes())
    with pytest.raises(BadList, match="two lists made"):
        KnownLists.open(tmp_path)


@pytest.mark.parametrize("name", ["", "../up", "UPPER", "a b", "a" * 65, "a/b", ".hidden", "a\n"])
def test_a_name_that_is_none_builds_nothing(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadList):
        write_list(tmp_path, name, "md5", [])
    assert list(tmp_path.iterdir()) == []
