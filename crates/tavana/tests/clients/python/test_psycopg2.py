"""psycopg2: every parameter is written into the statement by the driver, every result is text."""

import datetime
import decimal
import threading
import time
import uuid

import psycopg2
import psycopg2.extras
import pytest
from programme import CANCEL_SECONDS_MAX, ERRORS, ERRORS_NEED, SHOP, SLOW, TYPES, types_table


@pytest.fixture
def connection(server):
    connection = psycopg2.connect(server.dsn)
    connection.autocommit = True
    yield connection
    connection.close()


def one(connection, statement, parameters=None):
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchone()


def test_parameters_of_every_type_go_there_and_back(connection):
    psycopg2.extras.register_uuid(conn_or_curs=connection)
    for value, cast in (
        (7, "INTEGER"), (2**62, "BIGINT"), (decimal.Decimal("12.340"), "NUMERIC(9,3)"), (0.1, "DOUBLE PRECISION"),
        (True, "BOOLEAN"), ("' OR 1=1 -- \\ häß 🦆", "TEXT"), ("", "TEXT"), (None, "TEXT"),
        (datetime.date(2024, 2, 29), "DATE"), (datetime.time(1, 2, 3, 4), "TIME"),
        (datetime.datetime(2024, 2, 29, 1, 2, 3, 4), "TIMESTAMP"), (datetime.timedelta(days=2, seconds=3), "INTERVAL"),
        (uuid.UUID("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"), "UUID"), ([1, None, 3], "INTEGER[]"), (["a", "b,'c"], "TEXT[]"),
    ):  # fmt: skip
        assert one(connection, f"SELECT %s::{cast}", (value,)) == (value,), cast
    assert one(connection, "SELECT %s IN %s, %s = ANY(%s)", (2, (1, 2), 3, [1, 2])) == (True, False)


def test_bytes_arrive_as_they_are(connection):
    """The driver writes them as '\\x…'::bytea."""
    data = bytes(range(256))
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE files (name TEXT, data BYTEA)")
        cursor.execute("INSERT INTO files VALUES (%s, %s), ('empty', %s)", ("all", data, b""))
        cursor.execute("SELECT data, octet_length(data) FROM files ORDER BY name")
        assert [(bytes(stored), length) for stored, length in cursor.fetchall()] == [(data, 256), (b"", 0)]
    assert one(connection, "SELECT count(*) FROM files WHERE data = %s", (data,)) == (1,)


def test_thirty_types_are_read_as_postgresqls_are(postgres18, tavana):
    postgres18.fresh()
    seen = {}
    for kind, server in (("postgres", postgres18), ("tavana", tavana)):
        connection = psycopg2.connect(server.dsn)
        with connection.cursor() as cursor:
            cursor.execute("SET TimeZone = 'UTC'")
            for statement in types_table(kind):
                cursor.execute(statement)
            cursor.execute("SELECT * FROM types ORDER BY 2 NULLS LAST")
            rows = [[bytes(v) if isinstance(v, memoryview) else v for v in row] for row in cursor.fetchall()]
            seen[kind] = [(column.name, column.type_code, column.precision, column.scale) for column in cursor.description], *rows
        connection.close()
    for number, kind in enumerate(TYPES):
        got, expected = ([part[number] for part in seen[name]] for name in ("tavana", "postgres"))
        assert got == expected, kind["name"]
    assert seen["tavana"][2] == [None] * len(TYPES)


def test_errors_have_postgresqls_states_and_the_session_goes_on(connection):
    seen = []
    with connection.cursor() as cursor:
        for statement in ERRORS_NEED:
            cursor.execute(statement)
        for statement, _ in ERRORS:
            with pytest.raises(psycopg2.Error) as error:
                cursor.execute(statement)
            seen.append((statement, error.value.pgcode))
    assert seen == list(ERRORS)
    assert one(connection, "SELECT 1") == (1,)


def test_a_failed_block_must_be_rolled_back(server):
    connection = psycopg2.connect(server.dsn)
    with connection.cursor() as cursor:
        with pytest.raises(psycopg2.errors.UndefinedColumn):
            cursor.execute("SELECT bad")
        with pytest.raises(psycopg2.errors.InFailedSqlTransaction):
            cursor.execute("SELECT 1")
    connection.rollback()
    assert one(connection, "SELECT 1") == (1,)
    connection.rollback()
    connection.set_session(isolation_level="SERIALIZABLE", readonly=True)
    with connection.cursor() as cursor, pytest.raises(psycopg2.errors.ReadOnlySqlTransaction):
        cursor.execute("CREATE TABLE refused (i INTEGER)")
    connection.close()


def test_cursors_scroll_and_outlive_their_transaction(server):
    connection = psycopg2.connect(server.dsn)
    with connection.cursor("scrolling", scrollable=True) as cursor:
        cursor.execute("SELECT i FROM generate_series(1, 100) t(i) ORDER BY i")
        assert cursor.fetchmany(3) == [(1,), (2,), (3,)]
        cursor.scroll(-2)
        assert cursor.fetchone() == (2,)
        cursor.scroll(50, mode="absolute")
        assert cursor.fetchone() == (51,)
    with connection.cursor("kept", withhold=True) as cursor:
        cursor.execute("SELECT i FROM generate_series(1, 100) t(i) ORDER BY i")
        connection.commit()
        assert [number for (number,) in cursor] == list(range(1, 101))
    connection.close()


def test_cancel_ends_a_statement(connection):
    started = time.monotonic()
    timer = threading.Timer(0.5, connection.cancel)
    timer.start()
    with pytest.raises(psycopg2.errors.QueryCanceled):
        one(connection, SLOW)
    timer.join()
    assert time.monotonic() - started < CANCEL_SECONDS_MAX
    assert one(connection, "SELECT 1") == (1,)


def test_the_information_schema_tells_of_tables_and_columns(connection):
    with connection.cursor() as cursor:
        for statement in SHOP:
            cursor.execute(statement)
        cursor.execute(
            "SELECT table_schema, table_name, table_type FROM information_schema.tables "
            "WHERE table_schema NOT IN ('pg_catalog', 'information_schema') ORDER BY 1, 2"
        )
        assert cursor.fetchall() == [
            ("public", "customer", "BASE TABLE"), ("public", "debtor", "VIEW"), ("public", "purchase", "BASE TABLE"),
            ("store", "item", "BASE TABLE"),
        ]  # fmt: skip
        cursor.execute(
            "SELECT column_name, data_type, is_nullable, ordinal_position, numeric_precision, numeric_scale "
            "FROM information_schema.columns WHERE table_name = %s ORDER BY ordinal_position",
            ("customer",),
        )
        assert cursor.fetchall() == [
            ("id", "integer", "NO", 1, 32, 0), ("name", "text", "NO", 2, None, None),
            ("email", "text", "YES", 3, None, None), ("credit", "numeric", "YES", 4, 10, 2),
            ("born", "date", "YES", 5, None, None),
        ]  # fmt: skip


def test_reset_gives_back_a_clean_session(connection):
    with connection.cursor() as cursor:
        cursor.execute("SET application_name = 'mine'")
    connection.reset()
    assert one(connection, "SHOW application_name") == ("",)
