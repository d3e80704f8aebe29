"""Writing what `linking` decided: referrals opened, joined, merged and reopened, each with its record, in
bulk.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, time

from django.conf import settings
from msgspec import Struct
from msgspec.structs import replace

from lapwing import policy
from lapwing.rules.second_look import chosen
from lapwing_web.audit.actions import Actor, Entry, Rule, about, move, record_all
from lapwing_web.casework.actions import assess, draw
from lapwing_web.casework.actions.absorb import absorb, close_second_looks
from lapwing_web.casework.actions.assess import Weighed, weigh
from lapwing_web.casework.actions.linking import Card, Link, standing
from lapwing_web.casework.actions.linking import Entry as Placed
from lapwing_web.casework.actions.reopening import take_up_discarded
from lapwing_web.casework.actions.sampling import sample
from lapwing_web.casework.actions.seen import Home, save_ip_events, save_sightings, seen_on
from lapwing_web.casework.models import Joining, Referral
from lapwing_web.casework.models.recognising import recognise
from lapwing_web.clocks.actions import Start, start_many
from lapwing_web.moment import UK, today

State = Referral.State
AGENCY = "NCA"
JOIN = Rule("rule:join")


class Opening(Struct):
    """What one batch did to referrals, by their id."""

    opened: list[int]
    joined: list[int]
    merged: list[int]
    reopened: list[int]
    discarded: list[int]


def write(
    cards: Sequence[Card], homed: Sequence[Placed], weighed: dict[int, Weighed], *, by: Actor, at: datetime
) -> Opening:
    """Write the cards of one batch, and the entries that already had a home. Call inside `recorded()`.

    `weighed` holds, by report id, what was worked out before the lock was taken of a report standing alone.
    """
    forces = assess.forces()
    fresh = [card for card in cards if card.referral is None and card.merged_into is None]
    for card in cards:
        if card.merged_into is not None:
            _hand_on(card)
    _open(fresh, weighed, forces, at)
    older = [card for card in cards if card not in fresh and card.referral is not None]
    merged = [card for card in older if card.merged_into is not None]
    reopened = [card for card in older if card.reopened_by is not None and card.merged_into is None]
    for card in merged:
        _merge(card, at)
    for card in reopened:
        _reopen(card)
    entering = [(card, entry) for card in cards if card.merged_into is None for entry in card.entries]
    homes = _join(entering, homed, by, at)
    record_all([*_opening_entries(fresh, by), *_joining_entries(entering, set(fresh))])
    changed = [card for card in older if card.entries or card.merged_into or card.reopened_by]
    at_home = [entry.home for entry in homed if entry.home is not None]
    _weigh_again(list(dict.fromkeys(standing(card) for card in (*changed, *at_home))), at)
    recognise(seen_on(homes))
    _start_clocks(fresh, reopened, by)
    start_many(priority_clocks([*entering, *_at_home(homed)]), by=by)
    discarded = [card for card in fresh if card.state == State.DISCARDED]
    _sample(fresh, by)
    joined = [standing(card) for card in older if card.entries and card.merged_into is None]
    return Opening(*(_ids(some) for some in (fresh, joined, merged, reopened, discarded)))


def _at_home(homed: Iterable[Placed]) -> list[tuple[Card, Placed]]:
    return [(entry.home, entry) for entry in homed if entry.home is not None]


def _ids(cards: Iterable[Card]) -> list[int]:
    return [card.referral.pk for card in cards if card.referral is not None]


def _hand_on(card: Card) -> None:
    """What came for a referral that the same batch then merged goes straight to where that went.

    One that the batch had itself opened was never seen by anybody, and is not written at all.
    """
    target = standing(card)
    for entry in card.entries:
        entry.because = entry.because or card.merged_because
    target.entries += card.entries
    card.entries = []


def _open(cards: list[Card], weighed: dict[int, Weighed], forces: frozenset[str], at: datetime) -> None:
    for card in cards:
        first = card.entries[0]
        if len(card.entries) == 1:
            weight = weighed[first.report.pk]
        else:
            drawn = [entry.reading.drawn for entry in card.entries]
            weight = weigh(drawn, {}, card.received_at.astimezone(UK).date(), forces)
        card.referral = Referral(
            state=card.state,
            received_at=card.received_at,
            last_report_at=at,
            report_count=len({entry.report.pk for entry in card.entries}),
            provider_id=first.report.provider_id,
            title=_title(first),
            organisation_id=AGENCY,
            **weight.columns,
        )
        if card.state == State.DISCARDED:
            card.referral.reason = weight.columns["proposed_rule"]
            card.referral.reason_text = weight.columns["proposed_reason"]
            card.referral.decided_by = f"rule:{weight.columns['proposed_rule']}"
            card.referral.decided_at = at
    Referral.objects.bulk_create([card.referral for card in cards if card.referral])


def _title(entry: Placed) -> str:
    return draw.title_of(entry.reading.report, entry.subject or 0)


def _opening_entries(cards: list[Card], by: Actor) -> Iterable[Entry]:
    for card in cards:
        referral = card.referral
        assert referral is not None
        name, sha256 = about(referral), referral.policies["triage"]
        new = {
            "state": State.RECEIVED,
            "report": card.entries[0].report.pk,
            "class": referral.proposed_class,
            "rule": referral.proposed_rule,
            "band": referral.risk_band,
        }
        yield Entry("open", name, by, referral.proposed_reason, None, new, sha256)
        if card.state == State.DISCARDED:
            new = {"state": State.DISCARDED, "reason": referral.reason, "decided_by": referral.decided_by}
            rule = Rule(referral.decided_by)
            yield Entry(
                "discard", name, rule, referral.proposed_reason, {"state": State.RECEIVED}, new, sha256
            )


def _joining_entries(entering: list[tuple[Card, Placed]], fresh: set[Card]) -> Iterable[Entry]:
    for card, entry in entering:
        if card.referral is None or (card in fresh and entry is card.entries[0]):
            continue
        new = {"report": entry.report.pk, "subject": entry.subject, "because": entry.because}
        yield Entry("join", about(card.referral), JOIN, _shares(entry.because), None, new, _joining_policy())


def _joining_policy() -> str:
    return policy.load("joining", settings.JURISDICTION).sha256


def _shares(links: list[Link]) -> str:
    """In words, which selectors two things share."""
    return (
        "It shares " + ", ".join(f"{kind.replace('_', ' ')} {value}" for kind, value in links)
        if links
        else ""
    )


def _merge(card: Card, at: datetime) -> None:
    target = standing(card)
    assert card.referral is not None
    assert target.referral is not None
    why = f"A report links it to {target.referral}. {_shares(card.merged_because)}"
    absorb(
        card.referral,
        target.referral,
        because=card.merged_because,
        why=why,
        by=JOIN,
        policy=_joining_policy(),
        at=at,
    )


def _reopen(card: Card) -> None:
    entry = card.reopened_by
    assert card.referral is not None
    assert entry is not None
    why = f"A later report, {entry.report.reference}, links to it. {_shares(card.reopened_because)}".strip()
    _put_back(card.referral, why)


def _put_back(referral: Referral, why: str) -> None:
    clear = {"reason": "", "reason_text": "", "decided_by": "", "decided_at": None}
    discarded_at = referral.decided_at
    move(referral, State.RECEIVED, by=JOIN, action="reopen", why=why, policy=_joining_policy(), **clear)
    close_second_looks(referral, by=JOIN)
    take_up_discarded(referral, discarded_at=discarded_at, by=JOIN)


def _join(
    entering: list[tuple[Card, Placed]], homed: Sequence[Placed], by: Actor, at: datetime
) -> list[Home]:
    joinings, homes = [], []
    for card, entry in entering:
        assert card.referral is not None
        homes.append((card.referral, entry))
        joinings.append(
            Joining(
                report=entry.report,
                referral=card.referral,
                subject=entry.subject,
                at=at,
                by=JOIN.username if entry.because else by.username,
                because=entry.because,
                drawn=draw.stored(_of_subject(entry)),
            )
        )
    Joining.objects.bulk_create(joinings)
    for entry in homed:
        home = standing(entry.home) if entry.home else None
        assert home is not None
        assert home.referral is not None
        homes.append((home.referral, entry))
        Joining.objects.filter(report=entry.report, subject=entry.subject, undone_at=None).update(
            drawn=draw.stored(_of_subject(entry))
        )
    save_sightings(homes)
    save_ip_events(homes, replacing={entry.report.pk for entry in homed})
    return homes


def _of_subject(entry: Placed) -> draw.Drawn:
    return replace(entry.reading.drawn, title=_title(entry))


def _weigh_again(cards: list[Card], at: datetime) -> None:
    """Weigh what was joined, merged or told something new, and start the clocks that this calls for."""
    referrals = {card.referral.pk: card.referral for card in cards if card.referral is not None}
    if not referrals:
        return
    counts: dict[int, set[int]] = {pk: set() for pk in referrals}
    standing_joinings = Joining.objects.filter(referral_id__in=referrals, undone_at=None)
    for pk, report in standing_joinings.values_list("referral_id", "report_id"):
        counts[pk].add(report)
    again = assess.weigh_stored(referrals.values())
    entries, starts = [], []
    for card in cards:
        referral = card.referral
        if referral is None or referral.pk not in again:
            continue
        lapsed_on = referral.logs_lapse_on
        more = {
            "report_count": len(counts[referral.pk]),
            "last_report_at": at,
            "received_at": card.received_at,
        }
        entries += assess.store(referral, again[referral.pk], by=JOIN, **more)
        if referral.state == State.DISCARDED and not (card.by_rule and again[referral.pk].by_rule):
            _put_back(referral, "One of its reports has changed since it was discarded.")
            starts.append(triage_clock(referral, f"changed {at.isoformat()}"))
        if referral.logs_lapse_on != lapsed_on:
            starts += logs_clock(referral)
    record_all(entries)
    start_many(starts, by=JOIN)


def logs_clock(referral: Referral) -> list[Start]:
    """The clock on the first provider log to lapse, if it has not. One a day of lapsing."""
    lapse = referral.logs_lapse_on
    if lapse is None or lapse <= today() or referral.state not in Referral.OPEN:
        return []
    title = f"Provider’s logs lapse for {referral.reference}"
    due_at = datetime.combine(lapse, time(), UK)
    event = f"logs lapse {lapse.isoformat()}"
    return [Start("provider_logs", about(referral), event, AGENCY, title=title, due_at=due_at)]


def priority_clocks(placed: Iterable[tuple[Card, Placed]]) -> list[Start]:
    """A clock for each report that its sender gave P1, P2 or P3, in a referral that waits for a person."""
    starts = []
    for card, entry in placed:
        referral, facts = standing(card).referral, entry.reading.drawn.facts
        if referral is None or referral.state not in Referral.OPEN:
            continue
        title = f"Look at report {entry.report.reference} in {referral.reference}"[:200]
        for kind in ("priority_1", "priority_2", "priority_3"):
            if getattr(facts, kind):
                event, at = f"report {entry.report.pk}", entry.report.received_at
                starts.append(Start(kind, about(referral), event, AGENCY, at=at, title=title))
    return starts


def triage_clock(referral: Referral, event: str) -> Start:
    """The clock on the agency's next decision about the referral."""
    title = f"Decide {referral.reference}"
    return Start("triage", about(referral), event, AGENCY, title=title, band=referral.risk_band)


