"""The auditor's page: nothing without a reason, a search recorded once, and no force sees another's words."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from tests.cast import Cast

from lapwing_web.audit.actions import Entry, disclose, look, record, record_all, recorded
from lapwing_web.audit.models import AuditEntry
from lapwing_web.audit.queries import Filters, broken, differences, entries_for, head, page, timeline
from lapwing_web.moment import at
from lapwing_web.refusal import Refused
from lapwing_web.staff.models import User

SignedIn = Callable[[User], Client]


def searches() -> list[AuditEntry]:
    return list(AuditEntry.objects.filter(about="audit:search").order_by("position"))


def texts(client: Client, **search: Any) -> str:
    return client.get("/audit", {"why": "Yearly review", **search}).content.decode()


def test_nothing_is_shown_until_a_reason_is_given(cast: Cast, signed_in: SignedIn) -> None:
    with recorded():
        record("triage", "referral:1", by=cast.intake, why="a marker")
    client = signed_in(cast.auditor)
    assert "a marker" not in client.get("/audit").content.decode()
    assert "a marker" not in client.get("/audit", {"by": "intake", "why": ""}).content.decode()
    assert searches() == []
    assert "a marker" in texts(client)


def test_a_search_is_recorded_once_and_not_for_each_of_its_pages(cast: Cast, signed_in: SignedIn) -> None:
    with recorded():
        record_all(Entry("triage", f"referral:{n}", cast.intake) for n in range(130))
    client = signed_in(cast.auditor)
    before, seen = "", []
    while True:
        shown = texts(client, action="triage", **({"before": before} if before else {}))
        seen += [int(number) for number in re.findall(r"referral:(\d+)</td>", shown)]
        following = re.search(r"before=(\d+)", shown)
        if following is None:
            break
        before = following[1]
    assert seen == list(range(129, -1, -1))
    assert [row.new for row in searches()] == ['{"action":"triage"}']
    texts(client, action="discard")
    assert len(searches()) == 2
    assert searches()[0].why == "Yearly review"
    assert searches()[0].by == "auditor"


def test_filters_are_by_person_action_record_and_day_in_the_united_kingdom(cast: Cast) -> None:
    moments = [datetime(2026, 6, 1, 22, 59, tzinfo=UTC), datetime(2026, 6, 1, 23, 1, tzinfo=UTC)]
    for n, moment in enumerate(moments, 1):  # the same day in UTC; either side of midnight in the UK
        with at(moment), recorded():
            record("triage", f"referral:{n}", by=(cast.intake, cast.supervisor)[n - 1])

    def found(**filters: Any) -> list[str]:
        return [line.entry.about for line in page(cast.auditor, Filters(**filters)).lines]

    first, second = moments[0].date(), datetime(2026, 6, 2, tzinfo=UTC).date()
    assert found() == ["referral:2", "referral:1"]
    assert found(until=first) == ["referral:1"]
    assert found(since=second) == ["referral:2"]
    assert found(since=first, until=second) == ["referral:2", "referral:1"]
    assert found(by="intake") == ["referral:1"]
    assert found(about="referral:2") == ["referral:2"]
    assert found(action="discard") == []


def test_a_change_reads_as_old_to_new(cast: Cast, signed_in: SignedIn) -> None:
    with recorded():
        record(
            "triage", "referral:1", by=cast.intake,
            old={"state": "received", "band": "high", "known": None, "n": 1},
            new={"state": "developing", "band": "high", "known": True, "n": 1, "why": ["a", "b"]},
        )  # fmt: skip
    rows = {d.name: (d.old, d.new) for d in differences(AuditEntry.objects.get())}
    assert rows == {"state": ("received", "developing"), "known": (None, "yes"), "why": (None, '["a", "b"]')}
    assert "<del>received</del>" in texts(signed_in(cast.auditor))


def test_a_force_auditor_sees_its_own_people_and_only_that_something_was_done_to_what_it_was_sent(
    cast: Cast, signed_in: SignedIn
) -> None:
    with recorded():
        for n, force in ((1, cast.force_a), (2, cast.force_b)):
            disclose(f"package:{n}", by=cast.intelligence, to=force, why=f"reason-{n}")
        record("note", "package:1", by=cast.supervisor, why="agency-words", new={"secret": "agency-value"})
        record("triage", "referral:901", by=cast.intake, why="agency-referral")
        record("accept", "package:1", by=cast.officer_a, why="accepted-by-a", new={"state": "accepted"})
        record("accept", "package:2", by=cast.officer_b, why="accepted-by-b")
    about = list(entries_for(cast.auditor_a).values_list("action", "about"))
    assert about == [("accept", "package:1"), ("note", "package:1"), ("disclose", "package:1")]
    shown = texts(signed_in(cast.auditor_a))
    assert "accepted-by-a" in shown
    for hidden in ("reason-1", "agency-words", "agency-value", "referral:901", "package:2", "accepted-by-b"):
        assert hidden not in shown
    assert "intelligence" not in shown.replace("intelligence_officer", "")
    assert page(cast.auditor_a, Filters(by="supervisor")).lines == []
    assert entries_for(cast.auditor).count() >= 6


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ("UPDATE audit_auditentry SET why = 'other' WHERE position = 3", "Row 3 was changed"),
        ("DELETE FROM audit_auditentry WHERE position = 2", "Row 2 is missing"),
        ("UPDATE audit_auditentry SET hash = 'x' WHERE position = 2", "Row 2 was changed"),
    ],
)
def test_the_page_says_so_when_the_chain_is_broken(
    change: str, sentence: str, cast: Cast, signed_in: SignedIn, triggers_off: Callable[[], Any]
) -> None:
    with recorded():
        record_all(Entry("triage", f"referral:{n}", cast.intake) for n in range(5))
    client = signed_in(cast.auditor)
    assert "Chain whole" in texts(client)
    with triggers_off(), connection.cursor() as cursor:
        cursor.execute(change)
    shown = texts(client)
    assert sentence in shown
    assert "Chain whole" not in shown


def test_the_head_is_the_last_row(cast: Cast) -> None:
    with recorded():
        record_all(Entry("triage", f"referral:{n}", cast.intake) for n in range(5))
    last = AuditEntry.objects.order_by("-position")[0]
    assert head() == (last.position, last.hash) == (5, last.hash)
    assert broken(AuditEntry.objects.all()) == {}


def test_looking_and_disclosing_want_a_reason_and_a_recipient(cast: Cast) -> None:
    with pytest.raises(Refused, match="why"):
        look("referral:1", by=cast.intake, why="  ")
    with pytest.raises(Refused, match="whom"):
        disclose("package:1", by=cast.intake, to="", why="because")
    look("referral:1", by=cast.intake, why="allocated to me")
    disclose("referral:1", by=cast.intake, to=cast.force_a, why="lives there")
    rows = [(row.action, row.to, row.why) for row in timeline("referral:1")]
    assert rows == [("consult", "", "allocated to me"), ("disclose", "E23000003", "lives there")]


def test_nobody_but_an_auditor_opens_it(cast: Cast, signed_in: SignedIn) -> None:
    for name, person in cast.people().items():
        expected = 200 if name.startswith("auditor") else 403
        assert signed_in(person).get("/audit").status_code == expected, name


def test_a_link_fills_in_the_search_and_the_person_says_why(cast: Cast, signed_in: SignedIn) -> None:
    client = signed_in(cast.auditor)
    said = client.get("/audit?action=consult&since=2026-11-17")
    assert said.context["form"].errors == {}
    assert 'value="consult"' in said.content.decode()
    assert 'value="2026-11-17"' in said.content.decode()
    assert searches() == []
