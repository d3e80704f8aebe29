"""Reports about one account are one referral: whatever the order, with the join shown, and undoable."""

from collections.abc import Sequence

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from tests.cast import Cast
from tests.mixture import document, report, subject, viral

from lapwing.report import Email, Person
from lapwing_web.audit.actions import Rule
from lapwing_web.audit.models import AuditEntry
from lapwing_web.casework.actions.assess import reassess
from lapwing_web.casework.actions.join import join, shared_links, undo_join
from lapwing_web.casework.actions.receive import Item, receive
from lapwing_web.casework.models import Fact, Joining, Referral, SecondLook, Sighting
from lapwing_web.casework.queries.reconcile import reconcile
from lapwing_web.clocks.models import Clock
from lapwing_web.intake.models import Report
from lapwing_web.moment import now
from lapwing_web.refusal import Forbidden, Refused

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cast")]
BY = Rule("command:test")


def about(n: int, *accounts: int, **more: object) -> bytes:
    """Report `n`, about these accounts."""
    return document(
        report(n, people=[subject(account) for account in accounts], provider="Example Chat", **more)
    )


def take(*files: bytes) -> None:
    receive([Item("a", one) for one in files], channel="command", by=BY)
    proof = reconcile()
    assert proof.holds, proof.failures or proof.sums


def partition() -> set[frozenset[str]]:
    """Which reports are together, by their references."""
    found: dict[int, set[str]] = {}
    for joining in Joining.objects.filter(undone_at=None).select_related("report"):
        found.setdefault(joining.referral_id, set()).add(joining.report.reference)
    return {frozenset(one) for one in found.values()}


def referral_of(n: int) -> Referral:
    return Referral.objects.get(joinings__report__reference=f"REF-{n:06d}", joinings__undone_at=None)


def test_two_reports_of_one_account_are_one_referral_and_the_join_says_why() -> None:
    take(about(1, 7))
    take(about(2, 7))
    referral = Referral.objects.get()
    assert referral.report_count == 2
    first, second = referral.joinings.order_by("id")
    assert first.because == []
    assert ["email", "subject-000007@example.com"] in second.because
    assert second.by == "rule:join"
    assert AuditEntry.objects.filter(action="join", about=f"referral:{referral.pk}", by="rule:join").exists()


def test_a_join_weighs_the_referral_again() -> None:
    take(about(1, 7))
    before = Referral.objects.get()
    take(about(2, 7, escalated=True))
    after = Referral.objects.get()
    assert after.escalated
    assert after.rank > before.rank


def test_reports_that_share_only_what_a_victim_has_are_not_joined() -> None:
    victim = Person(role="victim", emails=[Email("shared@example.com")])
    files = [document(report(n, people=[subject(n), victim])) for n in (1, 2)]
    take(*files)
    assert Referral.objects.count() == 2


def test_reports_that_share_an_address_on_the_internet_are_not_joined() -> None:
    one = subject(1).ip_events
    take(*(document(report(n, people=[subject(n, ip_events=one)])) for n in (1, 2)))
    assert Referral.objects.count() == 2


def test_a_report_that_links_two_untouched_referrals_makes_them_one() -> None:
    take(about(1, 1))
    take(about(2, 2))
    take(about(3, 1, 2))
    oldest, merged = Referral.objects.order_by("id")
    assert (oldest.state, merged.state) == ("received", "merged")
    assert merged.merged_into == oldest
    assert oldest.report_count == 3
    assert not Clock.objects.filter(about=f"referral:{merged.pk}").exclude(state="settled").exists()
    assert AuditEntry.objects.filter(action="merge", about=f"referral:{merged.pk}").exists()
    assert set(Sighting.objects.values_list("referral_id", flat=True)) == {oldest.pk}


def test_what_a_person_has_worked_is_never_merged_by_itself(cast: Cast) -> None:
    take(about(1, 1))
    take(about(2, 2))
    worked = referral_of(2)
    Fact.objects.create(
        referral=worked,
        name="lives_with_child",
        value=True,
        source="a call",
        set_by=cast.intake,
        set_at=now(),
    )
    take(about(3, 1, 2))
    assert partition() == {frozenset({"REF-000001"}), frozenset({"REF-000002", "REF-000003"})}
    assert shared_links(referral_of(1), referral_of(3))


