"""What a force decides about a case."""

from typing import Any

from django import forms
from django.conf import settings
from django.urls import reverse

from lapwing.policy import load
from lapwing_web.casework.actions import cases, transfer, unjoining
from lapwing_web.casework.forms.decision import Decision
from lapwing_web.casework.forms.referral import why_field
from lapwing_web.casework.forms.sending import force_field
from lapwing_web.casework.models import Referral
from lapwing_web.casework.models.contact import questions_open
from lapwing_web.casework.queries.cases import by_urgency, cases_for
from lapwing_web.casework.queries.referrals import forces
from lapwing_web.days import DayField
from lapwing_web.moment import today


class CaseDecision(Decision):
    """A decision about a case, or about something that hangs on one: it leads back to the case's page."""

    page_name = "case"

    @property
    def case(self) -> Any:
        """The case that the decision is about."""
        return getattr(self.subject, "case", self.subject)

    @property
    def back(self) -> str:
        """The case's page."""
        return reverse("case", args=[self.case.pk])


class BandForm(CaseDecision):
    """The band of the case."""

    permission, title, submit = "work a case", "Change the band of {}", "Change the band"
    band = forms.ChoiceField(
        label="New band", widget=forms.RadioSelect, error_messages={"required": "Choose a band"}
    )
    why = why_field("Why does the band change?")

    def prepare(self) -> None:
        """Every band but the present one; a warning while it cannot drop."""
        self.fields["band"].choices = [  # type: ignore[attr-defined]
            (code, label) for code, label in Referral.Band.choices if code != self.subject.band
        ]
        self.lead = f"It is {self.subject.get_band_display().lower()} now."
        if questions_open(self.subject):
            self.warning = "The band cannot drop while a question on contact with children is not answered."

    def act(self) -> str:
        """Change it."""
        given = {name: self.cleaned_data[name] for name in ("band", "why")}
        cases.set_band(self.subject, **given, by=self.by)
        return f"{self.subject.reference} is {self.subject.get_band_display().lower()} now."


class CrimeForm(CaseDecision):
    """A crime recorded for the case."""

    permission, title, submit = "work a case", "Record a crime for {}", "Record the crime"
    lead = "A crime already recorded for another case of your force is counted once: give the same number."
    number = forms.CharField(
        label="Crime number", error_messages={"required": "Enter the crime number"}, max_length=40
    )
    on = DayField(label="Day on which it was recorded", help_text="For example, 27 3 2026")
    rule = forms.ChoiceField(
        label="Counted as",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose the counting rule"},
    )

    def prepare(self) -> None:
        """The counting rules of today."""
        version = load("crime_counting", settings.JURISDICTION).on(today())
        self.fields["rule"].choices = [(code, rule.label) for code, rule in version.rules.items()]  # type: ignore[attr-defined]
        if not version.confirmed:
            self.fields["rule"].help_text = "These rules are as recalled, and nobody has confirmed them."

    def act(self) -> str:
        """Record."""
        given = {name: self.cleaned_data[name] for name in ("number", "on", "rule")}
        crime = cases.record_crime(self.subject, **given, by=self.by)
        return f"{crime} is recorded for {self.subject.reference}."


class JoinCasesForm(CaseDecision):
    """One suspect, two cases."""

    permission, title, submit = "work a case", "Join {} to another case", "Join them"
    lead = (
        "For two cases about one suspect. All of this case goes on in the other: packages, children, crimes. "
        "Of two answers on contact with children, the more careful one stands."
    )
    into = forms.CharField(
        label="Reference of the case that goes on",
        error_messages={"required": "Enter the reference of the case that goes on"},
        max_length=20,
        help_text="For example, CS-0000012",
    )
    why = why_field("How do you know that it is one suspect?")

    def clean_into(self) -> Any:
        """One of the force's own open cases, by its reference."""
        given = self.cleaned_data["into"].strip().upper().removeprefix("CS-").lstrip("0")
        found = cases_for(self.by).filter(state="open").exclude(pk=self.subject.pk)
        case = (
            by_urgency(found).filter(pk=int(given)).first()
            if given.isascii() and given.isdigit() and len(given) < 10
            else None
        )
        if case is None:
            raise forms.ValidationError("Your force has no other open case of that reference.")
        return case

    def act(self) -> str:
        """Join."""
        self.goes_on = cases.join_cases(
            self.subject, into=self.cleaned_data["into"], why=self.cleaned_data["why"], by=self.by
        )
        return f"{self.subject.reference} goes on in {self.goes_on.reference}."

    def after(self) -> str:
        """To the case that goes on."""
        return reverse("case", args=[self.goes_on.pk])


