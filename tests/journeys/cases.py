"""Cases for the pages to show: one with a child, one offered to another force, and one offered here."""

import io
from datetime import timedelta
from random import Random
from typing import Any

from django.db import models
from tests.cast import Cast
from tests.lapwing_web.casework.worked import answer_all, case_of

from lapwing_web.audit.actions import recorded
from lapwing_web.casework.actions import package
from lapwing_web.casework.actions.arrests import add_suspect, arrest, release
from lapwing_web.casework.actions.cases import record_crime
from lapwing_web.casework.actions.children import add_child, record_step, write_about_child
from lapwing_web.casework.actions.exhibits import (
    begin_examination,
    queue,
    record_continuity,
    seize,
    set_laboratory,
)
from lapwing_web.casework.actions.prosecution import charge, dispose, set_court_date
from lapwing_web.casework.actions.receive import Item, receive
from lapwing_web.casework.actions.reviews import start_review_clock
from lapwing_web.casework.actions.transfer import offer
from lapwing_web.casework.actions.warrants import answer_warrant, apply_for_warrant
from lapwing_web.casework.models import Case, CaseJoin, RecordDisposal, Referral
from lapwing_web.demo.scans import scanned
from lapwing_web.moment import now, today
from lapwing_web.staff.models import User


def make_cases(cast: Cast, reports: list[bytes]) -> dict[str, models.Model]:
    """The records by the names that `visits` uses. Each report is of an account of its own."""
    officer, supervisor = cast.officer_a, cast.supervisor_a
    case = answer_all(_opened(cast, reports[0], officer), officer, "yes")
    record_crime(case, number="EX/1/26", on=today(), rule="per_suspect", by=officer)
    child = add_child(case, contact="work", name="Child of the example", by=officer)
    record_step(child, kind="strategy_discussion", result="enquiry", by=officer)
    write_about_child(child, text="Seen at school.", by=officer)
    given = offer(
        _opened(cast, reports[1], officer), to=cast.force_b, why="The suspect moved.", by=supervisor
    )
    theirs = _opened(cast, reports[2], cast.officer_b)
    offered = offer(theirs, to=cast.force_a, why="Moved back.", by=cast.supervisor_b)
    suspect = case.suspects.get()
    taken = arrest(suspect, at=now() - timedelta(hours=5), position_of_trust="yes", by=officer)
    freed = release(
        taken, kind="bail", at=now() - timedelta(hours=2), returns_on=today() + timedelta(days=7),
        rank="custody_officer", conditions="No contact with children", by=officer,
    )  # fmt: skip
    other = add_suspect(case, label="A second account", by=officer)
    held = arrest(other, at=now() - timedelta(hours=1), position_of_trust="no", by=officer)
    applied, granted = (apply_for_warrant(other, grounds="An address", by=officer) for _ in range(2))
    answer_warrant(granted, granted=True, on=today(), by=officer)
    charged = charge(suspect, offence="An example offence", on=today(), by=officer)
    court = set_court_date(charged, on=today(), court="Preston Crown Court", by=officer)
    disposal = dispose(
        suspect, kind="caution", on=today(), text="Decided by the panel", by=officer,
        conditions=[("Attend the course", today())],
    )  # fmt: skip
    lab = set_laboratory(name="Main laboratory", hours_a_week=40, accredited=["analysis"], by=supervisor)
    found = [
        seize(
            case, number=f"AB/{n}", kind="phone", description="A phone", at=now(), place="A flat", by=officer
        )
        for n in (1, 2, 3)
    ]
    record_continuity(found[0], step="sealed", at=now(), place="A flat", seal="S1", by=officer)
    for one in found[1:]:
        queue(one, by=officer)
    begin_examination(found[2], laboratory=lab, by=officer)
    for one, seed in zip(found, (3, 1, 3), strict=True):
        scanned(one, Random(seed), by=officer)
    given_ = {"exhibit": found[0], "queued": found[1], "examining": found[2], "laboratory": lab}
    given_ |= {"charge": charged, "court": court, "condition": disposal.conditions.get()}
    given_ |= {"suspect": suspect, "arrest": taken, "restriction": freed, "gap": suspect.gaps.get()}
    given_ |= {"held": held, "applied": applied, "granted": granted, "duty": taken.duties.all()[0]}
    given_ |= _ended_long_ago(cast)
    joined = Case.objects.create(
        organisation=officer.organisation, state="joined", joined_to=case, band="low", title="An account",
        opened_at=now(), closed_at=now(),
    )  # fmt: skip
    given_["join"] = CaseJoin.objects.create(case=joined, into=case, at=now(), by=officer, moved={})
    return given_ | {"case": case, "child": child, "offer": given, "offered": offered}


def _ended_long_ago(cast: Cast) -> dict[str, models.Model]:
    """A case whose review is overdue, one whose disposal is proposed, and one whose record is gone."""
    officer, long_ago = cast.officer_a, now() - timedelta(days=4100)
    due, proposed, gone = (
        Case.objects.create(
            organisation=officer.organisation, state=state, band="low", title="An account",
            opened_at=long_ago, closed_at=long_ago,
        )
        for state in ("closed", "closed", "disposed")
    )  # fmt: skip
    with recorded():
        start_review_clock(due, event="closed", by=officer)
    given: dict[str, Any] = {"why": "Not needed", "group": "2", "proposed_by": officer, "proposed_at": now()}
    waits = RecordDisposal.objects.create(case=proposed, **given)
    done = RecordDisposal.objects.create(
        case=gone, state="done", answered_at=now(), answered_by=cast.supervisor_a, authority="The policy",
        removed={"child": 1, "suspect": 2}, **given,
    )  # fmt: skip
    return {"overdue": due, "disposal": waits, "disposed": done}


def _opened(cast: Cast, report: bytes, officer: User) -> Case:
    """A case of the officer's force, opened by its acceptance of a package."""
    receive([Item("case.json", io.BytesIO(report))], channel="upload", by=cast.intake)
    referral = Referral.objects.order_by("-pk")[0]
    to = officer.organisation
    sent = package.disseminate(referral, to=to, reason="best_evidence", by=cast.intelligence)
    package.accept(sent, by=officer)
    return case_of(sent)
