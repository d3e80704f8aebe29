"""What a force does with a case: some of it at once, and the rest before it records an outcome."""

from datetime import timedelta
from random import Random

from lapwing.rules.outcomes import CAPACITY, WON
from lapwing_web.casework.actions.allocate import allocate
from lapwing_web.casework.actions.cases import record_crime
from lapwing_web.casework.actions.children import add_child, record_step
from lapwing_web.casework.actions.contact import Answered, answer_questions
from lapwing_web.casework.actions.holding import outcomes_policy
from lapwing_web.casework.actions.prosecution import charge, dispose, set_path
from lapwing_web.casework.actions.protecting import end_protection
from lapwing_web.casework.models import Case, Child
from lapwing_web.casework.models.carrying import proposals
from lapwing_web.casework.models.contact import owed, standings, version
from lapwing_web.moment import now, today
from lapwing_web.staff.models import User

LAST_STEPS = {  # what each step for a child came to, when a case ends
    "strategy_discussion": ("no_enquiry", "The child was seen at home."),
    "section_47": ("protected", "Contact has stopped."),
    "school": ("told", ""),
    "health": ("told", ""),
    "designated_officer": ("told", ""),
}
ASKED_AT_ONCE = 0.6  # of the questions
SOURCES = {
    "household": "Children's services",
    "family": "Children's services",
    "work": "The employer, through the designated officer",
    "volunteering": "The designated officer",
    "role": "The designated officer",
    "area": "The neighbourhood team",
}


def begin(case: Case, random: Random, *, by: User) -> None:
    """The first day: a crime number, most of the questions, and a child where contact is known."""
    record_crime(case, number=f"EX/{case.pk:06d}/{today():%y}", on=today(), rule="per_suspect", by=by)
    answers = [
        Answered(
            question, random.choices(["yes", "no", "unknown"], [2, 13, 3])[0], SOURCES[question], today()
        )
        for question in version().questions
        if random.random() < ASKED_AT_ONCE
    ]
    if answers:
        answer_questions(case, answers, by=by)
    for one in answers:
        if one.answer == "yes":
            _child(case, one.question, random, by=by)


def give(case: Case, random: Random, *, supervisor: User) -> None:
    """Most cases are given to whoever is proposed; now and then against what the band asks for, with a
    reason.
    """
    if random.random() < 0.15:
        return
    found = proposals(case)
    fits = [one for one in found if one.fits]
    if fits and random.random() < 0.85:
        allocate(case, to=User.objects.get(pk=fits[0].officer.key), by=supervisor)
    else:
        untrained = next((one for one in found if one.obstacles), None)
        if untrained:
            to, why = User.objects.get(pk=untrained.officer.key), "Nobody else was on duty."
            allocate(case, to=to, override=True, why=why, by=supervisor)


def _child(case: Case, question: str, random: Random, *, by: User) -> None:
    """A child without a name, known for some hours, for whom the first steps are mostly recorded."""
    known = now() - timedelta(hours=random.uniform(1, 30))
    child = add_child(case, contact=question, known_at=known, by=by)
    if random.random() < 0.8:
        record_step(child, kind="strategy_discussion", result="enquiry", by=by)
        record_step(child, kind="contact_stopped", result="suspect_left", by=by)


def _see_to(child: Child, *, by: User) -> None:
    """Every step that is still owed for a child."""
    while steps := owed(child):
        code = next(iter(steps))
        result, text = LAST_STEPS[code]
        record_step(child, kind=code, result=result, text=text, by=by)


def protect(case: Case, random: Random, *, by: User) -> None:
    """The children of a safeguarding package: most are protected, and the case ends."""
    for child in case.children.filter(protected_at=None):
        if random.random() < 0.8:
            record_step(child, kind="contact_stopped", result="child_elsewhere", by=by)
            _see_to(child, by=by)
    case.refresh_from_db()
    if case.state == Case.State.OPEN and not any(map(owed, case.children.all())):
        end_protection(case, why="Each child was seen and is safe.", by=by)


def finish(case: Case, code: str, *, by: User, supervisor: User) -> tuple[User, dict[str, str]]:
    """What must be done before an outcome: every question answered, every child protected, and what the code
    needs.

    Returns who gives the outcome, and the words that it needs instead of those planned.
    """
    case.refresh_from_db()
    answers = [
        Answered(one.question, "yes" if one.contact == "yes" else "no", SOURCES[one.question], today())
        for one in standings(case)
        if one.open
    ]
    if answers:
        answer_questions(case, answers, by=by)
    for child in case.children.all():
        if child.protected_at is None:
            record_step(child, kind="contact_stopped", result="forbidden", by=by)
        _see_to(child, by=by)
    outcome = outcomes_policy().outcomes[code]
    suspect = case.suspects.get(number=1)
    if outcome.suspect:
        set_path(case, child=outcome.suspect == "child", why="A check of records", by=by)
    if outcome.needs == "charge":
        charge(suspect, offence="An example offence", on=today(), by=by)
    elif outcome.needs:
        dispose(suspect, kind=outcome.needs, on=today(), text="Decided by the panel", by=by)
    words = {}
    never = not case.allocations.exclude(to=None).exists()
    if never and outcome.bucket not in WON:
        words = {"reason": CAPACITY, "text": "Nobody was free to work it in the time allowed."}
    return supervisor if outcome.roles else by, words
