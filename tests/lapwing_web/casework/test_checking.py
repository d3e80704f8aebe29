"""Files are compared with every list as they arrive; what a list could not say is unknown, and never no."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from tests.access.test_every_route import reason_to_look
from tests.cast import Cast
from tests.lapwing_web.casework.listed import PDQ, entry, flipped, hunt_all, md5, publish, referred
from tests.lapwing_web.casework.made import changed, document, report

from lapwing.policy.topics.known_lists import RaisesNothing
from lapwing.report import ReportedFile
from lapwing_web.audit.models import AuditEntry
from lapwing_web.casework.actions import hits, package
from lapwing_web.casework.actions.assess import reassess
from lapwing_web.casework.actions.receive import Item, receive
from lapwing_web.casework.models import Checking, Hit, KnownList, Referral, Unasked
from lapwing_web.casework.models.explained import facts_known
from lapwing_web.casework.models.governing import known_lists_policy
from lapwing_web.casework.queries.detail import detail
from lapwing_web.intake.models import SeenHash
from lapwing_web.moment import now
from lapwing_web.staff.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def lists(settings: Any, tmp_path: Path) -> Path:
    """A folder of lists for this test alone."""
    settings.LISTS = tmp_path / "lists"
    return tmp_path / "lists"


def words(user: User, referral: Referral) -> list[str]:
    return [one.words for line in detail(user, referral).files for one in line.listed]


def damage(folder: Path) -> None:
    next(folder.glob("*.layer")).write_bytes(b"not a list")


@pytest.mark.parametrize(
    ("given", "listed", "ending", "why"),
    [
        ({"md5": md5(7)}, {"md5": md5(7)}, "", "the same MD5"),
        ({"md5": md5(0xABC).upper()}, {"md5": md5(0xABC)}, "", "letters of either case"),
        ({"sha1": f" {7:040x} "}, {"sha1": f"{7:040x}"}, "", "spaces about it"),
        ({"sha256": f"{7:064x}"}, {"sha256": f"{7:064x}"}, "", "the same SHA-256"),
        ({"pdq": PDQ}, {"pdq": PDQ}, "", "the same PDQ"),
        ({"pdq": flipped(PDQ, 4)}, {"pdq": PDQ}, ", distance 4", "a PDQ four bits away"),
        ({"pdq": flipped(PDQ, 31)}, {"pdq": PDQ}, ", distance 31", "a PDQ as far as a match may be"),
        ({"md5": md5(8), "pdq": flipped(PDQ, 4)}, {"pdq": PDQ}, ", distance 4", "one of two hashes"),
    ],
)
def test_a_file_on_a_list_is_said_with_version_category_dialect_and_distance(
    cast: Cast, lists: Path, given: dict[str, str], listed: dict[str, str], ending: str, why: str
) -> None:
    publish(lists, [entry(1)])
    publish(lists, [entry(1), entry(2, hashes=listed)])
    referral = referred(1000, cast.intake, [given])
    said = f"On list agency, version 2, entry E-2, category 1 (vics){ending}"
    assert (words(cast.intake, referral), referral.known_match) == ([said], True), why
    assert Checking.objects.get().lists == {"agency": 2}
    assert "known_match" in referral.risk_present


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"md5": md5(8)}, "another MD5"),
        ({"pdq": flipped(PDQ, 32)}, "a PDQ one bit too far"),
        ({"sha1": f"{7:040x}"}, "the same number as another kind of hash"),
        ({"crc32": "00000007"}, "a kind that lists do not have"),
    ],
)
def test_a_file_on_no_list_is_compared_all_the_same(
    cast: Cast, lists: Path, given: dict[str, str], why: str
) -> None:
    publish(lists, [entry(7, hashes={"md5": md5(7), "pdq": PDQ})])
    referral = referred(1000, cast.intake, [given])
    assert not referral.known_match, why
    assert facts_known(referral).known_match is False
    assert not Hit.objects.exists()


def test_two_lists_are_told_apart(cast: Cast, lists: Path) -> None:
    publish(lists, [entry(7)], "agency")
    publish(lists, [entry(7, category="A1", dialect="industry")], "partner")
    assert words(cast.intake, referred(7, cast.intake)) == [
        "On list agency, version 1, entry E-7, category 1 (vics)",
        "On list partner, version 1, entry E-7, category A1 (industry)",
    ]


def test_an_entry_that_several_hashes_of_a_file_are_near_is_told_once_by_the_nearest(
    cast: Cast, lists: Path
) -> None:
    publish(lists, [entry(7, hashes={"md5": md5(7), "sha1": f"{7:040x}", "pdq": PDQ})])
    file = {"pdq": flipped(PDQ, 9), "sha1": f"{7:040x}", "md5": md5(7)}
    referral = referred(1000, cast.intake, [file, {"pdq": flipped(PDQ, 4)}])
    assert Hit.objects.count() == 4
    said = "On list agency, version 1, entry E-7, category 1 (vics)"
    assert words(cast.intake, referral) == [said, f"{said}, distance 4"]


def test_a_list_that_cannot_be_opened_makes_the_answer_unknown_and_never_no(cast: Cast, lists: Path) -> None:
    publish(lists, [entry(1)], "agency")
    publish(lists, [entry(7)], "partner")
    damage(lists / "partner")
    referral = referred(7, cast.intake)
    assert facts_known(referral).known_match is None
    assert "known_match" in referral.risk_unknown
    assert (Checking.objects.get().lists, Unasked.objects.get().list_name) == ({"agency": 1}, "partner")
    assert detail(cast.intake, referral).lists.asked.unasked == ["partner"]


def test_a_list_that_was_used_and_is_gone_makes_it_unknown_too(cast: Cast) -> None:
    KnownList.objects.create(name="partner", version=3, seen_at=now())
    assert facts_known(referred(7, cast.intake)).known_match is None


QUIET = [
    ({"list": "agency"}, ["agency"], False, "a list that policy names, whole"),
    ({"list": "agency", "category": "1"}, ["agency"], False, "the category that policy names"),
    ({"list": "agency", "category": "2"}, ["agency"], True, "another category of that list"),
    ({"list": "partner"}, ["agency"], True, "another list"),
    ({"list": "agency"}, ["agency", "partner"], True, "another list has it as well"),
]


@pytest.mark.parametrize(("named", "having", "known", "why"), QUIET)
@pytest.mark.parametrize("hunted", [False, True])
def test_what_policy_names_raises_no_referral_and_is_said_all_the_same(
    cast: Cast, lists: Path, monkeypatch: pytest.MonkeyPatch, hunted: bool,
    named: dict[str, str], having: list[str], known: bool, why: str,
) -> None:  # fmt: skip
    entries = [RaisesNothing(**{"category": "", **named}, why=why)]
    policy = known_lists_policy().model_copy(update={"raises_nothing": entries})
    monkeypatch.setattr(hits, "known_lists_policy", lambda: policy)
    for name in having:
        publish(lists, [entry(1)], name)
    referral = referred(7, cast.intake) if hunted else None
    for name in having:
        publish(lists, [entry(1), entry(7)], name)
    referral = referral or referred(7, cast.intake)
    hunt_all()
    referral.refresh_from_db()
    assert facts_known(referral).known_match is known
    assert ("known_match" in referral.risk_present) is known
    assert len(words(cast.intake, referral)) == len(having)


def test_what_policy_names_leaves_what_could_not_be_asked_unknown(
    cast: Cast, lists: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    quiet = [RaisesNothing(list="agency", category="", why="A test")]
    policy = known_lists_policy().model_copy(update={"raises_nothing": quiet})
    monkeypatch.setattr(hits, "known_lists_policy", lambda: policy)
    publish(lists, [entry(7)], "agency")
    publish(lists, [entry(7)], "partner")
    damage(lists / "partner")
    assert facts_known(referred(7, cast.intake)).known_match is None


def test_another_lists_yes_holds_though_one_cannot_be_opened(cast: Cast, lists: Path) -> None:
    publish(lists, [entry(7)], "agency")
    publish(lists, [entry(1)], "partner")
    damage(lists / "partner")
    assert facts_known(referred(7, cast.intake)).known_match is True


def test_a_hash_that_is_none_is_unknown_and_said(cast: Cast, lists: Path) -> None:
    publish(lists, [entry(1)])
    referral = referred(7, cast.intake, [{"md5": "not a hash"}])
    assert facts_known(referral).known_match is None
    assert detail(cast.intake, referral).lists.asked.unreadable == 1


def test_with_no_list_at_all_nothing_is_unknown_as_before(cast: Cast) -> None:
    assert facts_known(referred(7, cast.intake)).known_match is False


@pytest.mark.parametrize("listed", [True, False])
def test_no_rule_discards_what_is_on_a_list_or_may_be(cast: Cast, lists: Path, listed: bool) -> None:
    publish(lists, [entry(7)])
    if not listed:
        damage(lists / "agency")
    files = [ReportedFile(file_id="f", hashes={"md5": md5(7)}, annotations=["viral"])]
    referral = referred(7, cast.intake)
    receive([Item("v.json", document(report(8, people=[], files=files)))], channel="upload", by=cast.intake)
    viral = Referral.objects.exclude(pk=referral.pk).get()
    assert (viral.proposed_rule, viral.state) == ("viral", "received")
    assert viral.protected == ["known_match" if listed else "list_not_asked"]


def test_what_the_lists_said_outlives_reading_the_report_again(cast: Cast, lists: Path) -> None:
    publish(lists, [entry(7)])
    referral = referred(7, cast.intake)
    reassess(referral, by=cast.intake)
    assert (referral.known_match, Hit.objects.count()) == (True, 1)


def test_a_later_version_of_a_report_keeps_the_hashes_and_the_hits_of_the_first(
    cast: Cast, lists: Path
) -> None:
    publish(lists, [entry(7)])
    first = report(7, files=[ReportedFile(file_id="f", hashes={"md5": md5(7)})])
    again = changed(first, files=[ReportedFile(file_id="f", hashes={"md5": md5(8)})])
    for value in (first, again):
        receive([Item("r.json", document(value))], channel="upload", by=cast.intake)
    assert set(SeenHash.objects.values_list("value", flat=True)) == {md5(7), md5(8)}
    assert Referral.objects.get().known_match


def test_each_hit_is_kept_and_recorded_once(cast: Cast, lists: Path) -> None:
    publish(lists, [entry(7)])
    for _ in range(2):
        referred(7, cast.intake)
    recorded = AuditEntry.objects.get(action="list hit")
    assert '"list_name":"agency"' in recorded.new.replace(" ", "")
    assert (recorded.about, Hit.objects.count()) == (f"report:{Hit.objects.get().report_id}", 1)


def test_the_page_says_it_and_shows_no_picture(
    cast: Cast, lists: Path, signed_in: Callable[[User], Client]
) -> None:
    publish(lists, [entry(7)])
    referral = referred(7, cast.intake)
    client = signed_in(cast.intake)
    client.post(f"/referrals/{referral.pk}", {"reason": reason_to_look()})
    said = client.get(f"/referrals/{referral.pk}").content.decode()
    assert "Compared on arrival with agency version 1." in said
    assert "On list agency, version 1, entry E-7, category 1 (vics)" in said
    assert "Found on a list of known files" in said


def test_a_package_says_that_a_list_has_it_and_never_which(cast: Cast, lists: Path) -> None:
    publish(lists, [entry(7)], "secretname")
    referral = referred(7, cast.intake)
    sent = package.disseminate(referral, to=cast.force_a, reason="suspect_lives_here", by=cast.intelligence)
    assert "Found on a list of known files" in sent.content
    assert "secretname" not in sent.content
