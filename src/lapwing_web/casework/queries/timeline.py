"""A referral's history in plain English, read from the audit and from nothing else."""

import json
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet
from msgspec import Struct

from lapwing.policy import load
from lapwing_web.audit.models import AuditEntry
from lapwing_web.casework.models import Case, Child, Referral
from lapwing_web.casework.models.contact import version
from lapwing_web.moment import UK, today
from lapwing_web.staff.models import Organisation, User

SHOWN = 200  # events on a page
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
NOWHERE: Mapping[str, str] = {}
LOOKS = 20
# what was done, in words; an action not listed is shown by its own name
SENTENCES = {
    "open": "Opened",
    "receive": "Received",
    "join": "A report joined",
    "undo join": "A report was taken out",
    "merge": "Merged into another referral",
    "reassess": "Weighed again by the rules",
    "take": "Taken on",
    "assign": "Assigned",
    "develop": "Taken on for work",
    "discard": "Discarded",
    "reopen": "Reopened",
    "write about a child": "Written about",
    "record a protective step": "Step recorded",
    "ask the company": "The company was asked for more",
    "write an enquiry": "Enquiry written",
    "record an answer": "The company’s answer was recorded",
    "receive the answer": "Back in work after the company’s answer",
    "set facts": "Facts recorded",
    "record KIRAT": "KIRAT result recorded",
    "keep": "Kept by the agency",
    "close": "Closed",
    "disseminate": "Sent to a force",
    "send a package": "Package sent",
    "open a package": "Package opened by the force",
    "accept a package": "Package accepted",
    "return a package": "Package returned",
    "accept": "Accepted: the force has it now",
    "take back": "Returned: the agency has it again",
    "record an outcome": "Outcome recorded by the force",
    "take an outcome back": "Outcome taken back by the force",
    "open a case": "Case opened",
    "open a case of protection": "Case opened to protect children",
    "end a protection": "Ended: every child has its steps",
    "resume a protection": "Taken up again",
    "return a case": "Case ended: its packages went back to the agency",
    "let a package go": "A package went back to the agency",
    "join cases": "Joined to another case",
    "take a case in": "Another case was joined to this one",
    "undo a join of cases": "The join was undone: worked on its own again",
    "let a case out": "A join was undone: another case was taken out of this one",
    "change the band": "Band changed",
    "record a crime": "Crime recorded",
    "offer a case": "Offered to another force",
    "take a case over": "Taken over from another force",
    "answer on contact": "A question on contact with children was answered",
    "add a child": "A child was added",
    "add a suspect": "A suspect was added",
    "arrest": "Arrested",
    "release": "Released",
    "record a duty": "A duty after an arrest was recorded",
    "restrict a suspect": "A restriction was recorded",
    "end a restriction": "A restriction’s end was recorded",
    "extend bail": "Bail extended",
    "stop bail's period": "Bail’s period stopped",
    "bail runs on": "Bail’s period runs on",
    "send to the prosecutor": "The file went to the prosecutor",
    "back from the prosecutor": "The file came back from the prosecutor",
    "find a gap": "A time without an enforceable restriction was found",
    "sign for a gap": "A superior signed for a time without an enforceable restriction",
    "write safety plans": "Plans to keep children safe were written",
    "apply for a warrant": "A warrant was applied for",
    "grant a warrant": "The warrant was granted",
    "refuse a warrant": "The warrant was refused",
    "execute a warrant": "The warrant was executed",
    "end a warrant": "The warrant ended",
    "allocate a case": "Allocated",
    "override an allocation": "Allocated by an override",
    "take a case back": "Taken back from whoever had it",
    "seize an exhibit": "An exhibit was seized",
    "finish an examination": "An examination was finished",
    "charge": "Charged",
    "set a day in court": "A day in court was set",
    "record a day in court": "What the court did was recorded",
    "dispose out of court": "Disposed of out of court",
    "end a condition": "A condition was met or breached",
    "set the path": "Whether the suspect is a child was recorded",
    "place a legal hold": "A legal hold was placed",
    "lift a legal hold": "The legal hold was lifted",
    "find out for retention": "What retention asks about was recorded",
    "propose a disposal": "The disposal of the record was proposed",
    "disagree with a disposal": "A second person did not agree to the disposal",
    "take back a disposal": "The proposal to dispose of the record was taken back",
    "overtake a disposal": "The proposal to dispose of the record holds no longer",
    "review a record": "Reviewed whether the record is kept",
    "close a case": "Closed",
    "reopen a case": "Reopened",
    "transfer": "The case went to another force",
    "ask a second person": "A second person was asked to agree",
    "agree to a decision": "A second person agreed",
    "disagree with a decision": "A second person did not agree",
    "take back a decision": "A decision was taken back before anybody agreed",
    "overtake a decision": "A decision that waited for a second person holds no longer",
    "question the band": "A second look questioned the band",
    "register an offender": "Registered",
    "register an offender again": "Registered again",
    "end a registration": "The registration ended",
    "set the level of an offender": "The level of risk was set",
    "assign an offender": "Assigned to a manager",
    "take an offender from a manager": "Taken from the manager",
    "plan a visit": "The next visit was planned",
    "record a visit": "A visit was recorded",
    "record an assessment": "An assessment was recorded",
    "write an offender’s particulars": "The particulars were changed",
    "set what an offender has to notify": "What is to be notified was set",
    "record what is to be notified": "Something to be notified was recorded",
    "take back what was to be notified": "Something to be notified was taken back",
    "end a stay": "A stay ended",
    "record an absence": "An absence was recorded",
    "end an absence": "Released, or back",
    "record a notification": "A notification was recorded",
    "add a selector of an offender": "Something that identifies the offender was added",
    "take a selector from an offender": "Something that identified the offender was taken away",
    "link an offender to a referral": "Seen in a referral",
    "acknowledge a link": "What was seen in a referral was acknowledged",
    "recognise a registered offender": "A registered offender was recognised",
    "consult": "Looked at",
    "disclose": "Disclosed",
}
HIDDEN = ("consult", "disclose")
FIELDS = {
    "state": "state",
    "risk_band": "risk band",
    "risk_points": "risk points",
    "proposed_class": "proposed class",
    "contact_with_children": "contact with children",
    "completeness": "completeness",
    "proposed_force_id": "proposed force",
    "assigned_to": "assigned to",
    "logs_lapse_on": "logs lapse on",
    "report_count": "reports",
    "band": "band",
    "organisation": "force",
    "owner": "officer",
    "level": "level of risk",
    "manager": "manager",
    "visit_due_on": "next visit due",
    "assessment_due_on": "next assessment due",
}  # columns worth a line; others are in the audit


