"""The XML engine: a format is a table of shapes, and one reader and one writer serve every table.

A `Shape` says which attributes, text and children an element has, and into which field of a struct each goes.
Steps, its children, are: `Leaf` (an element that is a value), `Within` (an element that only wraps more of
the same struct), `Part` (an element that is a struct of its own), `OneOf` (an element that holds one of
several), `Flags` (an element of yes-marks). A format may bring steps of its own: anything with `names`,
`read` and `write`.

Whatever no table names is kept in the struct's `unknown`, path → text, and grafted back by the writer.
"""

from __future__ import annotations

from typing import Any

from lxml.etree import SubElement, _Element
from msgspec import Struct

from lapwing.exchange.values import BOOLEAN, PROSE, TEXT, Kind
from lapwing.exchange.xml_unknown import Misread, Reading, attributes_of, graft, legal

Values = dict[str, Any]


class Attribute(Struct, frozen=True):
    """An attribute, and the field it goes into."""

    name: str
    into: str
    kind: Kind = TEXT
    required: bool = False

    def read(self, element: _Element, text: str, values: Values) -> None:
        if not text.strip():
            return
        try:
            values[self.into] = self.kind.read(text)
        except ValueError as fault:
            raise Misread(element, f"{self.name} {fault}.", self.name) from None

    def write(self, item: Struct, element: _Element) -> None:
        value = getattr(item, self.into)
        if value is not None and (value != "" or self.required):
            element.set(self.name, legal(self.kind.write(value)))


class Shape:
    """What an element of some kind holds. `of` is its struct; None when it shares the struct of the element
    around it.
    """

    def __init__(
        self,
        *children: Any,
        of: type[Struct] | None = None,
        attributes: tuple[Attribute, ...] = (),
        text: Attribute | None = None,
    ) -> None:
        self.of = of
        self.children = children
        self.text = text
        self.steps = {name: _quickest(step) for step in children for name in step.names}
        self.attributes = {attribute.name: attribute for attribute in attributes}
        needing = [*attributes, *(step for step in children if getattr(step, "required", False))]
        self.needed = [(one.name, getattr(one, "into", "")) for one in needing if one.required]

    def read(self, element: _Element, reading: Reading, fixed: Values | None = None) -> Any:
        """The struct that `element` states. Raises Misread."""
        values: Values = {} if fixed is None else dict(fixed)
        self.fill(element, values, reading, "")
        assert self.of is not None
        return self.of(**values)

    def fill(self, element: _Element, values: Values, reading: Reading, prefix: str) -> None:
        """Put what `element` states into `values`; `prefix` is the path from the struct's own element."""
        steps = self.steps
        for child in element:
            try:
                step = steps[child.tag]
            except KeyError:
                reading.keep(child, values, prefix)
            else:
                step(child, values, reading, prefix)
            tail = child.tail
            if tail and not tail.isspace():
                reading.stray(tail, values, prefix)
        for name, text in attributes_of(element):
            attribute = self.attributes.get(name)
            if attribute is None:
                reading.keep_attribute(name, text, values, prefix)
            else:
                attribute.read(element, text, values)
        self._fill_text(element.text, element, values, reading, prefix)
        for name, into in self.needed:
            if into not in values if into else element.find(name) is None:
                raise Misread(element, f"{name} is missing.")

    def _fill_text(
        self, text: str | None, element: _Element, values: Values, reading: Reading, prefix: str
    ) -> None:
        if self.text is None:
            if text and not text.isspace():
                reading.stray(text, values, prefix)
        elif text and not text.isspace():
            self.text.read(element, text, values)
        elif self.text.required:
            values.setdefault(self.text.into, "")

    def write(self, item: Any, element: _Element) -> None:
        """Put what `item` states into `element`, what the table does not name last."""
        self.put(item, element)
        if item.unknown:
            graft(item.unknown, element)

    def put(self, item: Any, element: _Element) -> None:
        """As `write`, without what the table does not name."""
        for attribute in self.attributes.values():
            attribute.write(item, element)
        if self.text is not None:
            value = getattr(item, self.text.into)
            if value not in (None, ""):
                element.text = legal(self.text.kind.write(value))
        for step in self.children:
            step.write(item, element)


