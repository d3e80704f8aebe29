"""NCMEC's smaller types, each a table: where people can be reached, addresses seen, devices, what was done to
accounts.
"""

from lapwing.exchange.values import BOOLEAN, INSTANT, TEXT, WHOLE, codes
from lapwing.exchange.xml_tables import Attribute, Leaf, Part, Shape, Within
from lapwing.report import AccountAction, Device, Email, EstimatedLocation, IpEvent, Phone, PostalAddress

EVENTS = codes(
    {name: name.lower() for name in ("Login", "Registration", "Purchase", "Upload", "Other", "Unknown")}
)
EMAIL_KINDS = codes({name: name.lower() for name in ("Home", "Work", "Business", "Recovery")})
PHONE_KINDS = codes(
    {name: name.lower() for name in ("Mobile", "Home", "Business", "Work", "Fax", "Internet", "Recovery")}
)
ADDRESS_KINDS = codes(
    {name: name.lower() for name in ("Home", "Business", "Billing", "Shipping", "Technical")}
)

IP_EVENT = Shape(
    Leaf("ipAddress", "address", required=True, filled=True),
    Leaf("eventName", "event", EVENTS),
    Leaf("dateTime", "at", INSTANT),
    Leaf("possibleProxy", "possible_proxy", BOOLEAN),
    Leaf("port", "port", WHOLE),
    of=IpEvent,
)
DEVICE = Shape(
    Leaf("idType", "kind", required=True),
    Leaf("idValue", "value", required=True),
    Leaf("eventName", "event", EVENTS),
    Leaf("dateTime", "at", INSTANT),
    of=Device,
)
EMAIL = Shape(
    of=Email,
    text=Attribute("address", "address", required=True),
    attributes=(
        Attribute("type", "kind", EMAIL_KINDS),
        Attribute("verified", "verified", BOOLEAN),
        Attribute("verificationDate", "verified_at", INSTANT),
    ),
)
PHONE = Shape(
    of=Phone,
    text=Attribute("number", "number", required=True),
    attributes=(
        Attribute("type", "kind", PHONE_KINDS),
        Attribute("verified", "verified", BOOLEAN),
        Attribute("verificationDate", "verified_at", INSTANT),
        Attribute("countryCallingCode", "country_calling_code"),
        Attribute("extension", "extension"),
    ),
)
ADDRESS = Shape(
    Leaf("address", "street"),
    Leaf("city", "city"),
    Leaf("zipCode", "postcode"),
    Leaf("state", "us_state"),
    Leaf("nonUsaState", "region"),
    Leaf("country", "country"),
    of=PostalAddress,
    attributes=(Attribute("type", "kind", ADDRESS_KINDS),),
)
ESTIMATED_LOCATION = Shape(
    Leaf("city", "city"),
    Leaf("region", "region"),
    Leaf("countryCode", "country"),
    of=EstimatedLocation,
    attributes=(Attribute("verified", "verified", BOOLEAN), Attribute("timestamp", "at", INSTANT)),
)

_DISABLED = (
    Attribute("disabledDate", "at", INSTANT),
    Attribute("userNotified", "user_notified", BOOLEAN),
    Attribute("userNotifiedDate", "user_notified_at", INSTANT),
)
_TEXT = Attribute("whether disabled", "disabled", BOOLEAN)
TEMPORARILY_DISABLED = Shape(
    of=AccountAction, text=_TEXT, attributes=(*_DISABLED, Attribute("reenabledDate", "reenabled_at", INSTANT))
)
PERMANENTLY_DISABLED = Shape(of=AccountAction, text=_TEXT, attributes=_DISABLED)

EMAILS = Part("email", "emails", EMAIL, many=True)
PHONES = Part("phone", "phones", PHONE, many=True)
ADDRESSES = Part("address", "addresses", ADDRESS, many=True)
IP_EVENTS = Part("ipCaptureEvent", "ip_events", IP_EVENT, many=True)
DEVICES = Part("deviceId", "devices", DEVICE, many=True)
LOCATION = Part("estimatedLocation", "estimated_location", ESTIMATED_LOCATION)
ACCOUNT_ACTIONS = (
    Part(
        "accountTemporarilyDisabled",
        "account_actions",
        TEMPORARILY_DISABLED,
        many=True,
        fixed={"permanently": False},
    ),
    Part(
        "accountPermanentlyDisabled",
        "account_actions",
        PERMANENTLY_DISABLED,
        many=True,
        fixed={"permanently": True},
    ),
)
SERVED_ABROAD = Within(
    "servedLegalProcessInternational",
    Shape(
        text=Attribute("servedLegalProcessInternational", "legal_process_international", BOOLEAN),
        attributes=(Attribute("fleaCountry", "legal_process_country", TEXT),),
    ),
)
