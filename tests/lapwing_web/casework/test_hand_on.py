"""A finished submission becomes one report with its files, however often and by whomever it is handed on."""

import hashlib
from argparse import Namespace
from datetime import timedelta
from typing import Any

import pytest
from tests.cast import Cast
from tests.company import Company, details, report, some_bytes
from tests.lapwing.matching.made_lists import make_list

from lapwing.vault import Identities
from lapwing_web import moment
from lapwing_web.audit.actions import Rule
from lapwing_web.casework.actions.hand_on import KIND, hand_on
from lapwing_web.casework.models import Referral
from lapwing_web.casework.queries.reconcile import reconcile
from lapwing_web.clocks.models import Clock
from lapwing_web.commands import work
from lapwing_web.intake.actions.accounts import add_account
from lapwing_web.intake.models import Receipt, Report, Submission
from lapwing_web.intake.queries.reports import current_report
from lapwing_web.jobs.actions import LeaseLost, lease
from lapwing_web.jobs.models import Job


@pytest.fixture
def company(cast: Cast, vault: Identities) -> Company:
    account, password = add_account("Example Social", environment="test", by=Rule("test:hand-on"))
    return Company(account.username, password)


def worked() -> None:
    """Everything due is done, as by `lapwing-web work --once`."""
    work.run(Namespace(lanes=["urgent", "ordinary"], once=True, beside=None))


def test_a_submission_becomes_a_referral_with_what_was_found_of_its_files(company: Company) -> None:
    content = some_bytes()
    number = company.whole(report(7), content)
    worked()
    kept = Report.objects.get()
    assert (kept.reference, kept.provider.name) == (str(number), "Example Social")
    file = current_report(kept).files[0]
    assert file.hashes["sha256"] == hashlib.sha256(content).hexdigest()
    assert file.original_name == "a picture.png"
    assert file.viewed_by_provider is True
    assert file.size == len(content)
    assert Referral.objects.get().title == "subject-000007"
    assert reconcile().holds


def test_it_was_received_when_it_was_finished_and_not_when_it_was_worked(company: Company) -> None:
    begun = moment.now() - timedelta(hours=3)
    with moment.at(begun):
        company.whole(report(7))
    worked()
    assert Report.objects.get().received_at == begun
    assert Referral.objects.get().received_at == begun
    assert Clock.objects.get(kind="triage").started_at == begun


def test_a_stated_hash_that_is_not_the_files_is_kept_beside_it(company: Company) -> None:
    number = company.submit(report(7)).number
    sent = company.upload(number, b"some")
    stated = f"<originalFileHash hashType='MD5'>{'0' * 32}</originalFileHash></fileDetails>".encode()
    document = details(number, sent.said["fileId"]).replace(b"</fileDetails>", stated)
    assert company.fileinfo(document).code == 0
    company.finish(number)
    worked()
    file = current_report(Report.objects.get()).files[0]
    assert file.hashes["md5"] == hashlib.md5(b"some", usedforsecurity=False).hexdigest()
    assert any("0" * 32 in note for note in file.notes)


def test_a_known_file_makes_it_urgent_and_is_told(company: Company, settings: Any) -> None:
    settings.LISTS.mkdir(exist_ok=True)
    make_list(settings.LISTS, "trial", "sha256", [hashlib.sha256(b"on a list").digest()])
    company.whole(report(7), b"on a list")
    assert Job.objects.get(kind=KIND.name).lane == Job.Lane.URGENT
    worked()
    assert current_report(Report.objects.get()).files[0].known_list == "trial"


def test_a_whole_transaction_repeated_is_one_report_and_a_receipt_of_a_duplicate(company: Company) -> None:
    numbers = [company.whole(report(7), b"the same"), company.whole(report(7), b"the same")]
    assert len(set(numbers)) == 2
    worked()
    kept = Report.objects.get()
    assert kept.reference == str(numbers[0])
    assert kept.version == 1
    assert Receipt.objects.filter(state="duplicate").count() == 1
    again = Submission.objects.order_by("id").last()
    assert again is not None
    assert again.repeats is not None
    assert again.repeats.number == numbers[0]
    assert again.report == kept
    assert reconcile().holds


def test_other_files_are_another_report(company: Company) -> None:
    company.whole(report(7), b"one")
    company.whole(report(7), b"another")
    worked()
    assert Report.objects.count() == 2
    assert reconcile().holds


def test_many_of_several_companies_are_handed_on_together(company: Company, cast: Cast) -> None:
    other, password = add_account("Example Photos", environment="test", by=Rule("test:hand-on"))
    for number in range(6):
        who = company if number % 2 else Company(other.username, password)
        who.whole(report(number), *[some_bytes() for _ in range(number % 3)])
    jobs = lease([KIND], 64, "ordinary")
    assert len(jobs) == 6
    hand_on(jobs)
    assert {one.provider.name for one in Report.objects.select_related("provider")} == {
        "Example Social",
        "Example Photos",
    }
    assert Job.objects.filter(kind=KIND.name, state=Job.State.DONE).count() == 6
    assert reconcile().holds


def test_what_another_worker_has_taken_is_undone_here(company: Company) -> None:
    company.whole(report(7), b"one")
    jobs = lease([KIND], 1, "ordinary")
    Job.objects.update(lease="another worker")
    with pytest.raises(LeaseLost):
        hand_on(jobs)
    assert not Report.objects.exists()
    assert not Receipt.objects.exists()


def test_a_finished_submission_is_work_in_hand_until_it_is_a_report(company: Company) -> None:
    company.whole(report(7))
    found = reconcile()
    assert found.holds
    assert found.sums["finished submissions = reports + waiting + rejected"]["parts"]["waiting"] == 1
    Job.objects.all().delete()
    assert "finished submissions that are no report and have no job" in reconcile().failures
