from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import migrations

from lapwing.policy import load
from lapwing.rules import completeness
from lapwing.rules.completeness import Completeness

AT_ONCE = 2000
UK = ZoneInfo("Europe/London")


def measure(apps: Any, schema_editor: Any) -> None:
    """What every report held is measured by what was drawn from it. Its files were not counted then."""
    Joining, Measure = apps.get_model("casework", "Joining"), apps.get_model("casework", "Measure")
    topic = load("completeness", settings.JURISDICTION)
    drawn = Joining.objects.filter(undone_at=None).exclude(drawn={}).order_by("report_id", "id")
    names = ("report_id", "report__provider_id", "report__received_at", "report__escalated", "drawn")
    some, last = [], None
    for report, provider, received_at, escalated, row in drawn.values_list(*names).iterator(AT_ONCE):
        if report == last:
            continue
        last = report
        version = topic.on(received_at.astimezone(UK).date())
        found = completeness.combine([Completeness(0, row.get("held", []), [])], version)
        some.append(
            Measure(
                report_id=report,
                provider_id=provider,
                received_at=received_at,
                completeness=found.percent,
                missing=" ".join(found.missing),
                escalated=escalated,
                known_match=row["facts"].get("known_match", False),
                files=None,
            )
        )
        if len(some) == AT_ONCE:
            Measure.objects.bulk_create(some)
            some = []
    Measure.objects.bulk_create(some)


class Migration(migrations.Migration):

    dependencies = [
        ("casework", "0030_measure"),
        ("intake", "0031_companies_of_receipts"),
    ]

    operations = [
        migrations.RunPython(measure, migrations.RunPython.noop),
    ]
