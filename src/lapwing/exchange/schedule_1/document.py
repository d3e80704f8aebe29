"""The Schedule 1 document as a table: the Schedule's items in its order, and what Lapwing needs beside
them.
"""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from lapwing.exchange.json_fields import Field, Part, Parts, Several, Within
from lapwing.exchange.json_tables import Stated, Table
from lapwing.exchange.json_unknown import Wrong
from lapwing.exchange.schedule_1.mirror import table_of
from lapwing.exchange.values import BOOLEAN, INSTANT, PROSE, codes, quoted
from lapwing.report import (
    INCIDENT_TYPES,
    Batch,
    Incident,
    LawEnforcement,
    Person,
    Report,
    ReportedFile,
    Telling,
)

# What the document's `schema` says. It changes when an old reader could misread a new document.
MARK = "lapwing-schedule-1"


class Mark(Struct, frozen=True):
    """`schema`: says which definition the document follows."""

    name: str = "schema"
    into: str = "#schema"
    value: str = MARK
    required: bool = True
    about: str = "Which definition the document follows. Put it first."

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name,)

    def read(self, value: Any, values: Stated, prefix: str) -> None:
        if value != self.value:
            raise Wrong(f"{quoted(str(value))} is not {self.value}.")
        values[self.into] = self.value

    def write(self, item: Any, out: dict[str, Any]) -> None:
        out[self.name] = self.value


def _open(*words: str) -> Any:
    return codes({word: word for word in words})


FILE = table_of(
    ReportedFile,
    said={"viewed_by_provider": "viewed_stated"},
    about={
        "hashes": "By type in lower case: md5, sha1, sha256, pdq, photodna.",
        "details": "Metadata; EXIF with kind EXIF.",
        "viewed_by_provider": "Whether a person at the provider looked at it. Null: this is not known.",
        "known_list": "The list whose entry it matched, when it was found by a match.",
        "industry_classification": "A1, A2, B1 or B2: the industry's own, not the UK's category A, B, C.",
        "size": "Bytes.",
    },
)
PERSON = table_of(
    Person,
    about={
        "role": "The part the report gives this person.",
        "account_id": "The provider's own identifier of the account.",
        "ip_events": "Addresses seen, each with its port and exact time; log-ins of the last three months.",
        "payment_ids": "Billing: identifiers of payments or of means of payment.",
        "addresses": "Postal addresses; a billing address with kind billing.",
        "phones": "Telephone numbers, and whether and when each was verified.",
        "identity_documents": "Which kinds of identity document were seen.",
        "associates": "Connections: linked accounts.",
    },
)
DOCUMENT = Table(
    Mark(),
    Field("unique_reference", "reference", required=True, about="The provider's own number for this report."),
    Field("priority", "priority", _open("P1", "P2", "P3"), about="The provider's own priority."),
    Field("submitted_at", "submitted_at", INSTANT),
    Within(
        "reporter",
        Table(
            Field("provider", "provider", required=True, about="The company that reports."),
            Part("person", "reporter", PERSON, fixed={"role": "reporter"}),
            Part("contact", "reporter_contact", PERSON, fixed={"role": "contact"}),
            Field("legal_url", "legal_url"),
            Field("terms_of_service", "terms_of_service", PROSE),
            Field("company_template", "company_template", PROSE),
        ),
        about="Who reports.",
    ),
    Within(
        "detection",
        Table(
            Field(
                "method",
                "detection_method",
                _open("hash_match", "classifier", "user_report", "moderator", "other"),
                about="How the content was detected.",
            ),
            Field("incident_type", "incident_type", _open(*INCIDENT_TYPES)),
            Field("incident_at", "incident_at", INSTANT),
            Field(
                "incident_time_meaning",
                "incident_time_meaning",
                PROSE,
                about="What that time is the time of.",
            ),
            Field("platform", "platform"),
        ),
        about="What was detected, how and when.",
    ),
    Within(
        "escalation",
        Table(
            Field("escalated", "escalated", BOOLEAN, about="A child is at risk now."),
            Field("reason", "escalation_reason", PROSE),
        ),
    ),
    Several(
        "annotations",
        "annotations",
        _open(
            "sextortion",
            "solicitation",
            "minor_to_minor",
            "spam",
            "sadistic_online_exploitation",
            "informational",
        ),
    ),
    Part(
        "telling",
        "telling",
        table_of(Telling),
        about="Told by a person, not a company: a child, a parent, another adult, a professional.",
    ),
    Part("batch", "batch", table_of(Batch), about="Many otherwise separate reports sent as one."),
    Parts("content", "files", FILE, about="The files reported: hashes, kinds and flags, never the files."),
    Parts("places", "incidents", table_of(Incident), about="Where it happened: URLs, chats, games, places."),
    Parts("people", "people", PERSON, about="Accounts and people: subjects, recipients and victims."),
    Part("law_enforcement", "law_enforcement", table_of(LawEnforcement), about="Police already told."),
    Field("other", "notes", PROSE, about="Anything else."),
    Within(
        "declaration",
        Table(Field("complete", "complete", BOOLEAN, about="Nothing the provider holds was left out.")),
        about="The declaration of completeness.",
    ),
    of=Report,
)
