"""Three hashes in one loop: the same as hashlib's, for any bytes in any pieces, at every edge of a block."""

import hashlib
import os
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lapwing import native
from lapwing.hashing import Digesting, together
from lapwing.hashing.together import PLAIN, Together

HERE = native.PATHS[-1] not in PLAIN and bool(together._native.SHA)
only_here = pytest.mark.skipif(not HERE, reason="this processor has no instructions for SHA, or no compiler")


def whole(content: bytes) -> dict[str, str]:
    """What hashlib says, which defines it."""
    return {
        "md5": hashlib.md5(content).hexdigest(),
        "sha1": hashlib.sha1(content).hexdigest(),
        "sha256": hashlib.sha256(content).hexdigest(),
    }


def hashed(*pieces: bytes) -> dict[str, str]:
    hashing = Together()
    for piece in pieces:
        hashing.update(piece)
    return hashing.hexdigests()


@only_here
def test_every_length_about_a_block_and_its_padding() -> None:
    content = random.Random(1).randbytes(400)
    for length in range(len(content)):
        assert hashed(content[:length]) == whole(content[:length]), length


@only_here
@given(st.lists(st.binary(max_size=300), max_size=12))
def test_however_the_bytes_come_they_are_hashlibs(pieces: list[bytes]) -> None:
    assert hashed(*pieces) == whole(b"".join(pieces))


@only_here
def test_bytes_of_every_kind_and_many_blocks() -> None:
    for content in (bytes(1_000_003), b"\xff" * 70_001, os.urandom(2_000_003)):
        assert hashed(content) == whole(content)
        assert hashed(content[:1], content[1:]) == whole(content), "from an address that is not aligned"


@only_here
def test_hashes_may_be_asked_for_on_the_way() -> None:
    hashing = Together()
    hashing.update(b"one")
    assert hashing.hexdigests() == whole(b"one")
    hashing.update(b"and another" * 20)
    assert hashing.hexdigests() == whole(b"one" + b"and another" * 20)


@only_here
@pytest.mark.parametrize(
    ("state", "blocks", "reason"),
    [
        (bytearray(64), bytes(64), "a state of the wrong length"),
        (bytearray(68), bytes(63), "not a whole block"),
    ],
)
def test_the_native_function_refuses(state: bytearray, blocks: bytes, reason: str) -> None:
    with pytest.raises(ValueError, match="17 words of state"):
        together._native.digest_three(state, blocks)


@pytest.mark.parametrize("path", native.PATHS)
def test_every_path_gives_the_same_digests(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(native.VARIABLE, path)
    content = random.Random(2).randbytes(1_000_001)
    with Digesting() as digesting:
        for start in range(0, len(content), 100_000):
            digesting.update(content[start : start + 100_000])
        found = digesting.finish()
    assert {name: found.value(name) for name in whole(b"")} == whole(content)


@only_here
def test_one_that_disagrees_with_hashlib_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(native.VARIABLE, raising=False)
    assert together.usable()
    together._agrees.cache_clear()
    monkeypatch.setattr(together, "_START", bytes(68))
    try:
        assert not together.usable()
    finally:
        together._agrees.cache_clear()
