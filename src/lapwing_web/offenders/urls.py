"""Addresses."""

from django.urls import path

from lapwing_web.casework.forms.decision import Decision
from lapwing_web.casework.views.decision import decision
from lapwing_web.offenders import views
from lapwing_web.offenders.forms import decisions, particulars
from lapwing_web.offenders.queries.offenders import offenders_for

DECISIONS: list[tuple[str, str, type[Decision]]] = [
    ("visit", "offender-visit", decisions.VisitForm),
    ("plan", "offender-plan", decisions.PlanForm),
    ("assess", "offender-assess", decisions.AssessForm),
    ("level", "offender-level", decisions.LevelForm),
    ("write", "offender-write", particulars.WriteForm),
    ("assign", "offender-assign", decisions.AssignForm),
    ("end", "offender-end", decisions.EndForm),
    ("again", "offender-again", decisions.AgainForm),
]

urlpatterns = [
    path("offenders", views.offenders, name="offenders"),
    path("offenders/register", views.offender_register, name="offender-register"),
    path("offenders/caseload", views.caseload, name="caseload"),
    path("offenders/caseload.svg", views.caseload_drawn, name="caseload-picture"),
    path("offenders/<int:pk>", views.offender, name="offender"),
    *(
        path(f"offenders/<int:pk>/{word}", decision(form, offenders_for), name=name)
        for word, name, form in DECISIONS
    ),
]
