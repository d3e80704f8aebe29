"""`lapwing serve-match`, as a process of its own on loopback: what it finds, and every way it says no."""

import http.client
import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from PIL import Image
from tests.killing import free_port
from tests.lapwing.hashing.pictures import made
from tests.lapwing.matching.made_lists import change

from lapwing.matching import KnownLists
from lapwing.matching.listed import ListedFile
from lapwing.matching.url_rules import rule_of

ROOT = Path(__file__).parents[3]
NEAR = bytes(31) + b"\x0f"  # 4 bits from nothing


@contextmanager
def service(lists: Path, *more: str) -> Iterator[int]:
    """The service, at the port it is given."""
    port = free_port()
    command = [sys.executable, "-c", "import sys; from lapwing.cli import main; sys.exit(main())"]
    command += ["serve-match", "--port", str(port), "--lists", str(lists), *more]
    running = subprocess.Popen(command, stderr=subprocess.DEVNULL, env=os.environ | {"TMPDIR": str(lists)})
    try:
        for _ in range(400):
            try:
                socket.create_connection(("127.0.0.1", port), 0.2).close()
                break
            except OSError:
                assert running.poll() is None
                time.sleep(0.05)
        yield port
    finally:
        running.terminate()
        assert running.wait(20) == 0


def ask(port: int, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
    """The status and the JSON of an answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    sent = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
    try:
        connection.request("GET" if body is None else "POST", path, sent, headers)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()


@pytest.fixture(scope="module")
def lists(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("lists")
    change(folder, "agency", [ListedFile({"md5": b"\xab" * 16}, "no. 1", "A1", "industry")])
    change(folder, "agency", [ListedFile({"pdq": NEAR}, "no. 2", "A2", "industry")], "changes")
    rules = [rule_of(text) for text in ("*.example.org", "https://example.com/a?b", "example.com/a/*")]
    change(
        folder,
        "urls",
        [ListedFile({rule.kind: rule.text.encode()}, f"U{at}", "B", "own") for at, rule in enumerate(rules)],
    )
    change(folder, "partner", [ListedFile({"pdq": bytes(32)}, category="2", dialect="vics")])
    return folder


@pytest.fixture(scope="module")
def port(lists: Path) -> Iterator[int]:
    with service(lists) as at:
        yield at


def question(*hashes: tuple[str, str], **more: Any) -> dict[str, Any]:
    return {"hashes": [{"type": kind, "value": value} for kind, value in hashes], **more}


def test_hashes_are_found_with_list_version_and_distance(port: int) -> None:
    asked = question(("md5", "AB" * 16), ("md5", "00" * 16), ("pdq", "0" * 64), ("sha256", "0" * 64))
    status, answer = ask(port, "/v1/match", asked)
    assert status == 200
    assert [
        (one["query"], one["list"], one["version"], one["distance"], one["entry"][:5])
        for one in answer["matches"]
    ] == [(0, "agency", 2, 0, "no. 1"), (2, "agency", 2, 4, "no. 2"), (2, "partner", 1, 0, "00000")]
    assert answer["lists"] == [
        {"name": "agency", "version": 2, "entries": 2},
        {"name": "partner", "version": 1, "entries": 1},
        {"name": "urls", "version": 1, "entries": 3},
    ]
    _, some = ask(port, "/v1/match", {**asked, "lists": ["agency"], "distance": 3})
    assert [one["entry"] for one in some["matches"]] == ["no. 1"]
    assert ask(port, f"/v1/match/md5/{'ab' * 16}")[1]["matches"][0]["entry"] == "no. 1"


def test_a_batch_answers_as_one_at_a_time(port: int) -> None:
    values = [f"{number:064x}" for number in range(600)]
    _, answer = ask(port, "/v1/match", question(*(("pdq", value) for value in values)))
    for at in (0, 15, 255, 599):
        _, alone = ask(port, f"/v1/match/pdq/{values[at]}")
        mine = [one | {"query": 0} for one in answer["matches"] if one["query"] == at]
        assert mine == alone["matches"]


def test_urls_are_found_with_the_rule_that_matches(port: int) -> None:
    asked = [
        "HTTPS://user@www.Example.org:443/x",
        "https://example.com/a?b",
        "http://example.com/b",
        "http://a.test",
    ]
    status, answer = ask(port, "/v1/match-url", {"urls": asked, "lists": ["urls", "partner"]})
    assert status == 200
    told = [(one["query"], one["url"], one["kind"], one["rule"], one["entry"]) for one in answer["matches"]]
    assert told == [
        (0, "https://www.example.org/x", "url-prefix", "*.example.org", "U0"),
        (1, "https://example.com/a?b", "url", "https://example.com/a?b", "U1"),
        (1, "https://example.com/a?b", "url-prefix", "example.com/a/*", "U2"),
    ]
    first = answer["matches"][0]
    assert (first["list"], first["version"], first["distance"], first["category"], first["dialect"]) == (
        "urls", 1, 0, "B", "own",
    )  # fmt: skip
    assert answer["lists"] == [{"name": "urls", "version": 1, "entries": 3}], (
        "the other has no rules to match"
    )


def test_a_batch_of_urls_answers_as_one_at_a_time_and_as_the_library(port: int, lists: Path) -> None:
    known = KnownLists.open(lists)
    asked = [
        f"http://{'a.' * (at % 7)}example.{'org' if at % 3 else 'com'}/a/{at}?q=a+b%26" for at in range(300)
    ]
    _, answer = ask(port, "/v1/match-url", {"urls": asked})
    for at in (0, 1, 3, 64, 299):
        mine = [one | {"query": 0} for one in answer["matches"] if one["query"] == at]
        _, alone = ask(port, f"/v1/match-url?{urlencode({'url': asked[at]})}")
        assert mine == alone["matches"]
        assert [one["rule"] for one in mine] == [match.listed for match in known.match_url(asked[at])]
    assert len({one["query"] for one in answer["matches"]}) > 200


def test_a_file_is_found_and_nothing_of_it_stays(port: int, lists: Path, tmp_path: Path) -> None:
    picture = tmp_path / "a.png"
    Image.fromarray(made(64, 96, 1)).save(picture)
    status, answer = ask(port, "/v1/file", picture.read_bytes())
    assert (status, answer["failure"], answer["matches"]) == (200, None, [])
    kinds = {one["type"]: one["value"] for one in answer["hashes"]}
    assert set(kinds) == {"md5", "sha1", "sha256", "pdq"}
    change(
        lists, "seen", [ListedFile({"pdq": bytes.fromhex(kinds["pdq"]), "md5": bytes.fromhex(kinds["md5"])})]
    )
    time.sleep(0.6)
    _, answer = ask(port, "/v1/file", picture.read_bytes())
    assert [(one["type"], one["list"]) for one in answer["matches"]] == [("md5", "seen"), ("pdq", "seen")]
    _, cut = ask(port, "/v1/file", picture.read_bytes()[:200])
    assert cut["failure"]
    form = {"content-type": "multipart/form-data; boundary=x"}  # hashed as it is, it would never be found
    assert ask(port, "/v1/file", b"--x\r\n\r\n" + picture.read_bytes() + b"\r\n--x--", **form)[0] == 415
    _, empty = ask(port, "/v1/file", b"")
    assert empty["matches"] == []
    assert [path.name for path in lists.iterdir() if path.is_file()] == [], "it had no name in any folder"


@pytest.mark.parametrize(
    ("path", "body", "status", "where", "why"),
    [
        ("/v1/match", b"{", 400, "", "no JSON"),
        ("/v1/match", b"\xff", 400, "", "no text"),
        ("/v1/match", {"hashes": 3}, 400, "hashes", "no list"),
        ("/v1/match", {"hashes": [], "colour": 1}, 400, "", "a field there is not"),
        ("/v1/match", question(("md5", "00" * 16), ("md5", "zz")), 400, "hashes[1]", "no hash"),
        ("/v1/match", question(("crc32", "00")), 400, "hashes[0]", "no kind"),
        ("/v1/match", question(("vpdq", "[1]")), 400, "hashes[0]", "no frames"),
        ("/v1/match", question(distance=64), 400, "distance", "too far"),
        ("/v1/match", question(*[("md5", "0" * 32)] * 100_001), 400, "hashes", "too many at once"),
        ("/v1/match", question(("md5", "00" * 16), lists=["other"]), 404, "lists", "no such list"),
        ("/v1/match", b" " * (33 * 2**20), 413, "", "too large"),
        ("/v1/match-url", {"urls": "http://example.com/"}, 400, "urls", "no list"),
        ("/v1/match-url", {"urls": ["https://example.com/", "example.com"]}, 400, "urls[1]", "no scheme"),
        ("/v1/match-url", {"urls": ["https://example.com/", 3]}, 400, "urls[1]", "no text"),
        ("/v1/match-url", {"urls": ["http://a/" + "b" * 65_536]}, 400, "urls[0]", "too long"),
        ("/v1/match-url", {"urls": ["http://a/"] * 100_001}, 400, "urls", "too many at once"),
        ("/v1/match-url", {"urls": [], "distance": 3}, 400, "", "a field there is not"),
        ("/v1/match-url", {"urls": [], "lists": ["other"]}, 404, "lists", "no such list"),
        ("/v1/match-url", {"urls": [], "lists": ["agency"]}, 503, "", "a list without rules about URLs"),
        ("/v1/match-url", b" " * (33 * 2**20), 413, "", "too large"),
        ("/v1/match-url", None, 400, "url", "nothing asked"),
        ("/v1/match-url?url=", None, 400, "url", "an empty one"),
        ("/v1/match-url?url=ftp%3A%2F%2Fexample.com", None, 400, "url", "another scheme"),
        ("/v1/match-url?url=http%3A%2F%2Fa&url=http%3A%2F%2Fb", None, 400, "url", "two"),
        ("/v1/match-url?url=http%3A%2F%2Fa&b", None, 400, "url", "something else too"),
        ("/v1/match-url?url=http%3A%2F%2Fa%FF", None, 400, "url", "no UTF-8"),
        ("/v1/match-url/a", None, 404, "", "no address"),
        ("/v1/match/md5/zz", None, 400, "value", "no hash"),
        ("/v1/match", None, 405, "", "only asked with a body"),
        ("/v1/match/md5/00", b"{}", 405, "", "only asked without"),
        ("/v1/../../etc/passwd", None, 404, "", "no address"),
    ],
)
def test_what_is_wrong_is_said_with_its_place_and_nothing_is_answered(
    port: int, path: str, body: Any, status: int, where: str, why: str
) -> None:
    said, answer = ask(port, path, body)
    assert (said, answer.get("where", "")) == (status, where), answer
    assert len(answer["error"]) > 10


def test_a_hash_of_nothing_can_be_asked(port: int) -> None:
    assert ask(port, "/v1/match/md5/d41d8cd98f00b204e9800998ecf8427e")[1]["matches"] == []


def test_a_page_elsewhere_cannot_ask_by_another_name(port: int) -> None:
    assert ask(port, "/v1/lists", Host="example.com")[0] == 421
    assert ask(port, "/v1/lists", Host=f"localhost:{port}")[0] == 200


def test_a_new_version_counts_within_a_second_and_no_question_fails(tmp_path: Path) -> None:
    gone = ListedFile({"md5": b"\x01" * 16}, "one")
    stays = ListedFile({"md5": b"\x02" * 16}, "two")
    change(tmp_path, "made", [gone, stays])
    statuses, stop = [], threading.Event()
    with service(tmp_path, "--workers", "2") as at:

        def go_on() -> None:
            while not stop.is_set():
                status, answer = ask(at, f"/v1/match/md5/{'02' * 16}")
                statuses.append((status, len(answer["matches"])))

        asking = threading.Thread(target=go_on)
        asking.start()
        for number in range(8):
            change(tmp_path, "made", [gone, stays] if number % 2 else [stays])
            time.sleep(0.7)
            found = ask(at, f"/v1/match/md5/{'01' * 16}")[1]["matches"]
            assert len(found) == number % 2, "what is withdrawn is not found, what is back is"
        stop.set()
        asking.join()
    assert set(statuses) == {(200, 1)}


def test_a_list_that_cannot_be_used_is_no_answer(tmp_path: Path) -> None:
    with service(tmp_path) as at:
        assert ask(at, f"/v1/match/md5/{'01' * 16}")[0] == 503, "there is no list"
        change(tmp_path, "made", [ListedFile({"md5": b"\x01" * 16}, "one")])
        (tmp_path / "broken").mkdir()
        (tmp_path / "broken" / "current.json").write_text("{}")
        time.sleep(0.6)
        status, answer = ask(at, f"/v1/match/md5/{'01' * 16}")
        assert (status, "broken/current.json" in answer["error"]) == (503, True)
        asked = question(("md5", "01" * 16), lists=["made"])
        assert len(ask(at, "/v1/match", asked)[1]["matches"]) == 1
        assert len(ask(at, "/v1/lists")[1]["faults"]) == 1


def test_whoever_has_no_token_gets_nothing(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("a long word\n")
    change(tmp_path / "lists", "made", [ListedFile({"md5": b"\x01" * 16}, "one")])
    with service(tmp_path / "lists", "--token-file", str(tmp_path / "token")) as at:
        assert ask(at, "/v1/lists")[0] == 401
        assert ask(at, "/v1/lists", Authorization="Bearer another")[0] == 401
        assert ask(at, "/v1/lists", Authorization="Bearer a long word")[0] == 200


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        (["--host", "0.0.0.0"], "can be reached from elsewhere"),
        (["--host", "192.0.2.1"], "can be reached from elsewhere"),
        (["--token-file", "absent"], "it has no token"),
    ],
)
def test_it_is_not_open_to_others_by_accident(
    tmp_path: Path, more: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    from lapwing.cli import main

    assert main(["serve-match", "--lists", str(tmp_path), *more]) == 2
    assert sentence in capsys.readouterr().err


def test_it_does_what_its_document_says(port: int, tmp_path: Path) -> None:
    command = [
        sys.executable, "-m", "schemathesis.cli", "run", f"http://127.0.0.1:{port}/openapi.json",
        "--max-examples", "60", "--max-time", "10", "--warnings", "off", "--no-color", "--seed", "1",
    ]  # fmt: skip
    env = os.environ | {
        "SCHEMATHESIS_HOOKS": "tests.lapwing.match_service.made_urls",
        "PYTHONPATH": str(ROOT),
    }
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, env=env)
    assert run.returncode == 0, "\n".join(line[:2000] for line in (run.stdout + run.stderr).splitlines())
    assert "9 selected / 9 total" in run.stdout
