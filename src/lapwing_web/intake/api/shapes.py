"""What the JSON API says: the shapes of its replies, as the OpenAPI document gives them."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from ninja import Field, Schema

from lapwing_web.intake.actions.arrive import UNPROCESSED
from lapwing_web.intake.actions.submissions import lapses_at
from lapwing_web.intake.models import Receipt, Submission, SubmittedFile

HERE = "/api/v1"
NUMBER = 1_000_000_017  # of the examples
REFERENCE = "A-2026-000017"
AT = "2026-11-20T12:00:00Z"

Number = Annotated[int, Field(description="The number of the report at this site.", examples=[NUMBER])]
Reference = Annotated[str, Field(description="The provider’s own reference of it.", examples=[REFERENCE])]
Moment = Annotated[datetime, Field(examples=[AT])]
FileId = Annotated[str, Field(pattern="^[0-9a-f]{32}$", examples=["0123456789abcdef0123456789abcdef"])]


class Problem(Schema):
    """A refusal, or a failure (RFC 9457)."""

    type: str = Field(
        description="The kind of problem: an address that explains it.", examples=["/api/v1/docs#invalid"]
    )
    title: str = Field(
        description="The kind of problem in words.", examples=["It says something that cannot be"]
    )
    status: int = Field(description="The HTTP status.", examples=[422])
    detail: str = Field(
        description="What is wrong with this request.", examples=["“abc” is not a whole number."]
    )
    instance: str = Field(
        description="Which request it was.", examples=["urn:uuid:00000000-0000-4000-8000-000000000001"]
    )
    where: str = Field(
        default="",
        description="The place in what was sent: a path with a byte, or a parameter.",
        examples=["$.people[0].ip_events[2].port, byte 1210"],
    )


class Opened(Schema):
    """A report that was opened. The same for every repetition of the request by its idempotency key."""

    number: Number
    reference: Reference
    state: Literal["open"] = Field(description="It is not a report yet: it has to be finished.")
    priority: str = Field(description="The provider’s own assessment: P1, P2, P3 or none.", examples=["P2"])
    escalated: bool = Field(description="Whether the report says that a child is at risk now.")
    opened_at: Moment
    lapses_at: datetime = Field(
        description="When it lapses if nothing is added to it and it is not finished.",
        examples=["2026-11-21T12:00:00Z"],
    )
    url: str = Field(examples=[f"{HERE}/reports/{NUMBER}"])
    files_url: str = Field(examples=[f"{HERE}/reports/{NUMBER}/files"])
    finish_url: str = Field(examples=[f"{HERE}/reports/{NUMBER}/finish"])
    retract_url: str = Field(examples=[f"{HERE}/reports/{NUMBER}/retract"])


class File(Schema):
    """A file that was handed over: sealed, and what it was found to be."""

    file_id: FileId
    name: str = Field(description="What the sender called it.", examples=["a picture.png"])
    content_file_id: str = Field(
        description="Which `content[].file_id` of the report it is, if that was said."
    )
    size: int = Field(description="Bytes.", examples=[1048576])
    md5: str = Field(pattern="^[0-9a-f]{32}$")
    sha1: str = Field(pattern="^[0-9a-f]{40}$")
    sha256: str = Field(pattern="^[0-9a-f]{64}$")
    received_at: Moment


class Arrived(Schema):
    """What became of one thing that was received: a report, or what was found of its files."""

    receipt: int = Field(description="Its number, growing: `after` takes it.", examples=[41])
    number: Number
    reference: Reference
    of: Literal["report", "details"] = Field(description="The report itself, or details of its files.")
    state: Literal["new", "new_version", "duplicate", "attached", "held", "rejected"] = Field(
        description="New; other content under a reference held already; already held; details joined to "
        "their report; details that wait for it; or rejected, for the reason given."
    )
    reason: str = Field(description="Why, of what was rejected or waits.", examples=[""])
    received_at: Moment
    sha256: str = Field(description="Of the document as received.", examples=["0" * 64])
    size: int | None = Field(description="Its bytes.", examples=[2048])


class Standing(Schema):
    """A report, and how it stands."""

    number: Number
    reference: Reference
    state: Literal["open", "finished", "received", "retracted", "lapsed"] = Field(
        description="Open; finished and waiting to be received; received; taken back; never finished in time."
    )
    priority: str = Field(description="The provider’s own assessment: P1, P2, P3 or none.", examples=["P2"])
    escalated: bool
    opened_at: Moment
    changed_at: Moment
    lapses_at: datetime | None = Field(description="Of an open one.", examples=[None])
    ended_at: datetime | None = Field(description="Finished, retracted or lapsed.", examples=[AT])
    file_count: int = Field(examples=[0])
    files: list[File] = Field(description="In the order they came: a page of them, from `files_from`.")
    receipt: Arrived | None = Field(description="What the report became, once it has been received.")


class Finished(Schema):
    """A report that is complete, and from now on unchangeable."""

    number: Number
    reference: Reference
    state: Literal["finished"]
    finished_at: Moment
    files: list[FileId] = Field(description="Every file it has, in the order they came.")


class Retracted(Schema):
    """A report that its provider took back."""

    number: Number
    reference: Reference
    state: Literal["retracted"]
    retracted_at: Moment


class Receipts(Schema):
    """A page of receipts, the oldest first."""

    receipts: list[Arrived]
    after: int = Field(description="Ask with this for what comes next, now or later.", examples=[41])
    more: bool = Field(description="Whether there is more already.")


class Well(Schema):
    """The service is there, and the key is good."""

    account: str = Field(examples=["example-social-test-0a1b2c"])
    environment: Literal["test", "live"]
    at: Moment


def opened(one: Submission) -> Opened:
    """From what never changes of it, so that it can be said again."""
    address = url_of(one)
    return Opened(
        number=one.number,
        reference=one.reference,
        state="open",
        priority=one.priority,
        escalated=one.escalated,
        opened_at=_utc(one.opened_at),
        lapses_at=_utc(lapses_at(one.opened_at, one.opened_at)),
        url=address,
        files_url=f"{address}/files",
        finish_url=f"{address}/finish",
        retract_url=f"{address}/retract",
    )


def url_of(one: Submission) -> str:
    """Its address."""
    return f"{HERE}/reports/{one.number}"


def file(one: SubmittedFile) -> File:
    """Needs its sealed file."""
    sealed = one.sealed
    return File(
        file_id=one.file_id,
        name=one.name,
        content_file_id=one.stated_id,
        size=sealed.size,
        md5=sealed.md5,
        sha1=sealed.sha1,
        sha256=sealed.sha256,
        received_at=_utc(one.received_at),
    )


def arrived(one: Receipt) -> Arrived:
    """Needs its submission. What people did about a rejection, and what failed inside, is the site’s own."""
    told = one.submission
    assert told is not None
    state: Any = str(Receipt.State.REJECTED if one.state == Receipt.State.CLEARED else one.state)
    inside = one.reason.startswith(UNPROCESSED)
    return Arrived(
        receipt=one.pk,
        number=told.number,
        reference=told.reference,
        of="report" if one.name == str(told) or told.state == Submission.State.LAPSED else "details",
        state=state,
        reason=f"{UNPROCESSED}. The site’s people are dealing with it." if inside else one.reason,
        received_at=_utc(one.received_at),
        sha256=one.sha256,
        size=one.size,
    )


def standing(one: Submission, files: list[SubmittedFile], count: int, receipt: Receipt | None) -> Standing:
    """A report with some of its files, of `count` in all, and its receipt."""
    is_open = one.state == Submission.State.OPEN
    state: Any = "received" if receipt is not None and one.report_id else str(one.state)
    return Standing(
        number=one.number,
        reference=one.reference,
        state=state,
        priority=one.priority,
        escalated=one.escalated,
        opened_at=_utc(one.opened_at),
        changed_at=_utc(one.changed_at),
        lapses_at=_utc(one.lapses_at) if is_open else None,
        ended_at=_utc(one.ended_at) if one.ended_at else None,
        file_count=count,
        files=[file(each) for each in files],
        receipt=arrived(receipt) if receipt else None,
    )


def ended(one: Submission) -> datetime:
    """When it ended."""
    assert one.ended_at is not None
    return _utc(one.ended_at)


def _utc(at: datetime) -> datetime:
    return at.astimezone(UTC)
