"""Telling those who worked on something that it has ended. How it ended stands on its page."""

from lapwing_web.audit.actions import about
from lapwing_web.casework.models import Case, Package
from lapwing_web.moment import now
from lapwing_web.notifications.actions import tell
from lapwing_web.staff.models import Organisation, User


def tell_case_ended(case: Case, *, by: User) -> None:
    """Tell everybody of its force who had the case at some time. Call inside `@audited`, once it ended."""
    had = User.objects.filter(allocations__case=case, organisation=case.organisation_id, is_active=True)
    to = had.exclude(pk=by.pk).values_list("pk", flat=True)
    tell("ended", about(case), event=f"ended {now().isoformat()}", to=to)


def tell_package_ended(package: Package) -> None:
    """Tell the people of the agency who sent the package or had its referral. Call inside `@audited`."""
    had = {package.sent_by_id, package.referral.assigned_to_id}
    there = User.objects.filter(
        pk__in=[key for key in had if key], organisation__kind=Organisation.Kind.AGENCY
    )
    to = there.values_list("pk", flat=True)
    tell("ended", about(package), event=f"ended {now().isoformat()}", to=to)
