"""A site on which every page has something to show: one record for each address that needs one."""

import io
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django_otp.oath import totp
from tests.cast import Cast
from tests.company import report
from tests.journeys.cases import make_cases
from tests.lapwing.matching.made_lists import make_list
from tests.lapwing_web.casework.listed import hunt_all
from tests.lapwing_web.casework.worked import answer_all
from tests.lapwing_web.offenders.managed import again, in_a_team, registered, worked

from lapwing.exchange import FORMATS
from lapwing.report import Email, Instant, IpEvent, Person, PostalAddress, Report, ReportedFile
from lapwing.sources.standing import Held, Standing, keep
from lapwing_web.audit.actions import Rule, about
from lapwing_web.casework.actions import decide, outcome, package
from lapwing_web.casework.actions.receive import Item, receive
from lapwing_web.casework.models import Approval, Case, Joining, KnownList, Package, Referral, SecondLook
from lapwing_web.clocks.actions import fire_due
from lapwing_web.clocks.models import Clock
from lapwing_web.intake.actions import accounts
from lapwing_web.intake.actions.lapsing import lapse_due
from lapwing_web.intake.actions.submissions import open_submission
from lapwing_web.intake.models import Opening, OpeningLog, Receipt, SealedFile
from lapwing_web.jobs.actions import Kind, enqueue, failed, lease
from lapwing_web.jobs.models import Job
from lapwing_web.moment import at, now, today
from lapwing_web.offenders.actions import managing, registering
from lapwing_web.prevention.actions import own_list
from lapwing_web.prevention.models import OwnEntry
from lapwing_web.staff.actions import set_up_second_factor
from lapwing_web.staff.models import Team

World = dict[str, models.Model]
HERE = {"reason": "suspect_lives_here", "text": "Please answer today."}


def told(number: int = 123, report: int = 0) -> bytes:
    """A Schedule-1 report about the account of that number, as a company would send it."""
    name = f"subject-{number:06d}"
    at = Instant(original="2026-11-20T10:00:00Z")
    shared = IpEvent(address="198.51.100.8", event="upload", at=Instant(original="2026-11-20 10:00"))
    person = Person(
        role="subject",
        account_id=f"A-{number:06d}",
        screen_name=name,
        emails=[Email(address=f"{name}@example.com", verified=True)],
        addresses=[PostalAddress(postcode="PR1 8XJ", country="GB")],
        access_to_children=True,
        ip_events=[IpEvent(address="198.51.100.7", event="login", port=40123, at=at), shared],
    )
    hashes = {"md5": f"{report:032x}", "sha256": f"{report:064x}"}
    told = Report(
        format="schedule-1",
        provider="Example Social",
        reference=f"EX-{number:06d}-{report}",
        escalated=True,
        escalation_reason="A child may be in danger",
        people=[person],
        files=[ReportedFile(file_id="f-1", name="item-1", media_type="image/jpeg", hashes=hashes)],
    )
    written = io.BytesIO()
    FORMATS["schedule-1"].write([told], written)
    return written.getvalue()


def make_world(cast: Cast) -> World:
    """Records by the names that `visits` uses. Every one was made by the actions people use."""
    files = [Item(f"report-{number}.json", told(number)) for number in range(1, 11)]
    again = Item("again.json", told(1, 1))
    receive([*files, again, Item("broken.json", b'{"reportId": ')], channel="upload", by=cast.intake)
    _enrolled(cast)
    fresh, asked, discarded, kept, ended, *rest = Referral.objects.order_by("id")
    return {
        **_weighed(cast, fresh),
        **_worked(cast, asked, discarded, kept, ended),
        **_sent(cast, *rest),
        "sealed": _vault(),
        **make_cases(cast, [told(number, number) for number in (31, 32, 33)]),
        **_offenders(cast, fresh),
        "rejected": Receipt.objects.get(state="rejected"),
        "person": cast.officer_a,
        "job": _failed_job(),
        **_lists(cast),
        **_company(cast),
    }


