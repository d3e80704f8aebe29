"""What a form cannot say of a list is left out of an export, counted and said."""

from collections.abc import Collection, Iterable, Iterator

from lapwing.matching.listed import ListedFile
from lapwing.matching.url_rules import RULES


class Counted:
    """Entries on their way out, with a count of what of them a form that has only these kinds cannot say.

    With `only`, one kind is asked for: what else an entry has was not wanted, and is not left out.
    """

    def __init__(self, entries: Iterable[ListedFile], kinds: Collection[str], *, only: bool = False) -> None:
        self._entries = entries
        self._kinds = set(kinds)
        self._rules = set() if only else set(RULES) - self._kinds
        self._number = self._absent = self._without_rule = 0

    def __iter__(self) -> Iterator[ListedFile]:
        for entry in self._entries:
            self._number += 1
            if not self._kinds & entry.hashes.keys():
                self._absent += 1
            elif self._rules & entry.hashes.keys():
                self._without_rule += 1
            yield entry

    @property
    def left_out(self) -> int:
        """Entries that are not in the file, or not with all that the form should have said."""
        return self._absent + self._without_rule

    def sentences(self, what: str) -> Iterator[str]:
        """What is left out, for whoever made the file; `what` the entries that are not in it have none of."""
        if self._absent:
            yield f"{self._absent:,} of {self._number:,} entries have no {what}, and are not in the file"
        if self._without_rule:
            yield f"{self._without_rule:,} of {self._number:,} entries are in the file without their URLs"
