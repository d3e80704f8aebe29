"""The report as a plain value: what every wire format is read into and written from.

These are the nouns of the field, with no opinion about them. A format's own names (`fileDetails`,
`espIdentifier`) stop at the border of `lapwing.exchange`; rules and pages see only what is here.

Everything a sender may leave out has a default, and a fact about a person that may be unknown is `bool |
None`, where None is "nobody has said", never "no". What a format carries and this model has no name for is
kept in `unknown`.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from msgspec import Struct

Role = Literal["subject", "recipient", "victim", "reporter", "contact", "associate"]
Zone = Literal["stated", "absent", "unreadable"]

INCIDENT_TYPES = (
    "indecent_images",  # possession, manufacture and distribution
    "child_sex_trafficking",
    "child_sex_tourism",
    "child_sexual_abuse",
    "misleading_domain_name",
    "misleading_words_or_images",
    "online_enticement",
    "obscene_material_sent_to_child",
)


class Instant(Struct, frozen=True, omit_defaults=True):
    """A moment as somebody wrote it, kept beside what it was understood to be.

    `original` is never changed. `utc` is None when the text cannot be placed on the UTC line: it could not be
    read, or it states no zone (then `local` holds what it does say). A wrong zone has put police at a wrong
    address.
    """

    original: str
    utc: datetime | None = None
    local: datetime | None = None
    zone: Zone = "absent"


class IpEvent(Struct, omit_defaults=True):
    """An IP address seen doing something. Behind shared addresses only address + port + exact time name a
    line.
    """

    address: str
    event: str = ""  # login, registration, purchase, upload, other, unknown, or as the sender put it
    at: Instant | None = None
    port: int | None = None
    possible_proxy: bool | None = None
    unknown: dict[str, Any] = {}


class Email(Struct, omit_defaults=True):
    address: str
    kind: str = ""
    verified: bool | None = None
    verified_at: Instant | None = None
    unknown: dict[str, Any] = {}


class Phone(Struct, omit_defaults=True):
    number: str
    kind: str = ""
    country_calling_code: str = ""
    extension: str = ""
    verified: bool | None = None
    verified_at: Instant | None = None
    unknown: dict[str, Any] = {}


class PostalAddress(Struct, omit_defaults=True):
    street: str = ""
    city: str = ""
    region: str = ""
    postcode: str = ""
    country: str = ""  # ISO 3166-1 alpha-2 where the sender gives it
    kind: str = ""
    us_state: str = ""  # a US state or territory, where the format keeps it apart from other regions
    unknown: dict[str, Any] = {}


class Device(Struct, omit_defaults=True):
    kind: str
    value: str
    event: str = ""
    at: Instant | None = None
    unknown: dict[str, Any] = {}


class EstimatedLocation(Struct, omit_defaults=True):
    """Where the company believes an account is used. An estimate, and shown as one."""

    city: str = ""
    region: str = ""
    country: str = ""
    verified: bool | None = None
    at: Instant | None = None
    unknown: dict[str, Any] = {}


class AccountAction(Struct, omit_defaults=True):
    """What the company did to the account: disabled for a time or for good, and whether it told the user."""

    disabled: bool | None = None
    permanently: bool | None = None
    at: Instant | None = None
    user_notified: bool | None = None
    user_notified_at: Instant | None = None
    reenabled_at: Instant | None = None
    unknown: dict[str, Any] = {}


class Person(Struct, omit_defaults=True):
    """An account or a person named in a report, in the part (`role`) the report gives them."""

    role: Role = "subject"
    first_name: str = ""
    last_name: str = ""
    age: int | None = None
    date_of_birth: date | None = None
    gender: str = ""
    account_id: str = ""  # the provider's own identifier of the account
    service: str = ""
    screen_name: str = ""
    display_names: list[str] = []
    profile_urls: list[str] = []
    profile_bio: str = ""
    emails: list[Email] = []
    phones: list[Phone] = []
    addresses: list[PostalAddress] = []
    ip_events: list[IpEvent] = []
    devices: list[Device] = []
    payment_ids: list[str] = []
    identity_documents: list[str] = []  # what kind was seen, never a number the report does not need
    group_identifier: str = ""
    estimated_location: EstimatedLocation | None = None
    account_actions: list[AccountAction] = []
    compromised_account: bool | None = None
    third_party: bool | None = None
    all_emails_reported: bool | None = None
    access_to_children: bool | None = None
    relationship_to_child: str = ""
    convicted_sex_offender: bool | None = None
    prior_references: list[str] = []
    school: str = ""
    vehicle: str = ""
    associates: list[Person] = []
    notes: str = ""
    middle_name: str = ""
    association: str = ""  # of an associate: billing, linked, business, creator, parent_or_guardian, other
    platform: str = ""  # of an associate: the application the account is on
    other_screen_names: list[str] = []
    further_notes: list[str] = []  # notes after the first, where a format allows several
    unknown: dict[str, Any] = {}


class NamedValue(Struct, omit_defaults=True):
    name: str
    value: str
    kind: str = ""  # EXIF, HASH, ...
    unknown: dict[str, Any] = {}


class ReportedFile(Struct, omit_defaults=True):
    """A file a report speaks of: hashes, kinds and flags. Lapwing never holds its picture here.

    `viewed_by_provider` absent, null and false are three facts: None with `viewed_stated=False` was not said,
    None with `viewed_stated=True` was said to be unknown.
    """

    file_id: str = ""
    name: str = ""
    original_name: str = ""
    media_type: str = ""
    size: int | None = None  # bytes
    hashes: dict[str, str] = {}  # lower-case type (md5, sha1, sha256, pdq, photodna) -> value as given
    uploaded_at: Instant | None = None
    location_url: str = ""
    viewed_by_provider: bool | None = None
    viewed_stated: bool = False
    exif_viewed_by_provider: bool | None = None
    publicly_available: bool | None = None
    relevance: str = ""  # reported, supplemental_reported
    potential_meme: bool | None = None
    annotations: list[
        str
    ] = []  # viral, potential_meme, drawing, possible_self_production, generative_ai, infant, ...
    industry_classification: str = ""  # A1, A2, B1, B2: never mapped to UK category A, B, C
    known_list: str = ""  # the list whose entry the sender says it matched; "" when not said to be known
    ip_events: list[IpEvent] = []
    devices: list[Device] = []
    details: list[NamedValue] = []
    notes: list[str] = []
    unknown: dict[str, Any] = {}


class Incident(Struct, omit_defaults=True):
    """Where it happened: one of the report's internet details."""

    kind: str  # web_page, email, newsgroup, chat, online_gaming, cell_phone, non_internet, peer_to_peer
    urls: list[str] = []
    emails: list[Email] = []
    phones: list[Phone] = []
    addresses: list[PostalAddress] = []
    ip_events: list[IpEvent] = []
    name: str = ""  # chat room, newsgroup, game, client or place
    service: str = ""  # chat client or console
    content: str = ""
    file_names: str = ""
    third_party_hosted: bool | None = None
    latitude: str = ""
    longitude: str = ""
    notes: str = ""
    unknown: dict[str, Any] = {}


