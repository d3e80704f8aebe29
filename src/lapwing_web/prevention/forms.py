"""What people do with the own list."""

from typing import Any

from django import forms
from django.urls import reverse

from lapwing_web.casework.forms.decision import Decision
from lapwing_web.casework.forms.referral import why_field
from lapwing_web.casework.models.explained import reports_of
from lapwing_web.intake.models.seen import hashes_of
from lapwing_web.prevention.actions import own_list
from lapwing_web.prevention.models.own_list import own_policy

SHOWN = 200  # files offered of one referral


class ProposeForm(Decision):
    """Propose a file of a referral for the own list, by its hashes. The subject is the referral."""

    permission, title, submit = "propose an own entry", "Propose a file of {} for the own list", "Propose it"
    lead = (
        "By its hashes: nobody looks at anything here. Two people grade it elsewhere, with the tools they "
        "have for that, and enter what they graded."
    )
    file = forms.ChoiceField(
        label="Which file?", widget=forms.RadioSelect, error_messages={"required": "Choose a file"}
    )
    why = why_field("Why does it belong on the list?")

    def prepare(self) -> None:
        """Offer the files that have a hash."""
        choices = []
        for told in reports_of(self.subject):
            for number, file in enumerate(told.report.files, 1):
                if hashes := hashes_of(file)[0]:
                    kind, value = hashes[0]
                    words = f"No. {number} of {told.joining.report.reference}: {kind} {value[:16]}…"
                    choices.append((f"{told.joining.report_id}:{number}", words))
        self.fields["file"].choices = choices[:SHOWN]  # type: ignore[attr-defined]

    def act(self) -> str:
        """Propose."""
        given = {name: self.cleaned_data[name] for name in ("file", "why")}
        return f"{own_list.propose(self.subject, **given, by=self.by).reference} waits to be graded."


class EntryForm(Decision):
    """A decision about an entry of the own list."""

    page_name = "own-entry"
    shows = None  # hashes, and nobody


class GradeForm(EntryForm):
    """Grade an entry, without seeing how somebody else did."""

    permission, title, submit = "grade an own entry", "Grade {}", "Enter my grade"
    lead = "What others graded is not shown, so that nobody is led by it."
    category = forms.ChoiceField(
        label="Which category is it?",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose a category"},
    )

    def prepare(self) -> None:
        """Offer policy's categories."""
        grades = own_policy().grades
        self.fields["category"].choices = [(code, one.label) for code, one in grades.items()]  # type: ignore[attr-defined]

    def act(self) -> str:
        """Grade."""
        entry = own_list.grade(self.subject, category=self.cleaned_data["category"], by=self.by)
        return f"Your grade of {entry.reference} is kept. It is now: {entry.get_state_display().lower()}."


class WithdrawForm(EntryForm):
    """Take an entry back."""

    permission, title, submit, danger = "withdraw an own entry", "Withdraw {}", "Withdraw it", True
    lead = "The next version of the own list is without it. The same file may be proposed again."
    why = why_field("Why is it withdrawn?")

    def act(self) -> str:
        """Withdraw."""
        own_list.withdraw(self.subject, why=self.cleaned_data["why"], by=self.by)
        return f"{self.subject.reference} is withdrawn."


class ExportForm(Decision):
    """Hand the own list on. There is no subject."""

    permission, title, submit = "export the own list", "Export the own list", "Write it down and download"
    answered_by_file = True
    lead = (
        "A VICS 2.0 hash set of what is on the list now. Hashes can be personal data: that it was handed on, "
        "to whom and what for is kept in the audit and in the lists’ own log. VICS has no PDQ: an entry "
        "known by that alone is not in the file, and the audit says how many are not."
    )
    to = forms.CharField(label="Who gets it?", max_length=200, error_messages={"required": "Say who gets it"})
    purpose = why_field("What is it for?")

    @property
    def back(self) -> str:
        """The list."""
        return reverse("own-list")

    def heading(self) -> str:
        """Without a subject."""
        return self.title

    def content(self) -> bytes:
        """The document, once it is written down."""
        given: dict[str, Any] = {name: self.cleaned_data[name] for name in ("to", "purpose")}
        return own_list.export(**given, by=self.by)
