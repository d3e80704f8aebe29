"""URL lists as text: a rule a line, or a column of rules. What a URL of a list means is declared.

A publisher says for each URL how it matches, or for all of them, or nowhere; and writes http:// because every
URL begins somehow, or because it means it. A list is read as its reader declares, and docs/url-lists.md says
how each may be declared.
"""

from collections.abc import Iterable, Mapping
from typing import BinaryIO

from msgspec import Struct

from lapwing.exchange.hash_sets.form import Entries
from lapwing.exchange.hash_sets.lines import lines_of
from lapwing.matching.listed import BadRecord, ListedFile
from lapwing.matching.listed_kinds import LISTED
from lapwing.matching.url_rules import HOWS, RULES, How, rule_of


class UrlMeaning(Struct, frozen=True, forbid_unknown_fields=True):
    """What the URLs of a list are declared to mean."""

    how: How | None = None  # where an entry does not say; without it, its marks do (url_rules.py)
    any_scheme: bool = False  # each is meant for http and https, whatever it begins with
    words: Mapping[str, How] = {}  # the publisher's own words for exact, prefix and host

    def check(self) -> None:
        """Raises ValueError for a word of the publisher's that stands for nothing."""
        for word, how in self.words.items():
            if how not in HOWS:
                raise ValueError(f"{word!r} stands for one of {', '.join(HOWS)}, not {how!r}")

    def hashes(self, text: str, word: str = "", *, withdrawn: bool = False) -> dict[str, bytes]:
        """What an entry has, by kind of rule; `word` is what it says of how it matches. Raises ValueError."""
        rule = rule_of(text, self._how(word), any_scheme=self.any_scheme, withdrawn=withdrawn)
        return {rule.kind: rule.text.encode()}

    def _how(self, word: str) -> How | None:
        if not word:
            return self.how
        known = {how: how for how in HOWS} | {said.casefold(): how for said, how in self.words.items()}
        if word.casefold() not in known:
            raise ValueError(f"how it matches is {word[:40]!r}, which is none of {', '.join(known)}")
        return known[word.casefold()]


AS_WRITTEN = UrlMeaning()  # nothing is declared


def read_urls(stream: BinaryIO, meaning: UrlMeaning = AS_WRITTEN) -> Entries:
    """A rule a line. Empty lines and those that begin with # are passed over. Raises Unreadable."""
    for number, line in enumerate(lines_of(stream), 1):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        try:
            yield ListedFile(meaning.hashes(text))
        except ValueError as error:
            yield BadRecord(f"line {number}", str(error))


def write_urls(entries: Iterable[ListedFile], stream: BinaryIO) -> int:
    """The rules of entries that stand, a line each, to be read as `read_urls` does. Returns how many."""
    number = 0
    for entry in entries:
        for kind in RULES:
            if kind in entry.hashes and not entry.withdrawn:
                stream.write(LISTED[kind].text(entry.hashes[kind]).encode() + b"\n")
                number += 1
    return number
