"""Flight SQL's metadata commands: their schemas are those of the specification, their filters filter."""

import adbc_driver_flightsql.dbapi as flight_dbapi
import pyarrow as pa
import pyarrow.flight
import pytest
from flight_calls import command, field, varint_field

pytestmark = pytest.mark.filterwarnings("error")

TEXT, NUMBER, SMALL = pa.utf8(), pa.int32(), pa.uint8()
KEYS = pa.schema(
    [
        pa.field("pk_catalog_name", TEXT),
        pa.field("pk_db_schema_name", TEXT),
        pa.field("pk_table_name", TEXT, nullable=False),
        pa.field("pk_column_name", TEXT, nullable=False),
        pa.field("fk_catalog_name", TEXT),
        pa.field("fk_db_schema_name", TEXT),
        pa.field("fk_table_name", TEXT, nullable=False),
        pa.field("fk_column_name", TEXT, nullable=False),
        pa.field("key_sequence", NUMBER, nullable=False),
        pa.field("fk_key_name", TEXT),
        pa.field("pk_key_name", TEXT),
        pa.field("update_rule", SMALL, nullable=False),
        pa.field("delete_rule", SMALL, nullable=False),
    ]
)
TABLES = [
    pa.field("catalog_name", TEXT),
    pa.field("db_schema_name", TEXT),
    pa.field("table_name", TEXT, nullable=False),
    pa.field("table_type", TEXT, nullable=False),
]
# FlightSql.proto, command by command.
SCHEMAS = {
    "CommandGetCatalogs": (b"", pa.schema([pa.field("catalog_name", TEXT, nullable=False)])),
    "CommandGetDbSchemas": (
        b"",
        pa.schema([pa.field("catalog_name", TEXT), pa.field("db_schema_name", TEXT, nullable=False)]),
    ),
    "CommandGetTables": (b"", pa.schema(TABLES)),
    "CommandGetTables, with schemas": (
        varint_field(5, 1),
        pa.schema([*TABLES, pa.field("table_schema", pa.binary(), nullable=False)]),
    ),
    "CommandGetTableTypes": (b"", pa.schema([pa.field("table_type", TEXT, nullable=False)])),
    "CommandGetSqlInfo": (
        b"",
        pa.schema(
            [
                pa.field("info_name", pa.uint32(), nullable=False),
                pa.field(
                    "value",
                    pa.dense_union(
                        [
                            pa.field("string_value", TEXT),
                            pa.field("bool_value", pa.bool_()),
                            pa.field("bigint_value", pa.int64()),
                            pa.field("int32_bitmask", NUMBER),
                            pa.field("string_list", pa.list_(TEXT)),
                            pa.field(
                                "int32_to_int32_list_map",
                                pa.map_(NUMBER, pa.list_(NUMBER)),
                            ),
                        ]
                    ),
                    nullable=False,
                ),
            ]
        ),
    ),
    "CommandGetPrimaryKeys": (
        field(3, b"parent"),
        pa.schema(
            [
                pa.field("catalog_name", TEXT),
                pa.field("db_schema_name", TEXT),
                pa.field("table_name", TEXT, nullable=False),
                pa.field("column_name", TEXT, nullable=False),
                pa.field("key_sequence", NUMBER, nullable=False),
                pa.field("key_name", TEXT),
            ]
        ),
    ),
    "CommandGetExportedKeys": (field(3, b"parent"), KEYS),
    "CommandGetImportedKeys": (field(3, b"child"), KEYS),
    "CommandGetCrossReference": (field(3, b"parent") + field(6, b"child"), KEYS),
    "CommandGetXdbcTypeInfo": (
        b"",
        pa.schema(
            [
                pa.field("type_name", TEXT, nullable=False),
                pa.field("data_type", NUMBER, nullable=False),
                pa.field("column_size", NUMBER),
                pa.field("literal_prefix", TEXT),
                pa.field("literal_suffix", TEXT),
                pa.field("create_params", pa.list_(pa.field("item", TEXT, nullable=False))),
                pa.field("nullable", NUMBER, nullable=False),
                pa.field("case_sensitive", pa.bool_(), nullable=False),
                pa.field("searchable", NUMBER, nullable=False),
                pa.field("unsigned_attribute", pa.bool_()),
                pa.field("fixed_prec_scale", pa.bool_(), nullable=False),
                pa.field("auto_increment", pa.bool_()),
                pa.field("local_type_name", TEXT),
                pa.field("minimum_scale", NUMBER),
                pa.field("maximum_scale", NUMBER),
                pa.field("sql_data_type", NUMBER, nullable=False),
                pa.field("datetime_subcode", NUMBER),
                pa.field("num_prec_radix", NUMBER),
                pa.field("interval_precision", NUMBER),
            ]
        ),
    ),
}


