"""Packages: what a force gets, what it answers, and who has the referral meanwhile."""

import json
import re
import subprocess
from datetime import UTC
from hashlib import sha256

import pytest
from tests.cast import Cast
from tests.lapwing_web.casework.made import Made, report, subject
from tests.lapwing_web.casework.worked import accepted

from lapwing.report import Batch, Instant, Person, PostalAddress
from lapwing_web.audit.models import AuditEntry
from lapwing_web.casework.actions import decide, outcome, package
from lapwing_web.casework.actions.agree import agree
from lapwing_web.casework.actions.readable import pdf
from lapwing_web.casework.models import Approval, Package, PackageSelector, Referral, SecondLook
from lapwing_web.casework.queries.packages import packages_for
from lapwing_web.clocks.models import Clock
from lapwing_web.moment import today
from lapwing_web.refusal import Forbidden, Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(cast: Cast, made: Made) -> Package:
    """A package that waits at the first force."""
    return package.disseminate(
        made(1), to=cast.force_a, reason="suspect_lives_here", text="act soon", by=cast.intelligence
    )


def text_of(made: bytes) -> str:
    """What a reader of the PDF sees, in reading order, line ends made spaces."""
    done = subprocess.run(["pdftotext", "-", "-"], input=made, capture_output=True, check=True)
    return " ".join(done.stdout.decode().split())


def test_the_agency_owns_a_referral_until_a_force_accepts_it(cast: Cast, sent: Package) -> None:
    referral = sent.referral
    assert (referral.state, referral.organisation) == ("disseminated", cast.agency)
    clock = Clock.objects.get(about=f"package:{sent.pk}", kind="silence")
    assert (clock.state, clock.organisation) == ("running", cast.force_a)
    package.accept(sent, by=cast.officer_a)
    referral.refresh_from_db()
    clock.refresh_from_db()
    assert (referral.state, referral.organisation) == ("accepted", cast.force_a)
    assert clock.state == "settled"


def test_a_returned_package_gives_the_agency_the_referral_and_a_clock(cast: Cast, sent: Package) -> None:
    package.accept(sent, by=cast.officer_a)
    package.return_(sent, reason="wrong_force", text="moved away", by=cast.supervisor_a)
    referral = Referral.objects.get(pk=sent.referral_id)
    assert (referral.state, referral.organisation, referral.reason) == ("developing", cast.agency, "")
    assert Clock.objects.filter(about=f"referral:{referral.pk}", kind="triage", state="running").exists()
    assert not Clock.objects.filter(about=f"package:{sent.pk}").exclude(state="settled").exists()
    with pytest.raises(Refused):
        package.accept(sent, by=cast.officer_a)
    again = package.disseminate(referral, to=cast.force_b, reason="best_evidence", by=cast.supervisor)
    assert [one.pk for one in packages_for(cast.officer_b)] == [again.pk]


def test_only_the_force_it_was_sent_to_can_answer(cast: Cast, sent: Package) -> None:
    for name, person in cast.people().items():
        if name not in ("officer_a", "supervisor_a"):
            with pytest.raises(Forbidden):
                package.accept(Package.objects.get(pk=sent.pk), by=person)
            with pytest.raises(Forbidden):
                package.return_(Package.objects.get(pk=sent.pk), reason="already_known", text="x", by=person)
    assert Package.objects.get(pk=sent.pk).state == "waiting"


def test_a_return_needs_a_reason_of_policy(cast: Cast, sent: Package) -> None:
    for reason, text in (("", ""), ("viral", ""), ("wrong_force", " ")):
        with pytest.raises(Refused):
            package.return_(sent, reason=reason, text=text, by=cast.officer_a)


def test_the_receipt_is_the_first_opening_by_the_force_and_no_other(cast: Cast, sent: Package) -> None:
    package.open_package(sent, by=cast.supervisor)
    package.open_package(sent, by=cast.auditor_a)
    assert sent.opened_at is None
    package.open_package(sent, by=cast.officer_a)
    first = sent.opened_at
    package.open_package(sent, by=cast.supervisor_a)
    assert first is not None
    assert (sent.opened_at, sent.opened_by) == (first, cast.officer_a)
    assert AuditEntry.objects.filter(action="open a package").count() == 1


