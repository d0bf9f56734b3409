"""psqlODBC, as Excel, Power BI and Access use it, through pyodbc."""

import datetime
import decimal
import glob
import threading
import time

import pyodbc
import pytest
from programme import CANCEL_SECONDS_MAX, ERRORS, ERRORS_NEED, SHOP, SLOW, TYPES, types_table

pyodbc.pooling = False


def connect(server, autocommit=True, **options):
    (driver,) = glob.glob("/usr/lib/*/odbc/psqlodbcw.so")
    fields = {
        "DRIVER": driver, "SERVER": server.host, "PORT": server.pg_port, "DATABASE": "main", "UID": "tester",
        "SSLmode": "disable", **options,
    }  # fmt: skip
    text = ";".join(f"{name}={value}" for name, value in fields.items())
    return pyodbc.connect(text, autocommit=autocommit, timeout=30)


def one(connection, statement, *parameters):
    """The first row as a tuple: a pyodbc.Row equals no tuple."""
    return tuple(connection.execute(statement, *parameters).fetchone())


@pytest.fixture
def connection(server):
    connection = connect(server)
    yield connection
    connection.close()


def test_it_tells_what_it_is_connected_to(connection):
    assert connection.getinfo(pyodbc.SQL_DBMS_NAME) == "PostgreSQL"
    assert connection.getinfo(pyodbc.SQL_DATABASE_NAME) == "main"
    assert one(connection, "SELECT 1, 'two', NULL") == (1, "two", None)


def test_parameters_are_values(connection):
    connection.execute("CREATE TABLE users (name TEXT)")
    connection.cursor().executemany("INSERT INTO users VALUES (?)", [("ann",), ("bob",), ("' OR 1=1 --",)])
    for name, count in (("ann", 1), ("' OR 1=1 --", 1), ("'; DROP TABLE users; --", 0)):
        assert one(connection, "SELECT count(*) FROM users WHERE name = ?", name) == (count,)
    for value, cast in (
        (7, "INTEGER"), (2**62, "BIGINT"), (decimal.Decimal("12.340"), "NUMERIC(9,3)"), (0.1, "DOUBLE PRECISION"),
        ("häß 🦆", "TEXT"), (b"\x00\xff\\", "BYTEA"), (datetime.date(2024, 2, 29), "DATE"), (None, "TEXT"),
        (datetime.datetime(2024, 2, 29, 1, 2, 3, 4000), "TIMESTAMP"), (True, "BOOLEAN"),
    ):  # fmt: skip
        got = one(connection, f"SELECT ?::{cast}", value)[0]
        # psqlODBC gives a boolean as text, unless it is told otherwise.
        assert got in (value, "1") if cast == "BOOLEAN" else got == value, (value, got)


def test_thirty_types_are_read_as_postgresqls_are(postgres18, tavana):
    postgres18.fresh()
    seen = {}
    for server, kind in ((postgres18, "postgres"), (tavana, "tavana")):
        connection = connect(server)
        connection.execute("SET TimeZone = 'UTC'")
        for statement in types_table(kind):
            connection.execute(statement)
        cursor = connection.execute("SELECT * FROM types ORDER BY 2 NULLS LAST")
        columns = [column[:2] for column in cursor.description]
        seen[kind] = columns, [tuple(row) for row in cursor.fetchall()]
        connection.close()
    for number, kind in enumerate(TYPES):
        assert [part[number] for part in (seen["tavana"][0], *seen["tavana"][1])] == [
            part[number] for part in (seen["postgres"][0], *seen["postgres"][1])
        ], kind["name"]
    assert seen["tavana"][1][1] == (None,) * len(TYPES)


def test_errors_have_postgresqls_states(connection):
    for statement in ERRORS_NEED:
        connection.execute(statement)
    seen = []
    for statement, _ in ERRORS:
        with pytest.raises(pyodbc.Error) as error:
            connection.execute(statement)
        seen.append((statement, error.value.args[0]))
    # ODBC has names of its own for some of them.
    names = {"42P01": "42S02", "42703": "42S22", "42P07": "42S01"}
    expected = [(statement, names.get(state, state)) for statement, state in ERRORS]
    assert [(s, names.get(state, state)) for s, state in seen] == expected


