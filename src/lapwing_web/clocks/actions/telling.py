"""What is told of clocks: to their owners when one is near or has passed, to the role it is escalated to."""

from collections.abc import Iterable, Sequence

from lapwing_web.clocks.models import Clock
from lapwing_web.moment import now
from lapwing_web.notifications.actions import Notice, over, tell_many
from lapwing_web.staff.models import User

OWNERS = ("clock_near", "clock_passed")  # what an owner is told
KINDS = (*OWNERS, "clock_escalated")


def tell_near(clocks: Sequence[Clock]) -> None:
    """Tell the owners that these are near."""
    tell_many(_notice("clock_near", clock, [clock.owner_id]) for clock in clocks if clock.owner_id)


def tell_fired(clocks: Sequence[Clock]) -> None:
    """Tell everybody of the role to which each was escalated, where it belongs; and its owner, if another."""
    if not clocks:
        return
    people: dict[tuple[str, str], list[int]] = {}
    places = {clock.organisation_id for clock in clocks}
    found = User.objects.filter(organisation__in=places, is_active=True)
    for key, place, role in found.values_list("pk", "organisation_id", "role"):
        people.setdefault((place, role), []).append(key)
    notices = []
    for clock in clocks:
        holders = people.get((clock.organisation_id, clock.escalated_to), [])
        notices.append(_notice("clock_escalated", clock, holders))
        if clock.owner_id and clock.owner_id not in holders:
            notices.append(_notice("clock_passed", clock, [clock.owner_id]))
    tell_many(notices)


def nothing_left(clocks: Iterable[Clock], *, kinds: Iterable[str] = KINDS) -> None:
    """What was told of these is over: settled, acknowledged, or another's. Of most, nothing was told."""
    told = [clock for clock in clocks if clock.warn_at <= now() or clock.fired_at]
    if told:
        over({clock.about for clock in told}, kinds=kinds, events=[_event(clock) for clock in told])


def _event(clock: Clock) -> str:
    return f"clock {clock.pk}"


def _notice(kind: str, clock: Clock, to: Iterable[int]) -> Notice:
    # whoever owned it may have gone to another force since
    return Notice(kind, clock.about, _event(clock), tuple(to), clock.kind, clock.organisation_id)
