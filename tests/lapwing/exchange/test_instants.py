"""Times as written: what is understood of each, and nothing more."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lapwing.exchange.instants import parse_instant

NOON = "2026-03-01 12:00:00"
TIMES = [  # as written, utc, local, zone
    ("2026-03-01T12:00:00Z", NOON, None, "stated"),
    ("2026-03-01T12:00:00z", NOON, None, "stated"),
    ("2026-03-01t12:00:00Z", NOON, None, "stated"),
    ("2026-03-01 12:00:00 UTC", NOON, None, "stated"),
    ("2026-03-01 12:00:00 GMT", NOON, None, "stated"),
    ("2026-03-01T12:00:00+00:00", NOON, None, "stated"),
    ("2026-03-01T13:00:00+01:00", NOON, None, "stated"),
    ("2026-03-01T13:00:00+0100", NOON, None, "stated"),
    ("2026-03-01T13:00:00+01", NOON, None, "stated"),
    ("2026-03-01T07:00:00-05:00", NOON, None, "stated"),
    ("2026-03-01T07:00:00 -05:00", NOON, None, "stated"),
    ("2026-03-02T02:00:00+14:00", NOON, None, "stated"),
    ("2026-03-01T12:00Z", NOON, None, "stated"),
    ("  2026-03-01T12:00:00Z\n", NOON, None, "stated"),
    ("2026-03-01T12:00:00.5Z", "2026-03-01 12:00:00.500000", None, "stated"),
    ("2026-03-01T12:00:00,25Z", "2026-03-01 12:00:00.250000", None, "stated"),
    ("2026-03-01T12:00:00.1234567Z", "2026-03-01 12:00:00.123456", None, "stated"),
    ("2026-03-01T24:00:00Z", "2026-03-02 00:00:00", None, "stated"),
    ("2026-03-01T12:00:00", None, NOON, "absent"),
    ("2026-03-01 12:00:00", None, NOON, "absent"),
    ("2026-03-01T12:00:00.000", None, NOON, "absent"),
    ("2026-03-01 12:00:00 EST", None, NOON, "unreadable"),
    ("2026-03-01T12:00:00 BST", None, NOON, "unreadable"),
    ("2026-03-01T12:00:00+15:00", None, None, "unreadable"),
    ("2026-03-01T12:00:00+01:75", None, None, "unreadable"),
    ("2026-03-01T12:00:60Z", None, None, "unreadable"),
    ("2026-03-01T24:00:01Z", None, None, "unreadable"),
    ("2026-02-30T12:00:00Z", None, None, "unreadable"),
    ("2026-03-01", None, None, "unreadable"),
    ("20260301T120000Z", None, None, "unreadable"),
    ("2026-W09-7T12:00:00Z", None, None, "unreadable"),
    ("01/03/2026 12:00", None, None, "unreadable"),
    ("1772366400", None, None, "unreadable"),
    ("0001-01-01T00:00:00+14:00", None, None, "unreadable"),
    ("9999-12-31T24:00:00Z", None, None, "unreadable"),
    ("2026-03-01T12:00:00Z" + " " * 100 + "x", None, None, "unreadable"),
    ("٢٠٢٦-03-01T12:00:00Z", None, None, "unreadable"),
    ("", None, None, "unreadable"),
]


@pytest.mark.parametrize(("written", "utc", "local", "zone"), TIMES)
def test_a_time_is_understood_as_far_as_it_says(
    written: str, utc: str | None, local: str | None, zone: str
) -> None:
    instant = parse_instant(written)
    assert instant.original == written
    assert instant.utc == (datetime.fromisoformat(utc).replace(tzinfo=UTC) if utc else None)
    assert instant.local == (datetime.fromisoformat(local) if local else None)
    assert instant.zone == zone


@given(st.datetimes().filter(lambda moment: 1 < moment.year < 9999), st.integers(-14 * 60, 14 * 60))
def test_an_offset_is_taken_away_from_the_time(local: datetime, minutes: int) -> None:
    sign, size = ("-", -minutes) if minutes < 0 else ("+", minutes)
    written = f"{local.isoformat()}{sign}{size // 60:02}:{size % 60:02}"
    assert parse_instant(written).utc == datetime.fromisoformat(written)


@given(st.text(max_size=40))
def test_any_text_is_kept_and_never_refused(text: str) -> None:
    instant = parse_instant(text)
    assert instant.original == text
    assert (instant.utc is not None) == (instant.zone == "stated")
