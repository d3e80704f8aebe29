"""A file is sealed, put into the store, and written down once; what goes wrong leaves nothing half done."""

import hashlib
import io
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from tests.lapwing.matching.made_lists import make_list

from lapwing.matching import Match
from lapwing.vault import Identities, Staged, TooLarge
from lapwing_web.audit.actions import recorded
from lapwing_web.audit.models import AuditEntry
from lapwing_web.intake.actions.sealing import (
    VaultClosed,
    VaultFull,
    keep_sealed,
    known_lists,
    list_faults,
    seal,
)
from lapwing_web.intake.actions.stores import store
from lapwing_web.intake.models import SealedFile

pytestmark = pytest.mark.django_db
CONTENT = b"a dull file" * 1000


def kept(content: bytes = CONTENT, matches: list[Match] | None = None) -> SealedFile:
    staged = seal([content])
    with recorded():
        return keep_sealed(staged, matches=matches or [])


def opened(name: str, identities: Identities) -> bytes:
    plain = io.BytesIO()
    with store().open(name) as sealed:
        identities.unseal(sealed, plain)
    return plain.getvalue()


def test_a_file_is_in_the_store_and_in_a_row_with_its_hashes(vault: Identities) -> None:
    file = kept()
    assert opened(file.object_name, vault) == CONTENT
    assert file.md5 == hashlib.md5(CONTENT).hexdigest()
    assert file.sha1 == hashlib.sha1(CONTENT).hexdigest()
    assert file.sha256 == hashlib.sha256(CONTENT).hexdigest()
    assert (file.size, file.recipients) == (len(CONTENT), list(vault.recipients.fingerprints))
    entry = AuditEntry.objects.get(action="keep sealed file")
    assert entry.about == f"sealedfile:{file.pk}"
    assert file.sha256 in entry.new


def test_the_same_file_is_one_row_and_another_file_another(vault: Identities) -> None:
    first = kept()
    assert kept().pk == first.pk
    assert kept(b"another dull file").pk != first.pk
    assert SealedFile.objects.count() == 2
    assert AuditEntry.objects.filter(action="keep sealed file").count() == 2


def test_the_same_file_for_other_keys_is_kept_for_them_too(vault: Identities, settings: Any) -> None:
    first = kept()
    other = Identities.generate()
    settings.VAULT_KEYS.write_text(f"{other.recipients.keys[0]}\n{vault.recipients.keys[0]}\n")
    second = kept()
    assert second.pk != first.pk
    assert opened(second.object_name, other) == opened(second.object_name, vault) == CONTENT


def test_a_list_it_is_found_on_later_is_added(vault: Identities) -> None:
    def on(name: str) -> list[Match]:
        return [Match(name, "md5", "0" * 32), Match(name, "sha1", "0" * 40)]

    assert kept(matches=on("partner")).known_lists == ["partner"]
    assert kept(matches=on("agency")).known_lists == ["agency", "partner"]
    assert kept().known_lists == ["agency", "partner"]
    assert SealedFile.objects.get().known_lists == ["agency", "partner"]
    assert AuditEntry.objects.filter(action="match sealed file").count() == 1


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (None, "no file of keys"),
        ("", "an empty one"),
        ("age1nonsense", "a key that is none"),
        ("AGE-SECRET-KEY-1QQQQ", "a private key, which must not be here"),
    ],
)
def test_without_a_key_nothing_is_taken(
    vault: Identities, settings: Any, content: str | None, reason: str
) -> None:
    settings.VAULT_KEYS.unlink()
    if content is not None:
        settings.VAULT_KEYS.write_text(content)
    taken: list[int] = []

    def blocks() -> Any:
        taken.append(1)
        yield CONTENT

    with pytest.raises(VaultClosed) as refused:
        seal(blocks())
    assert refused.value.status == 503
    assert not taken, reason
    assert not settings.VAULT.exists()


def test_with_too_little_room_nothing_is_taken(vault: Identities, settings: Any) -> None:
    settings.VAULT_ROOM = 2**62
    with pytest.raises(VaultFull) as refused:
        seal([CONTENT])
    assert (refused.value.status, refused.value.retry_after) == (503, 600)
    assert not settings.VAULT.exists()


def test_a_file_that_is_too_large_leaves_nothing(vault: Identities, settings: Any) -> None:
    with pytest.raises(TooLarge):
        seal([CONTENT], limit=len(CONTENT) - 1)
    assert [path for path in settings.VAULT.rglob("*") if path.is_file()] == []


def test_a_transaction_that_is_undone_leaves_an_object_and_no_row(vault: Identities) -> None:
    staged: Staged = seal([CONTENT])
    with recorded():
        keep_sealed(staged, matches=[])
        transaction.set_rollback(True)
    assert not SealedFile.objects.exists()
    assert store().exists(staged.object_name)
    with recorded():
        assert keep_sealed(staged, matches=[]).object_name == staged.object_name


def test_a_file_found_missing_is_mended_when_it_comes_again(vault: Identities) -> None:
    file = kept()
    store().delete(file.object_name)
    SealedFile.objects.update(fault="missing", fault_cleared_why="asked for it again")
    again = kept()
    again.refresh_from_db()
    assert (again.pk, again.fault, again.fault_cleared_why) == (file.pk, "", "")
    assert again.object_name != file.object_name
    assert opened(again.object_name, vault) == CONTENT
    assert AuditEntry.objects.filter(action="replace sealed file").count() == 1


def test_a_list_that_is_replaced_is_opened_again_and_a_damaged_one_is_named(
    vault: Identities, settings: Any
) -> None:
    folder: Path = settings.LISTS
    assert known_lists().lists == []
    folder.mkdir()
    make_list(folder, "agency", "md5", [bytes(16)])
    assert len(known_lists().lists[0]) == 1
    assert known_lists() is known_lists()
    make_list(folder, "agency", "md5", [bytes(16), b"1" * 16])
    assert len(known_lists().lists[0]) == 2
    (folder / "broken").mkdir()
    (folder / "broken" / "current.json").write_text("{}")
    assert [known.name for known in known_lists().lists] == ["agency"]
    assert [fault.path.parent.name for fault in list_faults()] == ["broken"]
