"""Folders and archives: everything found is an item, and nothing found can do harm."""

import os
import struct
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

import pytest
from tests.mixture import archive, details, document, ncmec, report

from lapwing_web.intake.actions import archive as limits
from lapwing_web.intake.actions import gather
from lapwing_web.intake.actions.arrive import may_keep
from lapwing_web.intake.actions.gather import Item, Walk, from_files, from_paths, left


def walked(*paths: Path) -> tuple[list[Item], Walk]:
    walk = Walk()
    return list(from_paths(paths, walk)), walk


def opened(content: bytes) -> list[Item]:
    return list(from_files([Item("a.zip", content)]))


def test_a_folder_is_read_whole_and_always_in_the_same_order(tmp_path: Path) -> None:
    for name in ("b/2", "b/1", "a", "c/d/e"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    items, walk = walked(tmp_path)
    assert [item.content for item in items] == [b"a", b"b/1", b"b/2", b"c/d/e"]
    assert (walk.unreadable, walk.not_followed, walk.begun) == ([], [], 4)


def test_links_are_named_and_not_followed(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "secret").write_text("outside")
    (tmp_path / "in" / "link").symlink_to(tmp_path / "secret")
    (tmp_path / "in" / "loop").symlink_to(tmp_path)
    os.mkfifo(tmp_path / "in" / "pipe")
    items, walk = walked(tmp_path / "in")
    assert items == []
    assert len(walk.not_followed) == 3


def test_what_is_not_there_is_named_and_the_rest_is_read(tmp_path: Path) -> None:
    (tmp_path / "here").write_text("x")
    items, walk = walked(tmp_path / "gone", tmp_path / "here")
    assert [item.content for item in items] == [b"x"]
    assert len(walk.unreadable) == 1


def test_a_path_that_cannot_even_be_asked_about_is_named_and_the_rest_is_read(tmp_path: Path) -> None:
    (tmp_path / "here").write_text("x")
    (tmp_path / "circle").symlink_to(tmp_path / "circle")
    os.mkfifo(tmp_path / "pipe")
    refused = [
        tmp_path / ("n" * 256),  # longer than a name can be
        tmp_path / "circle",
        tmp_path / "here" / "inside",  # in what is no folder
        tmp_path / "pipe",
    ]
    items, walk = walked(*refused, tmp_path / "here")
    assert [item.content for item in items] == [b"x"]
    assert [problem.partition(": ")[0] for problem in walk.unreadable] == [str(path) for path in refused]
    assert all(problem.partition(": ")[2] for problem in walk.unreadable)


def test_a_folder_that_may_not_be_looked_into_is_named_and_the_rest_is_read(tmp_path: Path) -> None:
    (tmp_path / "closed" / "in").mkdir(parents=True)
    (tmp_path / "open").mkdir()
    (tmp_path / "open" / "here").write_text("x")
    (tmp_path / "closed").chmod(0)
    with as_nobody(tmp_path):
        items, walk = walked(tmp_path / "closed" / "in", tmp_path)
    (tmp_path / "closed").chmod(0o700)
    assert [item.content for item in items] == [b"x"]
    assert [problem.partition(": ")[0] for problem in walk.unreadable] == [
        str(tmp_path / "closed" / "in"),
        str(tmp_path / "closed"),
    ]


@contextmanager
def as_nobody(home: Path) -> Iterator[None]:
    """Without the privilege that opens every folder, where there is it; the folders above let one in."""
    if os.geteuid():
        yield
        return
    above = [folder for folder in [home, *home.parents] if not folder.stat().st_mode & 0o1]
    modes = {folder: folder.stat().st_mode for folder in above}
    for folder in above:
        folder.chmod(0o755)
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)
        for folder, mode in modes.items():
            folder.chmod(mode)


