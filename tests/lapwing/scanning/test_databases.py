"""Databases: pictures in their cells are items; a stranger's schema neither runs nor stops a scan."""

import hashlib
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

import pytest
from tests.lapwing.scanning.made_sources import picture, put
from tests.lapwing.scanning.test_archives import scanned, tarred, zipped
from tests.lapwing.scanning.test_images import INTO_FAT, MAKE_FAT, filled, made

from lapwing.hashing.failures import CannotHash
from lapwing.scanning import databases
from lapwing.scanning.found import Locator, Step

JPEG, PNG, LATER = picture(31, "JPEG"), picture(32), picture(33)
SCHEMA = """
create table message (id integer primary key, body text, thumbnail blob, said any);
create table "odd ""name""/x" (rowid blob, "a b" blob);
create table counter (name text primary key, icon blob) without rowid;
create view shown as select thumbnail from message;
create virtual table words using fts4(body);
create table worked (a integer, b blob generated always as (zeroblob(900000000)) virtual);
insert into worked (a) values (1);
"""


def chat_content() -> bytes:
    """A database like those of chats, and what a hostile one may have besides."""
    with sqlite3.connect(":memory:") as made:
        made.executescript(SCHEMA)
        made.execute("insert into message values (1, 'hello', ?, 'x')", (JPEG,))
        made.execute("insert into message values (7, 'hello', ?, ?)", (b"\x08\x01 no picture", PNG))
        made.execute("insert into message values (-3, 'hello', null, ?)", (zipped({"a.png": PNG}),))
        made.execute('insert into "odd ""name""/x" values (?, ?)', (PNG, b""))
        made.executemany("insert into counter values (?, ?)", [("b", PNG), ("a", b"none"), ("c", JPEG)])
        content = made.serialize()
    made.close()
    return content


WANTED = {
    "message/1/thumbnail": JPEG,
    "message/7/said": PNG,
    "message/-3/said/a.png": PNG,
    'odd "name"/x/0/rowid': PNG,
    "counter/1/icon": PNG,
    "counter/2/icon": JPEG,
}


@pytest.mark.parametrize("name", ["chat.db", "backup.zip/chat.db"])
def test_pictures_in_cells_are_items_and_nothing_else_of_the_database_is(tmp_path: Path, name: str) -> None:
    content = chat_content()
    outer, _, inner = name.rpartition("/")
    put(tmp_path / "d", outer or inner, zipped({inner: content}) if outer else content)
    found = scanned(tmp_path / "d", tmp_path / "out")
    below = {path.removeprefix(f"{name}/"): one for path, one in found.items() if path.startswith(f"{name}/")}
    assert set(below) == {*WANTED, "message/-3/said"}
    for path, held in WANTED.items():
        assert below[path]["sha256"] == hashlib.sha256(held).hexdigest()
        assert len(below[path]["pdq"]) == 64
    assert below["message/1/thumbnail"]["parent"] == name
    assert below["message/-3/said/a.png"]["parent"] == f"{name}/message/-3/said"
    assert found[name]["failure"] is None
    assert found[name]["sha256"] == hashlib.sha256(content).hexdigest()


def logged(folder: Path) -> dict[str, bytes]:
    """A database and its log, as they lie while an application has them open."""
    source = put(folder, "chat.db", chat_content())
    with sqlite3.connect(source) as writing:
        writing.execute("pragma journal_mode = wal")
        writing.execute("pragma wal_autocheckpoint = 0")
        writing.execute("insert into message values (9, 'later', ?, null)", (LATER,))
        writing.execute("update message set thumbnail = ? where id = 1", (LATER,))
        writing.commit()
        for number in range(10, 60):  # new pages
            writing.execute(
                "insert into message values (?, 'later', ?, null)", (number, LATER + b"%d" % number)
            )
        writing.commit()
        held = {path.name: path.read_bytes() for path in source.parent.iterdir()}
    writing.close()
    return {name: held[name] for name in ("chat.db", "chat.db-wal")}


def test_what_is_only_in_a_log_is_listed_below_it_and_nothing_is_changed(tmp_path: Path) -> None:
    held, device = logged(tmp_path / "made"), tmp_path / "device"
    for name, content in held.items():
        put(device, name, content)
    put(device, "phone.zip", zipped({f"data/{name}": content for name, content in held.items()}))
    put(device, "phone.tar", tarred(held))
    put(device, "alone/chat.db-wal", held["chat.db-wal"])
    put(device, "torn/chat.db", held["chat.db"])
    put(device, "torn/chat.db-wal", held["chat.db-wal"][:-4000])  # in the last transaction
    found = scanned(device, tmp_path / "out")
    assert {path.name: path.read_bytes() for path in device.glob("chat*")} == held
    for place in ("", "phone.zip/data/", "phone.tar/"):
        log = f"{place}chat.db-wal"
        inside = {path.removeprefix(f"{log}/"): one for path, one in found.items() if one["parent"] == log}
        assert set(inside) == {f"message/{row}/thumbnail" for row in (1, 9, *range(10, 60))}
        assert inside["message/9/thumbnail"]["sha256"] == hashlib.sha256(LATER).hexdigest()
        assert found[f"{place}chat.db/message/1/thumbnail"]["sha256"] == hashlib.sha256(JPEG).hexdigest()
        assert found[f"{place}chat.db"]["failure"] is found[log]["failure"] is None
    assert {path for path in found if path.startswith("torn/chat.db-wal/")} == {
        f"torn/chat.db-wal/message/{row}/thumbnail" for row in (1, 9)
    }
    assert found["alone/chat.db-wal"]["failure"]["reason"] == "partly_read"


