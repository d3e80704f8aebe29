"""A batch over an S3-compatible store: the same as over a folder, and a store that is away is no failure."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from tests.lapwing.batch.test_batch import by_path, results
from tests.lapwing.scanning.made_sources import device
from tests.object_store import AWAY, served

from lapwing.batch import listing
from lapwing.batch.engines import Local
from lapwing.batch.job import Options
from lapwing.batch.running import Batch
from lapwing.cli import main
from lapwing.sources import object_store
from lapwing.sources.object_store import Unreachable


@pytest.fixture
def files(tmp_path: Path) -> dict[str, bytes]:
    """Content by path: what an object store can hold of a telephone."""
    source = device(tmp_path / "device", 6)
    there = [path for path in source.rglob("*") if path.is_file() and not path.is_symlink()]
    found = {str(path.relative_to(source)): path.read_bytes() for path in there}
    return {path: content for path, content in found.items() if path.isprintable()} | {"a b \u202e": b"odd"}


@pytest.fixture
def bucket(files: dict[str, bytes], monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A bucket with those under a prefix, and something beside it."""
    with served() as address:
        for name, value in (AWAY | {"AWS_ENDPOINT_URL_S3": address}).items():
            monkeypatch.setenv(name, value)
        object_store.client.cache_clear()
        made = boto3.resource("s3").Bucket("files")
        made.create(CreateBucketConfiguration={"LocationConstraint": "eu-west-2"})
        for path, content in files.items():
            made.put_object(Key=f"seized/{path}", Body=content)
        made.put_object(Key="seizedelsewhere", Body=b"not of it")
        yield made
    object_store.client.cache_clear()


def test_a_store_gives_what_a_folder_gives_and_faults_of_its_own_are_told_apart(
    tmp_path: Path, files: dict[str, bytes], bucket: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path, content in files.items():
        (tmp_path / "folder" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "folder" / path).write_bytes(content)
    assert main(["batch", "hash", str(tmp_path / "folder"), "--out", str(tmp_path / "one")]) == 0
    assert main(["batch", "hash", "s3://files/seized", "--out", str(tmp_path / "other")]) == 0
    assert results(tmp_path / "one") == results(tmp_path / "other")
    monkeypatch.setattr(listing, "PART", 5)
    monkeypatch.setattr(object_store, "ATTEMPTS", 1)

    class Late(Local):
        def run(self, task: Any, numbers: Any) -> Iterator[Any]:
            if task.func.__name__ == "hash_parts":
                bucket.Object("seized/DCIM/100APPLE/IMG_0000.png").delete()
                bucket.put_object(Key="seized/DCIM/100APPLE/IMG_0003.png", Body=b"another")
            return super().run(task, numbers)

    summary = Batch(tmp_path / "late", b"s3://files/seized/", Options()).hash(Late(1))
    assert (summary.conserved, summary.counts.failed) == (True, 2)
    found = by_path(tmp_path / "late")
    reasons = {path: line["failure"]["reason"] for path, line in found.items() if line["failure"]}
    assert reasons[b"DCIM/100APPLE/IMG_0000.png"] == "unreadable"
    assert reasons[b"DCIM/100APPLE/IMG_0003.png"] == "changed"


def test_a_store_that_goes_away_stops_the_batch_and_the_next_run_goes_on(
    tmp_path: Path, files: dict[str, bytes], bucket: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "PART", 4)
    address, out = os.environ["AWS_ENDPOINT_URL_S3"], tmp_path / "out"

    class Away(Local):
        def run(self, task: Any, numbers: Any) -> Iterator[Any]:
            yield from super().run(task, numbers[:1])
            monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:9")  # nobody listens there
            yield from super().run(task, numbers[1:])

    with pytest.raises(Unreachable):
        Batch(out, b"s3://files/seized", Options()).hash(Away(1))
    assert len(list((out / "parts").iterdir())) == 1
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", address)
    summary = Batch(out, b"s3://files/seized", Options()).hash(Local(1))
    assert (summary.conserved, summary.counts.listed, summary.counts.failed) == (True, len(files), 0)
    assert main(["batch", "hash", "s3://nowhere/x", "--out", str(tmp_path / "none")]) == 2
