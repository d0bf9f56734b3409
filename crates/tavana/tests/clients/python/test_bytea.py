r"""A literal of bytes means the same with a cast and without one: `\xff00` is two bytes."""

import psycopg
import pytest

TEXTS = (r"\xff00ff", r"\xDEADBEEF", r"\x", r"\xde ad be ef", "plain", "", r"a\\b", r"a\001\377b", r"\x41")


@pytest.fixture
def connection(server):
    with psycopg.connect(server.dsn, autocommit=True) as connection:
        connection.execute("CREATE TEMP TABLE bytes (n INTEGER, x BYTEA)")
        yield connection


def test_what_is_inserted_is_what_a_cast_gives(connection):
    expected = []
    for number, text in enumerate(TEXTS):
        connection.execute(f"INSERT INTO bytes VALUES ({number}, '{text}')")
        expected.append(connection.execute(f"SELECT '{text}'::BYTEA").fetchone()[0])
    found = [row[0] for row in connection.execute("SELECT x FROM bytes ORDER BY n").fetchall()]
    assert found == expected
    assert found[0] == b"\xff\x00\xff"
    assert found[6] == b"a\\b"


def test_what_a_parameter_wrote_is_found_by_a_literal(connection):
    connection.execute("INSERT INTO bytes VALUES (1, %b)", (b"\xde\xad\xbe\xef",))
    assert connection.execute(r"SELECT n FROM bytes WHERE x = '\xdeadbeef'").fetchall() == [(1,)]
    connection.execute(r"UPDATE bytes SET x = '\x0001' WHERE x IN ('\xdeadbeef', 'other')")
    assert connection.execute("SELECT x FROM bytes").fetchall() == [(b"\x00\x01",)]


def test_what_is_no_spelling_of_bytes_is_refused(connection):
    for text in ("a\\", r"a\4", r"a\9"):
        with pytest.raises(psycopg.errors.DataError):
            connection.execute(f"INSERT INTO bytes VALUES (1, '{text}')")
    assert connection.execute("SELECT count(*) FROM bytes").fetchone() == (0,)


def test_texts_that_look_like_bytes_stay_texts(connection):
    connection.execute("CREATE TEMP TABLE texts (t TEXT)")
    connection.execute(r"INSERT INTO texts VALUES ('\xff00ff')")
    assert connection.execute(r"SELECT t FROM texts WHERE t = '\xff00ff'").fetchall() == [(r"\xff00ff",)]


def test_duckdbs_own_spelling_goes_on(tavana):
    with psycopg.connect(tavana.dsn, autocommit=True) as connection:
        assert connection.execute(r"SELECT '\xAA\xABz'::BLOB").fetchone() == (b"\xaa\xabz",)
        assert connection.execute(r"SELECT TRY_CAST(t AS BLOB) FROM (VALUES ('\q'), ('ok')) v(t)").fetchall() == [(None,), (b"ok",)]
