"""Taking back what one asked a second person to agree to."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from tests.cast import Cast
from tests.lapwing_web.casework.made import Made
from tests.lapwing_web.casework.test_pages import page, says_why
from tests.lapwing_web.casework.worked import accepted

from lapwing_web.audit.models import AuditEntry
from lapwing_web.casework.actions import agree, decide, outcome, package
from lapwing_web.casework.models import Approval, Referral
from lapwing_web.moment import today
from lapwing_web.refusal import Refused
from lapwing_web.staff.models import User

pytestmark = pytest.mark.django_db
SignedIn = Callable[[User], Client]


def test_whoever_asked_takes_it_back_on_its_page_and_decides_again(
    cast: Cast, made: Made, signed_in: SignedIn
) -> None:
    referral, client = made(1), signed_in(cast.intake)
    decide.discard(referral, reason="other", text="x", by=cast.intake)
    approval = Approval.objects.get()
    address = reverse("approval-withdraw", args=[approval.pk])
    assert address in page(client, "referral", referral.pk)
    assert "Take back your decision" in client.get(address).content.decode()
    done = client.post(address)
    assert done.url == reverse("referral", args=[referral.pk])  # type: ignore[attr-defined]
    approval.refresh_from_db()
    assert (approval.agreed, approval.answered_by) == (None, cast.intake)
    assert AuditEntry.objects.filter(action="take back a decision", by="intake").exists()
    decide.discard(Referral.objects.get(pk=referral.pk), reason="viral", by=cast.intake)
    with pytest.raises(Refused):
        agree.agree(approval, by=cast.supervisor)


def test_nobody_else_finds_the_page(cast: Cast, made: Made, signed_in: SignedIn) -> None:
    referral = made(1)
    decide.discard(referral, reason="other", text="x", by=cast.intake)
    address = reverse("approval-withdraw", args=[Approval.objects.get().pk])
    for person in (cast.supervisor, cast.intelligence, cast.officer_a):
        assert signed_in(person).post(address).status_code == 404
    assert address not in page(signed_in(cast.supervisor), "referral", referral.pk)
    assert Approval.objects.get().answered_at is None


def test_what_was_answered_cannot_be_taken_back(cast: Cast, made: Made, signed_in: SignedIn) -> None:
    decide.discard(made(1), reason="other", text="x", by=cast.intake)
    approval = Approval.objects.get()
    agree.disagree(approval, why="no", by=cast.supervisor)
    said = signed_in(cast.intake).post(reverse("approval-withdraw", args=[approval.pk]))
    assert "already been answered" in said.content.decode()


def test_a_force_takes_its_outcome_back_too(cast: Cast, made: Made, signed_in: SignedIn) -> None:
    sent = package.disseminate(made(1), to=cast.force_a, reason="best_evidence", by=cast.intelligence)
    accepted(sent, cast.officer_a)
    outcome.record_outcome(sent, code="20", on=today(), reason="other", text="odd", by=cast.officer_a)
    client, address = (
        signed_in(cast.officer_a),
        reverse("approval-withdraw", args=[Approval.objects.get().pk]),
    )
    says_why(client, "package", sent.pk)
    assert sent.reference in client.get(address).content.decode()
    assert client.post(address).url == reverse("package", args=[sent.pk])  # type: ignore[attr-defined]
    assert Approval.objects.get().answered_at is not None
