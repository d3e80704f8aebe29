"""The JSON engine: a format is a table, and one reader and one writer serve every table.

A `Table` lists fields (`json_fields`): `Field` (a value, bare or as {"value": …}), `Several` (a list of
them), `Within` (an object that holds more of the same struct), `Part` (an object that is a struct of its
own), `Parts` (a list of those) and `Beside` (a struct whose fields stand among those of another). A list may
come bare or inside an object, under `inner`. Fields are read in the table's order, whatever the document's,
and what no line names is kept in `unknown`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from msgspec import Struct

from lapwing.exchange.json_safety import LONGEST_TEXT
from lapwing.exchange.json_unknown import Wrong, graft, keep
from lapwing.exchange.values import Kind

Stated = dict[str, Any]
NAMES = {dict: "an object", list: "a list", bool: "true or false", str: "text"}


def scalar(kind: Kind, value: Any) -> Any:
    """A JSON value as `kind` reads it; None for null or empty text. Raises Wrong."""
    if isinstance(value, str):
        if len(value) > LONGEST_TEXT:
            raise Wrong(f"A text is longer than {LONGEST_TEXT:,} characters.")
        text = value
    elif value is None:
        return None
    elif isinstance(value, bool):
        if kind.json == "boolean":
            return value
        raise Wrong(f"{str(value).lower()} stands where {_expected(kind)} should.")
    elif isinstance(value, dict | list):
        raise Wrong(f"{NAMES[type(value)].capitalize()} stands where {_expected(kind)} should.")
    else:
        text = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
    if not text or text.isspace():
        return None
    try:
        return kind.read(text)
    except ValueError as fault:
        raise Wrong(f"{fault}.") from None


def _expected(kind: Kind) -> str:
    return {"boolean": "true or false", "integer": "a whole number", "string": "text"}[kind.json]


def bare(value: Any, values: Stated, path: str) -> Any:
    """The value itself when it comes wrapped; what else the wrapping holds is kept."""
    if isinstance(value, dict) and "value" in value:
        for key, extra in value.items():
            if key != "value":
                keep(extra, values, f"{path}/", key)
        return value["value"]
    return value


def plain(kind: Kind, value: Any) -> Any:
    """A field's value as JSON carries it."""
    return value if kind.json != "string" else kind.write(value)


class Table:
    """The fields of an object. `of` is its struct; None when it shares the struct of the object around it."""

    def __init__(self, *fields: Any, of: type[Struct] | None = None) -> None:
        self.of = of
        self.fields = fields
        self.beside = [field for field in fields if isinstance(field, Beside)]
        self.lines = [(field.names, field.read) for field in fields if not isinstance(field, Beside)]
        self.known = {name for field in fields for name in field.names}
        self.needed = [field for field in fields if getattr(field, "required", False)]

    def read(self, value: Any, fixed: Stated | None = None) -> Any:
        """The struct that an object, or a bare value where the table has a `value`, states."""
        if not isinstance(value, dict):
            if "value" not in self.known or isinstance(value, list):
                raise Wrong(
                    f"{NAMES.get(type(value), 'a number').capitalize()} stands where an object should."
                )
            value = {"value": value}
        values: Stated = dict(fixed or {})
        self.fill(value, values, "")
        for bookkeeping in ("#more", "#schema"):
            values.pop(bookkeeping, None)
        assert self.of is not None
        return self.of(**values)

    def fill(self, value: dict[str, Any], values: Stated, prefix: str) -> None:
        """Put what the object states into `values`; `prefix` is the path from the struct's own object."""
        for names, read in self.lines:
            for name in names:
                if name in value:
                    try:
                        read(value[name], values, prefix)
                    except Wrong as wrong:
                        wrong.path.insert(0, name)
                        raise
                    if len(names) > 1:
                        self._others(names, name, value, values, prefix)
                    break
        for beside in self.beside:
            beside.read(value, values)
        for key in [key for key in value if key not in self.known]:
            try:
                keep(value[key], values, prefix, key)
            except Wrong as wrong:
                wrong.path.insert(0, key)
                raise
        for field in self.needed:
            if field.into not in values:
                raise Wrong(f"{field.name} is missing.")

    def _others(
        self, names: tuple[str, ...], name: str, value: dict[str, Any], values: Stated, prefix: str
    ) -> None:
        """Keep what the other spellings of one field's name hold, when they are there as well."""
        for other in names:
            if other != name and other in value:
                keep(value[other], values, prefix, other)

    def write(self, item: Any) -> dict[str, Any]:
        """The object that `item` is."""
        out = self.put(item)
        if item.unknown:
            graft(item.unknown, out)
        return out

    def put(self, item: Any) -> dict[str, Any]:
        """As `write`, without what the table does not name."""
        out: dict[str, Any] = {}
        for field in self.fields:
            field.write(item, out)
        return out


class Beside(Struct, frozen=True):
    """A struct whose fields stand among those of the object around it."""

    into: str
    table: Table
    fixed: dict[str, Any] = {}

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self.table.known)

    def read(self, value: dict[str, Any], values: Stated) -> None:
        own = {name: value[name] for name in self.names if value.get(name) not in (None, [], {})}
        if own:
            values[self.into] = self.table.read(own, self.fixed)

    def write(self, item: Struct, out: dict[str, Any]) -> None:
        part = getattr(item, self.into)
        if part is not None:
            out.update(self.table.write(part))


def items_of(value: Any, inner: str, values: Stated, path: str) -> tuple[Iterable[Any], str]:
    """The items of a list, bare or under `inner`, or of one item alone; and the path they stand at."""
    if value is None:
        return (), path
    if isinstance(value, dict) and inner and inner in value:
        for key, extra in value.items():
            if key != inner:
                keep(extra, values, f"{path}/", key)
        value, path = value[inner], f"{path}/{inner}"
        if value is None:
            return (), path
    return (value if isinstance(value, list) else [value]), path
