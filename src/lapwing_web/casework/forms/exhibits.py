"""What is recorded of an exhibit, and of the laboratories that examine them."""

from typing import Any

from django import forms
from django.urls import reverse

from lapwing.rules.continuity import LABELS, STEPS
from lapwing_web.casework.actions import exhibits
from lapwing_web.casework.forms.cases import CaseDecision
from lapwing_web.casework.forms.decision import Decision
from lapwing_web.casework.forms.referral import why_field
from lapwing_web.casework.forms.suspects import Timed
from lapwing_web.casework.models.exhibit import RESULTS
from lapwing_web.casework.models.governing import examination_policy
from lapwing_web.casework.queries.exhibits import chain_of, laboratories_for, whereabouts
from lapwing_web.moment import UK

PLACE = "Where it is, or where it went"


class SeizeForm(Timed):
    """A new exhibit. The subject is the case."""

    permission, title, submit = "work a case", "Add an exhibit to {}", "Add the exhibit"
    number = forms.CharField(
        label="Exhibit number",
        error_messages={"required": "Enter the exhibit number"},
        max_length=40,
        help_text="For example, AB/1",
    )
    kind = forms.ChoiceField(
        label="What is it?", widget=forms.RadioSelect, error_messages={"required": "Choose what it is"}
    )
    description = forms.CharField(
        label="Description",
        error_messages={"required": "Describe the exhibit"},
        max_length=300,
        help_text="Make, model, where it was found.",
    )
    suspect = forms.ChoiceField(label="Whose is it?", required=False)
    gigabytes = forms.IntegerField(
        label="Size in gigabytes, if known", required=False, min_value=0, max_value=10_000_000
    )
    needs = forms.ChoiceField(label="What does its examination ask for?", required=False)
    place = forms.CharField(
        label="Where was it seized?", error_messages={"required": "Enter where it was seized"}, max_length=200
    )

    def prepare(self) -> None:
        """Kinds and accreditations of policy, and the case's suspects."""
        super().prepare()
        version = examination_policy()
        self.fields["kind"].choices = [(code, kind.label) for code, kind in version.kinds.items()]  # type: ignore[attr-defined]
        listed = [(code, one.label) for code, one in version.accreditations.items()]
        self.fields["needs"].choices = [("", "Nothing in particular"), *listed]  # type: ignore[attr-defined]
        self.people = {str(one.pk): one for one in self.subject.suspects.order_by("number")}
        named = [(key, f"Suspect {one.number}: {one.label}") for key, one in self.people.items()]
        self.fields["suspect"].choices = [("", "Not known"), *named]  # type: ignore[attr-defined]

    @property
    def back(self) -> str:
        """The case's exhibits."""
        return f"{reverse('case', args=[self.subject.pk])}#exhibits"

    def act(self) -> str:
        """Record."""
        names = ("number", "kind", "description", "gigabytes", "needs", "place")
        given = {name: self.cleaned_data[name] for name in names}
        suspect = self.people.get(self.cleaned_data["suspect"])
        self.made = exhibits.seize(self.subject, at=self.at, suspect=suspect, by=self.by, **given)
        return f"{self.made} is recorded. Seal it, and record the seal."

    def after(self) -> str:
        """To the exhibit."""
        return reverse("exhibit", args=[self.made.pk])


class ExhibitDecision(CaseDecision):
    """A decision about an exhibit."""

    permission = "work a case"

    @property
    def back(self) -> str:
        """The exhibit's page."""
        return reverse("exhibit", args=[self.subject.pk])


class ContinuityForm(ExhibitDecision, Timed):
    """The next step in its continuity."""

    title, submit = "Continuity of {}", "Record the step"
    step = forms.ChoiceField(
        label="What was done?", widget=forms.RadioSelect, error_messages={"required": "Choose what was done"}
    )
    place = forms.CharField(
        label=PLACE, error_messages={"required": "Enter where it is, or where it went"}, max_length=200,
        help_text="If it was returned: to whom, and where.",
    )  # fmt: skip
    seal = forms.CharField(
        label="Seal", max_length=60, required=False, help_text="The seal put on, or the one found."
    )
    text = why_field("Anything to add", "Needed when the seal found is not the one put on.", required=False)

    def prepare(self) -> None:
        """Only what may follow the last step, and where that left it."""
        super().prepare()
        steps = chain_of(self.subject)
        may_follow = STEPS[steps[-1].step if steps else ""]
        self.fields["step"].choices = [(code, LABELS[code]) for code in LABELS if code in may_follow]  # type: ignore[attr-defined]
        if last := whereabouts(steps):
            at, seal = (
                last.at.astimezone(UK),
                f"Seal {last.seal} is on it" if last.seal else "No seal is on it",
            )
            self.lead = f"Last: {last.label.lower()}, {last.place}, {at:%-d %B %Y at %H:%M}. {seal}."
        if not may_follow:
            self.warning = "Nothing follows that step, so none can be recorded."

    def act(self) -> str:
        """Record."""
        given = {name: self.cleaned_data[name] for name in ("step", "place", "seal", "text")}
        made = exhibits.record_continuity(self.subject, at=self.at, by=self.by, **given)
        return f"Step {made.position} is in the chain: {LABELS[made.step].lower()}."


