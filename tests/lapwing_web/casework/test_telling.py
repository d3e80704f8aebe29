"""The public form, from the first page to the report an officer and a force read."""

import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.test import Client
from tests.cast import Cast
from tests.lapwing_web.casework.made import referral_from, report
from tests.lapwing_web.casework.telling import CHILD, PARENT, TEACHER, Teller

from lapwing.policy import load
from lapwing.rules.spoken_reference import reference_of
from lapwing_web import moment
from lapwing_web.audit.models import AuditEntry
from lapwing_web.casework.actions import decide, package
from lapwing_web.casework.actions.telling import Desk
from lapwing_web.casework.models import Package, Referral
from lapwing_web.intake.actions.knocks import knock, place_of
from lapwing_web.intake.models import Knock, Provider, Receipt, Report
from lapwing_web.intake.queries.reports import current_report
from lapwing_web.moment import today
from lapwing_web.staff.models import User

SignedIn = Callable[[User], Client]


def test_a_stranger_is_offered_the_form_before_a_password(db: None) -> None:
    page = Client().get("/", follow=True)
    assert b'href="/tell"' in page.content
    assert page.content.index(b'href="/tell"') < page.content.index(b'name="username"')
    assert Client().get("/queue").status_code == 302


def test_the_first_page_says_danger_first_and_who_can_help(db: None) -> None:
    page = Client().get("/tell").content.decode()
    said = ("call <a", "press 55", "0800 1111", "Do not send us pictures", "What happens after")
    places = [page.index(words) for words in said]
    assert places == sorted(places)
    for name in ("Childline", "NSPCC", "Report Remove", "Internet Watch Foundation", "CEOP"):
        assert name in page


def test_whoever_helps_is_cited_and_dated() -> None:
    version = load("telling").on(today())
    for entry in [*version.help.values(), version.emergency, version.duty]:
        cited = entry.cited_in(version)
        assert cited.authority
        assert cited.source
        assert cited.as_at <= today()
    assert not version.duty.cited_in(version).confirmed


@pytest.mark.parametrize("said", [CHILD, PARENT, TEACHER], ids=["child", "parent", "teacher"])
def test_each_is_asked_in_their_own_words_and_sends_one_report(said: dict[str, Any], cast: Cast) -> None:
    teller = Teller()
    reference = teller.tell(said)
    report = Report.objects.get(reference=reference)
    assert report.provider.kind == Provider.Kind.FORM
    assert Receipt.objects.get(report=report).channel == "form"
    told = current_report(report).telling
    assert told is not None
    assert told.teller == said["who"]
    childlike = any("It is not your fault" in page for page in teller.pages)
    assert childlike == (said["who"] == "child")


def test_a_child_in_no_danger_is_high_and_a_person_must_decide(cast: Cast) -> None:
    Teller().tell(CHILD)
    referral = Referral.objects.get()
    assert (referral.state, referral.proposed_class) == ("received", "actionable")
    assert {"told_by_person", "victim_named"} <= set(referral.protected)
    assert not referral.escalated
    assert referral.risk_band == "high"


def test_danger_now_is_escalated_by_a_named_rule_and_stands_first(cast: Cast) -> None:
    Teller().tell(CHILD)
    Teller().tell(PARENT)
    reference = Teller().tell(TEACHER)
    first = Referral.objects.order_by("-rank")[0]
    assert first.joinings.get().report.reference == reference
    assert first.escalated
    assert "danger_now" in first.protected
    assert "told that a child is in danger now" in first.why_here
    assert first.risk_band == "very_high"


def test_words_alone_are_never_set_aside_by_a_rule(cast: Cast) -> None:
    Teller().tell({"who": "adult", "danger": "no", "happened": "I am worried."})
    referral = Referral.objects.get()
    assert (referral.state, referral.proposed_rule) == ("received", "actionable")


