"""What people do with statistics: take them away, which is recorded as a disclosure."""

from typing import Any

from lapwing_web.audit.actions import audited, disclose
from lapwing_web.staff.models import User
from lapwing_web.staff.permissions import check


@audited
def download(what: dict[str, Any], *, why: str, by: User) -> None:
    """Record that `by` took figures away, which and why: once out they can be passed on."""
    check(by, "see attrition")
    disclose("attrition:csv", by=by, to=by.organisation_id, why=why, new=what)
