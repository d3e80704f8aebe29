"""Lists from a publisher on loopback: the good comes in, the wrong changes nothing, the odd is held."""

import base64
import gzip
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from tests.lapwing.sources.fetches import AT, VERSION, Fetching, deleted, hashes, image, page
from tests.lapwing.sources.publisher import (
    Answer,
    Publisher,
    dated,
    document,
    dripping,
    in_turn,
    status,
)

from lapwing.cli import main
from lapwing.matching import BadList, HashList, KnownLists, Match
from lapwing.policy import load
from lapwing.sources.deciding import accept, refuse
from lapwing.sources.fetching import Outcome, due
from lapwing.sources.holding import DECISIONS
from lapwing.sources.standing import stale, standing

AGE = load("known_lists").on(AT.date()).age_of("made")
MONDAY, SUNDAY = "Mon, 23 Mar 2026 10:00:00 GMT", "Sun, 22 Mar 2026 10:00:00 GMT"


def test_a_list_comes_in_is_confirmed_and_changes(fetching: Fetching) -> None:
    assert fetching(document(hashes(100), ETag='"one"')) == Outcome("made", "new-version", 1)
    fetching.publisher.at["/list"] = status(304)
    assert fetching(hours=1) == Outcome("made", "unchanged", 1)
    assert fetching.publisher.asked[-1][1]["if-none-match"] == '"one"'
    assert fetching(document(hashes(100)), hours=2).outcome == "unchanged", "the same bytes again"
    assert fetching(document(hashes(105)), hours=3) == Outcome("made", "new-version", 2)
    known = standing(fetching.lists / "made")
    assert (known.failures, known.confirmed_at) == (0, "2026-03-29T03:30:00+00:00")
    assert HashList.open(fetching.lists, "made").version.source == f"{fetching.publisher.base}/list"


CUT = json.dumps({"@odata.context": "ProjectVic 2.0", "value": [{"MediaID": 1, "MD5": "AB" * 16}] * 9})
WRONG: list[tuple[str, Answer, dict[str, object], str]] = [
    ("a body shorter than promised", document(hashes(90), length=9_999), {}, "cut short"),
    ("JSON that breaks off", document(CUT[:-30].encode()), {"format": "vics"}, "breaks"),
    ("a page that says sorry", document(b"<html>Sorry</html>"), {}, "nothing in it can be taken"),
    ("not there", status(404), {}, "answered with 404"),
    ("not for us", status(401), {}, "answered with 401"),
    ("always broken", status(500), {}, "answered with 500"),
    ("elsewhere", status(302, Location="http://localhost:1/list"), {}, "which was not agreed"),
    ("nowhere", status(302), {}, "which was not agreed"),
    ("another scheme", status(302, Location="ftp://127.0.0.1/list"), {}, "an address is https"),
    ("round and round", status(302, Location="/list"), {}, "sent on more than"),
    ("too large", document(b"0" * (1024 * 1024 + 1)), {"largest_mib": 1}, "more than 1 MiB"),
    (
        "a bomb",
        document(gzip.compress(b"0" * (1 << 23)), Content_Encoding="gzip"),
        {"largest_mib": 1},
        "more than 1 MiB",
    ),
    ("no gzip", document(b"nonsense", Content_Encoding="gzip"), {}, "cut short"),
    ("without an end", dripping(hashes(2000), 0.0), {"largest_mib": 1}, "more than 1 MiB"),
    ("drop by drop", dripping(b"0", 0.05), {"longest_seconds": 1}, "more than 1 seconds"),
    ("nothing for long", dripping(b"", 0.2), {}, "cut short"),
]


SLOW = ("drop by drop", "nothing for long")