def test_an_officer_reads_first_how_it_is_safe_to_reach_them(cast: Cast, signed_in: SignedIn) -> None:
    Teller().tell(CHILD)
    referral = Referral.objects.get()
    client = signed_in(cast.intelligence)
    for path in (f"/referrals/{referral.pk}", f"/reports/{referral.joinings.get().report_id}"):
        client.post(path, {"reason": "working"})
        page = client.get(path).content.decode()
        said = ("Contact them only through an adult they trust: My aunt: 01632 960001.", "After 4pm")
        order = [page.index(words) for words in (*said, "Do not leave a message")]
        assert order == sorted(order)
        assert order[0] < page.index("<h2", page.index("Told by a person") + 1)


@pytest.mark.parametrize(
    ("way", "sentence"),
    [
        ({"way": "none"}, "Do not contact them: they said that it is not safe."),
        ({}, "Do not contact them: they did not say that it is safe."),
    ],
)
def test_no_and_silence_are_both_no(
    way: dict[str, str], sentence: str, cast: Cast, signed_in: SignedIn
) -> None:
    Teller().tell({"who": "child", "danger": "no", "happened": "Something.", **way})
    client, path = signed_in(cast.intelligence), f"/referrals/{Referral.objects.get().pk}"
    client.post(path, {"reason": "working"})
    assert sentence in client.get(path).content.decode()


def test_a_force_reads_it_too_and_for_safeguarding_without_the_words(cast: Cast, signed_in: SignedIn) -> None:
    Teller().tell(TEACHER)
    referral = Referral.objects.get()
    by, only = cast.intelligence, "Contact them only by email: teacher@example.org."
    sent = package.disseminate(referral, to=cast.force_a, reason="suspect_lives_here", text="x", by=by)
    safe = package.send_safeguarding(referral, to=cast.force_b, text="Make safe", by=by)
    whole, less = (json.loads(Package.objects.get(pk=one.pk).content)["telling"][0] for one in (sent, safe))
    assert whole["contact"]["sentence"] == less["contact"]["sentence"] == only
    assert whole["words"]["happened"] == TEACHER["happened"]
    assert "words" not in less
    assert whole["duty"]["organisation"] == "Example School"
    for officer, one in ((cast.officer_a, sent), (cast.officer_b, safe)):
        client = signed_in(officer)
        client.post(f"/packages/{one.pk}", {"reason": "working"})
        assert (
            b"Contact them only by email: teacher@example.org." in client.get(f"/packages/{one.pk}").content
        )
        assert client.get(f"/packages/{one.pk}/package.pdf").content.startswith(b"%PDF")


def test_their_own_number_is_never_a_selector(cast: Cast) -> None:
    Teller().tell({**CHILD, "way": "phone", "phone": "07700 900123"})
    values = set(Referral.objects.get().sightings.values_list("selector__value", flat=True))
    assert not {value for value in values if "900123" in value}


def test_what_anybody_can_type_joins_nothing(cast: Cast) -> None:
    for _ in range(2):
        Teller().tell(TEACHER)
    assert Referral.objects.count() == 2
    assert {one.joins for referral in Referral.objects.all() for one in referral.sightings.all()} == {False}


def test_a_company_cannot_report_in_their_name(cast: Cast) -> None:
    Teller().tell(PARENT)
    for name in ("Members of the public", "FORM members of the public"):
        referral_from(report(1, provider=name, reference=name), cast.intake)
    assert Provider.objects.filter(kind="form").count() == 1
    assert Report.objects.filter(provider__kind="form").count() == 1


# Once


def test_sent_again_it_is_one_report_and_the_same_reference(cast: Cast) -> None:
    teller = Teller()
    first = teller.tell(PARENT)
    again = teller.send("/tell/check", follow=True).content.decode()
    assert first in again
    assert teller.client.get("/tell/5", follow=True).request["PATH_INFO"] == "/tell/sent"
    assert (Report.objects.count(), Receipt.objects.count()) == (1, 1)


