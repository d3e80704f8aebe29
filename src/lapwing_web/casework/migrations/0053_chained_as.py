"""An exhibit keeps the name that its chain was begun under, whatever case it comes to by a join."""

from collections.abc import Iterator
from typing import Any

from django.db import migrations, models

from lapwing.rules.continuity import step_hash


def name_them(apps: Any, _editor: Any) -> None:
    """Of the exhibits that are there already: the name that gives the hash of the first step."""
    Exhibit, Continuity = (apps.get_model("casework", name) for name in ("Exhibit", "Continuity"))
    for exhibit in Exhibit.objects.order_by("pk").iterator():
        first = Continuity.objects.filter(exhibit=exhibit).order_by("position").first()
        names = list(_names(apps, exhibit))
        fits = (name for name in names if first and _hash(name, first) == first.hash)
        exhibit.chained_as = next(fits, names[0])
        exhibit.save(update_fields=["chained_as"])


def _names(apps: Any, exhibit: Any) -> Iterator[str]:
    """What it may have been called: by its case, and by every case that was ever joined, the latest first."""
    joins = apps.get_model("casework", "CaseJoin").objects.order_by("-pk").values_list("case", "into")
    cases = dict.fromkeys([exhibit.case_id, *(key for pair in joins for key in pair)])
    yield from (f"CS-{key:07d}, exhibit {exhibit.number}" for key in cases)


def _hash(name: str, one: Any) -> str:
    return step_hash(name, one.position, one.step, one.at, one.by, one.place, one.seal, one.text, one.previous)


class Migration(migrations.Migration):

    dependencies = [("casework", "0052_selector_endings")]

    operations = [
        migrations.AddField(
            model_name="exhibit",
            name="chained_as",
            field=models.CharField(default="", max_length=80),
            preserve_default=False,
        ),
        migrations.RunPython(name_them, migrations.RunPython.noop),
    ]
