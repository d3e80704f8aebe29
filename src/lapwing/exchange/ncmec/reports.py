"""NCMEC's `report` document as a table."""

from lapwing.exchange.ncmec.parts import ADDRESS, EMAIL, IP_EVENTS, PHONE, SERVED_ABROAD
from lapwing.exchange.ncmec.people import CONTACT_PERSON, OFFICER, PEOPLE, REPORTING_PERSON
from lapwing.exchange.values import BOOLEAN, DECIMAL, MOMENT, PROSE, codes
from lapwing.exchange.xml_tables import Attribute, Flags, Leaf, OneOf, Part, Shape, Within
from lapwing.report import Batch, Incident, LawEnforcement, Report

INCIDENT_TYPES = {
    "Child Pornography (possession, manufacture, and distribution)": "indecent_images",
    "Child Sex Trafficking": "child_sex_trafficking",
    "Child Sex Tourism": "child_sex_tourism",
    "Child Sexual Molestation": "child_sexual_abuse",
    "Misleading Domain Name": "misleading_domain_name",
    "Misleading Words or Digital Images on the Internet": "misleading_words_or_images",
    "Online Enticement of Children for Sexual Acts": "online_enticement",
    "Unsolicited Obscene Material Sent to a Child": "obscene_material_sent_to_child",
}
_ANNOTATIONS = {
    "sextortion": "sextortion",
    "csamSolicitation": "solicitation",
    "minorToMinorInteraction": "minor_to_minor",
    "spam": "spam",
    "sadisticOnlineExploitation": "sadistic_online_exploitation",
    "informational": "informational",  # newer clients: not in the schema held here
}
_NOTES = Leaf("additionalInfo", "notes", PROSE)
_CONTENT = Leaf("content", "content", PROSE)
_EMAILS = Part("emailAddress", "emails", EMAIL, many=True)

_INCIDENTS = OneOf(
    "internetDetails",
    "incidents",
    by="kind",
    shapes={
        "webPageIncident": (
            "web_page",
            Shape(
                Leaf("url", "urls", many=True),
                _NOTES,
                of=Incident,
                attributes=(Attribute("thirdPartyHostedContent", "third_party_hosted", BOOLEAN),),
            ),
        ),
        "emailIncident": ("email", Shape(_EMAILS, _CONTENT, _NOTES, of=Incident)),
        "newsgroupIncident": (
            "newsgroup",
            Shape(Leaf("name", "name"), _EMAILS, _CONTENT, _NOTES, of=Incident),
        ),
        "chatImIncident": (
            "chat",
            Shape(Leaf("chatClient", "service"), Leaf("chatRoomName", "name"), _CONTENT, _NOTES, of=Incident),
        ),
        "onlineGamingIncident": (
            "online_gaming",
            Shape(Leaf("gameName", "name"), Leaf("console", "service"), _CONTENT, _NOTES, of=Incident),
        ),
        "cellPhoneIncident": (
            "cell_phone",
            Shape(
                Part("phoneNumber", "phones", PHONE, many=True),
                Leaf("latitude", "latitude", DECIMAL),
                Leaf("longitude", "longitude", DECIMAL),
                _NOTES,
                of=Incident,
            ),
        ),
        "nonInternetIncident": (
            "non_internet",
            Shape(
                Leaf("locationName", "name"),
                Part("incidentAddress", "addresses", ADDRESS, many=True),
                _NOTES,
                of=Incident,
            ),
        ),
        "peer2peerIncident": (
            "peer_to_peer",
            Shape(Leaf("client", "name"), IP_EVENTS, Leaf("fileNames", "file_names"), _NOTES, of=Incident),
        ),
    },
)
_SUMMARY = Within(
    "incidentSummary",
    Shape(
        Leaf("incidentType", "incident_type", codes(INCIDENT_TYPES, closed=True), required=True, filled=True),
        Leaf("platform", "platform"),
        Leaf("escalateToHighPriority", "escalation_reason", PROSE, said="escalated"),
        Flags("reportAnnotations", "annotations", _ANNOTATIONS),
        Leaf("incidentDateTime", "incident_at", MOMENT, required=True, filled=True),
        Leaf("incidentDateTimeDescription", "incident_time_meaning", PROSE),
    ),
    required=True,
)
_LAW_ENFORCEMENT = Shape(
    Leaf("agencyName", "agency", required=True),
    Leaf("caseNumber", "case_number"),
    OFFICER,
    Leaf("reportedToLe", "told", BOOLEAN),
    Leaf("servedLegalProcessDomestic", "legal_process_domestic", BOOLEAN),
    SERVED_ABROAD,
    of=LawEnforcement,
)
_REPORTER = Within(
    "reporter",
    Shape(
        REPORTING_PERSON,
        CONTACT_PERSON,
        Leaf("companyTemplate", "company_template", PROSE),
        Leaf("termsOfService", "terms_of_service", PROSE),
        Leaf("legalURL", "legal_url"),
    ),
    always=True,
)
_BATCH = Shape(
    of=Batch,
    attributes=(
        Attribute("reason", "reason", codes({"VIRAL_POTENTIAL_MEME": "viral_potential_meme"}), required=True),
    ),
)
REPORT_SHAPE = Shape(
    Part("batchedReport", "batch", _BATCH),
    _SUMMARY,
    _INCIDENTS,
    Part("lawEnforcement", "law_enforcement", _LAW_ENFORCEMENT),
    _REPORTER,
    *PEOPLE,
    _NOTES,
    of=Report,
)
