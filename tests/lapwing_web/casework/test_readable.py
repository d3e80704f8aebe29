"""The readable copy is always made, whatever a company or an officer wrote."""

import json
from typing import Any

import pytest
from tests.cast import Cast
from tests.lapwing_web.casework.made import Made, subject
from tests.lapwing_web.casework.test_package import text_of

from lapwing.report import Instant, PostalAddress
from lapwing.rules.audit_chain import canonical
from lapwing_web.casework.actions import package
from lapwing_web.casework.actions.readable import pdf

pytestmark = pytest.mark.django_db
FIXED = {"kind", "band", "answer", "sent_at", "received_at", "asked_at", "answered_at"}  # never free text
UNDRAWN = "cannot be drawn here"

WRITTEN = [
    # what is written everywhere, whether a box stands for some of it, why
    ("", False, "nothing at all"),
    ("subject-000001", False, "what is expected"),
    ("\N{GRINNING FACE}\N{MAN}\u200d\N{WOMAN}", True, "emoji, joined"),
    ("\u0645\u0631\u062d\u0628\u0627", False, "Arabic, from right to left"),
    ("\u05e9\u05dc\u05d5\u05dd", False, "Hebrew"),
    ("\u6f22\u5b57\u30ab\u30ca\ud55c", True, "Chinese, Japanese, Korean"),
    ("\u202e\u2066abc\u2069", False, "marks of direction"),
    ("\ue000\U0010fffd", True, "private use"),
    ("\ufffe\uffff\ufdd0", True, "what is no character"),
    ("a\x00b\x07\x1b\x7f\x85", True, "NUL and other controls"),
    ("a" + "\u0301" * 500, False, "marks upon marks"),
    ('"]] #panic() [[ $ \\ * _', False, "markup"),
]


def written(value: Any, text: str, name: str = "") -> Any:
    """The same content with `text` wherever somebody's own words can stand."""
    if isinstance(value, dict):
        return {key: written(one, text, key) for key, one in value.items()}
    if isinstance(value, list):
        return [written(one, text, name) for one in value]
    return text if isinstance(value, str) and name not in FIXED else value


@pytest.mark.parametrize(("text", "boxes", "why"), WRITTEN, ids=[why for *_, why in WRITTEN])
def test_whatever_is_written_the_copy_is_made(
    text: str, boxes: bool, why: str, cast: Cast, made: Made
) -> None:
    sent = package.disseminate(made(1), to=cast.force_a, reason="best_evidence", by=cast.intelligence)
    sent.content = canonical(written(json.loads(sent.content), text))
    copy = pdf(sent)
    assert copy.startswith(b"%PDF")
    assert (UNDRAWN in text_of(copy)) == boxes


def test_a_megabyte_is_set_too(cast: Cast, made: Made) -> None:
    long = "word " * 200_000
    sent = package.disseminate(made(1), to=cast.force_a, reason="best_evidence", by=cast.intelligence)
    content = json.loads(sent.content)
    content["decision"]["why"], content["selectors"][0]["value"] = long, "x" * 1_000_000
    sent.content = canonical(content)
    assert pdf(sent).startswith(b"%PDF")


def test_what_a_company_wrote_comes_through_the_whole_path(cast: Cast, made: Made) -> None:
    odd = "\N{GRINNING FACE}\x00\u6f22\u0645"
    who = subject(1, first_name=odd, screen_name=odd, addresses=[PostalAddress(street=odd)])
    referral = made(1, people=[who], incident_at=Instant(odd), incident_type=odd, notes=odd)
    sent = package.disseminate(referral, to=cast.force_a, reason="best_evidence", by=cast.intelligence)
    assert UNDRAWN in text_of(pdf(sent))
    child = package.send_safeguarding(referral, to=cast.force_a, text="a child", by=cast.intelligence)
    assert pdf(child).startswith(b"%PDF")
