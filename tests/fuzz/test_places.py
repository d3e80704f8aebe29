"""Every kind of place, given files that nearly are one: it lists the same twice, and what it lists it opens
or says why not. What the libraries below raise, whoever asked counts as damaged (`lapwing.hashing.worker`).
"""

import io
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import BinaryIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from tests.fuzz.budget import TIMES, fuzzed
from tests.fuzz.mutation import mutated
from tests.lapwing.scanning import test_databases as chats
from tests.lapwing.scanning import test_documents as documents
from tests.lapwing.scanning.made_pst import store
from tests.lapwing.scanning.test_mail import CARRIES, STORE, nested, package, sent
from tests.lapwing.scanning.test_pdfs import MADE as PDF
from tests.lapwing.scanning.test_sequences import packed
from tests.lapwing.scanning.test_thumbnails import android_cache, thumbdata, windows

from lapwing.hashing.failures import CannotHash
from lapwing.scanning.found import Found, Locator, Step
from lapwing.scanning.parts import Opening
from lapwing.scanning.places import (
    databases,
    mail,
    mail_stores,
    ole,
    pdfs,
    sequences,
    thumbnails,
    tnef,
    write_ahead,
)

CORPUS = {
    "ole": (
        ole.walk_ole,
        ole.open_ole,
        [documents.DOCUMENTS[name] for name in ("letter.doc", "mail.msg", "Thumbs.db")],
    ),
    "sqlite": (databases.walk_database, databases.open_database, [chats.chat_content()]),
    "pdf": (pdfs.walk_pdf, pdfs.open_pdf, [PDF]),
    "mail": (mail.walk_mail, mail.open_mail, [sent().as_bytes(), nested(4)]),
    "mbox": (
        mail.walk_mailbox,
        mail.open_mailbox,
        [b"From a@example.org Mon Jan  5 09:00:00 2026\n" + sent().as_bytes() + b"\n"],
    ),
    "thumbnails": (
        thumbnails.walk_thumbnails,
        thumbnails.open_thumbnails,
        [windows(20), windows(32), android_cache(), thumbdata(4000, 13)[:9000]],
    ),
    "tnef": (tnef.walk_package, tnef.open_package, [package({"a": b"b" * 99, "c": b"d"})]),
    "sequence": (
        sequences.walk_sequence,
        sequences.open_sequence,
        [
            packed({"a.png": b"dull" * 900, "b/c.txt": b"letter"}, *form)
            for form in (("7zip",), ("cpio_newc",), ("iso9660",), ("pax_restricted", "zstd"))
        ],
    ),
    "pst": (mail_stores.walk_store, mail_stores.open_store, [STORE, store({"Notes": CARRIES})]),
}
fewer = settings(fuzzed, max_examples=100 * TIMES)  # whole files are slower to change than lines
LARGEST = 1 << 26  # bytes that a file of so few may give


@pytest.mark.parametrize("kind", list(CORPUS))
@fewer
@given(data=some.data())
def test_a_place_lists_the_same_twice_and_opens_what_it_lists(kind: str, data: some.DataObject) -> None:
    walk, open_one, corpus = CORPUS[kind]
    content = data.draw(mutated(corpus))
    first, second = (list(listed(walk(opening(content), outer(number), b"x"))) for number in range(2))
    assert [one.path for one in first] == [one.path for one in second]
    assert len({one.locator for one in first}) == len(first)
    for one in first[:20]:
        assert one.path.startswith(b"x/")
        held = read(open_one, content, one)
        assert one.rewritten or one.failure or one.size is None or len(held) <= one.size


@pytest.fixture(scope="module")
def logged(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """A database and its write-ahead log."""
    return chats.logged(tmp_path_factory.mktemp("logged"))


@fewer
@given(data=some.data())
def test_a_log_is_put_over_a_database_or_said_to_be_wrong(
    logged: dict[str, bytes], data: some.DataObject
) -> None:
    log = data.draw(mutated([logged["chat.db-wal"][:70_000], logged["chat.db-wal"]]))
    with suppress(CannotHash):
        made = write_ahead._put_over(bytearray(logged["chat.db"]), io.BytesIO(log))
        assert len(made) <= 2 * databases.COPIED
        list(listed(databases.walk_database(opening(bytes(made[: 1 << 20])), outer(0), b"x")))


def read(open_one: Callable[..., BinaryIO], content: bytes, one: Found) -> bytes:
    """What can be read of it."""
    with suppress(Exception), open_one(opening(content), one.locator[:-1], one.locator[-1]) as file:
        return file.read(LARGEST)
    return b""


def outer(number: int) -> Locator:
    """Another place each time, so that nothing that was kept is used again."""
    global _number
    _number += 1
    return (Step("folder", b"x", _number),)


_number = 0


def opening(content: bytes) -> Opening:
    return lambda locator: io.BytesIO(content)


def listed(found: Iterator[Found]) -> Iterator[Found]:
    with suppress(Exception):
        yield from found
