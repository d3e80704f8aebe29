"""Volumes and images that are known and not read: it is said what they are, for another tool."""

import re

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
    (0, b"AFF10\r\n\0", "partly_read", "AFF, an image of a disk, which is not looked into"),
    (
        0,
        b"ADSEGMENTEDFILE\0",
        "partly_read",
        "AD1, which holds files without their disk, and is not looked into",
    ),
    (64, b"\x7f\x10\xda\xbe", "partly_read", "VDI, a disk of VirtualBox, which is not looked into"),
    (0, b"WithoutFreeSpace", "partly_read", "a disk of Parallels, which is not looked into"),
    (0, b"WithouFreSpacExt", "partly_read", "a disk of Parallels, which is not looked into"),
    (0, b"MSWIM\0\0\0", "partly_read", "WIM, an image of files, which is not looked into"),
    (0, b"encrcdsa", "encrypted", "an image of a disk by macOS"),
    (0, b"sprs\0\0", "partly_read", "a sparse image of a disk by macOS, which is not looked into"),
)
LONGEST = 65608  # bytes that are looked at
APPLE = re.compile(rb"\.dmg\Z", re.I)  # what begins an Apple disk image says nothing of it; its end does
_KOLY = 512  # bytes of that


def unread(head: bytes) -> Failure | None:
    """Why nothing is read of what begins so, where that is known."""
    for at, mark, reason, what in _MARKS:
        if head[at : at + len(mark)] == mark:
            return Failure(reason, what)
    return None


def is_packed_apple(end: bytes) -> bool:
    """Whether what ends so, and has no file system that is read, is an Apple disk image that is packed."""
    return end[-_KOLY:].startswith(b"koly")
