"""What is recorded of charges, courts and disposals."""

from datetime import date
from typing import Any

from django import forms
from django.urls import reverse

from lapwing_web.casework.actions import prosecution
from lapwing_web.casework.forms.cases import CaseDecision
from lapwing_web.casework.forms.referral import why_field
from lapwing_web.casework.forms.suspects import day
from lapwing_web.casework.models.court import DISPOSALS, RESULTS, SENTENCES

CONDITIONS = 3  # boxes on the form of a disposal


class ProsecutionDecision(CaseDecision):
    """A decision about how a case is brought to its end."""

    permission = "work a case"

    @property
    def back(self) -> str:
        """That part of the case's page."""
        return f"{reverse('case', args=[self.case.pk])}#prosecution"


class ChargeForm(ProsecutionDecision):
    """A charge or summons. The subject is the suspect."""

    title, submit = "Charge: {}", "Record the charge"
    offence = forms.CharField(
        label="Offence", error_messages={"required": "Enter the offence"}, max_length=200
    )
    on = day("On which day?")
    by_post = forms.BooleanField(
        label="It was sent by post, or is a summons, without an arrest", required=False
    )

    def act(self) -> str:
        """Record."""
        given = {name: self.cleaned_data[name] for name in ("offence", "on", "by_post")}
        prosecution.charge(self.subject, **given, by=self.by)
        return "The charge is recorded."


class CourtDateForm(ProsecutionDecision):
    """A day in court. The subject is the charge."""

    title, submit = "A day in court: {}", "Set it"
    on = day("Which day?")
    court = forms.CharField(
        label="Which court?", error_messages={"required": "Enter the court"}, max_length=120
    )

    def act(self) -> str:
        """Set."""
        given = {name: self.cleaned_data[name] for name in ("on", "court")}
        prosecution.set_court_date(self.subject, **given, by=self.by)
        return "The day is set, with a clock."


class CourtForm(ProsecutionDecision):
    """What a day in court came to. The subject is the day."""

    title, submit = "What came of it: {}", "Record it"
    result = forms.ChoiceField(
        label="What came of it?",
        widget=forms.RadioSelect,
        choices=list(RESULTS.items()),
        error_messages={"required": "Choose what came of it"},
    )
    sentence = forms.ChoiceField(
        label="Sentence, if one was passed",
        required=False,
        choices=[("", "None that day"), *SENTENCES.items()],
    )
    months = forms.IntegerField(
        label="Its length in months, if it has one", required=False, min_value=0, max_value=1200
    )
    text = why_field("Anything to add", required=False)

    def act(self) -> str:
        """Record."""
        given: dict[str, Any] = {
            name: self.cleaned_data[name] for name in ("result", "sentence", "months", "text")
        }
        prosecution.record_court(self.subject, **given, by=self.by)
        return "What the court did is recorded."


class DisposalForm(ProsecutionDecision):
    """A disposal out of court. The subject is the suspect."""

    title, submit = "Disposal out of court: {}", "Record the disposal"
    kind = forms.ChoiceField(
        label="Which?",
        widget=forms.RadioSelect,
        choices=list(DISPOSALS.items()),
        error_messages={"required": "Choose which disposal"},
    )
    on = day("On which day?")
    text = why_field("Why this, and who decided it?")

    def prepare(self) -> None:
        """Boxes for conditions, each with its day."""
        for number in range(1, CONDITIONS + 1):
            self.fields[f"condition_{number}"] = forms.CharField(
                label=f"Condition {number}, if any", max_length=300, required=False
            )
            self.fields[f"due_{number}"] = day(f"Condition {number} is due by the end of", required=False)

    def clean(self) -> dict[str, Any]:
        """A condition has its day, and a day its condition."""
        cleaned = super().clean()
        self.conditions: list[tuple[str, date]] = []
        for number in range(1, CONDITIONS + 1):
            words, due = cleaned.get(f"condition_{number}", "").strip(), cleaned.get(f"due_{number}")
            if words and not due:
                self.add_error(f"due_{number}", "Give the day by which it is due")
            elif due and not words:
                self.add_error(f"condition_{number}", "Write the condition")
            elif words and due:
                self.conditions.append((words, due))
        return cleaned

    def act(self) -> str:
        """Record."""
        given: dict[str, Any] = {name: self.cleaned_data[name] for name in ("kind", "on", "text")}
        prosecution.dispose(self.subject, **given, conditions=self.conditions, by=self.by)
        return "The disposal is recorded, and each condition has a clock."


class ConditionForm(ProsecutionDecision):
    """What became of a condition. The subject is the condition."""

    title, submit = "A condition: {}", "Record it"
    warning = "A breach takes the disposal back for prosecution, and cannot be taken back."
    met = forms.ChoiceField(
        label="Was it met?", widget=forms.RadioSelect, choices=[("yes", "Met"), ("no", "Breached")],
        error_messages={"required": "Choose whether it was met"},
    )  # fmt: skip
    why = why_field("How was it breached?", "Needed for a breach.", required=False)

    def prepare(self) -> None:
        """The condition in its words."""
        self.lead = f"{self.subject.text}, by {self.subject.due_on:%-d %B %Y}."

    def clean(self) -> dict[str, Any]:
        """A breach has its words."""
        cleaned = super().clean()
        if cleaned.get("met") == "no" and not cleaned.get("why", "").strip():
            self.add_error("why", "Say how it was breached")
        return cleaned

    def act(self) -> str:
        """Record."""
        met = self.cleaned_data["met"] == "yes"
        prosecution.end_condition(self.subject, met=met, why=self.cleaned_data["why"], by=self.by)
        return "The condition is met." if met else "The disposal goes back for prosecution."


class PathForm(ProsecutionDecision):
    """Whether the suspect is a child. The subject is the case."""

    title, submit = "Is the suspect of {} a child?", "Save"
    lead = "A suspect who is a child has outcomes of their own. It is the default when a report says so."
    child = forms.ChoiceField(
        label="Is the suspect a child?", widget=forms.RadioSelect, choices=[("yes", "Yes"), ("no", "No")],
        error_messages={"required": "Choose whether the suspect is a child"},
    )  # fmt: skip
    why = why_field("How is the age known?")

    def act(self) -> str:
        """Save."""
        child = self.cleaned_data["child"] == "yes"
        prosecution.set_path(self.subject, child=child, why=self.cleaned_data["why"], by=self.by)
        return "The suspect is worked as a child." if child else "The suspect is worked as an adult."
