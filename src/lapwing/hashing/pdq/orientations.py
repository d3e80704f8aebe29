"""The eight ways a picture can lie, as EXIF numbers them."""

import numpy as np
from msgspec import Struct

from lapwing.hashing.pdq.reference import Floats


class Turn(Struct, frozen=True):
    """What to do to stored pixels so that they lie as they should: turn the rows, the columns, then swap."""

    rows: bool  # the last row first
    columns: bool  # the last column first
    swapped: bool  # rows become columns, after that

    def of(self, pixels: Floats) -> Floats:
        """The pixels, or anything laid out like them, the right way up."""
        turned = pixels[:: -1 if self.rows else 1, :: -1 if self.columns else 1]
        return np.ascontiguousarray(turned.swapaxes(0, 1) if self.swapped else turned)

    def then(self, other: "Turn") -> "Turn":
        """This turn and then the other, as one."""
        if self.swapped:  # the other's rows are columns of what is stored
            return Turn(self.rows != other.columns, self.columns != other.rows, not other.swapped)
        return Turn(self.rows != other.rows, self.columns != other.columns, other.swapped)


# The numbers are those of EXIF 2.32, tag 0x0112.
ORIENTATIONS: dict[int, Turn] = {
    1: Turn(rows=False, columns=False, swapped=False),
    2: Turn(rows=False, columns=True, swapped=False),
    3: Turn(rows=True, columns=True, swapped=False),
    4: Turn(rows=True, columns=False, swapped=False),
    5: Turn(rows=False, columns=False, swapped=True),
    6: Turn(rows=True, columns=False, swapped=True),
    7: Turn(rows=True, columns=True, swapped=True),
    8: Turn(rows=False, columns=True, swapped=True),
}
