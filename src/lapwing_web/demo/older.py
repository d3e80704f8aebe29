"""What ended six years ago, played at its own time: a review due, a disposal that waits, one that is done."""

from datetime import date, datetime, time, timedelta
from random import Random

from lapwing.rules.retention import years_from
from lapwing_web.casework.actions import decide, outcome, package
from lapwing_web.casework.actions import receive as receiving
from lapwing_web.casework.actions.allocate import allocate
from lapwing_web.casework.actions.cases import record_crime
from lapwing_web.casework.actions.contact import Answered, answer_questions
from lapwing_web.casework.actions.disposing import dispose_of_record, propose_disposal
from lapwing_web.casework.actions.reviews import FoundOut, find_out
from lapwing_web.casework.models import Case, Referral
from lapwing_web.casework.models.carrying import proposals
from lapwing_web.casework.models.contact import version
from lapwing_web.casework.models.keeping import retention_policy
from lapwing_web.demo.companies import BURST
from lapwing_web.demo.files import document
from lapwing_web.demo.force import SOURCES
from lapwing_web.demo.people import DEMO, WHOLE, Cast, short
from lapwing_web.demo.reports import Maker
from lapwing_web.moment import UK, now, today
from lapwing_web.moment import at as at_moment
from lapwing_web.staff.models import Organisation, User

EACH = 3  # at each force with somebody in every role
NUMBERS, ACCOUNTS = 9_000_000, 900_000  # far from those of the two years, so that nothing joins them
BEGUN = timedelta(days=100)  # before the day on which it ended
NOBODY = "18"  # the outcome: nobody was identified
WHY = "Nothing in it has been needed since."


def long_ago(cast: Cast, seed: int, ending: datetime) -> None:
    """Cases in which nobody was found, that ended so long ago that two reviews of three are due."""
    maker, random = Maker(seed + NUMBERS, NUMBERS, ACCOUNTS), Random(f"lapwing older {seed}")  # noqa: S311
    with at_moment(ending):
        years = retention_policy().groups["4"].clear
    ended = years_from(ending.date(), -years)
    for turn in range(EACH):
        for place, code in enumerate(WHOLE):
            day = ended - timedelta(days=40 - 30 * turn - place)
            _play(cast, cast.forces[code], maker, NUMBERS + 10 * turn + place, day, random)


def _play(cast: Cast, force: Organisation, maker: Maker, number: int, ended: date, random: Random) -> None:
    begun = datetime.combine(ended - BEGUN, time(9, random.randrange(60)), UK)
    with at_moment(begun):
        sent = document(maker.make(number, BURST, "good", begun))
        taken = receiving.receive(
            [receiving.Item(sent.name, sent.content)], channel="command", by=DEMO, at=begun, lines=True
        )
        [pk] = [key for line in taken.lines for key in line.referrals]
    referral = Referral.objects.get(pk=pk)
    with at_moment(begun + timedelta(days=1)):
        decide.develop(referral, by=cast.people["intelligence"])
    with at_moment(begun + timedelta(days=2)):
        made = package.disseminate(referral, to=force, reason="best_evidence", by=cast.people["intelligence"])
    officer = cast.officers[force.code]
    with at_moment(begun + timedelta(days=4)):
        package.accept(made, by=officer)
        case = Case.objects.get(packages=made)
        _work(case, officer, cast.people[f"supervisor-{short(force.name)}"])
    with at_moment(begun + BEGUN):
        _answer(case, officer)
        words = {"code": NOBODY, "reason": "no_suspect_traceable", "on": today(), "by": officer}
        outcome.record_outcome(made, **words)  # type: ignore[arg-type]


def _work(case: Case, officer: User, supervisor: User) -> None:
    record_crime(case, number=f"EX/{case.pk:06d}/{today():%y}", on=today(), rule="per_suspect", by=officer)
    _answer(case, officer)
    found = sorted(proposals(case), key=lambda one: not one.fits)[0]
    to = User.objects.get(pk=found.officer.key)
    allocate(case, to=to, override=not found.fits, why="Nobody else was on duty.", by=supervisor)


def _answer(case: Case, officer: User) -> None:
    """Each question about children: no, as of that day."""
    answers = [Answered(question, "no", SOURCES[question], today()) for question in version().questions]
    answer_questions(case, answers, by=officer)


def reviews(cast: Cast) -> None:
    """Of each force one is disposed of by two people, one waits for the second, one is to be reviewed."""
    for code in WHOLE:
        place = short(cast.forces[code].name)
        officer, supervisor = cast.officers[code], cast.people[f"supervisor-{place}"]
        cases = Case.objects.filter(organisation=code, closed_at__lt=now() - timedelta(days=5 * 365))
        for turn, case in enumerate(cases.order_by("closed_at")[: EACH - 1]):
            find_out(case, FoundOut(serious=False, managed=False), source="The case papers.", by=officer)
            proposed = propose_disposal(case, why=WHY, by=officer)
            if turn == 0:
                dispose_of_record(proposed, by=supervisor)
