"""The public form against what nobody types: each gets a page, nothing is kept that should not be."""

import json
from io import BytesIO
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from tests.cast import Cast
from tests.lapwing_web.casework.telling import CHILD, FORM, TEACHER, Teller

from lapwing.rules.telling import QUESTIONS
from lapwing_web.casework.actions.telling import Desk
from lapwing_web.casework.forms.telling import clean_text
from lapwing_web.casework.models import Referral
from lapwing_web.casework.models.explained import reports_of
from lapwing_web.casework.models.telling import telling_of
from lapwing_web.casework.queries.said import telling_said
from lapwing_web.intake.models import Report
from lapwing_web.intake.queries.reports import current_report

PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(1000)


def begun(**answers: str) -> Teller:
    teller = Teller()
    teller.send("/tell/1", {"who": "child", **answers})
    return teller


def test_ten_megabytes_are_turned_away_before_they_are_read(db: None) -> None:
    teller = begun()

    class Unread(BytesIO):
        def read(self, *size: Any) -> bytes:
            raise AssertionError("it was read")

    reply = teller.client.generic(
        "POST", "/tell/5", b"", content_type=FORM, CONTENT_LENGTH=str(10 * 2**20), **{"wsgi.input": Unread()}
    )
    assert reply.status_code == 400
    assert b"too much to send at once" in reply.content
    assert b"0800 1111" in reply.content
    assert teller.send("/tell/5", {"happened": "x" * 10 * 2**20}).status_code == 400


def test_a_file_is_turned_away_before_it_is_read(db: None) -> None:
    teller = begun()
    for path in ("/tell/5", "/tell/check", "/tell/reference", "/tell/1"):
        reply = teller.client.post(path, {"happened": "x", "picture": BytesIO(PICTURE)})
        assert reply.status_code == 400
        assert b"cannot take pictures" in reply.content


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("data:image/png;base64,iVBORw0KGgo=", "a picture pasted as text"),
        ("look DATA: Video/mp4;base64,AAAA", "a film, in other capitals"),
    ],
)
def test_a_picture_pasted_as_text_is_refused_with_words(typed: str, why: str, db: None) -> None:
    reply = begun().send("/tell/5", {"happened": typed})
    assert b"please do not paste a picture" in reply.content, why


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("a\r\nb\rc", "a\nb\nc"),
        ("  a \t b ", "a \t b"),
        ("a\x07b\x1b[31m", "a�b�[31m"),
        ("a\u202etxt.exe\u2066b", "a�txt.exe�b"),
        ("👩\u200d👧 é ẞ 漢", "👩\u200d👧 é ẞ 漢"),
        ("\u0645\u200f\u0644", "\u0645\u200f\u0644"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
    ],
    ids=["line ends", "spaces", "control characters", "turned text", "emoji", "right to left", "markup"],
)
def test_what_is_typed_is_kept_but_for_what_is_unseen(typed: str, kept: str) -> None:
    assert clean_text(typed) == kept


def test_a_nul_and_half_a_letter_make_no_server_fail(db: None) -> None:
    teller = begun()
    for body in (
        b"happened=a%00b",
        b"happened=%ED%A0%80",
        b"happened=%FF%FE",
        b"%00=1",
        b"happened",
        b"&&&=&",
    ):
        reply = teller.client.post("/tell/5", body, content_type=FORM)
        assert reply.status_code in (200, 302, 400), body


def test_too_many_fields_are_refused_without_failing(db: None) -> None:
    body = "&".join(f"f{n}=1" for n in range(5000))
    assert begun().client.post("/tell/5", body, content_type=FORM).status_code == 400


def test_fields_that_nobody_asks_for_are_not_kept(db: None) -> None:
    teller = begun(danger="yes", happened="x" * 4000, sent="True", reference="mine", invented="y" * 4000)
    held = Session.objects.get().get_decoded()["draft"]
    assert held["answers"] == {"who": "child"}
    assert "invented" not in json.dumps(held)
    assert teller.client.get("/tell/2").status_code == 200


