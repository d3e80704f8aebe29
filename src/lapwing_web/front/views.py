"""Pages that join applications, and what every page has around it."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, QueryDict, UnreadablePostError
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from lapwing_web.front import actions
from lapwing_web.front.queries import furniture as around_pages
from lapwing_web.front.queries.blocks import since
from lapwing_web.front.queries.glossary import words
from lapwing_web.front.queries.home import blocks
from lapwing_web.front.queries.search import find, searches_names
from lapwing_web.front.queries.supervision import supervision as going_wrong
from lapwing_web.refusal import Forbidden, refusal
from lapwing_web.staff.request import Request


class readable_text:
    """Middleware: a NUL in an address, a form or a cookie is refused (400) before anything reads it.

    No person types one, and PostgreSQL keeps none. A view marked `whole_body` reads its body itself.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        _no_nul([request.path, *request.COOKIES.values(), *_texts(request.GET)])
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        """The form's fields, once it is known whose form it is."""
        if getattr(view, "whole_body", False):
            return
        try:
            _no_nul(_texts(request.POST))
        except UnreadablePostError as error:
            raise BadRequest("the sender went away") from error


def _texts(given: QueryDict) -> list[str]:
    return [text for name, values in given.lists() for text in (name, *values)]


def _no_nul(sent: list[str]) -> None:
    if any("\0" in text for text in sent):
        raise BadRequest("a NUL was sent")


class kept_nowhere:
    """Middleware: no page of the site stays in a cache or behind a browser's Back; files of its style may."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        reply = self.get_response(request)
        reply["Cache-Control"] = "no-store, private"
        return reply


class refusals:
    """Middleware: a Refused raised anywhere becomes one page that says why, with nothing changed."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """The page that says why, or None for any other exception."""
        refused = refusal(exception)
        if refused is None:
            return None
        came_from = request.META.get("HTTP_REFERER", "")
        known = url_has_allowed_host_and_scheme(came_from, {request.get_host()})
        heading = "You cannot do that" if isinstance(refused, Forbidden) else "That could not be done"
        page = {"why": str(refused), "heading": heading, "back": came_from if known else ""}
        return render(request, "refused.html", page, status=refused.status)


def furniture(request: HttpRequest) -> dict[str, Any]:
    """Context processor: what every page shows around its content."""
    at_the_door = getattr(request, "at_the_door", False)
    return around_pages.around(getattr(request, "user", None), request.path, at_the_door=at_the_door)


@require_safe
def home(request: Request) -> HttpResponse:
    """What cannot wait, for this person."""
    made = blocks(request.user)
    quiet = [block for block in made if not block.large]
    page = {"blocks": made, "quiet": quiet, "since": since(request.user)}
    return render(request, "front/home.html", page)


@require_POST
def home_seen(request: Request) -> HttpResponse:
    """They have seen what is new."""
    actions.mark_seen(by=request.user)
    return redirect("home")


@require_safe
def search(request: Request) -> HttpResponse:
    """A reference or a selector, among what this person may see."""
    found = find(request.user, request.GET.get("q", ""))
    if found.text:
        actions.record_search(found.text, found.total, cases=found.case_names, by=request.user)
    return render(request, "front/search.html", {"found": found, "names": searches_names(request.user)})


@require_safe
def supervision(request: Request) -> HttpResponse:
    """What is about to go wrong, and who is next."""
    return render(request, "front/supervision.html", {"parts": going_wrong(request.user)})


@require_safe
def glossary(request: HttpRequest) -> HttpResponse:
    """What the words of the field mean."""
    return render(request, "front/glossary.html", {"words": words()})
