"""The lists people choose from: reasons, outcomes, forces, justifications."""

from datetime import date

from lapwing.policy import load

DAY = date(2026, 11, 24)


def test_every_reason_that_a_triage_rule_gives_is_a_reason_to_discard() -> None:
    assert set(load("triage").on(DAY).rules) <= set(load("reasons").on(DAY).discard)


def test_every_criterion_is_a_reason_to_keep() -> None:
    assert set(load("primacy").on(DAY).criteria) <= set(load("reasons").on(DAY).keep)


def test_every_decision_has_reasons_to_choose_from() -> None:
    reasons = load("reasons").on(DAY)
    groups = (reasons.discard, reasons.reopen, reasons.keep, reasons.disseminate)
    assert all([*groups, reasons.return_, reasons.close, reasons.answer, reasons.at("undo_join")])


def test_capacity_is_a_reason_of_its_own_and_a_loss() -> None:
    reason = load("reasons").on(DAY).reasons["not_allocated_in_time"]
    assert reason.attrition
    assert set(reason.at) == {"discard", "return", "close"}


def test_another_reason_takes_words_and_a_second_person() -> None:
    reason = load("reasons").on(DAY).reasons["other"]
    assert reason.text
    assert reason.second_approver


def test_what_was_never_actionable_is_no_loss() -> None:
    triage, reasons = load("triage").on(DAY), load("reasons").on(DAY).reasons
    assert not [code for code in triage.rules if reasons[code].attrition]


def test_there_are_43_territorial_forces_by_their_codes() -> None:
    forces = load("forces").on(DAY).by_code
    england = {f"E230000{number:02d}" for number in range(1, 40)}
    wales = {f"W1500000{number}" for number in range(1, 5)}
    assert england | wales | {"BTP", "PSNI", "PS", "NCA"} == set(forces)
    assert [code for code, force in forces.items() if force.kind == "agency"] == ["NCA"]


def test_forces_have_names_of_their_own_and_ten_regions() -> None:
    forces = load("forces").on(DAY).forces
    assert len({force.name for force in forces}) == len(forces) == 47
    territorial = [force for force in forces if force.code[:1] in "EW" and force.code[1:].isdigit()]
    assert len({force.region for force in territorial}) == 10


def test_outcomes_fall_in_the_buckets_of_the_chapter() -> None:
    outcomes = load("outcomes").on(DAY)
    found: dict[str, set[str]] = {}
    for code, outcome in outcomes.outcomes.items():
        found.setdefault(outcome.bucket, set()).add(code)
    assert found["charge"] == {"1", "1A"}
    assert found["caution"] == {"2", "2A", "3", "3A"}
    assert found["no_suspect"] == {"18"}
    assert found["evidential_difficulties"] == {"14", "15", "16"}
    assert set(found) == set(outcomes.buckets)