def test_what_was_sent_is_disclosed_hashed_and_findable(cast: Cast, sent: Package) -> None:
    assert sha256(sent.content.encode()).hexdigest() == sent.sha256
    entry = AuditEntry.objects.get(action="disclose")
    assert (entry.about, entry.to) == (f"package:{sent.pk}", cast.force_a.pk)
    values = set(PackageSelector.objects.filter(package=sent).values_list("value", flat=True))
    assert "subject-000001@example.com" in values
    assert not any("desk@social.example" in value for value in values)


def test_no_audit_row_about_a_referral_is_a_force_s(cast: Cast, sent: Package) -> None:
    accepted(sent, cast.officer_a)
    outcome.record_outcome(sent, code="1", on=today(), by=cast.officer_a)
    outcome.reopen_outcome(sent, why="wrong day", by=cast.officer_a)
    package.return_(sent, reason="already_known", text="x", by=cast.officer_a)
    assert not AuditEntry.objects.filter(about__startswith="referral:").exclude(organisation="NCA").exists()


def test_nothing_of_the_agency_s_own_is_in_a_package(cast: Cast, made: Made) -> None:
    """Marks are put wherever the agency keeps something of its own; none may come out at the other end."""
    referral = made(1)
    Referral.objects.filter(pk=referral.pk).update(
        why_here="MARK-rank", proposed_reason="MARK-triage", reason_text="MARK-decision"
    )
    referral.refresh_from_db()
    decide.assign(referral, to=cast.intake, why="MARK-assign", by=cast.supervisor)
    SecondLook.objects.create(
        referral=referral,
        sampled_at=referral.received_at,
        of="low_band",
        first_by="MARK-look",
        first_decision={},
    )
    made(
        2, people=[subject(2, devices=[]), Person(role="recipient", emails=subject(1).emails)]
    )  # a possible link
    package.send_safeguarding(referral, to=cast.force_b, text="MARK-other-package", by=cast.intelligence)
    sent = package.disseminate(referral, to=cast.force_a, reason="best_evidence", by=cast.intelligence)
    whole = sent.content + text_of(pdf(sent))
    for mark in ("MARK-", "R-000002", "intelligence", "intake officer"):
        assert mark not in whole, mark
    assert cast.intake.username not in json.dumps(json.loads(sent.content)["package"])


def test_one_subject_of_a_batch_is_sent_without_the_others(cast: Cast, made: Made) -> None:
    people = [subject(number, ip_events=[]) for number in (11, 12, 13)]
    made(9, people=people, batch=Batch("viral_potential_meme"))
    referral = Referral.objects.get(title__contains="subject-000012")
    if referral.state == "discarded":
        decide.reopen(referral, reason="new_information", text="x", by=cast.intake)
    sent = package.disseminate(referral, to=cast.force_a, reason="best_evidence", by=cast.intelligence)
    assert "subject-000012" in sent.content
    assert "subject-000011" not in sent.content
    assert "subject-000013" not in sent.content


def test_a_safeguarding_package_protects_the_child_and_leaves_the_referral(cast: Cast, made: Made) -> None:
    referral = made(1)
    sent = package.send_safeguarding(
        referral, to=cast.force_b, text="a child lives here", by=cast.intelligence
    )
    assert Referral.objects.get(pk=referral.pk).state == "received"
    assert "victim-000001" in sent.content
    for private in ("subject-000001", "198.51.100.7", "account-000001"):
        assert private not in sent.content + sent.title + text_of(pdf(sent))
    package.return_(sent, reason="wrong_force", text="moved", by=cast.officer_b)
    assert Referral.objects.get(pk=referral.pk).state == "received"


def test_a_supplement_shares_the_fate_of_what_it_adds_to(cast: Cast, sent: Package) -> None:
    referral = Referral.objects.get(pk=sent.referral_id)
    added = package.supplement(referral, text="a new report", by=cast.intelligence)
    assert (added.to, added.adds_to, added.state) == (cast.force_a, sent, "waiting")
    assert Referral.objects.get(pk=referral.pk).state == "disseminated"
    package.accept(sent, by=cast.officer_a)
    added.refresh_from_db()
    assert added.state == "accepted"
    later = package.supplement(Referral.objects.get(pk=referral.pk), text="more", by=cast.intelligence)
    package.return_(sent, reason="already_known", text="x", by=cast.officer_a)
    for one in (added, later):
        one.refresh_from_db()
        assert one.state == "returned"
    with pytest.raises(Refused):
        package.supplement(Referral.objects.get(pk=referral.pk), text="more", by=cast.intelligence)


