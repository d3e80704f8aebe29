"""Proof from the database that nothing received was lost or counted twice.

Every count is plain SQL over the rows as they are stored, and knows nothing of the code that wrote them. Each
check returns the ids of the rows that break it.
"""

import hashlib
import zlib
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db import connection
from msgspec import Struct

from lapwing.policy import load
from lapwing_web.casework.queries import reconcile_door
from lapwing_web.intake.actions.known import in_chunks
from lapwing_web.intake.models import Document, Report
from lapwing_web.intake.queries.reports import current_reports
from lapwing_web.moment import today


class Reconciliation(Struct):
    """The counts, the sums that must hold, and what breaks any rule (empty when all is well)."""

    holds: bool
    received: int
    rejected: int  # could not be read or not be placed, and is or was on the page that someone clears
    waiting: int  # of these, details whose report has not come
    referrals_reports: int
    informational: int
    receipts: dict[str, int]
    reports: dict[str, int]
    referrals: dict[str, int]
    packages: dict[str, int]
    submissions: dict[str, int]
    jobs: dict[str, int]
    sums: dict[str, dict[str, Any]]
    failures: dict[str, list[Any]]


RECEIPTS = ("new", "new_version", "duplicate", "attached", "held", "rejected", "cleared")
REFERRALS = (
    "received",
    "developing",
    "awaiting_provider",
    "kept",
    "disseminated",
    "accepted",
    "closed",
    "discarded",
    "merged",
)
PACKAGES = ("waiting", "accepted", "returned")
JOBS = ("waiting", "leased", "done", "failed", "closed")

