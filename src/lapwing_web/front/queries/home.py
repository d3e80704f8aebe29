"""The home page: for each role, what cannot wait, in the order it cannot wait.

Every list is cut in the database.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from lapwing_web.audit.models import AuditEntry
from lapwing_web.casework.models import Package, Referral
from lapwing_web.casework.queries.hits import hunted_for
from lapwing_web.casework.queries.list_sources import pressing
from lapwing_web.casework.queries.packages import gone_from, news_for
from lapwing_web.casework.queries.queue import Filters, queue
from lapwing_web.casework.queries.referrals import approvals_for
from lapwing_web.casework.queries.second_looks import questioned_for
from lapwing_web.casework.queries.suspects import gaps_pressing
from lapwing_web.clocks.queries import about_to_breach, overdue
from lapwing_web.front.queries.blocks import FEW, Block, items_of, since
from lapwing_web.front.queries.people_blocks import (
    became_of,
    check_ins,
    courses_ending,
    offenders_overdue,
    teams_to_make,
)
from lapwing_web.intake.models import Receipt
from lapwing_web.jobs.queries import failed_for
from lapwing_web.listing import first_of
from lapwing_web.moment import UK, now
from lapwing_web.prevention.queries.companies import in_trouble
from lapwing_web.staff.models import User
from lapwing_web.staff.permissions import check, may
from lapwing_web.staff.queries import people_for

Role = User.Role


def blocks(user: User) -> list[Block]:
    """What this person's home page holds, first things first."""
    check(user, "see home")
    companies = [_companies] if may(user, "see providers") else []
    welfare = [check_ins] if may(user, "see welfare") else []
    courses = [courses_ending] if may(user, "see training") or may(user, "opt out") else []
    told = [became_of] if may(user, "see what became of it") else []
    made = [make(user) for make in (*_plan(user), *welfare, *courses, *told, *companies)]
    return [block for block in made if block.count or block.empty]


def _plan(user: User) -> list[Callable[[User], Block]]:
    teams = [teams_to_make] if may(user, "manage teams") else []
    if user.role == Role.ADMINISTRATOR:
        jobs = [_failed_jobs] if may(user, "see jobs") else []
        lists = [_lists] if may(user, "see lists") else []
        return [*lists, *jobs, *teams, _people, _never_signed_in]
    if not user.in_agency:
        third = _looks if user.role == Role.AUDITOR else _new_packages
        own = [offenders_overdue] if may(user, "manage an offender") else []
        return [_gaps, _to_answer, _news, *own, *teams, _clocks, _to_agree, third, _without_outcome]
    if user.role == Role.AUDITOR:
        return [_danger, _clocks, _looks, _receipts, _unanswered]
    last = [_receipts] if may(user, "receive reports") else []
    if user.role == Role.SUPERVISOR:
        own = [_clocks, _unowned, _to_agree, _new, _mine, _unanswered]
        return [_danger, _hunted, _lists, _questioned, _failed_jobs, *own, *last]
    lists = [_lists] if may(user, "see lists") else []
    return [_danger, _hunted, *lists, _questioned, _clocks, _to_agree, _new, _mine, _unanswered, *last]


def _danger(user: User) -> Block:
    page = queue(user, Filters(danger="yes"), size=FEW)
    return Block(
        "danger",
        "Children may be at risk now",
        "Contact with children is known, or not ruled out at high risk, or the company says it is urgent.",
        page.total,
        items_of("referral", page.referrals),
        f"{reverse('queue')}?danger=yes",
        "All of these in the queue",
        "No open referral says a child may be at risk now.",
        urgent=True,
    )


def _urgent(
    name: str, title: str, lead: str, kind: str, found: QuerySet[Any], all_url: str = "", all_label: str = ""
) -> Block:
    """A block that is there only while something is in it, and cannot wait then."""
    count = found.count()
    few = items_of(kind, first_of(found, FEW) if count else [])
    return Block(name, title, lead, count, few, all_url, all_label, urgent=count > 0)


def _gaps(user: User) -> Block:
    lead = "Suspects at liberty, now or soon, with contact with children yes or not known. Nobody has signed."
    found, title = gaps_pressing(user), "No enforceable restriction"
    return _urgent("gaps", title, lead, "gap", found, reverse("gaps"), "All gaps")


def _questioned(user: User) -> Block:
    """Low bands that somebody, blind to them, put higher."""
    lead = "Record the facts it rests on, and the referral is weighed again."
    title = "A second look disagrees with the band"
    return _urgent("questioned", title, lead, "questioned", questioned_for(user))


