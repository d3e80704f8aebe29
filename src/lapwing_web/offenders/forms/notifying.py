"""What a force records of an offender's notification to the police."""

from datetime import datetime, time
from typing import Any

from django import forms
from django.urls import reverse

from lapwing_web.casework.forms.referral import ANSWERS, AS_TEXT, FROM_TEXT, why_field
from lapwing_web.casework.forms.suspects import day, hour
from lapwing_web.moment import UK, now, today
from lapwing_web.offenders.actions import notifying
from lapwing_web.offenders.forms.decisions import OffenderDecision
from lapwing_web.offenders.models import Absence, Notifiable, Offender
from lapwing_web.offenders.queries.notifications import open_items, periods_listed, requirement_of

NOT_CONFIRMED = "Nobody has confirmed every one of these periods: check the Act before you rely on one."


def answer_field(label: str, told: str) -> forms.ChoiceField:
    """Yes, no or not known. `told` where none is chosen."""
    said = {"required": f"Choose whether {told}, or that it is not known"}
    return forms.ChoiceField(label=label, widget=forms.RadioSelect, choices=ANSWERS, error_messages=said)


class NotificationDecision(OffenderDecision):
    """A decision that leads back to the page on the offender's notification."""

    @property
    def offender(self) -> Offender:
        """Whose it is."""
        subject: Any = self.subject
        return subject if isinstance(subject, Offender) else subject.offender

    @property
    def shows(self) -> Any:
        """The offender's record, for which a reason is asked."""
        return self.offender

    @property
    def back(self) -> str:
        """The page on notification."""
        return reverse("offender-notification", args=[self.offender.pk])

    def prepare(self) -> None:
        """Remember which turn of the offender's record the person saw."""
        self.fields["seen"].initial = str(self.offender.turn)

    def clean(self) -> dict[str, Any]:
        """Refuse when the offender's record was changed since the page was opened."""
        subject, self.subject = self.subject, self.offender
        try:
            return super().clean()
        finally:
            self.subject = subject

    def instant(self, on: str, clock: str) -> datetime | None:
        """The instant of a day and a time that were given; asks again for one to come."""
        if not self.cleaned_data.get(on) or self.cleaned_data.get(clock) is None:
            return None
        at = datetime.combine(self.cleaned_data[on], self.cleaned_data[clock], UK)
        if at > now():
            self.add_error(on, "This cannot be in the future")
        return at


class RequireForm(NotificationDecision):
    """Why, and how long, the offender has to notify."""

    title, submit = "What the offender has to notify: {}", "Save"
    relevant_on = day("Relevant date", "Of the conviction, finding, caution or order. For example, 27 3 2026")
    disposal = forms.ChoiceField(
        label="Sentence or order",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose the sentence or order"},
    )
    under_18 = answer_field("Was the offender under 18 on that date?", "the offender was under 18")
    ordered_until = day(
        "Last day, where an order or a discharge sets it", "Leave empty if it has none.", required=False
    )
    fixed = forms.ChoiceField(
        label="Has the offender a sole or main residence?", widget=forms.RadioSelect,
        choices=[("yes", "Yes"), ("no", "No: notifies every week")],
        error_messages={"required": "Choose whether the offender has a residence"},
    )  # fmt: skip

    def prepare(self) -> None:
        """As it stands."""
        super().prepare()
        self.lead = NOT_CONFIRMED
        self.fields["disposal"].choices = periods_listed()  # type: ignore[attr-defined]
        row = requirement_of(self.offender)
        if row is not None:
            for name in ("relevant_on", "disposal", "ordered_until"):
                self.fields[name].initial = getattr(row, name)
            self.fields["under_18"].initial = AS_TEXT[row.under_18]
            self.fields["fixed"].initial = "no" if row.no_fixed_address else "yes"

    def clean(self) -> dict[str, Any]:
        """No day to come."""
        cleaned = super().clean()
        self.dated("relevant_on", "A conviction or an order")
        return cleaned

    def act(self) -> str:
        """Save."""
        given = {name: self.cleaned_data[name] for name in ("relevant_on", "disposal", "ordered_until")}
        row = notifying.require(
            self.offender, **given, under_18=FROM_TEXT[self.cleaned_data["under_18"]],
            no_fixed_address=self.cleaned_data["fixed"] == "no", by=self.by,
        )  # fmt: skip
        return f"It ends on {row.ends_on:%-d %B %Y}." if row.ends_on else "No end of it is known."


