"""pandas, polars, Ibis and DuckDB read and write over Flight SQL through the ADBC driver."""

import adbc_driver_flightsql.dbapi as flight_dbapi
import ibis
import pandas
import polars
import pytest

pytestmark = pytest.mark.filterwarnings("error")


@pytest.fixture
def connection(tavana):
    with flight_dbapi.connect(tavana.flight_uri, autocommit=True) as connection:
        yield connection


def test_pandas_writes_and_reads_a_table(connection):
    frame = pandas.DataFrame({"i": [1, 2, 3], "s": ["a", "b", None], "d": [0.5, 1.5, None]})
    assert frame.to_sql("t", connection, index=False) == 3
    assert frame.to_sql("t", connection, index=False, if_exists="append") == 3
    found = pandas.read_sql("SELECT count(*) AS n, sum(i)::BIGINT AS s, count(s) AS c FROM t", connection)
    assert found.to_dict("records") == [{"n": 6, "s": 12, "c": 4}]
    found = pandas.read_sql("SELECT i FROM t WHERE i > 1 ORDER BY i", connection)
    assert found["i"].tolist() == [2, 2, 3, 3]
    assert pandas.read_sql_table("t", connection).shape == (6, 3)


def test_polars_writes_and_reads_a_table(connection):
    frame = polars.DataFrame({"i": [1, 2, 3], "s": ["a", "b", None], "l": [[1], [2, 3], None]})
    assert frame.write_database("p", connection, engine="adbc") == 3
    found = polars.read_database("SELECT * FROM p ORDER BY i", connection)
    assert found.to_dicts() == frame.to_dicts()
    parts = list(polars.read_database("SELECT i FROM range(200000) t(i)", connection, iter_batches=True, batch_size=50_000))
    assert sum(part.height for part in parts) == 200_000


def test_duckdb_reads_a_result_without_a_copy_of_it(connection, oracle):
    with connection.cursor() as cursor:
        cursor.execute("SELECT i, i % 7 AS m FROM range(1000000) t(i)")
        reader = cursor.fetch_record_batch()
        assert oracle.execute("SELECT count(*), sum(m) FROM reader").fetchone() == (1_000_000, 2_999_997)


def test_an_expression_of_ibis_means_what_it_means_in_duckdb(connection, oracle):
    """Ibis has no backend of its own for Flight SQL: it writes DuckDB's SQL, and the driver runs it."""
    rows = "SELECT i AS id, i % 7 AS shop, i * 0.25 AS amount, DATE '2024-01-01' + (i % 60)::INTEGER AS day FROM range(10000) t(i)"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE sales AS {rows}")
        cursor.execute("CREATE TABLE shops AS SELECT i AS shop, 'shop ' || i AS name FROM range(7) t(i)")
        cursor.execute("SELECT * FROM sales LIMIT 0")
        sales = ibis.table(ibis.Schema.from_pyarrow(cursor.fetch_arrow_table().schema), name="sales")
        cursor.execute("SELECT * FROM shops LIMIT 0")
        shops = ibis.table(ibis.Schema.from_pyarrow(cursor.fetch_arrow_table().schema), name="shops")
        expression = (
            sales.filter(sales.amount > 10)
            .join(shops, "shop")
            .group_by(["name", ibis._.day.truncate("M")])
            .agg(n=ibis._.count(), total=ibis._.amount.sum(), last=ibis._.id.max())
            .order_by(["name", "n", "last"])
        )
        sql = str(ibis.to_sql(expression, dialect="duckdb"))
        cursor.execute(sql)
        found = cursor.fetch_arrow_table()
    oracle.execute(f"CREATE OR REPLACE TEMP TABLE sales AS {rows}")
    oracle.execute("CREATE OR REPLACE TEMP TABLE shops AS SELECT i AS shop, 'shop ' || i AS name FROM range(7) t(i)")
    assert found.to_pylist() == oracle.execute(sql).to_arrow_table().to_pylist()
    assert found.num_rows == 14 and sum(found["n"].to_pylist()) == 9959
