"""Telling: the questions of the public form that fit whoever answers, and the report their answers make.

Nothing is inferred. An answer to a question that no longer fits (somebody first said that they were a
teacher, then that they are a child) is left out of the report.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from msgspec import Struct
from msgspec.structs import fields

from lapwing.report import Email, Incident, Person, Phone, Report, ReportingDuty, SafeContact, Telling

PUBLIC, PROFESSIONALS = "Members of the public", "Mandatory reporters"  # who a report is from
ESCALATED_BY = "danger_now"  # the rule that escalates, a key of FACTORS and of triage's protections
ESCALATION = "Whoever told it says that a child is in danger now."
TELLERS = ("child", "parent", "adult", "professional")
_KNOWN = {"yes": True, "no": False}
_DIGITS = re.compile(r"\d")


class Answers(Struct, frozen=True, omit_defaults=True):
    """Every answer as text, "" where there is none. Choices hold a code, the day is ISO 8601."""

    who: str = ""  # one of TELLERS
    danger: str = ""  # yes, no, not_sure
    whose: str = ""  # of a child: me, other
    child_name: str = ""
    child_age: str = ""
    child_place: str = ""
    child_account: str = ""
    happened: str = ""
    happened_when: str = ""
    happened_where: str = ""
    person_name: str = ""
    person_account: str = ""
    person_service: str = ""
    person_reach: str = ""
    person_knows: str = ""
    person_children: str = ""  # yes, no, not_sure
    told_others: str = ""
    duty_role: str = ""
    duty_organisation: str = ""
    learnt_on: str = ""
    learnt_at: str = ""
    way: str = ""  # none, phone, email, trusted_adult
    phone: str = ""
    email: str = ""
    adult: str = ""
    adult_reach: str = ""
    times: str = ""
    avoid: str = ""


def _always(answers: Answers) -> bool:
    return True


def _professional(answers: Answers) -> bool:
    return answers.who == "professional"


_OF_PERSON = ("person_name", "person_account", "person_service", "person_reach", "person_knows")

# question -> the fields it asks, and whether it fits these answers; in the order they are asked
QUESTIONS: dict[str, tuple[tuple[str, ...], Callable[[Answers], bool]]] = {
    "who": (("who",), _always),
    "danger": (("danger",), _always),
    "whose": (("whose",), lambda a: a.who == "child"),
    "child": (("child_name", "child_age", "child_place", "child_account"), _always),
    "happened": (("happened",), _always),
    "where": (("happened_when", "happened_where"), _always),
    "person": (("person_name", "person_account", "person_service", "person_reach", "person_knows"), _always),
    "children": (("person_children",), lambda a: any(getattr(a, name) for name in _OF_PERSON)),
    "told": (("told_others",), _always),
    "duty": (("duty_role", "duty_organisation"), _professional),
    "learnt": (("learnt_on", "learnt_at"), _professional),
    "contact": (("way",), _always),
    "phone": (("phone", "times", "avoid"), lambda a: a.way == "phone"),
    "email": (("email", "times", "avoid"), lambda a: a.way == "email"),
    "adult": (("adult", "adult_reach", "times", "avoid"), lambda a: a.way == "trusted_adult"),
}


def fitting(answers: Answers) -> list[str]:
    """The questions to ask whoever gave these answers, in order."""
    return [name for name, (_, fits) in QUESTIONS.items() if fits(answers)]


def standing(answers: Answers) -> Answers:
    """The answers without those to questions that do not fit."""
    asked = {field for name in fitting(answers) for field in QUESTIONS[name][0]}
    return Answers(**{f.name: getattr(answers, f.name) for f in fields(Answers) if f.name in asked})


def provider_of(answers: Answers) -> str:
    """Whom the report is from: never a company."""
    return PROFESSIONALS if answers.who == "professional" else PUBLIC


def report_of(answers: Answers, reference: str) -> Report:
    """The report that these answers make. ValueError when nobody has said who they are."""
    if answers.who not in TELLERS:
        raise ValueError("a report is told by a child, a parent, another adult or a professional")
    said = standing(answers)
    danger = said.danger == "yes"
    return Report(
        format="schedule-1",
        provider=provider_of(said),
        reference=reference,
        escalated=danger,
        escalation_reason=ESCALATION if danger else "",
        platform=said.happened_where,
        telling=_telling(said),
        incidents=[Incident("told", name=said.happened_where, content=said.happened)],
        people=[*_subject(said), *_victim(said)],
    )


def _telling(said: Answers) -> Telling:
    return Telling(
        teller=said.who,  # type: ignore[arg-type]
        about_self={"me": True, "other": False}.get(said.whose),
        danger=said.danger,
        happened_when=said.happened_when,
        told_others=said.told_others,
        contact=_contact(said),
        duty=_duty(said),
    )


def _contact(said: Answers) -> SafeContact | None:
    """None when the question was not answered: then nobody has said that it is safe."""
    if not said.way:
        return None
    if said.way == "none":
        return SafeContact(safe=False)
    return SafeContact(
        safe=True,
        way=said.way,
        phone=said.phone,
        email=said.email,
        trusted_adult=said.adult,
        trusted_adult_reach=said.adult_reach,
        times=said.times,
        avoid=said.avoid,
    )


def _duty(said: Answers) -> ReportingDuty | None:
    if said.who != "professional":
        return None
    learnt_on = date.fromisoformat(said.learnt_on) if said.learnt_on else None
    return ReportingDuty(said.duty_role, said.duty_organisation, learnt_on, said.learnt_at)


def _subject(said: Answers) -> list[Person]:
    """Whoever did it, if anything is said of them."""
    if not any(getattr(said, name) for name in _OF_PERSON):
        return []
    first, _, last = said.person_name.rpartition(" ")
    emails, phones, notes = _reach(said.person_reach)
    return [
        Person(
            role="subject",
            first_name=first or last,
            last_name=last if first else "",
            screen_name=said.person_account,
            service=said.person_service,
            emails=emails,
            phones=phones,
            access_to_children=_KNOWN.get(said.person_children),
            notes="\n".join(filter(None, (said.person_knows, notes))),
        )
    ]


def _reach(typed: str) -> tuple[list[Email], list[Phone], str]:
    """An e-mail address, a telephone number, or words: whichever it reads as."""
    if "@" in typed and not any(one.isspace() for one in typed):
        return [Email(typed)], [], ""
    if len(_DIGITS.findall(typed)) >= 6 and not any(one.isalpha() for one in typed):
        return [], [Phone(typed)], ""
    return [], [], typed


def _victim(said: Answers) -> list[Person]:
    """The child, if anything is said of them, or if the child is telling it of themself."""
    named = (said.child_name, said.child_age, said.child_place, said.child_account)
    if not any(named) and said.whose != "me":
        return []
    age = int(said.child_age) if said.child_age.isascii() and said.child_age.isdigit() else None
    about = [f"Age, as told: {said.child_age}"] if said.child_age and age is None else []
    about += [f"Where the child lives or is, as told: {said.child_place}"] if said.child_place else []
    return [
        Person(
            role="victim",
            first_name=said.child_name,
            age=age,
            screen_name=said.child_account,
            notes="\n".join(about),
        )
    ]


WAYS = {"phone": "by phone", "email": "by email", "trusted_adult": "through an adult they trust"}


def contact_sentence(contact: SafeContact | None) -> str:
    """How whoever told it may be reached, as an order an officer cannot misread. Silence is never leave."""
    if contact is None or contact.safe is None:
        return "Do not contact them: they did not say that it is safe."
    if not contact.safe:
        return "Do not contact them: they said that it is not safe."
    way = WAYS.get(contact.way, contact.way) or "in the way given"
    whom = ": ".join(filter(None, (contact.trusted_adult, contact.trusted_adult_reach)))
    where = "; ".join(filter(None, (contact.phone, contact.email, whom)))
    return f"Contact them only {way}{': ' + where if where else ''}."
