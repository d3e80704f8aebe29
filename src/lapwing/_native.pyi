from typing import Any

from numpy.typing import NDArray

PATHS: tuple[str, ...]

def scan(entries: NDArray[Any], queries: NDArray[Any], distance: int, most: int, path: str, /) -> bytes: ...
