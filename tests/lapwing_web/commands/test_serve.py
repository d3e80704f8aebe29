"""`lapwing-web serve`: the site, the clocks and the worker beside it, started together and ended together."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from urllib.request import urlopen

import pytest
from tests.killing import free_port
from tests.own_site import Site

pytestmark = pytest.mark.durability

ORPHAN = """
import multiprocessing, os, signal, sys, time
def worker():
    while os.getppid() == server:
        time.sleep(0.01)
    import lapwing_web.wsgi
    open(sys.argv[1], "w").close()
server = os.getpid()
multiprocessing.get_context("fork").Process(target=worker).start()
os.kill(server, signal.SIGKILL)
"""


def children(pid: int) -> dict[int, str]:
    """Every process below `pid`, with its command line."""
    below = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = int(folder.joinpath("stat").read_text().rpartition(")")[2].split()[1])
            words = folder.joinpath("cmdline").read_text().replace("\0", " ")
        except (OSError, ValueError):
            continue
        if parent == pid:
            below |= {int(folder.name): words} | children(int(folder.name))
    return below


def until(true: Callable[[], bool], seconds: float = 20) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.05)
    return False


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_keeps_what_is_beside_it_running_and_takes_all_with_it(
    own_site: Site, end: signal.Signals
) -> None:
    port = free_port()
    server = own_site.start("serve", "--port", port, "--every", "0.2")
    assert server.stdout is not None
    address = server.stdout.readline().strip()
    assert address == f"http://127.0.0.1:{port}/"
    assert b"Sign in" in urlopen(f"{address}sign-in").read()
    assert urlopen(f"{address}static/lapwing.css").status == 200

    def beside(verb: str) -> list[int]:
        return [pid for pid, words in children(server.pid).items() if f" {verb} " in words]

    for verb in ("clocks", "work"):
        assert until(lambda verb=verb: len(beside(verb)) == 1)
        first = beside(verb)[0]
        os.kill(first, signal.SIGKILL)
        again = until(lambda verb=verb, first=first: bool(beside(verb)) and beside(verb)[0] != first)
        assert again, f"{verb} was not started again"
    everybody = [*children(server.pid)]
    assert len(everybody) >= 3
    server.send_signal(end)
    assert server.wait(20) == 0
    assert until(lambda: not any(alive(pid) for pid in everybody)), "a child outlived the server"


def test_the_clocks_do_not_outlive_a_server_that_was_killed(own_site: Site) -> None:
    port = free_port()
    server = own_site.start("serve", "--port", port, "--every", "0.1")
    assert server.stdout is not None
    server.stdout.readline()
    assert until(lambda: any(" clocks " in words for words in children(server.pid).values()))
    below = children(server.pid)
    clocks = next(pid for pid, words in below.items() if " clocks " in words)
    os.kill(server.pid, signal.SIGKILL)
    server.wait()
    assert until(lambda: not any(alive(pid) for pid in below)), "something outlived the server"
    assert not alive(clocks)


def test_a_port_in_use_is_said(own_site: Site) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        said = own_site.run("serve", "--port", taken.getsockname()[1], check=False)
    assert said.returncode == 2
    assert "listening" in said.stderr


def test_a_worker_whose_server_was_killed_before_it_was_ready_does_not_serve(own_site: Site) -> None:
    served = own_site.home / "served"
    # Ends when the worker has ended too, as it holds the other end of what is read here.
    subprocess.run(
        [sys.executable, "-c", ORPHAN, served], env=own_site.environment, capture_output=True, timeout=60
    )
    assert not served.exists()
