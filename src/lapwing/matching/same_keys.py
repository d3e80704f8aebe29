"""Which entries say the same, by the keys that stand for all an entry says: (n, 2) words each."""

import numpy as np
import numpy.typing as npt

Keys = npt.NDArray[np.uint64]
Flags = npt.NDArray[np.bool_]


def last_of_each(keys: Keys) -> Flags:
    """True for the last of all that are equal."""
    order = np.lexsort((keys[:, 1], keys[:, 0]))
    in_order = keys[order]
    last = np.ones(len(keys), bool)
    last[order[:-1]] = (in_order[1:] != in_order[:-1]).any(axis=1)
    return last


def found_in(keys: Keys, others: Keys) -> Flags:
    """Of each of `keys`, whether it is one of `others`.

    Of others that share their first word, one is looked at. Should two different keys do so (once in some
    100,000 lists of 10 million), an entry is taken for changed that is not: it moves, and no match is lost.
    """
    if not len(others):
        return np.zeros(len(keys), bool)
    in_order = others[np.argsort(others[:, 0], kind="stable")]
    places = np.searchsorted(in_order[:, 0], keys[:, 0])
    places[places == len(in_order)] = 0
    same: Flags = (in_order[places] == keys).all(axis=1)
    return same
