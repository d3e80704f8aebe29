"""The forms in which lists of known files are published, each read from a stream, entry by entry."""

from lapwing.exchange.hash_sets.form import HashSet
from lapwing.exchange.hash_sets.forms import HASH_SETS, recognise_set

__all__ = ["HASH_SETS", "HashSet", "recognise_set"]
