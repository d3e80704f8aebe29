"""What is recorded of a case when retention is asked about: read alike by the pages and by what people do."""

from datetime import date

from django.conf import settings
from django.utils.timezone import localdate

from lapwing.policy import load
from lapwing.policy.topics.retention import RetentionVersion
from lapwing.rules import retention as rules
from lapwing.rules.retention import Kept
from lapwing_web.casework.models.case import Case
from lapwing_web.casework.models.contact import standings
from lapwing_web.casework.models.exhibit import Exhibit
from lapwing_web.casework.models.hanging import with_joined
from lapwing_web.casework.models.legal_hold import LegalHold
from lapwing_web.casework.models.retention import RetentionFact, RetentionReview
from lapwing_web.casework.models.suspect import Gap, Suspect
from lapwing_web.moment import UK, today

Name = RetentionFact.Name
ENDED = (Case.State.CLOSED, Case.State.RETURNED)  # what is reviewed


def retention_policy() -> RetentionVersion:
    """The policy on retention in force today."""
    return load("retention", settings.JURISDICTION).on(today())


def kept(case: Case) -> Kept:
    """What is recorded of the case. What nobody has found out stays unknown, which keeps longest."""
    package = case.packages.exclude(outcome="").order_by("pk").first()
    needed = Case.objects.filter(crimes__in=case.crimes.all(), state=Case.State.OPEN).exclude(pk=case.pk)
    ended_on = localdate(case.closed_at, UK) if case.closed_at else None
    reviews = case.retention_reviews.filter(decision=RetentionReview.Decision.KEEP)
    last = reviews.order_by("-pk").first()
    return Kept(
        ended_on=ended_on,
        suspect_identified=package is None or package.outcome not in rules.NOBODY_IDENTIFIED,
        offence=package is None or package.outcome_reason != rules.NO_OFFENCE,
        managed=answer(case, Name.MANAGED),
        serious=answer(case, Name.SERIOUS),
        youngest_on=_youngest(case, ended_on),
        reviewed_on=localdate(last.at, UK) if last else None,
        held=held(case),
        linked=needed.distinct().count(),
    )


def held(case: Case) -> bool:
    """Whether a legal hold stands on the case, or on one that was joined to it."""
    return LegalHold.objects.filter(case__in=with_joined(case), lifted_at=None).exists()


def in_the_way(case: Case) -> list[str]:
    """Every sentence that stands in the way of disposing of the record today. Empty: two people may."""
    asked = (_exhibits, _gaps, _questions)
    found = rules.obstacles(kept(case), today(), retention_policy())
    return found + [said for ask in asked if (said := ask(case))]


def _exhibits(case: Case) -> str:
    held_ = case.exhibits.exclude(state=Exhibit.State.ENDED).order_by("number")
    numbers = ", ".join(held_.values_list("number", flat=True))
    return f"Exhibits neither returned nor destroyed: {numbers}." if numbers else ""


def _gaps(case: Case) -> str:
    """A gap that somebody signed for is answered for; it ended when the case did."""
    unsigned = Gap.objects.filter(suspect__case=case, state=Gap.State.OPEN).exists()
    return "Nobody signed for a time without an enforceable restriction." if unsigned else ""


def _questions(case: Case) -> str:
    """As they stood when the case ended: answers expire, and nobody asks again of a case that is over."""
    on = localdate(case.closed_at, UK) if case.closed_at else today()
    open_ones = [one for one in standings(case, on) if one.open]
    return "Contact with children was not answered when it ended." if open_ones else ""


def answer(case: Case, name: str) -> bool | None:
    """What was last found out about the case. None: nobody has."""
    last = case.retention_facts.filter(name=name).order_by("-pk").first()
    return last.answer if last else None


def births(case: Case) -> dict[int, date | None]:
    """The birth date last recorded of each suspect, by their number. None: not known."""
    found: dict[int, date | None] = dict.fromkeys(case.suspects.values_list("number", flat=True))
    rows = case.retention_facts.filter(name=Name.BORN, suspect__case=case).order_by("pk")
    return found | dict(rows.values_list("suspect__number", "on"))


def born(suspect: Suspect) -> date | None:
    """The birth date last recorded of one suspect."""
    return births(suspect.case)[suspect.number]


def first_arrest(suspect: Suspect) -> date | None:
    """The day of the suspect's first arrest in this case."""
    first = suspect.arrests.order_by("at").values_list("at", flat=True).first()
    return first.astimezone(UK).date() if first else None


def _youngest(case: Case, ended_on: date | None) -> date | None:
    """The latest birth date of the suspects. None while that of one is not known.

    Of a suspect known to be no child only that, the latest day on which they can have been born is taken.
    """
    adults = case.suspects.filter(is_child=False).values_list("number", flat=True)
    by_number = births(case)
    if ended_on:
        latest = rules.adult_born_by(ended_on)
        by_number |= {number: by_number[number] or latest for number in adults}
    known = [day for day in by_number.values() if day]
    return max(known) if known and len(known) == len(by_number) else None
