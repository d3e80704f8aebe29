"""What a registered offender has to notify: recorded, notified, or in error; its days and clocks follow."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from lapwing.rules.notification import DAY, Duty, end_of
from lapwing_web.audit.actions import Actor, about, audited, move
from lapwing_web.casework.actions.holding import in_order, said
from lapwing_web.clocks.actions import Start, settle, start_many
from lapwing_web.clocks.models import Clock
from lapwing_web.moment import UK, now, today
from lapwing_web.offenders.actions.changing import change, own, passed
from lapwing_web.offenders.models import Absence, Notifiable, Notification, Offender, Requirement
from lapwing_web.offenders.models.requiring import days_of, notification_policy, renews, to_notify
from lapwing_web.refusal import Refused
from lapwing_web.staff.models import User

MANAGE = "manage an offender"
CLOCKS = ("notification_due", "notification_ends")


@audited
def require(
    offender: Offender, *, relevant_on: date, disposal: str, under_18: bool | None = None,
    ordered_until: date | None = None, no_fixed_address: bool = False, by: User,
) -> Requirement:  # fmt: skip
    """Record why and how long the offender has to notify, or put it right."""
    own(offender, MANAGE, by)
    period = notification_policy().periods.get(disposal)
    if period is None:
        raise Refused("Choose one of the sentences or orders.")
    passed(relevant_on, "A conviction, finding, caution or order")
    in_order("decision", relevant_on, birth=offender.born_on)
    if ordered_until and (not period.as_ordered or ordered_until < relevant_on):
        raise Refused("Only an order or a discharge has an end of its own, and not before it began.")
    given: dict[str, Any] = {
        "relevant_on": relevant_on, "disposal": disposal, "under_18": under_18,
        "ordered_until": ordered_until, "no_fixed_address": no_fixed_address,
    }  # fmt: skip
    Requirement.objects.update_or_create(offender=offender, defaults=given)
    change(offender, "set what an offender has to notify", by=by, told=given)
    return _follow(offender, by)


@audited
def record_notifiable(
    offender: Offender, *, kind: str, began_at: datetime, text: str, ended_at: datetime | None = None,
    known_on: date | None = None, child: bool | None = None, by: User,
) -> Notifiable:  # fmt: skip
    """Record something that the offender has to notify. Only travel can be still to come."""
    own(offender, MANAGE, by)
    requirement = required(offender)
    if kind not in Notifiable.Kind.values:
        raise Refused("Choose what is to be notified.")
    if kind != Notifiable.Kind.TRAVEL and began_at > now():
        raise Refused("Only travel can be recorded before it happens.")
    ends = ended_at if kind == Notifiable.Kind.STAY else None
    if ends is not None and not began_at <= ends <= now():
        raise Refused("A stay ends after it began, and is recorded once it has ended.")
    if kind != Notifiable.Kind.STAY or ends is not None:  # a stay may have begun long before, and go on
        happened = (ends or began_at).astimezone(UK).date()
        in_order("change", happened, decision=requirement.relevant_on)
    made = Notifiable.objects.create(
        offender=offender, kind=kind, began_at=began_at, ended_at=ends, at=now(), by=by,
        text=said(text, "Say what it is, or where."), child=child if kind == Notifiable.Kind.STAY else None,
        known_on=known_on if kind == Notifiable.Kind.TRAVEL else None,
    )  # fmt: skip
    told = {"notifiable": made.pk, "kind": kind, "began_at": began_at, "ended_at": ends, "child": made.child}
    change(offender, "record what is to be notified", by=by, told=told)
    _follow(offender, by)
    return made


@audited
def end_stay(stay: Notifiable, *, ended_at: datetime, child: bool | None, by: User) -> Notifiable:
    """A stay is over, or it is found out whether a child lives there."""
    offender = own(stay.offender, MANAGE, by)
    stay.refresh_from_db()
    if stay.kind != Notifiable.Kind.STAY or stay.state == Notifiable.State.WITHDRAWN:
        raise Refused(f"{stay} is not a stay that can end.")
    if not stay.began_at <= ended_at <= now():
        raise Refused("A stay ends after it began, and is recorded once it has ended.")
    if stay.child is not None and child is None:
        raise Refused("It was found out already whether a child lives there.")
    Notifiable.objects.filter(pk=stay.pk).update(ended_at=ended_at, child=child)
    told = {"notifiable": stay.pk, "ended_at": ended_at, "child": child}
    change(offender, "end a stay", by=by, told=told)
    _follow(offender, by)
    return stay


@audited
def withdraw_notifiable(item: Notifiable, *, why: str, by: User) -> Notifiable:
    """It was recorded in error, and is not to be notified. It stays on the record."""
    offender = own(item.offender, MANAGE, by)
    item.refresh_from_db()
    why = said(why, "Say why it was in error.")
    move(item, Notifiable.State.WITHDRAWN, by=by, action="withdraw what is to be notified", why=why)
    change(offender, "take back what was to be notified", by=by, why=why, told={"notifiable": item.pk})
    _follow(offender, by)
    return item


@audited
def record_notification(
    offender: Offender, *, on: date, full: bool, items: Sequence[Notifiable] = (), text: str = "", by: User
) -> Notification:
    """The offender notified the police: of all details (`full`), of some things, or of both."""
    own(offender, MANAGE, by)
    requirement = required(offender)
    passed(on, "A notification")
    if on < requirement.relevant_on:
        raise Refused("Nothing was to be notified before the relevant date.")
    if not full and not items:
        raise Refused("Say what was notified.")
    if requirement.first_on is None and not full:
        raise Refused("The first notification is of all details.")
    late = any(duty.due_at < end_of(on) for duty in to_notify(requirement))
    anew = full or any(renews(item, requirement) for item in items)
    made = Notification.objects.create(
        offender=offender, on=on, full=full, text=text.strip(), late=late, at=now(), by=by
    )
    for item in items:
        _notified(item, offender, on, by)
    made.items.set(items)
    if anew:
        first, last = min(on, requirement.first_on or on), max(on, requirement.last_on or on)
        Requirement.objects.filter(pk=requirement.pk).update(first_on=first, last_on=last)
    told = {"on": on, "full": full, "items": [item.pk for item in items], "late": late}
    change(offender, "record a notification", by=by, told=told)
    _follow(offender, by)
    return made


def _notified(item: Notifiable, offender: Offender, on: date, by: User) -> None:
    item.refresh_from_db()
    if item.offender_id != offender.pk:
        raise Refused("That is another offender’s.")
    move(item, Notifiable.State.NOTIFIED, by=by, action="notify", notified_on=on)


@audited
def record_absence(
    offender: Offender, *, kind: str, begins: date, back_on: date | None = None, by: User
) -> Absence:
    """The offender is, or was, in custody, in hospital or abroad: days to notify do not run meanwhile."""
    own(offender, MANAGE, by)
    required(offender)
    if kind not in Absence.Kind.values:
        raise Refused("Choose where the offender is.")
    passed(begins, "An absence")
    in_order("absence", begins, birth=offender.born_on)
    _ended(offender, begins, back_on)
    made = Absence.objects.create(
        offender=offender, kind=kind, begins=begins, back_on=back_on, at=now(), by=by
    )
    told = {"absence": made.pk, "kind": kind, "begins": begins, "back_on": back_on}
    change(offender, "record an absence", by=by, told=told)
    _back(made, by)
    _follow(offender, by)
    return made


@audited
def end_absence(absence: Absence, *, back_on: date, by: User) -> Absence:
    """The offender is released, or back: from that day the days run, and that itself is to be notified."""
    offender = own(absence.offender, MANAGE, by)
    absence.refresh_from_db()
    if absence.back_on is not None:
        raise Refused(f"{absence} has ended already.")
    _ended(offender, absence.begins, back_on)
    Absence.objects.filter(pk=absence.pk).update(back_on=back_on)
    absence.back_on = back_on
    change(offender, "end an absence", by=by, told={"absence": absence.pk, "back_on": back_on})
    _back(absence, by)
    _follow(offender, by)
    return absence


def _ended(offender: Offender, begins: date, back_on: date | None) -> None:
    if back_on is not None and not begins <= back_on <= today():
        raise Refused("An absence ends after it began, and is recorded once it has ended.")
    in_order("return", back_on, management=offender.since)


def _back(absence: Absence, by: User) -> None:
    """What a release or a return brings with it. A first notification that is still to come tells it too."""
    if absence.back_on is None or required(absence.offender).first_on is None:
        return
    abroad = absence.kind == Absence.Kind.ABROAD
    Notifiable.objects.create(
        offender=absence.offender,
        kind=Notifiable.Kind.RETURNED if abroad else Notifiable.Kind.RELEASE,
        began_at=end_of(absence.back_on - DAY),
        text=f"{absence.get_kind_display()} until {absence.back_on:%-d %B %Y}",
        at=now(),
        by=by,
    )


def required(offender: Offender) -> Requirement:
    """What the offender has to notify. Refuses where nobody has recorded that."""
    found = Requirement.objects.select_related("offender").filter(offender=offender).first()
    if found is None:
        raise Refused("Record first why the offender has to notify, and for how long.")
    return found


def begin_again(offender: Offender, by: Actor) -> None:
    """The registration goes on: so do the days and the clocks. Call inside `@audited`."""
    if Requirement.objects.filter(offender=offender).exists():
        _follow(offender, by)


def _follow(offender: Offender, by: Actor) -> Requirement:
    """The days and the clocks, as they are from now on. Call inside `@audited`."""
    requirement = required(offender)
    requirement.offender = offender
    columns = days_of(requirement)
    Requirement.objects.filter(pk=requirement.pk).update(**columns)
    for name, value in columns.items():
        setattr(requirement, name, value)
    follow_clocks(requirement, by)
    return requirement


def follow_clocks(requirement: Requirement, by: Actor) -> None:
    """A clock on everything that is to be notified and on the end of the period, and on nothing else."""
    offender = requirement.offender
    name, wanted = about(offender), {}
    for duty in to_notify(requirement):
        wanted["notification_due", _title(duty, offender), duty.due_at] = duty.due_at
    if requirement.ends_on and offender.state == Offender.State.REGISTERED:
        title, due_at = f"End of notification of {offender.reference}", end_of(requirement.ends_on)
        wanted["notification_ends", title, due_at] = due_at
    running = Clock.objects.filter(kind__in=CLOCKS, about=name).exclude(state=Clock.State.SETTLED)
    held = {(one.kind, one.title, one.due_at): one.event for one in running}
    over = [event for key, event in held.items() if key not in wanted]
    if over:
        settle(CLOCKS, name, event=f"turn {offender.turn}", by=by, started_by=over)
    new = [key for key in wanted if key not in held]
    start_many(
        [
            Start(
                kind, name, f"turn {offender.turn}, {number}", offender.organisation_id,
                owner=offender.manager_id, title=title, due_at=due_at,
            )
            for number, (kind, title, due_at) in enumerate(new, 1)
        ],
        by=by,
    )  # fmt: skip


def _title(duty: Duty, offender: Offender) -> str:
    return f"{notification_policy().duties[duty.kind].label}: {offender.reference}"
