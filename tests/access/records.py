"""What the walk looks for: records of the agency's own and of two forces, each with a mark of its own.

Made by the real path: a company's report is received, and sent to a force.
"""

from dataclasses import dataclass
from io import BytesIO
from typing import Any

from django.db import models
from tests.access.cases import case_records
from tests.cast import Cast
from tests.lapwing_web.offenders.managed import again, in_a_team, registered, worked

from lapwing.exchange import FORMATS
from lapwing.report import Email, Instant, Person, Report
from lapwing_web.audit.actions import Rule, about, record, recorded
from lapwing_web.casework.actions.package import disseminate
from lapwing_web.casework.actions.receive import receive
from lapwing_web.casework.models import Approval, Joining, KnownList, Package, Referral, SecondLook
from lapwing_web.clocks.actions import renew_calendar
from lapwing_web.clocks.models import CalendarAddress, Clock
from lapwing_web.intake.actions import accounts
from lapwing_web.intake.actions.gather import Item
from lapwing_web.intake.models import Receipt, SealedFile
from lapwing_web.jobs.actions import Kind, enqueue, failed, lease
from lapwing_web.jobs.models import Job
from lapwing_web.moment import now
from lapwing_web.notifications.actions import tell
from lapwing_web.notifications.models import Notification
from lapwing_web.prevention.models import OwnEntry
from lapwing_web.staff.models import Organisation, Team

BY = Rule("rule:test")
MARK_AGENCY, MARK_A, MARK_B = "marker-kept-at-agency", "marker-sent-to-a", "marker-sent-to-b"


@dataclass(frozen=True)
class Thing:
    """A record in an address, and whose it is: `agency`, `a` or `b`."""

    record: models.Model
    of: str


def make_records(cast: Cast) -> dict[str, list[Thing]]:
    """Records by the `about` of a route. What a force was sent is its own; all else stays with the agency."""
    made: dict[str, list[Thing]] = {}
    for of, force, mark in (
        ("agency", None, MARK_AGENCY),
        ("a", cast.force_a, MARK_A),
        ("b", cast.force_b, MARK_B),
    ):
        referral = received(mark)
        joining = Joining.objects.get(referral=referral)
        mine: dict[str, models.Model] = {"referral": referral, "report": joining.report, "joining": joining}
        add(made, "agency", mine)
        theirs = kept(cast, referral) if force is None else sent(cast, referral, force, mark)
        add(made, of, theirs)
    for letter, mark in (("a", MARK_A), ("b", MARK_B)):
        referrals = [received(f"{mark}-case-{number}") for number in range(3)]
        add(made, letter, case_records(cast, letter, mark, referrals))
    in_a_team(cast)
    for letter, mark in (("a", MARK_A), ("b", MARK_B)):
        by = getattr(cast, f"officer_{letter}")
        one = registered(by, mark, name=mark, area=mark, lives_at=mark)
        add(made, letter, {"offender": one, **worked(again(one), by, received(f"{mark}-seen"), mark)})
        add(made, letter, teams(by.organisation, mark))
    add(made, "agency", company(cast))
    add(made, "agency", {"asked": asked_at_the_agency(cast)})
    add(made, "a", {"asked": asked_at_a_force(cast)})
    for of, person in (("agency", cast.intake), ("a", cast.officer_a), ("b", cast.officer_b)):
        tell("ended", f"case:{person.pk}", event="walked", to=[person.pk])
        add(made, of, {"notification": Notification.objects.get(user=person, event="walked")})
    add(made, "agency", {"calendar": CalendarAddress(pk=renew_calendar(by=cast.officer_a))})
    add(made, "agency", {"receipt": rejected()})
    add(made, "agency", {"job": failed_job()})
    add(made, "agency", {"sealed": at_fault()})
    add(made, "agency", {"own": own_entry(cast)})
    add(made, "agency", {"list": KnownList.objects.create(name="partner", version=1, seen_at=now())})
    return made


def add(made: dict[str, list[Thing]], of: str, records: dict[str, models.Model]) -> None:
    for kind, one in records.items():
        made.setdefault(kind, []).append(Thing(one, of))


def received(mark: str) -> Referral:
    """A report of one account, whose every name is the mark, received as a company sends it."""
    at = Instant("2026-03-02T10:00:00Z")
    person = Person(screen_name=mark, account_id=mark, emails=[Email(f"{mark}@example.org")])
    report = Report(
        format="schedule-1", provider="Example Networks", reference=mark, incident_at=at, people=[person],
        notes=mark,
    )  # fmt: skip
    wire = BytesIO()
    FORMATS["schedule-1"].write([report], wire)
    receive(
        [Item(f"{mark}.json", BytesIO(wire.getvalue()))], channel="upload", by=BY, provider="Example Networks"
    )
    return Referral.objects.order_by("-pk")[0]


