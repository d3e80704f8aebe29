"""Every form of list that can be read, by name."""

from lapwing.exchange.hash_sets.columns import PLAIN, THREATEXCHANGE
from lapwing.exchange.hash_sets.form import HashSet
from lapwing.exchange.hash_sets.ncmec_sharing import NCMEC_SHARING
from lapwing.exchange.hash_sets.nsrl import NSRL, NSRL_TEXT
from lapwing.exchange.hash_sets.vics import VICS

HASH_SETS: dict[str, HashSet] = {
    one.name: one for one in (VICS, NCMEC_SHARING, THREATEXCHANGE, NSRL_TEXT, NSRL, PLAIN)
}


def recognise_set(head: bytes) -> HashSet | None:
    """The form of a document by its first bytes (64 KiB are enough); None when it is of none that says so."""
    return next((one for one in HASH_SETS.values() if one.recognises(head)), None)
