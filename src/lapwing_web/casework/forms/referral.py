"""What an officer of the agency decides about a referral."""

from typing import Any

from django import forms
from django.urls import reverse
from django.utils.html import format_html

from lapwing.rules.facts import FINDABLE
from lapwing_web.address import whole_number
from lapwing_web.casework.actions import decide, following, join
from lapwing_web.casework.actions.holding import kirat_levels, reasons
from lapwing_web.casework.forms.decision import Decision, Reasoned
from lapwing_web.casework.models.explained import criteria_lines, missing_items, risk_lines, triage_lines
from lapwing_web.casework.queries.links import possible_links
from lapwing_web.casework.queries.referrals import people_to_assign, referrals_for
from lapwing_web.days import DayField

ANSWERS = [("yes", "Yes"), ("no", "No"), ("unknown", "Not known")]
AS_TEXT = {True: "yes", False: "no", None: "unknown"}
FROM_TEXT = {text: value for value, text in AS_TEXT.items()}


def why_field(label: str, hint: str = "", *, required: bool = True) -> forms.CharField:
    """A few words of explanation, kept in the audit."""
    box = forms.Textarea(attrs={"rows": 3})
    told = {"required": "Enter a few words"}
    return forms.CharField(
        label=label, help_text=hint, widget=box, max_length=4000, required=required, error_messages=told
    )


class DiscardForm(Reasoned):
    """Set it aside."""

    permission, group = "discard a referral", "discard"
    title, submit, danger = "Discard {}", "Discard it", True
    question = "Why is there nothing for the police to act on?"
    template = "casework/discard.html"

    def act(self) -> str:
        """Discard, or ask the second person that the reason needs."""
        decide.discard(self.subject, **self.chosen, by=self.by)
        if self.subject.state != "discarded":
            return f"{self.subject.reference} will be discarded when a second person agrees."
        return format_html(
            '<a class="govuk-notification-banner__link" href="{}">{}</a> is discarded. It can be reopened.',
            self.back,
            self.subject.reference,
        )

    def after(self) -> str:
        """On to the next one: the page of a discarded referral would ask at once why it is looked at."""
        return reverse("queue") if self.subject.state == "discarded" else self.back


class ReopenForm(Reasoned):
    """Back to the queue."""

    permission, group = "reopen a referral", "reopen"
    title, submit, question = "Reopen {}", "Reopen it", "Why is it reopened?"

    def act(self) -> str:
        """Reopen."""
        decide.reopen(self.subject, **self.chosen, by=self.by)
        return f"{self.subject.reference} is back in the queue."


class HitsForm(Decision):
    """Say that one has looked at what lists found or withdrew."""

    permission, title, submit = "triage a referral", "What lists say of {} now", "I have looked"
    lead = (
        "Its page says which files, which lists and which categories. What a list has withdrawn counts no "
        "more once you have looked."
    )
    why = why_field("What follows from it?", "For instance: sent to the force as a supplement.")

    def act(self) -> str:
        """Record it."""
        following.look_at_hits(self.subject, why=self.cleaned_data["why"], by=self.by)
        return f"What lists say of {self.subject.reference} has been looked at."


class DevelopForm(Decision):
    """Take it on for work; or, of a kept case, stop keeping it."""

    permission, title, submit = "triage a referral", "Take {} on for work", "Take it on"
    lead = "It is actionable, and more is to be found out before it is sent or kept."
    why = why_field("What is to be found out?", required=False)

    def prepare(self) -> None:
        """A kept case needs a reason to be let go."""
        if self.subject.state == "kept":
            self.title, self.submit, self.lead = "Stop keeping {}", "Stop keeping it", ""
            self.fields["why"].label, self.fields["why"].required = (
                "Why does the agency no longer keep it?",
                True,
            )

    def act(self) -> str:
        """Develop."""
        decide.develop(self.subject, why=self.cleaned_data["why"], by=self.by)
        return f"{self.subject.reference} is being developed."


