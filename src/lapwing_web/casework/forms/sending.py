"""Sending packages, and recording how things ended."""

from typing import Any

from django import forms
from django.urls import reverse

from lapwing_web.casework.actions import agree, decide, outcome, package
from lapwing_web.casework.actions.closing import obstacles
from lapwing_web.casework.actions.holding import outcomes
from lapwing_web.casework.actions.prosecution import unallocated
from lapwing_web.casework.actions.second_person import NEEDED
from lapwing_web.casework.forms.decision import Decision, Reasoned
from lapwing_web.casework.forms.referral import why_field
from lapwing_web.casework.models.explained import reports_of
from lapwing_web.casework.queries.detail import routing_of
from lapwing_web.casework.queries.packages import label_of, outcome_label, sent_before
from lapwing_web.casework.queries.referrals import forces
from lapwing_web.days import DayField


def force_field(label: str) -> forms.ChoiceField:
    """A choice of police force; filled in by `offer_forces`."""
    return forms.ChoiceField(label=label, error_messages={"required": "Choose a force"})


def offer_forces(form: Decision, first: str) -> None:
    """Every force by name, `first` (a code, or "") chosen."""
    form.forces = {force.pk: force for force in forces()}  # type: ignore[attr-defined]
    listed = [(code, force.name) for code, force in form.forces.items()]  # type: ignore[attr-defined]
    form.fields["to"].choices = [("", "Choose a force"), *listed]  # type: ignore[attr-defined]
    form.fields["to"].initial = first


class DisseminateForm(Reasoned):
    """Send it to a force."""

    permission, group = "disseminate a referral", "disseminate"
    title, submit, question = "Send {} to a force", "Send the package", "Why this force?"
    template = "casework/disseminate.html"
    text_label = "What the force should know first"
    to = force_field("To which force?")
    field_order = ["seen", "to", "reason", "text"]

    def prepare(self) -> None:
        """The force that the evidence points to is chosen already, unless it has sent this back before."""
        super().prepare()
        self.earlier = sent_before(self.subject)
        back = {sent.package.to_id for sent in self.earlier if sent.package.state == "returned"}
        self.came_back = self.subject.proposed_force_id in back
        offer_forces(self, "" if self.came_back else self.subject.proposed_force_id or "")

    def page(self) -> dict[str, Any]:
        """With what was sent before, the evidence for a force, and what will be sent."""
        told = reports_of(self.subject)
        shown = {"routing": routing_of(self.subject), "sent": _counts(self.subject, told)}
        return {**super().page(), **shown, "earlier": self.earlier, "came_back": self.came_back}

    def act(self) -> str:
        """Send."""
        to = self.forces[self.cleaned_data["to"]]  # type: ignore[attr-defined]
        sent = package.disseminate(self.subject, to=to, **self.chosen, by=self.by)
        return f"{sent.reference} is sent to {to}. A clock waits for the answer."


def _counts(referral: Any, told: list[Any]) -> list[tuple[str, int]]:
    """What a package would hold, counted."""
    return [
        ("Reports", len(told)),
        ("People", sum(person.role != "reporter" for one in told for person in one.report.people)),
        (
            "Selectors",
            referral.sightings.exclude(role="reporter").values("selector", "role").distinct().count(),
        ),
        ("Files, as hashes and flags", sum(len(one.report.files) for one in told)),
        ("IP events with their verdicts", referral.ip_events.count()),
        ("Facts found by officers, with their source", referral.facts.values("name").distinct().count()),
    ]


class SafeguardForm(Decision):
    """Tell the force where a child is."""

    permission, title = "disseminate a referral", "Safeguarding package from {}"
    submit = "Send the safeguarding package"
    lead = (
        "For the force where a child lives or is. It holds what protects the child: who that is, the risk"
        " and why. It leaves out the suspect’s selectors and IP addresses. The referral stays."
    )
    to = force_field("To which force?")
    text = why_field("What should the force do, and why?", "The force reads this first.")

    def prepare(self) -> None:
        """Any force; none is proposed, as it is seldom the suspect's."""
        offer_forces(self, "")

    def act(self) -> str:
        """Send."""
        to = self.forces[self.cleaned_data["to"]]  # type: ignore[attr-defined]
        sent = package.send_safeguarding(self.subject, to=to, text=self.cleaned_data["text"], by=self.by)
        return f"{sent.reference}, a safeguarding package, is sent to {to}."


class SupplementForm(Decision):
    """Send what has been learnt since."""

    permission, title, submit = "disseminate a referral", "Send a supplement about {}", "Send the supplement"
    lead = "The force that has it gets a new snapshot, marked as adding to what it was sent."
    text = why_field("What is new?", "The force reads this first.")

    def act(self) -> str:
        """Send."""
        sent = package.supplement(self.subject, text=self.cleaned_data["text"], by=self.by)
        return f"{sent.reference} is sent to {sent.to}."


class AcceptForm(Decision):
    """The force takes it on."""

    permission, title, submit, page_name = "answer a package", "Accept {}", "Accept it", "package"
    lead = "From now on the case is your force’s, until an outcome is recorded or it is returned."
    text = why_field("Anything to tell the agency", "For example, who will work it.", required=False)

    def prepare(self) -> None:
        """Only a dissemination hands a case over."""
        if self.subject.kind != "dissemination":
            self.lead = "Your force has read it and acts on it."

    def act(self) -> str:
        """Accept."""
        package.accept(self.subject, text=self.cleaned_data["text"], by=self.by)
        return f"{self.subject.reference} is accepted."


