"""XML read safely: no document type, no entities, nothing fetched, nothing enormous; and faults placed
exactly.

`parse` reads bytes with lxml. Where something is wrong, `place` reads the bytes again with expat, which is
slower and knows the line, the column and the open elements: only a bad document pays for it.
"""

import re
from collections.abc import Callable
from contextlib import suppress
from xml.parsers import expat

from lxml import etree

from lapwing.exchange.unreadable import Malformed, Unreadable

LARGEST_MARKUP = 1_000_000  # "<" in a document: some half of them open an element
LARGEST_ASSIGNED = 4_000_000  # "=" in a document: no more attributes than that
LONGEST_TEXT = 8 * 2**20  # characters of one text
DEEPEST = 64  # elements inside one another
MOST_ATTRIBUTES = 256  # of one element: libxml2 looks for each from the first, so many take its square

_DECLARED = re.compile(rb"<\?xml\s[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})[\"'][^>]{0,100}\?>")
_DECLARATION = re.compile(r"<\?xml\s[^>]{0,300}?\?>")
_ENCODINGS = {"utf-8", "us-ascii", "ascii", "iso-8859-1", "windows-1252", "utf-16", "utf-16le", "utf-16be"}
_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_BARE = ((b"<\0", "utf-16-le"), (b"\0<", "utf-16-be"))  # UTF-16 with no mark at its start
_OPENING = re.compile(r"\s*(<!--|<\?|<!DOCTYPE\s+|<)([^\s/><!?\[]{1,200})?")
_ENDS = {"<!--": "-->", "<?": "?>"}


def utf8(data: bytes) -> bytes:
    """The document in UTF-8 with no byte order mark. Raises Unreadable for an encoding that is not read
    here.
    """
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return data[len(mark) :] if encoding == "utf-8" else _recoded(data[len(mark) :], encoding)
    for mark, encoding in _BARE:
        if data.startswith(mark):
            return _recoded(data, encoding)
    declared = _DECLARED.match(data)
    if declared is None:
        return data
    name = declared[1].decode().lower()
    if name not in _ENCODINGS:
        raise Unreadable(
            f"It says that it is in {name}, which is not an encoding read here.", "line 1, column 1"
        )
    if name.startswith("utf-16"):  # it would not have been legible here: some software says so of its UTF-8
        name, data = "utf-8", _DECLARED.sub(lambda declaration: b" " * len(declaration[0]), data, count=1)
    return data if name in ("utf-8", "ascii", "us-ascii") else _recoded(data, name)


def _recoded(data: bytes, encoding: str) -> bytes:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise Unreadable(f"It is not {encoding.upper()}: {error.reason}.", f"byte {error.start}") from None
    declaration = _DECLARATION.match(text)
    if declaration:  # blanked, not removed, so that columns stay where they were
        text = " " * declaration.end() + text[declaration.end() :]
    return text.encode("utf-8", "replace")


def root_name(head: bytes) -> str:
    """The name of the document's outermost element, from its first bytes; "" when they show none."""
    for mark, encoding in (*_BOMS, *_BARE):
        if head.startswith(mark):
            text = head.decode(encoding, "replace").lstrip("\ufeff")
            break
    else:
        text = head.decode("utf-8", "replace")
    at = 0
    while found := _OPENING.match(text, at):
        if found[1] not in _ENDS:
            return found[2] or ""
        at = text.find(_ENDS[found[1]], found.end()) + len(_ENDS[found[1]])
        if at < found.end():
            return ""
    return ""


