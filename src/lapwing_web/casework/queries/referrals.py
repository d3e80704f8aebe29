"""Which referrals a person may see: every one at the agency, none at a force (docs/adr/0003)."""

from django.db.models import QuerySet

from lapwing_web.casework.models import Approval, Enquiry, Joining, Package, Referral
from lapwing_web.staff.models import Organisation, User
from lapwing_web.staff.permissions import PERMISSIONS, may


def referrals_for(user: User) -> QuerySet[Referral]:
    """Every referral this person may open."""
    referrals = Referral.objects.select_related(
        "provider", "organisation", "assigned_to", "proposed_force", "merged_into"
    )
    return referrals if may(user, "see referrals") else referrals.none()


def enquiries_for(user: User) -> QuerySet[Enquiry]:
    """Enquiries to companies, with their referrals."""
    enquiries = Enquiry.objects.select_related("referral__provider", "asked_by")
    return enquiries if may(user, "see referrals") else enquiries.none()


def joinings_for(user: User) -> QuerySet[Joining]:
    """What ties reports to referrals, undone ones too."""
    joinings = Joining.objects.select_related("referral", "report__provider", "undone_by")
    return joinings if may(user, "see referrals") else joinings.none()


def approvals_for(user: User) -> QuerySet[Approval]:
    """Decisions of this person's own organisation that take two people."""
    approvals = Approval.objects.select_related("referral", "package", "asked_by", "answered_by")
    mine = approvals.filter(organisation=user.organisation_id)
    sees = may(user, "see referrals") or may(user, "answer a package")
    return mine if sees else mine.none()


def requests_of(user: User) -> QuerySet[Approval]:
    """What this person asked a second person to agree to: theirs alone to take back."""
    return approvals_for(user).filter(asked_by=user)


def people_to_assign() -> QuerySet[User]:
    """Those at the agency who may work a referral."""
    roles = PERMISSIONS["triage a referral"].agency
    agency = User.objects.filter(organisation__kind=Organisation.Kind.AGENCY, is_active=True)
    return agency.filter(role__in=roles).order_by("role", "username")


def forces() -> QuerySet[Organisation]:
    """Every police force a package can be sent to, by name."""
    return Organisation.objects.filter(kind=Organisation.Kind.FORCE).order_by("name")


def packages_of(referral: Referral) -> QuerySet[Package]:
    """What was sent about a referral, latest first. For the agency's pages."""
    return referral.packages.select_related("to", "sent_by", "adds_to").defer("content").order_by("-id")
