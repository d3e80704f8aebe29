"""MD5, SHA-1 and SHA-256 of the same bytes in one loop, in about the time that MD5 takes alone.

hashlib defines all three. This is for processors with instructions for SHA, where the native module was built
(`native/digest_three.c`); elsewhere hashlib does it (`lapwing.hashing.digesting`).
"""

import hashlib
import struct
from functools import cache

from lapwing.native import NUMPY, PATHS, path_in_use

if len(PATHS) > 1:
    from lapwing import _native

BLOCK = 64  # bytes that all three take at a time
PLAIN = (NUMPY, "portable")  # paths without instructions of this processor
_MD5, _SHA1, _SHA256 = slice(0, 4), slice(4, 9), slice(9, 17)  # words of the state
# RFC 1321, 3.3; FIPS 180-4, 5.3.1 and 5.3.3. The first four words of SHA-1 are those of MD5.
_FIRST = (0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476)
_START = struct.pack(
    "=17I", *_FIRST, *_FIRST, 0xC3D2E1F0,
    0x6A09E667, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A, 0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19,
)  # fmt: skip


class Together:
    """`update()` with the bytes in order, then `hexdigests()`. Without the interpreter's lock meanwhile."""

    def __init__(self) -> None:
        self._state = bytearray(_START)
        self._rest = b""  # fewer than BLOCK bytes
        self._size = 0

    def update(self, data: bytes) -> None:
        """Take the next bytes. Raises TypeError for what is no bytes."""
        view = memoryview(data)
        self._size += len(view)
        if self._rest:
            missing = BLOCK - len(self._rest)
            self._rest, view = self._rest + bytes(view[:missing]), view[missing:]
            if len(self._rest) < BLOCK:
                return
            _native.digest_three(self._state, self._rest)
        whole = len(view) - len(view) % BLOCK
        _native.digest_three(self._state, view[:whole])
        self._rest = bytes(view[whole:])

    def hexdigests(self) -> dict[str, str]:
        """The hashes of every byte taken, by the names of DIGESTS, in lower-case hex."""
        little, big = self._ended("<"), self._ended(">")
        return {
            "md5": struct.pack("<4I", *little[_MD5]).hex(),
            "sha1": struct.pack(">5I", *big[_SHA1]).hex(),
            "sha256": struct.pack(">8I", *big[_SHA256]).hex(),
        }

    def _ended(self, order: str) -> tuple[int, ...]:
        """The state after the padding, which has the length in the byte order that each hash wants."""
        state = bytearray(self._state)
        zeros = bytes((BLOCK - 9 - len(self._rest)) % BLOCK)
        bits = struct.pack(f"{order}Q", 8 * self._size % 2**64)
        _native.digest_three(state, self._rest + b"\x80" + zeros + bits)
        return struct.unpack("=17I", state)


def usable() -> bool:
    """Whether this installation and processor have it, LAPWING_KERNELS allows it, and it is right."""
    return path_in_use() not in PLAIN and bool(_native.SHA) and _agrees()


@cache
def _agrees() -> bool:
    """Whether it agrees with hashlib here, once a process. A wrong hash of a file would be worse than a slow
    one, so a processor (or an emulator) that does not do as its makers say is not trusted with any.
    """
    sample = bytes(range(256)) * 3 + b"lapwing"
    together = Together()
    together.update(sample[:100])
    together.update(sample[100:])
    names = ("md5", "sha1", "sha256")
    return together.hexdigests() == {
        name: hashlib.new(name, sample, usedforsecurity=False).hexdigest() for name in names
    }
