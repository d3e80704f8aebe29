"""A company's accounts and contacts.

A new secret stands in the answer to the POST that made it, and nowhere else.
"""

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from lapwing_web.intake import forms
from lapwing_web.intake.actions import accounts as actions
from lapwing_web.intake.queries import accounts as queries
from lapwing_web.refusal import answered, carried_out, done
from lapwing_web.staff.permissions import check, may
from lapwing_web.staff.request import Request


@require_safe
def provider_accounts(request: Request, pk: int) -> HttpResponse:
    """Every account of a company with its secrets' names, and whom to ask there."""
    provider = get_object_or_404(queries.companies_for(request.user), pk=pk)
    page = queries.page(request.user, provider)
    shown = {"page": page, "may_manage": may(request.user, "manage providers")}
    return render(request, "intake/accounts.html", shown)


@never_cache
def provider_add(request: Request) -> HttpResponse:
    """The first account of a company, and its password once."""
    check(request.user, "manage providers")
    form = forms.CompanyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        if made := carried_out(form, lambda: actions.add_account(**given, by=request.user)):
            return _told(request, *made, "password")
    return _asked(request, form, "Add a company’s account", "Add the account", reverse("providers"))


@never_cache
def account_add(request: Request, pk: int) -> HttpResponse:
    """A further account of a company that is known here."""
    check(request.user, "manage providers")
    provider = get_object_or_404(queries.companies_for(request.user), pk=pk)
    form = forms.EnvironmentForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        environment = form.cleaned_data["environment"]
        if made := carried_out(
            form, lambda: actions.add_account_of(provider, environment=environment, by=request.user)
        ):
            return _told(request, *made, "password")
    return _asked(request, form, f"Add an account for {provider}", "Add the account", _back(pk))


@never_cache
def account_rotate(request: Request, pk: int) -> HttpResponse:
    """A new password, or a new key in the place of all others."""
    account = get_object_or_404(queries.accounts_for(request.user), pk=pk)
    form = forms.RotateForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        new = {"kind": given["kind"], "at_once": given["old"] == "now"}
        if secret := carried_out(form, lambda: actions.rotate(account, **new, by=request.user)):
            return _told(request, account, secret, given["kind"])
    title = f"A new password or key for {account.username}"
    return _asked(request, form, title, "Make it", _back(account.provider_id))


@never_cache
def account_key(request: Request, pk: int) -> HttpResponse:
    """A further key of the JSON API, beside those there are."""
    account = get_object_or_404(queries.accounts_for(request.user), pk=pk)
    if request.method == "POST":
        return _told(request, account, actions.add_key(account, by=request.user), "key")
    return render(request, "intake/add_key.html", {"account": account, "keys": queries.keys_of(account)})


def account_close(request: Request, pk: int) -> HttpResponse:
    """End every secret of an account, for a reason."""
    account = get_object_or_404(queries.accounts_for(request.user), pk=pk)
    form = forms.WhyForm(request.POST or None)
    if done(request, form, lambda: actions.close(account, why=form.cleaned_data["why"], by=request.user)):
        messages.success(request, f"{account.username} is closed: no password or key of it works.")
        return redirect("provider-accounts", account.provider_id)
    title, warning = f"Close {account.username}", "The company can send nothing with it from then on."
    page = {"danger": True, "warning": f"{warning} What it has begun and not finished will lapse."}
    return _asked(request, form, title, "Close the account", _back(account.provider_id), **page)


def contact_add(request: Request, pk: int) -> HttpResponse:
    """Whom to ask at a company."""
    check(request.user, "manage providers")
    provider = get_object_or_404(queries.companies_for(request.user), pk=pk)
    form = forms.ContactForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        contact = carried_out(form, lambda: actions.add_contact(provider, **given, by=request.user))
        if contact:
            messages.success(request, f"{contact.name} is a contact.")
            return redirect("provider-accounts", pk)
    return _asked(request, form, f"Add a contact at {provider}", "Add the contact", _back(pk))


@require_POST
def contact_end(request: Request, pk: int) -> HttpResponse:
    """They are no longer to be asked."""
    contact = get_object_or_404(queries.contacts_for(request.user), pk=pk)
    actions.end_contact(contact, by=request.user)
    messages.success(request, f"{contact.name} is no longer a contact.")
    return redirect("provider-accounts", contact.provider_id)


def _told(request: Request, account: object, secret: str, kind: str) -> HttpResponse:
    """The one page that ever shows a secret."""
    return render(request, "intake/secret.html", {"account": account, "secret": secret, "kind": kind})


def _asked(
    request: Request, form: BaseForm, title: str, submit: str, cancel: str, **more: object
) -> HttpResponse:
    page = {"form": form, "title": title, "submit": submit, "cancel": cancel, **more}
    return render(request, "front/form.html", page, status=answered(form))


def _back(provider: int) -> str:
    return reverse("provider-accounts", args=[provider])
