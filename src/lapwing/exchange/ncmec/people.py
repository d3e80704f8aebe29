"""NCMEC's people, each a table: reported, recipient, victim, associated account, reporter and contacts."""

from lapwing.exchange.ncmec.parts import (
    ACCOUNT_ACTIONS,
    ADDRESSES,
    DEVICES,
    EMAILS,
    IP_EVENTS,
    LOCATION,
    PHONES,
)
from lapwing.exchange.values import BOOLEAN, DATE, PROSE, WHOLE, codes
from lapwing.exchange.xml_tables import Attribute, Leaf, Part, Shape, Within
from lapwing.report import Person

_ASSOCIATIONS = codes(
    {
        "Billing": "billing",
        "Linked": "linked",
        "Business": "business",
        "Creator": "creator",
        "Parent/Guardian": "parent_or_guardian",
        "Other": "other",
    }
)
_CONTACT = (Leaf("firstName", "first_name"), Leaf("lastName", "last_name"), PHONES, EMAILS, ADDRESSES)
_BIRTH = (Leaf("age", "age", WHOLE), Leaf("dateOfBirth", "date_of_birth", DATE))
_PERSON = Shape(*_CONTACT, *_BIRTH)

_IDENTIFIER = Leaf("espIdentifier", "account_id")
_SERVICE = Leaf("espService", "service")
_COMPROMISED = Leaf("compromisedAccount", "compromised_account", BOOLEAN)
_SCREEN_NAME = Leaf("screenName", "screen_name")
_DISPLAY_NAMES = Leaf("displayName", "display_names", many=True)
_PROFILES = Leaf("profileUrl", "profile_urls", many=True)
_BIO = Leaf("profileBio", "profile_bio", PROSE)
_ACCOUNT = (
    _IDENTIFIER,
    _SERVICE,
    _COMPROMISED,
    _SCREEN_NAME,
    _DISPLAY_NAMES,
    _PROFILES,
    _BIO,
    IP_EVENTS,
    DEVICES,
)
_PRIOR = Leaf("priorCTReports", "prior_references", many=True)
_GROUP = Leaf("groupIdentifier", "group_identifier")
_ALL_EMAILS = Leaf("allEmailsReported", "all_emails_reported", BOOLEAN)
_NOTES = Leaf("additionalInfo", "notes", PROSE)

_ASSOCIATE = Shape(
    Within(
        "platform",
        Shape(
            text=Attribute("platform", "platform"),
            attributes=(Attribute("thirdPartyUser", "third_party", BOOLEAN),),
        ),
    ),
    Leaf("firstName", "first_name"),
    Leaf("middleName", "middle_name"),
    Leaf("lastName", "last_name"),
    Leaf("approximateAge", "age", WHOLE),
    Leaf("dateOfBirth", "date_of_birth", DATE),
    PHONES,
    EMAILS,
    _ALL_EMAILS,
    ADDRESSES,
    _SERVICE,
    _IDENTIFIER,
    _PROFILES,
    _SCREEN_NAME,
    _DISPLAY_NAMES,
    _BIO,
    _GROUP,
    _COMPROMISED,
    *ACCOUNT_ACTIONS,
    IP_EVENTS,
    DEVICES,
    Leaf("priorCTReport", "prior_references", many=True),
    _NOTES,
    of=Person,
    attributes=(Attribute("type", "association", _ASSOCIATIONS, required=True),),
)
_ASSOCIATES = Part("associatedAccount", "associates", _ASSOCIATE, many=True, fixed={"role": "associate"})
_SUBJECT = Shape(
    Within("personOrUserReportedPerson", _PERSON),
    Leaf("vehicleDescription", "vehicle"),
    *_ACCOUNT,
    Leaf("thirdPartyUserReported", "third_party", BOOLEAN),
    _PRIOR,
    _GROUP,
    *ACCOUNT_ACTIONS,
    LOCATION,
    _ALL_EMAILS,
    _ASSOCIATES,
    _NOTES,
    of=Person,
)
_RECIPIENT = Shape(
    Within("intendedRecipientPerson", _PERSON),
    *_ACCOUNT,
    _PRIOR,
    _GROUP,
    *ACCOUNT_ACTIONS,
    LOCATION,
    _ALL_EMAILS,
    Leaf("additionalInfo", "notes", PROSE, overflow="further_notes"),
    of=Person,
)
_VICTIM = Shape(
    Within("victimPerson", _PERSON, always=True),
    *_ACCOUNT,
    Leaf("schoolName", "school"),
    _PRIOR,
    *ACCOUNT_ACTIONS,
    LOCATION,
    _ALL_EMAILS,
    _ASSOCIATES,
    _NOTES,
    of=Person,
)
PEOPLE = (
    Part("personOrUserReported", "people", _SUBJECT, many=True, fixed={"role": "subject"}),
    Part("intendedRecipient", "people", _RECIPIENT, many=True, fixed={"role": "recipient"}),
    Part("victim", "people", _VICTIM, many=True, fixed={"role": "victim"}),
)
REPORTING_PERSON = Part(
    "reportingPerson",
    "reporter",
    Shape(*_CONTACT, *_BIRTH, of=Person),
    fixed={"role": "reporter"},
    always=True,
)
CONTACT = Shape(*_CONTACT, of=Person)
CONTACT_PERSON = Part("contactPerson", "reporter_contact", CONTACT, fixed={"role": "contact"})
OFFICER = Part("officerContact", "contact", CONTACT, fixed={"role": "contact"})
