"""Who does the parts and shards of a batch: processes of this machine, or Spark."""

import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Protocol, TypeVar

Done = TypeVar("Done")
Task = Callable[[Iterable[int]], Iterator[Done]]
_RAISED = re.compile(r"^(?:\w+\.)*(?:\w*Error|Unreachable|BadList|TooManyMatches|Missing\w*): .*$", re.M)
SLICES = 4  # of Spark's work for each of its processors: what is slow in one is made up for in others


class EngineFailed(Exception):
    """An engine could not be had, or gave up. What is done is kept."""


class Engine(Protocol):
    """`each` is how many processes, or threads, one call of a task is to use."""

    each: int

    def run(self, task: Task[Done], numbers: Sequence[int]) -> Iterator[Done]:
        """What the task gives of all these numbers, in no order."""

    def close(self) -> None:
        """Let go of what it holds."""


class Local:
    """One call of a task, which uses so many processes."""

    def __init__(self, processes: int) -> None:
        self.each = processes

    def run(self, task: Task[Done], numbers: Sequence[int]) -> Iterator[Done]:
        """One after the other, as they are done."""
        return task(numbers)

    def close(self) -> None:
        """There is nothing to let go of."""


class Spark:
    """The same over the processors that Spark has; all of them need the folders under the same paths."""

    each = 1

    def __init__(self, master: str) -> None:
        """`master` is as Spark writes it, `local[2]`; "" is what `spark-submit` or its settings say."""
        try:
            from pyspark import SparkConf, SparkContext
        except ImportError:
            raise EngineFailed("Spark needs the extra: pip install 'lapwing[spark]', and Java 17") from None
        conf = SparkConf().setAppName("lapwing batch").set("spark.ui.enabled", "false")
        if master:
            conf = conf.setMaster(master)
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)  # Spark's own may not have Lapwing
        if master.startswith("local"):  # nothing listens but to this machine
            os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
            conf = conf.set("spark.driver.host", "127.0.0.1").set("spark.driver.bindAddress", "127.0.0.1")
        try:
            self._context: Any = SparkContext(conf=conf)
            self._context.setLogLevel("ERROR")
        except Exception as error:  # of Java, through a bridge that has many of its own
            raise EngineFailed(f"Spark did not start: {_sentence(error)}") from error

    def run(self, task: Task[Done], numbers: Sequence[int]) -> Iterator[Done]:
        """All of it, then what it gave."""
        if not numbers:
            return
        slices = min(len(numbers), SLICES * self._context.defaultParallelism)
        try:
            yield from self._context.parallelize(numbers, slices).mapPartitions(task).collect()
        except Exception as error:
            raise EngineFailed(f"Spark gave up: {_sentence(error)}") from error

    def close(self) -> None:
        """End the session."""
        self._context.stop()


def _sentence(error: Exception) -> str:
    """What a task raised, out of the traces of two languages; else the first that is said."""
    text = str(error)
    raised = _RAISED.search(text)
    return raised[0] if raised else next(iter(text.strip().splitlines()), type(error).__name__)
