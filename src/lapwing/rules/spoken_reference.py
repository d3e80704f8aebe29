"""A reference that a person keeps: long enough that nobody guesses one, short enough to say on a telephone.

Douglas Crockford's base 32 (crockford.com/base32.html): no I, L, O or U, and I, L and O are read as 1, 1
and 0. The last character checks the others: it is their sum in the field of 32 elements, each times another
power of its generator, so that one wrong character or two that changed places are always found.
"""

from __future__ import annotations

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 16  # characters: 15 drawn, 75 bits, and one that checks them
BYTES = 10  # of randomness; 80 bits, of which 75 are used
_GROUP = 4
_MISREAD = str.maketrans({"I": "1", "L": "1", "O": "0"})
_POLYNOMIAL = 0b100101  # x^5 + x^2 + 1, which is primitive


def reference_of(random: bytes) -> str:
    """The reference drawn from `random`, BYTES of it: `7KD4-9XQ2-MB8T-E5WJ`. ValueError otherwise."""
    if len(random) != BYTES:
        raise ValueError(f"a reference is drawn from {BYTES} bytes")
    number = int.from_bytes(random, "big")
    drawn = [number >> 5 * place & 31 for place in range(LENGTH - 1)]
    return _grouped("".join(ALPHABET[one] for one in [*drawn, _check(drawn)]))


def read_reference(typed: str) -> str | None:
    """The reference as it was given out, however it was typed; None when it cannot be one."""
    plain = "".join(one for one in typed.upper() if one.isalnum()).translate(_MISREAD)
    if len(plain) != LENGTH or any(one not in ALPHABET for one in plain):
        return None
    values = [ALPHABET.index(one) for one in plain]
    return _grouped(plain) if _check(values[:-1]) == values[-1] else None


def _grouped(plain: str) -> str:
    return "-".join(plain[start : start + _GROUP] for start in range(0, LENGTH, _GROUP))


def _check(values: list[int]) -> int:
    total = 0
    for value in values:  # Horner's rule: the first is multiplied most
        total = _doubled(total ^ value)
    return total


def _doubled(value: int) -> int:
    value <<= 1
    return value ^ _POLYNOMIAL if value & 32 else value
