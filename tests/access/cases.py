"""What a force has of a case: itself, a child, and offers that it made and was made."""

from typing import Any

from django.db import models
from tests.cast import Cast

from lapwing_web.casework.actions.arrests import arrest, release
from lapwing_web.casework.actions.cases import record_crime
from lapwing_web.casework.actions.children import add_child, write_about_child
from lapwing_web.casework.actions.exhibits import seize, set_laboratory
from lapwing_web.casework.actions.joined_rows import rows_of
from lapwing_web.casework.actions.package import accept, disseminate
from lapwing_web.casework.actions.prosecution import charge, dispose, set_court_date
from lapwing_web.casework.actions.transfer import offer
from lapwing_web.casework.actions.warrants import apply_for_warrant
from lapwing_web.casework.models import Case, CaseJoin, RecordDisposal, Referral
from lapwing_web.moment import now, today
from lapwing_web.staff.models import Organisation, User


def opened(cast: Cast, referral: Referral, officer: User) -> Case:
    """The case of a referral that the officer's force accepted."""
    package = disseminate(
        referral, to=officer.organisation, reason="suspect_lives_here", text="x", by=cast.intelligence
    )
    accept(package, by=officer)
    return Case.objects.select_related("organisation").get(packages=package)


def case_records(cast: Cast, letter: str, mark: str, referrals: list[Referral]) -> dict[str, models.Model]:
    """A case of force `letter` with all that hangs on it; one that it offers, and one that it is offered."""
    officer: Any = getattr(cast, f"officer_{letter}")
    supervisor: Any = getattr(cast, f"supervisor_{letter}")
    case = opened(cast, referrals[0], officer)
    record_crime(case, number=mark, on=today(), rule="per_suspect", by=officer)
    child = add_child(case, contact="work", name=mark, by=officer)
    write_about_child(child, text=mark, by=officer)
    suspect = case.suspects.get()
    made = arrest(suspect, at=now(), position_of_trust="yes", by=officer)
    warrant = apply_for_warrant(suspect, grounds=mark, by=officer)
    plan = {child.pk: mark}
    freed = release(made, kind="investigation", at=now(), reason=mark, plans=plan, by=supervisor)
    charged = charge(suspect, offence=mark, on=today(), by=officer)
    in_court = set_court_date(charged, on=today(), court=mark, by=officer)
    given_up = dispose(
        suspect, kind="caution", on=today(), text=mark, conditions=[(mark, today())], by=officer
    )
    exhibit = seize(
        case, number=mark, kind="phone", description=mark, at=now(), place=mark, suspect=suspect, by=officer
    )
    laboratory = set_laboratory(name=mark, hours_a_week=40, accredited=[], by=supervisor)
    elsewhere = third_force()
    given = offer(opened(cast, referrals[1], officer), to=elsewhere.organisation, why=mark, by=supervisor)
    theirs = opened(cast, referrals[2], elsewhere)
    offered = offer(theirs, to=officer.organisation, why=mark, by=elsewhere)
    proposed, done = (disposal(officer, mark, state) for state in ("proposed", "done"))
    joined = Case.objects.create(
        organisation=officer.organisation, state="joined", joined_to=case, band="low", title=mark,
        opened_at=now(), closed_at=now(),
    )  # fmt: skip
    join = CaseJoin.objects.create(
        case=joined, into=case, at=now(), by=officer,
        moved=rows_of(joined, joined),
    )  # fmt: skip
    return {
        "join": join, "disposal": proposed, "disposed": done,
        "case": case, "child": child, "offer": given, "offered": offered, "suspect": suspect, "arrest": made,
        "warrant": warrant, "restriction": freed, "duty": made.duties.all()[0], "gap": suspect.gaps.get(),
        "charge": charged, "court_date": in_court, "condition": given_up.conditions.get(),
        "exhibit": exhibit, "laboratory": laboratory,
    }  # fmt: skip


def disposal(officer: User, mark: str, state: str) -> RecordDisposal:
    """A disposal of the record of a case that ended: proposed by the officer, or done."""
    case = Case.objects.create(
        organisation=officer.organisation, state="closed" if state == "proposed" else "disposed", band="low",
        title=mark, opened_at=now(), closed_at=now(),
    )  # fmt: skip
    return RecordDisposal.objects.create(
        case=case, state=state, why=mark, group="2", proposed_at=now(), proposed_by=officer, answered_at=now()
    )


def third_force() -> User:
    """A supervisor of a force that is not walked."""
    place, _ = Organisation.objects.update_or_create(
        code="E23000020", defaults={"name": "Derbyshire Constabulary", "kind": Organisation.Kind.FORCE}
    )
    return User.objects.get_or_create(
        username="supervisor-c", defaults={"role": User.Role.SUPERVISOR, "organisation": place}
    )[0]
