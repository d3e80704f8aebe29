"""Files of the vault are opened within a budget of views, or when a superior answers for them."""

from datetime import timedelta

import pytest
from tests.cast import Cast
from tests.lapwing_web.casework.made import Made

from lapwing_web.audit.models import AuditEntry
from lapwing_web.audit.queries import broken
from lapwing_web.casework.actions.opening_leaves import give_leave
from lapwing_web.casework.forms.opening_leaves import OpenFilesForm
from lapwing_web.casework.models import OpeningLeave, Referral
from lapwing_web.casework.queries.sealed import leave_for
from lapwing_web.front.queries.supervision import supervision
from lapwing_web.intake.models import SealedFile
from lapwing_web.moment import at, now
from lapwing_web.notifications.models import Notification
from lapwing_web.refusal import Forbidden, Refused
from lapwing_web.staff.actions import Viewed, count_views, opt_out
from lapwing_web.staff.models import Exposure, User
from lapwing_web.staff.models.viewing import budget

pytestmark = pytest.mark.django_db
UNKNOWN = 4  # what the view of a file whose kind nobody stated weighs


@pytest.fixture
def referral(made: Made) -> Referral:
    return made(1)


def sealed(*numbers: int, known: bool = False) -> list[str]:
    """Objects of the vault, by the names that a list has them by."""
    lists, given = ["a list"] if known else [], {"kept_at": now(), "checked_at": now()}
    return [
        SealedFile.objects.create(
            sha256=f"{n:064x}", object_name=f"object-{n}", size=1, sealed_size=1, recipients=[],
            known_lists=lists, **given,
        ).object_name
        for n in numbers
    ]  # fmt: skip


def spend(person: User, by: User, weight: int) -> None:
    earlier = now() - timedelta(minutes=1)
    views = [Viewed("image", f"spent {n}", earlier) for n in range(weight)]
    count_views(person, views, source=Exposure.Source.VAULT, by=by)


def shown(user: User) -> list[str]:
    """What supervision says of openings that were allowed over a budget."""
    [part] = [one for one in supervision(user) if one.name == "over_budget_openings"]
    assert part.count == len(part.rows)
    return [f"{row.label}: {row.who}" for row in part.rows]


def test_openings_over_a_budget_wait_for_a_superior(cast: Cast, referral: Referral) -> None:
    officer, by, names = cast.intake, cast.supervisor, sealed(1, 2)
    spend(officer, by, budget().day - 2 * UNKNOWN + 1)
    with pytest.raises(Refused, match=r"7 of 300 is left today, and this weighs 8.*supervisor other than"):
        give_leave(referral, names=names, opener=officer, by=officer)
    with pytest.raises(Refused, match=r"may view now\. A supervisor"):  # how much is not for a colleague
        give_leave(referral, names=names, opener=officer, by=cast.intelligence)
    assert leave_for(officer, referral) is None
    [told] = Notification.objects.filter(kind="openings_refused")
    assert (told.user, told.about) == (by, f"referral:{referral.pk}")
    entries = AuditEntry.objects.filter(action="refuse openings", about=f"referral:{referral.pk}")
    assert entries.count() == 2
    for person, why in ((officer, "Mine"), (by, " ")):
        with pytest.raises((Refused, Forbidden)):
            give_leave(referral, names=names, opener=officer, by=person, override=True, why=why)
    fields = [OpenFilesForm(subject=referral, by=one).fields for one in (by, officer)]
    assert ["override" in one for one in fields] == [True, False]
    given = give_leave(referral, names=names, opener=officer, by=by, override=True, why="Nobody else is here")
    assert leave_for(officer, referral) == leave_for(by, referral) == given
    assert leave_for(cast.intelligence, referral) is None
    assert shown(by) == [
        f"intake, {referral.reference}: given by supervisor (Nobody else is here). "
        "In the way was: 7 of 300 is left today, and this weighs 8."
    ]
    assert shown(cast.auditor) == shown(by)
    told.refresh_from_db()
    assert told.over_at is not None
    assert not broken(AuditEntry.objects.all())


def test_a_supervisor_answers_for_no_views_of_their_own(cast: Cast, referral: Referral) -> None:
    spend(cast.supervisor, cast.supervisor, budget().day)
    with pytest.raises(Forbidden, match="your own views"):
        give_leave(
            referral, names=sealed(1), opener=cast.supervisor, by=cast.supervisor, override=True, why="Mine"
        )
    assert not OpeningLeave.objects.exists()


def test_what_is_known_weighs_nothing_and_what_was_given_today_is_in_the_sum(
    cast: Cast, referral: Referral
) -> None:
    officer = cast.intake
    spend(officer, cast.supervisor, budget().day - 2 * UNKNOWN)
    known, first, second = sealed(1, 2, 3, known=True), sealed(4, 5), sealed(6)
    for names in (known, first, first):  # the same list again is the same views
        give_leave(referral, names=names, opener=officer, by=officer)
    with pytest.raises(Refused, match="8 of 300 is left today, and this weighs 12"):
        give_leave(referral, names=second, opener=officer, by=officer)
    give_leave(referral, names=second, opener=cast.intelligence, by=officer)
    with at(now() + timedelta(days=1)):
        give_leave(referral, names=second, opener=officer, by=officer)


def test_who_asked_for_no_more_and_who_may_not_view_are_given_no_list(cast: Cast, referral: Referral) -> None:
    names = sealed(1)
    opt_out(by=cast.intake)
    with pytest.raises(Refused, match="asked to be given no more"):
        give_leave(referral, names=names, opener=cast.intake, by=cast.intake)
    for opener in (cast.auditor, cast.officer_a):
        with pytest.raises(Refused, match="of your own organisation who may view"):
            give_leave(referral, names=names, opener=opener, by=cast.intake)
    with pytest.raises(Forbidden):
        give_leave(referral, names=names, opener=cast.intake, by=cast.auditor)
    with pytest.raises(Refused, match="nothing to open"):
        give_leave(referral, names=[], opener=cast.intelligence, by=cast.intake)


def test_a_list_holds_for_the_day_on_which_it_was_given(cast: Cast, referral: Referral) -> None:
    """Lists of many days, each within its day's budget, are not all opened on one."""
    officer, names = cast.intake, sealed(1)
    given = give_leave(referral, names=names, opener=officer, by=cast.supervisor)
    assert leave_for(officer, referral) == leave_for(cast.supervisor, referral) == given
    with at(now() + timedelta(days=1)):
        assert leave_for(officer, referral) is leave_for(cast.supervisor, referral) is None
        spend(officer, officer, budget().day)
        with pytest.raises(Refused, match="more than"):
            give_leave(referral, names=names, opener=officer, by=officer)
