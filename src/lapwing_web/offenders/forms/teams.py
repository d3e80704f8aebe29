"""What is decided about a team of a force, and about who is in it."""

from typing import Any

from django import forms
from django.urls import reverse

from lapwing_web.casework.forms.decision import Decision
from lapwing_web.casework.forms.referral import why_field
from lapwing_web.offenders.actions.teams import close_team
from lapwing_web.offenders.forms.decisions import TurnDecision
from lapwing_web.offenders.models.knowing import heirs, looked_after
from lapwing_web.offenders.queries.teams import DOES, in_hand, in_the_way, joinable
from lapwing_web.staff.actions import teams as actions
from lapwing_web.staff.models import Team, User, standing_teams

WHY = "Kept in the audit."


def name_field() -> forms.CharField:
    """The name of a team."""
    return forms.CharField(
        label="Name of the team",
        max_length=80,
        help_text="As your force calls it. No other team of the force may have it, or have had it.",
        error_messages={"required": "Enter the name of the team"},
    )


class NewTeamForm(Decision):
    """A new team. The subject is the force."""

    permission, title, submit = "manage teams", "Make a team", "Make the team"
    lead = "What a team does cannot be changed later: make another, and move the people."
    shows = None
    name = name_field()
    kind = forms.ChoiceField(
        label="What does it do?",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what the team does"},
    )

    def prepare(self) -> None:
        """What each kind means for the people in it."""
        listed = [(kind.value, _with(kind.label, DOES.get(kind, ""))) for kind in Team.Kind]
        self.fields["kind"].choices = listed  # type: ignore[attr-defined]

    def heading(self) -> str:
        """About no team yet."""
        return self.title

    @property
    def back(self) -> str:
        """The list."""
        return reverse("teams")

    def act(self) -> str:
        """Make it."""
        given = {name: self.cleaned_data[name] for name in ("name", "kind")}
        self.made = actions.make_team(**given, by=self.by)
        return f"{self.made} is made. Nobody is in it yet."

    def after(self) -> str:
        """To say who is in it."""
        return reverse("team-join", args=[self.made.pk])


class TeamDecision(TurnDecision):
    """A decision about a team: it leads back to the team's page, and asks for no reason to look."""

    permission, page_name, shows = "manage teams", "team", None

    def heading(self) -> str:
        """With its name."""
        return self.title.format(self.subject)


class RenameForm(TeamDecision):
    """Another name."""

    title, submit = "Rename {}", "Rename it"
    lead = "What was told to the team, and done by it, bears the new name too. The audit keeps the old one."
    name = name_field()

    def prepare(self) -> None:
        """As it is called now."""
        super().prepare()
        self.fields["name"].initial = self.subject.name

    def act(self) -> str:
        """Rename."""
        actions.rename_team(self.subject, name=self.cleaned_data["name"], by=self.by)
        return f"It is called {self.subject} now."


class JoinForm(TeamDecision):
    """Who joins a team, several at once. A choice holds for the team that each was seen in."""

    title, submit = "Who joins {}?", "Move them here"
    lead = "Whoever is in another team leaves it. Open cases and registered offenders stay with the person."
    people = forms.MultipleChoiceField(
        label="Who joins it?",
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "Choose at least one person",
            "invalid_choice": "Somebody you chose was moved since you opened this page. Choose again.",
        },
    )
    why = why_field("Why?", WHY)

    def prepare(self) -> None:
        """Everybody who could, those in no team first."""
        super().prepare()
        self.found = {
            f"{one.pk}-{one.team_id or ''}": (one, held) for one, held in joinable(self.by, self.subject)
        }
        listed = [(key, f"{one}, {_where(one)}: has {held.words}") for key, (one, held) in self.found.items()]
        self.fields["people"].choices = listed  # type: ignore[attr-defined]

    def act(self) -> str:
        """Move them."""
        chosen = [self.found[key][0] for key in self.cleaned_data["people"]]
        actions.place_in_team(chosen, self.subject, why=self.cleaned_data["why"], by=self.by)
        return (
            f"{'1 person has' if len(chosen) == 1 else f'{len(chosen)} people have'} joined {self.subject}."
        )


