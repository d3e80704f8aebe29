"""Placeholder until the vault's web side is merged: same names, same behaviour of the happy path."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings

from lapwing.matching import KnownLists
from lapwing.vault import DiskStore, Recipients, Staged, stage
from lapwing_web.intake.models import SealedFile
from lapwing_web.moment import now


def _recipients() -> Recipients:
    path = settings.HOME / "vault-recipients.txt"
    return Recipients.parse(path.read_text())


def seal(blocks: Iterable[bytes], *, limit: int | None = None) -> Staged:
    staged = stage(blocks, recipients=_recipients(), folder=settings.HOME / "staging", limit=limit)
    DiskStore(settings.HOME / "vault").put(staged.path, staged.object_name)
    return staged


def keep_sealed(staged: Staged, *, matches: Any) -> SealedFile:
    held = SealedFile.objects.filter(sha256=staged.digests.sha256).first()
    return held or SealedFile.objects.create(
        sha256=staged.digests.sha256, sha1=staged.digests.sha1, md5=staged.digests.md5, size=staged.digests.size,
        sealed_sha256=staged.sealed_sha256, sealed_size=staged.sealed_size, object_name=staged.object_name,
        recipients=list(staged.recipients), kept_at=now(),
    )


def known_lists() -> KnownLists:
    return KnownLists.open(settings.HOME / "lists")
