"""NCMEC's two replies to a sender, `reportResponse` and `reportDoneResponse`: read and written.

They are the rest of NCMEC's schema. They carry no report, so they are not among FORMATS.
"""

from __future__ import annotations

from lxml import etree
from msgspec import Struct

from lapwing.exchange.unreadable import Unreadable
from lapwing.exchange.values import WHOLE
from lapwing.exchange.xml_safety import parse, place, utf8
from lapwing.exchange.xml_tables import Leaf, Shape, Within
from lapwing.exchange.xml_unknown import Misread, Reading


class Reply(Struct, omit_defaults=True):
    """What the other side answers. Code 0 is success; `digest` is the MD5 of an upload as it arrived."""

    code: int
    description: str = ""
    reference: str = ""  # the number given to the report
    file_id: str = ""
    digest: str = ""
    unknown: dict[str, str] = {}


class DoneReply(Struct, omit_defaults=True):
    """The answer to `finish`: the report is complete, with these files."""

    code: int
    reference: str
    file_ids: list[str] = []
    unknown: dict[str, str] = {}


_CODE = Leaf("responseCode", "code", WHOLE, required=True, filled=True)
SHAPES = {
    "reportResponse": Shape(
        _CODE,
        Leaf("responseDescription", "description", required=True),
        Leaf("reportId", "reference"),
        Leaf("fileId", "file_id"),
        Leaf("hash", "digest"),
        of=Reply,
    ),
    "reportDoneResponse": Shape(
        _CODE,
        Leaf("reportId", "reference", required=True, filled=True),
        Within("files", Shape(Leaf("fileId", "file_ids", many=True)), required=True),
        of=DoneReply,
    ),
}


def read_reply(data: bytes) -> Reply | DoneReply:
    """The reply that a document is. Raises Unreadable."""
    document = utf8(data)
    root = parse(document)
    shape = SHAPES.get(str(root.tag))
    if shape is None:
        raise Unreadable(
            f"Its outermost element is {root.tag}, which is no reply.", place(document, 0, f"/{root.tag}")
        )
    try:
        reply: Reply | DoneReply = shape.read(root, Reading())
    except Misread as fault:
        number = next(i for i, element in enumerate(root.iter("*")) if element is fault.element)
        where = place(document, number, root.getroottree().getpath(fault.element))
        raise Unreadable(fault.sentence, where) from None
    return reply


def write_reply(reply: Reply | DoneReply) -> bytes:
    """The document of a reply."""
    name = "reportResponse" if isinstance(reply, Reply) else "reportDoneResponse"
    root = etree.Element(name)
    SHAPES[name].write(reply, root)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
