from typing import Any

from numpy.typing import NDArray

PATHS: tuple[str, ...]
SHA: int  # 1 where the processor has instructions for SHA-1 and SHA-256

def digest_three(state: bytearray, blocks: bytes | memoryview, /) -> None: ...
def scan(entries: NDArray[Any], queries: NDArray[Any], distance: int, most: int, path: str, /) -> bytes: ...
