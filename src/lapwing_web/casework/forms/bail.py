"""What a force decides about bail: longer, stopped, exceptionally complex, before a court."""

from typing import Any

from django import forms

from lapwing_web.casework.actions import bail, bail_court
from lapwing_web.casework.forms.suspects import RANKS, SuspectDecision, day
from lapwing_web.moment import today


class ExtendForm(SuspectDecision):
    """Longer bail. The subject is the arrest."""

    title, submit = "Extend bail: {}", "Extend bail"
    returns_on = day("Returns on which day?")
    rank = forms.ChoiceField(
        label="Authorised by",
        choices=[("", "Choose who"), *RANKS],
        error_messages={"required": "Choose who authorised it"},
    )

    def act(self) -> str:
        """Extend."""
        bail.extend_bail(
            self.subject,
            returns_on=self.cleaned_data["returns_on"],
            rank=self.cleaned_data["rank"],
            by=self.by,
        )
        return f"Bail runs until {self.cleaned_data['returns_on']:%-d %B %Y}."


class ProsecutorForm(SuspectDecision):
    """The file goes to the prosecutor, or comes back. The subject is the arrest."""

    title, submit = "The file and the prosecutor: {}", "Record it"
    on = day("On which day?")

    def prepare(self) -> None:
        """Whichever of the two comes next."""
        self.away = self.subject.stops.filter(back_on=None).exists()
        self.lead = (
            "The file is with the prosecutor. When it comes back, bail runs on."
            if self.away
            else "While the file is with the prosecutor, bail’s period does not run."
        )
        self.fields["on"].label = "Came back on which day?" if self.away else "Sent on which day?"
        self.fields["on"].initial = today()

    def act(self) -> str:
        """Record."""
        if self.away:
            bail.back_from_prosecutor(self.subject, on=self.cleaned_data["on"], by=self.by)
            return "The file is back, and bail runs on."
        bail.send_to_prosecutor(self.subject, on=self.cleaned_data["on"], by=self.by)
        return "The file is with the prosecutor."


class DesignateForm(SuspectDecision):
    """The prosecutor designates the case as exceptionally complex. The subject is the arrest."""

    title, submit = "Exceptionally complex case: {}", "Record the designation"
    lead = (
        "The Director of Public Prosecutions can designate a case as exceptionally complex before bail ends. "
        "An assistant chief constable or a commander may then extend bail once more."
    )
    on = day("Designated on which day?")

    def act(self) -> str:
        """Record."""
        bail_court.designate(self.subject, on=self.cleaned_data["on"], by=self.by)
        return "The designation is recorded: one stage of bail more is open."


class ApplyForm(SuspectDecision):
    """A court is asked for longer bail. The subject is the arrest."""

    title, submit = "Apply to the court: {}", "Record the application"
    lead = "Record it on the day on which the court is asked. Until the court answers, bail goes on."

    def act(self) -> str:
        """Record."""
        bail_court.apply_to_court(self.subject, by=self.by)
        return "The application is recorded. Bail goes on until the court answers."


class CourtAnswerForm(SuspectDecision):
    """The court has answered. The subject is the arrest."""

    title, submit = "The court’s answer on bail: {}", "Record the answer"
    answer = forms.ChoiceField(
        label="What did the court decide?", widget=forms.RadioSelect,
        choices=[("extended", "It extended bail"), ("refused", "It refused: bail ends now")],
        error_messages={"required": "Choose what the court decided"},
    )  # fmt: skip
    returns_on = day("If extended: returns on which day?", required=False)

    def clean(self) -> dict[str, Any]:
        """A day where bail was extended, and none where it was not."""
        given = super().clean() or {}
        if (
            given.get("answer") == "extended"
            and not given.get("returns_on")
            and "returns_on" not in self.errors
        ):
            self.add_error("returns_on", "Enter the day until which the court extended bail")
        return given

    def act(self) -> str:
        """Record."""
        extended = self.cleaned_data["answer"] == "extended"
        returns_on = self.cleaned_data["returns_on"] if extended else None
        bail_court.record_answer(self.subject, returns_on=returns_on, by=self.by)
        return "The court’s answer is recorded, and gaps were looked for."
