"""NCMEC CyberTipline XML: the `report` and `fileDetails` documents that companies' software already speaks.

Every element and attribute of NCMEC's schema has a line in the tables here; `read` and `write` run them.
"""

from lapwing.exchange.ncmec.documents import FILE_DETAILS, REPORT, documents

__all__ = ["FILE_DETAILS", "REPORT", "documents"]
