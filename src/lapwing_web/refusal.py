"""A refusal: a sentence fit to show the person who asked, on its form or on a page made in middleware."""

from collections.abc import Callable
from typing import TypeVar

from django import forms
from django.http import HttpRequest

from lapwing.policy import PolicyGap

Told = TypeVar("Told")


class Refused(Exception):
    """What was asked cannot be done, and nothing was changed. The message says why, in plain English."""

    status = 409


class Forbidden(Refused):
    """This person may not do that, or may not know whether it exists."""

    status = 403


def refusal(error: Exception) -> Refused | None:
    """`error` as a refusal: itself, or of a day that policy does not reach; None for any other."""
    if isinstance(error, PolicyGap):
        day = f"{error.day.day} {error.day:%B %Y}"
        return Refused(f"Policy says nothing for {day} ({error.title}). Check the date.")
    return error if isinstance(error, Refused) else None


def done(request: HttpRequest, form: forms.BaseForm, act: Callable[[], object]) -> bool:
    """Whether `form` was sent, and `act`, of which nothing is wanted back, was carried out; see below."""
    if request.method != "POST" or not form.is_valid():
        return False
    carried_out(form, act)
    return not form.errors


def carried_out(form: forms.BaseForm, act: Callable[[], Told]) -> Told | None:
    """What `act` returns. None if it is refused: `form` then says why, and keeps what was typed."""
    try:
        return act()
    except Forbidden:
        raise
    except (Refused, PolicyGap) as error:
        form.add_error(None, f"{refusal(error)} Nothing has been changed.")
        form.was_refused = True  # type: ignore[attr-defined]
        return None


def answered(form: forms.BaseForm) -> int:
    """The status of a page that shows `form`: of a refusal, if it is there because of one."""
    return Refused.status if getattr(form, "was_refused", False) else 200