class NotifyForm(NotificationDecision):
    """A notification that the offender made."""

    title, submit = "Record a notification: {}", "Record the notification"
    on = day("On which day was it made?")
    full = forms.ChoiceField(
        label="What was confirmed?", widget=forms.RadioSelect,
        error_messages={"required": "Choose what was confirmed"},
        choices=[("yes", "All details, as at first and once a year"), ("no", "Only what is ticked below")],
    )  # fmt: skip
    items = forms.MultipleChoiceField(
        label="Which of these were notified?", widget=forms.CheckboxSelectMultiple, required=False
    )
    text = why_field("Anything to add", required=False)

    def prepare(self) -> None:
        """Today; and what is still to be notified."""
        super().prepare()
        self.fields["on"].initial = today()
        self.listed = {str(item.pk): item for item in open_items(self.offender)}
        words = [(key, f"{one.get_kind_display()}: {one.text[:80]}") for key, one in self.listed.items()]
        self.fields["items"].choices = words  # type: ignore[attr-defined]
        if not words:
            self.fields["items"].widget = forms.MultipleHiddenInput()

    def clean(self) -> dict[str, Any]:
        """Something was notified, and not on a day to come."""
        cleaned = super().clean()
        self.dated("on", "A notification")
        if cleaned.get("full") == "no" and not cleaned.get("items"):
            self.add_error("full", "Tick what was notified, or say that all details were")
        return cleaned

    def act(self) -> str:
        """Record."""
        items = [self.listed[key] for key in self.cleaned_data.get("items", [])]
        full, text = self.cleaned_data["full"] == "yes", self.cleaned_data["text"]
        made = notifying.record_notification(
            self.offender, on=self.cleaned_data["on"], full=full, items=items, text=text, by=self.by
        )
        late = " It was late: what follows from that is for you to decide." if made.late else ""
        return f"The notification is recorded.{late}"


class ChangeForm(NotificationDecision):
    """A change that is to be notified."""

    title, submit = "A change to be notified: {}", "Record it"
    on = day("On which day did it happen?")
    text = why_field("What has changed?", "A name, an address, a bank account, a passport.")

    def clean(self) -> dict[str, Any]:
        """No day to come."""
        cleaned = super().clean()
        self.dated("on", "A change")
        return cleaned

    def act(self) -> str:
        """Record."""
        began_at = datetime.combine(self.cleaned_data["on"], time(), UK)
        text = self.cleaned_data["text"]
        kind = Notifiable.Kind.CHANGE
        notifying.record_notifiable(self.offender, kind=kind, began_at=began_at, text=text, by=self.by)
        return "The change is recorded. Its clock runs."


class TravelForm(NotificationDecision):
    """Travel abroad that is to be notified."""

    title, submit = "Travel abroad: {}", "Record it"
    on = day("On which day does, or did, the offender leave?")
    known_on = day(
        "Since when has the offender known of it?", "Empty if nobody has found out.", required=False
    )
    text = why_field("Where to, and until when?")

    def clean(self) -> dict[str, Any]:
        """It was known on no day to come."""
        cleaned = super().clean()
        self.dated("known_on", "That it was known")
        return cleaned

    def act(self) -> str:
        """Record."""
        began_at = datetime.combine(self.cleaned_data["on"], time(), UK)
        given = {name: self.cleaned_data[name] for name in ("text", "known_on")}
        kind = Notifiable.Kind.TRAVEL
        notifying.record_notifiable(self.offender, kind=kind, began_at=began_at, **given, by=self.by)
        return "The travel is recorded. Its clock runs."


