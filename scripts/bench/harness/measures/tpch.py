"""TPC-H: 22 statements over Parquet, through PostgreSQL and in process."""

import decimal
import math

from .. import clients, report, rounds
from ..failure import Failure

LIMIT = 1.10


def measure(bench):
    scale = bench.sizes["scale"]
    queries = bench.data.tpch(scale)
    in_process = bench.duckdb_connection()
    contenders = {"in-process": _timed(queries, lambda sql: in_process.execute(sql).fetchall())}
    connection = None
    if bench.tavana:
        connection = clients.connect_postgres(bench.tavana.pg_port)
        for number, sql in enumerate(queries, 1):
            expected = in_process.execute(sql).fetchall()
            found = connection.execute(sql).fetchall()
            _check_answer(number, found, expected)
        contenders["tavana"] = _timed(queries, lambda sql: connection.execute(sql).fetchall())

    # Not whole rounds of 22 but query by query, so that the two runs of a query are neighbours.
    results, failed = _query_by_query(bench, contenders)
    medians = {
        name: [rounds.median([run["each"][n] for run in runs]) for n in range(22)]
        for name, runs in results.items()
    }
    bench.raw["tpch_medians"] = medians
    name = f"TPC-H SF {scale:g}, sum of 22 queries, PostgreSQL (reference: in process)"
    if failed:
        return [report.failed(name, "; ".join(failed.values()), f"≤ {LIMIT:.2f} ×")], []
    if not bench.tavana:
        return [report.Line(name, "", report.seconds(sum(medians["in-process"])))], []
    ours, theirs = medians["tavana"], medians["in-process"]
    lines = [report.at_most(name, sum(ours), sum(theirs), LIMIT, report.seconds)]
    ratios = [(a / b, a, b, number) for number, (a, b) in enumerate(zip(ours, theirs), 1)]
    worst, a, b, number = max(ratios)
    lines.append(report.shown(f"… its worst query by ratio, Q{number}", a, b, report.milliseconds))
    loss, a, b, number = max((a - b, a, b, number) for _, a, b, number in ratios)
    lines.append(report.shown(f"… its worst query by time lost, Q{number}", a, b, report.milliseconds))
    splits = [report.split(f"TPC-H, {name}", runs) for name, runs in results.items()]
    connection.close()
    return lines, splits


def _timed(queries, ask):
    return [lambda sql=sql: ask(sql) for sql in queries]


def _query_by_query(bench, contenders):
    """One run is 22 timings; gathers the 22 comparisons into runs of the usual form."""
    names = list(contenders)
    runs = {name: [{"each": [], "total": 0.0, "wall": 0.0, "cpu": {}} for _ in range(bench.sizes["rounds"])] for name in names}
    failed = {}
    for number in range(22):
        each = {name: _as_contender(contenders[name][number]) for name in names}
        results, why = bench.compare(f"tpch_q{number + 1}", each)
        failed |= {name: f"Q{number + 1}: {text}" for name, text in why.items()}
        for name, found in results.items():
            for run, one in zip(runs[name], found):
                run["each"].append(one["wall"])
                run["total"] += one["wall"]
                run["wall"] += one["wall"]
                for part, used in one["cpu"].items():
                    run["cpu"][part] = run["cpu"].get(part, 0.0) + used
    return {name: found for name, found in runs.items() if name not in failed}, failed


def _as_contender(ask):
    def run():
        return {"rows": len(ask())}

    return run


def _check_answer(number, found, expected):
    if len(found) != len(expected):
        raise Failure(f"Q{number} has {len(found)} rows instead of {len(expected)}")
    for row, (ours, theirs) in enumerate(zip(found, expected), 1):
        if len(ours) != len(theirs) or not all(map(_equal, ours, theirs)):
            raise Failure(f"Q{number} row {row} is {ours} instead of {theirs}")


def _equal(a, b):
    numbers = (int, float, decimal.Decimal)
    if isinstance(a, numbers) and isinstance(b, numbers):
        # Sums of doubles depend on the order in which threads finish.
        return math.isclose(float(a), float(b), rel_tol=1e-9)
    return a == b
