"""Search finds a force's own cases, for each person by what they may know, and says in the audit which."""

import json
from collections.abc import Callable

import pytest
from django.test import Client
from tests.cast import Cast
from tests.lapwing_web.casework.made import referral_from, report
from tests.lapwing_web.casework.worked import case_of

from lapwing_web.audit.models import AuditEntry
from lapwing_web.casework.actions import package, transfer
from lapwing_web.casework.actions.arrests import add_suspect
from lapwing_web.casework.actions.cases import record_crime
from lapwing_web.casework.actions.children import add_child
from lapwing_web.casework.models import Case, PackageSelector
from lapwing_web.front.queries.search import find
from lapwing_web.moment import today
from lapwing_web.staff.models import User

pytestmark = pytest.mark.django_db


def opened(cast: Cast, number: int, officer: User) -> Case:
    """A case of the officer's force about the account of that number, with a suspect and a crime."""
    referral = referral_from(report(number), cast.intake)
    to = officer.organisation
    sent = package.disseminate(referral, to=to, reason="best_evidence", by=cast.intelligence)
    package.accept(sent, by=officer)
    case = case_of(sent)
    add_suspect(case, label=f"Ångström Example {number}", by=officer)
    record_crime(case, number=f"EX/{number}/26", on=today(), rule="per_suspect", by=officer)
    return case


@pytest.fixture
def cases(cast: Cast) -> tuple[Case, Case]:
    """One of the first force, one of the second."""
    return opened(cast, 1, cast.officer_a), opened(cast, 2, cast.officer_b)


def found(user: User, text: str) -> list[Case]:
    return [match.record for match in find(user, text).cases]  # type: ignore[misc]


def selector(case: Case) -> str:
    held = PackageSelector.objects.filter(package__case=case, kind="email").first()
    assert held is not None
    return held.value


def test_a_case_is_found_by_reference_crime_selector_and_name(cast: Cast, cases: tuple[Case, Case]) -> None:
    mine, theirs = cases
    ways = [mine.reference, f"cs{mine.pk}", "EX/1/26", "ex/1", selector(mine), "example 1", "ångström"]
    for text in [*ways, "1 ÅNGSTRÖM"]:
        assert found(cast.officer_a, text) == [mine], text
        assert mine not in found(cast.officer_b, text), text
    for text in [theirs.reference, "EX/2/26", selector(theirs), "Example 2", "%%%", "_ngstr_m"]:
        assert find(cast.officer_a, text).total == 0, text
    [match] = find(cast.officer_a, "Ångström").cases
    assert match.because == ["the name of suspect 2"]


def test_a_name_is_for_who_works_cases_and_a_child_is_never_found(
    cast: Cast, cases: tuple[Case, Case]
) -> None:
    mine, _ = cases
    add_child(mine, contact="work", name="Findable Name", by=cast.officer_a)
    assert found(cast.supervisor_a, "ångström") == [mine]
    assert found(cast.auditor_a, "ångström") == []
    assert found(cast.auditor_a, mine.reference) == [mine]
    for person in (cast.officer_a, cast.supervisor_a, cast.auditor_a, cast.supervisor):
        assert find(person, "Findable").total == 0
    for text in (mine.reference, "Ångström"):
        assert find(cast.intelligence, text).cases == []  # the agency sees no case


def test_a_case_goes_with_its_owner(cast: Cast, cases: tuple[Case, Case]) -> None:
    mine, _ = cases
    offered = transfer.offer(mine, to=cast.force_b, why="Moved", by=cast.supervisor_a)
    assert found(cast.officer_b, mine.reference) == []
    transfer.accept_offer(offered, by=cast.supervisor_b)
    for text in (mine.reference, selector(mine), "Example 1"):
        assert (found(cast.officer_a, text), found(cast.officer_b, text)) == ([], [mine]), text


def test_the_audit_says_which_cases_a_search_showed(
    cast: Cast, cases: tuple[Case, Case], signed_in: Callable[[User], Client]
) -> None:
    said = signed_in(cast.officer_a).get("/search", {"q": "Example 1"})
    assert cases[0].reference.encode() in said.content
    row = AuditEntry.objects.get(action="search")
    new = json.loads(row.new)
    assert (new["text"], new["found"], new["cases"]) == ("Example 1", 1, [f"case:{cases[0].pk}"])
