"""What holds of the queue's order whatever the referrals."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from lapwing.policy import load
from lapwing.policy.topics.risk import BANDS
from lapwing.rules.ranking import rank

VERSION = load("ranking").on(date(2026, 11, 24))
days = st.dates(date(2000, 1, 1), date(2100, 1, 1))
maybe = st.sampled_from([True, False, None])


@given(
    st.sampled_from(BANDS),
    st.booleans(),
    st.booleans(),
    st.one_of(st.none(), days),
    days,
    maybe,
    st.sampled_from(BANDS),
    st.one_of(st.none(), days),
    days,
)
def test_nothing_without_a_first_fact_overtakes_what_has_one(
    band: str,
    escalated: bool,
    match: bool,
    lapse: date | None,
    received: date,
    contact: bool | None,
    other_band: str,
    other_lapse: date | None,
    other_received: date,
) -> None:
    one = rank(band, escalated, match, lapse, received, contact, VERSION)
    other = rank(other_band, False, False, other_lapse, other_received, None, VERSION)
    higher, lower = BANDS.index(band) < BANDS.index(other_band), BANDS.index(band) > BANDS.index(other_band)
    if escalated or contact or higher or (match and not lower):
        assert one.value > other.value
    elif lower:  # a known file does not carry a lower band over a higher
        assert one.value < other.value
    assert 0 < one.value < 2**63
    assert len(one.why) <= 300


@given(st.sampled_from(BANDS), days, days, days)
def test_of_two_alike_the_sooner_lapse_stands_first(
    band: str, received: date, one: date, other: date
) -> None:
    if received < one < other:
        sooner, later = (rank(band, False, False, day, received, None, VERSION) for day in (one, other))
        assert sooner.value > later.value


@given(st.sampled_from(BANDS), days, days)
def test_of_two_alike_the_older_stands_first(band: str, one: date, other: date) -> None:
    older, newer = sorted([one, other])
    if older < newer:
        ranks = [rank(band, False, False, None, day, None, VERSION).value for day in (older, newer)]
        assert ranks[0] > ranks[1]
