"""What comes in otherwise than by files collected: reports that companies hand over through accounts of their
own, with sealed files, and what is told through the public form.

Each goes the way of the real thing, at its own moment: opened, added to, and finished, retracted or left.
"""

import struct
import zlib
from contextlib import suppress
from datetime import datetime, timedelta
from io import BytesIO
from random import Random

from django.conf import settings
from msgspec import Struct
from msgspec.structs import replace

from lapwing.exchange import FORMATS
from lapwing.report import Report, ReportedFile
from lapwing.rules.spoken_reference import BYTES, reference_of
from lapwing.rules.telling import Answers
from lapwing_web.casework.actions.hand_on import KIND
from lapwing_web.casework.actions.telling import receive_told
from lapwing_web.demo.companies import COMPANIES
from lapwing_web.demo.people import DEMO
from lapwing_web.intake.actions import accounts, submissions, uploads
from lapwing_web.intake.actions.lapsing import lapse_due, watch_unfinished
from lapwing_web.intake.actions.sealing import VaultClosed, known_lists, seal
from lapwing_web.intake.models import Account, Provider, Submission
from lapwing_web.intake.models import Report as Received
from lapwing_web.jobs.actions import lease
from lapwing_web.jobs.models import LANES
from lapwing_web.moment import at as at_moment

FINISHED, RETRACTED, LEFT = "finished", "retracted", "left"
CHANNELS = {"ncmec-report": "ispws", "schedule-1": "json"}  # by the format in which a company reports
MOST_FILES = 2  # sealed for one report: a demonstration's load is not to wait for the disk


class Handed(Struct):
    """A report handed over through its company's account, and how that ended."""

    report: Report
    course: str
    ending: str = FINISHED


class Told(Struct):
    """What somebody told through the public form."""

    answers: Answers
    reference: str
    course: str


class FrontDoor:
    """The companies' accounts, opened at `since`."""

    def __init__(self, since: datetime) -> None:
        self.accounts: dict[str, Account] = {}
        with at_moment(since):
            for company in COMPANIES:
                if company.by_account:
                    account, _ = accounts.add_account(company.name, environment=settings.ENVIRONMENT, by=DEMO)
                    self.accounts[company.name] = account
                    _add_contacts(account.provider, company.slug)

    def hand_over(self, handed: Handed, at: datetime) -> Received | None:
        """Hand a report over at `at`. The report received; None when it was not finished."""
        account, report = self.accounts[handed.report.provider], handed.report
        with at_moment(at):
            opened = submissions.open_submission(
                account, _document(report), form=report.format, channel=CHANNELS[report.format]
            )
            for file in report.files[:MOST_FILES]:
                with suppress(VaultClosed):  # a site without a key takes reports, and no files
                    _upload(account, opened, file)
            if handed.ending == LEFT:
                return None
            if handed.ending == RETRACTED:
                submissions.retract(account, opened.number)
                return None
            submissions.finish(account, opened.number)
        with at_moment(at + timedelta(minutes=1)):
            _hand_on()
        return Received.objects.get(submissions=opened)


def _add_contacts(provider: Provider, slug: str) -> None:
    for name, purpose in (("Trust and safety desk", "Questions on a report"), ("Duty desk", "At night")):
        email = f"{purpose.split()[0].lower()}@{slug}.example"
        accounts.add_contact(provider, name=name, purpose=purpose, email=email, by=DEMO)


def _document(report: Report) -> bytes:
    """The report itself; its files follow it."""
    stream = BytesIO()
    alone = replace(report, files=[], reference="") if report.format == "ncmec-report" else report
    FORMATS[report.format].write([alone], stream)
    return stream.getvalue()


def _upload(account: Account, opened: Submission, file: ReportedFile) -> None:
    """Seal a picture, add it, and in the protocol describe it."""
    staged = seal([picture(file.file_id)])
    by_protocol = opened.channel == CHANNELS["ncmec-report"]
    kept = uploads.add_file(
        account,
        opened.number,
        staged,
        known_lists(),
        name=file.name,
        media_type="image/png",
        stated_id="" if by_protocol else file.file_id,
    )
    if by_protocol:
        said = replace(file, file_id=kept.file_id, hashes={}, size=None)
        details = Report(
            format="ncmec-file-details", reference=str(opened.number), fragment=True, files=[said]
        )
        stream = BytesIO()
        FORMATS["ncmec-file-details"].write([details], stream)
        uploads.describe_file(account, stream.getvalue())


def _hand_on() -> None:
    """What the worker does with a finished report."""
    for lane in LANES:
        while jobs := lease([KIND], KIND.at_once, lane):
            KIND.handle(jobs)


def tell(told: Told, at: datetime) -> Received:
    """Receive what was told, at `at`."""
    with at_moment(at):
        receive_told(told.answers, told.reference)
    return Received.objects.get(reference=told.reference)


def look_after_unfinished() -> None:
    """What the worker does every half minute: a report left alone has a clock, and in the end it lapses."""
    if Submission.objects.filter(state=Submission.State.OPEN).exists():  # on most days there is none
        watch_unfinished()
        lapse_due()


def picture(name: str) -> bytes:
    """A benign picture, 16 by 16 of one grey that `name` gives, as PNG (ISO/IEC 15948)."""
    grey = zlib.crc32(name.encode()) & 0xFF
    rows = b"".join(b"\0" + bytes([grey, (grey + row) & 0xFF] * 8) for row in range(16))
    header = struct.pack(">IIBBBBB", 16, 16, 8, 0, 0, 0, 0)
    note = b"name\0" + name.encode("latin-1", "replace")
    chunks = [(b"IHDR", header), (b"tEXt", note), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )


class Tellers:
    """People who tell: made from a seed, dull, and each with a course for its referral."""

    def __init__(self, seed: int) -> None:
        self.random = Random(f"lapwing telling {seed}")  # noqa: S311  not for secrets

    def tell(self) -> Told:
        """The next telling."""
        random = self.random
        who = random.choice(["child", "parent", "adult", "professional"])
        danger = random.choice(["no", "no", "not_sure", "yes"])
        answers = self._answers(who, danger)
        reference = reference_of(random.randbytes(BYTES))
        course = "serious" if danger == "yes" else random.choice(["good", "poor"])
        return Told(answers, reference, course)

    def _answers(self, who: str, danger: str) -> Answers:
        random, subject = self.random, self.random.randrange(900_000, 1_000_000)
        given = {
            "who": who,
            "danger": danger,
            "happened": "Somebody asks for pictures in messages.",
            "happened_when": "last week",
            "happened_where": random.choice(COMPANIES).service,
            "person_account": f"subject-{subject:06d}",
            "way": random.choice(["none", "email", ""]),
            "email": f"teller-{subject:06d}@example.org",
        }
        if who == "child":
            given |= {"whose": random.choice(["me", "other"]), "child_age": str(random.randrange(11, 17))}
        if who == "professional":
            given |= {"duty_role": "Teacher", "duty_organisation": "Example School"}
        return Answers(**given)
