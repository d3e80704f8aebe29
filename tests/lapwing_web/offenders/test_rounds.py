"""A manager's round over working days, and who has to notify: of those of whom one knows, and nobody else."""

from datetime import date, datetime

import pytest
from tests.cast import Cast
from tests.lapwing_web.offenders.managed import again, in_a_team, registered

from lapwing_web.moment import UK, at
from lapwing_web.offenders.actions import notifying
from lapwing_web.offenders.queries.notifications import notification_list
from lapwing_web.offenders.queries.rounds import round_page, working_days

pytestmark = pytest.mark.django_db
FRIDAY = datetime(2026, 12, 18, 12, tzinfo=UK)


def test_weekends_and_bank_holidays_are_no_days_of_a_round() -> None:
    days = working_days(date(2026, 12, 24), 3)
    assert days == [date(2026, 12, 24), date(2026, 12, 29), date(2026, 12, 30)]


def test_a_round_serves_neighbours_on_one_journey_and_shows_a_force_its_own(cast: Cast) -> None:
    in_a_team(cast)
    with at(FRIDAY):
        late = registered(cast.officer_a, "1", area="PR1", level="very_high")
        near = registered(cast.officer_a, "2", area="pr1 ", level="low", since=date(2026, 1, 2))
        far = registered(cast.officer_a, "3", area="BB2", level="low", visited_on=date(2026, 12, 1))
        registered(cast.officer_b, "4", area="PR1")
        page = round_page(cast.officer_a, {})
        (stop,) = page.stops[0][1]
        assert [offender for offender, *_ in stop.visits] == [late, near]
        assert [offender for offender, *_ in page.left] == [far]
        assert [day for day, _ in page.stops][:2] == [date(2026, 12, 18), date(2026, 12, 21)]
        asked = {"manager": str(cast.officer_a.pk), "days": "1"}
        assert round_page(cast.supervisor_a, asked).stops == page.stops[:1]
        for stranger in (cast.officer_b, cast.supervisor_b):
            stops = [stop for _, stops in round_page(stranger, asked).stops for stop in stops]
            assert late not in {one for stop in stops for one, *_ in stop.visits}
            assert cast.officer_a not in round_page(stranger, asked).managers
        odd = round_page(cast.officer_a, {"manager": "x", "days": "9999999999999999999"})
        assert len(odd.stops) == 5  # what is no number means nothing
        assert len(round_page(cast.officer_a, {"days": "99"}).stops) == 10


def test_who_is_missing_stands_on_the_list_of_those_who_know_of_them(cast: Cast) -> None:
    in_a_team(cast)
    with at(FRIDAY):
        one = registered(cast.officer_a)
        notifying.require(one, relevant_on=FRIDAY.date(), disposal="caution", by=cast.officer_a)
        assert [row.offender for row in notification_list(cast.officer_a, "soon", 0).rows] == [one]
    with at(datetime(2026, 12, 21, tzinfo=UK)):
        for knows in (cast.officer_a, cast.supervisor_a):
            page = notification_list(knows, "missing", 0)
            assert [row.offender for row in page.rows] == [one]
            assert [count for _, _, count in page.counts] == [1, 0, 1]
        assert not notification_list(cast.officer_b, "missing", 0).rows
        notifying.record_notification(again(one), on=FRIDAY.date(), full=True, by=cast.officer_a)
        assert not notification_list(cast.officer_a, "missing", 0).rows
