"""The one thing pyproject.toml cannot say: the native module, which an installation can do without."""

import sys
from pathlib import Path

from setuptools import Extension, setup

NATIVE = Path("native")

setup(
    ext_modules=[
        Extension(
            "lapwing._native",
            sources=sorted(path.as_posix() for path in NATIVE.glob("*.c")),
            depends=sorted(path.as_posix() for path in NATIVE.glob("*.h")),
            extra_compile_args=[] if sys.platform == "win32" else ["-O3", "-std=c11"],
            py_limited_api=True,
            optional=True,  # where there is no compiler, NumPy does the same more slowly
        )
    ],
    options={"bdist_wheel": {"py_limited_api": "cp311"}},
)
