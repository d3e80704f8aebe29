"""What the demonstration's people viewed, and their check-ins: some near a budget, some due, one out."""

from datetime import datetime, timedelta
from random import Random

from lapwing_web.clocks.actions import record_check_in
from lapwing_web.demo.people import DEMO, WHOLE, Cast, short
from lapwing_web.moment import at as at_moment
from lapwing_web.moment import today
from lapwing_web.staff.actions import Viewed, count_views, opt_out
from lapwing_web.staff.models import Exposure, User

Line = tuple[int, int | None, int]
# who, about how many views a day, days since the last check-in, days after it that the next is due
PLACES: dict[str, Line] = {
    "specialist": (150, 80, 60),
    "force": (40, 30, 80),
    "new-officer": (0, None, 0),
}
AGENCY: dict[str, Line] = {"intake": (25, 95, 90), "intelligence": (90, 20, 60)}
DAYS = 28


def look_after(cast: Cast, random: Random, ending: datetime) -> None:
    """Four weeks of views before `ending`, and the last check-in of each."""
    for name, line in AGENCY.items():
        _one(cast.people[name], cast.people["supervisor"], line, random, ending)
    for code in WHOLE:
        place = short(cast.forces[code].name)
        for prefix, line in PLACES.items():
            person, supervisor = cast.people[f"{prefix}-{place}"], cast.people[f"supervisor-{place}"]
            _one(person, supervisor, line, random, ending)
    with at_moment(ending - timedelta(days=9)):
        opt_out(by=cast.people[f"new-officer-{short(cast.forces[WHOLE[1]].name)}"])


def _one(
    person: User,
    supervisor: User,
    line: Line,
    random: Random,
    ending: datetime,
) -> None:
    daily, ago, after = line
    viewed = []
    for day in range(1, DAYS + 1):
        morning = ending - timedelta(days=day) + timedelta(hours=9)
        if morning.weekday() < 5:
            for number in range(random.randint(daily // 2, daily)):
                kind = "video" if random.random() < 0.1 else "image"
                at = morning + timedelta(minutes=random.randrange(8 * 60))
                viewed.append(Viewed(kind, f"demo-{day}-{number}", at))
    with at_moment(ending):
        count_views(person, viewed, source=Exposure.Source.GRADER, by=DEMO)
    if ago is not None:
        with at_moment(ending - timedelta(days=ago) + timedelta(hours=14)):
            held = today()
            record_check_in(person, held_on=held, next_on=held + timedelta(days=after), by=supervisor)
