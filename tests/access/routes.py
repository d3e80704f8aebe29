"""Who may open and who may send to every address of the site: written by hand, and not derived from the code.

A new route fails the walk until it has its line here. `get`, `post`: groups of the cast; None: the route does
not answer that method. `about` names the kind of record in the address; some are of one force only.
"""

from dataclasses import dataclass

from lapwing.rules.telling import QUESTIONS

OFFICERS = {"intake", "intelligence", "supervisor"}
AGENCY_READERS = OFFICERS | {"auditor"}
AGENCY = AGENCY_READERS | {"administrator"}
RECEIVERS = {"intake", "supervisor"}
MANAGERS = {"supervisor", "administrator"}
LIST_READERS = {"intelligence", "supervisor", "auditor", "administrator"}
OWN_READERS = {"intelligence", "supervisor", "auditor"}
DEVELOPERS = {"intelligence", "supervisor"}
SUPERVISORS = {"supervisor", "supervisor_a", "supervisor_b"}
AUDITORS = {"auditor", "auditor_a", "auditor_b"}
ADMINISTRATORS = {"administrator", "administrator_a", "administrator_b"}
FORCE_OFFICERS = {"officer_a", "supervisor_a", "officer_b", "supervisor_b"}
FORCE_SUPERVISORS = {"supervisor_a", "supervisor_b"}
TEAM_MANAGERS = FORCE_SUPERVISORS | {"administrator_a", "administrator_b"}
FORCE_READERS = FORCE_OFFICERS | {"auditor_a", "auditor_b"}
READERS = AGENCY_READERS | FORCE_READERS
EVERYBODY = AGENCY | FORCE_READERS | ADMINISTRATORS


@dataclass(frozen=True)
class Route:
    """One address: who may GET it, who may POST to it, and what record it is about."""

    get: frozenset[str] | None
    post: frozenset[str] | None = None
    about: str = ""
    open: bool = False  # answers somebody who has not signed in
    key: bool = False  # answers a provider's own secret alone: nobody's session opens it
    bearer: bool = False  # answers whoever knows the secret in its address
    own: bool = False  # a record only its own organisation's people may touch: not even the agency


def route(get: set[str] | None, post: set[str] | None = None, about: str = "", **more: bool) -> Route:
    """A line of the table."""
    opens, sends = (None if group is None else frozenset(group) for group in (get, post))
    return Route(opens, sends, about, **more)


def form(who: set[str], about: str = "", **more: bool) -> Route:
    """A page with a form: the same people open it and send it."""
    return route(who, who, about, **more)


def provider(method: str) -> Route:
    """An address of the reporting APIs: 401 to everybody here, signed in or not."""
    answered: frozenset[str] = frozenset()
    get, post = (answered, None) if method == "get" else (None, answered)
    return Route(get, post, open=True, key=True)


