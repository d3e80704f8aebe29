from typing import Any

from django.db import migrations
from django.utils import timezone


def ask(apps: Any, schema_editor: Any) -> None:
    """The hashes of what was received before are read from the reports by a job: that takes long, and this not."""
    Report, Job = apps.get_model("intake", "Report"), apps.get_model("jobs", "Job")
    if Report.objects.exists():
        at = timezone.now()
        Job.objects.get_or_create(
            key="seen:0",
            defaults={"kind": "casework.seen", "lane": "background", "payload": {"after": 0}, "due_at": at, "made_at": at},
        )


class Migration(migrations.Migration):

    dependencies = [
        ("casework", "0033_seen_hashes"),
        ("jobs", "0001_initial"),
    ]

    operations = [
        migrations.RunPython(ask, migrations.RunPython.noop),
    ]
