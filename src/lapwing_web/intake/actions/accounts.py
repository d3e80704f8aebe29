"""Providers' accounts: made, given new secrets, closed; and telling whether a secret is one of theirs.

A secret is shown once, to whoever asked for it, and only its digest is kept.
"""

import hashlib
import hmac
import re
import secrets
from datetime import datetime

from django.conf import settings
from django.db.models import Q, QuerySet

from lapwing.policy import load
from lapwing_web.audit.actions import Actor, Rule, audited, move, record
from lapwing_web.intake.actions.arrive import storable
from lapwing_web.intake.actions.keep import fold
from lapwing_web.intake.models import Account, Contact, Credential, Provider
from lapwing_web.moment import now, today
from lapwing_web.refusal import Refused
from lapwing_web.staff.models import User
from lapwing_web.staff.permissions import check

Kind = Credential.Kind
SECRET_BYTES = 32
USED_TO_THE = 3600  # seconds: a use is noted at most so often
_NOT_A_LETTER = re.compile(r"[^a-z0-9]+")
_NOBODYS = Credential(salt="0" * 32, digest="0" * 64)  # compared with, where there is no such credential


@audited
def add_account(name: str, *, environment: str, by: Actor) -> tuple[Account, str]:
    """An account of the provider called `name`, which is added if it is new. Returns it and its password.

    Raises Refused for an empty name, or an environment that is neither test nor live.
    """
    _may_manage(by)
    shown = " ".join(name.split())
    if not shown or len(shown) > 200:
        raise Refused("Give the company’s name, in at most 200 characters.")
    _must_be_one(environment)
    provider, _ = Provider.objects.get_or_create(key=fold(shown), defaults={"name": shown})
    return _account(provider, environment, by)


@audited
def add_account_of(provider: Provider, *, environment: str, by: Actor) -> tuple[Account, str]:
    """A further account of a provider that is known here. Returns it and its password."""
    _may_manage(by)
    _must_be_one(environment)
    if fold(provider.name) != provider.key:  # what is handed over finds its provider by the name
        raise Refused("Only the beginning of this company’s name is kept. Add an account by a shorter name.")
    return _account(provider, environment, by)


def _must_be_one(environment: str) -> None:
    if environment not in Account.Environment.values:
        raise Refused(f"An account is for “test” or “live”, not “{environment[:20]}”.")


def _account(provider: Provider, environment: str, by: Actor) -> tuple[Account, str]:
    slug = _NOT_A_LETTER.sub("-", provider.name.casefold()).strip("-")[:40] or "provider"
    account = Account.objects.create(
        provider=provider,
        username=f"{slug}-{environment}-{secrets.token_hex(3)}",
        environment=environment,
        made_at=now(),
    )
    record("add account", account, by=by, new={"provider": provider.name, "username": account.username})
    return account, _give(account, Kind.PASSWORD, by)


@audited
def rotate(account: Account, *, by: Actor, kind: str = Kind.PASSWORD, at_once: bool = False) -> str:
    """A new password or key. The old ones work for as long as policy says, or end `at_once`."""
    _may_manage(by)
    _must_be_open(account)
    after = load("reporting", settings.JURISDICTION).on(today()).length("rotated_secret_ends_after")
    ends_at = now() if at_once else now() + after
    standing = account.credentials.filter(kind=kind).filter(Q(ends_at=None) | Q(ends_at__gt=ends_at))
    ended = list(standing.values_list("name", flat=True))
    standing.update(ends_at=ends_at)
    if ended:
        record("end credential", account, by=by, new={"credentials": ended, "ends_at": ends_at.isoformat()})
    return _give(account, Kind(kind), by)


@audited
def add_key(account: Account, *, by: Actor) -> str:
    """A further key for the JSON API, beside those there are."""
    _may_manage(by)
    _must_be_open(account)
    return _give(account, Kind.KEY, by)


