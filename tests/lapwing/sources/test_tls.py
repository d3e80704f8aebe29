"""HTTPS to a publisher on loopback with an authority of its own: who cannot show who it is, is not asked."""

import ipaddress
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes as digests
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from tests.lapwing.sources.fetches import Fetching, hashes
from tests.lapwing.sources.publisher import document, publishing, status


class Authority:
    """Signs certificates. Its own is in the file `trusted`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.folder.mkdir()
        self.key, self.name = ec.generate_private_key(ec.SECP256R1()), _name("an authority of a test")
        made = self._signed(self.name, self.key, x509.BasicConstraints(ca=True, path_length=None))
        self.trusted = folder / "authority.pem"
        self.trusted.write_bytes(made.public_bytes(Encoding.PEM))

    def server(self, of: x509.GeneralName, days: int = 1) -> ssl.SSLContext:
        """A server's certificate for a host, which ends after so many days."""
        key = ec.generate_private_key(ec.SECP256R1())
        made = self._signed(_name("a server"), key, x509.SubjectAlternativeName([of]), days)
        public, private = self.folder / "public.pem", self.folder / "private.pem"
        public.write_bytes(made.public_bytes(Encoding.PEM))
        private.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(public, private)
        return context

    def _signed(
        self,
        name: x509.Name,
        key: ec.EllipticCurvePrivateKey,
        extension: x509.ExtensionType,
        days: int = 1,
    ) -> x509.Certificate:
        now = datetime.now(UTC)
        built = x509.CertificateBuilder(self.name, name, key.public_key(), x509.random_serial_number())
        built = built.not_valid_before(now - timedelta(days=9)).not_valid_after(now + timedelta(days=days))
        return built.add_extension(extension, critical=False).sign(self.key, digests.SHA256())


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


HERE = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
TLS = [
    (HERE, 1, True, "new-version", "", "its certificate is by the authority that is trusted, and for it"),
    (HERE, 1, False, "failed", "cannot be trusted", "the machine does not know its authority"),
    (HERE, -1, True, "failed", "has expired", "its certificate has ended"),
    (x509.DNSName("lists.example.com"), 1, True, "failed", "127.0.0.1", "it is another's certificate"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("of", "days", "trusted", "outcome", "sentence", "why"), TLS, ids=[one[5] for one in TLS]
)
def test_only_a_certificate_that_is_trusted_and_its_own_is_talked_to(
    fetching: Fetching,
    tmp_path: Path,
    of: x509.GeneralName,
    days: int,
    trusted: bool,
    outcome: str,
    sentence: str,
    why: str,
) -> None:
    authority = Authority(tmp_path / "authority")
    with publishing(authority.server(of, days)) as publisher:
        publisher.at["/list"] = document(hashes(100))
        settings = {"authorities": str(authority.trusted)} if trusted else {}
        said = fetching(address=f"{publisher.base}/list", **settings)
        assert (said.outcome, sentence in said.sentence) == (outcome, True), (why, said)
        assert len(publisher.asked) == (outcome == "new-version"), "nothing is sent to a stranger"
    assert fetching.waits == [], "another try would not help"


def test_another_authority_is_not_the_one_that_is_trusted(fetching: Fetching, tmp_path: Path) -> None:
    one, other = Authority(tmp_path / "one"), Authority(tmp_path / "other")
    with publishing(one.server(HERE)) as publisher:
        said = fetching(address=f"{publisher.base}/list", authorities=str(other.trusted))
        assert (said.outcome, "cannot be trusted" in said.sentence) == ("failed", True), said
        said = fetching(address=f"{publisher.base}/list", authorities=str(tmp_path / "none.pem"))
        assert (said.outcome, "has no certificates" in said.sentence) == ("failed", True), said
        assert publisher.asked == []


def test_nobody_is_led_from_https_to_http(fetching: Fetching, tmp_path: Path) -> None:
    authority = Authority(tmp_path / "authority")
    with publishing(authority.server(HERE)) as publisher:
        publisher.at["/list"] = status(302, Location=publisher.base.replace("https", "http") + "/list")
        said = fetching(address=f"{publisher.base}/list", authorities=str(authority.trusted))
        assert (said.outcome, "which was not agreed" in said.sentence) == ("failed", True), said
        assert len(publisher.asked) == 1
