"""asyncpg: named statements, binary everywhere, Flush instead of Sync."""

import asyncio
import time

import asyncpg
import pytest


@pytest.fixture
def run(tavana):
    """Runs a coroutine function with a connection."""

    def with_connection(work, **options):
        async def go():
            connection = await asyncpg.connect(
                host=tavana.host, port=tavana.pg_port, user="tester", database="main", ssl=False, **options
            )
            try:
                return await work(connection)
            finally:
                await connection.close()

        return asyncio.run(go())

    return with_connection


def test_a_prepared_statement_gives_the_same_rows_ten_times(run):
    async def work(connection):
        statement = await connection.prepare("SELECT i, $1::INTEGER AS n FROM range(3) t(i) ORDER BY i")
        return [[tuple(row) for row in await statement.fetch(number)] for number in range(10)]

    assert run(work) == [[(0, n), (1, n), (2, n)] for n in range(10)]


def test_parameters_are_values(run):
    async def work(connection):
        await connection.execute("CREATE TABLE users (name VARCHAR)")
        await connection.executemany("INSERT INTO users VALUES ($1)", [("ann",), ("bob",)])
        counts = [
            await connection.fetchval("SELECT count(*) FROM users WHERE name = $1", name)
            for name in ("ann", "' OR 1=1 --", "'; DROP TABLE users; --")
        ]
        texts = [await connection.fetchval("SELECT $1::VARCHAR", text) for text in ("01234", "nan", "NULL", "")]
        data = await connection.fetchval("SELECT $1::BLOB", bytes(range(256)))
        return counts, texts, data

    assert run(work) == ([1, 0, 0], ["01234", "nan", "NULL", ""], bytes(range(256)))


def test_execute_tells_the_tag(run):
    async def work(connection):
        await connection.execute("CREATE TABLE t (i INTEGER)")
        return [
            await connection.execute("INSERT INTO t VALUES ($1)", 1),
            await connection.execute("INSERT INTO t SELECT i FROM range(5) r(i)"),
            await connection.execute("UPDATE t SET i = 9 WHERE i = 1"),
            await connection.execute("DELETE FROM t"),
            await connection.execute("SELECT 1; SELECT 2"),
        ]

    assert run(work) == ["INSERT 0 1", "INSERT 0 5", "UPDATE 2", "DELETE 6", "SELECT 1"]


def test_transactions_and_nested_ones(run):
    async def work(connection):
        await connection.execute("CREATE TABLE t (i INTEGER)")
        with pytest.raises(ZeroDivisionError):
            async with connection.transaction():
                await connection.execute("INSERT INTO t VALUES (1)")
                raise ZeroDivisionError
        first = await connection.fetchval("SELECT count(*) FROM t")
        async with connection.transaction():
            await connection.execute("INSERT INTO t VALUES (2)")
        with pytest.raises(asyncpg.UndefinedColumnError):
            async with connection.transaction():
                await connection.execute("INSERT INTO t VALUES (3)")
                await connection.fetch("SELECT bad")
        return first, await connection.fetch("SELECT i FROM t")

    first, rows = run(work)
    assert first == 0
    assert [tuple(row) for row in rows] == [(2,)]


def test_a_cursor_reads_in_parts(run):
    async def work(connection):
        async with connection.transaction():
            total = 0
            async for row in connection.cursor("SELECT i FROM range($1::BIGINT) t(i)", 5000, prefetch=100):
                total += row["i"]
            cursor = await connection.cursor("SELECT i FROM range(10) t(i)")
            parts = [await cursor.fetch(3), await cursor.fetch(3), await cursor.fetch(100)]
        return total, [[row["i"] for row in part] for part in parts]

    assert run(work) == (5000 * 4999 // 2, [[0, 1, 2], [3, 4, 5], [6, 7, 8, 9]])


def test_copy_records_in_and_a_query_out(run, tmp_path):
    async def work(connection):
        await connection.execute("CREATE TABLE t (i INTEGER, s VARCHAR, d DOUBLE)")
        records = [(number, None if number % 3 == 0 else f"v{number}", number / 2) for number in range(1000)]
        tag = await connection.copy_records_to_table("t", records=records, columns=["i", "s", "d"])
        target = tmp_path / "out.csv"
        await connection.copy_from_query("SELECT count(*), count(s), sum(d) FROM t", output=str(target), format="csv")
        return tag, target.read_text()

    assert run(work) == ("COPY 1000", "1000,666,249750\n")


def test_cancel_by_timeout_and_by_task(run):
    slow = "SELECT count(*) FROM range(1000000000000) a, range(1000) b WHERE a.range % 7 = b.range"

    async def work(connection):
        started = time.monotonic()
        with pytest.raises(asyncio.TimeoutError):
            await connection.fetch(slow, timeout=0.5)
        assert await connection.fetchval("SELECT 1") == 1
        task = asyncio.ensure_future(connection.fetch(slow))
        await asyncio.sleep(0.5)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await connection.fetchval("SELECT 2") == 2
        return time.monotonic() - started

    assert run(work) < 7


def test_a_pool_resets_its_connections(tavana):
    """By `SELECT pg_advisory_unlock_all(); CLOSE ALL; UNLISTEN *; RESET ALL;`."""

    async def work():
        async with asyncpg.create_pool(
            host=tavana.host, port=tavana.pg_port, user="tester", database="main", ssl=False, min_size=1, max_size=1
        ) as pool:
            async with pool.acquire() as connection:
                await connection.execute("SET application_name = 'first'")
                assert await connection.fetchval("SHOW application_name") == "first"
            async with pool.acquire() as connection:
                return await connection.fetchval("SHOW application_name")

    assert asyncio.run(work()) == ""


def test_errors_are_the_drivers_own_classes(run):
    async def work(connection):
        for sql, error in [
            ("SELECT bad", asyncpg.UndefinedColumnError),
            ("SELECT * FROM nothing", asyncpg.UndefinedTableError),
            ("SELEC 1", asyncpg.PostgresSyntaxError),
            ("SELECT nothing(1)", asyncpg.UndefinedFunctionError),
        ]:
            with pytest.raises(error):
                await connection.fetch(sql)
        return await connection.fetchval("SELECT 1")

    assert run(work) == 1
