"""What time does to clocks: fires those whose moment has come, and tells the owners of those near it."""

from collections.abc import Callable

from django.db.models import Q

from lapwing_web.audit.actions import Actor, Rule, audited, move_all
from lapwing_web.clocks.actions.telling import tell_fired, tell_near
from lapwing_web.clocks.models import Clock
from lapwing_web.moment import now

State = Clock.State
AT_ONCE = 100  # clocks in one transaction


def fire_due(by: Actor | None = None) -> int:
    """Fire every running clock whose moment has come, each once, with its audit row. Returns how many.

    Any number of processes may do this at the same time; one killed in the middle leaves no clock half fired.
    """
    return _while_some(_due(), lambda: _fire_some(by))


def warn_near() -> int:
    """Tell the owner of every running clock that is near its end, each once. Returns how many were told."""
    return _while_some(_near(), _warn_some)


def _while_some(which: Q, act: Callable[[], int]) -> int:
    """Act as long as there are clocks for it, a transaction at a time. Returns how many those were.

    Looks before it takes the chain's head: most of the time there is nothing to do, and nobody waits for it.
    """
    done = acted = act() if Clock.objects.filter(which).exists() else 0
    while acted == AT_ONCE:
        acted = act()
        done += acted
    return done


@audited
def _fire_some(by: Actor | None) -> int:
    """One transaction of firings. It holds the chain's head, so the clocks read are as they stand."""
    clocks = list(Clock.objects.filter(_due()).order_by("due_at", "id")[:AT_ONCE])
    move_all(
        clocks,
        State.FIRED,
        by=by or (lambda clock: Rule("rule:clocks", organisation_id=clock.organisation_id)),
        action="fire clock",
        why=lambda clock: f"due {clock.due_at:%Y-%m-%d %H:%M} UTC",
        fired_at=now(),
    )
    tell_fired(clocks)
    return len(clocks)


@audited
def _warn_some() -> int:
    clocks = list(Clock.objects.filter(_near()).order_by("warn_at", "id")[:AT_ONCE])
    Clock.objects.filter(pk__in=[clock.pk for clock in clocks]).update(warned_at=now())
    tell_near(clocks)
    return len(clocks)


def _near() -> Q:
    return Q(state=State.RUNNING, warn_at__lte=now(), warned_at=None, owner__isnull=False)


def _due() -> Q:
    return Q(state=State.RUNNING, due_at__lte=now())
