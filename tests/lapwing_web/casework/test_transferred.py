"""Once a case is another force's, what becomes of it is that force's alone, and what is new goes there."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from tests.cast import Cast
from tests.lapwing_web.casework.made import Made
from tests.lapwing_web.casework.worked import answer_all, case_of

from lapwing_web.audit.actions import disclose, recorded
from lapwing_web.audit.models import AuditEntry
from lapwing_web.casework.actions import arrests, cases, exhibits, outcome, package, transfer
from lapwing_web.casework.actions.agree import agree
from lapwing_web.casework.actions.children import add_child
from lapwing_web.casework.actions.following import _tell_force
from lapwing_web.casework.actions.gaps import sign_gap
from lapwing_web.casework.models import Approval, Case, Gap, Package, Transfer
from lapwing_web.casework.queries.packages import gone_from, inbox, news_for, packages_for
from lapwing_web.clocks.models import Clock
from lapwing_web.moment import now, today
from lapwing_web.notifications.models import WAITS, Notification
from lapwing_web.refusal import Refused
from lapwing_web.staff.models import User

pytestmark = pytest.mark.django_db
PAGES = [
    "/packages?show=working",
    "/packages?show=ended",
    "/packages?show=returned",
    "/packages?show=sent",
    "/cases?show=all",
    "/gaps",
    "/examinations",
    "/clocks",
    "/attrition",
    "/search?q=subject-000001",
]
PAGES_OF = {
    "officer_a": ["/"],
    "supervisor_a": ["/", "/supervision", "/allocation"],
    "auditor_a": [
        "/audit?why=checked&about=package:1&action=record+an+outcome",
        "/audit?why=checked&about=case:1",
    ],
}


@pytest.fixture
def sent(cast: Cast, made: Made) -> Package:
    """A package that force A accepted."""
    one = package.disseminate(made(1), to=cast.force_a, reason="best_evidence", by=cast.intelligence)
    return package.accept(one, text="kept by A", by=cast.officer_a)


def taken_over(sent: Package, cast: Cast) -> Transfer:
    """Its case, taken over by force B."""
    made = transfer.offer(case_of(sent), to=cast.force_b, why="moved", by=cast.supervisor_a)
    return transfer.accept_offer(made, by=cast.supervisor_b)


def seen(client: Client, who: str, sent: Package, offer: Transfer) -> dict[str, str]:
    """Every page that says something of packages and cases, without what differs at every request."""
    pages = [*PAGES, *PAGES_OF[who], f"/packages/{sent.pk}", f"/offers/{offer.pk}"]
    return {page: _plain(client.get(page)) for page in pages}


def _plain(said: Any) -> str:
    text = said.content.decode()
    text = re.sub(r'nonce="[^"]*"|name="csrfmiddlewaretoken" value="[^"]*"|<time .*?</time>', "", text)
    return f"{said.status_code} {text}"


def work(case: Case, sent: Package, cast: Cast) -> None:
    """Much of what a force does with a case, to its end."""
    by, boss = cast.officer_b, cast.supervisor_b
    cases.set_band(case, band="very_high", why="found out", by=by)
    cases.record_crime(case, number="B/1/26", on=today(), rule="per_suspect", by=by)
    held = arrests.arrest(case.suspects.get(), at=now(), position_of_trust="no", by=by)
    add_child(case, contact="work", name="a child", by=by)
    arrests.release(
        held, kind="investigation", at=now(), reason="x", plans={one.pk: "x" for one in case.children.all()},
        by=boss,
    )  # fmt: skip
    seized = exhibits.seize(
        case, number="B1", kind="phone", description="x", at=now(), place="x", by=by, suspect=held.suspect
    )
    exhibits.queue(seized, by=by)
    exhibits.unqueue(seized, why="x", by=by)
    disclose(case, by=by, to="A service in B", why="asked")
    answer_all(case, by, "no")
    for duty in held.duties.filter(result=""):
        arrests.record_duty(duty, result=_result(duty.kind), text="x", by=by)
    _sign(case, boss)
    outcome.record_outcome(sent, code="1", on=today(), by=by)


def _result(duty: str) -> str:
    return "declined" if duty == "rehabilitation" else "done"


def _sign(case: Case, boss: User) -> None:
    for gap in Gap.objects.filter(suspect__case=case, state="open"):
        sign_gap(gap, reason="x", plans={one.pk: "x" for one in case.children.all()}, by=boss)


@pytest.mark.parametrize("who", sorted(PAGES_OF))
def test_nothing_that_the_new_owner_does_shows_at_the_sender(
    who: str, cast: Cast, sent: Package, signed_in: Callable[[User], Client]
) -> None:
    offer = taken_over(sent, cast)
    client = signed_in(getattr(cast, who))
    assert client.post(f"/packages/{sent.pk}", {"reason": "working"}).status_code == 302
    before = seen(client, who, sent, offer)
    work(case_of(sent), Package.objects.get(pk=sent.pk), cast)
    after = seen(client, who, sent, offer)
    wrong = {page: _difference(before[page], after[page]) for page in before if before[page] != after[page]}
    assert wrong == {}


def _difference(one: str, other: str) -> str:
    lines = set(one.splitlines())
    return " | ".join(line.strip() for line in other.splitlines() if line not in lines)[:300]


def test_what_was_sent_stands_apart_once_its_case_has_gone_and_comes_back_with_it(
    cast: Cast, sent: Package
) -> None:
    counts = lambda who: {name: n for name, _, n in inbox(who).counts if n}  # noqa: E731
    assert counts(cast.officer_a) == {"working": 1, "accepted": 1, "sent": 1}
    taken_over(sent, cast)
    assert counts(cast.officer_a) == {"gone": 1, "sent": 1}
    assert counts(cast.officer_b) == {"working": 1, "accepted": 1, "sent": 1}
    assert "gone" not in {name for name, _, _ in inbox(cast.intake).counts}
    back = transfer.offer(case_of(sent), to=cast.force_a, why="after all", by=cast.supervisor_b)
    transfer.accept_offer(back, by=cast.supervisor_a)
    assert counts(cast.officer_a) == {"working": 1, "accepted": 1, "sent": 1}
    assert counts(cast.officer_b) == {}


def test_what_has_gone_is_known_through_a_join_at_the_other_force(
    cast: Cast, made: Made, sent: Package
) -> None:
    other = package.disseminate(made(2), to=cast.force_b, reason="best_evidence", by=cast.intelligence)
    package.accept(other, by=cast.officer_b)
    taken_over(sent, cast)
    cases.join_cases(case_of(sent), into=case_of(other), why="one", by=cast.officer_b)
    assert (gone_from(cast.officer_a), gone_from(cast.officer_b)) == ([sent.pk], [])


def test_what_is_learnt_since_goes_to_the_force_that_has_the_case(cast: Cast, sent: Package) -> None:
    taken_over(sent, cast)
    added = package.supplement(sent.referral, text="more", by=cast.intelligence)
    assert added.to == cast.force_b
    assert Notification.objects.filter(about=f"package:{added.pk}", user=cast.supervisor_b).exists()
    with recorded():
        _tell_force(Package.objects.get(pk=sent.pk), cast.intelligence)
    assert [news_for(who).count() for who in (cast.officer_a, cast.officer_b)] == [0, 1]
    assert AuditEntry.objects.filter(
        about=f"package:{sent.pk}", action="disclose", to=cast.force_b.pk
    ).exists()


def test_a_supplement_that_waits_goes_over_with_the_case(cast: Cast, sent: Package) -> None:
    added = package.supplement(sent.referral, text="more", by=cast.intelligence)
    taken_over(sent, cast)
    added.refresh_from_db()
    assert (added.state, added.case_id) == ("accepted", case_of(sent).pk)
    assert packages_for(cast.officer_b).filter(pk=added.pk).exists()
    assert not Clock.objects.filter(about=f"package:{added.pk}", kind="silence").exclude(state="settled")


@pytest.mark.parametrize("how", ["transferred", "returned"])
def test_a_decision_that_waits_for_a_second_person_ends_with_the_ownership(
    how: str, cast: Cast, sent: Package
) -> None:
    answer_all(sent, cast.officer_a)
    outcome.record_outcome(sent, code="18", on=today(), reason="other", text="x", by=cast.officer_a)
    asked = Approval.objects.get(answered_at=None)
    told = Notification.objects.filter(WAITS, kind="approval_waiting")
    assert told.exists()
    if how == "transferred":
        taken_over(sent, cast)
    else:
        package.return_(sent, reason="already_known", text="x", by=cast.officer_a)
    assert not told.exists()
    asked.refresh_from_db()
    assert asked.answered_at is not None
    assert asked.agreed is None
    with pytest.raises(Refused, match="already been answered"):
        agree(asked, by=cast.supervisor_a)


def test_those_who_take_a_case_over_are_told_of_the_gap_in_it_and_the_others_have_nothing_to_do(
    cast: Cast, sent: Package
) -> None:
    case = case_of(sent)
    held = arrests.arrest(case.suspects.get(), at=now(), position_of_trust="no", by=cast.officer_a)
    answer_all(case, cast.officer_a, "yes")
    arrests.release(held, kind="investigation", at=now(), by=cast.officer_a)
    waits = Notification.objects.filter(WAITS, kind="gap_to_sign")
    assert {one.user for one in waits} == {cast.supervisor_a}
    taken_over(sent, cast)
    assert {one.user for one in waits.all()} == {cast.supervisor_b}
