"""Answers on contact with children, and what is recorded of a child."""

from datetime import datetime, time
from typing import Any

from crispy_forms_gds.layout import HTML, Field, Fieldset, Layout
from django import forms
from django.urls import reverse

from lapwing.policy.topics.children import Step
from lapwing_web.casework.actions import children, protecting
from lapwing_web.casework.actions.closing import obstacles
from lapwing_web.casework.actions.contact import Answered, answer_questions
from lapwing_web.casework.forms.cases import CaseDecision
from lapwing_web.casework.forms.referral import why_field
from lapwing_web.casework.models import ContactAnswer
from lapwing_web.casework.models.contact import needed, version
from lapwing_web.casework.queries.contact import contact_lines
from lapwing_web.days import DayField
from lapwing_web.moment import UK, now, today


class ContactForm(CaseDecision):
    """The questions on contact with children, all on one page."""

    permission, title, submit = "work a case", "Children in contact, {}", "Save the answers"
    lead = (
        "Answer what you have found out, and leave the rest. “Not known” is a task, and not an answer. "
        "An answer needs its source, and expires."
    )

    def prepare(self) -> None:
        """A choice, a source and a day for each question."""
        parts: list[Any] = ["seen"]
        for line in contact_lines(self.subject):
            code = line.code
            self.fields[f"{code}_answer"] = forms.ChoiceField(
                label="Answer", choices=ContactAnswer.Answer.choices, widget=forms.RadioSelect, required=False
            )
            self.fields[f"{code}_source"] = forms.CharField(
                label="Where the answer comes from", max_length=200, required=False
            )
            self.fields[f"{code}_on"] = DayField(label="For which day (today if empty)", required=False)
            stands = _stands(line)
            parts.append(
                Fieldset(
                    HTML.p(f"{stands} {line.question.find_out}"),
                    Field.radios(f"{code}_answer", inline=True, small=True),
                    f"{code}_source",
                    f"{code}_on",
                    legend=line.question.label,
                    legend_size="m",
                )
            )
        self.helper.layout = Layout(*parts)

    def clean(self) -> dict[str, Any]:
        """An answer has its source, a source its answer, and at least one question is answered."""
        cleaned = super().clean()
        given = [code for code in version().questions if cleaned.get(f"{code}_answer")]
        for code in version().questions:
            answered, source = cleaned.get(f"{code}_answer"), (cleaned.get(f"{code}_source") or "").strip()
            if answered and not source:
                self.add_error(f"{code}_source", "Say where the answer comes from")
            if source and not answered:
                self.add_error(f"{code}_answer", "Choose the answer that this source gives")
            if (cleaned.get(f"{code}_on") or today()) > today():
                self.add_error(f"{code}_on", "The day of an answer cannot be in the future")
        if not given and not self.errors:
            raise forms.ValidationError("Answer at least one question")
        self.given = given
        return cleaned

    def act(self) -> str:
        """Record every answer given, or none."""
        parts = ("answer", "source", "on")
        given = [[self.cleaned_data[f"{code}_{part}"] for part in parts] for code in self.given]
        answers = [
            Answered(code, answer, source, on or today())
            for code, (answer, source, on) in zip(self.given, given, strict=True)
        ]
        answer_questions(self.subject, answers, by=self.by)
        count = len(self.given)
        return f"{count} {'answer is' if count == 1 else 'answers are'} kept, with when each expires."


def _stands(line: Any) -> str:
    if line.row is None:
        return "Nobody has asked yet."
    said = line.row.get_answer_display().lower()
    until = f"until {line.row.expires_on:%-d %B %Y}"
    return f"Now: {said}, {'expired' if line.stands.expired else until}."