def _hunted(user: User) -> Block:
    """Referrals in which lists found, or withdrew, something after their reports had come."""
    lead = (
        "A file was found on a list, or taken off one, after it arrived. Look at each and say what follows."
    )
    return _urgent("hunted", "Lists have changed what is known", lead, "referral", hunted_for(user))


def _lists(user: User) -> Block:
    """Lists of known files that are held for a person, or that nobody has confirmed or renewed for long."""
    found = pressing(user)
    lead = "What a list does not have is not found. Each stays as it is meanwhile."
    title = "Lists of known files need somebody"
    few = items_of("source", found[:FEW])
    return Block(
        "lists", title, lead, len(found), few, reverse("lists"), "All known lists", urgent=bool(found)
    )


def _news(user: User) -> Block:
    """Packages about which there is news that no supplement has told yet."""
    lead = "A file in each was found on a list of files already known since it was sent."
    told = news_for(user).defer("content").order_by("sent_at")
    return _urgent("news", "News of what your force was sent", lead, "package", told)


def _unowned(user: User) -> Block:
    page = queue(user, Filters(danger="yes", whose="nobody"), size=FEW)
    return Block(
        "unowned",
        "At risk now, and nobody has it",
        "Assign each to somebody.",
        page.total,
        items_of("referral", page.referrals),
        f"{reverse('queue')}?danger=yes&whose=nobody",
        "All that nobody has",
        "Somebody has every one of them.",
        urgent=page.total > 0,
    )


def _mine(user: User) -> Block:
    page = queue(user, Filters(whose="me"), size=FEW)
    return Block(
        "mine",
        "Mine",
        "Open referrals assigned to you.",
        page.total,
        items_of("referral", page.referrals),
        f"{reverse('queue')}?whose=me",
        "All of mine",
        "Nothing is assigned to you. Take one from the queue.",
    )


def _to_agree(user: User) -> Block:
    """Decisions that take two people, and wait for one who is not the first."""
    asked = approvals_for(user).filter(answered_at=None).exclude(asked_by=user).order_by("asked_at")
    return Block(
        "agree",
        "Waiting for a second person",
        "Somebody decided these for a reason that two people must agree on. Agree, or say no.",
        asked.count(),
        items_of("approval", asked[:FEW]),
    )


def _new(user: User) -> Block:
    arrived = Referral.objects.filter(state__in=Referral.OPEN, received_at__gt=since(user))
    few = arrived.select_related("provider", "assigned_to").order_by("-rank", "id")[:FEW]
    return Block(
        "new",
        "New since you last looked",
        "",
        arrived.count(),
        items_of("referral", few),
        reverse("queue"),
        "The whole queue",
        "Nothing has arrived since.",
    )


def _clocks(user: User) -> Block:
    """Overdue first, then soonest."""
    late, near = overdue(user), about_to_breach(user)
    few = [*first_of(late, FEW), *first_of(near, FEW)][:FEW]
    count = late.count() + near.count()
    return Block(
        "clocks",
        "Clocks overdue or about to be",
        "",
        count,
        items_of("clock", few),
        reverse("clocks"),
        "All clocks",
        "No deadline is near.",
        urgent=count > 0,
    )


def _unanswered(user: User) -> Block:
    """What other people have to do before this person can go on."""
    sent = Package.objects.filter(state=Package.State.WAITING)
    asked = Referral.objects.filter(state=Referral.State.AWAITING_PROVIDER)
    if user.role not in (Role.SUPERVISOR, Role.AUDITOR):
        sent, asked = sent.filter(sent_by=user), asked.filter(assigned_to=user)
    few = items_of("sent", first_of(sent.select_related("to").defer("content").order_by("sent_at"), FEW))
    few += items_of("asked", asked.select_related("provider").order_by("last_report_at")[: FEW - len(few)])
    return Block(
        "waiting",
        "Waiting on others",
        "Packages no force has answered, and companies asked for more. Oldest first.",
        sent.count() + asked.count(),
        few,
        f"{reverse('packages')}?show=waiting",
        "All packages waiting",
        "Nobody owes you an answer.",
    )


def _receipts(user: User) -> Block:
    stuck = Receipt.objects.filter(state__in=[Receipt.State.REJECTED, Receipt.State.HELD])
    return Block(
        "receipts",
        "Files that could not be read",
        "Each is a report that nobody can work yet. Somebody must deal with every one.",
        stuck.count(),
        items_of("receipt", stuck.order_by("received_at")[:FEW]),
        reverse("receipts"),
        "All of them",
        "Everything received has been read.",
    )


