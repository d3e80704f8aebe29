"""Sending a package to a force, and the force's answer: receipt, acceptance, return. Its end is in `outcome`.

Until a force accepts, the agency owns the referral; from then on the force does, until it returns it. A force
acts on its package; what follows for the referral is done by a named rule in the agency's name, so that no
row about a referral is ever a force's.
"""

from hashlib import sha256

from lapwing.rules.audit_chain import canonical
from lapwing_web.audit.actions import Rule, about, audited, disclose, move, record
from lapwing_web.casework.actions.cases import leave_case, open_case, open_protection
from lapwing_web.casework.actions.holding import (
    UNDECIDED,
    decided,
    hold,
    in_words,
    policy_hash,
    reason_for,
    said,
    start_logs_clock,
    start_triage_clock,
    stop_clocks,
)
from lapwing_web.casework.actions.second_person import drop_request
from lapwing_web.casework.actions.snapshot import selectors_in, snapshot
from lapwing_web.casework.models import Case, Package, PackageSelector, Referral
from lapwing_web.clocks.actions import settle, start
from lapwing_web.moment import now
from lapwing_web.notifications.actions import over, tell
from lapwing_web.refusal import Forbidden, Refused
from lapwing_web.staff.models import Organisation, User
from lapwing_web.staff.permissions import check, holders, may

Kind, State, At = Package.Kind, Package.State, Referral.State
WAITS = {Kind.SAFEGUARDING: "safeguarding_waiting"}  # what its inbox is told; of every other, the next
PACKAGE_WAITS = "package_waiting"
WITH_A_FORCE = (At.DISSEMINATED, At.ACCEPTED, At.CLOSED)


@audited
def disseminate(referral: Referral, *, to: Organisation, reason: str, text: str = "", by: User) -> Package:
    """Send the referral to a force. The agency owns it until the force accepts; a clock runs meanwhile."""
    check(by, "disseminate a referral")
    hold(referral)
    because = reason_for("disseminate", reason, text)
    _to_a_force(to)
    why = f"To {to}. {in_words(because, text)}"
    how = decided(reason, text, by=by)
    move(
        referral, At.DISSEMINATED, by=by, action="disseminate", why=why, policy=policy_hash("reasons"), **how
    )
    stop_clocks(referral, event="disseminated", by=by)
    return _send(referral, Kind.DISSEMINATION, to, in_words(because, text), by=by)


@audited
def supplement(referral: Referral, *, text: str, by: User) -> Package:
    """Send the force that has the referral what has been learnt since. Its state stays as it is."""
    check(by, "disseminate a referral")
    hold(referral)
    sent = standing(referral)
    if sent is None:
        raise Refused(f"No force has {referral}, so there is nothing to add to. Disseminate it instead.")
    if sent.disposed_at:
        raise Refused(f"{has_it(sent)} has disposed of its record of this, so nothing can be added to it.")
    text = said(text, "Say what is new: the force reads this first.")
    Package.objects.filter(pk=sent.pk).update(news_at=None)
    return _send(referral, Kind.SUPPLEMENT, has_it(sent), text, by=by, adds_to=sent)


@audited
def send_safeguarding(referral: Referral, *, to: Organisation, text: str, by: User) -> Package:
    """Send the force where a child is what it needs to protect the child. The referral stays where it is."""
    check(by, "disseminate a referral")
    hold(referral)
    if referral.state in (At.DISCARDED, At.MERGED):
        raise Refused(f"{referral} is {referral.get_state_display().lower()}. Reopen it first.")
    _to_a_force(to)
    return _send(
        referral, Kind.SAFEGUARDING, to, said(text, "Say what the force needs to do, and why."), by=by
    )


def standing(referral: Referral) -> Package | None:
    """The dissemination that the referral stands on now: sent and not returned. At most one."""
    if referral.state not in WITH_A_FORCE:
        return None
    sent = referral.packages.filter(kind=Kind.DISSEMINATION).exclude(state=State.RETURNED)
    return sent.select_related("to").first()


def _to_a_force(to: Organisation) -> None:
    if to.kind != Organisation.Kind.FORCE:
        raise Refused(f"{to} is not a police force. Choose the force to send it to.")


def _send(
    referral: Referral, kind: str, to: Organisation, why: str, *, by: User, adds_to: Package | None = None
) -> Package:
    package = Package.objects.create(
        referral=referral,
        kind=kind,
        adds_to=adds_to,
        to=to,
        sent_at=now(),
        sent_by=by,
        why=why,
        risk_band=referral.risk_band,
        title=f"A child to protect ({referral.reference})" if kind == Kind.SAFEGUARDING else referral.title,
    )
    content = snapshot(referral, package)
    package.content = canonical(content)
    package.sha256 = sha256(package.content.encode()).hexdigest()
    Package.objects.filter(pk=package.pk).update(content=package.content, sha256=package.sha256)
    PackageSelector.objects.bulk_create(
        PackageSelector.of(package, kind, value) for kind, value in selectors_in(content)
    )
    new = {"referral": referral.reference, "kind": kind, "to": to.pk, "sha256": package.sha256}
    record("send a package", package, by=by, why=why, new=new)
    disclose(package, by=by, to=to, why=why, new={"sha256": package.sha256})
    title, band = f"Answer {package.reference}", referral.risk_band
    start("silence", about(package), event="sent", organisation=to, by=by, title=title, band=band)
    asked = holders("answer a package", to).values_list("pk", flat=True)
    tell(WAITS.get(Kind(kind), PACKAGE_WAITS), about(package), event="sent", to=asked)
    return package


