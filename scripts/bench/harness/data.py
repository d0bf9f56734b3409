"""The data all contenders read: made once by DuckDB into the cache folder, the same each time."""

import os
import pathlib
import re
import shutil

from .failure import Failure

TPCH_TABLES = ["customer", "lineitem", "nation", "orders", "part", "partsupp", "region", "supplier"]

# Six columns of the kinds a report has. Values come from hashes, so they do not compress away, and
# one in a hundred of `quantity` is NULL.
WIDE_SELECT = """
    SELECT i AS id,
           CASE WHEN hash(i + 1) % 100 = 0 THEN NULL ELSE (hash(i + 2) % 100000)::INTEGER END AS quantity,
           (hash(i + 3) >> 11)::DOUBLE / 9007199254740992.0 * 1000.0 AS score,
           ((hash(i + 4) % 100000000)::BIGINT * 0.01::DECIMAL(3, 2))::DECIMAL(18, 2) AS price,
           'name-' || lpad((hash(i + 5) % 10000000)::VARCHAR, 7, '0') AS name,
           TIMESTAMP '2024-01-01' + to_milliseconds((hash(i + 6) % 63072000000)::BIGINT) AS moment
    FROM range({rows}) AS t(i)
"""
WIDE_POSTGRES_COLUMNS = (
    "id bigint, quantity integer, score double precision, price numeric(18, 2), "
    "name varchar, moment timestamp"
)


# Three columns of text: short and repeated, medium, and long enough to be a value of its own.
TEXTS_SELECT = """
    SELECT 'kind-' || (hash(i) % 20)::VARCHAR AS kind,
           'name-' || lpad((hash(i + 5) % 10000000)::VARCHAR, 20, '0') AS name,
           md5(i::VARCHAR) || md5((i + 1)::VARCHAR) AS note
    FROM range({rows}) AS t(i)
"""


class Data:
    def __init__(self, folder, duckdb_connection, tpch_extension):
        self.folder = folder
        self._connection = duckdb_connection
        self._tpch_extension = tpch_extension
        folder.mkdir(parents=True, exist_ok=True)

    def wide(self, rows):
        """A Parquet file of `rows` rows and six columns."""
        return self._made(f"wide-{rows}.parquet", WIDE_SELECT.format(rows=rows))

    def texts(self, rows):
        """A Parquet file of `rows` rows and three columns of text."""
        return self._made(f"texts-{rows}.parquet", TEXTS_SELECT.format(rows=rows))

    def _made(self, name, select):
        path = self.folder / name
        if not path.exists():
            print(f"making {path.name}", flush=True)
            part = path.with_suffix(".part")
            self._connection.execute(f"COPY ({select}) TO '{part}' (FORMAT parquet)")
            os.replace(part, path)
        return path

    def wide_times_ten(self, rows):
        """A folder with ten names of the same file: ten times the rows, once the space."""
        source = self.wide(rows)
        folder = self.folder / f"wide-{rows}-times-ten"
        folder.mkdir(exist_ok=True)
        for number in range(10):
            name = folder / f"part-{number}.parquet"
            if not name.exists():
                os.link(source, name)
        return folder

    def wide_csv(self, rows, into):
        self._connection.execute(
            f"COPY (FROM read_parquet('{self.wide(rows)}')) TO '{into}' (FORMAT csv, HEADER false)"
        )

    def tpch(self, scale):
        """A folder of eight Parquet files, and the 22 statements that read them."""
        self._connection.execute(f"LOAD '{self._tpch_extension}'")
        folder = self.folder / f"tpch-sf{scale:g}"
        if not folder.exists():
            print(f"making {folder.name}", flush=True)
            part = pathlib.Path(f"{folder}.part")
            shutil.rmtree(part, ignore_errors=True)
            part.mkdir()
            self._connection.execute("ATTACH ':memory:' AS making; USE making")
            self._connection.execute(f"CALL dbgen(sf = {scale:g})")
            for table in TPCH_TABLES:
                self._connection.execute(f"COPY {table} TO '{part / table}.parquet' (FORMAT parquet)")
            self._connection.execute("USE memory; DETACH making")
            part.rename(folder)
        queries = self._connection.execute("SELECT query FROM tpch_queries() ORDER BY query_nr").fetchall()
        if len(queries) != 22:
            raise Failure(f"the tpch extension has {len(queries)} queries instead of 22")
        return [over_parquet(query, folder) for (query,) in queries]


def over_parquet(query, folder):
    """The TPC-H statement with its table names bound to the files.

    A WITH clause does it, so that no view is needed and each statement stands alone. NOT
    MATERIALIZED, because DuckDB would otherwise read a table that is named twice into memory.
    """
    text = query.strip().rstrip(";")
    used = [table for table in TPCH_TABLES if re.search(rf"\b{table}\b", text.lower())]
    names = ", ".join(
        f"{table} AS NOT MATERIALIZED (FROM read_parquet('{folder / table}.parquet'))" for table in used
    )
    if text[:4].upper() == "WITH":
        return f"WITH {names}, {text[4:].lstrip()}"
    return f"WITH {names}\n{text}"
