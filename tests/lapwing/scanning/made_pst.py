"""Outlook's stores for tests, as [MS-PST] has them: as little of one as a reader needs."""

import struct
import zlib

from msgspec import Struct

STORE, NAMES, ROOT, BELOW = 0x21, 0x61, 0x122, 0x8022
HIERARCHY, CONTENTS, ASSOCIATED = 0x0D, 0x0E, 0x0F  # the types of a folder's tables
ATTACHMENTS, FIRST_ATTACHMENT, FIRST_MESSAGE, DATA = 0x671, 0x8025, 0x200004, 0x801F
CARRIED = 0x200024  # a message that is attached
INTEGER, BOOLEAN, OBJECT, TEXT, BINARY = 0x03, 0x0B, 0x0D, 0x1F, 0x102
BY_VALUE, MESSAGE = 1, 5  # in which way something is attached
# Each byte as [MS-PST] 5.1 has it in a store that is scrambled, which is how Outlook makes them.
SCRAMBLED = bytes.fromhex(
    "41361362a8216ebbf416cc047f64e85d1ef2cb2a74c55e35d295479e962d9a884c7d843fdbac31b6485ff6c4d8398be7"
    "233b388ec8c1df25b120a546604e9cfbaad35651457c550007c92b9d859b09a08fadb30f63ab894bd7a7155a716642bf"
    "264a6b98faea7753b270052cfd593a867ece06eb827857c78d43afb41cd45bcde2e9274fc3087280cfb0eff5286dbe30"
    "4d3492d50e3c2232e5e4f99fc2d10a8112e1ee918376e397e6618a1779a4b7dc907a5c8c02a6ca69de501a1193b95287"
    "58fced1d37491b6ae0293399bd6cd994f340546ff0c673b8d63e6518441fdd6710f10c19ecae03a1147ba90bfff8a3c0"
    "a201f72ebc2468750dfeba2fb5d0da3d"
)
Properties = dict[int, tuple[int, bytes]]
Attached = list[tuple[str, "bytes | Attached"]]


def text(said: str) -> tuple[int, bytes]:
    return TEXT, said.encode("utf-16-le")


def number(value: int) -> tuple[int, bytes]:
    return INTEGER, struct.pack("<I", value)


class Node(Struct):
    """A node of the store: its content, and the nodes below it."""

    number: int
    content: bytes
    parent: int = 0
    below: "list[Node]" = []


def store(
    messages: dict[str, Attached], folder: str = "Inbox", *, old: bool = False, scrambled: bool = False
) -> bytes:
    """A store with one folder of messages: by subject, the names and contents of what is attached.

    `old` is the kind of Outlook before 2003, with numbers of half the size.
    """
    made = [_message(FIRST_MESSAGE + 0x20 * at, *one) for at, one in enumerate(messages.items())]
    rows = [one.number for one in made]
    nodes = [
        Node(STORE, properties({0x3001: text("made"), 0x0FF9: (BINARY, bytes(16))})),
        Node(
            NAMES,
            properties(
                {
                    1: number(251),
                    2: (BINARY, bytes(16)),
                    3: (BINARY, struct.pack("<IHH", 1, 2, 0)),
                    4: (BINARY, bytes(4)),
                }
            ),
        ),
        *_folder(ROOT, ROOT, "", [BELOW], []),
        *_folder(BELOW, ROOT, folder, [], rows),
        *made,
    ]
    return _Writing(old, scrambled).whole(sorted(nodes, key=lambda node: node.number))


def _folder(number_: int, parent: int, name: str, folders: list[int], messages: list[int]) -> list[Node]:
    said = {0x3001: text(name), 0x3602: number(len(messages)), 0x3603: number(0)}
    said[0x360A] = (BOOLEAN, bytes([bool(folders), 0, 0, 0]))
    at = number_ & ~0x1F
    return [
        Node(number_, properties(said), parent),
        Node(at | HIERARCHY, table(folders)),
        Node(at | CONTENTS, table(messages)),
        Node(at | ASSOCIATED, table([])),
    ]