class AskForm(Decision):
    """Ask the company for what is missing."""

    permission, title, submit = "ask the company", "Ask the company about {}", "Record the enquiry"
    lead = "This is what none of its reports holds. Tick what you need: the request is written from it."
    template = "casework/ask.html"
    missing = forms.MultipleChoiceField(
        label="What to ask for", widget=forms.CheckboxSelectMultiple, required=False
    )
    text = why_field("Anything else to ask", required=False)

    def prepare(self) -> None:
        """Every missing item, all ticked."""
        items = missing_items(self.subject)
        self.fields["missing"].choices = [(name, item.label) for name, item in items.items()]  # type: ignore[attr-defined]
        self.fields["missing"].initial = list(items)

    def clean(self) -> dict[str, Any]:
        """Something must be asked for."""
        cleaned = super().clean()
        if not cleaned.get("missing") and not cleaned.get("text", "").strip():
            self.add_error("missing", "Choose at least one thing to ask for, or write what you need")
        return cleaned

    def act(self) -> str:
        """Ask."""
        asked = {"missing": self.cleaned_data["missing"], "text": self.cleaned_data["text"]}
        decide.ask_company(self.subject, **asked, by=self.by)
        return f"The enquiry about {self.subject.reference} is recorded, and a clock waits for the answer."


class AnswerForm(Reasoned):
    """What the company answered to the oldest open enquiry."""

    permission, group = "ask the company", "answer"
    title, submit, question = "The company’s answer about {}", "Record the answer", "What did it come to?"
    text_label = "What it said"

    def act(self) -> str:
        """Record the answer to the enquiry that has waited longest."""
        decide.answer_oldest(self.subject, **self.chosen, by=self.by)
        return f"The answer is recorded. {self.subject.reference} can be decided again."


class FactsForm(Decision):
    """What has been found out, fact by fact, with one source."""

    permission, title, submit = "set facts", "Record facts about {}", "Record what changed"
    lead = "Only what you change is recorded. Not known is never counted as no."
    template = "casework/facts.html"
    source = why_field("How do you know?", "For example: PND check today; call with children’s social care.")

    def prepare(self) -> None:
        """One question a fact that can be found out, grouped as the rules use them."""
        groups = [
            ("Risk", risk_lines(self.subject)),
            ("Who should lead", criteria_lines(self.subject)),
            ("Whether there is anything to act on", triage_lines(self.subject)),
        ]
        self.groups: list[tuple[str, list[Any]]] = []
        self.before: dict[str, bool | None] = {}
        for heading, lines in groups:
            fresh = [line for line in lines if line.name in FINDABLE and line.name not in self.before]
            for line in fresh:
                self.before[line.name] = line.answer
                self.fields[line.name] = forms.ChoiceField(
                    label=line.label,
                    help_text=line.find_out,
                    choices=ANSWERS,
                    widget=forms.RadioSelect,
                    initial=AS_TEXT[line.answer],
                )
            self.groups.append((heading, [self[line.name] for line in fresh]))

    def clean(self) -> dict[str, Any]:
        """Something must be different."""
        cleaned = super().clean()
        given = {name: FROM_TEXT[cleaned[name]] for name in self.before if name in cleaned}
        self.changed = {name: value for name, value in given.items() if value != self.before[name]}
        if not self.changed and not self.errors:
            raise forms.ValidationError("Change at least one answer.")
        return cleaned

    def act(self) -> str:
        """Record and weigh again."""
        band = self.subject.get_risk_band_display()
        decide.set_facts(self.subject, answers=self.changed, source=self.cleaned_data["source"], by=self.by)
        now = self.subject.get_risk_band_display()
        moved = (
            f"risk goes from {band.lower()} to {now.lower()}" if now != band else f"risk stays {now.lower()}"
        )
        return f"Recorded. {self.subject.reference} was weighed again: {moved}."


class KiratForm(Decision):
    """The result of somebody's KIRAT assessment."""

    permission, title, submit = "set facts", "Record KIRAT for {}", "Record it"
    lead = (
        "KIRAT is done outside Lapwing by a trained assessor. Its result is kept beside Lapwing’s own band."
    )
    level = forms.ChoiceField(
        label="Level", widget=forms.RadioSelect, error_messages={"required": "Choose a level"}
    )
    version = forms.CharField(
        label="Version of KIRAT", error_messages={"required": "Enter the version of KIRAT"}, max_length=40
    )
    assessor = forms.CharField(
        label="Who assessed",
        error_messages={"required": "Enter who assessed"},
        help_text="A name or collar number.",
        max_length=150,
    )
    on = DayField(label="Day of the assessment", help_text="For example, 27 3 2026")
    complete = forms.ChoiceField(
        label="Was every question answered?",
        error_messages={"required": "Choose yes or no"},
        choices=[("yes", "Yes, it is complete"), ("no", "No, some are unanswered")],
        widget=forms.RadioSelect,
    )

    def prepare(self) -> None:
        """Levels as policy names them."""
        self.fields["level"].choices = kirat_levels()  # type: ignore[attr-defined]

    def act(self) -> str:
        """Record."""
        given = {name: self.cleaned_data[name] for name in ("level", "version", "assessor", "on")}
        complete = self.cleaned_data["complete"] == "yes"
        decide.record_kirat(self.subject, **given, complete=complete, by=self.by)
        return f"KIRAT is recorded for {self.subject.reference}."


