"""Bulk ingest over Flight SQL, by the ADBC driver: every mode, all of the rows or none, flat memory."""

import datetime
import decimal
import time
import uuid
from pathlib import Path

import adbc_driver_flightsql.dbapi as flight_dbapi
import adbc_driver_manager
import pyarrow as pa
import pytest
from harness import descendants

pytestmark = pytest.mark.filterwarnings("error")

ROWS = pa.table({"i": pa.array([1, 2, 3]), "s": ["a", "b", None]})


@pytest.fixture
def connection(tavana):
    with flight_dbapi.connect(tavana.flight_uri, autocommit=True) as connection:
        yield connection


@pytest.fixture
def cursor(connection):
    with connection.cursor() as cursor:
        yield cursor


def ingest(connection, name, data, **options):
    # The driver's statement keeps the catalog and schema of an earlier ingest.
    with connection.cursor() as cursor:
        return cursor.adbc_ingest(name, data, **options)


def count(connection, table):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        return cursor.fetchone()[0]


def test_create_append_replace_and_create_append(connection):
    with pytest.raises(adbc_driver_manager.Error, match="SQLSTATE 42P01"):
        ingest(connection, "t", ROWS, mode="append")
    for mode, rows in (("create", 3), ("append", 6), ("create_append", 9), ("replace", 3)):
        assert ingest(connection, "t", ROWS, mode=mode) == 3
        assert count(connection, "t") == rows, mode
    with pytest.raises(adbc_driver_manager.Error, match="SQLSTATE 42P07"):
        ingest(connection, "t", ROWS, mode="create")
    assert count(connection, "t") == 3
    for mode in ("create_append", "replace"):
        assert ingest(connection, f"made_by_{mode}", ROWS, mode=mode) == 3


def test_a_table_in_a_schema_and_one_in_another_catalog(connection, cursor):
    cursor.execute('CREATE SCHEMA "s 1"')
    cursor.execute("ATTACH ':memory:' AS another")
    assert ingest(connection, 'odd "name"', ROWS, mode="create", db_schema_name="s 1") == 3
    assert ingest(connection, 'odd "name"', ROWS, mode="append", catalog_name="memory", db_schema_name="s 1") == 3
    assert count(connection, '"s 1"."odd ""name"""') == 6
    assert ingest(connection, "t", ROWS, mode="create", catalog_name="another") == 3
    assert count(connection, "another.main.t") == 3
    with pytest.raises(adbc_driver_manager.Error):
        ingest(connection, "t", ROWS, mode="create", db_schema_name="missing")


def test_a_temporary_table(connection, cursor):
    assert ingest(connection, "t", ROWS, mode="create", temporary=True) == 3
    cursor.execute("SELECT database_name, temporary FROM duckdb_tables() WHERE table_name = 't'")
    assert cursor.fetchall() == [("temp", True)]
    assert ingest(connection, "t", ROWS, mode="replace", temporary=True) == 3
    assert count(connection, "temp.t") == 3


def test_columns_go_by_name_and_missing_ones_get_their_default(connection, cursor):
    cursor.execute("CREATE TABLE t (s VARCHAR, d INTEGER DEFAULT 7, i BIGINT)")
    assert ingest(connection, "t", ROWS, mode="append") == 3
    cursor.execute("SELECT i, s, d FROM t ORDER BY i")
    assert cursor.fetchall() == [(1, "a", 7), (2, "b", 7), (3, None, 7)]


@pytest.mark.parametrize(
    "data, state",
    [
        (pa.table({"zz": [1]}), "42703"),
        (pa.table({"i": ["1", "x"]}), "22P02"),
        (pa.table({"i": [5, 5]}), "23505"),
    ],
)
def test_what_does_not_fit_leaves_nothing(connection, cursor, data, state):
    cursor.execute("CREATE TABLE t (i INTEGER PRIMARY KEY)")
    with pytest.raises(adbc_driver_manager.Error, match=f"SQLSTATE {state}"):
        ingest(connection, "t", data, mode="append")
    assert count(connection, "t") == 0
    with pytest.raises(adbc_driver_manager.Error):
        ingest(connection, "u", pa.table({"i": pa.array([1], pa.float16())}), mode="create")
    cursor.execute("SELECT count(*) FROM duckdb_tables() WHERE table_name = 'u'")
    assert cursor.fetchone() == (0,)