def own_package(package: Package, permission: str, by: User) -> None:
    """Check that this person's force answers for the package."""
    check(by, permission)
    if by.organisation_id != holder(package):
        raise Forbidden("This package was sent to another force, or its case was transferred to one.")


def has_it(package: Package) -> Organisation:
    """The force that answers for the package now."""
    return Organisation.objects.get(pk=holder(package))


def holder(package: Package) -> str:
    """The code of the force that answers for a package: its case's owner, or whoever it was sent to."""
    if package.case_id is None:
        return package.to_id
    return Case.objects.values_list("organisation_id", flat=True).get(pk=package.case_id)


@audited
def open_package(package: Package, *, by: User) -> Package:
    """The receipt: the first opening by somebody of the force who can answer it. Later ones add nothing."""
    package.refresh_from_db()
    _receipt(package, by)
    return package


def _receipt(package: Package, by: User) -> None:
    if package.opened_at or by.organisation_id != package.to_id or not may(by, "answer a package"):
        return
    package.opened_at, package.opened_by = now(), by
    Package.objects.filter(pk=package.pk).update(opened_at=package.opened_at, opened_by=by)
    record("open a package", package, by=by, new={"opened_at": package.opened_at})


@audited
def accept(package: Package, *, text: str = "", by: User) -> Package:
    """The force takes it on. Of a dissemination, the referral is the force's from now on.

    Of a safeguarding package the children are; its referral stays where it is.
    """
    own_package(package, "answer a package", by)
    hold(package)
    _answer(package, State.ACCEPTED, "accept a package", text.strip(), by=by, answer_text=text.strip())
    if package.adds_to is not None and package.adds_to.case_id:
        Package.objects.filter(pk=package.pk).update(case=package.adds_to.case_id)
    if package.kind == Kind.SAFEGUARDING:
        open_protection(package, by=by)
    if package.kind != Kind.DISSEMINATION:
        return package
    referral, rule = behind(package), rule_for("accepted", package)
    why = f"{package.to} accepted {package.reference}"
    move(referral, At.ACCEPTED, by=rule, action="accept", why=why, organisation=package.to)
    stop_clocks(referral, event="accepted", by=rule, kinds=("triage", "provider_logs"))
    start_logs_clock(package, referral, event="accepted", organisation=package.to, by=by)
    answer_supplements(package, by=by)
    open_case(package, by=by)
    return package


def answer_supplements(package: Package, *, by: User) -> None:
    """What waits to be added to a package is accepted with it. Call inside `@audited`."""
    for added in package.supplements.filter(state=State.WAITING):
        _answer(added, State.ACCEPTED, "accept a package", f"With {package.reference}", by=by)
        Package.objects.filter(pk=added.pk).update(case=package.case_id)


@audited
def return_(package: Package, *, reason: str, text: str = "", by: User) -> Package:
    """The force gives it back, with a reason. A dissemination's referral is then the agency's to develop."""
    own_package(package, "answer a package", by)
    hold(package)
    because = reason_for("return_", reason, text)
    if package.outcome:
        raise Refused(f"{package} has an outcome. Take the outcome back before you return it.")
    why = in_words(because, text)
    leave_case(package, why, by=by)
    answer = {"answer_reason": reason, "answer_text": text.strip()}
    policy = policy_hash("reasons")
    _answer(package, State.RETURNED, "return a package", why, by=by, policy=policy, **answer)
    drop_request(package, f"{package} was returned.", by=by)
    if package.kind == Kind.DISSEMINATION:
        _take_back(package, why, by=by)
    return package


def _take_back(package: Package, why: str, *, by: User) -> None:
    """What a return means for the referral: the agency's again, with a clock, and its supplements with it."""
    referral, rule = behind(package), rule_for("returned", package)
    agency = package.sent_by.organisation
    words = f"{package.to} returned {package.reference}. {why}"
    move(referral, At.DEVELOPING, by=rule, action="take back", why=words, organisation=agency, **UNDECIDED)
    for added in package.supplements.exclude(state=State.RETURNED):
        words, reason = f"With {package.reference}", package.answer_reason
        _answer(added, State.RETURNED, "return a package", words, by=by, answer_reason=reason)
    event, title = f"returned {package.pk}", f"{referral.reference} was returned by {package.to}"
    start_triage_clock(referral, event=event, by=rule, title=title)
    start_logs_clock(referral, referral, event=event, organisation=agency, by=rule)


def _answer(
    package: Package, to: str, action: str, why: str, *, by: User, policy: str = "", **changes: str
) -> None:
    """Move the package, as held, opening it first if nobody had, and settle its clocks."""
    _receipt(package, by)
    answered = {"answered_at": now(), "answered_by": by, **changes}
    move(package, to, by=by, action=action, why=why, policy=policy, **answered)
    settle(None, about(package), event=to, by=by)
    over([about(package)], kinds=[*WAITS.values(), PACKAGE_WAITS])


def behind(package: Package) -> Referral:
    """The referral that the package is of."""
    return Referral.objects.select_related("organisation").get(pk=package.referral_id)


def rule_for(what: str, package: Package) -> Rule:
    """The rule by which what a force does to its package is followed by the agency's referral."""
    return Rule(f"rule:package_{what}", organisation_id=package.sent_by.organisation_id)
