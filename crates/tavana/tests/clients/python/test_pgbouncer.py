"""PgBouncer in transaction mode: many clients share a few sessions, each for one transaction."""

import asyncio
import threading
import time

import asyncpg
import psycopg
import pytest
from pgbouncer import PgBouncer
from programme import CANCEL_SECONDS_MAX, SLOW

@pytest.fixture
def pooled(server):
    pool = PgBouncer(server, pool=2)
    pool.kind = server.kind
    yield pool
    pool.stop()


def test_fifty_clients_share_two_sessions(pooled):
    results, errors = [], []

    def work(number):
        try:
            with psycopg.connect(pooled.dsn, prepare_threshold=None) as connection:
                for _ in range(4):
                    results.append(connection.execute("SELECT %s::INTEGER", (number,)).fetchone()[0] - number)
                    connection.commit()
        except Exception as error:  # noqa: BLE001 - it is what the test is about
            errors.append(repr(error))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (errors, results) == ([], [0] * 200)


def test_a_transaction_keeps_its_session_and_a_failed_one_gives_it_back(pooled):
    with psycopg.connect(pooled.dsn, prepare_threshold=None) as connection:
        connection.execute("CREATE TEMP TABLE mine (i INTEGER)")
        connection.execute("INSERT INTO mine VALUES (1)")
        assert connection.execute("SELECT i FROM mine").fetchall() == [(1,)]
        connection.rollback()
        with pytest.raises(psycopg.errors.UndefinedTable):
            connection.execute("SELECT i FROM mine")
        with pytest.raises(psycopg.errors.InFailedSqlTransaction):
            connection.execute("SELECT 1")
        connection.rollback()
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_a_cursor_lives_in_its_transaction(pooled):
    with psycopg.connect(pooled.dsn) as connection:
        with connection.cursor(name="c") as cursor:
            cursor.execute("SELECT i FROM generate_series(1, 10000) t(i) ORDER BY i")
            assert [row[0] for row in cursor] == list(range(1, 10001))


def test_errors_keep_their_states(pooled):
    with psycopg.connect(pooled.dsn, autocommit=True) as connection:
        for statement, state in (("SELECT bad", "42703"), ("SELEC 1", "42601"), ("SELECT 'x'::INTEGER", "22P02")):
            with pytest.raises(psycopg.Error) as error:
                connection.execute(statement)
            assert error.value.sqlstate == state


def test_copy_in_and_out(pooled):
    with psycopg.connect(pooled.dsn) as connection:
        connection.execute("CREATE TEMP TABLE c (i INTEGER, s TEXT)")
        with connection.cursor().copy("COPY c FROM STDIN") as copy:
            for number in range(1000):
                copy.write_row((number, None if number % 2 else "x"))
        with connection.cursor().copy("COPY (SELECT count(*), count(s), sum(i) FROM c) TO STDOUT") as copy:
            assert b"".join(bytes(part) for part in copy) == b"1000\t500\t499500\n"


def test_cancel_reaches_the_session_behind(pooled):
    with psycopg.connect(pooled.dsn, autocommit=True) as connection:
        started = time.monotonic()
        timer = threading.Timer(0.5, connection.cancel)
        timer.start()
        with pytest.raises(psycopg.errors.QueryCanceled):
            connection.execute(SLOW)
        timer.join()
        assert time.monotonic() - started < CANCEL_SECONDS_MAX
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_asyncpg_without_named_statements(pooled):
    async def work():
        connection = await asyncpg.connect(
            host=pooled.host, port=pooled.pg_port, user="tester", database="main", ssl=False, statement_cache_size=0
        )
        try:
            return [await connection.fetchval("SELECT $1::INTEGER * 2", number) for number in range(10)]
        finally:
            await connection.close()

    assert asyncio.run(work()) == [number * 2 for number in range(10)]