class PlaceForm(Decision):
    """Which team one person is in. The subject is the person."""

    permission, title, submit = "manage teams", "Which team is {} in?", "Move them"
    shows = None
    template = "offenders/place.html"
    team = forms.ChoiceField(
        label="Which team?",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose a team, or no team"},
    )
    why = why_field("Why?", WHY)

    def prepare(self) -> None:
        """Every team of the force, and none; and the team that they were seen in."""
        self.fields["seen"].initial = self.subject.stands
        found = standing_teams(self.by.organisation_id).exclude(pk=self.subject.team_id)
        self.teams = {str(team.pk): team for team in found}
        listed = [(key, f"{team} ({team.get_kind_display().lower()})") for key, team in self.teams.items()]
        nowhere = [("none", "No team")] if self.subject.team_id else []
        self.fields["team"].choices = [*listed, *nowhere]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Refuse when the person was moved since the page was opened."""
        cleaned = forms.Form.clean(self) or self.cleaned_data
        if cleaned.get("seen") and cleaned["seen"] != self.subject.stands:
            self.data = {**self.data.dict(), "seen": self.subject.stands}  # type: ignore[attr-defined]
            raise forms.ValidationError(
                f"{self.subject} has been moved or changed since you opened this page, and is "
                f"{_where(self.subject)} now. Check that your decision still holds, and send it again."
            )
        return cleaned

    def page(self) -> dict[str, Any]:
        """With what they have in hand."""
        held = in_hand([self.subject.pk])[self.subject.pk]
        return {**super().page(), "held": held, "where": _where(self.subject)}

    def heading(self) -> str:
        """With their name."""
        return self.title.format(self.subject)

    @property
    def back(self) -> str:
        """The team they are in, or all of them."""
        was = self.subject.team_id
        return reverse("team", args=[was]) if was else reverse("teams")

    def act(self) -> str:
        """Move them."""
        team = self.teams.get(self.cleaned_data["team"])
        actions.place_in_team([self.subject], team, why=self.cleaned_data["why"], by=self.by)
        return f"{self.subject} is {_where(self.subject)} now."


class EndTeamForm(TeamDecision):
    """A team that nobody is in any longer."""

    title, submit, danger = "End {}", "End the team", True
    lead = "It is kept, with its name, wherever it is named. It can be taken up again."
    heir = forms.ChoiceField(label="Which team do its registered offenders go to?", required=False)
    why = why_field("Why?", WHY)

    def prepare(self) -> None:
        """A team for what it looks after, if it looks after anything."""
        super().prepare()
        count, self.in_the_way = looked_after(self.subject).count(), in_the_way(self.subject)
        self.heirs = {str(team.pk): team for team in heirs(self.subject)}
        if not count:
            del self.fields["heir"]
            return
        field: Any = self.fields["heir"]
        field.choices = [("", "Choose a team"), *((key, str(team)) for key, team in self.heirs.items())]
        field.required, field.error_messages["required"] = True, "Choose the team that its offenders go to"
        field.help_text = f"How many are with it: {count}. Who manages each stays as it is."

    def act(self) -> str:
        """End it."""
        heir = self.heirs.get(self.cleaned_data.get("heir", ""))
        close_team(self.subject, why=self.cleaned_data["why"], heir=heir, by=self.by)
        return f"{self.subject.name} has ended."


class TakeUpForm(TeamDecision):
    """A team that has ended stands again."""

    title, submit = "Take up {} again", "Take it up again"
    lead = "Nobody is in it until you say who joins."
    why = why_field("Why?", WHY)

    def act(self) -> str:
        """Take it up."""
        actions.take_up_team(self.subject, why=self.cleaned_data["why"], by=self.by)
        return f"{self.subject} stands again."


def _with(label: str, does: str) -> str:
    return f"{label}: {does}" if does else label


def _where(person: User) -> str:
    return f"in {person.team}" if person.team else "in no team"
