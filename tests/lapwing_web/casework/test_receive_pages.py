"""Uploading files and looking at a report, in a browser."""

from collections.abc import Callable
from io import BytesIO

import pytest
from django.test import Client
from tests.cast import Cast
from tests.mixture import archive, details, document, ncmec, report, viral

from lapwing_web.audit.actions import Rule
from lapwing_web.audit.models import AuditEntry
from lapwing_web.casework.actions.receive import Item, receive
from lapwing_web.casework.models import Referral
from lapwing_web.casework.queries.reconcile import reconcile
from lapwing_web.intake.models import Receipt, Report
from lapwing_web.staff.models import User

pytestmark = pytest.mark.django_db
SignedIn = Callable[[User], Client]


def file(name: str, content: bytes) -> BytesIO:
    stream = BytesIO(content)
    stream.name = name
    return stream


def test_an_upload_says_what_became_of_each_file(cast: Cast, signed_in: SignedIn) -> None:
    browser = signed_in(cast.intake)
    assert browser.get("/upload").status_code == 200
    files = [
        file("one.json", document(report(1))),
        file("again.json", document(report(1))),
        file("broken.xml", b"<report>"),
        file("several.zip", archive({"two.json": document(report(2)), "batch.xml": document(viral(3, 15))})),
        file("empty.json", b""),
    ]
    page = browser.post("/upload", {"reports": files}).content.decode()
    for said in (
        "6 received",
        "one.json",
        "Already held",
        "not well-formed",
        "several.zip › two.json",
        "empty",
    ):
        assert said in page, said
    referral = Referral.objects.order_by("id")[0]
    assert f'href="/referrals/{referral.pk}"' in page
    assert "and 5 more referrals" in page
    assert Receipt.objects.count() == 6
    assert set(Receipt.objects.values_list("channel", flat=True)) == {"upload"}
    assert AuditEntry.objects.filter(action="open", by="intake").count() == Referral.objects.count()
    assert reconcile().holds


def test_an_upload_can_say_whose_reports_they_are(cast: Cast, signed_in: SignedIn) -> None:
    browser = signed_in(cast.supervisor)
    browser.post("/upload", {"reports": [file("a.xml", document(ncmec(1)))], "provider": "Example Direct"})
    assert Report.objects.get().provider.name == "Example Direct"


def test_an_upload_of_nothing_asks_for_a_file(cast: Cast, signed_in: SignedIn) -> None:
    page = signed_in(cast.intake).post("/upload", {}).content.decode()
    assert "Choose at least one file" in page


def test_only_who_may_receive_reports_sees_the_upload_page(cast: Cast, signed_in: SignedIn) -> None:
    for person in (cast.intelligence, cast.auditor, cast.officer_a):
        assert signed_in(person).get("/upload").status_code == 403
        sent = signed_in(person).post("/upload", {"reports": [file("a", b"x")]})
        assert sent.status_code == 403
    assert not Receipt.objects.exists()


def test_a_report_is_shown_as_it_was_received_after_one_says_why(cast: Cast, signed_in: SignedIn) -> None:
    files = [
        document(report(1)),
        document(report(1, notes="more is known")),
        document(details(5, "REF-000001")),
    ]
    receive(
        [Item(f"{n}.dat", one) for n, one in enumerate(files)], channel="command", by=Rule("command:test")
    )
    number = Report.objects.get().pk
    browser = signed_in(cast.auditor)
    asked = browser.get(f"/reports/{number}").content.decode()
    assert "subject-000001" not in asked
    assert "Why do you need to see it" in asked
    assert not AuditEntry.objects.filter(action="consult").exists()
    page = browser.post(f"/reports/{number}", {"reason": "triage"}, follow=True).content.decode()
    for said in (
        "subject-000001@example.com",
        "more is known",
        "REF-000001",
        "203.0.113.1",
        f"{5:032x}",
        "0.dat",
    ):
        assert said in page, said
    assert "<img" not in page.split("<main")[1]
    look = AuditEntry.objects.get(action="consult")
    assert (look.about, look.by) == (f"report:{number}", "auditor")
    assert look.why


def test_a_force_finds_no_report(cast: Cast, signed_in: SignedIn) -> None:
    receive([Item("a", document(report(1)))], channel="command", by=Rule("command:test"))
    number = Report.objects.get().pk
    assert signed_in(cast.officer_a).get(f"/reports/{number}").status_code == 404
    assert signed_in(cast.supervisor).get("/reports/999999").status_code == 404