class StayForm(NotificationDecision):
    """A stay at another address."""

    title, submit = "A stay at another address: {}", "Record it"
    on = day("Since which day?")
    clock = hour("Since what time?")
    text = forms.CharField(
        label="Address", max_length=200, error_messages={"required": "Enter the address"},
        help_text="Written as before, if it was recorded before: stays at one address are added up.",
    )  # fmt: skip
    child = answer_field("Does a child live, or stay, there?", "a child lives there")

    def clean(self) -> dict[str, Any]:
        """Make one instant of day and time."""
        cleaned = super().clean()
        self.began_at = self.instant("on", "clock")
        return cleaned

    def act(self) -> str:
        """Record."""
        assert self.began_at is not None
        child, text = FROM_TEXT[self.cleaned_data["child"]], self.cleaned_data["text"]
        kind, began_at = Notifiable.Kind.STAY, self.began_at
        notifying.record_notifiable(
            self.offender, kind=kind, began_at=began_at, text=text, child=child, by=self.by
        )
        return "The stay is recorded. Record its end as soon as it is known."


class EndStayForm(NotificationDecision):
    """The end of a stay, or what was found out about a child there."""

    title, submit = "The end of a stay: {}", "Record the end"
    on = day("On which day did it end?")
    clock = hour("At what time?")
    child = answer_field("Does a child live, or stay, there?", "a child lives there")

    def prepare(self) -> None:
        """What is known of a child."""
        super().prepare()
        self.fields["child"].initial = AS_TEXT[self.subject.child]

    def clean(self) -> dict[str, Any]:
        """Make one instant of day and time."""
        cleaned = super().clean()
        self.ended_at = self.instant("on", "clock")
        if self.ended_at and self.ended_at < self.subject.began_at:
            self.add_error("on", "It cannot end before it began")
        return cleaned

    def act(self) -> str:
        """Record."""
        assert self.ended_at is not None
        child = FROM_TEXT[self.cleaned_data["child"]]
        notifying.end_stay(self.subject, ended_at=self.ended_at, child=child, by=self.by)
        return "The end of the stay is recorded."


class WithdrawNotifiableForm(NotificationDecision):
    """Recorded in error."""

    title, submit, danger = "Recorded in error: {}", "Take it back", True
    lead = "It stays on the record, and is not to be notified."
    why = why_field("What was the error?")

    def act(self) -> str:
        """Take it back."""
        notifying.withdraw_notifiable(self.subject, why=self.cleaned_data["why"], by=self.by)
        return "It is taken back."


class AbsenceForm(NotificationDecision):
    """In custody, in hospital or abroad."""

    title, submit = "In custody, in hospital or abroad: {}", "Record it"
    lead = "Days to notify do not run meanwhile. A release, or a return, is itself to be notified."
    kind = forms.ChoiceField(
        label="Where?", widget=forms.RadioSelect, choices=Absence.Kind.choices,
        error_messages={"required": "Choose where the offender is, or was"},
    )  # fmt: skip
    begins = day("Since which day?")
    back_on = day("Released, or back, on which day?", "Empty while it goes on.", required=False)

    def clean(self) -> dict[str, Any]:
        """In order, and no day to come."""
        cleaned = super().clean()
        self.dated("begins", "An absence")
        self.dated("back_on", "A return")
        if cleaned.get("begins") and cleaned.get("back_on") and cleaned["back_on"] < cleaned["begins"]:
            self.add_error("back_on", "It cannot end before it began")
        return cleaned

    def act(self) -> str:
        """Record."""
        given = {name: self.cleaned_data[name] for name in ("kind", "begins", "back_on")}
        notifying.record_absence(self.offender, **given, by=self.by)
        return "The absence is recorded."


class EndAbsenceForm(NotificationDecision):
    """Released, or back."""

    title, submit = "Released, or back: {}", "Record it"
    lead = "From that day the days to notify run, and that itself is to be notified."
    back_on = day("On which day?")

    def clean(self) -> dict[str, Any]:
        """Not before it began, and no day to come."""
        cleaned = super().clean()
        self.dated("back_on", "A return")
        if cleaned.get("back_on") and cleaned["back_on"] < self.subject.begins:
            self.add_error("back_on", "It cannot end before it began")
        return cleaned

    def act(self) -> str:
        """Record."""
        notifying.end_absence(self.subject, back_on=self.cleaned_data["back_on"], by=self.by)
        return "It is recorded. The clocks run on."
