"""Three hashes in one loop: the same as hashlib's, for any bytes in any pieces, at every edge of a block."""

import hashlib
import os
import random
from collections.abc import Callable
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lapwing import native
from lapwing.hashing import Digesting, together
from lapwing.hashing.digesting import Group, InARow
from lapwing.hashing.together import PLAIN, Together

HERE = native.PATHS[-1] not in PLAIN and bool(together._native.SHA)
NAMES = ("md5", "sha1", "sha256")
WAYS: list[Callable[[], Group]] = [partial(InARow, NAMES)]
if HERE:  # elsewhere hashlib does it: test_a_processor_without_the_instructions_uses_hashlib
    WAYS.append(Together)
each_way = pytest.mark.parametrize("way", WAYS, ids=["hashlib", "loop"][: len(WAYS)])


def whole(content: bytes) -> dict[str, str]:
    """What hashlib says, which defines it."""
    return {
        "md5": hashlib.md5(content).hexdigest(),
        "sha1": hashlib.sha1(content).hexdigest(),
        "sha256": hashlib.sha256(content).hexdigest(),
    }


def hashed(way: Callable[[], Group], *pieces: bytes) -> dict[str, str]:
    hashing = way()
    for piece in pieces:
        hashing.update(piece)
    return hashing.hexdigests()


@each_way
def test_every_length_about_a_block_and_its_padding(way: Callable[[], Group]) -> None:
    content = random.Random(1).randbytes(400)
    for length in range(len(content)):
        assert hashed(way, content[:length]) == whole(content[:length]), length


@each_way
@given(pieces=st.lists(st.binary(max_size=300), max_size=12))
def test_however_the_bytes_come_they_are_hashlibs(way: Callable[[], Group], pieces: list[bytes]) -> None:
    assert hashed(way, *pieces) == whole(b"".join(pieces))


@each_way
def test_bytes_of_every_kind_and_many_blocks(way: Callable[[], Group]) -> None:
    for content in (bytes(1_000_003), b"\xff" * 70_001, os.urandom(2_000_003)):
        assert hashed(way, content) == whole(content)
        assert hashed(way, content[:1], content[1:]) == whole(content), "from an address that is not aligned"


@each_way
def test_hashes_may_be_asked_for_on_the_way(way: Callable[[], Group]) -> None:
    hashing = way()
    hashing.update(b"one")
    assert hashing.hexdigests() == whole(b"one")
    hashing.update(b"and another" * 20)
    assert hashing.hexdigests() == whole(b"one" + b"and another" * 20)


@pytest.mark.parametrize(
    ("state", "blocks", "reason"),
    [
        (bytearray(64), bytes(64), "a state of the wrong length"),
        (bytearray(68), bytes(63), "not a whole block"),
    ],
)
def test_the_native_function_refuses(state: bytearray, blocks: bytes, reason: str) -> None:
    if not HERE:
        assert not together.usable()
        return
    with pytest.raises(ValueError, match="17 words of state"):
        together._native.digest_three(state, blocks)


def test_a_processor_without_the_instructions_uses_hashlib(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(together, "usable", lambda: False)
    monkeypatch.setattr("lapwing.hashing.digesting.usable", lambda: False)
    content = random.Random(3).randbytes(700_001)
    with Digesting() as digesting:
        digesting.update(content)
        found = digesting.finish()
    assert {name: found.value(name) for name in NAMES} == whole(content)


@pytest.mark.parametrize("path", native.PATHS)
def test_every_path_gives_the_same_digests(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(native.VARIABLE, path)
    content = random.Random(2).randbytes(1_000_001)
    with Digesting() as digesting:
        for start in range(0, len(content), 100_000):
            digesting.update(content[start : start + 100_000])
        found = digesting.finish()
    assert {name: found.value(name) for name in whole(b"")} == whole(content)


def test_one_that_disagrees_with_hashlib_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(native.VARIABLE, raising=False)
    assert together.usable() == HERE
    together._agrees.cache_clear()
    monkeypatch.setattr(together, "_START", bytes(68))
    try:
        assert not together.usable()
    finally:
        together._agrees.cache_clear()
