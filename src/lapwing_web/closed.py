"""Files and folders closed to everybody but their owner: the database holds what nobody else may read."""

import os
import stat
from contextlib import suppress
from pathlib import Path

OTHERS = stat.S_IRWXG | stat.S_IRWXO
BESIDE = (
    "-wal",
    "-shm",
    "-journal",
)  # what SQLite keeps beside a database; it gives new ones the mode of the file


def close_folder(folder: Path) -> None:
    """Make the folder, mode 0700. One that is there is closed only while it is empty: it may be somebody's
    home, or everybody's. `open_to_others` then says so.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if open_to_others(folder) and not any(folder.iterdir()):
        _close(folder, 0o700)


def close_database(file: Path) -> None:
    """Make the file that will be an SQLite database, mode 0600, before SQLite makes it readable by all; close
    one that is there, with what lies beside it.
    """
    with suppress(FileExistsError, FileNotFoundError, PermissionError):  # SQLite says what is wrong better
        os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600))
    for one in (file, *(file.with_name(file.name + ending) for ending in BESIDE)):
        if one.is_file() and open_to_others(one):
            _close(one, 0o600)


def open_to_others(path: Path) -> bool:
    """Whether anybody but the owner may do anything with it."""
    return bool(path.stat().st_mode & OTHERS)


def _close(path: Path, mode: int) -> None:
    with suppress(PermissionError, FileNotFoundError):  # somebody else's, or gone meanwhile
        path.chmod(mode)
