"""One run of the benchmark: set up, measure section by section, report, take down."""

import datetime
import os
import pathlib
import re
import shutil
import sys
import tempfile
import time

import duckdb
import run as entry

from . import bench, processes, report
from .data import Data
from .failure import Failure
from .measures import bulk, catalog, closed_loop, connect, first_row, flight, latency, memory, neighbours, sessions, tpch

ROOT = pathlib.Path(__file__).resolve().parents[3]
MEASURES = {
    "tpch": tpch.measure,
    "bulk": bulk.measure,
    "flight": flight.measure,
    "first-row": first_row.measure,
    "latency": latency.measure,
    "closed-loop": closed_loop.measure,
    "connect": connect.measure,
    "catalog": catalog.measure,
    "sessions": sessions.measure,
    "neighbours": neighbours.measure,
    "memory": memory.measure,
}


def run(arguments):
    started = datetime.datetime.now()
    sections = [name for name in MEASURES if not arguments.sections or name in arguments.sections]
    sizes = dict(bench.QUICK if arguments.quick else bench.FULL)
    sizes["rounds"] = arguments.rounds or sizes["rounds"]
    facts = report.machine()
    threads = arguments.threads or facts["cores"]
    memory_gb = max(2, min(8, facts["memory_gb"] // 2))
    scratch = pathlib.Path(tempfile.mkdtemp(prefix="tavana-bench-"))
    this = None
    lines, splits, broken = [], [], []
    load_before = os.getloadavg()[0]
    if load_before > 0.5:
        print(f"the machine is busy (load {load_before:.2f}): the figures will be worse than they are")
    try:
        this = bench.Bench(sizes, threads, memory_gb, scratch)
        this.data = Data(
            entry.cache_folder() / "bench-data",
            duckdb.connect(":memory:", config={"allow_unsigned_extensions": "false"}),
            ROOT / ".deps" / "extensions" / "tpch.duckdb_extension",
        )
        if not arguments.without_tavana:
            this.start_tavana(arguments.binary or release_binary())
            this.raw["tavana_processes"] = {
                name: len(lines) for name, lines in this.tavana.command_lines().items()
            }
        for name in sections:
            began, busy = time.monotonic(), processes.machine_busy_seconds()
            print(f"== {name}", flush=True)
            try:
                found_lines, found_splits = MEASURES[name](this)
                lines += found_lines
                splits += found_splits
                for line in found_lines:
                    print("  " + plain(line), flush=True)
            except Exception as error:  # noqa: BLE001: the other sections still say something
                broken.append(name)
                print(f"  {name} could not be measured: {type(error).__name__}: {error}", flush=True)
                if this.tavana and not this.tavana.is_running():
                    raise Failure(f"tavana is gone; its log ends:\n{this.tavana.log_tail()}") from error
            took = time.monotonic() - began
            this.raw.setdefault("sections", {})[name] = {
                "seconds": took,
                "cores_busy": (processes.machine_busy_seconds() - busy) / took,
            }
        if this.tavana:
            this.raw["tavana_warnings"] = this.tavana.warnings()
            for line in dict.fromkeys(re.sub(r"^\S+Z\s+", "", line) for line in this.raw["tavana_warnings"]):
                print(f"tavana logged: {line}")
        facts |= {
            "date": started.date().isoformat(),
            "duckdb": duckdb.__version__,
            "postgres": this.postgres_version(),
            "threads": threads,
            "duckdb_memory_limit_gb": memory_gb,
            "rounds": sizes["rounds"],
            "sizes": sizes,
            "load_before": load_before,
        }
    except Failure as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    finally:
        if this:
            this.stop()
        shutil.rmtree(scratch, ignore_errors=True)

    text = report.markdown(facts, lines, splits)
    print("\n" + text)
    json_path = ROOT / "docs" / f"bench-{started:%Y-%m-%d-%H%M%S}.json"
    report.write_json(json_path, facts, lines, splits, this.raw)
    print(f"raw figures: {json_path.relative_to(ROOT)}")
    is_whole = not arguments.quick and not arguments.without_tavana and len(sections) == len(MEASURES)
    if arguments.write_docs or (is_whole and not broken):
        report.write_docs(ROOT / "docs" / "benchmarks.md", text)
        print("table: docs/benchmarks.md")
    missed = sum(line.held is False for line in lines)
    promised = sum(line.held is not None for line in lines)
    print(f"{promised - missed} of {promised} targets held")
    if broken:
        print(f"not measured: {', '.join(broken)}")
    return 1 if broken else 0


def release_binary():
    target = os.environ.get("CARGO_TARGET_DIR") or entry.cache_folder() / "target"
    return pathlib.Path(target) / "release" / "tavana"


def plain(line):
    verdict = {True: "held", False: "MISSED", None: ""}[line.held]
    parts = [line.measure, line.tavana, f"reference {line.reference}" if line.reference else ""]
    return " · ".join(part for part in [*parts, line.compared, line.target, verdict] if part)
