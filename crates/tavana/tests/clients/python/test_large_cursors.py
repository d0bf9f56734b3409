"""Three million rows in order through server-side cursors, with the memory of the client and the server flat."""

import time
from pathlib import Path

import psycopg
import psycopg2
import pytest
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


@pytest.mark.parametrize("sessions", (20,))
def test_many_cursors_read_in_turns_lose_no_row(tavana, sessions):
    cursors_each, rows_each, step = 10, 500, 50
    connections = [psycopg.connect(tavana.dsn) for _ in range(sessions)]
    try:
        for number, connection in enumerate(connections):
            for cursor in range(cursors_each):
                connection.execute(
                    f"DECLARE c{cursor} CURSOR FOR SELECT i + {number} FROM range({rows_each}) t(i) ORDER BY i"
                )
        for start in range(0, rows_each, step):
            for cursor in range(cursors_each):
                for number, connection in enumerate(connections):
                    rows = connection.execute(f"FETCH {step} FROM c{cursor}").fetchall()
                    assert rows == [(number + at,) for at in range(start, start + step)]
    finally:
        for connection in connections:
            connection.close()
