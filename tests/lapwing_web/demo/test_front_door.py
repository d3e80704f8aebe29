"""What the demonstration's companies hand over goes the way of the real thing, to its end."""

from datetime import UTC, datetime, timedelta

import pytest

from lapwing.vault import Identities
from lapwing_web.demo.companies import COMPANIES
from lapwing_web.demo.front_door import LEFT, RETRACTED, FrontDoor, Handed, look_after_unfinished, picture
from lapwing_web.demo.load import Asked, RealData, load
from lapwing_web.demo.reports import Maker
from lapwing_web.intake.models import Receipt, SealedFile, Submission
from lapwing_web.moment import at as at_moment
from lapwing_web.staff.actions import load_organisations

AT = datetime(2026, 11, 20, 9, tzinfo=UTC)
BY_ACCOUNT = [company for company in COMPANIES if company.by_account]


@pytest.fixture
def door(db: None, vault: Identities) -> FrontDoor:
    load_organisations()
    return FrontDoor(AT - timedelta(days=1))


@pytest.mark.parametrize("company", BY_ACCOUNT, ids=lambda company: company.slug)
def test_a_report_handed_over_is_received_with_its_files_sealed(door: FrontDoor, company: object) -> None:
    made = Maker(1, 10).make(1, company, "good", AT)  # type: ignore[arg-type]
    report = door.hand_over(Handed(made.report, made.course), AT)
    assert report is not None
    submission = Submission.objects.get(report=report)
    assert submission.state == Submission.State.FINISHED
    assert submission.opened_at == AT
    assert submission.files.count() == min(2, len(made.report.files)) == SealedFile.objects.count()
    if submission.channel == "ispws":
        assert all(file.details for file in submission.files.all())


def test_one_retracted_leaves_a_trace_and_one_left_alone_lapses(door: FrontDoor) -> None:
    maker = Maker(1, 10)
    for number, ending in enumerate((RETRACTED, LEFT)):
        made = maker.make(number, BY_ACCOUNT[0], "good", AT)
        assert door.hand_over(Handed(made.report, made.course, ending), AT) is None
    with at_moment(AT + timedelta(days=1)):
        look_after_unfinished()
    assert set(Submission.objects.values_list("state", flat=True)) == {"retracted", "lapsed"}
    assert Receipt.objects.get().state == Receipt.State.REJECTED


def test_a_picture_is_one_grey_and_its_own() -> None:
    assert picture("a") == picture("a") != picture("b")
    assert picture("a").startswith(b"\x89PNG")


@pytest.mark.django_db
def test_nothing_made_up_is_loaded_at_a_live_site(settings: object) -> None:
    settings.ENVIRONMENT = "live"  # type: ignore[attr-defined]
    with pytest.raises(RealData, match="live site"):
        load(Asked(5, 1, "2026-11-24"), password="words-for-a-test-only")
