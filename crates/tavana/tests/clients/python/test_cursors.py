"""Cursors as Python's drivers declare them: in both directions, held, and over large results."""

import psycopg
import psycopg2
import pytest


def arguments(tavana):
    return {"host": tavana.host, "port": tavana.pg_port, "user": "tester", "dbname": "main"}


@pytest.fixture
def psycopg3(tavana):
    with psycopg.connect(**arguments(tavana)) as connection:
        yield connection


@pytest.fixture
def two(tavana):
    connection = psycopg2.connect(**arguments(tavana))
    yield connection
    connection.close()


TEN = "SELECT i FROM range(10) t(i) ORDER BY i"


def test_psycopg_scrolls(psycopg3):
    with psycopg3.cursor(name='odd "name"', scrollable=True) as cursor:
        cursor.execute(TEN)
        assert cursor.fetchmany(3) == [(0,), (1,), (2,)]
        cursor.scroll(2)
        assert cursor.fetchone() == (5,)
        cursor.scroll(-4)
        assert cursor.fetchone() == (2,)
        cursor.scroll(8, mode="absolute")
        assert cursor.fetchall() == [(8,), (9,)]


def test_psycopg_holds(psycopg3):
    with psycopg3.cursor(name="held", withhold=True) as cursor:
        cursor.execute(TEN)
        assert cursor.fetchone() == (0,)
        psycopg3.commit()
        assert psycopg3.execute("SELECT 1").fetchone() == (1,)
        psycopg3.rollback()
        assert cursor.fetchall() == [(number,) for number in range(1, 10)]


def test_psycopg_reads_a_large_ordered_result_in_parts(psycopg3):
    rows = 300_000
    with psycopg3.cursor(name="large") as cursor:
        cursor.itersize = 10_000
        cursor.execute(f"SELECT i FROM range({rows}) t(i) ORDER BY i DESC")
        assert [row[0] for row in cursor] == list(range(rows - 1, -1, -1))


def test_psycopg2_scrolls_and_holds(two):
    cursor = two.cursor("scrolling", scrollable=True)
    cursor.execute(TEN)
    assert cursor.fetchmany(2) == [(0,), (1,)]
    cursor.scroll(3)
    assert cursor.fetchone() == (5,)
    cursor.scroll(1, mode="absolute")
    assert cursor.fetchone() == (1,)
    cursor.scroll(-2)
    assert cursor.fetchone() == (0,)
    two.commit()
    held = two.cursor("held", withhold=True)
    held.execute(TEN)
    two.commit()
    assert held.fetchall() == [(number,) for number in range(10)]
    held.close()


def test_psycopg2_goes_forward_without_being_told_how(two):
    cursor = two.cursor("plain")
    cursor.execute(TEN)
    cursor.scroll(4, mode="absolute")
    assert cursor.fetchone() == (4,)
    with pytest.raises(psycopg2.errors.ObjectNotInPrerequisiteState):
        cursor.scroll(-1)
        cursor.fetchone()
    two.rollback()
