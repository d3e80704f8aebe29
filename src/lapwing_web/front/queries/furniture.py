"""What stands around every page: the menu for this person, and whether the data are a demonstration."""

from typing import Any

import msgspec
from django.urls import reverse

from lapwing_web.audit.models import AuditEntry
from lapwing_web.casework.actions.checking import lists_to_ask
from lapwing_web.casework.models import Package
from lapwing_web.casework.models.carrying import with_nobody
from lapwing_web.casework.queries.cases import cases_for
from lapwing_web.casework.queries.second_looks import second_looks_for
from lapwing_web.casework.queries.suspects import gaps_for
from lapwing_web.clocks.models import Clock
from lapwing_web.intake.models import Receipt, SealedFile
from lapwing_web.intake.models.sealed import AT_FAULT
from lapwing_web.jobs.queries import failed_for
from lapwing_web.moment import now
from lapwing_web.notifications.queries import MOST_COUNTED, unread
from lapwing_web.offenders.queries.briefings import unread as unread_briefings
from lapwing_web.offenders.queries.offenders import overdue_of
from lapwing_web.prevention.queries.own_list import to_grade
from lapwing_web.staff.models import User
from lapwing_web.staff.permissions import may


class Item(msgspec.Struct, frozen=True):
    """One entry of the menu; `here` is "page", "true" (inside it) or "" for elsewhere."""

    label: str
    url: str
    here: str = ""
    count: int = 0
    counted: str = ""


# url name, label, permission, what is counted
MENU = [
    ("home", "Home", "see home", ""),
    ("supervision", "About to go wrong", "see supervision", ""),
    ("queue", "Queue", "see referrals", ""),
    ("packages", "Packages", "see packages", "waiting for an answer"),
    ("cases", "Cases", "see cases", "allocated to nobody"),
    ("gaps", "Gaps", "see cases", "unsigned"),
    ("examinations", "Examinations", "see cases", ""),
    ("allocation", "Allocation", "see allocation", ""),
    ("reviews", "Reviews of records", "see retention", ""),
    ("offenders", "Offenders", "see offenders", "overdue"),
    ("caseload", "Caseload", "see caseload", ""),
    ("briefings", "Briefings", "read briefings", "to acknowledge"),
    ("training", "Training", "see training", ""),
    ("welfare", "Welfare", "see welfare", ""),
    ("own-exposure", "Your viewing", "view material", ""),
    ("second-looks", "Second looks", "take a second look", "to take"),
    ("clocks", "Clocks", "see clocks", "overdue"),
    ("receipts", "Receipts", "see receipts", "to clear"),
    ("providers", "Companies", "see providers", ""),
    ("jobs", "Jobs", "see jobs", "failed"),
    ("vault", "Vault", "see the vault", "at fault"),
    ("lists", "Known lists", "see lists", "not usable"),
    ("own-list", "Own list", "see the own list", "to grade"),
    ("attrition", "Attrition", "see attrition", ""),
    ("audit", "Audit", "see the audit", ""),
    ("people", "People", "manage people", ""),
    ("teams", "Teams", "see teams", ""),
]


def menu(user: User, path: str) -> list[Item]:
    """The pages this person's role may open, with what waits behind each."""
    items = []
    for name, label, permission, counted in MENU:
        if may(user, permission):
            url = reverse(name)
            inside = url != "/" and path.startswith(url)
            here = "page" if path == url else "true" if inside else ""
            items.append(Item(label, url, here, waiting(user, name) if counted else 0, counted))
    return items


def waiting(user: User, name: str) -> int:
    """How many things wait behind a page of the menu. Each count reads a short index."""
    if name == "packages":
        waiting_for = Package.objects.filter(state=Package.State.WAITING)
        return 0 if user.in_agency else waiting_for.filter(to_id=user.organisation_id).count()
    if name == "cases":
        return cases_for(user).filter(with_nobody(user.organisation), state="open").count()
    if name == "gaps":
        return gaps_for(user).filter(state="open", begins_at__lte=now()).count()
    if name == "offenders":
        return overdue_of(user).count()
    if name == "briefings":
        return unread_briefings(user)
    if name == "second-looks":
        return second_looks_for(user).count()
    if name == "clocks":
        overdue = Clock.objects.filter(state=Clock.State.FIRED, acknowledged_at=None)
        return overdue.filter(organisation_id=user.organisation_id).count()
    if name == "jobs":
        return failed_for(user).count()
    if name == "lists":
        return len(lists_to_ask().unusable)
    if name == "own-list":
        return to_grade(user).count()
    if name == "vault":
        return SealedFile.objects.filter(AT_FAULT).count()
    return Receipt.objects.filter(state__in=[Receipt.State.REJECTED, Receipt.State.HELD]).count()


def demonstration() -> bool:
    """Whether this database holds the demonstration, which records itself in the audit as it is loaded."""
    return AuditEntry.objects.filter(action="load the demonstration").exists()


def around(user: Any, path: str, *, at_the_door: bool = False) -> dict[str, Any]:
    """Everything `base.html` needs. A person who has not signed in sees no menu, nor one who still has to
    give something at the door: its counts are not for them yet.
    """
    if not getattr(user, "is_authenticated", False):
        return {}
    if at_the_door:
        return {"sign_out_url": reverse("sign-out")}
    return {
        "navigation": menu(user, path),
        "demonstration": demonstration(),
        "home_url": reverse("home"),
        "glossary_url": reverse("glossary"),
        "search_url": reverse("search") if may(user, "search") else "",
        "search_page": path == reverse("search"),
        "sign_out_url": reverse("sign-out"),
        "unread": unread(user) if may(user, "see notifications") else 0,
        "most_unread": MOST_COUNTED,
    }
