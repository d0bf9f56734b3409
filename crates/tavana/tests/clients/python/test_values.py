"""Every type, at its ends, as each client reads it, against DuckDB's own values."""

import asyncio
import json
import os
import subprocess
from decimal import Decimal

import asyncpg
import psycopg
import pyarrow as pa
import pyarrow.flight
import pytest
import values
from psycopg.adapt import Loader
from values import KINDS, expected_texts, received_text

EVERY_KIND = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)


@EVERY_KIND
def test_psql_shows_the_same_text(tavana, oracle, kind):
    null = "<NULL>"
    run = subprocess.run(
        ["psql", "-X", "-A", "-t", "-z", "-0", "-P", f"null={null}", "-v", "ON_ERROR_STOP=1",
         "-c", "SET TimeZone = 'UTC'", "-c", values.query(kind, binary=False), tavana.dsn],
        capture_output=True, timeout=60, env={"PATH": os.environ["PATH"], "HOME": tavana.home},
    )  # fmt: skip
    assert run.returncode == 0, run.stderr.decode()
    shown = run.stdout.decode().removeprefix("SET\n").split("\0")[:-1]
    received = [received_text(kind, None if text == null else text) for text in shown]
    assert received == expected_texts(oracle, kind, binary=False)


class Raw(Loader):
    """The bytes as they came."""

    def load(self, data):
        return bytes(data)


class RawBinary(Raw):
    format = psycopg.pq.Format.BINARY


@pytest.fixture(scope="module")
def raw_session(tavana):
    with psycopg.connect(tavana.dsn, autocommit=True) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        for oid in (0, *values.ARRAYS, *values.ARRAYS.values(), values.JSON):
            connection.adapters.register_loader(oid, Raw)
            connection.adapters.register_loader(oid, RawBinary)
        yield connection


@EVERY_KIND
@pytest.mark.parametrize("binary", (False, True), ids=("text", "binary"))
def test_psycopg_gets_the_same_bytes(raw_session, oracle, kind, binary):
    cursor = raw_session.execute(values.query(kind, binary), binary=binary)
    oid = cursor.description[0].type_code
    assert oid == kind.oid
    rows = [row[0] for row in cursor.fetchall()]
    if binary:
        texts = [None if data is None else values.decode_binary(oid, data) for data in rows]
    else:
        texts = [None if data is None else data.decode() for data in rows]
    received = [received_text(kind, text) for text in texts]
    assert received == expected_texts(oracle, kind, binary)


@EVERY_KIND
def test_asyncpg_decodes_every_value(tavana, oracle, kind):
    """asyncpg asks for binary results and has its own decoders. Of an array other than of text it asks
    pg_catalog what its elements are."""
    received = asyncio.run(fetch_asyncpg(tavana, kind))
    assert received == expected_texts(oracle, kind, binary=True)


async def fetch_asyncpg(tavana, kind):
    connection = await asyncpg.connect(
        host=tavana.host, port=tavana.pg_port, user="tester", database="main", ssl=False
    )
    try:
        await connection.execute("SET TimeZone = 'UTC'")
        # Not all of these values fit into Python's types: take their numbers.
        for name in ("date", "time", "timetz", "timestamp", "timestamptz", "interval"):
            await connection.set_type_codec(
                name, schema="pg_catalog", encoder=tuple, decoder=tuple, format="tuple"
            )
        rows = await connection.fetch(values.query(kind, binary=True))
    finally:
        await connection.close()
    return [python_text(kind, row["v"]) for row in rows]


def python_text(kind, value):
    """asyncpg's Python value in the form of `expected_texts`."""
    if value is None:
        return None
    oid = kind.oid
    if kind.form == "array":
        element = values.ARRAYS[oid]
        return [None if e is None else scalar_text(element, e) for e in value]
    if kind.form == "json":
        return json.loads(value)
    return scalar_text(oid, value)


def scalar_text(oid, value):
    if oid == values.BOOL:
        return "t" if value else "f"
    if oid in (values.FLOAT4, values.FLOAT8):
        form = "float4" if oid == values.FLOAT4 else "float8"
        return values.canonical_float(repr(value), form)
    if oid == values.BYTEA:
        return "\\x" + value.hex()
    if oid == values.NUMERIC:
        assert isinstance(value, Decimal)
        return f"{value:f}"
    if oid == values.VARBIT:
        return value.as_string().replace(" ", "")
    if oid == values.DATE:
        (days,) = value
        return values.infinite(days, 31) or values.date_text(days)
    if oid in (values.TIMESTAMP, values.TIMESTAMPTZ):
        (micros, *_) = value
        return values.decode_binary(oid, micros.to_bytes(8, "big", signed=True))
    if oid == values.TIME:
        return values.time_text(value[0])
    if oid == values.TIMETZ:
        micros, west = value
        return values.time_text(micros) + values.zone_text(-west)
    if oid == values.INTERVAL:
        return values.interval_text(*value)
    return str(value)


@EVERY_KIND
def test_flight_sends_duckdbs_own_arrow(tavana, oracle, kind):
    expected = arrow_of(oracle, kind)
    client = pyarrow.flight.connect(tavana.flight_uri)
    try:
        received = flight_query(client, values.query(kind, binary=False))
    finally:
        client.close()
    assert storage(received).schema.types == storage(expected).schema.types
    assert names_of_extensions(received) == names_of_extensions(expected)
    assert same_values(storage(received), storage(expected))


