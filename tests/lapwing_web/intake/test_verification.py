"""What is kept is read again and again; a fault is a mark, a clock and a page until it is dealt with."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from tests.cast import Cast
from tests.lapwing_web.intake.test_sealing import kept

from lapwing.vault import Identities
from lapwing_web.audit.models import AuditEntry
from lapwing_web.clocks.models import Clock
from lapwing_web.intake.actions.sealing import VaultClosed, seal
from lapwing_web.intake.actions.stores import store
from lapwing_web.intake.actions.verification import clear_fault, due, sweep_orphans, verify_some
from lapwing_web.intake.models import SealedFile
from lapwing_web.moment import at, now
from lapwing_web.refusal import Forbidden, Refused
from lapwing_web.staff.models import User

pytestmark = pytest.mark.django_db
SignedIn = Callable[[User], Client]


def flip(settings: Any, name: str) -> None:
    path = settings.VAULT / name
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)


def test_what_is_whole_is_read_in_turn(cast: Cast, vault: Identities) -> None:
    files = [kept(bytes([n]) * 100) for n in range(3)]
    assert [due(86400 * 30), due(86400 * 10), due(1)] == [3, 1, 1]
    for _ in range(3):
        assert verify_some(1).faults == []
    assert verify_some(0).read == 0
    for file in files:
        file.refresh_from_db()
        assert file.verified_at is not None
    assert not Clock.objects.exists()
    assert AuditEntry.objects.filter(action="verify sealed files").count() == 3


def test_a_flipped_byte_is_found_named_timed_and_shown_until_somebody_deals_with_it(
    cast: Cast, vault: Identities, settings: Any, signed_in: SignedIn
) -> None:
    whole, bad = kept(b"whole"), kept(b"soon changed")
    flip(settings, bad.object_name)
    assert [file.pk for file in verify_some(10).faults] == [bad.pk]
    assert verify_some(10).faults == [], "the same fault is found once"
    clock = Clock.objects.get()
    assert (clock.kind, clock.about, clock.escalated_to) == (
        "vault_fault",
        f"sealedfile:{bad.pk}",
        "supervisor",
    )
    browser = signed_in(cast.supervisor)
    page = browser.get("/vault").content.decode()
    assert bad.object_name in page
    assert whole.sha256 not in page
    assert "/vault" in browser.get("/clocks?show=running").content.decode()
    said = browser.post(f"/vault/{bad.pk}/clear", {"why": "restored from the copy"}, follow=True)
    assert "restored from the copy" in said.content.decode()
    clock.refresh_from_db()
    assert clock.state == "settled"
    assert verify_some(10).faults == [], "it is dealt with, though it is still changed"
    assert Clock.objects.count() == 1
    flip(settings, bad.object_name)
    verify_some(10)
    bad.refresh_from_db()
    assert (bad.fault, bad.fault_at, bad.fault_cleared_why) == ("", None, "")
    flip(settings, bad.object_name)
    assert len(verify_some(10).faults) == 1
    assert Clock.objects.exclude(state="settled").count() == 1


def test_a_missing_file_that_comes_back_settles_its_clock(
    cast: Cast, vault: Identities, settings: Any
) -> None:
    file = kept()
    path = settings.VAULT / file.object_name
    path.rename(path.with_name("aside"))
    assert verify_some(1).faults[0].fault == "missing"
    path.with_name("aside").rename(path)
    assert verify_some(1).faults == []
    assert Clock.objects.get().state == "settled"


def test_only_a_supervisor_clears_and_only_once_and_with_words(
    cast: Cast, vault: Identities, settings: Any
) -> None:
    file = kept()
    with pytest.raises(Refused, match="not waiting"):
        clear_fault(file, why="nothing is wrong", by=cast.supervisor)
    flip(settings, file.object_name)
    verify_some(1)
    for person in (cast.intake, cast.auditor, cast.supervisor_a):
        with pytest.raises(Forbidden):
            clear_fault(file, why="mine", by=person)
    with pytest.raises(Refused, match="Say what was done"):
        clear_fault(file, why=" ", by=cast.supervisor)
    clear_fault(file, why="restored", by=cast.supervisor)
    with pytest.raises(Refused, match="not waiting"):
        clear_fault(file, why="again", by=cast.supervisor)


def test_a_disk_that_is_not_mounted_is_no_fault_of_a_file_and_takes_no_new_one(
    cast: Cast, vault: Identities, settings: Any, signed_in: SignedIn
) -> None:
    kept()
    settings.VAULT.rename(settings.VAULT.with_name("aside"))
    for make in (lambda: None, settings.VAULT.mkdir):  # no folder at all, and an empty one to mount on
        make()
        with pytest.raises(OSError, match="mounted"):
            verify_some(1)
        with pytest.raises(VaultClosed, match="mounted"):
            seal([b"a dull file"])
        assert "Is its disk mounted" in signed_in(cast.supervisor).get("/vault").content.decode()
    assert list(settings.VAULT.iterdir()) == []
    assert not Clock.objects.exists()
    settings.VAULT.rmdir()
    settings.VAULT.with_name("aside").rename(settings.VAULT)
    assert verify_some(1).faults == []


def test_a_folder_of_the_store_that_became_a_link_is_not_followed(
    cast: Cast, vault: Identities, settings: Any
) -> None:
    folder = (settings.VAULT / kept().object_name).parent
    folder.rename(folder.with_name("aside"))
    folder.symlink_to(folder.with_name("aside"))
    assert verify_some(1).faults[0].fault == "missing"


def test_the_sweep_removes_what_no_row_names_once_it_is_old(
    cast: Cast, vault: Identities, settings: Any
) -> None:
    file, orphan = kept(), seal([b"nobody wrote it down"])
    left = settings.VAULT / ".incoming" / "sealing-left"
    left.write_bytes(b"x")
    odd = settings.VAULT / "aa"
    odd.mkdir(exist_ok=True)
    (odd / "not-ours").write_bytes(b"x")
    assert sweep_orphans() == []
    with at(now() + timedelta(days=2)):
        assert sweep_orphans() == [orphan.object_name]
    assert store().exists(file.object_name)
    assert not store().exists(orphan.object_name)
    assert not left.exists()
    assert (odd / "not-ours").exists()
    assert orphan.object_name in AuditEntry.objects.get(action="sweep orphans").new


def test_a_duplicates_object_is_swept_and_the_kept_one_is_not(cast: Cast, vault: Identities) -> None:
    first = kept()
    kept()
    with at(now() + timedelta(days=2)):
        assert len(sweep_orphans()) == 1
    assert verify_some(5).faults == []
    assert SealedFile.objects.get().object_name == first.object_name


def test_the_page_says_what_is_wrong_and_nothing_on_it_opens_a_file(
    cast: Cast, vault: Identities, settings: Any, signed_in: SignedIn
) -> None:
    file = kept()
    (settings.LISTS / "broken").mkdir(parents=True)
    (settings.LISTS / "broken" / "current.json").write_text("{}")
    browser = signed_in(cast.auditor)
    page = browser.get("/vault?show=files").content.decode()
    assert file.sha256 in page
    assert "broken/current.json: it is not a version of a list" in page
    assert vault.recipients.fingerprints[0] in page
    settings.VAULT_KEYS.unlink()
    assert "no key to seal files to" in browser.get("/vault").content.decode()
    for path in (
        file.object_name,
        f"vault/{file.pk}",
        f"vault/{file.object_name}",
        f"static/{file.object_name}",
    ):
        assert browser.get(f"/{path}").status_code == 404


def test_a_long_table_has_pages(cast: Cast, signed_in: SignedIn) -> None:
    SealedFile.objects.bulk_create(
        SealedFile(
            sha256=f"{n:064x}", object_name=f"object {n}", size=1, sealed_size=1, recipients=[],
            kept_at=now(), checked_at=now(), fault="missing", fault_at=now(),
        )
        for n in range(51)
    )  # fmt: skip
    browser = signed_in(cast.supervisor)
    for show, first, last in (("faults", 1, 51), ("files", 51, 1)):
        ids = {
            n + 1: pk for n, pk in enumerate(SealedFile.objects.order_by("id").values_list("id", flat=True))
        }
        page = browser.get(f"/vault?show={show}")
        rows = [row.pk for row in page.context["page"].rows]
        assert (len(rows), rows[0]) == (50, ids[first])
        rest = browser.get(f"/vault?show={show}&after={page.context['page'].later}").context["page"]
        assert [row.pk for row in rest.rows] == [ids[last]]
        assert rest.later is None
