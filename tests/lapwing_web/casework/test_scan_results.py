"""What a scan found is attached to its exhibit: checked, counted once, told, and never another force's."""

import hashlib
import io
import json
import zipfile
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.cast import Cast
from tests.lapwing.matching.made_lists import change
from tests.lapwing.scanning.made_sources import picture, put
from tests.lapwing_web.casework.made import Made
from tests.lapwing_web.casework.test_exhibits import opened, phone

from lapwing.cli import main
from lapwing.matching.listed import ListedFile
from lapwing.policy.topics.known_lists import RaisesNothing
from lapwing_web.audit.models import AuditEntry
from lapwing_web.casework.actions import scan_results
from lapwing_web.casework.models import Case, Exhibit, ScanFile, ScanResult
from lapwing_web.casework.models.governing import known_lists_policy
from lapwing_web.casework.queries.scan_results import scans_part
from lapwing_web.commands import main as site
from lapwing_web.moment import at, now
from lapwing_web.notifications.models import Notification
from lapwing_web.refusal import Forbidden, Refused

pytestmark = pytest.mark.django_db
Scanned = Callable[..., Path]


@pytest.fixture
def scanned(tmp_path: Path) -> Scanned:
    """A folder of pictures of these numbers, scanned against a list that holds picture 0."""
    known = ListedFile({"sha256": hashlib.sha256(picture(0)).digest()}, "no. 1", "A1", "industry")
    change(tmp_path / "lists", "agency", [known])

    def scan(name: str, *numbers: int, more: tuple[str, ...] = ()) -> Path:
        for number in numbers:
            put(tmp_path / name, f"DCIM/IMG_{number:04}.png", picture(number))
        put(tmp_path / name, "Documents/letter.txt", b"Nothing of note.\n")
        put(tmp_path / name, "DCIM/broken.png", picture(7)[:150])
        out = tmp_path / f"{name}-out"
        given = ["--lists", str(tmp_path / "lists"), "--out", str(out), "--workers", "1", *more]
        assert main(["scan", str(tmp_path / name), *given]) == 0
        return out

    return scan


def attach(exhibit: Exhibit, out: Path, by: Any, **changed: bytes) -> tuple[ScanResult, bool]:
    """Attach a scan's folder; `summary`, `items` or `stacks` may be something else."""
    names = {"summary": "summary.json", "items": "items.jsonl", "stacks": "stacks.jsonl"}
    files = {key: io.BytesIO(changed.get(key, (out / name).read_bytes())) for key, name in names.items()}
    return scan_results.attach(exhibit, **files, by=by)


def test_what_is_known_raises_the_band_and_is_told_once(cast: Cast, made: Made, scanned: Scanned) -> None:
    case = opened(cast, made)
    Case.objects.update(band="low")
    out, exhibit = scanned("one", 0, 1, 2, 3), phone(case, cast)
    result, new = attach(exhibit, out, cast.officer_a)
    assert (new, result.state, result.seen, result.matched_exactly) == (True, "attached", 6, 1)
    assert result.seen == result.hashed + result.excluded + result.failed
    case.refresh_from_db()
    assert case.band == "high"
    assert {one.user for one in Notification.objects.filter(kind="device_matched")} == {cast.supervisor_a}
    assert attach(exhibit, out, cast.officer_a) == (result, False)
    assert AuditEntry.objects.filter(action="attach a scan", about=f"exhibit:{exhibit.pk}").count() == 1
    known = ScanFile.objects.get(known=True)
    assert (known.list_name, known.dialect, known.category) == ("agency", "industry", "A1")
    assert not ScanFile.objects.filter(kind="other")


def test_a_case_that_is_higher_already_stays_where_it_is(cast: Cast, made: Made, scanned: Scanned) -> None:
    case = opened(cast, made)
    Case.objects.update(band="very_high")
    attach(phone(case, cast), scanned("one", 0), cast.officer_a)
    case.refresh_from_db()
    assert case.band == "very_high"


