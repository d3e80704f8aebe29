"""Look-ups a second of `lapwing serve-match`, and how long one takes, beside the server's own limit.

The list has --entries with a random MD5 and a random PDQ. Callers keep their connections open and ask one
after the other, on the same machine, which has to run them too. The limit is the same server and callers with
GET /v1/lists, which looks nothing up. Half of what is asked is on the list, a PDQ 3 bits away.

    python -m benchmarks.serving --entries 10000000
"""

import argparse
import http.client
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from benchmarks.lists import NAME, make

from lapwing.matching.hash_list import HashList

Request = tuple[str, str, bytes]  # method, path, body
CALLERS = (1, 8)


def main() -> None:
    """Print a line for each way to ask."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=float, default=3.0, help="of one measurement")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--workers", type=int, default=1, help="processes of the service")
    parser.add_argument("--batch", type=int, default=1000, help="hashes in a question")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        make(Path(folder), arguments.entries, ["md5", "pdq"])
        asked = questions(Path(folder), arguments.batch)
        with service(Path(folder), arguments.workers) as port:
            print(f"{arguments.entries:,} entries, {arguments.workers} process(es)")
            for callers in CALLERS:
                for name, (requests, hashes) in asked.items():
                    told = [
                        measure(port, requests, callers, arguments.seconds) for _ in range(arguments.rounds)
                    ]
                    show(f"{name}, {callers} caller(s)", told, hashes)


def questions(lists: Path, batch: int) -> dict[str, tuple[list[Request], int]]:
    """What is asked, and how many hashes each request has."""
    layer, drawn = HashList.open(lists, NAME).layers[0], np.random.default_rng(4)
    md5 = layer.exact["md5"].values[drawn.integers(0, len(layer), 4000)].copy()
    pdq = layer.near["pdq"].hashes.view(np.uint8)[drawn.integers(0, len(layer), 4000)].copy()
    pdq[:, 5] ^= 7
    for rows in (md5, pdq):
        rows[::2] = drawn.integers(0, 256, rows[::2].shape, np.uint8)
    asked: dict[str, tuple[list[Request], int]] = {"nothing looked up": ([("GET", "/v1/lists", b"")], 0)}
    for kind, rows in (("md5", md5), ("pdq", pdq)):
        texts = [row.tobytes().hex() for row in rows]
        asked[f"one {kind}"] = ([("GET", f"/v1/match/{kind}/{text}", b"") for text in texts], 1)
        bodies = [
            json.dumps(
                {"hashes": [{"type": kind, "value": text} for text in texts[at : at + batch]]}
            ).encode()
            for at in range(0, len(texts) - batch + 1, batch)
        ]
        asked[f"{batch:,} {kind} at once"] = ([("POST", "/v1/match", body) for body in bodies], batch)
    return asked


@contextmanager
def service(lists: Path, workers: int) -> Iterator[int]:
    """The service as its command starts it, at a free port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    command = [sys.executable, "-c", "from lapwing.cli import main; main()", "serve-match"]
    command += ["--port", str(port), "--lists", str(lists), "--workers", str(workers)]
    running = subprocess.Popen(command, stderr=subprocess.DEVNULL, env=os.environ)
    try:
        until(lambda: http.client.HTTPConnection("127.0.0.1", port, timeout=1).connect())
        yield port
    finally:
        running.terminate()
        running.wait()


def until(act: Callable[[], None]) -> None:
    """Try until it succeeds, for 20 seconds."""
    for _ in range(200):
        try:
            act()
            return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("the service did not start")


def measure(port: int, requests: list[Request], callers: int, seconds: float) -> tuple[float, list[float]]:
    """Requests a second, and how long each took in milliseconds."""
    taken: list[list[float]] = [[] for _ in range(callers)]
    end = time.perf_counter() + seconds

    def call(number: int) -> None:
        with socket.create_connection(("127.0.0.1", port)) as connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            at = number * 37
            while (started := time.perf_counter()) < end:
                ask(connection, *requests[at % len(requests)])
                taken[number].append((time.perf_counter() - started) * 1000)
                at += 1

    threads = [threading.Thread(target=call, args=(number,)) for number in range(callers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    every = [one for each in taken for one in each]
    return len(every) / seconds, every


def ask(connection: socket.socket, method: str, path: str, body: bytes) -> bytes:
    """One request on an open connection. A client's library would take longer than the service."""
    head = f"{method} {path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: {len(body)}\r\n\r\n"
    connection.sendall(head.encode() + body)
    answer = b""
    while b"\r\n\r\n" not in answer:
        answer += connection.recv(1 << 18)
    top, _, rest = answer.partition(b"\r\n\r\n")
    if b" 200 " not in top[:20]:
        raise SystemExit(f"{method} {path}: {top[:40]!r} {rest[:200]!r}")
    length = int(top.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
    while len(rest) < length:
        rest += connection.recv(1 << 18)
    return rest


def show(name: str, told: list[tuple[float, list[float]]], hashes: int) -> None:
    """A line: rates over the rounds, and times over all requests."""
    rates = [rate * max(1, hashes) for rate, _ in told]
    every = sorted(one for _, times in told for one in times)
    p50, p99 = every[len(every) // 2], every[int(len(every) * 0.99)]
    print(
        f"  {name}: {statistics.median(rates):,.0f} ({min(rates):,.0f}-{max(rates):,.0f}) a second; "
        f"a request p50 {p50:.2f} ms, p99 {p99:.2f} ms"
    )


if __name__ == "__main__":
    main()
