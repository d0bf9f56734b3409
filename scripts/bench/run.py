#!/usr/bin/env python3
"""Measures tavana beside in-process DuckDB and PostgreSQL, in one run, and writes what it found.

    scripts/bench/run.py                      everything; writes docs/bench-<time>.json and the
                                              table of docs/benchmarks.md
    scripts/bench/run.py tpch latency         only these sections; leaves docs/benchmarks.md alone
    scripts/bench/run.py --quick              small data and few rounds, about a minute: does the
                                              harness work, not how fast is tavana
    scripts/bench/run.py --without-tavana     DuckDB and PostgreSQL only

All contenders run interleaved: each round runs each of them once, in turning order, and medians
are compared, so what disturbs the machine disturbs all. Answers are checked before they are timed.

Needs the release binary (`make build`), a C compiler, psql, and PostgreSQL's server programs
(`scripts/test-setup postgresql` installs them). Python packages and data go to the cache folder.
"""

import argparse
import hashlib
import os
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
SECTIONS = ["tpch", "bulk", "flight", "first-row", "latency", "closed-loop", "connect", "catalog", "sessions", "neighbours", "memory"]


def main():
    arguments = parse_arguments()
    enter_venv()
    from harness import session

    sys.exit(session.run(arguments))


def parse_arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("sections", nargs="*", metavar="SECTION", help=", ".join(SECTIONS))
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--rounds", type=int, metavar="N", help="rounds of each section (7)")
    parser.add_argument("--threads", type=int, metavar="N", help="DuckDB threads (all cores)")
    parser.add_argument("--binary", type=pathlib.Path, metavar="FILE", help="another tavana")
    parser.add_argument("--without-tavana", action="store_true")
    parser.add_argument("--write-docs", action="store_true", help="even after a partial run")
    arguments = parser.parse_args()
    for section in arguments.sections:
        if section not in SECTIONS:
            parser.error(f"there is no section '{section}'; there are: {', '.join(SECTIONS)}")
    return arguments


def enter_venv():
    """Makes the virtual environment if it is not there, and runs this script again inside it."""
    requirements = HERE / "requirements.txt"
    venv = cache_folder() / "venv-bench"
    python = venv / "bin" / "python"
    stamp = venv / ".complete"
    digest = hashlib.sha256(requirements.read_bytes()).hexdigest()
    if not stamp.exists() or stamp.read_text() != digest:
        print(f"installing the Python packages of the benchmark into {venv}", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", "--clear", venv], check=True)
        subprocess.run(
            [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
            + ["--only-binary=:all:", "--require-hashes", "-r", requirements],
            check=True,
        )
        stamp.write_text(digest)
    if not os.path.samefile(sys.prefix, venv):
        os.execv(python, [str(python), "-B", str(HERE / "run.py"), *sys.argv[1:]])


def cache_folder():
    chosen = os.environ.get("TAVANA_CACHE_DIR")
    if chosen:
        return pathlib.Path(chosen).absolute()
    base = os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache"
    return pathlib.Path(base).absolute() / "tavana"


if __name__ == "__main__":
    main()
