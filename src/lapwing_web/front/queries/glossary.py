"""The words of the field, from glossary.toml: the page, the links and docs/glossary.md are made of it.

`python -m lapwing_web.front.queries.glossary` prints docs/glossary.md.
"""

import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import msgspec

FILE = Path(__file__).resolve().parents[1] / "glossary.toml"


class Word(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One word: what it means, who says so, and what the code calls it ("" for nothing)."""

    word: str
    meaning: str
    source: str
    code: str = ""
    also: list[str] = []


@cache
def words() -> tuple[Word, ...]:
    """Every word, in alphabetical order."""
    held = msgspec.convert(tomllib.loads(FILE.read_text())["word"], list[Word])
    return tuple(sorted(held, key=lambda entry: entry.word.lower()))


@cache
def _index() -> dict[str, Word]:
    return {name.lower(): entry for entry in words() for name in [entry.word, *entry.also]}


def find(word: str) -> Word | None:
    """The entry for a word or another name of it. A test finds any page that uses a word nobody explains."""
    return _index().get(word.lower())


def document() -> Iterator[str]:
    """The lines of docs/glossary.md."""
    yield "# Glossary"
    yield ""
    yield "Made from `src/lapwing_web/front/glossary.toml` by `make docs`; edit that."
    yield ""
    yield "| word | what it means | said by | in the code |"
    yield "|---|---|---|---|"
    for entry in words():
        also = f" ({', '.join(entry.also)})" if entry.also else ""
        code = f"`{entry.code}`" if entry.code else ""
        yield f"| **{entry.word}**{also} | {entry.meaning} | {entry.source} | {code} |"


if __name__ == "__main__":
    print("\n".join(document()))
