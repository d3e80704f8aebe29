"""Two officers act on one suspect at the same moment: one wins, and the other is told."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from tests.cast import Cast
from tests.lapwing_web.casework.made import referral_from, report
from tests.lapwing_web.casework.test_at_once import at_once, chain_is_whole, shared
from tests.lapwing_web.casework.worked import answer_all, case_of

from lapwing_web.casework.actions import arrests, bail, gaps, package
from lapwing_web.casework.models import Arrest, Case, Duty, Gap, Restriction, Suspect
from lapwing_web.moment import now, today

__all__ = ["shared"]


def opened(shared: Cast) -> Case:
    """A case of force A, every question answered yes."""
    referral = referral_from(report(1), shared.intake)
    sent = package.disseminate(referral, to=shared.force_a, reason="best_evidence", by=shared.intelligence)
    package.accept(sent, by=shared.officer_a)
    return answer_all(case_of(sent), shared.officer_a, "yes")


def held(case: Case, shared: Cast) -> Arrest:
    at = now() - timedelta(hours=1)
    return arrests.arrest(case.suspects.get(), at=at, position_of_trust="no", by=shared.officer_a)


def twice(model: Any, act: Callable[[Any, Any], Any], shared: Cast, *, by: str = "officer_a") -> list[str]:
    """`act` on the same record as two people saw it, at once."""
    seen = [model.objects.select_related().get() for _ in range(2)]
    first, second = getattr(shared, by), shared.supervisor_a
    told = at_once(lambda: act(seen[0], first), lambda: act(seen[1], second))
    assert sorted(map(bool, told)) == [False, True], told
    assert chain_is_whole()
    return told


def test_a_suspect_is_arrested_once(shared: Cast) -> None:
    opened(shared)
    twice(
        Suspect,
        lambda one, by: arrests.arrest(one, at=now(), position_of_trust="no", by=by),
        shared,
    )
    assert Arrest.objects.count() == 1


def test_a_suspect_is_released_once(shared: Cast) -> None:
    held(opened(shared), shared)
    twice(Arrest, lambda one, by: arrests.release(one, kind="investigation", at=now(), by=by), shared)
    assert Restriction.objects.exclude(kind="custody").count() == 1
    assert Gap.objects.exclude(state="closed").count() == 1


def test_a_gap_is_signed_for_once(shared: Cast) -> None:
    arrests.release(held(opened(shared), shared), kind="investigation", at=now(), by=shared.officer_a)
    sign = lambda one, by: gaps.sign_gap(one, reason="x", plans={0: "x"}, by=by)  # noqa: E731
    twice(Gap, sign, shared, by="supervisor_a")
    assert Gap.objects.get().plans.count() == 1


def test_a_duty_is_recorded_once(shared: Cast) -> None:
    held(opened(shared), shared)
    twice(Duty, lambda one, by: arrests.record_duty(one, result="declined", by=by), shared)


def test_a_file_is_sent_to_the_prosecutor_once(shared: Cast) -> None:
    arrests.release(
        held(opened(shared), shared), kind="bail", at=now(), returns_on=today() + timedelta(days=9),
        rank="custody_officer", conditions="x", by=shared.officer_a,
    )  # fmt: skip
    twice(Arrest, lambda one, by: bail.send_to_prosecutor(one, on=today(), by=by), shared)