@pytest.mark.parametrize(("why", "answer", "settings", "sentence"), WRONG, ids=[one[0] for one in WRONG])
def test_what_is_wrong_changes_nothing_and_is_said(
    fetching: Fetching, why: str, answer: Answer, settings: dict[str, object], sentence: str
) -> None:
    fetching(document(hashes(100)))
    if why in SLOW:
        fetching.try_once()
    outcome = fetching(answer, hours=1, **settings)
    assert (outcome.outcome, outcome.version) == ("failed", 1), why
    assert sentence in outcome.sentence
    assert fetching.entries() == 100
    known = standing(fetching.lists / "made")
    assert (known.failures, known.fault) == (1, outcome.sentence)
    assert known.confirmed_at == AT.isoformat(timespec="seconds"), "it was not confirmed"
    assert fetching(document(hashes(101)), hours=2).outcome == "new-version", "and it gets well again"


def test_a_wait_is_also_asked_for_as_a_time_by_the_servers_clock(fetching: Fetching) -> None:
    later = status(503, Retry_After="Sun, 22 Mar 2026 10:00:09 GMT")
    unclear = status(503, Retry_After="Sun, 22 Mar 2026")
    now = "Sun, 22 Mar 2026 10:00:00 GMT"
    assert fetching(in_turn(dated(later, now), dated(unclear, now), document(hashes(9)))).version == 1
    assert fetching.waits == [9.0, 4.0]


def test_it_waits_as_long_as_it_is_asked_to_and_no_longer_than_policy(fetching: Fetching) -> None:
    busy = status(429, Retry_After="7")
    assert fetching(in_turn(busy, status(503, Retry_After="99999"), document(hashes(9)))).version == 1
    assert fetching.waits == [7.0, VERSION.amount("longest_wait_seconds")]


HELD: list[tuple[str, Answer, str]] = [
    ("nearly empty", document(hashes(20)), "take away 80 of 100"),
    ("empty", document(b""), "take away 100 of 100"),
    ("a tenth and one less", document(hashes(89)), "take away 11 of 100"),
    ("more than twice as long", document(hashes(201)), "would add 101 to 100"),
    ("older than the last", document(hashes(101), Last_Modified=SUNDAY), "before the last one"),
    ("a line that is no hash", document(hashes(101) + b"nonsense\n"), "1 of its entries cannot be taken"),
    ("none of it the same", document(hashes(100, 500)), "take away 100 of 100"),
    ("an old version again", document(hashes(95)), "the document of version 1 again"),
]


@pytest.mark.parametrize(("why", "answer", "sentence"), HELD, ids=[one[0] for one in HELD])
def test_what_is_odd_is_held_and_the_last_good_list_stays(
    fetching: Fetching, why: str, answer: Answer, sentence: str
) -> None:
    fetching(document(hashes(95)))
    fetching(document(hashes(100), Last_Modified=MONDAY), hours=1)
    outcome = fetching(answer, hours=2)
    assert (outcome.outcome, outcome.version, sentence in outcome.sentence) == ("held", 2, True), outcome
    assert fetching.entries() == 100
    assert fetching(hours=3).outcome == "held", "it waits, however often it comes"
    made = accept(fetching.lists, "made", fetching.source(), reason="the publisher said so", by="one", at=AT)
    assert made.number == 3
    assert fetching.entries() == made.entries
    with pytest.raises(BadList, match="nothing is held"):
        refuse(fetching.lists, "made", reason="again", by="one", at=AT)


@pytest.mark.parametrize("count", [90, 100, 199])
def test_what_is_within_the_limits_is_not_held(fetching: Fetching, count: int) -> None:
    fetching(document(hashes(100)))
    assert fetching(document(hashes(count, 2)), hours=1).outcome == "new-version"


def test_what_cannot_be_taken_is_asked_about_once(fetching: Fetching) -> None:
    fetching(document(hashes(100)))
    outcome = fetching(document(hashes(100) + b"nonsense\n"), hours=1)
    assert (outcome.outcome, "the first: line 101" in outcome.sentence) == ("held", True), (
        "nothing else is new"
    )
    made = accept(fetching.lists, "made", fetching.source(), reason="one, of no kind", by="one", at=AT)
    assert (made.number, fetching.entries()) == (1, 100)
    assert fetching(hours=2).outcome == "unchanged"


