"""What people do on the pages that join applications."""

from lapwing_web.audit.actions import audited, record
from lapwing_web.moment import now
from lapwing_web.staff.models import User
from lapwing_web.staff.permissions import check


@audited
def mark_seen(*, by: User) -> None:
    """Say that what is new has been seen: from now on, new means later than this."""
    check(by, "see home")
    old, at = by.last_seen_home_at, now()
    User.objects.filter(pk=by.pk).update(last_seen_home_at=at)
    by.last_seen_home_at = at
    record("see what is new", by, by=by, old={"last_seen_home_at": old}, new={"last_seen_home_at": at})


@audited
def record_search(text: str, found: int, *, cases: list[str], by: User) -> None:
    """Record that they looked for `text`, and how many records they were shown; and each case."""
    check(by, "search")
    record("search", by, by=by, new={"text": text, "found": found, "cases": cases})
