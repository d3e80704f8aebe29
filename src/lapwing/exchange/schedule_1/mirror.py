"""Tables made from the model itself: every field of a struct, under its own name.

Our own format then carries all that the model can hold, and cannot fall behind it.
"""

from __future__ import annotations

from datetime import date
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from msgspec import NODEFAULT, Struct
from msgspec.structs import FieldInfo, fields

from lapwing.exchange.json_fields import Field, Part, Parts, Several
from lapwing.exchange.json_tables import Stated, Table, bare, scalar
from lapwing.exchange.json_unknown import Wrong, keep
from lapwing.exchange.values import BOOLEAN, DATE, INSTANT, PROSE, SIZE, TEXT, WHOLE, Kind, codes
from lapwing.report import Instant

_PROSE = {
    "avoid",
    "company_template",
    "content",
    "escalation_reason",
    "file_names",
    "further_notes",
    "happened_when",
    "incident_time_meaning",
    "notes",
    "profile_bio",
    "terms_of_service",
    "times",
    "told_others",
}
_KINDS: dict[Any, Kind] = {str: TEXT, bool: BOOLEAN, int: WHOLE, date: DATE, Instant: INSTANT}


class Named(Struct, frozen=True):
    """An object whose keys are names and whose values are text: the hashes of a file."""

    name: str
    into: str
    about: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name,)

    def read(self, value: Any, values: Stated, prefix: str) -> None:
        if value is None:
            return
        if not isinstance(value, dict):
            raise Wrong("An object should stand here, of names and texts.")
        held = values.setdefault(self.into, {})
        for key, item in value.items():
            try:
                found = scalar(TEXT, bare(item, values, f"{prefix}{self.name}/{key}"))
            except Wrong as wrong:
                wrong.path.insert(0, key)
                raise
            if found is None:
                keep(item, values, f"{prefix}{self.name}/", key)
            else:
                held[key] = found

    def write(self, item: Struct, out: dict[str, Any]) -> None:
        held = getattr(item, self.into)
        if held:
            out[self.name] = dict(held)


def table_of(
    struct: type[Struct],
    *,
    without: tuple[str, ...] = (),
    said: dict[str, str] | None = None,
    about: dict[str, str] | None = None,
) -> Table:
    """A table of `struct`'s fields. `said`: fields whose being there at all, even as null, sets a flag."""
    flags, words = said or {}, about or {}
    hints = get_type_hints(struct)
    skipped = {"unknown", *without, *flags.values()}
    return Table(
        *(
            _field(info, hints[info.name], struct, flags.get(info.name, ""), words.get(info.name, ""))
            for info in fields(struct)
            if info.name not in skipped
        ),
        of=struct,
    )


def _field(info: FieldInfo, hint: Any, struct: type[Struct], said: str, about: str) -> Any:
    name = info.name
    required = info.default is NODEFAULT and info.default_factory is NODEFAULT
    hint = _without_none(hint)
    if get_origin(hint) is Literal:
        words = get_args(hint)
        closed = codes({word: word for word in words}, closed=True)
        return Field(name, name, closed, required=required, about=about)
    if get_origin(hint) is dict:
        return Named(name, name, about=about)
    if get_origin(hint) is list:
        return _listed(name, get_args(hint)[0], struct, about)
    if hint in _KINDS:
        kind = PROSE if name in _PROSE else SIZE if name == "size" else _KINDS[hint]
        return Field(name, name, kind, said=said, null_says=bool(said), required=required, about=about)
    return Part(name, name, table_of(hint), about=about)


def _listed(name: str, of: Any, struct: type[Struct], about: str) -> Any:
    if of is str:
        return Several(name, name, PROSE if name in _PROSE else TEXT, about=about)
    # A struct that lists its own kind (a person's associates) does so once, not for ever.
    return Parts(name, name, table_of(of, without=(name,) if of is struct else ()), about=about)


def _without_none(hint: Any) -> Any:
    if get_origin(hint) in (Union, UnionType):
        return next(one for one in get_args(hint) if one is not type(None))
    return hint
