"""Telling those who worked on something that it has ended. How it ended stands on its page."""

from lapwing_web.audit.actions import about
from lapwing_web.casework.models import Case, Package
from lapwing_web.moment import now
from lapwing_web.notifications.actions import tell
from lapwing_web.staff.models import User
from lapwing_web.staff.queries import agency


def tell_case_ended(case: Case, *, by: User) -> None:
    """Tell everybody of its force who had the case at some time. Call inside `@audited`, once it ended."""
    had = User.objects.filter(allocations__case=case, organisation=case.organisation_id, is_active=True)
    to = had.exclude(pk=by.pk).values_list("pk", flat=True)
    tell("ended", about(case), event=f"ended {now().isoformat()}", to=to)


def tell_package_ended(package: Package) -> None:
    """Tell the people of the agency who sent the package or had its referral. Call inside `@audited`."""
    to = {package.sent_by_id, package.referral.assigned_to_id} - {None}
    event = f"ended {now().isoformat()}"
    tell("ended", about(package), event=event, to=[key for key in to if key], place=agency().pk)
