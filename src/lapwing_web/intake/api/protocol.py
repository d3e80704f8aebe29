"""The CyberTipline Reporting API, as its clients speak it: `/ispws/status`, `xsd`, `submit`, `upload`,
`fileinfo`, `finish`, `retract`.

Source: the protocol as the handbook and NCMEC's published schema give it (docs/reporting-api.md).
"""

import logging
import uuid
from collections.abc import Callable
from functools import wraps

from django.contrib.auth.decorators import login_not_required
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from lapwing.exchange.ncmec.replies import DoneReply, Reply, write_reply
from lapwing.exchange.ncmec.xsd import schema
from lapwing_web.intake.actions import answers, uploads
from lapwing_web.intake.actions import submissions as actions
from lapwing_web.intake.actions.sealing import known_lists, seal
from lapwing_web.intake.actions.uploads import whole
from lapwing_web.intake.api import bodies, door
from lapwing_web.intake.models import Account
from lapwing_web.refusal import Refused

LOG = logging.getLogger(__name__)
XML = "text/xml; charset=UTF-8"
View = Callable[[HttpRequest, Account], Reply | DoneReply]


def _protocol(method: str) -> Callable[[View], Callable[[HttpRequest], HttpResponse]]:
    """A view of the protocol: whoever asks is let in first, and whatever happens becomes its reply."""

    def decorate(view: View) -> Callable[[HttpRequest], HttpResponse]:
        @wraps(view)
        def answered(request: HttpRequest) -> HttpResponse:
            request_id = uuid.uuid4().hex
            try:
                if request.method != method:
                    raise answers.NoMethod(f"Use {method} here, not {request.method}.")
                account = door.by_password(request)
                if method == "GET":
                    reply = _replied(view(request, account))
                else:
                    with door.room_for_a_body():
                        reply = _replied(view(request, account))
            except answers.Answer as answer:
                reply = _refused(answer)
            except Refused as refused:  # the vault cannot take a file: the site's matter, not the company's
                LOG.error("request %s was refused: %s", request_id, refused)
                reply = _refused(answers.Unwell(str(refused)))
            except (OperationalError, InterfaceError, OSError, MemoryError):
                LOG.exception("request %s could not be served", request_id)
                reply = _refused(answers.Unwell("The site cannot take this now. Try again shortly."))
            except Exception:
                LOG.exception("request %s failed", request_id)
                reply = _replied(Reply(1000, "Server error. Nothing was kept of this request."), 500)
            reply["Request-ID"] = request_id
            return reply

        answered.whole_body = True  # type: ignore[attr-defined]  # no middleware may read it
        return csrf_exempt(login_not_required(answered))

    return decorate


def _replied(reply: Reply | DoneReply, status: int = 200) -> HttpResponse:
    return HttpResponse(write_reply(reply), content_type=XML, status=status)


def _refused(answer: answers.Answer) -> HttpResponse:
    reply = _replied(Reply(answer.code, str(answer)), answer.status)
    if answer.status == 401:
        reply["WWW-Authenticate"] = 'Basic realm="Lapwing reporting API", charset="UTF-8"'
    if answer.retry_after is not None:
        reply["Retry-After"] = str(answer.retry_after)
    return reply


@_protocol("GET")
def status(request: HttpRequest, account: Account) -> Reply:
    """The service is there, and the account is good."""
    return Reply(0, "Success")


@login_not_required
@require_safe
def xsd(request: HttpRequest) -> HttpResponse:
    """Lapwing's own schema of the documents that are read here."""
    reply = HttpResponse(schema(), content_type=XML)
    reply["Request-ID"] = uuid.uuid4().hex
    return reply


@_protocol("POST")
def submit(request: HttpRequest, account: Account) -> Reply:
    """Open a report with its XML document."""
    content = bodies.document(request)
    submission = actions.open_submission(
        account, content, form="ncmec-report", channel="ispws", room=door.room_for_a_report
    )
    return Reply(0, "Success", reference=str(submission.number))


@_protocol("POST")
def upload(request: HttpRequest, account: Account) -> Reply:
    """Seal a file of an open report. The report's id may come before or after the file."""
    number: int | None = None
    staged, name, media_type = None, "", ""
    lists = known_lists()
    for part in bodies.parts(request):
        if part.name == "id" and part.file_name is None:
            number = whole(bodies.text(part))
            uploads.may_add(account, number)
        elif part.name == "file" and staged is None:
            staged = seal(part.blocks)
            name, media_type = part.file_name or "", part.media_type
        elif part.name == "file":
            raise answers.BadRequest("Send one file at a time.")
    if number is None or staged is None:
        missing = "id" if number is None else "file"
        raise answers.BadRequest(f"The form has no part “{missing}”.")
    file = uploads.add_file(account, number, staged, lists, name=name, media_type=media_type)
    return Reply(0, "Success", reference=str(number), file_id=file.file_id, digest=staged.digests.md5)


@_protocol("POST")
def fileinfo(request: HttpRequest, account: Account) -> Reply:
    """Take the details of a file, once."""
    file = uploads.describe_file(account, bodies.document(request))
    return Reply(0, "Success", reference=str(file.submission.number))


@_protocol("POST")
def finish(request: HttpRequest, account: Account) -> DoneReply:
    """The report is complete."""
    submission, file_ids = actions.finish(account, whole(bodies.field(request, "id")))
    return DoneReply(0, str(submission.number), file_ids)


@_protocol("POST")
def retract(request: HttpRequest, account: Account) -> Reply:
    """The company takes the report back."""
    submission = actions.retract(account, whole(bodies.field(request, "id")))
    return Reply(0, "Success", reference=str(submission.number))
