"""Forms."""

from django import forms


class DownloadForm(forms.Form):
    """Why somebody takes the figures away."""

    why = forms.CharField(
        label="What is it for?",
        help_text="Kept in the audit with what you downloaded, as every disclosure is.",
        max_length=500,
        error_messages={"required": "Say what you need the figures for"},
    )
