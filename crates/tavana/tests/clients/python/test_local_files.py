"""Every format in a folder that is given by --data."""

import lake
import psycopg
import pyarrow.flight
import pytest
from test_values import flight_query


def prepare(folder):
    lake.write(folder)
    (folder / "iceberg.txt").write_text(lake.write_iceberg(folder, f"file://{folder}/warehouse"))


@pytest.fixture(scope="module")
def session(tavana):
    with psycopg.connect(tavana.dsn, autocommit=True) as connection:
        yield connection


@pytest.mark.parametrize("name", lake.FORMATS)
def test_a_format_is_read_over_both_protocols(tavana, session, name):
    statement = lake.summary(lake.sources(tavana.data)[name])
    assert session.execute(statement).fetchone() == lake.SUMMARY
    with pyarrow.flight.connect(tavana.flight_uri) as client:
        (row,) = flight_query(client, statement).to_pylist()
    assert tuple(row.values()) == lake.SUMMARY


def test_iceberg_is_read_by_its_metadata_file_and_by_its_folder(tavana, session):
    metadata = (tavana.data / "iceberg.txt").read_text().removeprefix("file://")
    assert session.execute(lake.summary(f"iceberg_scan('{metadata}')")).fetchone() == lake.SUMMARY
    snapshots = session.execute(f"SELECT snapshot_id FROM iceberg_snapshots('{metadata}')").fetchall()
    assert len(snapshots) == 2


def test_an_older_version_of_a_delta_table(tavana, session):
    for version, ids in ((0, [1, 2]), (1, [1, 2, 3, 4, 5])):
        rows = session.execute(
            f"SELECT id FROM delta_scan('{tavana.data}/delta', version := {version}) ORDER BY id"
        ).fetchall()
        assert [row[0] for row in rows] == ids
    with pytest.raises(psycopg.Error):
        session.execute(f"SELECT * FROM delta_scan('{tavana.data}/delta', version := 7)")


def test_hive_partitions_are_columns_and_prune(tavana, session):
    source = lake.sources(tavana.data)["hive partitions"]
    rows = session.execute(
        f"SELECT id, day::VARCHAR, even FROM {source} WHERE even ORDER BY id"
    ).fetchall()
    assert rows == [(2, "2024-01-02", "True"), (4, "2024-01-04", "True")]


def test_formats_are_joined_in_one_statement(tavana, session):
    sources = lake.sources(tavana.data)
    statement = (
        f"SELECT count(*) FROM {sources['parquet']} p JOIN {sources['csv']} c USING (id) "
        f"JOIN {sources['delta']} d USING (id) JOIN {sources['json']} j USING (id)"
    )
    assert session.execute(statement).fetchone() == (5,)


def test_a_prepared_statement_reads_a_file_that_was_replaced(tavana, session):
    """The plan knows the range of the values in the file as it was: it must not be used again."""
    import pyarrow as pa
    import pyarrow.parquet

    path = tavana.data / "replaced.parquet"
    statement = f"SELECT n FROM '{path}' WHERE n < 0 OR n > 100 ORDER BY n"
    for values, expected in (([1, 2, 200], [200]), ([-5, 7, 70_000], [-5, 70_000])):
        pyarrow.parquet.write_table(pa.table({"n": pa.array(values, pa.int32())}), path)
        for _ in range(7):
            rows = session.execute(statement, prepare=True).fetchall()
            assert [row[0] for row in rows] == expected


def test_missing_files_and_wrong_formats_are_errors(tavana, session):
    for statement in (
        f"SELECT * FROM '{tavana.data}/missing.parquet'",
        f"SELECT * FROM '{tavana.data}/nothing/*.parquet'",
        f"SELECT * FROM read_parquet('{tavana.data}/rows.csv')",
        f"SELECT * FROM delta_scan('{tavana.data}/many')",
    ):
        with pytest.raises(psycopg.Error):
            session.execute(statement)
    assert session.execute("SELECT 1").fetchone() == (1,)


def test_a_damaged_file_is_an_error_and_never_wrong_rows(tavana, session):
    whole = (tavana.data / "one.parquet").read_bytes()
    for position in range(4, len(whole), max(1, len(whole) // 40)):
        damaged = bytearray(whole)
        damaged[position] ^= 0xFF
        (tavana.data / "damaged.parquet").write_bytes(damaged)
        try:
            rows = session.execute(f"SELECT * FROM '{tavana.data}/damaged.parquet'").fetchall()
        except psycopg.Error:
            continue
        # Parquet has no checksum over its values: a readable file may hold other ones.
        assert len(rows) <= 5
    assert session.execute("SELECT 1").fetchone() == (1,)
