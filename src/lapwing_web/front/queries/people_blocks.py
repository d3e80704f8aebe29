"""Blocks of the home page about people: check-ins, training that ends, what became of work, offenders."""

from django.urls import reverse

from lapwing_web.casework.queries.became import became, count_ended
from lapwing_web.clocks.queries import check_ins_late
from lapwing_web.front.queries.blocks import FEW, Block, items_of, since
from lapwing_web.offenders.queries.offenders import overdue_of
from lapwing_web.offenders.queries.teams import missing_teams
from lapwing_web.staff.models import User
from lapwing_web.staff.permissions import may
from lapwing_web.staff.queries import ending_for, worrying


def check_ins(user: User) -> Block:
    """People whose check-in is due, or who viewed more than their budget. Nothing of what.

    Those whose check-in is late come first, and are said apart: supervision has them alone.
    """
    late = set(check_ins_late(user).values_list("owner", flat=True))
    found = sorted(worrying(user), key=lambda line: line.person.pk not in late)
    number = sum(line.person.pk in late for line in found)
    lead = (
        f"Ask how they are. {number} should have been asked by now; with the others a check-in is due today "
        "or has no date, or a budget for viewing is used up."
    )
    few = items_of("welfare", found[:FEW])
    return Block("welfare", "Check in with", lead, len(found), few, reverse("welfare"), "Everybody")


def courses_ending(user: User) -> Block:
    """Courses and licences that end soon. One that ends tonight blocks allocation tomorrow."""
    found = ending_for(user)
    where = "training" if may(user, "see training") else "own-training"
    lead = "From the day after its last, a course that a case asks for blocks its allocation."
    few = items_of("course", found[:FEW])
    title = "Courses and licences that end soon"
    return Block("courses", title, lead, len(found), few, reverse(where), "All training")


def became_of(user: User) -> Block:
    """How what somebody worked on has ended, since they last said that they had seen what is new."""
    lead = "You worked on these. This is how they ended."
    few = items_of("became", became(user, since(user), FEW))
    count = count_ended(user, since(user))
    return Block("became", "What became of your work", lead, count, few, reverse("became"), "All of it")


def teams_to_make(user: User) -> Block:
    """Kinds of team that the force needs and has none of, for those who make them."""
    found = missing_teams(user)
    lead = "Make each, and say who is in it."
    few = items_of("missing_team", found)
    title = "Teams still to make"
    return Block("teams", title, lead, len(found), few, reverse("teams"), "Teams", urgent=bool(found))


def offenders_overdue(user: User) -> Block:
    """Registered offenders for whom this person answers: a visit or an assessment is overdue."""
    found = overdue_of(user)
    count = found.count()
    lead = "A visit or an assessment of each is overdue. The longest overdue first."
    few = items_of("offender", found[:FEW])
    url = f"{reverse('offenders')}?show={'visits' if user.role == User.Role.SUPERVISOR else 'mine'}"
    title = "Registered offenders overdue"
    return Block("offenders", title, lead, count, few, url, "All of them", urgent=count > 0)
