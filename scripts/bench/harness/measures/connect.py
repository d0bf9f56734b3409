"""A login over TLS with SCRAM, one statement, and the end: what a client without a pool pays."""

import subprocess
import time

import psycopg

from .. import report, rounds

USER, PASSWORD = "bench", "correct horse"
SQL = "SELECT 1"
SECURED = {"sslmode": "require", "channel_binding": "require", "require_auth": "scram-sha-256"}


def measure(bench):
    count = bench.sizes["logins"]
    server = bench.another_postgres(with_tls=True)
    other = None
    try:
        server.secure(USER, PASSWORD)
        contenders = {"PostgreSQL": _logins(count, server.pg_port)}
        if bench.tavana:
            users = bench.scratch / "users.txt"
            subprocess.run(
                [bench.binary, "user", "add", USER, "--file", users],
                input=PASSWORD.encode(),
                stdout=subprocess.DEVNULL,
                check=True,
            )
            other = bench.another_tavana(
                {
                    "TAVANA_AUTH_MODE": "required",
                    "TAVANA_USERS_FILE": str(users),
                    "TAVANA_TLS_MODE": "required",
                    "TAVANA_TLS_SELF_SIGNED": "true",
                }
            )
            contenders["tavana"] = _logins(count, other.pg_port)
        results, failed = bench.compare("connect", contenders)
    finally:
        server.stop()
        if other:
            other.stop()
    times = {name: [t for run in runs for t in run["times"]] for name, runs in results.items()}
    for runs in results.values():
        for run in runs:
            del run["times"]
    title = "TLS + SCRAM login, `SELECT 1`, close: p50 (reference: PostgreSQL)"
    if "tavana" in failed:
        return [report.failed(title, failed["tavana"], "")], []
    p50 = {name: rounds.percentile(found, 0.50) for name, found in times.items()}
    if "tavana" not in p50:
        return [report.Line(title, "", report.milliseconds(p50["PostgreSQL"]))], []
    lines = [report.shown(title, p50["tavana"], p50["PostgreSQL"], report.milliseconds)]
    return lines, [report.split(f"{count} logins: {name}", runs) for name, runs in results.items()]


def _logins(count, port):
    def run():
        times = []
        for _ in range(count):
            began = time.perf_counter()
            with psycopg.connect(
                host="127.0.0.1", port=port, user=USER, password=PASSWORD, dbname="postgres", autocommit=True, **SECURED
            ) as connection:
                connection.execute(SQL).fetchall()
            times.append(time.perf_counter() - began)
        return {"times": times}

    return run
