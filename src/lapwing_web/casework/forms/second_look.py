"""A second verdict, given without sight of the first."""

from django import forms
from django.urls import reverse

from lapwing_web.casework.actions.second_look import VERDICTS, look_again
from lapwing_web.casework.forms.decision import Decision
from lapwing_web.casework.forms.referral import why_field

QUESTIONS = {
    "discard": "Is there anything here for the police to act on?",
    "low_band": "Which band does what is known put it in?",
}


class SecondLookForm(Decision):
    """The subject is the second look."""

    permission, submit = "take a second look", "Give my verdict"
    verdict = forms.ChoiceField(widget=forms.RadioSelect, error_messages={"required": "Choose a verdict"})
    why = why_field("What does it rest on?")

    def prepare(self) -> None:
        """The question fits what was sampled, and says nothing of what was decided."""
        self.fields["verdict"].label = QUESTIONS[self.subject.of]
        self.fields["verdict"].choices = list(VERDICTS[self.subject.of].items())  # type: ignore[attr-defined]

    @property
    def back(self) -> str:
        """The list."""
        return reverse("second-looks")

    def heading(self) -> str:
        """Which referral."""
        return f"Second look at {self.subject.referral.reference}"

    def act(self) -> str:
        """Record."""
        given = {name: self.cleaned_data[name] for name in ("verdict", "why")}
        look = look_again(self.subject, **given, by=self.by)
        if look.agrees:
            return "Recorded. You agree with the first decision."
        if look.of == "low_band":
            return "Recorded. You do not agree with the band: a supervisor is told, to have it weighed again."
        return "Recorded. You do not agree with the first decision: the referral goes back to be decided."
