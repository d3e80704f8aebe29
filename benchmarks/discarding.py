"""A site that reads what is uploaded and keeps nothing, behind the same server software: what the way there
takes by itself. Run by `benchmarks.uploading`.
"""

from collections.abc import Callable, Iterable
from typing import Any

BLOCK = 256 * 2**10  # as lapwing_web.intake.api.bodies reads


def application(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    """Read the body to its end."""
    left = int(environ.get("CONTENT_LENGTH") or 0)
    while left:
        block = environ["wsgi.input"].read(min(BLOCK, left))
        if not block:
            break
        left -= len(block)
    start("200 OK", [("Content-Length", "0")])
    return [b""]
