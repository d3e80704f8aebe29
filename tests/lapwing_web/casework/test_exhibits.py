"""Exhibits: continuity that anyone can verify, a queue that risk orders, and examinations in accredited
places.
"""

from datetime import date, timedelta
from pathlib import Path

import msgspec
import pytest
from django.test import Client
from django.urls import reverse
from tests.access.test_every_route import reason_to_look
from tests.cast import Cast
from tests.lapwing_web.casework.made import Made
from tests.lapwing_web.casework.worked import answer_all, case_of

from lapwing.cli import main
from lapwing.rules.continuity import Export, faults
from lapwing.rules.examination import Forecast, Growth
from lapwing_web.casework.actions import exhibits, outcome, package
from lapwing_web.casework.actions.cases import join_cases
from lapwing_web.casework.actions.unjoining import undo_join
from lapwing_web.casework.models import Case, CaseJoin, Continuity, Exhibit
from lapwing_web.casework.queries.exhibits import (
    ForecastPage,
    exhibit_page,
    export_of,
    forecast_page,
    queue_page,
)
from lapwing_web.moment import UK, now, today
from lapwing_web.refusal import Forbidden, Refused

pytestmark = pytest.mark.django_db


def opened(cast: Cast, made: Made, number: int = 1) -> Case:
    sent = package.disseminate(made(number), to=cast.force_a, reason="best_evidence", by=cast.intelligence)
    package.accept(sent, by=cast.officer_a)
    return case_of(sent)


def phone(case: Case, cast: Cast, number: str = "AB/1", **more: str) -> Exhibit:
    at = now() - timedelta(hours=9)
    given = {"kind": "phone", "description": "A phone", "at": at, "place": "A flat", **more}
    return exhibits.seize(case, number=number, by=cast.officer_a, **given)  # type: ignore[arg-type]


