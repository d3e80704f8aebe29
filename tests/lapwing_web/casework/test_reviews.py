"""Reviews of records: on the day that the rule says, with a clock, by people of the force that has it."""

import re
from datetime import date, datetime, time, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from tests.cast import Cast
from tests.lapwing_web.casework.made import Made
from tests.lapwing_web.casework.test_retention import closed

from lapwing.rules.retention import years_from
from lapwing_web.audit.models import AuditEntry
from lapwing_web.casework.actions import outcome, reviews
from lapwing_web.casework.actions.reviews import FoundOut
from lapwing_web.casework.models import Case, RecordDisposal, RetentionReview
from lapwing_web.casework.models.keeping import kept
from lapwing_web.casework.queries.retention import PAGE, reviews_of, reviews_overdue
from lapwing_web.clocks.models import Clock
from lapwing_web.front.queries.supervision import supervision
from lapwing_web.moment import UK, at, now, today
from lapwing_web.refusal import Forbidden, Refused

pytestmark = pytest.mark.django_db


def noon(on: date) -> datetime:
    return datetime.combine(on, time(12), UK)


def due(case: Case) -> date:
    """The day of the one review clock that runs for the case."""
    running = Clock.objects.exclude(state="settled").get(kind="retention_review", about=f"case:{case.pk}")
    return running.due_at.astimezone(UK).date()


def test_a_case_that_ends_has_one_clock_that_follows_what_is_found_out(cast: Cast, made: Made) -> None:
    case = closed(cast, made, "18", "no_suspect_traceable")
    assert due(case) == years_from(today(), 6)
    reviews.find_out(case, FoundOut(managed=True), source="The register", by=cast.officer_a)
    assert due(case) == years_from(today(), 10)
    reviews.find_out(case, FoundOut(managed=False), source="A mistake", by=cast.officer_a)
    assert due(case) == years_from(today(), 6)
    with pytest.raises(Refused, match="already"):
        reviews.find_out(case, FoundOut(managed=False), source="Again", by=cast.officer_a)
    with pytest.raises(Forbidden, match="another force"):
        reviews.find_out(case, FoundOut(serious=True), source="x", by=cast.supervisor_b)
    sent = case.packages.get()
    outcome.reopen_outcome(sent, why="New evidence", by=cast.officer_a)
    assert not Clock.objects.filter(kind="retention_review").exclude(state="settled").exists()
    outcome.record_outcome(
        sent, code="18", on=today(), reason="no_suspect_traceable", text="x", by=cast.officer_a
    )
    assert due(case) == years_from(today(), 6)


def test_a_review_that_keeps_it_sets_the_next_by_the_rule(cast: Cast, made: Made) -> None:
    case = closed(cast, made, "18", "no_suspect_traceable")
    first = years_from(today(), 6)
    with at(noon(first - timedelta(days=91))), pytest.raises(Refused, match="not reviewed before"):
        reviews.keep_record(case, why="Still needed", by=cast.officer_a)
    assert reviews_of(cast.auditor_a).count == 0
    with at(noon(first + timedelta(days=30))):
        page = reviews_of(cast.auditor_a)
        assert [(row.case, row.overdue) for row in page.rows] == [(case, True)]
        assert reviews_of(cast.auditor_b).count == 0
        assert reviews_overdue(cast.auditor_a, 5) == (1, [(case, page.rows[0].clock.due_at)])
        assert reviews_overdue(cast.auditor_b, 5) == (0, [])
        part = next(part for part in supervision(cast.supervisor_a) if part.name == "reviews")
        assert (part.count, [row.label for row in part.rows]) == (1, [case.reference])
        with pytest.raises(Forbidden):
            reviews.keep_record(case, why="x", by=cast.auditor_a)
        with pytest.raises(Refused, match="why"):
            reviews.keep_record(case, why=" ", by=cast.officer_a)
        made_ = reviews.keep_record(case, why="Linked with a series", by=cast.officer_a)
        again = years_from(today(), 5)
        assert (made_.group, made_.next_on, due(case)) == ("4", again, again)
        assert reviews_of(cast.auditor_a).count == 0
        with pytest.raises(Refused, match="not reviewed before"):
            reviews.keep_record(case, why="Twice", by=cast.officer_a)
    assert RetentionReview.objects.get(case=case).by == cast.officer_a
    entry = AuditEntry.objects.get(action="review a record")
    assert (entry.why, again.isoformat() in entry.new) == ("Linked with a series", True)


