"""postgres_fdw: a real PostgreSQL reads tavana's rows as foreign tables, by cursors.

Its sessions see no table that another session made, so its foreign tables are files: DuckDB reads
`"/folder/name"."parquet"` as the file /folder/name.parquet.
"""

import threading
import time

import duckdb
import psycopg
import pytest
from postgres import Postgres, debian_folder
from programme import CANCEL_SECONDS_MAX, MANY


def prepare(folder):
    with duckdb.connect() as oracle:
        # The order of the file is not the order of the numbers.
        oracle.execute(
            f"COPY (SELECT (i * 7919) % {MANY} AS id, 'n' || i AS name FROM range({MANY}) t(i)) "
            f"TO '{folder}/many.parquet'"
        )
        oracle.execute(
            f"""COPY (SELECT true AS b, 1::SMALLINT AS i2, -2::INTEGER AS i4, 3::BIGINT AS i8, 1.50::DECIMAL(9, 2) AS n,
                0.1::FLOAT AS f4, 0.1::DOUBLE AS f8, 'häß' AS t, '\\x00\\xFF'::BLOB AS y, DATE '2024-02-29' AS d,
                TIME '01:02:03.5' AS ti, TIMESTAMP '2024-02-29 01:02:03.5' AS ts, TIMESTAMPTZ '2024-02-29 01:02:03+02' AS tz,
                INTERVAL '1 day 2 hours' AS iv, 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::UUID AS u, [1, NULL, 3]::INTEGER[] AS a
            UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
            ) TO '{folder}/kinds.parquet'"""
        )


@pytest.fixture(scope="module")
def local():
    server = Postgres(bin_folder=debian_folder())
    yield server
    server.stop()


@pytest.fixture
def connection(local, tavana):
    local.fresh()
    with psycopg.connect(local.dsn, autocommit=True) as connection:
        for statement in (
            "CREATE EXTENSION postgres_fdw",
            f"CREATE SERVER tavana FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host '{tavana.host}', "
            f"port '{tavana.pg_port}', dbname 'main', sslmode 'disable', fetch_size '10000')",
            "CREATE USER MAPPING FOR tester SERVER tavana OPTIONS (user 'tester', password_required 'false')",
            f"CREATE FOREIGN TABLE many (id bigint, name text) SERVER tavana "
            f"OPTIONS (schema_name '{tavana.data}/many', table_name 'parquet')",
            "CREATE FOREIGN TABLE kinds (b boolean, i2 smallint, i4 integer, i8 bigint, n numeric(9,2), f4 real, "
            "f8 double precision, t text, y bytea, d date, ti time, ts timestamp, tz timestamptz, iv interval, u uuid, "
            f"a integer[]) SERVER tavana OPTIONS (schema_name '{tavana.data}/kinds', table_name 'parquet')",
        ):
            connection.execute(statement)
        yield connection


def test_conditions_orders_and_limits_are_sent(connection):
    plan = connection.execute("EXPLAIN VERBOSE SELECT name FROM many WHERE id = 7 ORDER BY id LIMIT 3").fetchall()
    assert any("Remote SQL" in line and "((id = 7))" in line for (line,) in plan), plan
    expected = [f"n{i}" for i in range(MANY) if (i * 7919) % MANY == 7]
    assert connection.execute("SELECT name FROM many WHERE id = 7").fetchall() == [(name,) for name in expected]
    # A parameter arrives as text with a type.
    assert connection.execute("SELECT count(*) FROM many WHERE id < %s", (1000,), prepare=True).fetchone() == (1000,)


def test_three_million_rows_come_complete_and_in_order(connection):
    started = time.monotonic()
    counted = connection.execute(
        "SELECT count(*), count(DISTINCT id), min(id), max(id), sum((id <> at)::int) "
        "FROM (SELECT id, row_number() OVER () - 1 AS at FROM (SELECT id FROM many ORDER BY id OFFSET 0) m) n"
    ).fetchone()
    assert counted == (MANY, MANY, 0, MANY - 1, 0)
    assert time.monotonic() - started < 60


def test_every_type_is_read(connection):
    connection.execute("SET TimeZone = 'UTC'")
    rows = connection.execute("SELECT k::text FROM (SELECT * FROM kinds) k ORDER BY b NULLS LAST").fetchall()
    assert rows == [
        (
            '(t,1,-2,3,1.50,0.1,0.1,häß,"\\\\x00ff",2024-02-29,01:02:03.5,"2024-02-29 01:02:03.5",'
            '"2024-02-28 23:02:03+00","1 day 02:00:00",a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11,"{1,NULL,3}")',
        ),
        ("(,,,,,,,,,,,,,,,)",),
    ]


def test_a_join_of_two_foreign_tables(connection):
    rows = connection.execute("SELECT k.t, m.id FROM kinds k JOIN many m ON m.id = k.i8").fetchall()
    assert rows == [("häß", 3)]


def test_errors_come_through_and_the_transaction_can_be_rolled_back(connection, tavana):
    connection.execute(
        f"CREATE FOREIGN TABLE wrong (nothing int) SERVER tavana "
        f"OPTIONS (schema_name '{tavana.data}/kinds', table_name 'parquet')"
    )
    with pytest.raises(psycopg.errors.UndefinedColumn):
        connection.execute("SELECT nothing FROM wrong")
    with connection.transaction():
        assert connection.execute("SELECT count(*) FROM kinds").fetchone() == (2,)
        with pytest.raises(psycopg.errors.UndefinedColumn):
            # A subtransaction is a savepoint on the other side.
            with connection.transaction():
                connection.execute("SELECT nothing FROM wrong")
        assert connection.execute("SELECT count(*) FROM kinds").fetchone() == (2,)
    assert connection.execute("SELECT count(*) FROM kinds").fetchone() == (2,)


def test_cancel_ends_the_statement_on_both_sides(connection):
    started = time.monotonic()
    timer = threading.Timer(1.0, connection.cancel)
    timer.start()
    with pytest.raises(psycopg.errors.QueryCanceled):
        connection.execute("SELECT count(*) FROM many a JOIN many b ON a.id % 3 = b.id % 3 AND a.name <> b.name")
    timer.join()
    assert time.monotonic() - started < 1 + CANCEL_SECONDS_MAX
    assert connection.execute("SELECT count(*) FROM kinds").fetchone() == (2,)


def test_a_schema_is_imported_from_the_catalog(connection):
    """A new session has no tables, so nothing is made; but every question to the catalog is answered."""
    connection.execute("CREATE SCHEMA imported")
    connection.execute("IMPORT FOREIGN SCHEMA public FROM SERVER tavana INTO imported")
    tables = "SELECT count(*) FROM information_schema.foreign_tables WHERE foreign_table_schema = 'imported'"
    assert connection.execute(tables).fetchone() == (0,)