@pytest.fixture(scope="module")
def connection(tavana):
    with flight_dbapi.connect(tavana.flight_uri, autocommit=True) as connection:
        with connection.cursor() as cursor:
            for sql in (
                "CREATE SCHEMA s1",
                "CREATE TABLE parent (a INTEGER, b VARCHAR, d DECIMAL(10,2) DEFAULT 1.5, PRIMARY KEY (a, b))",
                "CREATE TABLE child (x INTEGER NOT NULL, y VARCHAR, FOREIGN KEY (x, y) REFERENCES parent (a, b))",
                "CREATE VIEW seen AS SELECT a FROM parent",
                "CREATE TABLE s1.elsewhere (i BIGINT)",
                "CREATE TEMPORARY TABLE passing (i INTEGER)",
                "CREATE TABLE under_score (i INTEGER)",
                "CREATE TABLE underXscore (i INTEGER)",
            ):
                cursor.execute(sql)
        yield connection


@pytest.fixture(scope="module")
def client(tavana):
    """A connection of its own, with the same tables."""
    with pyarrow.flight.connect(tavana.flight_uri) as client:
        for sql in (
            "CREATE SCHEMA s1",
            "CREATE TABLE parent (a INTEGER, b VARCHAR, d DECIMAL(10,2) DEFAULT 1.5, PRIMARY KEY (a, b))",
            "CREATE TABLE child (x INTEGER NOT NULL, y VARCHAR, FOREIGN KEY (x, y) REFERENCES parent (a, b))",
            "CREATE VIEW seen AS SELECT a FROM parent",
            "CREATE TABLE s1.elsewhere (i BIGINT)",
        ):
            client.get_flight_info(descriptor("CommandStatementQuery", field(1, sql.encode())))
        yield client


def descriptor(name, body):
    return pyarrow.flight.FlightDescriptor.for_command(command(name, body=body))


def ask(client, name, body=b""):
    info = client.get_flight_info(descriptor(name, body))
    return client.do_get(info.endpoints[0].ticket).read_all()


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_schema_is_the_specifications_in_every_place(client, name):
    body, schema = SCHEMAS[name]
    asked = descriptor(name.split(",")[0], body)
    info = client.get_flight_info(asked)
    rows = client.do_get(info.endpoints[0].ticket).read_all()
    for found in (info.schema, client.get_schema(asked).schema, rows.schema):
        assert [(f.name, f.type, f.nullable) for f in found] == [(f.name, f.type, f.nullable) for f in schema]
    assert rows.num_rows > 0


def test_keys_have_their_columns_in_order(client):
    rows = ask(client, "CommandGetPrimaryKeys", field(3, b"parent")).to_pylist()
    assert [(row["column_name"], row["key_sequence"]) for row in rows] == [("a", 1), ("b", 2)]
    for name, body in (
        ("CommandGetExportedKeys", field(3, b"parent")),
        ("CommandGetImportedKeys", field(3, b"child")),
        ("CommandGetImportedKeys", field(1, b"memory") + field(2, b"main") + field(3, b"child")),
        ("CommandGetCrossReference", field(3, b"parent") + field(6, b"child")),
    ):
        rows = ask(client, name, body).to_pylist()
        assert [(row["pk_column_name"], row["fk_column_name"], row["key_sequence"]) for row in rows] == [
            ("a", "x", 1),
            ("b", "y", 2),
        ], name
    for name, body in (
        ("CommandGetPrimaryKeys", field(3, b"child")),
        ("CommandGetExportedKeys", field(3, b"child")),
        ("CommandGetImportedKeys", field(3, b"parent")),
        ("CommandGetCrossReference", field(3, b"child") + field(6, b"parent")),
        ("CommandGetPrimaryKeys", field(2, b"s1") + field(3, b"parent")),
    ):
        assert ask(client, name, body).num_rows == 0, name


