"""The choice of a path for the heavy loops."""

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from lapwing import native

ROOT = Path(__file__).resolve().parents[2]


def test_numpy_is_always_there_and_first() -> None:
    assert native.PATHS[0] == native.NUMPY


def test_the_fastest_is_taken_unless_another_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(native.VARIABLE, raising=False)
    assert native.path_in_use() == native.PATHS[-1]
    monkeypatch.setenv(native.VARIABLE, native.NUMPY)
    assert native.path_in_use() == native.NUMPY
    assert native.path_in_use(native.PATHS[-1]) == native.PATHS[-1]


def test_a_path_that_is_not_here_is_refused_with_those_that_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(native.VARIABLE, "abacus")
    with pytest.raises(ValueError, match=r"'abacus' here: there are numpy"):
        native.path_in_use()


def built(into: Path, **environment: str) -> list[Path]:
    """What `setup.py` makes of native/ with this environment. It has to succeed."""
    command = [
        sys.executable,
        "setup.py",
        "-q",
        "build_ext",
        "--build-lib",
        into,
        "--build-temp",
        into / "objects",
    ]
    subprocess.run(command, cwd=ROOT, env=os.environ | environment, check=True, capture_output=True)
    return list(into.rglob("_native*.so"))


def test_without_a_compiler_the_installation_succeeds_with_no_native_module(tmp_path: Path) -> None:
    assert built(tmp_path, CC="/bin/false") == []


def test_with_a_compiler_the_native_module_is_there_and_its_source_gives_no_warning() -> None:
    if compiler := shutil.which("cc"):
        flags = [
            "-std=c11",
            "-fsyntax-only",
            "-Wall",
            "-Wextra",
            "-Werror",
            f"-I{sysconfig.get_path('include')}",
        ]
        subprocess.run([compiler, *flags, *sorted((ROOT / "native").glob("*.c"))], check=True)
        assert native.PATHS[1] == "portable"