def _message(number_: int, subject: str, attached: Attached, parent: int = BELOW) -> Node:
    below = [Node(FIRST_ATTACHMENT + 0x20 * at, *_attachment(*one)) for at, one in enumerate(attached)]
    rows = Node(ATTACHMENTS, table([one.number for one in below]))
    said = {
        0x001A: text("IPM.Note"),
        0x0037: text(subject),
        0x0E07: number(0x10),
        0x0E1B: (BOOLEAN, b"\1\0\0\0"),
    }
    return Node(number_, properties(said), parent, [rows, *below])


def _attachment(name: str, content: bytes | Attached) -> tuple[bytes, int, list[Node]]:
    said = {0x0E20: number(len(content)), 0x3707: text(name)}
    if isinstance(content, bytes):
        said |= {0x3705: number(BY_VALUE), 0x3701: (BINARY, struct.pack("<I", DATA))}
        return properties(said, 0x3701), 0, [Node(DATA, content)]
    said |= {0x3705: number(MESSAGE), 0x3701: (OBJECT, struct.pack("<II", CARRIED, 4000))}
    return properties(said), 0, [_message(CARRIED, name, content, 0)]


def properties(said: Properties, elsewhere: int = 0) -> bytes:
    """A property context: 2.3.3. The value of the one `elsewhere` is the number of a node that has it."""
    kept: list[bytes] = []
    records = b""
    for name, (kind, value) in sorted(said.items()):
        if kind in (INTEGER, BOOLEAN) or name == elsewhere:
            held = value
        else:
            kept.append(value)
            held = struct.pack("<I", _heap_id(len(kept) + 2))
        records += struct.pack("<HH4s", name, kind, held)
    return _heap(0xBC, [_tree(2, 6, _heap_id(2)), records, *kept])


def table(rows: list[int]) -> bytes:
    """A table context of rows that have a number and no more: 2.3.4."""
    columns = struct.pack("<IHBB", 0x67F20003, 0, 4, 0) + struct.pack("<IHBB", 0x67F30003, 4, 4, 1)
    index = b"".join(struct.pack("<II", row, at) for at, row in enumerate(rows))
    matrix = b"".join(struct.pack("<IIB", row, 1, 0xC0) for row in rows)
    where = (_heap_id(2), _heap_id(4) if rows else 0, 0)
    info = struct.pack("<BB4H3I", 0x7C, 2, 8, 8, 8, 9, *where) + columns
    tree = _tree(4, 4, _heap_id(3) if rows else 0)
    return _heap(0x7C, [info, tree, *((index, matrix) if rows else ())])


def _heap_id(place: int) -> int:
    return place << 5


def _tree(key: int, value: int, root: int) -> bytes:
    return struct.pack("<BBBBI", 0xB5, key, value, 0, root)


def _heap(client: int, held: list[bytes]) -> bytes:
    """A heap on a node, of one block: 2.3.1."""
    starts = [12]
    for one in held:
        starts.append(starts[-1] + len(one))
    end = starts[-1] + starts[-1] % 2
    head = struct.pack("<HBBI4x", end, 0xEC, client, _heap_id(1))
    body = (head + b"".join(held)).ljust(end, b"\0")
    return body + struct.pack(f"<HH{len(starts)}H", len(held), 0, *starts)


