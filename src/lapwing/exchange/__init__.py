"""Wire formats: one module each, listed in FORMATS; every one reads into and writes from
`lapwing.report.Report`.
"""

from lapwing.exchange.format import Format
from lapwing.exchange.formats import FORMATS, read, recognise
from lapwing.exchange.identity import content_sha256, to_json
from lapwing.exchange.unreadable import Unreadable, Unwritable

__all__ = ["FORMATS", "Format", "Unreadable", "Unwritable", "content_sha256", "read", "recognise", "to_json"]
