"""Pages that join applications, and what every page has around it."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme

from lapwing_web.front.queries import furniture as around_pages
from lapwing_web.front.queries.glossary import words
from lapwing_web.refusal import Forbidden, Refused


class refusals:
    """Middleware: a Refused raised anywhere becomes one page that says why, with nothing changed."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """The page that says why, or None for any other exception."""
        if not isinstance(exception, Refused):
            return None
        came_from = request.META.get("HTTP_REFERER", "")
        known = url_has_allowed_host_and_scheme(came_from, {request.get_host()})
        heading = "You cannot do that" if isinstance(exception, Forbidden) else "That could not be done"
        page = {"why": str(exception), "heading": heading, "back": came_from if known else ""}
        return render(request, "refused.html", page, status=exception.status)


def furniture(request: HttpRequest) -> dict[str, Any]:
    """Context processor: what every page shows around its content."""
    return around_pages.around(getattr(request, "user", None), request.path)


def glossary(request: HttpRequest) -> HttpResponse:
    """What the words of the field mean."""
    return render(request, "front/glossary.html", {"words": words()})
