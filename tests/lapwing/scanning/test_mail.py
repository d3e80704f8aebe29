"""Mail: attachments have the hash of the file that was sent, and a message nested without end is ended."""

import hashlib
import io
import mailbox
import struct
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from tests.lapwing.scanning.made_pst import Attached, store
from tests.lapwing.scanning.made_sources import picture, put
from tests.lapwing.scanning.test_archives import scanned, zipped

from lapwing.hashing.failures import CannotHash
from lapwing.scanning import mail, mail_stores, tnef
from lapwing.scanning.carried_messages import carrying
from lapwing.scanning.found import Found, Locator, Step
from lapwing.scanning.places import recognise

JPEG, PNG = picture(51, "JPEG", 32), picture(52, "PNG", 32)
ATTACHED = {"1/a.jpg": JPEG, "2/old.zip": zipped({"a.png": PNG})}
STORE = store({"Notes": [(name[2:], held) for name, held in ATTACHED.items()], "None": []})


INNER: Attached = [("climbs.png", PNG), ("Earlier", [("earlier.zip", zipped({"a.png": PNG}))])]
CARRIES: Attached = [("Before", INNER), ("a.jpg", JPEG), ("Nothing", []), ("again.png", PNG)]
KINDS: dict[str, dict[str, bool]] = {
    "carries.pst": {},
    "scrambled.pst": {"scrambled": True},
    "old.pst": {"old": True},
    "old-scrambled.pst": {"old": True, "scrambled": True},
}


def deep(depth: int) -> Attached:
    """A message in so many others, each of which carries a picture besides."""
    return [("m", deep(depth - 1)), ("a.jpg", JPEG)] if depth else []


def message(subject: str = "Notes") -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "a@example.org", "b@example.org", subject
    made["Date"] = "Mon, 5 Jan 2026 09:00:00 +0000"
    made.set_content("Dear Sir,\n\nFrom here nothing of note.\n")
    return made


def sent() -> EmailMessage:
    """A message with a picture in its text, files, and a message that it carries."""
    inner = message("Before")
    inner.add_attachment(PNG, "image", "png", filename="../climbs.png")
    made = message()
    made.add_alternative("<p>Dear Sir</p>", subtype="html")
    made.get_payload()[1].add_related(JPEG, "image", "jpeg", cid="<1@example.org>")  # type: ignore[union-attr]
    made.add_attachment(zipped({"a.png": PNG}), "application", "zip", filename="été.zip")
    made.add_attachment(inner)
    made.add_attachment("to,read\n", filename="list.csv")
    return made


def nested(depth: int) -> bytes:
    head = b"From: a@example.org\nDate: Mon, 5 Jan 2026 09:00:00 +0000\nSubject: x\n"
    return (head + b"Content-Type: message/rfc822\n\n") * depth + head + b"\nend\n"


def boxes(depth: int) -> bytes:
    """Parts in one another, each with its own boundary."""
    head = b"From: a@example.org\nSubject: x\nMIME-Version: 1.0\n"
    parts = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (one, one) for one in range(depth)
    )
    return head + parts + b"Content-Type: image/png\n\nx\n"


def package(files: dict[str, bytes]) -> bytes:
    """What Outlook packs for others who use Outlook."""
    made = tnef.MARK + b"\x01\x00" + _attribute(1, 0x00089006, struct.pack("<I", 0x10000))
    for name, content in files.items():
        made += _attribute(2, tnef.BEGINS, bytes(14)) + _attribute(2, tnef.TITLE, name.encode() + b"\0")
        made += _attribute(2, tnef.DATA, content)
    return made


