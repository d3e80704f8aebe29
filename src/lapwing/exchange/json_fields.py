"""The fields a JSON table is made of: one value, several, an object of the same struct, a struct, several
structs.
"""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from lapwing.exchange.json_tables import Stated, Table, bare, items_of, plain, scalar
from lapwing.exchange.json_unknown import Wrong, keep_more
from lapwing.exchange.values import TEXT, Kind, quoted


class Field(Struct, frozen=True):
    """A value. `others`: further names it is known by. `said`: a flag set when the field is there at all,
    and, when `null_says`, even as null. `overflow`: the list that takes what comes after the first, when a
    list comes.
    """

    name: str
    into: str
    kind: Kind = TEXT
    others: tuple[str, ...] = ()
    said: str = ""
    null_says: bool = False
    overflow: str = ""
    listed: bool = False  # written as a list of one
    required: bool = False
    about: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name, *self.others)

    def read(self, value: Any, values: Stated, prefix: str) -> None:
        path = prefix + self.name
        if isinstance(value, list) and (self.overflow or self.listed):
            self._many(value, values, path)
            return
        value = bare(value, values, path)
        if self.said and (value is not None or self.null_says):
            values[self.said] = True
        found = scalar(self.kind, value)
        if found is not None:
            values[self.into] = found

    def _many(self, items: list[Any], values: Stated, path: str) -> None:
        for number, item in enumerate(items):
            try:
                inner = item["value"] if isinstance(item, dict) and set(item) == {"value"} else item
                if isinstance(inner, dict | list):
                    keep_more(item, values, path)
                    continue
                found = scalar(self.kind, inner)
            except Wrong as wrong:
                wrong.path.insert(0, number)
                raise
            if found is None:
                continue
            if self.into not in values:
                values[self.into] = found
            elif self.overflow:
                values.setdefault(self.overflow, []).append(found)
            else:
                keep_more(item, values, path)

    def write(self, item: Struct, out: dict[str, Any]) -> None:
        value = getattr(item, self.into)
        stated = value is not None and value != ""
        if self.listed:
            further = getattr(item, self.overflow) if self.overflow else []
            if stated or further:
                out[self.name] = [{"value": plain(self.kind, one)} for one in [value, *further] if one != ""]
        elif stated:
            out[self.name] = plain(self.kind, value)
        elif self.said and getattr(item, self.said):
            out[self.name] = None if self.null_says else ""


class Several(Struct, frozen=True):
    """A list of values, each bare or wrapped."""

    name: str
    into: str
    kind: Kind = TEXT
    inner: str = ""
    others: tuple[str, ...] = ()
    wrapped: bool = False
    about: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name, *self.others)

    def read(self, value: Any, values: Stated, prefix: str) -> None:
        held = values.setdefault(self.into, [])
        items, path = items_of(value, self.inner, values, prefix + self.name)
        for number, item in enumerate(items):
            try:
                wrapped = isinstance(item, dict) and "value" in item
                inner = bare(item, values, f"{path}/{len(held)}") if wrapped else item
                if isinstance(inner, dict | list):
                    keep_more(item, values, path)
                    continue
                found = scalar(self.kind, inner)
            except Wrong as wrong:
                wrong.path[0:0] = [self.inner, number] if path.endswith(f"/{self.inner}") else [number]
                raise
            if found is not None:
                held.append(found)

    def write(self, item: Struct, out: dict[str, Any]) -> None:
        held = getattr(item, self.into)
        if held:
            listed = [plain(self.kind, one) for one in held]
            listed = [{"value": one} for one in listed] if self.wrapped else listed
            out[self.name] = {self.inner: listed} if self.inner else listed


class Within(Struct, frozen=True):
    """An object that holds more of the struct around it. `bare`: the field that a bare value in its
    place is.
    """

    name: str
    table: Table
    bare: str = ""
    about: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name,)

    def read(self, value: Any, values: Stated, prefix: str) -> None:
        if value is None:
            return
        if not isinstance(value, dict):
            if not self.bare or isinstance(value, list):
                raise Wrong(f"{quoted(str(value))} stands where an object should.")
            value = {self.bare: value}
        self.table.fill(value, values, f"{prefix}{self.name}/")

    def write(self, item: Struct, out: dict[str, Any]) -> None:
        inside = self.table.put(item)
        if inside:
            out[self.name] = inside


class Part(Struct, frozen=True):
    """An object that is a struct of its own. When it comes as a list, the first is taken and the rest are
    kept.
    """

    name: str
    into: str
    table: Table
    inner: str = ""
    fixed: dict[str, Any] = {}
    appended: bool = False  # into a list that several parts share, told apart by `fixed`
    about: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name,)

    def read(self, value: Any, values: Stated, prefix: str) -> None:
        items, path = items_of(value, self.inner, values, prefix + self.name)
        taken = False
        for number, item in enumerate(items):
            if item is None:
                continue
            if taken:
                keep_more(item, values, path)
                continue
            try:
                part = self.table.read(item, self.fixed)
            except Wrong as wrong:
                wrong.path[0:0] = _steps(value, self.inner, number)
                raise
            taken = True
            if self.appended:
                values.setdefault(self.into, []).append(part)
            else:
                values[self.into] = part

    def write(self, item: Struct, out: dict[str, Any]) -> None:
        held = getattr(item, self.into)
        chosen = [one for one in held if _is(one, self.fixed)][:1] if self.appended else [held]
        for part in chosen:
            if part is not None:
                written = self.table.write(part)
                out[self.name] = {self.inner: [written]} if self.inner else written


class Parts(Struct, frozen=True):
    """A list of structs. `fixed` fields are what this list's name means."""

    name: str
    into: str
    table: Table
    inner: str = ""
    others: tuple[str, ...] = ()
    fixed: dict[str, Any] = {}
    about: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name, *self.others)

    def read(self, value: Any, values: Stated, prefix: str) -> None:
        held = values.setdefault(self.into, [])
        items, _ = items_of(value, self.inner, values, prefix + self.name)
        for number, item in enumerate(items):
            if item is not None:
                try:
                    held.append(self.table.read(item, self.fixed))
                except Wrong as wrong:
                    wrong.path[0:0] = _steps(value, self.inner, number)
                    raise

    def write(self, item: Struct, out: dict[str, Any]) -> None:
        listed = [self.table.write(one) for one in getattr(item, self.into) if _is(one, self.fixed)]
        if listed:
            out[self.name] = {self.inner: listed} if self.inner else listed


def _is(one: Struct, fixed: dict[str, Any]) -> bool:
    return all(getattr(one, name) == value for name, value in fixed.items())


def _steps(value: Any, inner: str, number: int) -> list[str | int]:
    """The path from a field to its numbered item, as the document has it."""
    wrapped = isinstance(value, dict) and inner in value
    steps: list[str | int] = [inner] if wrapped else []
    listed = value[inner] if wrapped else value
    return [*steps, number] if isinstance(listed, list) else steps