def test_a_session_stays_small_whatever_is_answered(cast: Cast) -> None:
    teller = Teller()
    teller.answer({**TEACHER, **dict.fromkeys((), "é" * 10000)})
    for number, (names, _) in enumerate(QUESTIONS.values(), 1):
        teller.send(f"/tell/{number}", dict.fromkeys(names, "漢" * 100_000))
        teller.send(f"/tell/{number}", dict.fromkeys(names, "漢" * 5_000))
    assert len(Session.objects.get().session_data) < 200_000


NO_DAYS = [
    ["31", "2", "2026"],
    ["1", "1", "9999"],
    ["9" * 400, "1", "1"],
    ["", "1", ""],
    ["²", "1", "2026"],
    ["-1", "1", "2026"],
    ["1", "1", "0"],
]


@pytest.mark.parametrize("day", NO_DAYS, ids=lambda day: "-".join(day)[:12])
def test_a_day_that_is_none_is_said_to_be(day: list[str], cast: Cast) -> None:
    teller = Teller()
    teller.answer(TEACHER)
    reply = teller.send("/tell/11", {f"learnt_on_{n}": part for n, part in enumerate(day)})
    assert reply.status_code == 200
    assert b"There is a problem" in reply.content


@pytest.mark.parametrize("key", ["", "x", "x" * 5000, "../..", "é", "0" * 32])
def test_a_key_that_opens_nothing_finds_nothing(key: str, db: None) -> None:
    teller = Teller()
    teller.client.cookies["page"] = key
    assert b"not here any more" in teller.client.get("/tell/check").content
    assert Desk(key).draft is None


def test_a_question_that_does_not_fit_is_not_asked(db: None) -> None:
    teller = begun()
    for number, name in enumerate(QUESTIONS, 1):
        if name in ("duty", "learnt", "phone", "email", "adult", "children"):
            assert teller.send(f"/tell/{number}", {"duty_role": "x", "phone": "1"}).status_code == 302
    assert Session.objects.get().get_decoded()["draft"]["answers"] == {"who": "child"}


def test_nothing_is_sent_before_it_is_answered(cast: Cast) -> None:
    teller = begun()
    assert teller.send("/tell/check")["Location"] == "/tell/2"
    assert Report.objects.count() == 0


def test_markup_and_formulas_stay_words_on_every_page(cast: Cast, signed_in: Any) -> None:
    nasty = "</textarea></title><script>x()</script>{{ 7|add:7 }}{% x %}#let a = 1"
    teller = Teller()
    page = teller.answer({**CHILD, "happened": nasty, "avoid": nasty, "child_name": nasty})
    teller.send("/tell/check")
    client, referral = signed_in(cast.intelligence), Referral.objects.get()
    client.post(f"/referrals/{referral.pk}", {"reason": "working"})
    for shown in (page, client.get(f"/referrals/{referral.pk}").content.decode()):
        assert "<script>x()" not in shown
        assert "&lt;script&gt;x()" in shown


free = st.text(max_size=60)


# each example walks every page, so a failure is shown as it was found and not shrunk for minutes
@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    phases=[Phase.explicit, Phase.generate],
)
@given(happened=free, times=free, name=free, told=free, danger=st.sampled_from(["yes", "no", "not_sure"]))
def test_whatever_is_told_is_what_an_officer_reads(
    cast: Cast, happened: str, times: str, name: str, told: str, danger: str
) -> None:
    typed = {"happened": happened, "times": times, "child_name": name, "told_others": told}
    typed = {key: value.replace("\0", "").encode("utf-8", "ignore").decode() for key, value in typed.items()}
    if not clean_text(typed["happened"]):
        return
    with_way = {"who": "child", "danger": danger, "way": "phone", "phone": "01632 960001", **typed}
    reference = Teller(REMOTE_ADDR=f"2001:db8:{Report.objects.count():x}::1").tell(with_way)
    report = Report.objects.get(reference=reference)
    read = telling_of(current_report(report))
    assert read is not None
    said = dict(telling_said(read).rows)
    assert said["What they told"] == clean_text(typed["happened"])
    assert said.get("When it is safe", "") == clean_text(typed["times"])
    assert said.get("Who else knows", "") == clean_text(typed["told_others"])
    assert telling_said(read).sentence == "Contact them only by phone: 01632 960001."
    referral = Referral.objects.get(joinings__report=report)
    assert referral.escalated == (danger == "yes")
    assert reports_of(referral)[0].report.telling == current_report(report).telling
