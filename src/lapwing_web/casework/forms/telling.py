"""The questions of the public form, one form each, made from `telling_words`. None takes a file."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from crispy_forms_gds.helper import FormHelper
from crispy_forms_gds.layout import Field, Fixed, Fluid, Layout, Size
from django import forms
from msgspec import Struct

from lapwing.rules.spoken_reference import read_reference
from lapwing.rules.telling import QUESTIONS, Answers, fitting, standing
from lapwing_web.casework.forms.telling_words import ASKS, LEADS, NO_PICTURES, TITLES, Ask, said, voice_of
from lapwing_web.days import DayField
from lapwing_web.moment import today

PICTURE = re.compile(r"data:\s*(image|video)/", re.IGNORECASE)
UNSEEN = {
    *map(chr, range(32)), *map(chr, range(0x7F, 0xA0)), *map(chr, range(0x202A, 0x202F)),
    *map(chr, range(0x2066, 0x206A)), "\ufeff", "\u2028", "\u2029",
} - {"\n", "\t"}  # fmt: skip
CLEAN = {ord(one): "\N{REPLACEMENT CHARACTER}" for one in UNSEEN}


def clean_text(text: str) -> str:
    """What was typed, with line ends as one, and what is unseen or turns the direction of text replaced."""
    return text.replace("\r\n", "\n").replace("\r", "\n").translate(CLEAN).strip()


class _Words(forms.CharField):
    """Words, and never a picture pasted as text."""

    def to_python(self, value: Any) -> str:
        return clean_text(super().to_python(value) or "")

    def validate(self, value: str) -> None:
        super().validate(value)
        if PICTURE.search(value):
            raise forms.ValidationError("Use words only: please do not paste a picture or a video")


class _Day(DayField):
    """A day in the past."""

    def clean(self, value: Any) -> date | None:
        day = super().clean(value)
        if day and day > today():
            raise forms.ValidationError("Enter a day that is not in the future")
        return day


class QuestionForm(forms.Form):
    """One question as whoever answers is asked it. `given` are the answers so far."""

    def __init__(self, question: str, given: Answers, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data)
        self.question, self.voice = question, voice_of(given.who)
        self.names = QUESTIONS[question][0]
        self.title = said(TITLES[question], self.voice)
        self.lead = said(LEADS.get(question, ""), self.voice)
        self.single = len(self.names) == 1
        for name in self.names:
            self.fields[name] = field_for(ASKS[name], self.voice)
            value: Any = getattr(given, name)
            self.fields[name].initial = date.fromisoformat(value) if value and name == "learnt_on" else value
        self.helper = FormHelper(self)
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.layout = Layout(*(_laid_out(name, ASKS[name], self.single) for name in self.names))

    @property
    def answers(self) -> dict[str, str]:
        """What was answered, as text."""
        return {name: _text(self.cleaned_data[name]) for name in self.names}


def _text(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else value or ""


def field_for(ask: Ask, voice: str) -> forms.Field:
    """The field that asks it."""
    label, hint, required = said(ask.label, voice), said(ask.hint, voice), bool(ask.missing)
    if ask.kind == "text" and NO_PICTURES not in hint:
        hint = f"{hint} {NO_PICTURES}".strip()
    words = {"label": label, "help_text": hint, "required": required}
    errors = {"required": ask.missing, "invalid_choice": ask.missing or "Choose one of these"}
    if ask.kind == "choice":
        listed = [(code, said(text, voice)) for code, text in ask.choices]
        return forms.ChoiceField(choices=listed, widget=forms.RadioSelect, error_messages=errors, **words)  # type: ignore[arg-type]
    if ask.kind == "day":
        return _Day(**words)
    errors["max_length"] = f"Use {ask.most:,} characters or fewer"
    quiet = {"autocomplete": "off", "spellcheck": "false"}  # nothing is remembered, or sent to be checked
    widget = forms.Textarea(attrs=quiet) if ask.kind == "text" else forms.TextInput(attrs=quiet)
    return _Words(strip=False, max_length=ask.most, widget=widget, error_messages=errors, **words)  # type: ignore[arg-type]


def _laid_out(name: str, ask: Ask, single: bool) -> Any:
    """Alone on its page, a question's words are the page's heading."""
    if ask.kind == "choice":
        return Field.radios(name, legend_size=Size.LARGE, legend_tag="h1")
    if ask.kind == "day":
        return Field(name, context={"legend_size": Size.for_legend(Size.SMALL)})
    size = {"label_size": Size.LARGE, "label_tag": "h1"} if single else {"label_size": Size.SMALL}
    if ask.kind == "text":
        return Field.textarea(name, rows=6, **size)
    return Field.text(name, **size, field_width=Fixed.FIVE if name == "child_age" else Fluid.TWO_THIRDS)


class Row(Struct):
    """One answer on the page that shows them all."""

    page: str  # the name of the page where it is asked
    label: str
    value: str


def answered(given: Answers) -> list[Row]:
    """Every answer that would be sent, and the empty ones, in the order of the questions."""
    voice, now = voice_of(given.who), standing(given)
    return [
        Row(f"tell-{question}", said(ASKS[name].label, voice), _shown(name, getattr(now, name), voice))
        for question in fitting(given)
        for name in QUESTIONS[question][0]
    ]


def _shown(name: str, value: str, voice: str) -> str:
    if ASKS[name].kind == "day" and value:
        day = date.fromisoformat(value)
        return f"{day.day} {day:%B %Y}"
    return next((said(words, voice) for code, words in ASKS[name].choices if code == value), value)


class ReferenceForm(forms.Form):
    """The reference that somebody kept."""

    reference = forms.CharField(
        label="Your reference",
        help_text="16 letters and numbers. Capitals, spaces and dashes do not matter.",
        max_length=100,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"}
        ),
        error_messages={"required": "Enter your reference", "max_length": "Enter the 16 letters and numbers"},
    )

    def clean_reference(self) -> str:
        """As it was given out."""
        read = read_reference(self.cleaned_data["reference"])
        if read is None:
            raise forms.ValidationError("Check the letters and numbers: one of them is missing or wrong")
        return read
