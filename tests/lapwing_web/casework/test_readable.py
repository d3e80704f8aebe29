"""The readable copy is always made, whatever a company or an officer wrote."""

import json
import re
import subprocess
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader
from pypdf.generic import ContentStream
from tests.cast import Cast
from tests.lapwing_web.casework.made import Made, subject
from tests.lapwing_web.casework.test_package import text_of

from lapwing.report import Instant, PostalAddress
from lapwing.rules.audit_chain import canonical
from lapwing_web.casework.actions import package
from lapwing_web.casework.actions.drawing import pdf as document
from lapwing_web.casework.actions.readable import pdf
from lapwing_web.casework.models.paper import Paper, Part, Table

pytestmark = pytest.mark.django_db
FIXED = {"kind", "band", "answer", "sent_at", "received_at", "asked_at", "answered_at"}  # never free text
UNDRAWN = "cannot be drawn here"
A4_WIDE, MARGIN = 595.3, 56.6  # points

WRITTEN = [
    # what is written everywhere, whether a box stands for some of it, why
    ("", False, "nothing at all"),
    ("subject-000001", False, "what is expected"),
    ("\N{GRINNING FACE}\N{MAN}\u200d\N{WOMAN}", False, "emoji, joined"),
    ("\u0645\u0631\u062d\u0628\u0627", False, "Arabic, from right to left"),
    ("\u05e9\u05dc\u05d5\u05dd", False, "Hebrew"),
    ("\u6f22\u5b57\u30ab\u30ca\ud55c", False, "Chinese, Japanese, Korean"),
    ("\u041f\u0451\u0442\u0440 \u0395\u03bb\u03ad\u03bd\u03b7", False, "Cyrillic, Greek"),
    (
        "\u0939\u093f\u0928\u094d\u0926\u0940 \u0a2a\u0a70 \u0a97\u0ac1",
        False,
        "Devanagari, Gurmukhi, Gujarati",
    ),
    (
        "\u09ac\u09be\u0982 \u0ba4\u0bae\u0bbf\u0bb4\u0bcd \u0c24\u0c46 \u0c95 \u0d2e \u0dc3\u0dd2",
        False,
        "Bengali, Tamil and their kin",
    ),
    (
        "\u0e44\u0e17\u0e22 \u0ea5\u0eb2\u0ea7 \u1781 \u1019\u103c\u1014\u103a",
        False,
        "Thai, Lao, Khmer, Burmese",
    ),
    ("\u10e5\u10d0\u10e0 \u0540\u0561\u0575 \u12a0\u121b\u122d", False, "Georgian, Armenian, Ethiopic"),
    ("\u067e\u0686\u06c1 \u0679\u06af \u0626\u06c7", False, "Urdu, Persian, Uyghur"),
    ("Nguy\u1ec5n \u0141\u00f3d\u017a \u0130\u015f\u0131k", False, "Vietnamese, Polish, Turkish"),
    ("\U00020bb7\u9f98 \u2605 \u260e \u20ac", False, "a rare character in a name, and signs"),
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
    assert boxes or not undrawn(copy)


def undrawn(made: bytes) -> int:
    """How many boxes are drawn: glyph 0 of a font, which stands for what it does not have."""
    count = 0
    document = PdfReader(BytesIO(made))
    for page in document.pages:
        for operands, operator in ContentStream(page.get_contents(), document).operations:
            if operator not in (b"Tj", b"TJ"):
                continue
            shown = operands[0] if operator == b"TJ" else operands
            strings = [part.original_bytes for part in shown if hasattr(part, "original_bytes")]
            for text in strings:
                count += sum(text[at : at + 2] == b"\0\0" for at in range(0, len(text), 2))
    return count


def test_a_name_in_each_script_is_drawn_and_can_be_copied_out(cast: Cast, made: Made) -> None:
    names = [
        "\u738b\u5c0f\u660e",
        "\u5c71\u7530\u592a\u90ce",
        "\uae40\ucca0\uc218",
        "\u0418\u0432\u0430\u043d",
    ]
    who = subject(1, first_name=names[0], last_name=names[1], screen_name=names[2])
    referral = made(1, people=[who], notes=names[3])
    sent = package.disseminate(referral, to=cast.force_a, reason="best_evidence", by=cast.intelligence)
    copy = pdf(sent)
    assert undrawn(copy) == 0
    assert all(name in text_of(copy) for name in names[:3])


def test_a_box_is_seen_as_one(cast: Cast, made: Made) -> None:
    referral = made(1, people=[subject(1, first_name="\U0010fffd")])
    sent = package.disseminate(referral, to=cast.force_a, reason="best_evidence", by=cast.intelligence)
    assert undrawn(pdf(sent)) > 0


LINES = [
    # what somebody may copy, and why it must come out on one line as it went in
    ("subject-000001@mail.department.example.com", "an address is searched for"),
    ("0123456789abcdef" * 4, "a SHA-256 is compared"),
    ("https://example.com/a/b?c=1&d=2#e-f_g", "a URL is looked up"),
    ("2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff", "an IPv6 address is asked about"),
]


@pytest.mark.parametrize(("token", "why"), LINES, ids=[why for _, why in LINES])
def test_what_is_copied_is_what_was_written(token: str, why: str, cast: Cast, made: Made) -> None:
    sent = package.disseminate(made(1), to=cast.force_a, reason="best_evidence", by=cast.intelligence)
    content = json.loads(sent.content)
    content["selectors"][0]["value"] = content["reports"][0]["provider"] = token
    content["decision"]["why"] = f"words before it that take up most of the line, then {token}, and more"
    content["files"][0]["hashes"] = {"sha256": "fedcba9876543210" * 4, "md5": "f" * 32}
    sent.content = canonical(content)
    copy = text_of(pdf(sent))
    assert f"then {token}, and" in copy
    assert copy.count(token) >= 2
    assert {f"sha256 {'fedcba9876543210' * 4}", f"md5 {'f' * 32}"} <= set(lines_of(pdf(sent)))
    assert sent.sha256 in copy


WIDE = [
    # what does not fit on its line, why it is another case
    ("x" * 300, "one letter"),
    ("0123456789abcdef" * 40, "a hash as long as no hash is"),
    ("W" * 23, "short of an identifier, and the widest letters"),
    ("\u0416" * 300, "Cyrillic"),
    ("a" + "\u0301" * 9 + "b" * 300, "marks belong to their letter"),
    ("x" * 2500, "longer than one paragraph is"),
]


@pytest.mark.parametrize(("word", "why"), WIDE, ids=[why for _, why in WIDE])
def test_no_word_leaves_the_page(word: str, why: str, cast: Cast, made: Made) -> None:
    where = [PostalAddress(street=word, city=word)]
    who = subject(1, first_name=word, screen_name=word, addresses=where)
    referral = made(1, people=[who], incident_at=Instant(word), incident_type=word, notes=word)
    sent = package.disseminate(
        referral, to=cast.force_a, reason="best_evidence", text=word, by=cast.intelligence
    )
    row = Part("Part", [("Fact", word)], [word], Table(list("abcdef"), [[word] * 6]))
    paper = Paper("Title", "x", "x", word, [row], made="x", by="x", to=word, why=word)
    for copy in (pdf(sent), document("none", paper)):
        assert "\u200b" not in text_of(copy)
        assert rightmost(copy) <= A4_WIDE - MARGIN
        assert text_of(copy).count(word[-1]) >= 2 * word.count(word[-1])


def lines_of(copy: bytes) -> list[str]:
    done = subprocess.run(["pdftotext", "-layout", "-", "-"], input=copy, capture_output=True, check=True)
    return [line.strip() for line in done.stdout.decode().splitlines()]


def rightmost(copy: bytes) -> float:
    """The right end of the word that goes farthest, in points from the left of its page."""
    done = subprocess.run(["pdftotext", "-bbox", "-", "-"], input=copy, capture_output=True, check=True)
    return max(float(one) for one in re.findall(r'xMax="([\d.]+)"', done.stdout.decode()))


def test_a_megabyte_is_set_too(cast: Cast, made: Made) -> None:
    long = "word " * 200_000
    sent = package.disseminate(made(1), to=cast.force_a, reason="best_evidence", by=cast.intelligence)
    content = json.loads(sent.content)
    content["decision"]["why"], content["selectors"][0]["value"] = long, "x" * 1_000_000
    sent.content = canonical(content)
    assert pdf(sent).startswith(b"%PDF")


def test_what_a_company_wrote_comes_through_the_whole_path(cast: Cast, made: Made) -> None:
    odd = "\N{GRINNING FACE}\x00\U0010fffd\u6f22\u0645"
    who = subject(1, first_name=odd, screen_name=odd, addresses=[PostalAddress(street=odd)])
    referral = made(1, people=[who], incident_at=Instant(odd), incident_type=odd, notes=odd)
    sent = package.disseminate(referral, to=cast.force_a, reason="best_evidence", by=cast.intelligence)
    assert UNDRAWN in text_of(pdf(sent))
    child = package.send_safeguarding(referral, to=cast.force_a, text="a child", by=cast.intelligence)
    assert pdf(child).startswith(b"%PDF")
