"""Errors of the JSON API, each a problem document (RFC 9457), wherever they come from."""

import logging
import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any, NamedTuple

from django.contrib.auth.decorators import login_not_required
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI
from ninja.errors import ValidationError

from lapwing.exchange import Unreadable
from lapwing_web.intake.actions import answers
from lapwing_web.intake.actions.arrive import storable
from lapwing_web.refusal import Refused

LOG = logging.getLogger(__name__)
MEDIA_TYPE = "application/problem+json"
DOCS = "/api/v1/docs"
NOTHING_THERE = "There is nothing at this address. GET /api/v1/openapi.json lists what there is."
View = Callable[..., HttpResponse]


class Kind(NamedTuple):
    """A kind of problem: its status, the last part of its `type`, and its title."""

    status: int
    slug: str
    title: str


KINDS: dict[type[answers.Answer], Kind] = {
    answers.BadRequest: Kind(400, "bad-request", "The request is not as this address has it"),
    answers.NotXml: Kind(400, "malformed", "The document cannot be read at all"),
    answers.BadFile: Kind(
        400, "broken-upload", "The upload broke off, or its parts are not as they should be"
    ),
    answers.NotKnown: Kind(401, "not-known", "The key is not right"),
    answers.NotAllowed: Kind(403, "not-allowed", "The account may not do that here"),
    answers.NoReport: Kind(404, "no-report", "The account has no such report"),
    answers.NoFile: Kind(404, "no-file", "The report has no such file"),
    answers.NoMethod: Kind(405, "no-method", "The address is asked by another method"),
    answers.Finished: Kind(409, "finished", "The report is finished and can no longer be changed"),
    answers.Retracted: Kind(409, "retracted", "The report was retracted"),
    answers.TooLarge: Kind(413, "too-large", "It is larger than what is read here"),
    answers.Unsupported: Kind(415, "unsupported", "The body is of a kind that is not read here"),
    answers.Invalid: Kind(422, "invalid", "It says something that cannot be"),
    answers.KeyReused: Kind(422, "key-reused", "The idempotency key was used for another body"),
    answers.Locked: Kind(429, "locked", "Too many wrong keys came from this address"),
    answers.TooMany: Kind(429, "too-many", "The account makes too many requests"),
    answers.Unwell: Kind(503, "unwell", "The site cannot take this now"),
}
NOTHING = Kind(404, "nothing-here", "There is nothing at this address")
FAULT = Kind(500, "fault", "The site failed")


def answered(view: View) -> View:
    """A view of the API: without a session, its body unread by any middleware, its replies marked.

    Whatever happens becomes a reply of the API, a refused method too, which never meets a handler.
    """

    @wraps(view)
    def inside(request: HttpRequest, **address: Any) -> HttpResponse:
        try:
            reply = view(request, **address)
        except Exception as error:
            reply = problem_of(request, error)
        if reply.status_code == 405:
            allowed = reply["Allow"]
            reply = problem_of(request, answers.NoMethod(f"Use {allowed} here, not {request.method}."))
            reply["Allow"] = allowed
        reply["Request-ID"] = request_id(request)
        return reply

    inside.whole_body = True  # type: ignore[attr-defined]  # no middleware may read it
    return csrf_exempt(login_not_required(inside))


def request_id(request: HttpRequest) -> str:
    """What the reply and the log call this request."""
    if not hasattr(request, "request_id"):
        request.request_id = uuid.uuid4().hex  # type: ignore[attr-defined]
    return str(request.request_id)  # type: ignore[attr-defined]


def handle_in(api: NinjaAPI) -> None:
    """Let `api` turn every exception into a problem, its own kinds too."""
    for kind in list(api._exception_handlers):
        api.add_exception_handler(kind, problem_of)
    api.add_exception_handler(Exception, problem_of)


def problem_of(request: HttpRequest, error: Exception | type[Exception]) -> HttpResponse:
    """The problem document that says what `error` is. One of our own faults is logged and says nothing."""
    if isinstance(error, ValidationError):
        return _of_parameters(request, error)
    if isinstance(error, Refused) and not isinstance(error, answers.Answer):
        # The vault cannot take a file, say: the site's matter, not the company's.
        LOG.error("request %s was refused: %s", request_id(request), error)
        error = answers.Unwell(str(error))
    if isinstance(error, OperationalError | InterfaceError | OSError | MemoryError):
        LOG.error("request %s could not be served", request_id(request), exc_info=error)
        error = answers.Unwell("The site cannot take this now. Try again shortly.")
    if not isinstance(error, answers.Answer):
        LOG.error("request %s failed", request_id(request), exc_info=error)  # type: ignore[arg-type]
        return problem(
            request, FAULT, "Nothing was kept of this request. The site’s people can find it by its id."
        )
    kind = next(KINDS[one] for one in type(error).__mro__ if one in KINDS)
    cause = error.__cause__
    detail, where = (cause.sentence, cause.where) if isinstance(cause, Unreadable) else (str(error), "")
    reply = problem(request, kind, detail, where)
    if error.retry_after is not None:
        reply["Retry-After"] = str(error.retry_after)
    if kind.status == 401:
        reply["WWW-Authenticate"] = 'Bearer realm="Lapwing"'
    return reply


def problem(request: HttpRequest, kind: Kind, detail: str, where: str = "") -> HttpResponse:
    """A problem document. `where`: the place in what was sent."""
    said = {
        "type": f"{DOCS}#{kind.slug}",
        "title": kind.title,
        "status": kind.status,
        "detail": storable(detail, 2000),
        "instance": f"urn:uuid:{uuid.UUID(request_id(request))}",
    }
    if where:
        said["where"] = storable(where, 500)
    reply = JsonResponse(said, status=kind.status, content_type=MEDIA_TYPE)
    reply["Request-ID"] = request_id(request)
    return reply


def _of_parameters(request: HttpRequest, error: ValidationError) -> HttpResponse:
    first = error.errors[0]
    where = ".".join(str(step) for step in first["loc"])
    return problem(request, KINDS[answers.BadRequest], f"{first['msg']}.", where)
