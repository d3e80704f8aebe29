"""Small lists for tests."""

from collections.abc import Iterable
from pathlib import Path

from lapwing.matching.changing import How, Origin, bring_in
from lapwing.matching.listed import ListedFile
from lapwing.matching.versions import Version

ORIGIN = Origin("a test", "nobody", "2026-01-05T09:00:00+00:00")


def make_list(folder: Path, name: str, kind: str, values: Iterable[bytes]) -> Version:
    """A list of hashes of one kind, and nothing else about them."""
    return change(folder, name, [ListedFile({kind: value}) for value in values])


def change(folder: Path, name: str, entries: Iterable[ListedFile], how: How = "whole") -> Version:
    """The next version of a list."""
    return bring_in(folder, name, entries, origin=ORIGIN, how=how)
