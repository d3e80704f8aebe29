"""What people do with statistics: take them away, which is recorded as a disclosure."""

from typing import Any

from lapwing_web.audit.actions import audited, disclose
from lapwing_web.staff.models import User
from lapwing_web.staff.permissions import check


@audited
def download(*, why: str, narrowed: dict[str, Any], sha256: str, by: User) -> None:
    """Record that `by` took the attrition figures away, and why: once out they can be passed on."""
    check(by, "see attrition")
    new = {"narrowed": narrowed, "sha256": sha256}
    disclose("attrition:csv", by=by, to=by.organisation_id, why=why, new=new)
