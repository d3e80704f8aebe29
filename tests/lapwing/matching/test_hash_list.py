"""A list through its versions: what is on it is found, what is gone never is, whatever happens in between."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn
from tests.lapwing.matching.made_lists import ORIGIN, change

from lapwing.matching import BadList, HashList
from lapwing.matching.changing import How
from lapwing.matching.keeping import difference, merge, needs_merging, roll_back
from lapwing.matching.layer_file import write_layer
from lapwing.matching.listed import ListedFile
from lapwing.matching.near_index import rows_of
from lapwing.matching.tables import empty_tables, fill_table_numpy
from lapwing.matching.versions import current, kept

MD5S = [bytes([number]) * 16 for number in range(4)]
PDQS = [bytes(31) + bytes([bits]) for bits in (0, 1, 3, 255)]  # 0, 1, 2 and 8 bits from the first
Key = tuple[object, ...]


def key(entry: ListedFile) -> Key:
    hashes = tuple(sorted(entry.hashes.items()))
    return (entry.identity, entry.category, entry.dialect, entry.media, hashes)


def meant(withdrawn: ListedFile, entry: ListedFile) -> bool:
    if withdrawn.identity:
        return entry.identity == withdrawn.identity
    return any(entry.hashes.get(kind) == value for kind, value in withdrawn.hashes.items())


def model(before: Iterable[ListedFile], came: Sequence[ListedFile], how: str) -> dict[Key, ListedFile]:
    """What a list has after a change, said one entry at a time."""
    given_keys = {key(entry) for entry in came if not entry.withdrawn}
    withdrawals = [entry for entry in came if entry.withdrawn]
    old = {key(entry): entry for entry in before if not any(meant(one, entry) for one in withdrawals)}
    if how == "whole":
        old = {one: entry for one, entry in old.items() if one in given_keys}
    renamed = {entry.identity for entry in came if not entry.withdrawn and key(entry) not in old} - {""}
    new: dict[Key, ListedFile] = {}
    for entry in came:
        if entry.withdrawn:
            new = {one: other for one, other in new.items() if not meant(entry, other)}
        else:
            new[key(entry)] = entry
    if how == "changes":
        old = {one: entry for one, entry in old.items() if entry.identity not in renamed or one in given_keys}
    return old | new


@st.composite
def entries(draw: DrawFn) -> ListedFile:
    hashes = {}
    if draw(st.booleans()):
        hashes["md5"] = draw(st.sampled_from(MD5S))
    if draw(st.booleans()) or not hashes:
        hashes["pdq"] = draw(st.sampled_from(PDQS))
    identity = draw(st.sampled_from(["", "a", "b", "é" * 9]))
    withdrawn = draw(st.integers(0, 4)) == 0
    return ListedFile(hashes, identity, draw(st.sampled_from(["1", "2"])), "made", "image", withdrawn)


STEPS = st.tuples(
    st.sampled_from(["whole", "changes", "changes", "merge", "back"]), st.lists(entries(), max_size=6)
)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(STEPS, min_size=1, max_size=6))
def test_after_any_changes_it_has_what_one_entry_at_a_time_would_have(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[How, list[ListedFile]]]
) -> None:
    lists = tmp_path_factory.mktemp("lists")
    stands = {key(entry): entry for entry in (ListedFile({"md5": MD5S[0]}), ListedFile({"pdq": PDQS[3]}))}
    change(lists, "made", list(stands.values()))
    then = {1: stands}
    for how, came in steps:
        before = current(lists / "made")
        assert before is not None
        if how in ("whole", "changes"):
            change(lists, "made", came, how)
            stands = model(stands.values(), came, how)
        elif how == "merge":
            merge(lists, "made")
        else:
            number = min(then)
            roll_back(lists, "made", number, origin=ORIGIN, bring_back=True)
            stands = then[number]
        known = HashList.open(lists, "made")
        then[known.version.number] = stands
        if how == "merge":
            assert known.version.number == before.number
            assert len(known.layers) == 1
        is_on(known, stands)
    known.verify()


def is_on(known: HashList, stands: dict[Key, ListedFile]) -> None:
    """The list has these, by every way to ask it."""
    assert sorted(map(key, known.files())) == sorted(stands)
    assert known.version.entries == len(known) == len(stands)
    for kind in ("md5", "pdq"):
        having = [entry for entry in stands.values() if kind in entry.hashes]
        assert known.counts().get(kind, 0) == known.version.hashes.get(kind, 0) == len(having)
    for value in MD5S:
        found = [known.entry(number) for number in known.find("md5", value)]
        wanted = [entry for entry in stands.values() if entry.hashes.get("md5") == value]
        assert sorted((one.identity, one.category) for one in found) == sorted(
            (one.identity, one.category) for one in wanted
        )
    many = known.find_many("md5", np.frombuffer(b"".join(MD5S), np.uint8).reshape(-1, 16))
    alone = [(query, number) for query, value in enumerate(MD5S) for number in known.find("md5", value)]
    assert list(zip(many.queries.tolist(), many.entries.tolist(), strict=True)) == alone
    near = known.near(np.frombuffer(PDQS[0], np.uint8)[None, :], 2)
    apart = sorted(
        (known.entry(one).identity, bits) for one, bits in zip(near.entries, near.distances, strict=True)
    )
    assert apart == sorted(
        (entry.identity, PDQS.index(entry.hashes["pdq"]))
        for entry in stands.values()
        if entry.hashes.get("pdq") in PDQS[:3]
    )


def test_a_list_of_one_hash_and_one_of_the_same_hash_again_and_again_match(tmp_path: Path) -> None:
    """python-threatexchange's index matches nothing then, after it is saved and loaded."""
    change(tmp_path, "one", [ListedFile({"pdq": PDQS[1]})])
    change(tmp_path, "same", [ListedFile({"pdq": PDQS[1]}, str(number)) for number in range(5000)])
    query = np.frombuffer(PDQS[1], np.uint8)[None, :]
    assert len(HashList.open(tmp_path, "one").near(query)) == 1
    assert len(HashList.open(tmp_path, "same").near(query)) == 5000


