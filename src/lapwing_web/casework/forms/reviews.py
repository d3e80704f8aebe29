"""The review of a record whose retention is due, and what that rests on."""

from datetime import date
from typing import Any

from django import forms
from django.urls import reverse

from lapwing_web.casework.actions import disposing, reviews
from lapwing_web.casework.forms.cases import CaseDecision
from lapwing_web.casework.forms.referral import ANSWERS, AS_TEXT, FROM_TEXT, why_field
from lapwing_web.casework.models import RetentionFact
from lapwing_web.casework.models.keeping import answer, births, in_the_way
from lapwing_web.days import DayField

Name = RetentionFact.Name


class RetentionDecision(CaseDecision):
    """A decision that belongs to retention: it leads back to that part of the case's page."""

    permission = "review a record"

    @property
    def back(self) -> str:
        """The part on retention."""
        return f"{reverse('case', args=[self.case.pk])}#retention"


class FindOutForm(RetentionDecision):
    """What retention rests on. The subject is the case."""

    title, submit = "What retention asks about {}", "Save what was found out"
    lead = "What nobody has found out counts as what keeps the record longest."
    serious = forms.ChoiceField(
        label="Is the offence of the most serious kind?",
        error_messages={"required": "Choose yes, no or not known"},
        choices=ANSWERS,
        widget=forms.RadioSelect,
        help_text="Murder, rape, or an offence that policy puts beside them.",
    )
    managed = forms.ChoiceField(
        label="Is or was a suspect managed as an offender?",
        error_messages={"required": "Choose yes, no or not known"},
        choices=ANSWERS,
        widget=forms.RadioSelect,
    )
    source = forms.CharField(
        label="How do you know?", max_length=200, error_messages={"required": "Enter how you know"}
    )

    def prepare(self) -> None:
        """What stands, and a birth date for each suspect."""
        for name in (Name.SERIOUS, Name.MANAGED):
            self.fields[name].initial = AS_TEXT[answer(self.subject, name)]
        self.born = births(self.subject)
        for number, on in self.born.items():
            self.fields[f"born_{number}"] = DayField(
                label=f"When was suspect {number} born?", required=False, initial=on,
                help_text="For example, 27 3 1976. Leave it empty if it is not known.",
            )  # fmt: skip
        self.order_fields(["seen", "serious", "managed", *(f"born_{n}" for n in self.born), "source"])

    def act(self) -> str:
        """Record."""
        given = self.cleaned_data
        born: dict[int, date | None] = {number: given[f"born_{number}"] for number in self.born}
        found = reviews.FoundOut(FROM_TEXT[given["serious"]], FROM_TEXT[given["managed"]], born)
        reviews.find_out(self.subject, found, source=given["source"], by=self.by)
        return f"What was found out about {self.subject.reference} is recorded."


class ReviewForm(RetentionDecision):
    """The review of a record. The subject is the case."""

    title, submit = "Review the record of {}", "Record the review"
    lead = "Is the record still needed for a policing purpose?"
    decision = forms.ChoiceField(
        label="What do you decide?",
        widget=forms.RadioSelect,
        choices=[
            ("keep", "Keep it. The rule sets the day of the next review"),
            ("dispose", "Propose its disposal. A second person decides"),
        ],
        error_messages={"required": "Choose whether it is kept"},
    )
    why = why_field("Why?", "Name nobody: this stays when the record is gone.")

    def prepare(self) -> None:
        """What keeps it, before anybody proposes."""
        if found := in_the_way(self.subject):
            self.warning, self.in_the_way = "It can only be kept today.", found

    def act(self) -> str:
        """Keep it, or propose that it goes."""
        if self.cleaned_data["decision"] == "dispose":
            disposing.propose_disposal(self.subject, why=self.cleaned_data["why"], by=self.by)
            return f"The disposal of {self.subject.reference} waits for a second person."
        made = reviews.keep_record(self.subject, why=self.cleaned_data["why"], by=self.by)
        return f"{self.subject.reference} is kept. Its next review is on {made.next_on:%-d %B %Y}."


class DisposalDecision(CaseDecision):
    """A decision about a proposed disposal, which shows nothing of anybody."""

    page_name = "disposal"
    shows = None

    @property
    def back(self) -> str:
        """The page of the disposal."""
        return reverse("disposal", args=[self.subject.pk])


class DisposalAnswerForm(DisposalDecision):
    """The second person's answer. The subject is the proposal."""

    permission, title, submit, danger = "dispose of a record", "The disposal of {}", "Send my answer", True
    warning = "What is disposed of cannot be brought back by anybody."
    answer = forms.ChoiceField(
        label="Do you agree?",
        choices=[("yes", "Yes: dispose of the record"), ("no", "No: keep it")],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose yes or no"},
    )
    why = why_field("Why not?", "Needed when you do not agree.", required=False)

    def prepare(self) -> None:
        """What the proposal says."""
        made = self.subject
        self.lead = f"{made.proposed_by} proposed it on {made.proposed_at:%-d %B %Y}: {made.why}"

    def clean(self) -> dict[str, Any]:
        """A no has its reason."""
        cleaned = super().clean()
        if cleaned.get("answer") == "no" and not cleaned.get("why", "").strip():
            self.add_error("why", "Say why you do not agree")
        return cleaned

    def act(self) -> str:
        """Dispose of it, or leave it."""
        if self.cleaned_data["answer"] == "no":
            disposing.refuse_disposal(self.subject, why=self.cleaned_data["why"], by=self.by)
            return f"{self.subject.reference} is kept. Its review is still due."
        disposing.dispose_of_record(self.subject, by=self.by)
        return f"The record of {self.subject.reference} is disposed of. Its certificate can be made here."


class WithdrawDisposalForm(DisposalDecision):
    """Take one's own proposal back. The subject is the proposal."""

    permission, title, submit = "review a record", "Take back the disposal of {}", "Take it back"
    lead = "The record stays, and its review is still due."

    def act(self) -> str:
        """Take it back."""
        disposing.withdraw_disposal(self.subject, by=self.by)
        return f"The disposal of {self.subject.reference} is not proposed any more."
