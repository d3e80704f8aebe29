"""A document is made of plain words, whatever is written in them, and handed out only with a record of it."""

import json
from collections.abc import Iterator
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from django.test import Client
from django.urls import reverse
from docx import Document
from pypdf import PdfReader
from tests.cast import Cast
from tests.lapwing_web.casework.made import Made
from tests.lapwing_web.casework.worked import answer_all, case_of

from lapwing_web.audit.models import AuditEntry
from lapwing_web.casework.actions import arrests, exhibits, package
from lapwing_web.casework.actions.children import add_child, write_about_child
from lapwing_web.casework.actions.contact import answer_contact
from lapwing_web.casework.actions.documents import hand_out
from lapwing_web.casework.actions.drawing import docx, pdf
from lapwing_web.casework.models import Case
from lapwing_web.casework.models.paper import Paper, Part, Table
from lapwing_web.casework.queries.bail_record import bail_record
from lapwing_web.casework.queries.documents import case_summary, safeguarding_referral
from lapwing_web.casework.queries.exhibit_list import exhibit_list
from lapwing_web.moment import UK, at, now
from lapwing_web.refusal import Forbidden, Refused

pytestmark = pytest.mark.django_db
TO = {"to": "Children's services", "why": "A strategy discussion"}
WRITTEN = [
    # what is written, why
    ("{{ 7 * 7 }} {% for a in b %}", "what a template would run"),
    ("<w:p>&amp; <b>\"'</b>", "markup of Word"),
    ("#panic() ]] $ _*", "markup of Typst"),
    ("a\x00b\x07\x0c\x1b\ufffe", "what XML cannot hold"),
    ("first\nsecond\tthird", "lines"),
    ("مرحبا 漢字 Пётр", "other scripts"),
    ("a" * 300, "a word that never ends"),
]


@pytest.fixture
def case(cast: Cast, made: Made) -> Case:
    given = package.disseminate(made(1), to=cast.force_a, reason="best_evidence", by=cast.intelligence)
    package.accept(given, by=cast.officer_a)
    return case_of(given)


def words_of(drawn: bytes) -> str:
    """Every word of a DOCX: paragraphs, cells and headers."""
    it = Document(BytesIO(drawn))
    cells = [cell.text for table in it.tables for row in table.rows for cell in row.cells]
    heads = [one.text for section in it.sections for one in section.header.paragraphs]
    return "\n".join([*heads, *(one.text for one in it.paragraphs), *cells])


def paper_of(text: str) -> Paper:
    parts = [Part("Part", [(text, text)], [text], Table([text, "Other"], [[text, text]])), Part("Empty")]
    parts.append(Part("None", table=Table(["A"], [])))
    return Paper("Title", text, text, text, parts, made=text, by=text, to=text, why=text)


@pytest.mark.parametrize(("text", "why"), WRITTEN)
def test_what_is_written_is_shown_and_never_run(text: str, why: str) -> None:
    drawn = docx("none", paper_of(text))
    shown = text.translate(dict.fromkeys(map(ord, "\x00\x07\x0c\x1b\ufffe"), "\ufffd"))
    assert words_of(drawn).count(shown) >= 10
    assert "49" not in words_of(drawn)
    assert PdfReader(BytesIO(pdf("none", paper_of(text)))).pages


def test_a_document_says_what_it_is_to_a_machine_too() -> None:
    it = Document(BytesIO(docx("none", paper_of("x"))))
    assert it.core_properties.title == "Title, x"
    assert [one.text for one in it.paragraphs if one.style and one.style.name == "Heading 1"] == [
        "Part", "Empty", "None",
    ]  # fmt: skip
    read = PdfReader(BytesIO(pdf("none", paper_of("x"))))
    assert read.metadata is not None
    assert read.metadata.title == "Title, x"
    assert read.trailer["/Root"]["/MarkInfo"]["/Marked"]  # type: ignore[index]


@pytest.fixture
def own(settings: Any, tmp_path: Path) -> Iterator[Any]:
    """A force's own template, with this in one paragraph."""
    settings.DOCUMENTS = tmp_path

    def write(text: str) -> None:
        made = Document()
        made.add_paragraph(text)
        made.save(str(tmp_path / "case-summary.docx"))

    return write


def test_a_force_may_write_its_own_template(own: Any) -> None:
    own("{{ title }} by our own hand, {{ parts[0].facts[0][1] }}")
    assert words_of(docx("case-summary", paper_of("x"))).strip() == "Title by our own hand, x"
    assert "by our own hand" not in words_of(docx("safeguarding-referral", paper_of("x")))


@pytest.mark.parametrize(
    "text",
    [
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ parts.append(1) }}",
        "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
        "{% for a in range(999999999) %}{% endfor %}",
        "{{ misspelt }}",
        "{% for a in parts %}",
        "{% include '/etc/passwd' %}",
    ],
)
def test_a_force_s_template_reaches_nothing_but_the_words(own: Any, text: str) -> None:
    own(text)
    with pytest.raises(Refused, match=r"case-summary\.docx cannot be used"):
        docx("case-summary", paper_of("x"))


def test_a_file_that_is_no_template_is_refused(settings: Any, tmp_path: Path) -> None:
    settings.DOCUMENTS = tmp_path
    (tmp_path / "case-summary.docx").write_bytes(b"not one")
    with pytest.raises(Refused, match="cannot be used"):
        docx("case-summary", paper_of("x"))
    with ZipFile(tmp_path / "case-summary.docx", "w") as empty:
        empty.writestr("nothing.txt", "")
    with pytest.raises(Refused, match="cannot be used"):
        docx("case-summary", paper_of("x"))


