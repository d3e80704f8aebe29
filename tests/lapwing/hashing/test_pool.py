"""Files hashed by processes that die, and nothing lost but what killed them."""

import os
import random
import signal
import stat
import zlib
from pathlib import Path

import pytest
from tests.lapwing.hashing.pictures import made
from tests.lapwing.hashing.test_pictures import COLOUR, GREY, image_of, png, saved

from lapwing.hashing.limits import Limits
from lapwing.hashing.pool import FileHashes, HashingPool, Inside
from lapwing.hashing.worker_messages import Asked

GOOD = saved(image_of(COLOUR), "JPEG")
SIDE = 12_000  # pixels a side of a picture that takes more memory than the test allows


def put(folder: Path, name: str, content: bytes) -> bytes:
    (folder / name).write_bytes(content)
    return os.fsencode(folder / name)


def huge() -> bytes:
    """144 million black pixels in a small file."""
    whole = zlib.compressobj(1)
    rows = b"".join(whole.compress(b"\0" * (3 * SIDE + 1)) for _ in range(SIDE)) + whole.flush()
    return png(SIDE, SIDE, rows)


def hashed(paths: list[bytes], limits: Limits | None = None, processes: int = 1) -> dict[bytes, FileHashes]:
    with HashingPool(processes, limits) as pool:
        found = list(pool.hashes(paths))
    assert sorted(one.path for one in found) == sorted(paths)  # each once
    return {one.path: one for one in found}


def reason(one: FileHashes) -> str | None:
    return one.failure.reason if one.failure else None


def test_a_worker_is_used_again_and_every_file_is_given_once(tmp_path: Path) -> None:
    paths = [put(tmp_path, f"{number}.jpg", GOOD) for number in range(12)]
    with HashingPool(2) as pool:
        found = list(pool.hashes(paths))
        first = pool.processes()
        assert len(first) == 2
        found += list(pool.hashes(paths))
        assert pool.processes() == first
    assert len({one.pdq for one in found if one.pdq}) == 1
    assert sorted(one.path for one in found) == sorted(paths * 2)
    for pid in first:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


@pytest.fixture
def licensed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent))
    monkeypatch.setenv("LAPWING_PHOTODNA", "licensed:value")


@pytest.mark.usefixtures("licensed")
@pytest.mark.durability
def test_what_kills_a_worker_costs_one_file_and_no_more(tmp_path: Path) -> None:
    names = ["slow.jpg", "1.jpg", "deadly.jpg", "2.jpg", "greedy.jpg", "3.jpg", "nothing.jpg", "4.jpg"]
    paths = [put(tmp_path, name, GOOD) for name in names]
    found = hashed(paths, Limits(picture_seconds=4))
    reasons = [reason(found[path]) for path in paths]
    assert reasons[0::2] == ["out_of_time", "decoder_died", "photodna_failed", "photodna_failed"]
    assert reasons[1::2] == [None] * 4
    assert all(one.digests for one in found.values())  # what was known before is kept
    died = found[paths[2]].failure
    assert died is not None
    assert died.detail == "SIGKILL"
    assert [len(found[path].photodna or b"") for path in paths] == [0, 144] * 4
    assert found[paths[6]].pdq == found[paths[1]].pdq  # another module's failure costs no PDQ


def test_a_picture_that_takes_too_much_memory_is_a_failure_and_the_next_is_hashed(tmp_path: Path) -> None:
    paths = [put(tmp_path, "a.png", huge()), put(tmp_path, "b.jpg", GOOD)]
    found = hashed(paths, Limits(memory_bytes=1 << 29))
    assert reason(found[paths[0]]) == "out_of_memory"
    assert found[paths[0]].digests is not None
    assert found[paths[1]].pdq is not None


def test_a_worker_killed_between_two_files_costs_nothing(tmp_path: Path) -> None:
    paths = [put(tmp_path, f"{number}.jpg", GOOD) for number in range(3)]
    with HashingPool(1) as pool:
        for path in paths:
            (found,) = pool.hashes([path])
            assert found.pdq is not None
            os.kill(pool.processes()[0], signal.SIGKILL)
            os.waitid(os.P_PID, pool.processes()[0], os.WEXITED | os.WNOWAIT)


def test_what_cannot_be_read_is_said_and_nothing_is_waited_for(tmp_path: Path) -> None:
    pipe, secret = tmp_path / "pipe.jpg", tmp_path / "gone.jpg"
    os.mkfifo(pipe)
    paths = [os.fsencode(pipe), os.fsencode(secret), os.fsencode(tmp_path), put(tmp_path, "b.jpg", GOOD)]
    found = hashed(paths)
    assert [reason(found[path]) for path in paths] == ["unreadable", "unreadable", "unreadable", None]
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_a_picture_of_too_many_bytes_has_its_exact_hashes_and_a_reason(tmp_path: Path) -> None:
    path = put(tmp_path, "b.jpg", GOOD)
    found = hashed([path], Limits(file_bytes=len(GOOD) - 1))[path]
    assert reason(found) == "too_large"
    assert found.digests is not None


def test_fuzzed_files_end_in_a_hash_or_a_named_failure(tmp_path: Path) -> None:
    draw = random.Random(2026)
    forms = ("JPEG", "PNG", "GIF", "BMP", "TIFF", "WEBP", "AVIF")
    whole = [saved(image_of(made(40, 50, 2)), form) for form in forms]
    whole.append(saved(image_of(GREY[:40, :40]), "TIFF", compression="tiff_lzw"))
    paths = []
    for number in range(240):
        content = bytearray(draw.choice(whole))
        for _ in range(draw.randint(1, 12)):
            most = len(content) if draw.random() < 0.5 else min(64, len(content))
            content[draw.randrange(most)] = draw.randrange(256)
        if draw.random() < 0.2:
            del content[draw.randrange(len(content)) :]
        paths.append(put(tmp_path, f"{number}.jpg", bytes(content)))
    found = hashed(paths, Limits(picture_seconds=10, memory_bytes=1 << 30), processes=2)
    for one in found.values():
        assert (one.pdq is None) == (one.failure is not None)
        assert one.digests is not None
    assert {reason(one) for one in found.values()} >= {None, "damaged"}


@pytest.mark.parametrize(
    ("asks", "expected", "why"),
    [
        (b"leave 0,0", None, "it is quick"),
        (b"leave 0,60", "out_of_time", "it stands still"),
        (b"leave 600,6", None, "it was known to take longer"),
        (b"leave 1,60", "out_of_time", "and took longer than that"),
        (b"leave -600,0", None, "nobody can be given less"),
    ],
)
def test_what_is_known_to_take_long_is_given_the_time(
    monkeypatch: pytest.MonkeyPatch, asks: bytes, expected: str | None, why: str
) -> None:
    """The Sleuth Kit needs minutes for a very large folder, and says nothing while it does."""
    monkeypatch.setenv("PYTHONPATH", os.fspath(Path(__file__).parents[3]))
    limits = Limits(stalled_seconds=4.0)
    wanted = [Asked(asks, walk=True, shown=b"found"), Asked(b"leave 0,0", walk=True, shown=b"next")]
    with HashingPool(1, limits, opener="tests.lapwing.hashing.slow_opening") as pool:
        pool.start()
        said = list(pool.answers(wanted))
    found = [one.found for one in said if isinstance(one, Inside)]
    ends = [one for one in said if isinstance(one, FileHashes)]
    assert [reason(one) for one in ends] == [expected, None], why
    assert found == [[b"next"]] if expected else [[b"found"], [b"next"]]
