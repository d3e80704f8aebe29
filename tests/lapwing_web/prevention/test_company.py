"""A company's figures: each arrival in one place, each rate of what it is of, and nothing guessed."""

from datetime import UTC, datetime

import pytest
from tests.cast import Cast
from tests.lapwing_web.prevention.desk import Desk, days
from tests.mixture import details, document, report

from lapwing_web import moment
from lapwing_web.casework.actions import decide
from lapwing_web.casework.actions.receive import Item, receive
from lapwing_web.casework.models import Measure, Referral
from lapwing_web.casework.queries.reconcile import reconcile
from lapwing_web.clocks.actions import fire_due
from lapwing_web.intake.actions.receipts import clear
from lapwing_web.intake.models import Receipt
from lapwing_web.prevention.queries.company import Page, company
from lapwing_web.prevention.queries.period import Period
from lapwing_web.refusal import Forbidden

pytestmark = pytest.mark.django_db
OCTOBER = datetime(2026, 10, 5, 9, tzinfo=UTC)
NOVEMBER = datetime(2026, 11, 2, 9, tzinfo=UTC)
TODAY = datetime(2026, 11, 25, 12, tzinfo=UTC)


@pytest.fixture
def desk(cast: Cast) -> Desk:
    return Desk(cast)


def page(desk: Desk, at: datetime = TODAY, **asked: str) -> Page:
    with moment.at(at):
        return company(desk.cast.supervisor, desk.provider, Period.read(asked))


def rate(shown: Page, label: str) -> tuple[int, int, str]:
    found = next(one for one in shown.rates if one.label == label)
    return found.ratio.numerator.value, found.ratio.denominator.value, found.said


def test_a_company_that_sent_nothing_is_unknown_in_everything(desk: Desk) -> None:
    shown = page(desk)
    assert {one.said for one in shown.rates} == {"Unknown"}
    assert not shown.measured
    assert shown.whole.spread is None
    assert [row.spread for row in shown.whole.rows] == [None] * 12


def test_every_arrival_is_in_one_place_of_its_month(desk: Desk) -> None:
    desk.reports(OCTOBER, 1, 2, 3)
    desk.reports(NOVEMBER, 1, 4)  # the first again
    desk.send(NOVEMBER, document(report(2, notes="changed")), b"<not", document(details(9, "REF-000003")))
    desk.send(NOVEMBER + days(1), b"<not")  # the same bytes again, nobody having dealt with them
    rows = {row.month.label: row.arrivals for row in page(desk).whole.rows}
    october, november = rows["October 2026"], rows["1 to 25 November 2026"]
    assert (october.new, october.reports) == (3, 3)
    assert (november.new, november.versions, november.duplicates) == (1, 1, 1)
    assert (november.rejected, november.details) == (2, 1)
    whole = page(desk).whole.arrivals
    assert whole.reports + whole.details == Receipt.objects.filter(provider=desk.provider).count() == 9


def test_what_somebody_has_dealt_with_was_rejected_all_the_same(desk: Desk) -> None:
    desk.send(NOVEMBER, b"<not")
    before = page(desk).whole.arrivals
    clear(Receipt.objects.get(), why="a good copy was asked for", by=desk.cast.intake)
    assert page(desk).whole.arrivals == before
    assert before.rejected == 1


def test_details_that_name_no_company_count_for_nobody_until_they_find_their_report(desk: Desk) -> None:
    with moment.at(NOVEMBER):
        receive([Item("d", document(details(1, "REF-000001")))], channel="upload", by=desk.cast.intake)
    assert Receipt.objects.get().provider is None
    desk.reports(NOVEMBER + days(1), 1)
    whole = page(desk).whole
    assert (whole.arrivals.new, whole.arrivals.details) == (1, 1)
    assert whole.held.files == 1


def test_what_is_begun_is_finished_retracted_lapsed_or_open(desk: Desk) -> None:
    numbers = [desk.begin(NOVEMBER, number) for number in range(1, 5)]
    desk.finish(NOVEMBER, numbers[0])
    desk.retract(NOVEMBER, numbers[1])
    assert desk.lapse(NOVEMBER + days(2)) == 2
    desk.begin(TODAY, 9)
    shown = page(desk)
    begun = shown.whole.begun
    assert (begun.finished, begun.retracted, begun.lapsed, begun.open) == (1, 1, 2, 1)
    assert (shown.open.count, shown.lapsed.count) == (1, 2)
    assert [one.number for one in shown.lapsed.shown] == [numbers[3], numbers[2]]
    assert all(one.waits for one in shown.lapsed.shown)
    assert rate(shown, "Lapsed") == (2, 5, "2 of 5")
    assert (shown.whole.arrivals.new, shown.whole.arrivals.rejected) == (1, 0)  # what lapsed never arrived
    assert reconcile().holds


def test_a_lapsed_report_is_dealt_with_by_its_receipt(desk: Desk) -> None:
    desk.begin(NOVEMBER, 1)
    desk.lapse(NOVEMBER + days(2))
    clear(Receipt.objects.get(), why="asked for it", by=desk.cast.intake)
    assert [one.waits for one in page(desk).lapsed.shown] == [False]
    assert page(desk).whole.arrivals.reports == 0