def test_what_is_left_of_a_walk_is_counted_from_the_file_it_was_in(tmp_path: Path) -> None:
    for name in ("b/2", "b/1", "a", "c/d/e"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    walk = Walk()
    walking = from_paths([tmp_path], walk)
    assert left([tmp_path], walk.begun) == 4
    remaining = []
    for _ in walking:
        remaining.append(left([tmp_path], walk.begun))
    assert remaining == [4, 3, 2, 1]


def test_a_name_of_undecodable_bytes_is_text_that_can_be_stored(tmp_path: Path) -> None:
    with open(os.fsencode(tmp_path) + b"/\xff\n\x1b.xml", "wb") as file:
        file.write(b"x")
    items, _ = walked(tmp_path)
    items[0].name.encode()
    assert items[0].name.isprintable()


def test_an_archive_inside_an_archive_is_opened_to_a_depth() -> None:
    content = b"{}"
    for _ in range(limits.NESTING + 1):
        content = archive({"x": content})
    assert [item.content for item in opened(content)] == [b"{}"]
    (item,) = opened(archive({"x": content}))
    assert item.content is None
    assert "deep" in item.refused


def test_a_member_name_is_text_and_never_a_path(tmp_path: Path) -> None:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w") as zipped:
        zipped.writestr("../../escaped.xml", b"one")
        zipped.writestr("/etc/absolute.xml", b"two")
    names = [item.name for item in opened(stream.getvalue())]
    assert names == ["a.zip › ../../escaped.xml", "a.zip › /etc/absolute.xml"]
    assert not list(tmp_path.parent.glob("escaped.xml"))


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    (item,) = opened(archive({"bomb.xml": b"0" * 60_000_000}))
    assert item.content is None
    assert item.size == 60_000_000
    assert "bomb" in item.refused


def test_an_archive_of_too_many_files_or_bytes_is_refused_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    content = archive({"a": b"1", "b": b"2"})
    monkeypatch.setattr(limits, "MEMBERS", 1)
    (item,) = opened(content)
    assert "2 files" in item.refused
    monkeypatch.undo()
    monkeypatch.setattr(limits, "TOTAL", 1)
    (item,) = opened(content)
    assert "unpack to 2 bytes" in item.refused
    assert item.sha256


@pytest.mark.parametrize("damage", ["cut", "checksum", "encrypted", "method"])
def test_a_damaged_member_is_one_item_with_its_reason_and_the_others_are_read(damage: str) -> None:
    good = archive({"a.xml": b"a" * 50, "b.xml": b"b" * 50})
    second = good.index(b"b.xml") - 30
    listed = good.rindex(b"b.xml") - 46
    content = bytearray(good)
    if damage == "encrypted":
        content[listed + 8] |= 1
    elif damage == "method":
        struct.pack_into("<H", content, listed + 10, 99)
        struct.pack_into("<H", content, second + 8, 99)
    elif damage == "checksum":
        struct.pack_into("<L", content, listed + 16, 1)
    else:
        content[second : second + 4] = b"\0\0\0\0"
    first, damaged = opened(bytes(content))
    assert first.content == b"a" * 50
    assert damaged.content is None
    assert damaged.refused


def test_an_archive_with_nothing_in_it_or_cut_short_is_one_refused_item() -> None:
    assert "no files" in opened(archive({}))[0].refused
    assert "cannot be opened" in opened(archive({"a": b"1" * 100})[:-10])[0].refused


def test_a_file_past_the_limit_is_told_by_its_size_and_hash(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gather, "LIMIT", 10)
    (item,) = opened(b"x" * 11)
    assert (item.content, item.size, len(item.sha256)) == (None, 11, 64)
    assert "larger" in item.refused


def test_details_give_their_reference_to_the_one_report_beside_them(tmp_path: Path) -> None:
    (tmp_path / "report.xml").write_bytes(document(ncmec(1)))
    (tmp_path / "one.xml").write_bytes(document(details(1, "CT-9")))
    (tmp_path / "two.xml").write_bytes(document(details(2, "CT-9")))
    items, _ = walked(tmp_path)
    assert {item.reference for item in items} == {"CT-9"}


def test_details_of_two_references_or_beside_two_reports_give_none(tmp_path: Path) -> None:
    one, two = document(details(1, "CT-1")), document(details(2, "CT-2"))
    first, second = document(ncmec(1)), document(ncmec(2))
    for files in ([first, one, two], [first, second, one], [document(report(1)), one]):
        assert {item.reference for item in from_files(Item("f", file) for file in files)} == {""}


@pytest.mark.parametrize(
    ("content", "kept"),
    [
        (b"<report>\0</report>", True),
        (b'  {"a": 1', True),
        ("<report/>".encode("utf-16"), True),
        (b"plain words", True),
        (b"", True),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), False),
        (b"\xff\xd8\xff\xe0" + bytes(100), False),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", False),
        (b"<?xml version='1.0'?><svg/>", False),
        (b"PK\x03\x04" + bytes(40), False),
        (bytes(range(1, 32)) * 20, False),
    ],
)
def test_only_text_is_kept_in_the_clear(content: bytes, kept: bool) -> None:
    assert may_keep(content) is kept


def test_broken_bzip2_is_one_refused_item_and_the_others_are_read() -> None:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_BZIP2) as zipped:
        for name in "abc":
            zipped.writestr(f"{name}.xml", name * 500)
    content = bytearray(stream.getvalue())
    begins = content.index(b"b.xml") + 5
    content[begins + 10 : begins + 30] = b"\xff" * 20
    first, broken, third = opened(bytes(content))
    assert (first.content, broken.content, third.content) == (b"a" * 500, None, b"c" * 500)
    assert "could not be taken out" in broken.refused


def test_an_upload_that_cannot_be_read_is_a_refused_item_and_the_others_are_read() -> None:
    class Unwilling(BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise OSError(5, "Input/output error")

    items = list(from_files([Item("a", b"1"), Item("b", Unwilling()), Item("c", b"3")]))
    assert [item.content for item in items] == [b"1", None, b"3"]
    assert items[1].refused == "It could not be read: Input/output error."
