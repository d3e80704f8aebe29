"""Clearing a receipt: a person says what was done about a file that could not be read or waits for its
report.
"""

from typing import Any

from lapwing_web.audit.actions import about, audited, move
from lapwing_web.clocks.actions import settle
from lapwing_web.intake.models import Receipt
from lapwing_web.moment import now
from lapwing_web.refusal import Refused
from lapwing_web.staff.models import User
from lapwing_web.staff.permissions import check

State = Receipt.State


@audited
def clear(receipt: Receipt, *, why: str, by: User) -> Receipt:
    """Take a rejected or waiting receipt off the list, with what was done about it. The record and any bytes
    stay.
    """
    check(by, "clear a receipt")
    seen = receipt.state
    receipt.refresh_from_db()
    if receipt.state != seen and receipt.state == State.CLEARED:
        raise Refused(f"{receipt} has just been cleared by someone else: “{receipt.cleared_why}”.")
    if receipt.state not in (State.REJECTED, State.HELD):
        raise Refused(f"{receipt} is not waiting for anybody: it is “{receipt.get_state_display()}”.")
    if not why.strip():
        raise Refused("Say what was done about it: the reason is kept with the receipt.")
    done: dict[str, Any] = {"cleared_by": by, "cleared_at": now(), "cleared_why": why.strip()}
    move(receipt, State.CLEARED, by=by, action="clear", why=why.strip(), **done)
    settle("rejected_receipt", about(receipt), event="cleared", by=by)
    return receipt
