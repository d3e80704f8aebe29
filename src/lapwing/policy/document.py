"""Writes docs/policy.md: every value of policy as a lead would read it. `python -m lapwing.policy.document`.

The same files give the same text, so a test can say that the document is current.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import date
from typing import Any

from lapwing.policy.cited import Cited, Entry, Version
from lapwing.policy.loading import Topic, load
from lapwing.policy.topics import TOPICS

CITATION = {*Cited.model_fields, "effective_from", "effective_to"}
OWN_COLUMNS = {*Entry.model_fields}
HEAD = """# Policy

Every value that law or policy can change, from `src/lapwing/policy/england_wales/*.toml`. Edit there, by
adding a `[[version]]` from its first day, and run `make docs`; this page is generated. A day that no version
covers is an error, and so is a key that no rule knows. A decision cites the SHA-256 of the file that made it.

**Not confirmed** marks a value that nobody has checked against its source, or that Lapwing chose only to have
one. A policy lead must confirm or change it before real work.
"""


def written(jurisdiction: str = "england_wales") -> str:
    """The whole document, in Markdown."""
    topics = [load(name, jurisdiction) for name in TOPICS]
    lines = [HEAD, "| Topic | Values not confirmed |", "| --- | --- |"]
    lines += [f"| [{topic.title}](#{topic.name}) | {_unconfirmed(topic)} |" for topic in topics]
    for topic in topics:
        lines += ["", *_topic(topic)]
    return "\n".join(lines) + "\n"


def entries(version: Version) -> Iterator[tuple[str, Entry]]:
    """Every entry of a version with where it stands: `factors.lives_with_child`."""
    for name in type(version).model_fields:
        value = getattr(version, name)
        if isinstance(value, Entry):
            yield name, value
        elif isinstance(value, dict | list):
            pairs = value.items() if isinstance(value, dict) else enumerate(value)
            yield from ((f"{name}.{key}", one) for key, one in pairs if isinstance(one, Entry))


def _unconfirmed(topic: Topic[Any]) -> str:
    current = topic.versions[-1]
    if not current.confirmed:
        return "all"
    return str(sum(not entry.cited_in(current).confirmed for _, entry in entries(current)) or "none")


def _topic(topic: Topic[Any]) -> Iterator[str]:
    yield f'<a id="{topic.name}"></a>'
    yield ""
    yield f"## {topic.title}"
    yield ""
    yield f"`{topic.name}.toml`. The version is chosen by {topic.governed_by}."
    for version in topic.versions:
        yield from _version(version)


def _version(version: Version) -> Iterator[str]:
    until = f" to {_day(version.effective_to)}" if version.effective_to else ""
    yield from ("", f"### From {_day(version.effective_from)}{until}", "")
    mark = "" if version.confirmed else "**Not confirmed.** "
    yield f"{mark}Authority: {version.authority}. Source: {version.source}. As at {_day(version.as_at)}."
    scalars = [name for name in type(version).model_fields if name not in CITATION]
    plain = [name for name in scalars if not isinstance(getattr(version, name), dict | list | Entry)]
    if plain:
        yield ""
        yield from (f"- {_words(name)}: {_shown(getattr(version, name))}" for name in plain)
    for name in scalars:
        if name not in plain:
            yield from ("", f"#### {_words(name)}", "")
            yield from _block(getattr(version, name), version)


def _block(value: Any, version: Version) -> Iterator[str]:
    if isinstance(value, Entry):
        yield from _table({"": value}, version)
    elif isinstance(value, dict) and all(isinstance(one, Entry) for one in value.values()):
        yield from _table(value, version)
    elif isinstance(value, list) and value and all(isinstance(one, Entry) for one in value):
        yield from _table({str(number): one for number, one in enumerate(value, 1)}, version)
    elif isinstance(value, dict):
        yield from ("| Code | Values |", "| --- | --- |")
        yield from (f"| {_cell(key)} | {_cell(one)} |" for key, one in value.items())
    else:
        yield _shown(value) or "(none)"


def _table(rows: dict[str, Entry], version: Version) -> Iterator[str]:
    """A row an entry: its code, its label, whatever else it holds, and where it is cited or not confirmed."""
    fields = [name for name in type(next(iter(rows.values()))).model_fields if name not in OWN_COLUMNS]
    fields = [name for name in fields if any(_shown(getattr(row, name)) for row in rows.values())]
    if any(row.find_out for row in rows.values()):
        fields.append("find_out")
    cited = {code: _cited(row, version) for code, row in rows.items()}
    heads = ["Code", "In plain English", *(_words(name) for name in fields)]
    heads += ["Citation"] if any(cited.values()) else []
    yield f"| {' | '.join(heads)} |"
    yield f"| {' | '.join('---' for _ in heads)} |"
    for code, row in rows.items():
        cells = [_cell(code), _cell(row.label), *(_cell(getattr(row, name)) for name in fields)]
        cells += [_cell(cited[code])] if any(cited.values()) else []
        yield f"| {' | '.join(cells)} |"


def _cited(entry: Entry, version: Version) -> str:
    """What to say of an entry's citation where it differs from its version's, or is not confirmed."""
    citation = entry.cited_in(version)
    own = entry.authority is not None or entry.source is not None
    said = f"{citation.authority}. {citation.source}." if own else ""
    marked = not citation.confirmed and (version.confirmed or own)
    return " ".join(filter(None, ["**Not confirmed.**" if marked else "", said]))


def _words(name: str) -> str:
    return name.strip("_").replace("_", " ").capitalize()


def _cell(value: Any) -> str:
    return _shown(value).replace("|", "\\|").replace("\n", " ")


def _shown(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date):
        return _day(value)
    if isinstance(value, dict):
        return "; ".join(f"{key}: {_shown(one)}" for key, one in value.items())
    if isinstance(value, list):
        return ", ".join(_shown(one) or "(empty)" for one in value)
    return getattr(value, "label", None) or str(value)


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


if __name__ == "__main__":
    sys.stdout.write(written())