def _attribute(level: int, name: int, held: bytes) -> bytes:
    return struct.pack("<BII", level, name, len(held)) + held + struct.pack("<H", sum(held) & 0xFFFF)


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Everything that a scan lists of a folder of mail."""
    folder = tmp_path_factory.mktemp("mail")
    put(folder / "d", "one.eml", sent().as_bytes())
    put(folder / "d", "Maildir/cur/1767603600.M1P2.host", sent().as_bytes())
    apple = sent().as_bytes()
    put(folder / "d", "2.emlx", b"%d\n" % len(apple) + apple + b"<?xml version='1.0'?><plist/>")
    box = mailbox.mbox(folder / "d" / "Sent.mbox")
    for number in range(3):
        box.add(sent() if number == 1 else message(f"{number}"))
    box.close()
    put(folder / "d", "deep.eml", nested(1000))
    put(folder / "d", "boxes.eml", boxes(1000))
    put(folder / "d", "letter.txt", b"From: a friend\nto all: nothing\n\nof note")
    outlook, packed = message(), package({"a.jpg": JPEG, "b.png": PNG})
    outlook.add_attachment(packed, "application", "ms-tnef", filename="winmail.dat")
    put(folder / "d", "outlook.eml", outlook.as_bytes())
    put(folder / "d", "cut.tnef", packed[:-9])
    put(folder / "d", "store.pst", STORE)
    for name, kind in KINDS.items():
        put(folder / "d", name, store({"Notes": CARRIES, "None": [], "Deep": deep(10)}, **kind))
    put(folder / "d", "cut.pst", STORE[:-4000])
    put(folder / "d", "none.pst", b"!BDN" + bytes(600))
    return scanned(folder / "d", folder / "out")


@pytest.mark.parametrize(
    "name", ["one.eml", "Maildir/cur/1767603600.M1P2.host", "2.emlx", "Sent.mbox/message-000002.eml"]
)
def test_what_was_attached_has_the_hash_of_its_file(found: dict[str, Any], name: str) -> None:
    wanted = {"1": JPEG, "2/été.zip/a.png": PNG, "3/../climbs.png": PNG, "4/list.csv": b"to,read\n"}
    for path, content in wanted.items():
        one = found[f"{name}/{path}"]
        assert one["sha256"] == hashlib.sha256(content).hexdigest()
    assert found[f"{name}/1"]["parent"] == name
    assert found[f"{name}/2/été.zip/a.png"]["parent"] == f"{name}/2/été.zip"
    below = [path for path in found if path.startswith(f"{name}/")]
    assert len(below) == len(wanted) + 1
    assert found[name]["failure"] is None


def test_every_message_of_a_mailbox_is_an_item(found: dict[str, Any]) -> None:
    messages = [one for one in found.values() if one["parent"] == "Sent.mbox"]
    assert [one["path"] for one in messages] == [
        f"Sent.mbox/message-00000{number}.eml" for number in (1, 2, 3)
    ]
    assert all(one["sha256"] for one in messages)


@pytest.mark.parametrize("name", ["deep.eml", "boxes.eml"])
def test_a_message_nested_a_thousand_deep_is_too_deep_and_hashed(found: dict[str, Any], name: str) -> None:
    assert found[name]["failure"]["reason"] == "too_deep"
    assert found[name]["sha256"]


def test_what_is_not_too_deep_is_listed_before_what_is() -> None:
    made = sent()
    for _ in range(mail.NESTED):
        outside = message()
        outside.add_attachment(made)
        outside.add_attachment(PNG, "image", "png", filename="a.png")
        made = outside
    content, found = made.as_bytes(), []
    with pytest.raises(CannotHash, match="more files inside"):  # noqa: PT012
        for one in mail.walk_mail(lambda _: io.BytesIO(content), outer_of(content), b"x.eml"):
            found.append(one.path)
    assert len([path for path in found if path.endswith(b"/a.png")]) == mail.NESTED
    assert len(found) == mail.NESTED + 3  # and not what the message that is one too deep carries


def test_a_text_that_begins_like_a_message_is_none(found: dict[str, Any]) -> None:
    assert [path for path in found if path.startswith("letter.txt")] == ["letter.txt"]
    assert recognise(b"letter.txt", b"From: a friend\nto all: nothing\n\nof note") is None


def test_what_outlook_packs_is_unpacked(found: dict[str, Any]) -> None:
    for path, content in (("1/a.jpg", JPEG), ("2/b.png", PNG)):
        one = found[f"outlook.eml/1/winmail.dat/{path}"]
        assert one["sha256"] == hashlib.sha256(content).hexdigest()
    assert found["cut.tnef/1/a.jpg"]["sha256"] == hashlib.sha256(JPEG).hexdigest()
    assert (found["cut.tnef"]["failure"]["reason"], "cut.tnef/2/b.png" in found) == ("damaged", False)


def test_what_was_attached_to_a_message_of_a_store_has_the_hash_of_its_file(found: dict[str, Any]) -> None:
    inside = {path.split("/", 3)[-1]: one for path, one in found.items() if one["parent"] == "store.pst"}
    hashes = {name: one["sha256"] for name, one in inside.items()}
    assert hashes == {name: hashlib.sha256(held).hexdigest() for name, held in ATTACHED.items()}
    assert all(path.startswith("store.pst/Inbox/2000") for path in (one["path"] for one in inside.values()))
    assert found["store.pst"]["failure"] is None
    [deeper] = [one for path, one in found.items() if path.endswith("/old.zip/a.png")]
    assert deeper["sha256"] == hashlib.sha256(PNG).hexdigest()


@pytest.mark.parametrize("name", sorted(KINDS))
def test_what_a_message_of_a_store_carries_is_looked_into(found: dict[str, Any], name: str) -> None:
    inside = {
        path.removeprefix(f"{name}/Inbox/"): one for path, one in found.items() if path.startswith(f"{name}/")
    }
    hashes = {path: one["sha256"] for path, one in inside.items() if path.startswith("200004/")}
    assert hashes == {
        "200004/1/Before/1/climbs.png": hashlib.sha256(PNG).hexdigest(),
        "200004/1/Before/2/Earlier/1/earlier.zip": hashlib.sha256(zipped({"a.png": PNG})).hexdigest(),
        "200004/1/Before/2/Earlier/1/earlier.zip/a.png": hashlib.sha256(PNG).hexdigest(),
        "200004/2/a.jpg": hashlib.sha256(JPEG).hexdigest(),
        "200004/4/again.png": hashlib.sha256(PNG).hexdigest(),
    }
    assert inside["200004/1/Before/1/climbs.png"]["parent"] == name
    pictures = [one for path, one in inside.items() if path.startswith("200044/") and one["sha256"]]
    assert len(pictures) == mail.NESTED + 1
    [too_deep] = [one for one in inside.values() if one["failure"]]
    assert (too_deep["failure"]["reason"], too_deep["path"].count("/m")) == ("too_deep", mail.NESTED + 1)


def test_a_carried_message_that_is_not_where_the_store_says_is_an_item_and_the_rest_is_read() -> None:
    content = store({"Notes": CARRIES})
    named = struct.pack("<Q", 0x200024)
    assert content.count(named) == 3  # each carried message, in the block that names what lies below
    content = content.replace(named, struct.pack("<Q", 0x200044))
    found = list(mail_stores.walk_store(lambda _: io.BytesIO(content), outer_of(content), b"x"))
    assert {one.path: one.failure and one.failure.reason for one in found} == {
        b"x/Inbox/200004/1/Before": "damaged",
        b"x/Inbox/200004/2/a.jpg": None,
        b"x/Inbox/200004/3/Nothing": "damaged",
        b"x/Inbox/200004/4/again.png": None,
    }


def test_a_store_of_pages_of_another_size_says_that_a_carried_message_is_not_read() -> None:
    content = bytearray(store({"Notes": CARRIES}))
    struct.pack_into("<H", content, 10, 36)
    with pytest.raises(CannotHash, match="version 36") as refused:
        carrying(io.BytesIO(content), 0x200004, [(0x8025, 0x200024)])
    assert refused.value.failure.reason == "partly_read"


@pytest.mark.parametrize("name", ["cut.pst", "none.pst"])
def test_a_store_that_is_damaged_is_a_failure(found: dict[str, Any], name: str) -> None:
    assert found[name]["failure"]["reason"] == "damaged"
    assert found[name]["sha256"]


def walked(content: bytes) -> list[Found]:
    return list(mail.walk_mailbox(lambda _: io.BytesIO(content), outer_of(content), b"x.mbox"))


def outer_of(content: bytes) -> Locator:
    return (Step("folder", hashlib.sha256(content).digest()),)


@pytest.mark.parametrize("piece", [1200, 1201, 1499, 1 << 20])
def test_a_separator_is_found_wherever_a_piece_ends(piece: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail, "_PIECE", piece)
    one = b"From a@example.org Mon Jan  5 09:00:00 2026\nFrom: a\nDate: b\n\n%s\nFrom here on\n\n"
    content = b"".join(one % (b"y" * (number % 97)) for number in range(200))
    found = walked(content)
    assert len(found) == 200
    for number, message in enumerate(found):
        with mail.open_mailbox(lambda _: io.BytesIO(content), outer_of(content), message.locator[-1]) as file:
            assert file.read() == one.split(b"\n", 1)[1] % (b"y" * (number % 97))


def test_a_message_of_any_size_is_not_taken_into_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail, "LONGEST", 1000)
    content = sent().as_bytes()
    with pytest.raises(CannotHash, match="more bytes"):
        list(mail.walk_mail(lambda _: io.BytesIO(content), outer_of(content), b"x.eml"))


def test_a_name_in_no_alphabet_is_told_as_it_stands(tmp_path: Path) -> None:
    content = sent().as_bytes().replace(b"=?utf-8?", b"=?x-none?").replace(b"utf-8''", b"x-none''")
    names = [one.path for one in mail.walk_mail(lambda _: io.BytesIO(content), outer_of(content), b"x.eml")]
    assert len(names) == 4
