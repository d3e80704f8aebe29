"""Attrition: everything is in exactly one place, with a reason at every exit, and a force sees its own."""

import csv
import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count, pairwise
from xml.etree import ElementTree

import pytest
from django.test import Client
from django.urls import reverse
from tests.cast import Cast

from lapwing_web.audit.models import AuditEntry
from lapwing_web.casework.models import Joining, Package, Referral
from lapwing_web.insight.queries import page as pages
from lapwing_web.insight.queries import picture
from lapwing_web.insight.queries.attrition import WAY, attrition
from lapwing_web.insight.queries.narrowing import Narrowing
from lapwing_web.intake.models import Provider, Receipt, Report
from lapwing_web.refusal import Forbidden
from lapwing_web.staff.models import Organisation, User

State = Referral.State
START = datetime(2026, 3, 1, 9, tzinfo=UTC)
EVERYTHING = Narrowing()
SignedIn = Callable[[User], Client]


class Desk:
    """Writes referrals and packages straight to the database, in any state."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.companies = {name: Provider.objects.create(key=name, name=name) for name in ("one", "two")}
        self.days = count()

    def referral(self, state: str = State.RECEIVED, *, company: str = "one", **columns: object) -> Referral:
        at = START + timedelta(days=next(self.days))
        given = {"received_at": at, "last_report_at": at, "risk_band": "low", **columns}
        return Referral.objects.create(
            state=state,
            provider=self.companies[company],
            organisation=self.cast.agency,
            title="subject",
            **given,
        )

    def package(
        self, referral: Referral, to: Organisation, state: str = "waiting", **columns: object
    ) -> Package:
        given = {"kind": Package.Kind.DISSEMINATION, "sent_at": referral.received_at, **columns}
        return Package.objects.create(
            referral=referral,
            to=to,
            state=state,
            sent_by=self.cast.supervisor,
            risk_band=referral.risk_band,
            **given,
        )


@pytest.fixture
def desk(cast: Cast) -> Desk:
    return Desk(cast)


@pytest.fixture
def busy(desk: Desk) -> Desk:
    """One referral in every state, and a few more where reasons differ."""
    cast = desk.cast
    for state in (State.RECEIVED, State.DEVELOPING, State.AWAITING_PROVIDER, State.MERGED):
        desk.referral(state)
    desk.referral(State.KEPT, reason="international", decided_by="supervisor")
    desk.referral(State.DISCARDED, reason="viral", decided_by="rule:viral", company="two")
    desk.referral(State.DISCARDED, reason="viral", decided_by="intake", risk_band="medium")
    desk.referral(State.DISCARDED, reason="not_allocated_in_time", decided_by="intake")
    sent = desk.referral(State.DISSEMINATED, risk_band="high")
    desk.package(sent, cast.force_a)
    taken = desk.referral(State.ACCEPTED, risk_band="high")
    desk.package(taken, cast.force_b, "returned", answer_reason="wrong_force")
    desk.package(taken, cast.force_a, "accepted", opened_at=START)
    for outcome in ("1", "18"):
        closed = desk.referral(State.CLOSED, outcome=outcome, risk_band="very_high")
        desk.package(closed, cast.force_b, "accepted", outcome=outcome, opened_at=START)
    return desk


def test_every_state_a_referral_can_be_in_has_a_place_on_the_way() -> None:
    assert sorted(state for state, _ in WAY) == sorted(State.values)


def test_the_sum_is_what_came_in(busy: Desk) -> None:
    whole = attrition(busy.cast.supervisor, EVERYTHING).whole
    assert whole.total.value == Referral.objects.count() == 12
    assert whole.placed == 12
    assert whole.agrees
    assert whole.sum == "12 = 3 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 2"


def test_the_lines_at_an_exit_add_up_to_the_exit(busy: Desk) -> None:
    whole = attrition(busy.cast.supervisor, EVERYTHING).whole
    stages = {stage.code: stage for stage in whole.stages}
    for code in (State.DISCARDED, State.CLOSED, State.KEPT):
        assert sum(line.count for line in stages[code].lines) == stages[code].count
    labels = [line.label for line in stages[State.DISCARDED].lines]
    assert (
        "Not allocated in time (capacity), by a person" in labels
    )  # capacity is never hidden in another code
    assert any(label.endswith("by a rule") for label in labels)


def test_a_state_nobody_knows_is_said_loudly(busy: Desk, signed_in: SignedIn) -> None:
    Referral.objects.filter(state=State.RECEIVED).update(state="lost")
    whole = attrition(busy.cast.supervisor, EVERYTHING).whole
    assert not whole.agrees
    assert whole.unplaced == 1
    answer = signed_in(busy.cast.supervisor).get(reverse("attrition"))
    assert b"The figures do not add up" in answer.content
    assert "12 ≠ ".encode() in answer.content


def test_a_discard_without_a_reason_is_said(busy: Desk) -> None:
    Referral.objects.filter(reason="viral").update(reason="")
    found = attrition(busy.cast.supervisor, EVERYTHING)
    assert found.whole.unexplained == ["2 discarded with no reason recorded."]
    silent = next(told for told in found.ratios if told.label == "Discarded without a reason")
    assert (silent.ratio.numerator.value, silent.ratio.denominator.value) == (2, 3)


def test_sent_is_accepted_returned_and_waiting(busy: Desk) -> None:
    packages = attrition(busy.cast.supervisor, EVERYTHING).packages
    assert packages.total.value == 5
    assert packages.agrees
    assert {stage.code: stage.count for stage in packages.stages} == {
        "waiting": 1,
        "accepted": 3,
        "returned": 1,
    }


def test_ratios_keep_numerator_denominator_unit_and_period(busy: Desk) -> None:
    told = {one.label: one for one in attrition(busy.cast.supervisor, EVERYTHING).ratios}
    sent = told["Sent to a force"].ratio
    assert (sent.numerator.value, sent.denominator.value) == (4, 12)
    informational = told["Discarded as informational"].ratio
    assert (informational.numerator.value, informational.denominator.value) == (2, 3)
    charged = told["Charged or summonsed"].ratio
    assert (charged.numerator.value, charged.denominator.value) == (1, 4)
    for one in told.values():
        assert one.ratio.denominator.unit
        assert one.ratio.denominator.period
        assert one.ratio.warnings == []


@pytest.mark.parametrize(
    ("asked", "expected", "reason"),
    [
        ({}, 12, "nothing narrows"),
        ({"first": "2026-03-04"}, 9, "from the fourth day on"),
        ({"last": "2026-03-03"}, 3, "the last day is included"),
        ({"first": "2026-03-03", "last": "2026-03-03"}, 1, "one day"),
        ({"band": "very_high"}, 2, "a band"),
        ({"band": "purple"}, 12, "no such band narrows nothing"),
        ({"force": "E23000010"}, 3, "ever sent there, the one it returned included"),
        ({"provider": "x"}, 12, "not a company"),
        ({"first": "2026-03-30", "last": "2026-03-01"}, 0, "no day is both"),
        ({"first": "tomorrow"}, 12, "not a day"),
    ],
)
def test_every_narrowing_still_adds_up(busy: Desk, asked: dict[str, str], expected: int, reason: str) -> None:
    found = attrition(busy.cast.auditor, Narrowing.read(asked))
    assert found.whole.total.value == expected, reason
    assert found.whole.agrees
    assert found.packages.agrees


def test_a_company_narrows_to_its_own(busy: Desk) -> None:
    found = attrition(busy.cast.auditor, Narrowing(provider=busy.companies["two"].pk))
    assert found.whole.total.value == 1


def test_what_cannot_be_understood_is_said() -> None:
    read = Narrowing.read({"first": "31/03/2026", "last": "2026-03-31"})
    assert read.first is None
    assert read.problems == ("The first day is not a date as 2026-03-31 is one, so it narrows nothing.",)
    assert "after the last" in Narrowing.read({"first": "2026-02-02", "last": "2026-01-01"}).problems[0]


def test_a_day_is_a_day_in_the_united_kingdom(desk: Desk) -> None:
    late = datetime(2026, 6, 30, 23, 30, tzinfo=UTC)  # half past midnight on 1 July, in summer time
    desk.referral(received_at=late)
    july = Narrowing.read({"first": "2026-07-01", "last": "2026-07-01"})
    assert attrition(desk.cast.auditor, july).whole.total.value == 1


def test_a_force_sees_only_what_was_sent_to_it(busy: Desk) -> None:
    for person, total, counts in [
        (busy.cast.officer_a, 2, {"unopened": 1, "accepted": 1}),
        (busy.cast.officer_b, 3, {"returned": 1, "closed": 2}),
    ]:
        shown = pages.page(person, EVERYTHING)
        assert shown.whole.total.value == total
        assert shown.whole.agrees
        assert {stage.code: stage.count for stage in shown.whole.stages if stage.count} == counts


def test_a_force_that_returned_a_package_does_not_learn_what_came_of_it(busy: Desk) -> None:
    before = pages.page(busy.cast.officer_b, EVERYTHING)
    Referral.objects.filter(state=State.ACCEPTED).update(state=State.CLOSED, outcome="1")
    Package.objects.filter(to=busy.cast.force_a, state="accepted").update(outcome="1")
    assert pages.page(busy.cast.officer_b, EVERYTHING) == before


def test_a_force_cannot_ask_for_another_forces_figures(busy: Desk, signed_in: SignedIn) -> None:
    client = signed_in(busy.cast.officer_a)
    plain = client.get(reverse("attrition")).content
    asked = client.get(reverse("attrition"), {"force": busy.cast.force_b.pk, "provider": "1"})
    assert asked.context["page"] == client.get(reverse("attrition")).context["page"]
    assert b"West Yorkshire" not in plain
    assert b"West Yorkshire" not in asked.content
    with pytest.raises(Forbidden):
        attrition(busy.cast.officer_a, EVERYTHING)


def test_a_safeguarding_package_is_counted_apart(busy: Desk) -> None:
    referral = busy.referral()
    busy.package(referral, busy.cast.force_a, kind=Package.Kind.SAFEGUARDING)
    shown = pages.page(busy.cast.officer_a, EVERYTHING)
    assert shown.whole.total.value == 2
    assert [(one.title, one.whole.total.value) for one in shown.besides] == [("Safeguarding package", 1)]


def test_an_administrator_sees_no_statistics(busy: Desk, signed_in: SignedIn) -> None:
    for person in (busy.cast.administrator, busy.cast.administrator_a):
        for name in ("attrition", "attrition-picture", "attrition-csv"):
            assert signed_in(person).get(reverse(name)).status_code == 403


def test_the_page_shows_the_check_the_picture_and_the_table(busy: Desk, signed_in: SignedIn) -> None:
    answer = signed_in(busy.cast.auditor).get(reverse("attrition"), {"band": "very_high"})
    text = answer.content.decode()
    assert "comes to what came in: 2 = 2." in text
    assert f"{reverse('attrition-picture')}?band=very_high" in text
    assert "came in, each beginning where the last ended" in text  # what the picture shows, in words
    assert 'scope="row"' in text


def test_a_page_with_nothing_on_it_still_opens(cast: Cast, signed_in: SignedIn) -> None:
    for person in (cast.auditor, cast.auditor_a):
        client = signed_in(person)
        assert client.get(reverse("attrition")).status_code == 200
        assert client.get(reverse("attrition-picture")).status_code == 200


@pytest.mark.parametrize("size", ["wide", "narrow"])
def test_the_picture_is_svg_and_is_not_drawn_twice(busy: Desk, signed_in: SignedIn, size: str) -> None:
    client = signed_in(busy.cast.auditor)
    first = client.get(reverse("attrition-picture"), {"size": size})
    assert first["Content-Type"] == "image/svg+xml"
    assert ElementTree.fromstring(first.content).tag.endswith("svg")
    assert "Discarded" in first.content.decode()
    again = client.get(reverse("attrition-picture"), {"size": size}, headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304
    busy.referral(State.MERGED)
    changed = client.get(
        reverse("attrition-picture"), {"size": size}, headers={"If-None-Match": first["ETag"]}
    )
    assert changed.status_code == 200


def test_bars_begin_where_the_last_ended(busy: Desk) -> None:
    whole = attrition(busy.cast.auditor, EVERYTHING).whole
    rows = picture._rows(picture.bars(whole))
    assert rows[1]["begin"] == 0
    for before, after in pairwise(rows[1:]):
        assert after["begin"] == before["end"]
    assert rows[-1]["end"] == rows[0]["end"] == whole.total.value


def test_the_download_is_recorded_as_a_disclosure(busy: Desk, signed_in: SignedIn) -> None:
    client = signed_in(busy.cast.auditor)
    asked = client.get(reverse("attrition-csv"), {"band": "low"})
    assert b"What is it for?" in asked.content
    assert not AuditEntry.objects.filter(action="disclose").exists()
    refused = client.post(reverse("attrition-csv"), {"why": " "})
    assert b"Say what you need the figures for" in refused.content
    answer = client.post(f"{reverse('attrition-csv')}?band=low", {"why": "The quarterly return"})
    assert answer["Content-Type"].startswith("text/csv")
    entry = AuditEntry.objects.get(action="disclose")
    assert (entry.by, entry.why, entry.about) == ("auditor", "The quarterly return", "attrition:csv")


def test_the_file_says_of_every_number_what_it_is_of(busy: Desk, signed_in: SignedIn) -> None:
    client = signed_in(busy.cast.auditor)
    answer = client.post(
        f"{reverse('attrition-csv')}?band=very_high&last=2026-12-31", {"why": "The yearly return"}
    )
    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
    assert {row["narrowed_to"] for row in rows} == {"risk band: Very high"}
    assert all(row["of"] and row["unit"] and row["period"] for row in rows)
    way = [row for row in rows if row["table"] == "Attrition" and not row["reason"]]
    assert int(way[0]["count"]) == sum(int(row["count"]) for row in way[1:]) == 2


def test_numbers_lead_to_the_same_referrals(busy: Desk) -> None:
    stages = attrition(busy.cast.auditor, Narrowing(band="low")).whole.stages
    discarded = next(stage for stage in stages if stage.code == State.DISCARDED)
    assert discarded.url in ("", f"{reverse('queue')}?list=discarded&band=low")
    narrowed = attrition(busy.cast.auditor, Narrowing.read({"first": "2026-03-01"})).whole.stages
    assert {stage.url for stage in narrowed} == {""}  # the queue cannot be narrowed to a period


@pytest.mark.parametrize(
    ("force", "expected", "reason"),
    [
        ("", 5, "every referral ever sent, once each"),
        ("E23000003", 3, "two that stand there, and one returned there that stands elsewhere"),
        ("E23000010", 4, "two closed, one returned, and the one that now stands there"),
    ],
)
def test_a_referral_sent_twice_is_sent_once(busy: Desk, force: str, expected: int, reason: str) -> None:
    again = busy.referral(State.DISSEMINATED)
    for _ in range(2):
        busy.package(again, busy.cast.force_a, "returned", answer_reason="wrong_force")
    busy.package(again, busy.cast.force_b)
    told = attrition(busy.cast.auditor, Narrowing(force=force)).ratios
    assert next(one for one in told if one.label == "Sent to a force").ratio.numerator.value == expected, (
        reason
    )


def test_the_reports_add_up_on_a_page_of_their_own_and_it_says_so_when_not(
    desk: Desk, signed_in: SignedIn
) -> None:
    report = Report.objects.create(
        provider=desk.companies["one"], reference="R-1", received_at=START, format="schedule-1"
    )
    Receipt.objects.create(state="new", received_at=START, channel="command", report=report)
    Receipt.objects.create(state="rejected", received_at=START, channel="command", reason="Not XML.")
    client = signed_in(desk.cast.auditor)
    lost = client.get(reverse("attrition-reports"))
    assert b"The reports do not add up" in lost.content  # the report is in no referral
    referral = desk.referral(State.DISCARDED, reason="viral", decided_by="rule:viral")
    Joining.objects.create(report=report, referral=referral, at=START, by="rule:join")
    found = client.get(reverse("attrition-reports")).content.decode()
    assert "comes to what came in: 2 = 1 + 1." in found
    assert signed_in(desk.cast.officer_a).get(reverse("attrition-reports")).status_code == 403


def test_packages_are_counted_alike_for_few_referrals_and_for_many(
    busy: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = Narrowing.read({"first": "2026-03-05", "band": "high"})
    few = attrition(busy.cast.auditor, asked)
    monkeypatch.setattr("lapwing_web.insight.queries.attrition.FEW", 0)
    assert attrition(busy.cast.auditor, asked) == few
    assert few.packages.total.value == 3
