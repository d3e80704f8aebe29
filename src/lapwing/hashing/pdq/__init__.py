"""PDQ: 256 bits of what a picture looks like. Pictures that look alike have hashes that are near."""

from lapwing.hashing.pdq.hashed import LOW_QUALITY, Pdq, PdqHashing, pdq_of
from lapwing.hashing.pdq.orientations import ORIENTATIONS, Turn
from lapwing.hashing.pdq.reference import SMALLEST, pdq_numpy

__all__ = ["LOW_QUALITY", "ORIENTATIONS", "SMALLEST", "Pdq", "PdqHashing", "Turn", "pdq_numpy", "pdq_of"]
