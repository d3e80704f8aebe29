"""What a report says of a person, in words: read alike on a referral's page and on a package's."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from msgspec import Struct

from lapwing.report import Person, PostalAddress
from lapwing.rules.ranking import spelled


def said_of(person: Person) -> list[tuple[str, str]]:
    """What a report says of a person beside identifiers, label and value, empty ones left out."""
    place = person.estimated_location
    pairs = [
        ("Name", " ".join(filter(None, (person.first_name, person.last_name)))),
        ("Age", "" if person.age is None else str(person.age)),
        ("Date of birth", spelled(person.date_of_birth) if person.date_of_birth else ""),
        ("Addresses", "; ".join(_address(one) for one in person.addresses)),
        ("Estimated place", _joined(place.city, place.region, place.country) if place else ""),
        ("Access to children", {True: "Yes", False: "No", None: ""}[person.access_to_children]),
        ("Relationship to the child", person.relationship_to_child),
        ("Convicted sex offender", {True: "Yes", False: "No", None: ""}[person.convicted_sex_offender]),
        ("Account thought compromised", {True: "Yes", False: "No", None: ""}[person.compromised_account]),
        ("Earlier reports", ", ".join(person.prior_references)),
        ("Notes", person.notes),
    ]  # fmt: skip
    return [(label, value) for label, value in pairs if value]


TELLERS = {
    "child": "A child",
    "parent": "A parent or carer",
    "adult": "An adult who is worried about a child",
    "professional": "A professional who works with children",
}
DANGER = {"yes": "Yes, now", "no": "No", "not_sure": "Not sure: nobody has found out", "": "Not said"}


def _day(written: Any) -> str:
    """`24 November 2026`, of an ISO date; "" of none."""
    return spelled(date.fromisoformat(str(written))) if written else ""


class TellingLine(Struct):
    """What a person told, for an officer to read first: how to reach them safely, then the rest."""

    report: str
    safe: bool
    danger: bool
    sentence: str
    rows: list[tuple[str, str]]


def telling_said(told: Mapping[str, Any]) -> TellingLine:
    """In words, from `models.telling`'s values or from a package that holds them."""
    contact, words, duty = told["contact"], told.get("words") or {}, told.get("duty") or {}
    about_self = {True: ", about themself", False: ", about another child", None: ""}[told["about_self"]]
    pairs = [
        ("When it is safe", contact["times"]),
        ("Never do or say", contact["avoid"]),
        ("Who told it", TELLERS.get(told["teller"], told["teller"]) + about_self),
        ("Role", duty.get("role", "")),
        ("Organisation", duty.get("organisation", "")),
        ("When they learnt of it", _joined(_day(duty.get("learnt_on")), duty.get("learnt_at", ""))),
        ("A child in danger now", DANGER.get(told["danger"], told["danger"])),
        ("What they told", words.get("happened", "")),
        ("When it happened", words.get("when", "")),
        ("Where it happened", words.get("where", "")),
        ("Who else knows", words.get("told_others", "")),
    ]
    rows = [(label, value) for label, value in pairs if value]
    safe = contact["safe"] is True
    return TellingLine(told["report"], safe, told["danger"] == "yes", contact["sentence"], rows)


def _address(one: PostalAddress) -> str:
    return _joined(one.street, one.city, one.region, one.postcode, one.country)


def _joined(*parts: str) -> str:
    return ", ".join(filter(None, parts))
