"""Files in an S3-compatible store: listed, and opened one by one. It needs the extra `s3`.

The store's address and the right to read it come from where boto3 looks: the environment, the user's own
configuration, or the machine's role. None of it is ever written down here.
"""

from collections.abc import Iterator
from functools import cache
from io import BytesIO
from tempfile import TemporaryFile
from typing import Any, BinaryIO, cast

from msgspec import Struct

from lapwing.hashing.failures import CannotHash

PLACE = "object"  # a step to an object
SCHEME = b"s3://"
IN_MEMORY = 64 << 20  # bytes of an object; a larger one is fetched to a file without a name
ATTEMPTS = 5
# what is wrong with who asks, or with the store, and not with the one object
_EVERYTHING = {
    "ExpiredToken", "ExpiredTokenException", "InvalidAccessKeyId", "InvalidToken", "RequestTimeTooSkewed",
    "SignatureDoesNotMatch", "SlowDown", "NoSuchBucket", "ServiceUnavailable", "InternalError",
}  # fmt: skip


class Unreachable(Exception):
    """The store does not answer, or does not let this machine in."""


class Place(Struct, frozen=True):
    """A bucket, and the beginning of the keys in it."""

    bucket: str
    prefix: str  # with a slash at its end, or empty

    @classmethod
    def of(cls, source: bytes) -> "Place | None":
        """The place that an address names; None where it is no s3:// address. Raises ValueError."""
        if not source.startswith(SCHEME):
            return None
        bucket, _, prefix = source[len(SCHEME) :].decode().partition("/")
        if not bucket:
            raise ValueError("an address is s3://bucket/folder")
        return cls(bucket, prefix if not prefix or prefix.endswith("/") else f"{prefix}/")

    def address(self, path: bytes) -> bytes:
        """Of one object in it."""
        return f"{self.bucket}/{self.prefix}".encode() + path


class Stored(Struct, frozen=True):
    """An object: its path from the place on, its bytes, and a mark of that very content."""

    path: bytes
    size: int
    mark: str


def listed(place: Place) -> Iterator[Stored]:
    """Every object of a place, a page of them in memory. Raises Unreachable."""
    from botocore.exceptions import BotoCoreError, ClientError

    pages = client().get_paginator("list_objects_v2").paginate(Bucket=place.bucket, Prefix=place.prefix)
    try:
        for page in pages:
            for one in page.get("Contents", ()):
                path = one["Key"].encode()[len(place.prefix.encode()) :]
                yield Stored(path, one["Size"], one["ETag"])
    except (BotoCoreError, ClientError) as error:
        raise Unreachable(f"s3://{place.bucket}: {error}") from error


def opened(address: bytes, mark: str) -> BinaryIO:
    """The content of an object as it was listed, whole. Raises CannotHash."""
    from botocore.exceptions import BotoCoreError, ClientError

    bucket, _, key = address.decode().partition("/")
    try:
        answer = client().get_object(Bucket=bucket, Key=key, IfMatch=mark)
        large = answer["ContentLength"] > IN_MEMORY
        file = cast(BinaryIO, TemporaryFile() if large else BytesIO())  # noqa: SIM115 (whoever reads closes it)
        for piece in answer["Body"].iter_chunks(1 << 20):
            file.write(piece)
    except ClientError as error:
        raise _refused(error) from error
    except BotoCoreError as error:
        raise CannotHash("unreachable", type(error).__name__) from error
    file.seek(0)
    return file


def _refused(error: Any) -> CannotHash:
    code = error.response["Error"].get("Code", "")
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if code in ("PreconditionFailed", "412"):
        return CannotHash("changed", "since it was listed")
    return CannotHash("unreachable" if code in _EVERYTHING or status >= 500 else "unreadable", code)


@cache
def client() -> Any:
    """The client, made once a process. Raises ValueError where the extra is not here."""
    try:
        import boto3
        from botocore.config import Config
    except ImportError:
        raise ValueError("an object store needs the extra: pip install 'lapwing[s3]'") from None
    return boto3.client("s3", config=Config(retries={"mode": "standard", "total_max_attempts": ATTEMPTS}))
