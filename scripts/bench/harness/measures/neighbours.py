"""What a session that hogs memory costs the others: p99 of their statements beside it and without.

Neighbours are offered statements at a steady rate, each by its own user, and a statement's time
counts from when it was due, so that a stall is felt by all that it delays. Quiet and loud phases
take turns. The hog asks for what it may not have (53200) and for what it may, again and again.
"""

import threading
import time

import psycopg

from .. import clients, report
from ..failure import Failure
from ..rounds import percentile

NEIGHBOURS = 4
EVERY_SECONDS = 0.1
RATIO_MAX = 2.0
# A few milliseconds each: a dashboard's query.
STATEMENT = "SELECT n_name, count(*) FROM '{folder}/customer.parquet' JOIN '{folder}/nation.parquet' ON c_nationkey = n_nationkey GROUP BY ALL ORDER BY 2 DESC, 1"
HOGS = {
    "one huge value (53200)": ("SELECT length(range(3000000000))", {"53200"}),
    "a huge list of strings (53200)": (
        "SELECT length(list(repeat('x', 1000) || i)) FROM range(100000000) t(i)",
        {"53200"},
    ),
    "a huge GROUP BY, which may spill": (
        "SELECT count(*) FROM (SELECT i, min(i + 1) FROM range(60000000) t(i) GROUP BY i)",
        {None, "53200"},
    ),
}


def measure(bench):
    if not bench.tavana:
        return [], []
    seconds = bench.sizes["neighbour_seconds"]
    tavana = bench.another_tavana({"MAX_MEMORY_GB": "2"})
    lines = []
    try:
        scale = bench.sizes["scale"]
        bench.data.tpch(scale)
        statement = STATEMENT.format(folder=bench.data.folder / f"tpch-sf{scale:g}")
        neighbours = [_Neighbour(tavana.pg_port, f"neighbour{n}", statement) for n in range(NEIGHBOURS)]
        try:
            _phase(neighbours, 2)
            for name, (sql, states) in HOGS.items():
                lines += _beside(bench, tavana, neighbours, name, sql, states, seconds)
        finally:
            for neighbour in neighbours:
                neighbour.close()
    finally:
        tavana.stop()
    return lines, []


def _beside(bench, tavana, neighbours, name, sql, states, seconds):
    quiet, loud, hogged = [], [], 0
    for _ in range(bench.sizes["rounds"]):
        quiet += _phase(neighbours, seconds)
        hog = _Hog(tavana.pg_port, sql, states)
        try:
            loud += _phase(neighbours, seconds)
        finally:
            hogged += hog.stop()
    bench.raw.setdefault("neighbours", {})[name] = {"quiet": quiet, "loud": loud, "hogged": hogged}
    ms = report.milliseconds
    p50, p99 = [[percentile(times, share) for times in (quiet, loud)] for share in (0.5, 0.99)]
    ratio = p99[1] / p99[0]
    return [
        report.Line(
            f"neighbours of {name}: p99 (reference: without it)",
            ms(p99[1]),
            ms(p99[0]),
            f"{ratio:.2f} ×",
            target=f"≤ {RATIO_MAX:.2f} ×",
            held=ratio <= RATIO_MAX,
        ),
        report.Line(f"… p50, {hogged} statements of the hog", ms(p50[1]), ms(p50[0]), f"{p50[1] / p50[0]:.2f} ×"),
    ]


def _phase(neighbours, seconds):
    threads = [threading.Thread(target=one.ask, args=(seconds, n / NEIGHBOURS)) for n, one in enumerate(neighbours)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [took for one in neighbours for took in one.answers()]


class _Neighbour:
    def __init__(self, port, user, statement):
        self._connection = _connect(port, user)
        self._statement = statement
        self._rows = self._connection.execute(statement).fetchall()
        self._took, self._failure = [], None

    def ask(self, seconds, offset):
        try:
            start = time.perf_counter() + offset * EVERY_SECONDS
            for number in range(int(seconds / EVERY_SECONDS)):
                due = start + number * EVERY_SECONDS
                time.sleep(max(0, due - time.perf_counter()))
                rows = self._connection.execute(self._statement).fetchall()
                self._took.append(time.perf_counter() - due)
                if rows != self._rows:
                    raise Failure("a neighbour got another answer")
        except (psycopg.Error, Failure) as failure:
            self._failure = failure

    def answers(self):
        if self._failure:
            raise Failure(f"a neighbour's statement failed: {self._failure}")
        took, self._took = self._took, []
        return took

    def close(self):
        self._connection.close()


class _Hog:
    def __init__(self, port, sql, states):
        self._connection = _connect(port, "hog")
        self._sql, self._states = sql, states
        self._statements, self._unexpected, self._stopped = 0, None, False
        self._thread = threading.Thread(target=self._ask)
        self._thread.start()

    def _ask(self):
        while not self._stopped:
            try:
                self._connection.execute(self._sql).fetchall()
                state = None
            except psycopg.Error as failure:
                state = failure.sqlstate
            self._statements += 1
            if state not in self._states and not (self._stopped and state == "57014"):
                self._unexpected = state
                break

    def stop(self):
        self._stopped = True
        self._connection.cancel()
        self._thread.join()
        self._connection.close()
        if self._unexpected:
            raise Failure(f"the hog's statement ended with {self._unexpected}, not {self._states}")
        return self._statements


def _connect(port, user):
    return psycopg.connect(
        host="127.0.0.1", port=port, user=user, dbname=clients.DATABASE, autocommit=True, prepare_threshold=None
    )
