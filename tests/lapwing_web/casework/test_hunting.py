"""When a list changes, all ever seen is compared with what is new, and what follows happens by itself."""

from pathlib import Path
from typing import Any

import pytest
from tests.cast import Cast
from tests.lapwing_web.casework.listed import PDQ, entry, flipped, hunt_all, md5, publish, referred
from tests.lapwing_web.casework.made import document, report
from tests.lapwing_web.casework.worked import accepted

from lapwing.report import ReportedFile
from lapwing_web.audit.models import AuditEntry
from lapwing_web.casework.actions import decide, following, hunting, outcome, package
from lapwing_web.casework.actions.receive import Item, receive
from lapwing_web.casework.models import Checking, Hit, Hunt, KnownList, Referral, SecondLook, Unasked
from lapwing_web.casework.models.explained import facts_known
from lapwing_web.casework.queries.detail import detail
from lapwing_web.casework.queries.hits import hunted_for
from lapwing_web.casework.queries.known_lists import list_page
from lapwing_web.clocks.models import Clock
from lapwing_web.front.queries.home import blocks
from lapwing_web.intake.models import SeenHash
from lapwing_web.jobs.actions import enqueue
from lapwing_web.jobs.models import Job
from lapwing_web.moment import now, today
from lapwing_web.refusal import Forbidden, Refused

pytestmark = pytest.mark.django_db
HERE = {"reason": "suspect_lives_here", "text": "Please answer today."}


@pytest.fixture(autouse=True)
def lists(settings: Any, tmp_path: Path) -> Path:
    """A folder of lists for this test alone, with a list that has nothing of the tests'."""
    settings.LISTS = tmp_path / "lists"
    publish(tmp_path / "lists", [entry(1)])
    return tmp_path / "lists"


def again(referral: Referral) -> Referral:
    referral.refresh_from_db()
    return referral


def reports_of(referral: Referral) -> str:
    return f"referral:{referral.pk}"


def clocks(referral: Referral, kind: str = "list_hit") -> list[Clock]:
    return list(Clock.objects.filter(about=reports_of(referral), kind=kind).exclude(state="settled"))


def test_a_hit_on_an_open_referral_is_a_fact_ranks_it_again_and_starts_a_clock(
    cast: Cast, lists: Path
) -> None:
    referral = referred(7, cast.intake)
    hunt_all()
    before = again(referral).rank
    publish(lists, [entry(1), entry(7)])
    hunt_all()
    assert again(referral).known_match
    assert referral.rank > before
    assert "known_match" in referral.risk_present
    hit = Hit.objects.get()
    assert (hit.list_name, hit.version, hit.distance, hit.hunted, hit.to_look) == ("agency", 2, 0, True, True)
    assert [clock.organisation_id for clock in clocks(referral)] == ["NCA"]
    entry_of = AuditEntry.objects.get(action="list hit", about=reports_of(referral))
    assert "A file is on list agency, version 2, entry E-7, category 1 (vics)." in entry_of.why


def test_a_near_hit_tells_its_distance(cast: Cast, lists: Path) -> None:
    referral = referred(7, cast.intake, [{"pdq": flipped(PDQ, 9)}])
    hunt_all()
    publish(lists, [entry(1), entry(7, hashes={"pdq": PDQ})])
    hunt_all()
    assert Hit.objects.get().distance == 9
    assert "distance 9" in detail(cast.intake, again(referral)).lists.to_look[0]


def test_a_hit_on_a_discarded_referral_returns_it_to_the_queue_with_the_reason(
    cast: Cast, lists: Path
) -> None:
    referral = referred(7, cast.intake)
    decide.discard(referral, reason="viral", by=cast.intake)
    look = SecondLook.objects.create(
        referral=referral, sampled_at=now(), of="discard", first_by="intake", first_decision={}
    )
    publish(lists, [entry(7)])
    hunt_all()
    assert (again(referral).state, referral.reason, referral.decided_by) == ("received", "", "")
    reopened = AuditEntry.objects.get(action="reopen", about=reports_of(referral))
    assert (reopened.by, reopened.why[:24]) == ("rule:hunt", "A file is on list agency")
    assert len(clocks(referral, "triage")) == 1
    look.refresh_from_db()
    assert look.looked_at is not None


