"""A hundred offenders to one manager, 98 visits overdue (HC 515, paragraph 91), on the pages of the force."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from tests.cast import Cast
from tests.lapwing_web.offenders.managed import in_a_team

from lapwing_web.moment import today
from lapwing_web.offenders.actions.registering import New, register_all
from lapwing_web.offenders.queries.caseload import caseload_page
from lapwing_web.offenders.queries.offenders import offender_list
from lapwing_web.staff.models import User

pytestmark = pytest.mark.django_db


def test_a_hundred_to_one_manager_and_98_overdue_are_an_alarm(
    cast: Cast, signed_in: Callable[[User], Client]
) -> None:
    in_a_team(cast)
    by, ago = cast.officer_a, lambda days: today() - timedelta(days=days)
    news = [
        New(
            f"EX/{n}", f"Example offender {n}", "high" if n < 11 else "low", ago(700), manager=by,
            visited_on=ago(400 if n < 98 else 20), assessed_on=ago(400 if n < 5 else 20),
        )
        for n in range(100)
    ]  # fmt: skip
    register_all(news, by=by)
    (team,) = caseload_page(cast.supervisor_a).teams
    found = team.all
    assert (found.ratio, found.standing) == (100, "alarm")
    assert (found.late_visits, found.dangerous, found.late_assessments) == (98, 11, 5)
    counts = {name: count for name, _, count, _ in offender_list(cast.supervisor_a, {}).counts}
    assert (counts["visits"], counts["assessments"], counts["all"]) == (98, 5, 100)
    assert caseload_page(cast.supervisor_b).all.offenders == 0
    client = signed_in(cast.supervisor_a)
    shown = client.get("/caseload").content.decode()
    assert "100 offenders to one manager" in shown
    assert "Alarm" in shown
    drawn = client.get("/caseload.svg")
    assert drawn.status_code == 200
    assert "Offenders to one manager" in drawn.content.decode()
    assert "Example offender" not in client.get("/offenders?show=visits").content.decode()
