"""Sealing as the bytes come: what is opened is what came, and nothing is left of what did not come whole."""

import hashlib
import io
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lapwing.vault import Identities, Staged, TooLarge, stage, sweep_staging

MIB = 1024 * 1024


def opened(path: Path, identities: Identities) -> bytes:
    plain = io.BytesIO()
    with path.open("rb") as sealed:
        identities.unseal(sealed, plain)
    return plain.getvalue()


def assert_true(staged: Staged, content: bytes, identities: Identities) -> None:
    sealed = staged.path.read_bytes()
    assert staged.sealed_sha256 == hashlib.sha256(sealed).hexdigest()
    assert staged.sealed_size == len(sealed)
    assert staged.digests.sha256 == hashlib.sha256(content).hexdigest()
    assert staged.digests.md5 == hashlib.md5(content).hexdigest()
    assert staged.digests.size == len(content)
    assert staged.head == content[:4096]
    assert staged.recipients == identities.recipients.fingerprints
    assert opened(staged.path, identities) == content


@settings(max_examples=40, deadline=None)
@given(st.lists(st.binary(max_size=200_000), max_size=5))
def test_what_is_opened_is_what_came(tmp_path_factory: pytest.TempPathFactory, blocks: list[bytes]) -> None:
    identities = Identities.generate()
    folder = tmp_path_factory.mktemp("staging")
    staged = stage(blocks, recipients=identities.recipients, folder=folder)
    assert_true(staged, b"".join(blocks), identities)
    staged.discard()
    staged.discard()
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("size", [0, 1, 65535, 65536, 65537, 3 * 65536, MIB + 1, 5 * MIB])
def test_every_size_about_the_border_of_a_piece(tmp_path: Path, identities: Identities, size: int) -> None:
    content = os.urandom(size)
    blocks = (content[i : i + 70_000] for i in range(0, size, 70_000))
    assert_true(stage(blocks, recipients=identities.recipients, folder=tmp_path / "new"), content, identities)


def test_the_age_client_opens_what_is_sealed(tmp_path: Path, identities: Identities, age: str) -> None:
    content = os.urandom(3 * MIB + 7)
    key = tmp_path / "key"
    identities.write(key, "log key: 00")
    staged = stage([content], recipients=identities.recipients, folder=tmp_path)
    done = subprocess.run([age, "-d", "-i", key, staged.path], check=True, capture_output=True)
    assert done.stdout == content


def test_what_the_age_client_seals_is_opened(tmp_path: Path, identities: Identities, age: str) -> None:
    sealed = tmp_path / "sealed"
    recipient = identities.recipients.keys[0]
    subprocess.run([age, "-r", recipient, "-o", sealed], check=True, input=b"a dull file")
    assert opened(sealed, identities) == b"a dull file"


def test_every_recipient_can_open_it_and_nobody_else(tmp_path: Path, identities: Identities) -> None:
    other = Identities.generate()
    both = type(identities.recipients)(tuple(sorted(identities.recipients.keys + other.recipients.keys)))
    staged = stage([b"a dull file"], recipients=both, folder=tmp_path)
    assert opened(staged.path, identities) == opened(staged.path, other) == b"a dull file"
    with pytest.raises(Exception, match=r"(?i)no matching keys"):
        opened(staged.path, Identities.generate())


@pytest.mark.parametrize(("size", "limit"), [(1, 0), (65537, 65536), (5 * MIB, 3 * MIB)])
def test_one_byte_too_many_leaves_nothing(
    tmp_path: Path, identities: Identities, size: int, limit: int
) -> None:
    blocks = (b"x" * min(50_000, size - i) for i in range(0, size, 50_000))
    with pytest.raises(TooLarge) as refused:
        stage(blocks, recipients=identities.recipients, folder=tmp_path, limit=limit)
    assert refused.value.limit == limit
    assert list(tmp_path.iterdir()) == []


