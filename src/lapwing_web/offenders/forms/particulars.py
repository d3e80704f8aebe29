"""Who an offender is: on the register for the first time, or put right."""

from typing import Any

from django import forms
from django.urls import reverse

from lapwing_web.casework.forms.decision import Decision
from lapwing_web.casework.forms.suspects import day
from lapwing_web.days import DayField
from lapwing_web.moment import today
from lapwing_web.offenders.actions import registering
from lapwing_web.offenders.actions.registering import New
from lapwing_web.offenders.forms.decisions import OffenderDecision, gaps_said, level_field
from lapwing_web.offenders.models import Offender
from lapwing_web.offenders.models.knowing import manages_offenders
from lapwing_web.offenders.queries.teams import missing_team
from lapwing_web.refusal import Forbidden
from lapwing_web.staff.models import Team, standing_teams

CLEAR = "Empty if nobody has found out. Three clear years at low risk make visits reactive."


class Particulars(forms.Form):
    """What is asked of an offender on either page."""

    name = forms.CharField(label="Name", max_length=200, error_messages={"required": "Enter the name"})
    born_on = DayField(label="Date of birth, if known", required=False)
    lives_at = forms.CharField(
        label="Where the offender lives, if known", required=False, max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
    area = forms.CharField(
        label="Area", required=False, max_length=80,
        help_text="A town, a ward or the first part of a postcode. Visits are planned by it.",
    )  # fmt: skip
    neighbourhood = forms.ChoiceField(label="Neighbourhood team", required=False)
    clear_since = DayField(label="Since when is nothing of concern known?", help_text=CLEAR, required=False)

    def offer_neighbourhoods(self, organisation: str) -> None:
        """The neighbourhood teams of the force."""
        found = standing_teams(organisation, Team.Kind.NEIGHBOURHOOD)
        self.neighbourhoods = {str(team.pk): team for team in found}
        listed = [(key, str(team)) for key, team in self.neighbourhoods.items()]
        self.fields["neighbourhood"].choices = [("", "None, or not known"), *listed]  # type: ignore[attr-defined]

    def past(self, *names: str) -> None:
        """Ask again for days that are to come."""
        for name in names:
            if self.cleaned_data.get(name) and self.cleaned_data[name] > today():
                self.add_error(name, "This day cannot be in the future")

    @property
    def given(self) -> dict[str, Any]:
        """What was given, as actions take it."""
        names = ("name", "born_on", "lives_at", "area", "clear_since")
        chosen = self.neighbourhoods.get(self.cleaned_data["neighbourhood"])
        return {**{name: self.cleaned_data[name] for name in names}, "neighbourhood": chosen}


class WriteForm(Particulars, OffenderDecision):
    """Put the particulars right."""

    title, submit = "Change the particulars: {}", "Save"

    def prepare(self) -> None:
        """As they stand."""
        super().prepare()
        self.offer_neighbourhoods(self.subject.organisation_id)
        for name in ("name", "born_on", "lives_at", "area", "clear_since"):
            self.fields[name].initial = getattr(self.subject, name)
        self.fields["neighbourhood"].initial = str(self.subject.neighbourhood_id or "")

    def clean(self) -> dict[str, Any]:
        """No day to come."""
        cleaned = super().clean()
        self.past("born_on", "clear_since")
        return cleaned

    def act(self) -> str:
        """Save."""
        registering.write_particulars(self.subject, **self.given, by=self.by)
        return "The particulars are changed."


class RegisterForm(Particulars, Decision):
    """A new offender. The subject is the force."""

    permission, title, submit = "register an offender", "Register an offender", "Register"
    shows = None
    template = "offenders/with_teams.html"
    register_number = forms.CharField(
        label="Number on the register", max_length=40, error_messages={"required": "Enter the number"}
    )
    level = level_field("Level of risk")
    since = day("When did management begin?")
    visited_on = DayField(label="Last visit, if there was one", required=False)
    assessed_on = DayField(label="Last assessment, if there was one", required=False)
    team = forms.ChoiceField(label="Team", required=False)
    field_order = ["register_number", "name", "born_on", "lives_at", "area", "neighbourhood", "level"]

    def prepare(self) -> None:
        """The teams of the force."""
        if not manages_offenders(self.by):
            told = "An offender is registered by an officer of an offender management team."
            if missing_team(self.by, Team.Kind.OFFENDER_MANAGEMENT):
                told += " Your force has none: a supervisor or an administrator makes one, under Teams."
            raise Forbidden(told)
        self.lead = f"Who manages the offender is decided next. {gaps_said()}"
        self.offer_neighbourhoods(self.by.organisation_id)
        found = standing_teams(self.by.organisation_id, Team.Kind.OFFENDER_MANAGEMENT)
        self.teams = {str(team.pk): team for team in found}
        listed = [(key, str(team)) for key, team in self.teams.items()]
        self.fields["team"].choices = [("", "None yet"), *listed]  # type: ignore[attr-defined]
        self.fields["team"].initial = str(self.by.team_id or "")
        self.fields["since"].initial = today()

    def clean_register_number(self) -> str:
        """A number nobody of the force has."""
        number: str = self.cleaned_data["register_number"].strip()
        held = Offender.objects.filter(organisation=self.by.organisation_id, register_number=number)
        if taken := held.first():
            raise forms.ValidationError(f"{taken.reference} has this number already")
        return number

    def clean(self) -> dict[str, Any]:
        """No day to come."""
        cleaned = super().clean()
        self.past("born_on", "clear_since", "since", "visited_on", "assessed_on")
        return cleaned

    def page(self) -> dict[str, Any]:
        """What it says where there is no team to register with."""
        return {**super().page(), "missing": missing_team(self.by, Team.Kind.OFFENDER_MANAGEMENT)}

    def heading(self) -> str:
        """About nobody yet."""
        return self.title

    @property
    def back(self) -> str:
        """The list."""
        return reverse("offenders")

    def act(self) -> str:
        """Register."""
        names = ("register_number", "level", "since", "visited_on", "assessed_on")
        more = {name: self.cleaned_data[name] for name in names}
        new = New(**more, **self.given, team=self.teams.get(self.cleaned_data["team"]))
        self.made = registering.register(new, by=self.by)
        return f"{self.made.reference} is registered. The clocks on the visit and the assessment run."

    def after(self) -> str:
        """To the offender's page."""
        return reverse("offender", args=[self.made.pk])
