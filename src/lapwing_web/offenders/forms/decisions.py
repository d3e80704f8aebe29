"""What a force decides about a registered offender."""

from typing import Any

from django import forms
from django.urls import reverse

from lapwing_web.casework.forms.decision import Decision
from lapwing_web.casework.forms.referral import why_field
from lapwing_web.casework.forms.suspects import day
from lapwing_web.moment import today
from lapwing_web.offenders.actions import managing, registering
from lapwing_web.offenders.models import Offender, Visit
from lapwing_web.offenders.models.governing import visits_policy
from lapwing_web.offenders.queries.offenders import managers_for
from lapwing_web.staff.models import User


class TurnDecision(Decision):
    """A decision about a record whose changes are counted (`turn`): it holds for what was seen."""

    def prepare(self) -> None:
        """Remember which turn of the record the person saw."""
        self.fields["seen"].initial = str(self.subject.turn)

    def clean(self) -> dict[str, Any]:
        """Refuse when the record was changed since the page was opened."""
        cleaned = forms.Form.clean(self) or self.cleaned_data
        if cleaned.get("seen") and cleaned["seen"] != str(self.subject.turn):
            self.data = {**self.data.dict(), "seen": str(self.subject.turn)}  # type: ignore[attr-defined]
            raise forms.ValidationError(
                f"{self.subject} has been changed since you opened this page. "
                "Check that your decision still holds, and send it again."
            )
        return cleaned


class OffenderDecision(TurnDecision):
    """A decision about an offender: it leads back to the offender's page."""

    permission, page_name = "manage an offender", "offender"

    @property
    def shows(self) -> Any:
        """The offender's record, for which a reason is asked."""
        return self.subject

    def dated(self, name: str, what: str) -> None:
        """Ask again for a day that is to come."""
        if self.cleaned_data.get(name) and self.cleaned_data[name] > today():
            self.add_error(name, f"{what} is recorded when it has been done")


def level_field(label: str) -> forms.ChoiceField:
    """A level of risk."""
    return forms.ChoiceField(
        label=label, widget=forms.RadioSelect, choices=Offender.Level.choices,
        error_messages={"required": "Choose a level"},
    )  # fmt: skip


def gaps_said() -> str:
    """The longest time between visits at each level, and whether anybody confirmed it."""
    version = visits_policy()
    said = [
        f"{one.label.lower()} {one.visit} month{'s' * (one.visit != 1)}" for one in version.levels.values()
    ]
    starting = "" if version.confirmed else " Nobody has confirmed these: they are as recalled."
    return f"The longest time between visits: {', '.join(said)}.{starting}"


class LevelForm(OffenderDecision):
    """The level of risk."""

    title, submit = "Set the level of risk: {}", "Set the level"
    level = level_field("New level")
    why = why_field("Why is the level set so?")

    def prepare(self) -> None:
        """Every level but the present one."""
        super().prepare()
        self.lead = f"It is {self.subject.get_level_display().lower()} now. {gaps_said()}"
        listed = [(code, label) for code, label in Offender.Level.choices if code != self.subject.level]
        self.fields["level"].choices = listed  # type: ignore[attr-defined]

    def act(self) -> str:
        """Set it."""
        given = {name: self.cleaned_data[name] for name in ("level", "why")}
        one = managing.set_level(self.subject, **given, by=self.by)
        return f"{one.reference} is at {one.get_level_display().lower()} risk. {_next(one)}"


def _next(offender: Offender) -> str:
    due = offender.visit_due_on
    return f"The next visit is due by {due:%-d %B %Y}." if due else "No visit has a date: it is reactive."


class PlanForm(OffenderDecision):
    """The next visit, on the officer's own date."""

    title, submit = "Plan the next visit: {}", "Save the plan"
    visit_on = day("On which day?")
    text = why_field("What is the visit to find out?")

    def prepare(self) -> None:
        """How late it may be."""
        super().prepare()
        latest = self.subject.visit_latest_on
        self.lead = gaps_said()
        if latest:
            late = latest < today()
            self.lead = f"No later than {max(latest, today()):%-d %B %Y}. {gaps_said()}"
            self.warning = f"The visit was due by {latest:%-d %B %Y}: plan it for today." if late else ""

    def act(self) -> str:
        """Plan it."""
        given = {name: self.cleaned_data[name] for name in ("visit_on", "text")}
        plan = managing.plan_visit(self.subject, **given, by=self.by)
        return f"The next visit is planned for {plan.visit_on:%-d %B %Y}."


