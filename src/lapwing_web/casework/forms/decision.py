"""What every decision's form has in common, so that one view serves them all.

A form checks the permission when it is opened, remembers the state that the person saw, and carries the
decision out by its action. What it returns is the sentence told after the commit.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from crispy_forms_gds.helper import FormHelper
from django import forms
from django.db import models
from django.urls import reverse

from lapwing.policy.topics.codes import Reason
from lapwing_web.casework.actions.holding import reasons
from lapwing_web.staff.models import User
from lapwing_web.staff.permissions import check
from lapwing_web.wording import say_plainly

# records that are opened with a reason, the nearest to the person first
OPENED = ("child", "case", "package", "referral")


class Decision(forms.Form):
    """One decision about `subject` (a referral, a package). Raises Forbidden for a role that may not."""

    permission = ""
    title = ""
    lead = ""
    submit = "Save"
    warning = ""
    in_the_way: Sequence[str] = ()  # what has to be done first, a sentence each
    danger = False
    answered_by_file = False  # a download, and not another page
    template = "front/form.html"
    page_name = "referral"  # the page to go back to

    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Mapping[str, Any] | None = None, *, subject: Any, by: User) -> None:
        self.subject, self.by = subject, by
        check(by, self.permission)
        super().__init__(data)
        self.fields["seen"].initial = getattr(subject, "state", "")
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.legend_size = "m"
        self.helper.label_size = "m"
        self.prepare()
        say_plainly(self)
        if self.helper.layout is None:  # every field, those that `prepare` added as well
            self.helper.layout = self.helper.build_default_layout(self)

    def prepare(self) -> None:
        """Fill in choices and first values from `subject`."""

    def clean(self) -> dict[str, Any]:
        """Refuse when the record has moved on since the page was opened."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("seen") and cleaned["seen"] != getattr(self.subject, "state", cleaned["seen"]):
            now = self.subject.get_state_display().lower()
            self.data = {**self.data.dict(), "seen": self.subject.state}  # type: ignore[attr-defined]
            raise forms.ValidationError(
                f"{self.subject} has changed since you opened this page: it is now “{now}”. "
                "Check that your decision still holds, and send it again."
            )
        return cleaned

    def act(self) -> str:
        """Carry it out. Returns the sentence to tell."""
        raise NotImplementedError

    def after(self) -> str:
        """Where the person goes next."""
        return self.back

    @property
    def back(self) -> str:
        """The page this decision belongs to."""
        subject: models.Model = self.subject
        return reverse(self.page_name, args=[subject.pk])

    def page(self) -> dict[str, Any]:
        """What the template shows around the form."""
        return {
            "form": self,
            "title": self.heading(),
            "lead": self.lead,
            "submit": self.submit,
            "warning": self.warning,
            "in_the_way": self.in_the_way,
            "danger": self.danger,
            "cancel": self.back,
            "subject": self.subject,
        }

    @property
    def shows(self) -> Any:
        """The record that the page is about; a joining, an approval or an exhibit is about one of them.

        None for a page about nobody, which asks for no reason to look.
        """
        if self.subject._meta.model_name in OPENED:
            return self.subject
        behind = (getattr(self.subject, name, None) for name in OPENED)
        return next(one for one in behind if one is not None)

    def heading(self) -> str:
        """The page's title."""
        return self.title.format(self.subject.reference)


class Reasoned(Decision):
    """A decision that needs one of policy's reasons, and words where the reason asks for them."""

    group = ""
    question = "Why?"
    text_label = "Anything to add"
    needed = True

    reason = forms.ChoiceField(widget=forms.RadioSelect, error_messages={"required": "Choose a reason"})
    text = forms.CharField(required=False, widget=forms.Textarea(attrs={"rows": 3}), max_length=4000)

    def prepare(self) -> None:
        """Offer the reasons in force today."""
        self.listed = reasons(self.group)
        field = self.fields["reason"]
        field.label, field.required = self.question, self.needed
        field.choices = [(code, _said(reason)) for code, reason in self.listed.items()]  # type: ignore[attr-defined]
        self.fields["text"].label = self.text_label
        if any(reason.text for reason in self.listed.values()):
            self.fields["text"].help_text = "Reasons marked * need a few words."

    def clean(self) -> dict[str, Any]:
        """Ask for the words that the reason needs."""
        cleaned = super().clean()
        reason = self.listed.get(cleaned.get("reason", ""))
        if reason and reason.text and not cleaned.get("text", "").strip():
            self.add_error("text", f"Say more: “{reason.label}” needs a few words")
        return cleaned

    @property
    def chosen(self) -> dict[str, Any]:
        """The reason and the words, as actions take them."""
        return {"reason": self.cleaned_data["reason"], "text": self.cleaned_data["text"]}


def _said(reason: Reason) -> str:
    star = " *" if reason.text else ""
    second = (
        " (a second person must agree)"
        if reason.second_approver and "second person" not in reason.label
        else ""
    )
    return f"{reason.label}{star}{second}"
