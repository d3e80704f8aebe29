"""Second looks: which a person may take, what they see of one, and how often two people agree."""

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from msgspec import Struct

from lapwing_web.casework.models import Fact, Referral, SecondLook
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


def questioned_for(user: User) -> QuerySet[SecondLook]:
    """Low bands that a second look put higher, until weighed again: one’s own; a supervisor’s, all."""
    looks = questions().select_related("referral__assigned_to", "looked_by").order_by("looked_at", "id")
    if may(user, "assign a referral"):
        return looks
    return looks.filter(referral__assigned_to=user) if may(user, "see referrals") else looks.none()


def question_about(referral: Referral) -> SecondLook | None:
    """The latest second look that put the referral's low band higher, until it is answered."""
    return questions().filter(referral=referral).select_related("looked_by").order_by("-looked_at").first()


def questions() -> QuerySet[SecondLook]:
    """Disagreements with a low band that stand: the band is low still, and no fact was recorded since."""
    State, since = Referral.State, Fact.objects.filter(referral=OuterRef("referral"))
    looks = SecondLook.objects.filter(of="low_band", agrees=False, referral__risk_band=Referral.Band.LOW)
    looks = looks.exclude(referral__state__in=(State.DISCARDED, State.MERGED, State.CLOSED))
    return looks.exclude(Exists(since.filter(set_at__gt=OuterRef("looked_at"))))


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
