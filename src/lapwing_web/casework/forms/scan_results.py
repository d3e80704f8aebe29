"""Attaching a scan's result to an exhibit, and the grades of what it found."""

import zipfile
import zlib
from contextlib import ExitStack
from tempfile import TemporaryFile
from typing import IO, Any, BinaryIO

from django import forms
from django.core.files.uploadedfile import UploadedFile

from lapwing_web.casework.actions import grading, scan_results
from lapwing_web.casework.forms.exhibits import ExhibitDecision
from lapwing_web.casework.forms.receive import SeveralFiles
from lapwing_web.casework.forms.referral import why_field
from lapwing_web.casework.queries.scan_results import results_of, viewers_of
from lapwing_web.refusal import Refused
from lapwing_web.staff.permissions import may

MOST = 64 * 2**20  # bytes of items.jsonl that are read while somebody waits for the page
NAMES = {"summary.json": "summary", "items.jsonl": "items", "stacks.jsonl": "stacks"}
# RuntimeError: a password is asked for
BROKEN = (
    zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError,
    forms.ValidationError,
)  # fmt: skip
TOO_LARGE = (
    "It is larger than {:,} bytes: attach it with the command “lapwing-web attach-scan”, which shows how far "
    "it has come."
)


class AttachForm(ExhibitDecision):
    """The files that `lapwing scan` wrote."""

    title, submit = "Attach a scan of {}", "Attach it"
    lead = (
        "Choose summary.json, items.jsonl and stacks.jsonl from the folder that the scan wrote to, or one "
        "zip of them. They hold names and hashes, and no pictures. Nothing is attached unless every file "
        "that was seen is accounted for."
    )
    results = SeveralFiles(label="Files of the scan", error_messages={"required": "Choose the files"})

    def clean_results(self) -> dict[str, Any]:
        """Each file by what it is. A zip is opened, and only names that are known are read."""
        files: list[UploadedFile[Any]] = self.cleaned_data["results"]
        if len(files) == 1 and zipfile.is_zipfile(files[0].file or files[0]):
            return {"zip": files[0]}
        found = {NAMES[file.name]: file for file in files if file.name in NAMES}
        _complete(found)
        if (found["items"].size or 0) > MOST:
            raise forms.ValidationError(TOO_LARGE.format(MOST))
        return found

    def act(self) -> str:
        """Read it, check it, attach it."""
        with ExitStack() as open_files:
            found = self.cleaned_data["results"]
            streams = _unzipped(found["zip"], open_files) if "zip" in found else _streams(found)
            result, new = scan_results.attach(
                self.subject,
                summary=streams["summary"],
                items=streams["items"],
                stacks=streams.get("stacks"),
                by=self.by,
            )
        if not new:
            return "These files are attached already: nothing was done."
        return f"The scan is attached: {result.found}."


def _complete(found: dict[str, Any]) -> None:
    missing = [name for name, short in NAMES.items() if short not in found and short != "stacks"]
    if missing:
        raise forms.ValidationError(f"{' and '.join(missing)} is missing. Choose the files of one scan.")


def _streams(found: dict[str, Any]) -> dict[str, BinaryIO]:
    return {short: file.file for short, file in found.items()}


def _unzipped(upload: Any, open_files: ExitStack) -> dict[str, BinaryIO]:
    """The members of a zip that have the names, unpacked no further than the limit."""
    try:
        archive = open_files.enter_context(zipfile.ZipFile(upload.file))
        found: dict[str, BinaryIO] = {}
        for member in archive.infolist():
            short = NAMES.get(member.filename.rpartition("/")[2])
            if short is None or short in found:
                continue
            if member.file_size > MOST:
                raise Refused(TOO_LARGE.format(MOST))
            kept = open_files.enter_context(TemporaryFile())  # noqa: SIM115  the stack closes it
            with archive.open(member) as packed:
                if _copied(packed, kept) > MOST:
                    raise Refused(TOO_LARGE.format(MOST))
            found[short] = kept
        _complete(found)
    except BROKEN as error:
        said = error.messages[0] if isinstance(error, forms.ValidationError) else "The zip cannot be read."
        raise Refused(f"Nothing was attached. {said}") from error
    return found


def _copied(packed: IO[bytes], kept: IO[bytes]) -> int:
    """Unpack no further than a little past the limit, whatever the zip says of the size. Returns how much."""
    size = 0
    while size <= MOST and (block := packed.read(2**16)):
        size += kept.write(block)
    return size


class WithdrawScanForm(ExhibitDecision):
    """A scan that was attached by mistake. It is always the one that counts."""

    title, submit, danger = "Withdraw the scan of {}", "Withdraw it", True
    scan = forms.CharField(widget=forms.HiddenInput)
    why = why_field("Why is it withdrawn?", "For example, that it is of another exhibit.")

    def prepare(self) -> None:
        """Which one it is."""
        self.result = result = results_of(self.subject).first()
        if result is None:
            self.in_the_way = [f"No scan of {self.subject} is attached."]
            return
        self.fields["scan"].initial = result.fingerprint
        self.lead = (
            f"It is of {result.source}, attached by {result.by}: {result.found}. It then counts no longer, "
            "and the one before it counts again, if there is one. It stays on the exhibit’s page with your "
            "reason. The band of the case is not lowered by that."
        )

    def act(self) -> str:
        """Withdraw it, if it still is the one that was shown."""
        if self.result is None or self.cleaned_data["scan"] != self.result.fingerprint:
            raise Refused("Another scan counts since you opened this page. Open it again to see which.")
        scan_results.withdraw_scan(self.result, why=self.cleaned_data["why"], by=self.by)
        return "The scan is withdrawn. Look whether the band of the case still holds."


class GradesForm(ExhibitDecision):
    """The grades of a scan's files."""

    title, submit = "Take grades for {}", "Take the grades"
    lead = (
        "A VICS document from the grader’s own tool. What was viewed is counted for the grader: each stack "
        "once, and a file that is on a list never."
    )
    grades = forms.FileField(label="VICS document", error_messages={"required": "Choose the document"})
    grader = forms.ChoiceField(label="Who graded?", error_messages={"required": "Choose who graded"})
    override = forms.BooleanField(
        label="Take them although the grader’s budget or own word did not allow the views", required=False
    )
    why = why_field(
        "Reason", "Needed with that: it stands beside your name where supervisors look.", required=False
    )

    def prepare(self) -> None:
        """Everybody of the force who may view."""
        self.people = {str(one.pk): one for one in viewers_of(self.by)}
        self.fields["grader"].choices = [  # type: ignore[attr-defined]
            ("", "Choose who"),
            *((key, str(one)) for key, one in self.people.items()),
        ]
        if not may(self.by, "override a budget"):
            del self.fields["override"], self.fields["why"]

    def act(self) -> str:
        """Take them."""
        result = results_of(self.subject).first()
        if result is None:
            raise Refused(f"No scan of {self.subject} is attached: attach it first.")
        given = {name: self.cleaned_data[name] for name in ("override", "why") if name in self.cleaned_data}
        made, new = grading.take_grades(
            result,
            grades=self.cleaned_data["grades"].file,
            grader=self.people[self.cleaned_data["grader"]],
            by=self.by,
            **given,
        )
        if not new:
            return "These grades were taken already: nothing was done, and nothing was counted again."
        return f"{made.graded:,} grades are taken; {made.views:,} views count for {made.grader}."
