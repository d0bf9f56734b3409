"""Three million rows in order through server-side cursors, with the memory of the client and the server flat."""

import time
from pathlib import Path

import psycopg
import psycopg2
from programme import MANY

SQL = f"SELECT i FROM generate_series(1, {MANY}) t(i) ORDER BY i"


def in_order(rows):
    """Counts, and fails at the first row that is not the next number."""
    expected = 0
    for (number,) in rows:
        expected += 1
        assert number == expected
    return expected


def test_psycopg_3_server_cursor(server):
    with psycopg.connect(server.dsn) as connection:
        with connection.cursor(name="many") as cursor:
            cursor.itersize = 10_000
            cursor.execute(SQL)
            assert in_order(cursor) == MANY


def test_psycopg_2_named_cursor(server):
    connection = psycopg2.connect(server.dsn)
    try:
        with connection.cursor(name="many") as cursor:
            cursor.itersize = 10_000
            cursor.execute(SQL)
            assert in_order(cursor) == MANY
    finally:
        connection.close()


def test_the_first_rows_of_a_billion_come_within_a_second(tavana):
    """And the engine does not hold the others."""
    with psycopg.connect(tavana.dsn) as connection:
        connection.execute("DECLARE warm CURSOR FOR SELECT 1")
        before = memory(tavana)
        started = time.monotonic()
        connection.execute("DECLARE many CURSOR FOR SELECT i FROM range(1000000000) t(i)")
        rows = connection.execute("FETCH 100 FROM many").fetchall()
        took = time.monotonic() - started
        assert rows == [(number,) for number in range(100)]
        assert took < 1
        assert memory(tavana) - before < 100 << 20


def memory(tavana):
    """Resident bytes of all engines."""
    total = 0
    for pid in tavana.engines():
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                total += int(line.split()[1]) << 10
    return total
