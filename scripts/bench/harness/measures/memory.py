"""Does memory grow with the result: a hundred million rows by psql and by Flight."""

import shutil
import subprocess

from .. import clients, processes, report
from ..failure import Failure
from ..tavana import ENGINES, SERVER

GROWTH_BYTES_MAX = 100_000_000


def measure(bench):
    if not bench.tavana:
        return [], []
    if shutil.which("psql") is None:
        raise Failure("psql is not installed: run scripts/test-setup psql")
    rows = bench.sizes["stream_rows"]
    sql = f"SELECT * FROM range({rows})"
    lines = []
    for name, read in [
        ("psql COPY", lambda: _psql(bench.tavana.pg_port, f"COPY ({sql}) TO STDOUT")),
        ("Flight reader", lambda: _flight(bench.tavana.flight_port, sql)),
    ]:
        bench.restart_tavana()
        # Connected once before, so that what a first connection allocates is not called growth.
        clients.connect_postgres(bench.tavana.pg_port).execute("SELECT 1").connection.close()
        watched = _watch(bench.tavana, read)
        bench.raw[f"memory_{name}"] = watched
        count, server, engine = watched["rows"], watched["parts"][SERVER], watched["parts"][ENGINES]
        title = f"{rows / 1e6:g} M rows, {name}"
        lines.append(report.Line(f"{title}: count", f"{count}", f"{rows}", "", "equal", count == rows))
        grown = server["peak"] - server["before"]
        lines.append(
            report.Line(
                f"{title}: growth of gateway and supervisor (one process; before → peak)",
                f"{grown / 1e6:.0f} MB",
                f"{server['before'] / 1e6:.0f} → {server['peak'] / 1e6:.0f} MB",
                "",
                f"< {GROWTH_BYTES_MAX / 1e6:.0f} MB",
                grown < GROWTH_BYTES_MAX,
            )
        )
        lines.append(
            report.Line(f"{title}: largest engine, peak", f"{engine['largest'] / 1e6:.0f} MB", "")
        )
    return lines, []


def _watch(tavana, read):
    """Resident memory of both parts while `read` runs; the kernel's own peak for the server."""
    parts = tavana.parts()
    before = {name: sum(map(processes.memory_bytes, pids)) for name, pids in parts.items()}
    for pid in parts[SERVER]:
        processes.reset_peak(pid)
    sampled = {SERVER: before[SERVER], ENGINES: before[ENGINES]}
    largest_engine = 0
    curve = []

    def look():
        nonlocal largest_engine
        now = tavana.parts()
        for name, pids in now.items():
            sizes = [processes.memory_bytes(pid) for pid in pids]
            sampled[name] = max(sampled[name], sum(sizes))
            if name == ENGINES:
                largest_engine = max([largest_engine, *sizes])
        curve.append(sum(map(processes.memory_bytes, now[SERVER])))

    split = {}
    with tavana.cpu_split(split), processes.Sampler(look, 0.1):
        rows = read()
    peak = sum(processes.memory_bytes(pid, "VmHWM") for pid in parts[SERVER])
    return {
        "rows": rows,
        "parts": {
            SERVER: {"before": before[SERVER], "peak": max(peak, sampled[SERVER])},
            ENGINES: {"before": before[ENGINES], "peak": sampled[ENGINES], "largest": largest_engine},
        },
        "server_curve": curve[:: max(1, len(curve) // 100)],
        "cpu": split,
    }


def _psql(port, sql):
    psql = subprocess.Popen(
        ["psql", "-X", "-q", "-h", "127.0.0.1", "-p", str(port), "-U", clients.USER, "-d", clients.DATABASE]
        + ["-c", sql],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    lines = subprocess.run(["wc", "-l"], stdin=psql.stdout, capture_output=True, check=True)
    psql.stdout.close()
    error = psql.stderr.read().decode(errors="replace")
    if psql.wait() != 0:
        raise Failure(f"psql: {error.strip()}")
    return int(lines.stdout)


def _flight(port, sql):
    flight = clients.Flight(port)
    try:
        return flight.count(sql)["rows"]
    finally:
        flight.close()