class QueueForm(ExhibitDecision):
    """Send it to be examined."""

    title, submit = "Send {} to be examined", "Put it in the queue"
    lead = "Its place follows from the band of the case, contact with children, bail, and how long it waits."

    def act(self) -> str:
        """Queue."""
        exhibits.queue(self.subject, by=self.by)
        return f"{self.subject} waits to be examined."


class UnqueueForm(ExhibitDecision):
    """Take it out of the queue."""

    title, submit = "Take {} out of the queue", "Take it out"
    why = why_field("Why is it not examined now?")

    def act(self) -> str:
        """Take out."""
        exhibits.unqueue(self.subject, why=self.cleaned_data["why"], by=self.by)
        return f"{self.subject} is out of the queue."


class BeginForm(ExhibitDecision):
    """Begin to examine it."""

    title, submit = "Examine {}", "Begin"
    laboratory = forms.ChoiceField(
        label="In which laboratory?", error_messages={"required": "Choose a laboratory"}
    )

    def prepare(self) -> None:
        """Those of the force."""
        self.labs = {str(lab.pk): lab for lab in laboratories_for(self.by)}
        listed = [("", "Choose one"), *((key, lab.name) for key, lab in self.labs.items())]
        self.fields["laboratory"].choices = listed  # type: ignore[attr-defined]
        if not self.labs:
            self.warning = (
                "Your force has no laboratory recorded. A supervisor adds one on the page of examinations."
            )

    def act(self) -> str:
        """Begin."""
        lab = self.labs[self.cleaned_data["laboratory"]]
        exhibits.begin_examination(self.subject, laboratory=lab, by=self.by)
        return f"{self.subject} is being examined. Record in its continuity that the seal was opened."


class FinishForm(ExhibitDecision):
    """What the examination came to."""

    title, submit = "Result for {}", "Record the result"
    result = forms.ChoiceField(
        label="What did it come to?", widget=forms.RadioSelect, choices=list(RESULTS.items()),
        error_messages={"required": "Choose what it came to"},
    )  # fmt: skip
    text = why_field("In a few words", "Needed when it could not be read.", required=False)

    def clean(self) -> dict[str, Any]:
        """What could not be read needs words."""
        cleaned = super().clean()
        if cleaned.get("result") == "unreadable" and not cleaned.get("text", "").strip():
            self.add_error("text", "Say what was tried, and what could be tried next")
        return cleaned

    def act(self) -> str:
        """Record."""
        exhibits.finish_examination(
            self.subject, result=self.cleaned_data["result"], text=self.cleaned_data["text"], by=self.by
        )
        last = whereabouts(chain_of(self.subject))
        told = f"The result for {self.subject} is recorded."
        return told if last and last.seal else f"{told} Seal it again, and record the seal."


class LaboratoryForm(Decision):
    """A laboratory of the force: its hours and its accreditation. The subject is the laboratory, or the
    force.
    """

    permission, title, submit = "manage laboratories", "Laboratory", "Save"
    shows = None
    name = forms.CharField(label="Name", error_messages={"required": "Enter a name"}, max_length=80)
    hours_a_week = forms.IntegerField(
        label="Hours of examination in a week",
        error_messages={"required": "Enter the hours in a week"},
        min_value=0,
        max_value=100_000,
    )
    accredited = forms.MultipleChoiceField(
        label="Accredited for", required=False, widget=forms.CheckboxSelectMultiple
    )

    def prepare(self) -> None:
        """As it stands."""
        version = examination_policy()
        listed = [(code, one.label) for code, one in version.accreditations.items()]
        self.fields["accredited"].choices = listed  # type: ignore[attr-defined]
        self.lab = self.subject if hasattr(self.subject, "hours_a_week") else None
        if self.lab:
            for name in ("name", "hours_a_week", "accredited"):
                self.fields[name].initial = getattr(self.lab, name)

    def heading(self) -> str:
        """Its name, once it has one."""
        return f"Laboratory {self.lab}" if self.lab else "Add a laboratory"

    @property
    def back(self) -> str:
        """The queue."""
        return reverse("examinations")

    def act(self) -> str:
        """Save."""
        given: dict[str, Any] = {
            name: self.cleaned_data[name] for name in ("name", "hours_a_week", "accredited")
        }
        made = exhibits.set_laboratory(laboratory=self.lab, by=self.by, **given)
        return f"{made} is saved."
