"""What a day on a form may be."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from lapwing_web.days import DayField

READ = [
    # day, month, year, what it is, why
    ("27", "3", "2026", date(2026, 3, 27), "an ordinary day"),
    (" 27 ", "03", "2026", date(2026, 3, 27), "spaces and a nought are nobody's mistake"),
    ("29", "2", "2028", date(2028, 2, 29), "a leap year"),
    ("29", "2", "2026", "real day", "no leap year"),
    ("31", "4", "2026", "real day", "April has thirty days"),
    ("٢٧", "3", "2026", "real day", "only the digits of this page are read"),
    ("-1", "3", "2026", "real day", "no sign"),
    ("9" * 400, "3", "2026", "real day", "more digits than a machine's number holds"),
    ("27", "3", "10000", "real day", "a year that no calendar reaches"),
    ("27", "3", "1850", "1850 cannot be right", "nobody living knew it"),
    ("27", "3", "26", "26 cannot be right", "the century is not guessed"),
    ("27", "3", "2206", "2206 cannot be right", "2026 with its digits turned round"),
    ("27", "3", "", "day, month and year", "a part was left out"),
    ("", "", "", "day, month and year", "nothing was entered"),
]


@pytest.mark.parametrize(("day", "month", "year", "read", "why"), READ, ids=[why for *_, why in READ])
def test_a_day_is_real_and_can_have_been_meant(
    day: str, month: str, year: str, read: date | str, why: str
) -> None:
    if isinstance(read, date):
        assert DayField().clean([day, month, year]) == read
        return
    with pytest.raises(ValidationError, match=read) as wrong:
        DayField().clean([day, month, year])
    assert len(wrong.value.messages) == 1


def test_a_day_that_may_be_left_out_is_none() -> None:
    assert DayField(required=False).clean(["", "", ""]) is None
    with pytest.raises(ValidationError, match="real day"):
        DayField(required=False).clean(["", "3", ""])
