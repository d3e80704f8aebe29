"""People in the police package: how each is reached, where and on what they were seen, and what is said of
them.
"""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from lapwing.exchange.json_fields import Field, Part, Parts, Several
from lapwing.exchange.json_tables import Stated, Table, bare, items_of
from lapwing.exchange.json_unknown import Wrong, keep, keep_more
from lapwing.exchange.values import BOOLEAN, DATE, INSTANT, PROSE, WHOLE, Kind, codes, quoted
from lapwing.report import (
    AccountAction,
    Device,
    Email,
    EstimatedLocation,
    IpEvent,
    Person,
    Phone,
    PostalAddress,
)

EVENTS = codes(
    {name.upper(): name for name in ("login", "registration", "purchase", "upload", "other", "unknown")}
)
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
_YES_NO = {"yes": True, "y": True, "true": True, "no": False, "n": False, "false": False}


def _said(text: str) -> bool | None:
    stated = text.strip().casefold()
    if stated in ("unknown", "n/a", "not known"):
        return None
    if stated not in _YES_NO:
        raise ValueError(f"{quoted(text)} is neither yes nor no")
    return _YES_NO[stated]


SAID = Kind(_said, str, json="boolean")  # about a person: yes, no, or nobody knows

EMAILS = Parts(
    "emails",
    "emails",
    Table(
        Field("value", "address", required=True),
        Field("type", "kind"),
        Field("verified", "verified", BOOLEAN),
        Field("verificationDate", "verified_at", INSTANT),
        of=Email,
    ),
    inner="emails",
)
PHONES = Parts(
    "phones",
    "phones",
    Table(
        Field("value", "number", required=True),
        Field("type", "kind"),
        Field("countryCallingCode", "country_calling_code"),
        Field("extension", "extension"),
        Field("verified", "verified", BOOLEAN),
        Field("verificationDate", "verified_at", INSTANT),
        of=Phone,
    ),
    inner="phones",
)
ADDRESSES = Parts(
    "addresses",
    "addresses",
    Table(
        Field("address", "street", others=("street", "value")),
        Field("city", "city"),
        Field("state", "us_state"),
        Field("nonUsaState", "region", others=("region",)),
        Field("zipCode", "postcode", others=("postalCode",)),
        Field("country", "country", others=("countryCode",)),
        Field("type", "kind"),
        of=PostalAddress,
    ),
    inner="addresses",
)

_IP = Table(
    Field("value", "address", required=True),
    Field("eventName", "event", EVENTS),
    Field("dateTime", "at", INSTANT),
    Field("possibleProxy", "possible_proxy", BOOLEAN),
    Field("port", "port", WHOLE),
    of=IpEvent,
)
_DEVICE = Table(
    Field("valueType", "kind", required=True),
    Field("value", "value", required=True),
    Field("eventName", "event", EVENTS),
    Field("dateTime", "at", INSTANT),
    of=Device,
)


class Captures(Struct, frozen=True):
    """`sourceInformation.sourceCaptures`: addresses and devices in one list, told apart by `captureType`.

    A capture of another type, or one without a value, is kept as it came.
    """

    name: str = "sourceInformation"
    inner: str = "sourceCaptures"
    ip: str = "IP Address"
    device: str = "Device ID"

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name,)

    def read(self, value: Any, values: Stated, prefix: str) -> None:
        items, path = items_of(value, self.inner, values, prefix + self.name)
        for number, item in enumerate(items):
            try:
                self._one(item, values, path)
            except Wrong as wrong:
                inside = [self.inner] if path.endswith(f"/{self.inner}") else []
                wrong.path[0:0] = [*inside, number]
                raise

    def _one(self, item: Any, values: Stated, path: str) -> None:
        found = bare(item.get("captureType"), {}, "") if isinstance(item, dict) else None
        kind = found if isinstance(found, str) else ""
        stated = kind.casefold()
        if not isinstance(item, dict) or bare(item.get("value"), {}, "") in (None, ""):
            keep_more(item, values, path)
            return
        rest = {key: held for key, held in item.items() if key != "captureType"}
        if "ip" in stated.split() or stated.startswith("ip"):
            event = _IP.read(rest)
            self._kept(kind, self.ip, event)
            values.setdefault("ip_events", []).append(event)
        elif "device" in stated and rest.get("valueType"):
            device = _DEVICE.read(rest)
            self._kept(kind, self.device, device)
            values.setdefault("devices", []).append(device)
        else:
            keep_more(item, values, path)

    def _kept(self, kind: str, usual: str, into: IpEvent | Device) -> None:
        if kind != usual:
            values: dict[str, Any] = {"unknown": into.unknown}
            keep(kind, values, "", "captureType")

    def write(self, item: Any, out: dict[str, Any]) -> None:
        listed = [
            *(
                {"captureType": event.unknown.get("captureType", self.ip), **_IP.write(event)}
                for event in item.ip_events
            ),
            *(
                {"captureType": one.unknown.get("captureType", self.device), **_DEVICE.write(one)}
                for one in item.devices
            ),
        ]
        if listed:
            out[self.name] = {self.inner: listed}