def parse(document: bytes) -> etree._Element:
    """The root of a document in UTF-8. Raises Unreadable for one that is malformed, has a document type or is
    too much.
    """
    if document.count(b"<") > LARGEST_MARKUP or document.count(b"=") > LARGEST_ASSIGNED:
        raise Unreadable(f"It holds more than {LARGEST_MARKUP // 2:,} elements.", "")
    if b"<!DOCTYPE" in document:
        _refuse_document_type(document)
    if any(part.count(b"=") > MOST_ATTRIBUTES for part in document.split(b"<")):
        _refuse_many_attributes(document)
    parser = etree.XMLParser(
        encoding="utf-8",  # whatever it says of itself: `utf8` has seen to that
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(document, parser)
    except etree.XMLSyntaxError as error:
        raise _malformed(document, error) from None
    if len(document) > LONGEST_TEXT:
        _refuse_long_texts(document, root)
    return root


def _refuse_long_texts(document: bytes, root: etree._Element) -> None:
    """Raises Unreadable if a text or an attribute is longer than any report has need of."""
    for number, element in enumerate(root.iter("*")):
        texts = [element.text or "", element.tail or "", *map(str, element.values())]
        if max(map(len, texts)) > LONGEST_TEXT:
            path = root.getroottree().getpath(element)
            raise Unreadable(
                f"A text is longer than {LONGEST_TEXT:,} characters.", place(document, number, path)
            )


def place(document: bytes, number: int, path: str) -> str:
    """Where element `number` (from 0, in document order) stands: `line 12, column 4,
    /report/incidentSummary`.
    """
    found: list[str] = []
    opened = 0

    def start(_name: str, _attributes: list[str]) -> None:
        nonlocal opened
        if opened == number:
            found.append(_position(parser.CurrentLineNumber, parser.CurrentColumnNumber + 1))
        opened += 1

    parser = expat.ParserCreate("utf-8")
    parser.StartElementHandler = start
    parser.ordered_attributes = True
    with suppress(expat.ExpatError):  # lxml has read it: a place before the fault has been found
        parser.Parse(document, True)
    return ", ".join([*found, path])


def _position(line: int, column: int) -> str:
    return f"line {line}, column {column}"


def _refuse_document_type(document: bytes) -> None:
    """Raises Unreadable if there really is a document type; the words may also be no more than text."""

    def refuse(*_: object) -> None:
        end = parser.CurrentByteIndex + len(b"<!DOCTYPE")
        at = max(document.rfind(b"<!DOCTYPE", 0, end), 0)
        before = document[document.rfind(b"\n", 0, at) + 1 : at].decode("utf-8", "replace")
        where = _position(document.count(b"\n", 0, at) + 1, len(before) + 1)
        raise Unreadable(
            "It has a document type (DOCTYPE), which is refused: entities can come with it.", where
        )

    parser = expat.ParserCreate("utf-8")
    parser.StartDoctypeDeclHandler = refuse
    with suppress(expat.ExpatError):  # malformed: said by the parser that reads it
        parser.Parse(document, True)


def _refuse_many_attributes(document: bytes) -> None:
    """Raises Unreadable if one element really has too many; what was counted may also stand in text."""
    opened: list[str] = []

    def start(name: str, attributes: list[str]) -> None:
        opened.append(name)
        if len(attributes) // 2 > MOST_ATTRIBUTES:
            where = _position(parser.CurrentLineNumber, parser.CurrentColumnNumber + 1)
            raise Unreadable(
                f"An element has more than {MOST_ATTRIBUTES} attributes.",
                f"{where}, /{'/'.join(opened[:DEEPEST])}",
            )

    parser = expat.ParserCreate("utf-8")
    parser.StartElementHandler = start
    parser.EndElementHandler = lambda _name: opened.pop()
    parser.ordered_attributes = True
    with suppress(expat.ExpatError):  # malformed: said by the parser that reads it
        parser.Parse(document, True)


def _malformed(document: bytes, error: etree.XMLSyntaxError) -> Malformed:
    """What is malformed, where, and inside which elements."""
    opened: list[str] = []
    start: Callable[[str, dict[str, str]], None] = lambda name, _attributes: opened.append(name)  # noqa: E731
    parser = expat.ParserCreate("utf-8")
    parser.StartElementHandler = start
    parser.EndElementHandler = lambda _name: opened.pop()
    try:
        parser.Parse(document, True)
    except expat.ExpatError as fault:
        where = _position(fault.lineno, fault.offset + 1)
        sentence = expat.ErrorString(fault.code)
    else:
        line, column = error.position
        where, sentence = _position(line, max(column, 1)), (error.msg or "").split(", line ")[0]
    path = "/" + "/".join(opened[:DEEPEST])
    return Malformed(f"It is not well-formed XML: {sentence}.", f"{where}, {path}" if opened else where)