def test_a_transaction_undoes_an_ingest_with_its_table(tavana):
    with flight_dbapi.connect(tavana.flight_uri, autocommit=False) as connection:
        assert ingest(connection, "t", ROWS, mode="create") == 3
        assert count(connection, "t") == 3
        connection.rollback()
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM duckdb_tables() WHERE table_name = 't'")
            assert cursor.fetchone() == (0,)
        assert ingest(connection, "t", ROWS, mode="create") == 3
        connection.commit()
        connection.rollback()
        assert count(connection, "t") == 3


@pytest.mark.parametrize("end", ["commit", "rollback"])
def test_a_transaction_whose_ingest_was_given_up_can_be_ended(tavana, end):
    batch = pa.record_batch({"i": pa.array(range(500_000), pa.int64())})

    def batches():
        # More than is on its way at once: some are at the worker.
        for _ in range(20):
            yield batch
        raise RuntimeError("no more")

    with flight_dbapi.connect(tavana.flight_uri) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE given_up (i BIGINT)")
        connection.commit()
        # The driver leaves the stream open for as long as the cursor is.
        with pytest.raises((RuntimeError, adbc_driver_manager.Error)):
            cursor.adbc_ingest("given_up", pa.RecordBatchReader.from_batches(batch.schema, batches()), mode="append")
        began = time.monotonic()
        if end == "rollback":
            connection.rollback()
            cursor.execute("SELECT count(*) FROM given_up")
            assert cursor.fetchone() == (0,)
        else:
            # The driver begins no other transaction after a commit that failed.
            with pytest.raises(adbc_driver_manager.Error, match="SQLSTATE 25P02"):
                connection.commit()
        # The longest wait for a session that is busy is 120 s.
        assert time.monotonic() - began < 60


def test_a_batch_without_rows_makes_the_table(connection):
    empty = pa.RecordBatch.from_pydict({"i": pa.array([], pa.int64())})
    reader = pa.RecordBatchReader.from_batches(empty.schema, [empty])
    assert ingest(connection, "t", reader, mode="create") == 0
    assert count(connection, "t") == 0


DAY = datetime.date(2024, 2, 29)
TYPES = {
    "dictionary": (pa.array(["x", "y", "x"]).dictionary_encode(), "VARCHAR", ["x", "y", "x"]),
    "dictionaries in lists": (
        pa.array([["x"], ["y", "x"], None], pa.list_(pa.dictionary(pa.int8(), pa.string()))),
        "VARCHAR[]",
        [["x"], ["y", "x"], None],
    ),
    "dictionaries in structs": (
        pa.array([{"a": "x"}, {"a": None}], pa.struct([("a", pa.dictionary(pa.int8(), pa.string()))])),
        "STRUCT(a VARCHAR)",
        [{"a": "x"}, {"a": None}],
    ),
    "run ends": (pa.RunEndEncodedArray.from_arrays([2, 3], [7, 8]), "BIGINT", [7, 7, 8]),
    "list": (pa.array([[1], [2, None], None]), "BIGINT[]", [[1], [2, None], None]),
    "large list": (pa.array([[1], []], pa.large_list(pa.int32())), "INTEGER[]", [[1], []]),
    "list view": (pa.array([[1], [2, 3]], pa.list_view(pa.int32())), "INTEGER[]", [[1], [2, 3]]),
    "array": (pa.array([[1.0, 2.0], None], pa.list_(pa.float32(), 2)), "FLOAT[2]", [[1.0, 2.0], None]),
    "struct": (pa.array([{"a": 1, "b": "x"}, None]), "STRUCT(a BIGINT, b VARCHAR)", [{"a": 1, "b": "x"}, None]),
    "map": (pa.array([[("k", 1)], []], pa.map_(pa.string(), pa.int64())), "MAP(VARCHAR, BIGINT)", [[("k", 1)], []]),
    "decimal": (
        pa.array([decimal.Decimal("9" * 36 + ".99"), None], pa.decimal128(38, 2)),
        "DECIMAL(38,2)",
        [decimal.Decimal("9" * 36 + ".99"), None],
    ),
    "small decimal": (pa.array([decimal.Decimal("1.23")], pa.decimal32(9, 2)), "DECIMAL(9,2)", [decimal.Decimal("1.23")]),
    "unsigned": (pa.array([2**64 - 1], pa.uint64()), "UBIGINT", [2**64 - 1]),
    "date": (pa.array([DAY], pa.date32()), "DATE", [DAY]),
    "date in milliseconds": (pa.array([DAY], pa.date64()), "DATE", [DAY]),
    "time": (pa.array([datetime.time(1, 2, 3, 4)], pa.time64("us")), "TIME", [datetime.time(1, 2, 3, 4)]),
    "seconds": (pa.array([1, None], pa.timestamp("s")), "TIMESTAMP_S", None),
    "nanoseconds": (pa.array([1], pa.timestamp("ns")), "TIMESTAMP_NS", None),
    "zone": (pa.array([1], pa.timestamp("us", "Europe/Berlin")), "TIMESTAMP WITH TIME ZONE", None),
    "duration": (pa.array([1], pa.duration("us")), "INTERVAL", None),
    "interval": (pa.array([(1, 2, 3000)], pa.month_day_nano_interval()), "INTERVAL", [(1, 2, 3000)]),
    "uuid": (pa.array([b"0" * 16, None], pa.uuid()), "UUID", [uuid.UUID(bytes=b"0" * 16), None]),
    "json": (pa.array(['{"a": 1}'], pa.json_()), "JSON", ['{"a": 1}']),
    "large text": (pa.array(["a"], pa.large_string()), "VARCHAR", ["a"]),
    "text view": (pa.array(["a" * 40, None], pa.string_view()), "VARCHAR", ["a" * 40, None]),
    "binary view": (pa.array([b"a\0"], pa.binary_view()), "BLOB", [b"a\0"]),
    "fixed binary": (pa.array([b"ab"], pa.binary(2)), "BLOB", [b"ab"]),
    "nulls": (pa.nulls(2), "VARCHAR", [None, None]),
}


