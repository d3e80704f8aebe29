"""What became of a report, asked by its provider's own reference."""

from datetime import datetime
from typing import Annotated

from django.http import HttpRequest
from ninja import Field, Path, Router, Schema

from lapwing_web.casework.queries.progress import Progress, progress_of
from lapwing_web.intake.actions import answers
from lapwing_web.intake.actions.arrive import kept_reference
from lapwing_web.intake.api import shapes
from lapwing_web.intake.api.reports import account_of, replies
from lapwing_web.intake.queries import handed_over

Asked = Annotated[
    str,
    Path(
        description="The provider’s own reference: `unique_reference` of the document.",
        examples=[shapes.REFERENCE],
        min_length=1,
    ),
]
STATES = (
    "Open; finished, and waiting to be received; received; being worked by people; decided; taken back; "
    "never finished in time. What was decided is not told."
)

router = Router(tags=["Receipts"])


class Sent(Schema):
    """One report that was handed over under the reference."""

    number: shapes.Number
    state: Progress = Field(description=STATES)
    opened_at: shapes.Moment
    ended_at: datetime | None = Field(description="Finished, retracted or lapsed.", examples=[shapes.AT])
    url: str = Field(examples=[f"{shapes.HERE}/reports/{shapes.NUMBER}"])


class Referenced(Schema):
    """What was handed over under a reference, the latest first."""

    reference: shapes.Reference
    state: Progress = Field(description=f"Of the latest. {STATES}")
    reports: list[Sent]
    more: bool = Field(description=f"Whether there are more than the {handed_over.REPORTS} listed.")


@router.get(
    "/references/{path:reference}",
    url_name="api-reference",
    operation_id="get_reference",
    response=replies(200, Referenced, 404),
)
def get_reference(request: HttpRequest, reference: Asked) -> Referenced:
    """What this account handed over under a reference of its own, and how far it has come."""
    kept = kept_reference(reference)
    found = list(handed_over.submissions_called(account_of(request), kept)[: handed_over.REPORTS + 1])
    if not found:
        raise answers.NoReport("This account has sent no report of that reference.")
    listed = found[: handed_over.REPORTS]
    progress = progress_of(listed)
    reports = [
        Sent(
            number=one.number,
            state=progress[one.pk],
            opened_at=one.opened_at,
            ended_at=one.ended_at,
            url=shapes.url_of(one),
        )
        for one in listed
    ]
    return Referenced(reference=kept, state=reports[0].state, reports=reports, more=len(found) > len(listed))