def _failed_jobs(user: User) -> Block:
    """Work that the site could not do by itself, after every attempt."""
    lead = "Each is something that arrived or was decided and has not had its effect."
    return _urgent("jobs", "Jobs that failed", lead, "job", failed_for(user), reverse("jobs"), "All jobs")


def _companies(user: User) -> Block:
    """Companies that began reports and never finished them, or that somebody waits for."""
    count, few = in_trouble(user, FEW)
    return Block(
        "companies",
        "Companies that did not finish or answer",
        "Reports that lapsed of late, and requests for more whose time has run out.",
        count,
        items_of("company", few),
        reverse("providers"),
        "All companies",
        "Every company finished what it began and answered in time.",
    )


def _sent_to(user: User) -> QuerySet[Package]:
    """What this person's force was sent. Nobody else's, ever."""
    return Package.objects.filter(to_id=user.organisation_id).defer("content").order_by("sent_at")


def _most_serious(packages: QuerySet[Package]) -> list[Package]:
    """A few of them, the most serious and then the oldest first: a read of an index for each band."""
    found: list[Package] = []
    for band in Referral.Band.values:
        if len(found) < FEW:
            found += packages.filter(risk_band=band)[: FEW - len(found)]
    return found


def _to_answer(user: User) -> Block:
    waiting = _sent_to(user).filter(state=Package.State.WAITING)
    return Block(
        "answer",
        "Waiting for your force’s answer",
        "Accept each, or return it with a reason. The most serious are first.",
        waiting.count(),
        items_of("package", _most_serious(waiting)),
        f"{reverse('packages')}?show=waiting",
        "All that wait for an answer",
        "You have answered everything you were sent.",
        urgent=True,
    )


def _new_packages(user: User) -> Block:
    # every state is named, so that the index that begins (to, state) is used
    arrived = _sent_to(user).filter(state__in=Package.State.values, sent_at__gt=since(user))
    return Block(
        "new",
        "New since you last looked",
        "",
        arrived.count(),
        items_of("package", _most_serious(arrived)),
        reverse("packages"),
        "All packages",
        "Nothing has been sent since.",
    )


def _without_outcome(user: User) -> Block:
    held = _sent_to(user).filter(
        state=Package.State.ACCEPTED,
        kind=Package.Kind.DISSEMINATION,
        outcome="",
    )
    if gone := gone_from(user):
        held = held.exclude(pk__in=gone)
    return Block(
        "outcomes",
        "Accepted, with no outcome yet",
        "Record how each investigation ended when it does.",
        held.count(),
        items_of("package", _most_serious(held)),
        f"{reverse('packages')}?show=working",
        "All that have no outcome yet",
        "Everything accepted has its outcome.",
    )


def _looks(user: User) -> Block:
    """Sensitive records opened; a force's auditor sees those by its own people."""
    week_ago = now() - timedelta(days=7)
    looks = AuditEntry.objects.filter(action="consult", at__gt=week_ago)
    if not user.in_agency:
        looks = looks.filter(organisation=user.organisation_id)
    return Block(
        "looks",
        "Sensitive records opened",
        "In the last seven days, with the justification given.",
        looks.count(),
        items_of("entry", first_of(looks.order_by("-position"), FEW)),
        f"{reverse('audit')}?action=consult&since={week_ago.astimezone(UK).date()}",
        "All in the audit",
        "Nobody has opened one.",
    )


def _people(user: User) -> Block:
    people = people_for(user).filter(is_active=True)
    return Block(
        "people",
        "People who can sign in",
        "Those who signed in most recently.",
        people.count(),
        items_of("person", people.exclude(last_login=None).order_by("-last_login")[:FEW]),
        reverse("people"),
        "Everybody",
        "Nobody has signed in yet.",
    )


def _never_signed_in(user: User) -> Block:
    """An account nobody uses is a door nobody watches."""
    cold = people_for(user).filter(is_active=True).exclude(last_login__gt=now() - timedelta(days=90))
    return Block(
        "unused",
        "Accounts not used for 90 days",
        "Close each that is no longer needed.",
        cold.count(),
        items_of("person", cold.order_by("last_login", "username")[:FEW]),
        reverse("people"),
        "Everybody",
        "Every account has been used in the last 90 days.",
    )
