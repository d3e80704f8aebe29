"""What a site with a licence would name in LAPWING_PHOTODNA, were it as bad as the file's name says.

The value it gives has nothing to do with PhotoDNA: 144 bytes of the path's own hash.
"""

import hashlib
import os
import signal
import time


def value(path: bytes) -> object:
    """144 bytes; or what the name asks for: to sleep, to die, to eat all memory, to give nothing."""
    if b"slow" in path:
        time.sleep(60)
    if b"deadly" in path:
        os.kill(os.getpid(), signal.SIGKILL)
    if b"greedy" in path:
        return bytearray(1 << 40)
    return None if b"nothing" in path else hashlib.shake_256(path).digest(144)
