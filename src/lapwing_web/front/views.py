"""Pages that join applications, and what every page has around it."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from lapwing_web.refusal import Refused


class refusals:
    """Middleware: a Refused raised anywhere becomes one page that says why, with nothing changed."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, Refused):
            return render(request, "refused.html", {"why": str(exception)}, status=exception.status)
        return None


def furniture(request: HttpRequest) -> dict[str, Any]:
    """What every page shows around its content."""
    return {}
