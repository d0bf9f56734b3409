"""A tavana of our own: `tavana serve` on free ports, and what its processes use."""

import collections
import contextlib
import os
import re
import signal
import subprocess
import threading

from . import processes
from .failure import Failure

READY = re.compile(rb"tavana is ready: postgres=[\d.]+:(\d+) flight=[\d.]+:(\d+) http=[\d.]+:(\d+)")
START_SECONDS_MAX = 120
STOP_SECONDS_MAX = 30
IDLE_SECONDS_MAX = 10

SERVER = "gateway+supervisor"
ENGINES = "engines"


class Tavana:
    def __init__(self, binary, data_folder, threads, memory_gb, log_file, settings=None):
        if not binary.is_file():
            raise Failure(f"{binary.name} is not built: run make build first")
        environment = {
            "PATH": os.environ.get("PATH", ""),
            "HOME": os.environ.get("HOME", ""),
            "PG_PORT": "0",
            "FLIGHT_SQL_PORT": "0",
            "HTTP_PORT": "0",
            "THREADS": str(threads),
            "MAX_MEMORY_GB": str(memory_gb),
            "LOG_LEVEL": "warn",
            **(settings or {}),
        }
        self._log = open(log_file, "ab")
        self._log_file = log_file
        self._process = subprocess.Popen(
            [binary, "serve", "--no-sample", "--data", data_folder],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=self._log,
            env=environment,
        )
        self._ready = threading.Event()
        threading.Thread(target=self._read_output, daemon=True).start()
        if not self._ready.wait(START_SECONDS_MAX) or self._process.poll() is not None:
            self.stop()
            raise Failure(f"tavana did not get ready; its log ends:\n{self.log_tail()}")

    def _read_output(self):
        for line in self._process.stdout:
            found = READY.search(line)
            if found:
                self.pg_port, self.flight_port, self.http_port = map(int, found.groups())
                self._ready.set()
        # The output ended: nobody should wait for a process that is gone.
        self._ready.set()

    def stop(self):
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
            try:
                self._process.wait(STOP_SECONDS_MAX)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._log.close()

    def log_tail(self):
        with open(self._log_file, errors="replace") as log:
            return "".join(collections.deque(log, maxlen=20))

    def warnings(self):
        """What was logged as WARN or ERROR, without the terminal's colours."""
        with open(self._log_file, errors="replace") as log:
            lines = [re.sub(r"\x1b\[[0-9;]*m", "", line).strip() for line in log]
        return [line for line in lines if re.search(r"\b(WARN|ERROR)\b", line)]

    def is_running(self):
        return self._process.poll() is None

    def cpu_seconds_with_the_dead(self):
        """Of all parts so far, with the engines that are dead by now."""
        return sum(map(processes.cpu_seconds_with_dead_children, processes.tree(self._process.pid)))

    # The engines and the process that they are copies of are all that tavana starts; the rest is
    # the server's.
    def parts(self):
        """Maps the two parts to their process ids."""
        found = processes.tree(self._process.pid)
        engines = [pid for pid in found[1:] if "engine" in processes.command_line(pid)]
        return {SERVER: [pid for pid in found if pid not in engines], ENGINES: engines}

    def command_lines(self):
        return {name: [processes.command_line(pid) for pid in pids] for name, pids in self.parts().items()}

    def _cpu_by_process(self):
        return {
            pid: (name, processes.cpu_seconds(pid) or 0.0)
            for name, pids in self.parts().items()
            for pid in pids
        }

    @contextlib.contextmanager
    def cpu_split(self, into):
        """Adds the CPU seconds of each part while the block runs to the mapping `into`.

        An engine that dies inside the block takes the record of its time with it.
        """
        before = self._cpu_by_process()
        try:
            yield
        finally:
            for pid, (name, seconds) in self._cpu_by_process().items():
                began = before.get(pid, (name, 0.0))[1]
                into[name] = into.get(name, 0.0) + seconds - began

    def wait_until_idle(self):
        """Waits until no part has used CPU time for 0.2 s; False when that does not happen."""

        def is_idle():
            used = {}
            with self.cpu_split(used):
                threading.Event().wait(0.2)
            return sum(used.values()) <= 0.02

        return processes.wait_until(is_idle, IDLE_SECONDS_MAX, step=0)
