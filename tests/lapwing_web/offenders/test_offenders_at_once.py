"""Two officers act on one offender at the same moment: one wins, and the other is told."""

from tests.cast import Cast
from tests.lapwing_web.casework.test_at_once import at_once, chain_is_whole, shared
from tests.lapwing_web.offenders.managed import again, in_a_team, registered

from lapwing_web.clocks.models import Clock
from lapwing_web.moment import today
from lapwing_web.offenders.actions import managing
from lapwing_web.offenders.models import LevelSet, Visit

__all__ = ["shared"]


def test_a_visit_and_a_level_at_once_are_one_change(shared: Cast) -> None:
    in_a_team(shared)
    seen = registered(shared.officer_a, "at once")
    first, second = again(seen), again(seen)
    visit = lambda: managing.record_visit(  # noqa: E731
        first, on=today(), result="seen", text="x", by=shared.officer_a
    )
    level = lambda: managing.set_level(second, level="low", why="x", by=shared.supervisor_a)  # noqa: E731
    told = at_once(visit, level)
    assert sorted(map(bool, told)) == [False, True], told
    assert (
        Visit.objects.count() + LevelSet.objects.count() == 2
    )  # one of each, or the first level and another
    open_ones = Clock.objects.filter(about=f"offender:{seen.pk}").exclude(state="settled")
    assert sorted(open_ones.values_list("kind", flat=True)) == ["assessment_due", "visit_due"]
    assert chain_is_whole()
