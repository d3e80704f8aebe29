"""What became of a case is told to those who worked on it, and to nobody of another force."""

import pytest
from django.test import Client
from tests.cast import Cast
from tests.lapwing_web.casework.made import Made
from tests.lapwing_web.casework.worked import accepted, case_of

from lapwing_web.casework.actions import outcome, package
from lapwing_web.casework.models import Allocation, Referral
from lapwing_web.casework.queries.became import became
from lapwing_web.front.queries.home import blocks
from lapwing_web.moment import now, today
from lapwing_web.refusal import Forbidden

pytestmark = pytest.mark.django_db


def test_those_who_worked_on_it_are_told_and_no_others(cast: Cast, made: Made, client: Client) -> None:
    sent = package.disseminate(made(1), to=cast.force_a, reason="best_evidence", by=cast.intelligence)
    accepted(sent, by=cast.officer_a)
    case = case_of(sent)
    Allocation.objects.create(
        case=case, to=cast.officer_a, at=now(), by=cast.supervisor_a, band=case.band, policy=""
    )
    assert became(cast.officer_a) == became(cast.intelligence) == [], "it has not ended"
    sent.refresh_from_db()
    outcome.record_outcome(sent, code="1", on=today(), by=cast.officer_a)
    (told,) = became(cast.officer_a)
    assert (told.reference, told.on) == (case.reference, today())
    assert told.words[0].startswith("1: ")
    assert [one.reference for one in became(cast.intelligence)] == [sent.reference]
    referral = Referral.objects.filter(packages=sent)
    for had in (cast.intelligence, cast.intake):  # who sent it had it too: told once. Then another did
        referral.update(assigned_to=had)
        assert [one.reference for one in became(had)] == [sent.reference]
        assert [one.count for one in blocks(had) if one.name == "became"] == [1]
    assert became(cast.officer_b) == became(cast.supervisor_a) == []
    with pytest.raises(Forbidden):
        became(cast.auditor_a)
    assert [one.count for one in blocks(cast.officer_a) if one.name == "became"] == [1]
    client.force_login(cast.officer_a)
    assert case.reference in client.get("/became").content.decode()
    case.organisation = cast.force_b
    case.save(update_fields=["organisation"])
    assert became(cast.officer_a) == [], "it is another force's now"
