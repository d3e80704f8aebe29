"""The lists as they are now, opened again as soon as one has another version."""

import time
from pathlib import Path

from lapwing.match_service.forms import AskedList, Lists
from lapwing.matching import BadList, KnownLists
from lapwing.matching.known_lists import Stamp, stamp
from lapwing.matching.url_rules import RULES

EVERY = 0.5  # seconds between two looks for another version


class ListsNotWhole(Exception):
    """A list that is asked cannot be used, so no answer would be whole."""


class NoSuchList(Exception):
    """A list that is asked is not here."""


class OpenLists:
    """Whoever has asked goes on with the lists they asked; whoever asks next has the newer ones."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._looked = float("-inf")
        self._stamp: Stamp | None = None
        self._known = KnownLists([])
        self._faults: dict[str, BadList] = {}

    def asked(self, names: list[str]) -> KnownLists:
        """The lists of these names, or all. Raises ListsNotWhole, NoSuchList."""
        self._refresh()
        wrong = [str(fault) for name, fault in self._faults.items() if not names or name in names]
        if wrong:
            raise ListsNotWhole(f"A list cannot be used: {'; '.join(wrong)}.")
        if not names and not self._known.lists:
            raise ListsNotWhole("There is no list, so nothing can be found.")
        try:
            return self._known.chosen(names)
        except KeyError as error:
            raise NoSuchList(f"There is no list {str(error.args[0])[:80]!r}.") from None

    def asked_about_urls(self, names: list[str]) -> KnownLists:
        """Of the same, those that have rules about URLs. Raises ListsNotWhole also when none has."""
        having = [one for one in self.asked(names).lists if set(RULES) & one.version.hashes.keys()]
        if not having:
            raise ListsNotWhole("None of the lists has rules about URLs, so nothing can be found.")
        return KnownLists(having)

    def shown(self) -> Lists:
        """What there is."""
        self._refresh()
        return Lists(named(self._known), [str(fault) for fault in self._faults.values()])

    def _refresh(self) -> None:
        now = time.monotonic()
        if now - self._looked < EVERY:
            return
        self._looked = now
        at = stamp(self._folder)
        if at != self._stamp:
            known, faults = KnownLists.open_whole(self._folder)
            self._known, self._faults = known, {fault.list_name: fault for fault in faults}
            self._stamp = at


def named(known: KnownLists) -> list[AskedList]:
    """The lists, with their versions."""
    return [AskedList(one.name, one.version.number, one.version.entries) for one in known.lists]
