"""SQLSTATEs: what programs ask for instead of reading texts."""

import socket
import struct

import psycopg
import pytest

STATES = [
    ("SELEC 1", "42601"),
    ("SELECT FROM WHERE", "42601"),
    ("SELECT 1; SELECT 2 FROM", "42601"),
    ("SELECT * FROM nothing", "42P01"),
    ("SELECT nothing FROM range(1)", "42703"),
    ("SELECT nothing(1)", "42883"),
    ("SELECT upper(1, 2, 3)", "42883"),
    ("SELECT 1::nothing", "42704"),
    ("SELECT * FROM nothing.t", "42P01|3F000|3D000"),
    ("CREATE TABLE nothing.t (i INTEGER)", "3F000|3D000"),
    ("SELECT i FROM range(1) a(i), range(1) b(i)", "42702"),
    ("SELECT i, count(*) FROM range(2) t(i)", "42803"),
    ("SELECT 1 FROM range(2) t(i) WHERE sum(i) > 1", "42803"),
    ("SELECT 'x'::VARCHAR::INTEGER", "22P02"),
    ("SELECT '2024-13-45'::VARCHAR::DATE", "22007|22008"),
    ("SELECT 300::INTEGER::TINYINT", "22003"),
    ("SELECT 9223372036854775807 + 1::BIGINT", "22003"),
    ("SELECT sqrt(-1)", "2201F|22003"),
    ("SELECT (SELECT i FROM range(2) t(i))", "21000"),
    # DuckDB does not tell its error() from other wrong input.
    ("SELECT error('mine')", "P0001|22023"),
    ("CREATE TABLE twice (i INTEGER); CREATE TABLE twice (i INTEGER)", "42P07"),
    ("CREATE SCHEMA again; CREATE SCHEMA again", "42P06"),
    ("CREATE TABLE k (i INTEGER PRIMARY KEY); INSERT INTO k VALUES (1), (1)", "23505"),
    ("CREATE TABLE n (i INTEGER NOT NULL); INSERT INTO n VALUES (NULL)", "23502"),
    ("CREATE TABLE c (i INTEGER CHECK (i > 0)); INSERT INTO c VALUES (0)", "23514"),
    ("SELECT 1 UNION SELECT 1, 2", "42601"),
    ("SET nothing_like_this = 1", "42704"),
    ("SELECT * FROM read_csv('/etc/passwd')", "42501"),
    ("SELECT * FROM read_parquet('{data}/missing.parquet')", "58P01"),
    ("SELECT 1 ORDER BY 5", "42P10"),
    ("SELECT 1 GROUP BY 99", "42P10"),
    ("CREATE TABLE two_keys (a INTEGER PRIMARY KEY, b INTEGER PRIMARY KEY)", "42P16"),
    ("SELECT make_date(2024, 2, 31)", "22008"),
    ("SELECT make_time(25, 0, 0)", "22008"),
    ("SELECT '12345.6'::VARCHAR::NUMERIC(4, 2)", "22003"),
    ("SELECT 'x'::VARCHAR::NUMERIC(4, 2)", "22P02"),
    ("SELECT 99999::NUMERIC(4, 2)", "22003"),
    ("SELECT 1 LIMIT -1", "2201W"),
    ("SELECT extract(fortnight FROM now())", "22023"),
    ("SELECT now() AT TIME ZONE 'No/Where'", "22023"),
    ("SELECT 'x'::VARCHAR::INTERVAL", "22007"),
    ("SELECT to_date('2024-13-01', 'YYYY-MM-DD')", "22008"),
    ("SELECT nextval('nothing')", "42P01"),
    ("DROP SEQUENCE nothing", "42P01"),
    ("SELECT 'nothing'::regclass", "42P01"),
    ("EXECUTE nothing", "26000"),
    ("FETCH 1 FROM nothing", "34000"),
]


@pytest.mark.parametrize(("sql", "states"), STATES, ids=[sql for sql, _ in STATES])
def test_each_mistake_has_its_sqlstate(tavana, sql, states):
    with psycopg.connect(tavana.dsn, autocommit=True) as connection:
        with pytest.raises(psycopg.Error) as caught:
            # As one Query message: several statements cannot be prepared.
            connection.execute(sql.replace("{data}", str(tavana.data)), prepare=False)
        assert caught.value.sqlstate in states.split("|"), str(caught.value)
        assert connection.execute("SELECT 1").fetchone() == (1,), "the session goes on"


@pytest.mark.parametrize(("sql", "states"), STATES, ids=[sql for sql, _ in STATES])
def test_the_extended_protocol_gives_the_same(tavana, sql, states):
    if "; " in sql:
        first, sql = sql.split("; ", 1)
    else:
        first = "SELECT 1"
    with psycopg.connect(tavana.dsn, autocommit=True) as connection:
        connection.execute(first)
        with pytest.raises(psycopg.Error) as caught:
            connection.execute(sql.replace("{data}", str(tavana.data)), prepare=True)
        assert caught.value.sqlstate in states.split("|"), str(caught.value)
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_sql_of_one_mebibyte_runs_and_one_byte_more_does_not(tavana):
    def select(length):
        return "SELECT 7 /*" + "x" * (length - 13) + "*/"

    assert len(select(1 << 20)) == 1 << 20
    with psycopg.connect(tavana.dsn, autocommit=True) as connection:
        assert connection.execute(select(1 << 20)).fetchone() == (7,)
        with pytest.raises(psycopg.errors.ProgramLimitExceeded):
            connection.execute(select((1 << 20) + 1))
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_bytes_that_are_no_utf8_are_refused(tavana):
    with socket.create_connection((tavana.host, tavana.pg_port), timeout=30) as connection:
        stream = connection.makefile("rwb")

        def send(kind, body):
            stream.write(kind + struct.pack(">i", len(body) + 4) + body)
            stream.flush()

        def until_ready():
            states = []
            while True:
                kind = stream.read(1)
                (length,) = struct.unpack(">i", stream.read(4))
                body = stream.read(length - 4)
                if kind == b"E":
                    states.append(next(f[1:].decode() for f in body.split(b"\0") if f[:1] == b"C"))
                if kind == b"Z":
                    return states

        send(b"", struct.pack(">i", 196608) + b"user\0tester\0database\0main\0\0")
        assert until_ready() == []
        send(b"Q", b"SELECT '\xff'\0")
        assert until_ready() == ["22021"]
        send(b"Q", b"SELECT 1\0")
        assert until_ready() == []


def test_an_error_text_is_short_and_valid_whatever_is_in_the_statement(tavana):
    with psycopg.connect(tavana.dsn, autocommit=True) as connection:
        with pytest.raises(psycopg.Error) as caught:
            connection.execute("SELECT '" + "ü" * 200_000 + "'::INTEGER")
        assert len(str(caught.value).encode()) <= 8192
