"""pandas and polars, by the ways that their users take."""

import adbc_driver_postgresql.dbapi
import pandas
import polars
import psycopg
import pytest
import sqlalchemy as sa

ROWS = "SELECT i AS id, 'n' || i AS name, i / 2.0::DOUBLE PRECISION AS half, DATE '2024-01-01' AS day FROM generate_series(1, 1000) t(i) ORDER BY i"


@pytest.fixture
def engine(server):
    engine = sa.create_engine(f"postgresql+psycopg://tester@{server.host}:{server.pg_port}/main", poolclass=sa.StaticPool)
    yield engine
    engine.dispose()


def test_pandas_reads_a_query_with_parameters(engine):
    frame = pandas.read_sql(ROWS, engine)
    assert (len(frame), int(frame["id"].sum()), frame["name"].iloc[-1]) == (1000, 500500, "n1000")
    assert float(frame["half"].iloc[0]) == 0.5 and str(frame["day"].iloc[0]) == "2024-01-01"
    some = pandas.read_sql(sa.text("SELECT i FROM generate_series(1, :n) t(i)"), engine, params={"n": 7})
    assert len(some) == 7


def test_pandas_reads_in_parts(engine):
    with engine.connect().execution_options(stream_results=True) as connection:
        parts = [len(part) for part in pandas.read_sql(sa.text(ROWS), connection, chunksize=300)]
    assert parts == [300, 300, 300, 100]


def test_pandas_writes_a_table_and_reads_it_back(engine):
    frame = pandas.DataFrame({"id": [1, 2, 3], "name": ["a", None, "it's"], "price": [0.5, 1.5, None]})
    with engine.connect() as connection:
        frame.to_sql("written", connection, index=False)
        back = pandas.read_sql_table("written", connection)
        pandas.testing.assert_frame_equal(back, frame)
        frame.to_sql("written", connection, index=False, if_exists="append")
        assert len(pandas.read_sql("SELECT * FROM written", connection)) == 6
        frame.to_sql("written", connection, index=False, if_exists="replace")
        assert len(pandas.read_sql("SELECT * FROM written", connection)) == 3


def test_polars_reads_over_a_drivers_connection(server):
    with psycopg.connect(server.dsn) as connection:
        frame = polars.read_database(ROWS, connection)
    assert frame.shape == (1000, 4)
    assert frame["id"].sum() == 500500 and frame["half"][0] == 0.5 and str(frame["day"][0]) == "2024-01-01"


def test_polars_reads_over_sqlalchemy(engine):
    frame = polars.read_database(ROWS, engine.connect())
    assert frame.schema["name"] == polars.String and frame["name"][-1] == "n1000"


def test_polars_reads_arrow_over_adbc(server):
    with adbc_driver_postgresql.dbapi.connect(server.pg_uri) as connection:
        frame = polars.read_database(ROWS, connection)
    assert frame.shape == (1000, 4)
    assert frame.schema["id"].is_integer() and frame.schema["half"] == polars.Float64
    assert frame.schema["name"] == polars.String and frame.schema["day"] == polars.Date
    assert frame["id"].sum() == 500500


def test_polars_writes_over_adbc(server):
    frame = polars.DataFrame({"id": [1, 2, 3], "name": ["a", None, "it's"]})
    with adbc_driver_postgresql.dbapi.connect(server.pg_uri) as connection:
        assert frame.write_database("written", connection, engine="adbc") == 3
        back = polars.read_database("SELECT * FROM written ORDER BY id", connection)
    assert back["name"].to_list() == ["a", None, "it's"]
