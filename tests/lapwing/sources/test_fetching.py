"""Lists from a publisher on loopback: the good comes in, the wrong changes nothing, the odd is held."""

import base64
import gzip
import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from tests.lapwing.sources.publisher import (
    Answer,
    Publisher,
    document,
    dripping,
    in_turn,
    publishing,
    status,
)

from lapwing.cli import main
from lapwing.exchange.hash_sets.ncmec_sharing import NAMESPACE
from lapwing.matching import BadList, HashList, KnownLists, Match
from lapwing.policy import load
from lapwing.sources.configured import BadSources, Source, read_sources
from lapwing.sources.fetching import Outcome, accept, due, fetch, refuse, stale
from lapwing.sources.standing import DECISIONS, standing

AT = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)
VERSION = load("list_sources").on(AT.date())
AGE = load("known_lists").on(AT.date()).age_of("made")
KEY = Ed25519PrivateKey.generate()
MONDAY, SUNDAY = "Mon, 23 Mar 2026 10:00:00 GMT", "Sun, 22 Mar 2026 10:00:00 GMT"


def hashes(count: int, first: int = 1) -> bytes:
    """A list of so many MD5s."""
    return b"".join(f"{number:032x}\n".encode() for number in range(first, first + count))


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    with publishing() as one:
        yield one


class Fetching:
    """One list, fetched again and again."""

    def __init__(self, lists: Path, publisher: Publisher) -> None:
        self.lists, self.publisher = lists, publisher
        self.waits: list[float] = []
        self.settings: dict[str, object] = {"format": "plain", "longest_seconds": 5, "stalled_seconds": 1}

    def __call__(self, answer: Answer | None = None, *, hours: float = 0, **settings: object) -> Outcome:
        if answer is not None:
            self.publisher.at["/list"] = answer
        return fetch(
            self.lists,
            "made",
            self.source(**settings),
            version=VERSION,
            at=AT + timedelta(hours=hours),
            wait=self.waits.append,
        )

    def source(self, **settings: object) -> Source:
        given = {"address": f"{self.publisher.base}/list", **self.settings, **settings}
        return Source(**given)  # type: ignore[arg-type]

    def entries(self) -> int:
        return len(HashList.open(self.lists, "made"))


@pytest.fixture
def fetching(tmp_path: Path, publisher: Publisher) -> Fetching:
    return Fetching(tmp_path, publisher)


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
    ("a page that says sorry", document(b"<html>Sorry</html>"), {}, "cannot be taken"),
    ("a line that is no hash", document(hashes(90) + b"nonsense\n"), {}, "cannot be taken"),
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


@pytest.mark.parametrize(("why", "answer", "settings", "sentence"), WRONG, ids=[one[0] for one in WRONG])
def test_what_is_wrong_changes_nothing_and_is_said(
    fetching: Fetching, why: str, answer: Answer, settings: dict[str, object], sentence: str
) -> None:
    fetching(document(hashes(100)))
    outcome = fetching(answer, hours=1, **settings)
    assert (outcome.outcome, outcome.version) == ("failed", 1), why
    assert sentence in outcome.sentence
    assert fetching.entries() == 100
    known = standing(fetching.lists / "made")
    assert (known.failures, known.fault) == (1, outcome.sentence)
    assert known.confirmed_at == AT.isoformat(timespec="seconds"), "it was not confirmed"
    assert fetching(document(hashes(101)), hours=2).outcome == "new-version", "and it gets well again"


def test_it_waits_as_long_as_it_is_asked_to_and_no_longer_than_policy(fetching: Fetching) -> None:
    busy = status(429, Retry_After="7")
    assert fetching(in_turn(busy, status(503, Retry_After="99999"), document(hashes(9)))).version == 1
    assert fetching.waits == [7.0, VERSION.amount("longest_wait_seconds")]


@pytest.mark.parametrize(
    ("sum_of", "signed", "outcome", "why"),
    [
        (b"", b"", "new-version", "both fit"),
        (b"x", b"", "failed", "another checksum"),
        (b"", b"x", "failed", "a signature of something else"),
    ],
)
def test_a_checksum_and_a_signature_must_fit(
    fetching: Fetching, sum_of: bytes, signed: bytes, outcome: str, why: str
) -> None:
    content = hashes(60)
    at = fetching.publisher.at
    at["/sum"] = document(hashlib.sha256(content + sum_of).hexdigest().encode() + b"  list\n")
    at["/signature"] = document(base64.b64encode(KEY.sign(content + signed)))
    public = base64.b64encode(KEY.public_key().public_bytes_raw()).decode()
    beside = {"sha256_address": f"{fetching.publisher.base}/sum", "public_key": public}
    beside["signature_address"] = f"{fetching.publisher.base}/signature"
    assert fetching(document(content), **beside).outcome == outcome, why


