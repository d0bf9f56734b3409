"""The S3 server of `s3_server.py` with the same tables in three buckets, for tests in Rust.

Key AKA may do everything in bucket bka, AKB in bkb, AKI (the infrastructure's) in bki; AKC may list
bka and read nothing. The rows of a bucket carry its name. Prints `{"port": …, "iceberg": {…}}`, then
answers each line on its standard input with one line: `log` with the requests since the last time.
Ends with its standard input.
"""

import csv
import json
import sys
import tempfile
from pathlib import Path

import deltalake
import pyarrow as pa
import pyarrow.parquet
from pyiceberg.catalog.sql import SqlCatalog
from s3_server import Key, S3Server

EVERYTHING = {"list", "get", "put", "delete"}
KEYS = {
    "AKA": Key("CANARY-secret-of-a-000001", {"bka": EVERYTHING}),
    "AKB": Key("CANARY-secret-of-b-000002", {"bkb": EVERYTHING}),
    "AKC": Key("CANARY-secret-of-c-000003", {"bka": {"list"}}),
    "AKI": Key("CANARY-secret-of-i-000004", {"bki": EVERYTHING}),
}
OWNERS = {"bka": "AKA", "bkb": "AKB", "bki": "AKI"}
SCHEMA = pa.schema([("id", pa.int64()), ("owner", pa.string())])


def table(bucket, first=0):
    rows = [{"id": number, "owner": f"rows of {bucket}"} for number in range(first, first + 3)]
    return pa.Table.from_pylist(rows, schema=SCHEMA)


def write(folder, bucket):
    pyarrow.parquet.write_table(table(bucket), folder / "one.parquet")
    (folder / "many").mkdir()
    for part in ("a", "b"):
        pyarrow.parquet.write_table(table(bucket), folder / "many" / f"{part}.parquet")
    rows = table(bucket).to_pylist()
    with open(folder / "rows.csv", "w", newline="") as file:
        writer = csv.DictWriter(file, SCHEMA.names)
        writer.writeheader()
        writer.writerows(rows)
    (folder / "rows.json").write_text(json.dumps(rows))
    deltalake.write_deltalake(str(folder / "delta"), table(bucket))


def write_iceberg(server, bucket, folder):
    key = OWNERS[bucket]
    catalog = SqlCatalog(
        "test",
        uri=f"sqlite:///{folder}/{bucket}.db",
        warehouse=f"s3://{bucket}/warehouse",
        **{
            "s3.endpoint": server.endpoint,
            "s3.access-key-id": key,
            "s3.secret-access-key": KEYS[key].secret,
            "s3.region": "us-east-1",
            "py-io-impl": "pyiceberg.io.pyarrow.PyArrowFileIO",
        },
    )
    try:
        catalog.create_namespace("db")
        created = catalog.create_table("db.rows", schema=SCHEMA)
        created.append(table(bucket))
        return created.metadata_location
    finally:
        catalog.close()


def main():
    server = S3Server(KEYS)
    iceberg = {}
    with tempfile.TemporaryDirectory() as temporary:
        for bucket in OWNERS:
            folder = Path(temporary) / bucket
            folder.mkdir()
            write(folder, bucket)
            server.put_folder(bucket, "", folder)
            iceberg[bucket] = write_iceberg(server, bucket, temporary)
    server.log.clear()
    print(json.dumps({"port": server.port, "iceberg": iceberg}), flush=True)
    for line in sys.stdin:
        if line.strip() == "log":
            log, server.log = server.log, []
            text = json.dumps([[entry.key_id, entry.path, entry.query, entry.status] for entry in log])
            print(text, flush=True)
    server.stop()


main()