def _quickest(step: Any) -> Any:
    """A step's way of reading; for a plain leaf, one that goes straight through when nothing is unusual."""
    if not isinstance(step, Leaf) or step.many or step.said or step.attributes:
        return step.read
    into, convert, slowly = step.into, step.kind.read, step.read

    def read(element: _Element, values: Values, reading: Reading, prefix: str) -> None:
        text = element.text
        if not text or text.isspace() or into in values or len(element) or attributes_of(element):
            slowly(element, values, reading, prefix)
            return
        try:
            values[into] = convert(text)
        except ValueError:
            slowly(element, values, reading, prefix)  # which says what is wrong

    return read


class Leaf(Struct, frozen=True):
    """An element that is one value. `many`: a list of them. `said`: a flag set when the element is there at
    all. `overflow`: the list that takes what comes after the first.
    """

    name: str
    into: str
    kind: Kind = TEXT
    many: bool = False
    required: bool = False
    filled: bool = False
    said: str = ""
    overflow: str = ""
    attributes: tuple[Attribute, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name,)

    def read(self, element: _Element, values: Values, reading: Reading, prefix: str) -> None:
        into, text = self.into, element.text
        value: Any = None
        if text and not text.isspace():
            try:
                value = self.kind.read(text)
            except ValueError as fault:
                raise Misread(element, f"It {fault}.".replace("It “", "“", 1)) from None
        elif self.filled:
            raise Misread(element, f"{self.name} is empty.")
        if self.many:
            self._add(value, element, values, reading, prefix)
            return
        if into in values or (self.said and self.said in values):
            self._again(value, element, values, reading, prefix)
            return
        if value is not None:
            values[into] = value
        elif self.required and self.kind in (TEXT, PROSE):
            values[into] = ""
        if self.said:
            values[self.said] = True
        if len(element) or attributes_of(element):
            self._extras(element, values, reading, f"{prefix}{self.name}")

    def _add(self, value: Any, element: _Element, values: Values, reading: Reading, prefix: str) -> None:
        held = values.setdefault(self.into, [])
        if value is not None:
            held.append(value)
            if element.keys() or len(element):
                number = f"[{len(held)}]" if len(held) > 1 else ""
                self._extras(element, values, reading, f"{prefix}{self.name}{number}")
        elif element.keys() or len(element):
            reading.keep(element, values, prefix, additional=True)

    def _again(self, value: Any, element: _Element, values: Values, reading: Reading, prefix: str) -> None:
        if self.overflow and value is not None and not element.keys() and not len(element):
            values.setdefault(self.overflow, []).append(value)
        else:
            reading.keep(element, values, prefix, additional=True)

    def _extras(self, element: _Element, values: Values, reading: Reading, path: str) -> None:
        for name, text in attributes_of(element):
            for attribute in self.attributes:
                if attribute.name == name:
                    attribute.read(element, text, values)
                    break
            else:
                reading.keep_attribute(name, text, values, f"{path}/")
        for child in element:
            reading.keep(child, values, f"{path}/")

    def write(self, item: Struct, element: _Element) -> None:
        value = getattr(item, self.into)
        if self.many:
            for one in value:
                SubElement(element, self.name).text = legal(self.kind.write(one))
            return
        extra = any(getattr(item, a.into) not in (None, "") for a in self.attributes)
        if value in (None, "") and not (self.required or extra or (self.said and getattr(item, self.said))):
            return
        child = SubElement(element, self.name)
        if value not in (None, ""):
            child.text = legal(self.kind.write(value))
        for attribute in self.attributes:
            attribute.write(item, child)
        for one in getattr(item, self.overflow) if self.overflow else ():
            SubElement(element, self.name).text = legal(self.kind.write(one))


class Within(Struct, frozen=True):
    """An element that wraps more of the struct around it."""

    name: str
    shape: Any
    required: bool = False  # must be there to be read
    always: bool = False  # is written even when it holds nothing

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name,)

    def read(self, element: _Element, values: Values, reading: Reading, prefix: str) -> None:
        path = f"{prefix}{self.name}"
        if reading.first(values, path):
            self.shape.fill(element, values, reading, f"{path}/")
        else:
            reading.keep(element, values, prefix, additional=True)

    def write(self, item: Struct, element: _Element) -> None:
        child = SubElement(element, self.name)
        self.shape.put(item, child)
        if not (self.always or self.required or len(child) or child.text or child.keys()):
            element.remove(child)


