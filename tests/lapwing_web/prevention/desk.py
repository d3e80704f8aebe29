"""A company that sends, by the real path: files, the reporting API, requests for more."""

from datetime import datetime, timedelta
from typing import Any

from tests import company as sent
from tests.cast import Cast
from tests.mixture import document, report

from lapwing_web import moment
from lapwing_web.audit.actions import Rule
from lapwing_web.casework.actions import decide, hand_on
from lapwing_web.casework.actions.receive import Item, receive
from lapwing_web.casework.models import Referral
from lapwing_web.intake.actions import accounts, submissions
from lapwing_web.intake.actions.lapsing import lapse_due
from lapwing_web.intake.models import Provider, Report
from lapwing_web.jobs.actions import lease
from lapwing_web.jobs.actions.working import do
from lapwing_web.jobs.models import Job

BY = Rule("rule:test")
NAME = "Example Social"


class Desk:
    """What one company does, each at a moment of its own."""

    def __init__(self, cast: Cast, name: str = NAME) -> None:
        self.cast, self.name = cast, name
        self.account, _ = accounts.add_account(name, environment="test", by=BY)

    @property
    def provider(self) -> Provider:
        return self.account.provider

    def send(self, at: datetime, *contents: bytes) -> None:
        """Files of this company's, handed over by an officer."""
        with moment.at(at):
            items = [Item(f"file-{place}", content) for place, content in enumerate(contents)]
            receive(items, channel="upload", by=self.cast.intake, provider=self.name)

    def reports(self, at: datetime, *numbers: int, **more: Any) -> None:
        self.send(at, *(document(report(number, **more)) for number in numbers))

    def begin(self, at: datetime, number: int) -> int:
        """A report begun through the API; returns its number."""
        with moment.at(at):
            opened = submissions.open_submission(
                self.account, sent.report(number), form="ncmec-report", channel="ispws"
            )
        return opened.number

    def finish(self, at: datetime, number: int) -> None:
        """Finished, and received by the worker."""
        with moment.at(at):
            submissions.finish(self.account, number)
            for lane in Job.Lane.values:
                do(hand_on.KIND, lease([hand_on.KIND], 10, lane))

    def retract(self, at: datetime, number: int) -> None:
        with moment.at(at):
            submissions.retract(self.account, number)

    def lapse(self, at: datetime) -> int:
        with moment.at(at):
            return lapse_due()

    def ask(self, at: datetime, reference: str, *items: str, text: str = "") -> Referral:
        """Ask the company about the referral of one report."""
        found = Report.objects.get(provider=self.provider, reference=reference)
        referral = Referral.objects.get(joinings__report=found, joinings__undone_at=None)
        with moment.at(at):
            decide.ask_company(referral, missing=items, text=text, by=self.cast.intelligence)
        return referral

    def answer(self, at: datetime, referral: Referral, reason: str = "answered_in_full") -> None:
        with moment.at(at):
            decide.answer_oldest(referral, reason=reason, by=self.cast.intelligence)


def days(number: float) -> timedelta:
    return timedelta(days=number)
