"""Referrals made as real ones are: a report document goes in through `receive`, and the outcome is worked."""

from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import msgspec

from lapwing.exchange import FORMATS
from lapwing.report import (
    Device,
    Email,
    Incident,
    Instant,
    IpEvent,
    Person,
    Phone,
    PostalAddress,
    Report,
    ReportedFile,
)
from lapwing_web.casework.actions.receive import receive
from lapwing_web.casework.models import Referral
from lapwing_web.intake.actions.gather import Item
from lapwing_web.staff.models import User

SOMEWHEN = Instant("2026-10-01T10:00:00Z", utc=datetime(2026, 10, 1, 10, tzinfo=UTC), zone="stated")


def subject(number: int, **given: Any) -> Person:
    """A reported account called `subject-<number>`, with one address, one phone and one login."""
    return Person(
        **{
            "screen_name": f"subject-{number:06d}",
            "service": "Example Social",
            "account_id": f"account-{number:06d}",
            "emails": [Email(f"subject-{number:06d}@example.com")],
            "phones": [Phone(f"+44 1632 {960000 + number % 1000}")],
            "addresses": [PostalAddress(postcode="PR1 8XJ", city="Preston", country="GB")],
            "ip_events": [IpEvent("198.51.100.7", event="login", at=SOMEWHEN, port=50000 + number % 1000)],
            "devices": [Device("android", f"device-{number:06d}")],
            **given,
        }
    )


def report(number: int, **given: Any) -> Report:
    """A report about `subject(number)`, with one victim without a name and one file as hashes."""
    return Report(
        **{
            "format": "schedule-1",
            "provider": "Example Social",
            "reference": f"R-{number:06d}",
            "incident_type": "example incident",
            "incident_at": SOMEWHEN,
            "incidents": [Incident("web_page", urls=[f"https://social.example/u/{number}"])],
            "people": [
                subject(number),
                Person(role="victim", screen_name=f"victim-{number:06d}", service="Example Social"),
                Person(role="reporter", emails=[Email("desk@social.example")]),
            ],
            "files": [
                ReportedFile(
                    file_id=f"f-{number}",
                    media_type="image/jpeg",
                    size=1000,
                    hashes={"md5": f"{number:032x}"},
                )
            ],
            **given,
        }
    )


def document(value: Report) -> bytes:
    """The report as a company would send it."""
    stream = BytesIO()
    FORMATS[value.format].write([value], stream)
    return stream.getvalue()


def referral_from(value: Report, by: User) -> Referral:
    """The referral that the report is in, once received; of a batch, its first."""
    receive([Item(f"{value.reference}.json", document(value))], channel="upload", by=by)
    found = Referral.objects.filter(joinings__report__reference=value.reference, joinings__undone_at=None)
    referral = found.order_by("id").first()
    assert referral is not None
    return referral


def changed(value: Report, **changes: Any) -> Report:
    """The same report with other content."""
    return msgspec.structs.replace(value, **changes)


Made = Callable[..., Referral]
