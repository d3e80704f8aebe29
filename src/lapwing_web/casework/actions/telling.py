"""Telling, without signing in: answers kept on the server until they are sent, then one report, then nothing.

The answers have a session of their own, apart from that of an officer who may use the same browser. It ends
by itself when nobody answers for a while, and its row is then removed.
"""

import secrets
from contextlib import suppress
from datetime import timedelta
from io import BytesIO

import msgspec
from django.conf import settings
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone
from msgspec import Struct

from lapwing.exchange import FORMATS
from lapwing.policy import load
from lapwing.policy.topics.telling import TellingVersion
from lapwing.rules.spoken_reference import BYTES, reference_of
from lapwing.rules.telling import Answers, fitting, provider_of, report_of
from lapwing_web.audit.actions import Rule, record, recorded
from lapwing_web.casework.actions.receive import Item, receive
from lapwing_web.intake.actions.keep import FORM
from lapwing_web.intake.actions.knocks import knock
from lapwing_web.intake.models import Knock
from lapwing_web.moment import today
from lapwing_web.refusal import Refused

BY = Rule("rule:form")
What = Knock.What


class TooMany(Exception):
    """More from one address than policy allows in an hour. Nothing is lost by it."""


class Lapsed(Exception):
    """The answers have been forgotten, because nobody answered for a while or somebody left the page."""


class Draft(Struct):
    """What somebody has answered so far. `reference` is drawn at the beginning, so that one telling is one
    report however often it is sent; `sent` once it is committed, and then there are no answers.
    """

    reference: str
    answers: Answers = Answers()
    asked: list[str] = []  # questions answered or passed over
    sent: bool = False

    @property
    def waiting(self) -> list[str]:
        """The questions still to be asked before it can be sent."""
        return [question for question in fitting(self.answers) if question not in self.asked]


def policy() -> TellingVersion:
    """The words and bounds in force today."""
    return load("telling", settings.JURISDICTION).on(today())


class Desk:
    """The session of one telling, found by the key in its cookie. An unknown or expired key finds nothing."""

    def __init__(self, key: str | None) -> None:
        self.session = SessionStore(key or None)
        kept = self.session.get("draft") if key else None
        self.draft: Draft | None = msgspec.convert(kept, Draft) if kept else None

    @property
    def key(self) -> str:
        """What goes into the cookie; "" when there is nothing to find."""
        return (self.session.session_key or "") if self.draft else ""

    @property
    def given(self) -> Answers:
        """The answers so far."""
        return self.draft.answers if self.draft else Answers()

    def begin(self, address: str) -> Draft:
        """A telling with nothing answered yet. Raises TooMany."""
        if not knock(What.BEGUN, address, most=policy().limits["begun_an_hour"].most):
            raise TooMany
        forget_the_idle()
        self.draft = Draft(reference_of(secrets.token_bytes(BYTES)))
        return self.draft

    def answer(self, question: str, given: dict[str, str]) -> Draft:
        """Keep these answers with the others. Raises Lapsed when they have been forgotten meanwhile."""
        draft = self.draft
        assert draft is not None
        draft.answers = msgspec.structs.replace(draft.answers, **given)
        draft.asked = list(dict.fromkeys([*draft.asked, question]))
        self._keep()
        return draft

    def send(self, address: str) -> str:
        """Receive the report; once it is committed, forget the answers. Returns the reference to keep.

        Sent twice, or at the same moment from two windows, it is one report: it has one reference.
        """
        draft = self.draft
        if draft is None:
            raise Lapsed
        if not draft.sent:
            if not knock(What.SENT, address, most=policy().limits["sent_an_hour"].most):
                raise TooMany
            receive_told(draft.answers, draft.reference)
            self.draft = Draft(draft.reference, sent=True)
            with suppress(Lapsed):  # they left meanwhile; the report is received all the same
                self._keep()
        return draft.reference

    def leave(self) -> None:
        """Forget everything, at once."""
        if self.draft is not None:  # never the session of anything else
            self.session.flush()
        self.draft = None

    def _keep(self) -> None:
        idle = timedelta(minutes=policy().limits["idle_minutes"].most)
        self.session["draft"] = msgspec.to_builtins(self.draft)
        self.session.set_expiry(timezone.now() + idle)
        try:
            self.session.save()
        except UpdateError:
            raise Lapsed from None


def forget_the_idle() -> None:
    """Remove the answers of everybody who went away: an expired session is still a row."""
    SessionStore.clear_expired()


def receive_told(answers: Answers, reference: str) -> None:
    """Receive what was told as a report of that reference. Raises Refused when it could not be."""
    report, wire = report_of(answers, reference), BytesIO()
    FORMATS["schedule-1"].write([report], wire)
    given = [Item("form", wire.getvalue())]
    got = receive(given, channel=FORM, by=BY, provider=provider_of(answers))
    if got.new + got.versions + got.duplicates != 1:
        raise Refused("Your answers could not be sent. They are still here: you can try again, or ring.")


def ask(address: str) -> None:
    """Count that somebody looks a reference up. Raises TooMany."""
    if not knock(What.ASKED, address, most=policy().limits["asked_an_hour"].most):
        raise TooMany


def record_told(report: int, state: str) -> None:
    """Record that whoever has the reference of a report was told how far it has come."""
    with recorded():
        record("look up a reference", f"report:{report}", by=BY, new={"told": state})
