"""Statements with very many words: they mean what short ones mean, and hold up nobody else."""

import threading
import time

import psycopg
import pytest

MANY = 9000
PARAMETERS_MAX = 65_535


@pytest.fixture
def connection(server):
    with psycopg.connect(server.dsn, autocommit=True) as connection:
        yield connection


def test_a_long_list_changes_nothing_else_in_a_statement(connection):
    numbers = ", ".join(map(str, range(MANY)))
    cursor = connection.execute(f"SELECT 'pg_catalog' ~ '^pg_', count(*) FROM (VALUES (1)) v(x) WHERE x IN ({numbers})")
    assert cursor.fetchall() == [(True, 1)]
    assert [column.name for column in cursor.description] == ["?column?", "count"]
    found = connection.execute(f"SELECT typname FROM pg_type WHERE oid IN ({numbers}) AND typname IN ('int4', 'text') ORDER BY 1")
    assert found.fetchall() == [("int4",), ("text",)]
    assert connection.execute(f"SELECT current_database() WHERE 1 IN ({numbers})").fetchone() == ("main",)


def test_a_statement_may_have_as_many_parameters_as_bind_can_carry(connection):
    parameters = ",".join(f"${number}::INT" for number in range(1, PARAMETERS_MAX + 1))
    connection.execute("SELECT 1")
    prepared = connection.pgconn.prepare(b"many", f"SELECT 1 WHERE 1 IN ({parameters})".encode())
    assert prepared.status == psycopg.pq.ExecStatus.COMMAND_OK, prepared.error_message
    assert connection.pgconn.describe_prepared(b"many").nparams == PARAMETERS_MAX


def test_others_are_answered_while_a_long_statement_is_read(tavana):
    parameters = ",".join(f"${number}::INT" for number in range(1, PARAMETERS_MAX // 2))
    ended = threading.Event()

    def prepares():
        with psycopg.connect(f"{tavana.dsn} user=long") as long:
            while not ended.is_set():
                # Each another text: nothing is remembered of texts so long.
                long.pgconn.prepare(b"", f"SELECT 1 WHERE 1 IN ({parameters})".encode())

    threads = [threading.Thread(target=prepares) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        slowest = 0
        for _ in range(20):
            started = time.monotonic()
            with psycopg.connect(tavana.dsn) as short:
                assert short.execute("SELECT 41 + 1 FROM range(1)").fetchone() == (42,)
            slowest = max(slowest, time.monotonic() - started)
        assert slowest < 10
    finally:
        ended.set()
        for thread in threads:
            thread.join()


def test_a_statement_that_cannot_be_read_is_refused_rather_than_misread(tavana):
    with psycopg.connect(tavana.dsn, autocommit=True) as connection:
        for statement in (
            "SELECT " + "1+" * 40_000 + "1 AS n, 'pg_catalog' ~ '^pg_'",
            "SELECT count(*) FROM (VALUES (1)) v(x) WHERE x IN (" + "1," * 300_000 + "1)",
        ):
            with pytest.raises(psycopg.errors.ProgramLimitExceeded):
                connection.execute(statement)
            assert connection.execute("SELECT 1 FROM range(1)").fetchone() == (1,)


def prepared(connection, text, oids=()):
    """The number of parameters, or the SQLSTATE."""
    done = connection.pgconn.prepare(b"", text.encode(), list(oids) or None)
    if done.status != psycopg.pq.ExecStatus.COMMAND_OK:
        return done.error_field(psycopg.pq.DiagnosticField.SQLSTATE).decode()
    return connection.pgconn.describe_prepared(b"").nparams


@pytest.mark.parametrize(
    ("text", "oids", "expected"),
    [
        ("SELECT $2::INTEGER", (), "42P18"),
        ("SELECT $3::INTEGER, $1::INTEGER", (0, 0, 0), "42P18"),
        ("SELECT $65535::INTEGER", (), "42P18"),
        ("SELECT $2::INTEGER", (23, 23), 2),
        ("SELECT $3::INTEGER + $1", (23, 25, 23), 3),
        ("SELECT $2::INTEGER, $1::TEXT", (), 2),
        ("SELECT '$9', $1::INTEGER", (), 1),
    ],
)
def test_parameters_may_be_missing_only_where_their_type_is_told(connection, text, oids, expected):
    assert prepared(connection, text, oids) == expected


def test_a_parameter_that_a_statement_does_not_use_takes_its_place(connection):
    connection.pgconn.prepare(b"", b"SELECT $3::INTEGER - $1", [23, 25, 23])
    done = connection.pgconn.exec_prepared(b"", [b"1", b"unused", b"43"])
    assert (done.status, done.get_value(0, 0)) == (psycopg.pq.ExecStatus.TUPLES_OK, b"42"), done.error_message


def test_there_are_no_parameters_beyond_what_bind_can_carry(tavana):
    with psycopg.connect(tavana.dsn, autocommit=True) as connection:
        assert prepared(connection, "SELECT $65536::INTEGER") == "42P02"
        assert prepared(connection, "SELECT $99999999999999999999::INTEGER") == "42P02"
        assert prepared(connection, "SELECT $0::INTEGER") == "42P02"
