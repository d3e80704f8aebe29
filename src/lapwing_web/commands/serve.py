"""Run the site, with the clocks and the worker beside it. SIGTERM or SIGINT ends all of them.

The first line printed is the address. Run `lapwing-web setup` before the first time. Behind TLS, set
LAPWING_BEHIND_TLS and LAPWING_HOSTS.
"""

import argparse
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from types import FrameType

from lapwing_web.dying import end_with

VERB = "import sys; from lapwing_web.commands import main; sys.exit(main(sys.argv[1:]))"
SOON = 30.0  # seconds a server may take to answer, and to end
STARTS, STARTS_WITHIN = 5, 30.0  # times the site may be started again within so many seconds
Process = subprocess.Popen[bytes]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where to listen."""
    parser.add_argument("--address", default="127.0.0.1", help="default: this machine only")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--workers", type=int, default=1, help="processes (default 1)")
    parser.add_argument(
        "--threads", type=int, default=16, help="requests at once in each process (default 16)"
    )
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
    running = Running({"site": _granian(arguments)})
    running.start()
    try:
        if not _wait_for(arguments, running, stop):
            return 0 if stop.is_set() else 2
        print(f"http://{_shown(arguments.address)}:{arguments.port}/", flush=True)
        running.commands |= {
            "clocks": _verb("clocks", "--every", str(arguments.every)),
            "worker": _verb("work"),
        }
        running.start()
        return _watch(running, stop)
    finally:
        _end(list(running.processes.values()))


class Running:
    """The processes of the site by name, each started again when it ends by itself."""

    def __init__(self, commands: dict[str, list[str]]) -> None:
        self.commands = commands
        self.processes: dict[str, Process] = {}
        self.started: dict[str, list[float]] = {}

    def start(self) -> None:
        """Start what does not run, and say so of what ran before."""
        for name, command in self.commands.items():
            process = self.processes.get(name)
            if process is not None:
                if process.poll() is None:
                    continue
                print(f"The {name} ended ({process.returncode}) and is started again.", file=sys.stderr)
            self.processes[name] = _start(command)
            self.started[name] = [*self.started.get(name, [])[1 - STARTS :], time.monotonic()]

    def ended(self) -> bool:
        """Whether any of them has."""
        return any(process.poll() is not None for process in self.processes.values())

    def hopeless(self) -> bool:
        """Whether the site itself ends again and again, so that starting it once more is no help."""
        times = self.started["site"]
        return len(times) == STARTS and times[-1] - times[0] < STARTS_WITHIN


def _watch(running: Running, stop: threading.Event) -> int:
    """Until told to stop: what ends is started again; when the site will not stay up, all ends."""
    while not stop.wait(0.5):
        if not running.ended():
            continue
        if running.processes["site"].poll() is not None and running.hopeless():
            print(f"The site ended by itself {STARTS} times in a short while.", file=sys.stderr)
            return 2
        stop.wait(1)  # not in a tight circle
        if not stop.is_set():
            running.start()
    return 0


def _verb(*words: str) -> list[str]:
    return [sys.executable, "-c", VERB, *words, "--beside", str(os.getpid())]


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
    words += ["--respawn-failed-workers", "--respawn-interval", "0.5", "--workers-kill-timeout", "5"]
    return [sys.executable, "-m", "granian", *words, "lapwing_web.wsgi:application"]


def _start(command: list[str]) -> Process:
    """Start a child that ends when this process is gone, even if it was killed.

    That needs Linux; elsewhere the next `serve` says that something is listening. What the child prints goes
    to stderr: stdout is for the address.
    """
    parent = os.getpid()

    def tied() -> None:
        end_with(parent, signal.SIGTERM)

    tie = tied if sys.platform.startswith("linux") else None
    return subprocess.Popen(command, stdout=sys.stderr, start_new_session=True, preexec_fn=tie)  # noqa: S603


def _wait_for(arguments: argparse.Namespace, running: Running, stop: threading.Event) -> bool:
    """Whether the site came to answer."""
    until, site = time.monotonic() + SOON, running.processes["site"]
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
