"""Transfer: a case goes to another force when that force accepts it, and has one owner at every instant."""

from typing import Any

from lapwing_web.audit.actions import Rule, about, audited, disclose, move, record
from lapwing_web.casework.actions.cases import begin_clocks
from lapwing_web.casework.actions.gaps import tell_of_gap
from lapwing_web.casework.actions.holding import hold, said
from lapwing_web.casework.actions.owning import names_of, own
from lapwing_web.casework.actions.package import answer_supplements
from lapwing_web.casework.actions.second_person import drop_request
from lapwing_web.casework.models import Case, Gap, Package, Referral, Transfer
from lapwing_web.clocks.actions import hand_over, settle, start
from lapwing_web.moment import now
from lapwing_web.notifications.actions import over, tell
from lapwing_web.refusal import Forbidden, Refused
from lapwing_web.staff.models import Organisation, User
from lapwing_web.staff.permissions import check, holders

State = Transfer.State


@audited
def offer(case: Case, *, to: Organisation, why: str, by: User) -> Transfer:
    """Offer the case to another force, which may read what was sent of it. It is one's own until accepted."""
    own(case, "transfer a case", by)
    if to.kind != Organisation.Kind.FORCE or to.pk == case.organisation_id:
        raise Refused("Choose another police force.")
    if case.transfers.filter(state=State.OFFERED).exists():
        raise Refused(f"{case} is offered to a force already. Withdraw that offer first.")
    why = said(why, "Say why the case is theirs: they read this first.")
    made = Transfer.objects.create(
        case=case, sender=case.organisation, to=to, why=why, offered_at=now(), offered_by=by
    )
    record("offer a case", case, by=by, why=why, new={"to": to.pk})
    disclose(case, by=by, to=to, why=why)
    title = f"Answer the offer of {case.reference}"
    for force in (case.organisation, to):
        start(
            "transfer",
            about(made),
            event=f"offered {force.pk}",
            organisation=force,
            by=by,
            title=title,
            band=case.band,
        )
    asked = holders("transfer a case", to).values_list("pk", flat=True)
    tell("transfer_waiting", about(made), event="offered", to=asked)
    return made


@audited
def withdraw_offer(transfer: Transfer, *, by: User) -> Transfer:
    """Take an offer back before it is answered."""
    check(by, "transfer a case")
    hold(transfer)
    if transfer.sender_id != by.organisation_id:
        raise Forbidden("Your force did not make this offer.")
    return _answer(transfer, State.WITHDRAWN, "withdraw an offer", "", by=by)


@audited
def refuse_offer(transfer: Transfer, *, why: str, by: User) -> Transfer:
    """Do not take the case: it stays where it is."""
    _offered_to(transfer, by)
    why = said(why, "Say why your force does not take it: the other force has to decide what next.")
    return _answer(transfer, State.REFUSED, "refuse an offer", why, by=by)


@audited
def accept_offer(transfer: Transfer, *, by: User) -> Transfer:
    """Take the case. In this instant, and in one transaction, the sender's ownership ends."""
    _offered_to(transfer, by)
    case = Case.objects.select_related("organisation").get(pk=transfer.case_id)
    if case.state != Case.State.OPEN or case.organisation_id != transfer.sender_id:
        raise Refused(f"{case} is no longer the sender’s to give.")
    names = names_of(case)
    over(names)  # whatever the sender's people were told of it is not theirs to do any more
    _answer(transfer, State.ACCEPTED, "accept an offer", "", by=by)
    old = {"organisation": case.organisation_id, "owner": case.owner and case.owner.username}
    case.organisation, case.owner, case.allocated_at = transfer.to, None, None
    changes = {"organisation": transfer.to, "owner": None, "allocated_at": None}
    Case.objects.filter(pk=case.pk).update(**changes)
    record("take a case over", case, by=by, why=transfer.why, old=old, new={"organisation": transfer.to_id})
    hand_over(names, transfer.to, by=by)
    begin_clocks(case, event=f"transfer {transfer.pk}", by=by)
    _move_referrals(case, transfer, by=by)
    _tell_again(case)
    return transfer


def _tell_again(case: Case) -> None:
    """The sender's people were told of what nobody has signed for: now it is for the new owner's to do."""
    for gap in Gap.objects.filter(suspect__case=case, state=Gap.State.OPEN).order_by("pk"):
        tell_of_gap(gap, case, event=f"taken over {now().isoformat()}")


def _move_referrals(case: Case, transfer: Transfer, *, by: User) -> None:
    """The referrals behind the case are the new owner's too. By a rule: no row about one is a force's."""
    for package in case.packages.filter(kind=Package.Kind.DISSEMINATION).select_related(
        "sent_by", "referral"
    ):
        rule = Rule("rule:case_transferred", organisation_id=package.sent_by.organisation_id)
        referral = package.referral
        old = {"organisation": referral.organisation_id}
        Referral.objects.filter(pk=referral.pk).update(organisation=transfer.to)
        why = f"{transfer.to} took over {case.reference} from {transfer.sender}"
        record("transfer", referral, by=rule, why=why, old=old, new={"organisation": transfer.to_id})
        hand_over(about(package), transfer.to, by=rule)
        answer_supplements(package, by=by)
        drop_request(package, why, by=by)


def _offered_to(transfer: Transfer, by: User) -> None:
    check(by, "transfer a case")
    hold(transfer)
    if transfer.to_id != by.organisation_id:
        raise Forbidden("This case was offered to another force.")


def _answer(transfer: Transfer, to: str, action: str, text: str, *, by: User) -> Transfer:
    answered: dict[str, Any] = {"answered_at": now(), "answered_by": by, "answer_text": text}
    move(transfer, to, by=by, action=action, why=text, **answered)
    settle("transfer", about(transfer), event=to, by=by)
    over([about(transfer)], kinds=["transfer_waiting"])
    if to != State.WITHDRAWN:
        asked, place = [transfer.offered_by_id], transfer.sender_id
        tell("transfer_answered", about(transfer), event=to, to=asked, place=place)
    return transfer
