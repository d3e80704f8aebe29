"""What follows from a hit that was found after its report had arrived, for whoever has the referral.

An open referral is weighed again and a clock starts. A discarded one goes back to the queue, as it does when
a later report links to it. One that has left is told of to the agency, which can send a supplement, and to
the force that holds it: only that there was a hit, as which lists there are is not the force's to know.
"""

from collections.abc import Iterable, Sequence

import msgspec

from lapwing_web.audit.actions import Actor, Entry, about, audited, move, record, record_all
from lapwing_web.casework.actions.absorb import close_second_looks
from lapwing_web.casework.actions.assess import reassess, store, weigh_stored
from lapwing_web.casework.actions.draw import restored, stored
from lapwing_web.casework.actions.hits import hits_to_look_at, known_now, sentence
from lapwing_web.casework.actions.holding import UNDECIDED, hold, policy_hash, said
from lapwing_web.casework.actions.opening import AGENCY, logs_clock, triage_clock
from lapwing_web.casework.actions.package import has_it, holder, standing
from lapwing_web.casework.actions.reopening import take_up_discarded
from lapwing_web.casework.models import Hit, Joining, Measure, Package, Referral
from lapwing_web.clocks.actions import Start, settle, start_many
from lapwing_web.intake.actions.known import in_chunks
from lapwing_web.moment import now
from lapwing_web.refusal import Refused
from lapwing_web.staff.models import User
from lapwing_web.staff.permissions import check

State = Referral.State
CLOCK = "list_hit"
TOLD = 3  # hits of one referral that are told in words; the page has them all
REOPENED = "A list reopened it before anybody looked."


def follow(hits: Sequence[Hit], *, by: Actor) -> None:
    """Do what new hits call for. Call inside `recorded()`, once for each hit."""
    if not hits:
        return
    reports = list(dict.fromkeys(hit.report_id for hit in hits))
    Measure.objects.filter(report_id__in=reports).update(known_match=True)
    weigh_again(reports, by=by)
    starts: list[Start] = []
    for referral, found in _by_referral(hits):
        why = " ".join(sentence(hit) for hit in found[:TOLD])
        new = {"hits": [hit.pk for hit in found], "list": found[0].list_name, "version": found[0].version}
        distances = [hit.distance for hit in found]
        record("list hit", referral, by=by, why=why, new={**new, "distances": distances})
        starts += _follow_one(referral, found[0], why, by)
    start_many(starts, by=by)


def _follow_one(referral: Referral, hit: Hit, why: str, by: Actor) -> list[Start]:
    event = f"list hit {hit.pk}"
    if referral.state == State.DISCARDED:
        policy, discarded_at = policy_hash("joining"), referral.decided_at
        move(referral, State.RECEIVED, by=by, action="reopen", why=why, policy=policy, **UNDECIDED)
        close_second_looks(referral, by=by, why=REOPENED)
        take_up_discarded(referral, discarded_at=discarded_at, by=by)
        return [triage_clock(referral, event), *logs_clock(referral)]
    sent = standing(referral)
    if sent is not None:
        _tell_force(sent, by)
        title = f"Tell {has_it(sent)} of a file on a known list in {referral.reference}"
        return [Start(CLOCK, about(referral), event, AGENCY, title=title[:200])]
    title = f"A file of {referral.reference} was found on list {hit.list_name}"
    at_agency = referral.organisation_id == AGENCY
    owner = referral.assigned_to_id if at_agency else None
    return [Start(CLOCK, about(referral), event, AGENCY, owner=owner, title=title[:200])]


def _tell_force(sent: Package, by: Actor) -> None:
    """A notice on the package. It is a disclosure: that a file in it is on some list, and no more."""
    Package.objects.filter(pk=sent.pk).update(news_at=now())
    why = "A file in it was found on a list of files already known since it was sent."
    record("disclose", sent, by=by, to=holder(sent), why=why, new={"news_at": now()})


def _by_referral(hits: Iterable[Hit]) -> list[tuple[Referral, list[Hit]]]:
    """Each referral that has one of these reports, as it stands now, with the hits in it."""
    by_report: dict[int, list[Hit]] = {}
    for hit in hits:
        by_report.setdefault(hit.report_id, []).append(hit)
    found: dict[int, list[Hit]] = {}
    for chunk in in_chunks(by_report):
        joined = Joining.objects.filter(report_id__in=chunk, undone_at=None).order_by("referral_id", "id")
        for report, referral in joined.values_list("report_id", "referral_id"):
            found.setdefault(referral, []).extend(by_report[report])
    referrals: list[Referral] = []
    for chunk in in_chunks(found):
        referrals += Referral.objects.filter(pk__in=chunk).select_related("organisation")
    return [(referral, found[referral.pk]) for referral in referrals]


def weigh_again(reports: Sequence[int], *, by: Actor) -> None:
    """Put what the lists say now into what was drawn from each report, and weigh what changed by it.

    A yes is never taken back here: only a person's look at a withdrawal does that.
    """
    answers, changed = known_now(reports), []
    for chunk in in_chunks(reports):
        for joining in Joining.objects.filter(report_id__in=chunk, undone_at=None):
            drawn, answer = restored(joining.drawn), answers[joining.report_id]
            if drawn.facts.known_match is not True and drawn.facts.known_match is not answer:
                facts = msgspec.structs.replace(drawn.facts, known_match=answer)
                joining.drawn = stored(msgspec.structs.replace(drawn, facts=facts))
                changed.append(joining)
    Joining.objects.bulk_update(changed, ["drawn"], batch_size=100)
    referrals: dict[int, Referral] = {}
    for chunk in in_chunks([joining.referral_id for joining in changed]):
        referrals |= {one.pk: one for one in Referral.objects.filter(pk__in=chunk)}
    for pk, weighed in weigh_stored(referrals.values()).items():
        record_all(store(referrals[pk], weighed, by=by))


def tell_gone(hits: Sequence[Hit], *, version: int, by: Actor) -> None:
    """A list is without these entries now. No decision changes: a person is to look. Inside `recorded()`."""
    for chunk in in_chunks([hit.pk for hit in hits]):
        Hit.objects.filter(pk__in=chunk).update(gone_in=version, to_look=True)
    entries = []
    for hit in hits:
        hit.gone_in, hit.to_look = version, True
        why = f"List {hit.list_name} is without this entry since version {version}."
        new = {"hit": hit.pk, "list": hit.list_name, "version": version}
        entries.append(Entry("list hit gone", f"report:{hit.report_id}", by, why, None, new))
    record_all(entries)


@audited
def look_at_hits(referral: Referral, *, why: str, by: User) -> int:
    """Say that one has looked at what lists found or withdrew, and what follows. Returns how many hits.

    What a list has withdrawn counts no more from then on, and the referral is weighed again.
    """
    check(by, "triage a referral")
    hold(referral)
    why = said(why, "Say what follows from it: that is kept with the record of your looking.")
    hits = hits_to_look_at(referral)
    if not hits:
        raise Refused(f"There is nothing to look at in {referral}: somebody else has just done so.")
    seen = {"to_look": False, "looked_at": now(), "looked_by": by}
    Hit.objects.filter(pk__in=[hit.pk for hit in hits]).update(**seen)
    record("look at list hits", referral, by=by, why=why, new={"hits": [hit.pk for hit in hits]})
    settle(CLOCK, about(referral), event="looked at", by=by)
    if any(hit.gone_in for hit in hits):
        reassess(referral, by=by)
    return len(hits)