def test_news_of_a_report_that_a_person_works_on_merges_nothing_into_it(cast: Cast) -> None:
    take(about(1, 1))
    take(about(2, 2))
    Referral.objects.filter(pk=referral_of(1).pk).update(assigned_to=cast.intake)
    take(about(1, 1, 2))
    assert partition() == {frozenset({"REF-000001"}), frozenset({"REF-000002"})}
    assert shared_links(referral_of(1), referral_of(2))


def test_news_of_an_untouched_report_that_links_it_to_another_makes_them_one() -> None:
    take(about(1, 1))
    take(about(2, 2))
    take(about(1, 1, 2))
    assert partition() == {frozenset({"REF-000001", "REF-000002"})}


def test_each_subject_of_a_batch_has_only_its_own_selectors() -> None:
    take(document(viral(1, 3)))
    for joining in Joining.objects.select_related("referral"):
        seen = Sighting.objects.filter(referral=joining.referral, role="subject").select_related("selector")
        mails = [one.selector.value for one in seen if one.selector.kind == "email"]
        assert mails == [f"subject-{1_000_100 + (joining.subject or 0):06d}@example.com"]


def test_a_later_report_reopens_what_was_discarded() -> None:
    take(document(viral(1, 2)))
    discarded = Referral.objects.order_by("id")[0]
    assert discarded.state == "discarded"
    looked = SecondLook.objects.create(
        referral=discarded, sampled_at=now(), of="discard", first_by="rule:viral", first_decision={}
    )
    take(document(report(5, provider="example.com", people=[subject(1_000_100)])))
    discarded.refresh_from_db()
    looked.refresh_from_db()
    assert discarded.state == "received"
    assert discarded.reason == discarded.decided_by == ""
    assert discarded.report_count == 2
    assert looked.looked_at is not None
    entry = AuditEntry.objects.get(action="reopen", about=f"referral:{discarded.pk}")
    assert "REF-000005" in entry.why
    assert Clock.objects.filter(about=f"referral:{discarded.pk}", kind="triage", state="running").exists()


def test_a_duplicate_does_not_reopen_a_discard() -> None:
    take(document(viral(1, 2)))
    take(document(viral(1, 2)))
    assert set(Referral.objects.values_list("state", flat=True)) == {"discarded"}


def test_a_changed_report_that_the_rule_would_discard_again_stays_discarded() -> None:
    batch = replace(viral(1, 2), format="ncmec-report", reference="")
    take(document(batch))
    assert set(Referral.objects.values_list("state", flat=True)) == {"discarded"}
    for referral in Referral.objects.all():
        reassess(referral, by=BY)
    assert set(Referral.objects.values_list("state", flat=True)) == {"discarded"}


def test_a_report_whose_change_ends_the_reason_for_its_discard_is_reopened() -> None:
    take(about(1, 1, annotations=["informational"]))
    referral = Referral.objects.get()
    Referral.objects.filter(pk=referral.pk).update(
        state="discarded", decided_by="rule:marked_informational", reason="marked_informational"
    )
    take(about(1, 1, escalated=True))
    referral.refresh_from_db()
    assert referral.state == "received"
    assert referral.escalated


@pytest.mark.parametrize("state", ["kept", "accepted", "closed"])
def test_news_about_what_has_left_the_queue_is_a_new_referral_that_shows_the_link(state: str) -> None:
    take(about(1, 1))
    gone = Referral.objects.get()
    Referral.objects.filter(pk=gone.pk).update(state=state)
    receive([Item("a", about(2, 1))], channel="command", by=BY)
    receive([Item("a", about(3, 1))], channel="command", by=BY)
    assert partition() == {frozenset({"REF-000001"}), frozenset({"REF-000002", "REF-000003"})}
    assert referral_of(3).state == "received"
    assert shared_links(gone, referral_of(3))


