"""A command about sources, killed before each step that it takes on the disk, and what comes after it.

    killed.py LISTS COMMAND…   for each step, a copy of LISTS on which it is killed there, given again
                               in peace, and a fetch after it; prints the steps, a line each

It is started once and forks, as starting takes longer than fetching.
"""

import os
import re
import shutil
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

from lapwing.cli import main

STEPS = {"os.rename": 1, "shutil.rmtree": 0}  # which argument names the file


def ran(lists: Path, command: list[str], steps: int | None = None) -> tuple[bool, list[str]]:
    """Whether a process of its own was killed before so many steps, and which it took."""
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        quiet = os.open(os.devnull, os.O_WRONLY)
        for number in (1, 2):
            os.dup2(quiet, number)
        left = iter(range(steps or 0, -1, -1))

        def before(event: str, said: tuple[object, ...]) -> None:
            if event in STEPS and str(lists) in str(said[STEPS[event]]):
                os.write(writer, f"{event} {named(str(said[STEPS[event]]))}\n".encode())
                if steps is not None and next(left) == 1:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(before)
        os._exit(main(["lists", *command, "--lists", str(lists)]))
    os.close(writer)
    with os.fdopen(reader) as pipe:
        took = pipe.read().splitlines()
    return os.WIFSIGNALED(os.waitpid(child, 0)[1]), took


def named(path: str) -> str:
    """A step's file, without what differs from one time to another."""
    name = re.sub(r"-[0-9a-f]{8}\.", ".", Path(path).name)
    return "held document" if re.fullmatch("[0-9a-f]{16}", name) else name


def killed(lists: Path, command: list[str]) -> Iterator[str]:
    """The steps, as many as there are."""
    warm = shutil.copytree(lists, lists.with_name("warm"))
    main(["lists", "fetch", "--lists", str(warm)])  # what every child needs is loaded before they are forked
    for number in range(1, 100):
        here = lists.with_name(f"{lists.name}-{number}")
        shutil.copytree(lists, here)
        was_killed, took = ran(here, command, number)
        if was_killed:
            ran(here, command)
        if command[0] != "fetch":
            ran(here, ["fetch"])
        yield took[-1] if was_killed else ""
        if not was_killed:
            return


if __name__ == "__main__":
    steps = list(killed(Path(sys.argv[1]), sys.argv[2:]))
    print("", *steps, sep="\n", flush=True)
