"""What every form tells somebody who left something out."""

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

from django import forms
from django.utils.translation import gettext

import lapwing_web

ROOT = Path(lapwing_web.__file__).parent


def every_form() -> Iterator[type[forms.Form]]:
    """Every form of the site, from the modules called forms and what is in the folders called so."""
    for path in [*ROOT.glob("*/forms.py"), *ROOT.glob("*/forms/*.py")]:
        here = ".".join(path.relative_to(ROOT.parent).with_suffix("").parts).removesuffix(".__init__")
        for found in vars(import_module(here)).values():
            if isinstance(found, type) and issubclass(found, forms.Form) and found.__module__ == here:
                yield found


def test_each_form_says_what_is_missing_and_not_that_a_field_is_required() -> None:
    asked = 0
    vague = []
    for form in every_form():
        for name, field in form.base_fields.items():
            shown = field.required and not isinstance(field.widget, forms.HiddenInput)
            if not shown or isinstance(field, forms.MultiValueField):
                continue
            asked += 1
            if field.error_messages["required"] == gettext("This field is required."):
                vague.append(f"{form.__module__}.{form.__name__}.{name}")
    assert asked > 50
    assert vague == []
