"""Made-up reports of referrals that are there already: with receipts, what they are found by, and history."""

from datetime import timedelta
from random import Random
from typing import Any

from made_cases import identifying


def fill_reports() -> None:
    """A report of every referral, joined to it, and what was done with it and looked at."""
    from lapwing_web.casework.models import Referral
    from lapwing_web.intake.models import Document
    from lapwing_web.moment import now

    random = Random(5)
    document = Document.objects.create(sha256="0" * 64, size=1, content=b"x", received_at=now())
    few = Referral.objects.only("title", "received_at", "provider", "organisation", "state")
    keys = list(few.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(keys), 5000):
        referrals = list(few.filter(pk__in=keys[start : start + 5000]).order_by("pk"))
        reports = came(referrals, document, random)
        found_by(referrals, reports, random)
        done(referrals, random)


def came(referrals: list[Any], document: Any, random: Random) -> list[Any]:
    """The reports, as received, with the joining of each; one file in three hundred could not be read."""
    from lapwing_web.casework.models import Joining
    from lapwing_web.intake.models import Receipt, Report

    reports = Report.objects.bulk_create(
        Report(
            provider_id=one.provider_id, reference=f"{7_000_000 + one.pk}", received_at=one.received_at,
            format="ncmec-report",
        )
        for one in referrals
    )  # fmt: skip
    Joining.objects.bulk_create(
        Joining(report=report, referral=one, at=one.received_at, by="rule:joining")
        for one, report in zip(referrals, reports, strict=True)
    )
    Receipt.objects.bulk_create(
        Receipt(
            state="new" if random.random() < 0.997 else "rejected", received_at=one.received_at,
            channel="ispws", document=document, sha256="0" * 64, provider_id=one.provider_id, report=one,
        )
        for one in reports
    )  # fmt: skip
    return reports


def found_by(referrals: list[Any], reports: list[Any], random: Random) -> None:
    """Selectors, IP events, and one referral in five hundred in which a list has found something since."""
    from lapwing_web.casework.models import Hit, IpEvent, Selector, Sighting
    from lapwing_web.intake.models import SeenHash

    pairs = list(zip(referrals, reports, strict=True))
    every = [(a, b, said) for a, b in pairs for said in list(identifying(a.title))[:2]]
    selectors = Selector.objects.bulk_create(Selector(kind=k, value=v) for _, _, (k, v) in every)
    Sighting.objects.bulk_create(
        Sighting(selector=s, referral=a, report=b, role="subject", original=s.value)
        for (a, b, _), s in zip(every, selectors, strict=True)
    )
    IpEvent.objects.bulk_create(
        IpEvent(
            referral=a, report=b, address=f"192.0.2.{random.randrange(256)}", at=a.received_at,
            verdict="resolvable", sentence="x" * 80,
        )
        for a, b in pairs
    )  # fmt: skip
    seen = SeenHash.objects.bulk_create(
        SeenHash(report=b, kind="md5", value=f"{b.pk:032x}") for _, b in pairs
    )
    Hit.objects.bulk_create(
        Hit(
            seen=one, report=one.report, list_name="agency", version=1, entry="0" * 64, hunted=True,
            found_at=one.report.received_at, to_look=random.random() < 0.02,
        )
        for one in seen if random.random() < 0.1
    )  # fmt: skip


def done(referrals: list[Any], random: Random) -> None:
    """Three rows of history of each: two of work, one of somebody who opened it. Their hashes say nothing."""
    from lapwing_web.audit.models import AuditEntry

    last = AuditEntry.objects.order_by("-position").values_list("position", flat=True).first() or 0
    AuditEntry.objects.bulk_create(
        AuditEntry(
            position=last + 1 + 3 * n + step, at=one.received_at + timedelta(hours=step),
            by=f"agency-{random.randrange(120)}", role="intake_officer", organisation="NCA", action=action,
            about=f"referral:{one.pk}", to="", why="", old="", new='{"x":"' + "y" * 120 + '"}', policy="",
            previous="0" * 64, hash=f"{last + 1 + 3 * n + step:064d}",
        )
        for n, one in enumerate(referrals) for step, action in enumerate(("triage", "rank", "consult"))
    )  # fmt: skip
