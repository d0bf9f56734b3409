"""How long until the first row of a very big result is there; the rest is not read."""

import time

from .. import clients, report, rounds

SECONDS_AFTER_MAX = 0.050


def measure(bench):
    rows = bench.sizes["wide_rows"] * 10
    folder = bench.data.wide_times_ten(bench.sizes["wide_rows"])
    sql = f"SELECT * FROM read_parquet('{folder}/*.parquet')"
    in_process = bench.duckdb_connection()
    contenders = {"in-process": lambda: _fetch_one(in_process, sql)}
    if bench.tavana:
        flight = clients.Flight(bench.tavana.flight_port)
        adbc = clients.connect_adbc(bench.tavana.flight_port)
        never_idle = []

        def then_idle(ask):
            """What an abandoned result still costs must not be charged to the next contender."""

            def run():
                result = ask()
                began = time.perf_counter()
                if not bench.tavana.wait_until_idle():
                    never_idle.append(True)
                result["idle_after"] = time.perf_counter() - began
                return result

            return run

        contenders |= {
            "PostgreSQL": then_idle(lambda: bench.drain(bench.tavana.pg_port, sql, "--first")),
            "Flight (pyarrow)": then_idle(lambda: _first_flight(flight, sql)),
            "Flight (ADBC)": then_idle(lambda: _first_adbc(adbc, sql)),
        }
    results, failed = bench.compare("first_row", contenders)
    medians = {name: rounds.median([run["first_row"] for run in runs]) for name, runs in results.items()}
    reference = medians["in-process"]
    lines = []
    for name in ["PostgreSQL", "Flight (pyarrow)", "Flight (ADBC)"]:
        title = f"first row of {rows / 1e6:g} M, {name} (reference: in process)"
        target = f"≤ {SECONDS_AFTER_MAX * 1e3:.0f} ms later"
        if name in failed:
            lines.append(report.failed(title, failed[name], target))
        elif name in medians:
            later = medians[name] - reference
            shown = [report.milliseconds(value) for value in (medians[name], reference)]
            lines.append(
                report.Line(title, *shown, f"{later * 1e3:+.1f} ms", target, later <= SECONDS_AFTER_MAX)
            )
        else:
            lines.append(report.Line(title, "", report.milliseconds(reference)))
    if bench.tavana:
        words = "not idle within 10 s" if never_idle else "idle"
        lines.append(report.Line("… engines after the reader left", words, "", "", "idle", not never_idle))
    return lines, []


def _fetch_one(connection, sql):
    began = time.perf_counter()
    cursor = connection.cursor()
    cursor.execute(sql)
    cursor.fetchone()
    first = time.perf_counter() - began
    cursor.close()
    return {"first_row": first}


def _first_flight(flight, sql):
    began = time.perf_counter()
    batches = flight.batches(sql)
    next(batch for batch in batches if batch.num_rows > 0)
    first = time.perf_counter() - began
    batches.close()
    return {"first_row": first}


def _first_adbc(connection, sql):
    began = time.perf_counter()
    cursor = connection.cursor()
    cursor.execute(sql)
    reader = cursor.fetch_record_batch()
    next(batch for batch in reader if batch.num_rows > 0)
    first = time.perf_counter() - began
    reader.close()
    cursor.close()
    return {"first_row": first}
