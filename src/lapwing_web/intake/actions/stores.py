"""Which store this site keeps its sealed files in: a folder, or what django-storages reaches."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO, cast

from django.conf import settings
from django.core.files import File

from lapwing.vault import DiskStore, Missing, ObjectName, Store
from lapwing_web.intake.models import SealedFile

AWAY = "The vault's folder is not as this site left it (.incoming is not in it). Is its disk mounted?"
PART = 8 * 2**20  # bytes in memory of an object on its way, each way


def store() -> Store:
    """The store of the settings. Raises ImproperlyConfigured when the extra `s3` is wanted and not here."""
    if not settings.VAULT_S3_BUCKET:
        return DiskStore(settings.VAULT)
    return _s3(settings.VAULT_S3_BUCKET, settings.VAULT_S3_ENDPOINT, settings.VAULT_S3_REGION, settings.VAULT)


def away(place: Store) -> bool:
    """Whether a folder is not the one that was used: a disk that is not mounted leaves an empty one.

    Without this, every file would be a file missing, and new ones would go to the wrong disk.
    """
    return isinstance(place, DiskStore) and not place.incoming.is_dir() and SealedFile.objects.exists()


class StorageStore:
    """Sealed objects in a Django storage. `folder` is a place on this machine to seal them in first."""

    def __init__(self, storage: Any, folder: Path) -> None:
        self._storage = storage
        self._folder = folder

    @property
    def incoming(self) -> Path:
        """A folder on this machine: what is sent is whole first."""
        return DiskStore(self._folder).incoming

    def put(self, path: Path, name: str) -> None:
        """Send the file, ask how large it is there, and only then remove it here."""
        checked = _checked(name)
        size = path.stat().st_size
        with _reached():
            with path.open("rb") as file:
                self._storage.save(checked, File(file))
            if self._storage.size(checked) != size:
                self._storage.delete(checked)
                raise OSError(f"the store does not have all of {checked}")
        path.unlink()

    def open(self, name: str) -> BinaryIO:
        """The object, fetched to a temporary file when it is larger than PART."""
        checked = _checked(name)
        with _reached():
            try:
                opened = self._storage.open(checked, "rb")
            except FileNotFoundError:
                raise Missing(name) from None
            opened.file.seek(0)  # it is fetched here, so that a store that fails does so here
        return cast(BinaryIO, opened)

    def exists(self, name: str) -> bool:
        """Whether it is there."""
        checked = _checked(name)
        with _reached():
            return bool(self._storage.exists(checked))

    def delete(self, name: str) -> None:
        """Remove it."""
        checked = _checked(name)
        with _reached():
            self._storage.delete(checked)

    def written_at(self, name: str) -> datetime:
        """When the store received it."""
        if not self.exists(name):
            raise Missing(name)
        with _reached():
            at: datetime = self._storage.get_modified_time(name)
        return at.astimezone(UTC)

    def names(self, prefix: str = "") -> Iterator[str]:
        """Everything there, folder by folder."""
        start = prefix[:2] if len(prefix) > 2 and prefix[2] == "/" else ""
        waiting = [start]
        while waiting:
            here = waiting.pop()
            with _reached():
                folders, files = self._storage.listdir(here)
            waiting += [f"{here}/{folder}".lstrip("/") for folder in folders]
            for name in files:
                found = f"{here}/{name}".lstrip("/")
                if found.startswith(prefix):
                    yield found


@contextmanager
def _reached() -> Iterator[None]:
    """Every error of a storage is an OSError: each kind of storage has its own."""
    try:
        yield
    except (OSError, Missing):
        raise
    except Exception as error:
        raise OSError(f"the store of sealed files failed: {error}") from error


@cache
def _s3(bucket: str, endpoint: str | None, region: str | None, folder: Path) -> StorageStore:
    try:
        from boto3.s3.transfer import TransferConfig
        from storages.backends.s3 import S3Storage
    except ImportError:
        from django.core.exceptions import ImproperlyConfigured

        raise ImproperlyConfigured("LAPWING_VAULT_S3_BUCKET needs: pip install 'lapwing[s3]'") from None
    transfer = TransferConfig(multipart_chunksize=PART, max_concurrency=2)  # so that memory stays flat
    storage = S3Storage(
        bucket_name=bucket,
        endpoint_url=endpoint,
        region_name=region,
        file_overwrite=True,  # a name says what it holds: the same name is the same object
        default_acl=None,
        querystring_auth=True,
        max_memory_size=PART,
        transfer_config=transfer,
    )
    return StorageStore(storage, folder)


def _checked(name: str) -> str:
    return str(ObjectName.parse(name))
