"""The second factor: set up, asked for, replaced, slowed for a guesser, reset, and all of it recorded."""

import re
import time
from base64 import b32decode
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django_otp.oath import totp
from tests.cast import Cast
from tests.own_site import Site

from lapwing_web.audit.models import AuditEntry
from lapwing_web.refusal import Forbidden, Refused
from lapwing_web.staff import actions
from lapwing_web.staff.models import User

SignedIn = Callable[[User], Client]
SECRET = "00112233445566778899aabbccddeeff00112233"
NOON = datetime(2026, 11, 25, 12, 0, 5, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock() -> Iterator[Any]:
    with time_machine.travel(NOON, tick=False) as moment:
        yield moment


def code(secret: str = SECRET) -> str:
    """What the phone shows now."""
    return f"{totp(bytes.fromhex(secret), t0=0):06d}"


def enrolled(person: User) -> list[str]:
    """Their recovery codes."""
    done = actions.set_up_second_factor(SECRET, code(), by=person)
    assert done
    person.refresh_from_db()
    return done.codes


def later(clock: Any, seconds: float = 30) -> None:
    clock.shift(timedelta(seconds=seconds))


def recorded() -> list[tuple[str, str]]:
    return list(AuditEntry.objects.order_by("position").values_list("action", "by"))


def give(client: Client, given: str) -> int:
    return client.post("/second-factor", {"code": given}).status_code


def test_at_a_test_site_nobody_needs_one_and_anybody_may_have_one(cast: Cast, signed_in: SignedIn) -> None:
    client = signed_in(cast.officer_a)
    assert client.get("/clocks").status_code == 200
    assert client.get("/second-factor").url == "/second-factor/set-up"


def test_at_a_live_site_every_role_sets_one_up_before_anything_else(
    cast: Cast, signed_in: SignedIn, settings: Any
) -> None:
    settings.ENVIRONMENT = "live"
    for person in cast.people().values():
        client = signed_in(person)
        assert client.get("/glossary").url == "/second-factor/set-up"
        assert client.post("/seen").url == "/second-factor/set-up"
        assert client.get("/second-factor/set-up").status_code == 200
        assert client.post("/sign-out").status_code == 302


def test_it_is_set_up_with_what_the_page_shows_and_asked_for_at_the_next_sign_in(
    cast: Cast, signed_in: SignedIn, clock: Any
) -> None:
    client = signed_in(cast.officer_a)
    page = client.get("/second-factor/set-up").content.decode()
    assert "<svg" in page
    spelt = re.search(r"<strong[^>]*>([A-Z2-7 ]{32,})</strong>", page)
    assert spelt
    secret = b32decode(spelt[1].replace(" ", "")).hex()
    assert b"not the code of this moment" in client.post("/second-factor/set-up", {"code": "000000"}).content
    done = client.post("/second-factor/set-up", {"code": code(secret)}).content.decode()
    paper = re.findall(r"<li>([a-z2-9]{5}-[a-z2-9]{5})</li>", done)
    assert len(set(paper)) == 10
    assert client.get("/clocks").status_code == 200
    later(clock)
    again = signed_in(cast.officer_a)
    assert again.get("/clocks?show=soon").url == "/second-factor?next=%2Fclocks%3Fshow%3Dsoon"
    said = again.post("/second-factor?next=/clocks%3Fshow%3Dsoon", {"code": code(secret)})
    assert said.url == "/clocks?show=soon"
    assert again.get("/clocks").status_code == 200
    assert b"10 recovery codes left" in again.get("/second-factor").content
    assert recorded() == [("set up second factor", "officer-a"), ("give second factor", "officer-a")]
    kept = str(list(AuditEntry.objects.values()))
    assert secret not in kept
    assert not any(one in kept for one in paper)


def test_until_it_is_given_nothing_else_answers_not_even_setting_up_another(
    cast: Cast, signed_in: SignedIn
) -> None:
    enrolled(cast.officer_a)
    client = signed_in(cast.officer_a)
    for page in ("/", "/clocks", "/password", "/second-factor/set-up", "/packages"):
        assert client.get(page).url.startswith("/second-factor"), page
        assert client.get(page).url.startswith("/second-factor/set-up") is False, page
    assert client.post("/second-factor/set-up", {"code": code()}).url == "/second-factor"
    shown = client.get("/second-factor").content.decode()
    assert "Sign out" in shown
    assert "/packages" not in shown  # nor what waits behind it


def test_a_phones_code_is_good_once(cast: Cast, signed_in: SignedIn, clock: Any) -> None:
    enrolled(cast.officer_a)
    assert give(signed_in(cast.officer_a), code()) == 200  # it was used in setting up
    later(clock)
    assert give(signed_in(cast.officer_a), code()) == 302
    assert give(signed_in(cast.officer_a), code()) == 200


def test_a_recovery_code_is_good_once_however_it_is_typed(
    cast: Cast, signed_in: SignedIn, clock: Any
) -> None:
    paper = enrolled(cast.officer_a)
    assert give(signed_in(cast.officer_a), f" {paper[0].upper().replace('-', ' ')} ") == 302
    assert give(signed_in(cast.officer_a), paper[0]) == 200
    later(clock, 5)
    assert give(signed_in(cast.officer_a), paper[1]) == 302


def test_one_persons_codes_are_nobody_elses(cast: Cast, signed_in: SignedIn, clock: Any) -> None:
    paper = enrolled(cast.officer_a)
    other = actions.set_up_second_factor("ff" * 20, code("ff" * 20), by=cast.officer_b)
    assert other
    later(clock)
    for given in (code(), paper[0]):
        assert give(signed_in(User.objects.get(pk=cast.officer_b.pk)), given) == 200


def test_a_guesser_waits_twice_as_long_after_each_wrong_code(
    cast: Cast, signed_in: SignedIn, clock: Any
) -> None:
    enrolled(cast.officer_a)
    later(clock)
    looked_at = 0
    for _ in range(3600):  # an hour of a guess a second
        later(clock, 1)
        actions.give_second_factor("1", by=cast.officer_a, address="192.0.2.1")
        guess = "000000" if code() != "000000" else "111111"
        before = phone_failures(cast.officer_a)
        actions.give_second_factor(guess, by=cast.officer_a, address="192.0.2.1")
        looked_at += phone_failures(cast.officer_a) > before
        if looked_at == 8:
            break
    began, now = NOON + timedelta(seconds=30), datetime.fromtimestamp(time.time(), UTC)
    assert looked_at == 8
    assert now - began >= timedelta(seconds=1 + 2 + 4 + 8 + 16 + 32 + 64)
    assert give(signed_in(cast.officer_a), code()) == 200  # even the right one, now
    later(clock, 129)
    assert give(signed_in(cast.officer_a), code()) == 302


def phone_failures(person: User) -> int:
    from django_otp.plugins.otp_totp.models import TOTPDevice

    return int(TOTPDevice.objects.get(user=person).throttling_failure_count)


def test_failures_are_recorded_with_the_address(cast: Cast) -> None:
    enrolled(cast.officer_a)
    actions.give_second_factor("000000", by=cast.officer_a, address="192.0.2.9")
    row = AuditEntry.objects.order_by("-position")[0]
    assert (row.action, row.by, row.about) == (
        "failed second factor",
        "rule:sign-in",
        f"user:{cast.officer_a.pk}",
    )
    assert "192.0.2.9" in row.new


def test_a_new_phone_ends_the_old_one_its_codes_and_its_sessions(
    cast: Cast, signed_in: SignedIn, clock: Any
) -> None:
    paper = enrolled(cast.officer_a)
    later(clock)
    elsewhere = signed_in(cast.officer_a)
    assert give(elsewhere, code()) == 302
    later(clock)
    assert actions.set_up_second_factor("ff" * 20, code("ff" * 20), by=cast.officer_a)
    assert elsewhere.get("/clocks").url.startswith("/second-factor")
    later(clock)
    assert give(elsewhere, code()) == 200
    later(clock, 5)
    assert give(elsewhere, paper[0]) == 200
    later(clock, 30)
    assert give(elsewhere, code("ff" * 20)) == 302


def test_an_administrator_resets_it_for_a_reason_and_the_right_one_only(
    cast: Cast, signed_in: SignedIn
) -> None:
    enrolled(cast.officer_a)
    with pytest.raises(Forbidden):
        actions.reset_second_factor(cast.officer_a, why="lost", by=cast.administrator_b)
    with pytest.raises(Forbidden):
        actions.reset_second_factor(cast.officer_a, why="lost", by=cast.supervisor_a)
    with pytest.raises(Refused, match="Say why"):
        actions.reset_second_factor(cast.officer_a, why=" ", by=cast.administrator_a)
    page = f"/people/{cast.officer_a.pk}/second-factor"
    assert signed_in(cast.administrator_a).post(page, {"why": "lost the phone"}).status_code == 302
    row = AuditEntry.objects.order_by("-position")[0]
    assert (row.action, row.why) == ("reset second factor", "lost the phone")
    cast.officer_a.refresh_from_db()
    assert signed_in(cast.officer_a).get("/clocks").status_code == 200
    with pytest.raises(Refused, match="nothing to reset"):
        actions.reset_second_factor(cast.officer_a, why="lost", by=cast.administrator_a)


def test_a_reset_ends_every_session_for_one_may_be_on_the_phone_that_was_lost(
    cast: Cast, signed_in: SignedIn, clock: Any, settings: Any
) -> None:
    settings.ENVIRONMENT = "live"
    enrolled(cast.officer_a)
    through, at_the_door = signed_in(cast.officer_a), signed_in(cast.officer_a)
    later(clock)
    assert give(through, code()) == 302
    assert through.get("/clocks").status_code == 200
    actions.reset_second_factor(cast.officer_a, why="lost", by=cast.administrator_a)
    for client in (through, at_the_door):
        assert client.get("/second-factor/set-up").url.startswith("/sign-in")


def test_one_set_up_in_another_session_is_asked_for_in_this_one(
    cast: Cast, signed_in: SignedIn, clock: Any
) -> None:
    enrolled(cast.officer_a)
    here, elsewhere = signed_in(cast.officer_a), signed_in(cast.officer_a)
    for client in (here, elsewhere):
        later(clock)
        assert give(client, code()) == 302
        assert client.get("/clocks").status_code == 200
    page = here.get("/second-factor/set-up").content.decode()
    later(clock)
    spelt = re.search(r"<strong[^>]*>([A-Z2-7 ]{32,})</strong>", page)
    assert spelt
    new = b32decode(spelt[1].replace(" ", "")).hex()
    assert here.post("/second-factor/set-up", {"code": code(new)}).status_code == 200
    assert here.get("/clocks").status_code == 200
    assert elsewhere.get("/clocks").url.startswith("/second-factor")
    assert elsewhere.get("/second-factor/set-up").url.startswith("/second-factor?")  # not without giving it
    later(clock)
    assert give(elsewhere, code()) == 200  # the phone of before
    later(clock)
    assert give(elsewhere, code(new)) == 302
    assert elsewhere.get("/clocks").status_code == 200


def test_nobody_resets_their_own(cast: Cast) -> None:
    enrolled(cast.administrator)
    with pytest.raises(Refused, match="another administrator"):
        actions.reset_second_factor(cast.administrator, why="lost", by=cast.administrator)


def test_a_given_password_is_changed_after_the_second_factor_and_before_setting_one_up(
    cast: Cast, signed_in: SignedIn, settings: Any, clock: Any
) -> None:
    settings.ENVIRONMENT = "live"
    User.objects.filter(pk=cast.officer_a.pk).update(must_change_password=True)
    assert signed_in(cast.officer_a).get("/clocks").url.startswith("/password")
    enrolled(cast.officer_a)
    client = signed_in(cast.officer_a)
    assert client.get("/password").url.startswith("/second-factor")
    later(clock)
    assert give(client, code()) == 302
    assert client.get("/clocks").url.startswith("/password")


def test_the_way_on_never_leads_to_another_site(cast: Cast, signed_in: SignedIn, clock: Any) -> None:
    enrolled(cast.officer_a)
    later(clock)
    said = signed_in(cast.officer_a).post("/second-factor?next=https://example.org/", {"code": code()})
    assert said.url == "/"


def test_a_site_that_is_neither_test_nor_live_does_not_start(own_site: Site) -> None:
    own_site.environment["LAPWING_ENVIRONMENT"] = "production"
    done = own_site.run("reconcile", check=False)
    assert done.returncode != 0
    assert "it can be test or live" in done.stderr