# What breaks each rule, by id. Joined and grouped, not counted row by row: a database that has no
# statistics yet would look through a whole index for every report.
CHECKS = {
    "receipts that say they are of a report and name none": """
        SELECT id FROM intake_receipt
        WHERE state IN ('new', 'new_version', 'attached') AND report_id IS NULL""",
    "receipts of a duplicate that name nothing it duplicates": """
        SELECT id FROM intake_receipt
        WHERE state = 'duplicate' AND report_id IS NULL AND fragment_id IS NULL AND repeats_id IS NULL""",
    "receipts of a report whose bytes are not kept": """
        SELECT id FROM intake_receipt
        WHERE state IN ('new', 'new_version', 'attached', 'held') AND document_id IS NULL""",
    "receipts whose SHA-256 is not that of their bytes": """
        SELECT r.id FROM intake_receipt r JOIN intake_document d ON d.id = r.document_id
        WHERE r.sha256 <> d.sha256""",
    "rejected receipts without a reason": """
        SELECT id FROM intake_receipt WHERE state = 'rejected' AND reason = ''""",
    "cleared receipts without who, when and why": """
        SELECT id FROM intake_receipt
        WHERE state = 'cleared' AND (cleared_by_id IS NULL OR cleared_at IS NULL OR cleared_why = '')""",
    "bytes with no receipt, that no submission holds": """
        SELECT d.id FROM intake_document d
        WHERE NOT EXISTS (SELECT 1 FROM intake_receipt r WHERE r.document_id = d.id)
            AND NOT EXISTS (SELECT 1 FROM intake_submission s WHERE s.document_id = d.id)
            AND NOT EXISTS (SELECT 1 FROM intake_submittedfile f WHERE f.details_id = d.id)""",
    "reports not received exactly once as new": """
        SELECT p.id FROM intake_report p
        LEFT JOIN intake_receipt r ON r.report_id = p.id AND r.state = 'new'
        GROUP BY p.id HAVING COUNT(r.id) <> 1""",
    "reports without one receipt a version": """
        SELECT p.id FROM intake_report p
        LEFT JOIN intake_receipt r ON r.report_id = p.id AND r.state IN ('new', 'new_version')
        GROUP BY p.id, p.version HAVING COUNT(r.id) <> p.version""",
    "reports whose versions are not 1, 2, 3 …": """
        SELECT p.id FROM intake_report p LEFT JOIN intake_reportversion v ON v.report_id = p.id
        GROUP BY p.id, p.version
        HAVING COUNT(v.id) <> p.version OR MIN(v.number) <> 1 OR MAX(v.number) <> p.version""",
    "two reports of one provider and reference": """
        SELECT MAX(id) FROM intake_report GROUP BY provider_id, reference HAVING COUNT(*) > 1""",
    "details attached without a receipt, or waiting although attached": """
        SELECT f.id FROM intake_fragment f
        LEFT JOIN intake_receipt r ON r.fragment_id = f.id AND r.state IN ('attached', 'held', 'cleared')
        GROUP BY f.id, f.report_id
        HAVING COUNT(r.id) <> 1
            OR (f.report_id IS NOT NULL AND SUM(CASE WHEN r.state = 'held' THEN 1 ELSE 0 END) > 0)
            OR (f.report_id IS NULL AND SUM(CASE WHEN r.state = 'attached' THEN 1 ELSE 0 END) > 0)""",
    "reports in no referral": """
        SELECT p.id FROM intake_report p WHERE NOT EXISTS (
            SELECT 1 FROM casework_joining j WHERE j.report_id = p.id AND j.undone_at IS NULL)""",
    "reports in two referrals": """
        SELECT report_id FROM casework_joining WHERE undone_at IS NULL
        GROUP BY report_id
        HAVING (SUM(CASE WHEN subject IS NULL THEN 1 ELSE 0 END) > 0 AND COUNT(*) > 1)
            OR COUNT(DISTINCT COALESCE(subject, -1)) <> COUNT(*)""",
    "batches with a subject in no referral": """
        SELECT report_id FROM casework_joining WHERE undone_at IS NULL AND subject IS NOT NULL
        GROUP BY report_id HAVING MIN(subject) <> 0 OR MAX(subject) <> COUNT(*) - 1""",
    "reports in a merged referral": """
        SELECT j.report_id FROM casework_joining j JOIN casework_referral r ON r.id = j.referral_id
        WHERE j.undone_at IS NULL AND r.state = 'merged'""",
    "referrals without a report": """
        SELECT r.id FROM casework_referral r WHERE r.state <> 'merged' AND NOT EXISTS (
            SELECT 1 FROM casework_joining j WHERE j.referral_id = r.id AND j.undone_at IS NULL)""",
    "referrals that miscount their reports": """
        SELECT r.id FROM casework_referral r
        LEFT JOIN casework_joining j ON j.referral_id = r.id AND j.undone_at IS NULL
        WHERE r.state <> 'merged'
        GROUP BY r.id, r.report_count HAVING COUNT(DISTINCT j.report_id) <> r.report_count""",
    "merged referrals that do not say into what, or say it and are not merged": """
        SELECT id FROM casework_referral WHERE (state = 'merged') <> (merged_into_id IS NOT NULL)""",
    "discarded referrals without a reason or an author": """
        SELECT id FROM casework_referral WHERE state = 'discarded' AND (reason = '' OR decided_by = '')""",
    "referrals in a force's hands with no package": """
        SELECT r.id FROM casework_referral r WHERE r.state IN ('disseminated', 'accepted') AND NOT EXISTS (
            SELECT 1 FROM casework_package k WHERE k.referral_id = r.id AND k.kind = 'dissemination')""",
    "jobs that are leased without a lease, or have one and are not": """
        SELECT id FROM jobs_job
        WHERE (state = 'leased') <> (lease <> '') OR (state = 'leased') <> (leased_until IS NOT NULL)""",
    "jobs that are done or closed without when, or say when and are not": """
        SELECT id FROM jobs_job WHERE (state IN ('done', 'closed')) <> (done_at IS NOT NULL)""",
    "jobs that failed or were closed without a reason": """
        SELECT id FROM jobs_job
        WHERE (state = 'failed' AND last_error = '') OR (state = 'closed' AND why_closed = '')""",
    "answered packages without who and when": """
        SELECT id FROM casework_package
        WHERE (state <> 'waiting') <> (answered_at IS NOT NULL AND answered_by_id IS NOT NULL)""",
}

