"""The pages: why one looks comes first, what is shown, what each form does, and what a force cannot reach."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from tests.cast import Cast
from tests.lapwing_web.casework.made import Made
from tests.lapwing_web.casework.worked import answer_all

from lapwing_web.audit.models import AuditEntry
from lapwing_web.casework.actions import decide, package
from lapwing_web.casework.models import Package, Referral, SecondLook
from lapwing_web.moment import at, now
from lapwing_web.staff.models import User

pytestmark = pytest.mark.django_db
SignedIn = Callable[[User], Client]


def page(client: Client, name: str, pk: int, **why: str) -> str:
    """A page as its reader gets it, the question of why answered if it is asked."""
    address = reverse(name, args=[pk])
    client.post(address, {"reason": "working", "stands": "on", **why})
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def says_why(client: Client, name: str, pk: int) -> None:
    """Answer the question that comes before the pages of one referral or package."""
    assert client.post(reverse(name, args=[pk]), {"reason": "working", "stands": "on"}).status_code == 302


def looks() -> int:
    return AuditEntry.objects.filter(action="consult").count()


def test_nothing_is_shown_until_a_reason_is_given(cast: Cast, made: Made, signed_in: SignedIn) -> None:
    referral, client = made(1), signed_in(cast.intake)
    address = reverse("referral", args=[referral.pk])
    asked = client.get(address).content.decode()
    assert "subject-000001@example.com" not in asked
    assert "198.51.100.7" not in asked
    assert looks() == 0
    refused = client.post(address, {"reason": "other", "text": ""}).content.decode()
    assert "needs a few words" in refused
    client.post(address, {"reason": "other", "text": "a court asked"})
    assert "subject-000001@example.com" in client.get(address).content.decode()
    entry = AuditEntry.objects.get(action="consult")
    assert (entry.by, entry.about) == ("intake", f"referral:{referral.pk}")
    assert "a court asked" in entry.why


def test_a_standing_reason_opens_the_queue_for_a_shift_and_no_longer(
    cast: Cast, made: Made, signed_in: SignedIn
) -> None:
    client, first, second = signed_in(cast.intake), made(1), made(2)
    page(client, "referral", first.pk)
    address = reverse("referral", args=[second.pk])
    assert "subject-000002@example.com" in client.get(address).content.decode()
    with at(now() + timedelta(hours=8, minutes=1)):
        assert "subject-000002@example.com" not in client.get(address).content.decode()


def test_a_record_that_has_left_the_queue_asks_again(cast: Cast, made: Made, signed_in: SignedIn) -> None:
    client, first, gone = signed_in(cast.intake), made(1), made(2)
    page(client, "referral", first.pk)
    decide.discard(gone, reason="viral", by=cast.supervisor)
    address = reverse("referral", args=[gone.pk])
    assert "Your reason" in client.get(address).content.decode()
    client.post(address, {"reason": "supervising"})
    assert "Your reason" not in client.get(address).content.decode()


def test_a_referral_s_page_shows_what_a_decision_needs(cast: Cast, made: Made, signed_in: SignedIn) -> None:
    referral, client = made(1), signed_in(cast.intelligence)
    made(2, people=made_people())
    decide.set_facts(
        referral, answers={"lives_with_child": True}, source="a call to social care", by=cast.intake
    )
    shown = page(client, "referral", referral.pk)
    for expected in (
        "Why it stands here",
        "In contact with children",
        "Not known",
        "a call to social care",  # the source of a fact
        "subject-000001@example.com",
        f"{1:032x}",  # a file as its hash
        "198.51.100.7",
        "Logs lapse",
        "It opened this referral",
        "Facts recorded",  # the timeline
        "Send to a force",
        "Discard",
    ):
        assert expected in shown, expected
    assert "<img" not in shown.replace('<img class="lw-header__mark"', "")


def made_people() -> list[object]:
    from tests.lapwing_web.casework.made import subject

    return [subject(2)]


FORCE = "E23000003"
ROUTES = [
    # decision, what is sent, who, what it becomes
    ("referral-discard", {"reason": "viral", "text": ""}, "intake", "discarded"),
    ("referral-develop", {"why": ""}, "intake", "developing"),
    ("referral-ask", {"missing": ["billing"], "text": ""}, "intake", "awaiting_provider"),
    (
        "referral-disseminate",
        {"to": FORCE, "reason": "best_evidence", "text": ""},
        "intelligence",
        "disseminated",
    ),
    ("referral-safeguard", {"to": FORCE, "text": "a child"}, "intelligence", "received"),
    ("referral-assign", {"to": "", "why": ""}, "supervisor", "received"),
]


@pytest.mark.parametrize(("name", "sent", "who", "becomes"), ROUTES, ids=[route[0] for route in ROUTES])
def test_a_decision_is_asked_for_refused_without_an_answer_and_done(
    name: str, sent: dict[str, object], who: str, becomes: str, cast: Cast, made: Made, signed_in: SignedIn
) -> None:
    referral, client = made(1), signed_in(cast.people()[who])
    address = reverse(name, args=[referral.pk])
    says_why(client, "referral", referral.pk)
    assert client.get(address).status_code == 200
    if name not in ("referral-develop", "referral-assign"):
        empty = client.post(address, {})
        assert "There is a problem" in empty.content.decode()
        assert Referral.objects.get(pk=referral.pk).state == "received"
    done = client.post(address, {"seen": "received", **sent})
    assert done.status_code == 302
    assert Referral.objects.get(pk=referral.pk).state == becomes


def test_a_page_opened_before_somebody_else_decided_says_so(
    cast: Cast, made: Made, signed_in: SignedIn
) -> None:
    referral, client = made(1), signed_in(cast.intelligence)
    decide.develop(Referral.objects.get(pk=referral.pk), by=cast.supervisor)
    address = reverse("referral-discard", args=[referral.pk])
    says_why(client, "referral", referral.pk)
    told = client.post(address, {"seen": "received", "reason": "viral", "text": ""}).content.decode()
    assert "has changed since you opened this page" in told
    assert Referral.objects.get(pk=referral.pk).state == "developing"


def test_facts_are_recorded_only_where_they_changed(cast: Cast, made: Made, signed_in: SignedIn) -> None:
    referral, client = made(1), signed_in(cast.intake)
    address = reverse("referral-facts", args=[referral.pk])
    says_why(client, "referral", referral.pk)
    form = client.get(address).context["form"]
    given = {name: form.fields[name].initial for name in form.before}
    assert "Change at least one" in client.post(address, {**given, "source": "x"}).content.decode()
    client.post(address, {**given, "lives_with_child": "no", "source": "a visit"})
    assert {fact.name: fact.value for fact in referral.facts.all()} == {"lives_with_child": False}


def test_a_force_reaches_its_packages_and_nothing_else(cast: Cast, made: Made, signed_in: SignedIn) -> None:
    referral = made(1)
    sent = package.disseminate(referral, to=cast.force_a, reason="best_evidence", by=cast.intelligence)
    for person in (cast.officer_a, cast.supervisor_a, cast.auditor_a, cast.officer_b):
        assert signed_in(person).get(reverse("referral", args=[referral.pk])).status_code == 404
    theirs = signed_in(cast.officer_a)
    says_why(theirs, "package", sent.pk)
    for name in ("package", "package-json", "package-pdf", "package-accept", "package-return"):
        assert signed_in(cast.officer_b).get(reverse(name, args=[sent.pk])).status_code == 404
        assert theirs.get(reverse(name, args=[sent.pk])).status_code == 200
    assert "subject-000001" not in signed_in(cast.officer_b).get(reverse("packages")).content.decode()


def test_a_force_accepts_and_ends_it_on_its_pages(cast: Cast, made: Made, signed_in: SignedIn) -> None:
    sent = package.disseminate(made(1), to=cast.force_a, reason="best_evidence", by=cast.intelligence)
    client = signed_in(cast.officer_a)
    shown = page(client, "package", sent.pk)
    assert "subject-000001@example.com" in shown
    assert cast.intelligence.username not in shown
    assert Package.objects.get(pk=sent.pk).opened_by == cast.officer_a
    client.post(reverse("package-accept", args=[sent.pk]), {"seen": "waiting", "text": ""})
    answer_all(Package.objects.get(pk=sent.pk), cast.officer_a)
    day = now().date()
    ended = {"code": "1", "on_0": day.day, "on_1": day.month, "on_2": day.year, "reason": "", "text": ""}
    client.post(reverse("package-outcome", args=[sent.pk]), {"seen": "accepted", **ended})
    sent.refresh_from_db()
    assert (sent.state, sent.outcome, sent.referral.state) == ("accepted", "1", "closed")


def test_every_download_is_a_recorded_look(cast: Cast, made: Made, signed_in: SignedIn) -> None:
    sent = package.disseminate(made(1), to=cast.force_a, reason="best_evidence", by=cast.intelligence)
    client = signed_in(cast.officer_a)
    says_why(client, "package", sent.pk)
    assert client.get(reverse("package-json", args=[sent.pk])).content.decode() == sent.content
    assert client.get(reverse("package-pdf", args=[sent.pk])).content.startswith(b"%PDF")
    rows = AuditEntry.objects.filter(action="consult", about=f"package:{sent.pk}", by="officer-a")
    assert rows.count() == 2


def test_a_second_look_shows_facts_and_not_the_first_decision(
    cast: Cast, made: Made, signed_in: SignedIn
) -> None:
    referral = decide.discard(made(1), reason="attribution_conflict", text="MARK-text", by=cast.intake)
    look = SecondLook.objects.create(
        referral=referral, sampled_at=now(), of="discard", first_by="intake", first_decision={"reason": "x"}
    )
    address = reverse("second-look", args=[look.pk])
    assert signed_in(cast.intake).get(address).status_code == 404
    shown = signed_in(cast.intelligence).get(address).content.decode()
    assert "subject-000001@example.com" in shown
    for hidden in (
        "MARK-text",
        "Evidence points to different",
        referral.get_risk_band_display() + "</strong>",
        "points",
    ):
        assert hidden not in shown, hidden
    signed_in(cast.intelligence).post(address, {"verdict": "actionable", "why": "a UK telephone"})
    look.refresh_from_db()
    referral.refresh_from_db()
    assert (look.agrees, referral.state) == (False, "received")
    listed = signed_in(cast.supervisor).get(reverse("second-looks")).content.decode()
    assert "0%" in listed


@pytest.mark.parametrize("proposed", ["informational", "actionable"])
def test_that_no_rule_may_discard_it_is_said_once(
    proposed: str, cast: Cast, made: Made, signed_in: SignedIn
) -> None:
    referral = made(1)
    answers = {"lives_with_child": True, "adult_only": proposed == "informational"}
    decide.set_facts(referral, answers=answers, source="a call", by=cast.intake)
    assert (referral.proposed_class, bool(referral.protected)) == (proposed, True)
    assert page(signed_in(cast.intake), "referral", referral.pk).count("No rule may discard it") == 1
