"""What was seen on referrals, for applications that know somebody: each says whom it recognises, and where.

Applications that stand after this one add themselves to the two lists when the site starts
(`AppConfig.ready`): foreign keys and imports go their way, and what they know is asked for here.
"""

from collections.abc import Callable, Sequence
from datetime import date

from msgspec import Struct

from lapwing_web.casework.models.referral import Referral
from lapwing_web.staff.models import User

NOT_OURS = frozenset({"victim", "reporter"})  # parts in a report in which nobody is looked for


class Named(Struct, frozen=True):
    """A name with a date of birth."""

    name: str
    born_on: date


class Seen(Struct, frozen=True):
    """What a report brought to a referral: selectors as (kind, value), and names."""

    referral: Referral
    selectors: frozenset[tuple[str, str]]
    names: tuple[Named, ...]


class Recognised(Struct, frozen=True):
    """Somebody known, for a page: in a sentence, why, and where this person may read more ("": nowhere)."""

    who: str
    because: str
    acknowledged: str
    url: str = ""


RECOGNISERS: list[Callable[[Sequence[Seen]], None]] = []  # called in the transaction of the batch
SHOWN: list[Callable[[User, Sequence[int]], list[Recognised]]] = []  # of referrals, by their ids


def recognise(seen: Sequence[Seen]) -> None:
    """Let everybody look at what was seen. Call inside `recorded()`."""
    if seen:
        for recogniser in RECOGNISERS:
            recogniser(seen)


def recognised_on(user: User, referrals: Sequence[int]) -> list[Recognised]:
    """Everybody whom somebody recognised on these referrals, or on those that became part of them."""
    merged = Referral.objects.filter(merged_into__in=referrals).values_list("pk", flat=True)
    ids = [*referrals, *merged]
    return [one for shown in SHOWN for one in shown(user, ids)]
