"""COPY out and in again gives the same table, for every type and in each format."""

import os
import struct
from pathlib import Path

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
    "VARCHAR[][]": r"""[['a\n"b', NULL], NULL, [], ['\\']]""",
    "JSON[]": """['{"a": 1}'::JSON, NULL]""",
    "STRUCT(a INTEGER)[]": "[{'a': 1}, NULL, {'a': NULL}]",
    'STRUCT("A b" VARCHAR, l INTEGER[], j JSON)': """{'A b': 'x\n\t"é', 'l': [1, NULL], 'j': '{"k": ["]", 1]}'}""",
    "STRUCT(d DATE, t TIMESTAMPTZ, i INTERVAL, u UUID, h HUGEINT, f DOUBLE)":
        "{'d': '2024-02-29', 't': '2024-02-29 12:34:56+00', 'i': INTERVAL '1 year -2 days', "
        "'u': 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', 'h': 170141183460469231731687303715884105727, 'f': 'NaN'}",
    "STRUCT(b BLOB, v BIT, e ENUM('x', 'y z'))": r"{'b': '\x00\xFFa\x5C'::BLOB, 'v': '10101', 'e': 'y z'}",
    "MAP(VARCHAR, INTEGER)": "MAP {'a': 1, 'b \"c\", =': NULL, '': 3}",
    "MAP(INTEGER, VARCHAR[])": "MAP {1: ['x', NULL], -2: NULL}",
    "MAP(DATE, STRUCT(a INTEGER))": "MAP {DATE '2024-02-29': {'a': 1}}",
    "MAP(INTEGER[], INTEGER)": "MAP {[1, 2]: 3, []: 4}",
    "UNION(i INTEGER, s VARCHAR)": "'1'::VARCHAR",
    "UNION(i INTEGER, l INTEGER[])[]": "[1::UNION(i INTEGER, l INTEGER[]), [1, 2]]",
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


@pytest.mark.parametrize("form", FORMATS)
def test_what_a_variant_holds_comes_back(connection, form):
    connection.execute("CREATE OR REPLACE TABLE variants (v VARIANT)")
    connection.execute("""INSERT INTO variants SELECT v::JSON::VARIANT FROM (VALUES ('{"a": [1, null, "x"]}'), ('1'), (NULL)) t(v)""")
    connection.execute("CREATE OR REPLACE VIEW plain AS SELECT v::JSON AS v FROM variants")
    data = copied_out(connection, "variants", form)
    connection.execute("CREATE OR REPLACE TABLE again (v VARIANT)")
    copy_in(connection, "again", form, data)
    lost = "SELECT count(*) FROM (SELECT v FROM plain EXCEPT ALL SELECT v::JSON FROM again)"
    assert connection.execute(lost).fetchone() == (0,)


def test_nested_values_in_duckdbs_own_spelling_are_taken(connection):
    connection.execute("CREATE OR REPLACE TABLE nested (s STRUCT(a INTEGER, b VARCHAR), m MAP(VARCHAR, INTEGER))")
    copy_in(connection, "nested", "FORMAT text", b"{'a': 1, 'b': x y}\t{k=1, \"a=b\"=2}\n")
    rows = connection.execute("SELECT s.a, s.b, m['k'], m['a=b'] FROM nested").fetchall()
    assert rows == [(1, "x y", 1, 2)]


def test_a_nested_value_of_another_structure_is_refused(connection):
    connection.execute("CREATE OR REPLACE TABLE nested (s STRUCT(a INTEGER))")
    for wrong in (b'{"b": 1}', b"[1]", b"{", b"{}}"):
        with pytest.raises(psycopg.errors.InvalidTextRepresentation):
            copy_in(connection, "nested", "FORMAT text", wrong + b"\n")


@pytest.mark.parametrize("form", ["text", "csv", "binary"])
def test_the_server_does_not_grow_with_what_is_copied_in(connection, tavana, form):
    rows = int(os.environ.get("TAVANA_TEST_COPY_ROWS", 1_000_000))
    connection.execute("CREATE OR REPLACE TABLE many (a INTEGER, b BIGINT, s VARCHAR)")
    grown = []
    with connection.cursor() as cursor, cursor.copy(f"COPY many FROM STDIN (FORMAT {form})") as copy:
        for part in parts_of(rows, form):
            copy.write(part)
            grown.append(resident_bytes(tavana.process.pid))
    sums = connection.execute("SELECT count(*), sum(a), sum(b) FROM many").fetchone()
    assert sums == (rows, rows * (rows - 1) // 2, 3 * rows * (rows - 1) // 2)
    # From when the first tenth is in: before that, buffers are made.
    assert max(grown) - grown[len(grown) // 10] < 32 << 20
    connection.execute("DROP TABLE many")


def parts_of(rows, form):
    if form == "binary":
        yield b"PGCOPY\n\xff\r\n\0" + bytes(8)
    separator = "\t" if form == "text" else ","
    for start in range(0, rows, 10_000):
        numbers = range(start, min(start + 10_000, rows))
        if form == "binary":
            values = ((i, b"value %d" % i) for i in numbers)
            yield b"".join(struct.pack("!hiiiqi", 3, 4, i, 8, i * 3, len(text)) + text for i, text in values)
        else:
            yield "".join(f"{i}{separator}{i * 3}{separator}value {i}\n" for i in numbers).encode()
    if form == "binary":
        yield b"\xff\xff"


def resident_bytes(pid):
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def round_trip(connection, table, form):
    """Copies into an empty table of the same columns; returns its rows, which must be the same."""
    connection.execute(f"CREATE OR REPLACE TABLE again AS FROM {table} LIMIT 0")
    data = copied_out(connection, table, form)
    copy_in(connection, "again", form, data)
    lost = connection.execute(f"SELECT count(*) FROM (FROM {table} EXCEPT ALL FROM again)").fetchone()[0]
    assert lost == 0, (table, form, data)
    return connection.execute("SELECT count(*) FROM again").fetchone()[0]


def copied_out(connection, table, form):
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} TO STDOUT ({form})") as out:
        return b"".join(bytes(part) for part in out)


def copy_in(connection, table, form, data):
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} FROM STDIN ({form})") as back:
        # Cut where nothing ends.
        for start in range(0, len(data), 7):
            back.write(data[start : start + 7])