def test_an_outcome_closes_the_referral_and_can_be_taken_back(cast: Cast, sent: Package) -> None:
    with pytest.raises(Refused):
        outcome.record_outcome(sent, code="1", on=today(), by=cast.officer_a)  # not accepted yet
    accepted(sent, cast.officer_a)
    with pytest.raises(Refused):
        outcome.record_outcome(sent, code="18", on=today(), by=cast.officer_a)  # a loss without its reason
    outcome.record_outcome(sent, code="18", on=today(), reason="device_not_examined", by=cast.officer_a)
    referral = Referral.objects.get(pk=sent.referral_id)
    assert (referral.state, referral.outcome, referral.reason) == ("closed", "18", "device_not_examined")
    with pytest.raises(Refused):
        package.return_(sent, reason="already_known", text="x", by=cast.officer_a)
    with pytest.raises(Refused):
        decide.reopen_kept(referral, why="not ours", by=cast.supervisor)
    outcome.reopen_outcome(sent, why="examined after all", by=cast.supervisor_a)
    referral.refresh_from_db()
    assert (referral.state, referral.outcome, referral.organisation) == ("accepted", "", cast.force_a)
    assert (referral.reason, referral.decided_by) == ("suspect_lives_here", "intelligence")


def test_a_free_text_outcome_takes_two_people_of_the_force(cast: Cast, sent: Package) -> None:
    accepted(sent, cast.officer_a)
    outcome.record_outcome(sent, code="20", on=today(), reason="other", text="odd", by=cast.officer_a)
    approval = Approval.objects.get()
    for person in (cast.officer_a, cast.supervisor, cast.officer_b):
        with pytest.raises(Forbidden):
            agree(approval, by=person)
    agree(approval, by=cast.supervisor_a)
    assert Referral.objects.get(pk=sent.referral_id).state == "closed"


def test_the_pdf_says_what_matters_and_is_tagged(cast: Cast, sent: Package) -> None:
    made_of = pdf(sent)
    assert b"/MarkInfo" in made_of or b"/StructTreeRoot" in made_of
    words = text_of(made_of)
    for expected in (
        sent.reference,
        sent.referral.reference,
        "act soon",
        "subject-000001@example.com",
        "Not known",
        sent.sha256,
    ):
        assert expected in words, expected
    assert pdf(sent) == made_of
    assert f"Sent {sent.sent_at.astimezone(UTC):%-d %B %Y, %H:%M} UTC" in words
    assert not re.search(r"\d{4}-\d{2}-\d{2}(?!T)", words)  # a time as the company wrote it stays as it is


AWKWARD = [
    # what a screen name may hold: why
    ('#set page(width: 1pt) #read("/etc/passwd")', "it is markup"),
    ('"]] #panic() [[', "it tries to leave its string"),
    ("$ \\ * _ ` < @ = ~ //", "every character that means something"),
    ("subject \N{GRINNING FACE} \N{HIRAGANA LETTER A}", "no font here draws it"),
    ("مرحبا", "it is written from right to left"),
    ("x" * 300, "it has nowhere to break"),
    ("line\nbreak\ttab", "it holds control characters"),
]


@pytest.mark.parametrize(("name", "why"), AWKWARD, ids=[why for _, why in AWKWARD])
def test_nothing_in_a_report_can_become_markup(name: str, why: str, cast: Cast, made: Made) -> None:
    where = [PostalAddress(street=name, postcode="PR1 8XJ")]
    who = subject(1, first_name=name, addresses=where, screen_name=name)
    referral = made(1, people=[who], incident_at=Instant(name), incident_type=name)
    sent = package.disseminate(
        referral, to=cast.force_a, reason="best_evidence", text=name, by=cast.intelligence
    )
    words = text_of(pdf(sent))
    assert "Dissemination package" in words
    if name.isascii() and name.isprintable():
        assert "".join(name.split()) in "".join(words.split())


def test_a_package_is_a_snapshot(cast: Cast, sent: Package) -> None:
    before = sent.content
    decide.set_facts(sent.referral, answers={"lives_with_child": True}, source="a call", by=cast.intelligence)
    sent.refresh_from_db()
    assert sent.content == before


def test_a_report_number_is_the_same_in_the_package(cast: Cast, sent: Package) -> None:
    assert [one["reference"] for one in json.loads(sent.content)["reports"]] == [report(1).reference]
