from typing import Any

from django.db import migrations
from django.db.models import OuterRef, Subquery


def say_who_sent(apps: Any, schema_editor: Any) -> None:
    """What is of a report came from the report's company, and details from whoever is known to have sent them."""
    Receipt = apps.get_model("intake", "Receipt")
    for name in ("report", "fragment"):
        model = apps.get_model("intake", name.capitalize())
        company = model.objects.filter(pk=OuterRef(f"{name}_id")).values("provider")
        unknown = Receipt.objects.filter(provider=None).exclude(**{name: None})
        unknown.update(provider=Subquery(company))


class Migration(migrations.Migration):

    dependencies = [
        ("intake", "0030_companies"),
    ]

    operations = [
        migrations.RunPython(say_who_sent, migrations.RunPython.noop),
    ]