class LawEnforcement(Struct, omit_defaults=True):
    """A police body already told of it, as the report states."""

    agency: str
    case_number: str = ""
    contact: Person | None = None
    told_at: Instant | None = None
    legal_process_domestic: bool | None = None
    legal_process_international: bool | None = None
    legal_process_country: str = ""
    told: bool | None = None  # whether the sender says it reported this to the agency
    notes: str = ""
    unknown: dict[str, Any] = {}


class SafeContact(Struct, omit_defaults=True):
    """How it is safe to contact whoever tells. `safe` None: nobody has said, which is never yes."""

    safe: bool | None = None
    way: str = ""  # phone, email, trusted_adult
    phone: str = ""
    email: str = ""
    trusted_adult: str = ""  # who that is
    trusted_adult_reach: str = ""  # a number or an address of theirs, as given
    times: str = ""  # when it is safe, in their words
    avoid: str = ""  # what must not be said or done, in their words
    unknown: dict[str, Any] = {}


class ReportingDuty(Struct, omit_defaults=True):
    """What somebody under a duty to report says of themself. Whether the duty applies is not judged here."""

    role: str = ""
    organisation: str = ""
    learnt_on: date | None = None
    learnt_at: str = ""  # the time of day, in their words
    unknown: dict[str, Any] = {}


class Telling(Struct, omit_defaults=True):
    """A report told by a person and not by a company: who tells, whether there is danger, how to reach them.

    Their own contact details stand here and nowhere else, so that they are never a selector of anybody.
    """

    teller: Literal["child", "parent", "adult", "professional"]
    about_self: bool | None = None
    danger: str = ""  # yes, no, not_sure: a child is in danger now; "" when it was not asked or answered
    happened_when: str = ""  # in their words
    told_others: str = ""  # in their words
    contact: SafeContact | None = None
    duty: ReportingDuty | None = None
    unknown: dict[str, Any] = {}


class Batch(Struct, omit_defaults=True):
    """Many otherwise separate reports sent as one: fanned out into its subjects."""

    reason: str  # viral_potential_meme
    unknown: dict[str, Any] = {}


class Report(Struct, kw_only=True, omit_defaults=True):
    """One report as received, in the field's own words."""

    format: str  # the key in exchange.FORMATS it was read by
    provider: str = ""
    reference: str = ""  # the sender's own number for it; "" when the format carries none
    fragment: bool = False  # True: only details to be added to the report called `reference`
    submitted_at: Instant | None = None
    incident_type: str = ""  # one of INCIDENT_TYPES; or, where a format allows others, as the sender put it
    platform: str = ""
    incident_at: Instant | None = None
    incident_time_meaning: str = ""
    escalated: bool = False
    escalation_reason: str = ""
    annotations: list[
        str
    ] = []  # sextortion, solicitation, minor_to_minor, spam, sadistic_online_exploitation, informational
    priority: str = ""  # the provider's own P1, P2, P3
    detection_method: str = ""  # hash_match, classifier, user_report, moderator, other
    telling: Telling | None = None  # when a person tells, and no company reports
    batch: Batch | None = None
    incidents: list[Incident] = []
    law_enforcement: LawEnforcement | None = None
    reporter: Person | None = None
    reporter_contact: Person | None = None
    company_template: str = ""
    terms_of_service: str = ""
    legal_url: str = ""
    people: list[Person] = []  # subjects, recipients and victims, by `role`
    files: list[ReportedFile] = []
    complete: bool | None = None  # the provider's declaration that nothing it holds was left out
    notes: str = ""
    unknown: dict[str, Any] = {}

    def in_role(self, role: Role) -> list[Person]:
        """The people the report puts in `role`, in the order given."""
        return [person for person in self.people if person.role == role]
