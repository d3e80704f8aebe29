"""Checksums and signatures that stand beside a document: what does not fit is refused."""

import base64
import hashlib
import io
import tempfile
import tracemalloc
from datetime import datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from tests.lapwing.sources.fetches import AT, Fetching, hashes
from tests.lapwing.sources.publisher import document, in_turn, unsized

from lapwing.sources.signatures import PublicKey

THIS, OTHER = hashes(60), hashes(61)


class Signer:
    """Signs as minisign does, or plainly."""

    def __init__(self) -> None:
        self.key = Ed25519PrivateKey.generate()
        self.bare = base64.b64encode(self.key.public_key().public_bytes_raw()).decode()

    @property
    def public(self) -> str:
        raw = b"Ed" + b"12345678" + self.key.public_key().public_bytes_raw()
        return base64.b64encode(raw).decode()

    def plain(self, content: bytes) -> bytes:
        return base64.b64encode(self.key.sign(content))

    def mini(
        self, content: bytes, at: datetime = AT, number: bytes = b"12345678", kind: bytes = b"ED"
    ) -> bytes:
        signature = self.key.sign(hashlib.blake2b(content).digest())
        comment = f"timestamp:{int(at.timestamp())}\tfile:list\thashed"
        whole = base64.b64encode(self.key.sign(signature + comment.encode())).decode()
        first = base64.b64encode(kind + number + signature).decode()
        return f"untrusted comment: a test\n{first}\ntrusted comment: {comment}\n{whole}\n".encode()


def line(content: bytes, name: str = "list") -> bytes:
    return f"{hashlib.sha256(content).hexdigest()}  {name}\n".encode()


ONE, TWO = Signer(), Signer()
# What stands beside the document THIS and does not fit, by which key it should, what is said, and why.
PROOFS = [
    (line(OTHER), "", "not the one that stands beside", "the checksum of another document"),
    (b"<html>Sorry</html>", "", "no SHA-256", "a page where the checksum should be"),
    (line(THIS, "a") + line(THIS, "b"), "", "none of its name", "checksums of other files"),
    (ONE.plain(OTHER), ONE.bare, "not by the key", "a plain signature of another document"),
    (TWO.plain(THIS), ONE.bare, "not by the key", "a plain signature by another key"),
    (b"nonsense", ONE.bare, "", "no signature"),
    (b"\xff" * 64, ONE.bare, "not by the key", "64 bytes of nothing"),
    (ONE.mini(OTHER), ONE.public, "not by the key", "of another document"),
    (TWO.mini(THIS), ONE.public, "not by the key", "by another key that has the number of this"),
    (ONE.mini(THIS, number=b"otherkey"), ONE.public, "by another key than", "by another number"),
    (ONE.mini(THIS, kind=b"Ed"), ONE.public, "older form", "of the form that signs no digest"),
    (ONE.mini(THIS).replace(b"timestamp:1", b"timestamp:2"), ONE.public, "not by the key", "a changed time"),
    (ONE.plain(THIS), ONE.public, "none of minisign's", "a plain one where minisign's was agreed"),
]


@pytest.mark.parametrize(("beside", "key", "sentence", "why"), PROOFS, ids=[one[3] for one in PROOFS])
def test_what_is_not_proved_is_refused_and_asked_for_again(
    fetching: Fetching, beside: bytes, key: str, sentence: str, why: str
) -> None:
    address = f"{fetching.publisher.base}/beside"
    if key:
        fetching.settings |= {"signature_address": address, "public_key": key}
        good = ONE.plain(THIS) if key == ONE.bare else ONE.mini(THIS)
    else:
        fetching.settings |= {"sha256_address": address}
        good = line(OTHER, "older") + line(THIS)
    fetching.publisher.at["/beside"] = document(beside)
    outcome = fetching(document(THIS))
    assert (outcome.outcome, outcome.version) == ("failed", 0), why
    assert sentence in outcome.sentence
    assert [path for path, _ in fetching.publisher.asked] == ["/list", "/beside"] * 3
    fetching.publisher.at["/beside"] = in_turn(document(beside), document(good))
    assert fetching().outcome == "new-version", "it was of a newer one, and then of this"


def test_what_is_proved_need_not_say_where_it_ends(fetching: Fetching) -> None:
    fetching.settings |= {"sha256_address": f"{fetching.publisher.base}/beside"}
    fetching.publisher.at["/beside"] = unsized(line(THIS))
    assert fetching(unsized(THIS)).outcome == "new-version"


def test_a_signed_time_counts_before_that_of_the_server(fetching: Fetching) -> None:
    key = f"untrusted comment: a key\n{ONE.public}\n"
    fetching.settings |= {"signature_address": f"{fetching.publisher.base}/beside", "public_key": key}
    fetching.publisher.at["/beside"] = document(ONE.mini(THIS))
    assert fetching(document(THIS, Last_Modified="Sun, 22 Mar 2026 10:00:00 GMT")).version == 1
    fetching.publisher.at["/beside"] = document(ONE.mini(OTHER, AT.replace(year=2025)))
    outcome = fetching(document(OTHER, Last_Modified="Mon, 23 Mar 2026 10:00:00 GMT"))
    assert outcome.outcome == "held", "it was signed a year ago, whatever the server says"
    assert "2025" in outcome.sentence


def test_a_signature_that_minisign_itself_made_holds() -> None:
    """The example of minisign's own documents, whose document is `test`."""
    key = PublicKey.parse("RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3")
    made = key.check(
        b"untrusted comment: signature from minisign secret key\n"
        b"RUQf6LRCGA9i559r3g7V1qNyJDApGip8MfqcadIgT9CuhV3EMhHoN1mGTkUidF/z7SrlQgXdy8ofjb7bNJJylDOocrCo8KLzZwo=\n"
        b"trusted comment: timestamp:1633700835\tfile:test\tprehashed\n"
        b"wLMDjy9FLAuxZ3q4NlEvkgtyhrr0gtTu6KC4KBJdITbbOeAi1zBIYo0v4iTgt8jJpIidRJnp94ABQkJAgAooBQ==\n",
        io.BytesIO(b"test"),
    )
    assert made is not None
    assert made.isoformat() == "2021-10-08T13:47:15+00:00"


@pytest.mark.parametrize("kind", ["minisign", "plain"])
def test_memory_stays_flat_however_large_the_document_is(kind: str) -> None:
    size = 16 << 20
    content = bytes(size)
    signature = ONE.mini(content) if kind == "minisign" else ONE.plain(content)
    key = PublicKey.parse(ONE.public if kind == "minisign" else ONE.bare)
    with tempfile.TemporaryFile() as file:
        file.write(content)
        file.flush()
        del content
        tracemalloc.start()
        try:
            key.check(signature, file)
            assert tracemalloc.get_traced_memory()[1] < size / 50
        finally:
            tracemalloc.stop()


@pytest.mark.parametrize("content", [b"", b"one"])
def test_a_plain_signature_is_of_whatever_there_is(content: bytes) -> None:
    with tempfile.TemporaryFile() as file:
        file.write(content)
        file.flush()
        assert PublicKey.parse(ONE.bare).check(ONE.key.sign(content), file) is None