def test_a_hit_on_what_a_rule_had_discarded_returns_it_too(cast: Cast, lists: Path) -> None:
    files = [ReportedFile(file_id="f", hashes={"md5": md5(7)}, annotations=["viral"])]
    value = report(7, people=[], files=files)
    receive([Item("v.json", document(value))], channel="upload", by=cast.intake)
    referral = Referral.objects.get()
    assert referral.state == "discarded"
    publish(lists, [entry(7)])
    hunt_all()
    assert (again(referral).state, referral.protected) == ("received", ["known_match"])


def test_a_hit_on_what_a_force_holds_tells_the_agency_and_the_force_that_holds_it(
    cast: Cast, lists: Path
) -> None:
    referral = referred(7, cast.intake)
    sent = package.disseminate(referral, to=cast.force_a, **HERE, by=cast.intelligence)
    package.accept(sent, by=cast.officer_a)
    publish(lists, [entry(7)])
    hunt_all()
    sent.refresh_from_db()
    assert sent.news_at is not None
    assert (again(referral).state, [clock.organisation_id for clock in clocks(referral)]) == (
        "accepted",
        ["NCA"],
    )
    told = AuditEntry.objects.get(action="disclose", about=f"package:{sent.pk}", by="rule:hunt")
    assert (told.to, "agency" in told.why + told.new) == (cast.force_a.pk, False)
    news = {
        who: [b.count for b in blocks(cast.people()[who]) if b.name == "news"]
        for who in ("officer_a", "officer_b")
    }
    assert news == {"officer_a": [1], "officer_b": []}
    package.supplement(again(referral), text="A file is known.", by=cast.intelligence)
    sent.refresh_from_db()
    assert sent.news_at is None


def test_a_hit_on_what_has_an_outcome_is_told_and_changes_no_outcome(cast: Cast, lists: Path) -> None:
    referral = referred(7, cast.intake)
    sent = package.disseminate(referral, to=cast.force_a, **HERE, by=cast.intelligence)
    accepted(sent, cast.officer_a)
    outcome.record_outcome(sent, code="1", on=today(), by=cast.officer_a)
    publish(lists, [entry(7)])
    hunt_all()
    assert (again(referral).state, referral.outcome, len(clocks(referral))) == ("closed", "1", 1)


def test_each_hit_counts_once_whatever_is_hunted_again(cast: Cast, lists: Path) -> None:
    referral = referred(7, cast.intake)
    publish(lists, [entry(7)])
    hunt_all()
    rows = AuditEntry.objects.count()
    for job in Job.objects.filter(kind=hunting.HUNT):
        Job.objects.filter(pk=job.pk).update(state="waiting", attempts=0)
    Hunt.objects.update(state="running", through=0, gone_through=0)
    hunt_all()
    KnownList.objects.all().delete()  # as if the list were new to the site
    hunt_all()
    assert Hit.objects.count() == 1
    assert AuditEntry.objects.filter(action="list hit", about=reports_of(referral)).count() == 1
    assert len(clocks(referral)) == 1
    assert AuditEntry.objects.exclude(action__in=["begin hunt", "end hunt"]).count() <= rows


def test_a_withdrawal_decides_nothing_and_is_shown_until_a_person_has_looked(cast: Cast, lists: Path) -> None:
    publish(lists, [entry(1), entry(7)])
    referral = referred(7, cast.intake)
    hunt_all()
    assert not hunted_for(cast.intake).exists()
    publish(lists, [entry(1)])
    hunt_all()
    assert Hit.objects.get().gone_in == 3
    assert (again(referral).known_match, referral.state) == (True, "received")
    assert "no longer on list agency since version 3" in detail(cast.intake, referral).lists.to_look[0]
    assert list(hunted_for(cast.intake)) == [referral]
    following.look_at_hits(referral, why="The publisher took it off", by=cast.intake)
    assert (again(referral).known_match, hunted_for(cast.intake).exists()) == (False, False)


