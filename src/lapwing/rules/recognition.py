"""Whether two names are likely the same person's, where a date of birth is the same too.

Names are compared by their first and their last word, whatever their case, accents or marks: middle names are
often left out. It raises a question for a person and answers none.
"""

from __future__ import annotations

from unicodedata import category, normalize


def words_of(name: str) -> list[str]:
    """The words of a name: folded, without accents; what is no letter parts words, but for apostrophes."""
    plain = (
        letter
        for letter in normalize("NFKD", name).casefold()
        if category(letter) != "Mn" and letter not in "'’"
    )
    return "".join(letter if letter.isalnum() else " " for letter in plain).split()


def same_name(one: str, other: str) -> bool:
    """Whether first and last words are the same. A name of a single word is never the same as any."""
    mine, theirs = words_of(one), words_of(other)
    if min(len(mine), len(theirs)) < 2:
        return False
    return (mine[0], mine[-1]) == (theirs[0], theirs[-1])