# A report is informational when every referral that it is in was discarded for a reason that policy does not
# count as attrition: there was nothing to act on. One lost on the way stays among the referrals' reports.
WORKED = """
    SELECT COUNT(DISTINCT j.report_id)
    FROM casework_joining j JOIN casework_referral r ON r.id = j.referral_id
    WHERE j.undone_at IS NULL AND r.state <> 'merged'
        AND NOT (r.state = 'discarded' AND r.reason IN ({reasons}))"""
INFORMATIONAL = """
    SELECT COUNT(*) FROM (
        SELECT j.report_id FROM casework_joining j JOIN casework_referral r ON r.id = j.referral_id
        WHERE j.undone_at IS NULL GROUP BY j.report_id
        HAVING SUM(CASE WHEN r.state = 'discarded' AND r.reason IN ({reasons}) THEN 0 ELSE 1 END) = 0
    ) AS informational"""


ALL = ""  # no state: the row that counts every job
# In one statement, because workers go on while it is counted.
JOBS_BY_STATE = (
    "SELECT state, COUNT(*) FROM jobs_job GROUP BY state UNION ALL SELECT '', COUNT(*) FROM jobs_job"
)
RECEIPTS_BY_STATE = "SELECT state, COUNT(*) FROM intake_receipt GROUP BY state"
RECEIVED = "received = rejected + referrals' reports + informational"


def informational_reasons() -> list[str]:
    """The codes of the reasons for a discard that say there was nothing to act on, in order."""
    reasons = load("reasons", settings.JURISDICTION).on(today()).discard
    return sorted(code for code, reason in reasons.items() if not reason.attrition)


def received_sum() -> dict[str, Any]:
    """The sum RECEIVED alone, as the attrition page shows it: its total, its parts, and whether it holds."""
    total, parts = _received(_by_state(RECEIPTS_BY_STATE, RECEIPTS), _reports())
    return {"total": total, "parts": parts, "holds": total == sum(parts.values())}


def _reports() -> dict[str, int]:
    reasons = informational_reasons()
    places = ", ".join(["%s"] * len(reasons))
    return {
        "kept": _one("SELECT COUNT(*) FROM intake_report"),
        "in_referrals": _one(WORKED.format(reasons=places), reasons),
        "informational": _one(INFORMATIONAL.format(reasons=places), reasons),
    }


def _received(receipts: dict[str, int], reports: dict[str, int]) -> tuple[int, dict[str, int]]:
    """What arrived, less what repeats or adds to it, counted one way; and its parts, counted another."""
    arrived = _one(
        "SELECT COUNT(*) FROM intake_receipt WHERE state NOT IN ('new_version', 'duplicate', 'attached')"
    )
    return arrived, {
        "rejected": receipts["rejected"] + receipts["held"] + receipts["cleared"],
        "referrals_reports": reports["in_referrals"],
        "informational": reports["informational"],
    }


