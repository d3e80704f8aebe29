"""A second look that puts a low band higher: who is told, until when, and how the band is corrected."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from tests.cast import Cast
from tests.lapwing_web.casework.made import Made, subject
from tests.lapwing_web.casework.test_pages import page

from lapwing_web.audit.models import AuditEntry
from lapwing_web.casework.actions import decide, package
from lapwing_web.casework.actions.second_look import look_again
from lapwing_web.casework.models import Referral, SecondLook
from lapwing_web.casework.queries.second_looks import questioned_for
from lapwing_web.clocks.models import Clock
from lapwing_web.moment import now
from lapwing_web.staff.models import User

pytestmark = pytest.mark.django_db
SignedIn = Callable[[User], Client]


def low(made: Made, number: int) -> Referral:
    """A referral whose reports say least: one subject, no victim, no file."""
    return made(number, people=[subject(number)], files=[])


def sampled(referral: Referral) -> SecondLook:
    assert referral.risk_band == "low"
    return SecondLook.objects.create(
        referral=referral, sampled_at=now(), of="low_band", first_by="rule:risk", first_decision={}
    )


def disagreed(cast: Cast, referral: Referral) -> SecondLook:
    return look_again(sampled(referral), verdict="high", why="a child is named", by=cast.intelligence)


def home(client: Client) -> str:
    return client.get(reverse("home")).content.decode()


def test_a_questioned_band_is_on_the_supervisor_s_home_and_on_the_page(
    cast: Cast, made: Made, signed_in: SignedIn
) -> None:
    referral, client = low(made, 1), signed_in(cast.supervisor)
    assert "A second look disagrees" not in home(client)
    disagreed(cast, referral)
    assert "A second look disagrees" in home(client)
    assert "a child is named" in home(client)
    shown = page(client, "referral", referral.pk)
    assert "A second look disagrees with the low band" in shown
    assert reverse("referral-facts", args=[referral.pk]) in shown
    assert Clock.objects.filter(about=f"referral:{referral.pk}", title__contains="Second look").exists()


def test_whoever_has_the_referral_is_told_too_and_nobody_else(cast: Cast, made: Made) -> None:
    referral = low(made, 1)
    decide.assign(referral, to=cast.intake, by=cast.supervisor)
    look = disagreed(cast, referral)
    assert list(questioned_for(cast.intake)) == [look]
    for person in (cast.intelligence, cast.administrator, cast.officer_a, cast.supervisor_a):
        assert not questioned_for(person).exists()


def test_the_band_is_corrected_by_facts_and_then_nobody_is_asked(
    cast: Cast, made: Made, signed_in: SignedIn
) -> None:
    referral, client = low(made, 1), signed_in(cast.supervisor)
    disagreed(cast, referral)
    address = reverse("referral-facts", args=[referral.pk])
    page(client, "referral", referral.pk)
    form = client.get(address).context["form"]
    given = {name: form.fields[name].initial for name in form.before}
    told = client.post(
        address, {**given, "lives_with_child": "yes", "contact_with_children": "yes", "source": "a call"}
    )
    assert told.status_code == 302
    referral.refresh_from_db()
    assert referral.risk_band != "low"
    assert "A second look disagrees" not in home(client)
    assert "A second look disagrees" not in page(client, "referral", referral.pk)


def test_a_fact_that_leaves_the_band_low_answers_it_too(cast: Cast, made: Made) -> None:
    referral = low(made, 1)
    disagreed(cast, referral)
    decide.set_facts(referral, answers={"lives_with_child": False}, source="a visit", by=cast.intake)
    assert (referral.risk_band, questioned_for(cast.supervisor).count()) == ("low", 0)


def test_a_band_questioned_after_it_was_sent_is_told_the_agency_and_no_force(cast: Cast, made: Made) -> None:
    referral = low(made, 1)
    sent = package.disseminate(referral, to=cast.force_a, reason="best_evidence", by=cast.intelligence)
    package.accept(sent, by=cast.officer_a)
    before = set(Clock.objects.values_list("pk", flat=True))
    look = disagreed(cast, referral)
    assert list(questioned_for(cast.supervisor)) == [look]
    assert set(Clock.objects.filter(organisation=cast.force_a).values_list("pk", flat=True)) <= before
    entry = AuditEntry.objects.get(action="question the band")
    assert (entry.about, entry.organisation) == (f"referral:{referral.pk}", "NCA")


def test_one_that_agrees_or_has_left_is_on_no_list(cast: Cast, made: Made) -> None:
    agreed = sampled(low(made, 1))
    look_again(agreed, verdict="low", why="nothing more is known", by=cast.intelligence)
    gone = low(made, 2)
    disagreed(cast, gone)
    decide.discard(Referral.objects.get(pk=gone.pk), reason="viral", by=cast.intake)
    assert not questioned_for(cast.supervisor).exists()