def test_undoing_a_join_gives_the_report_its_own_referral_and_no_rule_joins_it_again(cast: Cast) -> None:
    take(about(1, 7))
    take(about(2, 7, escalated=True))
    old = Referral.objects.get()
    joining = old.joinings.get(report__reference="REF-000002")
    new = undo_join(joining, why="two people share the address", by=cast.intake)
    old.refresh_from_db()
    joining.refresh_from_db()
    assert joining.undone_by == cast.intake
    assert (new.state, new.escalated, old.escalated) == ("received", True, False)
    assert old.report_count == new.report_count == 1
    assert reconcile().holds
    take(about(2, 7, notes="changed"))
    take(about(3, 7))
    assert referral_of(2) == new
    assert referral_of(1) == old
    assert frozenset({"REF-000001", "REF-000002"}) not in {frozenset(sorted(one)[:2]) for one in partition()}


def test_the_only_report_of_a_referral_cannot_be_taken_out(cast: Cast) -> None:
    take(about(1, 1))
    with pytest.raises(Refused, match="only report"):
        undo_join(Joining.objects.get(), why="no", by=cast.intake)


def test_two_people_cannot_both_take_a_report_out(cast: Cast) -> None:
    take(about(1, 7), about(2, 7), about(3, 7))
    joining = Joining.objects.get(report__reference="REF-000002")
    undo_join(joining, why="another person", by=cast.intake)
    with pytest.raises(Refused, match="already"):
        undo_join(joining, why="another person", by=cast.supervisor)


def test_one_subject_of_a_batch_can_be_taken_out_of_a_referral_it_shares(cast: Cast) -> None:
    batch = viral(1, 2)
    shared = Email("shared@example.com")
    people = [replace(person, emails=[*person.emails, shared]) for person in batch.people]
    take(document(replace(batch, people=people)))
    old = Referral.objects.get()
    assert old.joinings.count() == 2
    new = undo_join(old.joinings.get(subject=1), why="two people", by=cast.intake)
    assert new.title != old.title
    assert reconcile().holds
    assert {s.selector.value for s in new.sightings.select_related("selector")} >= {"shared@example.com"}


def test_an_officer_can_join_two_referrals_and_what_was_found_holds_for_both(cast: Cast) -> None:
    take(about(1, 1), about(2, 2))
    one, two = referral_of(1), referral_of(2)
    Fact.objects.create(
        referral=one,
        name="contact_with_children",
        value=True,
        source="a call",
        set_by=cast.intake,
        set_at=now(),
    )
    join(one, two, why="the same person, by his own account", by=cast.intake)
    one.refresh_from_db()
    two.refresh_from_db()
    assert one.state == "merged"
    assert two.contact_with_children is True
    assert two.report_count == 2
    assert reconcile().holds


def test_a_force_officer_joins_nothing(cast: Cast) -> None:
    take(about(1, 1), about(2, 2))
    with pytest.raises(Forbidden):
        join(referral_of(1), referral_of(2), why="no", by=cast.officer_a)
    with pytest.raises(Refused, match="itself"):
        join(referral_of(1), referral_of(1), why="no", by=cast.intake)
    with pytest.raises(Refused, match="Say why"):
        join(referral_of(1), referral_of(2), why=" ", by=cast.intake)


ACCOUNTS = st.lists(st.integers(0, 7), min_size=1, max_size=3, unique=True)


def components(about_accounts: Sequence[Sequence[int]]) -> set[frozenset[str]]:
    """What the partition must be: reports linked by accounts, however far."""
    groups: list[tuple[set[int], set[str]]] = []
    for n, accounts in enumerate(about_accounts):
        merged, names = set(accounts), {f"REF-{n:06d}"}
        apart = []
        for group in groups:
            if group[0] & set(accounts):
                merged, names = merged | group[0], names | group[1]
            else:
                apart.append(group)
        groups = [*apart, (merged, names)]
    return {frozenset(names) for _, names in groups}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_the_order_and_the_batches_the_same_reports_are_together(data: st.DataObject) -> None:
    accounts = data.draw(st.lists(ACCOUNTS, min_size=1, max_size=9))
    order = data.draw(st.permutations(range(len(accounts))))
    cuts = data.draw(st.sets(st.integers(0, len(accounts))))
    with transaction.atomic():
        batch: list[bytes] = []
        for place, n in enumerate(order):
            batch.append(about(n, *accounts[n]))
            if place in cuts or place == len(order) - 1:
                take(*batch)
                batch = []
        assert partition() == components(accounts)
        assert Report.objects.count() == len(accounts)
        transaction.set_rollback(True)
