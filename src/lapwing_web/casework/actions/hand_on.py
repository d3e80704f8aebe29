"""Handing on: finished submissions become reports and referrals, in the transaction that ends their jobs.

Whether a worker is killed before or after that commit, each submission is one report with its files: it is
handed on again, and found to be there.
"""

from collections.abc import Iterable, Iterator, Sequence
from io import BytesIO
from itertools import groupby
from zlib import decompress

from msgspec import Struct

from lapwing import exchange
from lapwing.report import Report as Value
from lapwing.report import ReportedFile
from lapwing_web.audit.actions import Rule
from lapwing_web.casework.actions.receive import Item, receive_documents
from lapwing_web.intake.actions.keep import Kept
from lapwing_web.intake.actions.submissions import HAND_ON
from lapwing_web.intake.models import Report, Submission, SubmittedFile
from lapwing_web.jobs.actions import Kind, Leased, done

BY = Rule("rule:hand-on")
JSON = "json"  # the channel of the JSON API
State = Submission.State


class Handing(Struct):
    """One submission on its way: its job, its items, and the report that it has become so far."""

    submission: Submission
    job: Leased
    items: list[Item]
    report: Report | None = None

    @property
    def main(self) -> str:
        """The name of the item that is the report itself."""
        return self.items[0].name

    @property
    def last(self) -> str:
        """The name of the item with which all of it has been received."""
        return self.items[-1].name


def hand_on(jobs: Sequence[Leased]) -> None:
    """Receive the submissions that the jobs name. Raises what the database raises; the jobs then stand."""
    by_key = {int(job.payload["submission"]): job for job in jobs}
    wanted = Submission.objects.filter(pk__in=by_key).select_related(
        "account__provider", "document", "report", "repeats"
    )
    handings = [_handing(one, by_key[one.pk]) for one in wanted.order_by("id")]
    handings.sort(key=_way)
    for _, some in groupby(handings, key=_way):
        _receive(list(some))


def _way(one: Handing) -> tuple[int, str]:
    """Whose it is, and by which channel it came: what is received together is alike in both."""
    return one.submission.account.provider_id, one.submission.channel


def _receive(handings: list[Handing]) -> None:
    mains = {one.main: one for one in handings}
    lasts = {one.last: one for one in handings}

    def kept(batch: list[Kept]) -> None:
        through = []
        for item in batch:
            if one := mains.get(item.arrival.name):
                one.report = item.receipt.report
            if one := lasts.get(item.arrival.name):
                one.submission.report = one.report
                through.append(one)
        Submission.objects.bulk_update([one.submission for one in through], ["report", "repeats"])
        done([one.job for one in through])

    first = handings[0].submission
    receive_documents(
        (item for one in handings for item in one.items),
        channel=first.channel,
        by=BY,
        provider=first.account.provider.name,
        kept=kept,
    )


def _handing(submission: Submission, job: Leased) -> Handing:
    files = list(submission.files.select_related("sealed", "details").order_by("id"))
    submission.repeats = _finished_before(submission, files)
    told = submission.repeats or submission
    reference = told.reference or str(told.number)
    content = decompress(bytes(submission.document.content))
    items = [Item(f"{submission}", content, reference)]
    if submission.repeats is None:
        items += _about_files(submission, files, reference)
    for item in items:
        item.at, item.submission = submission.ended_at, submission.pk
    return Handing(submission, job, items)


def _about_files(submission: Submission, files: list[SubmittedFile], reference: str) -> Iterator[Item]:
    """What the company said of each file, then what was found of all of them."""
    for file in files:
        if file.details is not None:
            name = f"{submission}, details of file {file.file_id}"
            yield Item(name, decompress(bytes(file.details.content)), reference)
    if files:
        record = BytesIO()
        value = Value(
            format="upload-record", reference=reference, fragment=True, files=[_found(file) for file in files]
        )
        exchange.FORMATS["upload-record"].write([value], record)
        yield Item(f"{submission}, files received", record.getvalue(), reference)


def _found(file: SubmittedFile) -> ReportedFile:
    sealed = file.sealed
    return ReportedFile(
        file_id=_called(file),
        name=file.name,
        media_type=file.media_type,
        size=sealed.size,
        hashes={"md5": sealed.md5, "sha1": sealed.sha1, "sha256": sealed.sha256},
        known_list=", ".join(file.known_lists),
    )


def _called(file: SubmittedFile) -> str:
    """The id under which the company's own document has the file, if it gave any.

    A report of the protocol learns our ids in its fileDetails. A JSON report never does: there a file that is
    called nothing is found by its hashes.
    """
    return file.stated_id or ("" if file.submission.channel == JSON else file.file_id)


def _finished_before(submission: Submission, files: list[SubmittedFile]) -> Submission | None:
    """An earlier finished submission of the account with the same document and the same files, if any.

    Its company lost the last reply and began again. The later one is then received as a duplicate.
    """
    if submission.reference:
        return None  # its own reference tells which report it is
    earlier = Submission.objects.filter(
        account_id=submission.account_id,
        sha256=submission.sha256,
        state=State.FINISHED,
        pk__lt=submission.pk,
        repeats=None,
    )
    held = _held(files)
    for one in earlier.order_by("id")[:20]:
        if _held(one.files.select_related("sealed", "details")) == held:
            return one
    return None


def _held(files: Iterable[SubmittedFile]) -> set[tuple[str, str]]:
    return {(file.sealed.sha256, file.name) for file in files}


KIND = Kind(HAND_ON, hand_on, "ordinary", at_once=64)