def test_what_cannot_be_taken_is_left_out_where_that_is_declared_and_it_is_little(
    fetching: Fetching,
) -> None:
    fetching.settings["skip_bad"] = True
    outcome = fetching(document(hashes(100) + b"nonsense\n"))
    assert (outcome.outcome, outcome.version) == ("new-version", 1)
    assert "without 1 that cannot be taken, the first: line 101" in outcome.sentence
    assert fetching(document(hashes(100) + b"nonsense\n" * 2), hours=1).outcome == "held"


def test_a_list_that_begins_with_nothing_is_asked_about(fetching: Fetching) -> None:
    """Nobody would see that a list of nothing matches nothing."""
    outcome = fetching(document(b"# nothing today\n"))
    assert (outcome.outcome, "it has no entries" in outcome.sentence) == ("held", True), outcome
    fetching.accept()
    assert fetching(hours=1) == Outcome("made", "unchanged", 1)


def test_what_is_refused_is_not_held_again_and_a_later_one_ends_the_waiting(fetching: Fetching) -> None:
    fetching(document(hashes(100)))
    assert fetching(document(hashes(10)), hours=1).outcome == "held"
    with pytest.raises(ValueError, match="say why"):
        refuse(fetching.lists, "made", reason=" ", by="one", at=AT)
    refuse(fetching.lists, "made", reason="cut off at their end", by="one", at=AT)
    again = fetching(hours=2)
    assert (again.outcome, again.sentence) == ("failed", "it is the document that somebody refused")
    assert fetching(document(hashes(11)), hours=3).outcome == "held"
    assert fetching(document(hashes(101)), hours=4).outcome == "new-version"
    folder = fetching.lists / "made"
    assert standing(folder).held is None
    assert list((folder / "held").iterdir()) == []
    said = [json.loads(line) for line in (folder / DECISIONS).read_text().splitlines()]
    assert [one["decision"] for one in said] == ["refused", "superseded"]


def test_a_list_of_urls_by_declared_columns_and_its_delisting(fetching: Fetching) -> None:
    columns = {"columns": {"url": "Address", "match": "How"}, "format": "", "type": ""}
    rows = [b"Address,How", b"https://example.com/a,prefix", b"https://example.org/b?c=1,exact"]
    assert fetching(document(b"\n".join(rows)), **columns).version == 1
    assert [len(list(asked(fetching, url))) for url in (BELOW, "https://example.com/ab")] == [1, 0]
    assert fetching(document(b"\n".join([rows[0], rows[2]])), hours=1, **columns).version == 2
    assert list(asked(fetching, BELOW)) == []


BELOW = "https://EXAMPLE.com/a/b?d=2"


def asked(fetching: Fetching, url: str) -> Iterator[Match]:
    return iter(KnownLists.open(fetching.lists).match_url(url))


def test_all_pages_are_one_version_and_what_is_deleted_is_gone(paged: Fetching) -> None:
    at = paged.publisher.at
    at["/v2/entries"] = document(
        page(image(1), image(2), latest="2026-03-28T23:50:00+09:00", following="/entries?p=2")
    )
    at["/v2/entries?p=2"] = document(page(image(3), latest="2026-03-28T20:00:00-08:00"))
    assert paged(hours=4) == Outcome("made", "new-version", 1)
    assert paged.entries() == 3
    assert standing(paged.lists / "made").since == "2026-03-28T20:00:00-08:00", "the later moment, not text"
    at["/v2/entries"] = document(page(deleted(2), image(4), latest="2026-03-29T04:10:00Z"))
    assert paged(hours=5) == Outcome("made", "new-version", 2)
    assert paged.publisher.asked[-1][0] == "/v2/entries?from=2026-03-29T03:00:00Z", "in UTC, with the overlap"
    known = HashList.open(paged.lists, "made")
    assert known.find("md5", (2).to_bytes(16, "big")) == []
    assert len(known) == 3
    assert paged(hours=6) == Outcome("made", "unchanged", 2), "what overlaps changes nothing"


