"""Pictures as SVG, drawn by Altair and vl-convert in this process, without a browser (docs/adr/0009).

A picture is remembered by what it shows, so it is drawn once; a browser that holds it is told so.
"""

from collections.abc import Callable, Hashable
from functools import lru_cache
from hashlib import sha256
from threading import Lock
from typing import Any, Generic, TypeVar

import msgspec
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified

FONT = "Helvetica Neue, Helvetica, Arial, Liberation Sans, sans-serif"
WIDTHS = {"wide": 860, "narrow": 300}  # CSS pixels
Data = TypeVar("Data", bound=Hashable)


class Picture(Generic[Data]):
    """One kind of picture. `chart(altair, data, size)` makes the chart, `size` being `wide` or `narrow`;
    `look` is what else it depends on: colours, heights.
    """

    def __init__(self, chart: Callable[[Any, Data, str], Any], look: Any) -> None:
        self._chart, self._look = chart, look
        self._drawing = Lock()  # a second asker waits for the first one's work instead of doing it again
        self._drawn = lru_cache(maxsize=64)(self._draw)

    def answer(self, request: HttpRequest, data: Data) -> HttpResponse:
        """The picture of `data`, `?size=narrow` for a small screen; or that the asker has it."""
        size = "narrow" if request.GET.get("size") == "narrow" else "wide"
        shown = msgspec.json.encode((data, size, WIDTHS, self._look))
        tag = f'"{sha256(shown).hexdigest()[:32]}"'
        if request.headers.get("If-None-Match") == tag:
            response: HttpResponse = HttpResponseNotModified()
        else:
            with self._drawing:
                response = HttpResponse(self._drawn(data, size), "image/svg+xml")
        response["ETag"] = tag
        return response

    def _draw(self, data: Data, size: str) -> str:
        import altair  # a second or so, and only the first picture pays for it
        import vl_convert

        chart = self._chart(altair, data, size)
        chart = chart.configure(font=FONT, background="white", padding=4, view=altair.ViewConfig(stroke=None))
        drawing: str = vl_convert.vegalite_to_svg(chart.to_json(), vl_version=None)
        return drawing