def reconcile() -> Reconciliation:
    """Count everything, check everything."""
    receipts = _by_state(RECEIPTS_BY_STATE, RECEIPTS)
    referrals = _by_state("SELECT state, COUNT(*) FROM casework_referral GROUP BY state", REFERRALS)
    packages = _by_state("SELECT state, COUNT(*) FROM casework_package GROUP BY state", PACKAGES)
    submissions = _by_state(reconcile_door.BY_STATE, reconcile_door.SUBMISSIONS)
    jobs = dict.fromkeys((*JOBS, ALL), 0) | dict(_all(JOBS_BY_STATE))
    every_job = jobs.pop(ALL)
    reports = _reports()
    sums = _sums(receipts, referrals, packages, reports, submissions) | _jobs_sum(every_job, jobs)
    checks = CHECKS | reconcile_door.CHECKS
    failures = {name: [row[0] for row in _all(sql)] for name, sql in checks.items()}
    failures["bytes that are not what arrived"] = _damaged_bytes()
    failures["batches that miss a subject"] = _batches_short()
    failures = {name: ids for name, ids in failures.items() if ids}
    holds = not failures and all(one["holds"] for one in sums.values())
    received = next(iter(sums.values()))
    return Reconciliation(
        holds=holds,
        received=received["total"],
        **received["parts"],
        waiting=receipts["held"],
        receipts=receipts,
        reports=reports,
        referrals=referrals,
        packages=packages,
        submissions=submissions,
        jobs=jobs,
        sums=sums,
        failures=failures,
    )


def _sums(
    receipts: dict[str, int],
    referrals: dict[str, int],
    packages: dict[str, int],
    reports: dict[str, int],
    submissions: dict[str, int],
) -> dict[str, dict[str, Any]]:
    """Each sum with its left side counted one way and its right side another."""
    equal = {
        RECEIVED: _received(receipts, reports),
        "receipts = new + versions + duplicates + attached + held + rejected + cleared": (
            _one("SELECT COUNT(*) FROM intake_receipt"),
            {name: receipts[name] for name in RECEIPTS},
        ),
        "referrals = the sum of their states": (
            _one("SELECT COUNT(*) FROM casework_referral"),
            {name: referrals[name] for name in REFERRALS},
        ),
        "sent = accepted + returned + waiting": (
            _one("SELECT COUNT(*) FROM casework_package"),
            {name: packages[name] for name in PACKAGES},
        ),
        **reconcile_door.sums(submissions, _one),
    }
    return {
        name: {"total": total, "parts": parts, "holds": total == sum(parts.values())}
        for name, (total, parts) in equal.items()
    }


def _jobs_sum(total: int, jobs: dict[str, int]) -> dict[str, dict[str, Any]]:
    parts = {name: jobs[name] for name in JOBS}
    holds = total == sum(parts.values())
    return {
        "jobs = waiting + being done + done + failed + closed": {
            "total": total,
            "parts": parts,
            "holds": holds,
        }
    }


def _by_state(sql: str, states: tuple[str, ...]) -> dict[str, int]:
    """Rows by state, every state named; a state there is not is left out, so that its rows break the sum."""
    found = dict(_all(sql))
    return {state: found.get(state, 0) for state in states}


def _all(sql: str, values: Sequence[str] = ()) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values or None)
        return list(cursor.fetchall())


def _one(sql: str, values: Sequence[str] = ()) -> int:
    return int(_all(sql, values)[0][0])


def _damaged_bytes() -> list[int]:
    """Documents whose bytes no longer have their size and SHA-256."""
    rows = Document.objects.order_by("id").values_list("id", "sha256", "size", "content")
    return [pk for pk, sha256, size, packed in rows.iterator(200) if not _intact(bytes(packed), sha256, size)]


def _intact(packed: bytes, sha256: str, size: int) -> bool:
    try:
        content = zlib.decompress(packed)
    except zlib.error:
        return False
    return len(content) == size and hashlib.sha256(content).hexdigest() == sha256


def _batches_short() -> list[int]:
    """Viral batches, read again, of which a subject has no joining."""
    counted = _all("""
        SELECT report_id, COUNT(*) FROM casework_joining WHERE undone_at IS NULL AND subject IS NOT NULL
        GROUP BY report_id""")
    joined = dict(counted)
    short = []
    for some in in_chunks(list(joined)):
        reports = Report.objects.select_related("provider").filter(pk__in=some)
        for pk, report in current_reports(reports).items():
            if len(report.in_role("subject")) > joined[pk]:
                short.append(pk)
    return sorted(short)
