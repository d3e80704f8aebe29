"""After a large load the database knows its tables; after a small one it is left alone."""

import pytest
from django.db import connection

from lapwing_web.intake.actions.statistics import LARGE, refresh_after
from lapwing_web.staff.actions import load_organisations

KNOWN = {
    "sqlite": "SELECT COUNT(*) FROM sqlite_stat1 WHERE tbl = 'staff_organisation'",
    "postgresql": "SELECT COUNT(*) FROM pg_stats WHERE tablename = 'staff_organisation'",
}


@pytest.mark.django_db
def test_the_tables_are_looked_at_after_a_large_load_only() -> None:
    load_organisations()
    assert refresh_after(LARGE - 1) is False
    assert refresh_after(LARGE) is True
    with connection.cursor() as cursor:
        cursor.execute(KNOWN[connection.vendor])
        assert cursor.fetchone()[0] > 0
