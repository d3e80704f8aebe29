"""Signing in and out, and one's own password."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth import logout, update_session_auth_hash
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST
from django_otp.middleware import is_verified

from lapwing_web.refusal import answered, done
from lapwing_web.staff import actions
from lapwing_web.staff.forms import PasswordForm, SignInForm
from lapwing_web.staff.queries import second_factor_required
from lapwing_web.staff.request import Request

LONGEST_NAME = 150  # as long as a username can be


def address_of(request: HttpRequest) -> str:
    """Where the request came from, as the server saw it."""
    return str(request.META.get("REMOTE_ADDR", ""))


class SignIn(LoginView):
    """The name and the password; every attempt is recorded."""

    template_name = "staff/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def form_valid(self, form: Any) -> HttpResponse:
        """Signed in."""
        reply = super().form_valid(form)
        actions.record_sign_in(by=form.get_user(), address=address_of(self.request))
        return reply

    def form_invalid(self, form: Any) -> HttpResponse:
        """Not signed in; at the limit axes answers in place of this page."""
        locked = bool(getattr(self.request, "axes_locked_out", False))
        name = form.data.get("username", "").replace("\0", "")[:LONGEST_NAME]
        actions.record_failed_sign_in(name, address=address_of(self.request), locked=locked)
        return super().form_invalid(form)


@require_POST
def sign_out(request: Request) -> HttpResponse:
    """End the session."""
    actions.record_sign_out(by=request.user)
    logout(request)
    return redirect("sign-in")


def password(request: Request) -> HttpResponse:
    """Change one's own password."""
    form = PasswordForm(request.POST or None, user=request.user)
    if done(request, form, lambda: actions.change_password(form.cleaned_data["new"], by=request.user)):
        update_session_auth_hash(request, request.user)
        messages.success(request, "Your password is changed.")
        return redirect("home")
    given = request.user.must_change_password
    lead = "Your password was given to you. Choose one that only you know before you go on." if given else ""
    page = {"form": form, "title": "Change your password", "submit": "Change password", "lead": lead}
    return render(request, "front/form.html", page, status=answered(form))


class in_order:
    """Middleware: before anything else somebody gives their second factor, if they have one; then chooses
    their own password, if theirs was given to them; then sets up a second factor, if policy wants one.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        due = _due(request.user) if request.user.is_authenticated else ""
        # whoever is still at the door is shown no menu, for its counts
        request.at_the_door = bool(due)  # type: ignore[attr-defined]
        if not due or request.path in (reverse(due), reverse("sign-out")):
            return self.get_response(request)
        if due == "second-factor" and request.method == "GET" and request.path != "/":
            return redirect(f"{reverse(due)}?{urlencode({'next': request.get_full_path()})}")
        return redirect(due)


def _due(user: Any) -> str:
    if user.second_factor_at and not is_verified(user):
        return "second-factor"
    if user.must_change_password:
        return "password"
    if not user.second_factor_at and second_factor_required(user):
        return "second-factor-set-up"
    return ""