@pytest.mark.parametrize(
    ("named", "raised"),
    [
        ({"list": "agency", "category": ""}, False),
        ({"list": "agency", "category": "A1"}, False),
        ({"list": "agency", "category": "B2"}, True),
        ({"list": "another", "category": "A1"}, True),
    ],
)
def test_only_a_list_or_category_that_policy_names_raises_nothing(
    cast: Cast,
    made: Made,
    scanned: Scanned,
    monkeypatch: pytest.MonkeyPatch,
    named: dict[str, str],
    raised: bool,
) -> None:
    case, version = opened(cast, made), known_lists_policy()
    Case.objects.update(band="low")
    quiet = version.model_copy(update={"raises_nothing": [RaisesNothing(**named, why="A test")]})
    monkeypatch.setattr(scan_results, "known_lists_policy", lambda: quiet)
    attach(phone(case, cast), scanned("one", 0), cast.officer_a)
    case.refresh_from_db()
    assert (case.band == "high") is raised
    assert Notification.objects.filter(kind="device_matched").exists() is raised
    assert version.raises("agency", "")
    assert quiet.raises("agency", "") is (
        named["category"] != ""
    )  # a category nobody knows is not taken for one


def _line_lost(out: Path) -> dict[str, bytes]:
    return {"items": b"".join((out / "items.jsonl").read_bytes().splitlines(keepends=True)[:-1])}


def _broken_off(out: Path) -> dict[str, bytes]:
    return {"items": (out / "items.jsonl").read_bytes()[:-20]}


def _no_item(out: Path) -> dict[str, bytes]:
    return {"items": b'{"path": 1}\n' + (out / "items.jsonl").read_bytes()}


def _too_few(out: Path) -> dict[str, bytes]:
    told = json.loads((out / "summary.json").read_bytes())
    return {"summary": json.dumps({**told, "hashed": told["hashed"] - 1}).encode()}


def _told_otherwise(**changed: Any) -> Callable[[Path], dict[str, bytes]]:
    def change_it(out: Path) -> dict[str, bytes]:
        told = json.loads((out / "summary.json").read_bytes())
        return {"summary": json.dumps({**told, **changed}).encode()}

    return change_it


def _changed_line(kind: str, value: Any) -> Callable[[Path], dict[str, bytes]]:
    def change_it(out: Path) -> dict[str, bytes]:
        lines = [json.loads(line) for line in (out / "items.jsonl").read_bytes().splitlines()]
        next(line for line in lines if line["matches"])[kind] = value
        return {"items": b"".join(json.dumps(line).encode() + b"\n" for line in lines)}

    return change_it


def _one_more(out: Path) -> dict[str, bytes]:
    items = (out / "items.jsonl").read_bytes()
    return {"items": items + items.splitlines(keepends=True)[-1]}


def _long_line(out: Path) -> dict[str, bytes]:
    return {"items": b'{"path":"' + b"x" * 9 * 2**20 + b'"}\n'}


def _stacks(change: Callable[[list[dict[str, Any]]], Any]) -> Callable[[Path], dict[str, bytes]]:
    def changed(out: Path) -> dict[str, bytes]:
        told = [json.loads(line) for line in (out / "stacks.jsonl").read_bytes().splitlines()]
        change(told)
        return {"stacks": b"".join(json.dumps(one).encode() + b"\n" for one in told)}

    return changed


def _in_one(told: list[dict[str, Any]]) -> None:
    """Everything in one stack: whoever graded all of it would have viewed one picture."""
    members = [member for one in told for member in one["members"]]
    told[:] = [{**told[0], "files": len(members), "members": members}]


VIEWS = {"files": 5, "known": 1, "stacks": 4, "saved": 1}


