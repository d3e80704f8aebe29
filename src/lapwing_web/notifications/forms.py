"""What somebody is sent by e-mail."""

from typing import Any

from django import forms
from django.conf import settings

from lapwing_web.notifications.models import MailChoice
from lapwing_web.staff.models import User


class MailForm(forms.Form):
    """Where to, and when."""

    address = forms.EmailField(
        label="Your e-mail address at work",
        required=False,
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
    )
    when = forms.ChoiceField(
        label="When are you sent e-mail?",
        error_messages={"required": "Choose when you are sent e-mail"},
        choices=MailChoice.When.choices,
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        choice = getattr(by, "mail_choice", None)
        super().__init__(*args, **kwargs)
        self.initial = {"address": by.email, "when": choice.when if choice else MailChoice.When.NEVER}
        self.fields["address"].help_text = f"It ends with {' or '.join(settings.MAIL_DOMAINS)}."

    def clean_address(self) -> str:
        """One of the site's own."""
        address = str(self.cleaned_data["address"])
        if address and address.rpartition("@")[2].lower() not in settings.MAIL_DOMAINS:
            raise forms.ValidationError(
                f"Enter an address that ends with {' or '.join(settings.MAIL_DOMAINS)}"
            )
        return address

    def clean(self) -> dict[str, Any]:
        """Something is sent somewhere."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        wants = given.get("when") not in (None, MailChoice.When.NEVER)
        if wants and not given.get("address") and "address" not in self.errors:
            self.add_error("address", "Enter the address to send it to")
        return given
