"""What a report holds is kept beside it, and is what its content now says."""

from datetime import UTC, datetime
from importlib import import_module

import pytest
from django.apps import apps
from tests.cast import Cast
from tests.lapwing_web.prevention.desk import Desk
from tests.mixture import details, document, mixture, report, viral

from lapwing.policy import load
from lapwing.rules.completeness import score
from lapwing_web.casework.actions.assess import reassess
from lapwing_web.casework.actions.receive import Item, receive
from lapwing_web.casework.models import Joining, Measure, Referral
from lapwing_web.intake.models import Receipt, Report
from lapwing_web.intake.queries.reports import current_report
from lapwing_web.moment import UK

pytestmark = pytest.mark.django_db
NOVEMBER = datetime(2026, 11, 2, 9, tzinfo=UTC)


def held() -> dict[str, tuple[int, str, int | None]]:
    return {
        one.report.reference: (one.completeness, one.missing, one.files)
        for one in Measure.objects.select_related("report")
    }


def test_a_new_version_and_details_are_measured_again(cast: Cast) -> None:
    desk = Desk(cast)
    desk.reports(NOVEMBER, 1, incident_type="", files=[])
    before = Measure.objects.get()
    assert "incident_type" in before.missing.split()
    desk.reports(NOVEMBER, 1)
    after = Measure.objects.get()
    assert after.completeness > before.completeness
    assert "incident_type" not in after.missing.split()
    assert (before.files, after.files) == (0, 1)
    desk.send(NOVEMBER, document(details(77, "REF-000001")))
    assert Measure.objects.get().files == 2
    assert Measure.objects.get().received_at == NOVEMBER  # the first time it came


def test_every_report_is_measured_once_whatever_it_came_in(cast: Cast) -> None:
    receive([Item(name, content) for name, content in mixture(60, 3)], channel="command", by=cast.intake)
    receive([Item("viral", document(viral(1, 5)))], channel="command", by=cast.intake)
    topic = load("completeness")
    for one in Report.objects.select_related("provider", "measure"):
        found = score(current_report(one), topic.on(one.received_at.astimezone(UK).date()))
        kept = one.measure
        assert (kept.completeness, kept.missing.split()) == (found.percent, found.missing)
        assert kept.files == len(current_report(one).files)
        assert (kept.provider_id, kept.received_at, kept.escalated) == (
            one.provider_id,
            one.received_at,
            one.escalated,
        )
    assert Receipt.objects.exclude(report=None).filter(provider=None).count() == 0


def test_reading_a_referral_again_measures_its_reports_again(cast: Cast) -> None:
    Desk(cast).reports(NOVEMBER, 1)
    right = held()
    Measure.objects.update(completeness=1, missing="", files=99)
    reassess(Referral.objects.get(), by=cast.intelligence)
    assert held() == right


def test_what_was_there_before_is_measured_by_what_was_drawn_from_it(cast: Cast) -> None:
    desk = Desk(cast)
    desk.reports(NOVEMBER, 1, 2, incident_type="")
    receive([Item("viral", document(viral(1, 5)))], channel="command", by=cast.intake)
    Joining.objects.filter(report__reference="REF-000002").update(drawn={})  # from before anything was drawn
    right = {name: (percent, missing, None) for name, (percent, missing, _) in held().items()}
    del right["REF-000002"]
    Measure.objects.all().delete()
    migration = import_module("lapwing_web.casework.migrations.0031_measure_what_is_held")
    migration.measure(apps, None)
    assert held() == right


def test_receipts_that_were_there_before_say_who_sent_what_they_are_of(cast: Cast) -> None:
    desk = Desk(cast)
    desk.send(NOVEMBER, document(report(1)), document(details(1, "REF-000001")), b"<not")
    desk.send(NOVEMBER, document(details(2, "REF-000002")))
    Receipt.objects.update(provider=None)
    migration = import_module("lapwing_web.intake.migrations.0031_companies_of_receipts")
    migration.say_who_sent(apps, None)
    unknown = Receipt.objects.filter(provider=None)
    assert [one.state for one in unknown] == [Receipt.State.REJECTED]  # nothing says whose it was
    assert set(Receipt.objects.exclude(provider=None).values_list("provider", flat=True)) == {
        desk.provider.pk
    }
