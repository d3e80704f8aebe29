"""The front door's part of the proof: submissions, what has become of the finished ones, and sealed files.

Plain SQL over the rows as they are stored, as in `reconcile`.
"""

from collections.abc import Callable
from typing import Any

SUBMISSIONS = ("open", "finished", "retracted", "lapsed")
BY_STATE = "SELECT state, COUNT(*) FROM intake_submission GROUP BY state"
HAND_ON = "'hand on a submission'"
OPEN_JOB = f"""
    SELECT 1 FROM jobs_job j WHERE j.kind = {HAND_ON} AND j.key = 'submission:' || s.id
        AND j.state IN ('waiting', 'leased', 'failed')"""  # noqa: S608 - our words

CHECKS = {
    "finished submissions that are no report and have no job": f"""
        SELECT s.id FROM intake_submission s
        WHERE s.state = 'finished' AND s.report_id IS NULL AND NOT EXISTS ({OPEN_JOB})
            AND NOT EXISTS (
                SELECT 1 FROM intake_receipt r
                WHERE r.sha256 = s.sha256 AND r.state IN ('rejected', 'cleared'))""",  # noqa: S608
    "submissions that became a report before they were finished": """
        SELECT id FROM intake_submission WHERE state <> 'finished' AND report_id IS NOT NULL""",
    "submissions that ended without when, or are open with it": """
        SELECT id FROM intake_submission WHERE (state = 'open') <> (ended_at IS NULL)""",
    "lapsed submissions without the receipt that someone clears": """
        SELECT s.id FROM intake_submission s WHERE s.state = 'lapsed' AND NOT EXISTS (
            SELECT 1 FROM intake_receipt r
            WHERE r.document_id = s.document_id AND r.state IN ('rejected', 'cleared', 'duplicate'))""",
    "reports that lack the record of the files handed over with them": """
        SELECT s.id FROM intake_submission s
        WHERE s.report_id IS NOT NULL AND s.repeats_id IS NULL
            AND EXISTS (SELECT 1 FROM intake_submittedfile f WHERE f.submission_id = s.id)
            AND NOT EXISTS (SELECT 1 FROM intake_fragment g WHERE g.report_id = s.report_id)""",
    "files of a submission that the vault says are missing or changed": """
        SELECT f.id FROM intake_submittedfile f JOIN intake_sealedfile k ON k.id = f.sealed_id
        WHERE k.fault <> ''""",
}

HANDED_ON = "SELECT COUNT(*) FROM intake_submission WHERE state = 'finished' AND report_id IS NOT NULL"
WAITING = f"""
    SELECT COUNT(*) FROM intake_submission s
    WHERE s.state = 'finished' AND s.report_id IS NULL AND EXISTS ({OPEN_JOB})"""  # noqa: S608
REJECTED = f"""
    SELECT COUNT(*) FROM intake_submission s
    WHERE s.state = 'finished' AND s.report_id IS NULL AND NOT EXISTS ({OPEN_JOB})"""  # noqa: S608
SEALED = {
    "whole": "SELECT COUNT(*) FROM intake_sealedfile WHERE fault = '' AND verified_at IS NOT NULL",
    "unread": "SELECT COUNT(*) FROM intake_sealedfile WHERE fault = '' AND verified_at IS NULL",
    "at_fault": "SELECT COUNT(*) FROM intake_sealedfile WHERE fault <> ''",
}


def sums(by_state: dict[str, int], one: Callable[[str], int]) -> dict[str, tuple[int, dict[str, Any]]]:
    """The door's sums: the total counted one way, and its parts another. `one` runs SQL that counts."""
    return {
        "submissions = open + finished + retracted + lapsed": (
            one("SELECT COUNT(*) FROM intake_submission"),
            {name: by_state[name] for name in SUBMISSIONS},
        ),
        "sealed files = found whole + not read again yet + at fault": (
            one("SELECT COUNT(*) FROM intake_sealedfile"),
            {name: one(sql) for name, sql in SEALED.items()},
        ),
        "finished submissions = reports + waiting + rejected": (
            by_state["finished"],
            {"reports": one(HANDED_ON), "waiting": one(WAITING), "rejected": one(REJECTED)},
        ),
    }
