"""Search finds a reference or a selector, for each person only among what they may see, and is recorded."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from tests.cast import Cast
from tests.rows import package, referral

from lapwing_web.audit.models import AuditEntry
from lapwing_web.casework.models import IpEvent, PackageSelector, Referral, Selector, Sighting
from lapwing_web.front.queries.search import MOST, find
from lapwing_web.intake.models import Report
from lapwing_web.moment import now
from lapwing_web.refusal import Forbidden
from lapwing_web.staff.models import User

pytestmark = pytest.mark.django_db
SignedIn = Callable[[User], Client]


def report(about: Referral, reference: str = "7000123") -> Report:
    return Report.objects.create(
        provider=about.provider, reference=reference, received_at=now(), format="ncmec-report"
    )


def seen(about: Referral, kind: str, value: str, original: str = "") -> None:
    """A selector seen in a report of a referral."""
    selector, _ = Selector.objects.get_or_create(kind=kind, value=value)
    at, _ = Report.objects.get_or_create(
        provider=about.provider,
        reference=f"for-{about.pk}",
        defaults={"received_at": now(), "format": "ncmec-report"},
    )
    Sighting.objects.create(
        selector=selector, referral=about, report=at, role="subject", original=original or value
    )


TYPED = [
    # kind, how it is held, how the company wrote it, what somebody types: why
    ("email", "subject-1@example.com", "Subject-1@Example.com", "SUBJECT-1@EXAMPLE.COM"),  # case is no matter
    ("email", "subject-1@example.com", "", "mailto:subject-1@example.com"),  # pasted from a link
    ("email", "subject-1@example.com", "", "subject-1@ex"),  # the beginning is enough
    ("phone", "+447700900123", "07700 900123", "07700 900123"),  # as people write it
    ("phone", "+447700900123", "", "+44 7700 900 123"),  # as abroad
    ("phone", "+447700900123", "07700 900123", "07700 900"),  # the beginning as the company wrote it
    ("profile_url", "https://example.com/u/1", "", "http://www.example.com/u/1/"),  # one page, two spellings
    ("screen_name", "example social:subject-1", "Subject-1", "Subject-1"),  # held with its company's name
    ("account", "example social:A-77", "A-77", "A-77"),
]


@pytest.mark.parametrize(("kind", "held", "original", "typed"), TYPED)
def test_the_agency_finds_a_selector_however_it_is_typed(
    kind: str, held: str, original: str, typed: str, cast: Cast
) -> None:
    wanted, other = referral(cast, 1), referral(cast, 2)
    seen(wanted, kind, held, original)
    seen(other, "email", "somebody-else@example.org")
    assert [match.record for match in find(cast.intake, typed).referrals] == [wanted]


@pytest.mark.parametrize("spelling", ["LW-{:07d}", "lw{}", "LW {}", "lw-0{}"])
def test_a_referral_is_found_by_its_reference(spelling: str, cast: Cast) -> None:
    wanted = referral(cast, 1)
    found = find(cast.intake, spelling.format(wanted.pk))
    assert [match.record for match in found.referrals] == [wanted]
    assert found.referrals[0].because == ["its reference"]


def test_a_report_is_found_by_the_beginning_of_the_companys_reference(cast: Cast) -> None:
    wanted = report(referral(cast, 1), "7000123")
    report(referral(cast, 2), "8000123")
    assert [match.record for match in find(cast.intake, "70001").reports] == [wanted]


def test_an_address_is_found_whatever_its_spelling(cast: Cast) -> None:
    wanted = referral(cast, 1)
    IpEvent.objects.create(
        referral=wanted, report=report(wanted), address="2001:db8::1", verdict="resolvable", sentence="Yes"
    )
    assert [match.record for match in find(cast.intake, "2001:0DB8:0::1").referrals] == [wanted]


def test_a_force_finds_only_what_it_was_sent(cast: Cast) -> None:
    sent, kept = referral(cast, 1), referral(cast, 2)
    mine, theirs = package(cast, sent), package(cast, sent, to=cast.force_b)
    seen(sent, "email", sent.title)
    seen(kept, "email", kept.title)
    report(kept, "7000123")
    for text in [sent.title, "subject-00000", mine.reference]:
        found = find(cast.officer_a, text)
        assert [match.record for match in found.packages] == [mine], text
        assert not found.referrals, text
        assert not found.reports, text
    for text in [theirs.reference, kept.title, sent.reference, kept.reference, "7000123"]:
        assert find(cast.officer_a, text).total == 0, text


def test_a_force_finds_a_username_without_its_companys_name(cast: Cast) -> None:
    mine = package(cast, referral(cast, 1))
    PackageSelector.of(mine, "screen_name", "example social:subject-1").save()
    assert [match.record for match in find(cast.officer_a, "Subject-1").packages] == [mine]


def test_what_is_typed_is_never_a_pattern(cast: Cast) -> None:
    seen(referral(cast, 1), "email", "subject-1@example.com")
    assert find(cast.intake, "%%%").total == 0
    assert find(cast.intake, "subject_1@example.com").total == 0


def test_a_long_list_says_that_there_is_more(cast: Cast) -> None:
    for number in range(MOST + 1):
        seen(referral(cast, number), "email", f"many-{number}@example.com")
    found = find(cast.intake, "many-")
    assert len(found.referrals) == MOST
    assert found.more


def test_a_search_is_recorded_with_what_was_typed(cast: Cast, signed_in: SignedIn) -> None:
    assert signed_in(cast.officer_a).get("/search", {"q": "subject-1@example.com"}).status_code == 200
    entry = AuditEntry.objects.get(action="search")
    assert (entry.by, entry.organisation) == ("officer-a", cast.force_a.pk)
    assert "subject-1@example.com" in entry.new


def test_opening_the_page_to_search_is_not_a_search(cast: Cast, signed_in: SignedIn) -> None:
    assert signed_in(cast.intake).get("/search").status_code == 200
    assert not AuditEntry.objects.filter(action="search").exists()


def test_an_administrator_cannot_search(cast: Cast, signed_in: SignedIn) -> None:
    with pytest.raises(Forbidden):
        find(cast.administrator, "LW-0000001")
    assert signed_in(cast.administrator).get("/search", {"q": "x"}).status_code == 403


def test_the_beginning_of_a_selector_is_looked_up_in_an_index(cast: Cast) -> None:
    from lapwing_web.front.queries.search import _begins

    plan = Sighting.objects.filter(_begins("original", "abc")).explain()
    if connection.vendor == "sqlite":
        assert "sighting_original" in plan
        return
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    assert "sighting_original" in Sighting.objects.filter(_begins("original", "abc")).explain()
