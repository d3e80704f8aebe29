"""What could not be read waits on a page until somebody deals with it."""

from collections.abc import Callable

import pytest
from django.test import Client
from tests.cast import Cast
from tests.mixture import details, document, report

from lapwing_web.audit.actions import Rule
from lapwing_web.audit.models import AuditEntry
from lapwing_web.casework.actions.receive import Item, receive
from lapwing_web.casework.queries.reconcile import reconcile
from lapwing_web.clocks.models import Clock
from lapwing_web.intake.actions.receipts import clear
from lapwing_web.intake.models import Receipt
from lapwing_web.refusal import Forbidden, Refused
from lapwing_web.staff.models import User

pytestmark = pytest.mark.django_db
SignedIn = Callable[[User], Client]


@pytest.fixture
def rejected(cast: Cast) -> Receipt:
    receive([Item("cut.xml", b"<report>")], channel="command", by=Rule("command:test"))
    return Receipt.objects.get()


def test_a_rejected_file_is_on_the_page_with_its_reason_until_it_is_cleared(
    cast: Cast, rejected: Receipt, signed_in: SignedIn
) -> None:
    browser = signed_in(cast.intake)
    page = browser.get("/receipts").content.decode()
    assert "cut.xml" in page
    assert "not well-formed" in page
    answer = browser.post(f"/receipts/{rejected.pk}/clear", {"why": "a good copy was asked for"}, follow=True)
    assert "Nothing waits for anybody" in answer.content.decode()
    rejected.refresh_from_db()
    assert (rejected.state, rejected.cleared_by) == ("cleared", cast.intake)
    assert Clock.objects.get().state == "settled"
    assert AuditEntry.objects.get(action="clear").why == "a good copy was asked for"
    assert "a good copy was asked for" in browser.get("/receipts?show=cleared").content.decode()
    assert reconcile().holds


def test_a_cleared_file_that_comes_again_waits_again(cast: Cast, rejected: Receipt) -> None:
    clear(rejected, why="asked", by=cast.intake)
    receive([Item("cut.xml", b"<report>")], channel="command", by=Rule("command:test"))
    assert sorted(Receipt.objects.values_list("state", flat=True)) == ["cleared", "rejected"]
    assert reconcile().holds


def test_two_people_cannot_both_clear_it(cast: Cast, rejected: Receipt) -> None:
    other = Receipt.objects.get(pk=rejected.pk)
    clear(rejected, why="asked for again", by=cast.intake)
    with pytest.raises(Refused, match="asked for again"):
        clear(other, why="mine", by=cast.supervisor)


def test_clearing_wants_a_reason_and_a_role(cast: Cast, rejected: Receipt) -> None:
    with pytest.raises(Refused, match="Say what"):
        clear(rejected, why=" ", by=cast.intake)
    with pytest.raises(Forbidden):
        clear(rejected, why="x", by=cast.auditor)
    with pytest.raises(Forbidden):
        clear(rejected, why="x", by=cast.supervisor_a)


def test_what_was_received_well_has_nothing_to_clear(cast: Cast) -> None:
    receive([Item("a", document(report(1)))], channel="command", by=Rule("command:test"))
    with pytest.raises(Refused, match="not waiting"):
        clear(Receipt.objects.get(), why="x", by=cast.intake)


def test_details_that_wait_for_their_report_can_be_cleared_and_attach_all_the_same(cast: Cast) -> None:
    receive([Item("d", document(details(1, "REF-000001")))], channel="command", by=Rule("command:test"))
    clear(Receipt.objects.get(), why="the company was asked", by=cast.intake)
    assert reconcile().holds
    receive([Item("a", document(report(1)))], channel="command", by=Rule("command:test"))
    assert reconcile().holds


def test_a_force_sees_no_receipt(cast: Cast, rejected: Receipt, signed_in: SignedIn) -> None:
    browser = signed_in(cast.officer_a)
    assert browser.get("/receipts").status_code == 403
    assert browser.get(f"/receipts/{rejected.pk}/clear").status_code == 404


def test_every_kind_of_receipt_has_its_list_and_pages_follow_each_other(
    cast: Cast, signed_in: SignedIn
) -> None:
    files = [Item(f"file-{n:03d}.txt", b"words %d" % n) for n in range(60)]
    receive(files, channel="command", by=Rule("command:test"))
    browser = signed_in(cast.auditor)
    first = browser.get("/receipts").content.decode()
    assert "file-049.txt" in first
    assert "file-050.txt" not in first
    last = Receipt.objects.get(name="file-049.txt").pk
    assert f"after={last}" in first
    assert "file-059.txt" in browser.get(f"/receipts?show=to-clear&after={last}").content.decode()
    for show in ("new", "versions", "duplicates", "attached", "cleared", "nonsense"):
        assert browser.get(f"/receipts?show={show}&after=999999999999999999999").status_code == 200


def test_the_receipts_lead_those_who_receive_to_the_upload(cast: Cast, signed_in: SignedIn) -> None:
    for person, leads in ((cast.intake, True), (cast.supervisor, True), (cast.auditor, False)):
        page = signed_in(person).get("/receipts").content.decode()
        assert ('href="/upload"' in page) == leads, person
