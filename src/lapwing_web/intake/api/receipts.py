"""What an account is told of what it handed over, and whether the service is there."""

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router

from lapwing_web.intake.api import shapes
from lapwing_web.intake.api.reports import LARGEST, account_of, replies
from lapwing_web.intake.queries import handed_over
from lapwing_web.moment import now

After = Annotated[
    int, Query(ge=0, le=LARGEST, description="The last receipt you were told of.", examples=[0])
]
Limit = Annotated[int, Query(ge=1, le=handed_over.RECEIPTS, description="At most so many.")]

router = Router(tags=["Receipts"])


@router.get(
    "/receipts",
    url_name="api-receipts",
    operation_id="list_receipts",
    response=replies(200, shapes.Receipts, 400),
)
def list_receipts(
    request: HttpRequest, after: After = 0, limit: Limit = handed_over.RECEIPTS
) -> shapes.Receipts:
    """What was received of this account, duplicates and rejections too, in the order in which it was.

    Ask again with `after` for what came since: none is missed and none is told twice.
    """
    found = handed_over.receipts_of_account(account_of(request), after, limit)
    page = [shapes.arrived(one) for one in found[:limit]]
    return shapes.Receipts(receipts=page, after=page[-1].receipt if page else after, more=len(found) > limit)


@router.get("/status", url_name="api-status", operation_id="get_status", response=replies(200, shapes.Well))
def get_status(request: HttpRequest) -> shapes.Well:
    """Whether the service is there, and the key good."""
    account = account_of(request)
    environment: Any = account.environment
    return shapes.Well(account=account.username, environment=environment, at=now())
