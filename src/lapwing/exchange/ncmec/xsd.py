"""The XML Schema of what is read here, made from the same tables that read it: served to companies' software.

It is Lapwing's own and wider than NCMEC's: what NCMEC's schema takes, this takes, in whatever order the
elements come. What cannot be left out is said by keys, because an unordered group has no other way to say it.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from lxml import etree
from lxml.etree import SubElement, _Element

from lapwing.exchange.ncmec.files import DOCUMENT, Details, Hashes
from lapwing.exchange.ncmec.replies import SHAPES
from lapwing.exchange.ncmec.reports import REPORT_SHAPE
from lapwing.exchange.values import BOOLEAN, DATE, DECIMAL, MOMENT, WHOLE, Kind
from lapwing.exchange.xml_tables import Attribute, Flags, Leaf, OneOf, Shape, Within

_XS = "{http://www.w3.org/2001/XMLSchema}"
_TYPES = (
    (BOOLEAN, "xs:boolean"),
    (WHOLE, "xs:int"),
    (DATE, "xs:date"),
    (DECIMAL, "xs:double"),
    (MOMENT, "xs:dateTime"),
)


@cache
def schema() -> bytes:
    """The schema document: `report`, `fileDetails`, and the two replies."""
    root = etree.Element(f"{_XS}schema", nsmap={"xs": _XS[1:-1]})
    for name, shape in {"report": REPORT_SHAPE, "fileDetails": DOCUMENT, **SHAPES}.items():
        element = _named(root, "element", name)
        _complex(element, shape)
        needed = list(_needed(shape))
        if needed:
            key = _named(element, "key", f"{name}.required")
            SubElement(key, f"{_XS}selector").set("xpath", ".")
            for path in needed:
                SubElement(key, f"{_XS}field").set("xpath", path)
    for _, base in _TYPES:
        _or_empty(root, base)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _or_empty(root: _Element, base: str) -> None:
    """A type for elements that software sends empty when it has nothing to say."""
    union = SubElement(_named(root, "simpleType", f"{base[3:]}OrEmpty"), f"{_XS}union")
    union.set("memberTypes", base)
    nothing = SubElement(SubElement(union, f"{_XS}simpleType"), f"{_XS}restriction")
    nothing.set("base", "xs:string")
    SubElement(nothing, f"{_XS}length").set("value", "0")


def _needed(shape: Shape) -> list[str]:
    """The paths of the values without which the document is refused."""
    paths = []
    for step in shape.children:
        if isinstance(step, Within) and step.required:
            paths += [f"{step.name}/{path}" for path in _needed(step.shape)]
        elif getattr(step, "required", False) and not isinstance(step, Within):
            paths.append(step.name)
    return paths


def _named(parent: _Element, kind: str, name: str) -> _Element:
    made = SubElement(parent, f"{_XS}{kind}")
    made.set("name", name)
    return made


def _complex(element: _Element, shape: Shape) -> None:
    """The type of an element: its text, or its children in any order; and its attributes."""
    made = SubElement(element, f"{_XS}complexType")
    holder = made
    if shape.text is not None:
        holder = SubElement(SubElement(made, f"{_XS}simpleContent"), f"{_XS}extension")
        holder.set("base", "xs:string")
    elif shape.children:
        group = SubElement(made, f"{_XS}choice")
        group.set("minOccurs", "0")
        group.set("maxOccurs", "unbounded")
        for step in shape.children:
            _child(group, step)
    for attribute in shape.attributes.values():
        _attribute(holder, attribute)


def _child(group: _Element, step: Any) -> None:
    element = _named(group, "element", step.name)
    if isinstance(step, Leaf):
        _leaf(element, step)
    elif isinstance(step, Flags):
        choice = _choice(element)
        for name in step.table:
            _named(choice, "element", name).set("type", "xs:string")
    elif isinstance(step, OneOf):
        choice = _choice(element)
        for name, (_, shape) in step.shapes.items():
            _complex(_named(choice, "element", name), shape)
    elif isinstance(step, Hashes):
        _attribute(_text_with_attributes(element, "xs:string"), Attribute("hashType", "", required=True))
    elif isinstance(step, Details):
        _details(element)
    elif hasattr(step, "shape"):
        _complex(element, step.shape)
    else:
        element.set("type", "xs:long")  # the number of the report


def _choice(element: _Element) -> _Element:
    choice = SubElement(SubElement(element, f"{_XS}complexType"), f"{_XS}choice")
    choice.set("minOccurs", "0")
    choice.set("maxOccurs", "unbounded")
    return choice


def _details(element: _Element) -> None:
    made = SubElement(element, f"{_XS}complexType")
    pairs = SubElement(made, f"{_XS}sequence")
    pair = _named(pairs, "element", "nameValuePair")
    pair.set("maxOccurs", "unbounded")
    inside = SubElement(SubElement(pair, f"{_XS}complexType"), f"{_XS}all")
    for name in ("name", "value"):
        _named(inside, "element", name).set("type", "xs:string")
    _attribute(made, Attribute("type", ""))


def _leaf(element: _Element, leaf: Leaf) -> None:
    if leaf.attributes:
        holder = _text_with_attributes(element, _type(leaf.kind))
        for attribute in leaf.attributes:
            _attribute(holder, attribute)
    elif leaf.kind.closed:
        _enumeration(element, leaf.kind.codes)
    else:
        base = _type(leaf.kind)
        element.set("type", base if leaf.filled or base == "xs:string" else f"{base[3:]}OrEmpty")


def _text_with_attributes(element: _Element, base: str) -> _Element:
    content = SubElement(SubElement(element, f"{_XS}complexType"), f"{_XS}simpleContent")
    holder = SubElement(content, f"{_XS}extension")
    holder.set("base", base)
    return holder


def _attribute(holder: _Element, attribute: Attribute) -> None:
    made = _named(holder, "attribute", attribute.name)
    made.set("type", _type(attribute.kind))
    if attribute.required:
        made.set("use", "required")


def _enumeration(element: _Element, codes: tuple[str, ...]) -> None:
    restriction = SubElement(SubElement(element, f"{_XS}simpleType"), f"{_XS}restriction")
    restriction.set("base", "xs:string")
    for code in codes:
        SubElement(restriction, f"{_XS}enumeration").set("value", code)


def _type(kind: Kind) -> str:
    return next((name for known, name in _TYPES if kind is known), "xs:string")