def arrow_of(oracle, kind):
    sql = values.query(kind, binary=False)
    if kind.name.startswith(("BOOLEAN", "HUGEINT")):
        # The lossless forms, a byte and sixteen bytes, are known to few readers: tavana sends the
        # plain ones, which hold every value of these two types.
        oracle.execute("SET arrow_lossless_conversion = false")
    if kind.name == "VARIANT":
        # DuckDB itself cannot export VARIANT to Arrow.
        sql = f"SELECT v::JSON AS v FROM ({sql})"
    return oracle.execute(sql).to_arrow_table()


def flight_query(client, sql, options=None):
    """A statement by the messages of Flight SQL, written out: no driver is in the way."""
    command = b"\x0a" + varint(len(sql.encode())) + sql.encode()
    url = b"type.googleapis.com/arrow.flight.protocol.sql.CommandStatementQuery"
    wrapped = b"\x0a" + varint(len(url)) + url + b"\x12" + varint(len(command)) + command
    options = options or pyarrow.flight.FlightCallOptions()
    info = client.get_flight_info(pyarrow.flight.FlightDescriptor.for_command(wrapped), options)
    tables = [client.do_get(endpoint.ticket, options).read_all() for endpoint in info.endpoints]
    return pa.concat_tables(tables)


def varint(number):
    out = b""
    while number > 127:
        out += bytes((number & 127 | 128,))
        number >>= 7
    return out + bytes((number,))


def storage(table):
    """Without extension types, whose equality is about more than values."""
    columns = [
        column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)
        for column in table.columns
    ]
    plain = [c.storage if isinstance(c, pa.ExtensionArray) else c for c in columns]
    plain = [c.dictionary_decode() if pa.types.is_dictionary(c.type) else c for c in plain]
    return pa.table(plain, names=table.column_names)


def names_of_extensions(table):
    return [
        field.type.extension_name if isinstance(field.type, pa.BaseExtensionType) else None
        for field in table.schema
    ]


def same_values(one, other):
    """Equal, and NaN equals NaN."""
    return one.equals(other) or repr(one.to_pylist()) == repr(other.to_pylist())


def test_a_table_of_thirty_types_is_read_whole(tavana, oracle):
    """One row of every type beside the others: no column may move another one."""
    kinds = [kind for kind in KINDS if "STRUCT" not in kind.name][:36]
    columns = [
        f"CAST({kind.values[-1]} AS {kind.name}) AS c{at}" for at, kind in enumerate(kinds)
    ]
    with psycopg.connect(tavana.dsn, autocommit=True) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute(f"CREATE TABLE all_types AS SELECT {', '.join(columns)}")
        nulls = ", ".join(["NULL"] * len(kinds))
        connection.execute(f"INSERT INTO all_types VALUES ({nulls})")
        cursor = connection.cursor(binary=False)
        for oid in (0, *values.ARRAYS, *values.ARRAYS.values(), values.JSON):
            cursor.adapters.register_loader(oid, Raw)
        cursor.execute("SELECT * FROM all_types ORDER BY c0 NULLS LAST")
        assert [column.type_code for column in cursor.description] == [kind.oid for kind in kinds]
        first, second = cursor.fetchall()
    # DuckDB's cast of a NULL in a VARIANT column to JSON is the word null. That is wrong, and so
    # is tavana's answer, which is made by this cast.
    nulls = tuple(b"null" if kind.name == "VARIANT" else None for kind in kinds)
    assert second == nulls
    for at, kind in enumerate(kinds):
        whole = expected_texts(oracle, kind, binary=True)
        assert received_text(kind, first[at].decode()) == whole[len(kind.values) - 1], kind.name


def test_intervals_arrive_as_durations(tavana):
    async def fetch():
        connection = await asyncpg.connect(
            host=tavana.host, port=tavana.pg_port, user="tester", database="main", ssl=False
        )
        try:
            return await connection.fetchval("SELECT INTERVAL '2 days 03:04:05.6'")
        finally:
            await connection.close()

    assert asyncio.run(fetch()).total_seconds() == 2 * 86_400 + 3 * 3600 + 4 * 60 + 5.6


def test_psycopg_gives_python_values(tavana):
    """The loaders that users have, in both formats."""
    import datetime
    import uuid

    sql = (
        "SELECT 1::SMALLINT, 2::BIGINT, 1.50::DECIMAL(5,2), 0.5::DOUBLE, true, 'x', '\\x01'::BLOB, "
        "DATE '2024-02-29', TIME '01:02:03', TIMESTAMP '2024-02-29 01:02:03', "
        "INTERVAL '1 day 2 seconds', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::UUID, "
        "'{\"a\": 1}'::JSON, [1, NULL], ['a', 'b'], {'k': [1]}, NULL"
    )
    expected = (
        1, 2, Decimal("1.50"), 0.5, True, "x", b"\x01", datetime.date(2024, 2, 29),
        datetime.time(1, 2, 3), datetime.datetime(2024, 2, 29, 1, 2, 3),
        datetime.timedelta(days=1, seconds=2), uuid.UUID("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"),
        {"a": 1}, [1, None], ["a", "b"], {"k": [1]}, None,
    )  # fmt: skip
    with psycopg.connect(tavana.dsn, autocommit=True) as connection:
        for binary in (False, True):
            assert connection.execute(sql, binary=binary).fetchone() == expected
