"""The moment something of a referral is a registered offender's: a link, its clock, and what came of it."""

from collections.abc import Sequence

from django.conf import settings
from django.db.models import Q

from lapwing import policy
from lapwing.rules.recognition import same_name
from lapwing.rules.selectors import address_of_page, email_address, phone_number, shortened
from lapwing_web.audit.actions import Actor, Rule, about, audited, record
from lapwing_web.casework.actions.holding import said
from lapwing_web.casework.models import Referral, Sighting
from lapwing_web.casework.models.recognising import NOT_OURS, Seen
from lapwing_web.clocks.actions import settle, start
from lapwing_web.clocks.models import Clock
from lapwing_web.intake.actions.known import in_chunks
from lapwing_web.moment import now, today
from lapwing_web.notifications.actions import over, tell
from lapwing_web.offenders.actions.changing import change, own
from lapwing_web.offenders.models import Offender, OffenderLink, OffenderSelector
from lapwing_web.offenders.models.linked import KINDS
from lapwing_web.refusal import Refused
from lapwing_web.staff.models import User

NAME = "name"  # and the date of birth
EARLIER = 50  # of the referrals that came before a selector was known, the latest
Found = dict[tuple[Offender, Referral], set[str]]


def canonical(kind: str, value: str) -> str:
    """`value` as referrals have it. Refuses one that does not read as its kind."""
    if kind == "email":
        found, readable = email_address(value)
    elif kind == "phone":
        region = policy.load("joining", settings.JURISDICTION).on(today()).default_phone_region
        found, readable = phone_number(value, "", region)
    else:
        found, _, readable = address_of_page(value)
    if not readable:
        raise Refused(f"“{value.strip()[:60]}” cannot be read as this: {KINDS[kind].lower()}.")
    return found


@audited
def add_selector(offender: Offender, *, kind: str, value: str, by: User) -> OffenderSelector:
    """Record something that identifies the offender, and look for it on the referrals that are here."""
    own(offender, "manage an offender", by)
    if kind not in KINDS:
        raise Refused("Choose what it is.")
    key = canonical(kind, said(value, "Enter what identifies the offender."))
    if offender.selectors.filter(kind=kind, value=key).exists():
        raise Refused(f"{offender} has it already.")
    made = OffenderSelector.objects.create(
        offender=offender, kind=kind, value=key, original=shortened(value.strip()), at=now(), by=by
    )
    change(offender, "add a selector of an offender", by=by, told={"selector": made.pk, "kind": kind})
    seen = Sighting.objects.filter(selector__kind=kind, selector__value=key).exclude(role__in=NOT_OURS)
    referrals = Referral.objects.filter(pk__in=seen.values("referral")).exclude(state=Referral.State.MERGED)
    link({(offender, one): {kind} for one in referrals.order_by("-pk")[:EARLIER]}, by=by)
    return made


@audited
def drop_selector(selector: OffenderSelector, *, why: str, by: User) -> Offender:
    """It is not the offender's, or not any more. Links that it made stay."""
    offender = own(selector.offender, "manage an offender", by)
    why = said(why, "Say why it is not the offender’s.")
    gone = OffenderSelector.objects.filter(pk=selector.pk)
    told = list(gone.values("id", "kind"))
    if not told:
        raise Refused("Somebody has just taken it away.")
    gone.delete()
    return change(offender, "take a selector from an offender", by=by, why=why, told={"selectors": told})


def recognise(seen: Sequence[Seen]) -> None:
    """Link every registered offender whose selector, or name and date of birth, was seen on a referral."""
    found: Found = {}
    _by_selector(seen, found)
    _by_name(seen, found)
    if found:
        link(found, by=None)


def _by_selector(seen: Sequence[Seen], found: Found) -> None:
    values = sorted({value for one in seen for _, value in one.selectors})
    held: dict[tuple[str, str], list[Offender]] = {}
    for chunk in in_chunks(values):
        rows = OffenderSelector.objects.filter(value__in=chunk, offender__state=Offender.State.REGISTERED)
        for row in rows.select_related("offender"):
            held.setdefault((row.kind, row.value), []).append(row.offender)
    if held:
        for one in seen:
            for key in one.selectors & held.keys():
                for offender in held[key]:
                    found.setdefault((offender, one.referral), set()).add(key[0])


