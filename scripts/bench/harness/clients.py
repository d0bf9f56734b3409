"""The readers: what asks the servers and counts the rows that come back."""

import json
import pathlib
import resource
import subprocess
import time

import adbc_driver_flightsql.dbapi
import psycopg
import pyarrow.flight

from .failure import Failure

SOURCE = pathlib.Path(__file__).resolve().parent.parent / "pgdrain.c"
USER = "bench"
DATABASE = "bench"


class PgDrain:
    """The raw reader, compiled when the benchmark starts."""

    def __init__(self, folder):
        self._program = folder / "pgdrain"
        subprocess.run(["cc", "-O2", "-o", self._program, SOURCE], check=True)

    def __call__(self, port, sql, *options, user=USER, database=DATABASE):
        command = [self._program, *options, str(port), user, database, sql]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode != 0:
            raise Failure(done.stderr.strip())
        return json.loads(done.stdout)


def connect_postgres(port):
    """A psycopg connection that sends plain statements and prepares only when told."""
    connection = psycopg.connect(
        host="127.0.0.1", port=port, user=USER, dbname=DATABASE, autocommit=True, sslmode="disable"
    )
    connection.prepare_threshold = None
    return connection


def connect_adbc(port):
    return adbc_driver_flightsql.dbapi.connect(f"grpc://127.0.0.1:{port}", autocommit=True)


def count_adbc(connection, sql):
    """Reads the result batch by batch; rows, seconds to the first batch and to the end."""
    began = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return _count(cursor.fetch_record_batch(), began)


def table_adbc(connection, sql):
    began = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute(sql)
        rows = cursor.fetch_arrow_table().num_rows
    return {"rows": rows, "total": time.perf_counter() - began}


class Flight:
    """Flight SQL by pyarrow alone: Arrow's C++ reader, nothing between it and the batches."""

    def __init__(self, port):
        self._client = pyarrow.flight.connect(f"grpc://127.0.0.1:{port}")

    def batches(self, sql):
        """A generator of record batches, in the order of the endpoints."""
        descriptor = pyarrow.flight.FlightDescriptor.for_command(statement_query(sql))
        for endpoint in self._client.get_flight_info(descriptor).endpoints:
            reader = self._client.do_get(endpoint.ticket)
            try:
                while True:
                    try:
                        chunk = reader.read_chunk()
                    except StopIteration:
                        break
                    yield chunk.data
            finally:
                reader.cancel()

    def count(self, sql):
        return _count(self.batches(sql), time.perf_counter())

    def close(self):
        self._client.close()


def statement_query(sql):
    """google.protobuf.Any holding CommandStatementQuery, whose field 1 is the statement."""

    def field_1_or_2(number, data):
        return bytes([number << 3 | 2]) + _varint(len(data)) + data

    url = b"type.googleapis.com/arrow.flight.protocol.sql.CommandStatementQuery"
    return field_1_or_2(1, url) + field_1_or_2(2, field_1_or_2(1, sql.encode()))


def _varint(number):
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def _count(batches, began):
    rows, first = 0, None
    for batch in batches:
        if first is None and batch.num_rows > 0:
            first = time.perf_counter() - began
        rows += batch.num_rows
    return {"rows": rows, "first_row": first, "total": time.perf_counter() - began}


def own_cpu_seconds():
    """CPU seconds of this process and of the clients it started and waited for."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)
