"""Briefing a neighbourhood team: issuing, acknowledging, withdrawing, handing out."""

from typing import Any

from django import forms
from django.urls import reverse

from lapwing_web.casework.forms.decision import Decision
from lapwing_web.casework.forms.documents import DocumentForm
from lapwing_web.casework.forms.referral import why_field
from lapwing_web.offenders.actions import briefing
from lapwing_web.offenders.forms.decisions import OffenderDecision
from lapwing_web.offenders.models.reading import briefing_policy
from lapwing_web.offenders.queries.briefings import teams_to_brief
from lapwing_web.offenders.queries.papers import briefing_paper
from lapwing_web.offenders.queries.teams import missing_team, sizes
from lapwing_web.staff.models import Team


class IssueForm(OffenderDecision):
    """What a neighbourhood team is told."""

    permission, title, submit = "brief a team", "Brief a neighbourhood team: {}", "Issue the briefing"
    template = "offenders/with_teams.html"
    team = forms.ChoiceField(label="Which team?", error_messages={"required": "Choose a team"})
    look_for = why_field("What should they look out for?", "They read this word for word.")
    restricted_by = why_field(
        "What must the offender not do?", "Conditions that somebody on patrol can see broken.", required=False
    )
    tell = forms.CharField(
        label="Whom do they tell?", required=False, max_length=200,
        help_text="If empty: the manager and the team.",
    )  # fmt: skip

    def prepare(self) -> None:
        """The teams of the force; what they will be told, and until when."""
        super().prepare()
        version = briefing_policy()
        told = ", ".join(field.label.lower() for field in version.fields.values())
        self.lead = (
            f"The team is told: {told}. Nothing else of the record, for {version.lasts} days. It is a "
            "disclosure, and stands in the audit as one."
        )
        self.teams = {str(team.pk): team for team in teams_to_brief(self.by)}
        read = sizes(self.by.organisation_id)
        listed = [
            (key, f"{team}{'' if read[team.pk] else ' (nobody is in it)'}")
            for key, team in self.teams.items()
        ]
        self.fields["team"].choices = [("", "Choose a team"), *listed]  # type: ignore[attr-defined]
        self.fields["team"].initial = str(self.subject.neighbourhood_id or "")

    def page(self) -> dict[str, Any]:
        """What it says where there is no team to tell."""
        return {**super().page(), "missing": missing_team(self.by, Team.Kind.NEIGHBOURHOOD)}

    def act(self) -> str:
        """Issue it."""
        given = {name: self.cleaned_data[name] for name in ("look_for", "restricted_by", "tell")}
        team = self.teams[self.cleaned_data["team"]]
        self.made = briefing.issue(self.subject, team=team, **given, by=self.by)
        return f"{self.made.reference} is issued to {team}, until {self.made.last_on:%-d %B %Y}."

    def after(self) -> str:
        """To the briefing."""
        return reverse("briefing", args=[self.made.pk])


class BriefingDecision(Decision):
    """A decision about a briefing: it leads back to its page."""

    page_name = "briefing"

    @property
    def shows(self) -> Any:
        """The briefing, for which a reason is asked."""
        return self.subject


class AcknowledgeForm(BriefingDecision):
    """Say, by name, that one has read it."""

    permission, title, submit = "acknowledge a briefing", "Acknowledge {}", "I have read it"
    lead = "Your name and the time are kept, and whoever manages the offender sees them."

    def act(self) -> str:
        """Acknowledge."""
        briefing.acknowledge(self.subject, by=self.by)
        return f"You have acknowledged {self.subject.reference}."


class WithdrawBriefingForm(BriefingDecision):
    """The team is not to be told any longer."""

    permission, title, submit, danger = "brief a team", "Withdraw {}", "Withdraw it", True
    lead = "The team cannot read it from then on. One that has expired is then not to be issued anew."
    why = why_field("Why?")

    def act(self) -> str:
        """Withdraw."""
        briefing.withdraw(self.subject, why=self.cleaned_data["why"], by=self.by)
        return f"{self.subject.reference} is withdrawn."

    def after(self) -> str:
        """The list: the page of one that is over would ask at once why it is looked at."""
        return reverse("briefings")


class BriefingDocumentForm(DocumentForm):
    """The briefing, to hand to the team."""

    permission, page_name, name = "brief a team", "briefing", "briefing"
    title = "Make {} to hand out"

    @property
    def shows(self) -> Any:
        """The briefing."""
        return self.subject

    @property
    def back(self) -> str:
        """Its page."""
        return reverse("briefing", args=[self.subject.pk])

    def made(self) -> bytes:
        """Make it, and record that it was handed out."""
        return briefing.hand_out_briefing(self.subject, briefing_paper, by=self.by, **self.given)
