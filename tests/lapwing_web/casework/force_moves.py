"""Everything that a force may try with its cases, for walks alone and for walks of several people at once."""

import io
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.lapwing_web.casework import test_suspect_walk as suspects
from tests.lapwing_web.casework.test_case_walk import World
from tests.lapwing_web.casework.test_suspect_walk import anybody, suspect

from lapwing.policy import load
from lapwing.rules.continuity import STEPS
from lapwing_web.casework.actions import (
    agree,
    allocate,
    disposing,
    exhibits,
    grading,
    legal_hold,
    outcome,
    package,
    prosecution,
    protecting,
    reviews,
    scan_results,
    unjoining,
)
from lapwing_web.casework.models import (
    Approval,
    Case,
    CaseJoin,
    Charge,
    Condition,
    CourtDate,
    Exhibit,
    Laboratory,
    Package,
    RecordDisposal,
    Referral,
    ScanResult,
)
from lapwing_web.moment import now, today
from lapwing_web.refusal import Refused
from lapwing_web.staff.actions import opt_in, opt_out, record_training
from lapwing_web.staff.models import User

SCANS: list[Path] = []  # folders that scans wrote; a walk puts them here


def exhibit(w: World, by: User, *states: str) -> Exhibit:
    """Mostly one of the person's own force, in one of these states."""
    rows = Exhibit.objects.filter(case__state="open", state__in=states or Exhibit.State.values)
    return anybody(w, by, rows, "case__")  # type: ignore[no-any-return]


def ended(w: World, by: User) -> Case:
    """Mostly a case of the person's own force that has ended."""
    return anybody(w, by, Case.objects.filter(state__in=["closed", "returned"]), "")  # type: ignore[no-any-return]


def _of_either(w: World, by: User) -> Case:
    return w.mine(by) if w.dice.random() < 0.5 else ended(w, by)


def protection(w: World, by: User, state: str) -> Case:
    """Mostly a case of protection of the person's own force."""
    return anybody(w, by, Case.objects.filter(protection=True, state=state), "")  # type: ignore[no-any-return]


def worker(w: World) -> User:
    return w.dice.choice([one for one in w.people if one.role in ("force_officer", "supervisor")])


def _seize(w: World, by: User) -> None:
    case = w.mine(by)
    whose = case.suspects.order_by("number").first()
    exhibits.seize(
        case, number=f"A{w.dice.randrange(6)}", kind="phone", description="x", at=now(), place="x", by=by,
        suspect=whose if w.dice.random() < 0.7 else None,
    )  # fmt: skip


def _continuity(w: World, by: User) -> None:
    one, step = exhibit(w, by), w.dice.choice([step for step in sorted(STEPS) if step])
    seal, text = w.dice.choice(["S1", "S1", "S2", ""]), w.dice.choice(["x", ""])
    exhibits.record_continuity(one, step=step, at=now(), place="x", seal=seal, text=text, by=by)


def _laboratory(w: World, by: User) -> None:
    names = dict(load("examination").on(today()).accreditations)
    exhibits.set_laboratory(
        name=f"Laboratory {w.dice.randrange(3)}", hours_a_week=40, accredited=sorted(names)[:1], by=by
    )


def _begin(w: World, by: User) -> None:
    place = anybody(w, by, Laboratory.objects.all(), "")
    exhibits.begin_examination(exhibit(w, by, "queued"), laboratory=place, by=by)


def _finish(w: World, by: User) -> None:
    result = w.dice.choice(sorted(exhibits.RESULTS))
    exhibits.finish_examination(exhibit(w, by, "examining"), result=result, text="x", by=by)


def _attach(w: World, by: User) -> None:
    if not SCANS:
        raise Refused("Nothing was scanned.")
    folder = w.dice.choice(SCANS)
    names = {"summary": "summary.json", "items": "items.jsonl", "stacks": "stacks.jsonl"}
    files = {key: io.BytesIO((folder / name).read_bytes()) for key, name in names.items()}
    scan_results.attach(exhibit(w, by), **files, by=by)


def _withdraw_scan(w: World, by: User) -> None:
    result = anybody(w, by, ScanResult.objects.filter(state="attached"), "exhibit__case__")
    scan_results.withdraw_scan(result, why="x", by=by)


def _grade(w: World, by: User) -> None:
    result = anybody(w, by, ScanResult.objects.filter(state="attached"), "exhibit__case__")
    vics = json.loads((SCANS[0] / "case.vics.json").read_bytes())
    for media in vics["value"][0]["Media"]:
        media["Category"] = w.dice.choice([1, 2, 3])
    document = io.BytesIO(json.dumps(vics).encode())
    grading.take_grades(result, grades=document, grader=worker(w), by=by)


def _court(w: World, by: User) -> None:
    charge = anybody(w, by, Charge.objects.filter(suspect__case__state="open"), "suspect__case__")
    on = today() + timedelta(days=w.dice.choice([0, 0, 20]))
    prosecution.set_court_date(charge, on=on, court="x", by=by)


def _record_court(w: World, by: User) -> None:
    day = anybody(w, by, CourtDate.objects.filter(result=""), "charge__suspect__case__")
    result = w.dice.choice(sorted(prosecution.RESULTS))
    prosecution.record_court(day, result=result, text="x", sentence=w.dice.choice(["", "fine"]), by=by)