def _by_name(seen: Sequence[Seen], found: Found) -> None:
    days = {named.born_on for one in seen for named in one.names}
    if not days:
        return
    born = Offender.objects.filter(born_on__in=days, state=Offender.State.REGISTERED)
    for offender in born.only("id", "name", "born_on", "organisation_id", "manager_id"):
        for one in seen:
            if any(
                named.born_on == offender.born_on and same_name(named.name, offender.name)
                for named in one.names
            ):
                found.setdefault((offender, one.referral), set()).add(NAME)


def link(found: Found, *, by: Actor | None) -> None:
    """Keep what was found; where a link is there, only what is new of it. Call inside `recorded()`."""
    pairs = Q()
    for offender, referral in found:
        pairs |= Q(offender=offender.pk, referral=referral.pk)
    if not pairs:
        return
    held = {(row.offender_id, row.referral_id): row for row in OffenderLink.objects.filter(pairs)}
    for (offender, referral), kinds in found.items():
        row = held.get((offender.pk, referral.pk))
        if row is None:
            row = OffenderLink.objects.create(
                offender=offender, referral=referral, because=sorted(kinds), found_at=now()
            )
        elif kinds <= set(row.because):
            continue
        else:
            row.because = sorted({*row.because, *kinds})
            OffenderLink.objects.filter(pk=row.pk).update(
                because=row.because, found_at=now(), acknowledged_at=None, acknowledged_by=None, came_to=""
            )
        _tell(row, offender, referral, by)


def _tell(row: OffenderLink, offender: Offender, referral: Referral, by: Actor | None) -> None:
    rule = by or Rule("rule:offenders", organisation_id=offender.organisation_id)
    new = {"link": row.pk, "referral": referral.pk, "because": row.because}
    record("link an offender to a referral", offender, by=rule, new=new)
    new = {"link": row.pk, "because": row.because, "force": offender.organisation_id}
    record("recognise a registered offender", referral, by=by or Rule("rule:offenders"), new=new)
    settle("offender_link", about(offender), event="found again", by=rule, started_by=_events(row))
    start(
        "offender_link", about(offender), event=f"link {row.pk}: {', '.join(row.because)}",
        organisation=offender.organisation_id, by=rule, owner=offender.manager,
        title=f"{offender.reference} may be in {referral.reference}",
    )  # fmt: skip
    responsible = {one.pk for one in supervisors_of(offender)} | {offender.manager_id or 0}
    told, place = f"link {row.pk}", offender.organisation_id  # the manager may have gone to another force
    tell("offender_recognised", about(offender), event=told, to=responsible - {0}, place=place)


def supervisors_of(offender: Offender) -> list[User]:
    """The supervisors of the offender's force."""
    people = User.objects.filter(organisation=offender.organisation_id, role=User.Role.SUPERVISOR)
    return list(people.filter(is_active=True))


def _events(row: OffenderLink) -> list[str]:
    """The events of every clock that this link ever had."""
    name, begins = f"offender:{row.offender_id}", f"link {row.pk}:"
    clocks = Clock.objects.filter(kind="offender_link", about=name, event__startswith=begins)
    return [*clocks.values_list("event", flat=True), begins]


@audited
def acknowledge_link(row: OffenderLink, *, came_to: str, by: User) -> OffenderLink:
    """Somebody of the force has seen it, and says what came of it."""
    offender = own(row.offender, "manage an offender", by, ended=True)
    came_to = said(came_to, "Say what you found: whether it is the same person, and what you do about it.")
    changes = {"acknowledged_at": now(), "acknowledged_by": by, "came_to": came_to}
    if not OffenderLink.objects.filter(pk=row.pk, acknowledged_at=None).update(**changes):
        raise Refused("Somebody has just acknowledged it.")
    for name, value in changes.items():
        setattr(row, name, value)
    record(
        "acknowledge a link", offender, by=by, why=came_to, new={"link": row.pk, "referral": row.referral_id}
    )
    settle("offender_link", about(offender), event="acknowledged", by=by, started_by=_events(row))
    over([about(offender)], kinds=["offender_recognised"], events=[f"link {row.pk}"])
    return row
