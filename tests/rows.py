"""A few synthetic records, for tests that need something to look at and do not care how it came."""

from datetime import datetime, timedelta
from typing import Any

from tests.cast import Cast

from lapwing_web.casework.models import Package, PackageSelector, Referral
from lapwing_web.intake.models import Provider
from lapwing_web.moment import now

BANDS = {"very_high": 4, "high": 3, "medium": 2, "low": 1}


def referral(cast: Cast, number: int, band: str = "medium", **given: Any) -> Referral:
    """One referral about `subject-<number>`, higher in the queue for a higher band and a lower number."""
    provider, _ = Provider.objects.get_or_create(key="example social", defaults={"name": "Example Social"})
    received: datetime = now() - timedelta(hours=number)
    return Referral.objects.create(
        **{
            "provider": provider,
            "received_at": received,
            "last_report_at": received,
            "title": f"subject-{number:06d}@example.com",
            "proposed_class": "actionable",
            "proposed_rule": "nothing_informational",
            "risk_band": band,
            "rank": BANDS[band] * 1_000_000 - number,
            "why_here": "Risk; received today",
            "organisation": cast.agency,
            **given,
        }
    )


def package(cast: Cast, about: Referral, **given: Any) -> Package:
    """One package about a referral, sent to the first force unless said otherwise, with one selector."""
    made = Package.objects.create(
        **{
            "referral": about,
            "kind": Package.Kind.DISSEMINATION,
            "to": cast.force_a,
            "sent_at": now(),
            "sent_by": cast.intelligence,
            "why": "The postcode is in this force's area",
            "risk_band": about.risk_band,
            "title": about.title,
            "content": "{}",
            "sha256": "0" * 64,
            **given,
        }
    )
    PackageSelector.of(made, "email", about.title).save()
    return made
