"""One's own second factor: giving it at the door, and setting it up."""

import django_otp
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django_otp.middleware import is_verified
from django_otp.models import Device

from lapwing_web.staff import actions, queries
from lapwing_web.staff.forms import CodeForm
from lapwing_web.staff.request import Request
from lapwing_web.staff.views.door import address_of

OFFERED = (
    "second-factor-offered"  # in the session: the secret on the page, until a code shows that a phone has it
)
WRONG = "That code is wrong, or has been used. After each wrong code you must wait longer before the next."


def second_factor(request: Request) -> HttpResponse:
    """Give it at the door; once inside, see how it stands."""
    if request.user.second_factor_at is None:
        return redirect("second-factor-set-up")
    if is_verified(request.user):
        left = queries.recovery_codes_left(request.user)
        return render(request, "staff/second_factor.html", {"left": left})
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        code, address = form.cleaned_data["code"], address_of(request)
        if device := actions.give_second_factor(code, by=request.user, address=address):
            _enter(request, device)
            return redirect(_asked(request))
        form.add_error("code", WRONG)
    return render(request, "staff/second_factor_give.html", {"form": form})


def set_up(request: Request) -> HttpResponse:
    """Show the secret, and take the phone that proves it has it."""
    secret = request.session.setdefault(OFFERED, actions.new_secret())
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if done := actions.set_up_second_factor(secret, form.cleaned_data["code"], by=request.user):
            del request.session[OFFERED]
            _enter(request, done.device)
            return render(request, "staff/recovery_codes.html", {"codes": done.codes})
        form.add_error("code", "That is not the code of this moment. Is the phone’s clock right?")
    offer = queries.second_factor_offer(request.user, secret)
    return render(request, "staff/second_factor_set_up.html", {"form": form, "offer": offer})


def _enter(request: Request, device: Device) -> None:
    """The session is of somebody who gave their second factor, under a new key."""
    request.session.cycle_key()
    django_otp.login(request, device)


def _asked(request: Request) -> str:
    """The page they were on their way to."""
    asked = request.GET.get("next", "")
    return asked if url_has_allowed_host_and_scheme(asked, {request.get_host()}) else "home"
