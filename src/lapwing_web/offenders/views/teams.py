"""The teams of a force: all of them, one of them, and a new one."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from lapwing_web.casework.views.decision import answered
from lapwing_web.offenders.forms.teams import NewTeamForm
from lapwing_web.offenders.queries import teams as queries
from lapwing_web.staff.request import Request


@require_safe
def teams(request: Request) -> HttpResponse:
    """The teams of one's own force, those that ended apart."""
    return render(request, "offenders/teams.html", queries.team_list(request.user))


@require_safe
def team(request: Request, pk: int) -> HttpResponse:
    """Who is in a team, and what each has in hand."""
    subject = get_object_or_404(queries.teams_for(request.user), pk=pk)
    return render(request, "offenders/team.html", queries.team_page(request.user, subject))


def team_add(request: Request) -> HttpResponse:
    """Make a team of one's own force."""
    sent = request.POST if request.method == "POST" else None
    return answered(request, NewTeamForm(sent, subject=request.user.organisation, by=request.user))
