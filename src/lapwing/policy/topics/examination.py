"""Examination of devices: the kinds, the order, and the growth of data."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from lapwing.policy.cited import Entry, Version
from lapwing.policy.topics.risk import Band


class DeviceKind(Entry):
    """A kind of exhibit, and how many hours an examination of one takes."""

    hours: Annotated[int, Field(ge=1)]


class ExaminationVersion(Version):
    """`found_raises_to`: the least band of a case whose device holds something on a list, byte for byte.
    `lifted_after`: days after which an exhibit counts as one band higher (0: never). `bail_near`: days.
    `shared_from`: bytes from which a file that two devices have is shown."""

    data_doubles_in: Annotated[int, Field(ge=1)]
    lifted_after: Annotated[int, Field(ge=0)]
    bail_near: Annotated[int, Field(ge=0)]
    kinds: Annotated[dict[str, DeviceKind], Field(min_length=1)]
    accreditations: dict[str, Entry]
    found_raises_to: Band
    shared_from: Annotated[int, Field(ge=0)]