def test_another_companys_are_not_counted(desk: Desk) -> None:
    other = Desk(desk.cast, "Another Company")
    other.reports(NOVEMBER, 1, 2)
    other.begin(NOVEMBER, 1)
    shown = page(desk)
    assert (shown.whole.arrivals.reports, shown.whole.begun.total, shown.whole.held.reports) == (0, 0, 0)
    assert page(other).whole.arrivals.new == 2


def test_the_spelling_of_a_name_makes_no_second_company(desk: Desk) -> None:
    desk.reports(NOVEMBER, 1)
    desk.name = "  EXAMPLE   social. "
    desk.reports(NOVEMBER, 2)
    assert page(desk).whole.arrivals.new == 2


def test_a_month_ends_at_midnight_in_the_united_kingdom(desk: Desk) -> None:
    desk.reports(datetime(2026, 6, 30, 22, 59, 59, tzinfo=UTC), 1)
    desk.reports(datetime(2026, 6, 30, 23, 0, tzinfo=UTC), 2)  # midnight, in summer time
    rows = {row.month.label: row for row in page(desk).whole.rows}
    assert [rows[name].arrivals.new for name in ("June 2026", "July 2026")] == [1, 1]
    assert [rows[name].held.reports for name in ("June 2026", "July 2026")] == [1, 1]
    only = page(desk, first="2026-07-01", last="2026-07-01")
    assert only.whole.arrivals.new == only.whole.held.reports == 1


def test_what_reports_lack_is_named_in_policys_words_with_what_it_is_of(desk: Desk) -> None:
    desk.reports(NOVEMBER, 1, 2, 3)
    desk.reports(NOVEMBER, 4, incident_type="")
    found = {one.label: one for one in page(desk).lacking}
    kind = found["What kind of incident"]
    assert (kind.count, kind.of, kind.share) == (1, 4, "1 of 4")
    assert found["The account's identifier"].count == 0
    order = [one.count for one in page(desk).lacking]
    assert order == sorted(order, reverse=True)


def test_an_item_counts_only_on_days_on_which_policy_asked_for_it(desk: Desk) -> None:
    desk.reports(datetime(2026, 3, 2, 9, tzinfo=UTC), 1)  # before the duty to report
    desk.reports(NOVEMBER, 2, 3)
    found = {one.label: one for one in page(desk).lacking}
    assert found["What kind of incident"].of == 3
    assert found["A declaration of completeness"].of == 2
    alone = page(desk, first="2026-03-01", last="2026-03-31")
    assert "A declaration of completeness" not in {one.label for one in alone.lacking}


def test_completeness_unknown_is_no_nought(desk: Desk) -> None:
    desk.reports(NOVEMBER, 1, 2)
    Measure.objects.filter(report__reference="REF-000001").delete()
    shown = page(desk)
    assert (shown.whole.held.reports, shown.whole.unmeasured) == (1, 1)
    assert rate(shown, "Escalated")[:2] == (0, 1)


def test_files_nobody_counted_are_in_no_figure(desk: Desk) -> None:
    desk.reports(NOVEMBER, 1, 2)
    Measure.objects.filter(report__reference="REF-000001").update(files=None)
    held = page(desk).whole.held
    assert (held.files, held.uncounted) == (1, 1)


def test_requests_are_answered_waiting_overdue_or_dropped(desk: Desk) -> None:
    desk.reports(NOVEMBER, 1, 2, 3, 4)
    answered = desk.ask(NOVEMBER, "REF-000001", "ip_port")
    desk.answer(NOVEMBER + days(3), answered)
    desk.ask(NOVEMBER, "REF-000002", "phone", "ip_port")
    dropped = desk.ask(NOVEMBER, "REF-000003", text="Which account was it?")
    with moment.at(NOVEMBER):
        decide.discard(dropped, reason="viral", by=desk.cast.intake)
    desk.ask(TODAY - days(1), "REF-000004", "ip_port")
    with moment.at(TODAY):
        fire_due()
    found = page(desk).requests
    assert (found.asked.answered, found.asked.overdue, found.asked.waiting, found.asked.dropped) == (
        1,
        1,
        1,
        1,
    )
    assert [one.standing for one in found.shown] == ["overdue", "waiting", "answered", "dropped"]
    assert found.shown[0].asked_for == ["The account's telephone", "The source port of an IP address"]
    assert found.shown[2].took == "3 days"
    assert found.middle == "3 days"
    assert found.shown[3].asked_for == []


def test_an_overdue_request_is_overdue_before_the_clocks_are_run(desk: Desk) -> None:
    desk.reports(NOVEMBER, 1)
    desk.ask(NOVEMBER, "REF-000001", "ip_port")
    assert page(desk).requests.asked.overdue == 1


def test_a_referral_is_linked_for_those_who_may_open_it(desk: Desk) -> None:
    desk.reports(NOVEMBER, 1)
    desk.ask(NOVEMBER, "REF-000001", "ip_port")
    referral = Referral.objects.get()
    with moment.at(TODAY):
        seen = company(desk.cast.auditor, desk.provider, Period.read({}))
        bare = company(desk.cast.administrator, desk.provider, Period.read({}))
    assert seen.requests.shown[0].url == f"/referrals/{referral.pk}"
    assert (bare.requests.shown[0].url, bare.referrals_url, bare.receipts_url) == ("", "", "")


def test_a_force_sees_no_company(desk: Desk) -> None:
    for person in (desk.cast.officer_a, desk.cast.supervisor_a, desk.cast.administrator_a):
        with pytest.raises(Forbidden):
            company(person, desk.provider, Period.read({}))
