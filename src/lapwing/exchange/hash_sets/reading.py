"""A published list, read in the form that is asked for, or that it shows itself."""

from typing import BinaryIO

from lapwing.exchange.formats import HEAD
from lapwing.exchange.hash_sets.columns import URL, Mapping, read_columns, read_plain
from lapwing.exchange.hash_sets.form import Entries
from lapwing.exchange.hash_sets.forms import HASH_SETS, recognise_set
from lapwing.exchange.hash_sets.url_lines import AS_WRITTEN, UrlMeaning, read_urls
from lapwing.matching.listed import BadRecord, ListedFile

SHOWN = 50  # bad entries that are named


class BadEntries(Exception):
    """A list has entries that cannot be taken: so many."""

    def __init__(self, number: int) -> None:
        self.number = number
        super().__init__(f"{number:,} entries cannot be taken")


class Reading:
    """The good entries of a list, as they pass; the bad ones are counted, and the first kept in `bad`.

    Iterating raises Unreadable for a document that is not what it should be; and at its end BadEntries, when
    some were bad and `skip` is not set: whoever writes what passes then has no list.
    """

    def __init__(
        self,
        stream: BinaryIO,
        *,
        form: str | None = None,
        mapping: Mapping | None = None,
        kind: str | None = None,
        skip: bool = False,
        urls: UrlMeaning = AS_WRITTEN,
    ) -> None:
        self._entries = _entries(stream, form, mapping, kind, urls)
        self._skip = skip
        self.bad: list[BadRecord] = []  # the first of them
        self.number_bad = 0
        self.number = 0

    def __iter__(self) -> "Reading":
        return self

    def __next__(self) -> ListedFile:
        for found in self._entries:
            if isinstance(found, ListedFile):
                self.number += 1
                return found
            self.number_bad += 1
            if len(self.bad) < SHOWN:
                self.bad.append(found)
        if self.number_bad and not self._skip:
            raise BadEntries(self.number_bad)
        raise StopIteration


def _entries(
    stream: BinaryIO, form: str | None, mapping: Mapping | None, kind: str | None, urls: UrlMeaning
) -> Entries:
    if mapping is not None:
        return read_columns(stream, mapping)
    if form is not None and form != "plain":
        return HASH_SETS[form].read(stream)
    if kind == URL:
        return read_urls(stream, urls)
    found = None if form else recognise_set(stream.read(HEAD))
    stream.seek(0)
    return read_plain(stream, kind) if found is None else found.read(stream)


def changes_only(form: str | None, head: bytes) -> bool:
    """Whether documents of this form change a list, and are not the whole of it, unless somebody says so."""
    found = HASH_SETS[form] if form else recognise_set(head)
    return found is not None and found.changes


def harmless(form: str | None, head: bytes) -> bool:
    """Whether documents of this form name files to set aside."""
    found = HASH_SETS[form] if form else recognise_set(head)
    return found is not None and found.harmless