NAMED = [  # the latest entry's time, where the next window begins, why
    ("2026-03-29T00:00:00Z", "2026-03-28T23:00:00Z", "in UTC"),
    ("2026-03-29T08:30:00+09:00", "2026-03-28T22:30:00Z", "the next day already, to them"),
    ("2026-03-28T15:30:00.999-08:00", "2026-03-28T22:30:00Z", "the day before, with a fraction"),
    ("2026-03-29T00:00:00", "2026-03-28T09:00:00Z", "no zone: as early as it can be meant"),
    ("2026-03-28T23:00:00 CET", "2026-03-28T08:00:00Z", "a zone that nobody can read: the same"),
    ("yesterday", "2000-01-01T00:00:00Z", "no time: from the beginning again"),
    ("0001-01-01T00:00:00Z", "2000-01-01T00:00:00Z", "before there were lists"),
    ("", "2000-01-01T00:00:00Z", "not said"),
]


@pytest.mark.parametrize(("latest", "begins", "why"), NAMED, ids=[one[2] for one in NAMED])
def test_a_window_begins_before_the_latest_entry_in_whatever_zone_it_is_named(
    paged: Fetching, latest: str, begins: str, why: str
) -> None:
    paged.settings["address"] = f"{paged.publisher.base}/v2/entries?from={{since}}&to={{until}}"
    paged.publisher.at["/v2/entries"] = document(page(image(1), latest=latest))
    paged()
    paged(hours=1)
    assert paged.publisher.asked[-1][0] == f"/v2/entries?from={begins}&to=2026-03-29T01:30:00Z", why


def test_a_page_is_named_by_its_path_from_the_root_of_the_api_which_is_not_the_hosts(paged: Fetching) -> None:
    """As the published examples have it: the API is at /hashsharing, and the next page at /v2/entries."""
    paged.settings["address"] = f"{paged.publisher.base}/hashsharing/v2/entries?from={{since}}"
    at = paged.publisher.at
    at["/hashsharing/v2/entries"] = document(
        page(image(1), latest="", following="/v2/entries?from=a&amp;start=2001&amp;size=1000")
    )
    at["/hashsharing/v2/entries?from=a&start=2001&size=1000"] = document(page(image(2), latest=""))
    assert paged().version == 1
    assert paged.entries() == 2


