"""Megabytes a second of one upload over HTTP, hashed and sealed, beside what its parts take alone in the same
run, and the memory of the server. `benchmarks.reporting --upload MIB` runs it.

The limits are two: writing the same bytes with an fsync, and hashing them (MD5, SHA-1 and SHA-256 by hashlib,
each in a thread of its own; and one after the other, as one pass of one thread does it). Client and server
share this machine's processors, so there is a third: the processor time of all that has to be done. It is
measured part by part (hashing then as the server does it, `lapwing.hashing.Digesting`), and also of the
whole; where they are near, nothing is left to win but by doing less.
"""

import hashlib
import http.client
import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from tests.company import MULTIPART, Company, report
from tests.killing import end, free_port, listening, serving
from tests.own_site import ROOT, Site

from lapwing.hashing import Digesting
from lapwing.vault import Identities
from lapwing.vault.age_format import seal

MIB = 2**20
BLOCK = os.urandom(MIB)
KINDS = ("md5", "sha1", "sha256")
PAGE, TICK = os.sysconf("SC_PAGE_SIZE"), os.sysconf("SC_CLK_TCK")


class Spent(NamedTuple):
    """Seconds by the clock, and of the processors."""

    clock: float
    processor: float


def spread(values: list[float]) -> str:
    """`median (least-most)`."""
    return f"{statistics.median(values):,.1f} ({min(values):,.1f}-{max(values):,.1f})"


