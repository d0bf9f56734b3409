"""A big result: five million rows of six columns, by every way out."""

import functools
import time

from .. import clients, report, rounds
from ..bench import expect

FLIGHT_LIMIT = 0.5
POSTGRES_LIMIT = 2.0


def measure(bench):
    wanted = bench.sizes["wide_rows"]
    source = f"SELECT * FROM read_parquet('{bench.data.wide(wanted)}')"
    columns = "SELECT id, quantity, score, price, name, moment FROM wide"
    in_process = bench.duckdb_connection()
    postgres = bench.postgres

    def counted(result):
        expect("rows", result["rows"], wanted)
        return result

    def drain(port, sql, *options, **user):
        """Each timed answer has the bytes of one that was read row by row before."""
        checked = []

        def run():
            if not checked:
                checked.append(counted(bench.drain(port, sql, "--check", *options, **user)))
                bench.raw.setdefault("bulk_checked", {})[" ".join((sql, *options))] = checked[0]
            result = counted(bench.drain(port, sql, *options, **user))
            expect("bytes in the rows", result["bytes"], checked[0]["bytes"])
            return result

        return run

    as_postgres = {"user": "postgres", "database": "postgres"}
    contenders = {
        "in-process, batches": lambda: counted(_batches(in_process, source)),
        "in-process, table": lambda: counted(_table(in_process, source)),
        "PostgreSQL, binary COPY": drain(postgres.pg_port, _copy(columns, "binary"), **as_postgres),
        "PostgreSQL, text COPY": drain(postgres.pg_port, _copy(columns, "text"), **as_postgres),
        "PostgreSQL, text SELECT": drain(postgres.pg_port, columns, **as_postgres),
        "PostgreSQL, binary SELECT": drain(postgres.pg_port, columns, "--binary", **as_postgres),
    }
    flight = adbc = None
    if bench.tavana:
        flight = clients.Flight(bench.tavana.flight_port)
        adbc = clients.connect_adbc(bench.tavana.flight_port)
        contenders |= {
            "tavana, Flight (pyarrow)": lambda: counted(flight.count(source)),
            "tavana, Flight (ADBC batches)": lambda: counted(clients.count_adbc(adbc, source)),
            "tavana, Flight (ADBC table)": lambda: counted(clients.table_adbc(adbc, source)),
            "tavana, binary COPY": drain(bench.tavana.pg_port, _copy(source, "binary")),
            "tavana, text COPY": drain(bench.tavana.pg_port, _copy(source, "text")),
            "tavana, text SELECT": drain(bench.tavana.pg_port, source),
            "tavana, binary SELECT": drain(bench.tavana.pg_port, source, "--binary"),
        }
    results, failed = bench.compare("bulk", contenders)
    if adbc:
        adbc.close()
        flight.close()

    speed = {name: wanted / rounds.median([run["total"] for run in runs]) for name, runs in results.items()}
    size = f"{wanted / 1e6:g} M rows × 6 columns"
    lines = []
    for ours, theirs, make, target in _comparisons():
        measure_name = f"{size}: {ours} (reference: {theirs})"
        if f"tavana, {ours}" in failed:
            lines.append(report.failed(measure_name, failed[f"tavana, {ours}"], target))
        elif f"tavana, {ours}" in speed:
            line = make(measure_name, speed[f"tavana, {ours}"], speed[theirs], show=report.million_rows_per_second)
            lines.append(line)
        else:
            lines.append(report.Line(measure_name, "", report.million_rows_per_second(speed[theirs])))
    if bench.tavana:
        held, words = _same_content(bench.raw["bulk_checked"], source, columns)
        lines.append(report.Line("… bytes of the rows against PostgreSQL's", words, "", "", "equal", held))
    return lines, [report.split(name, runs) for name, runs in results.items()]


def _comparisons():
    flight = functools.partial(report.at_least, limit=FLIGHT_LIMIT)
    postgres = functools.partial(report.at_least, limit=POSTGRES_LIMIT)
    flight_target, postgres_target = f"≥ {FLIGHT_LIMIT:.2f} ×", f"≥ {POSTGRES_LIMIT:.2f} ×"
    return [
        ("Flight (pyarrow)", "in-process, batches", flight, flight_target),
        ("Flight (ADBC batches)", "in-process, batches", flight, flight_target),
        ("Flight (ADBC table)", "in-process, table", report.shown, ""),
        ("binary COPY", "PostgreSQL, binary COPY", postgres, postgres_target),
        ("text SELECT", "PostgreSQL, text SELECT", postgres, postgres_target),
        ("binary SELECT", "PostgreSQL, binary SELECT", postgres, postgres_target),
        ("text COPY", "PostgreSQL, text COPY", postgres, postgres_target),
    ]


def _copy(select, form):
    return f"COPY ({select}) TO STDOUT (FORMAT {form})"


def _batches(connection, sql):
    began = time.perf_counter()
    rows = sum(batch.num_rows for batch in connection.execute(sql).to_arrow_reader())
    return {"rows": rows, "total": time.perf_counter() - began}


def _table(connection, sql):
    began = time.perf_counter()
    rows = connection.execute(sql).to_arrow_table().num_rows
    return {"rows": rows, "total": time.perf_counter() - began}


def _same_content(checked, source, columns):
    """The rows themselves, by a sum of hashes that does not depend on their order."""
    found = {}
    for name, ours, theirs in [
        ("text SELECT", source, columns),
        ("binary SELECT", f"{source} --binary", f"{columns} --binary"),
        ("binary COPY", _copy(source, "binary"), _copy(columns, "binary")),
        ("text COPY", _copy(source, "text"), _copy(columns, "text")),
    ]:
        if ours in checked:
            sums = [(checked[sql]["rows"], checked[sql]["row_hash_sum"]) for sql in (ours, theirs)]
            found[name] = "equal" if sums[0] == sums[1] else "different"
        else:
            found[name] = "not read"
    held = all(text == "equal" for text in found.values())
    return held, "; ".join(f"{name}: {text}" for name, text in found.items())
