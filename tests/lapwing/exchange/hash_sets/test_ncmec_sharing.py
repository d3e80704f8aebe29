"""NCMEC's hash sharing: additions, deletions, the page after this one, and nothing that is not of it."""

import io

import pytest

from lapwing.exchange.hash_sets import HASH_SETS, recognise_set
from lapwing.exchange.hash_sets.ncmec_sharing import NAMESPACE, read_page
from lapwing.exchange.unreadable import Unreadable
from lapwing.matching.listed import BadRecord, ListedFile

MD5, SHA1, PDQ = "ab" * 16, "cd" * 20, "0f" * 32
PAGE = f"""<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<queryResult xmlns="{NAMESPACE}">
  <images count="3" maxTimestamp="2026-10-24T15:10:00Z">
    <image>
      <member id="42">Example Member</member><timestamp>2026-10-24T15:00:00Z</timestamp><id>one</id>
      <classification>A1</classification>
      <fingerprints><md5>{MD5.upper()}</md5><sha1>{SHA1}</sha1><pdq>{PDQ}</pdq>
        <videntifier rel="self" href="/v2/entries/1"/></fingerprints>
    </image>
    <deletedImage><member id="43">Example Two</member><id>four</id></deletedImage>
    <image><member id="42">Example</member><id>bad</id><fingerprints><md5>no</md5></fingerprints></image>
  </images>
  <videos count="1" maxTimestamp="2026-10-25T00:00:00Z">
    <!-- a remark -->
    <video><member id="42">Example</member><id>one</id><fingerprints><md5>{MD5}</md5></fingerprints></video>
  </videos>
  <paging><next>/v2/entries?from=2026-10-20&amp;start=2001</next></paging>
</queryResult>""".encode()  # fmt: skip


def test_a_page_has_its_entries_its_deletions_and_its_next() -> None:
    page = read_page(io.BytesIO(PAGE))
    image, deleted, bad, video = page.entries
    hashes = {"md5": bytes.fromhex(MD5), "sha1": bytes.fromhex(SHA1), "pdq": bytes.fromhex(PDQ)}
    assert image == ListedFile(hashes, "42/image/one", "A1", "ncmec", "image")
    assert deleted == ListedFile({}, "43/image/four", "", "ncmec", "image", withdrawn=True)
    assert isinstance(bad, BadRecord)
    assert "entry no. 3, line 11" in str(bad)
    assert isinstance(video, ListedFile)
    assert video.identity == "42/video/one", "an image and a video of one number are two entries"
    assert page.next == "/v2/entries?from=2026-10-20&start=2001"
    assert page.latest == "2026-10-25T00:00:00Z"


def test_it_is_recognised_and_its_last_page_has_no_next() -> None:
    assert recognise_set(PAGE) is HASH_SETS["ncmec-hash-sharing"]
    last = f'<queryResult xmlns="{NAMESPACE}"><images maxTimestamp="2026-01-01T00:00:00Z"/></queryResult>'
    page = read_page(io.BytesIO(last.encode()))
    assert (page.entries, page.next) == ([], "")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "nothing"),
        (PAGE[:-200], "cut short"),
        (b"<queryResult/>", "of no namespace"),
        (PAGE.replace(b"/v2", b"/v3"), "of another version"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]>' + PAGE.partition(b"?>")[2], "with an entity"),
        (b"<html><body>502</body></html>", "a gateway's page"),
    ],
)
def test_what_is_not_a_page_is_refused(content: bytes, reason: str) -> None:
    with pytest.raises(Unreadable):
        read_page(io.BytesIO(content))
