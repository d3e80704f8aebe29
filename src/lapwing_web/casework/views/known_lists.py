"""Pages about lists of known files. They show no entry, and never a file."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from lapwing_web.casework.queries import list_picture
from lapwing_web.casework.queries.known_lists import list_page, lists_page
from lapwing_web.staff.request import Request


@require_safe
def lists(request: Request) -> HttpResponse:
    """Every list, first those that cannot be used."""
    return render(request, "casework/lists.html", {"page": lists_page(request.user)})


@require_safe
def known_list(request: Request, pk: str) -> HttpResponse:
    """One list and its versions."""
    return render(request, "casework/list.html", {"page": list_page(request.user, pk)})


@require_safe
def list_versions_picture(request: Request, pk: str) -> HttpResponse:
    """What each version added and took away, as SVG; `?size=narrow` for a small screen."""
    return list_picture.PICTURE.answer(request, list_picture.bars(list_page(request.user, pk)))
