"""The smallest statement: what a round trip costs."""

import time

from .. import clients, report, rounds

LIMIT = 5.0
SQL = "SELECT 1"


def measure(bench):
    count = bench.sizes["pings"]
    in_process = bench.duckdb_connection()
    postgres = bench.postgres
    peer = postgres.connect()
    peer.prepare_threshold = None
    contenders = {
        "in-process": lambda: _ping(count, lambda: in_process.execute(SQL).fetchall()),
        "PostgreSQL, psycopg simple": _psycopg(count, peer, False),
        "PostgreSQL, psycopg prepared": _psycopg(count, peer, True),
        "PostgreSQL, raw": _raw(bench, count, postgres.pg_port, user="postgres", database="postgres"),
    }
    opened = [peer]
    if bench.tavana:
        ours = clients.connect_postgres(bench.tavana.pg_port)
        adbc = clients.connect_adbc(bench.tavana.flight_port)
        opened += [ours, adbc]
        contenders |= {
            "tavana, psycopg simple": _psycopg(count, ours, False),
            "tavana, psycopg prepared": _psycopg(count, ours, True),
            "tavana, raw": _raw(bench, count, bench.tavana.pg_port),
            "tavana, ADBC": lambda: _ping(count, lambda: _ask_adbc(adbc)),
        }
    results, failed = bench.compare("latency", contenders)
    for connection in opened:
        connection.close()

    times = {name: [t for run in runs for t in run["times"]] for name, runs in results.items()}
    p50 = {name: rounds.percentile(found, 0.50) for name, found in times.items()}
    p99 = {name: rounds.percentile(found, 0.99) for name, found in times.items()}
    bench.raw["latency_percentiles"] = {"p50": p50, "p99": p99}
    for runs in results.values():
        for run in runs:
            del run["times"]

    lines = []
    for name, words, make in [
        ("psycopg simple", "p50, PostgreSQL simple (reference: in process)", report.at_most),
        ("psycopg prepared", "p50, PostgreSQL prepared (reference: in process)", report.at_most),
        ("raw", "p50, PostgreSQL raw reader (reference: in process)", None),
        ("ADBC", "p50, Flight by ADBC (reference: in process)", None),
    ]:
        ours, title = f"tavana, {name}", f"`{SQL}` {words}"
        if ours in failed:
            lines.append(report.failed(title, failed[ours], f"≤ {LIMIT:.2f} ×" if make else ""))
        elif ours in p50:
            pair = (title, p50[ours], p50["in-process"])
            lines.append(make(*pair, LIMIT, report.milliseconds) if make else report.shown(*pair, report.milliseconds))
    for name, words in [("psycopg simple", "simple"), ("psycopg prepared", "prepared"), ("raw", "raw reader")]:
        theirs = f"PostgreSQL, {name}"
        for rank, found in [("p50", p50), ("p99", p99)]:
            title = f"`{SQL}` {rank}, {words} (reference: PostgreSQL)"
            if f"tavana, {name}" in found:
                lines.append(report.shown(title, found[f"tavana, {name}"], found[theirs], report.milliseconds))
            else:
                lines.append(report.Line(title, "", report.milliseconds(found[theirs])))
    lines.append(report.Line(f"`{SQL}` p50 and p99 in process", "", f"{report.milliseconds(p50['in-process'])}, {report.milliseconds(p99['in-process'])}"))
    return lines, [report.split(f"{count} × {SQL}: {name}", runs) for name, runs in results.items()]


def _ping(count, ask):
    times = []
    for _ in range(count):
        began = time.perf_counter()
        ask()
        times.append(time.perf_counter() - began)
    return {"times": times}


def _psycopg(count, connection, prepare):
    cursor = connection.cursor()
    return lambda: _ping(count, lambda: cursor.execute(SQL, prepare=prepare).fetchall())


def _raw(bench, count, port, **user):
    return lambda: {"times": bench.drain(port, SQL, "--repeat", str(count), **user)["times"]}


def _ask_adbc(connection):
    with connection.cursor() as cursor:
        cursor.execute(SQL)
        return cursor.fetchall()