def _offenders(cast: Cast, referral: Referral) -> World:
    """An offender with everything recorded, one whose visit is overdue, and one no longer registered."""
    in_a_team(cast)
    by = cast.officer_a
    one, late, gone = (registered(by, f"EX/{n}", since=today() - timedelta(days=80 + n)) for n in (1, 30, 3))
    managing.record_visit(one, on=today() - timedelta(days=20), result="seen", text="As expected.", by=by)
    managing.record_visit(one, on=today(), result="no_answer", by=by)
    managing.record_assessment(one, on=today(), level="medium", text="Steady work.", by=by)
    managing.plan_visit(one, visit_on=today() + timedelta(days=9), text="The new address.", by=by)
    registering.end_registration(gone, on=today(), why="The order ended.", by=cast.supervisor_a)
    more = worked(again(one), by, referral, "example-street")
    gone_team = Team.objects.create(
        organisation=cast.force_a, name="Example South", kind="neighbourhood", state="ended", ended_at=now()
    )
    teams = {"team": again(one).team, "ended_team": gone_team}
    return {"offender": one, "late_offender": late, "ended_offender": gone, **teams, **more}


def _company(cast: Cast) -> World:
    """A company with an account, a report that lapsed and one that is open; and one that has sent nothing."""
    by = cast.administrator
    account, _ = accounts.add_account("Example Social", environment="test", by=by)
    silent, _ = accounts.add_account("Example Silence", environment="live", by=by)
    accounts.add_key(account, by=by)
    accounts.rotate(account, by=by)
    accounts.add_contact(
        account.provider, name="Safety desk", purpose="Anything", email="desk@example.com", by=by
    )
    for number, age in ((1, 3), (2, 0)):
        with at(now() - timedelta(days=age)):
            open_submission(account, report(number), form="ncmec-report", channel="ispws")
    lapse_due()
    accounts.close(silent, why="A test", by=by)
    return {"account": account, "provider": account.provider, "silent": silent.provider}


def _lists(cast: Cast) -> World:
    """A list that changed and found something in what had come before; and one that is no longer there."""
    hashes = [bytes([number]) * 16 for number in range(1, 40)]
    make_list(settings.LISTS, "agency", "md5", hashes[:20])
    lost = KnownList.objects.create(name="partner", version=3, seen_at=now())
    receive([Item("hunted.json", told(99, 99))], channel="upload", by=cast.intake)
    hunt_all()
    for last in (30, 25):
        make_list(settings.LISTS, "agency", "md5", [*hashes[:last], (99).to_bytes(16, "big")])
    hunt_all()
    (settings.LISTS / "sources.toml").write_text("[agency]\naddress = 'https://lists.example.com/list'\n")
    held = Held("0", "it would take away 20 of 26 entries", now().isoformat(), "0" * 64)
    keep(settings.LISTS / "agency", Standing(confirmed_at=now().isoformat(), held=held))
    hunted = Referral.objects.get(joinings__report__hits__hunted=True)
    own = {"own": _own_entry(cast, hunted)}
    return {**own, "list": KnownList.objects.get(name="agency"), "lost_list": lost, "hunted": hunted}


def _own_entry(cast: Cast, referral: Referral) -> OwnEntry:
    """An entry of the own list that one person has graded."""
    report = Joining.objects.get(referral=referral).report_id
    entry = own_list.propose(referral, file=f"{report}:1", why="Seen in several reports", by=cast.intake)
    return own_list.grade(entry, category="2", by=cast.supervisor)


def _failed_job() -> Job:
    """Work that waits in each lane, and some that failed."""
    once = Kind("route report", lambda leased: None, "ordinary", attempts=1)
    for n, lane in enumerate(["ordinary", "ordinary", "urgent", "background"]):
        enqueue("route report", f"report:{n}", {}, lane=lane)
    failed(lease([once], 1, "ordinary")[0], OSError(28, "No space left on device"))
    return Job.objects.get(state="failed")


