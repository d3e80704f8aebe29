"""How many requests came in this minute, in this process.

Counted by hand: the library tried for it, `limits`, started a thread at nearly every request.
"""

import threading
import time
from collections import Counter
from collections.abc import Hashable

_COUNTED: Counter[tuple[int, Hashable]] = Counter()  # by minute and whose
_COUNTING = threading.Lock()


def requests_of(whose: Hashable) -> int:
    """How many requests `whose` has made here in this minute, with this one."""
    minute = int(time.monotonic() // 60)
    with _COUNTING:
        if (minute, None) not in _COUNTED:  # nobody is None
            _COUNTED.clear()
            _COUNTED[minute, None] = 1
        _COUNTED[minute, whose] += 1
        return _COUNTED[minute, whose]
