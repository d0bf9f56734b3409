"""The ADBC driver for PostgreSQL. It reads every result as binary COPY, and the types of the server
from pg_catalog when it connects: by names of functions that are not there yet. So it knows no type.

That is wrong, and these tests say how far it goes today; with the catalog they must be turned into
what a user expects: typed columns, parameters, ingestion.
"""

import adbc_driver_manager
import adbc_driver_postgresql.dbapi as postgresql_dbapi
import pytest


@pytest.fixture
def cursor(tavana):
    with postgresql_dbapi.connect(tavana.pg_uri, autocommit=True) as connection:
        with connection.cursor() as cursor:
            yield cursor


def test_a_query_gives_the_bytes_of_its_values(cursor):
    cursor.execute("SELECT 258::INTEGER AS i, 'x' AS s, true AS b, NULL::BIGINT AS n FROM range(3)")
    table = cursor.fetch_arrow_table()
    assert table.to_pydict() == {"i": [b"\0\0\1\2"] * 3, "s": [b"x"] * 3, "b": [b"\1"] * 3, "n": [None] * 3}


def test_insert_really_inserts_and_reports_its_count(cursor):
    cursor.execute("CREATE TABLE t (i INTEGER, s VARCHAR)")
    cursor.execute("INSERT INTO t VALUES (1, 'a'), (2, 'b')")
    assert cursor.rowcount == 2
    cursor.execute("SELECT count(*) FROM t")
    assert cursor.fetchone() == (b"\0\0\0\0\0\0\0\2",)


def test_parameters_need_the_types(cursor):
    with pytest.raises(adbc_driver_manager.Error):
        cursor.execute("SELECT $1::VARCHAR AS s", ("x",))