@pytest.mark.parametrize(
    ("change_it", "says"),
    [
        (_line_lost, "they are not of one scan, or not whole"),
        (_broken_off, "line 6: it breaks off"),
        (_no_item, "items.jsonl, line 1: "),
        (_too_few, "items.jsonl has 6 files hashed, and summary.json says 5"),
        (_long_line, "it is longer than"),
        # what would keep the band of the case low, or end in the database
        (_told_otherwise(matched_exactly=0), "1 files matched_exactly, and summary.json says 0"),
        (_told_otherwise(matched_exactly=2), "1 files matched_exactly, and summary.json says 2"),
        (_told_otherwise(by_list=[]), "summary.json has no such “by_list”"),
        (
            _told_otherwise(
                by_list=[
                    {"list": "agency", "dialect": "industry", "category": "A1", "files": 1, "exactly": 0}
                ]
            ),
            "1 files under “exactly” as",
        ),
        (_told_otherwise(failures={}), "summary.json has no such “failures”"),
        (_told_otherwise(excluded_by={"pipe": 3}), "under “excluded_by” as pipe"),
        (_told_otherwise(done=False), "that something was not"),
        (_told_otherwise(bytes_seen=0, seen=2**60), "more than there can be"),
        (_told_otherwise(source="a\0b"), "no scan writes"),
        (_changed_line("matches", []), "files matched, and"),
        (_changed_line("sha256", "../../../etc/passwd" * 9), "its sha256 is no hash"),
        (_changed_line("md5", "\0" * 32), "its md5 is no hash"),
        (_changed_line("sha256", None), "it is on a list, and has no SHA-256"),
        (_changed_line("size", -1), "a size that no file has"),
        (_changed_line("kind", "x" * 5000), "its kind is none of"),
        (_one_more, "line 7: summary.json says that there is none"),
        (lambda out: {"items": b"\xff\n"}, "items.jsonl, line 1"),
        (lambda out: {"summary": b"{}"}, "summary.json is not a scan’s"),
        (lambda out: {"summary": b'{"by_list":' + b"[" * 100_000}, "summary.json is not a scan’s"),
        (lambda out: {"summary": b"[" * 100_000}, "summary.json is not a scan’s"),
        (lambda out: {"stacks": b"\xff\n"}, "stacks.jsonl, line 1"),
        # what would count too few views, or end in the database
        (_stacks(_in_one), "stacks.jsonl has 1 stacks of 4 files, 1 of them of this scan"),
        (_stacks(lambda told: told.pop()), "stacks.jsonl has 3 stacks of 3 files"),
        (_stacks(lambda told: told[1]["members"][0].update(sha256="0" * 64)), "4 files, 3 of them of this"),
        (_stacks(lambda told: told[1]["members"][0].update(sha256="\0")), "line 2: it is no stack"),
        (_stacks(lambda told: told[0].update(number=2**80)), "stacks.jsonl, line 1: it is no stack"),
        (_told_otherwise(views={**VIEWS, "files": 1}), "1 files are to look at, 1 of them known"),
        (_told_otherwise(views={**VIEWS, "known": 5}), "5 files are to look at, 5 of them known"),
    ],
)
def test_what_is_not_whole_leaves_nothing(
    cast: Cast, made: Made, scanned: Scanned, change_it: Callable[[Path], dict[str, bytes]], says: str
) -> None:
    out, exhibit = scanned("one", 0, 1, 2, 3), phone(opened(cast, made), cast)
    with pytest.raises(Refused, match=says):
        attach(exhibit, out, cast.officer_a, **change_it(out))
    assert (ScanResult.objects.count(), ScanFile.objects.count()) == (0, 0)


def test_a_reading_that_was_killed_is_begun_anew(cast: Cast, made: Made, scanned: Scanned) -> None:
    out, exhibit = scanned("one", 0, 1), phone(opened(cast, made), cast)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scan_results, "_finish", _killed)
        with pytest.raises(KeyboardInterrupt):
            attach(exhibit, out, cast.officer_a)
    assert scans_part(cast.officer_a, exhibit)["result"] is None  # it counts for nothing
    with pytest.raises(Refused, match="being read just now"):
        attach(exhibit, out, cast.officer_a)
    with at(now() + timedelta(minutes=11)):
        result, new = attach(exhibit, out, cast.officer_a)
    assert (new, result.files.count()) == (True, 3)