MAKE_EXT4 = ["mke2fs", "-q", "-t", "ext4"]
INTO_EXT4 = ["debugfs", "-w", "-R", "write {file} {name}", "{image}"]
INTO_NTFS = ["ntfscp", "-f", "{image}", "{file}", "{name}"]


@pytest.mark.parametrize(
    ("make", "copy"),
    [
        pytest.param(MAKE_EXT4, INTO_EXT4, id="ext4"),
        pytest.param(MAKE_FAT, INTO_FAT, id="fat"),
        pytest.param(["mkntfs", "-F", "-Q", "-q"], INTO_NTFS, id="ntfs"),
    ],
)
def test_in_an_image_too_the_database_of_a_log_is_the_one_in_the_same_folder(
    tmp_path: Path, make: list[str], copy: list[str]
) -> None:
    image, held = filled(tmp_path, make, copy), logged(tmp_path / "made")
    for name in ("chat.db", "chat.db-wal", "alone.db-wal"):
        file = put(tmp_path, f"from/{name}", held["chat.db-wal" if name.endswith("wal") else name])
        made([part.format(image=image, file=file, name=name) for part in copy])
    found = scanned(image, tmp_path / "out")
    log = "disk.img/chat.db-wal"
    inside = {path.removeprefix(f"{log}/"): one for path, one in found.items() if one["parent"] == log}
    assert set(inside) == {f"message/{row}/thumbnail" for row in (1, 9, *range(10, 60))}
    assert inside["message/9/thumbnail"]["sha256"] == hashlib.sha256(LATER).hexdigest()
    assert found[log]["failure"] is None
    assert found["disk.img/alone.db-wal"]["failure"]["reason"] == "partly_read"


def test_a_damaged_database_is_a_failure_and_what_can_be_read_is_listed(tmp_path: Path) -> None:
    content = bytearray(chat_content())
    put(tmp_path / "d", "cut.db", bytes(content[: len(content) - 3 * 4096]))
    page = content.find(b"hello") // 4096 * 4096
    content[page : page + 8] = b"\xff" * 8
    put(tmp_path / "d", "torn.db", bytes(content))
    put(tmp_path / "d", "none.db", databases.MARK + bytes(300))
    found = scanned(tmp_path / "d", tmp_path / "out")
    for name in ("cut.db", "torn.db", "none.db"):
        assert found[name]["failure"]["reason"] == "damaged"
        assert found[name]["sha256"]
    assert found["torn.db/counter/1/icon"]["sha256"] == hashlib.sha256(PNG).hexdigest()
    assert not [path for path in found if path.startswith("torn.db/message")]


@pytest.fixture
def opening(tmp_path: Path) -> Iterator[Callable[[Locator], BinaryIO]]:
    """Opens a database of this machine, and closes it after the test."""
    with ExitStack() as files:
        yield lambda locator: files.enter_context(open(locator[0].at, "rb"))


def outer_of(path: Path) -> Locator:
    return (Step("folder", bytes(path), path.stat().st_ino),)


def test_work_without_end_is_ended_and_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, opening: Callable[[Locator], BinaryIO]
) -> None:
    path = tmp_path / "long.db"
    with sqlite3.connect(path) as made:
        made.execute("create table t (a blob)")
        made.execute(
            "with recursive n(x) as (select 1 union all select x + 1 from n where x < 200000)"
            " insert into t select x from n"
        )
    made.close()
    assert list(databases.walk_database(opening, outer_of(path), b"long.db")) == []
    monkeypatch.setattr(databases, "WORK", 300_000)
    with pytest.raises(CannotHash, match="only a part"):
        list(databases.walk_database(opening, outer_of(path), b"long.db"))


def test_a_cell_of_any_size_is_read_piece_by_piece(
    tmp_path: Path, opening: Callable[[Locator], BinaryIO]
) -> None:
    path = tmp_path / "large.db"
    with sqlite3.connect(path) as made:
        made.execute("create table t (a blob)")
        made.execute("insert into t values (zeroblob(80000000))")
        with made.blobopen("t", "a", 1) as blob:
            blob.write(PNG)
    made.close()
    before = resident()
    [one] = databases.walk_database(opening, outer_of(path), b"large.db")
    with databases.open_database(opening, one.locator[:-1], one.locator[-1]) as file:
        assert file.read(len(PNG)) == PNG
    assert one.size == 80_000_000
    assert resident() - before < 16 << 20


def resident() -> int:
    """Bytes of this process that are in memory."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096
