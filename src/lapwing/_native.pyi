from typing import Any

from numpy.typing import NDArray

PATHS: tuple[str, ...]
SHA: int  # 1 where the processor has instructions for SHA-1 and SHA-256

def pdq_bits(samples: NDArray[Any], cosines: NDArray[Any], /) -> bytes: ...
def pdq_columns(
    samples: NDArray[Any], sums: NDArray[Any], channels: int, starts: NDArray[Any], weights: NDArray[Any], /
) -> None: ...
def pdq_rows(
    sums: NDArray[Any],
    rows: NDArray[Any],
    first: int,
    starts: NDArray[Any],
    weights: NDArray[Any],
    path: str,
    /,
) -> None: ...
def digest_three(state: bytearray, blocks: bytes | memoryview, /) -> None: ...
def find_exact(
    values: memoryview,
    size: int,
    entries: memoryview,
    starts: memoryview,
    bits: int,
    queries: NDArray[Any] | bytes,
    /,
) -> bytes: ...
def scan(
    entries: NDArray[Any],
    queries: NDArray[Any],
    numbers: NDArray[Any],
    distance: int,
    most: int,
    path: str,
    /,
) -> bytes: ...
def build_table(
    hashes: NDArray[Any],
    table: int,
    id_bytes: int,
    offsets: NDArray[Any],
    following: NDArray[Any],
    ids: NDArray[Any],
    /,
) -> None: ...
def search_tables(
    hashes: NDArray[Any],
    offsets: NDArray[Any],
    following: NDArray[Any],
    ids: NDArray[Any],
    id_bytes: int,
    queries: NDArray[Any],
    allowances: NDArray[Any],
    first: int,
    last: int,
    spent: NDArray[Any],
    budget: int,
    most: int,
    path: str,
    /,
) -> bytes: ...
def spread_bits(hashes: NDArray[Any], spread: NDArray[Any], /) -> None: ...