def _killed(*_: Any, **__: Any) -> None:
    raise KeyboardInterrupt


def test_the_same_set_on_two_suspects_is_shown_and_never_another_force_s(
    cast: Cast, made: Made, scanned: Scanned
) -> None:
    one = phone(opened(cast, made, 1), cast)
    two = phone(opened(cast, made, 2), cast, "AB/2")
    attach(one, scanned("one", 0, 1, 2, 3), cast.officer_a)
    attach(two, scanned("two", 0, 2, 3, 9), cast.officer_a)
    [shared] = scans_part(cast.officer_a, one)["exhibits"]
    assert (shared.key, shared.number, shared.unlisted) == (
        two.pk,
        3,
        2,
    )  # and not the broken one, of 150 bytes
    Case.objects.filter(pk=two.case_id).update(organisation=cast.force_b)
    assert scans_part(cast.officer_a, one)["exhibits"] == []
    assert scans_part(cast.officer_a, one)["forces"] == [cast.force_b]  # by name, and no more
    assert scans_part(cast.officer_b, two)["forces"] == [cast.force_a]
    two.refresh_from_db()
    with pytest.raises(Forbidden):
        attach(two, scanned("three", 5), cast.officer_a)


def test_the_newest_complete_scan_counts_and_the_others_are_kept(
    cast: Cast, made: Made, scanned: Scanned
) -> None:
    one, two = phone(opened(cast, made, 1), cast), phone(opened(cast, made, 2), cast, "AB/2")
    attach(two, scanned("two", 0, 2, 3), cast.officer_a)
    first, _ = attach(one, scanned("first", 0, 2, 3), cast.officer_a)
    whole, _ = attach(one, scanned("whole", 0, 2), cast.officer_a)
    part, _ = attach(one, scanned("part", 3), cast.officer_a)
    ScanResult.objects.filter(pk__in=[first.pk, part.pk]).update(done=False)
    shown = scans_part(cast.officer_a, one)
    assert (shown["result"], [one for one, _ in shown["others"]]) == (whole, [part, first])
    assert [shared.number for shared in shown["exhibits"]] == [2]
    assert [shared.number for shared in scans_part(cast.officer_a, two)["exhibits"]] == [2]
    ScanResult.objects.filter(pk=whole.pk).update(done=False)  # none is complete: the newest counts
    assert scans_part(cast.officer_a, one)["result"] == part
    assert [shared.number for shared in scans_part(cast.officer_a, two)["exhibits"]] == [1]


