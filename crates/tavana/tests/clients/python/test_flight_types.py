"""Types over Flight SQL: the prepared path, the plan, GetSchema and the stream say the same."""

import adbc_driver_flightsql.dbapi as flight_dbapi
import pyarrow as pa
import pyarrow.flight
import pytest
from flight_calls import statement

pytestmark = pytest.mark.filterwarnings("error")

TYPES = {
    "true": pa.bool_(),
    "1::TINYINT": pa.int8(),
    "1::SMALLINT": pa.int16(),
    "1::INTEGER": pa.int32(),
    "1::BIGINT": pa.int64(),
    "1::UTINYINT": pa.uint8(),
    "1::UBIGINT": pa.uint64(),
    "170141183460469231731687303715884105727::HUGEINT": pa.decimal128(38, 0),
    "1.5::FLOAT": pa.float32(),
    "1.5::DOUBLE": pa.float64(),
    "1.5::DECIMAL(38,10)": pa.decimal128(38, 10),
    "1.5::DECIMAL(4,1)": pa.decimal128(4, 1),
    "'x'": pa.utf8(),
    "'x'::BLOB": pa.binary(),
    "DATE '2024-02-29'": pa.date32(),
    "TIME '12:00:01.5'": pa.time64("us"),
    "TIMESTAMP '2024-02-29 12:00:00'": pa.timestamp("us"),
    "'2024-02-29'::TIMESTAMP_S": pa.timestamp("s"),
    "'2024-02-29'::TIMESTAMP_MS": pa.timestamp("ms"),
    "'2024-02-29'::TIMESTAMP_NS": pa.timestamp("ns"),
    "TIMESTAMPTZ '2024-02-29 12:00:00+00'": pa.timestamp("us", "UTC"),
    "INTERVAL 1 MONTH": pa.month_day_nano_interval(),
    "uuid()": pa.uuid(),
    "'{}'::JSON": pa.json_(),
    "'x'::ENUM('x', 'y')": pa.dictionary(pa.uint8(), pa.utf8()),
    "[1, NULL]": pa.list_(pa.field("l", pa.int32())),
    "[1.5, 2]::DOUBLE[2]": pa.list_(pa.float64(), 2),
    "{'a': 1, 'b': ['x']}": pa.struct([("a", pa.int32()), ("b", pa.list_(pa.field("l", pa.utf8())))]),
    "MAP {'k': 1}": pa.map_(pa.utf8(), pa.int32()),
    "union_value(n := 1)": pa.sparse_union([pa.field("n", pa.int32())]),
    "'12:00:00+02'::TIMETZ": None,
    "'101'::BIT": None,
    "1::UHUGEINT": None,
}


@pytest.mark.parametrize("expression", TYPES)
@pytest.mark.parametrize("rows", ["", " WHERE false"])
def test_the_schema_is_the_same_everywhere_and_empty_results_keep_it(tavana, expression, rows):
    sql = f"SELECT {expression} AS v{rows}"
    with pyarrow.flight.connect(tavana.flight_uri) as client:
        info = client.get_flight_info(statement(sql))
        seen = [info.schema, client.get_schema(statement(sql)).schema]
        seen.append(client.do_get(info.endpoints[0].ticket).read_all().schema)
    with flight_dbapi.connect(tavana.flight_uri, autocommit=True) as connection:
        with connection.cursor() as cursor:
            seen.append(cursor.adbc_execute_schema(sql))
            cursor.execute(sql)
            table = cursor.fetch_arrow_table()
            seen.append(table.schema)
            assert table.num_rows == (0 if rows else 1)
    for schema in seen[1:]:
        assert schema.equals(seen[0], check_metadata=True), (schema, seen[0])
    expected = TYPES[expression]
    if expected is None:
        # What Arrow has no type for says what it is.
        assert seen[0].field("v").type.extension_name == "arrow.opaque"
        assert seen[0].field("v").type.vendor_name == "DuckDB"
    else:
        assert seen[0].field("v").type == expected


def test_the_prepared_path_types_each_column(tavana):
    with flight_dbapi.connect(tavana.flight_uri, autocommit=True) as connection:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1::INT AS i, DATE '2024-01-01' AS d, [1, 2] AS l, sum(?) AS s FROM range(3)", (2**40,))
            table = cursor.fetch_arrow_table()
    assert [str(kind) for kind in table.schema.types] == ["int32", "date32[day]", "list<l: int32>", "decimal128(38, 0)"]
    assert table.column("s").to_pylist() == [3 * 2**40]


@pytest.mark.parametrize("compression", ["lz4", "zstd", "none"])
def test_results_are_compressed_as_the_client_asks(tavana, compression):
    sql = "SELECT i % 10 AS n, 'the same text' AS s, 'x'::ENUM('x', 'y') AS e FROM range(300000) t(i)"
    options = pyarrow.flight.FlightCallOptions(headers=[(b"x-tavana-compression", compression.encode())])
    with pyarrow.flight.connect(tavana.flight_uri) as client:
        ticket = client.get_flight_info(statement(sql)).endpoints[0].ticket
        table = client.do_get(ticket, options).read_all()
        assert table.num_rows == 300_000
        assert table.column("s").unique().to_pylist() == ["the same text"]
        assert table.column("e").cast(pa.utf8()).unique().to_pylist() == ["x"]
        assert sum(table.column("n").to_pylist()) == 1_350_000
        with pytest.raises(pa.ArrowInvalid, match="neither lz4, zstd nor none"):
            bad = pyarrow.flight.FlightCallOptions(headers=[(b"x-tavana-compression", b"rar")])
            client.do_get(ticket, bad).read_all()


def test_a_drivers_compression_option_applies_to_all_its_statements(tavana):
    options = {"adbc.flight.sql.rpc.call_header.x-tavana-compression": "zstd"}
    with flight_dbapi.connect(tavana.flight_uri, db_kwargs=options, autocommit=True) as connection:
        with connection.cursor() as cursor:
            cursor.execute("SELECT i FROM range(100000) t(i)")
            assert cursor.fetch_arrow_table().num_rows == 100_000


def test_several_endpoints_together_have_the_whole_result(tavana):
    sql = "SELECT i, ('v' || i % 3)::ENUM('v0', 'v1', 'v2') AS e FROM range(2000000) t(i)"
    options = {"adbc.flight.sql.rpc.call_header.x-tavana-endpoints": "4"}
    with flight_dbapi.connect(tavana.flight_uri, db_kwargs=options, autocommit=True) as connection:
        with connection.cursor() as cursor:
            cursor.execute(sql)
            table = cursor.fetch_arrow_table()
            assert table.num_rows == 2_000_000
            assert pa.compute.sum(table.column("i")).as_py() == 1_999_999_000_000
            assert pa.compute.count_distinct(table.column("i")).as_py() == 2_000_000
            partitions, _ = cursor.adbc_execute_partitions("SELECT i FROM range(1000000) t(i)")
            assert len(partitions) == 4
            # One after the other, too: the first has all that nobody else has asked for.
            rows = 0
            for partition in partitions:
                cursor.adbc_read_partition(partition)
                rows += cursor.fetch_arrow_table().num_rows
            assert rows == 1_000_000
