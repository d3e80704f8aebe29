"""Two people act at the same moment: one decision stands, and the other person is told."""

from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection
from tests.cast import Cast, make_cast
from tests.lapwing_web.casework.made import referral_from, report
from tests.lapwing_web.casework.telling import PARENT, Teller

from lapwing_web.audit.models import AuditEntry
from lapwing_web.audit.queries import broken
from lapwing_web.casework.actions import decide, package
from lapwing_web.casework.actions.telling import Desk
from lapwing_web.casework.models import Package, Referral
from lapwing_web.intake.models import Receipt, Report
from lapwing_web.refusal import Refused
from lapwing_web.staff.models import Organisation, User

Act = Callable[[Any, User], Any]


@pytest.fixture
def shared(transactional_db: None) -> Cast:
    """The cast, committed, so that every thread sees it."""
    return make_cast()


def at_once(*acts: Callable[[], Any]) -> list[str]:
    """Run every act in a thread and connection of its own; what each was told, "" for done."""
    line, told = Barrier(len(acts)), [""] * len(acts)

    def run(place: int) -> None:
        try:
            line.wait()
            acts[place]()
        except Refused as refusal:
            told[place] = str(refusal)
        finally:
            connection.close()

    threads = [Thread(target=run, args=[place]) for place in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return told


def chain_is_whole() -> bool:
    return not broken(AuditEntry.objects.order_by("position"))


PAIRS: list[tuple[str, Act, Act]] = [
    ("discard and send", lambda r, by: _discard(r, by), lambda r, by: _send(r, by)),
    ("send and send", lambda r, by: _send(r, by), lambda r, by: _send(r, by)),
    ("take on and discard", lambda r, by: decide.develop(r, by=by), lambda r, by: _discard(r, by)),
    ("take and take", lambda r, by: decide.take(r, by=by), lambda r, by: decide.take(r, by=by)),
]


def _discard(referral: Referral, by: User) -> Referral:
    return decide.discard(referral, reason="viral", by=by)


def _send(referral: Referral, by: User) -> Package:
    to = Organisation.objects.get(name="Lancashire Constabulary")
    return package.disseminate(referral, to=to, reason="best_evidence", by=by)


@pytest.mark.parametrize(("what", "one", "other"), PAIRS, ids=[pair[0] for pair in PAIRS])
def test_of_two_officers_one_wins_and_the_other_is_told(
    what: str, one: Act, other: Act, shared: Cast
) -> None:
    referral = referral_from(report(1), shared.intake)
    as_seen = [Referral.objects.get(pk=referral.pk) for _ in range(2)]
    told = at_once(lambda: one(as_seen[0], shared.intelligence), lambda: other(as_seen[1], shared.supervisor))
    assert sorted(map(bool, told)) == [False, True], told
    assert "someone else" in "".join(told) or "already with" in "".join(told)
    assert Package.objects.count() <= 1
    assert chain_is_whole()


def test_of_two_officers_of_a_force_one_answers(shared: Cast) -> None:
    sent = _send(referral_from(report(1), shared.intake), shared.intelligence)
    as_seen = [Package.objects.get(pk=sent.pk) for _ in range(2)]
    told = at_once(
        lambda: package.accept(as_seen[0], by=shared.officer_a),
        lambda: package.return_(as_seen[1], reason="already_known", text="x", by=shared.supervisor_a),
    )
    assert sorted(map(bool, told)) == [False, True], told
    sent.refresh_from_db()
    referral = Referral.objects.get(pk=sent.referral_id)
    assert (sent.state, referral.state) in {("accepted", "accepted"), ("returned", "developing")}
    assert chain_is_whole()


def test_many_officers_at_once_leave_one_whole_chain(shared: Cast) -> None:
    referrals = [referral_from(report(number), shared.intake) for number in range(1, 9)]
    told = at_once(*(lambda r=r: decide.develop(r, by=shared.supervisor) for r in referrals))  # type: ignore[misc]
    assert told == [""] * len(referrals)
    assert chain_is_whole()


def test_sent_from_four_windows_at_once_it_is_one_report(shared: Cast) -> None:
    teller = Teller()
    teller.answer(PARENT)
    desks = [Desk(teller.client.cookies["page"].value) for _ in range(4)]
    references: set[str] = set()
    assert at_once(*(lambda desk=desk: references.add(desk.send("192.0.2.1")) for desk in desks)) == [""] * 4
    assert len(references) == 1
    assert (Report.objects.count(), Referral.objects.count()) == (1, 1)
    assert list(Receipt.objects.order_by("id").values_list("state", flat=True)) == ["new"] + ["duplicate"] * 3
    assert chain_is_whole()