def _zip(out: Path, *more: tuple[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("summary.json", "items.jsonl", "stacks.jsonl"):
            archive.write(out / name, f"../../scan/{name}")
        for name, content in more:
            archive.writestr(name, content)
    return file.getvalue()


def test_the_page_takes_files_or_a_zip_and_names_are_never_paths(
    cast: Cast, made: Made, scanned: Scanned, client: Client
) -> None:
    out, exhibit = scanned("one", 0, 1), phone(opened(cast, made), cast)
    client.force_login(cast.officer_a)
    address = f"/exhibits/{exhibit.pk}/scan"
    client.post(f"/cases/{exhibit.case_id}", {"reason": "working", "stands": "on"})
    told = client.post(address, {"results": [SimpleUploadedFile("summary.json", b"{}")]})
    assert "items.jsonl is missing" in told.content.decode()
    bomb = _zip(out, ("x/summary.json", b"0" * 2**20))
    sent = client.post(address, {"results": [SimpleUploadedFile("scan.zip", bomb)]}, follow=True)
    assert "3 files seen" in sent.content.decode() or "4 files seen" in sent.content.decode()
    assert ScanResult.objects.get().state == "attached"
    files = [SimpleUploadedFile(name, (out / name).read_bytes()) for name in ("summary.json", "items.jsonl")]
    sent = client.post(address, {"results": files}, follow=True)
    assert "The scan is attached" in sent.content.decode()  # without stacks it is another set of files


def test_a_zip_that_is_damaged_or_locked_is_refused_in_words(
    cast: Cast, made: Made, scanned: Scanned, client: Client
) -> None:
    whole = _zip(scanned("one", 0, 1))
    client.force_login(cast.officer_a)
    exhibit = phone(opened(cast, made), cast)
    damaged = bytearray(whole)
    damaged[whole.index(b"items.jsonl") + 200] ^= 0xFF
    locked = bytearray(whole)
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at_ = -1
        while (at_ := locked.find(mark, at_ + 1)) >= 0:
            locked[at_ + flags] |= 1
    for content in (bytes(damaged), bytes(locked)):
        file = SimpleUploadedFile("scan.zip", content)
        sent = client.post(f"/exhibits/{exhibit.pk}/scan", {"results": [file]})
        assert sent.status_code == 409
        assert "Nothing was attached." in sent.content.decode()
    assert not ScanResult.objects.exists()


def test_the_command_attaches_for_a_person_of_the_force(
    cast: Cast, made: Made, scanned: Scanned, capsys: pytest.CaptureFixture[str]
) -> None:
    out, exhibit = scanned("one", 0, 1), phone(opened(cast, made), cast)
    given = ["attach-scan", str(exhibit.pk), str(out), "--by"]
    assert site([*given, cast.officer_b.username]) == 2
    assert "no such exhibit of that person’s force" in capsys.readouterr().err
    assert site([*given, cast.officer_a.username]) == 0
    assert "attached. 4 files seen, 1 on lists." in capsys.readouterr().out
    assert site([*given, cast.officer_a.username]) == 0
    assert "attached before" in capsys.readouterr().out


def test_a_folder_that_no_scan_wrote_to_is_said_in_words(
    cast: Cast, made: Made, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    exhibit = phone(opened(cast, made), cast)
    assert site(["attach-scan", str(exhibit.pk), str(tmp_path), "--by", cast.officer_a.username]) == 2
    told = capsys.readouterr().err
    assert f"There is no {tmp_path / 'summary.json'}. Give the folder that the scan wrote to" in told
    assert "Errno" not in told


@pytest.mark.parametrize("counted", [0, 1])
def test_an_empty_picture_is_no_look_and_an_earlier_scan_that_counted_it_is_taken(
    cast: Cast, made: Made, scanned: Scanned, counted: int
) -> None:
    out, exhibit = scanned("one", 0, 1, 2, 3), phone(opened(cast, made), cast)
    lines = [json.loads(line) for line in (out / "items.jsonl").read_bytes().splitlines()]
    empty = hashlib.sha256(b"").hexdigest()
    lines.append({**lines[-1], "path": "z.png", "size": 0, "kind": "picture", "sha256": empty, "matches": []})
    told = json.loads((out / "summary.json").read_bytes())
    told |= {name: told[name] + 1 for name in ("seen", "hashed")}
    told["failures"] = dict(Counter(one["failure"]["reason"] for one in lines if one["failure"]))
    told["views"] = {**VIEWS, "files": VIEWS["files"] + counted, "stacks": VIEWS["stacks"] + counted}
    member = {"path": "z.png", "sha256": empty, "distance": 0}
    stack = {"number": 5, "look_at": "z.png", "where": "folder", "near_list": False, "files": 1}
    more = json.dumps({**stack, "members": [member]}).encode() + b"\n"
    changed = {
        "summary": json.dumps(told).encode(),
        "items": b"".join(json.dumps(one).encode() + b"\n" for one in lines),
        "stacks": (out / "stacks.jsonl").read_bytes() + counted * more,
    }
    assert attach(exhibit, out, cast.officer_a, **changed)[1]
