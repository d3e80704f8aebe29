"""Two cases about one suspect: what hangs on the suspect of the one hangs on the suspect of the other."""

from django.db.models import Max

from lapwing_web.audit.actions import Rule, about, move
from lapwing_web.casework.models import Case, Gap, Suspect
from lapwing_web.clocks.actions import settle
from lapwing_web.notifications.actions import over

# what hangs on the first suspect, and goes to the same person in the other case; gaps are told apart
OF_A_SUSPECT = (
    "warrants",
    "arrests",
    "restrictions",
    "plans",
    "exhibits",
    "charges",
    "disposals",
    "retention_facts",
)


def join_suspects(case: Case, into: Case) -> None:
    """Make the first suspects of two cases one; give any others of `case` a number in `into`.

    Of two gaps that begin at one instant the one of `into` stays, and the other is left closed where it was.
    """
    others = list(case.suspects.order_by("number"))
    same = into.suspects.order_by("number").first()
    if others and same is not None:
        _rehang(others.pop(0), same)
    last = into.suspects.aggregate(last=Max("number"))["last"] or 0
    for number, other in enumerate(others, last + 1):
        Suspect.objects.filter(pk=other.pk).update(case=into, number=number)


def _rehang(suspect: Suspect, same: Suspect) -> None:
    for relation in OF_A_SUSPECT:
        getattr(suspect, relation).update(suspect=same)
    taken = list(same.gaps.values_list("begins_at", flat=True))
    suspect.gaps.exclude(begins_at__in=taken).update(suspect=same)
    for gap in suspect.gaps.filter(begins_at__in=taken).exclude(state=Gap.State.CLOSED):
        rule = Rule("rule:gaps", organisation_id=same.case.organisation_id)
        move(gap, Gap.State.CLOSED, by=rule, action="close a gap", why=f"It is one with that of {same}")
        settle("gap", about(gap), event="joined", by=rule)
        over([about(gap)], kinds=["gap_to_sign"])
    if same.is_child is None:
        Suspect.objects.filter(pk=same.pk).update(is_child=suspect.is_child)
