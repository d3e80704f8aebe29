"""Made-up cases of forty forces with what hangs on them, in bulk: the rows that a force's pages read.

A tenth are in one force, a third of all are open, and most of those are allocated.
"""

from collections.abc import Iterator
from datetime import timedelta
from random import Random
from typing import Any

from pages import BANDS, made_clock

FORCE = "E23000010"
POLIT = "online_investigation"


def fill_cases(number: int) -> None:
    """Cases of forty forces with what hangs on them, in bulk: the rows that the pages read."""
    from lapwing_web.staff.models import Organisation, User

    random = Random(2)
    forces = list(Organisation.objects.filter(kind="force").order_by("code").values_list("code", flat=True))
    forces.remove(FORCE)
    boss = User.objects.get(username="supervisor-force")
    officers = list(User.objects.filter(organisation=FORCE, role="force_officer", team__kind=POLIT))
    for start in range(0, number, 5000):
        count = range(start, min(start + 5000, number))
        write([made_case(n, number, random, forces, officers) for n in count], boss, random)


def made_case(number: int, of: int, random: Random, forces: list[str], officers: list[Any]) -> Any:
    """A case: a tenth are the measured force's, a third of all are open, most of those allocated."""
    from lapwing_web.casework.models import Case
    from lapwing_web.moment import now

    ours = random.random() < 0.1
    opened = now() - timedelta(days=730 * (1 - number / of), hours=1)
    still = random.random() < 0.33
    return Case(
        organisation_id=FORCE if ours else random.choice(forces),
        state="open" if still else random.choice(["closed", "closed", "joined", "returned"]),
        band=random.choices(list(BANDS), list(BANDS.values()))[0],
        title=f"subject-{number:06d}",
        owner=random.choice(officers) if ours and random.random() < 0.85 else None,
        allocated_at=opened,
        opened_at=opened,
        closed_at=None if still else opened + timedelta(days=60),
    )


def write(cases: list[Any], boss: Any, random: Random) -> None:
    """The cases, and what hangs on them: from suspects to the history that is read."""
    from lapwing_web.audit.models import AuditEntry
    from lapwing_web.casework.models import Case, ContactAnswer, Exhibit, Gap, Suspect
    from lapwing_web.clocks.models import Clock

    Case.objects.bulk_create(cases)
    suspects = [
        Suspect(case=one, number=1, label=f"Example {one.title}", is_child=None, at=one.opened_at)
        for one in cases
    ]
    Suspect.objects.bulk_create(suspects)
    ContactAnswer.objects.bulk_create(answer for one in cases for answer in answers(one, boss, random))
    Exhibit.objects.bulk_create(exhibit for one in cases for exhibit in exhibits(one, random))
    Gap.objects.bulk_create(gap(one, random) for one in suspects if random.random() < 0.15)
    restrict(suspects, boss, random)
    Clock.objects.bulk_create(clock for one in cases for clock in clocks(one, random))
    Clock.objects.bulk_create(review(one, random) for one in cases if one.closed_at)
    given(cases, boss, random)
    sent(cases, boss, random)
    last = AuditEntry.objects.order_by("-position").values_list("position", flat=True).first() or 0
    AuditEntry.objects.bulk_create(
        entry(one, last + 1 + n, step)
        for n, (one, step) in enumerate((o, s) for o in cases for s in range(4))
    )


def answers(case: Any, boss: Any, random: Random) -> list[Any]:
    """What is known of contact with children: most of the questions, mostly no."""
    from lapwing_web.casework.models import ContactAnswer
    from lapwing_web.casework.models.contact import version

    return [
        ContactAnswer(
            case=case, question=question, answer=random.choices(["no", "yes", "unknown"], [8, 1, 1])[0],
            source="Children's services", on=case.opened_at.date(), at=case.opened_at, by=boss,
            expires_on=case.opened_at.date() + timedelta(days=90),
        )
        for question in version().questions if random.random() < 0.8
    ]  # fmt: skip


def exhibits(case: Any, random: Random) -> list[Any]:
    """Up to three devices, some of which wait for examination."""
    from lapwing_web.casework.models import Exhibit

    made = []
    for number in range(1, random.randrange(1, 4)):
        queued = case.state == "open" and random.random() < 0.4
        made.append(
            Exhibit(
                chained_as="",
                case=case, number=f"EX/{number}", kind="phone", description="A telephone", gigabytes=128,
                state="queued" if queued else "held", queued_on=case.opened_at.date() if queued else None,
            )
        )  # fmt: skip
    return made


def gap(suspect: Any, random: Random) -> Any:
    """A gap: open or signed where the case is open."""
    from lapwing_web.casework.models import Gap

    state = (
        random.choice(["open", "signed", "signed", "signed"]) if suspect.case.state == "open" else "closed"
    )
    begins = suspect.case.opened_at + timedelta(days=random.randrange(1, 90))
    return Gap(suspect=suspect, state=state, begins_at=begins, found_at=suspect.case.opened_at)


