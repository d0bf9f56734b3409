"""What every measure needs: sizes, the contenders, and a place for raw figures."""

import contextlib
import pathlib
import time

import duckdb

from . import clients, postgres, rounds, tavana
from .data import WIDE_POSTGRES_COLUMNS
from .failure import Failure

FULL = {"rounds": 7, "wide_rows": 5_000_000, "scale": 1.0, "pings": 500, "logins": 100, "loop_seconds": 5, "session_seconds": 120, "neighbour_seconds": 8, "stream_rows": 100_000_000, "catalog_tables": 2_000, "catalog_logins": 20}
QUICK = {"rounds": 2, "wide_rows": 500_000, "scale": 0.1, "pings": 100, "logins": 20, "loop_seconds": 1, "session_seconds": 5, "neighbour_seconds": 3, "stream_rows": 5_000_000, "catalog_tables": 200, "catalog_logins": 5}


class Bench:
    def __init__(self, sizes, threads, memory_gb, scratch):
        self.sizes = sizes
        self.threads, self.memory_gb = threads, memory_gb
        self.scratch = scratch
        self.drain = clients.PgDrain(scratch)
        self.raw = {}
        self.data = None
        self.tavana = None
        self._postgres = None
        self._postgres_version = None

    def duckdb_connection(self):
        """A DuckDB of its own in this process, with the threads and memory that tavana gets."""
        return duckdb.connect(
            ":memory:", config={"threads": self.threads, "memory_limit": f"{self.memory_gb}GB"}
        )

    def start_tavana(self, binary):
        self._binary = binary
        log = self.scratch / "tavana.log"
        self.tavana = tavana.Tavana(binary, self.data.folder, self.threads, self.memory_gb, log)

    def another_tavana(self, settings):
        """One beside the first, with settings of its own; the caller stops it."""
        log = self.scratch / "another-tavana.log"
        return tavana.Tavana(self._binary, self.data.folder, self.threads, self.memory_gb, log, settings)

    @property
    def binary(self):
        return self._binary

    def restart_tavana(self):
        """A process that nothing has run in: its memory has not grown yet."""
        self.tavana.stop()
        self.start_tavana(self._binary)

    @property
    def postgres(self):
        """Started with the first measure that needs it, with the wide table loaded."""
        if self._postgres is None:
            print("starting PostgreSQL and loading its table", flush=True)
            self._postgres = self.another_postgres()
            rows = pathlib.Path(self.scratch) / "wide.csv"
            self.data.wide_csv(self.sizes["wide_rows"], rows)
            self._postgres.load("wide", WIDE_POSTGRES_COLUMNS, rows)
            rows.unlink()
        return self._postgres

    def another_postgres(self, with_tls=False):
        """An empty one; the caller stops it."""
        server = postgres.Postgres(with_tls)
        self._postgres_version = server.version
        return server

    def postgres_version(self):
        return self._postgres_version

    def stop(self):
        if self.tavana:
            self.tavana.stop()
        if self._postgres:
            self._postgres.stop()

    def compare(self, section, contenders):
        """Runs the contenders interleaved after one round that does not count.

        A contender returns a mapping with at least `total` (seconds). Each run also gets the CPU
        seconds of the clients (with everything in this process) and of tavana's parts. A contender
        that fails is left out from then on and its words are kept: the others still say something.
        """
        failed = {}

        def guarded(name, contender):
            def run():
                if name in failed:
                    return None
                try:
                    return self._one_run(contender)
                except Exception as error:  # noqa: BLE001: whatever it is, it is this contender's
                    failed[name] = f"{type(error).__name__}: {error}"
                    print(f"  {section}: {name} failed: {failed[name]}", flush=True)
                    return None

            return run

        runs = {name: guarded(name, contender) for name, contender in contenders.items()}
        rounds.interleaved(1, runs)
        results = rounds.interleaved(self.sizes["rounds"], runs)
        results = {name: [run for run in found if run] for name, found in results.items() if name not in failed}
        self.raw[section] = {"runs": results, "failed": failed}
        return results, failed

    def _one_run(self, contender):
        split = {}
        watching = self.tavana.cpu_split(split) if self.tavana else contextlib.nullcontext()
        with watching:
            before, began = clients.own_cpu_seconds(), time.perf_counter()
            result = contender()
            wall, client = time.perf_counter() - began, clients.own_cpu_seconds() - before
        return result | {"wall": wall, "cpu": {"client": client, **split}}


def expect(what, found, wanted):
    if found != wanted:
        raise Failure(f"{what}: {found} instead of {wanted}")
