"""Flight SQL by the ADBC driver: results of one connection that are read while others run on it."""

import contextlib
import os
import time

import adbc_driver_flightsql.dbapi as flight_dbapi
import adbc_driver_manager
import pytest
from harness import Tavana, eventually

pytestmark = pytest.mark.filterwarnings("error")

# One statement at a time: what is set aside must have given its slot back.
ENVIRONMENT = {"TAVANA_WORKER_SLOTS": "1", "TAVANA_QUEUE_WAIT_SECS": "20"}
ROWS = 1_000_000
LARGE = f"SELECT i, 'row ' || i AS s FROM range({ROWS}) t(i) ORDER BY i"
# More than drivers and connections hold.
HUGE = "SELECT i, md5(i::VARCHAR) AS s FROM range(4000000) t(i)"
SUM = ROWS * (ROWS - 1) // 2
# A statement that waits for its session waits for as long as a reader may be slow, and for a worker
# to write what is left of a result; far less than it waits for a slot.
SOON = 10


@contextlib.contextmanager
def connected(tavana):
    """A transaction, as the driver opens one for who asks for nothing else."""
    with flight_dbapi.connect(tavana.flight_uri) as connection, contextlib.ExitStack() as cursors:
        yield connection, lambda: cursors.enter_context(connection.cursor())


def rest_of(cursor):
    """The sum of the first column of what is left, and whether it is in order."""
    total, last = 0, -1
    while rows := cursor.fetchmany(200_000):
        numbers = [row[0] for row in rows]
        assert numbers == list(range(numbers[0], numbers[-1] + 1)) and numbers[0] > last
        total, last = total + sum(numbers), numbers[-1]
    return total


def one(cursor, sql):
    cursor.execute(sql)
    return cursor.fetchone()[0]


def test_a_result_that_is_half_read_waits_while_other_statements_and_the_commit_run(tavana):
    with connected(tavana) as (connection, cursor):
        half, other = cursor(), cursor()
        other.execute("CREATE TABLE t (i BIGINT)")
        half.execute(LARGE)
        assert half.fetchone() == (0, "row 0")
        began = time.monotonic()
        other.execute("INSERT INTO t SELECT range FROM range(10)")
        assert one(other, "SELECT sum(i)::BIGINT FROM t") == 45
        connection.commit()
        assert time.monotonic() - began < SOON
        assert rest_of(half) == SUM
    with connected(tavana) as (_, cursor):
        assert one(cursor(), "SELECT 42") == 42


def test_a_loop_over_one_result_may_run_statements_for_its_rows(tavana):
    with connected(tavana) as (_, cursor):
        outer, inner = cursor(), cursor()
        outer.execute(LARGE)
        for number in range(200):
            assert outer.fetchone()[0] == number
            assert one(inner, f"SELECT {number} + 1") == number + 1
        assert rest_of(outer) == SUM - 199 * 200 // 2


def test_several_results_are_half_read_at_once_and_each_is_whole(tavana):
    with connected(tavana) as (connection, cursor):
        cursors = [cursor() for _ in range(4)]
        for each in cursors:
            each.execute(LARGE)
            assert each.fetchone() == (0, "row 0")
        connection.rollback()
        for each in reversed(cursors):
            assert rest_of(each) == SUM


def test_a_half_read_result_that_is_closed_or_forgotten_leaves_nothing(tavana):
    spill = os.path.join(tavana.home, "spill")

    def left():
        links = []
        for handle in os.scandir(f"/proc/{tavana.process.pid}/fd"):
            with contextlib.suppress(FileNotFoundError):
                links.append(os.readlink(handle.path))
        return [link for link in links if link.startswith(spill) and link.endswith("(deleted)")]

    with connected(tavana) as (_, cursor):
        closed, forgotten, other = cursor(), cursor(), cursor()
        closed.execute(HUGE)
        closed.fetchone()
        forgotten.execute(HUGE)
        forgotten.fetchone()
        assert one(other, "SELECT 1") == 1
        assert len(left()) == 2
        closed.close()
        eventually("one file is gone", lambda: len(left()) == 1)
    eventually("both files are gone", lambda: not left())
    assert "tavana_queue_running 0" in tavana.get("/metrics")


def test_an_error_in_the_rest_of_a_half_read_result_fails_its_transaction(tavana):
    with connected(tavana) as (connection, cursor):
        half, other = cursor(), cursor()
        last = f"CASE WHEN i = {ROWS - 1} THEN error('the last row') END"
        half.execute(f"SELECT i, md5(i::VARCHAR) AS s, {last} AS e FROM range({ROWS}) t(i)")
        assert half.fetchone()[0] == 0
        with pytest.raises(adbc_driver_manager.Error, match="25P02"):
            other.execute("SELECT 1")
        with pytest.raises(adbc_driver_manager.Error, match="the last row"):
            half.fetchall()
        connection.rollback()
        assert one(other, "SELECT 1") == 1


def test_what_is_set_aside_is_bounded_and_who_reads_on_is_told():
    server = Tavana(env={"DUCKDB_MAX_TEMP_SIZE": "8MB", "TAVANA_WORKER_SLOTS": "1"})
    try:
        with connected(server) as (connection, cursor):
            half, other = cursor(), cursor()
            half.execute(HUGE)
            assert half.fetchone()[0] == 0
            with pytest.raises(adbc_driver_manager.Error, match="25P02"):
                other.execute("SELECT 1")
            with pytest.raises(adbc_driver_manager.Error, match="54000"):
                half.fetchall()
            connection.rollback()
            assert one(other, "SELECT 1") == 1
    finally:
        server.stop()
