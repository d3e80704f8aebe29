"""Who visits which page of the site, with axe-core, wide and narrow: by the names of the URL resolver.

A page nobody visits fails a test by its name, as does a line here for a page that is no more.
"""

from dataclasses import dataclass

from django.urls import URLPattern, URLResolver, get_resolver

from lapwing.rules.telling import QUESTIONS

# addresses that are not pages, and why
NOT_PAGES = {
    "home-seen": "only a button sends to it",
    "sign-out": "only a button sends to it",
    "referral-take": "only a button sends to it",
    "calendar-renew": "only a button sends to it",
    "calendar-end": "only a button sends to it",
    "calendar-feed": "a file for a calendar program",
    "notifications-read": "only a button sends to it",
    "notification-read": "only a button sends to it",
    "notification": "it leads to the page of what it is about",
    "clock-resume": "only a button sends to it",
    "clock-acknowledge": "only a button sends to it",
    "job-retry": "only a button sends to it",
    "package-json": "a file for a system",
    "package-pdf": "a file",
    "referral-sealed": "a file",
    "contact-end": "only a button sends to it",
    "provider-picture": "a picture inside the company's page",
    "attrition-picture": "a picture inside the attrition page",
    "opt-out": "only a button sends to it",
    "opt-in": "only a button sends to it",
    "exhibit-chain": "a file",
    "allocation-picture": "a picture inside the page of allocation",
    "training-picture": "a picture inside the page of training",
    "examinations-picture": "a picture inside the forecast",
    "suspect-picture": "a picture inside the case's page",
    "caseload-picture": "a picture inside the page of the caseload",
    "list-versions-picture": "a picture inside the list's page",
    "tell-leave": "it leads away",
    # what companies' software speaks to
    **dict.fromkeys(
        ("ispws-status", "ispws-xsd", "ispws-submit", "ispws-upload", "ispws-fileinfo", "ispws-finish"),
        "the reporting protocol",
    ),
    "ispws-retract": "the reporting protocol",
    **dict.fromkeys(("api-reports", "api-report", "api-files", "api-finish", "api-retract"), "the JSON API"),
    **dict.fromkeys(("api-reference", "api-receipts", "api-status", "api-openapi"), "the JSON API"),
}

# pages of the public form that need an answer before them: `test_telling` walks them, each with axe
WALKED = {f"tell-{name}" for name in QUESTIONS if name != "who"} | {"tell-now", "tell-check", "tell-sent"}


@dataclass(frozen=True)
class Visit:
    """One page, by the name of its address, the record it is about (see `world`) and what follows the `?`."""

    name: str
    about: str = ""
    query: str = ""
    status: int = 200

    def __str__(self) -> str:
        return " ".join(part for part in (self.name, self.about, self.query) if part)


def _about(record: str, *names: str) -> list[Visit]:
    return [Visit(name, record) for name in names]