def clocks(case: Any, random: Random) -> list[Any]:
    """The clocks of a case: settled where it is closed, a few of them fired where it is open."""
    from lapwing_web.clocks.models import Clock
    from lapwing_web.moment import now

    made = []
    for kind in ("allocation", "contact_questions", "contact_expiry", "bail"):
        due = case.opened_at + timedelta(days=random.randrange(20, 400))
        running = case.state == "open" and random.random() < 0.4
        state = ("fired" if due < now() and random.random() < 0.2 else "running") if running else "settled"
        due = due if due > now() or state != "running" else now() + timedelta(days=random.randrange(1, 60))
        made.append(
            Clock(
                kind=kind, about=f"case:{case.pk}", event="opened", title=f"{kind} of {case.reference}",
                organisation_id=case.organisation_id, owner=case.owner, started_at=case.opened_at, due_at=due,
                warn_at=due - timedelta(days=2), state=state, escalated_to="supervisor",
            )
        )  # fmt: skip
    return made


def review(case: Any, random: Random) -> Any:
    """The clock on the review of a record that has ended: one in ten is due or nearly."""
    left, title = timedelta(days=random.randrange(-100, 2000)), f"Review of {case.reference}"
    of, place, begun = f"case:{case.pk}", case.organisation_id, case.closed_at
    return made_clock("retention_review", of, "closed", title, place, begun, left, timedelta(days=90))


def entry(case: Any, position: int, step: int) -> Any:
    """A row of the history. It is read, and not verified: its hash says nothing."""
    from lapwing_web.audit.models import AuditEntry

    return AuditEntry(
        position=position, at=case.opened_at + timedelta(days=step * 5), by="officer-1", role="force_officer",
        organisation=case.organisation_id, action="work", about=f"case:{case.pk}", to="", why="", old="",
        new='{"x":"' + "y" * 120 + '"}', policy="", previous="0" * 64, hash=f"{position:064d}",
    )  # fmt: skip


def restrict(suspects: list[Any], boss: Any, random: Random) -> None:
    """Half of the suspects were arrested, and are on bail where the case is open."""
    from lapwing_web.casework.models import Arrest, Restriction
    from lapwing_web.moment import now

    arrests = Arrest.objects.bulk_create(
        Arrest(suspect=one, at=one.at + timedelta(days=3), position_of_trust="no", by=boss)
        for one in suspects
        if random.random() < 0.5
    )
    ends = {one: max(one.at, now()) + timedelta(days=random.randrange(1, 90)) for one in arrests}
    Restriction.objects.bulk_create(
        Restriction(
            suspect=one.suspect, arrest=one, kind="bail", begins_at=one.at, by=boss,
            ends_at=ends[one] if one.suspect.case.state == "open" else one.at + timedelta(days=28),
            returns_on=ends[one].date(),
        )
        for one in arrests
    )  # fmt: skip


def given(cases: list[Any], boss: Any, random: Random) -> None:
    """Who was given each, a tenth against the matrix; crimes; and disposals of one closed case in fifty."""
    from lapwing_web.casework.models import Allocation, Crime, RecordDisposal

    Allocation.objects.bulk_create(
        Allocation(
            case=one, to=one.owner, at=one.opened_at, by=boss, band=one.band, why="", policy="0" * 64,
            obstacles=["untrained"] if random.random() < 0.1 else [],
        )
        for one in cases if one.owner
    )  # fmt: skip
    crimes = Crime.objects.bulk_create(
        Crime(organisation_id=one.organisation_id, number=f"EX/{one.pk}/26", rule="one",
              recorded_on=one.opened_at.date())
        for one in cases
    )  # fmt: skip
    of = Crime.cases.through
    of.objects.bulk_create(of(crime=a, case=b) for a, b in zip(crimes, cases, strict=True))
    RecordDisposal.objects.bulk_create(
        RecordDisposal(
            case=one, state=random.choice(["proposed", "done", "done", "done"]), why="x", group="3",
            proposed_at=one.closed_at, proposed_by=boss, answered_at=one.closed_at, answered_by=boss,
        )
        for one in cases if one.state == "closed" and random.random() < 0.02
    )  # fmt: skip


def sent(cases: list[Any], boss: Any, random: Random) -> None:
    """The package that each case is worked from, with what it can be found by."""
    from lapwing_web.casework.models import Package, PackageSelector, Referral

    referrals = Referral.objects.order_by("pk").values_list("pk", flat=True)[: len(cases)]
    packages = Package.objects.bulk_create(
        Package(
            referral_id=referral, kind="dissemination", to_id=one.organisation_id, case=one, sent_by=boss,
            state="returned" if one.state == "returned" else "accepted", sent_at=one.opened_at,
            risk_band=one.band, title=one.title, content='{"x":"' + "y" * 1500 + '"}',
            outcome=random.choice(["1", "15", "18"]) if one.state == "closed" else "",
            outcome_on=one.closed_at.date() if one.state == "closed" else None,
        )
        for referral, one in zip(referrals, cases, strict=True)
    )  # fmt: skip
    PackageSelector.objects.bulk_create(
        PackageSelector.of(one, kind, value) for one in packages for kind, value in identifying(one.title)
    )


def identifying(title: str) -> Iterator[tuple[str, str]]:
    """What somebody of this title is found by."""
    yield "email", f"{title}@example.com"
    yield "username", f"example:{title}"
    yield "phone", f"+44113496{title[-4:]}"
