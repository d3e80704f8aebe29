"""From a file to a referral: nothing lost, nothing twice."""

import zipfile
import zlib
from collections.abc import Iterable
from io import BytesIO

import pytest
from django.db import connection
from msgspec.structs import replace
from tests.cast import Cast
from tests.mixture import archive, details, document, ncmec, picture, report, subject, viral

from lapwing.report import Report
from lapwing_web.audit.actions import Rule
from lapwing_web.audit.models import AuditEntry
from lapwing_web.casework.actions.receive import Item, Receiving, receive
from lapwing_web.casework.models import IpEvent, Joining, Referral, SecondLook
from lapwing_web.casework.queries.reconcile import reconcile
from lapwing_web.clocks.models import Clock
from lapwing_web.intake import models
from lapwing_web.intake.models import Document, Receipt
from lapwing_web.intake.queries.reports import current_report
from lapwing_web.moment import now
from lapwing_web.refusal import Forbidden

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cast")]
BY = Rule("command:test")


def take(*files: bytes | tuple[str, bytes], provider: str | None = None) -> Receiving:
    """Receive files as the command does, each call its own commit, and prove the books."""
    items = [Item(*one) if isinstance(one, tuple) else Item(f"{n}.dat", one) for n, one in enumerate(files)]
    counts = receive(items, channel="command", by=BY, provider=provider, lines=True)
    proof = reconcile()
    assert proof.holds, proof.failures or proof.sums
    assert counts.received == len(counts.lines)
    return counts


def states(counts: Receiving) -> list[str]:
    return [str(line.state) for line in counts.lines]


def only_report() -> models.Report:
    return models.Report.objects.get()


def of(*reports: Report) -> Iterable[bytes]:
    return [document(one) for one in reports]


def test_a_report_becomes_a_ranked_explained_referral_with_its_clocks() -> None:
    take(document(report(1, escalated=True)))
    referral = Referral.objects.get()
    assert referral.state == "received"
    assert referral.title == "subject-000001"
    assert referral.escalated
    assert referral.why_here
    assert "escalated" in referral.risk_present
    assert "contact_with_children" in referral.risk_unknown
    assert 0 < referral.completeness < 100
    assert IpEvent.objects.get().verdict == "resolvable"
    assert set(Clock.objects.values_list("kind", flat=True)) == {"triage", "provider_logs"}
    assert set(referral.policies) >= {"risk", "triage", "routing", "joining"}


def test_the_same_file_ten_times_is_one_report_and_ten_receipts() -> None:
    file = document(report(1))
    for _ in range(3):
        take(file)
    take(*[file] * 7)
    assert only_report().receipts.count() == 10
    assert Document.objects.count() == Referral.objects.count() == 1
    assert sorted(Receipt.objects.values_list("state", flat=True)) == ["duplicate"] * 9 + ["new"]


def test_the_bytes_are_kept_exactly_as_they_came() -> None:
    file = b"\xef\xbb\xbf  " + document(report(1)) + b"\n\n"
    take(file)
    kept = Document.objects.get()
    assert zlib.decompress(bytes(kept.content)) == file


def test_a_changed_resubmission_is_a_new_version_and_its_referral_is_weighed_again() -> None:
    take(document(report(1)))
    before = Referral.objects.get()
    counts = take(document(report(1, escalated=True)))
    assert states(counts) == ["new_version"]
    after = Referral.objects.get()
    assert only_report().version == 2
    assert only_report().escalated
    assert after.escalated
    assert after.rank > before.rank
    assert AuditEntry.objects.filter(action="reassess", about=f"referral:{after.pk}").exists()


def test_an_earlier_version_sent_again_is_already_held() -> None:
    first, second = of(report(1), report(1, notes="more"))
    take(first)
    take(second)
    assert states(take(first)) == ["duplicate"]
    assert only_report().version == 2
    assert current_report(only_report()).notes == "more"


def test_the_same_content_in_other_bytes_is_a_duplicate_with_a_document_of_its_own() -> None:
    file = document(report(1))
    take(file)
    assert states(take(file.replace(b"\n", b"\r\n"))) == ["duplicate"]
    assert Document.objects.count() == 2


def test_two_companies_may_use_one_reference() -> None:
    take(*of(report(1), replace(report(1), provider="Example Other")))
    assert models.Report.objects.count() == 2


def test_a_company_is_one_company_however_it_is_written() -> None:
    first, second = report(1, provider="Example  Chat"), report(1, provider="EXAMPLE CHAT.")
    take(document(first))
    take(document(second))
    assert models.Provider.objects.count() == 1
    assert only_report().version == 2  # the spelling is content: it is kept, as another version


def test_a_provider_given_with_the_files_stands_for_what_they_say() -> None:
    take(document(ncmec(1)), provider="Example Direct")
    assert only_report().provider.name == "Example Direct"
    assert Referral.objects.get().provider.name == "Example Direct"


def test_a_report_without_a_reference_is_known_by_its_content() -> None:
    file = document(ncmec(1))
    take(file)
    assert only_report().reference.startswith("sha256:")
    assert len(only_report().reference) == len("sha256:") + 32
    assert states(take(file)) == ["duplicate"]