def _start_clocks(fresh: list[Card], reopened: list[Card], by: Actor) -> None:
    starts = []
    for card in fresh:
        if card.referral is not None and card.state != State.DISCARDED:
            received = replace(triage_clock(card.referral, "received"), at=card.received_at)
            starts += [received, *logs_clock(card.referral)]
    for card in reopened:
        if card.referral is not None and card.reopened_by is not None:
            event = (
                f"reopened by report {card.reopened_by.report.pk} version {card.reopened_by.report.version}"
            )
            starts += [triage_clock(card.referral, event), *logs_clock(card.referral)]
    start_many(starts, by=by)


def _sample(fresh: list[Card], by: Actor) -> None:
    """Draw the policy's share of what rules discarded and of what they banded low."""
    shares = policy.load("second_look", settings.JURISDICTION).on(today()).shares
    for card in fresh:
        referral = card.referral
        assert referral is not None
        discarded = card.state == State.DISCARDED
        if not discarded and referral.risk_band != Referral.Band.LOW:
            continue
        of, share = ("discard", "rule_discard") if discarded else ("low_band", "low_band")
        if chosen(f"{of}:{referral.pk}:0", shares[share].share):  # as `sample` will find: most are not drawn
            rule = Rule(referral.decided_by or "rule:risk")
            first = {
                "class": referral.proposed_class,
                "rule": referral.proposed_rule,
                "band": referral.risk_band,
            }
            sample(referral, of=of, share=share, first=first, by=rule)


__all__ = ["AGENCY", "Opening", "logs_clock", "triage_clock", "write"]
