"""Addresses."""

from django.urls import path

from lapwing_web.casework.forms.decision import Decision
from lapwing_web.casework.views.decision import Things, decision
from lapwing_web.casework.views.documents import document
from lapwing_web.offenders.forms import briefing, decisions, linking, notifying, particulars
from lapwing_web.offenders.forms import teams as of_teams
from lapwing_web.offenders.queries.briefings import briefings_for, issued_by_us
from lapwing_web.offenders.queries.links import links_for, selectors_for
from lapwing_web.offenders.queries.notifications import absences_for, notifiables_for
from lapwing_web.offenders.queries.offenders import offenders_for
from lapwing_web.offenders.queries.teams import placed_for, teams_for
from lapwing_web.offenders.views import briefings, links, notifications, records, teams

DECISIONS: list[tuple[str, str, type[Decision]]] = [
    ("visit", "offender-visit", decisions.VisitForm),
    ("plan", "offender-plan", decisions.PlanForm),
    ("assess", "offender-assess", decisions.AssessForm),
    ("level", "offender-level", decisions.LevelForm),
    ("write", "offender-write", particulars.WriteForm),
    ("assign", "offender-assign", decisions.AssignForm),
    ("end", "offender-end", decisions.EndForm),
    ("again", "offender-again", decisions.AgainForm),
    ("require", "offender-require", notifying.RequireForm),
    ("notify", "offender-notify", notifying.NotifyForm),
    ("change", "offender-change", notifying.ChangeForm),
    ("travel", "offender-travel", notifying.TravelForm),
    ("stay", "offender-stay", notifying.StayForm),
    ("absence", "offender-absence", notifying.AbsenceForm),
    ("brief", "offender-brief", briefing.IssueForm),
    ("selector", "offender-selector", linking.SelectorForm),
]
# about something of an offender's, and not the offender
OF_PARTS: list[tuple[str, str, type[Decision], Things]] = [
    ("offenders/stays/<int:pk>/end", "stay-end", notifying.EndStayForm, notifiables_for),
    (
        "offenders/notifiable/<int:pk>/withdraw",
        "notifiable-withdraw",
        notifying.WithdrawNotifiableForm,
        notifiables_for,
    ),
    ("offenders/absences/<int:pk>/end", "absence-end", notifying.EndAbsenceForm, absences_for),
    ("offenders/selectors/<int:pk>/drop", "selector-drop", linking.DropSelectorForm, selectors_for),
    ("offenders/links/<int:pk>", "offender-link", linking.AcknowledgeLinkForm, links_for),
    ("briefings/<int:pk>/acknowledge", "briefing-acknowledge", briefing.AcknowledgeForm, briefings_for),
    ("briefings/<int:pk>/withdraw", "briefing-withdraw", briefing.WithdrawBriefingForm, issued_by_us),
    ("teams/<int:pk>/rename", "team-rename", of_teams.RenameForm, teams_for),
    ("teams/<int:pk>/join", "team-join", of_teams.JoinForm, teams_for),
    ("teams/<int:pk>/end", "team-end", of_teams.EndTeamForm, teams_for),
    ("teams/<int:pk>/again", "team-again", of_teams.TakeUpForm, teams_for),
    ("people/<int:pk>/team", "person-team", of_teams.PlaceForm, placed_for),
]

urlpatterns = [
    path("offenders", records.offenders, name="offenders"),
    path("offenders/register", records.offender_register, name="offender-register"),
    path("caseload", records.caseload, name="caseload"),
    path("caseload.svg", records.caseload_drawn, name="caseload-picture"),
    path("offenders/notification", notifications.notifications, name="offender-notifications"),
    path("offenders/round", notifications.visit_round, name="visit-round"),
    path("offenders/referrals", links.recognised, name="offenders-recognised"),
    path("offenders/<int:pk>", records.offender, name="offender"),
    path("offenders/<int:pk>/notification", notifications.notification, name="offender-notification"),
    path("offenders/<int:pk>/links", links.links, name="offender-links"),
    path("teams", teams.teams, name="teams"),
    path("teams/add", teams.team_add, name="team-add"),
    path("teams/<int:pk>", teams.team, name="team"),
    path("briefings", briefings.briefings, name="briefings"),
    path("briefings/<int:pk>", briefings.briefing, name="briefing"),
    *(
        path(f"offenders/<int:pk>/{word}", decision(form, offenders_for), name=name)
        for word, name, form in DECISIONS
    ),
    *(path(address, decision(form, things), name=name) for address, name, form, things in OF_PARTS),
    path(
        "briefings/<int:pk>/document",
        document(briefing.BriefingDocumentForm, issued_by_us),
        name="briefing-document",
    ),
]
