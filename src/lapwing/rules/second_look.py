"""Second look: which decisions are drawn to be decided again, the same ones every time the rule is run."""

from hashlib import sha256


def chosen(key: str, share: float) -> bool:
    """Whether the decision named by `key` falls in a `share` (0 to 1) of all of them. The same answer every
    time.

    A decision drawn at one share is drawn at every greater share.
    """
    place = int.from_bytes(sha256(key.encode("utf-8", "surrogatepass")).digest()[:8])
    return place < share * 2**64
