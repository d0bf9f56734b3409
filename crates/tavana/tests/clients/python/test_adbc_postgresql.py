"""The ADBC driver for PostgreSQL. It reads every result as binary COPY, and the types of the server
from pg_catalog when it connects."""

import adbc_driver_postgresql.dbapi as postgresql_dbapi
import pytest


@pytest.fixture
def cursor(tavana):
    with postgresql_dbapi.connect(tavana.pg_uri, autocommit=True) as connection:
        with connection.cursor() as cursor:
            yield cursor


def test_a_query_gives_typed_values(cursor):
    cursor.execute("SELECT 258::INTEGER AS i, 'x' AS s, true AS b, NULL::BIGINT AS n FROM range(3)")
    table = cursor.fetch_arrow_table()
    assert table.to_pydict() == {"i": [258] * 3, "s": ["x"] * 3, "b": [True] * 3, "n": [None] * 3}


def test_insert_really_inserts_and_reports_its_count(cursor):
    cursor.execute("CREATE TABLE t (i INTEGER, s VARCHAR)")
    cursor.execute("INSERT INTO t VALUES (1, 'a'), (2, 'b')")
    assert cursor.rowcount == 2
    cursor.execute("SELECT count(*) FROM t")
    assert cursor.fetchone() == (2,)


def test_parameters_have_their_types(cursor):
    cursor.execute("SELECT $1::VARCHAR AS s, $2::BIGINT + 1 AS n", ("x", 41))
    assert cursor.fetchone() == ("x", 42)