def test_a_file_that_cannot_be_read_is_a_rejected_receipt_with_its_reason_its_bytes_and_a_clock() -> None:
    counts = take(("broken.xml", b"<report><incidentSummary>"))
    receipt = Receipt.objects.get()
    assert counts.rejected == 1
    assert "line 1" in receipt.reason
    assert receipt.document is not None
    assert Clock.objects.get(kind="rejected_receipt").about == f"receipt:{receipt.pk}"


def test_what_may_be_a_picture_is_rejected_and_its_bytes_are_not_kept() -> None:
    take(("file.bin", bytes(range(256)) * 4))
    receipt = Receipt.objects.get()
    assert receipt.state == "rejected"
    assert receipt.document is None
    assert receipt.size == 1024
    assert len(receipt.sha256) == 64
    assert "not kept" in receipt.reason
    assert not Document.objects.exists()


def test_the_same_broken_file_again_waits_for_a_person_once() -> None:
    assert states(take(b"nonsense", b"nonsense")) == ["rejected", "duplicate"]
    assert states(take(b"nonsense")) == ["duplicate"]
    first = Receipt.objects.get(state="rejected")
    assert first.repeated_by.count() == 2


def test_a_bad_report_among_good_ones_is_one_rejected_receipt_with_its_place() -> None:
    lines = document(report(1), report(2), report(3)).splitlines()
    lines.insert(1, b'{"provider": 7')
    counts = take(b"\n".join(lines))
    assert states(counts) == ["new", "rejected", "new", "new"]
    assert counts.lines[1].reason.startswith("Report 2 of 4 in the file")
    assert [current_report(one).reference for one in models.Report.objects.order_by("id")] == [
        "REF-000001",
        "REF-000002",
        "REF-000003",
    ]


def test_a_json_array_is_taken_report_by_report() -> None:
    parts = [document(report(n)).strip() for n in range(3)]
    counts = take(b"[" + b",".join([*parts, b'{"provider": []}']) + b"]")
    assert states(counts) == ["new", "new", "new", "rejected"]


def test_objects_one_after_another_over_several_lines_are_each_a_report() -> None:
    counts = take(b"\n".join([document(report(1)), document(report(2)), b'{"cut": ']))
    assert states(counts) == ["new", "new", "rejected"]


def test_details_apart_from_their_report_are_part_of_its_content() -> None:
    take(document(report(1, files=[])))
    assert states(take(document(details(7, "REF-000001")))) == ["attached"]
    assert [file.file_id for file in current_report(only_report()).files] == [f"{7:032x}"]
    assert only_report().version == 1


def test_details_add_to_the_file_they_speak_of() -> None:
    take(
        document(
            report(7, files=[picture(7, potential_meme=None, viewed_stated=False, viewed_by_provider=None)])
        )
    )
    take(document(details(7, "REF-000007")))
    (file,) = current_report(only_report()).files
    assert file.viewed_by_provider is True


def test_details_wait_for_their_report_and_find_it_by_themselves() -> None:
    counts = take(document(details(7, "REF-000001")))
    assert states(counts) == ["held"]
    held = Receipt.objects.get()
    assert "has not arrived" in held.reason
    assert states(take(document(details(7, "REF-000001")))) == ["duplicate"]
    take(document(report(1, files=[])))
    held.refresh_from_db()
    assert held.state == "attached"
    assert held.report == only_report()
    assert len(current_report(only_report()).files) == 1
    assert Clock.objects.get(kind="rejected_receipt").state == "settled"


def test_details_of_a_reference_that_two_companies_use_wait_to_be_told_whose_they_are() -> None:
    take(*of(report(1), replace(report(1), provider="Example Other")))
    file = document(details(7, "REF-000001"))
    assert states(take(file)) == ["held"]
    assert states(take(file, provider="Example Other")) == ["attached"]


def test_a_report_beside_its_details_has_their_reference() -> None:
    files = {"a/one.xml": document(details(1, "CT-1")), "a/report.xml": document(ncmec(1))}
    counts = take(("pair.zip", archive(files)))
    assert sorted(states(counts)) == ["attached", "new"] or sorted(states(counts)) == ["held", "new"]
    assert only_report().reference == "CT-1"
    assert len(current_report(only_report()).files) == 1


def test_a_report_that_came_without_its_details_learns_its_reference_and_is_not_a_second_report() -> None:
    take(document(ncmec(1)))
    take(document(ncmec(1)), document(details(1, "CT-1")))
    assert only_report().reference == "CT-1"
    assert AuditEntry.objects.filter(action="learn reference").exists()
    assert states(take(document(ncmec(1)))) == ["duplicate"]


def test_a_viral_batch_is_one_report_and_a_referral_for_each_subject() -> None:
    take(document(viral(1, 5)))
    assert only_report().receipts.count() == 1
    assert Referral.objects.count() == 5
    assert sorted(Joining.objects.values_list("subject", flat=True)) == [0, 1, 2, 3, 4]
    assert len({referral.title for referral in Referral.objects.all()}) == 5
    assert set(Referral.objects.values_list("proposed_rule", flat=True)) == {"viral"}


