"""A referral made from a real report document, as for casework."""

from tests.lapwing_web.casework.conftest import made

__all__ = ["made"]
