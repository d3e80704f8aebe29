"""The published JSON Schema of the Schedule 1 document, made from its table: `python -m` this prints it."""

from __future__ import annotations

import json
import sys
from typing import Any

from lapwing.exchange.json_fields import Field, Part, Parts, Several, Within
from lapwing.exchange.json_tables import Table
from lapwing.exchange.schedule_1.document import DOCUMENT, Mark
from lapwing.exchange.schedule_1.mirror import Named
from lapwing.exchange.values import Kind

_TITLE = "A provider's report of detected content: the data of S.I. 2026/268, Schedule 1"
_ABOUT = (
    "Lapwing's own definition. Only `schema`, the provider and its unique reference must be given, the rest "
    "where available. Fields not named here are kept as they come."
)

# A character that is no space: what must be given is not given by spaces.
_NOT_BLANK = r"[^\u0000-\u0020\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]"


def schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of one document."""
    definitions: dict[str, Any] = {}
    document = _object(DOCUMENT, definitions)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": _TITLE,
        "description": _ABOUT,
        **document,
        "$defs": dict(sorted(definitions.items())),
    }


def printed() -> str:
    """The schema as the file holds it."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


def _object(table: Table, definitions: dict[str, Any]) -> dict[str, Any]:
    required = [field.name for field in table.needed]
    required += [field.name for field in table.fields if isinstance(field, Within) and field.table.needed]
    made = {
        "type": "object",
        "properties": {field.name: _property(field, definitions) for field in table.fields},
    }
    return made | ({"required": required} if required else {})


def _property(field: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    if isinstance(field, Mark):
        made: dict[str, Any] = {"const": field.value}
    elif isinstance(field, Field):
        made = _value(field.kind, nullable=field.null_says)
        if field.required and not field.kind.codes:
            made["pattern"] = _NOT_BLANK
    elif isinstance(field, Several):
        made = {"type": "array", "items": _value(field.kind)}
    elif isinstance(field, Within):
        made = _object(field.table, definitions)
    elif isinstance(field, Part):
        made = _reference(field.table, definitions)
    elif isinstance(field, Parts):
        made = {"type": "array", "items": _reference(field.table, definitions)}
    else:
        assert isinstance(field, Named)
        made = {"type": "object", "additionalProperties": {"type": "string"}}
    return {"description": field.about, **made} if field.about else made


def _value(kind: Kind, *, nullable: bool = False) -> dict[str, Any]:
    made: dict[str, Any] = {"type": [kind.json, "null"] if nullable else kind.json}
    if kind.codes:
        made["enum" if kind.closed else "examples"] = list(kind.codes)
    if kind.range:
        made["minimum"], made["maximum"] = kind.range
    if kind.format:
        made["format"] = kind.format
    if kind.about:
        made["description"] = kind.about
    return made


def _reference(table: Table, definitions: dict[str, Any]) -> dict[str, Any]:
    assert table.of is not None
    nested = any(getattr(field, "into", "") == "associates" for field in table.fields)
    name = table.of.__name__ if table.of.__name__ != "Person" or nested else "Associate"
    if name not in definitions:
        definitions[name] = {}
        definitions[name] = _object(table, definitions)
    return {"$ref": f"#/$defs/{name}"}


if __name__ == "__main__":
    sys.stdout.write(printed())
