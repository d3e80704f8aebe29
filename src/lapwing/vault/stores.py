"""Where sealed objects are kept: a folder on a disk, or anything else that does these five things."""

import errno
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Protocol

from lapwing.vault.names import ObjectName

INCOMING = ".incoming"  # in a store's folder: what is being sealed, on the same disk as where it goes


class Missing(Exception):
    """The store has no such object, or something in its place that is not a plain file."""


class Store(Protocol):
    """A place of sealed objects, by name (`lapwing.vault.names`). Every name is checked: BadName."""

    @property
    def incoming(self) -> Path:
        """A folder of this machine in which to seal what is then put."""

    def put(self, path: Path, name: str) -> None:
        """Take the file at `path` away and keep it, whole and for certain. OSError: nothing is kept."""

    def open(self, name: str) -> BinaryIO:
        """The sealed bytes, to be closed. Raises Missing."""

    def exists(self, name: str) -> bool:
        """Whether there is an object of that name."""

    def delete(self, name: str) -> None:
        """Remove it; harmless when it is not there."""

    def written_at(self, name: str) -> datetime:
        """When the object was written. Raises Missing."""

    def names(self, prefix: str = "") -> Iterator[str]:
        """Everything that begins with `prefix`, in no order, and what should not be there too."""


class DiskStore:
    """A folder of folders. An object appears under its name whole or not at all."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def incoming(self) -> Path:
        """A folder inside, so that putting is a rename and no copy."""
        return self.folder / INCOMING

    def put(self, path: Path, name: str) -> None:
        """Move the file in, and wait for the disk to have its name."""
        target = self._path(name)
        for new in (self.folder, target.parent):
            if not new.is_dir():
                new.mkdir(mode=0o700, parents=True, exist_ok=True)
                _sync(new.parent)
        try:
            os.replace(path, target)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            self._copy(path, target)
        _sync(target.parent)

    def open(self, name: str) -> BinaryIO:
        """Only a plain file is opened: never a link, in the folder's place either, or a device."""
        path = self._path(name)
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC
        try:
            within = os.open(path.parent, flags | os.O_DIRECTORY)
            try:
                handle = os.open(path.name, flags | os.O_NONBLOCK, dir_fd=within)
            finally:
                os.close(within)
        except OSError as error:
            if error.errno in (errno.ENOENT, errno.ELOOP, errno.ENOTDIR, errno.ENXIO):
                raise Missing(name) from None
            raise
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            os.close(handle)
            raise Missing(name)
        return os.fdopen(handle, "rb")

    def exists(self, name: str) -> bool:
        """Whether a plain file of that name is there."""
        try:
            self.open(name).close()
        except Missing:
            return False
        return True

    def delete(self, name: str) -> None:
        """Remove the file, and wait for the disk to forget its name."""
        path = self._path(name)
        if path.exists() or path.is_symlink():
            path.unlink(missing_ok=True)
            _sync(path.parent)

    def written_at(self, name: str) -> datetime:
        """When its last byte was written."""
        with self.open(name) as sealed:
            return datetime.fromtimestamp(os.fstat(sealed.fileno()).st_mtime, UTC)

    def names(self, prefix: str = "") -> Iterator[str]:
        """Every file and link below the folder but INCOMING, as its path from it, with `/` between."""
        start = self.folder / prefix[:2] if len(prefix) > 2 and prefix[2] == "/" else self.folder
        for folder, folders, files in os.walk(start, followlinks=False):
            here = Path(folder)
            if here == self.folder and INCOMING in folders:
                folders.remove(INCOMING)
            links = [name for name in folders if (here / name).is_symlink()]
            for name in sorted(files + links):
                found = (here / name).relative_to(self.folder).as_posix()
                if found.startswith(prefix):
                    yield found

    def _path(self, name: str) -> Path:
        return self.folder / str(ObjectName.parse(name))

    def _copy(self, path: Path, target: Path) -> None:
        """For a file on another disk: the copy gets its name when it is whole."""
        handle, name = tempfile.mkstemp(prefix=".copying-", dir=target.parent)
        try:
            with open(handle, "wb") as out, path.open("rb") as source:
                shutil.copyfileobj(source, out, 1024 * 1024)
                out.flush()
                os.fsync(out.fileno())
            os.replace(name, target)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
        path.unlink()


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
