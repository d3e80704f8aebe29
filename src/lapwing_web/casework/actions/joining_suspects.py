"""Two cases about one suspect: what hangs on the suspect of the one hangs on the suspect of the other."""

from django.db.models import Max

from lapwing_web.casework.models import Case, Gap, Suspect


def join_suspects(case: Case, into: Case) -> None:
    """Make the first suspects of two cases one; give any others of `case` a number in `into`.

    Of two gaps that begin at one instant the one of `into` stays, and the other is left closed where it was.
    """
    first, *others = case.suspects.order_by("number")
    same = into.suspects.order_by("number").first()
    if same is not None:
        _rehang(first, same)
    last = into.suspects.aggregate(last=Max("number"))["last"] or 0
    for number, other in enumerate(others, last + 1):
        Suspect.objects.filter(pk=other.pk).update(case=into, number=number)


def _rehang(suspect: Suspect, same: Suspect) -> None:
    for relation in ("warrants", "arrests", "restrictions", "plans"):
        getattr(suspect, relation).update(suspect=same)
    taken = list(same.gaps.values_list("begins_at", flat=True))
    suspect.gaps.exclude(begins_at__in=taken).update(suspect=same)
    suspect.gaps.filter(begins_at__in=taken).update(state=Gap.State.CLOSED)
    if same.is_child is None:
        Suspect.objects.filter(pk=same.pk).update(is_child=suspect.is_child)
