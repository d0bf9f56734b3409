"""New sessions at a steady rate, each with a secret of its own: how long their first statement takes.

Open loop: sessions are offered whether or not the server keeps up. PostgreSQL has no such thing as
DuckDB's secrets, so there is nothing to compare with; the target is a number.
"""

import json
import subprocess

from .. import clients, processes, report
from ..failure import Failure

SOURCE = clients.SOURCE.parent / "pgsessions.c"
RATE = 100
FIRST_STATEMENT_P99_MAX = 0.100


def measure(bench):
    if not bench.tavana:
        return [], []
    program = bench.scratch / "pgsessions"
    subprocess.run(["cc", "-O2", "-o", program, SOURCE], check=True)
    seconds = bench.sizes["session_seconds"]
    tavana = bench.another_tavana({})
    try:
        before = _used(tavana)
        # The first seconds fill the pools and are not counted.
        found = [_offer(program, tavana, time) for time in (2, seconds)][-1]
        after = _used(tavana)
        settled = processes.wait_until(lambda: len(_engines(tavana)) <= len(before["engines"]), 10, step=0.1)
        left = len(_engines(tavana))
    finally:
        tavana.stop()
    found["cpu_per_session"] = (after["cpu"] - before["cpu"]) / (found["done"] + 2 * RATE)
    found["engines_left"] = left
    bench.raw["sessions"] = found
    if found["failed"] or found["foreign"]:
        raise Failure(
            f"{found['failed']} of {found['offered']} sessions failed ({found['first_failure']}), "
            f"{found['foreign']} saw a secret that is not theirs"
        )
    first = found["first_statement"]
    ms = report.milliseconds
    title = f"{RATE} new sessions/s with own secrets for {seconds} s"
    lines = [
        report.Line(f"{title}: done", f"{found['done'] / found['seconds']:.1f}/s", ""),
        report.Line(
            "… first statement, p50 and p99",
            f"{ms(first['p50'])}, {ms(first['p99'])}",
            "",
            target=f"p99 ≤ {ms(FIRST_STATEMENT_P99_MAX)}",
            held=first["p99"] <= FIRST_STATEMENT_P99_MAX,
        ),
        report.Line("… `CREATE SECRET`, p50 and p99", f"{ms(found['secret']['p50'])}, {ms(found['secret']['p99'])}", ""),
        report.Line("… CPU of one session", ms(found["cpu_per_session"]), ""),
        report.Line("… engines left over", str(left), "", target="none", held=bool(settled)),
    ]
    return lines, []


def _offer(program, tavana, seconds):
    command = [program, "--rate", str(RATE), "--seconds", str(seconds), str(tavana.pg_port)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise Failure(done.stderr.strip())
    return json.loads(done.stdout)


def _engines(tavana):
    return tavana.parts()["engines"]


def _used(tavana):
    return {"cpu": tavana.cpu_seconds_with_the_dead(), "engines": _engines(tavana)}
