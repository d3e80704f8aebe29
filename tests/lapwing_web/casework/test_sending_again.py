"""A force that sent a package back is not proposed again as if nothing had happened."""

from collections.abc import Callable

import pytest
from django.test import Client
from tests.cast import Cast
from tests.lapwing_web.casework.made import Made

from lapwing_web.casework.actions import package
from lapwing_web.casework.models import Referral
from lapwing_web.staff.models import User

pytestmark = pytest.mark.django_db
SignedIn = Callable[[User], Client]


def opened(client: Client, referral: Referral) -> tuple[str, str]:
    """The page for sending it, as text, and the force chosen there."""
    client.post(f"/referrals/{referral.pk}", {"reason": "working", "stands": "on"})  # why one looks
    said = client.get(f"/referrals/{referral.pk}/disseminate")
    return " ".join(said.content.decode().split()), said.context["form"].fields["to"].initial


def test_why_a_force_sent_it_back_is_shown_before_it_is_sent_again(
    cast: Cast, made: Made, signed_in: SignedIn
) -> None:
    referral, client = made(1), signed_in(cast.intelligence)
    Referral.objects.filter(pk=referral.pk).update(proposed_force=cast.force_a)
    referral.refresh_from_db()
    page, chosen = opened(client, referral)
    assert "Sent before" not in page
    assert chosen == cast.force_a.code
    sent = package.disseminate(referral, to=cast.force_a, reason="suspect_lives_here", by=cast.intelligence)
    package.return_(sent, reason="wrong_force", text="Moved away in spring.", by=cast.officer_a)
    referral.refresh_from_db()
    page, chosen = opened(client, referral)
    assert sent.reference in page
    assert "The suspect does not live in this force&#x27;s area: Moved away in spring." in page
    assert "which has returned it" in page
    assert chosen == ""


def test_another_force_that_sent_it_back_does_not_unseat_the_one_proposed(
    cast: Cast, made: Made, signed_in: SignedIn
) -> None:
    referral = made(1)
    sent = package.disseminate(referral, to=cast.force_b, reason="suspect_lives_here", by=cast.intelligence)
    package.return_(sent, reason="wrong_force", text="Lives elsewhere.", by=cast.officer_b)
    Referral.objects.filter(pk=referral.pk).update(proposed_force=cast.force_a)
    page, chosen = opened(signed_in(cast.intelligence), referral)
    assert "Lives elsewhere." in page
    assert "which has returned it" not in page
    assert chosen == cast.force_a.code
