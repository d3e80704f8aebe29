"""Made-up reports: one for each course a referral can take, as the company that sends it would write it."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import cycle
from random import Random

from msgspec import Struct
from msgspec.structs import replace

from lapwing.report import (
    Batch,
    Email,
    EstimatedLocation,
    Incident,
    Instant,
    IpEvent,
    Person,
    Phone,
    PostalAddress,
    Report,
    ReportedFile,
)
from lapwing_web.demo.companies import Company
from lapwing_web.demo.values import PLACES, WEIGHTS, Place, address, file, landlines, mobiles, stated, unzoned

ABROAD = ("US", "FR", "DE", "AU", "CA", "IE")
NOTES = {
    "adult": "informational",
    "clothed": "informational",
    "technical_error": "technical_error",
}


class Made(Struct):
    """A report, and what only its maker knows: the course its referral is to take."""

    report: Report
    course: str
    subject: int  # the number of the account
    place: Place


class Maker:
    """Makes reports from a seed. The same seed makes the same reports, in the same order.

    `first`: so many accounts and files are another maker's.
    """

    def __init__(self, seed: int, total: int, first: int = 0) -> None:
        self.random = Random(f"lapwing demonstration {seed}")  # noqa: S311  not for secrets
        self.subjects = self.files = first
        self.mobiles = mobiles()
        self.landlines: dict[str, Iterator[str]] = {place.force: landlines(place) for place in PLACES}
        self.phone_share = min(0.3, 700 / max(total, 1))  # there are only so many numbers kept for drama

    def make(
        self, number: int, company: Company, course: str, at: datetime, again: Made | None = None
    ) -> Made:
        """Report `number`, sent at `at`; about the same account as `again` when that is given."""
        place = again.place if again else self.random.choices(PLACES, WEIGHTS)[0]
        subject = again.subject if again else self._next_subject()
        incident_at = at - timedelta(days=self.random.expovariate(1 / 9), minutes=self.random.randrange(600))
        report = Report(
            format=company.format,
            provider=company.name,
            reference=f"{company.slug.upper()}-{number:07d}",
            submitted_at=stated(at),
            incident_type="indecent_images",
            platform=company.service,
            incident_at=self._when(company, incident_at),
            detection_method=self.random.choice(["hash_match", "classifier", "user_report", "moderator"]),
            incidents=[self._incident(company, number)],
            people=[self._subject(subject, company, course, place, incident_at)],
            files=self._files(course, incident_at),
            reporter=Person(role="reporter", last_name=company.name),
            priority=self._priority(company, course),
            complete=self.random.random() < 0.8,
        )
        self._colour(report, course, company)
        return Made(report, course, subject, place)

    def batch(self, number: int, company: Company, at: datetime) -> Made:
        """A viral batch: many accounts with an identifier only, exactly one file, no address."""
        made = self.make(number, company, "viral", at)
        several = [
            self._identifier(self._next_subject(), company) for _ in range(self.random.randrange(5, 16))
        ]
        made.report.people = [self._identifier(made.subject, company), *several]
        made.report.files = made.report.files[:1]
        made.report.files[0].ip_events = []
        made.report.batch = Batch(reason="viral_potential_meme")
        made.report.incidents[0].ip_events = []
        return made

    def changed(self, made: Made, at: datetime) -> Made:
        """The same report sent again with more in it: a new version."""
        report = made.report
        person = report.people[0]
        more = IpEvent(
            address(self.random), "login", stated(at - timedelta(days=1)), self.random.randrange(1024, 65536)
        )
        people = [replace(person, ip_events=[*person.ip_events, more]), *report.people[1:]]
        return Made(
            replace(report, people=people, submitted_at=stated(at)), made.course, made.subject, made.place
        )

    def _next_subject(self) -> int:
        self.subjects += 1
        return self.subjects

    def _when(self, company: Company, at: datetime) -> Instant:
        return unzoned(at) if self.random.random() < company.no_zone else stated(at)

    def _identifier(self, subject: int, company: Company) -> Person:
        return Person(
            role="subject",
            account_id=f"{company.slug}-{subject:07d}",
            screen_name=f"subject-{subject:06d}",
            service=company.service,
        )

    def _subject(self, subject: int, company: Company, course: str, place: Place, at: datetime) -> Person:
        random, person = self.random, self._identifier(subject, company)
        if course == "insufficient":
            return Person(role="subject", notes="The account was removed before its details were kept.")
        person.profile_urls = [f"https://{company.slug}.example/subject-{subject:06d}"]
        if random.random() < 0.8:
            verified = random.choice([True, False, None])
            person.emails = [
                Email(
                    f"subject-{subject:06d}@example.{random.choice(['com', 'net', 'org'])}", verified=verified
                )
            ]
        person.ip_events = list(self._ip_events(company, course, at))
        if course == "no_uk_link":
            person.estimated_location = EstimatedLocation(country=random.choice(ABROAD))
        elif course in ("good", "serious", "agency") or random.random() < 0.35:
            self._placed(person, place, course)
        if company.format == "police-json":
            self._told(person, course)
        return person

    def _placed(self, person: Person, place: Place, course: str) -> None:
        """Give the account what says where it is: an estimate, a number, an address."""
        random = self.random
        person.estimated_location = EstimatedLocation(city=place.city, country="GB")
        if random.random() < self.phone_share:
            numbers = self.landlines[place.force] if random.random() < 0.5 else self.mobiles
            if number := next(numbers, ""):
                person.phones = [Phone(number, country_calling_code="44", verified=random.random() < 0.6)]
        if random.random() < (0.6 if course in ("good", "serious") else 0.1):
            person.addresses = [
                PostalAddress(
                    street="1 Example Street",
                    city=place.city,
                    postcode=place.outward,
                    country="GB",
                    kind="billing",
                )
            ]

    def _told(self, person: Person, course: str) -> None:
        """What the police's own package sometimes says of a person; silence is not no."""
        random = self.random
        if course == "serious" or random.random() < 0.02:
            person.access_to_children = True
        elif random.random() < 0.15:
            person.access_to_children = False
        if random.random() < (0.15 if course == "serious" else 0.01):
            person.convicted_sex_offender = True

    def _ip_events(self, company: Company, course: str, at: datetime) -> Iterator[IpEvent]:
        random = self.random
        if course not in ("good", "serious", "agency") and random.random() < company.no_ip:
            return
        home = address(random)
        events = cycle(["login", "upload", "registration"])
        for _ in range(random.randrange(1, 4)):
            seen = at - timedelta(hours=random.randrange(1, 500))
            old = course == "poor" and random.random() < 0.15
            yield IpEvent(
                address=home if random.random() < 0.7 else address(random),
                event=next(events),
                at=None
                if random.random() < 0.03
                else self._when(company, seen - timedelta(days=400 if old else 0)),
                port=None if random.random() < company.no_port else random.randrange(1024, 65536),
                possible_proxy=True if random.random() < 0.04 else None,
            )

    def _incident(self, company: Company, number: int) -> Incident:
        if company.slug in ("messenger", "games"):
            return Incident(kind="chat", service=company.service, name=f"room-{number % 500:03d}")
        return Incident(kind="web_page", urls=[f"https://{company.slug}.example/item/{number:07d}"])

    def _files(self, course: str, at: datetime) -> list[ReportedFile]:
        files = []
        for _ in range(1 if course == "viral" else self.random.choices([1, 2, 3, 6], [45, 30, 20, 5])[0]):
            self.files += 1
            viewed = self.random.choice([True, True, False, None])
            files.append(file(self.files, self.random, viewed=viewed, uploaded_at=at))
        return files

    def _priority(self, company: Company, course: str) -> str:
        if company.format != "schedule-1":
            return ""
        return {"serious": "P1", "good": "P2", "agency": "P2"}.get(course, "P3")

    def _colour(self, report: Report, course: str, company: Company) -> None:
        """Mark the report as its course would have it: what the sender flags, and how urgently."""
        random = self.random
        for each in report.files:
            if course == "viral":
                each.annotations = [random.choice(["viral", "potential_meme"])]
                each.potential_meme = True if each.annotations == ["potential_meme"] else None
            elif course in ("adult", "clothed") and company.format != "ncmec-report":
                each.annotations = [course]
            elif course in ("good", "serious") and random.random() < 0.35:
                each.known_list = "Example hash list"
            if course in ("good", "serious", "agency", "poor") and random.random() < 0.4:
                each.industry_classification = random.choice(
                    ["B1", "B2", "A2"] if course != "serious" else ["A1", "A2"]
                )
        if course in NOTES and not report.files[0].annotations:
            report.annotations = [NOTES[course]]
        self._urgent(report, course)

    def _urgent(self, report: Report, course: str) -> None:
        random = self.random
        if course in ("serious", "agency") or (course == "good" and random.random() < 0.12):
            report.annotations = [random.choice(["sextortion", "solicitation"])]
        if course == "agency":
            report.annotations = ["sadistic_online_exploitation"]
        if random.random() < {"serious": 0.6, "good": 0.05, "agency": 0.3}.get(course, 0):
            report.escalated = True
            report.escalation_reason = "The account says that it will meet a child this week."
        if course == "serious" and random.random() < 0.4:
            report.people.append(
                Person(role="victim", screen_name=f"contact-{self._next_subject():06d}", age=13)
            )