@pytest.mark.parametrize("name", TYPES)
def test_a_column_of_every_type_becomes_what_holds_it(connection, cursor, name):
    array, duckdb_type, values = TYPES[name]
    table = pa.table({"c": array})
    assert ingest(connection, "t", table, mode="create") == len(table)
    cursor.execute("SELECT data_type FROM duckdb_columns() WHERE table_name = 't'")
    assert cursor.fetchone()[0].replace('"', "") == duckdb_type
    cursor.execute("SELECT c FROM t")
    found = cursor.fetch_arrow_table().column("c").to_pylist()
    if values is not None:
        assert found == values
    assert [value is None for value in found] == [value is None for value in array.to_pylist()]


def test_a_batch_above_the_drivers_limit_needs_its_option_and_one_above_ours_is_refused(tavana, connection):
    def batch(mebibytes):
        return pa.table({"i": pa.repeat(pa.scalar(7, pa.int64()), mebibytes << 17)}).to_reader()

    with pytest.raises(adbc_driver_manager.Error, match="trying to send message larger than max"):
        ingest(connection, "large", batch(17))
    largest = {"adbc.flight.sql.client_option.with_max_msg_size": str(1 << 28)}
    with flight_dbapi.connect(tavana.flight_uri, autocommit=True, db_kwargs=largest) as connection:
        assert ingest(connection, "large", batch(17)) == 17 << 17
        with pytest.raises(adbc_driver_manager.Error, match="the limit is: 67108864 bytes"):
            ingest(connection, "too_large", batch(65))
        assert count(connection, "large") == 17 << 17


def resident(pid):
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return 0.0


def test_five_million_rows_arrive_and_memory_of_the_gateway_stays(tavana, connection):
    batch = pa.record_batch({"a": pa.array(range(50_000), pa.int64()), "b": pa.array([0.5] * 50_000)})
    # Once first: what a first ingest leaves in place is not growth.
    ingest(connection, "t", pa.table(batch), mode="create")
    most = before = resident(tavana.process.pid)

    def batches():
        nonlocal most
        for _ in range(100):
            most = max(most, resident(tavana.process.pid))
            yield batch

    reader = pa.RecordBatchReader.from_batches(batch.schema, batches())
    assert ingest(connection, "t", reader, mode="replace") == 5_000_000
    assert count(connection, "t") == 5_000_000
    assert most - before < 100, f"the gateway grew by {most - before:.0f} MiB"
    assert descendants(tavana.process.pid), "the engines are other processes"
