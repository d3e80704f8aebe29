"""docs/states.md is what the MOVES tables say, and no table has a state that cannot be reached or left."""

from pathlib import Path

import pytest

from lapwing_web.commands.document import Kind, kinds, states

PAGE = Path(__file__).resolve().parents[3] / "docs" / "states.md"
ENDS = {
    "Case": {"disposed"},
    "RecordDisposal": {"done", "refused", "withdrawn"},
    "ScanResult": {"withdrawn"},
    "Transfer": {"accepted", "refused", "withdrawn"},
    "Warrant": {"refused", "executed", "expired", "withdrawn"},
    "Gap": set(),
    "Disposal": {"complied", "prosecuted"},
    "Condition": {"met", "breached"},
    "Exhibit": {"ended"},
    "Offender": set(),  # a registration can begin again
    "Team": set(),  # one that ended can be taken up again
    "Notifiable": {"withdrawn"},
    "Briefing": {"replaced", "withdrawn"},
    "Receipt": {"new", "new_version", "duplicate", "attached"},  # nothing is left to do about it
    "Referral": set(),  # everything can be reopened: a later report, a court or a mistake may ask for it
    "Package": {"returned"},  # it is sent again as another package
    "Clock": {"settled"},
    "Hunt": {"done"},  # the next version begins another
    "OwnEntry": {"withdrawn"},  # the same file may be proposed again, as another entry
    "Job": {"done", "closed"},
    "Submission": {"finished", "retracted", "lapsed"},  # what was acknowledged never changes
    "Account": {"closed"},  # the company gets another
}
each_kind = pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.model.__name__)


def test_the_page_of_states_is_current() -> None:
    assert PAGE.read_text() == states(), "run: python -m lapwing_web.commands.document > docs/states.md"


def test_every_model_that_moves_is_on_the_page() -> None:
    from django.apps import apps

    moving = {model for model in apps.get_models() if hasattr(model, "MOVES")}
    assert {kind.model for kind in kinds()} == moving


@each_kind
def test_every_state_has_its_line_of_moves(kind: Kind) -> None:
    assert set(kind.model.MOVES) == set(kind.model.State)


@each_kind
def test_every_state_can_be_reached(kind: Kind) -> None:
    reached, ahead = set(), list(kind.begins)
    while ahead:
        state = ahead.pop()
        if state not in reached:
            reached.add(state)
            ahead += [to.value for to in kind.model.MOVES[kind.model.State(state)]]
    assert reached == set(kind.model.State.values)


@each_kind
def test_every_state_that_is_not_an_end_can_be_left(kind: Kind) -> None:
    stuck = {state.value for state, moves in kind.model.MOVES.items() if not moves}
    assert stuck == ENDS[kind.model.__name__]
