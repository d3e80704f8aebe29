"""Why one looks comes before every page about somebody, and leads on to the page that was asked for."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from tests.cast import Cast
from tests.lapwing_web.casework.made import Made

from lapwing_web.audit.models import AuditEntry
from lapwing_web.casework.actions import decide, package
from lapwing_web.casework.forms.looking import own_address
from lapwing_web.casework.models import Approval, Package, Referral
from lapwing_web.casework.urls import DECISIONS
from lapwing_web.moment import at, now
from lapwing_web.staff.models import User

pytestmark = pytest.mark.django_db
SignedIn = Callable[[User], Client]
REASON = {"reason": "working", "stands": "on"}
ABOUT_REFERRALS = [name for place, name, *_ in DECISIONS if place.startswith("referrals/")]


def looks() -> list[tuple[str, str]]:
    rows = AuditEntry.objects.filter(action="consult").order_by("position")
    return [(row.about, row.new) for row in rows]


def is_asked(client: Client, address: str, question: str) -> str:
    """The address of the question that `address` leads to."""
    sent_on = client.get(address)
    assert sent_on.status_code == 302
    assert sent_on.url.startswith(f"{question}?next=")  # type: ignore[attr-defined]
    asked = client.get(sent_on.url)  # type: ignore[attr-defined]
    assert "Your reason" in asked.content.decode()
    return str(sent_on.url)  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", ABOUT_REFERRALS)
def test_a_decision_s_page_asks_first_and_is_then_shown_and_recorded(
    name: str, cast: Cast, made: Made, signed_in: SignedIn
) -> None:
    referral, client = made(1), signed_in(cast.supervisor)
    address = reverse(name, args=[referral.pk])
    question = is_asked(client, address, reverse("referral", args=[referral.pk]))
    assert looks() == []
    led_on = client.post(question, REASON)
    assert (led_on.status_code, led_on.url) == (302, address)  # type: ignore[attr-defined]
    assert client.get(address).status_code == 200
    assert looks() == [(f"referral:{referral.pk}", f'{{"page":"{name}"}}')]


def test_what_is_sent_wrongly_shows_nothing_without_a_reason(
    cast: Cast, made: Made, signed_in: SignedIn
) -> None:
    referral, client = made(1), signed_in(cast.supervisor)
    said = client.post(reverse("referral-discard", args=[referral.pk]), {}).content.decode()
    assert "Why do you need to see it?" in said
    assert "Why is there nothing for the police to act on?" not in said
    assert Referral.objects.get(pk=referral.pk).state == "received"


def test_a_decision_written_while_the_reason_ran_out_is_not_lost(
    cast: Cast, made: Made, signed_in: SignedIn
) -> None:
    referral, client = made(1), signed_in(cast.supervisor)
    client.post(reverse("referral", args=[referral.pk]), REASON)
    with at(now() + timedelta(hours=9)):
        client.post(reverse("referral-discard", args=[referral.pk]), {"reason": "viral", "text": ""})
    assert Referral.objects.get(pk=referral.pk).state == "discarded"


def test_a_joining_and_an_approval_ask_by_the_referral_they_are_about(
    cast: Cast, made: Made, signed_in: SignedIn
) -> None:
    referral, client = made(1), signed_in(cast.supervisor)
    decide.discard(referral, reason="other", text="MARK-why", by=cast.intake)
    question = reverse("referral", args=[referral.pk])
    is_asked(client, reverse("referral-unjoin", args=[referral.joinings.get().pk]), question)
    address = reverse("approval", args=[Approval.objects.get().pk])
    assert client.post(is_asked(client, address, question), REASON).url == address  # type: ignore[attr-defined]
    assert "MARK-why" in client.get(address).content.decode()


@pytest.mark.parametrize("name", ["package-json", "package-pdf", "package-accept"])
def test_a_package_s_copies_and_answers_ask_first(
    name: str, cast: Cast, made: Made, signed_in: SignedIn
) -> None:
    sent = package.disseminate(made(1), to=cast.force_a, reason="best_evidence", by=cast.intelligence)
    client, address = signed_in(cast.officer_a), reverse(name, args=[sent.pk])
    question = is_asked(client, address, reverse("package", args=[sent.pk]))
    assert looks() == []
    assert Package.objects.get(pk=sent.pk).opened_at is None
    assert client.post(question, REASON).url == address  # type: ignore[attr-defined]
    assert client.get(address).status_code == 200
    assert [about for about, _ in looks()] == [f"package:{sent.pk}"]


def test_a_copy_of_what_has_ended_asks_again(cast: Cast, made: Made, signed_in: SignedIn) -> None:
    sent = package.disseminate(made(1), to=cast.force_a, reason="best_evidence", by=cast.intelligence)
    client = signed_in(cast.officer_a)
    client.post(reverse("package", args=[sent.pk]), REASON)
    package.return_(sent, reason="already_known", text="x", by=cast.officer_a)
    is_asked(client, reverse("package-pdf", args=[sent.pk]), reverse("package", args=[sent.pk]))


def test_a_report_asks_first(cast: Cast, made: Made, signed_in: SignedIn) -> None:
    joining, client = made(1).joinings.get(), signed_in(cast.intake)
    address = reverse("report", args=[joining.report_id])
    assert "Your reason" in client.get(address).content.decode()
    assert looks() == []


NEXT = [
    # what follows next=, where it leads
    ("/referrals/1/facts", "/referrals/1/facts"),
    ("https://example.org/", ""),
    ("//example.org/", ""),
    ("/\\example.org", ""),
    ("///example.org", ""),
    ("javascript:alert(1)", ""),
    ("referrals/1", ""),
    ("", ""),
]


@pytest.mark.parametrize(("given", "leads"), NEXT)
def test_only_a_path_of_our_own_is_led_on_to(
    given: str, leads: str, cast: Cast, made: Made, signed_in: SignedIn
) -> None:
    assert own_address(given) == leads
    address = reverse("referral", args=[made(1).pk])
    led = signed_in(cast.intake).post(f"{address}?next={given}", REASON)
    assert led.url == (leads or address)  # type: ignore[attr-defined]
