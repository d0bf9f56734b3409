"""Arrow Flight beside DuckDB in process and a minimal Flight server; what a gateway costs by itself."""

import os
import pathlib
import socket
import subprocess
import sys
import threading
import time

import pyarrow as pa
import pyarrow.flight

from .. import clients, processes, report, rounds
from ..bench import expect

IN_PROCESS_LIMIT = 0.7
MINIMAL_LIMIT = 1.0
INGEST_LIMIT = 0.3
CPU_LIMIT = 0.15
SERVER = pathlib.Path(__file__).resolve().parents[2] / "flight_server.py"
RELAY = SERVER.with_name("relay.py")
RELAY_BYTES = 2 << 30
PASS_ROUNDS = 3
INGEST_BATCH_ROWS = 122_880


def measure(bench):
    wanted = bench.sizes["wide_rows"]
    sources = {
        "6 columns": f"SELECT * FROM read_parquet('{bench.data.wide(wanted)}')",
        "3 columns of text": f"SELECT * FROM read_parquet('{bench.data.texts(wanted)}')",
    }
    in_process = bench.duckdb_connection()
    lines, splits = [], []
    with Minimal(bench) as minimal:
        for name, sql in sources.items():
            contenders = {
                "in-process": lambda sql=sql: _batches(in_process, sql, wanted),
                "minimal server": lambda sql=sql: minimal.count(sql, wanted),
            }
            flight = None
            if bench.tavana:
                flight = clients.Flight(bench.tavana.flight_port)
                contenders["tavana"] = lambda sql=sql: _counted(flight.count(sql), wanted)
            results, failed = bench.compare(f"flight, {name}", contenders)
            if flight:
                flight.close()
            speed = {who: wanted / rounds.median([run["total"] for run in runs]) for who, runs in results.items()}
            for theirs, limit in (("in-process", IN_PROCESS_LIMIT), ("minimal server", MINIMAL_LIMIT)):
                title = f"Flight, {wanted / 1e6:g} M rows × {name} (reference: {theirs})"
                if "tavana" in failed:
                    lines.append(report.failed(title, failed["tavana"], f"≥ {limit:.2f} ×"))
                elif "tavana" in speed:
                    lines.append(
                        report.at_least(title, speed["tavana"], speed[theirs], limit, report.million_rows_per_second)
                    )
            splits += [report.split(f"Flight, {name}: {who}", runs) for who, runs in results.items()]
    if bench.tavana:
        found_lines, found_splits = _ingest(bench, in_process, wanted)
        lines += [*found_lines, *_gateway_alone(bench, sources["6 columns"])]
        splits += found_splits
    return lines, splits


def _counted(result, wanted):
    expect("rows", result["rows"], wanted)
    return result


def _batches(connection, sql, wanted):
    began = time.perf_counter()
    rows = sum(batch.num_rows for batch in connection.execute(sql).to_arrow_reader())
    return _counted({"rows": rows, "total": time.perf_counter() - began}, wanted)