class Event(Struct):
    """One thing that happened: when, what in words, who by, why, and what of note changed."""

    at: datetime
    what: str
    by: str
    why: str
    about: str
    changes: list[str]


def timeline_for(referral: Referral) -> list[Event]:
    """What was done to a referral, its packages and its enquiries, latest first. Looks stand apart."""
    abouts = [f"referral:{referral.pk}"]
    abouts += [f"package:{pk}" for pk in referral.packages.values_list("pk", flat=True)]
    abouts += [f"enquiry:{pk}" for pk in referral.enquiries.values_list("pk", flat=True)]
    entries = AuditEntry.objects.filter(about__in=abouts).exclude(action__in=HIDDEN)
    return _events(entries.order_by("-position")[:SHOWN])


def timeline_of_case(case: Case) -> list[Event]:
    """What was done to a case, latest first. What was done for a child stands on the child's own page."""
    abouts = [f"case:{case.pk}"]
    abouts += [f"recorddisposal:{pk}" for pk in case.record_disposals.values_list("pk", flat=True)]
    entries = AuditEntry.objects.filter(about__in=abouts).exclude(action__in=HIDDEN)
    return _events(entries.order_by("-position")[:SHOWN])


def timeline_of_record(name: str) -> list[Event]:
    """What was done to one record (`offender:12`), latest first. Looks stand apart."""
    entries = AuditEntry.objects.filter(about=name).exclude(action__in=HIDDEN)
    return _events(entries.order_by("-position")[:SHOWN])


def looks_at_record(name: str) -> list[Event]:
    """Who has looked at one record and to whom it was disclosed, latest first."""
    entries = AuditEntry.objects.filter(about=name, action__in=HIDDEN)
    return _events(entries.order_by("-position")[:LOOKS])


def timeline_of_child(child: Child) -> list[Event]:
    """What was done about a child and who looked, latest first."""
    return _events(AuditEntry.objects.filter(about=f"child:{child.pk}").order_by("-position")[:SHOWN])


def handed_out(entries: QuerySet[AuditEntry]) -> list[Event]:
    """Of these rows the disclosures, latest first: to whom, and which document."""
    return _events(entries.filter(action="disclose").order_by("-position")[:LOOKS])