@pytest.mark.parametrize(
    ("answer", "sentence", "why"),
    [
        (
            document(page(image(1), latest="", following="/v2/entries?from=2000-01-01T00:00:00Z")),
            "go round",
            "",
        ),
        (document(page(image(1), latest="", following="http://localhost:1/x")), "not agreed", "elsewhere"),
        (status(404), "404", "a page is missing"),
        (document(page(image(1), latest="", following="/admin?p=2")), "not agreed", "another path"),
        (document(page(image(1), latest="", following="https://[bad/entries")), "at no address", "nowhere"),
        (document(page(image(1), latest="", following="/v2/entries?p=2")), "404", "the second is missing"),
        (document(page(image(1), latest="")[:-20]), "", "cut off"),
        (document(b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"), "", "entities"),
    ],
)
def test_pages_that_are_not_whole_change_nothing(
    paged: Fetching, answer: Answer, sentence: str, why: str
) -> None:
    paged.publisher.at |= {"/v2/entries": answer, "/v2/entries?p=2": status(404)}
    outcome = paged()
    assert (outcome.outcome, sentence in outcome.sentence) == ("failed", True), (outcome, why)
    assert not (paged.lists / "made" / "current.json").exists()


def test_secrets_are_sent_and_never_written(fetching: Fetching, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MADE_USER", "reader")
    monkeypatch.setenv("MADE_PASSWORD", "a secret word")
    names = {"user_variable": "MADE_USER", "password_variable": "MADE_PASSWORD"}
    fetching(document(hashes(60)), **names)
    fetching(status(401), hours=1, **names)
    sent = base64.b64encode(b"reader:a secret word").decode()
    assert fetching.publisher.asked[0][1]["authorization"] == f"Basic {sent}"
    monkeypatch.delenv("MADE_PASSWORD")
    assert "MADE_PASSWORD is not set" in fetching(**names).sentence
    for path in fetching.lists.rglob("*.json*"):
        assert "secret" not in path.read_text()


def test_a_secret_in_a_file_is_for_those_who_need_it(fetching: Fetching, tmp_path: Path) -> None:
    path = tmp_path / "token"
    path.write_text("a secret word\n")
    path.chmod(0o640)
    fetching(document(hashes(60)), token_file=str(path))
    assert fetching.publisher.asked[0][1]["authorization"] == "Bearer a secret word"
    path.chmod(0o644)
    assert "open to everybody" in fetching(token_file=str(path)).sentence
    path.chmod(0o600)
    path.write_text("two\nlines\n")
    assert "not one line" in fetching(token_file=str(path)).sentence
    assert "is not a file" in fetching(token_file=str(tmp_path)).sentence
    assert "No such file" in fetching(token_file=str(tmp_path / "none")).sentence
    assert len(fetching.publisher.asked) == 1, "without its secret nothing is asked"


def test_a_list_is_due_and_stale_by_its_own_times(fetching: Fetching) -> None:
    source, folder = fetching.source(every_minutes=60), fetching.lists / "made"
    assert due(source, standing(folder), AT)
    assert stale(standing(folder), AGE, AT), "never confirmed"
    fetching(document(hashes(60)))
    assert not due(source, standing(folder), AT + timedelta(minutes=59))
    assert due(source, standing(folder), AT + timedelta(minutes=60))
    hours = AGE.stale_after_hours
    assert not stale(standing(folder), AGE, AT + timedelta(hours=hours))
    assert stale(standing(folder), AGE, AT + timedelta(hours=hours, seconds=1))
    for failures, minutes in ((1, 2), (2, 4), (3, 8), (9, 60)):
        known = msgspec.structs.replace(standing(folder), fault="it was cut short", failures=failures)
        soon = [due(source, known, AT + timedelta(minutes=minutes + more)) for more in (-1, 0)]
        assert soon == [False, True], f"asked again {minutes} minutes after failure {failures}"


def test_a_server_that_asks_for_long_is_not_asked_before(fetching: Fetching) -> None:
    fetching(status(503, Retry_After="7200"))
    source = fetching.source(every_minutes=60)
    assert not due(source, fetching.known, AT + timedelta(minutes=119))
    assert due(source, fetching.known, AT + timedelta(minutes=120))
    fetching(document(hashes(9)), hours=2)
    assert fetching.known.not_before == ""


def test_the_command_says_what_came_of_each(
    tmp_path: Path, publisher: Publisher, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LAPWING_LISTS", str(tmp_path))
    publisher.at["/good"] = document(hashes(60))
    tables = [f"[{name}]\naddress = '{publisher.base}/{name}'\nformat = 'plain'" for name in ("good", "bad")]
    (tmp_path / "sources.toml").write_text("\n".join(tables))
    assert main(["lists", "fetch"]) == 2
    said = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(one["list_name"], one["outcome"]) for one in said] == [
        ("good", "new-version"),
        ("bad", "failed"),
    ]
    assert main(["lists", "fetch", "good", "--due"]) == 0
    assert capsys.readouterr().out == "", "its time has not come"
    assert main(["lists", "ages"]) == 1
    ages = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(one["stale"], bool(one["fault"])) for one in ages] == [(False, False), (True, True)]
    publisher.at["/good"] = document(hashes(3))
    assert main(["lists", "fetch", "good"]) == 2
    assert main(["lists", "refuse", "good", "--reason", "cut off"]) == 0
    assert main(["lists", "accept", "good", "--reason", "none is held"]) == 2
    assert main(["lists", "fetch", "other"]) == 2
    assert "it has no source for other" in capsys.readouterr().err
