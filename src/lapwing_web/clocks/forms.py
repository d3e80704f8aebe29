"""Pausing a clock wants a reason."""

from django import forms


class PauseForm(forms.Form):
    """Why it is paused."""

    why = forms.CharField(
        label="Why is the clock paused?",
        help_text="Shown beside the clock and kept in the audit.",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
    )