def _dispose(w: World, by: User) -> None:
    terms = [("x", today() + timedelta(days=n)) for n in range(w.dice.randrange(3))]
    kind = w.dice.choice(sorted(prosecution.DISPOSALS))
    prosecution.dispose(suspect(w, by), kind=kind, on=today(), text="x", conditions=terms, by=by)


def _condition(w: World, by: User) -> None:
    one = anybody(w, by, Condition.objects.filter(state="running"), "disposal__suspect__case__")
    prosecution.end_condition(one, met=w.dice.random() < 0.7, why="x", by=by)


def _allocate(w: World, by: User) -> None:
    allocate.allocate(w.mine(by), to=worker(w), override=w.dice.random() < 0.5, why="x", by=by)


def _train(w: World, by: User) -> None:
    course = w.dice.choice(sorted(load("allocation").on(today()).courses))
    record_training(worker(w), course=course, passed_on=today() - timedelta(w.dice.randrange(400)), by=by)


def _asked_of_two(w: World, by: User) -> None:
    outcome.record_outcome(w.sent(by), code="18", on=today(), reason="other", text="x", by=by)


def _approval(w: World, by: User) -> Approval:
    return anybody(w, by, Approval.objects.filter(answered_at=None), "")  # type: ignore[no-any-return]


def _found_out(w: World, by: User) -> None:
    case = _of_either(w, by)
    said = reviews.FoundOut(w.dice.choice([False, False, None, True]), w.dice.choice([False, None]))
    reviews.find_out(case, said, source="x", by=by)


def _disposal(w: World, by: User) -> RecordDisposal:
    return anybody(w, by, RecordDisposal.objects.filter(state="proposed"), "case__")  # type: ignore[no-any-return]


def _protect(w: World, by: User) -> None:
    to = w.dice.choice([w.cast.force_a, w.cast.force_b])
    sent = package.send_safeguarding(w.one(Referral), to=to, text="x", by=w.cast.intelligence)
    if w.dice.random() < 0.7:
        package.accept(sent, by=by)


TRIES: dict[str, Callable[[World, User], Any]] = {
    **suspects.TRIES,
    "seize": _seize, "continuity": _continuity, "laboratory": _laboratory, "begin": _begin, "finish": _finish,
    "queue": lambda w, by: exhibits.queue(exhibit(w, by, "held", "examined"), by=by),
    "unqueue": lambda w, by: exhibits.unqueue(exhibit(w, by, "queued", "examining"), why="x", by=by),
    "attach": _attach, "withdraw scan": _withdraw_scan, "grade": _grade,
    "charge": lambda w, by: prosecution.charge(suspect(w, by), offence="x", on=today(), by=by),
    "court": _court, "record court": _record_court, "dispose": _dispose, "condition": _condition,
    "path": lambda w, by: prosecution.set_path(w.mine(by), child=w.dice.random() < 0.5, why="x", by=by),
    "allocate": _allocate, "take back": lambda w, by: allocate.take_back(w.mine(by), why="x", by=by),
    "train": _train, "out": lambda w, by: opt_out(by=by), "in": lambda w, by: opt_in(by=by),
    "undo join": lambda w, by: unjoining.undo_join(
        anybody(w, by, CaseJoin.objects.filter(undone_at=None), "into__"), why="x", by=by
    ),
    "hold": lambda w, by: legal_hold.place_hold(_of_either(w, by), why="x", by=by),
    "lift": lambda w, by: legal_hold.lift_hold(
        anybody(w, by, Case.objects.filter(legal_holds__lifted_at=None, legal_holds__isnull=False), ""),
        why="x", by=by,
    ),
    "find out": _found_out,
    "keep record": lambda w, by: reviews.keep_record(ended(w, by), why="x", by=by),
    "propose disposal": lambda w, by: disposing.propose_disposal(ended(w, by), why="x", by=by),
    "dispose of record": lambda w, by: disposing.dispose_of_record(_disposal(w, by), by=by),
    "refuse disposal": lambda w, by: disposing.refuse_disposal(_disposal(w, by), why="x", by=by),
    "withdraw disposal": lambda w, by: disposing.withdraw_disposal(_disposal(w, by), by=by),
    "asked of two": _asked_of_two,
    "agree": lambda w, by: agree.agree(_approval(w, by), by=by),
    "disagree": lambda w, by: agree.disagree(_approval(w, by), why="x", by=by),
    "withdraw": lambda w, by: agree.withdraw(_approval(w, by), by=by),
    "supplement": lambda w, by: package.supplement(w.one(Referral), text="x", by=w.cast.intelligence),
    "protect": _protect,
    "accept": lambda w, by: package.accept(
        w.mostly(Package.objects.filter(state="waiting", to=by.organisation_id), Package), by=by
    ),
    "end protection": lambda w, by: protecting.end_protection(protection(w, by, "open"), why="x", by=by),
    "resume protection": lambda w, by: protecting.resume_protection(
        protection(w, by, "closed"), why="x", by=by
    ),
}  # fmt: skip
OFTEN = suspects.OFTEN | {
    "seize": 14, "continuity": 16, "queue": 12, "begin": 12, "finish": 12, "allocate": 10, "undo join": 8,
    "join": 6, "dispose of record": 12, "propose disposal": 10, "outcome": 20, "tidy": 26, "offer": 10,
    "accept offer": 12, "agree": 10, "asked of two": 8, "condition": 8, "record court": 6,
}  # fmt: skip
