"""Registered offenders: what they must tell the police, within which time, and for how long."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from lapwing.policy.cited import Entry, Version

DUTIES = {
    "initial",
    "change",
    "release",
    "yearly",
    "no_fixed_address",
    "travel",
    "travel_late",
    "returned",
    "household",
    "another_address",
}
DISPOSALS = {
    "imprisonment_long",
    "imprisonment_middle",
    "imprisonment_short",
    "hospital_restricted",
    "hospital",
    "caution",
    "conditional_discharge",
    "order",
    "other",
}


class Limit(Entry):
    """A duty's time. `beginning`: the day it follows from is the first; else the next day is.

    For travel it is the time before the day of departure. `renews`: whether the year, or the week, begins
    again with such a notification.
    """

    amount: Annotated[int, Field(ge=1)]
    unit: Literal["hours", "days", "months"]
    beginning: bool = False
    renews: bool = False


class NotificationPeriod(Entry):
    """How long a disposal makes somebody notify: `months`, or until the order ends (`as_ordered`), or without
    end.

    `halved`: whether the period is half for somebody under 18 on the relevant date.
    """

    months: Annotated[int, Field(ge=0)] = 0
    as_ordered: bool = False
    halved: bool = False


class NotificationVersion(Version):
    """Duties and periods by code. Terms of imprisonment are in months.

    `stay_days` within `stay_months` at one place make it another address; `household_hours` in a household
    with a child make a stay one to notify. `review_after`, `review_after_under_18`: months from the first
    notification until an indefinite period may be reviewed.
    """

    long_from: Annotated[int, Field(ge=1)]
    short_up_to: Annotated[int, Field(ge=1)]
    stay_days: Annotated[int, Field(ge=1)]
    stay_months: Annotated[int, Field(ge=1)]
    household_hours: Annotated[int, Field(ge=1)]
    review_after: Annotated[int, Field(ge=1)]
    review_after_under_18: Annotated[int, Field(ge=1)]
    duties: dict[str, Limit]
    periods: dict[str, NotificationPeriod]

    @model_validator(mode="after")
    def _whole(self) -> NotificationVersion:
        if set(self.duties) != DUTIES:
            raise ValueError(f"the duties are {', '.join(sorted(DUTIES))}")
        if set(self.periods) != DISPOSALS:
            raise ValueError(f"the periods are those of {', '.join(sorted(DISPOSALS))}")
        for code, one in self.periods.items():
            if one.months and one.as_ordered:
                raise ValueError(f"{code}: a period is of months or as ordered, not both")
            if one.months % 2 and one.halved:
                raise ValueError(f"{code}: half of a period is a whole number of months")
        return self
