"""Companies' accounts, their secrets and their contacts, as whoever may see companies sees them.

Nothing here reads a digest: a page cannot show what it was never given.
"""

from datetime import datetime

from django.db.models import Prefetch, QuerySet
from msgspec import Struct

from lapwing_web.intake.models import Account, Contact, Credential, Provider
from lapwing_web.moment import now
from lapwing_web.staff.models import User
from lapwing_web.staff.permissions import check

SHOWN = 50  # accounts, and secrets of each: the latest


class Secret(Struct):
    """A password or a key, by its public name."""

    kind: str
    name: str
    made_at: datetime
    used_at: datetime | None
    ends_at: datetime | None

    @property
    def works(self) -> bool:
        """Whether it still opens the account, if that is open."""
        return self.ends_at is None or self.ends_at > now()


class Shown(Struct):
    """An account with its secrets, those that work first."""

    account: Account
    secrets: list[Secret]


class Page(Struct):
    """A company's accounts and contacts, and how many there are of each."""

    provider: Provider
    accounts: list[Shown]
    number: int
    contacts: list[Contact]
    ended: int  # contacts who are no longer to be asked


def companies_for(user: User) -> QuerySet[Provider]:
    """The companies this person may see."""
    check(user, "see providers")
    return Provider.objects.all()


def accounts_for(user: User) -> QuerySet[Account]:
    """The accounts this person may change."""
    check(user, "manage providers")
    return Account.objects.select_related("provider")


def contacts_for(user: User) -> QuerySet[Contact]:
    """The contacts this person may change."""
    check(user, "manage providers")
    return Contact.objects.filter(ended_at=None).select_related("provider")


def page(user: User, provider: Provider) -> Page:
    """Everything about one company's accounts. For whoever may see companies."""
    check(user, "see providers")
    accounts = provider.accounts.order_by("-state", "-id")  # "open" before "closed"
    public = Credential.objects.defer("salt", "digest").order_by("-id")
    some = accounts.prefetch_related(Prefetch("credentials", public, to_attr="public"))
    standing = provider.contacts.filter(ended_at=None)
    return Page(
        provider=provider,
        accounts=[Shown(one, _secrets(one)) for one in some[:SHOWN]],
        number=accounts.count(),
        contacts=list(standing.order_by("id")[:SHOWN]),
        ended=provider.contacts.exclude(ended_at=None).count(),
    )


def keys_of(account: Account) -> int:
    """How many keys of the account still work."""
    keys = account.credentials.filter(kind=Credential.Kind.KEY)
    return keys.filter(ends_at=None).count() + keys.filter(ends_at__gt=now()).count()


def _secrets(account: Account) -> list[Secret]:
    public: list[Credential] = account.public  # type: ignore[attr-defined]
    found = [
        Secret(str(one.get_kind_display()), one.name, one.made_at, one.used_at, one.ends_at) for one in public
    ]
    return sorted(found, key=lambda one: not one.works)[:SHOWN]