def test_a_case_summary_names_no_child(case: Case, cast: Cast) -> None:
    child = add_child(
        case, contact="work", name="Someone Small", lives_at="1 Example Road", by=cast.officer_a
    )
    write_about_child(child, text="Kept apart", by=cast.officer_a)
    answer_contact(case, question="work", answer="yes", source="The employer", by=cast.officer_a)
    for ending in ("docx", "pdf"):
        made = hand_out("case-summary", case, case_summary, ending=ending, by=cast.officer_a, **TO)
        told = (
            words_of(made) if ending == "docx"
            else " ".join(page.extract_text() for page in PdfReader(BytesIO(made)).pages)
        )  # fmt: skip
        assert "Child 1" in told
        assert "The employer" in told
        assert "OFFICIAL-SENSITIVE" in told
        for apart in ("Someone Small", "Example Road", "Kept apart"):
            assert apart not in told


def test_a_safeguarding_referral_says_nothing_of_who_the_suspect_is(case: Case, cast: Cast) -> None:
    Case.objects.filter(pk=case.pk).update(title="Who the suspect is")
    case.refresh_from_db()
    child = add_child(case, contact="work", name="Someone Small", by=cast.officer_a)
    write_about_child(child, text="Kept apart", by=cast.officer_a)
    made = hand_out(
        "safeguarding-referral", child, safeguarding_referral, ending="docx", by=cast.officer_a, **TO
    )
    told = words_of(made)
    assert "Someone Small" in told
    assert "Who the suspect is" not in told
    assert "Kept apart" not in told
    entry = AuditEntry.objects.get(about=f"child:{child.pk}", action="disclose")
    assert (entry.to, entry.why) == (TO["to"], TO["why"])
    assert json.loads(entry.new)["document"] == "safeguarding-referral"


def test_a_bail_record_has_the_limits_with_who_authorises_each_and_the_gaps(case: Case, cast: Cast) -> None:
    suspect = case.suspects.get()
    answer_all(case, cast.officer_a, "yes")
    add_child(case, contact="work", name="Someone Small", by=cast.officer_a)
    with at(datetime(2026, 3, 2, 12, tzinfo=UK)):
        held = arrests.arrest(suspect, at=now(), position_of_trust="no", by=cast.officer_a)
        arrests.release(
            held, kind="bail", at=now(), returns_on=date(2026, 6, 2), rank="custody_officer",
            conditions="No contact with anybody under 18", by=cast.officer_a,
        )  # fmt: skip
        told = words_of(hand_out("bail-record", held, bail_record, ending="docx", by=cast.officer_a, **TO))
    assert "2 June 2026" in told  # the last day of three months
    assert "2 September 2026" in told
    assert "An inspector (unconfirmed)" in told
    assert "A custody officer\n" in told
    assert "No contact with anybody under 18" in told
    assert "3 June 2026, 00:00\nNothing ends it yet\nNobody has signed" in told
    assert "Someone Small" not in told
    assert "3 June 2026, 00:00" in words_of(
        hand_out("case-summary", case, case_summary, ending="docx", by=cast.officer_a, **TO)
    )


def test_an_exhibit_list_has_each_chain_and_says_whether_it_holds(case: Case, cast: Cast) -> None:
    seized = exhibits.seize(
        case, number="AB/1", kind="phone", description="A phone", place="A shelf", at=now(), by=cast.officer_a
    )

    def told() -> str:
        made = hand_out("exhibit-list", case, exhibit_list, ending="docx", by=cast.officer_a, **TO)
        return words_of(made)

    assert "Continuity of AB/1" in told()
    assert "A shelf" in told()
    assert "Whole: each step is chained to the one before." in told()
    seized.continuity.update(place="Elsewhere")
    assert "Not whole" in told()


def test_nothing_is_handed_out_without_a_record_or_by_another_force(case: Case, cast: Cast) -> None:
    def asked(**more: Any) -> bytes:
        return hand_out("case-summary", case, case_summary, **{"ending": "docx", **TO, **more})

    for by, refused in ((cast.officer_b, Forbidden), (cast.auditor_a, Forbidden)):
        with pytest.raises(refused):
            asked(by=by)
    for bad in ({"to": " "}, {"why": ""}, {"ending": "exe"}):
        with pytest.raises(Refused):
            asked(by=cast.officer_a, **bad)
    assert not AuditEntry.objects.filter(action="disclose", about=f"case:{case.pk}").exists()


def test_an_officer_makes_a_summary_on_a_page(case: Case, cast: Cast, client: Client) -> None:
    client.force_login(cast.officer_a)
    client.post(reverse("case", args=[case.pk]), {"reason": "working", "stands": "on"})
    page = reverse("case-summary", args=[case.pk])
    answer = client.post(page, {**TO, "ending": "pdf"})
    assert answer["Content-Type"] == "application/pdf"
    assert f'"{case.reference}-case-summary.pdf"' in answer["Content-Disposition"]
    again = client.post(page, {**TO, "ending": ""})
    assert "Choose Word or PDF" in again.content.decode()
    told = AuditEntry.objects.filter(action="disclose", about=f"case:{case.pk}")
    assert told.count() == 1