def test_what_comes_back_on_a_list_is_no_longer_withdrawn(cast: Cast, lists: Path) -> None:
    publish(lists, [entry(1), entry(7)])
    referred(7, cast.intake)
    for entries in ([entry(1)], [entry(1), entry(7)]):
        publish(lists, entries)
        hunt_all()
    assert (Hit.objects.count(), Hit.objects.get().gone_in) == (1, None)


def test_an_entry_that_is_marked_otherwise_is_told_as_that(cast: Cast, lists: Path) -> None:
    publish(lists, [entry(1), entry(7)])
    referral = referred(7, cast.intake)
    publish(lists, [entry(1), entry(7, category="2")])
    hunt_all()
    said = detail(cast.intake, referral).lists.to_look
    assert said == [
        "On list agency, version 2, entry E-7, category 1 (vics); "
        "marked otherwise on list agency since version 3.",
        "On list agency, version 3, entry E-7, category 2 (vics).",
    ]


def test_an_entry_found_by_several_hashes_is_one_hit_of_its_list_and_names_the_others(
    cast: Cast, lists: Path
) -> None:
    both = {"md5": md5(7), "sha1": f"{7:040x}"}
    referral = referred(7, cast.intake, [both])
    publish(lists, [entry(1), entry(7, hashes=both)])
    publish(lists, [entry(7, category="A1", dialect="industry")], "partner")
    hunt_all()
    assert Hit.objects.count() == 3
    page = list_page(cast.supervisor, "agency")
    assert (page.standing, page.to_look, page.gone, len(page.hits)) == (1, 1, 0, 1)
    assert (page.hits[0].referrals, page.hits[0].also) == ([referral.pk], ["partner"])
    assert len(detail(cast.intake, referral).lists.to_look) == 2, "a line for each list"


def test_what_is_marked_otherwise_is_so_of_that_file_alone(cast: Cast, lists: Path) -> None:
    publish(lists, [entry(7), entry(8)])
    referral = referred(7, cast.intake, [{"md5": md5(7)}, {"md5": md5(8)}])
    publish(lists, [entry(8)])
    hunt_all()
    said = [(one.state, one.gone) for line in detail(cast.intake, referral).files for one in line.listed]
    assert said == [("Withdrawn", "no longer on list agency since version 3"), ("Known", "")]


def test_what_comes_while_a_hunt_goes_on_is_compared_as_it_arrives(cast: Cast, lists: Path) -> None:
    referred(7, cast.intake)
    hunt_all()
    publish(lists, [entry(7), entry(8)])
    hunting.watch_lists()
    referral = referred(8, cast.intake)
    assert (referral.known_match, Hit.objects.get().hunted) == (True, False)
    hunt_all()
    assert sorted(Hit.objects.values_list("hunted", flat=True)) == [False, True]


def test_a_look_needs_its_reason_and_somebody_at_the_agency_and_is_taken_once(
    cast: Cast, lists: Path
) -> None:
    referral = referred(7, cast.intake)
    publish(lists, [entry(7)])
    hunt_all()
    again(referral)
    with pytest.raises(Refused, match="Say what follows"):
        following.look_at_hits(referral, why=" ", by=cast.intake)
    for who in (cast.officer_a, cast.auditor, cast.administrator):
        with pytest.raises(Forbidden):
            following.look_at_hits(referral, why="Because", by=who)
    following.look_at_hits(referral, why="Because", by=cast.intake)
    assert clocks(referral) == []
    with pytest.raises(Refused, match="nothing to look at"):
        following.look_at_hits(referral, why="Because", by=cast.supervisor)


