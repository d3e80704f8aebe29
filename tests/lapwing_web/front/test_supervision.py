"""The page of what is about to go wrong: each kind is there, of one's own force alone, with who is next."""

from datetime import timedelta

import pytest
from tests.cast import Cast
from tests.lapwing_web.casework.made import referral_from, report
from tests.lapwing_web.casework.worked import answer_all, case_of

from lapwing_web.audit.actions import Rule
from lapwing_web.casework.actions import arrests, package, transfer
from lapwing_web.casework.models import Case
from lapwing_web.clocks.actions import fire_due
from lapwing_web.front.queries.supervision import supervision
from lapwing_web.moment import at, now
from lapwing_web.staff.models import User

pytestmark = pytest.mark.django_db


def opened(cast: Cast, number: int, officer: User) -> Case:
    referral = referral_from(report(number), cast.intake)
    sent = package.disseminate(
        referral, to=officer.organisation, reason="best_evidence", by=cast.intelligence
    )
    package.accept(sent, by=officer)
    return case_of(sent)


def counts(user: User) -> dict[str, int]:
    return {part.name: part.count for part in supervision(user)}


def test_each_kind_of_trouble_is_on_the_page_of_the_force_that_has_it(cast: Cast) -> None:
    case = opened(cast, 1, cast.officer_a)
    later = now() + timedelta(days=40)
    with at(now() + timedelta(minutes=1)):
        answer_all(case, cast.officer_a, "yes")
        arrest = arrests.arrest(case.suspects.get(), at=now(), position_of_trust="no", by=cast.officer_a)
        arrests.release(arrest, kind="investigation", at=now(), by=cast.officer_a)
        Case.objects.update(owner=cast.officer_a, band="high")
        opened(cast, 2, cast.officer_a)
        offered = opened(cast, 3, cast.officer_b)
        transfer.offer(offered, to=cast.force_a, why="moved", by=cast.supervisor_b)
        unanswered = referral_from(report(4), cast.intake)
        package.disseminate(unanswered, to=cast.force_a, reason="best_evidence", by=cast.intelligence)
    with at(later):
        fire_due(by=Rule("rule:test"))
        found = counts(cast.supervisor_a)
        assert found["gaps"] == 1
        assert found["late"] > 3
        assert (found["unanswered"], found["unallocated"], found["untrained"]) == (1, 1, 1)
        assert (found["stalled"], found["silent"], found["offers"]) == (2, 1, 1)
        parts = {part.name: part for part in supervision(cast.supervisor_a)}
        assert {row.url for row in parts["late"].rows} >= {
            f"/cases/{case.pk}",
            f"/packages/{unanswered.packages.get().pk}",
        }
        assert parts["unallocated"].rows[0].who == "a supervisor, to allocate it"
        assert parts["untrained"].rows[0].who.startswith(f"{cast.officer_a}: ")
        theirs = counts(cast.supervisor_b)
        assert (theirs["gaps"], theirs["offers"], theirs["silent"], theirs["unallocated"]) == (0, 0, 0, 1)
        agency = counts(cast.supervisor)
        assert "gaps" not in agency
        assert agency["silent"] == 1
