"""A list whose bytes have changed is found by itself, asked no more, and caught up with once it is whole."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from tests.cast import Cast
from tests.lapwing_web.casework.listed import entry, hunt_all, publish, referred

from lapwing_web.audit.models import AuditEntry
from lapwing_web.casework.actions.list_checks import verify_lists
from lapwing_web.casework.models import KnownList, Referral
from lapwing_web.casework.models.explained import facts_known
from lapwing_web.casework.queries.known_lists import list_page
from lapwing_web.moment import at, now
from lapwing_web.staff.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def lists(settings: Any, tmp_path: Path) -> Path:
    """A folder of lists for this test alone."""
    settings.LISTS = tmp_path / "lists"
    return tmp_path / "lists"


def flip(layer: Path) -> None:
    """Change a byte of its first part: its description is whole, and it opens as if nothing were wrong."""
    content = bytearray(layer.read_bytes())
    content[0] ^= 1
    layer.write_bytes(content)


def test_a_changed_byte_is_found_and_the_list_is_asked_again_once_whole(
    cast: Cast, lists: Path, signed_in: Callable[[User], Client]
) -> None:
    publish(lists, [entry(number) for number in range(1, 6)])
    hunt_all()
    assert verify_lists() == []
    layer = next((lists / "agency").glob("*.layer"))
    whole = layer.read_bytes()
    flip(layer)
    assert verify_lists() == [], "read whole a moment ago: the next time is tomorrow"
    with at(now() + timedelta(days=1, seconds=1)):
        assert [held.name for held in verify_lists()] == ["agency"]
        assert verify_lists() == [], "it is no news any more"
    said = signed_in(cast.administrator).get("/lists").content.decode()
    assert "List agency cannot be used" in said
    assert '1<span class="govuk-visually-hidden"> not usable' in said
    referral = referred(3, cast.intake)
    assert facts_known(Referral.objects.get(pk=referral.pk)).known_match is None
    layer.write_bytes(whole)
    assert verify_lists() == []
    hunt_all()
    referral.refresh_from_db()
    assert referral.known_match
    assert list_page(cast.auditor, "agency").line.fault == ""
    changes = AuditEntry.objects.filter(action="verify list", about="list:agency").order_by("position")
    faults = [(json.loads(one.old)["fault"], json.loads(one.new)["fault"]) for one in changes]
    assert [(bool(old), bool(new)) for old, new in faults] == [(False, True), (True, False)]


def test_a_new_version_is_read_at_once(lists: Path) -> None:
    publish(lists, [entry(1)])
    hunt_all()
    verify_lists()
    publish(lists, [entry(1), entry(2)])
    verify_lists()
    assert KnownList.objects.get().verified_version == 2


def test_what_was_received_while_it_was_damaged_and_not_yet_found_so_is_compared_again(
    cast: Cast, lists: Path
) -> None:
    """What a damaged list said before anybody knew is not relied on."""
    publish(lists, [entry(number) for number in range(1, 6)])
    hunt_all()
    layer = next((lists / "agency").glob("*.layer"))
    whole = layer.read_bytes()
    flip(layer)
    KnownList.objects.update(version=1, verified_at=None)
    assert len(verify_lists()) == 1
    layer.write_bytes(whole)
    verify_lists()
    hunt_all()
    assert list_page(cast.auditor, "agency").hunts[0].from_version == 0
    assert KnownList.objects.get().version == 1