class Part(Struct, frozen=True):
    """An element that is a struct of its own: one, or `many`. `fixed` fields are what this element's name
    means.
    """

    name: str
    into: str
    shape: Any
    many: bool = False
    required: bool = False
    fixed: dict[str, Any] = {}
    always: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name,)

    def read(self, element: _Element, values: Values, reading: Reading, prefix: str) -> None:
        if self.always and not (len(element) or attributes_of(element) or (element.text or "").strip()):
            return  # there only because it must be
        if self.many:
            values.setdefault(self.into, []).append(self.shape.read(element, reading, self.fixed))
        elif self.into in values:
            reading.keep(element, values, prefix, additional=True)
        else:
            values[self.into] = self.shape.read(element, reading, self.fixed)

    def write(self, item: Struct, element: _Element) -> None:
        held = getattr(item, self.into)
        parts = held if self.many else [] if held is None else [held]
        wanted = self.fixed.items()
        for part in parts:
            if all(getattr(part, name) == value for name, value in wanted):
                self.shape.write(part, SubElement(element, self.name))
        if self.always and not parts:
            SubElement(element, self.name)


class OneOf(Struct, frozen=True):
    """An element, repeated, that holds one of several; which one becomes the field `by` of the struct."""

    name: str
    into: str
    by: str
    shapes: dict[str, tuple[str, Any]]  # element name → (our word for it, its shape)

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name,)

    def read(self, element: _Element, values: Values, reading: Reading, prefix: str) -> None:
        chosen = self.shapes.get(element[0].tag) if len(element) == 1 else None
        if chosen is None or element.keys():
            reading.keep(element, values, prefix, additional=True)
            return
        word, shape = chosen
        values.setdefault(self.into, []).append(shape.read(element[0], reading, {self.by: word}))

    def write(self, item: Struct, element: _Element) -> None:
        named = {word: (name, shape) for name, (word, shape) in self.shapes.items()}
        for part in getattr(item, self.into):
            if getattr(part, self.by) in named:
                name, shape = named[getattr(part, self.by)]
                shape.write(part, SubElement(SubElement(element, self.name), name))


class Flags(Struct, frozen=True):
    """An element whose children are marks, each true by being there. Marks that newer senders add are kept by
    name.
    """

    name: str
    into: str
    table: dict[str, str]  # element name → our word

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name,)

    def read(self, element: _Element, values: Values, reading: Reading, prefix: str) -> None:
        held: list[str] = values.setdefault(self.into, [])
        path = f"{prefix}{self.name}"
        if not reading.first(values, path) or element.keys():
            reading.keep(element, values, prefix, additional=True)
            return
        seen: set[str] = set()
        for child in element:
            word = self.table.get(child.tag) or snake(child.tag)
            if not word or not self._marked(child) or word in seen:
                reading.keep(child, values, f"{path}/", additional=child.tag in self.table)
            else:
                seen.add(word)
                held.append(word)

    def _marked(self, child: _Element) -> bool:
        if child.keys() or len(child):
            return False
        text = child.text
        if not text or text.isspace():
            return child.tag in self.table  # fixed="true": an empty mark is a mark
        try:
            return BOOLEAN.read(text) is True
        except ValueError as fault:
            if child.tag in self.table:
                raise Misread(child, f"{fault}.") from None
            return False

    def write(self, item: Struct, element: _Element) -> None:
        wire = {word: name for name, word in self.table.items()}
        names = [wire.get(word) or camel(word) for word in getattr(item, self.into)]
        marks = [name for name in names if name in self.table or snake(name)]
        if marks:
            child = SubElement(element, self.name)
            for mark in marks:
                SubElement(child, mark).text = "true"


def snake(name: str) -> str:
    """`newMark` → `new_mark`; "" when that could not be turned back."""
    word = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)
    plain = word.isascii() and word[:1].isalpha() and word.replace("_", "a").isalnum()
    return word if plain and camel(word) == name else ""


def camel(word: str) -> str:
    """`new_mark` → `newMark`."""
    first, *rest = word.split("_")
    return first + "".join(part.capitalize() for part in rest)
