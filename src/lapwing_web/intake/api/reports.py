"""Handing over a report by JSON: opened with its document, its files added, finished or retracted.

What it does is what the older protocol does (`intake.actions`); here are only its words.
"""

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router, Status
from ninja.security import HttpBearer

from lapwing_web.intake.actions import answers
from lapwing_web.intake.actions import submissions as actions
from lapwing_web.intake.actions import uploads as adding
from lapwing_web.intake.actions.sealing import known_lists
from lapwing_web.intake.actions.uploads import whole
from lapwing_web.intake.api import door, shapes, uploads
from lapwing_web.intake.models import Account, Submission
from lapwing_web.intake.queries import handed_over

CHANNEL, FORM = "json", "schedule-1"
LARGEST = 999_999_999_999_999

Number = Annotated[str, Path(description="The number of the report.", examples=[shapes.NUMBER])]
Name = Annotated[
    str, Query(description="What the file is called. Text, never a path.", examples=["a picture.png"])
]
MediaType = Annotated[str, Query(description="The media type of the file itself.", examples=["image/png"])]
ContentFileId = Annotated[
    str,
    Query(
        description="Which file of the report’s `content` this is: its `file_id` there. Without it, the one "
        "with the same hash; and a file of neither is added to the report.",
        examples=["file-1"],
    ),
]
FilesFrom = Annotated[
    int,
    Query(ge=0, le=LARGEST, description=f"The first file to list, from 0; {handed_over.FILES:,} are listed."),
]


class ApiKey(HttpBearer):
    """The account's key, as the bearer's. Whoever has none, or a wrong one, learns nothing."""

    def __call__(self, request: HttpRequest) -> Account:
        return door.by_key(request)

    def authenticate(self, request: HttpRequest, token: str) -> Account:
        """Never called: a wrong key and none are told apart by the door."""
        raise NotImplementedError


router = Router(tags=["Reports"])


def account_of(request: HttpRequest) -> Account:
    """Whose key it was."""
    account = request.auth  # type: ignore[attr-defined]
    assert isinstance(account, Account)
    return account


def replies(status: int, shape: Any, *refusals: int) -> dict[int, Any]:
    """The statuses of an operation: its own, what any may give, and `refusals` beside them."""
    every = sorted({401, 403, 429, 500, 503, *refusals})
    return {status: shape, **dict.fromkeys(every, shapes.Problem)}


@router.post(
    "/reports",
    url_name="api-reports",
    operation_id="open_report",
    response=replies(201, shapes.Opened, 400, 413, 415, 422),
)
def open_report(request: HttpRequest, response: HttpResponse) -> Status[shapes.Opened]:
    """Open a report with its document.

    The body is one Schedule 1 document of at most 16 MiB. Nobody is told of the report until it is finished.
    """
    account, key = account_of(request), uploads.idempotency_key(request)
    with door.room_for_a_body():
        content = uploads.document(request)
        submission = actions.open_submission(
            account, content, form=FORM, channel=CHANNEL, key=key, room=door.room_for_a_report
        )
    response["Location"] = shapes.url_of(submission)
    return Status(201, shapes.opened(submission))


@router.get(
    "/reports/{number}",
    url_name="api-report",
    operation_id="get_report",
    response=replies(200, shapes.Standing, 400, 404),
)
def get_report(request: HttpRequest, number: Number, files_from: FilesFrom = 0) -> shapes.Standing:
    """How a report stands: its state, its times, its files, and what it became when it was received."""
    submission = _own(account_of(request), number)
    files = handed_over.files_of(submission, files_from)
    return shapes.standing(submission, files, submission.files.count(), handed_over.receipt_of(submission))


def _own(account: Account, number: str) -> Submission:
    submission = handed_over.submission_of(account, whole(number))
    if submission is None:
        raise answers.NoReport(f"This account has no report {number[:40]}.")
    return submission


@router.post(
    "/reports/{number}/files",
    url_name="api-files",
    operation_id="add_file",
    response=replies(201, shapes.File, 400, 404, 409, 413, 415, 422),
)
def add_file(
    request: HttpRequest,
    number: Number,
    name: Name = "",
    media_type: MediaType = "",
    content_file_id: ContentFileId = "",
) -> Status[shapes.File]:
    """Add a file of any size to an open report: its bytes as the body, or as the part “file” of a form.

    It is hashed and sealed while it streams: compare the MD5, SHA-1 or SHA-256 of the answer with your own.
    """
    account, wanted, key = account_of(request), whole(number), uploads.idempotency_key(request)
    with door.room_for_a_body():
        adding.may_add(account, wanted, key)
        lists = known_lists()
        upload = uploads.received(request, name, media_type)
        file = adding.add_file(
            account,
            wanted,
            upload.staged,
            lists,
            name=upload.name,
            media_type=upload.media_type,
            stated_id=content_file_id,
            key=key,
        )
    return Status(201, shapes.file(file))


@router.post(
    "/reports/{number}/finish",
    url_name="api-finish",
    operation_id="finish_report",
    response=replies(200, shapes.Finished, 404, 409),
)
def finish_report(request: HttpRequest, number: Number) -> shapes.Finished:
    """The report is complete. From now on it is unchangeable, and it is on its way.

    Once more is answered as the first time. Send no body.
    """
    account, wanted = account_of(request), whole(number)
    try:
        submission, files = actions.finish(account, wanted)
    except answers.Finished:
        submission = _own(account, number)
        files = actions.file_ids(submission)
    return shapes.Finished(
        number=submission.number,
        reference=submission.reference,
        state="finished",
        finished_at=shapes.ended(submission),
        files=files,
    )


@router.post(
    "/reports/{number}/retract",
    url_name="api-retract",
    operation_id="retract_report",
    response=replies(200, shapes.Retracted, 404, 409),
)
def retract_report(request: HttpRequest, number: Number) -> shapes.Retracted:
    """Take an open report back. What had been sent of it stays, as a trace.

    Once more is answered as the first time. Send no body.
    """
    account, wanted = account_of(request), whole(number)
    try:
        submission = actions.retract(account, wanted)
    except answers.Retracted:
        submission = _own(account, number)
    return shapes.Retracted(
        number=submission.number,
        reference=submission.reference,
        state="retracted",
        retracted_at=shapes.ended(submission),
    )
