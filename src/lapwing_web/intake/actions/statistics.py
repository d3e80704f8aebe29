"""What the database knows of its own tables, by which it chooses how to answer. Old after a large load."""

from django.db import connection

LARGE = 1000  # receipts: fewer change no plan
ROWS = 2000  # of an index that SQLite looks at: seconds at any size, and the plans are the same


def refresh_after(received: int) -> bool:
    """Have the tables looked at again when that many receipts are a large load. Returns whether they were.

    PostgreSQL does so by itself, minutes later and only where autovacuum is on; SQLite never does. Not to be
    called inside a transaction that others wait for.
    """
    if received < LARGE:
        return False
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"PRAGMA analysis_limit={ROWS}")
        cursor.execute("ANALYZE")
    return True
