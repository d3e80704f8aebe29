"""Spark gives the same bytes as one process, and goes on with what that began."""

import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.lapwing.batch.test_batch import COMMAND, hostile, lists, results

from lapwing.batch import listing
from lapwing.batch.engines import Local
from lapwing.batch.job import Options
from lapwing.batch.running import Batch
from lapwing.cli import main

__all__ = ["lists"]
# as the command, and the parts are kept to be looked at
KEEPING = COMMAND.replace(
    "sys.exit", "from lapwing.batch.running import Batch\nBatch._tidy = lambda self: None\nsys.exit"
)
QUICK = {"JDK_JAVA_OPTIONS": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"}  # for a machine that ends soon
HERE = importlib.util.find_spec("pyspark") is not None and shutil.which("java") is not None


@pytest.mark.skipif(not HERE, reason="pyspark (make .venv/spark) or Java 17 is not here")
def test_spark_finishes_what_a_process_began_and_gives_the_same_bytes(
    tmp_path: Path, lists: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "PART", 5)
    source, out = hostile(tmp_path / "source"), tmp_path / "out"
    given = ["batch", "match", str(source), "--lists", str(lists)]
    assert main([*given, "--workers", "1", "--out", str(tmp_path / "one")]) == 0

    class Stopped(Local):
        def run(self, task: Any, numbers: Any) -> Iterator[Any]:
            yield from super().run(task, numbers[:2])
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Batch(out, os.fsencode(source), Options()).hash(Stopped(1))
    begun = {path: path.stat().st_ino for path in (out / "parts").iterdir()}
    assert len(begun) == 2
    spark = [*given, "--out", str(out), "--engine", "spark", "--workers", "2"]
    subprocess.run([sys.executable, "-c", KEEPING, *spark], check=True, env=os.environ | QUICK)
    assert {path: path.stat().st_ino for path in begun} == begun
    assert results(out) == results(tmp_path / "one")
