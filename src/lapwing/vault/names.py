"""What a sealed object is called: by what it holds and by what it is, so that a name can be checked."""

import re

from msgspec import Struct

_NAME = re.compile(r"([0-9a-f]{2})/([0-9a-f]{64})-([0-9a-f]{64})\.age")


class BadName(Exception):
    """This is not the name of a sealed object."""


class ObjectName(Struct, frozen=True):
    """The two SHA-256s in a name, lower-case hex: of the plain bytes and of the sealed ones."""

    sha256: str
    sealed_sha256: str

    @classmethod
    def parse(cls, name: str) -> "ObjectName":
        """Read `ab/<sha256>-<sealed_sha256>.age`, exactly. Raises BadName for anything else."""
        found = _NAME.fullmatch(name)
        if found is None or not found[2].startswith(found[1]):
            raise BadName(f"{name[:200]!r} is not the name of a sealed object")
        return cls(found[2], found[3])

    def __str__(self) -> str:
        return object_name(self.sha256, self.sealed_sha256)


def object_name(sha256: str, sealed_sha256: str) -> str:
    """`ab/<sha256>-<sealed_sha256>.age`, where `ab` is how the first begins, to spread the folders."""
    return f"{sha256[:2]}/{sha256}-{sealed_sha256}.age"
