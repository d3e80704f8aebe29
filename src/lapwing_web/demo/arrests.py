"""Arrests in the demonstration: under the old law of bail and the new, with gaps signed for and not."""

from datetime import date, datetime, timedelta

from lapwing_web.casework.actions.arrests import arrest, end_restriction, record_duty, release, restrict
from lapwing_web.casework.actions.bail import extend_bail, send_to_prosecutor
from lapwing_web.casework.actions.closing import bail_without_charge
from lapwing_web.casework.actions.gaps import sign_gap
from lapwing_web.casework.actions.warrants import answer_warrant, apply_for_warrant, end_warrant
from lapwing_web.casework.models import Arrest, Case, Duty, Gap, Warrant
from lapwing_web.moment import UK, now, today
from lapwing_web.staff.models import User

CONDITIONS = "No contact with anybody under 18. No device that reaches the internet unless declared."
SCENES = ("bail", "unsigned", "prosecutor", "signed", "order", "2017", "warrant", "before 2017", "remand")
LONG_AGO = {
    "2017": datetime(2022, 9, 14, 6, 40, tzinfo=UK),
    "before 2017": datetime(2017, 2, 8, 7, 5, tzinfo=UK),
}
EVERY = 5  # one case of a force in so many


def scene_of(seen: int) -> str:
    """What is played of a force's `seen`th case; "" for nothing."""
    return SCENES[seen // EVERY % len(SCENES)] if seen % EVERY == 0 else ""


def take_in(case: Case, scene: str, *, by: User) -> None:
    """A warrant, executed with an arrest; or a warrant that is granted and no more."""
    suspect = case.suspects.order_by("number").first()
    if suspect is None:
        return
    at = LONG_AGO.get(scene)
    if at is None:
        grounds = "The address, checked by two people, and the account that is used there."
        warrant = apply_for_warrant(suspect, grounds=grounds, by=by)
        answer_warrant(warrant, granted=True, on=today(), by=by)
        if scene == "warrant":
            return
        end_warrant(warrant, how=Warrant.State.EXECUTED, on=today(), by=by)
    trust = ("no", "yes", "unknown")[case.pk % 3]
    arrest(suspect, at=at or now(), position_of_trust=trust, by=by)


def let_go(case: Case, scene: str, ending: date, *, by: User, supervisor: User) -> None:
    """The release, and what comes of it. Bail given near the `ending` lapses soon after it."""
    held = Arrest.objects.filter(suspect__case=case, released_at=None).select_related("suspect").first()
    if held is None:
        return
    at = held.at + timedelta(hours=11) if scene in LONG_AGO else now()
    given = {"reason": "The custody clock has run out.", "plans": _plans(case), "by": supervisor}
    if scene == "remand":
        release(held, kind="remand", at=at, by=by)
    elif scene in ("signed", "unsigned"):
        release(held, kind="investigation", at=at, **given)  # type: ignore[arg-type]
    else:
        back, rank = _until(scene, ending)
        release(held, kind="bail", at=at, returns_on=back, rank=rank, conditions=CONDITIONS, **given)  # type: ignore[arg-type]
    _after(case, held, scene, by=by, supervisor=supervisor)


def _until(scene: str, ending: date) -> tuple[date, str]:
    """The day on which the suspect returns, and who may say so by the law of the arrest."""
    if scene == "2017":
        return today() + timedelta(days=40), "court"
    back = today() + timedelta(days=20 if scene == "order" else 80)
    return (min(back, ending + timedelta(days=12)) if back > ending else back), "custody_officer"


def _after(case: Case, held: Arrest, scene: str, *, by: User, supervisor: User) -> None:
    if scene == "bail":
        until = held.at.astimezone(UK).date() + timedelta(days=150)
        extend_bail(held, returns_on=until, rank="inspector", by=by)
    elif scene == "prosecutor":
        send_to_prosecutor(held, on=today(), by=by)
    elif scene == "order":
        text = "Not to be alone with anybody under 18."
        ends = held.restrictions.get(kind="bail").ends_at
        assert ends is not None
        restrict(held.suspect, kind="risk_order", begins_at=ends, conditions=text, by=by)
    elif scene == "signed":
        sign_begun(case, by=supervisor)
    offer = Duty.objects.filter(arrest=held, kind="rehabilitation", result="").first()
    if offer and case.pk % 4:
        record_duty(offer, result=("accepted", "declined")[case.pk % 2], by=by)


def _plans(case: Case) -> dict[int, str]:
    children = list(case.children.values_list("pk", flat=True))
    return dict.fromkeys(
        children or [0], "Children's services visit each week, and the parents know whom to call."
    )


def sign_begun(case: Case, *, by: User) -> None:
    """A supervisor answers for every gap of the case that has begun."""
    for gap in Gap.objects.filter(suspect__case=case, state=Gap.State.OPEN, begins_at__lte=now()):
        sign_gap(gap, reason="No power to impose conditions: bail was refused.", plans=_plans(case), by=by)


def settle_all(case: Case, *, by: User, supervisor: User) -> None:
    """What an arrest has left undone before an outcome: a release, the end of bail, a signature, duties."""
    held = Arrest.objects.filter(suspect__case=case, released_at=None).first()
    if held:
        release(held, kind="remand", at=now(), by=by)
    for bail in bail_without_charge(case):
        end_restriction(bail, at=now(), why="No charge: the notice was served.", by=by)
    sign_begun(case, by=supervisor)
    for duty in Duty.objects.filter(arrest__suspect__case=case, result=""):
        done = {"rehabilitation": "declined", "trust": "no"}.get(duty.kind, "done")
        record_duty(duty, result=done, text="The employer was asked.", by=by)
