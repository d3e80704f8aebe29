"""An exported audit: any change to it, anywhere, is found and placed."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lapwing.rules.audit_chain import FIELDS, GENESIS, canonical, chain_hash
from lapwing.rules.audit_file import Checker, Fault, NotAnExport, Row, written


def rows(count: int, **change: Any) -> list[Row]:
    made, previous = [], GENESIS
    for position in range(1, count + 1):
        entry = {
            "position": position,
            "at": f"2026-03-02T09:00:{position % 60:02d}.000000+00:00",
            "by": "officer-a",
            "role": "force_officer",
            "organisation": "E23000003",
            "action": "triage",
            "about": f"referral:{position}",
            "to": "",
            "why": "Ünïcode – “why”",
            "old": "",
            "new": '{"state":"developing"}',
            "policy": "",
            "previous": previous,
            **change,
        }
        previous = chain_hash(entry)
        made.append(Row(**entry, hash=previous))
    return made


def export(count: int = 5, **change: Any) -> list[bytes]:
    made = rows(count, **change)
    head = made[-1].hash if made else GENESIS
    return list(written(made, count=count, head=head, exported_at="2026-03-02T10:00:00+00:00"))


def faults(lines: list[bytes], **given: Any) -> list[Fault]:
    return list(Checker(b"".join(lines).splitlines(keepends=True), **given).faults())


def said(lines: list[bytes], **given: Any) -> str:
    return "\n".join(str(fault) for fault in faults(lines, **given))


@pytest.mark.parametrize("count", [0, 1, 2, 50])
def test_an_untouched_export_is_whole(count: int) -> None:
    assert faults(export(count)) == []


def test_the_chain_is_spelt_so_that_any_language_can_check_it() -> None:
    entry = {name: value for name, value in json.loads(export(1)[1]).items() if name != "hash"}
    plain = json.dumps([entry[name] for name in FIELDS], separators=(",", ":"), ensure_ascii=False)
    assert canonical([entry[name] for name in FIELDS]) == plain


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])) | st.integers(0, 2**53), max_size=4))
def test_one_spelling_is_pythons_own(values: list[Any]) -> None:
    assert canonical(values) == json.dumps(values, separators=(",", ":"), ensure_ascii=False)


def test_a_changed_row_is_named() -> None:
    lines = export()
    lines[3] = lines[3].replace(b"officer-a", b"officer-b")
    assert "line 4, position 3: this row was changed" in said(lines)


@pytest.mark.parametrize(
    ("removed", "sentence"),
    [(1, "position 1 should come before"), (3, "position 3 should come before"), (5, "promises 5 rows")],
    ids=["first", "middle", "last"],
)
def test_a_removed_row_is_named(removed: int, sentence: str) -> None:
    lines = export()
    del lines[removed]
    assert sentence in said(lines)


def test_a_row_inserted_and_chained_by_hand_is_named() -> None:
    lines = export()
    first = json.loads(lines[1])
    forged = {**first, "position": 2, "previous": first["hash"], "by": "officer-b"}
    forged["hash"] = chain_hash(forged)
    lines.insert(2, canonical_line(forged))
    assert "line 4, position 2: this row is out of its order" in said(lines)


def canonical_line(entry: dict[str, Any]) -> bytes:
    return json.dumps(entry, separators=(",", ":"), ensure_ascii=False).encode() + b"\n"


def test_two_rows_changed_over_are_named() -> None:
    lines = export()
    lines[2], lines[3] = lines[3], lines[2]
    assert "line 3, position 3: position 2 should come before" in said(lines)
    assert "line 4, position 2: this row is out of its order" in said(lines)


@pytest.mark.parametrize("kept", range(1, 7))
def test_a_file_cut_short_is_found(kept: int) -> None:
    assert "cut short" in said(export()[:kept])


def test_a_file_cut_in_the_middle_of_a_line_is_found() -> None:
    whole = b"".join(export())
    assert "cut short" in said([whole[:-1]])


def test_anything_after_the_end_is_found() -> None:
    assert "added to" in said([*export(), b"\n"])


def test_a_file_made_again_with_other_rows_is_found_by_a_head_noted_elsewhere() -> None:
    noted = rows(5)[-1].hash
    forged = export(5, by="officer-b")
    assert faults(forged) == []
    assert "no row has the noted head" in said(forged, head=noted)
    assert faults(export(9), head=noted) == []


def test_an_earlier_export_must_be_a_beginning_of_a_later_one() -> None:
    earlier = (5, rows(5)[-1].hash)
    assert faults(export(9), after=earlier) == []
    assert faults(export(5), after=earlier) == []
    assert "the earlier export ended here" in said(export(9, by="officer-b"), after=earlier)
    assert "the earlier export ended here" in said(export(4), after=earlier)


def test_another_kind_of_file_is_refused() -> None:
    for other in ([], [b"hello\n", b"there\n"], [b"{}\n"], [b"\xff\xfe"]):
        with pytest.raises(NotAnExport):
            faults(other)


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_no_single_change_of_any_byte_or_line_escapes(data: st.DataObject) -> None:
    lines = export(4)
    whole = b"".join(lines)
    kind = data.draw(st.sampled_from(["flip", "drop", "add", "line gone", "line twice", "lines over"]))
    at = data.draw(st.integers(0, len(whole) - 1))
    byte = bytes([data.draw(st.integers(0, 255))])
    n = data.draw(st.integers(0, len(lines) - 1))
    m = data.draw(st.integers(0, len(lines) - 1))
    if kind == "flip":
        changed = whole[:at] + byte + whole[at + 1 :]
    elif kind == "drop":
        changed = whole[:at] + whole[at + 1 :]
    elif kind == "add":
        changed = whole[:at] + byte + whole[at:]
    elif kind == "line gone":
        changed = b"".join(lines[:n] + lines[n + 1 :])
    elif kind == "line twice":
        changed = b"".join([*lines[:n], lines[n], *lines[n:]])
    else:
        lines[n], lines[m] = lines[m], lines[n]
        changed = b"".join(lines)
    if changed == whole:
        return
    assert is_caught(changed)


def is_caught(changed: bytes) -> bool:
    try:
        return bool(faults([changed]))
    except NotAnExport:  # its first words say what it is: with those changed, nobody is told that it is whole
        return True


@pytest.mark.parametrize("at", [1, 13, 40])
def test_a_header_that_was_broken_in_two_is_a_fault_and_not_another_kind_of_file(at: int) -> None:
    whole = b"".join(export(4))
    assert "the header line is missing or changed" in said([whole[:at] + b"\n" + whole[at + 1 :]])
