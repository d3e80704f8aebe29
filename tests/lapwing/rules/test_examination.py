"""The examination queue: low never overtakes high but by the age rule; a chain shows whatever was done to
it.
"""

from datetime import UTC, date, datetime, timedelta
from itertools import combinations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lapwing.policy import load
from lapwing.policy.topics.risk import BANDS
from lapwing.rules.audit_chain import GENESIS
from lapwing.rules.continuity import STEPS, Step, faults, step_hash
from lapwing.rules.examination import Growth, Laboratory, Waiting, counted_band, forecast, ordered, placed

ON = date(2026, 11, 26)
VERSION = load("examination").on(ON)
DAYS = st.integers(0, 400).map(lambda days: ON - timedelta(days=days))
BAIL = st.one_of(st.none(), st.integers(-5, 120).map(lambda days: ON + timedelta(days=days)))
WAITING = st.builds(
    Waiting,
    st.integers(1, 10**6),
    st.sampled_from(BANDS),
    st.sampled_from(["yes", "no", "unknown"]),
    DAYS,
    BAIL,
)


@given(st.lists(WAITING, max_size=30, unique_by=lambda one: one.key))
def test_low_never_overtakes_high_but_by_the_age_rule(waiting: list[Waiting]) -> None:
    found = ordered(waiting, ON, VERSION)
    assert sorted(one.key for one in found) == sorted(one.key for one in waiting)
    for before, after in combinations(found, 2):
        if BANDS.index(before.band) > BANDS.index(after.band):  # a lower band stands before a higher one
            assert (ON - before.since).days >= VERSION.lifted_after
            assert BANDS.index(before.band) - BANDS.index(after.band) == 1 or counted_band(
                before, ON, VERSION
            ) == counted_band(after, ON, VERSION)


def test_within_a_band_children_then_bail_then_age() -> None:
    old = Waiting(1, "high", "no", ON - timedelta(days=90))
    bail = Waiting(2, "high", "no", ON, ON + timedelta(days=10))
    unknown = Waiting(3, "high", "unknown", ON)
    yes = Waiting(4, "high", "yes", ON)
    far = Waiting(5, "high", "no", ON - timedelta(days=10), ON + timedelta(days=200))
    assert [one.key for one in ordered([far, old, bail, unknown, yes], ON, VERSION)] == [4, 3, 2, 1, 5]


def test_a_laboratory_takes_what_it_is_accredited_for_and_a_missed_bail_is_said() -> None:
    able = Laboratory("A", 10, frozenset({"analysis"}))
    other = Laboratory("B", 40, frozenset())
    waiting = [
        Waiting(1, "high", "yes", ON, ON + timedelta(days=3), hours=20, needs="analysis"),
        Waiting(2, "medium", "no", ON, hours=20, needs="analysis"),
        Waiting(3, "low", "no", ON, hours=20, needs="extraction"),
        Waiting(4, "low", "no", ON, hours=20),
    ]
    found = {one.waiting.key: one for one in placed(waiting, [able, other], ON, VERSION)}
    assert found[1].misses_bail
    assert found[2].starts_on == ON + timedelta(days=14)
    assert found[3].starts_on is None
    assert found[4].starts_on == ON


def test_the_forecast_grows_as_data_double_and_is_the_same_for_the_same_seed() -> None:
    given_ = (Growth(1000.0, 20.0, 12.0, 300.0), 36, VERSION)
    found = forecast(*given_)
    assert found == forecast(*given_)
    assert all(one.low <= one.middle <= one.high for one in found)
    assert found[-1].middle > 3 * found[0].middle
    assert [one.middle for one in forecast(Growth(0, 0, 12, 300), 3, VERSION)] == [0, 0, 0]


def chain(*steps: tuple[str, str]) -> list[Step]:
    made: list[Step] = []
    for number, (step, seal) in enumerate(steps, 1):
        at = datetime(2026, 3, 1, 9, tzinfo=UTC) + timedelta(hours=number)
        previous = made[-1].hash if made else GENESIS
        hash_ = step_hash("EX/1", number, step, at, "officer", "Store", seal, "", previous)
        made.append(Step(number, step, at, "officer", "Store", seal, "", previous, hash_))
    return made


WHOLE = chain(
    ("seized", ""), ("sealed", "S1"), ("moved", "S1"), ("opened", "S1"), ("examined", ""), ("sealed", "S2")
)


def test_a_whole_chain_has_no_fault() -> None:
    assert list(faults("EX/1", WHOLE)) == []
    assert list(faults("EX/2", WHOLE)) != []


@pytest.mark.parametrize("position", range(len(WHOLE)))
def test_whatever_is_done_to_a_chain_is_found(position: int) -> None:
    changed = [*WHOLE]
    changed[position] = msgspec.structs.replace(WHOLE[position], place="Elsewhere")
    assert list(faults("EX/1", changed))
    if position < len(WHOLE) - 1:  # the end missing shows by the head, which is noted apart
        assert list(faults("EX/1", WHOLE[:position] + WHOLE[position + 1 :]))
        swapped = [*WHOLE]
        swapped[position], swapped[position + 1] = swapped[position + 1], swapped[position]
        assert list(faults("EX/1", swapped))


def test_a_seal_that_is_not_the_one_put_on_is_a_fault() -> None:
    said = list(faults("EX/1", chain(("seized", ""), ("sealed", "S1"), ("opened", "S9"))))
    assert said == ["step 3: the seal found, S9, is not the seal put on, S1"]


def test_every_step_can_be_reached_and_an_end_is_an_end() -> None:
    assert set().union(*STEPS.values()) | {""} == set(STEPS)
    assert list(faults("EX/1", chain(("seized", ""), ("returned", ""), ("moved", "")))) != []
