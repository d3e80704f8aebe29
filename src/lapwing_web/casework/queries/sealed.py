"""Which of a referral's files lie sealed in the vault, by the names that the key’s holder needs."""

from collections.abc import Iterable

from django.db.models import Q
from msgspec import Struct

from lapwing_web.casework.models import OpeningLeave, Referral
from lapwing_web.casework.models.explained import Told, reports_of
from lapwing_web.casework.models.opening_leave import given_today
from lapwing_web.intake.queries.vault import sealed_for
from lapwing_web.staff.models import User
from lapwing_web.staff.permissions import may

AT_ONCE = 500  # hashes in one statement


def sealed_objects(user: User, referral: Referral) -> list[str]:
    """The objects' names, sorted, each once: a line each of the list that `lapwing vault open` takes."""
    return sealed_of(user, reports_of(referral))


class SealedPart(Struct):
    """What a referral's page says of its sealed files."""

    count: int
    may_open: bool
    leave: OpeningLeave | None  # the list of them that was last given to this person today, or by them


def sealed_part(user: User, referral: Referral, told: Iterable[Told]) -> SealedPart:
    """How many of the files of these reports lie in the vault, and how this person comes to their list."""
    return SealedPart(len(sealed_of(user, told)), may(user, "view material"), leave_for(user, referral))


def leave_for(user: User, referral: Referral) -> OpeningLeave | None:
    """The latest list of its sealed files that was given today to this person, or by them."""
    given = given_today().filter(Q(opener=user) | Q(by=user), referral=referral)
    return given.select_related("opener").order_by("pk").last()


def sealed_of(user: User, told: Iterable[Told]) -> list[str]:
    """The same of these reports. Found by SHA-256: who sent the file does not matter."""
    hashes = sorted(
        {file.hashes["sha256"] for one in told for file in one.report.files if "sha256" in file.hashes}
    )
    names: set[str] = set()
    for first in range(0, len(hashes), AT_ONCE):
        held = sealed_for(user).filter(sha256__in=hashes[first : first + AT_ONCE])
        names.update(held.values_list("object_name", flat=True))
    return sorted(names)
