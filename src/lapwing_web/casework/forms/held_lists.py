"""What a person says of a document of a list that is held."""

from typing import Any

from django import forms
from django.urls import reverse

from lapwing_web.casework.actions.held_lists import decide
from lapwing_web.casework.forms.decision import Decision
from lapwing_web.casework.forms.referral import why_field

ACCEPT, REFUSE = "accept", "refuse"


class HeldForm(Decision):
    """Bring in what is held, or throw it away. The subject is the list's source as it stands."""

    permission, submit = "decide a held list", "Decide"
    shows = None  # a list, and nobody
    template = "casework/held.html"
    sha256 = forms.CharField(widget=forms.HiddenInput)
    decision = forms.ChoiceField(
        label="What is to be done with it?",
        widget=forms.RadioSelect,
        choices=[
            (ACCEPT, "Bring it in: it is what its publisher means the list to be"),
            (REFUSE, "Throw it away: the same document is not held again"),
        ],
        error_messages={"required": "Choose what is to be done"},
    )
    why = why_field("Why?", "What its publisher said, and who asked them.")

    def prepare(self) -> None:
        """Remember which document the person saw."""
        held = self.subject.standing.held
        self.fields["sha256"].initial = held.sha256 if held else ""

    def act(self) -> str:
        """Decide."""
        given: dict[str, Any] = self.cleaned_data
        accepts = given["decision"] == ACCEPT
        decide(self.subject.name, given["sha256"], accepts=accepts, why=given["why"], by=self.by)
        done = "is being brought in" if accepts else "is thrown away"
        return f"The document of {self.subject.name} that was held {done}."

    @property
    def back(self) -> str:
        """The lists: one may have no page of its own yet."""
        return reverse("lists")

    def heading(self) -> str:
        """The page's title."""
        return f"A document of {self.subject.name} is held"
