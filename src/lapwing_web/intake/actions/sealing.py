"""An upload is hashed and sealed while it streams, put into the store, and only then written down.

In this order, so that a row never speaks of a file that is not there: `seal` outside any transaction, then
`keep_sealed` inside the caller's. A process that ends between the two leaves an object that no row names,
which the sweep removes (`verification.sweep_orphans`).
"""

import errno
import hashlib
import shutil
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from threading import Lock
from typing import Any

from django.conf import settings

from lapwing.matching import BadList, KnownLists, Match
from lapwing.matching.known_lists import Stamp, stamp
from lapwing.vault import BadKey, Recipients, Staged, Store, stage
from lapwing_web.audit.actions import Actor, Rule, about, record
from lapwing_web.clocks.actions import settle
from lapwing_web.intake.actions.stores import AWAY, away, store
from lapwing_web.intake.models import SealedFile
from lapwing_web.moment import now
from lapwing_web.refusal import Refused

VAULT = Rule("rule:vault")
TEST_MARK = "# made by setup, for a test site only"  # in the file of keys
_FULL = {errno.ENOSPC, errno.EDQUOT}


class VaultClosed(Refused):
    """There is no key to seal to. Nothing was taken."""

    status = 503


class VaultFull(Refused):
    """There is no room for a file now. Nothing was kept; it may be sent again later."""

    status = 503
    retry_after = 600  # seconds


def recipients() -> Recipients:
    """The keys this site seals to. Raises VaultClosed when there are none, or they cannot be read."""
    try:
        text = settings.VAULT_KEYS.read_text("utf-8")
        if TEST_MARK in text and settings.ENVIRONMENT == "live":
            raise VaultClosed("No file can be received: this site is live and its key is a test key.")
        return Recipients.parse(text)
    except FileNotFoundError:
        raise VaultClosed("No file can be received yet: this site has no key to seal files to.") from None
    except (BadKey, OSError, UnicodeDecodeError) as error:
        raise VaultClosed(
            f"No file can be received: the keys to seal files to cannot be used ({error})."
        ) from error


def seal(blocks: Iterable[bytes], *, limit: int | None = None) -> Staged:
    """Hash and seal a file as it comes, and put it into the store. Call it outside any transaction.

    Raises VaultClosed, VaultFull, TooLarge past `limit` bytes, OSError of the store, and what `blocks`
    raises; then nothing is kept. Memory does not grow with the file.
    """
    keys = recipients()
    place = store()
    _check_room(place)
    place.incoming.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        staged = stage(blocks, recipients=keys, folder=place.incoming, limit=limit)
        try:
            place.put(staged.path, staged.object_name)
        finally:
            staged.discard()
    except OSError as error:
        if error.errno in _FULL:
            raise VaultFull("There is no room to keep a file now. Send it again later.") from error
        raise
    return staged


def keep_sealed(staged: Staged, *, matches: Sequence[Match], by: Actor = VAULT) -> SealedFile:
    """The row of what `seal` gave, inside the caller's `recorded()`: new, or the one this file has already.

    The same bytes sealed to the same keys are one row and one object: the fresh one is left for the sweep,
    unless verification found the kept one missing or changed. Then the fresh one takes its place.
    """
    lists = sorted({match.list_name for match in matches})
    held = SealedFile.objects.filter(
        sha256=staged.digests.sha256, recipients_key=_set_of(staged.recipients)
    ).first()
    if held is None:
        return _new(staged, lists, by)
    if held.fault:
        _replace(held, staged, by)
    if missing := sorted(set(lists) - set(held.known_lists)):
        old, held.known_lists = held.known_lists, sorted({*held.known_lists, *missing})
        held.save(update_fields=["known_lists"])
        record("match sealed file", held, by=by, old={"lists": old}, new={"lists": held.known_lists})
    return held


def known_lists() -> KnownLists:
    """The lists of LAPWING_LISTS that are whole, opened again when one was replaced. See `list_faults`."""
    return _lists()[0]


def list_faults() -> list[BadList]:
    """The lists that could not be used: shown on the vault's page, as a list left out misses in silence."""
    return _lists()[1]


def lists_now() -> tuple[KnownLists, list[BadList]]:
    """Both of one moment: the lists that are whole, and what is wrong with the others."""
    return _lists()


def standing() -> dict[str, list[Any]]:
    """How sealing stands now: fingerprints of the keys, the lists in use, sentences on what is wrong."""
    keys: list[str] = []
    wrong: list[str] = []
    try:
        keys = list(recipients().fingerprints)
        _check_room(store())
    except Refused as refused:
        wrong.append(str(refused))
    wrong += [
        f"A list of known hashes cannot be used, so files are not compared with it: {fault}."
        for fault in list_faults()
    ]
    return {"keys": keys, "lists": known_lists().lists, "wrong": wrong}


def _new(staged: Staged, lists: list[str], by: Actor) -> SealedFile:
    kept = SealedFile.objects.create(
        **_digests(staged), **_sealed(staged), known_lists=lists, kept_at=now(), checked_at=now(),
        recipients=list(staged.recipients), recipients_key=_set_of(staged.recipients),
    )  # fmt: skip
    shown = {**_digests(staged), "object": kept.object_name, "lists": lists, "keys": list(staged.recipients)}
    record("keep sealed file", kept, by=by, new=shown)
    return kept


def _replace(held: SealedFile, staged: Staged, by: Actor) -> None:
    old = {"object": held.object_name, "fault": held.fault}
    healed = {"fault": "", "fault_at": None, "fault_cleared_at": None, "fault_cleared_by": None}
    changes = {**_sealed(staged), **healed, "fault_cleared_why": "", "checked_at": now(), "verified_at": None}
    for name, value in changes.items():
        setattr(held, name, value)
    held.save(update_fields=list(changes))
    record("replace sealed file", held, by=by, old=old, new={"object": held.object_name, "fault": ""})
    settle("vault_fault", about(held), event="received again", by=by)


def _digests(staged: Staged) -> dict[str, str | int]:
    digests = staged.digests
    return {"sha256": digests.sha256, "sha1": digests.sha1, "md5": digests.md5, "size": digests.size}


def _sealed(staged: Staged) -> dict[str, str | int]:
    return {
        "sealed_sha256": staged.sealed_sha256,
        "sealed_size": staged.sealed_size,
        "object_name": staged.object_name,
    }


def _set_of(fingerprints: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(sorted(fingerprints)).encode()).hexdigest()


def _check_room(place: Store) -> None:
    """Raise VaultClosed when the folder is not the one that was used, VaultFull when its disk is short."""
    if away(place):
        raise VaultClosed(f"No file can be received. {AWAY}")
    there = next(
        (folder for folder in (place.incoming, *place.incoming.parents) if folder.is_dir()), Path("/")
    )
    if shutil.disk_usage(there).free < settings.VAULT_ROOM:
        raise VaultFull("There is too little room to keep files now. Send it again later.")


TRIED_AGAIN = 10.0  # seconds after which a list that could not be used is tried again, though nothing says so
_opened: dict[Path, tuple[Stamp, float, tuple[KnownLists, list[BadList]]]] = {}
_opening = Lock()


def _lists() -> tuple[KnownLists, list[BadList]]:
    folder: Path = settings.LISTS
    at = stamp(folder)
    with _opening:
        held = _opened.get(folder)
        if held is None or held[0] != at or (held[2][1] and time.monotonic() - held[1] >= TRIED_AGAIN):
            held = _opened[folder] = (at, time.monotonic(), KnownLists.open_whole(folder))
    return held[2]
