"""The 22 queries of TPC-H on Parquet, over both protocols, against DuckDB's own answers."""

import glob
from pathlib import Path

import duckdb
import psycopg
import pyarrow.flight
import pytest
from test_values import flight_query

SCALE = 0.1
TABLES = ("customer", "lineitem", "nation", "orders", "part", "partsupp", "region", "supplier")


def extension() -> str:
    """The tpch extension that the build has fetched: it lies beside the program."""
    from harness import program

    return str(Path(program()).parent / "extensions" / "tpch.duckdb_extension")


def prepare(folder):
    with duckdb.connect() as connection:
        connection.execute(f"LOAD '{extension()}'")
        connection.execute(f"CALL dbgen(sf = {SCALE})")
        for table in TABLES:
            connection.execute(f"COPY {table} TO '{folder}/{table}.parquet' (FORMAT parquet)")
        for number, text in connection.execute("SELECT query_nr, query FROM tpch_queries()").fetchall():
            (folder / f"q{number:02d}.sql").write_text(text)


@pytest.fixture(scope="module")
def local(tavana):
    """DuckDB in this process on the same files."""
    with duckdb.connect() as connection:
        for statement in views(tavana):
            connection.execute(statement)
        yield connection


def views(tavana):
    return [
        f"CREATE VIEW {table} AS SELECT * FROM read_parquet('{tavana.data}/{table}.parquet')"
        for table in TABLES
    ]


def queries(tavana):
    texts = [Path(path).read_text() for path in sorted(glob.glob(f"{tavana.data}/q*.sql"))]
    assert len(texts) == 22
    return texts


@pytest.mark.parametrize("binary", (False, True), ids=("text", "binary"))
def test_postgresql_gives_duckdbs_answers(tavana, local, binary):
    with psycopg.connect(tavana.dsn, autocommit=True) as connection:
        for statement in views(tavana):
            connection.execute(statement)
        for number, text in enumerate(queries(tavana), 1):
            expected = local.execute(text)
            # A sum without a name is called `sum`.
            names = [column[0].split("(")[0] for column in expected.description]
            cursor = connection.execute(text.rstrip().rstrip(";"), binary=binary)
            assert [column.name for column in cursor.description] == names, f"query {number}"
            assert same_rows(cursor.fetchall(), expected.fetchall()), f"query {number}"


def test_flight_gives_duckdbs_answers(tavana, local):
    with pyarrow.flight.connect(tavana.flight_uri) as client:
        for number, text in enumerate(queries(tavana), 1):
            text = with_files(text, tavana.data)
            expected = local.execute(text).to_arrow_table()
            received = flight_query(client, text)
            assert received.schema.equals(expected.schema), f"query {number}"
            assert same_rows(rows(received), rows(expected)), f"query {number}"


def with_files(text, folder):
    """One statement, as on a connection without state: the tables are common tables on files."""
    tables = ", ".join(f"{t} AS NOT MATERIALIZED (FROM '{folder}/{t}.parquet')" for t in TABLES)
    text = text.strip()
    if text.upper().startswith("WITH"):
        return f"WITH {tables}, {text[4:]}"
    return f"WITH {tables} {text}"


def rows(table):
    return [tuple(row.values()) for row in table.to_pylist()]


def same_rows(one, other):
    """Equal; sums of floats depend on the order in which threads add them."""
    if len(one) != len(other):
        return False
    return all(
        len(a) == len(b)
        and all(abs(x - y) <= 1e-9 * max(abs(x), abs(y)) if isinstance(x, float) else x == y for x, y in zip(a, b))
        for a, b in zip(one, other)
    )
