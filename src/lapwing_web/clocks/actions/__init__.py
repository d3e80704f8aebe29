"""What happens to clocks: started by a recorded event, paused, resumed, fired, acknowledged, settled.

Who may start or settle one is decided by the action that does so. All that a clock is, is in its row: a
process may be killed at any moment, and any number of them may run.
"""

from lapwing_web.clocks.actions.calendars import end_calendar, note_reading, renew_calendar
from lapwing_web.clocks.actions.check_ins import record_check_in, watch_check_ins
from lapwing_web.clocks.actions.firing import fire_due, warn_near
from lapwing_web.clocks.actions.running import (
    Start,
    acknowledge,
    carry_back,
    carry_over,
    give_to,
    hand_over,
    pause,
    resume,
    run_on,
    runs,
    settle,
    start,
    start_many,
)

__all__ = [
    "Start",
    "acknowledge",
    "carry_back",
    "carry_over",
    "end_calendar",
    "fire_due",
    "give_to",
    "hand_over",
    "note_reading",
    "pause",
    "record_check_in",
    "renew_calendar",
    "resume",
    "run_on",
    "runs",
    "settle",
    "start",
    "start_many",
    "warn_near",
    "watch_check_ins",
]