def test_transactions_commit_roll_back_and_go_on_after_an_error(server):
    """By default a failing statement is undone alone, by a savepoint."""
    connection = connect(server, autocommit=False)
    connection.execute("CREATE TABLE t (i INTEGER)")
    connection.commit()
    connection.execute("INSERT INTO t VALUES (1)")
    connection.rollback()
    connection.execute("INSERT INTO t VALUES (2)")
    connection.commit()
    assert [tuple(row) for row in connection.execute("SELECT i FROM t")] == [(2,)]
    with pytest.raises(pyodbc.Error):
        connection.execute("SELECT bad")
    assert one(connection, "SELECT i FROM t") == (2,)
    connection.rollback()
    connection.close()


def test_a_failed_block_must_be_rolled_back(server):
    """Protocol=7.4-0: the driver sets no savepoints."""
    connection = connect(server, autocommit=False, Protocol="7.4-0")
    connection.execute("SELECT 1").fetchall()
    with pytest.raises(pyodbc.Error):
        connection.execute("SELECT bad")
    with pytest.raises(pyodbc.Error) as error:
        connection.execute("SELECT 1")
    assert error.value.args[0] == "25P02"
    connection.rollback()
    assert one(connection, "SELECT 1") == (1,)
    connection.close()


def test_declare_fetch_reads_many_rows_in_parts(server):
    connection = connect(server, autocommit=False, UseDeclareFetch=1, Fetch=1000)
    cursor = connection.execute("SELECT i FROM generate_series(1, 100000) t(i) ORDER BY i")
    expected = 1
    while rows := cursor.fetchmany(5000):
        for (number,) in rows:
            assert number == expected
            expected += 1
    assert expected == 100_001
    connection.rollback()
    connection.close()


def test_cancel_ends_a_statement(connection):
    cursor = connection.cursor()
    started = time.monotonic()
    timer = threading.Timer(0.5, cursor.cancel)
    timer.start()
    with pytest.raises(pyodbc.Error) as error:
        cursor.execute(SLOW)
    timer.join()
    assert error.value.args[0] in ("57014", "HY008")
    assert time.monotonic() - started < CANCEL_SECONDS_MAX
    assert one(connection, "SELECT 1") == (1,)


def test_the_catalog_functions_tell_the_same_as_on_postgresql(postgres18, tavana):
    postgres18.fresh()
    seen = {}
    for server in (postgres18, tavana):
        connection = connect(server)
        for statement in SHOP:
            connection.execute(statement)
        cursor = connection.cursor
        # In this order: psqlODBC cannot read the integers of SQLColumns after SQLTables.
        seen[server] = {
            # The last columns but three are numbers of objects.
            "columns": [tuple(row)[:22] for row in cursor().columns(table="purchase")],
            "columns of a view": [tuple(row)[:7] for row in cursor().columns(table="debtor")],
            "primary keys": [tuple(row) for row in cursor().primaryKeys(table="item", schema="store")],
            "foreign keys": [tuple(row) for row in cursor().foreignKeys(foreignTable="purchase")],
            "statistics": sorted(tuple(row)[1:10] for row in cursor().statistics("customer") if row[5]),
            "unique": [tuple(row)[1:6] for row in cursor().statistics("customer", unique=True) if row[5]],
            "row id": [tuple(row) for row in cursor().rowIdColumns("customer")],
            "types": [tuple(row)[:2] for row in cursor().getTypeInfo()],
            "tables": sorted(tuple(row)[1:4] for row in cursor().tables(schema="public")),
        }
        connection.close()
    expected, got = seen[postgres18], seen[tavana]
    for name in expected:
        assert got[name] == expected[name], name
    assert len(expected["columns"]) == 6 and len(expected["foreign keys"]) == 1
