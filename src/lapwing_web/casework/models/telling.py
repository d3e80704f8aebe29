"""What a person told, as plain values: read alike by the referral's page, the report's page and a package."""

from collections.abc import Iterable
from typing import Any

import msgspec

from lapwing.report import Report as ReportValue
from lapwing.rules.telling import contact_sentence
from lapwing_web.casework.models.explained import Told
from lapwing_web.casework.models.referral import Referral
from lapwing_web.intake.models import Provider


def of_a_company(referral: Referral) -> bool:
    """Whether any company reported it, which could be asked for more; people who told it are not asked so."""
    if referral.provider.kind == Provider.Kind.COMPANY:
        return True
    joinings = referral.joinings.filter(undone_at=None, report__provider__kind=Provider.Kind.COMPANY)
    return joinings.exists()


def tellings_of(told: Iterable[Told]) -> list[dict[str, Any]]:
    """Of each report that a person told: who tells, the danger, how to reach them, and the words."""
    return [made for one in told if (made := telling_of(one.report))]


def telling_of(report: ReportValue) -> dict[str, Any] | None:
    """The same of one report; None of a company's. `words` are theirs, and may name anybody."""
    telling = report.telling
    if telling is None:
        return None
    contact, duty = telling.contact, telling.duty
    return {
        "report": report.reference,
        "teller": telling.teller,
        "about_self": telling.about_self,
        "danger": telling.danger,
        "contact": {
            "safe": contact.safe if contact else None,
            "sentence": contact_sentence(contact),
            "times": contact.times if contact else "",
            "avoid": contact.avoid if contact else "",
        },
        "duty": msgspec.to_builtins(duty) if duty else None,
        "words": {
            "happened": "\n\n".join(filter(None, (one.content for one in report.incidents))),
            "when": telling.happened_when,
            "where": report.platform,
            "told_others": telling.told_others,
        },
    }
