"""A run of the tests keeps its state in a folder of its own, made before the settings are read."""

import atexit
import os
import shutil
import tempfile

HOME = tempfile.mkdtemp(prefix="lapwing-tests-")
os.environ["LAPWING_HOME"] = HOME
_owner = os.getpid()


@atexit.register
def _remove() -> None:
    if os.getpid() == _owner:  # not in a child that was forked
        shutil.rmtree(HOME, ignore_errors=True)
