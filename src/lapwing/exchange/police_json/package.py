"""The police package itself: who reported what, when, where, with which people and files."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from lapwing.exchange.json_fields import Field, Part, Parts, Several, Within
from lapwing.exchange.json_tables import Beside, Stated, Table, bare, scalar
from lapwing.exchange.json_unknown import keep
from lapwing.exchange.ncmec.reports import INCIDENT_TYPES
from lapwing.exchange.police_json.files import FILES
from lapwing.exchange.police_json.people import ADDRESSES, CAPTURES, EMAILS, PERSON, PHONES, REPORTER
from lapwing.exchange.values import BOOLEAN, DECIMAL, INSTANT, PROSE, codes
from lapwing.report import Batch, Incident, LawEnforcement, Report

_ANNOTATIONS = codes(
    {
        "sextortion": "sextortion",
        "csamSolicitation": "solicitation",
        "minorToMinorInteraction": "minor_to_minor",
        "spam": "spam",
        "sadisticOnlineExploitation": "sadistic_online_exploitation",
    }
)
_KINDS = {  # our word → its list in incidentDetails
    "chat": "chatIncident",
    "email": "emailIncident",
    "web_page": "webpageIncident",
    "peer_to_peer": "peerToPeerIncident",
    "online_gaming": "gamingIncident",
    "cell_phone": "cellPhoneIncident",
    "newsgroup": "newsgroupIncident",
    "other_internet": "otherInternetIncident",
    "internet": "internetIncident",
    "non_internet": "nonInternetIncident",
}
_NAMES = {  # what the package calls an incident's name and service, by kind
    "chat": ("chatRoomName", "chatServiceOrClient"),
    "online_gaming": ("gameName", "console"),
    "peer_to_peer": ("client", "service"),
    "newsgroup": ("newsgroupName", "service"),
    "non_internet": ("locationName", "service"),
}


class _Seen(Struct, frozen=True):
    """Captures of an incident, which has addresses and no devices."""

    @property
    def names(self) -> tuple[str, ...]:
        return CAPTURES.names

    def read(self, value: Any, values: Stated, prefix: str) -> None:
        found: Stated = {}
        CAPTURES.read(value, found, prefix)
        if found.pop("devices", None):
            keep(value, values, prefix, CAPTURES.name)
            return
        values.setdefault("unknown", {}).update(found.pop("unknown", {}))
        values.update(found)

    def write(self, item: Any, out: dict[str, Any]) -> None:
        class Both:
            ip_events = item.ip_events
            devices: list[Any] = []

        CAPTURES.write(Both, out)


_ADDRESSES_SEEN = _Seen()


def _incident(kind: str) -> Table:
    name, service = _NAMES.get(kind, ("name", "service"))
    return Table(
        Field(name, "name"),
        Field(service, "service"),
        Several("urls", "urls", others=("url",), inner="urls", wrapped=True),
        EMAILS,
        PHONES,
        ADDRESSES,
        _ADDRESSES_SEEN,
        Field("content", "content", PROSE, others=("notes",), listed=True),
        Field("fileNames", "file_names"),
        Field("thirdPartyContent", "third_party_hosted", BOOLEAN),
        Field("latitude", "latitude", DECIMAL),
        Field("longitude", "longitude", DECIMAL),
        Field(
            "additionalInformations",
            "notes",
            PROSE,
            others=("additonalInformations", "additionalInformation"),
            listed=True,
        ),
        of=Incident,
    )


class _Mark(Struct, frozen=True):
    """A field of the package that is one of the report's annotations when true."""

    name: str
    word: str

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name,)

    def read(self, value: Any, values: Stated, prefix: str) -> None:
        if scalar(BOOLEAN, bare(value, values, prefix + self.name)):
            values.setdefault("annotations", []).append(self.word)

    def write(self, item: Any, out: dict[str, Any]) -> None:
        if self.word in item.annotations:
            out[self.name] = True


class _Annotations(Struct, frozen=True):
    """Annotations as a list of words, or as an object of true marks."""

    name: str = "reportAnnotations"

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name,)

    def read(self, value: Any, values: Stated, prefix: str) -> None:
        if isinstance(value, dict) and "value" not in value:
            for key, stated in value.items():
                if stated is not True:
                    keep(stated, values, f"{prefix}{self.name}/", key)
            value = [key for key, stated in value.items() if stated is True]
        held: Stated = {}
        Several(self.name, "annotations", _ANNOTATIONS).read(value, held, prefix)
        annotations = values.setdefault("annotations", [])
        already = set(annotations)
        annotations.extend(dict.fromkeys(word for word in held["annotations"] if word not in already))
        values.setdefault("unknown", {}).update(held.get("unknown", {}))

    def write(self, item: Any, out: dict[str, Any]) -> None:
        words = [word for word in item.annotations if word != "informational"]
        if words:
            out[self.name] = {_ANNOTATIONS.write(word): True for word in words}


_SUMMARY = Table(
    Field("incidentType", "incident_type", codes(INCIDENT_TYPES)),
    Field("platform", "platform"),
    Field("incidentDateTime", "incident_at", INSTANT),
    Field("incidentDateTimeDescription", "incident_time_meaning", PROSE),
    Field("espEscalation", "escalation_reason", PROSE, said="escalated"),
    _Annotations(),
)
_INFORMATION = Table(
    Within(
        "reportingEsp",
        Table(
            Field("espName", "provider"),
            Beside("reporter", REPORTER, {"role": "reporter"}),
            Field("companyTemplate", "company_template", PROSE),
            Field("termsOfService", "terms_of_service", PROSE),
            Field("legalUrl", "legal_url"),
        ),
        bare="espName",
    ),
    Within("incidentSummary", _SUMMARY),
    Within(
        "incidentDetails",
        Table(
            *(
                Parts(name, "incidents", _incident(kind), fixed={"kind": kind})
                for kind, name in _KINDS.items()
            )
        ),
    ),
    Parts("reportedPeople", "people", PERSON, inner="reportedPersons", fixed={"role": "subject"}),
    Parts("intendedRecipients", "people", PERSON, inner="intendedRecipients", fixed={"role": "recipient"}),
    Parts("childVictims", "people", PERSON, inner="childVictims", fixed={"role": "victim"}),
    FILES,
    Part(
        "lawEnforcement",
        "law_enforcement",
        Table(
            Field("agency", "agency", others=("agencyName",), required=True),
            Field("caseNumber", "case_number"),
            Field("reportedToLe", "told", BOOLEAN),
            Field("dateTimeReported", "told_at", INSTANT),
            Field("servedLegalProcessDomestic", "legal_process_domestic", BOOLEAN),
            Field("servedLegalProcessInternational", "legal_process_international", BOOLEAN),
            Field("legalProcessCountry", "legal_process_country"),
            Part("officer", "contact", REPORTER, fixed={"role": "contact"}),
            of=LawEnforcement,
        ),
    ),
    Part(
        "batchedReport",
        "batch",
        Table(
            Field("reason", "reason", codes({"VIRAL_POTENTIAL_MEME": "viral_potential_meme"}), required=True),
            of=Batch,
        ),
    ),
    Field("additionalInformations", "notes", PROSE, others=("additionalInformation",), listed=True),
)
PACKAGE = Table(
    Field("reportId", "reference", required=True),
    _Mark("informational", "informational"),
    Field("dateReceived", "submitted_at", INSTANT),
    Within("reportedInformation", _INFORMATION),
    of=Report,
)
