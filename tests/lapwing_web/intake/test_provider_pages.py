"""Companies' accounts on pages: a secret is shown once, to whoever asked for it, and stands nowhere else."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from tests.cast import Cast
from tests.company import Company

from lapwing_web import moment
from lapwing_web.audit.models import AuditEntry
from lapwing_web.intake.actions import accounts
from lapwing_web.intake.actions.arrive import storable
from lapwing_web.intake.actions.keep import fold
from lapwing_web.intake.models import Account, Contact, Credential, Provider
from lapwing_web.moment import now
from lapwing_web.refusal import Refused
from lapwing_web.staff.models import User

pytestmark = pytest.mark.django_db
SignedIn = Callable[[User], Client]
NEW = {"name": "Example Social", "environment": "test"}


@pytest.fixture
def account(cast: Cast) -> Account:
    return accounts.add_account("Example Social", environment="test", by=cast.administrator)[0]


def shown(answer: object) -> str:
    """The secret on a page."""
    found = re.search(r'id="secret">([^<]+)<', answer.content.decode())  # type: ignore[attr-defined]
    assert found is not None
    return found[1]


def test_an_added_accounts_password_opens_the_api(cast: Cast, signed_in: SignedIn) -> None:
    answer = signed_in(cast.administrator).post("/providers/add", NEW)
    account = Account.objects.get()
    assert account.username in answer.content.decode()
    assert Company(account.username, shown(answer)).status().code == 0
    assert Company(account.username, "not-that-one").status().code == 2000
    entries = AuditEntry.objects.filter(by="administrator").order_by("pk").values_list("action", flat=True)
    assert list(entries) == ["add account", "give credential"]


def test_a_secret_is_kept_nowhere(cast: Cast, signed_in: SignedIn, account: Account) -> None:
    browser = signed_in(cast.supervisor)
    pages = {
        "/providers/add": NEW,
        f"/providers/{account.provider_id}/accounts/add": {"environment": "live"},
        f"/providers/accounts/{account.pk}/rotate": {"kind": "password", "old": "later"},
        f"/providers/accounts/{account.pk}/key": {},
    }
    secrets = []
    for address, given in pages.items():
        answer = browser.post(address, given)
        assert answer.status_code == 200
        assert "no-store" in answer.headers["Cache-Control"]
        secrets.append(shown(answer).rpartition(".")[2])
    assert len(set(secrets)) == 4
    assert all(len(secret) >= 43 for secret in secrets)  # 256 bits in URL-safe base64
    kept = everything()
    browser_holds = str(browser.cookies) + "".join(str(one.get_decoded()) for one in Session.objects.all())
    later = browser.get(f"/providers/{account.provider_id}/accounts").content.decode()
    for secret in secrets:
        assert secret not in kept
        assert secret not in browser_holds
        assert secret not in later


def everything() -> str:
    """Every row of every table, as text."""
    with connection.cursor() as cursor:
        rows = []
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            rows += [repr(row) for row in cursor.fetchall()]
    return "\n".join(rows)


def test_no_digest_and_no_salt_is_on_a_page(cast: Cast, signed_in: SignedIn, account: Account) -> None:
    said = signed_in(cast.auditor).get(f"/providers/{account.provider_id}/accounts").content.decode()
    credential = Credential.objects.get()
    assert credential.name in said
    assert credential.digest not in said
    assert credential.salt not in said


@pytest.mark.parametrize(
    ("old", "hours", "works", "reason"),
    [
        ("later", 0, True, "the company needs time to change over"),
        ("later", 23, True, "as long as policy says"),
        ("later", 25, False, "and no longer"),
        ("now", 0, False, "somebody may have it who should not"),
    ],
)
def test_what_a_rotation_does_to_the_old_password(
    cast: Cast, signed_in: SignedIn, old: str, hours: int, works: bool, reason: str
) -> None:
    account, password = accounts.add_account("Example Social", environment="test", by=cast.administrator)
    browser = signed_in(cast.administrator)
    answer = browser.post(f"/providers/accounts/{account.pk}/rotate", {"kind": "password", "old": old})
    with moment.at(now() + timedelta(hours=hours)):
        assert (accounts.password_account(account.username, password) is not None) == works, reason
        assert accounts.password_account(account.username, shown(answer)) == account


def test_a_rotated_key_leaves_the_password_alone(cast: Cast, signed_in: SignedIn) -> None:
    account, password = accounts.add_account("Example Social", environment="test", by=cast.administrator)
    first = accounts.add_key(account, by=cast.administrator)
    second = accounts.add_key(account, by=cast.administrator)
    browser = signed_in(cast.administrator)
    answer = browser.post(f"/providers/accounts/{account.pk}/rotate", {"kind": "key", "old": "now"})
    assert [accounts.key_account(key) for key in (first, second)] == [None, None]
    assert accounts.key_account(shown(answer)) == account
    assert accounts.password_account(account.username, password) == account


def test_closing_wants_a_reason_and_ends_every_secret(
    cast: Cast, signed_in: SignedIn, account: Account
) -> None:
    browser, address = signed_in(cast.supervisor), f"/providers/accounts/{account.pk}/close"
    assert "Say why" in browser.post(address, {"why": " "}).content.decode()
    account.refresh_from_db()
    assert account.state == Account.State.OPEN
    said = browser.post(address, {"why": "The company asked"}, follow=True).content.decode()
    assert "is closed" in said
    assert "Works</strong>" not in said
    assert AuditEntry.objects.get(action="close account").why == "The company asked"
    for verb in ("rotate", "key", "close"):
        again = browser.post(
            f"/providers/accounts/{account.pk}/{verb}", {"kind": "password", "old": "now", "why": "x"}
        )
        assert again.status_code == 409, verb
    assert Credential.objects.filter(ends_at=None).count() == 0


@pytest.mark.parametrize(
    ("given", "says", "reason"),
    [
        ({"environment": "test"}, "company’s name", "nobody's account"),
        ({"name": "  ", "environment": "test"}, "company’s name", "spaces are no name"),
        ({"name": "Example Social"}, "test or live", "an account is for one kind of site"),
        ({"name": "Example Social", "environment": "both"}, "valid choice", "and for no other"),
        ({"name": "x" * 201, "environment": "test"}, "200 characters", "longer than its column"),
    ],
)
def test_an_account_that_cannot_be_is_not_made(
    cast: Cast, signed_in: SignedIn, given: dict[str, str], says: str, reason: str
) -> None:
    said = signed_in(cast.administrator).post("/providers/add", given).content.decode()
    assert says in said, reason
    assert not Account.objects.exists()
    assert not Provider.objects.exists()


def test_a_company_that_sent_reports_is_the_same_company(cast: Cast, signed_in: SignedIn) -> None:
    Provider.objects.create(key="example social", name="Example Social")
    signed_in(cast.administrator).post("/providers/add", {"name": " EXAMPLE social.", "environment": "test"})
    assert Account.objects.get().provider == Provider.objects.get()


def test_a_further_account_is_of_the_same_company(cast: Cast, signed_in: SignedIn, account: Account) -> None:
    browser, address = signed_in(cast.supervisor), "/providers/{}/accounts/add"
    assert browser.post(address.format(account.provider_id), {"environment": "live"}).status_code == 200
    assert sorted(account.provider.accounts.values_list("environment", flat=True)) == ["live", "test"]
    name = "An extremely long name " * 20
    cut = Provider.objects.create(key=fold(name), name=storable(name, 200))
    assert browser.post(address.format(cut.pk), {"environment": "live"}).status_code == 409
    assert not cut.accounts.exists()


def test_a_contact_is_added_and_ended_and_stays_in_the_audit(
    cast: Cast, signed_in: SignedIn, account: Account
) -> None:
    browser, address = signed_in(cast.administrator), f"/providers/{account.provider_id}/contacts/add"
    given = {"name": "Trust and safety", "purpose": "Requests for more"}
    assert "Give an e-mail address" in browser.post(address, given).content.decode()
    assert not Contact.objects.exists()
    said = browser.post(address, {**given, "email": "desk@example.com"}, follow=True).content.decode()
    assert "desk@example.com" in said
    contact = Contact.objects.get()
    said = browser.post(f"/providers/contacts/{contact.pk}/end", follow=True).content.decode()
    assert "desk@example.com" not in said
    assert "1 more is no longer to be asked" in said
    assert browser.post(f"/providers/contacts/{contact.pk}/end").status_code == 404
    with pytest.raises(Refused, match="already"):
        accounts.end_contact(contact, by=cast.administrator)
    assert AuditEntry.objects.filter(about=f"contact:{contact.pk}").count() == 2


def test_what_a_company_is_called_is_only_ever_text(cast: Cast, signed_in: SignedIn) -> None:
    name = '<script>alert("x")</script>{{ 7|add:7 }}'
    account, _ = accounts.add_account(name, environment="test", by=cast.administrator)
    accounts.add_contact(account.provider, name=name, purpose=name, phone="x", by=cast.administrator)
    browser = signed_in(cast.administrator)
    for address in (
        "/providers",
        f"/providers/{account.provider_id}",
        f"/providers/{account.provider_id}/accounts",
    ):
        said = browser.get(address).content.decode()
        assert "<script>alert" not in said
        assert "&lt;script&gt;" in said