def test_a_chain_is_verified_by_anyone_and_shows_a_change(
    cast: Cast, made: Made, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    exhibit = phone(opened(cast, made), cast)
    steps = [("sealed", "S1"), ("moved", "S1"), ("opened", "S1"), ("examined", ""), ("sealed", "S2")]
    for hours, (step, seal) in enumerate(steps):
        at = now() - timedelta(hours=8 - hours)
        exhibits.record_continuity(exhibit, step=step, at=at, place="Store", seal=seal, by=cast.officer_a)
    file = tmp_path / "chain.json"
    file.write_bytes(export_of(exhibit))
    assert main(["verify-exhibit", str(file)]) == 0
    assert f"whole: {exhibit.reference}, 6 steps" in capsys.readouterr().out
    head = Continuity.objects.get(position=4).hash
    assert main(["verify-exhibit", str(file), "--head", head]) == 0
    Continuity.objects.filter(position=3).update(place="Elsewhere")
    file.write_bytes(export_of(exhibit))
    assert main(["verify-exhibit", str(file)]) == 1
    assert "step 3: it was changed" in capsys.readouterr().out
    file.write_bytes(file.read_bytes().replace(b"6,", b"7,", 1)[:-40])
    assert main(["verify-exhibit", str(file)]) == 2


def test_a_chain_stays_whole_when_its_case_is_joined_to_another_and_taken_out_again(
    cast: Cast, made: Made
) -> None:
    case, into = opened(cast, made), opened(cast, made, 2)
    exhibit = phone(case, cast)
    join_cases(case, into=into, why="one suspect", by=cast.officer_a)
    for joined in (True, False):
        exhibit.refresh_from_db()
        assert (exhibit.case == into) == joined
        exhibits.record_continuity(exhibit, step="moved", at=now(), place="Store", by=cast.officer_a)
        assert exhibit_page(cast.officer_a, exhibit)["faults"] == []
        export = msgspec.json.decode(export_of(exhibit), type=Export)
        assert list(faults(export.exhibit, export.steps)) == []
        if joined:
            undo_join(CaseJoin.objects.get(), why="two", by=cast.officer_a)


def test_steps_that_cannot_be_are_refused(cast: Cast, made: Made) -> None:
    exhibit = phone(opened(cast, made), cast)
    step = {"at": now(), "place": "Store", "by": cast.officer_a}
    with pytest.raises(Refused, match="was last “Seized”"):
        exhibits.record_continuity(exhibit, step="opened", **step)  # type: ignore[arg-type]
    with pytest.raises(Refused, match="Give the number of the seal"):
        exhibits.record_continuity(exhibit, step="sealed", **step)  # type: ignore[arg-type]
    with pytest.raises(Refused, match="before the last one"):
        exhibits.record_continuity(exhibit, step="moved", at=now() - timedelta(days=2), by=cast.officer_a)
    exhibits.record_continuity(exhibit, step="sealed", seal="S1", **step)  # type: ignore[arg-type]
    with pytest.raises(Refused, match="The seal put on was S1"):
        exhibits.record_continuity(exhibit, step="opened", seal="S2", **step)  # type: ignore[arg-type]
    exhibits.record_continuity(exhibit, step="opened", seal="S2", text="Told the store", **step)  # type: ignore[arg-type]
    with pytest.raises(Forbidden):
        exhibits.record_continuity(exhibit, step="sealed", at=now(), seal="S3", by=cast.officer_b)
    with pytest.raises(Refused, match="already"):
        phone(exhibit.case, cast)


def test_an_exhibit_returned_is_at_its_end(cast: Cast, made: Made) -> None:
    exhibit = phone(opened(cast, made), cast)
    exhibits.queue(exhibit, by=cast.officer_a)
    with pytest.raises(Refused, match="Take it out of the queue"):
        exhibits.record_continuity(exhibit, step="returned", at=now(), by=cast.officer_a)
    exhibits.unqueue(exhibit, why="Given up", by=cast.officer_a)
    exhibits.record_continuity(exhibit, step="returned", at=now(), by=cast.officer_a)
    assert exhibit.state == "ended"
    with pytest.raises(Refused):
        exhibits.queue(exhibit, by=cast.officer_a)


def test_the_queue_is_the_forces_own_and_in_the_order_of_risk(cast: Cast, made: Made) -> None:
    low, high = opened(cast, made, 1), opened(cast, made, 2)
    Case.objects.filter(pk=low.pk).update(band="low")
    Case.objects.filter(pk=high.pk).update(band="high")
    for case in (low, high):
        exhibits.queue(phone(case, cast), by=cast.officer_a)
    assert [line.exhibit.case for line in queue_page(cast.officer_a).lines] == [high, low]
    assert [line.placed.starts_on for line in queue_page(cast.officer_a).lines] == [None, None]
    exhibits.set_laboratory(name="Main", hours_a_week=12, accredited=[], by=cast.supervisor_a)
    starts = [line.placed.starts_on for line in queue_page(cast.officer_a).lines]
    assert starts == [today(), today() + timedelta(days=7)]
    assert queue_page(cast.officer_b).lines == []
    assert forecast_page(cast.officer_a).growth.backlog_hours == 24
    assert forecast_page(cast.officer_b).growth.backlog_hours == 0


def months(*high: int) -> list[tuple[date, Forecast]]:
    return [(date(2026, n, 1), Forecast(n, 0, 0, one)) for n, one in enumerate(high, 1)]


@pytest.mark.parametrize(
    ("high", "shown"), [((0, 0, 0), ()), ((5, 0, 0), (1,)), ((0, 3, 0, 7, 0), (2, 3, 4)), ((1, 2), (1, 2))]
)
def test_months_in_which_nothing_waits_are_left_out_at_both_ends(
    high: tuple[int, ...], shown: tuple[int, ...]
) -> None:
    page = ForecastPage(months(*high), Growth(0.0, 0.0, 0.0, 0.0), 18)
    assert tuple(one.month for _, one in page.shown) == shown


def test_a_force_with_nothing_that_waits_has_no_table_of_noughts(cast: Cast, client: Client) -> None:
    client.force_login(cast.officer_a)
    page = client.get(reverse("examinations-forecast")).content.decode()
    assert "No backlog." in page
    assert "<table" not in page


def test_a_case_does_not_end_while_a_device_waits_and_a_laboratory_must_be_accredited(
    cast: Cast, made: Made
) -> None:
    case = opened(cast, made)
    exhibit = phone(case, cast, needs="analysis")
    exhibits.queue(exhibit, by=cast.officer_a)
    answer_all(case, cast.officer_a)
    with pytest.raises(Refused, match="Not examined yet: AB/1"):
        outcome.record_outcome(case.packages.get(), code="1", on=today(), by=cast.officer_a)
    plain = exhibits.set_laboratory(name="Plain", hours_a_week=12, accredited=[], by=cast.supervisor_a)
    with pytest.raises(Refused, match="not accredited for examination and report"):
        exhibits.begin_examination(exhibit, laboratory=plain, by=cast.officer_a)
    able = exhibits.set_laboratory(
        name="Able", hours_a_week=12, accredited=["analysis"], by=cast.supervisor_a
    )
    exhibits.begin_examination(exhibit, laboratory=able, by=cast.officer_a)
    with pytest.raises(Refused, match="Say what was tried"):
        exhibits.finish_examination(exhibit, result="unreadable", by=cast.officer_a)
    exhibits.finish_examination(exhibit, result="nothing", by=cast.officer_a)
    outcome.record_outcome(case.packages.get(), code="1", on=today(), by=cast.officer_a)


def test_two_begin_one_examination_and_one_is_told(cast: Cast, made: Made) -> None:
    exhibit = phone(opened(cast, made), cast)
    exhibits.queue(exhibit, by=cast.officer_a)
    lab = exhibits.set_laboratory(name="Main", hours_a_week=12, accredited=[], by=cast.supervisor_a)
    seen = Exhibit.objects.get()
    exhibits.begin_examination(exhibit, laboratory=lab, by=cast.officer_a)
    with pytest.raises(Refused, match="changed by someone else"):
        exhibits.begin_examination(seen, laboratory=lab, by=cast.supervisor_a)


def test_an_exhibit_s_page_and_forms_say_where_it_is_and_what_comes_next(
    cast: Cast, made: Made, client: Client
) -> None:
    exhibit = phone(opened(cast, made), cast)
    page, case = reverse("exhibit", args=[exhibit.pk]), reverse("case", args=[exhibit.case_id])
    client.force_login(cast.officer_a)
    client.post(case, {"reason": reason_to_look(), "stands": "on"})

    def does(name: str, **sent: str) -> str:
        return client.post(reverse(f"exhibit-{name}", args=[exhibit.pk]), sent, follow=True).content.decode()

    step = {"place": "Store", "on_0": str(today().day), "on_1": str(today().month), "on_2": str(today().year)}
    step["clock"] = now().astimezone(UK).strftime("%H:%M")
    exhibits.record_continuity(exhibit, step="sealed", seal="S1", at=now(), place="Flat", by=cast.officer_a)
    told = does("step", step="moved", seal="S1", **step)  # the minute in which it was sealed has begun before
    assert "cannot be before the last one, which was on" in told
    assert "Last: sealed, Flat," in told
    assert "Seal S1 is on it." in told
    Continuity.objects.update(at=now() - timedelta(hours=1))
    assert "Step 3 is in the chain: moved." in does("step", step="moved", seal="S1", **step)
    does("queue")
    nowhere = client.get(reverse("exhibit-begin", args=[exhibit.pk])).content.decode()
    assert "A supervisor adds one" in nowhere
    lab = exhibits.set_laboratory(name="Main", hours_a_week=12, accredited=[], by=cast.supervisor_a)
    assert "Record in its continuity that the seal was opened" in does("begin", laboratory=str(lab.pk))
    does("step", step="opened", seal="S1", **step)
    assert "what could be tried next" in does("finish", result="unreadable")
    done = does("finish", result="nothing")
    assert "Seal it again" in done
    assert ": Nothing found" in done
    does("step", step="sealed", seal="S2", **step)
    returned = does("step", step="returned", seal="S2", **{**step, "place": "Its owner"})
    assert "Returned, or destroyed" not in returned + client.get(case).content.decode()
    assert "Returned to its owner</strong>" in returned
    assert (
        "Nothing follows that step" in client.get(reverse("exhibit-step", args=[exhibit.pk])).content.decode()
    )
    assert "Its owner, returned to its owner" in client.get(page).content.decode()
