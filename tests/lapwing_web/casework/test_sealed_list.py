"""From a referral's page to the opened files: the list that is taken there is what the key's holder needs."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from tests.cast import Cast
from tests.company import Company, report, some_bytes
from tests.lapwing_web.casework.made import Made
from tests.lapwing_web.casework.test_hand_on import company, worked

from lapwing.cli import main as lapwing
from lapwing.vault import Identities
from lapwing_web.audit.models import AuditEntry
from lapwing_web.casework.models import Referral
from lapwing_web.staff.models import User

__all__ = ["company"]
REASON = {"reason": "working", "stands": "on"}
SignedIn = Callable[[User], Client]


def test_the_list_opens_exactly_the_referral_s_own_files(
    company: Company, vault: Identities, cast: Cast, signed_in: SignedIn, tmp_path: Path
) -> None:
    mine, other = some_bytes(), some_bytes()
    company.whole(report(7), mine)
    company.whole(report(8), other)
    worked()
    referral = Referral.objects.get(title="subject-000007")
    client = signed_in(cast.intelligence)
    address = reverse("referral-sealed", args=[referral.pk])
    question = client.get(address).url  # type: ignore[attr-defined]
    assert question.startswith(reverse("referral", args=[referral.pk]))
    client.post(question, REASON)
    page = client.get(reverse("referral", args=[referral.pk])).content.decode()
    assert "1 of them lies sealed in the vault" in page
    asks = reverse("referral-open", args=[referral.pk])
    assert asks in page
    assert client.get(address).url == asks  # type: ignore[attr-defined]
    assert address not in page
    answered = client.post(asks, {"opener": cast.intelligence.pk})
    assert address in client.get(answered.url).content.decode()  # type: ignore[attr-defined]
    taken = client.get(address)
    entry = AuditEntry.objects.filter(action="consult", about=f"referral:{referral.pk}").latest("position")
    assert "list of sealed files" in entry.why
    assert taken.content.decode().strip() in entry.new

    listed, key = tmp_path / "list.txt", tmp_path / "key.txt"
    listed.write_bytes(taken.content)
    vault.write(key)
    opened = tmp_path / "opened"
    code = lapwing(
        ["vault", "open", str(listed), "--key", str(key), "--store", str(settings.VAULT), "--to", str(opened),
         "--purpose", "A test", "--by", "A test", "--log", str(tmp_path / "log")]
    )  # fmt: skip
    assert code == 0
    assert [path.read_bytes() for path in opened.iterdir()] == [mine]


@pytest.mark.django_db
def test_a_referral_without_sealed_files_gives_no_list(made: Made, cast: Cast, signed_in: SignedIn) -> None:
    referral = made(1)
    client = signed_in(cast.intake)
    client.post(reverse("referral", args=[referral.pk]), REASON)
    refused = client.post(reverse("referral-open", args=[referral.pk]), {"opener": cast.intake.pk})
    assert "there is nothing to open" in refused.content.decode()
