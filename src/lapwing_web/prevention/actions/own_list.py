"""The own list: an entry is proposed, graded alike by two people or decided by a third, published, withdrawn.

Publishing is a job, asked for in the transaction that decides: the list is written first and the rows after,
and whoever does it again after a kill finds it done.
"""

import hashlib
import json
from collections.abc import Sequence
from io import BytesIO
from typing import Any

from django.conf import settings

from lapwing.exchange.hash_sets import HASH_SETS
from lapwing.exchange.hash_sets.left_out import Counted
from lapwing.matching import BadList, HashList
from lapwing.matching.changing import Origin, bring_in
from lapwing.matching.disclosures import Disclosure, record_disclosure
from lapwing.matching.keeping import merge, needs_merging
from lapwing.matching.listed import ListedFile, value_of
from lapwing_web.audit.actions import Rule, audited, move, record, recorded
from lapwing_web.casework.actions.holding import hold, said
from lapwing_web.casework.models import Referral
from lapwing_web.casework.models.explained import reports_of
from lapwing_web.intake.models.seen import hashes_of
from lapwing_web.jobs.actions import Kind, Leased, done, enqueue
from lapwing_web.moment import now
from lapwing_web.prevention.models import Grade, OwnEntry
from lapwing_web.prevention.models.own_list import own_policy
from lapwing_web.refusal import Refused
from lapwing_web.staff.models import User
from lapwing_web.staff.permissions import check

State = OwnEntry.State
NAME = "own"
BY = Rule("rule:own-list")
PUBLISH, LANE = "prevention.publish-own", "ordinary"
FORM = "vics"


@audited
def propose(referral: Referral, *, file: str, why: str, by: User) -> OwnEntry:
    """Propose a file of the referral, named `report:number` as on its page, by all of its hashes."""
    check(by, "propose an own entry")
    hold(referral)
    why = said(why, "Say why it belongs on the list: whoever grades it reads this.")
    report, hashes = _file(referral, file)
    key = hashlib.sha256(json.dumps(hashes, sort_keys=True).encode()).hexdigest()
    if held := OwnEntry.objects.filter(key=key).exclude(state=State.WITHDRAWN).first():
        raise Refused(f"This file has been proposed already: {held.reference}.")
    entry = OwnEntry.objects.create(
        hashes=hashes,
        key=key,
        referral=referral,
        report_id=report,
        proposed_by=by,
        proposed_at=now(),
        why=why,
    )
    record("propose own entry", entry, by=by, why=why, new={"referral": referral.pk, "hashes": hashes})
    return entry


def _file(referral: Referral, file: str) -> tuple[int, dict[str, str]]:
    for told in reports_of(referral):
        for number, one in enumerate(told.report.files, 1):
            if f"{told.joining.report_id}:{number}" == file:
                hashes = dict(hashes_of(one)[0])
                for kind, text in hashes.items():
                    try:
                        value_of(kind, text)
                    except ValueError as error:
                        raise Refused(f"This file cannot be on a list: {error}.") from None
                if not hashes:
                    raise Refused("This file has no hash that can be read, so no list can have it.")
                return told.joining.report_id, hashes
    raise Refused("Choose one of the referral’s files.")


@audited
def grade(entry: OwnEntry, *, category: str, by: User) -> OwnEntry:
    """Grade an entry. Two people alike decide it; where two differ, a third does."""
    check(by, "grade an own entry")
    hold(entry)
    if entry.state not in OwnEntry.TO_GRADE:
        raise Refused(f"{entry} is {entry.get_state_display().lower()}: there is nothing to grade.")
    if category not in own_policy().grades:
        raise Refused("Choose one of the categories in the list.")
    given = list(entry.grades.order_by("id"))
    if any(one.by_id == by.pk for one in given):
        raise Refused(f"You have graded {entry} already. Somebody else must grade it now.")
    Grade.objects.create(entry=entry, by=by, category=category, at=now())
    record("grade own entry", entry, by=by, new={"category": category, "grade": len(given) + 1})
    if entry.state == State.DISPUTED or (given and given[0].category == category):
        why = "A third person decided." if entry.state == State.DISPUTED else "Two people graded it alike."
        move(entry, State.GRADED, by=by, action="decide own entry", why=why, category=category)
        enqueue(PUBLISH, f"own:{entry.pk}:graded", {"entry": entry.pk}, lane=LANE)
    elif given:
        move(
            entry, State.DISPUTED, by=by, action="dispute own entry", why="Two people graded it differently."
        )
    return entry


