"""One small table in every format, written by the library that users write it with.

Each has the rows 1..5 with a name, a price and a day; the answers are known beforehand.
"""

import csv
import datetime
import decimal
import json

import deltalake
import fastavro
import openpyxl
import pyarrow as pa
import pyarrow.parquet
from pyiceberg.catalog.sql import SqlCatalog

ROWS = [
    {
        "id": number,
        "name": f"name {number}" if number != 3 else None,
        "price": decimal.Decimal(number) / 4,
        "day": datetime.date(2024, 1, number),
    }
    for number in range(1, 6)
]
SCHEMA = pa.schema(
    [("id", pa.int64()), ("name", pa.string()), ("price", pa.decimal128(9, 2)), ("day", pa.date32())]
)
SUMMARY = (5, 15, 4, decimal.Decimal("3.75"), datetime.date(2024, 1, 5))


def summary(source):
    """A statement whose answer is SUMMARY for every format."""
    return (
        "SELECT count(*), sum(id)::BIGINT, count(name), sum(price::DECIMAL(9,2))::DECIMAL(9,2), "
        f"max(day)::DATE FROM {source}"
    )


def table(rows=None):
    return pa.Table.from_pylist(ROWS if rows is None else rows, schema=SCHEMA)


def write(folder):
    """Everything that is plain files; Iceberg needs to know its final address."""
    pyarrow.parquet.write_table(table(), folder / "one.parquet")
    (folder / "many").mkdir()
    pyarrow.parquet.write_table(table(ROWS[:2]), folder / "many" / "a.parquet")
    pyarrow.parquet.write_table(table(ROWS[2:]), folder / "many" / "b.parquet")
    for row in ROWS:
        part = folder / "hive" / f"day={row['day']}" / f"even={row['id'] % 2 == 0}"
        part.mkdir(parents=True)
        pyarrow.parquet.write_table(table([row]).drop_columns("day"), part / "part.parquet")
    with open(folder / "rows.csv", "w", newline="") as file:
        writer = csv.DictWriter(file, SCHEMA.names)
        writer.writeheader()
        writer.writerows(ROWS)
    plain = [{**row, "price": float(row["price"]), "day": str(row["day"])} for row in ROWS]
    (folder / "rows.json").write_text(json.dumps(plain))
    (folder / "rows.ndjson").write_text("\n".join(map(json.dumps, plain)))
    write_avro(folder / "rows.avro")
    write_excel(folder / "rows.xlsx")
    write_delta(folder / "delta")


def write_avro(path):
    schema = {
        "type": "record",
        "name": "row",
        "fields": [
            {"name": "id", "type": "long"},
            {"name": "name", "type": ["null", "string"]},
            {"name": "price", "type": "double"},
            {"name": "day", "type": "string"},
        ],
    }
    rows = [{**row, "price": float(row["price"]), "day": str(row["day"])} for row in ROWS]
    with open(path, "wb") as file:
        fastavro.writer(file, schema, rows)


def write_excel(path):
    book = openpyxl.Workbook()
    book.active.append(SCHEMA.names)
    for row in ROWS:
        book.active.append([row["id"], row["name"], float(row["price"]), row["day"]])
    book.save(path)


def write_delta(folder):
    """Version 0 has the first two rows, version 1 all of them."""
    deltalake.write_deltalake(str(folder), table(ROWS[:2]))
    deltalake.write_deltalake(str(folder), table(ROWS[2:]), mode="append")


def write_iceberg(folder, warehouse, properties=None):
    """Writes a table of two snapshots below `warehouse`; gives the address of its metadata file.

    The catalog is a database file in `folder`; readers of the metadata file do not need it.
    """
    catalog = SqlCatalog(
        "test", uri=f"sqlite:///{folder}/catalog.db", warehouse=warehouse, **(properties or {})
    )
    try:
        catalog.create_namespace("db")
        created = catalog.create_table("db.rows", schema=SCHEMA)
        created.append(table(ROWS[:2]))
        created.append(table(ROWS[2:]))
        return created.metadata_location
    finally:
        catalog.close()


def sources(base):
    """The name of each format and what stands for it in a FROM list."""
    return {
        "parquet": f"'{base}/one.parquet'",
        "parquet glob": f"'{base}/many/*.parquet'",
        "hive partitions": f"read_parquet('{base}/hive/**/*.parquet', hive_partitioning = true)",
        "csv": f"read_csv('{base}/rows.csv')",
        "json": f"read_json('{base}/rows.json')",
        "ndjson": f"'{base}/rows.ndjson'",
        "avro": f"read_avro('{base}/rows.avro')",
        "excel": f"read_xlsx('{base}/rows.xlsx')",
        "delta": f"delta_scan('{base}/delta')",
    }


FORMATS = tuple(sources(""))
