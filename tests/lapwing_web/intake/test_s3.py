"""The vault in an S3-compatible store, spoken to over HTTP."""

import os
import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import boto3
import pytest
from tests.cast import Cast
from tests.lapwing_web.intake.test_sealing import kept, opened
from tests.object_store import AWAY, served

from lapwing.vault import BadName, Fault, Identities, Missing, verify
from lapwing_web.intake.actions.sealing import seal
from lapwing_web.intake.actions.stores import StorageStore, store
from lapwing_web.intake.actions.verification import sweep_orphans, verify_some
from lapwing_web.intake.models import SealedFile
from lapwing_web.moment import at, now

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    """The address of the server."""
    with served() as address:
        yield address


@pytest.fixture
def bucket(endpoint: str, vault: Identities, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A bucket of this test's own, which the settings name."""
    for name, value in AWAY.items():
        monkeypatch.setenv(name, value)
    name = f"vault-{uuid.uuid4().hex}"
    made = boto3.resource("s3", endpoint_url=endpoint).Bucket(name)
    made.create(CreateBucketConfiguration={"LocationConstraint": "eu-west-2"})
    settings.VAULT_S3_BUCKET, settings.VAULT_S3_ENDPOINT, settings.VAULT_S3_REGION = (
        name,
        endpoint,
        "eu-west-2",
    )
    assert isinstance(store(), StorageStore)
    return made


def test_a_file_goes_there_sealed_and_comes_back(bucket: Any, vault: Identities, settings: Any) -> None:
    content = os.urandom(20 * 2**20)  # more than a part, so that it goes in several and is fetched to a file
    file = kept(content)
    assert [found.key for found in bucket.objects.all()] == [file.object_name]
    assert list(store().names()) == list(store().names(file.object_name[:20])) == [file.object_name]
    assert opened(file.object_name, vault) == content
    assert [path for path in settings.VAULT.rglob("*") if path.is_file()] == []
    assert verify_some(1).faults == []


def test_what_is_changed_or_missing_there_is_found(cast: Cast, bucket: Any, vault: Identities) -> None:
    gone, changed, whole = (kept(bytes([n]) * 1000) for n in range(3))
    bucket.Object(gone.object_name).delete()
    body = bytearray(bucket.Object(changed.object_name).get()["Body"].read())
    body[-1] ^= 1
    bucket.Object(changed.object_name).put(Body=bytes(body))
    bucket.Object("aa/not-ours").put(Body=b"x")
    assert {(file.pk, file.fault) for file in verify_some(3).faults} == {
        (gone.pk, "missing"),
        (changed.pk, "changed"),
    }
    names = list(SealedFile.objects.values_list("object_name", flat=True))
    assert set(verify(store(), names)) == {
        Fault(gone.object_name, "missing"),
        Fault(changed.object_name, "changed"),
        Fault("aa/not-ours", "unknown"),
    }
    assert whole.object_name in names


def test_the_sweep_and_odd_names_there(bucket: Any, vault: Identities) -> None:
    file, orphan = kept(), seal([b"nobody wrote it down"])
    assert sweep_orphans() == []
    with at(now() + timedelta(days=2)):
        assert sweep_orphans() == [orphan.object_name]
    assert store().exists(file.object_name)
    assert not store().exists(orphan.object_name)
    with pytest.raises(Missing):
        store().open(orphan.object_name)
    with pytest.raises(Missing):
        store().written_at(orphan.object_name)
    for ask in (store().open, store().exists, store().delete):
        with pytest.raises(BadName):
            ask("../up")


def test_a_store_that_is_away_fails_the_upload_and_keeps_nothing(
    bucket: Any, vault: Identities, settings: Any
) -> None:
    bucket.delete()
    with pytest.raises(OSError, match="NoSuchBucket"):
        seal([b"a dull file"])
    with pytest.raises(OSError, match="NoSuchBucket"):
        list(store().names())
    assert [path for path in settings.VAULT.rglob("*") if path.is_file()] == []
