"""Handing out a document: drawn, and recorded as a disclosure with its recipient and its SHA-256, or not at
all.
"""

from collections.abc import Callable
from hashlib import sha256
from typing import Any

from lapwing_web.audit.actions import audited, disclose
from lapwing_web.casework.actions.drawing import DRAWN
from lapwing_web.casework.actions.holding import said
from lapwing_web.casework.models import Case
from lapwing_web.casework.models.paper import Paper
from lapwing_web.moment import UK, now
from lapwing_web.refusal import Forbidden, Refused
from lapwing_web.staff.models import User
from lapwing_web.staff.permissions import check

Told = Callable[[Any], Paper]  # a document's words, from the record it is about


@audited
def hand_out(name: str, subject: Any, told: Told, *, ending: str, to: str, why: str, by: User) -> bytes:
    """Make the document `name` about `subject`, as it stands now, for `to`; `ending`: docx or pdf.

    Recorded on the subject (a child's stays with the child) as a disclosure: Data Protection Act 2018 s.62.
    """
    check(by, "make a document")
    case = Case.objects.get(pk=getattr(subject, "case", subject).pk)
    if case.organisation_id != by.organisation_id:
        raise Forbidden("This case belongs to another force.")
    return drawn_and_disclosed(name, subject, told, ending=ending, to=to, why=why, by=by)


def drawn_and_disclosed(
    name: str, subject: Any, told: Told, *, ending: str, to: str, why: str, by: User
) -> bytes:
    """The document, and the record of its disclosure. The caller says who may; call inside `@audited`."""
    if ending not in DRAWN:
        raise Refused("Choose Word or PDF.")
    to, why = said(to, "Say who receives it."), said(why, "Say what it is for.")
    paper = told(subject)
    paper.made = f"{now().astimezone(UK):%-d %B %Y, %H:%M}"
    paper.by, paper.to, paper.why = str(by), to, why
    drawn = DRAWN[ending](name, paper)
    new = {"document": name, "as": ending, "sha256": sha256(drawn).hexdigest()}
    disclose(subject, by=by, to=to, why=why, new=new)
    return drawn
