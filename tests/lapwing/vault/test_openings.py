"""Opening: each object asked for has its line, whatever came of it, and only what is true becomes a file."""

import io
import os
import stat
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lapwing.vault import DiskStore, Identities, stage
from lapwing.vault.opening_log import BadLog, Opening, Signer, appending, checked
from lapwing.vault.openings import Opener

AT = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


class Vault:
    """A store, an opener and a log, in one folder."""

    def __init__(self, folder: Path, identities: Identities) -> None:
        self.folder = folder
        self.identities = identities
        self.store = DiskStore(folder / "store")
        self.to = folder / "to"
        self.to.mkdir()
        self.log = folder / "log"

    def put(self, content: bytes) -> str:
        staged = stage([content], recipients=self.identities.recipients, folder=self.folder)
        self.store.put(staged.path, staged.object_name)
        return staged.object_name

    def open(self, *asked: str, identities: Identities | None = None) -> list[Opening]:
        holder = identities or self.identities
        with appending(self.log, Signer(holder)) as log:
            opener = Opener(holder, self.store, self.to, "To grade it", "Officer A", log, lambda: AT)
            return list(opener.open_all(asked))

    def lines(self) -> list[Opening]:
        return list(checked(io.BytesIO(self.log.read_bytes()), Signer(self.identities).public))

    def files(self) -> list[str]:
        return sorted(path.name for path in self.to.iterdir())


@pytest.fixture
def vault(tmp_path: Path, identities: Identities) -> Vault:
    return Vault(tmp_path, identities)


def test_by_name_or_by_hash_the_file_and_its_line_are_there(vault: Vault) -> None:
    one, two = vault.put(b"a dull file"), vault.put(b"another dull file")
    made = vault.open(one, two[3:67])
    assert [line.result for line in made] == ["opened", "opened"]
    assert (vault.to / one[3:67]).read_bytes() == b"a dull file"
    assert (vault.to / two[3:67]).read_bytes() == b"another dull file"
    assert stat.S_IMODE((vault.to / one[3:67]).stat().st_mode) == 0o600
    assert vault.lines() == made
    first = made[0]
    assert (first.by, first.purpose, first.object, first.size) == ("Officer A", "To grade it", one, 11)
    assert (first.sha256, first.sealed_sha256) == (one[3:67], one[68:132])
    assert first.at == "2026-11-02T09:00:00.000000+00:00"


def test_a_changed_object_is_never_opened(vault: Vault) -> None:
    name = vault.put(b"a dull file" * 10_000)
    path = vault.store.folder / name
    content = bytearray(path.read_bytes())
    content[-5] ^= 1
    path.write_bytes(content)
    [line] = vault.open(name)
    assert line.result == "the sealed object is changed"
    path.write_bytes(path.read_bytes()[:1000])
    assert vault.open(name)[0].result == "the sealed object is changed"
    path.unlink()
    assert vault.open(name)[0].result == "the sealed object is missing"
    assert vault.files() == []
    assert len(vault.lines()) == 3


def test_an_object_named_for_what_it_does_not_hold_is_not_kept(vault: Vault) -> None:
    name = vault.put(b"a dull file")
    false = f"{'0' * 2}/{'0' * 64}-{name[68:]}"
    vault.store.put(vault.store.folder / name, false)
    assert vault.open(false)[0].result == "what it holds is not what its name says"
    assert vault.files() == []


def test_a_wrong_key_opens_nothing_and_says_so(vault: Vault) -> None:
    name = vault.put(b"a dull file")
    [line] = vault.open(name, identities=Identities.generate())
    assert line.result.startswith("not opened: No matching keys")
    assert vault.files() == []


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        ("../../etc/passwd", "a path"),
        ("/etc/passwd", "a path from the root"),
        ("0" * 64, "a hash of nothing here"),
        ("0" * 64 + "\u202e", "a character that turns the line about"),
        ("x" * 5000, "longer than any name"),
        ("\udcff", "not text"),
        ("*", "a pattern"),
    ],
)
def test_an_odd_entry_is_a_line_and_nothing_else(vault: Vault, entry: str, reason: str) -> None:
    vault.put(b"a dull file")
    [line] = vault.open(entry.encode("utf-8", "backslashreplace").decode())
    assert line.result in ("not the name of an object", "no object has this SHA-256"), reason
    assert len(line.object) <= 200
    assert vault.files() == []
    assert vault.lines() == [line]


def test_a_link_in_an_objects_place_is_not_followed(vault: Vault) -> None:
    name = vault.put(b"a dull file")
    path = vault.store.folder / name
    path.rename(vault.folder / "aside")
    path.symlink_to(vault.folder / "aside")
    assert vault.open(name)[0].result == "the sealed object is missing"


def test_what_is_already_there_is_not_written_over(vault: Vault) -> None:
    name = vault.put(b"a dull file")
    (vault.to / name[3:67]).write_text("somebody's work")
    assert vault.open(name)[0].result == "a file of that name is already there"
    assert (vault.to / name[3:67]).read_text() == "somebody's work"


