"""Run the site, with the clocks and the worker beside it. SIGTERM or SIGINT ends all of them.

The first line printed is the address. Run `lapwing-web setup` before the first time. Behind TLS, set
LAPWING_BEHIND_TLS and LAPWING_HOSTS.
"""

import argparse
import ctypes
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from types import FrameType

VERB = "import sys; from lapwing_web.commands import main; sys.exit(main(sys.argv[1:]))"
SOON = 30.0  # seconds a server may take to answer, and to end
PR_SET_PDEATHSIG = 1  # linux/prctl.h
Process = subprocess.Popen[bytes]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where to listen."""
    parser.add_argument("--address", default="127.0.0.1", help="default: this machine only")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--workers", type=int, default=1, help="processes (default 1)")
    parser.add_argument("--threads", type=int, default=4, help="requests at once in each process (default 4)")
    parser.add_argument("--every", type=float, default=10.0, help="seconds between two looks at the clocks")


def run(arguments: argparse.Namespace) -> int:
    """Start all, keep what is beside the site running, and end all when told or when the site ends."""
    if _answers(arguments.address, arguments.port):
        print(
            f"Something is listening on {arguments.address} port {arguments.port} already.", file=sys.stderr
        )
        return 2
    stop = threading.Event()

    def told(number: int, frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, told)
    signal.signal(signal.SIGINT, told)
    site = _start(_granian(arguments))
    beside = Beside(arguments.every)
    try:
        if not _wait_for(arguments, site, stop):
            return 0 if stop.is_set() else 2
        print(f"http://{_shown(arguments.address)}:{arguments.port}/", flush=True)
        beside.start()
        return _watch(site, beside, stop)
    finally:
        _end([site, *beside.running.values()])


class Beside:
    """The processes beside the site, each started again when it ends by itself."""

    def __init__(self, every: float) -> None:
        self.verbs = {"clocks": ["clocks", "--every", str(every)], "worker": ["work"]}
        self.running: dict[str, Process] = {}

    def start(self) -> None:
        """Start what does not run, and say so of what ran before."""
        for name, words in self.verbs.items():
            process = self.running.get(name)
            if process is not None:
                if process.poll() is None:
                    continue
                print(f"The {name} ended ({process.returncode}) and is started again.", file=sys.stderr)
            command = [sys.executable, "-c", VERB, *words, "--beside", str(os.getpid())]
            self.running[name] = _start(command)

    def ended(self) -> bool:
        """Whether any of them has."""
        return any(process.poll() is not None for process in self.running.values())


def _watch(site: Process, beside: Beside, stop: threading.Event) -> int:
    """Until told to stop: what is beside the site is started again when it ends; with the site ends all."""
    while not stop.wait(0.5):
        if site.poll() is not None:
            print(f"The site ended by itself ({site.returncode}).", file=sys.stderr)
            return 2
        if beside.ended():
            stop.wait(1)  # not in a tight circle
            beside.start()
    return 0


def _granian(arguments: argparse.Namespace) -> list[str]:
    options = {
        "--interface": "wsgi",
        "--host": arguments.address,
        "--port": arguments.port,
        "--workers": arguments.workers,
        "--blocking-threads": arguments.threads,
        "--log-level": "warning",
    }
    words = [str(word) for pair in options.items() for word in pair]
    return [sys.executable, "-m", "granian", *words, "lapwing_web.wsgi:application"]


def _start(command: list[str]) -> Process:
    """Start a child that is told to end when this process is gone, even if it was killed.

    That needs Linux; elsewhere the next `serve` says that something is listening. What the child prints goes
    to stderr: stdout is for the address.
    """
    if not sys.platform.startswith("linux"):
        return subprocess.Popen(command, stdout=sys.stderr, start_new_session=True)  # noqa: S603 - our words
    libc = ctypes.CDLL(None)
    parent = os.getpid()

    def tied() -> None:
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # gone already
            os._exit(1)

    return subprocess.Popen(command, stdout=sys.stderr, start_new_session=True, preexec_fn=tied)  # noqa: S603


def _wait_for(arguments: argparse.Namespace, site: Process, stop: threading.Event) -> bool:
    """Whether the site came to answer."""
    until = time.monotonic() + SOON
    while time.monotonic() < until and site.poll() is None and not stop.is_set():
        if _answers(arguments.address, arguments.port):
            return True
        stop.wait(0.1)
    return False


def _answers(address: str, port: int) -> bool:
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(address, address)  # noqa: S104 - asked, not bound
    try:
        socket.create_connection((host, port), timeout=1).close()
    except OSError:
        return False
    return True


def _shown(address: str) -> str:
    return f"[{address}]" if ":" in address else address


def _end(processes: list[Process]) -> None:
    """Ask each to end, with its children, and insist after a while."""
    running = [process for process in processes if process.poll() is None]
    for process in running:
        process.terminate()
    until = time.monotonic() + SOON / 3
    for process in running:
        try:
            process.wait(max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