def test_sent_from_two_windows_at_one_moment_it_is_one_report(cast: Cast) -> None:
    teller = Teller()
    teller.answer(PARENT)
    desks = [Desk(teller.client.cookies["page"].value) for _ in range(2)]
    assert len({desk.send("192.0.2.1") for desk in desks}) == 1
    assert Report.objects.count() == 1
    assert sorted(Receipt.objects.values_list("state", flat=True)) == ["duplicate", "new"]


# Nothing left behind


def kept() -> str:
    """Everything that any session holds."""
    return json.dumps([one.get_decoded() for one in Session.objects.all()])


def test_answers_are_gone_once_sent(cast: Cast) -> None:
    teller = Teller()
    teller.answer(CHILD)
    assert "where I live" in kept()
    teller.send("/tell/check")
    assert "where I live" not in kept()


def test_answers_are_gone_on_leaving(cast: Cast) -> None:
    teller = Teller()
    teller.answer(CHILD)
    left = teller.client.get("/tell/leave")
    assert (left.status_code, left["Location"]) == (302, load("telling").on(today()).leave_to)
    assert "where I live" not in kept()
    page = teller.client.get("/tell/check")
    assert b"not here any more" in page.content
    assert b"where I live" not in page.content


def test_answers_are_gone_when_nobody_answers_for_a_while(cast: Cast) -> None:
    idle = load("telling").on(today()).limits["idle_minutes"].most
    start = moment.now()
    with time_machine.travel(start, tick=False) as travelled:
        teller = Teller()
        teller.answer(CHILD)
        travelled.move_to(start + timedelta(minutes=idle - 1))
        assert b"where I live" in teller.client.get("/tell/check").content
        travelled.move_to(start + timedelta(minutes=idle, seconds=1))
        assert b"not here any more" in teller.client.get("/tell/check").content
        other = Teller()
        other.send("/tell/1", {"who": "child"})
        assert "where I live" not in kept()


def test_leaving_signs_no_officer_out(cast: Cast, signed_in: SignedIn) -> None:
    client = signed_in(cast.intake)
    client.cookies["page"] = client.cookies["sessionid"].value
    client.get("/tell/leave")
    assert client.get("/queue").status_code == 200


@pytest.mark.parametrize("said", [CHILD, TEACHER], ids=["child", "teacher"])
def test_no_answer_is_in_an_address_a_title_or_a_cache(said: dict[str, Any], cast: Cast) -> None:
    teller = Teller()
    teller.answer(said)
    for page in teller.pages:
        title = re.search(r"<title>(.*?)</title>", page)
        assert title
        assert re.fullmatch(r"(Question \d+|Check your answers|Before you go on) – Lapwing", title[1])
        assert "/tell/leave" in page
        assert '<input type="file"' not in page
        assert "multipart" not in page
        assert page.count("<textarea") == page.count("Please do not paste pictures")
    assert teller.client.get("/tell/check")["Cache-Control"] == "no-store, private"


def test_a_change_of_mind_asks_what_is_new_and_drops_what_no_longer_fits(cast: Cast) -> None:
    teller = Teller()
    teller.answer(TEACHER)
    reply = teller.send("/tell/1?check", {"who": "child"})
    assert reply["Location"] == "/tell/3"
    assert teller.send("/tell/3?check", {"whose": "other"})["Location"] == "/tell/check"
    page = teller.client.get("/tell/check").content.decode()
    assert "Example School" not in page
    teller.send("/tell/check")
    told = current_report(Report.objects.get()).telling
    assert told is not None
    assert (told.teller, told.duty, told.about_self) == ("child", None, False)


# The reference


def state_of(client: Teller, reference: str) -> str:
    page = client.send("/tell/reference", {"reference": reference}).content.decode()
    found = re.search(r'id="standing">([^<]+)<', page)
    return found[1] if found else ""


