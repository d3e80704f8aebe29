"""What a force decides about a suspect: warrant, arrest, release, bail, restrictions, gaps."""

from datetime import datetime, time
from typing import Any

from django import forms
from django.conf import settings
from django.urls import reverse

from lapwing.policy import load
from lapwing_web.casework.actions import arrests, bail, gaps, warrants
from lapwing_web.casework.forms.cases import CaseDecision
from lapwing_web.casework.forms.referral import ANSWERS, why_field
from lapwing_web.casework.models import Arrest, Warrant
from lapwing_web.casework.models.contact import questions_open
from lapwing_web.casework.models.governing import stages_of
from lapwing_web.days import DayField
from lapwing_web.moment import UK, now, today
from lapwing_web.staff.permissions import may

KINDS = {
    "bail": "On bail, with conditions on contact with children",
    "bail_unconditional": "On bail without conditions: it restricts nothing",
    "investigation": "Under investigation: it restricts nothing",
    "remand": "To a court that remands the suspect in custody",
}
RANKS = [*((code, label.capitalize()) for code, label in bail.RANKS.items()), (bail.COURT, "A court")]

ENDS = (Warrant.State.EXECUTED, Warrant.State.WITHDRAWN, Warrant.State.EXPIRED)


class SuspectDecision(CaseDecision):
    """A decision about a suspect, or about what hangs on one."""

    permission = "work a case"

    @property
    def back(self) -> str:
        """The suspects' part of the case's page."""
        return f"{reverse('case', args=[self.case.pk])}#suspects"


def day(label: str, hint: str = "For example, 27 3 2026", *, required: bool = True) -> DayField:
    """A day."""
    return DayField(label=label, help_text=hint, required=required)


def hour(label: str) -> forms.TimeField:
    """A time of day."""
    return forms.TimeField(
        label=label, input_formats=["%H:%M", "%H.%M", "%H%M"], help_text="For example, 09:30, in UK time",
        error_messages={"required": "Enter a time", "invalid": "Enter a time such as 09:30"},
    )  # fmt: skip


class Timed(SuspectDecision):
    """A decision with an instant: a day and a time in the United Kingdom, not in the future."""

    on = day("On which day?")
    clock = hour("At what time?")

    def prepare(self) -> None:
        """Now, to begin with."""
        local = now().astimezone(UK)
        self.fields["on"].initial, self.fields["clock"].initial = local.date(), local.strftime("%H:%M")

    def clean(self) -> dict[str, Any]:
        """Make one instant of the two."""
        cleaned = super().clean()
        if cleaned.get("on") and cleaned.get("clock"):
            self.at = datetime.combine(cleaned["on"], cleaned["clock"], UK)
            if self.at > now():
                self.add_error("on", "This cannot be in the future")
        return cleaned


class SuspectForm(SuspectDecision):
    """Another suspect. The subject is the case."""

    title, submit = "Add a suspect to {}", "Add the suspect"
    label = forms.CharField(
        label="What tells this suspect from the others?",
        error_messages={"required": "Enter what tells this suspect from the others"},
        max_length=200,
    )
    is_child = forms.ChoiceField(
        label="Is the suspect a child?", widget=forms.RadioSelect,
        choices=ANSWERS, error_messages={"required": "Choose yes, no or not known"},
    )  # fmt: skip

    def act(self) -> str:
        """Add."""
        child = {"yes": True, "no": False, "unknown": None}[self.cleaned_data["is_child"]]
        made = arrests.add_suspect(self.subject, label=self.cleaned_data["label"], is_child=child, by=self.by)
        return f"Suspect {made.number} is added."


class WarrantForm(SuspectDecision):
    """Apply for a warrant."""

    title, submit = "Apply for a warrant: {}", "Record the application"
    grounds = why_field("Grounds", "Say who checked the address, and why it is needed now.")

    def act(self) -> str:
        """Apply."""
        warrants.apply_for_warrant(self.subject, grounds=self.cleaned_data["grounds"], by=self.by)
        return "The application is recorded."


class WarrantAnswerForm(SuspectDecision):
    """The court's answer. The subject is the warrant."""

    title, submit = "The court’s answer: {}", "Record the answer"
    answer = forms.ChoiceField(
        label="Was it granted?", widget=forms.RadioSelect, choices=[("yes", "Granted"), ("no", "Refused")],
        error_messages={"required": "Choose granted or refused"},
    )  # fmt: skip
    on = day("On which day?")

    def act(self) -> str:
        """Record."""
        granted = self.cleaned_data["answer"] == "yes"
        made = warrants.answer_warrant(self.subject, granted=granted, on=self.cleaned_data["on"], by=self.by)
        return (
            f"It can be executed until {made.expires_on:%-d %B %Y}."
            if granted
            else "The refusal is recorded."
        )


