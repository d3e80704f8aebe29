"""Which entries say the same, by the keys that stand for all an entry says: (n, 2) words each."""

import numpy as np
import numpy.typing as npt

Keys = npt.NDArray[np.uint64]
Flags = npt.NDArray[np.bool_]

SHORTER = 16  # times as long as the other: worth a look at the lowest bits first
LOWEST = 20  # bits, of a key that is a digest


def last_of_each(keys: Keys) -> Flags:
    """True for the last of all that are equal."""
    order = np.lexsort((keys[:, 1], keys[:, 0]))
    in_order = keys[order]
    last = np.ones(len(keys), bool)
    last[order[:-1]] = (in_order[1:] != in_order[:-1]).any(axis=1)
    return last


def found_in(keys: Keys, others: Keys) -> Flags:
    """Of each of `keys`, whether it is one of `others`. Where one of the two is short it takes little.

    Of others that share their first word, one is looked at. Should two different keys do so (once in some
    100,000 lists of 10 million), an entry is taken for changed that is not: it moves, and no match is lost.
    """
    if not len(others) or not len(keys):
        return np.zeros(len(keys), bool)
    if len(keys) * SHORTER < len(others):
        return _looked_up(keys, others[_may_be(others, keys)])
    if len(others) * SHORTER < len(keys):
        same = _may_be(keys, others)
        same[same] = _looked_up(keys[same], others)
        return same
    return _looked_up(keys, others)


def _looked_up(keys: Keys, others: Keys) -> Flags:
    if not len(others):
        return np.zeros(len(keys), bool)
    in_order = others[np.argsort(others[:, 0], kind="stable")]
    places = np.searchsorted(in_order[:, 0], keys[:, 0])
    places[places == len(in_order)] = 0
    same: Flags = (in_order[places] == keys).all(axis=1)
    return same


def _may_be(many: Keys, few: Keys) -> Flags:
    """Of each of many keys, whether its lowest bits are those of one of few: nearly always it then is one."""
    present = np.zeros(1 << LOWEST, bool)
    lowest = np.uint64((1 << LOWEST) - 1)
    present[few[:, 0] & lowest] = True
    found: Flags = present[many[:, 0] & lowest]
    return found
