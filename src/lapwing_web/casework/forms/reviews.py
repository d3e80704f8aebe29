"""The review of a record whose retention is due, and what that rests on."""

from datetime import date

from crispy_forms_gds.fields import DateInputField
from django import forms
from django.urls import reverse

from lapwing_web.casework.actions import reviews
from lapwing_web.casework.forms.cases import CaseDecision
from lapwing_web.casework.forms.referral import ANSWERS, AS_TEXT, FROM_TEXT, why_field
from lapwing_web.casework.models import RetentionFact
from lapwing_web.casework.models.keeping import answer, births

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
        label="Is the offence of the most serious kind?", choices=ANSWERS, widget=forms.RadioSelect,
        help_text="Murder, rape, or an offence that policy puts beside them.",
    )  # fmt: skip
    managed = forms.ChoiceField(
        label="Is or was a suspect managed as an offender?", choices=ANSWERS, widget=forms.RadioSelect
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
            self.fields[f"born_{number}"] = DateInputField(
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
    lead = "Is the record still needed for a policing purpose? The rule sets the day of the next review."
    why = why_field("Why is it kept?")

    def act(self) -> str:
        """Keep it."""
        made = reviews.keep_record(self.subject, why=self.cleaned_data["why"], by=self.by)
        return f"{self.subject.reference} is kept. Its next review is on {made.next_on:%-d %B %Y}."