class WarrantEndForm(SuspectDecision):
    """What became of a warrant."""

    title, submit = "What became of the warrant: {}", "Record it"
    how = forms.ChoiceField(
        label="What became of it?", widget=forms.RadioSelect,
        error_messages={"required": "Choose what became of it"},
        choices=[(state.value, state.label) for state in ENDS],
    )  # fmt: skip
    on = day("On which day?")

    def act(self) -> str:
        """Record."""
        warrants.end_warrant(
            self.subject, how=self.cleaned_data["how"], on=self.cleaned_data["on"], by=self.by
        )
        return f"The warrant is recorded as {self.subject.get_state_display().lower()}."


class ArrestForm(Timed):
    """An arrest."""

    title, submit = "Arrest: {}", "Record the arrest"
    position_of_trust = forms.ChoiceField(
        label="Does the suspect hold a position of trust over children?", widget=forms.RadioSelect,
        choices=Arrest.Trust.choices, error_messages={"required": "Choose yes, no or not known"},
    )  # fmt: skip

    def act(self) -> str:
        """Record."""
        trust = self.cleaned_data["position_of_trust"]
        arrests.arrest(self.subject, at=self.at, position_of_trust=trust, by=self.by)
        return f"The arrest of suspect {self.subject.number} is recorded. Its duties have clocks."


class WithPlans(SuspectDecision):
    """A decision that needs a plan for each child of the case."""

    def add_plans(self, *, required: bool) -> None:
        """A box for each child, by number; one where none is known."""
        self.plan_keys = {}
        for child in self.case.children.order_by("number"):
            self.plan_keys[f"plan_{child.pk}"] = child.pk
            self.fields[f"plan_{child.pk}"] = why_field(
                f"What keeps child {child.number} safe?", required=required
            )
        if not self.plan_keys:
            self.plan_keys["plan_0"] = gaps.FOR_ALL
            hint = "No child is known yet. Say how children in contact are being looked for, and kept safe."
            self.fields["plan_0"] = why_field("What keeps any child safe?", hint, required=required)

    @property
    def plans(self) -> dict[int, str]:
        """The plans as actions take them."""
        return {key: self.cleaned_data.get(name, "") for name, key in self.plan_keys.items()}


class ReleaseForm(WithPlans, Timed):
    """Release from custody. The subject is the arrest."""

    title, submit = "Release: {}", "Record the release"
    kind = forms.ChoiceField(
        label="How is the suspect released?", widget=forms.RadioSelect, choices=list(KINDS.items()),
        error_messages={"required": "Choose how the suspect is released"},
    )  # fmt: skip
    returns_on = day("For bail: returns on which day?", required=False)
    rank = forms.ChoiceField(
        label="For bail: authorised by", required=False, choices=[("", "Choose who"), *RANKS]
    )
    conditions = why_field("For bail with conditions: the conditions", required=False)

    def prepare(self) -> None:
        """Where a question is open, a superior's reason and a plan for each child."""
        super().prepare()
        found = stages_of(self.subject)
        said = [f"{end.stage.label.lower()} to {end.last_on:%-d %B %Y}" for end in found if end.last_on]
        self.lead = (
            f"By the law of the day of the arrest: {'; '.join(said)}." if said else "The law sets no limit."
        )
        self.plan_keys: dict[str, int] = {}
        names = questions_open(self.case)
        if not names:
            return
        listed = ", ".join(name.lower() for name in names)
        self.warning = f"Contact with children is not answered: {listed}. "
        if may(self.by, "sign a gap"):
            self.warning += "You answer for a release, with a reason and a plan for each child."
            self.fields["reason"] = why_field("Why is the suspect released before it is answered?")
            self.add_plans(required=True)
        else:
            self.warning += "Answer it first, or ask a supervisor to record the release."

    def act(self) -> str:
        """Record."""
        given = {name: self.cleaned_data.get(name) for name in ("kind", "returns_on", "rank", "conditions")}
        reason = self.cleaned_data.get("reason", "")
        arrests.release(self.subject, at=self.at, reason=reason, plans=self.plans, by=self.by, **given)  # type: ignore[arg-type]
        return "The release is recorded, and gaps were looked for."


