"""NCMEC's hash sharing API, version 2: a page of entries in XML, additions and deletions.

Source: the published examples of `https://hashsharing.ncmec.org/hashsharing/v2`. The lists called
"exploitative" are not lists of illegal images: which list a page came from is for whoever asked to say.
"""

from typing import BinaryIO

from lxml import etree
from msgspec import Struct

from lapwing.exchange.bounded import read_all
from lapwing.exchange.hash_sets.form import HashSet
from lapwing.exchange.instants import later
from lapwing.exchange.unreadable import Unreadable
from lapwing.exchange.xml_safety import parse, root_name, utf8
from lapwing.matching.listed import BadRecord, ListedFile, value_of

NAMESPACE = "https://hashsharing.ncmec.org/hashsharing/v2"
DIALECT = "ncmec"
KINDS = {"md5": "md5", "sha1": "sha1", "sha256": "sha256", "pdq": "pdq", "pdna": "photodna"}
ENTRIES = {"image": "image", "video": "video", "deletedImage": "image", "deletedVideo": "video"}
LONGEST = 200


class Page(Struct, frozen=True):
    """A page. `next` is the path of the page after it, or "".

    `latest` is the latest time that the page names, as it stands there. Entries are in no order of time, so
    nothing may be concluded from it before the last page has been read.
    """

    entries: list[ListedFile | BadRecord]
    next: str
    latest: str


def read_page(stream: BinaryIO) -> Page:
    """A whole page, which the API keeps to some thousands of entries. Raises Unreadable."""
    root = parse(utf8(read_all(stream)))
    if root.tag != f"{{{NAMESPACE}}}queryResult":
        raise Unreadable("It is not a queryResult of NCMEC's hash sharing, version 2.")
    found: list[ListedFile | BadRecord] = []
    latest = ""
    for group in root:
        if _name(group) in ("images", "videos"):
            latest = later(latest, (group.get("maxTimestamp") or "")[:40])
            for element in group:
                if (name := _name(element)) in ENTRIES:
                    found.append(_entry(element, name, len(found) + 1))
    following = root.find(f"{{{NAMESPACE}}}paging/{{{NAMESPACE}}}next")
    return Page(found, (following.text or "").strip()[:2000] if following is not None else "", latest)


def _name(element: etree._Element) -> str:
    """Its name without the namespace; "" for a comment."""
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def _entry(element: etree._Element, name: str, number: int) -> ListedFile | BadRecord:
    where = f"entry no. {number:,}, line {element.sourceline}"
    try:
        member = _child(element, "member")
        of = (member.get("id") or "") if member is not None else ""
        said = _text(element, "id")
        if not said or not of:
            raise ValueError("it has no id, or no member")
        withdrawn = name.startswith("deleted")
        hashes = {} if withdrawn else _hashes(element)
    except ValueError as error:
        return BadRecord(where, str(error))
    return ListedFile(
        hashes=hashes,
        identity=f"{of[:60]}/{ENTRIES[name]}/{said}",  # an id is its member's own, and one for each kind
        category=_text(element, "classification"),
        dialect=DIALECT,
        media=ENTRIES[name],
        withdrawn=withdrawn,
    )


def _hashes(element: etree._Element) -> dict[str, bytes]:
    """The fingerprints of the kinds that are known here. ValueError when there is none, or one is none."""
    given = _child(element, "fingerprints")
    found = {}
    for one in given if given is not None else ():
        kind = KINDS.get(_name(one))
        if kind is not None and (one.text or "").strip():
            found[kind] = value_of(kind, one.text or "")
    if not found:
        raise ValueError("it has no fingerprint of a kind that is known here")
    return found


def _child(element: etree._Element, name: str) -> etree._Element | None:
    return element.find(f"{{{NAMESPACE}}}{name}")


def _text(element: etree._Element, name: str) -> str:
    child = _child(element, name)
    return (child.text or "").strip()[:LONGEST] if child is not None else ""


def _recognises(head: bytes) -> bool:
    return root_name(head) == "queryResult" and NAMESPACE.encode() in head


NCMEC_SHARING = HashSet(
    "ncmec-hash-sharing", _recognises, lambda stream: iter(read_page(stream).entries), changes=True
)
