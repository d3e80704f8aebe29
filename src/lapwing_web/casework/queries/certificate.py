"""The certificate of a disposal: what was disposed of, by whom, and by what authority."""

from lapwing_web.casework.models import RecordDisposal
from lapwing_web.casework.models.paper import Paper, Part, Table, day, instant
from lapwing_web.casework.queries.packages import outcome_label


def certificate(disposal: RecordDisposal) -> Paper:
    """The words of the certificate. None of them is about a person but those who decided."""
    case = disposal.case
    lead = (
        "The record named here was disposed of by two people after a review. It cannot be brought back. What "
        "the agency holds of the reports is its own, and is not part of this disposal."
    )
    ended = [
        ("Case", case.reference),
        ("Opened", instant(case.opened_at)),
        ("Ended", instant(case.closed_at)),
        ("Outcome", outcome_label(disposal.outcome) or "None"),
        ("Outcome recorded for", day(disposal.outcome_on) or "No day"),
    ]
    decided = [
        ("Retention group", disposal.group),
        ("Reviewed and proposed by", str(disposal.proposed_by)),
        ("Proposed", instant(disposal.proposed_at)),
        ("Why", disposal.why),
        ("Approved and carried out by", str(disposal.answered_by)),
        ("Disposed of", instant(disposal.answered_at)),
        ("Authority", disposal.authority),
        ("Policy, by its SHA-256", disposal.policy_sha256),
    ]
    kinds = [[kind.capitalize(), str(count)] for kind, count in disposal.removed.items()]
    sent = [[one["reference"], one["sha256"]] for one in disposal.sent]
    parts = [
        Part("The record", ended),
        Part("The decision", decided),
        Part("What was disposed of", table=Table(["Kind", "Rows"], kinds, "Nothing hung on the case.")),
        Part("Packages it was worked from", table=Table(["Package", "SHA-256 as sent"], sent)),
        Part("What stays", text=list(STAYS)),
    ]
    return Paper("Certificate of disposal", disposal.reference, case.organisation.name, lead, parts)


STAYS = (
    "The audit: who did what, when and why, as it was recorded. Its rows are neither changed nor deleted.",
    "The case's reference, force, band and days; the crimes recorded, by number; what this certificate says.",
    "What the agency received and sent. It answers for that itself, and the force sees it no more.",
)