CAPTURES = Captures()
NOTES = Field(
    "additionalInformations",
    "notes",
    PROSE,
    others=("additionalInformation", "additonalInformations"),  # the last as some packages spell it
    overflow="further_notes",
    listed=True,
)
_DISABLED = Table(
    Field("value", "disabled", BOOLEAN),
    Field("disabledDate", "at", INSTANT),
    Field("userNotified", "user_notified", BOOLEAN),
    Field("userNotifiedDate", "user_notified_at", INSTANT),
    Field("reenabledDate", "reenabled_at", INSTANT),
    of=AccountAction,
)
_LOCATION = Table(
    Field("city", "city"),
    Field("region", "region"),
    Field("countryCode", "country"),
    Field("verified", "verified", BOOLEAN),
    Field("timestamp", "at", INSTANT),
    of=EstimatedLocation,
)
_PERSON = (
    Field("firstName", "first_name"),
    Field("middleName", "middle_name"),
    Field("lastName", "last_name"),
    Field("age", "age", WHOLE, others=("approximateAge",)),
    Field("dateOfBirth", "date_of_birth", DATE),
    Field("gender", "gender"),
    Field("espUserId", "account_id", others=("espIdentifier",)),
    Field("espService", "service"),
    Field("screenName", "screen_name"),
    Several("screenNames", "other_screen_names", inner="screenNames", wrapped=True),
    Several("displayNames", "display_names", inner="displayNames", wrapped=True),
    Several("profileUrls", "profile_urls", inner="profileUrls", wrapped=True),
    Field("profileBio", "profile_bio", PROSE),
    EMAILS,
    PHONES,
    ADDRESSES,
    CAPTURES,
    Part("espEstimatedLocations", "estimated_location", _LOCATION, inner="espEstimatedLocations"),
    Part(
        "accountTemporarilyDisabled",
        "account_actions",
        _DISABLED,
        fixed={"permanently": False},
        appended=True,
    ),
    Part(
        "accountPermanentlyDisabled",
        "account_actions",
        _DISABLED,
        fixed={"permanently": True},
        appended=True,
    ),
    Field("groupIdentifier", "group_identifier"),
    Field("compromisedAccount", "compromised_account", BOOLEAN),
    Field("thirdPartyUserReported", "third_party", BOOLEAN),
    Field("allEmailsReported", "all_emails_reported", BOOLEAN),
    Field("accessToChildren", "access_to_children", SAID),
    Field("relationshipToChildVictim", "relationship_to_child"),
    Field("convictedSexOffender", "convicted_sex_offender", SAID),
    Several("priorCybertipReports", "prior_references", inner="priorCybertipReports"),
    Field("schoolName", "school"),
    Field("vehicleDescription", "vehicle"),
    NOTES,
)
_ASSOCIATE = Table(
    Field("type", "association", _ASSOCIATIONS), Field("platform", "platform"), *_PERSON, of=Person
)
PERSON = Table(
    *_PERSON,
    Parts(
        "associatedAccounts",
        "associates",
        _ASSOCIATE,
        inner="associatedAccounts",
        fixed={"role": "associate"},
    ),
    of=Person,
)
REPORTER = Table(
    Field("firstName", "first_name"), Field("lastName", "last_name"), EMAILS, PHONES, ADDRESSES, of=Person
)