def uploads(site: Site, who: tuple[str, str], port: int, size: int, runs: int) -> None:
    """Upload `size` bytes `runs` times, each beside its limits, and print what was seen."""
    company = Company(*who, ("127.0.0.1", port))
    number = company.submit(report(20_000_000)).number
    seen: dict[str, list[Spent]] = {}
    with discarding() as elsewhere, memory(port) as resident:
        for _ in range(runs):
            for name, work in {
                "upload": lambda: upload(company, port, number, size, f"{time.time_ns()}.bin"),
                "moving": lambda: upload(company, elsewhere, number, size, "x.bin"),
                "disk": lambda: write(site.home / "limit.bin", size),
                "hashes in threads": lambda: hash_in_threads(size),
                "hashes in a row": lambda: hash_in_a_row(size),
                "hashing as here": lambda: hash_as_here(size),
                "sealing": lambda: seal_only(size),
                "digest of the sealed": lambda: hash_all(("sha256",), size),
            }.items():
                ports = {"upload": [port], "moving": [elsewhere]}.get(name, [])
                seen.setdefault(name, []).append(spent(work, ports))
    show(seen, size // MIB)
    idle, peak = resident
    print(f"  memory of the server's processes above idle: {(peak - idle) / MIB:,.0f} MiB")


def show(seen: dict[str, list[Spent]], mebibytes: int) -> None:
    """The rates, the ratios run by run, and the processors' time."""
    rates = {name: [mebibytes / one.clock for one in runs] for name, runs in seen.items()}
    print(f"upload of {mebibytes:,} MiB, MiB a second: {spread(rates['upload'])}")
    for name in [name for name in rates if name != "upload"]:
        print(f"  {name} alone: {spread(rates[name])}")
    for hashes in ("hashes in threads", "hashes in a row"):
        slower = map(min, zip(rates["disk"], rates[hashes], strict=True))
        ratio = [100 * one / two for one, two in zip(rates["upload"], slower, strict=True)]
        print(f"  per cent of the slower of disk and {hashes}: {spread(ratio)}")
    work = {
        name: statistics.median(1000 * one.processor / mebibytes for one in runs)
        for name, runs in seen.items()
    }
    parts = [name for name in work if name != "upload" and not name.startswith("hashes")]
    needed, count = sum(work[name] for name in parts), len(os.sched_getaffinity(0))
    print(
        f"  processor time, ms a MiB: {work['upload']:.2f}, client and server; the parts alone {needed:.2f}: "
        + ", ".join(f"{name} {work[name]:.2f}" for name in parts)
    )
    print(f"  so {count} processors with nothing else to do allow {1000 * count / needed:,.0f} MiB a second")


def upload(company: Company, port: int, number: int, size: int, name: str) -> None:
    """Send `size` bytes as one file, a MiB at a time. Raises SystemExit when it is refused."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
    head = (
        f'-------lapwing\r\nContent-Disposition: form-data; name="id"\r\n\r\n{number}\r\n'
        f'-------lapwing\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
        "Content-Type: application/octet-stream\r\n\r\n"
    ).encode()
    tail = b"\r\n-------lapwing--\r\n"

    def body() -> Iterator[bytes]:
        yield head
        for _ in range(size // MIB):
            yield BLOCK
        yield tail

    heads = {
        "Authorization": company.basic,
        "Content-Type": MULTIPART,
        "Content-Length": str(len(head) + size + len(tail)),
    }
    line.request("POST", "/ispws/upload", body(), heads)
    reply = line.getresponse()
    said = reply.read()
    line.close()
    if reply.status != 200:
        raise SystemExit(f"the upload was refused: {said[:300]!r}")


def spent(work: Callable[[], None], ports: list[int]) -> Spent:
    """Do it, and count this process and those that serve at `ports`."""
    pids = [pid for port in ports for pid in serving(port)]
    begun, processor = time.perf_counter(), time.process_time() + sum(map(used, pids))
    work()
    return Spent(time.perf_counter() - begun, time.process_time() + sum(map(used, pids)) - processor)


def used(pid: int) -> float:
    """Seconds of processor that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def write(path: Path, size: int) -> None:
    with path.open("wb", buffering=0) as file:
        for _ in range(size // MIB):
            file.write(BLOCK)
        os.fsync(file.fileno())
    path.unlink()


def hash_all(names: tuple[str, ...], size: int) -> None:
    digests = [hashlib.new(name, usedforsecurity=False) for name in names]
    for _ in range(size // MIB):
        for digest in digests:
            digest.update(BLOCK)


def hash_in_a_row(size: int) -> None:
    hash_all(KINDS, size)


def hash_in_threads(size: int) -> None:
    threads = [threading.Thread(target=hash_all, args=((name,), size)) for name in KINDS]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def hash_as_here(size: int) -> None:
    with Digesting() as digesting:
        for _ in range(size // MIB):
            digesting.update(BLOCK)
        digesting.finish()


def seal_only(size: int) -> None:
    seal(_Blocks(size), _Nowhere(), Identities.generate().recipients)


class _Blocks:
    """`size` bytes as a stream."""

    def __init__(self, size: int) -> None:
        self._left = size

    def read(self, size: int) -> bytes:
        taken = min(size, self._left)
        self._left -= taken
        return BLOCK[:taken]


class _Nowhere:
    """A stream that keeps nothing."""

    def write(self, data: bytes) -> int:
        return len(data)

    def flush(self) -> None:
        pass


@contextmanager
def discarding() -> Iterator[int]:
    """A port at which the same server software reads and keeps nothing."""
    port = free_port()
    words = ["--interface", "wsgi", "--port", str(port), "--log-level", "error"]
    process = subprocess.Popen(
        [sys.executable, "-m", "granian", *words, "benchmarks.discarding:application"], cwd=ROOT, text=True
    )
    try:
        listening(port)
        yield port
    finally:
        end(process)


@contextmanager
def memory(port: int) -> Iterator[list[int]]:
    """Bytes resident of what serves at `port`: now, and the peak (looked at ten times a second)."""
    pids, stop = serving(port), threading.Event()

    def resident() -> int:
        return sum(int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE for pid in pids)

    seen = [resident(), 0]

    def watch() -> None:
        while not stop.wait(0.1):
            seen[1] = max(seen[1], resident())

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield seen
    finally:
        stop.set()
        thread.join()
