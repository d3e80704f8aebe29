"""The end of a selector is found by an index: a screen name is searched without its company."""

from typing import Any

from django.db import migrations, models
from django.db.models.functions import Reverse


def spell_backwards(apps: Any, _editor: Any) -> None:
    """Of the selectors that are there already."""
    apps.get_model("casework", "PackageSelector").objects.update(backwards=Reverse("value"))


class Migration(migrations.Migration):

    dependencies = [("casework", "0051_package_of_case")]

    operations = [
        migrations.AddField(
            model_name="packageselector",
            name="backwards",
            field=models.CharField(default="", max_length=500),
            preserve_default=False,
        ),
        migrations.RunPython(spell_backwards, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="packageselector",
            index=models.Index(
                fields=["backwards"], name="package_selector_ending", opclasses=["varchar_pattern_ops"]
            ),
        ),
    ]
