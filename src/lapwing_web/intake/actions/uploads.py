"""The files of a report that is being handed over: each sealed before it is told of, and described once."""

import hashlib
import secrets
from typing import Any

from django.db import transaction

from lapwing.matching import KnownLists
from lapwing.vault import Staged
from lapwing_web.audit.actions import audited, record
from lapwing_web.intake.actions import answers
from lapwing_web.intake.actions.arrive import storable
from lapwing_web.intake.actions.sealing import keep_sealed
from lapwing_web.intake.actions.submissions import (
    keep_document,
    must_be_open,
    open_one,
    read_one,
    standing,
    touch,
)
from lapwing_web.intake.models import Account, Submission, SubmittedFile
from lapwing_web.intake.models.submission import MOST_FILES
from lapwing_web.moment import now

NAME, MEDIA_TYPE, STATED = 255, 100, 200  # characters a column holds


def may_add(account: Account, number: int, key: str | None = None) -> None:
    """Raises the Answer that an upload to this report would get, before a byte of it is read.

    One that repeats an earlier one by its `key` may come even when the report is finished.
    """
    with transaction.atomic():
        submission = standing(account, number)
        if key is None or not submission.files.filter(key=key).exists():
            must_be_open(submission)


@audited
def add_file(
    account: Account,
    number: int,
    staged: Staged,
    lists: KnownLists,
    *,
    name: str = "",
    media_type: str = "",
    stated_id: str = "",
    key: str | None = None,
) -> SubmittedFile:
    """Add a sealed file to an open report. `stated_id`: what the report's own document calls it. Raises an
    Answer.

    The same bytes under the same name in the same report are the same file: its reply was lost. With a `key`,
    the key alone says whether they are.
    """
    submission, at = standing(account, number), now()
    shown = storable(name, NAME, end=True)
    if already := _added_before(submission, staged.digests.sha256, shown, key):
        return already
    must_be_open(submission)
    if submission.files.count() >= MOST_FILES:
        raise answers.Invalid(f"A report holds at most {MOST_FILES:,} files.")
    matches = lists.match(staged.digests)
    sealed = keep_sealed(staged, matches=matches, by=account)
    file = SubmittedFile.objects.create(
        submission=submission,
        file_id=secrets.token_hex(16),
        sealed=sealed,
        name=shown,
        media_type=storable(media_type, MEDIA_TYPE),
        known_lists=sorted({match.list_name for match in matches}),
        received_at=at,
        key=key,
        stated_id=storable(stated_id, STATED),
    )
    touch(submission, at)
    record("add file", submission, by=account, new=_told(file))
    return file


def _told(file: SubmittedFile) -> dict[str, Any]:
    """What the audit keeps of a file."""
    sealed = file.sealed
    return {"file": file.file_id, "sha256": sealed.sha256, "size": sealed.size, "lists": file.known_lists}


def _added_before(submission: Submission, sha256: str, name: str, key: str | None) -> SubmittedFile | None:
    files = submission.files.select_related("sealed")
    if key is None:
        must_be_open(submission)
        return files.filter(key=None, sealed__sha256=sha256, name=name).first()
    already = files.filter(key=key).first()
    if already is not None and (already.sealed.sha256, already.name) != (sha256, name):
        raise answers.KeyReused("This idempotency key was used for another file of this report.")
    return already


def describe_file(account: Account, content: bytes) -> SubmittedFile:
    """Take the details of a file. Once a file: the same again is well, other details are refused.

    Raises an Answer.
    """
    report = read_one(content, "ncmec-file-details")
    number, file_id = whole(report.reference), report.files[0].file_id.strip().lower()
    sha256, at = hashlib.sha256(content).hexdigest(), now()
    with transaction.atomic():
        submission = open_one(account, number)
        file = submission.files.filter(file_id=file_id).select_related("details").first()
        if file is None:
            raise answers.NoFile(f"Report {number} has no file {file_id[:40]}.")
        if file.details is not None:
            if file.details.sha256 == sha256:
                return file
            raise answers.Invalid(f"The details of file {file_id} were given before, and differ.")
        file.details = keep_document(content, sha256, at)
        file.save(update_fields=["details"])
        touch(submission, at)
        return file


def whole(text: str) -> int:
    """A report id as it was sent. Raises NoReport for what no report can have."""
    stated = text.strip()
    if not (stated.isascii() and stated.isdecimal() and len(stated) <= 15):
        raise answers.NoReport(f"“{stated[:40]}” is not the id of a report.")
    return int(stated)
