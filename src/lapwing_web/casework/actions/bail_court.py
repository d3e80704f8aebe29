"""Bail beyond what a superintendent gives: an exceptionally complex case, and an application to the court."""

from datetime import date

from lapwing.rules.bail import authoriser
from lapwing_web.audit.actions import about, audited, record
from lapwing_web.casework.actions.bail import COURT, RANKS, check_bail, check_running, law_of, running, until
from lapwing_web.casework.actions.holding import policy_hash
from lapwing_web.casework.models import Arrest, BailApplication, Restriction
from lapwing_web.casework.models.governing import stages_of
from lapwing_web.clocks.actions import settle, start
from lapwing_web.moment import UK, now, today
from lapwing_web.refusal import Refused
from lapwing_web.staff.models import User

Answer = BailApplication.Answer


@audited
def designate(arrest: Arrest, *, on: date, by: User) -> Arrest:
    """Record that the prosecutor has designated the case as exceptionally complex (PACE s.47ZE(2)).

    One stage more is open then, on the word of an assistant chief constable or a commander. The law asks for
    it before bail ends, and after the last ordinary extension.
    """
    case, bail = running(arrest, by)
    arrest.refresh_from_db()
    law = law_of(arrest)
    if law.designated is None:
        raise Refused("By the law of the day of this arrest no case is designated as exceptionally complex.")
    if arrest.designated_on is not None:
        raise Refused(f"The case was designated on {arrest.designated_on:%-d %B %Y} already.")
    if not arrest.at.astimezone(UK).date() <= on <= today():
        raise Refused("The day of the designation is between the arrest and today.")
    _last_stage(arrest, bail)
    arrest.designated_on = on
    Arrest.objects.filter(pk=arrest.pk).update(designated_on=on)
    record("designate as exceptionally complex", case, by=by, new={"on": on}, policy=policy_hash("bail"))
    return arrest


def _last_stage(arrest: Arrest, bail: Restriction) -> None:
    """Refuse while there is a stage that bail has not reached."""
    found = stages_of(arrest)
    if not found or bail.returns_on is None:
        raise Refused("The law of the day of this arrest sets bail no limit: extend it instead.")
    reached = authoriser(bail.returns_on, found)
    last = found[-1].stage.authorised_by
    if reached not in (last, None):
        raise Refused(f"Bail has not reached its last stage: until then {RANKS[last]} extends it.")


@audited
def apply_to_court(arrest: Arrest, *, by: User) -> BailApplication:
    """Record, before bail ends, that a court has been asked to extend it. Until it answers, bail goes on."""
    case, bail = running(arrest, by)
    check_running(arrest, bail)
    _last_stage(arrest, bail)
    made = BailApplication.objects.create(arrest=arrest, made_at=now(), by=by)
    record("apply to the court", case, by=by, new={"bail_until": bail.returns_on}, policy=policy_hash("bail"))
    until(bail, bail.returns_on, None, case, "bail goes on until the court answers", by=by)  # type: ignore[arg-type]
    start(
        "bail_application",
        about(made),
        event="made",
        organisation=case.organisation,
        owner=case.owner,
        by=by,
        title=f"The court’s answer on bail, {arrest.suspect.reference}",
    )
    return made


@audited
def record_answer(arrest: Arrest, *, returns_on: date | None, by: User) -> BailApplication:
    """The court has answered: bail until `returns_on`, or (None) no longer, so that it ends now."""
    case, bail = running(arrest, by)
    made = arrest.applications.filter(answer="").first()
    if made is None:
        raise Refused("No court has been asked about this bail, or its answer is recorded already.")
    made.answer = Answer.EXTENDED if returns_on else Answer.REFUSED
    made.answered_on = today()
    made.save(update_fields=["answer", "answered_on"])
    settle("bail_application", about(made), event=made.answer, by=by)
    new = {"answer": made.answer, "returns_on": returns_on}
    record("the court answers", case, by=by, new=new, policy=policy_hash("bail"))
    if returns_on is None:
        until(bail, bail.returns_on, now(), case, "the court refuses longer bail", by=by)  # type: ignore[arg-type]
    else:
        ends = check_bail(arrest, returns_on, COURT)
        until(bail, returns_on, ends, case, "the court extends bail", by=by, rank=COURT)
    return made
