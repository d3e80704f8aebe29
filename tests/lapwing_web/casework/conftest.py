"""Fixtures for casework: a referral made from a real report document."""

import pytest
from tests.cast import Cast
from tests.lapwing_web.casework.made import Made, referral_from, report

from lapwing_web.casework.models import Referral


@pytest.fixture
def made(cast: Cast) -> Made:
    """`made(7)` is a referral from one report about subject 7; keyword arguments change the report."""

    def inside(number: int = 1, **given: object) -> Referral:
        return referral_from(report(number, **given), cast.intake)

    return inside