ROUTES: dict[str, Route] = {
    # front
    "home": route(EVERYBODY),
    "home-seen": route(None, EVERYBODY),
    "search": route(READERS),
    "supervision": route(SUPERVISORS | AUDITORS),
    "glossary": route(EVERYBODY),
    # the reporting APIs
    "ispws-status": provider("get"),
    "ispws-submit": provider("post"),
    "ispws-upload": provider("post"),
    "ispws-fileinfo": provider("post"),
    "ispws-finish": provider("post"),
    "ispws-retract": provider("post"),
    "ispws-xsd": route(EVERYBODY, open=True),
    "api-reports": provider("post"),
    "api-report": provider("get"),
    "api-files": provider("post"),
    "api-finish": provider("post"),
    "api-retract": provider("post"),
    "api-reference": provider("get"),
    "api-receipts": provider("get"),
    "api-status": provider("get"),
    "api-openapi": route(EVERYBODY, open=True),
    "api-docs": route(EVERYBODY, open=True),
    # casework
    "queue": route(AGENCY_READERS),
    "upload": form(RECEIVERS),
    "report": form(AGENCY_READERS, about="report"),
    "referral": form(AGENCY_READERS, about="referral"),
    "referral-sealed": route(OFFICERS, about="referral"),
    "referral-open": form(OFFICERS, about="referral"),
    "referral-take": route(AGENCY_READERS, OFFICERS, about="referral"),
    "referral-discard": form(OFFICERS, about="referral"),
    "referral-reopen": form(OFFICERS, about="referral"),
    "referral-develop": form(OFFICERS, about="referral"),
    "referral-ask": form(OFFICERS, about="referral"),
    "referral-answer": form(OFFICERS, about="referral"),
    "referral-hits": form(OFFICERS, about="referral"),
    "referral-facts": form(OFFICERS, about="referral"),
    "referral-kirat": form(OFFICERS, about="referral"),
    "referral-keep": form(DEVELOPERS, about="referral"),
    "referral-assign": form({"supervisor"}, about="referral"),
    "referral-join": form(OFFICERS, about="referral"),
    "referral-unjoin": form(OFFICERS, about="joining"),
    "referral-disseminate": form(DEVELOPERS, about="referral"),
    "referral-supplement": form(DEVELOPERS, about="referral"),
    "referral-safeguard": form(DEVELOPERS, about="referral"),
    "referral-outcome": form(DEVELOPERS, about="referral"),
    "referral-unclose": form(DEVELOPERS, about="referral"),
    "packages": route(READERS),
    "package": form(READERS, about="package"),
    "package-json": route(READERS, about="package"),
    "package-pdf": route(READERS, about="package"),
    "package-accept": form(FORCE_OFFICERS, about="package"),
    "package-return": form(FORCE_OFFICERS, about="package"),
    "package-outcome": form(DEVELOPERS | FORCE_OFFICERS, about="package", own=True),
    "package-unclose": form(DEVELOPERS | FORCE_OFFICERS, about="package", own=True),
    "approval": form(OFFICERS | FORCE_OFFICERS, about="approval", own=True),
    "approval-withdraw": form({"intelligence", "officer_a"}, about="asked", own=True),  # whoever asked
    "cases": route(FORCE_READERS),
    "case": form(FORCE_READERS, about="case", own=True),
    "case-contact": form(FORCE_OFFICERS, about="case", own=True),
    "case-child": form(FORCE_OFFICERS, about="case", own=True),
    "case-crime": form(FORCE_OFFICERS, about="case", own=True),
    "protection-end": form(FORCE_OFFICERS, about="case", own=True),
    "protection-resume": form(FORCE_OFFICERS, about="case", own=True),
    "case-band": form(FORCE_OFFICERS, about="case", own=True),
    "case-join": form(FORCE_OFFICERS, about="case", own=True),
    "case-unjoin": form(FORCE_OFFICERS, about="join", own=True),
    "case-transfer": form(FORCE_SUPERVISORS, about="case", own=True),
    "case-allocate": form(FORCE_SUPERVISORS, about="case", own=True),
    "case-take-back": form(FORCE_SUPERVISORS, about="case", own=True),
    "allocation-picture": route(FORCE_SUPERVISORS | {"auditor_a", "auditor_b"}),
    "became": route(OFFICERS | FORCE_OFFICERS),
    "allocation": route(FORCE_SUPERVISORS | {"auditor_a", "auditor_b"}),
    "case-exhibit": form(FORCE_OFFICERS, about="case", own=True),
    "exhibit": route(FORCE_READERS, about="exhibit", own=True),
    "exhibit-chain": route(FORCE_READERS, about="exhibit", own=True),
    "exhibit-step": form(FORCE_OFFICERS, about="exhibit", own=True),
    "exhibit-scan": form(FORCE_OFFICERS, about="exhibit", own=True),
    "exhibit-scan-withdraw": form(FORCE_OFFICERS, about="exhibit", own=True),
    "exhibit-grades": form(FORCE_OFFICERS, about="exhibit", own=True),
    "exhibit-queue": form(FORCE_OFFICERS, about="exhibit", own=True),
    "exhibit-unqueue": form(FORCE_OFFICERS, about="exhibit", own=True),
    "exhibit-begin": form(FORCE_OFFICERS, about="exhibit", own=True),
    "exhibit-finish": form(FORCE_OFFICERS, about="exhibit", own=True),
    "examinations": route(FORCE_READERS),
    "examinations-forecast": route(FORCE_READERS),
    "examinations-picture": route(FORCE_READERS),
    "laboratory": form(FORCE_SUPERVISORS, about="laboratory", own=True),
    "laboratory-add": form(FORCE_SUPERVISORS),
    "case-hold": form(FORCE_SUPERVISORS, about="case", own=True),
    "case-lift": form(FORCE_SUPERVISORS, about="case", own=True),
    "reviews": route(FORCE_READERS),
    "disposals": route(FORCE_READERS),
    "disposal": route(FORCE_READERS, about="disposal", own=True),
    "disposal-answer": form(FORCE_SUPERVISORS, about="disposal", own=True),
    "disposal-withdraw": form({"officer_a", "officer_b"}, about="disposal", own=True),  # who proposed it
    "disposal-certificate": form(FORCE_OFFICERS, about="disposed", own=True),
    "case-review": form(FORCE_OFFICERS, about="case", own=True),
    "case-find-out": form(FORCE_OFFICERS, about="case", own=True),
    "case-path": form(FORCE_OFFICERS, about="case", own=True),
    "suspect-charge": form(FORCE_OFFICERS, about="suspect", own=True),
    "suspect-dispose": form(FORCE_OFFICERS, about="suspect", own=True),
    "charge-court": form(FORCE_OFFICERS, about="charge", own=True),
    "court-record": form(FORCE_OFFICERS, about="court_date", own=True),
    "condition": form(FORCE_OFFICERS, about="condition", own=True),
    "case-suspect": form(FORCE_OFFICERS, about="case", own=True),
    "gaps": route(FORCE_READERS),
    "suspect-picture": route(FORCE_READERS, about="suspect", own=True),
    "suspect-arrest": form(FORCE_OFFICERS, about="suspect", own=True),
    "suspect-warrant": form(FORCE_OFFICERS, about="suspect", own=True),
    "suspect-restrict": form(FORCE_OFFICERS, about="suspect", own=True),
    "warrant-answer": form(FORCE_OFFICERS, about="warrant", own=True),
    "warrant-end": form(FORCE_OFFICERS, about="warrant", own=True),
    "arrest-release": form(FORCE_OFFICERS, about="arrest", own=True),
    "arrest-extend": form(FORCE_OFFICERS, about="arrest", own=True),
    "arrest-designate": form(FORCE_OFFICERS, about="arrest", own=True),
    "arrest-apply": form(FORCE_OFFICERS, about="arrest", own=True),
    "arrest-court-answer": form(FORCE_OFFICERS, about="arrest", own=True),
    "arrest-prosecutor": form(FORCE_OFFICERS, about="arrest", own=True),
    "restriction-end": form(FORCE_OFFICERS, about="restriction", own=True),
    "duty": form(FORCE_OFFICERS, about="duty", own=True),
    "gap-sign": form(FORCE_SUPERVISORS, about="gap", own=True),
    "child": form(FORCE_OFFICERS, about="child", own=True),
    "child-step": form(FORCE_OFFICERS, about="child", own=True),
    "bail-record": form(FORCE_OFFICERS, about="arrest", own=True),
    "exhibit-list": form(FORCE_OFFICERS, about="case", own=True),
    "case-summary": form(FORCE_OFFICERS, about="case", own=True),
    "child-referral": form(FORCE_OFFICERS, about="child", own=True),
    "child-note": form(FORCE_OFFICERS, about="child", own=True),
    "offer": route(FORCE_READERS, about="offer", own=True),
    "offer-accept": form(FORCE_SUPERVISORS, about="offered", own=True),
    "offer-refuse": form(FORCE_SUPERVISORS, about="offered", own=True),
    "offer-withdraw": form(FORCE_SUPERVISORS, about="offer", own=True),
    # offenders: an officer knows of those of their team's work, and of those whom they manage
    "offenders": route(FORCE_READERS),
    "offender": form(FORCE_READERS, about="offender", own=True),
    "offender-register": form(FORCE_OFFICERS),
    "offender-visit": form(FORCE_OFFICERS, about="offender", own=True),
    "offender-plan": form(FORCE_OFFICERS, about="offender", own=True),
    "offender-assess": form(FORCE_OFFICERS, about="offender", own=True),
    "offender-level": form(FORCE_OFFICERS, about="offender", own=True),
    "offender-write": form(FORCE_OFFICERS, about="offender", own=True),
    "offender-assign": form(FORCE_SUPERVISORS, about="offender", own=True),
    "offender-end": form(FORCE_SUPERVISORS, about="offender", own=True),
    "offender-again": form(FORCE_SUPERVISORS, about="offender", own=True),
    "offender-notifications": route(FORCE_READERS),
    "visit-round": route(FORCE_READERS),
    "offenders-recognised": route(FORCE_READERS),
    "offender-notification": route(FORCE_READERS, about="offender", own=True),
    "offender-links": route(FORCE_READERS, about="offender", own=True),
    "offender-require": form(FORCE_OFFICERS, about="offender", own=True),
    "offender-notify": form(FORCE_OFFICERS, about="offender", own=True),
    "offender-change": form(FORCE_OFFICERS, about="offender", own=True),
    "offender-travel": form(FORCE_OFFICERS, about="offender", own=True),
    "offender-stay": form(FORCE_OFFICERS, about="offender", own=True),
    "offender-absence": form(FORCE_OFFICERS, about="offender", own=True),
    "offender-brief": form(FORCE_OFFICERS, about="offender", own=True),
    "offender-selector": form(FORCE_OFFICERS, about="offender", own=True),
    "stay-end": form(FORCE_OFFICERS, about="stay", own=True),
    "notifiable-withdraw": form(FORCE_OFFICERS, about="stay", own=True),
    "absence-end": form(FORCE_OFFICERS, about="absence", own=True),
    "selector-drop": form(FORCE_OFFICERS, about="offender_selector", own=True),
    "offender-link": form(FORCE_OFFICERS, about="offender_link", own=True),
    "briefings": route(FORCE_READERS),
    "briefing": form(FORCE_READERS, about="briefing", own=True),
    "briefing-acknowledge": form(FORCE_OFFICERS, about="briefing", own=True),
    "briefing-withdraw": form(FORCE_OFFICERS, about="briefing", own=True),
    "briefing-document": form(FORCE_OFFICERS, about="briefing", own=True),
    "caseload": route(FORCE_SUPERVISORS | {"auditor_a", "auditor_b"}),
    "caseload-picture": route(FORCE_SUPERVISORS | {"auditor_a", "auditor_b"}),
    # teams: a force's own business
    "teams": route(TEAM_MANAGERS | {"auditor_a", "auditor_b"}),
    "team": route(TEAM_MANAGERS | {"auditor_a", "auditor_b"}, about="team", own=True),
    "team-add": form(TEAM_MANAGERS),
    "team-rename": form(TEAM_MANAGERS, about="team", own=True),
    "team-join": form(TEAM_MANAGERS, about="team", own=True),
    "team-end": form(TEAM_MANAGERS, about="team", own=True),
    "team-again": form(TEAM_MANAGERS, about="ended_team", own=True),
    "person-team": form(TEAM_MANAGERS, about="worker", own=True),
    "second-looks": route(OFFICERS),
    "second-look": form(OFFICERS, about="second_look"),
    "lists": route(LIST_READERS),
    "list": route(LIST_READERS, about="list"),
    "list-held": form(DEVELOPERS, about="list"),
    "list-versions-picture": route(LIST_READERS, about="list"),
    # the public form: anybody may tell, and an officer is nobody special there
    **{f"tell-{name}": route(EVERYBODY, EVERYBODY, open=True) for name in QUESTIONS},
    "tell": route(EVERYBODY, open=True),
    "tell-now": route(EVERYBODY, open=True),
    "tell-check": route(EVERYBODY, EVERYBODY, open=True),
    "tell-sent": route(EVERYBODY, open=True),
    "tell-reference": route(EVERYBODY, EVERYBODY, open=True),
    "tell-leave": route(EVERYBODY, open=True),
    # intake
    "receipts": route(AGENCY_READERS),
    "receipt-clear": form(RECEIVERS, about="receipt"),
    "vault": route(AGENCY_READERS),
    "vault-clear": form({"supervisor"}, about="sealed"),
    "provider-accounts": route(AGENCY, about="provider"),
    "provider-add": form(MANAGERS),
    "account-add": form(MANAGERS, about="provider"),
    "account-rotate": form(MANAGERS, about="account"),
    "account-key": form(MANAGERS, about="account"),
    "account-close": form(MANAGERS, about="account"),
    "contact-add": form(MANAGERS, about="provider"),
    "contact-end": route(None, MANAGERS, about="contact"),
    # prevention
    "providers": route(AGENCY),
    "provider": route(AGENCY, about="provider"),
    "provider-picture": route(AGENCY, about="provider"),
    "own-list": route(OWN_READERS),
    "own-export": form({"supervisor"}),
    "own-entry": route(OWN_READERS, about="own"),
    "own-grade": form(DEVELOPERS, about="own"),
    "own-withdraw": form(DEVELOPERS, about="own"),
    "referral-propose": form(OFFICERS, about="referral"),
    # insight
    "attrition": route(READERS),
    "attrition-reports": route(AGENCY_READERS),
    "attrition-picture": route(READERS),
    "attrition-csv": form(READERS),
    # clocks
    "clocks": route(READERS),
    "clock-pause": form(SUPERVISORS, about="clock", own=True),
    "clock-resume": route(None, SUPERVISORS, about="clock", own=True),
    "clock-acknowledge": route(None, SUPERVISORS, about="clock", own=True),
    "calendar": route(READERS),
    "calendar-renew": route(None, READERS),
    "calendar-end": route(None, READERS),
    "calendar-feed": route(EVERYBODY, about="calendar", open=True, bearer=True),
    # notifications: one's own, and nobody else's
    "notifications": route(EVERYBODY),
    "mail-choice": form(EVERYBODY),
    "notifications-read": route(None, EVERYBODY),
    "notification": route({"intake", "officer_a", "officer_b"}, about="notification", own=True),
    "notification-read": route(None, {"intake", "officer_a", "officer_b"}, about="notification", own=True),
    # jobs
    "jobs": route({"supervisor", "auditor", "administrator"}),
    "job-retry": route(None, {"supervisor", "administrator"}, about="job"),
    "job-close": form({"supervisor", "administrator"}, about="job"),
    # staff
    "sign-in": route(EVERYBODY, EVERYBODY, open=True),
    "sign-out": route(None, EVERYBODY),
    "password": form(EVERYBODY),
    "second-factor": form(EVERYBODY),
    "second-factor-set-up": form(EVERYBODY),
    "training": route(SUPERVISORS | AUDITORS),
    "training-picture": route(SUPERVISORS | AUDITORS),
    "training-add": form(SUPERVISORS, about="worker", own=True),
    "own-training": route(OFFICERS | FORCE_OFFICERS),
    "own-exposure": form(OFFICERS | FORCE_OFFICERS),
    "welfare": route(SUPERVISORS),
    "check-in": form(SUPERVISORS, about="worker", own=True),
    "opt-out": route(None, OFFICERS | FORCE_OFFICERS),
    "opt-in": route(None, OFFICERS | FORCE_OFFICERS),
    "people": route(ADMINISTRATORS),
    "person-add": form(ADMINISTRATORS),
    "person-edit": form(ADMINISTRATORS, about="person"),
    "person-password": form(ADMINISTRATORS, about="person"),
    "person-second-factor": form(ADMINISTRATORS, about="person"),
    # audit
    "audit": route(AUDITORS),
}
