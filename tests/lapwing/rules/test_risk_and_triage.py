"""What holds of risk and triage whatever the facts: more risk is never less, nothing protected is lost."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import asdict, replace

from lapwing.policy import load
from lapwing.policy.topics.risk import BANDS
from lapwing.rules.facts import CLEARING, FINDABLE, FOUND, STATED, Facts, combine, with_found
from lapwing.rules.risk import FACTORS, assess, band_at, kirat_act_by
from lapwing.rules.triage import PROTECTIONS, RULES, propose

DAY = date(2026, 11, 24)
RISK, TRIAGE = load("risk").on(DAY), load("triage").on(DAY)
ANSWERS = st.sampled_from([True, False, None])
any_facts = st.builds(
    Facts,
    **{name: st.booleans() for name in STATED},
    **dict.fromkeys((*FOUND, *CLEARING), ANSWERS),
)


def height(band: str) -> int:
    return -BANDS.index(band)  # type: ignore[arg-type]


def test_every_factor_of_the_policy_has_a_meaning_and_the_reverse() -> None:
    for version in load("risk").versions:
        assert set(version.factors) == set(FACTORS)


def test_every_triage_rule_and_protection_of_the_policy_has_a_meaning_and_the_reverse() -> None:
    for version in load("triage").versions:
        assert set(version.rules) == set(RULES)
        assert set(version.protections) == set(PROTECTIONS)


def test_every_fact_that_can_be_found_has_words_for_it() -> None:
    worded = {*RISK.factors, *TRIAGE.facts, *load("primacy").on(DAY).criteria}
    assert set(FINDABLE) <= worded


@given(any_facts, st.sampled_from(sorted(FACTORS)))
def test_a_fact_that_raises_risk_never_lowers_the_band(facts: Facts, factor: str) -> None:
    before = assess(facts, RISK)
    after = assess(replace(facts, **{factor: True}), RISK)
    assert after.points >= before.points
    assert height(after.band) >= height(before.band)


@given(any_facts, st.sampled_from(sorted(FACTORS)))
def test_learning_that_an_unknown_is_no_changes_only_what_is_unknown(facts: Facts, factor: str) -> None:
    if getattr(facts, factor) is not None:
        return
    before, after = assess(facts, RISK), assess(replace(facts, **{factor: False}), RISK)
    assert (after.band, after.points, after.present) == (before.band, before.points, before.present)
    assert [name for name in before.unknown if name != factor] == after.unknown


@given(any_facts)
def test_every_factor_is_present_or_unknown_or_known_not_to_be(facts: Facts) -> None:
    assessment = assess(facts, RISK)
    for name, ask in FACTORS.items():
        assert (name in assessment.present) == (ask(facts) is True)
        assert (name in assessment.unknown) == (ask(facts) is None)
    assert assessment.band == band_at(assessment.points, RISK)
    assert height(assessment.could_reach) >= height(assessment.band)


@given(any_facts, any_facts)
def test_another_report_never_lowers_the_band(one: Facts, other: Facts) -> None:
    both = combine([one, other])
    assert height(assess(both, RISK).band) >= max(height(assess(f, RISK).band) for f in (one, other))


@given(any_facts)
def test_nothing_protected_is_ever_discarded_by_a_rule(facts: Facts) -> None:
    proposal = propose(facts, TRIAGE)
    if any(protects(facts) for protects in PROTECTIONS.values()):
        assert proposal.protected
        assert not proposal.by_rule
    assert not (proposal.kind == "actionable" and proposal.by_rule)


@given(any_facts, any_facts)
def test_a_later_report_never_takes_a_protection_away(one: Facts, other: Facts) -> None:
    both = set(propose(combine([one, other]), TRIAGE).protected)
    assert set(propose(one, TRIAGE).protected) | set(propose(other, TRIAGE).protected) <= both


@given(any_facts, st.sampled_from(CLEARING))
def test_a_referral_is_cleared_only_by_what_is_true_of_every_report(facts: Facts, name: str) -> None:
    one, other = replace(facts, **{name: True}), replace(facts, **{name: None})
    assert getattr(combine([one, other]), name) is None
    assert getattr(combine([one, replace(facts, **{name: False})]), name) is False
    assert getattr(combine([one, one]), name) is True


@given(st.lists(any_facts, min_size=1, max_size=4), st.randoms())
def test_the_order_of_reports_does_not_matter(several: list[Facts], random: object) -> None:
    shuffled = sorted(several, key=lambda _: random.random())  # type: ignore[attr-defined]
    assert combine(several) == combine(shuffled)
    assert combine([combine(several[:1]), *several[1:]]) == combine(several)


def test_no_facts_cannot_be_combined() -> None:
    with pytest.raises(ValueError, match="no facts"):
        combine([])


@given(any_facts, st.dictionaries(st.sampled_from(FINDABLE), ANSWERS))
def test_what_officers_find_holds_over_what_was_stated(facts: Facts, found: dict[str, bool | None]) -> None:
    after = asdict(with_found(facts, found))
    assert after == {**asdict(facts), **found}


@pytest.mark.parametrize(
    "name", ["escalated", "known_match", "sextortion", "priority_1", "victim_named", "no such"]
)
def test_nobody_can_find_that_a_report_was_not_what_it_says(name: str) -> None:
    with pytest.raises(KeyError):
        with_found(Facts(), {name: False})


def test_kirat_gives_its_own_time_to_act() -> None:
    assert kirat_act_by("very_high", DAY, RISK) == date(2026, 11, 25)
    assert kirat_act_by("low", DAY, RISK) == date(2026, 12, 24)
    with pytest.raises(KeyError):
        kirat_act_by("enormous", DAY, RISK)
