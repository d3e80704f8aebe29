"""How Lapwing's pages spell a band, a state, a moment and a word of the field: `{% load lapwing %}`."""

from collections import Counter
from datetime import date, datetime, time, timedelta
from typing import Any

from django import template
from django.forms import BaseForm, BoundField, MultiWidget, RadioSelect
from django.urls import reverse
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from django.utils.text import slugify

from lapwing_web.front.queries.glossary import find
from lapwing_web.moment import UK, now, today
from lapwing_web.naming import page_of, words_for

register = template.Library()

BANDS = {
    "very_high": ("red", "Very high"),
    "high": ("orange", "High"),
    "medium": ("yellow", "Medium"),
    "low": ("grey", "Low"),
}
COLOURS = {
    "received": "blue",
    "developing": "teal",
    "awaiting_provider": "yellow",
    "kept": "purple",
    "disseminated": "blue",
    "accepted": "green",
    "closed": "grey",
    "discarded": "grey",
    "merged": "grey",
    "waiting": "yellow",
    "returned": "orange",
    "running": "blue",
    "paused": "grey",
    "fired": "red",
    "settled": "grey",
    "new": "green",
    "new_version": "teal",
    "duplicate": "grey",
    "attached": "teal",
    "rejected": "red",
    "held": "yellow",
    "cleared": "grey",
    "open": "green",
    "leased": "blue",
    "done": "green",
    "failed": "red",
    "registered": "blue",
    "ended": "grey",
}


@register.simple_tag
def band(value: str) -> SafeString:
    """A risk band as a tag that says it in words: `{% band referral.risk_band %}`."""
    colour, words = BANDS[value]
    return format_html(
        '<strong class="govuk-tag govuk-tag--{} lw-band lw-band--{}">'
        '<span class="govuk-visually-hidden">Risk: </span>{}</strong>',
        colour,
        value,
        words,
    )


@register.simple_tag
def state(record: Any) -> SafeString:
    """The state of a referral, package, receipt or clock as a tag: `{% state referral %}`."""
    return format_html(
        '<strong class="govuk-tag govuk-tag--{} lw-state">{}</strong>',
        COLOURS.get(record.state, "grey"),
        record.get_state_display(),
    )


@register.simple_tag
def known(value: object) -> SafeString:
    """A fact about people in three values. Whatever is neither True nor False is not known, never no."""
    if value is True:
        return SafeString('<strong class="govuk-tag govuk-tag--red">Yes</strong>')
    if value is False:
        return SafeString('<span class="lw-no">No</span>')
    return SafeString('<strong class="govuk-tag govuk-tag--yellow">Not known</strong>')


@register.simple_tag
def term(word: str, shown: str = "") -> SafeString:
    """A word of the field, linked to what it means: `{% term "IIOC" %}` or `{% term "IIOC" "images" %}`."""
    entry = find(word)
    if entry is None:
        return SafeString(escape(shown or word))
    return format_html(
        '<a class="govuk-link lw-term" href="{}#{}" title="{}">{}</a>',
        reverse("glossary"),
        slugify(entry.word),
        entry.meaning,
        shown or word,
    )


@register.simple_tag
def when(moment: datetime | date | None, style: str = "") -> SafeString:
    """A moment in UK time: `{% when at %}`; with "short", no year; with "day", no time; with "both",
    also how long ago.

    "due" is "both" of a deadline. One that is the midnight after a day is the last minute of that day: as
    0:00 of the next, a reader would take it for the next day's.
    """
    if moment is None:
        return SafeString('<span class="lw-quiet">not recorded</span>')
    if style == "due" and isinstance(moment, datetime) and moment.astimezone(UK).time() == time():
        moment -= timedelta(seconds=1)
    if isinstance(moment, datetime) and style == "day":
        moment = moment.astimezone(UK).date()
    if isinstance(moment, datetime):
        here = moment.astimezone(UK)
        written = f"{here.day} {here:%b %H:%M}" if style == "short" else f"{here.day} {here:%b %Y, %H:%M}"
    else:
        here = moment  # type: ignore[assignment]
        written = f"{here.day} {here:%b}" if style == "short" else f"{here.day} {here:%b %Y}"
    if style in ("both", "due"):
        written = f"{written} ({distance(moment)})"
    return format_html('<time datetime="{}">{}</time>', here.isoformat(), written)


@register.filter
def as_day(written: str) -> date:
    """The day that a package or a record holds as text: `{% when content.kirat.on|as_day %}`."""
    return date.fromisoformat(written)


@register.simple_tag
def ago(moment: datetime | date | None) -> SafeString:
    """How long ago or how soon, with the moment itself in the title."""
    if moment is None:
        return SafeString('<span class="lw-quiet">never</span>')
    here = moment.astimezone(UK) if isinstance(moment, datetime) else moment
    written = f"{here:%A} {here.day} {here:%B %Y}" + (f", {here:%H:%M}" if isinstance(here, datetime) else "")
    return format_html(
        '<time datetime="{}" title="{}">{}</time>', here.isoformat(), written, distance(moment)
    )


def distance(moment: datetime | date) -> str:
    """The distance from now in the largest unit that fits: `3 hours ago`, `in 2 days`, `today`."""
    if not isinstance(moment, datetime):
        days = (moment - today()).days
        nearby = {0: "today", 1: "tomorrow", -1: "yesterday"}
        return nearby.get(days) or (f"in {days} days" if days > 0 else f"{-days} days ago")
    gap = moment - now()
    words = _length(abs(gap))
    if words is None:
        return "just now"
    return f"in {words}" if gap > timedelta(0) else f"{words} ago"


def _length(gap: timedelta) -> str | None:
    minutes = int(gap.total_seconds() // 60)
    for size, unit in ((2 * 1440, 1440), (120, 60), (1, 1)):
        if minutes >= size:
            count = minutes // unit
            name = {1440: "day", 60: "hour", 1: "minute"}[unit]
            return f"{count} {name}" + ("" if count == 1 else "s")
    return None


@register.simple_tag
def about(name: str) -> SafeString:
    """A record as the audit names it, `referral:12`, as a link people can read: `{% about clock.about %}`."""
    words, page = words_for(name), page_of(name, its_own=True)
    if not page:
        return SafeString(escape(words))
    return format_html('<a class="govuk-link" href="{}" data-lw-open>{}</a>', page, words)


def _first_of(field: BoundField) -> str:
    """The id of what takes the focus: of several choices the first, of a day its number."""
    if isinstance(field.field.widget, RadioSelect):  # boxes to tick as well
        return f"{field.auto_id}_1"
    return f"{field.auto_id}_0" if isinstance(field.field.widget, MultiWidget) else field.auto_id


@register.simple_tag
def problems(form: BaseForm) -> list[tuple[str, str]]:
    """What is wrong with a form, for its summary: where on the page, and what; nothing twice alike."""
    wrong = [("main-content", "", str(said)) for said in form.non_field_errors()]
    for field in form.visible_fields():
        wrong += [(_first_of(field), str(field.label), str(said)) for said in field.errors]
    times = Counter(said for _, _, said in wrong)
    return [
        (place, f"{label}: {said}" if label and times[said] > 1 else said) for place, label, said in wrong
    ]
