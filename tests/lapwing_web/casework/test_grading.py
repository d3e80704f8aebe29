"""Grades of a scan: each stack is viewed once, and what goes over a budget waits for a superior."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from tests.cast import Cast
from tests.lapwing_web.casework.made import Made
from tests.lapwing_web.casework.test_exhibits import opened, phone
from tests.lapwing_web.casework.test_scan_results import Scanned, attach, scanned

from lapwing_web.audit.actions import _HELD
from lapwing_web.audit.models import AuditEntry
from lapwing_web.casework.actions import grading
from lapwing_web.casework.forms.scan_results import GradesForm
from lapwing_web.casework.models import Grading, ScanResult
from lapwing_web.front.queries.supervision import supervision
from lapwing_web.moment import now
from lapwing_web.notifications.models import Notification
from lapwing_web.refusal import Forbidden, Refused
from lapwing_web.staff.actions import Viewed, count_views, opt_in, opt_out
from lapwing_web.staff.models import Exposure, User
from lapwing_web.staff.models.viewing import budget, left_of

__all__ = ["scanned"]
pytestmark = pytest.mark.django_db


def graded(out: Path) -> bytes:
    """The VICS document that a scan wrote, with every file of it graded."""
    vics = json.loads((out / "case.vics.json").read_bytes())
    for media in vics["value"][0]["Media"]:
        media["Category"] = 3
    return json.dumps(vics).encode()


def take(
    result: ScanResult, document: bytes, grader: Any, by: Any = None, why: str = ""
) -> tuple[Grading, bool]:
    """Take the grades; with a reason, over the grader's budget."""
    given = {"grader": grader, "by": by or grader, "override": bool(why), "why": why}
    return grading.take_grades(result, grades=io.BytesIO(document), **given)


def test_grades_count_each_stack_once_and_a_known_file_never(
    cast: Cast, made: Made, scanned: Scanned
) -> None:
    exhibit, officer = phone(opened(cast, made), cast), cast.officer_a
    out = scanned("one", 0, 1, 2, 3, more=("--vics", "EX-1"))
    result, _ = attach(exhibit, out, officer)
    document = graded(out)
    taken, new = take(result, document, officer)
    assert (new, taken.graded, taken.categories, taken.views) == (True, 5, {"3": 5}, 4)
    assert take(result, document, officer) == (taken, False)
    later = take(result, document + b"\n", officer)
    assert (later[1], later[0].views) == (True, 0)
    with pytest.raises(Refused, match="grader of your own force"):
        take(result, document, cast.officer_b, by=officer)
    with pytest.raises(Refused, match="No grades were taken"):
        take(result, b"{", officer)


class Watched(io.BytesIO):
    """A document that remembers whether the audit's chain was held while it was read."""

    held: bool = False

    def read(self, size: int | None = -1) -> bytes:
        self.held = self.held or getattr(connection, _HELD, False)
        return super().read(size)


def test_nobody_waits_while_a_long_document_is_read(cast: Cast, made: Made, scanned: Scanned) -> None:
    exhibit, officer = phone(opened(cast, made), cast), cast.officer_a
    out = scanned("one", 0, 1, more=("--vics", "EX-1"))
    result, _ = attach(exhibit, out, officer)
    document = Watched(graded(out))
    taken, _ = grading.take_grades(result, grades=document, grader=officer, by=officer)
    assert taken.graded == 3
    assert not document.held


def over_budget(user: Any) -> list[str]:
    """What the page of what goes wrong says of grades that were taken over a budget."""
    [part] = [one for one in supervision(user) if one.name == "over_budget_grades"]
    assert part.count == len(part.rows)
    return [f"{row.label}: {row.who}" for row in part.rows]


def test_views_over_a_budget_wait_for_a_superior_and_then_count(
    cast: Cast, made: Made, scanned: Scanned
) -> None:
    exhibit, officer, by = phone(opened(cast, made), cast), cast.officer_a, cast.supervisor_a
    out = scanned("one", 0, 1, 2, 3, more=("--vics", "EX-1"))
    result, _ = attach(exhibit, out, officer)
    spent = [Viewed("image", f"{n}", now()) for n in range(budget().day - 3)]
    count_views(officer, spent, source=Exposure.Source.GRADER, by=by)
    colleague = User.objects.create(username="colleague", role="force_officer", organisation=cast.force_a)
    with pytest.raises(Refused, match=r"3 of 300 is left today, and this weighs 4.*supervisor other than"):
        take(result, graded(out), officer)
    with pytest.raises(Refused, match=r"may view now\. Keep the document"):
        take(result, graded(out), officer, by=colleague)  # who is not told how much somebody viewed
    assert left_of([officer.pk])[officer.pk].day == 3
    [told] = Notification.objects.filter(kind="grades_refused")
    assert (told.user, told.about) == (by, f"exhibit:{exhibit.pk}")
    assert AuditEntry.objects.filter(action="refuse grades").count() == 2
    for person, why in ((officer, "Mine"), (by, " ")):
        with pytest.raises((Refused, Forbidden)):
            take(result, graded(out), officer, by=person, why=why)
    assert ["override" in GradesForm(subject=exhibit, by=one).fields for one in (by, officer)] == [
        True,
        False,
    ]
    taken, new = take(result, graded(out), officer, by=by, why="Viewed before anybody knew")
    assert (new, taken.views, left_of([officer.pk])[officer.pk].day) == (True, 4, 0)
    assert over_budget(by) == [
        "officer-a, AB/1: taken by supervisor-a (Viewed before anybody knew). "
        "In the way was: 3 of 300 is left today, and this weighs 4."
    ]
    assert over_budget(cast.supervisor_b) == []
    told.refresh_from_db()
    assert told.over_at is not None


def test_who_asked_to_be_given_no_more_is_as_one_over_a_budget(
    cast: Cast, made: Made, scanned: Scanned
) -> None:
    out, exhibit = scanned("one", 0, 1, more=("--vics", "EX-1")), phone(opened(cast, made), cast)
    result, _ = attach(exhibit, out, cast.officer_a)
    for person in (cast.officer_a, cast.supervisor_a):
        opt_out(by=person)
        with pytest.raises(Refused, match="asked to be given no more"):
            take(result, graded(out), person)
    with pytest.raises(Forbidden, match="your own views"):
        take(result, graded(out), cast.supervisor_a, why="I say so")
    opt_in(by=cast.officer_a)
    assert take(result, graded(out), cast.officer_a)[1]


def test_stacks_of_two_scans_are_not_taken_for_one_another(cast: Cast, made: Made, scanned: Scanned) -> None:
    exhibit = phone(opened(cast, made), cast)
    counted = []
    for name, numbers in (("one", (1, 2)), ("two", (3, 4, 5))):
        out = scanned(name, *numbers, more=("--vics", "EX-1"))
        result, _ = attach(exhibit, out, cast.officer_a)
        taken, _ = take(result, graded(out), cast.officer_a)
        counted.append(taken.views)
    assert counted == [3, 3]  # the broken picture is on both, and was viewed already
