"""Clearing a receipt, or a fault of a sealed file, wants to know what was done about it."""

from django import forms


class FaultForm(forms.Form):
    """What was done about a sealed file that is missing or changed."""

    why = forms.CharField(
        label="What was done about it?",
        help_text="For example: the object was restored from a copy. Kept with the file and in the audit.",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
    )


class ClearForm(forms.Form):
    """What was done."""

    why = forms.CharField(
        label="What was done about it?",
        help_text="For example: a good copy was asked for. Kept with the receipt and in the audit.",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
    )
