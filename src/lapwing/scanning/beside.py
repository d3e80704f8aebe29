"""The files that lie in the same folder as one: of this machine, of an archive, or of an image of a disk.

What was cut into several files is joined from them wherever they lie beside one another. Of an archive or a
folder of an image only the names are kept that such files have.
"""

import os
import re
from collections.abc import Iterator
from typing import Any

from msgspec.structs import replace

from lapwing.hashing.failures import CannotHash
from lapwing.scanning.found import FOLDER, Found, Locator
from lapwing.scanning.parts import Kept, Opening, buffered, regular

PARTS = re.compile(
    rb"\.(?:rar|[r-z]\d\d|z\d{3}|zip|\d{2,4}|ex?(?:\d\d|[a-f][a-z]))\Z|(?:\A|/)data_\d{1,3}\Z", re.I
)
_others: Kept[dict[bytes, Locator]] = Kept()


class Beside:
    """A file and those that lie beside it. Each is called what its step says, with its folder."""

    def __init__(self, opening: Opening, outer: Locator) -> None:
        self._opening, self._outer = opening, outer
        self.at = outer[-1].at
        self.here = len(outer) == 1  # in a folder of this machine

    @property
    def known(self) -> bool:
        """Whether it can be told what lies beside it: then it is found there itself."""
        return self.here or self.at in self._found()

    def named(self, at: bytes) -> "Beside":
        """The same of another of them."""
        return Beside(self._opening, (*self._outer[:-1], replace(self._outer[-1], at=at)))

    def has(self, at: bytes) -> bool:
        """Whether there is one of that name."""
        return os.path.lexists(at) if self.here else at in self._found()

    def open(self, at: bytes) -> Any:
        """One of them. Raises OSError, CannotHash."""
        if self.here:
            return regular(at)
        if at == self.at:
            return self._opening(self._outer)
        if (found := self._found().get(at)) is None:
            raise OSError("it is not there")
        return self._opening(found)

    def names(self) -> Iterator[bytes]:
        """All of them, itself included, as far as they are named like parts."""
        folder = os.path.dirname(self.at)
        if self.here:
            with os.scandir(folder or b".") as entries:
                for entry in entries:
                    if entry.is_file(follow_symlinks=False):
                        yield os.path.join(folder, entry.name)
        else:
            yield from (at for at in self._found() if os.path.dirname(at) == folder)

    def _found(self) -> dict[bytes, Locator]:
        """Where those lie that are not of this machine."""
        *place, last = self._outer
        start, mark, folder = last.part.partition(FOLDER)
        part = f"{start.partition('+')[0]}{mark}{folder}" if mark else ""
        key = (*place, replace(last, at=b"", number=0, part=part))
        return _others.of(key, lambda: dict(_listed(self._opening, self._outer)))


def in_archive(opening: Opening, outer: Locator) -> Iterator[Found]:
    """Everything in the archive that a file lies in; nothing of one that is packed as a whole, or of others.

    To look for a name in such a one takes all of it. Raises what walking it raises.
    """
    from lapwing.scanning import archives

    *place, last = outer
    if last.place == "zip":
        yield from archives.walk_zip(opening, tuple(place), b"")
    elif last.place == "tar":
        with opening(tuple(place)) as file:
            plain = archives.is_plain_tar(buffered(file).read(512))
        if plain:
            yield from archives.walk_tar(opening, tuple(place), b"")


def _listed(opening: Opening, outer: Locator) -> Iterator[tuple[bytes, Locator]]:
    from lapwing.scanning import images

    try:
        if outer[-1].place == "image":
            yield from images.beside(opening, outer)
            return
        for one in in_archive(opening, outer):
            if one.failure is None and one.excluded is None and PARTS.search(one.locator[-1].at):
                yield one.locator[-1].at, one.locator
    except (OSError, CannotHash):  # what is behind it there is listed nowhere, and no part of anything
        return
