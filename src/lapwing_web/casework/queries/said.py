"""What a report says of a person, in words: read alike on a referral's page and on a package's."""

from lapwing.report import Person, PostalAddress


def said_of(person: Person) -> list[tuple[str, str]]:
    """What a report says of a person beside identifiers, label and value, empty ones left out."""
    place = person.estimated_location
    pairs = [
        ("Name", " ".join(filter(None, (person.first_name, person.last_name)))),
        ("Age", "" if person.age is None else str(person.age)),
        ("Date of birth", person.date_of_birth.isoformat() if person.date_of_birth else ""),
        ("Addresses", "; ".join(_address(one) for one in person.addresses)),
        ("Estimated place", _joined(place.city, place.region, place.country) if place else ""),
        ("Access to children", {True: "Yes", False: "No", None: ""}[person.access_to_children]),
        ("Relationship to the child", person.relationship_to_child),
        ("Convicted sex offender", {True: "Yes", False: "No", None: ""}[person.convicted_sex_offender]),
        ("Account thought compromised", {True: "Yes", False: "No", None: ""}[person.compromised_account]),
        ("Earlier reports", ", ".join(person.prior_references)),
    ]  # fmt: skip
    return [(label, value) for label, value in pairs if value]


def _address(one: PostalAddress) -> str:
    return _joined(one.street, one.city, one.region, one.postcode, one.country)


def _joined(*parts: str) -> str:
    return ", ".join(filter(None, parts))