class RestrictForm(SuspectDecision):
    """An order, a licence, another restriction."""

    title, submit = "Another restriction: {}", "Record the restriction"
    kind = forms.ChoiceField(label="Which?", error_messages={"required": "Choose which restriction"})
    begins_on = day("From which day?")
    ends_on = day("Until the end of which day?", "Empty if nothing ends it yet.", required=False)
    conditions = why_field("What it says", required=False)

    def prepare(self) -> None:
        """Every kind that is not given by a release."""
        kinds = load("restrictions", settings.JURISDICTION).on(today()).kinds
        listed = [
            (code, one.label if one.enforceable else f"{one.label} (restricts nothing)")
            for code, one in kinds.items()
            if code not in arrests.OF_AN_ARREST
        ]
        self.fields["kind"].choices = [("", "Choose which"), *listed]  # type: ignore[attr-defined]

    def act(self) -> str:
        """Record."""
        begins = datetime.combine(self.cleaned_data["begins_on"], time(), UK)
        ends = arrests.to_the_end_of(self.cleaned_data["ends_on"])
        kind, words = self.cleaned_data["kind"], self.cleaned_data["conditions"]
        arrests.restrict(
            self.subject, kind=kind, begins_at=begins, ends_at=ends, conditions=words, by=self.by
        )
        return "The restriction is recorded, and gaps were looked for."


class EndRestrictionForm(SuspectDecision):
    """It ends, or will. The subject is the restriction."""

    title, submit, danger = "End a restriction: {}", "End it", True
    on = day(
        "On which day does it end?",
        "For example, 27 3 2026. Today: it ends now. Another day: when that day is over.",
    )
    why = why_field("Why does it end?")

    def act(self) -> str:
        """End."""
        at = arrests.to_the_end_of(self.cleaned_data["on"])
        at = now() if self.cleaned_data["on"] == today() else at
        arrests.end_restriction(self.subject, at=at, why=self.cleaned_data["why"], by=self.by)  # type: ignore[arg-type]
        return "Its end is recorded, and gaps were looked for."


class DutyForm(SuspectDecision):
    """What became of a duty. The subject is the duty."""

    submit = "Record it"
    result = forms.ChoiceField(
        label="What became of it?",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what became of it"},
    )
    text = why_field("In a few words", "Needed for choices marked *.", required=False)

    def prepare(self) -> None:
        """The results that policy lists."""
        self.known = arrests.arrests_policy().duties[self.subject.kind]
        self.lead = self.known.find_out
        listed = [
            (code, f"{one.label}{' *' if one.text else ''}") for code, one in self.known.results.items()
        ]
        self.fields["result"].choices = listed  # type: ignore[attr-defined]

    def heading(self) -> str:
        """The duty in words."""
        return self.known.label

    def clean(self) -> dict[str, Any]:
        """Words where they are needed."""
        cleaned = super().clean()
        chosen = self.known.results.get(cleaned.get("result", ""))
        if chosen and chosen.text and not cleaned.get("text", "").strip():
            self.add_error("text", f"Say more: “{chosen.label}” needs a few words")
        return cleaned

    def act(self) -> str:
        """Record."""
        arrests.record_duty(
            self.subject, result=self.cleaned_data["result"], text=self.cleaned_data["text"], by=self.by
        )
        return f"{self.known.label} is recorded."


class SignGapForm(WithPlans):
    """A superior answers for a gap. The subject is the gap."""

    permission = "sign a gap"
    title, submit, danger = "Sign for a gap: {}", "I answer for it", True
    reason = why_field("Why is there no enforceable restriction?", "Your name stands beside it.")

    def prepare(self) -> None:
        """When it is, and a plan for each child."""
        until = (
            f"until {self.subject.ends_at.astimezone(UK):%-d %B %Y, %H:%M}"
            if self.subject.ends_at
            else "and nothing ends it yet"
        )
        begins = self.subject.begins_at.astimezone(UK)
        self.lead = (
            f"The suspect is at liberty from {begins:%-d %B %Y, %H:%M} {until}, and nothing that can be "
            "enforced restricts them."
        )
        self.add_plans(required=True)

    def act(self) -> str:
        """Sign."""
        gaps.sign_gap(self.subject, reason=self.cleaned_data["reason"], plans=self.plans, by=self.by)
        return "Your reason and the plans are kept."
