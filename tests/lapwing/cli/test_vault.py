"""`lapwing vault`: keygen, open, verify and check-log, as somebody at a keyboard meets them."""

import subprocess
import sys
from pathlib import Path

import pytest

from lapwing.cli import main
from lapwing.vault import DiskStore, Recipients, stage


class Desk:
    """A key made by keygen, a store with one object, and a list that names it."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self.capsys = folder, capsys
        self.key, self.store, self.to, self.log = (folder / name for name in ("key", "store", "to", "log"))
        assert main(["vault", "keygen", "--out", str(self.key)]) == 0
        printed = dict(line.rsplit(" ", 1) for line in capsys.readouterr().out.splitlines())
        self.recipient, self.public = printed["recipient"], printed["log key  "]
        self.list = folder / "list"
        self.name = self.put(b"a dull file")
        self.list.write_text(self.name + "\n")

    def put(self, content: bytes) -> str:
        recipients = Recipients.parse(self.recipient)
        staged = stage([content], recipients=recipients, folder=self.folder)
        DiskStore(self.store).put(staged.path, staged.object_name)
        return staged.object_name

    def open(self, **given: str) -> int:
        flags = {"key": self.key, "store": self.store, "to": self.to, "log": self.log}
        flags |= {"purpose": "To grade it", "by": "Officer A", **given}
        return main(["vault", "open", str(self.list), *(f"--{name}={flag}" for name, flag in flags.items())])

    def check_log(self) -> int:
        return main(["vault", "check-log", str(self.log), "--public", self.public])


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Desk:
    return Desk(tmp_path, capsys)


def test_keygen_never_writes_over_and_never_prints_the_private_key(desk: Desk) -> None:
    before = desk.key.read_bytes()
    assert main(["vault", "keygen", "--out", str(desk.key)]) == 2
    assert desk.key.read_bytes() == before
    said = desk.capsys.readouterr()
    assert "File exists" in said.err
    assert "AGE-SECRET-KEY" not in said.out + said.err
    assert desk.recipient.startswith("age1")


def test_a_file_is_opened_and_the_log_proves_it(desk: Desk) -> None:
    assert desk.open() == 0
    assert (desk.to / desk.name[3:67]).read_bytes() == b"a dull file"
    desk.capsys.readouterr()
    assert desk.check_log() == 0
    assert "whole: 1 lines" in desk.capsys.readouterr().out
    desk.log.write_bytes(desk.log.read_bytes().replace(b"To grade it", b"To look at "))
    assert desk.check_log() == 1
    assert "line 1: it was changed" in desk.capsys.readouterr().out


def test_what_was_not_opened_is_said_and_is_not_a_success(desk: Desk) -> None:
    desk.list.write_bytes(b"\xff\x1b[2J\n" + desk.name.encode() + b"\n")
    assert desk.open() == 1
    said = desk.capsys.readouterr().out
    assert "not the name of an object" in said
    assert f"{desk.name}: opened" in said
    assert "\x1b" not in said


def test_bytes_that_are_no_text_are_spelt_out_in_the_log(desk: Desk) -> None:
    assert desk.open(by="Officer \udcff") == 0
    assert desk.check_log() == 0
    assert rb"Officer \\udcff" in desk.log.read_bytes()


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"purpose": " "}, "no purpose"),
        ({"by": ""}, "nobody"),
        ({"key": "/nonexistent"}, "no key"),
        ({"store": "/nonexistent"}, "no store"),
        ({"key": "/dev/null"}, "a key file without a key"),
    ],
)
def test_without_all_that_is_needed_nothing_is_opened(desk: Desk, given: dict[str, str], reason: str) -> None:
    assert desk.open(**given) == 2, reason
    assert not desk.to.exists()
    assert not desk.log.exists()


def test_verify_names_what_is_wrong(desk: Desk) -> None:
    verify = ["vault", "verify", str(desk.store)]
    listed = [*verify, "--list", str(desk.list)]
    assert main(verify) == main(listed) == 0
    path = desk.store / desk.name
    path.write_bytes(path.read_bytes()[:-1])
    desk.capsys.readouterr()
    assert main(verify) == 1
    assert desk.capsys.readouterr().out == f"changed: {desk.name}\n"
    path.unlink()
    assert main(verify) == 0
    assert main(listed) == 1
    assert f"missing: {desk.name}" in desk.capsys.readouterr().out
    assert main(["vault", "verify", str(desk.folder / "absent")]) == 2


def test_a_wrong_public_key_is_no_proof(desk: Desk) -> None:
    assert desk.open() == 0
    assert main(["vault", "check-log", str(desk.log), "--public", "00" * 32]) == 1
    assert main(["vault", "check-log", str(desk.log), "--public", "short"]) == 2
    assert main(["vault", "check-log", str(desk.folder / "absent"), "--public", desk.public]) == 2


def test_it_needs_no_django(desk: Desk) -> None:
    code = (
        "import sys; sys.modules['django'] = None\nfrom lapwing.cli import main\nsys.exit(main(sys.argv[1:]))"
    )
    command = [sys.executable, "-c", code, "vault", "verify", str(desk.store)]
    assert subprocess.run(command, capture_output=True).returncode == 0
