"""Pages about lists of known files. They show no entry, and never a file."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from lapwing_web.casework.forms.held_lists import HeldForm
from lapwing_web.casework.queries import list_picture
from lapwing_web.casework.queries.known_lists import list_page, lists_page
from lapwing_web.casework.queries.list_sources import held_source
from lapwing_web.staff.request import Request


@require_safe
def lists(request: Request) -> HttpResponse:
    """Every list, first those that cannot be used."""
    return render(request, "casework/lists.html", {"page": lists_page(request.user)})


@require_safe
def known_list(request: Request, pk: str) -> HttpResponse:
    """One list and its versions."""
    return render(request, "casework/list.html", {"page": list_page(request.user, pk)})


def held_list(request: Request, pk: str) -> HttpResponse:
    """Decide about a document of a list that is held."""
    source = held_source(request.user, pk)
    sent = request.POST if request.method == "POST" else None
    if sent is None and source.standing.held is None:
        return render(request, "casework/not_held.html", {"name": pk})
    form = HeldForm(sent, subject=source, by=request.user)
    if sent is None or not form.is_valid():
        return render(request, form.template, form.page())
    messages.success(request, form.act())
    return redirect(form.after())


@require_safe
def list_versions_picture(request: Request, pk: str) -> HttpResponse:
    """What each version added and took away, as SVG; `?size=narrow` for a small screen."""
    return list_picture.PICTURE.answer(request, list_picture.bars(list_page(request.user, pk)))