def test_no_line_no_file(vault: Vault) -> None:
    """The log cannot be written (its descriptor is closed): the plain file must not get its name."""
    name = vault.put(b"a dull file")
    with appending(vault.log, Signer(vault.identities)) as log:
        opener = Opener(vault.identities, vault.store, vault.to, "To grade it", "Officer A", log, lambda: AT)
    with pytest.raises(OSError, match="Bad file descriptor"):
        list(opener.open_all([name]))
    assert vault.files() == []


def test_a_log_goes_on_where_it_ended_and_its_unfinished_line_is_cut_off(vault: Vault) -> None:
    one, two = vault.put(b"a dull file"), vault.put(b"another dull file")
    vault.open(one)
    whole = vault.log.read_bytes()
    vault.log.write_bytes(whole + b'{"at":"2026-11-0')
    vault.open(two)
    assert vault.log.read_bytes().startswith(whole)
    assert [line.position for line in vault.lines()] == [1, 2]


def test_another_keys_log_and_a_damaged_one_are_not_added_to(vault: Vault) -> None:
    name = vault.put(b"a dull file")
    vault.open(name)
    before = vault.log.read_bytes()
    with pytest.raises(BadLog, match="not by this key"):
        vault.open(name, identities=Identities.generate())
    vault.log.write_bytes(before.replace(b"Officer A", b"Officer B"))
    with pytest.raises(BadLog, match="line 1: it was changed"):
        vault.open(name)
    assert vault.log.read_bytes() == before.replace(b"Officer A", b"Officer B")


def test_two_processes_do_not_write_one_log(vault: Vault) -> None:
    with appending(vault.log, Signer(vault.identities)), pytest.raises(BlockingIOError):
        vault.open("0" * 64)


def test_a_log_that_is_a_link_is_not_written(vault: Vault) -> None:
    vault.log.symlink_to(vault.folder / "elsewhere")
    with pytest.raises(OSError, match="symbolic links"):
        vault.open("0" * 64)


@settings(max_examples=80, deadline=None)
@given(at=st.integers(0, 10**6), bit=st.integers(0, 7))
def test_any_flipped_bit_of_a_log_is_found(
    tmp_path_factory: pytest.TempPathFactory, at: int, bit: int
) -> None:
    vault = Vault(tmp_path_factory.mktemp("vault"), Identities.generate())
    vault.open("0" * 64, "1" * 64, "2" * 64)
    content = bytearray(vault.log.read_bytes())
    content[at % len(content)] ^= 1 << bit
    vault.log.write_bytes(content)
    with pytest.raises(BadLog):
        vault.lines()


@pytest.mark.parametrize(
    ("order", "line", "reason"),
    [
        ([1, 2], 1, "the first removed"),
        ([0, 2], 2, "one in the middle removed"),
        ([1, 0, 2], 1, "two changed over"),
        ([0, 1, 1, 2], 3, "one repeated"),
        ([0, 1, 2, 0], 4, "one added again at the end"),
    ],
)
def test_lines_removed_moved_or_repeated_are_found(
    vault: Vault, order: list[int], line: int, reason: str
) -> None:
    vault.open("0" * 64, "1" * 64, "2" * 64)
    lines = vault.log.read_bytes().splitlines(keepends=True)
    vault.log.write_bytes(b"".join(lines[i] for i in order))
    with pytest.raises(BadLog) as found:
        vault.lines()
    assert found.value.line == line, reason


def test_a_line_made_again_without_the_key_is_found(vault: Vault) -> None:
    vault.open("0" * 64)
    [line] = vault.lines()
    forged = Signer(Identities.generate()).signed(msgspec.structs.replace(line, by="Somebody else"))
    vault.log.write_bytes(msgspec.json.Encoder(order="sorted").encode(forged) + b"\n")
    with pytest.raises(BadLog, match="not by this key"):
        vault.lines()


def test_a_signature_has_one_spelling(vault: Vault) -> None:
    vault.open("0" * 64)
    [line] = vault.lines()
    written = vault.log.read_bytes()
    for other in (
        line.signature.upper(),
        " " + line.signature,
        line.signature[:64] + " " + line.signature[64:],
    ):
        vault.log.write_bytes(written.replace(line.signature.encode(), other.encode()))
        with pytest.raises(BadLog, match="not by this key"):
            vault.lines()


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"at": "yesterday"}, "no time"),
        ({"at": "2026-11-02T09:00:00"}, "a time of no zone"),
        ({"at": "0001-01-01T00:00:00+14:00"}, "a time before the first there is"),
        ({"size": -1}, "a size below nothing"),
    ],
)
def test_a_line_that_is_signed_and_makes_no_sense_is_refused(
    vault: Vault, changes: dict[str, Any], reason: str
) -> None:
    vault.open("0" * 64)
    [line] = vault.lines()
    signed = Signer(vault.identities).signed(msgspec.structs.replace(line, **changes))
    vault.log.write_bytes(msgspec.json.Encoder(order="sorted").encode(signed) + b"\n")
    with pytest.raises(BadLog, match="its time or its size"):
        vault.lines()


def test_the_signing_key_is_of_the_age_key_and_does_not_show_it(identities: Identities) -> None:
    assert Signer(identities).public == Signer(identities).public
    assert Signer(identities).public != Signer(Identities.generate()).public
    assert os.fsencode(Signer(identities).public) not in identities.secret
