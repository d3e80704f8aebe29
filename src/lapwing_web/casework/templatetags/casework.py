"""How casework's pages spell the kind of a selector: `{% load casework %}{{ selector.kind|kind }}`."""

from django import template
from django.conf import settings

from lapwing.policy import load
from lapwing_web.moment import today

register = template.Library()


@register.filter
def kind(code: str) -> str:
    """A kind of selector in policy's words; one that policy does not list, by its code."""
    listed = load("joining", settings.JURISDICTION).on(today()).kinds
    return listed[code].label if code in listed else code.replace("_", " ")