def looks_at(referral: Referral) -> list[Event]:
    """Who has looked at it and to whom it was disclosed, latest first."""
    own = Q(about=f"referral:{referral.pk}") | Q(
        about__in=[f"package:{pk}" for pk in referral.packages.values_list("pk", flat=True)]
    )
    return _events(AuditEntry.objects.filter(own, action__in=HIDDEN).order_by("-position")[:LOOKS])


def _events(entries: Any) -> list[Event]:
    rows = list(entries)
    people = {user.username: str(user) for user in User.objects.filter(username__in={row.by for row in rows})}
    places = dict(Organisation.objects.values_list("code", "name"))
    return [_event(row, people, places) for row in rows]


def _event(row: AuditEntry, people: dict[str, str], places: dict[str, str]) -> Event:
    what = SENTENCES.get(row.action, row.action[:1].upper() + row.action[1:])
    if row.action == "disclose":
        what = f"Disclosed to {places.get(row.to, row.to)}"
    noun, _, number = row.about.partition(":")
    about = f"PK-{int(number):07d}" if noun == "package" else ""
    return Event(row.at, what, actor(row.by, people), row.why, about, _changes(row, places))


def actor(username: str, people: dict[str, str]) -> str:
    """Who acted, as a reader calls them: a person by name, a rule as a rule."""
    if username.startswith("rule:"):
        return f"the rule “{username.removeprefix('rule:').replace('_', ' ')}”"
    return people.get(username, username)


def _changes(row: AuditEntry, places: dict[str, str]) -> list[str]:
    old, new = (json.loads(text) if text else {} for text in (row.old, row.new))
    if row.action == "set facts":
        return [
            f"{name.replace('_', ' ')}: {_answer(old.get(name))} → {_answer(value)}"
            for name, value in new.items()
        ]
    if not isinstance(old, dict) or not isinstance(new, dict):
        return []
    if "document" in new:
        return [f"{_word(new['document']).replace('-', ' ')}, as {new['as'].upper()}"]
    if row.action in TOLD:
        return TOLD[row.action](old, new)
    return [
        f"{label}: {_word(old.get(name), places)} → {_word(new[name], places)}"
        for name, label in FIELDS.items()
        if name in new and old.get(name) != new[name]
    ]


def _answered(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    """Which question was answered and how, and what contact comes to if that changed it."""
    was, came_to = (_word(values.get("contact")) for values in (old, new))
    asked = f"{_question(new['question'])}: {UNKNOWN.get(new['answer'], new['answer'])}"
    all_in_all = f"contact with children: {UNKNOWN.get(was, was)} → {UNKNOWN.get(came_to, came_to)}"
    return [asked] if was == came_to else [asked, all_in_all]


def _question(code: str) -> str:
    """A question on contact with children by its short name; by its code if policy asks it no more."""
    asked = version().questions.get(code)
    return asked.short.lower() if asked else _word(code)


def _duty(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    known = load("arrests", settings.JURISDICTION).on(today()).duties.get(new["duty"])
    result = known.results.get(new["result"]) if known else None
    return [
        f"{known.label if known else _word(new['duty'])}: {result.label if result else _word(new['result'])}"
    ]


def _gap(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    """From when until when nothing restricts the suspect."""
    until = f"until {_instant(new['ends_at'])}" if new.get("ends_at") else "nothing ends it yet"
    return [f"from {_instant(new['begins_at'])}; {until}"] if "begins_at" in new else []


# actions of which the columns alone would not tell what happened
TOLD: dict[str, Callable[[dict[str, Any], dict[str, Any]], list[str]]] = {
    "answer on contact": _answered,
    "add a child": lambda old, new: [f"contact: {_question(new['contact'])}"] if "contact" in new else [],
    "record a duty": _duty,
    "find a gap": _gap,
}
UNKNOWN = {"unknown": "not known"}


def _instant(written: str) -> str:
    here = datetime.fromisoformat(written).astimezone(UK)
    return f"{here.day} {here:%b %Y, %H:%M}"


def _answer(value: Any) -> str:
    return {True: "yes", False: "no", None: "not known"}.get(value, str(value))


def _word(value: Any, places: Mapping[str, str] = NOWHERE) -> str:
    """A column's value as a reader writes it: a force by its name, a day as every page has it."""
    if value in (None, ""):
        return "nothing"
    if isinstance(value, str) and DAY.fullmatch(value):
        day = date.fromisoformat(value)
        return f"{day.day} {day:%b %Y}"
    words = places.get(str(value), str(value).replace("_", " "))
    return _answer(value) if isinstance(value, bool) else words