def test_filters_of_tables_are_patterns(client):
    def names(body):
        return ask(client, "CommandGetTables", body).column("table_name").to_pylist()

    assert names(field(1, b"memory")) == ["child", "parent", "seen", "elsewhere"]
    assert names(field(1, b"nowhere")) == []
    assert names(field(2, b"s_")) == ["elsewhere"]
    assert names(field(3, b"%r%e%")) == ["parent", "elsewhere"]
    assert names(field(4, b"VIEW")) == ["seen"]
    assert names(field(4, b"VIEW") + field(4, b"TABLE") + field(2, b"main")) == ["child", "parent", "seen"]
    assert names(field(3, b"par\\_nt")) == []
    assert names(field(3, b"' OR 1=1 --")) == []


def test_a_tables_schema_is_the_one_its_rows_have(client):
    rows = ask(client, "CommandGetTables", varint_field(5, 1) + field(3, b"parent")).to_pylist()
    schema = pa.ipc.read_schema(pa.py_buffer(rows[0]["table_schema"]))
    assert schema.names == ["a", "b", "d"]
    assert schema.types == [pa.int32(), pa.utf8(), pa.decimal128(10, 2)]
    assert [f.nullable for f in schema] == [False, False, True]
    assert schema.field("d").metadata[b"ARROW:FLIGHT:SQL:PRECISION"] == b"10"
    assert schema.field("d").metadata[b"ARROW:FLIGHT:SQL:SCALE"] == b"2"


def test_facts_of_the_server_are_typed_as_drivers_read_them(client):
    facts = {row["info_name"]: row["value"] for row in ask(client, "CommandGetSqlInfo").to_pylist()}
    assert facts[0] == "tavana"
    assert facts[8] == 1, "transactions"
    assert facts[3] is False and facts[4] is True and facts[5] is False
    assert facts[10] is True, "bulk ingest"
    assert facts[504] == '"'
    assert set(facts) >= {*range(500, 577), 0, 1, 2, 3, 4, 5, 8, 9, 10, 11, 100, 101}
    some = ask(client, "CommandGetSqlInfo", varint_field(1, 0) + varint_field(1, 8))
    assert some.column("info_name").to_pylist() == [0, 8]


def test_the_driver_lists_everything_down_to_columns(connection):
    found = connection.adbc_get_objects(depth="all", catalog_filter="memory").read_all().to_pylist()
    (catalog,) = found
    tables = {
        (schema["db_schema_name"], table["table_name"]): table
        for schema in catalog["catalog_db_schemas"]
        for table in schema["db_schema_tables"]
    }
    assert set(tables) == {
        ("main", "parent"),
        ("main", "child"),
        ("main", "seen"),
        ("main", "under_score"),
        ("main", "underXscore"),
        ("s1", "elsewhere"),
    }
    assert tables["main", "seen"]["table_type"] == "VIEW"
    columns = tables["main", "parent"]["table_columns"]
    assert [(c["column_name"], c["ordinal_position"], c["xdbc_type_name"]) for c in columns] == [
        ("a", 1, "INTEGER"),
        ("b", 2, "VARCHAR"),
        ("d", 3, "DECIMAL(10,2)"),
    ]
    # The driver asks no server for keys; the commands for them are above.
    assert tables["main", "parent"]["table_constraints"] == []
    temporary = connection.adbc_get_objects(depth="tables", catalog_filter="temp").read_all().to_pylist()
    assert [t["table_name"] for s in temporary[0]["catalog_db_schemas"] for t in s["db_schema_tables"]] == ["passing"]
    names = [
        table["table_name"]
        for catalog in connection.adbc_get_objects(depth="tables", table_name_filter="under\\_score").read_all().to_pylist()
        for schema in catalog["catalog_db_schemas"]
        for table in schema["db_schema_tables"]
    ]
    assert names == ["under_score"]


def test_the_driver_reads_a_tables_schema(connection):
    schema = connection.adbc_get_table_schema("parent")
    assert schema.names == ["a", "b", "d"]
    assert not schema.field("a").nullable
    assert connection.adbc_get_table_schema("elsewhere", db_schema_filter="s1").types == [pa.int64()]
    assert sorted(connection.adbc_get_table_types()) == ["LOCAL TEMPORARY", "TABLE", "VIEW"]