def test_exactly_the_limit_is_taken(tmp_path: Path, identities: Identities) -> None:
    staged = stage([b"x" * 65536], recipients=identities.recipients, folder=tmp_path, limit=65536)
    assert staged.digests.size == 65536


@pytest.mark.parametrize(
    "error", [ConnectionResetError("gone"), ValueError("odd"), KeyboardInterrupt(), GeneratorExit()]
)
def test_what_stops_the_bytes_is_raised_as_it_was_and_leaves_nothing(
    tmp_path: Path, identities: Identities, error: BaseException
) -> None:
    def blocks() -> Iterator[bytes]:
        yield b"x" * MIB
        raise error

    with pytest.raises(type(error)) as raised:
        stage(blocks(), recipients=identities.recipients, folder=tmp_path)
    assert raised.value is error
    assert list(tmp_path.iterdir()) == []


FULL_DISK = """
import resource, signal, sys
from pathlib import Path
from lapwing.vault import Recipients, stage
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]), int(sys.argv[3])))
try:
    stage([b"x" * int(sys.argv[4])], recipients=Recipients.parse(sys.argv[1]), folder=Path(sys.argv[2]))
except OSError as error:
    sys.exit(7)
"""


@pytest.mark.parametrize(
    ("size", "allowed", "reason"),
    [
        (200_000, 0, "no room for the header"),
        (200_000, 100_000, "room for the first piece alone"),
        (200_000, 200_200, "room for all but the last piece, whose failure age would hide"),
        (9_000_000, 0, "a large file, written in a thread: no room at all"),
        (9_000_000, 4_000_000, "room for half of it"),
        (9_000_000, 9_002_000, "room for all but the end"),
    ],
)
def test_a_disk_that_is_full_is_an_error_and_never_a_shorter_file(
    tmp_path: Path, identities: Identities, size: int, allowed: int, reason: str
) -> None:
    arguments = [identities.recipients.keys[0], str(tmp_path), str(allowed), str(size)]
    assert subprocess.run([sys.executable, "-c", FULL_DISK, *arguments]).returncode == 7, reason
    assert list(tmp_path.iterdir()) == []


HALF = """
import sys
from pathlib import Path
from lapwing.vault import Recipients, stage
def blocks():
    for _ in range(20):
        yield b"PLAIN-TEXT" * 100_000
    print("half", flush=True)
    sys.stdin.read()
stage(blocks(), recipients=Recipients.parse(sys.argv[1]), folder=Path(sys.argv[2]))
"""


def test_a_process_killed_half_way_leaves_one_sealed_file_for_the_sweep(
    tmp_path: Path, identities: Identities
) -> None:
    command = [sys.executable, "-c", HALF, identities.recipients.keys[0], str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"half\n"
        process.send_signal(signal.SIGKILL)
    [left] = tmp_path.iterdir()
    assert left.stat().st_size > MIB
    assert b"PLAIN-TEXT" not in left.read_bytes()
    (tmp_path / "another").write_text("not of the sweep's kind")
    now = datetime.now(UTC)
    assert sweep_staging(tmp_path, before=now - timedelta(hours=1)) == []
    assert sweep_staging(tmp_path, before=now + timedelta(hours=1)) == [left]
    assert [path.name for path in tmp_path.iterdir()] == ["another"]


FLAT = """
import resource, sys
from pathlib import Path
from lapwing.vault import Recipients, stage
def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
keys, folder = Recipients.parse(sys.argv[1]), Path(sys.argv[2])
stage([b"x"], recipients=keys, folder=folder).discard()
before = peak()
block = bytes(1024 * 1024)
stage((block + b"" for _ in range(int(sys.argv[3]))), recipients=keys, folder=folder).discard()
print(peak() - before)
"""


def test_memory_does_not_grow_with_the_file(tmp_path: Path, identities: Identities) -> None:
    command = [sys.executable, "-c", FLAT, identities.recipients.keys[0], str(tmp_path), "400"]
    grown = int(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    assert grown < 64 * MIB
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss > 0  # the measure is there at all
