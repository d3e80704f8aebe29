"""Volumes that are known by how they begin, and not read: it is said what they are, for another tool."""

from lapwing.hashing.failures import Failure

# Where the mark lies, the mark, why nothing is read, what it is.
_MARKS = (
    (0, b"LUKS\xba\xbe", "encrypted", "LUKS"),
    (3, b"-FVE-FS-", "encrypted", "BitLocker"),
    (536, b"LVM2 001", "no_file_system", "a part of an LVM"),
    (0, b"XFSB", "no_file_system", "XFS"),
    (3, b"ReFS\0\0\0\0", "no_file_system", "ReFS"),
    (1024, b"\x10\x20\xf5\xf2", "no_file_system", "F2FS"),
    (1024, b"\xe2\xe1\xf5\xe0", "no_file_system", "EROFS"),
    (0, b"hsqs", "no_file_system", "SquashFS"),
    (65600, b"_BHRfS_M", "no_file_system", "Btrfs"),
)
LONGEST = 65608  # bytes that are looked at


def unread(head: bytes) -> Failure | None:
    """Why nothing is read of a volume that begins so, where that is known."""
    for at, mark, reason, what in _MARKS:
        if head[at : at + len(mark)] == mark:
            return Failure(reason, what)
    return None
