"""Giving somebody the list of a referral's sealed files, to open them elsewhere with the private key.

Who opens files views them. What goes over their budget is refused until a superior answers for it, and what
they were given today and have not been counted for yet is in the sum.
"""

from lapwing_web.audit.actions import about, audited, record
from lapwing_web.casework.actions.holding import policy_hash
from lapwing_web.casework.actions.over_budget import OVERRIDE, answered_for, refuse_views
from lapwing_web.casework.models import OpeningLeave, Referral
from lapwing_web.casework.models.opening_leave import given_today
from lapwing_web.intake.models import SealedFile
from lapwing_web.moment import now
from lapwing_web.notifications.actions import over
from lapwing_web.refusal import Refused
from lapwing_web.staff.actions import Viewed, against_viewing
from lapwing_web.staff.models import Exposure, User
from lapwing_web.staff.permissions import check, may

TOLD = "openings_refused"


def give_leave(
    referral: Referral, *, names: list[str], opener: User, by: User, override: bool = False, why: str = ""
) -> OpeningLeave:
    """Give leave to open these sealed objects of the referral. `override`: a superior answers for the views.

    Refuses an opener of another place or without the right to view, and views that the opener's budget or own
    word does not allow.
    """
    given = _give(referral, names, opener=opener, by=by, override=override, why=why)
    if isinstance(given, str):
        raise Refused(given)
    return given


@audited
def _give(
    referral: Referral, names: list[str], *, opener: User, by: User, override: bool, why: str
) -> OpeningLeave | str:
    """The leave; or the refusal, which is recorded before anybody is told."""
    check(by, "view material")
    if opener.organisation_id != by.organisation_id or not may(opener, "view material"):
        raise Refused("Choose somebody of your own organisation who may view material.")
    if not names:
        raise Refused(f"No file of {referral} lies sealed in the vault: there is nothing to open.")
    User.objects.select_for_update().get(pk=opener.pk)  # two lists of one person, one after the other
    event = f"openings of {referral.pk} by {opener.pk}"
    against = against_viewing(opener, _views([*names, *_given_today(opener)]), source=Exposure.Source.VAULT)
    new = {"opener": opener.username, "objects": names}
    if against and not override:
        because = refuse_views(
            referral, opener, against, action="refuse openings", told=TOLD, event=event, new=new, by=by
        )
        return (
            f"The list was not given: {because}. A supervisor other than {opener} can give it on this page "
            "with a reason, and supervisors have been told; or choose somebody else."
        )
    why = answered_for(opener, why, by) if against else ""
    made = OpeningLeave.objects.create(
        referral=referral, opener=opener, at=now(), by=by, objects_named=names, obstacles=against, why=why
    )
    action, policy = OVERRIDE if against else "give leave to open", policy_hash("exposure")
    record(action, referral, by=by, why=why, new={**new, "overrides": against}, policy=policy)
    over([about(referral)], kinds=[TOLD], events=[event])
    return made


def _given_today(opener: User) -> list[str]:
    """What somebody was given today: of what they have opened, the log may not have been taken in yet."""
    lists = given_today().filter(opener=opener).values_list("objects_named", flat=True)
    return [name for names in lists for name in names]


def _views(names: list[str]) -> list[Viewed]:
    """Each object as a view, as the log of openings will count it."""
    held = SealedFile.objects.filter(object_name__in=names).values_list("sha256", "known_lists")
    return [Viewed("unknown", sha256, now(), bool(lists)) for sha256, lists in held]
