"""What an XML table has no name for: kept as path → text beside the struct it stood in, and put back by the
writer.

A path's steps are element names, `@name` for an attribute and `#text` for text between elements. `name[2]` is
the second of that name; `name[+1]` is the first beyond those that the table could take.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from lxml.etree import SubElement, _Element

from lapwing.exchange.xml_safety import DEEPEST

LONGEST_PATH = 4096  # characters

_STEP = re.compile(r"(@?(?:\{[^}]*\})?[^/\[\]]+)(?:\[(\+?)(\d+)\])?(?:/|$)")
_ILLEGAL = re.compile(r"[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_HINTS = {
    "{http://www.w3.org/2001/XMLSchema-instance}noNamespaceSchemaLocation",
    "{http://www.w3.org/2001/XMLSchema-instance}schemaLocation",
}


# lxml's own method, which knows that documents here have no attribute in bytes
attributes_of: Callable[[_Element], list[tuple[str, str]]] = _Element.items  # type: ignore[assignment]


class Misread(Exception):
    """An element (or its attribute) says something it cannot say."""

    def __init__(self, element: _Element, sentence: str, attribute: str = "") -> None:
        self.element = element
        self.sentence = sentence
        self.attribute = attribute
        super().__init__(sentence)


class Reading:
    """One document being read: which wrappers were met, and how often each unknown name was."""

    def __init__(self) -> None:
        self._met: set[tuple[int, str]] = set()
        self._counts: dict[tuple[int, str], int] = {}
        self._held: list[Any] = []  # keeps what the numbers above are of alive

    def first(self, values: dict[str, Any], path: str) -> bool:
        """Whether this is the first wrapper at `path` of one struct."""
        key = (id(values), path)
        if key in self._met:
            return False
        self._met.add(key)
        self._held.append(values)
        return True

    def keep(
        self, element: _Element, values: dict[str, Any], prefix: str, *, additional: bool = False
    ) -> None:
        """Keep an element, with all that is in it. `additional`: its name is known, and this is one too
        many.
        """
        unknown: dict[str, str] = values.setdefault("unknown", {})
        path = f"{prefix}{element.tag}"
        self._held.append(unknown)
        key = (id(unknown), path)
        count = self._counts[key] = self._counts.get(key, 0) + 1
        number = f"[+{count}]" if additional else f"[{count}]" if count > 1 else ""
        _flatten(element, path + number, unknown, path.count("/"))

    def keep_attribute(self, name: str, text: str, values: dict[str, Any], prefix: str) -> None:
        """Keep an attribute, unless it only says where a schema is."""
        if name not in _HINTS:
            values.setdefault("unknown", {})[f"{prefix}@{name}"] = text

    def stray(self, text: str, values: dict[str, Any], prefix: str) -> None:
        """Keep text that stands between elements."""
        unknown = values.setdefault("unknown", {})
        path = f"{prefix}#text"
        unknown[path] = f"{unknown[path]} {text.strip()}" if path in unknown else text.strip()


def _flatten(element: _Element, path: str, into: dict[str, str], depth: int) -> None:
    if depth > DEEPEST or len(path) > LONGEST_PATH:
        raise Misread(element, f"Elements stand more than {DEEPEST} deep, or their names are too long.")
    text = element.text or ""
    if text.strip() or not (len(element) or element.keys()):
        into[path] = text if text.strip() else ""
    for name, value in attributes_of(element):
        into[f"{path}/@{name}"] = value
    counts: dict[str, int] = {}
    for child in element:
        count = counts[child.tag] = counts.get(child.tag, 0) + 1
        _flatten(child, f"{path}/{child.tag}" + (f"[{count}]" if count > 1 else ""), into, depth + 1)
        tail = (child.tail or "").strip()
        if tail:
            into[f"{path}/#text"] = f"{into[f'{path}/#text']} {tail}" if f"{path}/#text" in into else tail


def graft(unknown: dict[str, Any], element: _Element) -> None:
    """Put back into `element` what was kept from it. What came from a format with other paths is left out."""
    made: dict[str, _Element] = {}
    there: dict[tuple[_Element, str], list[_Element]] = {}
    for path, value in unknown.items():
        if isinstance(value, str):
            _graft_one(path, value, element, made, there)


def _graft_one(
    path: str,
    value: str,
    element: _Element,
    made: dict[str, _Element],
    there: dict[tuple[_Element, str], list[_Element]],
) -> None:
    at, done = element, ""
    steps = _STEP.findall(path)
    for number, (name, plus, count) in enumerate(steps):
        last = number == len(steps) - 1
        if last and name.startswith("@"):
            at.set(name[1:], legal(value))
            return
        if last and name == "#text":
            _add_text(at, value)
            return
        done += f"/{name}[{plus}{count}]"
        if done not in made:
            if (at, name) not in there:
                there[at, name] = at.findall(name)
            children = there[at, name]
            made[done] = _nth(at, name, 0 if plus else int(count or 1), children)
        at = made[done]
    at.text = legal(value)


def _nth(parent: _Element, name: str, number: int, there: list[_Element]) -> _Element:
    """The numbered child of that name, made when it is not there; 0 always makes one, beside those of
    its name.
    """
    if len(there) >= number > 0:
        return there[number - 1]
    made = SubElement(parent, name)
    if there and not number:
        there[-1].addnext(made)
    there.append(made)
    return made


def _add_text(element: _Element, value: str) -> None:
    if len(element):
        element[-1].tail = legal(value)
    else:
        element.text = legal(value)


def legal(text: str) -> str:
    """Text as XML can carry it: characters that XML 1.0 forbids are replaced by U+FFFD."""
    return _ILLEGAL.sub("\N{REPLACEMENT CHARACTER}", text)
