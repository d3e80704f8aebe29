"""Signing in, passwords, people, and searching the audit."""

from datetime import date
from typing import Any

from crispy_forms_gds.helper import FormHelper
from django import forms
from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm

from lapwing.policy import load
from lapwing_web.days import DayField
from lapwing_web.moment import today
from lapwing_web.staff.actions import ROLES_AT
from lapwing_web.staff.models import Organisation, Team, User, standing_teams
from lapwing_web.staff.permissions import may
from lapwing_web.staff.queries import organisations_for
from lapwing_web.wording import say_plainly


class SignInForm(AuthenticationForm):
    """A name and a password."""

    error_messages = {
        "invalid_login": "The name or the password is wrong. Both mind capital letters.",
        "inactive": "The name or the password is wrong. Both mind capital letters.",
    }
    username = forms.CharField(
        label="Name",
        error_messages={"required": "Enter your name"},
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autofocus": True}),
    )
    password = forms.CharField(
        label="Password",
        error_messages={"required": "Enter your password"},
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class PasswordForm(forms.Form):
    """A new password, twice, and the present one."""

    present = forms.CharField(
        label="Your present password",
        error_messages={"required": "Enter your present password"},
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    new = forms.CharField(
        label="New password",
        error_messages={"required": "Enter a new password"},
        help_text="At least 12 characters, and not a common one. Three words you can remember do well.",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label="The new password again",
        error_messages={"required": "Enter the new password again"},
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_present(self) -> str:
        """It must be the one they have."""
        if not self.user.check_password(self.cleaned_data["present"]):
            raise forms.ValidationError("That is not your present password.")
        return str(self.cleaned_data["present"])

    def clean_again(self) -> str:
        """It must be the same as the first."""
        if self.cleaned_data["again"] != self.cleaned_data.get("new"):
            raise forms.ValidationError("The two new passwords differ.")
        return str(self.cleaned_data["again"])


class CodeForm(forms.Form):
    """A code from a phone, or a recovery code."""

    code = forms.CharField(
        label="Code",
        error_messages={"required": "Enter the code"},
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "spellcheck": "false", "class": "govuk-input--width-10"}
        ),
    )


class PlaceForm(forms.Form):
    """Where somebody works and as what. The agency leaves the team to the force."""

    organisation = forms.ModelChoiceField(
        label="Organisation",
        error_messages={"required": "Choose an organisation"},
        queryset=Organisation.objects.none(),
    )
    role = forms.ChoiceField(
        label="Role", error_messages={"required": "Choose a role"}, choices=User.Role.choices
    )
    team = forms.ModelChoiceField(
        label="Team",
        required=False,
        empty_label="No team",
        help_text="Officers and supervisors are in teams. What they have in hand stays theirs at a move.",
        error_messages={"invalid_choice": "That team has ended: choose another"},
        queryset=Team.objects.none(),
    )

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = organisations_for(by)
        self.fields["organisation"].queryset = places  # type: ignore[attr-defined]
        if not by.in_agency:
            own = ROLES_AT[by.organisation.kind]
            self.fields["role"].choices = [c for c in User.Role.choices if c[0] in own]  # type: ignore[attr-defined]
            self.fields["organisation"].initial = by.organisation_id
        if may(by, "manage teams"):
            self.fields["team"].queryset = standing_teams(by.organisation_id)  # type: ignore[attr-defined]
        else:
            del self.fields["team"]


class PersonForm(PlaceForm):
    """Somebody to be added."""

    username = forms.CharField(
        label="Name to sign in with",
        error_messages={"required": "Enter a name to sign in with"},
        help_text="Letters, digits and @ . + - _ only. It cannot be changed later.",
        max_length=150,
    )
    field_order = ("username", "organisation", "role", "team")


class PersonChangeForm(PlaceForm):
    """A change to somebody, as they were seen."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    is_active = forms.TypedChoiceField(
        label="May sign in",
        error_messages={"required": "Choose yes or no"},
        choices=[("yes", "Yes"), ("no", "No: deactivated")],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    why = forms.CharField(
        label="Why?",
        error_messages={"required": "Say why you do this"},
        help_text="Kept in the audit.",
        max_length=500,
    )


class WhyForm(forms.Form):
    """A reason and nothing else."""

    why = forms.CharField(
        label="Why?",
        error_messages={"required": "Say why you do this"},
        help_text="Kept in the audit.",
        max_length=500,
    )


class AuditSearchForm(forms.Form):
    """What to look for in the audit, and why."""

    by = forms.CharField(label="Person", required=False, max_length=150)
    action = forms.CharField(label="Action", required=False, max_length=80)
    about = forms.CharField(
        label="About", help_text="As in referral:12 or package:3", required=False, max_length=80
    )
    since = forms.DateField(label="From", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label="To", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    why = forms.CharField(
        label="Why are you looking?",
        error_messages={"required": "Say why you are looking"},
        help_text="The law wants a reason for every consultation. It is kept with the record of this search.",
        max_length=500,
    )

    def clean_until(self) -> date | None:
        """Not before the first day."""
        since, until = self.cleaned_data.get("since"), self.cleaned_data["until"]
        if since and until and until < since:
            raise forms.ValidationError("The last day is before the first.")
        return until  # type: ignore[no-any-return]


class TrainingForm(forms.Form):
    """A course that somebody passed."""

    course = forms.ChoiceField(
        label="Which course or licence?",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose a course"},
    )
    passed_on = DayField(label="Passed on which day?", help_text="For example, 27 3 2026")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        courses = load("allocation", settings.JURISDICTION).on(today()).courses
        self.fields["course"].choices = [(code, course.label) for code, course in courses.items()]  # type: ignore[attr-defined]
        say_plainly(self)
        self.helper = FormHelper(self)
        self.helper.form_tag = False
        self.helper.disable_csrf = True


class ViewingForm(forms.Form):
    """How much somebody is about to view, of each kind."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = load("exposure", settings.JURISDICTION).on(today()).kinds
        for code, kind in kinds.items():
            words = forms.NumberInput(attrs={"class": "govuk-input--width-4"})
            self.fields[code] = forms.IntegerField(
                label=f"{kind.label}: how many?", required=False, min_value=0, max_value=100_000, widget=words
            )
        say_plainly(self)

    def many(self) -> dict[str, int]:
        """How many of each kind; what was left empty is none."""
        return {code: int(count or 0) for code, count in self.cleaned_data.items()}