def test_birth_dates_are_found_out_and_stay_out_of_the_audit(cast: Cast, made: Made) -> None:
    case = closed(cast, made)
    assert kept(case).youngest_on is None
    case.suspects.update(is_child=False)
    assert kept(case).youngest_on == years_from(today(), -18)
    with pytest.raises(Refused, match="cannot be right"):
        reviews.find_out(case, FoundOut(born={1: today() + timedelta(1)}), source="x", by=cast.officer_a)
    born = date(1961, 5, 4)
    reviews.find_out(case, FoundOut(born={1: born}), source="The licence", by=cast.officer_a)
    assert kept(case).youngest_on == born
    assert not AuditEntry.objects.filter(new__contains="1961").exists()


def test_cases_that_ended_before_get_their_clock_once(cast: Cast, made: Made) -> None:
    case = closed(cast, made)
    Clock.objects.filter(kind="retention_review").delete()
    assert reviews.start_missing_reviews(by=cast.administrator) == 1
    assert reviews.start_missing_reviews(by=cast.administrator) == 0
    assert due(case) == years_from(today(), 10)


def test_the_page_is_in_pages_and_the_forms_act(cast: Cast, made: Made, client: Client) -> None:
    case = closed(cast, made, "18", "no_suspect_traceable")
    row = Clock.objects.get(kind="retention_review")
    for number in range(PAGE):
        row.pk, row.event = None, f"example {number}"
        row.save()
    client.force_login(cast.officer_a)
    with at(noon(years_from(today(), 6))):
        page = reviews_of(cast.officer_a)
        assert (page.count, page.next, len(page.rows)) == (PAGE + 1, PAGE, PAGE)
        assert "The next ones" in client.get(reverse("reviews")).content.decode()
        sent = {"serious": "no", "managed": "no", "source": "Looked up", "born_1_0": "4", "born_1_1": "5"}
        answered = client.post(reverse("case-find-out", args=[case.pk]), {**sent, "born_1_2": "1961"})
        assert answered.status_code == 302, answered.content.decode()
        assert kept(case).youngest_on == date(1961, 5, 4)
        assert "An officer, to review it" in client.get(reverse("reviews")).content.decode()
        given = {"why": "Not needed", "group": "4", "proposed_at": now(), "proposed_by": cast.officer_a}
        waits = RecordDisposal.objects.create(case=case, **given)
        page_says = client.get(reverse("reviews")).content.decode()
        assert "An officer, to review it" not in page_says
        assert f'A second person, to answer <a class="govuk-link" href="/disposals/{waits.pk}">' in page_says
        waits.delete()
        sent = {"decision": "keep", "why": "Needed"}
        assert client.post(reverse("case-review", args=[case.pk]), sent).status_code == 302
        assert RetentionReview.objects.get(case=case).why == "Needed"


def test_disposals_that_wait_are_counted_and_in_pages(cast: Cast, made: Made, client: Client) -> None:
    case = closed(cast, made)
    waiting = []
    for _ in range(PAGE + 2):
        case.pk = None
        case.save()
        given = {"why": "Not needed", "group": "4", "proposed_at": now(), "proposed_by": cast.officer_a}
        waiting.append(RecordDisposal.objects.create(case=case, **given).pk)
    client.force_login(cast.supervisor_a)
    seen: list[int] = []
    for address in (reverse("reviews"), f"{reverse('reviews')}?show=waiting&skip={PAGE}"):
        page = client.get(address).content.decode()
        assert f"wait for a second person ({PAGE + 2})" in page
        seen += [int(key) for key in re.findall(r'href="/disposals/(\d+)"', page)]
    assert seen == waiting
    client.force_login(cast.supervisor_b)
    assert "second person" not in client.get(reverse("reviews")).content.decode()
