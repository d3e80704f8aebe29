"""The made-up companies that report, and their habits."""

from msgspec import Struct


class Company(Struct, frozen=True):
    """A company, the wire format it sends, its share of all reports, and what it tends to leave out."""

    name: str
    slug: str
    format: str  # a key of lapwing.exchange.FORMATS
    weight: int  # of all reports, in per cent
    service: str
    no_port: float = 0.3  # share of its IP events without a source port
    no_zone: float = 0.05  # share of its times without a zone
    no_ip: float = 0.15  # share of its reports without any IP event
    by_account: bool = False  # it also hands reports over through an account of its own


COMPANIES = [
    Company(
        "Example Social", "social", "ncmec-report", 32, "Example Social feed", 0.35, 0.02, by_account=True
    ),
    Company("Example Messenger", "messenger", "ncmec-report", 14, "Example Messenger", 0.15, 0.0, 0.1),
    Company("Example Photos", "photos", "police-json", 18, "Example Photos albums", 0.5, 0.1),
    Company("Example Games", "games", "schedule-1", 16, "Example Games chat", 0.25, 0.2, by_account=True),
    Company("Example Video", "video", "schedule-1", 14, "Example Video channels", 0.1, 0.05),
    Company("Example Forum", "forum", "ncmec-report", 6, "Example Forum boards", 0.8, 0.0, 0.4),
]
BURST = COMPANIES[4]  # whose backlog comes in one hour
