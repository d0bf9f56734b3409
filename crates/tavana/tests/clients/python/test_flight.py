"""Flight SQL: the ADBC driver with its warnings as errors, and the messages themselves."""

import adbc_driver_flightsql.dbapi as flight_dbapi
import adbc_driver_manager
import pyarrow as pa
import pyarrow.flight
import pytest
from test_values import flight_query


@pytest.fixture
def connection(tavana):
    with flight_dbapi.connect(tavana.flight_uri, autocommit=True) as connection:
        yield connection


@pytest.fixture
def cursor(connection):
    with connection.cursor() as cursor:
        yield cursor


def test_a_query_gives_arrow(cursor):
    cursor.execute("SELECT i, 'v' || i AS s FROM range(3) t(i) ORDER BY i")
    table = cursor.fetch_arrow_table()
    assert table.to_pydict() == {"i": [0, 1, 2], "s": ["v0", "v1", "v2"]}


def test_an_empty_result_keeps_its_columns(cursor):
    cursor.execute("SELECT 1::INTEGER AS a, 'x' AS b WHERE false")
    table = cursor.fetch_arrow_table()
    assert table.num_rows == 0
    assert table.schema.names == ["a", "b"]
    assert table.schema.field("a").type == pa.int32()


def test_insert_really_inserts_and_reports_its_count(connection, cursor):
    cursor.execute("CREATE TABLE t (i INTEGER, s VARCHAR)")
    cursor.execute("INSERT INTO t VALUES (1, 'a'), (2, NULL), (3, 'c')")
    assert cursor.rowcount == 3
    cursor.execute("SELECT count(*), count(s) FROM t")
    assert cursor.fetchone() == (3, 2)


def test_parameters_are_values(cursor):
    cursor.execute("CREATE TABLE users (name VARCHAR)")
    cursor.execute("INSERT INTO users VALUES ('ann'), ('bob')")
    for name, count in (("ann", 1), ("' OR 1=1 --", 0), ("'; DROP TABLE users; --", 0)):
        cursor.execute("SELECT count(*) FROM users WHERE name = ?", (name,))
        assert cursor.fetchone() == (count,)
    for value in ("01234", "nan", "NULL", ""):
        cursor.execute("SELECT ?::VARCHAR", (value,))
        assert cursor.fetchone() == (value,)
    cursor.execute("SELECT ?::BLOB", (bytes(range(256)),))
    assert cursor.fetchone() == (bytes(range(256)),)


def test_many_rows_of_parameters(cursor):
    cursor.execute("CREATE TABLE t (i INTEGER, s VARCHAR)")
    cursor.executemany("INSERT INTO t VALUES (?, ?)", [(number, f"v{number}") for number in range(100)])
    cursor.execute("SELECT count(*), sum(i)::BIGINT, count(DISTINCT s) FROM t")
    assert cursor.fetchone() == (100, 4950, 100)


def test_bulk_ingest(connection, cursor):
    table = pa.table({"i": pa.array(range(10_000), pa.int64()), "s": [f"v{n}" for n in range(10_000)]})
    assert cursor.adbc_ingest("ingested", table, mode="create") == 10_000
    assert cursor.adbc_ingest("ingested", table, mode="append") == 10_000
    cursor.execute("SELECT count(*), sum(i)::BIGINT FROM ingested")
    assert cursor.fetchone() == (20_000, 99_990_000)


def test_transactions(tavana):
    with flight_dbapi.connect(tavana.flight_uri, autocommit=False) as connection:
        with connection.cursor() as cursor:
            cursor.execute("CREATE TABLE t (i INTEGER)")
            connection.commit()
            cursor.execute("INSERT INTO t VALUES (1)")
            connection.rollback()
            cursor.execute("SELECT count(*) FROM t")
            assert cursor.fetchone() == (0,)


def test_errors_are_raised_and_the_connection_goes_on(cursor):
    for sql in ("SELECT bad", "SELEC", "SELECT * FROM nothing", "SELECT 'x'::VARCHAR::INTEGER"):
        with pytest.raises(adbc_driver_manager.Error):
            cursor.execute(sql)
            cursor.fetchall()
    cursor.execute("SELECT 1")
    assert cursor.fetchone() == (1,)


def test_a_million_rows_arrive_in_order(cursor):
    cursor.execute("SELECT i, i % 7 AS m FROM range(1000000) t(i)")
    expected = 0
    for batch in cursor.fetch_record_batch():
        column = batch.column("i")
        assert column[0].as_py() == expected
        assert column[-1].as_py() == expected + len(column) - 1
        expected += len(column)
    assert expected == 1_000_000


def test_the_catalog_of_the_driver(connection, cursor):
    cursor.execute("CREATE TABLE known (i INTEGER, s VARCHAR)")
    info = connection.adbc_get_info()
    assert "tavana" in info["vendor_name"].lower()
    assert connection.adbc_get_table_types()
    objects = connection.adbc_get_objects(depth="columns", table_name_filter="known").read_all().to_pylist()
    columns = [
        column["column_name"]
        for catalog in objects
        for schema in catalog["catalog_db_schemas"] or []
        for table in schema["db_schema_tables"] or []
        for column in table["table_columns"] or []
    ]
    assert columns == ["i", "s"]


def test_cancel(connection, cursor):
    import threading
    import time

    started = time.monotonic()
    timer = threading.Timer(0.5, cursor.adbc_cancel)
    timer.start()
    with pytest.raises(adbc_driver_manager.Error):
        cursor.execute("SELECT count(*) FROM range(1000000000000) a, range(1000) b WHERE a.range % 7 = b.range")
        cursor.fetchall()
    timer.join()
    assert time.monotonic() - started < 4


def test_raw_messages(tavana):
    with pyarrow.flight.connect(tavana.flight_uri) as client:
        assert flight_query(client, "SELECT 42 AS n").to_pydict() == {"n": [42]}
        for junk in (b"", b"junk", b"\x0a\xff\xff\xff\xff\x0f"):
            with pytest.raises((pyarrow.flight.FlightError, pa.ArrowException)):
                client.get_flight_info(pyarrow.flight.FlightDescriptor.for_command(junk))
            with pytest.raises((pyarrow.flight.FlightError, pa.ArrowException)):
                client.do_get(pyarrow.flight.Ticket(junk)).read_all()
        assert flight_query(client, "SELECT 'x' AS s, NULL AS n").to_pydict() == {"s": ["x"], "n": [None]}