class Minimal:
    """flight_server.py in a process of its own."""

    def __init__(self, bench):
        self._process = subprocess.Popen(
            [sys.executable, "-B", str(SERVER), str(bench.threads), str(bench.memory_gb)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._client = pyarrow.flight.connect(f"grpc://127.0.0.1:{int(self._process.stdout.readline())}")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._client.close()
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()

    def count(self, sql, wanted):
        began, rows = time.perf_counter(), 0
        reader = self._client.do_get(pyarrow.flight.Ticket(sql.encode()))
        for chunk in reader:
            rows += chunk.data.num_rows
        return _counted({"rows": rows, "total": time.perf_counter() - began}, wanted)


def _ingest(bench, in_process, wanted):
    """A table of Arrow batches into DuckDB: in process and by the ADBC driver."""
    table = in_process.execute(
        f"SELECT id, score, name FROM read_parquet('{bench.data.wide(wanted)}')"
    ).to_arrow_table()
    adbc = clients.connect_adbc(bench.tavana.flight_port)

    def ours():
        began = time.perf_counter()
        with adbc.cursor() as cursor:
            # The driver sends no message above 16 MiB, as it is set by default.
            batches = pa.RecordBatchReader.from_batches(table.schema, table.to_batches(INGEST_BATCH_ROWS))
            rows = cursor.adbc_ingest("ingested", batches, mode="replace")
        return _counted({"rows": rows, "total": time.perf_counter() - began}, wanted)

    def theirs():
        began = time.perf_counter()
        in_process.execute("CREATE OR REPLACE TABLE ingested AS SELECT * FROM source")
        return {"total": time.perf_counter() - began}

    in_process.register("source", table)
    results, failed = bench.compare("flight, ingest", {"in-process": theirs, "tavana": ours})
    in_process.execute("DROP TABLE IF EXISTS ingested")
    adbc.close()
    title = f"adbc_ingest of {wanted / 1e6:g} M rows × 3 columns (reference: in process)"
    splits = [report.split(f"ingest: {who}", runs) for who, runs in results.items()]
    if "tavana" in failed:
        return [report.failed(title, failed["tavana"], f"≥ {INGEST_LIMIT:.2f} ×")], splits
    speed = {who: wanted / rounds.median([run["total"] for run in runs]) for who, runs in results.items()}
    line = report.at_least(
        title, speed["tavana"], speed["in-process"], INGEST_LIMIT, report.million_rows_per_second
    )
    return [line], splits


def _relay():
    """CPU seconds for each GB of a process that only reads and writes."""
    with socket.create_server(("127.0.0.1", 0)) as sink:
        process = subprocess.Popen(
            [sys.executable, RELAY, str(sink.getsockname()[1])], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        try:
            source = socket.create_connection(("127.0.0.1", int(process.stdout.readline())))
            target, _ = sink.accept()
            before = processes.cpu_seconds(process.pid)
            block, received = bytes(1 << 20), bytearray(1 << 20)

            def send():
                for _ in range(RELAY_BYTES // len(block)):
                    source.sendall(block)
                source.close()

            sender = threading.Thread(target=send)
            sender.start()
            while target.recv_into(received):
                pass
            sender.join()
            target.close()
            return (processes.cpu_seconds(process.pid) - before) / (RELAY_BYTES / 1e9)
        finally:
            process.stdin.close()
            process.stdout.close()
            process.wait()


def _gateway_alone(bench, sql):
    """A gateway and a worker as two processes: CPU of the gateway for what passes through it."""
    worker_port, flight_port = _free_port(), _free_port()
    folder = pathlib.Path(bench.binary).parent
    shared = {
        "PATH": os.environ["PATH"],
        "HOME": str(bench.scratch),
        "TAVANA_BIND_ADDRESS": "127.0.0.1",
        "TAVANA_CLUSTER_KEY": "k" * 40,
        "TAVANA_ALLOWED_DIRECTORIES": str(bench.data.folder),
        "DUCKDB_TEMP_DIR": str(bench.scratch / "spill"),
        "LOG_LEVEL": "warn",
    }
    worker = subprocess.Popen(
        [folder / "tavana-worker"], env=shared | {"GRPC_PORT": str(worker_port)}, stderr=subprocess.DEVNULL
    )
    gateway = subprocess.Popen(
        [folder / "tavana-gateway"],
        env=shared
        | {
            "PG_PORT": "0",
            "HTTP_PORT": "0",
            "FLIGHT_SQL_PORT": str(flight_port),
            "TAVANA_AUTH_MODE": "passthrough",
            "WORKER_ADDR": f"http://127.0.0.1:{worker_port}",
        },
        stderr=subprocess.DEVNULL,
    )
    try:
        client = clients.Flight(flight_port)
        processes.wait_until(lambda: _answers(client), 60, step=0.2)
        wide = f"SELECT t.* FROM ({sql}) t, range(4)"
        list(client.batches(sql))
        bytes_passed, before = 0, processes.cpu_seconds(gateway.pid)
        resident, most = _resident(gateway.pid), 0
        for _ in range(PASS_ROUNDS):
            for batch in client.batches(wide):
                bytes_passed += batch.nbytes
                most = max(most, _resident(gateway.pid))
        used = processes.cpu_seconds(gateway.pid) - before
        client.close()
    finally:
        for process in (gateway, worker):
            process.terminate()
            process.wait()
    per_gb = used / (bytes_passed / 1e9)
    relay = _relay()
    bench.raw["flight_gateway"] = {"bytes": bytes_passed, "cpu": used, "grown_mib": most - resident}
    return [
        report.Line(
            f"CPU of the gateway for each GB of a Flight result ({bytes_passed / 1e9:.1f} GB)",
            f"{per_gb:.3f} s",
            f"{relay:.3f} s by a bare TCP relay",
            f"{per_gb / relay:.2f} ×",
            f"≤ {CPU_LIMIT} s",
            per_gb <= CPU_LIMIT,
        ),
        report.Line(
            "… and by how much its memory grew",
            f"{most - resident:.0f} MiB",
            "",
            "",
            "< 100 MiB",
            most - resident < 100,
        ),
    ]


def _answers(client):
    try:
        return client.count("SELECT 1 FROM range(1)")["rows"] == 1
    except (pa.ArrowException, pyarrow.flight.FlightError):
        return False


def _resident(pid):
    return processes.memory_bytes(pid) / 2**20


def _free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]
