"""Second looks: which a person may take, what they see of one, and how often two people agree."""

from django.db.models import Count, Q, QuerySet
from msgspec import Struct

from lapwing_web.casework.models import SecondLook
from lapwing_web.staff.models import User
from lapwing_web.staff.permissions import check, may


class Agreement(Struct):
    """How the second looks of one kind came out."""

    of: str
    label: str
    looked: int
    agreed: int
    waiting: int

    @property
    def per_cent(self) -> int | None:
        """The share that agreed, in whole per cent; None while nobody has looked."""
        return round(100 * self.agreed / self.looked) if self.looked else None


LABELS = {"discard": "Discarded", "low_band": "Banded low"}


def second_looks_for(user: User) -> QuerySet[SecondLook]:
    """Those this person may take: open, and not their own decision."""
    looks = SecondLook.objects.filter(looked_at=None).select_related("referral__provider")
    if not may(user, "take a second look"):
        return looks.none()
    return looks.exclude(first_by=user.username).order_by("sampled_at", "id")


def agreement(user: User) -> list[Agreement]:
    """By what was sampled. Looks that lapsed because the decision changed meanwhile are in neither number."""
    check(user, "take a second look")
    counted = SecondLook.objects.values("of").annotate(
        looked=Count("pk", filter=Q(agrees__isnull=False)),
        agreed=Count("pk", filter=Q(agrees=True)),
        waiting=Count("pk", filter=Q(looked_at=None)),
    )
    rows = {row["of"]: row for row in counted}
    nothing = {"looked": 0, "agreed": 0, "waiting": 0}
    return [
        Agreement(of, label, *(rows.get(of, nothing)[name] for name in ("looked", "agreed", "waiting")))
        for of, label in LABELS.items()
    ]
