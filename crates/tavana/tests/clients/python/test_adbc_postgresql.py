"""The ADBC driver for PostgreSQL: it knows the server's types from pg_catalog, and reads every result as
binary COPY."""

import adbc_driver_manager
import adbc_driver_postgresql.dbapi as postgresql_dbapi
import pyarrow as pa
import pytest
from programme import ERRORS, ERRORS_NEED, MANY, SHOP, TYPES, types_table


@pytest.fixture
def connection(server):
    with postgresql_dbapi.connect(server.pg_uri, autocommit=True) as connection:
        yield connection


@pytest.fixture
def cursor(connection):
    with connection.cursor() as cursor:
        yield cursor


def test_a_query_gives_typed_values(cursor):
    cursor.execute("SELECT 258::INTEGER AS i, 'x'::TEXT AS s, true AS b, NULL::BIGINT AS n FROM generate_series(1, 3)")
    table = cursor.fetch_arrow_table()
    assert table.to_pydict() == {"i": [258] * 3, "s": ["x"] * 3, "b": [True] * 3, "n": [None] * 3}


def test_parameters_and_counts(cursor):
    cursor.execute("CREATE TABLE t (i INTEGER, s TEXT)")
    cursor.execute("INSERT INTO t VALUES (1, 'a'), (2, 'b')")
    assert cursor.rowcount == 2
    cursor.executemany("INSERT INTO t VALUES ($1, $2)", [(3, "' OR 1=1 --"), (4, None)])
    cursor.execute("SELECT i FROM t WHERE s = $1", ("' OR 1=1 --",))
    assert cursor.fetchall() == [(3,)]
    cursor.execute("SELECT $1::INTEGER + 1 AS n, $2::TEXT AS t, $3::DOUBLE PRECISION AS d", (41, "x", 0.5))
    assert cursor.fetchone() == (42, "x", 0.5)


def test_thirty_types_are_read_as_postgresqls_are(postgres18, tavana):
    postgres18.fresh()
    seen = {}
    for kind, server in (("postgres", postgres18), ("tavana", tavana)):
        with postgresql_dbapi.connect(server.pg_uri, autocommit=True) as connection, connection.cursor() as cursor:
            cursor.execute("SET TimeZone = 'UTC'")
            for statement in types_table(kind):
                cursor.execute(statement)
            cursor.execute("SELECT * FROM types ORDER BY 2 NULLS LAST")
            seen[kind] = cursor.fetch_arrow_table()
    for number, kind in enumerate(TYPES):
        got, expected = (seen[name].column(number) for name in ("tavana", "postgres"))
        assert (got.type, got.to_pylist()) == (expected.type, expected.to_pylist()), kind["name"]


def test_a_table_is_ingested_by_copy_and_read_back(cursor):
    table = pa.table({
        "i": pa.array([1, 2, None], pa.int64()), "s": ["a", None, "tab\t"], "d": [0.5, None, -1.0], "b": [True, False, None],
        "y": pa.array([b"\x00\xff", b"", None]),
    })  # fmt: skip
    assert cursor.adbc_ingest("ingested", table) == 3
    assert cursor.adbc_ingest("ingested", table, mode="append") == 3
    cursor.execute("SELECT * FROM ingested ORDER BY i NULLS LAST")
    back = cursor.fetch_arrow_table()
    assert back.slice(0, 1).to_pylist() == table.slice(0, 1).to_pylist()
    assert (back.num_rows, back.column_names) == (6, table.column_names)


def test_errors_have_postgresqls_states(cursor):
    for statement in ERRORS_NEED:
        cursor.execute(statement)
    # The driver describes a statement and then runs COPY (statement). PostgreSQL refuses an unknown setting
    # at the first, tavana at the second, where it is DuckDB's SHOW of a table that does not exist.
    errors = [one for one in ERRORS if one[0] != "SHOW nothing_like_this"]
    seen = []
    for statement, _ in errors:
        with pytest.raises(adbc_driver_manager.Error) as error:
            cursor.execute(statement)
            cursor.fetchall()
        seen.append((statement, error.value.sqlstate))
    assert seen == errors


def test_transactions(server):
    with postgresql_dbapi.connect(server.pg_uri) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE t (i INTEGER)")
        connection.commit()
        cursor.execute("INSERT INTO t VALUES (1)")
        connection.rollback()
        cursor.execute("INSERT INTO t VALUES (2)")
        connection.commit()
        cursor.execute("SELECT i FROM t")
        assert cursor.fetchall() == [(2,)]


def test_many_rows_come_in_batches(cursor):
    cursor.execute(f"SELECT i FROM generate_series(1, {MANY}) t(i) ORDER BY i")
    expected = 1
    for batch in cursor.fetch_record_batch():
        numbers = batch.column(0).to_numpy()
        assert numbers[0] == expected and numbers[-1] == expected + len(numbers) - 1
        expected += len(numbers)
    assert expected == MANY + 1


def test_the_objects_of_the_catalog(connection, cursor):
    for statement in SHOP:
        cursor.execute(statement)
    objects = connection.adbc_get_objects(depth="all", catalog_filter="main").read_all().to_pylist()
    (catalog,) = objects
    schemas = {schema["db_schema_name"]: schema["db_schema_tables"] for schema in catalog["catalog_db_schemas"]}
    tables = {table["table_name"]: table for table in schemas["public"]}
    assert {name: table["table_type"] for name, table in tables.items()} == {
        "customer": "table", "purchase": "table", "debtor": "view",
    }  # fmt: skip
    assert [column["column_name"] for column in tables["purchase"]["table_columns"]] == [
        "id", "customer_id", "made_at", "paid", "weight", "note",
    ]  # fmt: skip
    (key,) = [c for c in tables["purchase"]["table_constraints"] if c["constraint_type"] == "FOREIGN KEY"]
    assert key["constraint_column_names"] == ["customer_id"]
    assert [table["table_name"] for table in schemas["store"]] == ["item"]
    schema = connection.adbc_get_table_schema("customer", db_schema_filter="public")
    assert schema.field("born").type == pa.date32() and schema.field("id").type == pa.int32()
