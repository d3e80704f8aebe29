"""Devices in the demonstration: seized and sealed, waiting and examined, and the laboratories that examine
them.
"""

from datetime import timedelta
from random import Random

from lapwing_web.casework.actions.exhibits import (
    begin_examination,
    finish_examination,
    queue,
    record_continuity,
    seize,
    set_laboratory,
    unqueue,
)
from lapwing_web.casework.models import Case, Exhibit, Laboratory
from lapwing_web.demo.scans import scanned
from lapwing_web.moment import now
from lapwing_web.staff.models import User

SEIZED = 0.35  # of the cases
KINDS = ("phone", "phone", "computer", "storage", "tablet")


def equip(supervisor: User) -> Laboratory:
    """The force's laboratory, once: it does less than what comes."""
    held = Laboratory.objects.filter(organisation=supervisor.organisation_id).first()
    return held or set_laboratory(
        name="Digital forensics unit", hours_a_week=15, accredited=["analysis", "extraction"], by=supervisor
    )


def take(case: Case, random: Random, *, by: User, supervisor: User) -> None:
    """Seize some devices, seal them and send them to be examined; now and then one is begun at once."""
    if random.random() > SEIZED:
        return
    lab = equip(supervisor)
    for number in range(1, random.randint(1, 3) + 1):
        at = now() - timedelta(hours=random.uniform(1, 5))
        made = seize(
            case, number=f"EX/{number}", kind=random.choice(KINDS), description="Found in a bedroom", at=at,
            place="The address searched", suspect=case.suspects.first(),
            gigabytes=random.choice([32, 128, 512]),
            by=by,
        )  # fmt: skip
        record_continuity(
            made, step="sealed", at=at, place="The address searched", seal=f"S{made.pk:06d}", by=by
        )
        queue(made, by=by)
        if random.random() < 0.3:
            begin_examination(made, laboratory=lab, by=by)
            scanned(made, random, by=by)


def settle_devices(case: Case, *, by: User) -> None:
    """Before an outcome nothing waits: what was begun is finished, and the rest is not examined."""
    for one in case.exhibits.filter(state=Exhibit.State.EXAMINING):
        finish_examination(one, result="nothing", by=by)
    for one in case.exhibits.filter(state=Exhibit.State.QUEUED):
        unqueue(one, why="The case ends without it", by=by)
