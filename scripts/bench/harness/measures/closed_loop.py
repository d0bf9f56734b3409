"""Sixteen connections, each of which asks again as soon as it has its answer: answers a second, and the slowest."""

import os
import pathlib
import shutil
import subprocess
import tempfile

from .. import report, rounds
from ..failure import Failure
from ..pgbouncer import PgBouncer

CONNECTIONS = 16
# What the gateway knows by itself, and what an engine has to run.
STATEMENTS = {"SELECT 1": "SELECT 1;", "SELECT of a function in FROM": "SELECT i FROM generate_series(1, 1) t(i);"}


def measure(bench):
    seconds = bench.sizes["loop_seconds"]
    postgres = bench.postgres
    pool = PgBouncer(postgres.pg_port, "postgres", "postgres", CONNECTIONS)
    try:
        contenders = {}
        for name, text in STATEMENTS.items():
            contenders[f"PostgreSQL: {name}"] = _loop(text, seconds, postgres.pg_port, "postgres", "postgres")
            contenders[f"PostgreSQL and PgBouncer: {name}"] = _loop(text, seconds, pool.pg_port, "postgres", "postgres")
            if bench.tavana:
                contenders[f"tavana: {name}"] = _loop(text, seconds, bench.tavana.pg_port, "bench", "main")
        results, failed = bench.compare("closed-loop", contenders)
    finally:
        pool.stop()
    lines = []
    for name in STATEMENTS:
        found = {peer: results.get(f"{peer}: {name}") for peer in ("tavana", "PostgreSQL", "PostgreSQL and PgBouncer")}
        for peer in ("PostgreSQL", "PostgreSQL and PgBouncer"):
            if not found["tavana"] or not found[peer]:
                why = failed.get(f"tavana: {name}") or failed.get(f"{peer}: {name}")
                if why:
                    lines.append(report.failed(f"{CONNECTIONS} connections, {name}", why, ""))
                continue
            for what, key, show in [("answers/s", "rate", _rate), ("p99", "p99", report.milliseconds)]:
                ours, theirs = (rounds.median([run[key] for run in found[who]]) for who in ("tavana", peer))
                lines.append(report.shown(f"{CONNECTIONS} connections, {name}: {what} (reference: {peer})", ours, theirs, show))
    return lines, [report.split(f"{CONNECTIONS} connections, {name}", runs) for name, runs in results.items()]


def _rate(value):
    return f"{value:,.0f}"


def _loop(text, seconds, port, user, database):
    def run():
        folder = pathlib.Path(tempfile.mkdtemp(prefix="tavana-bench-pgbench-"))
        try:
            script = folder / "script.sql"
            script.write_text(text + "\n")
            done = subprocess.run(
                ["pgbench", "-n", "-M", "simple", "-c", str(CONNECTIONS), "-j", "2", "-T", str(seconds)]
                + ["-l", "-f", script, "-h", "127.0.0.1", "-p", str(port), "-U", user, database],
                cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=seconds + 60,
                env={"PATH": os.environ["PATH"], "PGSSLMODE": "disable"},
            )  # fmt: skip
            if done.returncode != 0:
                raise Failure(done.stderr[-1000:])
            # The third word of a line is the microseconds of one answer.
            times = [
                int(line.split()[2]) / 1e6
                for log in folder.glob("pgbench_log.*")
                for line in log.read_text().splitlines()
            ]
            return {"rate": len(times) / seconds, "p99": rounds.percentile(times, 0.99), "total": seconds}
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    return run
