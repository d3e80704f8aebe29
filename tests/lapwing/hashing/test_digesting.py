"""The hashes of a file: the same however its bytes come, and the same as hashlib gives for the whole."""

import hashlib
import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lapwing.hashing import DIGESTS, Digesting, Digests
from lapwing.hashing.lane import PIECE


def whole(content: bytes) -> Digests:
    return Digests(
        hashlib.md5(content).hexdigest(),
        hashlib.sha1(content).hexdigest(),
        hashlib.sha256(content).hexdigest(),
        len(content),
    )


def digested(blocks: list[bytes]) -> Digests:
    with Digesting() as digesting:
        for block in blocks:
            digesting.update(block)
        return digesting.finish()


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 255), st.integers(0, PIECE * 2)), max_size=6),
)
def test_however_the_bytes_come_the_hashes_are_those_of_the_whole(parts: list[tuple[int, int]]) -> None:
    blocks = [bytes([value]) * length for value, length in parts]
    assert digested(blocks) == whole(b"".join(blocks))


@pytest.mark.parametrize(
    ("size", "reason"),
    [
        (0, "nothing at all"),
        (1, "the smallest file"),
        (PIECE - 1, "the last size hashed where it is"),
        (PIECE, "exactly one piece, the first size that takes threads"),
        (PIECE + 1, "a piece and a rest"),
        (PIECE * 5 + 3, "more pieces than may wait"),
    ],
)
def test_every_size_about_the_border_of_the_threads(size: int, reason: str) -> None:
    content = bytes(i % 251 for i in range(1009)) * (size // 1009 + 1)
    content = content[:size]
    assert digested([content[i : i + 1000] for i in range(0, size, 1000)]) == whole(content), reason


def test_a_file_that_stops_coming_leaves_no_thread_behind() -> None:
    before = threading.active_count()
    with Digesting() as digesting:
        digesting.update(b"x" * (PIECE + 1))
        assert threading.active_count() > before
    assert threading.active_count() == before


def test_what_a_thread_meets_is_raised_and_never_a_hash_of_less() -> None:
    with Digesting() as digesting:
        for _ in range(8):
            digesting.update("text, not bytes" * PIECE)  # type: ignore[arg-type]
        with pytest.raises(TypeError):
            digesting.finish()


def test_every_hash_type_is_one_of_the_digests() -> None:
    digests = digested([b"a dull file"])
    for name, kind in DIGESTS.items():
        assert len(bytes.fromhex(digests.value(name))) == kind.size
    with pytest.raises(KeyError):
        digests.value("crc32")