@audited
def withdraw(entry: OwnEntry, *, why: str, by: User) -> OwnEntry:
    """Take an entry back, on the list or not yet. The next version of the list is without it."""
    check(by, "withdraw an own entry")
    hold(entry)
    why = said(why, "Say why it is withdrawn: the reason is kept with it.")
    changes: dict[str, Any] = {"withdrawn_by": by, "withdrawn_at": now(), "withdrawn_why": why}
    move(entry, State.WITHDRAWN, by=by, action="withdraw own entry", why=why, **changes)
    enqueue(PUBLISH, f"own:{entry.pk}:withdrawn", {"entry": entry.pk}, lane=LANE)
    return entry


def publish(jobs: Sequence[Leased]) -> None:
    """Make the next version of the own list of everything that is decided. Raises BadList, OSError."""
    new = list(OwnEntry.objects.filter(state=State.GRADED).order_by("id"))
    gone = list(OwnEntry.objects.filter(state=State.WITHDRAWN, gone_in=None).exclude(version=None))
    number = _write(new, gone) if new or gone else 0
    with recorded():
        for entry in new:
            entry.refresh_from_db()
            if entry.state == State.GRADED:
                move(entry, State.PUBLISHED, by=BY, action="publish own entry", version=number)
            elif entry.state == State.WITHDRAWN:  # meanwhile: it is on the list, and must come off again
                OwnEntry.objects.filter(pk=entry.pk).update(version=number)
                enqueue(PUBLISH, f"own:{entry.pk}:off:{number}", {"entry": entry.pk}, lane=LANE)
        for entry in gone:
            if OwnEntry.objects.filter(pk=entry.pk, gone_in=None).update(gone_in=number):
                record("take off own list", entry, by=BY, new={"version": number})
        done(jobs)


def _write(new: Sequence[OwnEntry], gone: Sequence[OwnEntry]) -> int:
    """The version that has these and is without those. Written again, it is the same."""
    off = [ListedFile(identity=entry.reference, withdrawn=True) for entry in gone]
    dialect = own_policy().dialect
    on = [
        ListedFile(
            hashes={kind: value_of(kind, text) for kind, text in entry.hashes.items()},
            identity=entry.reference,
            category=entry.category,
            dialect=dialect,
        )
        for entry in new
    ]
    origin = Origin("graded by two people", BY.username, now().isoformat())
    version = bring_in(settings.LISTS, NAME, [*off, *on], origin=origin, how="changes")
    if needs_merging(HashList.open(settings.LISTS, NAME)):
        merge(settings.LISTS, NAME)
    return version.number


def export(*, to: str, purpose: str, by: User) -> bytes:
    """The own list as a VICS hash set, once it is written down to whom it goes and what for."""
    check(by, "export the own list")
    to = said(to, "Say who gets the list.")
    purpose = said(purpose, "Say what it is for.")
    try:
        known = HashList.open(settings.LISTS, NAME)
    except (BadList, OSError) as error:
        raise Refused(f"The own list cannot be exported: {error}.") from error
    stream, form = BytesIO(), HASH_SETS[FORM]
    assert form.write is not None
    passing = Counted(known.files(), form.writes)
    entries = form.write(passing, stream)
    content, version, left_out = stream.getvalue(), known.version.number, passing.left_out
    sha256, at = hashlib.sha256(content).hexdigest(), now().isoformat()
    told = Disclosure(NAME, version, entries, FORM, to, purpose, by.username, at, sha256, left_out)
    new = {"version": version, "entries": entries, "left_out": left_out, "form": FORM, "sha256": sha256}
    with recorded():
        record("disclose", f"list:{NAME}", by=by, to=to[:200], why=purpose, new=new)
        record_disclosure(settings.LISTS, told)
    return content


KIND = Kind(PUBLISH, publish, LANE, at_once=50)
