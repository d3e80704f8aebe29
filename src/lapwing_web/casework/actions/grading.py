"""Taking the grades of what a scan found, and counting what its grader viewed for them.

Views over the grader's budget are refused until a superior answers for them. They have happened all the same:
the refusal is recorded and told to the superiors, and what they take counts in full.
"""

from collections import Counter
from collections.abc import Collection
from typing import BinaryIO

from django.db.models import Min
from msgspec import Struct, field

from lapwing.exchange.hash_sets.vics import VICS
from lapwing.exchange.unreadable import Unreadable
from lapwing.matching.listed import ListedFile
from lapwing.scanning.reading import fingerprint
from lapwing_web.audit.actions import about, audited, record
from lapwing_web.casework.actions.arrests import held_case
from lapwing_web.casework.actions.holding import policy_hash
from lapwing_web.casework.actions.over_budget import OVERRIDE, answered_for, refuse_views
from lapwing_web.casework.models import Grading, ScanFile, ScanResult
from lapwing_web.moment import now
from lapwing_web.notifications.actions import over
from lapwing_web.refusal import Refused
from lapwing_web.staff.actions import Viewed, against_viewing, count_views
from lapwing_web.staff.models import Exposure, User
from lapwing_web.staff.permissions import may

GRADER, TOLD = Exposure.Source.GRADER, "grades_refused"
KINDS = {"picture": "image", "video": "video"}  # as the policy on viewing names them


class Grades(Struct):
    """What a document says of a scan's files: how many in each category, of no file of it, not readable."""

    categories: Counter[str] = field(default_factory=Counter)
    stacks: dict[str, Viewed] = field(default_factory=dict)  # what was viewed, by the name of its stack
    elsewhere: int = 0
    bad: int = 0

    @property
    def viewed(self) -> Collection[Viewed]:
        """What was viewed, each stack once."""
        return self.stacks.values()


def take_grades(
    result: ScanResult, *, grades: BinaryIO, grader: User, by: User, override: bool = False, why: str = ""
) -> tuple[Grading, bool]:
    """Take the grades of a VICS document, and count what its grader viewed: each stack once, a known file
    never. The same document of the same grader again is told as such, and counts nothing.

    Refuses one that is no VICS document, a grader of another force or without the right to view, and views
    that the grader's budget or own word does not allow, unless a superior overrides that with a reason.

    It is read before anything is held: a long document keeps nobody else waiting, and what a scan found never
    changes.
    """
    held_case(result.exhibit.case_id, by)
    mark, read = fingerprint(grades), _read(result, grades)
    taken = _take(result, mark, read, grader=grader, by=by, override=override, why=why)
    if isinstance(taken, str):
        raise Refused(taken)
    return taken


@audited
def _take(
    result: ScanResult, mark: str, read: Grades, *, grader: User, by: User, override: bool, why: str
) -> tuple[Grading, bool] | str:
    """What was taken, and whether it is new; or the refusal, which is recorded before anybody is told."""
    held_case(result.exhibit.case_id, by)
    if grader.organisation_id != by.organisation_id or not may(grader, "view material"):
        raise Refused("Choose a grader of your own force who may view material.")
    if not ScanResult.objects.filter(pk=result.pk, state=ScanResult.State.ATTACHED).exists():
        raise Refused("No grades were taken: the scan that they are of was withdrawn.")
    found = result.gradings.filter(fingerprint=mark, grader=grader).first()
    if found is not None:
        return found, False
    against = against_viewing(grader, read.viewed, source=GRADER)
    if against and not override:
        return _refused(result, mark, grader, against, by)
    why = answered_for(grader, why, by) if against else ""
    views = count_views(grader, read.viewed, source=GRADER, by=by)
    made = Grading.objects.create(
        result=result, fingerprint=mark, grader=grader, at=now(), by=by, views=views, bad=read.bad,
        categories=dict(sorted(read.categories.items())), graded=read.categories.total(),
        elsewhere=read.elsewhere, obstacles=against, why=why,
    )  # fmt: skip
    new = {"grader": grader.username, "graded": made.graded, "views": views, "fingerprint": mark}
    action = OVERRIDE if against else "take grades"
    policy = policy_hash("exposure")
    record(action, result.exhibit, by=by, why=why, new={**new, "overrides": against}, policy=policy)
    over([about(result.exhibit)], kinds=[TOLD], events=[_event(mark, grader)])
    return made, True


def _refused(result: ScanResult, mark: str, grader: User, against: list[str], by: User) -> str:
    """Record that the grades were refused, tell who may take them, and say what comes next."""
    because = refuse_views(
        result.exhibit, grader, against, action="refuse grades", told=TOLD, event=_event(mark, grader),
        new={"grader": grader.username, "fingerprint": mark}, by=by,
    )  # fmt: skip
    return (
        f"No grades were taken, and no view was counted: {because}. "
        f"Keep the document. A supervisor other than {grader} can take it on this page with a reason, and "
        "every view in it then counts; supervisors have been told. Until then, give "
        f"{grader} nothing more to view."
    )


def _event(mark: str, grader: User) -> str:
    return f"grades {mark} of {grader.pk}"


def _read(result: ScanResult, grades: BinaryIO) -> Grades:
    names, found = _stack_names(result), Grades()
    try:
        for entry in VICS.read(grades):
            if not isinstance(entry, ListedFile):
                found.bad += 1
            elif entry.category in ("", "0"):
                continue
            elif (file := _of(result, entry)) is None:
                found.elsewhere += 1
            else:
                found.categories[entry.category] += 1
                stack = names.get(file.stack, file.sha256)
                found.stacks[stack] = Viewed(KINDS.get(file.kind, "unknown"), stack, now(), file.known)
    except Unreadable as error:
        raise Refused(f"No grades were taken. {error}") from error
    return found


def _stack_names(result: ScanResult) -> dict[int | None, str]:
    """Each stack by the first SHA-256 in it. A number is of one scan only: the next has another for it."""
    stacked = result.files.exclude(stack=None).values_list("stack").annotate(first=Min("sha256"))
    return dict(stacked.values_list("stack", "first"))


def _of(result: ScanResult, entry: ListedFile) -> ScanFile | None:
    """The content of this scan that an entry is of."""
    for kind in ("sha256", "md5"):
        if kind in entry.hashes:
            return result.files.filter(**{kind: entry.hashes[kind].hex()}).first()
    return None
