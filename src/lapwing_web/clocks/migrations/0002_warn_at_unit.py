"""When a clock is about to breach, and the unit its period counts in."""

import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("clocks", "0001_initial")]

    operations = [
        migrations.AddField(
            "clock", "unit", models.CharField(default="hours", max_length=15), preserve_default=False
        ),
        migrations.AddField(
            "clock",
            "warn_at",
            models.DateTimeField(default=django.utils.timezone.now),
            preserve_default=False,
        ),
    ]
