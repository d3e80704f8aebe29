"""Keys: what is read, what is refused, and that a private key is neither shown nor written over."""

import stat
import subprocess
from pathlib import Path

import pytest

from lapwing.vault import BadKey, Identities, Recipients

ONE, TWO = Identities.generate(), Identities.generate()
PUBLIC = ONE.recipients.keys[0]


def test_recipients_are_each_once_whatever_their_order_and_comments() -> None:
    other = TWO.recipients.keys[0]
    read = Recipients.parse(f"# the agency's\n{PUBLIC}\n\n  {other}  \n{PUBLIC}\n")
    assert read == Recipients.parse(f"{other}\r\n{PUBLIC}")
    assert len(set(read.fingerprints)) == 2
    assert list(read.fingerprints) == sorted(read.fingerprints)


@pytest.mark.parametrize(
    ("text", "said", "reason"),
    [
        ("", "no age recipient", "sealing to nobody would lose the file"),
        ("# only a comment", "no age recipient", "the same"),
        (
            f"{PUBLIC}\nage1nonsense",
            "line 2",
            "one bad line spoils all: a key silently left out opens nothing",
        ),
        (PUBLIC[:-1] + ("q" if PUBLIC[-1] != "q" else "p"), "line 1", "its checksum does not fit"),
        ("ssh-ed25519 AAAA someone@example.com", "line 1", "only X25519 recipients are taken"),
        (ONE.secret.decode(), "PRIVATE key", "the private half must not be here"),
        (ONE.secret.decode().lower(), "PRIVATE key", "in small letters either"),
    ],
)
def test_a_text_that_is_no_recipients_is_refused(text: str, said: str, reason: str) -> None:
    with pytest.raises(BadKey, match=said) as refused:
        Recipients.parse(text)
    assert ONE.secret.decode() not in str(refused.value), reason


def test_a_key_file_is_its_owners_alone_and_is_never_written_over(tmp_path: Path) -> None:
    path = tmp_path / "key"
    ONE.write(path, "a comment")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert Identities.read(path).recipients == ONE.recipients
    with pytest.raises(FileExistsError):
        TWO.write(path)
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(FileExistsError):
        TWO.write(link)
    assert Identities.read(path).recipients == ONE.recipients


@pytest.mark.parametrize(
    "content", [b"", b"# none\n", b"AGE-SECRET-KEY-1NONSENSE\n", b"\xff\xfe", PUBLIC.encode()]
)
def test_a_file_that_is_no_private_key_is_refused_without_repeating_it(
    tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "key"
    path.write_bytes(content)
    with pytest.raises(BadKey) as refused:
        Identities.read(path)
    assert "NONSENSE" not in str(refused.value)


def test_a_file_made_by_age_keygen_is_read(tmp_path: Path, age: str) -> None:
    path = tmp_path / "key"
    subprocess.run([f"{age}-keygen", "-o", path], check=True, capture_output=True)
    public = subprocess.run([f"{age}-keygen", "-y", path], check=True, capture_output=True, text=True).stdout
    assert Identities.read(path).recipients == Recipients.parse(public)
