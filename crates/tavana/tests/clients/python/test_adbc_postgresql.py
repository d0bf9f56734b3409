"""The ADBC driver for PostgreSQL. It reads the types of the server from pg_catalog when it connects,
and every result as binary COPY."""

import adbc_driver_postgresql.dbapi as postgresql_dbapi
import pyarrow as pa
import pytest


@pytest.fixture
def cursor(tavana):
    with postgresql_dbapi.connect(tavana.pg_uri, autocommit=True) as connection:
        with connection.cursor() as cursor:
            yield cursor


def test_a_query_gives_arrow(cursor):
    cursor.execute("SELECT 1::INTEGER AS i, 'x' AS s, 0.5::DOUBLE AS d, true AS b, NULL::BIGINT AS n")
    table = cursor.fetch_arrow_table()
    assert table.to_pydict() == {"i": [1], "s": ["x"], "d": [0.5], "b": [True], "n": [None]}
    assert table.schema.types == [pa.int32(), pa.string(), pa.float64(), pa.bool_(), pa.int64()]


def test_insert_really_inserts_and_reports_its_count(cursor):
    cursor.execute("CREATE TABLE t (i INTEGER, s VARCHAR)")
    cursor.execute("INSERT INTO t VALUES (1, 'a'), (2, 'b')")
    assert cursor.rowcount == 2
    cursor.execute("INSERT INTO t VALUES ($1, $2)", (3, "c"))
    cursor.execute("SELECT count(*) FROM t")
    assert cursor.fetchone() == (3,)


def test_a_parameter_is_a_value(cursor):
    cursor.execute("SELECT $1::VARCHAR AS s", ("' OR 1=1 --",))
    assert cursor.fetchone() == ("' OR 1=1 --",)


def test_bulk_ingest(cursor):
    table = pa.table({"i": pa.array(range(1000), pa.int64()), "s": [f"v{n}" for n in range(1000)]})
    assert cursor.adbc_ingest("ingested", table, mode="create") == 1000
    cursor.execute("SELECT count(*), sum(i) FROM ingested")
    assert [int(value) for value in cursor.fetchone()] == [1000, 499500]
