"""Retention on a case's page: nothing until it is closed, then its group, its review and what keeps it."""

import pytest
from django.test import Client
from django.urls import reverse
from tests.cast import Cast
from tests.lapwing_web.casework.made import Made
from tests.lapwing_web.casework.worked import answer_all, case_of

from lapwing.rules.retention import years_from
from lapwing_web.casework.actions import legal_hold, outcome, package
from lapwing_web.casework.models import Case, Crime, LegalHold, Package
from lapwing_web.casework.models.keeping import kept
from lapwing_web.casework.queries.retention import may_lift, retention_part
from lapwing_web.moment import today
from lapwing_web.refusal import Forbidden, Refused

pytestmark = pytest.mark.django_db


def sent_to(cast: Cast, made: Made, number: int = 1) -> Package:
    sent = package.disseminate(made(number), to=cast.force_a, reason="best_evidence", by=cast.intelligence)
    package.accept(sent, by=cast.officer_a)
    answer_all(sent, cast.officer_a)
    return sent


def closed(cast: Cast, made: Made, code: str = "1", reason: str = "") -> Case:
    sent = sent_to(cast, made)
    outcome.record_outcome(sent, code=code, on=today(), reason=reason, text="x", by=cast.officer_a)
    return case_of(sent)


def test_an_open_case_has_no_review(cast: Cast, made: Made) -> None:
    part = retention_part(cast.officer_a, case_of(sent_to(cast, made)))
    assert part is not None
    assert "review_on" not in part
    assert not part["holds"]


def test_a_hold_keeps_a_case_until_another_person_lifts_it(cast: Cast, made: Made) -> None:
    case = closed(cast, made, "18", "no_offence")
    with pytest.raises(Forbidden):
        legal_hold.place_hold(case, why="A court asks", by=cast.officer_a)
    with pytest.raises(Forbidden, match="another force"):
        legal_hold.place_hold(case, why="A court asks", by=cast.supervisor_b)
    with pytest.raises(Refused, match="under no legal hold"):
        legal_hold.lift_hold(case, why="Done", by=cast.supervisor_a)
    held = legal_hold.place_hold(case, why="A court asks", by=cast.supervisor_a)
    assert kept(case).held
    with pytest.raises(Refused, match="already"):
        legal_hold.place_hold(case, why="Again", by=cast.supervisor_a)
    with pytest.raises(Refused, match="another person lifts it"):
        legal_hold.lift_hold(case, why="Done", by=cast.supervisor_a)
    assert may_lift(held) == []  # a force with one supervisor is told so
    part = retention_part(cast.supervisor_a, case)
    assert part is not None
    assert not part["lifts"]
    cast.officer_a.role = cast.supervisor_a.role
    cast.officer_a.save()
    assert may_lift(held) == [cast.officer_a]
    LegalHold.objects.filter(pk=held.pk).update(by=cast.officer_a)
    lifted = legal_hold.lift_hold(case, why="The court is done", by=cast.supervisor_a)
    assert lifted.lifted_by == cast.supervisor_a
    assert not kept(case).held


def test_what_nobody_found_out_keeps_a_case_longest(cast: Cast, made: Made, client: Client) -> None:
    case = closed(cast, made)
    part = retention_part(cast.officer_a, case)
    assert part is not None
    assert (part["number"], part["review_on"]) == ("1", years_from(today(), 10))
    assert any("birth date is not known" in sentence for sentence in part["keeps"])
    client.force_login(cast.officer_a)
    client.post(reverse("case", args=[case.pk]), {"reason": "working", "stands": "on"})
    shown = client.get(reverse("case", args=[case.pk])).content.decode()
    assert "counts as the group that is kept longest" in shown
    assert "Nobody has checked these groups" in shown


@pytest.mark.parametrize(
    ("code", "reason", "number"),
    [("18", "no_suspect_traceable", "4"), ("18", "no_offence", "3"), ("15", "evidential_difficulties", "1")],
)
def test_the_outcome_says_which_group(cast: Cast, made: Made, code: str, reason: str, number: str) -> None:
    part = retention_part(cast.officer_a, closed(cast, made, code, reason))
    assert part is not None
    assert part["number"] == number


def test_an_open_case_of_the_same_crime_keeps_it(cast: Cast, made: Made) -> None:
    case, other = closed(cast, made), case_of(sent_to(cast, made, 2))
    crime = Crime.objects.create(organisation=cast.force_a, number="1/26", recorded_on=today(), rule="x")
    crime.cases.set([case, other])
    part = retention_part(cast.officer_a, case)
    assert part is not None
    assert "1 other record needs it." in part["keeps"]
