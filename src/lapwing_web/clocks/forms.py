"""Pausing a clock wants a reason; a check-in, its days."""

from typing import Any

from crispy_forms_gds.helper import FormHelper
from django import forms

from lapwing_web.days import DayField


class PauseForm(forms.Form):
    """Why it is paused."""

    why = forms.CharField(
        label="Why is the clock paused?",
        error_messages={"required": "Say why the clock is paused"},
        help_text="Shown beside the clock and kept in the audit.",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
    )


class CheckInForm(forms.Form):
    """That a check-in was held, and when the next is due."""

    held_on = DayField(
        label="Held on which day?",
        help_text="Leave it empty if you only set the date. Nothing that was said is kept.",
        required=False,
    )
    next_on = DayField(label="When is the next one due?", help_text="For example, 27 3 2027")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper(self)
        self.helper.form_tag = False
        self.helper.disable_csrf = True
