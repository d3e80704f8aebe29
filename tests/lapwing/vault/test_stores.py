"""A store keeps whole objects under checked names, follows no link, and finds and names what is wrong."""

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lapwing.vault import BadName, DiskStore, Fault, Identities, Missing, ObjectName, stage, verify


def put(store: DiskStore, identities: Identities, content: bytes, folder: Path) -> str:
    staged = stage([content], recipients=identities.recipients, folder=folder)
    store.put(staged.path, staged.object_name)
    return staged.object_name


@pytest.fixture
def store(tmp_path: Path) -> DiskStore:
    return DiskStore(tmp_path / "store")


def test_an_object_is_there_until_it_is_deleted(
    tmp_path: Path, store: DiskStore, identities: Identities
) -> None:
    name = put(store, identities, b"a dull file", tmp_path)
    assert name.startswith(f"{name[3:5]}/")
    assert store.exists(name)
    assert list(store.names()) == list(store.names(name[:40])) == [name]
    assert list(store.names("zz")) == []
    assert not list(tmp_path.glob("sealing-*"))
    store.delete(name)
    store.delete(name)
    assert not store.exists(name)
    with pytest.raises(Missing):
        store.open(name)


def test_a_file_on_another_disk_is_copied_whole(tmp_path: Path, identities: Identities) -> None:
    other = Path("/dev/shm")
    if not other.is_dir() or other.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("there is no second file system here")
    store = DiskStore(tmp_path / "store")
    staged = stage([b"a dull file" * 9999], recipients=identities.recipients, folder=other)
    store.put(staged.path, staged.object_name)
    assert not staged.path.exists()
    assert list(verify(store, [staged.object_name])) == []


A, B = "a" * 64, "b" * 64


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("", "nothing"),
        (f"{A}-{B}.age", "no folder"),
        (f"bb/{A}-{B}.age", "the folder of another"),
        (f"aa/{A.upper()}-{B}.age", "capitals: two names of one object"),
        (f"aa/{A}-{B}.age\n", "a line feed at the end"),
        (f"aa/../aa/{A}-{B}.age", "a path"),
        (f"/aa/{A}-{B}.age", "a path from the root"),
        (f"aa/{A}-{B}.age\0", "a byte no name has"),
        ("../../etc/passwd", "a path out"),
        (f"aa/{A}-{B}", "no ending"),
    ],
)
def test_an_odd_name_is_refused_before_the_disk_is_asked(store: DiskStore, name: str, reason: str) -> None:
    for ask in (store.open, store.exists, store.delete, lambda n: store.put(Path("/dev/null"), n)):
        with pytest.raises(BadName):
            ask(name)
    assert not store.folder.exists(), reason


@given(st.text())
def test_a_text_is_no_name_unless_it_is_spelt_as_one(text: str) -> None:
    with pytest.raises(BadName):
        ObjectName.parse(text)


def test_a_name_says_what_it_was_made_of() -> None:
    assert ObjectName.parse(str(ObjectName(A, B))) == ObjectName(A, B)


def test_a_link_or_a_pipe_in_an_objects_place_is_missing(
    tmp_path: Path, store: DiskStore, identities: Identities
) -> None:
    name = put(store, identities, b"a dull file", tmp_path)
    place = store.folder / name
    moved = tmp_path / "moved"
    place.rename(moved)
    place.symlink_to(moved)
    assert list(verify(store, [name])) == [Fault(name, "missing")]
    place.unlink()
    os.mkfifo(place)
    assert list(verify(store, [name])) == [Fault(name, "missing")]
    place.unlink()
    place.mkdir()
    assert list(verify(store, [name])) == [Fault(name, "missing")]


def test_a_folder_that_is_a_link_is_not_entered(
    tmp_path: Path, store: DiskStore, identities: Identities
) -> None:
    name = put(store, identities, b"a dull file", tmp_path)
    folder = (store.folder / name).parent
    folder.rename(tmp_path / "elsewhere")
    folder.symlink_to(tmp_path / "elsewhere")
    assert not store.exists(name)
    assert set(verify(store, [name])) == {Fault(name, "missing"), Fault(name[:2], "unknown")}


def test_what_is_whole_has_no_faults(tmp_path: Path, store: DiskStore, identities: Identities) -> None:
    names = [put(store, identities, bytes([i]) * 1000, tmp_path) for i in range(5)]
    assert list(verify(store, names)) == list(verify(store)) == []


@settings(max_examples=60, deadline=None)
@given(which=st.integers(0, 2), at=st.integers(0, 10**6), bit=st.integers(0, 7))
def test_any_flipped_bit_is_found_and_named(
    tmp_path_factory: pytest.TempPathFactory, which: int, at: int, bit: int
) -> None:
    folder = tmp_path_factory.mktemp("vault")
    store, identities = DiskStore(folder / "store"), Identities.generate()
    names = [put(store, identities, bytes([i]) * 300, folder) for i in range(3)]
    name = names[which]
    path = store.folder / name
    content = bytearray(path.read_bytes())
    content[at % len(content)] ^= 1 << bit
    path.write_bytes(content)
    assert list(verify(store, names)) == list(verify(store)) == [Fault(name, "changed")]


def test_missing_changed_and_unknown_are_each_named(
    tmp_path: Path, store: DiskStore, identities: Identities
) -> None:
    gone, short, whole = (put(store, identities, bytes([i]) * 1000, tmp_path) for i in range(3))
    (store.folder / gone).unlink()
    os.truncate(store.folder / short, 100)
    (store.folder / "aa").mkdir(exist_ok=True)
    (store.folder / "aa" / "odd\nname").write_text("what is this")
    extra = put(store, identities, b"nobody has a row for this", tmp_path)
    assert {(fault.name, fault.kind) for fault in verify(store, [gone, short, whole])} == {
        (gone, "missing"),
        (short, "changed"),
        ("aa/odd\nname", "unknown"),
        (extra, "unknown"),
    }