class KeepForm(Decision):
    """The agency leads, by criteria."""

    permission, title, submit = "keep a referral", "Keep {} at the agency", "Keep it"
    template = "casework/keep.html"
    criteria = forms.MultipleChoiceField(
        label="By which criteria?",
        help_text="A criterion can be cited only once what is known shows it.",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Cite at least one criterion"},
    )
    text = why_field("Anything to add", required=False)

    def prepare(self) -> None:
        """Criteria, with those that are met ticked."""
        self.lines = criteria_lines(self.subject)
        words = {True: "met", False: "not met", None: "not known"}
        standing = {line.name: words[line.answer] for line in self.lines}
        listed = reasons("keep")
        self.fields["criteria"].choices = [  # type: ignore[attr-defined]
            (name, f"{reason.label} – {standing[name]}" if name in standing else reason.label)
            for name, reason in listed.items()
        ]
        self.fields["criteria"].initial = [line.name for line in self.lines if line.answer]

    def act(self) -> str:
        """Keep."""
        decide.keep(
            self.subject, criteria=self.cleaned_data["criteria"], text=self.cleaned_data["text"], by=self.by
        )
        if self.subject.state != "kept":
            return f"{self.subject.reference} will be kept when a second person agrees."
        return f"{self.subject.reference} is kept by the agency."


class AssignForm(Decision):
    """Put it on somebody's list."""

    permission, title, submit = "assign a referral", "Assign {}", "Assign it"
    to = forms.ChoiceField(label="To whom?", required=False)
    why = why_field("Why?", required=False)

    def prepare(self) -> None:
        """Everybody who may work it, and nobody."""
        self.people = {str(person.pk): person for person in people_to_assign()}
        listed = [
            (pk, f"{person} ({person.get_role_display().lower()})") for pk, person in self.people.items()
        ]
        self.fields["to"].choices = [("", "Nobody: back to the common queue"), *listed]  # type: ignore[attr-defined]
        self.fields["to"].initial = str(self.subject.assigned_to_id or "")

    def act(self) -> str:
        """Assign."""
        to = self.people.get(self.cleaned_data["to"])
        decide.assign(self.subject, to=to, why=self.cleaned_data["why"], by=self.by)
        return (
            f"{self.subject.reference} is with {to}." if to else f"Nobody has {self.subject.reference} now."
        )


class JoinForm(Decision):
    """Make it part of another referral."""

    permission, title, submit = "join referrals", "Join {} to another referral", "Join it"
    lead = "Its reports, facts and selectors go to the other one, which is worked from then on."
    into = forms.CharField(
        label="Which referral is it part of?",
        error_messages={"required": "Enter the reference of a referral"},
        help_text="Its reference, such as LW-0000012.",
        max_length=20,
    )
    why = why_field("Why are they the same?")

    def prepare(self) -> None:
        """Name the likeliest ones."""
        hints = [hint.referral.reference for hint in possible_links(self.subject)[:5]]
        if hints:
            self.fields["into"].help_text = f"Its reference. Possible links: {', '.join(hints)}."

    def clean_into(self) -> Any:
        """The referral of that reference, which this person may see."""
        digits = self.cleaned_data["into"].strip().upper().removeprefix("LW-")
        number = whole_number(digits)
        found = referrals_for(self.by).filter(pk=number).first() if number is not None else None
        if found is None:
            raise forms.ValidationError("There is no referral with that reference")
        return found

    def act(self) -> str:
        """Join."""
        into = self.cleaned_data["into"]
        join.join(self.subject, into, why=self.cleaned_data["why"], by=self.by)
        self.subject = into
        return f"They are one referral now: {into.reference}."


class UnjoinForm(Decision):
    """Take one report out into a referral of its own. The subject is the joining."""

    permission, title, submit = "join referrals", "Take a report out of {}", "Take it out"
    lead = "The report gets a referral of its own, which waits for triage. No rule will join it again."
    why = why_field("Why does it not belong?")

    def heading(self) -> str:
        """Which report."""
        return f"Take {self.subject.report} out of {self.subject.referral.reference}"

    @property
    def back(self) -> str:
        """The referral it is in."""
        return reverse("referral", args=[self.subject.referral_id])

    def act(self) -> str:
        """Undo the joining."""
        made = join.undo_join(self.subject, why=self.cleaned_data["why"], by=self.by)
        return f"The report has a referral of its own: {made.reference}."