def test_every_hash_of_an_entry_is_kept(tmp_path: Path) -> None:
    """python-threatexchange drops the MD5 and the SHA-1 of a picture that has a PDQ."""
    frames = '["' + PDQS[0].hex() + ',90,1.500"]'
    hashes = {
        "md5": bytes(16),
        "sha1": bytes(20),
        "sha256": bytes(32),
        "pdq": PDQS[2],
        "photodna": bytes(range(144)),
        "vpdq": frames.encode(),
    }
    change(tmp_path, "made", [ListedFile(hashes, "one", "A1", "industry", "video")])
    known = HashList.open(tmp_path, "made")
    assert list(known.files()) == [ListedFile(hashes, "one", "A1", "industry", "video")]
    assert known.version.hashes == dict.fromkeys(hashes, 1)
    for kind in ("md5", "sha1", "sha256", "photodna"):
        assert known.find(kind, hashes[kind]) == [0]
    assert len(known.near(np.frombuffer(PDQS[0], np.uint8)[None, :], kind="vpdq")) == 1


def test_nothing_new_is_no_new_version(tmp_path: Path) -> None:
    one = change(tmp_path, "made", [ListedFile({"md5": MD5S[1]}), ListedFile({"md5": MD5S[2]})])
    assert change(tmp_path, "made", [ListedFile({"md5": MD5S[2]}), ListedFile({"md5": MD5S[1]})]) == one
    assert change(tmp_path, "made", [ListedFile({"md5": MD5S[2]})], "changes") == one


def test_a_small_change_to_a_long_list_writes_only_itself(tmp_path: Path) -> None:
    """A peer builds its whole index again for each change."""
    rows = np.random.default_rng(1).integers(0, 256, (4000, 32), np.uint8)
    change(tmp_path, "made", [ListedFile({"pdq": row.tobytes()}, str(at)) for at, row in enumerate(rows)])
    known = HashList.open(tmp_path, "made")
    for number in range(10):
        change(tmp_path, "made", [ListedFile({}, str(number), withdrawn=True)], "changes")
    after = HashList.open(tmp_path, "made")
    assert [file.path.stat().st_size < 8192 for file in after._files[1:]] == [True] * 10
    assert len(after.near(rows[:20], 0)) == 10
    assert len(known.near(rows[:20], 0)) == 20, "who has the list open sees what there was"
    assert needs_merging(after)
    merge(tmp_path, "made")
    assert len(HashList.open(tmp_path, "made").near(rows[:20], 0)) == 10


