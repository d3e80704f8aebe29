"""What the database knows of its own tables, by which it chooses how to answer. Old after a large load."""

from django.db import connection

LARGE = 1000  # receipts: fewer change no plan


def refresh_after(received: int) -> bool:
    """Have the tables looked at again when that many receipts are a large load. Returns whether they were.

    Half a second at 200,000 referrals. PostgreSQL does so by itself, minutes later and only where autovacuum
    is on; SQLite never does. Not to be called inside a transaction that others wait for.
    """
    if received < LARGE:
        return False
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # the whole: SQLite’s shorter look made home three times slower at 200,000
    return True
