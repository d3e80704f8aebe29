"""Bank holidays, from the maintained `holidays` library, as a plain set of days for the rules to be given."""

from datetime import date
from functools import cache

FIRST_YEAR, LAST_YEAR = 2010, 2060


@cache
def england_wales() -> frozenset[date]:
    """Every bank holiday in England and Wales from 2010 to 2060, substitutes and one-off days included."""
    import holidays  # calendars of every country: many a process never asks

    years = range(FIRST_YEAR, LAST_YEAR + 1)
    return frozenset(holidays.country_holidays("GB", subdiv="ENG", years=years))
