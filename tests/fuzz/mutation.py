"""Bytes that nearly are what a parser expects: samples of it cut, doubled, spliced and flipped."""

from collections.abc import Sequence

from hypothesis import strategies as some

# What parsers stumble over, whatever they parse.
WORDS = [
    b"\0", b"\xff", b"\xef\xbb\xbf", b"\xff\xfe", b"\xed\xa0\x80", b"\r\n\r\n", b"--", b'"', b"\\",
    b"%00", b"%", b";", b"=", b"*=", b"\\u0000", b"\\ud800", b"<", b"]]>", b"<!--", b"<!DOCTYPE a [", b"&#0;",
    b"&a;", b"<?xml", b"xmlns:a=''", b"{", b"[", b"}", b"1e999", b"NaN", b"-0", b"9" * 400, b"null", b"true",
    b"[" * 300, b'{"a":' * 300, "\u202e".encode(), "\U0001f426".encode(), b" " * 2000,
]  # fmt: skip


@some.composite
def mutated(draw: some.DrawFn, samples: Sequence[bytes]) -> bytes:
    """One of the samples, changed in up to eight places; now and then bytes at random."""
    made = draw(some.sampled_from(samples) | some.binary(max_size=300))
    for _ in range(draw(some.integers(0, 8))):
        first, last = sorted((_place(draw, made), _place(draw, made)))
        put = draw(some.sampled_from(WORDS) | some.binary(max_size=4))
        made = draw(
            some.sampled_from(
                [
                    made[:first] + put + made[first:],
                    made[:first] + put + made[last:],
                    made[:first] + made[last:],
                    made[:first],
                    made[:last] + made[first:],
                ]
            )
        )[: 2**17]
    return made


def _place(draw: some.DrawFn, made: bytes) -> int:
    return draw(some.integers(0, len(made)))
