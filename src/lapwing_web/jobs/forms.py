"""Closing a job wants a reason."""

from django import forms


class CloseForm(forms.Form):
    """Why it need not be done."""

    why = forms.CharField(
        label="Why need this not be done?",
        error_messages={"required": "Say why this need not be done"},
        help_text="Say also what was done in its place, if anything. Kept with the job and in the audit.",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
    )