class ReturnForm(Reasoned):
    """The force gives it back."""

    permission, group, page_name = "answer a package", "return_", "package"
    title, submit, danger = "Return {}", "Return it", True
    question = "Why is it returned?"

    def act(self) -> str:
        """Return."""
        package.return_(self.subject, **self.chosen, by=self.by)
        return f"{self.subject.reference} is returned to the agency."


class OutcomeForm(Reasoned):
    """How a force's case ended. The subject is the package."""

    permission, group, page_name = "record an outcome", "close", "package"
    title, submit = "Outcome of {}", "Record the outcome"
    question = "Why did it go no further?"
    text_label = "Anything to add"
    needed = False
    code = forms.ChoiceField(label="Home Office outcome", error_messages={"required": "Choose an outcome"})
    on = DayField(label="Day of the outcome", help_text="For example, 27 3 2026")
    field_order = ["seen", "code", "on", "reason", "text"]

    def prepare(self) -> None:
        """Outcomes by their code."""
        super().prepare()
        self.outcomes = outcomes()
        listed = [(code, f"{code}: {outcome.label}") for code, outcome in self.outcomes.items()]
        self.fields["code"].choices = [("", "Choose an outcome"), *listed]  # type: ignore[attr-defined]
        self.fields["reason"].help_text = "Not needed for a charge, summons or caution."
        case = getattr(self.subject, "case", None)
        self.in_the_way = obstacles(case) if case else ()
        self.warning = " ".join(unallocated(case)) if case else ""

    def clean(self) -> dict[str, Any]:
        """A loss needs its reason."""
        cleaned = super().clean()
        outcome = self.outcomes.get(cleaned.get("code", ""))
        if outcome and outcome.bucket not in ("charge", "caution") and not cleaned.get("reason"):
            self.add_error("reason", "Choose why it went no further")
        return cleaned

    @property
    def ended(self) -> dict[str, Any]:
        """What the actions take."""
        return {name: self.cleaned_data[name] for name in ("code", "on", "reason", "text")}

    def act(self) -> str:
        """Record."""
        outcome.record_outcome(self.subject, **self.ended, by=self.by)
        if not self.subject.outcome:
            return f"The outcome of {self.subject.reference} is recorded when a second person agrees."
        return f"The outcome of {self.subject.reference} is recorded."


class KeptOutcomeForm(OutcomeForm):
    """How a case that the agency kept ended. The subject is the referral."""

    page_name = "referral"

    def act(self) -> str:
        """Close."""
        decide.close_kept(self.subject, **self.ended, by=self.by)
        if self.subject.state != "closed":
            return f"{self.subject.reference} is closed when a second person agrees."
        return f"{self.subject.reference} is closed."


class UncloseForm(Decision):
    """Take back the outcome of a case the agency kept."""

    permission, title, submit = "record an outcome", "Take back the outcome of {}", "Take it back"
    why = why_field("Why is it taken back?")

    def act(self) -> str:
        """Reopen."""
        decide.reopen_kept(self.subject, why=self.cleaned_data["why"], by=self.by)
        return f"{self.subject.reference} is being worked again."


class ForceUncloseForm(UncloseForm):
    """Take back a force's outcome. The subject is the package."""

    page_name = "package"

    def prepare(self) -> None:
        """What taking it back does."""
        if self.subject.case:
            self.lead = (
                f"{self.subject.case.reference} is open again, and your force has to end it. The clocks that"
                " its end stopped run on: a deadline that has passed meanwhile is overdue at once."
            )

    def act(self) -> str:
        """Reopen."""
        package = outcome.reopen_outcome(self.subject, why=self.cleaned_data["why"], by=self.by)
        told = f"The outcome of {package.reference} is taken back."
        return f"{told} {package.case.reference} is open, and its clocks run on." if package.case else told


class AgreeForm(Decision):
    """The second person's answer. The subject is the approval."""

    title, submit, template = "A decision that needs two people", "Send my answer", "casework/approval.html"
    answer = forms.ChoiceField(
        label="Do you agree?",
        choices=[("yes", "Yes: carry it out"), ("no", "No: drop it")],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose yes or no"},
    )
    why = why_field("Why not?", "Needed when you do not agree.", required=False)

    @property
    def permission(self) -> str:  # type: ignore[override]
        """The permission of the decision itself."""
        return NEEDED[self.subject.decision]

    def heading(self) -> str:
        """The same for every one."""
        return self.title

    @property
    def back(self) -> str:
        """The force goes back to its package, the agency to its referral."""
        if self.subject.package_id:
            return reverse("package", args=[self.subject.package_id])
        return reverse("referral", args=[self.subject.referral_id])

    def page(self) -> dict[str, Any]:
        """With what was asked, in words."""
        given, subject = self.subject.arguments, self.subject.package or self.subject.referral
        codes = [given["reason"]] if "reason" in given else given.get("criteria", [])
        what = {"discard": "Discard it", "keep": "Keep it at the agency"}.get(self.subject.decision, "")
        what = what or f"Outcome {outcome_label(given['code'])}, on {given['on']}"
        asked = {"what": what, "reference": subject.reference, "reason": "; ".join(map(label_of, codes))}
        return {**super().page(), "asked": asked}

    def clean(self) -> dict[str, Any]:
        """A no has its reason."""
        cleaned = super().clean()
        if cleaned.get("answer") == "no" and not cleaned.get("why", "").strip():
            self.add_error("why", "Say why you do not agree")
        return cleaned

    def act(self) -> str:
        """Agree or not."""
        if self.cleaned_data["answer"] == "yes":
            agree.agree(self.subject, by=self.by)
            return "You agreed, and it is done."
        agree.disagree(self.subject, why=self.cleaned_data["why"], by=self.by)
        return "You did not agree, and it is dropped."
