"""Lists built from hashes in any order. Memory stays flat."""

import heapq
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

from lapwing.hashing import DIGESTS
from lapwing.matching.list_file import write_list

RUN = 500_000  # hashes sorted in memory at once, some 40 MB


class Building:
    """Gathers hashes of every kind, and writes a list for each kind there was."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._kinds: dict[str, _Runs] = {}

    def add(self, hash_type: str, value: bytes) -> None:
        """Take one raw hash."""
        if hash_type not in self._kinds:
            self._kinds[hash_type] = _Runs(DIGESTS[hash_type].size)
        self._kinds[hash_type].add(value)

    def write(self, folder: Path) -> list[Path]:
        """Write the lists. Raises BadList for the name, OSError."""
        return [
            write_list(folder, self._name, kind, runs.sorted()) for kind, runs in sorted(self._kinds.items())
        ]

    def close(self) -> None:
        """Let go of what was put aside."""
        for runs in self._kinds.values():
            runs.stack.close()


class _Runs:
    """Hashes sorted in runs that wait in temporary files."""

    def __init__(self, size: int) -> None:
        self.stack = ExitStack()
        self._size = size
        self._run: list[bytes] = []
        self._files: list[BinaryIO] = []

    def add(self, value: bytes) -> None:
        self._run.append(value)
        if len(self._run) >= RUN:
            file: BinaryIO = self.stack.enter_context(tempfile.TemporaryFile())  # noqa: SIM115 (the stack has it)
            file.write(b"".join(sorted(self._run)))
            self._files.append(file)
            self._run = []

    def sorted(self) -> Iterator[bytes]:
        return heapq.merge(sorted(self._run), *(self._read(file) for file in self._files))

    def _read(self, file: BinaryIO) -> Iterator[bytes]:
        file.seek(0)
        while value := file.read(self._size):
            yield value