def test_a_rule_discards_only_what_nothing_protects_and_says_which_rule() -> None:
    take(document(viral(1, 3)))
    for referral in Referral.objects.all():
        assert (referral.state, referral.decided_by, referral.reason) == ("discarded", "rule:viral", "viral")
        assert referral.reason_text
        assert not Clock.objects.filter(about=f"referral:{referral.pk}", kind="triage").exists()
        entry = AuditEntry.objects.get(action="discard", about=f"referral:{referral.pk}")
        assert (entry.by, entry.role) == ("rule:viral", "rule")


def test_an_escalated_batch_waits_for_a_person() -> None:
    take(document(replace(viral(1, 3), escalated=True)))
    assert set(Referral.objects.values_list("state", flat=True)) == {"received"}


def test_a_share_of_what_rules_discard_is_looked_at_again() -> None:
    take(*(document(viral(n, 60)) for n in range(5)))
    looks = SecondLook.objects.filter(of="discard")
    assert 0 < looks.count() < 60
    assert set(looks.values_list("first_by", flat=True)) == {"rule:viral"}
    assert Clock.objects.filter(kind="second_look").count() == looks.count()


def test_a_report_that_cannot_be_committed_does_not_take_its_batch_with_it() -> None:
    _refuse_reference("REF-000003")
    counts = take(*of(*(report(n) for n in range(6))))
    assert counts.new == 5
    assert counts.rejected == 1
    rejected = next(line for line in counts.lines if line.state == "rejected")
    assert "could not be processed" in rejected.reason
    assert Receipt.objects.get(state="rejected").document is not None


def _refuse_reference(reference: str) -> None:
    """Let the database itself refuse one report."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(
                f"CREATE TRIGGER poison BEFORE INSERT ON intake_report WHEN NEW.reference = '{reference}' "
                "BEGIN SELECT RAISE(ABORT, 'poison'); END"
            )
            return
        cursor.execute(
            "CREATE FUNCTION poison() RETURNS trigger AS $$ BEGIN IF NEW.reference = "
            f"'{reference}' THEN RAISE EXCEPTION 'poison'; END IF; RETURN NEW; END $$ LANGUAGE plpgsql"
        )
        cursor.execute(
            "CREATE TRIGGER poison BEFORE INSERT ON intake_report FOR EACH ROW EXECUTE FUNCTION poison()"
        )


def test_text_that_no_database_stores_is_kept_and_shown_in_part() -> None:
    odd = report(1, reference="R\x00" + "9" * 400, people=[subject(1, screen_name="s\x00" + "x" * 900)])
    counts = take(("n\x00" + "y" * 400, document(odd)))
    assert states(counts) == ["new"]
    assert len(only_report().reference) <= 200
    assert states(take(document(odd))) == ["duplicate"]


def test_every_step_is_recorded_and_nothing_is_said_before_it_is_committed() -> None:
    take(document(report(1)))
    report_id, referral = only_report().pk, Referral.objects.get()
    about = {(e.action, e.about) for e in AuditEntry.objects.all()}
    assert ("receive", f"receipt:{Receipt.objects.get().pk}") in about
    assert ("open", f"referral:{referral.pk}") in about
    assert Receipt.objects.get().report_id == report_id


def test_only_who_may_receive_reports_can(cast: Cast) -> None:
    with pytest.raises(Forbidden):
        receive([Item("a", b"x")], channel="upload", by=cast.officer_a)
    with pytest.raises(Forbidden):
        receive([Item("a", b"x")], channel="upload", by=cast.auditor)
    assert not Receipt.objects.exists()


def test_a_report_received_at_another_time_is_dated_then() -> None:
    at = now().replace(year=2025, month=6, day=1)
    receive([Item("a", document(report(1)))], channel="command", by=BY, at=at)
    assert (
        only_report().received_at
        == Referral.objects.get().received_at
        == Receipt.objects.get().received_at
        == at
    )


@pytest.mark.parametrize("bomb", [b"[" * 200_000, b'{"a":' * 200_000, b'{"a":[' * 100_000 + b"]}" * 100_000])
def test_json_nested_without_end_is_one_rejected_receipt_and_the_rest_is_taken(bomb: bytes) -> None:
    counts = take(document(report(1)), bomb, document(report(2)))
    assert states(counts) == ["new", "rejected", "new"]
    assert Receipt.objects.get(state="rejected").reason


def test_a_broken_member_of_an_archive_has_its_receipt_among_the_others() -> None:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_BZIP2) as zipped:
        for number, name in enumerate("abc"):
            zipped.writestr(f"{name}.json", document(report(number)))
    content = bytearray(stream.getvalue())
    begins = content.index(b"b.json") + 6
    content[begins + 20 : begins + 60] = b"\xff" * 40
    assert states(take(bytes(content))) == ["new", "rejected", "new"]