def company(cast: Cast) -> dict[str, models.Model]:
    """The company that sent all of it, with an account and somebody to ask."""
    account, _ = accounts.add_account("Example Networks", environment="test", by=cast.administrator)
    contact = accounts.add_contact(
        account.provider, name="Trust and safety", purpose="Anything", phone="01632 960001", by=BY
    )
    return {"provider": account.provider, "account": account, "contact": contact}


def teams(force: Organisation, mark: str) -> dict[str, models.Model]:
    """A team of a force that stands, and one that has ended."""
    kind = Team.Kind.NEIGHBOURHOOD
    standing = Team.objects.create(organisation=force, name=mark, kind=kind)
    ended = Team.objects.create(
        organisation=force, name=f"{mark}-ended", kind=kind, state=Team.State.ENDED, ended_at=now()
    )
    return {"team": standing, "ended_team": ended}


def rejected() -> Receipt:
    """A file that could not be read."""
    receive([Item("broken.xml", BytesIO(b"<not"))], channel="upload", by=BY, provider="Example Networks")
    return Receipt.objects.get(state=Receipt.State.REJECTED)


def failed_job() -> Job:
    """A job that failed at its only attempt."""
    once = Kind("walked", lambda leased: None, "ordinary", attempts=1)
    enqueue("walked", MARK_AGENCY, {}, lane="ordinary")
    failed(lease([once], 1, "ordinary")[0], "The disk is full.")
    return Job.objects.get(kind="walked")


def own_entry(cast: Cast) -> OwnEntry:
    """An entry of the own list that waits for its grades."""
    referral = Referral.objects.order_by("id")[0]
    return OwnEntry.objects.create(
        hashes={"md5": "0" * 32}, key="0" * 64, referral=referral, why=MARK_AGENCY, proposed_at=now(),
        report=Joining.objects.filter(referral=referral)[0].report, proposed_by=cast.intake,
    )  # fmt: skip


def at_fault() -> SealedFile:
    """A sealed file that verification found missing."""
    return SealedFile.objects.create(
        sha256="0" * 64, sealed_sha256="1" * 64, object_name="a sealed file", size=1, sealed_size=1,
        recipients=[], kept_at=now(), checked_at=now(), fault="missing", fault_at=now(),
    )  # fmt: skip


def kept(cast: Cast, referral: Referral) -> dict[str, models.Model]:
    """What a referral at the agency has: its clock, a second look, a decision that waits."""
    look = SecondLook.objects.create(
        referral=referral, sampled_at=now(), of="discard", first_by="rule:viral", first_decision={}
    )  # fmt: skip
    return {
        "clock": Clock.objects.filter(about=about(referral))[0],
        "second_look": look,
        "approval": approval(referral, cast.agency, cast.administrator, "discard", None),
        "person": cast.intake,
        "worker": cast.intake,
    }


def sent(cast: Cast, referral: Referral, force: Organisation, mark: str) -> dict[str, models.Model]:
    """What a force has of a referral: the package, the clock on its answer, an outcome that waits."""
    package = disseminate(
        referral, to=force, reason="suspect_lives_here", text=f"Lives there: {mark}", by=cast.intelligence
    )
    with recorded():
        record("note", package, by=cast.intelligence, new={"kept": MARK_AGENCY})
    letter = "a" if force == cast.force_a else "b"
    asker = getattr(cast, f"auditor_{letter}")
    return {
        "package": package,
        "clock": Clock.objects.get(about=about(package)),
        "approval": approval(referral, force, asker, "outcome", package),
        "person": getattr(cast, f"officer_{letter}"),
        "worker": getattr(cast, f"officer_{letter}"),
    }


def asked_at_the_agency(cast: Cast) -> Approval:
    """A decision that an officer asked for, and may take back."""
    return approval(received(f"{MARK_AGENCY}-2"), cast.agency, cast.intelligence, "discard", None)


def asked_at_a_force(cast: Cast) -> Approval:
    """The same at a force."""
    package = disseminate(
        received(f"{MARK_A}-2"), to=cast.force_a, reason="best_evidence", by=cast.intelligence
    )
    return approval(package.referral, cast.force_a, cast.officer_a, "outcome", package)


def approval(
    referral: Referral, place: Organisation, asker: Any, decision: str, package: Package | None
) -> Approval:
    """A decision asked for by somebody who is not walked as its second person."""
    return Approval.objects.create(
        referral=referral, package=package, organisation=place, decision=decision, asked_at=now(),
        asked_by=asker,
        arguments={"reason": "other", "text": ""} | ({"code": "18", "on": "2026-03-02"} if package else {}),
    )  # fmt: skip
