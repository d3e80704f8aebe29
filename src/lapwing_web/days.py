"""A day as a person enters it on a form: three short numbers, and one that somebody can have meant."""

import re
from datetime import date
from typing import Any

from crispy_forms_gds.fields import DateInputField
from django.core.exceptions import ValidationError

EARLIEST, LATEST = date(1900, 1, 1), date(2099, 12, 31)
NOT_REAL = "Enter a real day, like 27 3 2026"


class DayField(DateInputField):  # type: ignore[misc]
    """A day between EARLIEST and LATEST; None where it may be left empty and is."""

    def clean(self, value: Any) -> date | None:
        """One sentence says what is wrong, whatever it is."""
        parts = [str(part).strip() for part in value or [] if part is not None]
        if any(parts) and not all(re.fullmatch(r"[0-9]{0,4}", part) for part in parts):
            raise ValidationError(NOT_REAL)
        day: date | None = super().clean(parts)
        if day is None and any(parts):  # of one that may be left out, a part was
            raise ValidationError(NOT_REAL)
        if day and not EARLIEST <= day <= LATEST:
            raise ValidationError(f"Check the year: {day.year} cannot be right")
        return day

    def compress(self, data_list: Any) -> date | None:
        """The day, or the sentence above for one that no calendar has."""
        try:
            day: date | None = super().compress(data_list)
        except ValidationError:
            raise ValidationError(NOT_REAL) from None
        return day