HELD: list[tuple[str, Answer, str]] = [
    ("nearly empty", document(hashes(20)), "take away 80 of 100"),
    ("empty", document(b""), "take away 100 of 100"),
    ("a tenth and one less", document(hashes(89)), "take away 11 of 100"),
    ("more than twice as long", document(hashes(201)), "would add 101 to 100"),
    ("older than the last", document(hashes(101), Last_Modified=SUNDAY), "before the last one's"),
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
    assert fetching.entries() == made.entries != 100
    with pytest.raises(BadList, match="nothing is held"):
        refuse(fetching.lists, "made", reason="again", by="one", at=AT)


@pytest.mark.parametrize("count", [90, 100, 199])
def test_what_is_within_the_limits_is_not_held(fetching: Fetching, count: int) -> None:
    fetching(document(hashes(100)))
    assert fetching(document(hashes(count, 2)), hours=1).outcome == "new-version"


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


def page(*entries: str, latest: str, following: str = "") -> bytes:
    """A page of NCMEC's hash sharing."""
    after = f"<paging><next>{following}</next></paging>" if following else ""
    images = f'<images count="{len(entries)}" maxTimestamp="{latest}">{"".join(entries)}</images>'
    return f'<queryResult xmlns="{NAMESPACE}">{images}{after}</queryResult>'.encode()


def image(number: int) -> str:
    return (
        f'<image><member id="1">m</member><id>{number}</id><classification>A1</classification>'
        f"<fingerprints><md5>{number:032x}</md5></fingerprints></image>"
    )


def deleted(number: int) -> str:
    return f'<deletedImage><member id="1">m</member><id>{number}</id></deletedImage>'


@pytest.fixture
def paged(fetching: Fetching) -> Fetching:
    fetching.settings |= {
        "address": f"{fetching.publisher.base}/v2/entries?from={{since}}",
        "kind": "ncmec",
        "format": "",
        "how": "changes",
        "overlap_minutes": 60,
    }
    return fetching


def test_all_pages_are_one_version_and_what_is_deleted_is_gone(paged: Fetching) -> None:
    at = paged.publisher.at
    at["/v2/entries"] = document(
        page(image(1), image(2), latest="2026-03-28T23:50:00+09:00", following="/v2/more?p=2")
    )
    at["/v2/more"] = document(page(image(3), latest="2026-03-28T20:00:00-08:00"))
    assert paged() == Outcome("made", "new-version", 1)
    assert paged.entries() == 3
    assert standing(paged.lists / "made").since == "2026-03-28T20:00:00-08:00", "the later moment, not text"
    at["/v2/entries"] = document(page(deleted(2), image(4), latest="2026-03-29T04:10:00Z"))
    assert paged(hours=1) == Outcome("made", "new-version", 2)
    assert paged.publisher.asked[-1][0] == "/v2/entries?from=2026-03-29T03:00:00Z", "in UTC, with the overlap"
    known = HashList.open(paged.lists, "made")
    assert known.find("md5", (2).to_bytes(16, "big")) == []
    assert len(known) == 3
    assert paged(hours=2) == Outcome("made", "unchanged", 2), "what overlaps changes nothing"


@pytest.mark.parametrize(
    ("answer", "sentence", "why"),
    [
        (
            document(page(image(1), latest="", following="/v2/entries?from=2000-01-01T00:00:00Z")),
            "go round",
            "",
        ),
        (document(page(image(1), latest="", following="http://localhost:1/x")), "not agreed", "elsewhere"),
        (document(page(image(1), latest="", following="/v2/gone")), "404", "a page is missing"),
        (document(page(image(1), latest="")[:-20]), "", "cut off"),
        (document(b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"), "", "entities"),
    ],
)
def test_pages_that_are_not_whole_change_nothing(
    paged: Fetching, answer: Answer, sentence: str, why: str
) -> None:
    paged.publisher.at["/v2/entries"] = answer
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
    fetching(status(500), hours=1)
    assert due(source, standing(folder), AT + timedelta(hours=1)), "one that failed is asked again"


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ("[made]\naddress = 'http://example.com/list'", "an address is https"),
        ("[made]\naddress = 'https://user:word@example.com/list'", "never in an address"),
        ("[made]\naddress = 'https://example.com/list'\ncolour = 'red'", "colour"),
        ("[made]\naddress = 'https://example.com/list'\nformat = 'pdf'", "there is no format"),
        ("[made]\naddress = 'https://example.com/list'\nkind = 'ncmec'", "{since}"),
        (
            "[made]\naddress = 'https://example.com/list'\nsignature_address = 'https://example.com/'",
            "public_key",
        ),
        ("[made]\naddress = 'https://example.com/list'\ntype = 'crc32'", "there is no type"),
        ("['../up']\naddress = 'https://example.com/list'", "a list's name"),
        ("[made", "sources.toml"),
    ],
)
def test_a_file_of_sources_that_cannot_be_used_says_where(
    tmp_path: Path, written: str, sentence: str
) -> None:
    (tmp_path / "sources.toml").write_text(written)
    with pytest.raises(BadSources) as fault:
        read_sources(tmp_path)
    assert "sources.toml" in str(fault.value)
    assert sentence in str(fault.value)


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