class UnjoinCasesForm(CaseDecision):
    """Two suspects after all. The subject is the join."""

    permission, title, submit = "work a case", "Take {} out again", "Take it out"
    lead = (
        "What it brought goes back to it, with what was recorded of that since: packages, children, arrests, "
        "exhibits. A crime is counted once, as before. What was recorded of the other stays there."
    )
    warning = (
        "The answers on contact with children that the join combined stay in the case it was joined to, "
        "until somebody asks again."
    )
    why = why_field("How do you know that it is not one suspect?")

    @property
    def back(self) -> str:
        """The case that it was joined to."""
        return reverse("case", args=[self.subject.into_id])

    def act(self) -> str:
        """Undo the join."""
        self.out = unjoining.undo_join(self.subject, why=self.cleaned_data["why"], by=self.by)
        return f"{self.out.reference} is worked on its own again."

    def after(self) -> str:
        """To the case that is out."""
        return reverse("case", args=[self.out.pk])


class OfferForm(CaseDecision):
    """Another force's."""

    permission, title, submit = "transfer a case", "Offer {} to another force", "Offer it"
    lead = (
        "Until that force accepts, the case is yours, with every clock. It may read what your force was sent."
    )
    to = force_field("To which force?")
    why = why_field("Why is the case theirs?", "The other force reads this first.")

    def prepare(self) -> None:
        """Every force but this one."""
        self.forces = {force.pk: force for force in forces() if force.pk != self.subject.organisation_id}
        listed = [(code, force.name) for code, force in self.forces.items()]
        self.fields["to"].choices = [("", "Choose a force"), *listed]  # type: ignore[attr-defined]

    def act(self) -> str:
        """Offer."""
        to = self.forces[self.cleaned_data["to"]]
        transfer.offer(self.subject, to=to, why=self.cleaned_data["why"], by=self.by)
        return f"{self.subject.reference} is offered to {to}. It is yours until they accept."


class OfferAnswer(CaseDecision):
    """A decision about an offer, which shows nothing of the case but what the offer says."""

    permission, page_name = "transfer a case", "offer"
    shows = None

    @property
    def back(self) -> str:
        """The offer's page."""
        return reverse("offer", args=[self.subject.pk])


class AcceptOfferForm(OfferAnswer):
    """Take the case over."""

    title, submit = "Take over {}", "Take it over"
    lead = "From this moment the case is your force’s, with its children, its clocks and all that was done."

    def act(self) -> str:
        """Accept."""
        transfer.accept_offer(self.subject, by=self.by)
        return f"{self.subject.reference} is your force’s now."

    def after(self) -> str:
        """To the case."""
        return reverse("case", args=[self.subject.case_id])


class RefuseOfferForm(OfferAnswer):
    """Leave the case where it is."""

    title, submit, danger = "Refuse {}", "Refuse it", True
    why = why_field("Why does your force not take it?", "The other force reads this.")

    def act(self) -> str:
        """Refuse."""
        transfer.refuse_offer(self.subject, why=self.cleaned_data["why"], by=self.by)
        return f"{self.subject.reference} stays with {self.subject.sender}."


class WithdrawOfferForm(OfferAnswer):
    """Take the offer back."""

    title, submit = "Withdraw the offer of {}", "Withdraw it"
    lead = "The case stays yours, and the other force can no longer read what was sent."

    def act(self) -> str:
        """Withdraw."""
        transfer.withdraw_offer(self.subject, by=self.by)
        return f"{self.subject.reference} is no longer offered."