class VisitForm(OffenderDecision):
    """A visit."""

    title, submit = "Record a visit: {}", "Record the visit"
    on = day("On which day?")
    result = forms.ChoiceField(
        label="Was the offender seen?", widget=forms.RadioSelect,
        error_messages={"required": "Choose whether the offender was seen"},
        choices=[(Visit.Result.SEEN, "Seen"), (Visit.Result.NO_ANSWER, "No answer: the visit stays due")],
    )  # fmt: skip
    text = why_field("What did the visit find?", "Needed if the offender was seen.", required=False)

    def prepare(self) -> None:
        """Today, to begin with."""
        super().prepare()
        self.fields["on"].initial = today()

    def clean(self) -> dict[str, Any]:
        """Words where somebody was seen; no day to come."""
        cleaned = super().clean()
        if cleaned.get("result") == Visit.Result.SEEN and not cleaned.get("text", "").strip():
            self.add_error("text", "Say what the visit found")
        self.dated("on", "A visit")
        return cleaned

    def act(self) -> str:
        """Record."""
        given = {name: self.cleaned_data[name] for name in ("on", "result", "text")}
        managing.record_visit(self.subject, **given, by=self.by)
        return f"The visit is recorded. {_next(self.subject)}"


class AssessForm(OffenderDecision):
    """An assessment."""

    title, submit = "Record an assessment: {}", "Record the assessment"
    on = day("On which day?")
    level = level_field("Which level did it come to?")
    text = why_field("What does it rest on?")

    def prepare(self) -> None:
        """Today, and the present level."""
        super().prepare()
        self.lead = f"It is {self.subject.get_level_display().lower()} now. {gaps_said()}"
        self.fields["on"].initial = today()

    def clean(self) -> dict[str, Any]:
        """No day to come."""
        cleaned = super().clean()
        self.dated("on", "An assessment")
        return cleaned

    def act(self) -> str:
        """Record."""
        given = {name: self.cleaned_data[name] for name in ("on", "level", "text")}
        managing.record_assessment(self.subject, **given, by=self.by)
        due = self.subject.assessment_due_on
        return f"The assessment is recorded. The next is due by {due:%-d %B %Y}."


class AssignForm(OffenderDecision):
    """Who manages the offender."""

    permission, title, submit = "assign an offender", "Assign a manager: {}", "Assign"
    to = forms.ChoiceField(label="To whom?", error_messages={"required": "Choose who manages the offender"})
    why = why_field("Why?", "Needed if nobody is to manage the offender.", required=False)

    def prepare(self) -> None:
        """Everybody, those with fewest offenders first; and nobody."""
        super().prepare()
        reasonable = visits_policy().reasonable
        self.lead = f"{reasonable} offenders to one manager are reasonable."
        listed = [
            (str(person.pk), f"{person}{f', {person.team}' if person.team else ''}: has {count}")
            for person, count in managers_for(self.by)
            if person.pk != self.subject.manager_id
        ]
        nobody = [("nobody", "Nobody for now")] if self.subject.manager_id else []
        self.fields["to"].choices = [("", "Choose somebody"), *listed, *nobody]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A reason where nobody is to manage."""
        cleaned = super().clean()
        if cleaned.get("to") == "nobody" and not cleaned.get("why", "").strip():
            self.add_error("why", "Say why nobody manages the offender")
        return cleaned

    def act(self) -> str:
        """Assign."""
        chosen = self.cleaned_data["to"]
        to = None if chosen == "nobody" else User.objects.get(pk=chosen)
        managing.assign_manager(self.subject, to=to, why=self.cleaned_data["why"], by=self.by)
        return f"{self.subject.reference} is with {to or 'nobody'}."


class EndForm(OffenderDecision):
    """The end of a registration."""

    permission, title = "end a registration", "End the registration: {}"
    submit, danger = "End the registration", True
    lead = "The record is kept, and what was due is due no more. It can be registered again."
    on = day("On which day did it end?")
    why = why_field("Why does it end?")

    def clean(self) -> dict[str, Any]:
        """No day to come."""
        cleaned = super().clean()
        self.dated("on", "An end")
        return cleaned

    def act(self) -> str:
        """End it."""
        given = {name: self.cleaned_data[name] for name in ("on", "why")}
        registering.end_registration(self.subject, **given, by=self.by)
        return f"The registration of {self.subject.reference} has ended."

    def after(self) -> str:
        """The list: the page of one who is no longer registered would ask at once why it is looked at."""
        return reverse("offenders")


class AgainForm(OffenderDecision):
    """Registered again."""

    permission, title, submit = "end a registration", "Register again: {}", "Register again"
    lead = "The record goes on where it ended, and what is due is worked out again."
    why = why_field("Why is the offender registered again?")

    def act(self) -> str:
        """Register."""
        registering.register_again(self.subject, why=self.cleaned_data["why"], by=self.by)
        return f"{self.subject.reference} is registered again. {_next(self.subject)}"
