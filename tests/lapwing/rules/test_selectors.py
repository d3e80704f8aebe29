"""Whose selectors join, and what is too common to."""

from datetime import date

from lapwing.policy import load
from lapwing.report import Email, Incident, Person, Phone, Report
from lapwing.rules import selectors
from lapwing.rules.selectors import Found, selectors_of, shortened, too_common

VERSION = load("joining").on(date(2026, 11, 24))


def found(*people: Person, provider: str = "Example Messenger", **more: object) -> list[Found]:
    return selectors_of(Report(format="schedule-1", provider=provider, people=list(people), **more), VERSION)  # type: ignore[arg-type]


def test_only_a_subjects_selectors_join() -> None:
    for role in ("recipient", "victim", "reporter", "contact", "associate"):
        (one,) = found(Person(role=role, emails=[Email("contact-000123@example.com")]))  # type: ignore[arg-type]
        assert (one.role, one.subject, one.joins) == (role, None, False)


def test_a_victim_with_the_subjects_address_does_not_join_by_it() -> None:
    shared = [Email("shared-000123@example.com")]
    subject, victim = found(Person(emails=shared), Person(role="victim", emails=shared))
    assert subject.joins
    assert not victim.joins


def test_subjects_are_numbered_among_subjects() -> None:
    people = [Person(role="victim", account_id="v"), Person(account_id="a"), Person(account_id="b")]
    assert [(one.value[-1], one.subject) for one in found(*people)] == [("v", None), ("a", 0), ("b", 1)]


def test_the_same_selector_twice_is_one() -> None:
    both = [Email("Subject-1@example.com"), Email("subject-1@EXAMPLE.com")]
    assert len(found(Person(emails=both))) == 1


def test_an_associate_is_not_the_subject() -> None:
    one, other = found(Person(account_id="a", associates=[Person(account_id="b")]))
    assert (one.joins, other.joins, other.role) == (True, False, "associate")


def test_what_an_incident_names_never_joins() -> None:
    incident = Incident(
        "chat",
        urls=["https://example.com/room/1"],
        emails=[Email("a@example.com")],
        phones=[Phone("07700 900123")],
    )
    named = found(incidents=[incident])
    assert [one.kind for one in named] == ["url", "email", "phone"]
    assert not any(one.joins for one in named)


def test_a_screen_name_is_told_apart_by_provider_and_service() -> None:
    person = Person(screen_name="subject-000123")
    elsewhere = Person(screen_name="subject-000123", service="Games")
    values = [
        found(person)[0].value,
        found(person, provider="Another Company")[0].value,
        found(elsewhere)[0].value,
    ]
    assert len(set(values)) == 3


def test_an_account_of_no_known_provider_never_joins() -> None:
    assert not found(Person(account_id="1234567"), provider="")[0].joins


def test_two_long_values_that_begin_alike_stay_two() -> None:
    one, other = shortened("x" * 900 + "1"), shortened("x" * 900 + "2")
    assert one != other
    assert len(one) <= 500


def test_a_selector_on_very_many_referrals_only_hints() -> None:
    assert not too_common(VERSION.too_common, VERSION)
    assert too_common(VERSION.too_common + 1, VERSION)


def test_every_screen_name_of_a_person_is_a_selector() -> None:
    named = found(
        Person(screen_name="subject-000123", other_screen_names=["Subject-000124", "subject-000123"])
    )
    assert [one.value for one in named] == [
        "example messenger:subject-000123",
        "example messenger:subject-000124",
    ]
    assert all(one.joins for one in named)


def test_long_texts_are_not_remembered() -> None:
    """A memory of thousands of texts must not be one of thousands of megabytes."""
    long = "x" * (selectors.REMEMBERED + 1)
    for one in (selectors.email_address, selectors.address_of_page):
        before = one.cache_info()  # type: ignore[attr-defined]
        assert one(long) == one(long)
        assert one.cache_info() == before  # type: ignore[attr-defined]
    remembered = selectors.email_address.cache_info().hits  # type: ignore[attr-defined]
    assert selectors.email_address("a@example.com") == selectors.email_address("a@example.com")
    assert selectors.email_address.cache_info().hits > remembered  # type: ignore[attr-defined]
