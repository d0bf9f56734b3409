"""DuckDB's `ATTACH ... (TYPE postgres)`: reads every table by binary COPY, and trusts the catalog."""

import contextlib
import importlib.util
from pathlib import Path

import duckdb
import pytest
from programme import MANY, TYPES, types_table


@contextlib.contextmanager
def scanner():
    package = Path(importlib.util.find_spec("duckdb_extension_postgres_scanner").origin).parent
    (extension,) = package.rglob("postgres_scanner.duckdb_extension")
    with duckdb.connect() as connection:
        connection.execute(f"LOAD '{extension}'")
        connection.execute("SET TimeZone = 'UTC'")
        # One connection: tables of tavana belong to a session.
        connection.execute("SET pg_connection_limit = 1")
        connection.execute("SET pg_pool_enable_thread_local_cache = false")
        yield connection


@pytest.fixture
def duck():
    with scanner() as connection:
        yield connection


def attach(duck, server, *options):
    duck.execute(f"ATTACH '{server.dsn}' AS remote ({', '.join(['TYPE postgres', *options])})")


def remote(duck, statement):
    """A statement that the server executes."""
    quoted = statement.replace("'", "''")
    duck.execute(f"CALL postgres_execute('remote', '{quoted}')")


def test_a_query_of_the_server_is_read(server, duck):
    attach(duck, server)
    sql = "SELECT i, i * 0.5 AS half, NULL AS nothing FROM generate_series(1, 10000) t(i) ORDER BY i"
    rows = duck.execute("SELECT * FROM postgres_query('remote', $1)", [sql]).fetchall()
    assert [row[0] for row in rows] == list(range(1, 10001))
    assert all(float(row[1]) == row[0] * 0.5 and row[2] is None for row in rows)


def test_errors_come_through(server, duck):
    attach(duck, server)
    with pytest.raises(duckdb.Error, match="bad"):
        duck.execute("SELECT * FROM postgres_query('remote', 'SELECT bad')")
    assert duck.execute("SELECT * FROM postgres_query('remote', 'SELECT 1 AS one')").fetchall() == [(1,)]


def test_three_million_rows_come_complete(server, duck):
    attach(duck, server)
    sql = f"SELECT i FROM generate_series(1, {MANY}) t(i) ORDER BY i"
    counted = duck.execute(
        "SELECT count(*), count(DISTINCT i), min(i), max(i), sum((i <> n)::INTEGER) "
        "FROM (SELECT i, row_number() OVER () AS n FROM postgres_query('remote', $1))",
        [sql],
    ).fetchone()
    assert counted == (MANY, MANY, 1, MANY, 0)


def test_thirty_types_are_read_as_postgresqls_are(postgres18, tavana):
    """By a query and from a table: then the types come from the catalog."""
    postgres18.fresh()
    seen = {}
    for kind, server in (("postgres", postgres18), ("tavana", tavana)):
        with scanner() as duck:
            attach(duck, server)
            remote(duck, "SET TimeZone = 'UTC'")
            # Between transactions a connection goes back to the pool, which resets it.
            duck.execute("BEGIN")
            for statement in types_table(kind):
                remote(duck, statement)
            query = "SELECT " + ", ".join(f"{one[kind]} AS {one['name']}" for one in TYPES)
            query = query.replace("'", "''")
            seen[kind, "query"] = types_and_texts(duck, f"FROM postgres_query('remote', '{query}')")
            duck.execute("CALL pg_clear_cache()")
            seen[kind, "table"] = types_and_texts(duck, 'FROM remote.types ORDER BY "integer" NULLS LAST')
    for how in ("query", "table"):
        for number, one in enumerate(TYPES):
            got, expected = ([row[number] for row in seen[kind, how]] for kind in ("tavana", "postgres"))
            assert got == expected, (how, one["name"])
    assert seen["tavana", "table"][2] == (None,) * len(TYPES)


def types_and_texts(duck, source):
    """The row of the types, then the rows as texts."""
    types = tuple(row[1] for row in duck.execute(f"DESCRIBE {source}").fetchall())
    return [types, *duck.execute(f"SELECT COLUMNS(*)::VARCHAR {source}").fetchall()]


def test_tables_are_listed_written_and_read(server, duck):
    attach(duck, server)
    # Between transactions a connection goes back to the pool, which resets it.
    duck.execute("BEGIN")
    duck.execute("CREATE TABLE remote.public.made (id INTEGER, name VARCHAR, price DECIMAL(10, 2), made TIMESTAMP)")
    duck.execute(
        "INSERT INTO remote.public.made SELECT i, CASE WHEN i % 3 <> 0 THEN 'n' || i END, i / 4, "
        "TIMESTAMP '2024-02-29 12:00:00' + to_seconds(i) FROM range(1000) t(i)"
    )
    tables = duck.execute(
        "SELECT table_name FROM duckdb_tables() WHERE database_name = 'remote' AND schema_name = 'public'"
    )
    assert tables.fetchall() == [("made",)]
    read = duck.execute("SELECT count(*), count(name), sum(price), max(made)::VARCHAR FROM remote.made").fetchone()
    assert (read[0], read[1], float(read[2]), read[3]) == (1000, 666, 124875.0, "2024-02-29 12:16:39")
    # The condition is sent to the server as text.
    assert duck.execute("SELECT name FROM remote.made WHERE id = 7").fetchall() == [("n7",)]
    duck.execute("DROP TABLE remote.made")
    duck.execute("COMMIT")