class ChildForm(CaseDecision):
    """A child that the case knows of."""

    permission, title, submit = "protect a child", "Add a child to {}", "Add the child"
    lead = (
        "What you write here is kept apart from the suspect’s case. The case’s pages show only that there is "
        "a child, and what still has to be done. Add a child even if you do not know their name yet."
    )
    contact = forms.ChoiceField(
        label="How does the suspect have contact with the child?", widget=forms.RadioSelect, required=False
    )
    name = forms.CharField(label="Name, if known", max_length=200, required=False)
    born_on = DayField(label="Date of birth, if known", required=False)
    lives_at = forms.CharField(
        label="Where the child lives, if known",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=2000,
    )
    known_on = DayField(
        label="When did anybody first know of the child?",
        help_text="Today if empty. The time to protect the child is counted from it.",
        required=False,
    )

    def prepare(self) -> None:
        """By which question, or as a victim."""
        listed = [(code, question.short) for code, question in version().questions.items()]
        self.fields["contact"].choices = [*listed, ("", "A victim, or not known")]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Nothing is in the future."""
        cleaned = super().clean()
        for name in ("known_on", "born_on"):
            if cleaned.get(name) and cleaned[name] > today():
                self.add_error(name, "This day cannot be in the future")
        return cleaned

    def act(self) -> str:
        """Add."""
        known = _instant(self.cleaned_data["known_on"])
        given = {name: self.cleaned_data[name] for name in ("contact", "name", "born_on", "lives_at")}
        self.child = children.add_child(self.subject, known_at=known, by=self.by, **given)
        return f"Child {self.child.number} is added. The clocks on protecting the child run."

    def after(self) -> str:
        """To the child's own page."""
        return reverse("child", args=[self.child.pk])


def _instant(day: Any) -> datetime | None:
    """The start of a day; now for today, and None for no day."""
    if day is None:
        return None
    return now() if day == today() else datetime.combine(day, time(), UK)


class ChildDecision(CaseDecision):
    """A decision about a child: it leads back to the child's page."""

    permission, page_name = "protect a child", "child"

    @property
    def back(self) -> str:
        """The child's page."""
        return reverse("child", args=[self.subject.pk])


class StepForm(ChildDecision):
    """A step to protect the child."""

    title, submit = "Record a step: {}", "Record the step"
    step = forms.ChoiceField(label="What was done or decided?", error_messages={"required": "Choose a step"})
    done_on = DayField(label="On which day?", help_text="Today if empty.", required=False)
    text = why_field("In a few words", "Needed for choices marked *.", required=False)

    def prepare(self) -> None:
        """Every result of every step that this child needs."""
        self.steps = needed(self.subject)
        groups = [(step.label, _results(code, step)) for code, step in self.steps.items()]
        self.fields["step"].choices = [("", "Choose a step"), *groups]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Words where they are needed; no day to come."""
        cleaned = super().clean()
        code, _, name = cleaned.get("step", "").partition("/")
        result = self.steps[code].results[name] if name else None
        if result and result.text and not cleaned.get("text", "").strip():
            self.add_error("text", f"Say more: “{result.label}” needs a few words")
        if cleaned.get("done_on") and cleaned["done_on"] > today():
            self.add_error("done_on", "A step is recorded when it has been done")
        return cleaned

    def act(self) -> str:
        """Record."""
        code, _, name = self.cleaned_data["step"].partition("/")
        done = _instant(self.cleaned_data["done_on"])
        children.record_step(
            self.subject, kind=code, result=name, done_at=done, text=self.cleaned_data["text"], by=self.by
        )
        return f"{self.steps[code].label} is recorded."


def _results(code: str, step: Step) -> list[tuple[str, str]]:
    marked = [(name, f"{result.label}{' *' if result.text else ''}") for name, result in step.results.items()]
    return [(f"{code}/{name}", label) for name, label in marked]


class ChildNoteForm(ChildDecision):
    """Words about the child."""

    title, submit = "Write about {}", "Keep it"
    lead = "Kept apart from the suspect’s case. What is written stays."
    text = why_field("What should be kept?")

    def act(self) -> str:
        """Keep."""
        children.write_about_child(self.subject, text=self.cleaned_data["text"], by=self.by)
        return "It is kept."


class EndProtectionForm(CaseDecision):
    """Every child has its steps. The subject is the case."""

    permission, title, submit = "protect a child", "End the protection in {}", "End it"
    lead = "Only when every child has a step that protects, and every step that a child needs is recorded."
    why = why_field("How are the children safe?", "Name nobody: what is written here is not kept apart.")

    def prepare(self) -> None:
        """What stands in the way, before anybody writes."""
        super().prepare()
        self.in_the_way = obstacles(self.subject)

    def act(self) -> str:
        """End it."""
        protecting.end_protection(self.subject, why=self.cleaned_data["why"], by=self.by)
        return f"{self.subject.reference} is ended."


class ResumeProtectionForm(CaseDecision):
    """There is more to do. The subject is the case."""

    permission, title, submit = "protect a child", "Take {} up again", "Take it up"
    why = why_field("Why?", "Name nobody: what is written here is not kept apart.")

    def act(self) -> str:
        """Take it up."""
        protecting.resume_protection(self.subject, why=self.cleaned_data["why"], by=self.by)
        return f"{self.subject.reference} is worked on again."
