"""Saying why one looks at a sensitive record, before one sees it (Data Protection Act 2018 s.62).

A reason may stand for whatever is opened from one's own queue for eight hours. A record that has left the
queue asks again, and its answer stands for that record alone, for half an hour.
"""

from collections.abc import Mapping, MutableMapping
from typing import Any

from crispy_forms_gds.helper import FormHelper
from crispy_forms_gds.layout import Field, Layout
from django import forms
from django.conf import settings
from django.utils.http import url_has_allowed_host_and_scheme

from lapwing.policy import load
from lapwing_web.moment import now, today
from lapwing_web.staff.models import User

HOURS, MINUTES = 8, 30
SHIFT, SINGLE = HOURS * 3600, MINUTES * 60  # seconds
KEY = "why_looking"
ASKS_AGAIN = frozenset(
    {"closed", "discarded", "ended", "joined", "kept", "kept_apart", "merged", "returned", "with_another"}
)  # states that a standing reason does not open


def standing_reason(session: Mapping[str, Any], name: str, state: str) -> str:
    """The reason given before that still holds for the record `name` in `state`; "" when it must be asked."""
    given = session.get(KEY, {})
    for which in (name, "" if state not in ASKS_AGAIN else name):
        reason = given.get(which)
        if reason and reason["until"] > now().timestamp():
            return str(reason["why"])
    return ""


def state_of(subject: Any, by: User) -> str:
    """The state by which a reason stands or is asked for again; "" for a report, which has none.

    Of a package whose case another force works it is one state whatever becomes of it there.
    """
    if hasattr(subject, "KEPT_APART"):
        return "kept_apart"
    worked = getattr(subject, "case", None)
    if worked is not None and not by.in_agency and worked.organisation_id != by.organisation_id:
        return "with_another"
    return "closed" if getattr(subject, "outcome", "") else getattr(subject, "state", "")


def own_address(given: str) -> str:
    """`given` if it is a path of this site and nothing else; otherwise ""."""
    ours = given.startswith("/") and url_has_allowed_host_and_scheme(given, allowed_hosts=None)
    return given if ours else ""


class LookForm(forms.Form):
    """Why this record is opened."""

    reason = forms.ChoiceField(
        label="Your reason",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose why you need to see it"},
    )
    text = forms.CharField(
        label="In a few words", required=False, max_length=500, help_text="Needed for choices marked *."
    )
    stands = forms.BooleanField(
        label=f"Use this reason for everything still being worked that I open in the next {HOURS} hours",
        required=False,
        initial=True,
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, name: str, state: str) -> None:
        super().__init__(data)
        self.name = name
        self.listed = load("justifications", settings.JURISDICTION).on(today()).justifications
        self.fields["reason"].choices = [  # type: ignore[attr-defined]
            (code, f"{one.label} *" if one.text else one.label) for code, one in self.listed.items()
        ]
        self.fields["reason"].widget.attrs["autofocus"] = True
        if state in ASKS_AGAIN:
            del self.fields["stands"]
        self.helper = FormHelper(self)
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.layout = Layout(
            Field.radios("reason", small=True),
            *(name for name in ("text", "stands") if name in self.fields),
        )

    def clean(self) -> dict[str, Any]:
        """Ask for words where the choice needs them."""
        cleaned = super().clean() or {}
        chosen = self.listed.get(cleaned.get("reason", ""))
        if chosen and chosen.text and not cleaned.get("text", "").strip():
            self.add_error("text", f"Say more: “{chosen.label}” needs a few words")
        return cleaned

    def remember(self, session: MutableMapping[str, Any]) -> None:
        """Keep the answer in the session for as long as it stands."""
        label, text = self.listed[self.cleaned_data["reason"]].label, self.cleaned_data["text"].strip()
        stands = bool(self.cleaned_data.get("stands"))
        until = now().timestamp() + (SHIFT if stands else SINGLE)
        given = {name: one for name, one in session.get(KEY, {}).items() if one["until"] > now().timestamp()}
        given["" if stands else self.name] = {"why": f"{label}: {text}" if text else label, "until": until}
        session[KEY] = given
