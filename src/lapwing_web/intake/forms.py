"""What is asked before something is done to a receipt, a sealed file, an account or a contact."""

from django import forms

from lapwing_web.intake.models import Account, Credential


class FaultForm(forms.Form):
    """What was done about a sealed file that is missing or changed."""

    why = forms.CharField(
        label="What was done about it?",
        error_messages={"required": "Say what was done about it"},
        help_text="For example: the object was restored from a copy. Kept with the file and in the audit.",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
    )


class ClearForm(forms.Form):
    """What was done."""

    why = forms.CharField(
        label="What was done about it?",
        error_messages={"required": "Say what was done about it"},
        help_text="For example: a good copy was asked for. Kept with the receipt and in the audit.",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
    )


class EnvironmentForm(forms.Form):
    """What kind of site an account is for."""

    environment = forms.ChoiceField(
        label="What is the account for?",
        help_text="A test account’s reports are never taken at a live site, nor the other way about.",
        choices=Account.Environment.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose test or live"},
    )


class CompanyForm(EnvironmentForm):
    """The first account of a company, or of one that has sent reports without an account."""

    name = forms.CharField(
        label="Company’s name",
        help_text="As its reports name it: a name that is known here is taken to be the same company.",
        max_length=200,
        error_messages={"required": "Give the company’s name"},
    )
    field_order = ("name", "environment")


class RotateForm(forms.Form):
    """Which secret is replaced, and whether the old one still works for a while."""

    kind = forms.ChoiceField(
        label="What is replaced?",
        error_messages={"required": "Choose what is replaced"},
        choices=[
            (Credential.Kind.PASSWORD, "The password"),
            (Credential.Kind.KEY, "Every key of the JSON API, by one new key"),
        ],
        initial=Credential.Kind.PASSWORD,
        widget=forms.RadioSelect,
    )
    old = forms.ChoiceField(
        label="The old one",
        error_messages={"required": "Choose what becomes of the old one"},
        choices=[
            ("later", "Works on for as long as policy says, so that the company can change over"),
            ("now", "Ends now: somebody may have it who should not"),
        ],
        initial="later",
        widget=forms.RadioSelect,
    )


class WhyForm(forms.Form):
    """A reason and nothing else."""

    why = forms.CharField(
        label="Why?",
        help_text="Kept in the audit.",
        max_length=500,
        error_messages={"required": "Say why"},
    )


class ContactForm(forms.Form):
    """Whom to ask at a company."""

    name = forms.CharField(
        label="Name",
        help_text="A team or a role rather than a person, where there is one.",
        max_length=200,
        error_messages={"required": "Give a name"},
    )
    purpose = forms.CharField(
        label="What to ask them about",
        max_length=200,
        error_messages={"required": "Say what to ask them about"},
    )
    email = forms.EmailField(label="E-mail address", required=False, max_length=254)
    phone = forms.CharField(label="Telephone number", required=False, max_length=40)

    def clean(self) -> dict[str, str]:
        """There must be a way to reach them."""
        given: dict[str, str] = super().clean() or {}
        if not (given.get("email") or given.get("phone") or self.errors):
            raise forms.ValidationError("Give an e-mail address or a telephone number.")
        return given
