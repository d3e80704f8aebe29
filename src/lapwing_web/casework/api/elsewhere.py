"""What is said where no view answers: below /api/ a problem document, elsewhere the site's own pages."""

from django.http import HttpRequest, HttpResponse
from django.views import defaults

from lapwing_web.intake.actions import answers
from lapwing_web.intake.api import problems

API = "/api/"


def nothing(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404."""
    if request.path.startswith(API):
        return problems.problem(request, problems.NOTHING, problems.NOTHING_THERE)
    return defaults.page_not_found(request, exception)


def not_readable(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: refused before any view saw it."""
    if request.path.startswith(API):
        return problems.problem_of(request, answers.BadRequest("The address cannot be read."))
    return defaults.bad_request(request, exception)


def failed(request: HttpRequest) -> HttpResponse:
    """500."""
    if request.path.startswith(API):
        return problems.problem(request, problems.FAULT, "The site failed to serve this request.")
    return defaults.server_error(request)