@audited
def close(account: Account, *, why: str, by: Actor) -> Account:
    """No secret of the account works from now on. What it sent stays."""
    _may_manage(by)
    if not why.strip():
        raise Refused("Say why the account is closed.")
    move(account, Account.State.CLOSED, by=by, action="close account", why=why.strip())
    account.credentials.filter(Q(ends_at=None) | Q(ends_at__gt=now())).update(ends_at=now())
    return account


@audited
def add_contact(
    provider: Provider, *, name: str, purpose: str, email: str = "", phone: str = "", by: Actor
) -> Contact:
    """Whom to ask at a provider. Raises Refused without a name, or a way to reach them."""
    _may_manage(by)
    if not name.strip() or not (email.strip() or phone.strip()):
        raise Refused("Give a name, and an e-mail address or a telephone number.")
    contact = Contact.objects.create(
        provider=provider,
        name=name.strip(),
        purpose=purpose.strip(),
        email=email.strip(),
        phone=phone.strip(),
    )
    record("add contact", contact, by=by, new={"provider": provider.name, "name": contact.name})
    return contact


@audited
def end_contact(contact: Contact, *, by: Actor) -> None:
    """They are no longer to be asked."""
    _may_manage(by)
    if not Contact.objects.filter(pk=contact.pk, ended_at=None).update(ended_at=now()):
        raise Refused(f"{contact.name} is no longer a contact already.")
    record("end contact", contact, by=by)


def password_account(username: str, password: str) -> Account | None:
    """The open account whose password that is; None for any other pair, after the same work."""
    wanted = Credential.objects.filter(account__username=username, kind=Kind.PASSWORD)
    return _matching(list(_standing(wanted)), password)


def key_account(key: str) -> Account | None:
    """The open account whose key that is. A key is `<name>.<secret>`."""
    name, _, secret = key.partition(".")
    return _matching(list(_standing(Credential.objects.filter(name=name[:16], kind=Kind.KEY))), secret)


@audited
def note_lock(username: str, address: str) -> None:
    """Record that the account is locked for that address."""
    what = {"username": storable(username, 80), "address": address}
    record("lock account", f"account:{what['username']}", by=Rule("rule:lock"), new=what)


def _standing(credentials: QuerySet[Credential]) -> QuerySet[Credential]:
    open_ones = credentials.filter(account__state=Account.State.OPEN)
    return open_ones.filter(Q(ends_at=None) | Q(ends_at__gt=now())).select_related("account__provider")


def _matching(credentials: list[Credential], secret: str) -> Account | None:
    found = None
    for credential in credentials or [_NOBODYS]:
        if hmac.compare_digest(_digest(credential.salt, secret), credential.digest):
            found = credential
    if found is None:
        return None
    _note_use(found, now())
    return found.account


def _note_use(credential: Credential, at: datetime) -> None:
    if credential.used_at is None or (at - credential.used_at).total_seconds() > USED_TO_THE:
        Credential.objects.filter(pk=credential.pk).update(used_at=at)


def _give(account: Account, kind: Credential.Kind, by: Actor) -> str:
    secret, salt = secrets.token_urlsafe(SECRET_BYTES), secrets.token_hex(16)
    credential = Credential.objects.create(
        account=account,
        kind=kind,
        name=secrets.token_hex(8),
        salt=salt,
        digest=_digest(salt, secret),
        made_at=now(),
    )
    record("give credential", account, by=by, new={"kind": str(kind), "name": credential.name})
    return f"{credential.name}.{secret}" if kind == Kind.KEY else secret


def _digest(salt: str, secret: str) -> str:
    return hashlib.sha256(f"{salt}:{secret}".encode("utf-8", "replace")).hexdigest()


def _must_be_open(account: Account) -> None:
    """Locks it, so that nobody closes it meanwhile: a closed one's secret would look as if it worked."""
    if Account.objects.select_for_update().get(pk=account.pk).state != Account.State.OPEN:
        raise Refused(f"{account} is closed, and can be given no password or key.")


def _may_manage(by: Actor) -> None:
    if isinstance(by, User):
        check(by, "manage providers")