VISITS: dict[str, list[Visit]] = {
    "intelligence": [
        Visit("home"),
        Visit("queue"),
        Visit("queue", query="list=all&band=low&contact=unknown"),
        Visit("search", query="q=subject-000001"),
        Visit("second-looks"),
        *_about("look", "second-look"),
        *_about(
            "fresh", "referral", "referral-discard", "referral-develop", "referral-ask", "referral-facts"
        ),
        *_about("hunted", "referral", "referral-hits", "referral-propose", "referral-open"),
        Visit("own-list"),
        *_about("own", "own-entry", "own-grade", "own-withdraw"),
        *_about("fresh", "referral-kirat", "referral-keep", "referral-join", "referral-disseminate"),
        *_about("fresh", "referral-safeguard"),
        *_about("joining", "referral-unjoin"),
        *_about("report", "report"),
        *_about("asked", "referral", "referral-answer"),
        *_about("discarded", "referral-reopen"),
        *_about("kept", "referral", "referral-outcome"),
        *_about("ended", "referral-unclose"),
        *_about("with_force", "referral", "referral-supplement"),
        *_about("returned", "referral", "referral-disseminate"),
        *_about("approval", "approval"),
        *_about("package_back", "package"),
        Visit("packages", query="show=sent"),
        Visit("packages", query="show=ended"),
    ],
    "intake": [
        Visit("home"),
        Visit("upload"),
        Visit("receipts"),
        Visit("receipts", query="show=new"),
        Visit("receipts", query="show=new&provider=1"),
        *_about("rejected", "receipt-clear"),
        *_about("approval", "approval-withdraw"),
    ],
    "supervisor": [
        Visit("home"),
        Visit("clocks"),
        Visit("clocks", query="show=running"),
        Visit("supervision"),
        *_about("clock", "clock-pause"),
        *_about("fresh", "referral", "referral-assign"),
        Visit("vault"),
        *_about("sealed", "vault-clear"),
        Visit("attrition"),
        Visit("attrition-reports"),
        Visit("attrition-csv"),
        Visit("lists"),
        Visit("own-list", query="show=withdrawn"),
        Visit("own-export"),
        *_about("list", "list", "list-held"),
        *_about("lost_list", "list"),
        Visit("providers"),
        Visit("providers", query="q=nobody"),
        *_about("provider", "provider", "provider-accounts"),
        Visit("provider", "silent", query="first=2026-03-05&last=yesterday"),
        Visit("jobs"),
        *_about("job", "job-close"),
    ],
    "auditor": [
        Visit("home"),
        Visit("audit"),
        Visit("audit", query="action=consult"),
        Visit("audit", query="action=receive&why=checking"),
        Visit("packages"),
        Visit("vault", query="show=openings"),
        Visit("vault", query="show=files"),
    ],
    "administrator": [
        Visit("home"),
        Visit("people"),
        Visit("person-add"),
        *_about("person", "person-edit", "person-password", "person-second-factor"),
        Visit("password"),
        Visit("second-factor-set-up"),
        Visit("glossary"),
        Visit("api-docs"),
        Visit("jobs"),
        Visit("providers", query="order=complete"),
        *_about("provider", "provider", "provider-accounts", "account-add", "contact-add"),
        Visit("provider-add"),
        *_about("account", "account-rotate", "account-key", "account-close"),
        Visit("queue", status=403),
    ],
    "officer_a": [
        Visit("home"),
        Visit("packages"),
        Visit("cases"),
        Visit("cases", query="show=all"),
        *_about("case", "case", "case-contact", "case-child", "case-crime", "case-band", "case-join"),
        *_about("case", "case-suspect"),
        *_about("suspect", "suspect-arrest", "suspect-warrant", "suspect-restrict"),
        *_about(
            "arrest",
            "arrest-extend",
            "arrest-prosecutor",
            "arrest-designate",
            "arrest-apply",
            "arrest-court-answer",
            "bail-record",
        ),
        *_about("held", "arrest-release"),
        *_about("applied", "warrant-answer"),
        *_about("granted", "warrant-end"),
        *_about("restriction", "restriction-end"),
        *_about("duty", "duty"),
        *_about("case", "case-summary", "exhibit-list"),
        *_about("case", "case-exhibit", "case-path"),
        *_about("suspect", "suspect-charge", "suspect-dispose"),
        *_about("charge", "charge-court"),
        *_about("court", "court-record"),
        *_about("condition", "condition"),
        *_about("exhibit", "exhibit", "exhibit-step", "exhibit-queue", "exhibit-scan", "exhibit-grades"),
        *_about("exhibit", "exhibit-scan-withdraw"),
        *_about("queued", "exhibit", "exhibit-unqueue", "exhibit-begin"),
        *_about("examining", "exhibit-finish"),
        Visit("examinations"),
        Visit("examinations-forecast"),
        Visit("offenders"),
        Visit("offenders", query="show=ended"),
        Visit("offender-register"),
        *_about("offender", "offender", "offender-visit", "offender-plan", "offender-assess"),
        *_about("offender", "offender-level", "offender-write"),
        *_about("late_offender", "offender", "offender-plan", "offender-notification", "offender-links"),
        Visit("offender-notifications"),
        Visit("offender-notifications", query="show=all"),
        Visit("visit-round"),
        Visit("offenders-recognised"),
        Visit("offenders-recognised", query="show=all"),
        *_about("offender", "offender-notification", "offender-require", "offender-notify"),
        *_about("offender", "offender-change", "offender-travel", "offender-stay", "offender-absence"),
        *_about("offender", "offender-links", "offender-selector", "offender-brief"),
        *_about("stay", "stay-end", "notifiable-withdraw"),
        *_about("absence", "absence-end"),
        *_about("offender_selector", "selector-drop"),
        *_about("offender_link", "offender-link"),
        Visit("briefings"),
        *_about("briefing", "briefing", "briefing-acknowledge", "briefing-withdraw", "briefing-document"),
        *_about("child", "child", "child-step", "child-note", "child-referral"),
        *_about("waiting", "package", "package-accept", "package-return"),
        *_about("closed", "package", "package-unclose"),
        *_about("their_approval", "approval-withdraw"),
        *_about("disposal", "disposal-withdraw"),
        *_about("join", "case-unjoin"),
        Visit("clocks"),
        Visit("attrition"),
        Visit("search", query="q=subject-000007"),
        Visit("search", query="q=CS-0000001"),
        Visit("referral", "fresh", status=404),
    ],
    "supervisor_a": [
        Visit("home"),
        *_about("accepted", "package", "package-outcome"),
        Visit("gaps"),
        *_about("case", "case-hold", "case-lift", "case-find-out"),
        *_about("overdue", "case", "case-review"),
        *_about("disposal", "disposal", "disposal-answer"),
        *_about("disposed", "disposal", "disposal-certificate"),
        Visit("disposals"),
        Visit("reviews"),
        Visit("supervision"),
        Visit("notifications"),
        Visit("notifications", query="show=all"),
        Visit("mail-choice"),
        Visit("calendar"),
        Visit("examinations"),
        Visit("caseload"),
        Visit("offenders", query="show=visits&level=high"),
        *_about("offender", "offender-assign", "offender-end"),
        *_about("ended_offender", "offender", "offender-again"),
        *_about("laboratory", "laboratory"),
        Visit("teams"),
        Visit("team-add"),
        *_about("team", "team", "team-rename", "team-join", "team-end"),
        *_about("ended_team", "team", "team-again"),
        *_about("person", "person-team"),
        Visit("laboratory-add"),
        Visit("allocation"),
        Visit("training"),
        Visit("training-add", "person"),
        Visit("own-training"),
        Visit("own-exposure"),
        Visit("became"),
        Visit("welfare"),
        Visit("check-in", "person"),
        *_about("case", "case-allocate", "case-take-back"),
        *_about("gap", "gap-sign"),
        *_about("case", "case-transfer"),
        *_about("offer", "offer", "offer-withdraw"),
        *_about("offered", "offer", "offer-accept", "offer-refuse"),
        *_about("their_approval", "approval"),
    ],
    "officer_b": [
        *_about("safeguarding", "package", "package-accept"),
        *_about("protection", "case", "protection-end", "protection-resume"),
    ],
    "auditor_a": [Visit("home"), Visit("audit"), Visit("audit", query="why=checking")],
    "auditor_b": [Visit("second-factor")],
    "administrator_a": [
        Visit("home"),
        Visit("people"),
        Visit("person-add"),
        *_about("person", "person-edit"),
        Visit("teams"),
    ],
    "nobody": [Visit("sign-in"), Visit("tell"), Visit("tell-who"), Visit("tell-reference")],
}


def names(resolver: URLResolver | None = None) -> set[str]:
    """The name of every address of the site."""
    found: set[str] = set()
    for pattern in (resolver or get_resolver()).url_patterns:
        found |= {str(pattern.name)} if isinstance(pattern, URLPattern) else names(pattern)
    return found
