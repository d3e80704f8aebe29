"""Clearing a receipt wants to know what was done about it."""

from django import forms


class ClearForm(forms.Form):
    """What was done."""

    why = forms.CharField(
        label="What was done about it?",
        help_text="For example: a good copy was asked for. Kept with the receipt and in the audit.",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
    )
