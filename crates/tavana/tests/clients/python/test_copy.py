"""COPY out and in again gives the same table, for every type and in each format."""

import psycopg
import pytest

COLUMNS = {
    "BOOLEAN": "true",
    "TINYINT": "-5",
    "SMALLINT": "-300",
    "INTEGER": "70000",
    "BIGINT": "9223372036854775807",
    "HUGEINT": "170141183460469231731687303715884105727",
    "UTINYINT": "250",
    "USMALLINT": "65000",
    "UINTEGER": "4000000000",
    "UBIGINT": "18446744073709551615",
    "UHUGEINT": "340282366920938463463374607431768211455",
    "BIGNUM": "'123456789012345678901234567890123456789012'",
    "FLOAT": "0.1",
    "DOUBLE": "'NaN'",
    "DECIMAL(18,3)": "-12345.678",
    "VARCHAR": "'a\tb\nc\"d\\e,f''g|h\r\n\\.'",
    "BLOB": r"'\x00\xFF\x5C\x0A'::BLOB",
    "DATE": "'infinity'",
    "TIME": "'12:34:56.789'",
    "TIMETZ": "'12:34:56+02'",
    "TIMESTAMP": "'2024-02-29 12:34:56.789'",
    "TIMESTAMP_S": "'2024-02-29 12:34:56'",
    "TIMESTAMP_MS": "'2024-02-29 12:34:56.789'",
    "TIMESTAMPTZ": "'2024-02-29 12:34:56.789+00'",
    "INTERVAL": "INTERVAL '1 year 2 days 3.5 seconds'",
    "UUID": "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'",
    "BIT": "'10101'",
    "ENUM('x', 'y z')": "'y z'",
    "JSON": """'{"a": [1, null]}'""",
    "STRUCT(a INTEGER, b VARCHAR)": """{'a': 1, 'b': 'x,"y'}""",
    "INTEGER[]": "[1, NULL, 3]",
    "VARCHAR[]": """['a,b', NULL, '', 'q"']""",
    "INTEGER[][]": "[[1, 2], [3]]",
    "INTEGER[3]": "[1, 2, 3]",
}

FORMATS = [
    "FORMAT text",
    "FORMAT text, DELIMITER '|', NULL '#'",
    "FORMAT csv",
    "FORMAT csv, HEADER",
    "FORMAT csv, DELIMITER '|', QUOTE '''', NULL 'nil'",
    "FORMAT binary",
]


@pytest.fixture(scope="module")
def connection(tavana):
    with psycopg.connect(
        host=tavana.host, port=tavana.pg_port, user="tester", dbname="main", autocommit=True
    ) as connection:
        yield connection


def test_the_words_for_null_and_nothing_are_told_apart(connection):
    connection.execute("CREATE TABLE words (v VARCHAR)")
    connection.execute(r"INSERT INTO words VALUES (NULL), (''), ('NULL'), ('\N'), ('nil'), ('\.')")
    for form in FORMATS:
        assert round_trip(connection, "words", form) == 6, form


@pytest.mark.parametrize("form", FORMATS)
def test_every_type_comes_back_the_same(connection, form):
    for number, (name, value) in enumerate(COLUMNS.items()):
        table = f"t{number}"
        connection.execute(f"CREATE OR REPLACE TABLE {table} (v {name})")
        connection.execute(f"INSERT INTO {table} VALUES ({value}), (NULL)")
        assert round_trip(connection, table, form) == 2, name


def round_trip(connection, table, form):
    """Copies into an empty table of the same columns; returns its rows, which must be the same."""
    connection.execute(f"CREATE OR REPLACE TABLE again AS FROM {table} LIMIT 0")
    with connection.cursor() as cursor:
        with cursor.copy(f"COPY {table} TO STDOUT ({form})") as out:
            data = b"".join(bytes(part) for part in out)
        with cursor.copy(f"COPY again FROM STDIN ({form})") as back:
            # Cut where nothing ends.
            for start in range(0, len(data), 7):
                back.write(data[start : start + 7])
    lost = connection.execute(f"SELECT count(*) FROM (FROM {table} EXCEPT ALL FROM again)").fetchone()[0]
    assert lost == 0, (table, form, data)
    return connection.execute("SELECT count(*) FROM again").fetchone()[0]
