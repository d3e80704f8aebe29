"""OLE compound files for tests, as [MS-CFB] has them: version 3, sectors of 512 bytes, a mini stream."""

import struct

SECTOR, MINI, CUTOFF = 512, 64, 4096
FREE, END, FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
Storage = dict[str, "bytes | Storage"]
STORAGE, STREAM, ROOT = 1, 2, 5


def compound(root: Storage) -> bytes:
    """A compound file of streams and storages."""
    entries = _entries(root)
    fat: list[int] = []
    sectors, minis, mini_fat = bytearray(), bytearray(), list[int]()
    for entry in entries:
        content = entry["content"]
        if entry["kind"] == STREAM and content:
            small = len(content) < CUTOFF
            entry["start"] = _chained(
                *((mini_fat, minis, MINI) if small else (fat, sectors, SECTOR)), content
            )
    entries[0]["start"] = _chained(fat, sectors, SECTOR, bytes(minis)) if minis else END
    entries[0]["size"] = len(minis)
    table = struct.pack(f"<{len(mini_fat)}I", *mini_fat)
    mini_start = _chained(fat, sectors, SECTOR, table, b"\xff") if table else END
    directory = _chained(fat, sectors, SECTOR, b"".join(map(_packed, entries)))
    return _header(fat, directory, mini_start, -(-len(table) // SECTOR)) + sectors + _table(fat)


def _entries(root: Storage) -> list[dict]:
    entries = [
        {
            "name": "Root Entry",
            "kind": ROOT,
            "content": b"",
            "size": 0,
            "start": END,
            "child": FREE,
            "next": FREE,
        }
    ]
    waiting: list[tuple[int, Storage]] = [(0, root)]
    while waiting:
        parent, storage = waiting.pop()
        before = None
        for name, held in storage.items():
            stream = isinstance(held, bytes)
            content = held if isinstance(held, bytes) else b""
            kind = STREAM if stream else STORAGE
            entries.append(
                {
                    "name": name,
                    "kind": kind,
                    "content": content,
                    "size": len(content),
                    "start": END if stream else 0,
                    "child": FREE,
                    "next": FREE,
                }
            )
            number = len(entries) - 1
            if before is None:
                entries[parent]["child"] = number
            else:
                entries[before]["next"] = number
            before = number
            if not isinstance(held, bytes):
                waiting.append((number, held))
    return entries


def _chained(fat: list[int], sectors: bytearray, size: int, content: bytes, fill: bytes = b"\0") -> int:
    start = len(fat)
    count = -(-len(content) // size)
    sectors += content.ljust(count * size, fill)
    fat += [*range(start + 1, start + count), END]
    return start


def _packed(entry: dict) -> bytes:
    name = entry["name"].encode("utf-16-le")
    links = (FREE, entry["next"], entry["child"])
    return struct.pack(
        "<64sHBB3I16sIQQIQ",
        name, len(name) + 2, entry["kind"], 1, *links, b"", 0, 0, 0, entry["start"], entry["size"],
    )  # fmt: skip


def _table(fat: list[int]) -> bytes:
    return struct.pack(f"<{len(fat)}I", *fat).ljust(_fat_sectors(fat) * SECTOR, b"\xff")


def _fat_sectors(fat: list[int]) -> int:
    return -(-len(fat) * 4 // SECTOR)


def _header(fat: list[int], directory: int, mini: int, minis: int) -> bytes:
    """The FAT lies behind everything else; its own sectors are marked in it first."""
    start, count = len(fat), 0
    while count != (count := -(-(start + count) * 4 // SECTOR)):
        pass
    fat += [FAT] * count
    assert count <= 109
    where = [start + number for number in range(count)] + [FREE] * (109 - count)
    return struct.pack(
        "<8s16sHHHHH6xIIIIIIIII109I",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"", 0x3E, 3, 0xFFFE, 9, 6, 0, count, directory, 0, CUTOFF, mini,
        minis, END, 0, *where,
    )  # fmt: skip
