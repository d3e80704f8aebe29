"""Allocating a case: who is proposed and why, and an override with its reason."""

from typing import Any

from django import forms

from lapwing_web.casework.actions import allocate
from lapwing_web.casework.forms.cases import CaseDecision
from lapwing_web.casework.forms.referral import why_field
from lapwing_web.casework.models.carrying import matrix, proposals
from lapwing_web.casework.queries.allocation import workers_of


class AllocateForm(CaseDecision):
    """Give a case to an officer."""

    permission, title, submit = "allocate a case", "Allocate {}", "Allocate it"
    template = "casework/cases/allocate.html"
    to = forms.ChoiceField(
        label="To whom?", widget=forms.RadioSelect, error_messages={"required": "Choose an officer"}
    )
    override = forms.BooleanField(label="Override what stands in the way", required=False)
    why = why_field("Reason", "Needed for an override: it stands on a list beside your name.", required=False)

    def prepare(self) -> None:
        """Everybody, those who fit first, each with what stands in the way."""
        self.found = proposals(self.subject)
        carries = matrix().carries
        self.fields["to"].choices = [  # type: ignore[attr-defined]
            (
                str(one.officer.key),
                f"{one.officer.name}: carries {one.officer.load} of {carries}" + _said(one.obstacles),
            )
            for one in self.found
            if one.officer.key != self.subject.owner_id
        ]
        fits = [one for one in self.found if one.fits and one.officer.key != self.subject.owner_id]
        self.fields["to"].initial = str(fits[0].officer.key) if fits else ""
        if not fits:
            self.warning = "Nobody fits. Train somebody, lighten a load, or override it with a reason."

    def page(self) -> dict[str, Any]:
        """With what the band asks for."""
        version = matrix()
        needs = [version.courses[code].label for code in version.bands[self.subject.band].courses]
        return {**super().page(), "needs": needs, "confirmed": version.confirmed}

    def act(self) -> str:
        """Give it."""
        to = workers_of(self.by).get(pk=self.cleaned_data["to"])
        given = {name: self.cleaned_data[name] for name in ("override", "why")}
        allocate.allocate(self.subject, to=to, by=self.by, **given)
        return f"{self.subject.reference} is with {to}."


def _said(obstacles: list[str]) -> str:
    return f". Not without an override: {'; '.join(obstacles)}" if obstacles else ""


class TakeBackForm(CaseDecision):
    """Take a case from whoever has it."""

    permission, title, submit = "allocate a case", "Take {} back", "Take it back"
    why = why_field("Why is it taken back?")

    def act(self) -> str:
        """Take."""
        allocate.take_back(self.subject, why=self.cleaned_data["why"], by=self.by)
        return f"{self.subject.reference} is with nobody, and its clock runs."
