"""From figures to a JSON file and the table in docs/benchmarks.md."""

import dataclasses
import json
import os
import pathlib

from . import rounds
from .failure import Failure

BEGIN = "<!-- bench:begin: written by make bench, edits are lost -->"
END = "<!-- bench:end -->"


@dataclasses.dataclass
class Line:
    """One line of the table; `held` is None where nothing was promised."""

    measure: str
    tavana: str
    reference: str
    compared: str = ""
    target: str = ""
    held: bool | None = None


@dataclasses.dataclass
class Split:
    """Where CPU seconds went in one run (medians)."""

    measure: str
    wall: float
    cpu: dict


def at_most(measure, tavana, reference, limit, show):
    """The promise is tavana / reference <= limit: times."""
    ratio = tavana / reference
    return Line(measure, show(tavana), show(reference), f"{ratio:.2f} ×", f"≤ {limit:.2f} ×", ratio <= limit)


def at_least(measure, tavana, reference, limit, show):
    """The promise is tavana / reference >= limit: speeds."""
    ratio = tavana / reference
    return Line(measure, show(tavana), show(reference), f"{ratio:.2f} ×", f"≥ {limit:.2f} ×", ratio >= limit)


def shown(measure, tavana, reference, show):
    """No promise: for orientation."""
    return Line(measure, show(tavana), show(reference), f"{tavana / reference:.2f} ×")


def failed(measure, why, target):
    return Line(measure, f"failed: {why}", "", "", target, False if target else None)


def split(measure, runs):
    """The medians of one contender's CPU seconds."""
    parts = sorted({part for run in runs for part in run["cpu"]})
    return Split(
        measure,
        rounds.median([run["wall"] for run in runs]),
        {part: rounds.median([run["cpu"].get(part, 0.0) for run in runs]) for part in parts},
    )


def million_rows_per_second(value):
    return f"{value / 1e6:.2f} M rows/s"


def seconds(value):
    return f"{value:.2f} s"


def milliseconds(value):
    return f"{value * 1e3:.2f} ms"


def machine():
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {"cores": len(os.sched_getaffinity(0)), "memory_gb": round(memory / 1e9)}


def markdown(facts, lines, splits):
    out = [
        f"Measured {facts['date']} on {facts['cores']} cores and {facts['memory_gb']} GB of memory: "
        f"DuckDB {facts['duckdb']} with {facts['threads']} threads in both places, "
        f"PostgreSQL {facts['postgres'] or '(not run)'}, medians of {facts['rounds']} interleaved rounds.",
        "",
        "| measure | tavana | reference | compared | target | held |",
        "|---|---|---|---|---|---|",
    ]
    verdict = {True: "yes", False: "**no**", None: ""}
    for line in lines:
        cells = [line.measure, line.tavana, line.reference, line.compared, line.target, verdict[line.held]]
        out.append("| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |")
    if splits:
        parts = []
        for one in splits:
            parts.extend(part for part in one.cpu if part not in parts)
        out += [
            "",
            "Where the time of one run went, in CPU seconds. The client's column holds the reader, and DuckDB itself where it runs in process. "
            "An engine that ended during the run is not counted, and nor is PostgreSQL's server.",
            "",
            "| run | wall | " + " | ".join(parts) + " |",
            "|---" * (len(parts) + 2) + "|",
        ]
        for one in splits:
            cells = [f"{one.cpu[part]:.2f}" if part in one.cpu else "" for part in parts]
            out.append(f"| {one.measure} | {one.wall:.2f} | " + " | ".join(cells) + " |")
    return "\n".join(out) + "\n"


def write_json(path, facts, lines, splits, raw):
    content = {
        "facts": facts,
        "table": [dataclasses.asdict(line) for line in lines],
        "cpu": [dataclasses.asdict(one) for one in splits],
        "raw": raw,
    }
    path.write_text(json.dumps(content, indent=1) + "\n")


def write_docs(path, text):
    """Replaces what lies between the markers, and nothing else."""
    page = pathlib.Path(path).read_text()
    begin, end = page.find(BEGIN), page.find(END)
    if begin < 0 or end < begin:
        raise Failure(f"{path.name} has no place for the table: it needs the lines {BEGIN} and {END}")
    path.write_text(page[: begin + len(BEGIN)] + "\n" + text + page[end:])