def _weighed(cast: Cast, fresh: Referral) -> World:
    """A referral of two reports, one of which can be taken out, with a fact found and KIRAT's result."""
    by = cast.intelligence
    decide.set_facts(fresh, answers={"lives_with_child": True}, source="PND check today", by=by)
    decide.record_kirat(
        fresh, level="high", version="3", assessor="assessor-7", on=today(), complete=True, by=by
    )
    package.send_safeguarding(fresh, to=cast.force_b, text="Please make the child safe.", by=by)
    joining = Joining.objects.filter(referral=fresh).order_by("-id")[0]
    safe = Package.objects.get(kind="safeguarding")
    other = package.send_safeguarding(fresh, to=cast.force_b, text="Another child.", by=by)
    package.accept(other, by=cast.officer_b)
    protection = Case.objects.get(packages=other)
    return {
        "fresh": fresh,
        "joining": joining,
        "report": joining.report,
        "safeguarding": safe,
        "protection": protection,
    }


def _worked(cast: Cast, asked: Referral, discarded: Referral, kept: Referral, ended: Referral) -> World:
    """What the agency decides without a force, and what waits because of it."""
    by = cast.intelligence
    decide.ask_company(asked, missing=[], text="Which port was used?", by=by)
    decide.discard(discarded, reason="viral", by=cast.intake)
    for one in (kept, ended):
        decide.keep(one, criteria=["keep_other"], text="A linked case", by=by, agreed_by=cast.supervisor)
    decide.close_kept(ended, code="1", on=today(), by=by)
    look = SecondLook.objects.create(
        referral=discarded, sampled_at=now(), of="discard", first_by=cast.intake.username, first_decision={}
    )
    clock = Clock.objects.get(about=about(asked), kind="provider_answer")
    return {
        "asked": asked,
        "discarded": discarded,
        "kept": kept,
        "ended": ended,
        "look": look,
        "clock": clock,
    }


def _sent(cast: Cast, *referrals: Referral) -> World:
    """Packages at each step, one come back, and two decisions that wait for a second person."""
    by, officer = cast.intelligence, cast.officer_a
    twofold, *sent = referrals
    waiting, accepted, closed, back = (
        package.disseminate(referral, to=cast.force_a, **HERE, by=by) for referral in sent[:4]
    )
    for one in (accepted, closed):
        package.accept(one, by=officer)
    package.supplement(_again(accepted.referral), text="A new address", by=by)
    answer_all(closed, officer)
    answer_all(accepted, officer)
    outcome.record_outcome(closed, code="1", on=today(), by=officer)
    package.return_(back, reason="wrong_force", text="Moved to the next county.", by=officer)
    decide.discard(twofold, reason="other", text="Agreed at the meeting", by=cast.intake)
    outcome.record_outcome(accepted, code="18", on=today(), reason="other", text="Agreed", by=officer)
    theirs = Approval.objects.get(package=accepted)
    Clock.objects.filter(about=about(waiting)).update(due_at=now() - timedelta(hours=1))
    fire_due(by=Rule("command:clocks"))
    return {
        "waiting": waiting, "accepted": accepted, "closed": closed, "with_force": waiting.referral,
        "returned": _again(back.referral), "package_back": back,
        "approval": Approval.objects.get(referral=twofold), "their_approval": theirs,
    }  # fmt: skip


def _vault() -> SealedFile:
    """A sealed file that is missing, one that is whole and on a list, and a line of an opening log."""
    for number, fault in enumerate(("", "missing")):
        made = SealedFile.objects.create(
            sha256=f"{number:064x}", sealed_sha256="1" * 64, object_name=f"object {number}", size=1000,
            sealed_size=1200, recipients=[], known_lists=[] if fault else ["agency"], kept_at=now(),
            checked_at=now(), verified_at=now(), fault=fault, fault_at=now() if fault else None,
        )  # fmt: skip
    log = OpeningLog.objects.create(
        public_key="0" * 64, first_hash="1" * 64, position=1, head="1" * 64, taken_at=now()
    )
    Opening.objects.create(
        log=log, position=1, line_hash="1" * 64, at=now(), by="Officer A", purpose="To grade it",
        object_name="object 0", sha256="0" * 64, size=1000, result="opened",
    )  # fmt: skip
    return made


def _enrolled(cast: Cast) -> None:
    """Somebody whose second factor is asked for."""
    secret = "00" * 20
    code = f"{totp(bytes.fromhex(secret), t0=0):06d}"
    assert set_up_second_factor(secret, code, by=cast.auditor_b)


def _again(record: Any) -> Any:
    """As it is now."""
    record.refresh_from_db()
    return record
