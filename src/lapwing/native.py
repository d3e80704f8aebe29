"""Which way the heavy loops go: NumPy, which defines them, or C, plain or for this processor's instructions.

All of them give the same answers, so the choice is one of speed only. The native module is built with the
package where there is a compiler (`native/`, `setup.py`).
"""

import os
from importlib.util import find_spec

NUMPY = "numpy"
VARIABLE = "LAPWING_KERNELS"  # forces a path by its name, for tests and for finding a fault

if find_spec("lapwing._native") is None:
    PATHS: tuple[str, ...] = (NUMPY,)
else:
    from lapwing import _native

    PATHS = (NUMPY, *_native.PATHS)  # slowest first


def path_in_use(asked: str | None = None) -> str:
    """The path to take: the one asked for, else the one LAPWING_KERNELS names, else the fastest there is.

    Raises ValueError for one that this installation or this processor does not have.
    """
    name = asked or os.environ.get(VARIABLE) or PATHS[-1]
    if name not in PATHS:
        raise ValueError(f"there is no kernel path {name!r} here: there are {', '.join(PATHS)}")
    return name
