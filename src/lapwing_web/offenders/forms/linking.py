"""What identifies an offender, and the referrals that they may be in."""

from django import forms
from django.urls import reverse

from lapwing_web.casework.forms.referral import why_field
from lapwing_web.moment import UK
from lapwing_web.offenders.actions import linking
from lapwing_web.offenders.forms.notifying import NotificationDecision
from lapwing_web.offenders.models.linked import KINDS
from lapwing_web.offenders.queries.links import worked_here


class LinkDecision(NotificationDecision):
    """A decision about something of an offender's; it leads back to the page on what identifies them."""

    @property
    def back(self) -> str:
        """Where selectors and links stand."""
        return reverse("offender-links", args=[self.offender.pk])


class SelectorForm(LinkDecision):
    """Something that identifies the offender."""

    title, submit = "What identifies the offender: {}", "Add it"
    lead = (
        "From now on every new referral is compared with it. Those that are here are searched for it at once."
    )
    kind = forms.ChoiceField(
        label="What is it?", widget=forms.RadioSelect, choices=list(KINDS.items()),
        error_messages={"required": "Choose what it is"},
    )  # fmt: skip
    value = forms.CharField(
        label="As it was notified", max_length=500, error_messages={"required": "Enter what was notified"}
    )

    def act(self) -> str:
        """Add it."""
        given = {name: self.cleaned_data[name] for name in ("kind", "value")}
        before = self.subject.links.count()
        linking.add_selector(self.subject, **given, by=self.by)
        found = self.subject.links.count() - before
        if not found:
            return "It is added. No other referral that is here was seen with it."
        return f"It is added. Referrals that are here and may be about the offender: {found}."


class DropSelectorForm(LinkDecision):
    """It does not identify the offender."""

    title, submit, danger = "Take away: {}", "Take it away", True
    lead = "Links that it has made stay."
    why = why_field("Why is it not the offender’s?")

    def act(self) -> str:
        """Take it away."""
        linking.drop_selector(self.subject, why=self.cleaned_data["why"], by=self.by)
        return "It is taken away."


class AcknowledgeLinkForm(LinkDecision):
    """Somebody has seen that a referral may be about the offender."""

    title, submit = "A referral may be about the offender: {}", "Acknowledge"
    came_to = why_field(
        "What did you find?", "Whether it is the same person, whom you told, and what becomes of the plan."
    )

    def prepare(self) -> None:
        """What the two share, who else knows of it, and what was found if somebody has acknowledged it."""
        super().prepare()
        row, here = self.subject, worked_here(self.by, self.subject.referral)
        said = [f"They share the same {row.because_words}. That is a question, and no answer."]
        if here:
            said.append(f"Your force works the referral: {here}.")
        said.append(f"Ask the agency, by the number {row.referral.reference}, what else it knows.")
        self.lead = " ".join(said)
        if row.acknowledged_at:
            on = row.acknowledged_at.astimezone(UK)
            self.warning = (
                f"{row.acknowledged_by} has acknowledged it, on {on:%-d %B %Y at %H:%M}: {row.came_to}"
            )

    def act(self) -> str:
        """Acknowledge."""
        linking.acknowledge_link(self.subject, came_to=self.cleaned_data["came_to"], by=self.by)
        return "It is acknowledged."
