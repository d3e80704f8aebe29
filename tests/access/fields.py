"""What the questions of forms ask for: written by hand, and not derived from the code.

`test_every_field` asks each form that somebody of a force may send. A question that could name a record, and
is not here, fails it. Names are `Form.question`; a question that every form has is `*.question`.
"""

import re
from typing import Any

from django import forms
from django.db.models import Model, QuerySet

from lapwing_web.casework.models import Case, Child, Laboratory, Suspect
from lapwing_web.days import DayField
from lapwing_web.offenders.models import Notifiable
from lapwing_web.staff.models import Organisation, Team, User

# kinds of records, each with the way from one of them to the organisation whose it is
KINDS: dict[str, tuple[type[Model], str]] = {
    "case": (Case, "organisation"),
    "child": (Child, "case__organisation"),
    "laboratory": (Laboratory, "organisation"),
    "notifiable": (Notifiable, "offender__organisation"),
    "organisation": (Organisation, "pk"),
    "person": (User, "organisation"),
    "suspect": (Suspect, "case__organisation"),
    "team": (Team, "organisation"),
}
# questions whose answer is the key of a record of one's own force
RECORDS = {
    "AllocateForm.to": "person",
    "AssignForm.to": "person",
    "BeginForm.laboratory": "laboratory",
    "EndTeamForm.heir": "team",
    "GradesForm.grader": "person",
    "IssueForm.team": "team",
    "JoinForm.people": "person",
    "NotifyForm.items": "notifiable",
    "PersonChangeForm.organisation": "organisation",
    "PersonChangeForm.team": "team",
    "PersonForm.organisation": "organisation",
    "PersonForm.team": "team",
    "PlaceForm.team": "team",
    "RegisterForm.neighbourhood": "team",
    "RegisterForm.team": "team",
    "SeizeForm.suspect": "suspect",
    "WriteForm.neighbourhood": "team",
}
# how a key is written, where something else stands beside it
SHAPES = {"JoinForm.people": "{}-"}  # the team in which the person was seen: none
EVERYBODYS = {"OfferForm.to": "a case may be offered to every force"}
CODES = {"OutcomeForm.code": "outcomes have numbers"}
# questions in whose own name the key of a record stands
NAMED = {r"plan_(\d+)": "child"}
# what is typed and names a record, or is one's own choice and in use elsewhere: of another force's the answer
# is that of one nobody has. A case has a reference; all else is called by its force's mark
REFERENCES = {
    "JoinCasesForm.into": "reference",
    "CrimeForm.number": "mark",
    "LaboratoryForm.name": "mark",
    "RegisterForm.register_number": "mark",
    "SeizeForm.number": "mark",
}
CONTACT = ("household", "family", "work", "volunteering", "role", "area")
MATERIAL = ("image", "text", "audio", "video", "unknown")
WORDS = {
    "*.seen": "the state of the record when the page was opened",
    "*.court": "a court’s name",
    "*.description": "of an exhibit",
    "*.offence": "an offence",
    "*.label": "what tells a suspect from the others",
    "*.place": "where an exhibit is",
    "*.scan": "the SHA-256 of the scan that counted when the page was opened",
    "*.seal": "a seal’s number",
    "*.source": "where an answer comes from",
    "*.tell": "whom a team tells",
    "*.name": "a person’s name",
    "*.area": "a town or a ward",
    "*.value": "an address or a number as it was notified",
    "*.why": "a reason",
    "RequireForm.under_18": "an age",
    "FindOutForm.born_1": "a child’s day of birth",
    **{f"DisposalForm.{what}_{n}": "of a condition" for what in ("condition", "due") for n in (1, 2, 3)},
    "StayForm.text": "where the offender stays",
    "BailRecordForm.to": "who receives a document",
    "BriefingDocumentForm.to": "who receives a document",
    "CaseSummaryForm.to": "who receives a document",
    "CertificateForm.to": "who receives a document",
    "ExhibitListForm.to": "who receives a document",
    "SafeguardingReferralForm.to": "who receives a document",
    "CodeForm.code": "of one’s own telephone",
    "PasswordForm.present": "a password",
    "PasswordForm.new": "a password",
    "PasswordForm.again": "a password",
    "PersonForm.username": "a name to sign in with is one for the whole site",
    "ReferenceForm.reference": "of what anybody told, without signing in",
    "SeizeForm.gigabytes": "a size",
    "LaboratoryForm.hours_a_week": "hours",
    "CourtForm.months": "a sentence",
    **{f"ContactForm.{what}_source": "where an answer comes from" for what in CONTACT},
    **{f"ViewingForm.{what}": "how many are viewed" for what in MATERIAL},
}
# routes of forces that are sent something, and show no form to begin with
ASKS = "asks why one looks, once"
NO_FORM = dict.fromkeys(("briefing", "case", "child", "offender", "package"), ASKS)
NO_RECORD = (
    forms.BooleanField, DayField, forms.DateField, forms.TimeField, forms.FileField, forms.EmailField
)  # fmt: skip


def listed(name: str, table: Any) -> bool:
    """Whether a question is in a table by its own name, or by that of one every form may have."""
    return name in table or f"*.{name.partition('.')[2]}" in table


def others(kind: str, other: Organisation) -> QuerySet[Any]:
    """The other force's records of a kind."""
    model, path = KINDS[kind]
    return model._default_manager.filter(**{path: other.pk}).order_by("pk")


def unknown(name: str, field: forms.Field) -> str:
    """What nobody has said of a question; "" where it is known, or can name no record."""
    if re.search(r"\d", name) and not (listed(name, WORDS) or _named(name)):
        return (
            f"{name} has a number in its name: say in NAMED whose it is, or in WORDS that it is of no record"
        )
    if any(name in table for table in (RECORDS, EVERYBODYS, CODES, REFERENCES)) or listed(name, WORDS):
        return ""
    if isinstance(field.widget, forms.Textarea) or isinstance(field, NO_RECORD):
        return ""
    if isinstance(field, forms.ChoiceField) and not isinstance(field, forms.ModelChoiceField):
        codes = [str(code) for code, _ in field.choices if code]
        if codes and not any(code[0].isdecimal() for code in codes) and not _keys() & set(codes):
            return ""
    return f"{name} ({type(field).__name__}) may name a record: say in RECORDS, REFERENCES or WORDS which"


def _named(name: str) -> bool:
    return any(re.fullmatch(pattern, name.partition(".")[2]) for pattern in NAMED)


def _keys() -> set[str]:
    """The keys of organisations: of all that a force may have a record of, those alone are words."""
    return set(Organisation.objects.values_list("pk", flat=True))
