"""Contact with children: the answers of a case, and the clocks on those that are missing or will expire."""

from datetime import date, datetime, time, timedelta

from lapwing.rules.children import expires, more_careful
from lapwing_web.audit.actions import Actor, about, audited, record
from lapwing_web.casework.actions.gaps import find_gaps
from lapwing_web.casework.actions.holding import policy_hash, said
from lapwing_web.casework.actions.owning import own
from lapwing_web.casework.models import Case, ContactAnswer
from lapwing_web.casework.models.contact import contact_of, questions_open, standings, version
from lapwing_web.clocks.actions import runs, settle, start
from lapwing_web.moment import UK, now, today
from lapwing_web.refusal import Refused
from lapwing_web.staff.models import User


@audited
def answer_contact(
    case: Case, *, question: str, answer: str, source: str, on: date | None = None, by: User
) -> ContactAnswer:
    """Answer one question, with the source and for which day it speaks. Nothing is ever overwritten."""
    own(case, "work a case", by)
    if question not in version().questions or answer not in ContactAnswer.Answer.values:
        raise Refused("Choose one of the questions, and yes, no or not known.")
    day = on or today()
    if day > today():
        raise Refused("The day of an answer cannot be in the future.")
    source = said(source, "Say where the answer comes from: an answer without a source cannot be relied on.")
    return _answer(case, question, answer, source, day, expires(question, day, version()), by=by)


def _answer(
    case: Case, question: str, answer: str, source: str, on: date, expires_on: date, *, by: User
) -> ContactAnswer:
    before = contact_of(case)
    given = ContactAnswer.objects.create(
        case=case,
        question=question,
        answer=answer,
        source=source,
        on=on,
        expires_on=expires_on,
        at=now(),
        by=by,
    )
    new = {"question": question, "answer": answer, "source": source, "on": on, "expires_on": expires_on}
    old = {"contact": before}
    new["contact"] = contact_of(case)
    record("answer on contact", case, by=by, why=source, old=old, new=new, policy=policy_hash("children"))
    _clocks(case, given, by=by)
    find_gaps(case)
    return given


def _clocks(case: Case, given: ContactAnswer, *, by: Actor) -> None:
    """The question's own clock runs to the end of the answer; the case's runs while a question is open."""
    name = about(case)
    for started in case.contact_answers.filter(question=given.question).exclude(pk=given.pk):
        settle("contact_expiry", name, event="answered again", by=by, started_by=_event(started))
    if given.answer != ContactAnswer.Answer.UNKNOWN:
        start(
            "contact_expiry",
            name,
            event=_event(given),
            organisation=case.organisation,
            owner=case.owner,
            by=by,
            due_at=datetime.combine(given.expires_on + timedelta(days=1), time(), UK) - timedelta(seconds=1),
            title=f"{version().questions[given.question].short}: ask again, {case.reference}",
        )
    if questions_open(case):
        start_questions_clock(case, event=f"open {given.pk}", by=by)
    else:
        settle("contact_questions", name, event="answered", by=by)


def _event(given: ContactAnswer) -> str:
    return f"contactanswer:{given.pk}"


def start_questions_clock(case: Case, *, event: str, by: Actor) -> None:
    """Start the clock on the questions, unless it runs."""
    if not runs("contact_questions", about(case)) and questions_open(case):
        start(
            "contact_questions",
            about(case),
            event=event,
            organisation=case.organisation,
            owner=case.owner,
            by=by,
            band=case.band,
            title=f"Contact with children, {case.reference}",
        )


def join_answers(case: Case, into: Case, *, by: User) -> None:
    """Let the more careful of two cases' answers stand in the one that goes on."""
    today_ = today()
    theirs = {one.question: one for one in standings(case, today_)}
    for mine in standings(into, today_):
        kept = more_careful(mine.given, theirs[mine.question].given)
        if kept is not None:
            words = f"The more careful answer of {into.reference} and {case.reference}"
            _answer(into, mine.question, kept.answer, words, kept.on, kept.expires_on, by=by)
        elif mine.given or theirs[mine.question].given:
            known = mine.given or theirs[mine.question].given
            careful = "yes" if known is not None and known.answer == "yes" else "unknown"
            words = f"Asked in only one of {into.reference} and {case.reference}"
            last = expires(mine.question, today_, version())
            _answer(into, mine.question, careful, words, today_, last, by=by)
