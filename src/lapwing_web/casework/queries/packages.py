"""Packages: a force's inbox, the agency's outbox. A force sees what was sent to it and nothing else."""

import json
from typing import Any

import msgspec
from django.conf import settings
from django.db.models import Q, QuerySet
from msgspec import Struct

from lapwing.policy import load
from lapwing.report import Person
from lapwing_web.casework.models import Case, Package, Referral, Transfer
from lapwing_web.casework.queries.said import said_of, telling_said
from lapwing_web.clocks.queries import open_for
from lapwing_web.listing import count_all, first_of_all
from lapwing_web.moment import today
from lapwing_web.staff.models import User
from lapwing_web.staff.permissions import check, may

State, Kind = Package.State, Package.Kind
PAGE = 50
GONE = "gone"  # of what a force was sent: its case is another force's now, and so is all that becomes of it
LISTS = {
    "waiting": ("Waiting for an answer", Q(state=State.WAITING)),
    "working": ("Accepted, no outcome yet", Q(state=State.ACCEPTED, outcome="", kind=Kind.DISSEMINATION)),
    "ended": ("Ended with an outcome", ~Q(outcome="")),
    "accepted": ("Accepted", Q(state=State.ACCEPTED)),
    "returned": ("Returned", Q(state=State.RETURNED)),
    "sent": ("All", Q()),
}


class Inbox(Struct):
    """One page of a list of packages, and how many each list holds."""

    name: str
    label: str
    counts: list[tuple[str, str, int]]
    packages: list[Package]
    next: int | None
    gone: list[int]  # the keys of those whose case another force has now


def packages_for(user: User) -> QuerySet[Package]:
    """Every package this person may open: all at the agency; at a force those sent to it, those of its cases,
    and those of a case that it is offered.
    """
    if not may(user, "see packages"):
        return Package.objects.none()
    if user.in_agency:
        return _whole()
    here = user.organisation_id
    worked = Q(case__in=Case.objects.filter(organisation=here).values("pk"))
    return _whole().filter(Q(to=here) | worked | _offered(here), disposed_at=None)


def packages_apart(user: User) -> list[QuerySet[Package]]:
    """`packages_for` as lists that have none in common, each read from an index: at a force what was sent to
    it, and the few packages of its cases that were sent to another.
    """
    if user.in_agency or not may(user, "see packages"):
        return [packages_for(user)]
    here = user.organisation_id
    others = Package.objects.filter(disposed_at=None).exclude(to=here).values_list("pk", flat=True)
    keys = {*others.filter(case__organisation=here), *others.filter(_offered(here))}
    return [_whole().filter(to=here, disposed_at=None), _whole().filter(pk__in=keys)]


def gone_from(user: User) -> list[int]:
    """The keys of packages sent to this person's force whose case another force has now. None at the agency.

    Found by the transfers, and by what the cases were joined to since: they are few.
    """
    here = user.organisation_id
    given = Transfer.objects.filter(sender=here, state=Transfer.State.ACCEPTED)
    cases = set() if user.in_agency else {one.case_id for one in given.only("case")}
    further = cases
    while further:
        joined = Case.objects.filter(pk__in=further).exclude(joined_to=None).only("joined_to")
        further = {one.joined_to_id for one in joined if one.joined_to_id} - cases
        cases = cases | further
    gone = Package.objects.filter(case__in=cases, to=here).exclude(case__organisation=here)
    return list(gone.values_list("pk", flat=True)) if cases else []


def news_for(user: User) -> QuerySet[Package]:
    """Packages of this person's force about which there is news: sent to it and with it still, or of a case
    that it took over.
    """
    news = Package.objects.exclude(news_at=None).filter(disposed_at=None)
    here = Q(to=user.organisation_id) & (Q(case=None) | Q(case__organisation=user.organisation_id))
    return news.filter(here | Q(case__organisation=user.organisation_id))


def _whole() -> QuerySet[Package]:
    return Package.objects.select_related("to", "case", "adds_to", "opened_by", "answered_by")


def _offered(here: str) -> Q:
    return Q(case__in=Transfer.objects.filter(to=here, state=Transfer.State.OFFERED).values("case"))


def packages_to(user: User) -> QuerySet[Package]:
    """What this person's own force may answer and end: sent to it, and not gone to another since."""
    here = user.organisation_id
    return packages_for(user).filter(Q(case=None, to=here) | Q(case__organisation=here))