def test_a_file_with_tables_of_an_earlier_form_is_searched_without_them_until_it_is_merged(
    tmp_path: Path,
) -> None:
    rows = np.random.default_rng(2).integers(0, 256, (3000, 32), np.uint8)
    change(tmp_path, "made", [ListedFile({"pdq": row.tobytes()}) for row in rows])
    [file] = HashList.open(tmp_path, "made")._files
    arrays = {name: array for name, array in file.arrays.items() if ".spread." not in name}
    earlier = empty_tables(rows_of(rows))
    for table in range(16):
        fill_table_numpy(earlier, rows_of(rows), table)  # the bits as they come, as they were before
    arrays |= {"pdq.offsets": earlier.offsets, "pdq.following": earlier.following, "pdq.ids": earlier.ids}
    write_layer(file.path, arrays, file.description.notes)
    queries = rows[:200] ^ np.packbits(np.arange(256) % 9 == 0)  # 29 bits away, in every chunk
    for after in (False, True):
        known = HashList.open(tmp_path, "made")
        assert known.near(queries).entries.tolist() == list(range(200))
        assert needs_merging(known) != after
        assert any(".spread." in name for name in known._files[0].arrays) == after
        merge(tmp_path, "made")


def test_going_back_undoes_a_bad_list_but_not_what_its_publisher_withdrew(tmp_path: Path) -> None:
    all_four = [ListedFile({"md5": value}, f"no. {at}") for at, value in enumerate(MD5S)]
    change(tmp_path, "made", all_four)
    change(tmp_path, "made", [ListedFile({}, "no. 2", withdrawn=True)], "changes")
    change(tmp_path, "made", all_four[:1])  # a bad day: the list came nearly empty
    back = roll_back(tmp_path, "made", 1, origin=ORIGIN)
    assert (back.number, back.rolled_back_to, back.entries, back.added, back.gone) == (4, 1, 3, 2, 0)
    assert [entry.identity for entry in HashList.open(tmp_path, "made").files()] == [
        "no. 0",
        "no. 1",
        "no. 3",
    ]
    merge(tmp_path, "made")
    assert roll_back(tmp_path, "made", 1, origin=ORIGIN, bring_back=True).entries == 4
    with pytest.raises(BadList, match="version 9 is not kept; there are 1, 2, 3, 4, 5"):
        roll_back(tmp_path, "made", 9, origin=ORIGIN)


def test_old_versions_go_with_what_only_they_needed(tmp_path: Path) -> None:
    for number in range(14):
        change(tmp_path, "made", [ListedFile({"md5": bytes([number]) * 16})])
    versions = kept(tmp_path / "made")
    assert [version.number for version in versions] == list(range(5, 15))
    assert {path.name for path in (tmp_path / "made").glob("*.layer")} == {
        name for version in versions for name in version.layers
    }
    for version in versions:
        HashList.open(tmp_path, "made", version).verify()


def test_a_difference_says_what_came_and_what_went(tmp_path: Path) -> None:
    one, two, three = (ListedFile({"md5": value}) for value in MD5S[:3])
    old = change(tmp_path, "made", [one, two])
    change(tmp_path, "made", [two, three])
    found = difference(HashList.open(tmp_path, "made", old), HashList.open(tmp_path, "made"))
    assert list(found) == [("gone", one), ("added", three)]


@pytest.mark.parametrize("name", ["", "../up", "UPPER", "a b", "a" * 65, "a/b", ".hidden", "a\n"])
def test_a_name_that_is_none_makes_nothing(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadList):
        change(tmp_path, name, [])
    assert list(tmp_path.iterdir()) == []


def test_what_comes_in_badly_changes_nothing(tmp_path: Path) -> None:
    change(tmp_path, "made", [ListedFile({"md5": MD5S[1]})])
    before = sorted(path.name for path in (tmp_path / "made").iterdir())

    def broken() -> Iterable[ListedFile]:
        yield ListedFile({"md5": MD5S[2]})
        raise RuntimeError("the line was cut")

    with pytest.raises(RuntimeError):
        change(tmp_path, "made", broken())
    assert sorted(path.name for path in (tmp_path / "made").iterdir()) == before
    assert HashList.open(tmp_path, "made").find("md5", MD5S[1]) == [0]


def test_a_version_whose_writer_was_killed_before_the_commit_never_counted(tmp_path: Path) -> None:
    change(tmp_path, "made", [ListedFile({"md5": MD5S[1]})])
    before = (tmp_path / "made" / "current.json").read_bytes()
    change(tmp_path, "made", [ListedFile({"md5": MD5S[2]})])
    (tmp_path / "made" / "current.json").write_bytes(before)  # all but the last step of the commit
    assert [version.number for version in kept(tmp_path / "made")] == [1]
    with pytest.raises(BadList, match="version 2 is not kept"):
        roll_back(tmp_path, "made", 2, origin=ORIGIN)
    assert change(tmp_path, "made", [ListedFile({"md5": MD5S[3]})]).number == 2
    assert [version.number for version in kept(tmp_path / "made")] == [1, 2]
    assert HashList.open(tmp_path, "made").find("md5", MD5S[3]) == [0]
