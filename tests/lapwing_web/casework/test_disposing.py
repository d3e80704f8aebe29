"""Disposal of a record: two people, nothing in the way, everything personal gone, everything counted left."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, models
from django.test import Client
from django.urls import reverse
from tests.cast import Cast
from tests.lapwing_web.casework.made import Made, referral_from, report
from tests.lapwing_web.casework.test_at_once import at_once, chain_is_whole, shared
from tests.lapwing_web.casework.test_retention import closed
from tests.lapwing_web.casework.test_reviews import noon
from tests.lapwing_web.casework.worked import answer_all, case_of

from lapwing.rules.retention import years_from
from lapwing_web.casework.actions import (
    arrests,
    cases,
    children,
    disposing,
    exhibits,
    legal_hold,
    package,
    reviews,
)
from lapwing_web.casework.actions import outcome as ends
from lapwing_web.casework.actions.drawing import DRAWN
from lapwing_web.casework.actions.reviews import FoundOut
from lapwing_web.casework.models import Case, Crime, Exhibit, Package, PackageSelector, RecordDisposal
from lapwing_web.casework.models.hanging import tables
from lapwing_web.casework.queries.certificate import certificate
from lapwing_web.casework.queries.packages import packages_for
from lapwing_web.casework.queries.reconcile import reconcile
from lapwing_web.moment import at, now, today
from lapwing_web.refusal import Forbidden, Refused

__all__ = ["shared"]
MARK = "marker-of-a-person"


def ended(cast: Cast, number: int = 1) -> Case:
    """A case of force A with something of every kind in it, ended, all found out."""
    by = cast.officer_a
    sent = package.disseminate(
        referral_from(report(number), cast.intake), to=cast.force_a, reason="best_evidence",
        by=cast.intelligence,
    )  # fmt: skip
    package.accept(sent, text=MARK, by=by)
    case = case_of(sent)
    children.write_about_child(children.add_child(case, name=MARK, by=by), text=MARK, by=by)
    taken = arrests.arrest(case.suspects.get(), at=now(), position_of_trust="no", by=by)
    answer_all(sent, by)
    arrests.release(taken, kind="investigation", at=now(), reason=MARK, by=by)
    for duty in taken.duties.all():
        arrests.record_duty(duty, result="declined", text=MARK, by=by)
    phone = exhibits.seize(
        case, number=f"E/{number}", kind="phone", description=MARK, at=now(), place=MARK, by=by
    )
    exhibits.record_continuity(phone, step="returned", at=now(), place=MARK, by=by)
    cases.record_crime(case, number=f"{number}/26", on=today(), rule="per_suspect", by=by)
    ends.record_outcome(sent, code="1", on=today(), text=MARK, by=by)
    case.refresh_from_db()
    reviews.find_out(case, FoundOut(serious=False, managed=False), source=MARK, by=by)
    return case


def proposed(cast: Cast, case: Case) -> RecordDisposal:
    return disposing.propose_disposal(case, why="Not needed", by=cast.officer_a)


def later() -> Any:
    """Ten years on, when the review of group 2 is due."""
    return at(noon(years_from(today(), 10)))


def texts(model: type[models.Model]) -> list[str]:
    """Everything that a table holds, as text."""
    return [str(value) for row in model._default_manager.values_list() for value in row]


@pytest.mark.django_db
def test_two_people_dispose_of_a_record_and_what_must_stay_stays(cast: Cast) -> None:
    case, other = ended(cast), ended(cast, 2)
    before = reconcile()
    with later():
        disposal = proposed(cast, case)
        with pytest.raises(Forbidden, match="yourself"):
            disposing.dispose_of_record(disposal_by(disposal, cast.supervisor_a), by=cast.supervisor_a)
        RecordDisposal.objects.update(proposed_by=cast.officer_a)
        disposal.refresh_from_db()
        for person in (cast.officer_a, cast.auditor_a, cast.supervisor_b):
            with pytest.raises(Forbidden):
                disposing.dispose_of_record(disposal, by=person)
        disposing.dispose_of_record(disposal, by=cast.supervisor_a)
    case.refresh_from_db()
    assert (case.state, case.title) == ("disposed", "")
    for model, way in tables():
        assert not model._default_manager.filter(**{way: case}).exists(), (model, way)
        if hasattr(Case, model._meta.model_name or ""):
            assert model._default_manager.filter(**{way: other}).exists()
    assert not PackageSelector.objects.filter(package__case=case).exists()
    sent = Package.objects.get(case=case)
    assert (sent.answer_text, sent.outcome_text, sent.outcome) == ("", "", "1")
    assert sent not in packages_for(cast.officer_a)
    assert sent in packages_for(cast.intelligence)
    assert MARK not in str(RecordDisposal.objects.values().get())
    assert (disposal.removed["child"], disposal.removed["arrest"], disposal.removed["exhibit"]) == (1, 1, 1)
    assert Crime.objects.count() == 2
    assert chain_is_whole()
    after = reconcile()
    assert after.holds, after.failures
    assert (before.received, before.packages) == (after.received, after.packages)
    with pytest.raises(Refused, match="disposed of"):
        ends.reopen_outcome(sent, why="x", by=cast.officer_a)
    with pytest.raises(Refused, match="nothing can be added"):
        package.supplement(sent.referral, text="News", by=cast.intelligence)


def disposal_by(disposal: RecordDisposal, person: Any) -> RecordDisposal:
    """The proposal as if this person had made it."""
    RecordDisposal.objects.filter(pk=disposal.pk).update(proposed_by=person)
    disposal.refresh_from_db()
    return disposal


@pytest.mark.django_db
def test_whatever_is_not_done_or_not_known_keeps_it(cast: Cast, made: Made) -> None:
    unknown, case, early = closed(cast, made, "15", "evidential_difficulties"), ended(cast, 2), ended(cast, 3)
    with later():
        with pytest.raises(Refused, match="birth date is not known"):
            proposed(cast, unknown)
        Exhibit.objects.filter(case=case).update(state="held")
        with pytest.raises(Refused, match="neither returned nor destroyed: E/2"):
            proposed(cast, case)
        Exhibit.objects.filter(case=case).update(state="ended")
        gap = case.suspects.get().gaps.create(begins_at=now(), found_at=now())
        with pytest.raises(Refused, match="Nobody signed"):
            proposed(cast, case)
        gap.delete()
        answers = list(case.contact_answers.all())
        case.contact_answers.filter(question="work").delete()
        with pytest.raises(Refused, match="not answered when it ended"):
            proposed(cast, case)
        case.contact_answers.all().delete()
        case.contact_answers.bulk_create(answers)
        reviews.start("duty", f"case:{case.pk}", event="x", organisation=cast.force_a, by=cast.officer_a)
        with pytest.raises(Refused, match="Its clock “A duty after an arrest” runs"):
            proposed(cast, case)
        reviews.settle("duty", f"case:{case.pk}", event="x", by=cast.officer_a)
        made_ = proposed(cast, case)
        with pytest.raises(Refused, match="proposed already"):
            proposed(cast, case)
        legal_hold.place_hold(case, why="A court asks", by=cast.supervisor_a)
        made_.refresh_from_db()
        assert made_.state == "withdrawn"
        with pytest.raises(Refused):
            disposing.dispose_of_record(made_, by=cast.supervisor_a)
        with pytest.raises(Refused, match="legal hold"):
            proposed(cast, case)
    with (
        at(noon(years_from(today(), 10) - timedelta(days=1))),
        pytest.raises(Refused, match="not due before"),
    ):
        proposed(cast, early)


@pytest.mark.django_db
def test_a_no_leaves_it_and_a_joined_case_goes_with_it(cast: Cast) -> None:
    first, case = opened(cast, 2), opened(cast, 3)
    cases.join_cases(first, into=case, why="One suspect", by=cast.officer_a)
    answer_all(case, cast.officer_a)
    sent = case.packages.order_by("pk")[0]
    ends.record_outcome(sent, code="1", on=today(), by=cast.officer_a)
    case.refresh_from_db()
    reviews.find_out(case, FoundOut(serious=False, managed=False), source="x", by=cast.officer_a)
    with later():
        made = proposed(cast, case)
        with pytest.raises(Refused, match="why"):
            disposing.refuse_disposal(made, why=" ", by=cast.supervisor_a)
        disposing.refuse_disposal(made, why="A series", by=cast.supervisor_a)
        with pytest.raises(Refused):
            disposing.dispose_of_record(made, by=cast.supervisor_a)
        made = proposed(cast, case)
        with pytest.raises(Forbidden):
            disposing.withdraw_disposal(made, by=cast.supervisor_a)
        disposing.withdraw_disposal(made, by=cast.officer_a)
        disposing.dispose_of_record(proposed(cast, case), by=cast.supervisor_a)
    assert set(Case.objects.values_list("state", "title")) == {("disposed", "")}
    assert chain_is_whole()


def opened(cast: Cast, number: int) -> Case:
    referral = referral_from(report(number), cast.intake)
    sent = package.disseminate(referral, to=cast.force_a, reason="best_evidence", by=cast.intelligence)
    package.accept(sent, by=cast.officer_a)
    return case_of(sent)


@pytest.mark.django_db
def test_the_pages_lead_from_the_review_to_the_certificate(cast: Cast, client: Client) -> None:
    case = ended(cast)
    with later():
        client.force_login(cast.officer_a)
        given = {"decision": "dispose", "why": "Not needed"}
        assert client.post(reverse("case-review", args=[case.pk]), given).status_code == 302
        disposal = RecordDisposal.objects.get()
        assert case.reference in client.get(reverse("reviews")).content.decode()
        client.force_login(cast.supervisor_a)
        answer = reverse("disposal-answer", args=[disposal.pk])
        assert client.post(answer, {"answer": "no"}).status_code == 200
        assert client.post(answer, {"answer": "yes"}).status_code == 302
        shown = client.get(reverse("case", args=[case.pk]), follow=True).content.decode()
        assert "What was disposed of" in shown
        sent = reverse("package", args=[case.packages.get().pk])
        assert client.get(sent).url == client.get(reverse("case", args=[case.pk])).url  # type: ignore[attr-defined]
        client.force_login(cast.officer_b)
        assert client.get(sent).status_code == 404
        client.force_login(cast.supervisor_a)
        assert case.reference in client.get(reverse("disposals")).content.decode()
        made = client.post(
            reverse("disposal-certificate", args=[disposal.pk]),
            {"to": "The records manager", "why": "To keep", "ending": "pdf"},
        )
        assert made.content[:5] == b"%PDF-"
        client.force_login(cast.intelligence)
        address = reverse("package", args=[case.packages.get().pk])
        client.post(address, {"reason": "working", "stands": "on"})
        assert "yours alone now" in client.get(address).content.decode()
    disposal.refresh_from_db()
    words = str(certificate(disposal))
    for said in (case.reference, str(cast.supervisor_a), case.packages.get().sha256, disposal.authority):
        assert said in words
    assert MARK not in words
    assert DRAWN["docx"]("disposal-certificate", certificate(disposal))


PAIRS = ("two approvals", "a hold and an approval", "a reopening and an approval")


@pytest.mark.parametrize("pair", PAIRS)
def test_of_two_at_once_one_wins_and_the_other_is_told(pair: str, shared: Cast) -> None:
    case = ended(shared)
    when = years_from(today(), 10)
    with at(noon(when)):
        disposal = proposed(shared, case)
    second = type(shared.supervisor_a).objects.create(
        username="another-supervisor", role="supervisor", organisation=shared.force_a
    )

    def approve() -> None:
        with at(noon(when)):
            seen = RecordDisposal.objects.get(pk=disposal.pk)
            disposing.dispose_of_record(seen, by=shared.supervisor_a)

    def against() -> None:
        with at(noon(when)):
            if pair == PAIRS[0]:
                disposing.dispose_of_record(RecordDisposal.objects.get(pk=disposal.pk), by=second)
            elif pair == PAIRS[1]:
                legal_hold.place_hold(Case.objects.get(pk=case.pk), why="A court asks", by=second)
            else:
                ends.reopen_outcome(Package.objects.get(case=case), why="New", by=shared.officer_a)

    told = at_once(approve, against)
    assert sorted(map(bool, told)) == [False, True], told
    case.refresh_from_db()
    gone = case.state == "disposed"
    assert gone == (told[0] == "" or pair == PAIRS[0])
    assert case.contact_answers.exists() != gone
    if gone:
        assert not case.legal_holds.exists()
    assert chain_is_whole()
    assert connection.vendor in ("sqlite", "postgresql")