def inbox(user: User, name: str = "", before: int | None = None) -> Inbox:
    """A page of packages, the newest first. Sent is accepted + returned + waiting, and at a force
    what is with another now.
    """
    check(user, "see packages")
    parts, gone = packages_apart(user), gone_from(user)
    lists = LISTS if user.in_agency else _lists(gone)
    counts = {key: count_all([part.filter(where) for part in parts]) for key, (_, where) in lists.items()}
    chosen = name if name in lists else "waiting"
    wanted = lists[chosen][1] if before is None else lists[chosen][1] & Q(pk__lt=before)
    found = [part.filter(wanted).defer("content").order_by("-id") for part in parts]
    rows = first_of_all(found, PAGE + 1, lambda one: one.pk, latest=True)
    following = rows[PAGE - 1].pk if len(rows) > PAGE else None
    listed = [(key, label, counts[key]) for key, (label, _) in lists.items()]
    return Inbox(chosen, lists[chosen][0], listed, rows[:PAGE], following, gone)


def _lists(gone: list[int]) -> dict[str, tuple[str, Q]]:
    """The lists of a force: what is with another force now stands apart, whatever became of it."""
    if not gone:
        return LISTS
    kept = {key: (label, where & ~Q(pk__in=gone)) for key, (label, where) in LISTS.items() if key != "sent"}
    return {**kept, GONE: ("With another force now", Q(pk__in=gone)), "sent": LISTS["sent"]}


def content_of(package: Package) -> dict[str, Any]:
    """The snapshot as it was sent, as plain values."""
    content: dict[str, Any] = json.loads(package.content)
    return content


def page(user: User, package: Package) -> dict[str, Any]:
    """What the page of one package shows to this person."""
    content = content_of(package)
    case = package.case
    mine = user.organisation_id == (case.organisation_id if case else package.to_id)
    answers = mine and may(user, "answer a package")
    ends = mine and may(user, "record an outcome") and package.kind == Kind.DISSEMINATION
    waiting = package.approvals.filter(answered_at=None, organisation=user.organisation_id)
    told = mine or user.in_agency  # of what becomes of it: not the force it was transferred from
    answerer = package.answered_by.organisation_id if package.answered_by else ""
    return {
        "package": package,
        "content": content,
        "contact": content.get("referral", {}).get("contact_with_children"),
        "people": [
            {
                "role": one["role"],
                "report": one["report"],
                "said": said_of(msgspec.convert(one, Person, strict=False)),
            }
            for one in content.get("people", [])
        ],
        "tellings": [telling_said(one) for one in content.get("telling", [])],
        "mine": mine,
        "case": case if mine and may(user, "see cases") else None,
        "told": told,
        "gone": not told and package.to_id == user.organisation_id,
        "told_answer": user.in_agency or answerer == user.organisation_id or (mine and case is not None),
        "agency": user.in_agency,
        "may_accept": answers and package.state == State.WAITING,
        "may_return": answers and package.state != State.RETURNED and not package.outcome,
        "may_end": ends and package.state == State.ACCEPTED and not package.outcome,
        "may_unclose": ends and bool(package.outcome),
        "supplements": supplements_of(package) if told else [],
        "approval": waiting.select_related("asked_by").first(),
        "clocks": open_for(f"package:{package.pk}") if told else [],
        "answer": label_of(package.answer_reason),
        "outcome": outcome_label(package.outcome),
        "outcome_reason": label_of(package.outcome_reason),
    }


def label_of(code: str) -> str:
    """A reason in words; one that policy no longer lists, by its code."""
    listed = load("reasons", settings.JURISDICTION).on(today()).reasons
    return listed[code].label if code in listed else code.replace("_", " ")


def outcome_label(code: str) -> str:
    """A Home Office outcome in words; "" while there is none."""
    listed = load("outcomes", settings.JURISDICTION).on(today()).outcomes
    return f"{code}: {listed[code].label}" if code in listed else code


class Sent(Struct):
    """A dissemination made before, and why it came back ("" when it did not)."""

    package: Package
    why_back: str


def sent_before(referral: Referral) -> list[Sent]:
    """What forces were sent about a referral, the latest first. For the agency, before it is sent again."""
    sent = referral.packages.filter(kind=Kind.DISSEMINATION).select_related("to").defer("content")
    return [Sent(one, _why_back(one)) for one in sent.order_by("-id")]


def _why_back(package: Package) -> str:
    if package.state != State.RETURNED:
        return ""
    return ": ".join(filter(None, [label_of(package.answer_reason), package.answer_text]))


def supplements_of(package: Package) -> QuerySet[Package]:
    """What was sent to add to it, the newest first."""
    return package.supplements.defer("content").order_by("-id")
