"""Whether a person must see a document before it changes a list. One that loses entries loses matches, in
silence."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from lapwing.matching.changing import Weight
from lapwing.matching.versions import kept
from lapwing.policy.topics import ListSourcesVersion
from lapwing.sources.arriving import Arrived, Coming
from lapwing.sources.configured import Source
from lapwing.sources.standing import Standing


class Suspicious(Exception):
    """A person must see this document first: the sentence says why."""


def weigher(
    folder: Path,
    source: Source,
    policy: ListSourcesVersion,
    before: Standing,
    arrived: Arrived,
    coming: Coming,
) -> Callable[[Weight], None]:
    """A check for `bring_in`, which raises Suspicious. It looks at the list as it is when it is called."""

    def weigh(weight: Weight) -> None:
        share = policy.amount("bad_percent") if source.skip_bad else 0
        if coming.number_bad * 100 > (coming.number + coming.number_bad) * share:
            raise Suspicious(f"{coming.number_bad:,} of its entries cannot be taken, the first: {coming.bad}")
        if source.how == "whole" and not weight.before and not weight.after:
            raise Suspicious("it has no entries, and neither has the list")
        if why := (weight.added or weight.gone) and (
            older(folder, source, before, arrived) or too_much(weight, policy)
        ):
            raise Suspicious(why)

    return weigh


def older(folder: Path, source: Source, before: Standing, arrived: Arrived) -> str:
    """Why a document counts as an older one that was put back; "" when it does not."""
    versions = kept(folder)
    for earlier in versions[:-1]:
        if source.kind == "file" and earlier.sha256 == arrived.sha256:
            now = versions[-1].number
            return f"it is the document of version {earlier.number} again, and the list is at {now}"
    last = datetime.fromisoformat(before.made) if before.made and versions else None
    if last is not None and arrived.made is not None and arrived.made < last:
        return f"it was made at {arrived.made.isoformat()}, before the last one, of {before.made}"
    return ""


def too_much(weight: Weight, policy: ListSourcesVersion) -> str:
    """Why a change is too great to be made without a person; "" when it is not."""
    has, more = weight.before, weight.after - weight.before
    if not has:
        return ""
    if not weight.after:
        return f"it would take away {weight.gone:,} of {has:,} entries, and leave none"
    if max(has, weight.after) < policy.amount("few_entries"):
        return ""
    if weight.gone * 100 > has * policy.amount("shrink_percent"):
        return f"it would take away {weight.gone:,} of {has:,} entries, or put others in their place"
    if more * 100 > has * policy.amount("grow_percent"):
        return f"it would add {more:,} to {has:,} entries"
    return ""
