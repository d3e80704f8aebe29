"""A demonstration's year as it stands once loaded: adding up, recorded, and the same each time."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Q

from lapwing_web.audit.models import AuditEntry
from lapwing_web.casework.models import (
    Arrest,
    Case,
    Gap,
    LegalHold,
    Package,
    RecordDisposal,
    Referral,
    SecondLook,
    Selector,
    Suspect,
)
from lapwing_web.casework.queries.retention import reviews_of
from lapwing_web.clocks.models import Clock
from lapwing_web.demo.load import Asked, load
from lapwing_web.demo.older import EACH
from lapwing_web.demo.people import WHOLE
from lapwing_web.insight.queries.attrition import attrition
from lapwing_web.insight.queries.narrowing import Narrowing
from lapwing_web.insight.queries.sent import sent
from lapwing_web.intake.models import Receipt, Report, Submission
from lapwing_web.jobs.models import Job
from lapwing_web.moment import UK, at, today
from lapwing_web.notifications.models import Notification
from lapwing_web.offenders.models import Briefing, Offender
from lapwing_web.staff.actions import load_organisations
from lapwing_web.staff.models import User

EVERYTHING = Narrowing()
OLDER = EACH * len(WHOLE)  # reports of long ago


def fill(reports: int) -> None:
    load_organisations()
    load(Asked(reports, seed=3, ending="2026-11-24"), password="words-for-a-test-only")


@pytest.fixture(scope="module")
def year(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """One year for the tests that only read it, in a transaction that is undone after the last of them."""
    with django_db_blocker.unblock(), transaction.atomic():
        fill(160)
        yield
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_a_year_by_the_real_path(year: None) -> None:
    assert Report.objects.count() == 160 + OLDER
    assert Receipt.objects.filter(state=Receipt.State.DUPLICATE).exists()
    assert {"received", "discarded", "accepted", "closed"} <= set(
        Referral.objects.values_list("state", flat=True)
    )
    assert Clock.objects.exclude(state=Clock.State.SETTLED).exists()
    assert Package.objects.filter(to="E23000007").exists() or Package.objects.filter(to="E23000032").exists()
    actions = set(AuditEntry.objects.values_list("action", flat=True))
    assert {"receive", "discard", "disseminate", "accept a package", "load the demonstration"} <= actions
    moments = list(AuditEntry.objects.order_by("position").values_list("at", flat=True))
    supervisor = User.objects.get(username="supervisor")
    found = attrition(supervisor, EVERYTHING)
    assert found.whole.agrees
    assert not found.whole.unexplained  # every exit has its reason
    assert found.packages.agrees
    assert moments[1] < moments[-1]


@pytest.mark.django_db
def test_merseyside_is_as_the_chapter_found_it_and_others_keep_up(year: None) -> None:
    with at(datetime(2026, 11, 24, 8, tzinfo=UK)):
        late = Q(visit_due_on__lt=today())
        mine = Offender.objects.filter(organisation="E23000004")
        assert (mine.count(), mine.values("manager").distinct().count()) == (100, 1)
        assert mine.filter(late).count() == 98  # HC 515, paragraph 91
        others = Offender.objects.exclude(organisation="E23000004")
        assert others.count() == 28
        assert others.filter(late).count() < 10


@pytest.mark.django_db
def test_offenders_notify_are_briefed_about_and_are_known_in_referrals(year: None) -> None:
    for force in WHOLE:
        mine = Offender.objects.filter(organisation=force)
        issued = Briefing.objects.filter(offender__in=mine, state="issued")
        assert (issued.count(), issued.exclude(acknowledgements=None).count()) == (2, 1)
        assert mine.exclude(links=None).count() == 1
        assert mine.exclude(absences=None).count() == 1
        late = mine.filter(notifiables__state="open").get()
        assert Clock.objects.filter(kind="notification_due", about=f"offender:{late.pk}").exists()
    assert LegalHold.objects.filter(case__state="closed", lifted_at=None).exists()


@pytest.mark.django_db
def test_of_what_ended_long_ago_one_is_disposed_of_one_waits_and_one_is_to_be_reviewed(year: None) -> None:
    with at(datetime(2026, 11, 24, 8, tzinfo=UK)):
        for force in WHOLE:
            old = Case.objects.filter(organisation=force, closed_at__lt=datetime(2021, 1, 1, tzinfo=UK))
            assert sorted(old.values_list("state", flat=True)) == ["closed", "closed", "disposed"]
            done, waiting = (
                RecordDisposal.objects.get(case__in=old, state=one) for one in ("done", "proposed")
            )
            assert done.answered_by != done.proposed_by
            due = old.get(record_disposals=None)
            assert Clock.objects.filter(kind="retention_review", about=f"case:{due.pk}").exists()
            supervisor = User.objects.get(username__startswith="supervisor-", organisation=force)
            assert {waiting.case_id, due.pk} <= {row.case.pk for row in reviews_of(supervisor).rows}


@pytest.mark.django_db
def test_nobody_is_named_in_what_people_are_told(year: None) -> None:
    told = list(Notification.objects.select_related("user"))
    assert {"clock_escalated", "ended"} <= {one.kind for one in told}
    found = [User.objects.values_list("username"), Selector.objects.values_list("value")]
    found += [Suspect.objects.values_list("label"), Referral.objects.values_list("title")]
    named = {name.casefold() for rows in found for (name,) in rows if name}
    assert len(named) > 100
    for words in {one.words.casefold() for one in told}:
        assert not [name for name in named if name in words], words


@pytest.mark.django_db
def test_some_reports_come_through_accounts_and_some_are_told(year: None) -> None:
    finished = Submission.objects.filter(state=Submission.State.FINISHED)
    assert finished.exists()
    assert not finished.filter(report=None).exists()
    assert set(Receipt.objects.values_list("channel", flat=True)) >= {"command", "ispws", "form"}
    assert not Job.objects.exclude(state=Job.State.DONE).exists()


@pytest.mark.django_db
def test_every_step_is_recorded_by_whoever_took_it(year: None) -> None:
    accepted = Package.objects.filter(state="accepted", kind="dissemination").first()
    assert accepted is not None
    entry = AuditEntry.objects.get(action="accept a package", about=f"package:{accepted.pk}")
    assert entry.organisation == accepted.to_id
    assert entry.at == accepted.answered_at
    for look in SecondLook.objects.exclude(looked_by=None):
        assert look.looked_by.username != look.first_by


@pytest.mark.django_db
def test_forces_arrest_and_what_they_leave_is_flagged(year: None) -> None:
    assert Arrest.objects.exists()
    assert not Arrest.objects.filter(duties=None).exists()
    for gap in Gap.objects.filter(state="open"):
        force = gap.suspect.case.organisation_id  # where somebody can sign for it
        assert User.objects.filter(organisation=force, role="supervisor").exists()
    for case in Case.objects.filter(state="closed"):
        assert not Gap.objects.filter(suspect__case=case, state="open").exists()


@pytest.mark.django_db
def test_each_force_sees_its_own_and_together_they_see_all(year: None) -> None:
    officers = User.objects.filter(role=User.Role.FORCE_OFFICER, username__startswith="force-")  # one a force
    totals = [sent(officer, EVERYTHING).whole.total.value for officer in officers]
    assert sum(totals) == Package.objects.filter(kind="dissemination").count() > 0


@pytest.mark.django_db
def test_the_chapters_proportions_hold_within_a_tolerance(year: None) -> None:
    found = attrition(User.objects.get(username="auditor"), EVERYTHING)
    told = {one.label: one.ratio.value or 0 for one in found.ratios}
    assert told["Sent to a force"] == pytest.approx(0.12, abs=0.06)
    assert told["Discarded as informational"] == pytest.approx(0.46, abs=0.15)
    assert told["Discarded without a reason"] == 0
