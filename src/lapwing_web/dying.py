"""Processes that must not outlive the one that started them: a server that listens keeps the next one out."""

import ctypes
import os
import sys

PR_SET_PDEATHSIG = 1  # linux/prctl.h


def end_with(parent: int, number: int) -> None:
    """Have the kernel send this process the signal `number` when `parent`, which started it, is gone.

    Linux only; elsewhere it does nothing. To be called before other threads are started.
    """
    if not sys.platform.startswith("linux"):
        return
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, number)
    if os.getppid() != parent:  # gone already
        os._exit(1)