class _Writing:
    """A store as it is written: blocks first, then the pages of the two trees that say where things are."""

    def __init__(self, old: bool, scrambled: bool) -> None:
        self.file = bytearray(0x4600)
        self.blocks: list[tuple[int, int, int]] = []
        self.named: dict[tuple[bytes, int], int] = {}
        self.old, self.scrambled, self.pages = old, scrambled, 0x400
        self.word = "I" if old else "Q"

    def whole(self, nodes: list[Node]) -> bytes:
        last = "I" if self.old else "II"
        by_node = self._tree(
            0x81,
            [
                self._numbers(one.number, self._block(one.content), self._below(one.below))
                + struct.pack(f"<{last}", *(one.parent, 0)[: len(last)])
                for one in nodes
            ],
        )
        end = "HH" if self.old else "HHI"
        by_block = self._tree(
            0x80,
            [
                self._numbers(name, at) + struct.pack(f"<{end}", *(size, 2, 0)[: len(end)])
                for name, at, size in sorted(self.blocks)
            ],
        )
        self._head(by_node, by_block)
        return bytes(self.file)

    def _numbers(self, *numbers: int) -> bytes:
        return struct.pack(f"<{len(numbers)}{self.word}", *numbers)

    def _below(self, nodes: list[Node]) -> int:
        if not nodes:
            return 0
        entries = b"".join(
            self._numbers(one.number, self._block(one.content), self._below(one.below))
            for one in sorted(nodes, key=lambda one: one.number)
        )
        head = struct.pack("<BBH", 2, 0, len(nodes)).ljust(4 if self.old else 8, b"\0")
        return self._block(head + entries, inner=2)

    def _block(self, content: bytes, inner: int = 0) -> int:
        assert len(content) <= 8176
        if (held := self.named.get((content, inner))) is not None:
            return held
        name, at = 4 * (len(self.blocks) + 1) | inner, len(self.file)
        tail = 12 if self.old else 16
        size = -(-(len(content) + tail) // 64) * 64
        kept = content.translate(SCRAMBLED) if self.scrambled and not inner else content
        ends = (name, _sum(kept)) if self.old else (_sum(kept), name)
        self.file += kept.ljust(size - tail, b"\0")
        self.file += struct.pack("<HHII" if self.old else "<HHIQ", len(content), _mark(at, name), *ends)
        self.blocks.append((name, at, len(content)))
        self.named[content, inner] = name
        return name

    def _tree(self, kind: int, entries: list[bytes]) -> tuple[int, int]:
        """The root of a tree: a page of the entries, or of the pages that have them."""
        most = (496 if self.old else 488) // len(entries[0])
        pages = [
            (entries[at][: struct.calcsize(f"<{self.word}")], self._page(kind, entries[at : at + most], 0))
            for at in range(0, len(entries), most)
        ]
        if len(pages) == 1:
            return pages[0][1]
        return self._page(kind, [key + self._numbers(*where) for key, where in pages], 1)

    def _page(self, kind: int, entries: list[bytes], level: int) -> tuple[int, int]:
        self.file += bytes(-len(self.file) % 512)
        room, size = 496 if self.old else 488, len(entries[0])
        assert len(entries) * size <= room
        self.pages += 1
        name, at = self.pages * 4, len(self.file)
        body = b"".join(entries).ljust(room, b"\0") + bytes([len(entries), room // size, size, level])
        body += b"" if self.old else bytes(4)
        ends = (name, _sum(body)) if self.old else (_sum(body), name)
        self.file += body
        self.file += struct.pack("<BBHII" if self.old else "<BBHIQ", kind, kind, _mark(at, name), *ends)
        return name, at

    def _head(self, by_node: tuple[int, int], by_block: tuple[int, int]) -> None:
        places = self._numbers(len(self.file), 0x4400, 0, 0, *by_node, *by_block)
        root = bytes(4) + places + struct.pack("<BBH", 2, 0, 0)
        about = struct.pack("<2sHHBBII", b"SM", 15 if self.old else 23, 19, 1, 1, 0, 0)
        maps = b"\xff" * 256 + bytes([0x80, self.scrambled, 0, 0])
        if self.old:
            first = about + self._numbers(0x4000, 0x4000, 1) + bytes(128) + root + maps + bytes(48)
        else:
            about += struct.pack("<QQI", 0, 0x4000, 1)
            first = about + bytes(128 + 8) + root + bytes(4) + maps + struct.pack("<Q", 0x4000)
        head = b"!BDN" + struct.pack("<I", _sum(first[:471])) + first
        head += b"" if self.old else struct.pack("<I", _sum(first[:516]))
        self.file[: len(head)] = head


def _mark(at: int, name: int) -> int:
    mixed = (at ^ name) & 0xFFFFFFFF
    return (mixed >> 16) ^ (mixed & 0xFFFF)


def _sum(content: bytes) -> int:
    return zlib.crc32(content, 0xFFFFFFFF) ^ 0xFFFFFFFF
