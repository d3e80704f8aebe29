"""Contact with children: the answers of a case, and the clocks on those that are missing or will expire."""

from collections.abc import Sequence
from datetime import date, timedelta

from msgspec import Struct

from lapwing.rules.bail import midnight_after
from lapwing.rules.children import Given, expires, in_contact, more_careful, standing
from lapwing_web.audit.actions import Actor, Entry, about, audited, record_all
from lapwing_web.casework.actions.gaps import find_gaps
from lapwing_web.casework.actions.holding import policy_hash, said
from lapwing_web.casework.actions.owning import own
from lapwing_web.casework.models import Case, ContactAnswer
from lapwing_web.casework.models.contact import given_in, questions_open, standings, version
from lapwing_web.clocks.actions import Start, runs, settle, start, start_many
from lapwing_web.moment import now, today
from lapwing_web.refusal import Refused
from lapwing_web.staff.models import User


class Answered(Struct, frozen=True):
    """An answer to one question: yes, no or unknown, where it comes from, and for which day it speaks."""

    question: str
    answer: str
    source: str
    on: date


@audited
def answer_contact(
    case: Case, *, question: str, answer: str, source: str, on: date | None = None, by: User
) -> ContactAnswer:
    """Answer one question, with the source and for which day it speaks. Nothing is ever overwritten."""
    return answer_questions(case, [Answered(question, answer, source, on or today())], by=by)[0]


@audited
def answer_questions(case: Case, answers: Sequence[Answered], *, by: User) -> list[ContactAnswer]:
    """Answer several questions of a case at once: all of them are kept, or none."""
    own(case, "work a case", by)
    if case.protection:
        raise Refused(f"The suspect is worked elsewhere, so {case} is not asked about contact with children.")
    rows = []
    for one in answers:
        if one.question not in version().questions or one.answer not in ContactAnswer.Answer.values:
            raise Refused("Choose one of the questions, and yes, no or not known.")
        if one.on > today():
            raise Refused("The day of an answer cannot be in the future.")
        version(one.on)  # refuses a day that no policy reaches
        source = said(one.source, "Say where the answer comes from: without that nobody can rely on it.")
        rows.append(_row(case, one, source, expires(one.question, one.on, version()), by=by))
    return _keep(case, rows, by=by)


def _row(case: Case, one: Answered, source: str, last: date, *, by: User) -> ContactAnswer:
    return ContactAnswer(
        case=case, question=one.question, answer=one.answer, source=source, on=one.on, expires_on=last,
        at=now(), by=by,
    )  # fmt: skip


def _keep(case: Case, rows: list[ContactAnswer], *, by: User) -> list[ContactAnswer]:
    """Write the answers, with what contact comes to before and after, and the clocks and gaps that follow."""
    given, stands = given_in(case), version()
    before = in_contact(standing(given, today(), stands))
    earlier = list(case.contact_answers.filter(question__in=[row.question for row in rows]))
    kept = ContactAnswer.objects.bulk_create(rows)
    given += [Given(row.question, row.answer, row.on, row.expires_on) for row in kept]  # type: ignore[arg-type]
    now_stands = standing(given, today(), stands)
    came_to, policy = in_contact(now_stands), policy_hash("children")
    names = ("question", "answer", "source", "on", "expires_on")
    record_all(
        Entry(
            "answer on contact", about(case), by, row.source, {"contact": before},
            {"contact": came_to, **{name: getattr(row, name) for name in names}}, policy,
        )
        for row in kept
    )  # fmt: skip
    _clocks(case, earlier, kept, by=by)
    if any(one.open for one in now_stands):
        start_questions_clock(case, event=f"open {kept[-1].pk}", by=by)
    else:
        settle("contact_questions", about(case), event="answered", by=by)
    find_gaps(case)
    return kept


def _clocks(case: Case, earlier: list[ContactAnswer], kept: list[ContactAnswer], *, by: Actor) -> None:
    """A question's own clock runs to the end of its last answer."""
    if earlier:
        started = [_event(row) for row in earlier]
        settle("contact_expiry", about(case), event="answered again", by=by, started_by=started)
    questions, owner = version().questions, case.owner_id
    start_many(
        [
            Start(
                "contact_expiry", about(case), _event(row), case.organisation_id, owner=owner,
                title=f"{questions[row.question].short}: ask again, {case.reference}",
                due_at=midnight_after(row.expires_on) - timedelta(seconds=1),
            )
            for row in kept
            if row.answer != ContactAnswer.Answer.UNKNOWN
        ],
        by=by,
    )  # fmt: skip


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


def renew_answers(case: Case, *, by: User) -> None:
    """Let the answers that stand in a case stand on, each with its clock again. Call inside `@audited`."""
    words = f"As it stood in {case.reference} before it was joined"
    rows = []
    for one in standings(case):
        if one.given is not None and not one.open:
            again = Answered(one.question, one.given.answer, words, one.given.on)
            rows.append(_row(case, again, words, one.given.expires_on, by=by))
    if rows:
        _keep(case, rows, by=by)


def join_answers(case: Case, into: Case, *, by: User) -> None:
    """Let the more careful of two cases' answers stand in the one that goes on."""
    if case.protection:
        return
    theirs = {one.question: one for one in standings(case)}
    rows = []
    for mine in standings(into):
        other = theirs[mine.question].given
        kept = more_careful(mine.given, other)
        if kept is not None:
            words = f"The more careful answer of {into.reference} and {case.reference}"
            one = Answered(mine.question, kept.answer, words, kept.on)
            rows.append(_row(into, one, words, kept.expires_on, by=by))
        elif known := mine.given or other:
            words = f"Asked in only one of {into.reference} and {case.reference}"
            one = Answered(mine.question, "yes" if known.answer == "yes" else "unknown", words, today())
            rows.append(_row(into, one, words, expires(mine.question, today(), version()), by=by))
    if rows:
        _keep(into, rows, by=by)