def test_a_reference_tells_one_of_three_things_and_no_more(cast: Cast) -> None:
    reference = Teller().tell(PARENT)
    asker, referral = Teller(), Referral.objects.get()
    assert state_of(asker, reference.lower().replace("-", " ")) == "It was received."
    decide.develop(referral, by=cast.intake)
    assert state_of(asker, reference) == "It is being looked at."
    decide.discard(referral, reason="viral", by=cast.intake)
    assert state_of(asker, reference) == "It is closed."
    assert AuditEntry.objects.filter(action="look up a reference").count() == 3


def test_a_wrong_reference_gets_an_answer_of_the_same_shape(cast: Cast) -> None:
    both, asker = (Teller().tell(PARENT), reference_of(b"0123456789")), Teller()
    pages = [asker.send("/tell/reference", {"reference": one}).content.decode() for one in both]
    found = [re.sub(r'(id="standing">)[^<]+', r"\1", page) for page in pages]
    assert found[0] == found[1]
    assert "Nothing was found" in pages[1]


def test_a_companys_reference_is_not_told(cast: Cast) -> None:
    reference = reference_of(b"0123456789")
    referral_from(report(1, reference=reference), cast.intake)
    assert state_of(Teller(), reference) == "Nothing was found with that reference."


def test_guessing_is_slowed_with_a_page_that_says_what_to_do(cast: Cast) -> None:
    asker, most = Teller(), load("telling").on(today()).limits["asked_an_hour"].most
    guesses = [{"reference": reference_of(bytes([n] * 10))} for n in range(most + 1)]
    answers = [asker.send("/tell/reference", guess).status_code for guess in guesses]
    assert answers == [200] * most + [429]
    other = Teller(REMOTE_ADDR="192.0.2.9")
    assert other.send("/tell/reference", {"reference": reference_of(b"0123456789")}).status_code == 200


def test_an_officer_finds_it_as_it_is_said_on_the_telephone(cast: Cast, signed_in: SignedIn) -> None:
    said = Teller().tell(PARENT).lower().replace("-", " ").replace("0", "o")
    page = signed_in(cast.intake).get("/search", {"q": said}).content.decode()
    assert Report.objects.get().reference in page


# A flood


def test_too_many_from_one_address_are_told_what_to_do_instead_and_lose_nothing(cast: Cast) -> None:
    limit = load("telling").on(today()).limits["sent_an_hour"].most
    teller = Teller()
    teller.answer(CHILD)
    for _ in range(limit):
        assert knock(Knock.What.SENT, "127.0.0.1", most=limit)
    reply = teller.send("/tell/check")
    assert reply.status_code == 429
    assert b"0800 1111" in reply.content
    assert b"This was not sent" in reply.content
    assert "where I live" in kept()
    with moment.at(moment.now() + timedelta(hours=1, seconds=1)):
        assert teller.send("/tell/check")["Location"] == "/tell/sent"


def test_addresses_are_kept_only_as_a_hash_and_a_home_of_ipv6_is_one(db: None) -> None:
    assert knock(Knock.What.SENT, "192.0.2.7", most=1)
    assert "192.0.2.7" not in str(list(Knock.objects.values()))
    assert place_of("2001:db8::1") == place_of("2001:db8::ffff")
    assert place_of("2001:db8::1") != place_of("2001:db8:0:1::1")


def test_a_form_without_its_token_gets_a_friendly_page(db: None) -> None:
    strict = Teller(enforce_csrf_checks=True)
    reply = strict.send("/tell/1", {"who": "child"})
    assert reply.status_code == 403
    assert b"Your answers are not here any more" in reply.content
    assert b"0800 1111" in reply.content


def test_without_its_token_what_was_answered_before_is_still_there(db: None) -> None:
    teller = Teller()
    teller.send("/tell/1", {"who": "child"})
    strict = Teller(enforce_csrf_checks=True)
    strict.client.cookies["page"] = teller.client.cookies["page"].value
    reply = strict.send("/tell/2", {"danger": "no"})
    assert reply.status_code == 403
    assert b"Your other answers are still here" in reply.content
    assert strict.client.get("/tell/check")["Location"] == "/tell/2"