def test_a_list_that_can_be_used_again_is_asked_what_it_could_not_be(cast: Cast, lists: Path) -> None:
    publish(lists, [entry(7)], "partner")
    layer = next((lists / "partner").glob("*.layer"))
    whole = layer.read_bytes()
    hunt_all()
    layer.unlink()
    _touch(lists / "partner" / "current.json")
    seven, eight = referred(7, cast.intake), referred(8, cast.intake)
    assert facts_known(seven).known_match is None
    layer.write_bytes(whole)
    _touch(lists / "partner" / "current.json")
    hunt_all()
    assert not Unasked.objects.exists()
    assert [facts_known(again(one)).known_match for one in (seven, eight)] == [True, False]
    assert all(one.lists["partner"] == 1 for one in Checking.objects.all())


def test_a_hunt_goes_batch_by_batch_and_says_how_far_it_is(
    cast: Cast, lists: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hunting, "ROWS", 3)
    monkeypatch.setattr(hunting, "HITS", 2)
    for number in range(10, 20):
        referred(number, cast.intake)
    hunt_all()
    publish(lists, [entry(number) for number in range(10, 18)])
    hunting.watch_lists()
    hunt = Hunt.objects.get(to_version=2)
    assert (hunt.from_version, hunt.last, hunt.percent) == (1, SeenHash.objects.latest("id").pk, 0)
    hunt_all()
    hunt.refresh_from_db()
    assert (hunt.state, hunt.looked, hunt.hits, hunt.percent) == ("done", 10, 8, 100)
    page = list_page(cast.supervisor, "agency")
    assert (page.standing, page.to_look, len(page.hits)) == (8, 8, 8)
    assert list_page(cast.administrator, "agency").hits == []


def test_a_list_that_cannot_be_read_stops_its_hunt_and_not_for_good(cast: Cast, lists: Path) -> None:
    referral = referred(7, cast.intake)
    publish(lists, [entry(7)])
    hunting.watch_lists()
    layer = sorted((lists / "agency").glob("*.layer"))[-1]
    whole = layer.read_bytes()
    layer.write_bytes(b"")
    current = lists / "agency" / "current.json"
    _touch(current)
    hunt_all()
    failed = Job.objects.filter(kind=hunting.HUNT).exclude(last_error="").get()
    assert "cannot be read now" in failed.last_error
    layer.write_bytes(whole)
    _touch(current)
    Job.objects.update(due_at=now())
    hunt_all()
    assert again(referral).known_match


def _touch(path: Path) -> None:
    """As if it had been written again, so that the site opens its lists again."""
    copy = path.with_suffix(".copy")
    copy.write_bytes(path.read_bytes())
    copy.replace(path)


def test_what_came_before_hashes_were_kept_is_read_again(cast: Cast, lists: Path) -> None:
    referral = referred(7, cast.intake)
    Checking.objects.all().delete()
    SeenHash.objects.all().delete()
    publish(lists, [entry(7)])
    hunt_all()
    assert not again(referral).known_match
    enqueue(hunting.SEEN, "seen:0", {"after": 0}, lane="background")
    hunt_all()
    assert again(referral).known_match
    assert Hit.objects.get().hunted


def test_a_list_that_is_gone_can_be_forgotten_and_its_hits_stay(cast: Cast) -> None:
    KnownList.objects.create(name="partner", version=1, seen_at=now())
    referred(7, cast.intake)
    assert hunting.forget("partner")
    assert not hunting.forget("partner")
    assert not Unasked.objects.exists()


def test_the_people_who_must_act_see_it_at_home(cast: Cast, lists: Path) -> None:
    referred(7, cast.intake)
    publish(lists, [entry(7)])
    hunt_all()
    seen = {name: [b.count for b in blocks(one) if b.name == "hunted"] for name, one in cast.people().items()}
    assert {name for name, counts in seen.items() if counts == [1]} == {
        "intake",
        "intelligence",
        "supervisor",
    }
