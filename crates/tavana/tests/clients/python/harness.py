"""One tavana for some tests: started as a user starts it, stopped by Ctrl-C, its log checked."""

import itertools
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
import urllib.request
from pathlib import Path

READY = "tavana is ready: "
START_SECONDS_MAX = 120
STOP_SECONDS_MAX = 40
ALARM = re.compile(r"^\S+\s+(WARN|ERROR)\s|panicked at")
# cache_httpfs comes from the community repository, which tests do not reach.
LOGS_ALWAYS = ("an optional extension is absent",)
COLOURS = re.compile(r"\x1b\[[0-9;]*m")


PORTS = range(16_000, 32_000)
numbers = itertools.count(os.getpid() * 131)


def free_port(host="127.0.0.1") -> int:
    """A port that nobody listens on, given out once. It is none of those that the system itself gives:
    another socket might have got it before it is used."""
    for _ in PORTS:
        port = PORTS[next(numbers) % len(PORTS)]
        with socket.socket() as tried:
            # What has ended a moment ago does not keep it.
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                tried.bind((host, port))
            except OSError:
                continue
        return port
    raise RuntimeError(f"no port is free in {PORTS}")


def program() -> str:
    """The built program: named by TAVANA_BIN, else where cargo puts it."""
    named = os.environ.get("TAVANA_BIN")
    if named:
        return named
    cache = os.environ.get("TAVANA_CACHE_DIR") or os.path.join(
        os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "tavana"
    )
    target = os.environ.get("CARGO_TARGET_DIR") or os.path.join(cache, "target")
    return os.path.join(target, "release", "tavana")


class Tavana:
    """A running tavana. `data` is the folder that it was given by --data."""

    def __init__(self, env=None, data=None, logs_allowed=()):
        self.home = tempfile.mkdtemp(prefix="tavana-test-")
        self.data = Path(data) if data else Path(self.home) / "data"
        self.data.mkdir(exist_ok=True)
        self.logs_allowed = LOGS_ALWAYS + tuple(logs_allowed)
        self.log = []
        environment = {
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "HOME": self.home,
            "PG_PORT": "0",
            "FLIGHT_SQL_PORT": "0",
            "HTTP_PORT": "0",
            "DUCKDB_TEMP_DIR": os.path.join(self.home, "spill"),
            **(env or {}),
        }
        self.process = subprocess.Popen(
            [program(), "serve", "--data", str(self.data)],
            env=environment,
            cwd=self.home,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        ready = threading.Event()
        self.ready_line = None

        def read_stdout():
            for line in self.process.stdout:
                line = line.decode()
                if line.startswith(READY):
                    self.ready_line = line[len(READY) :].strip()
                    ready.set()
            ready.set()

        def read_stderr():
            for line in self.process.stderr:
                self.log.append(COLOURS.sub("", line.decode(errors="replace")).rstrip("\n"))

        self.readers = [threading.Thread(target=t, daemon=True) for t in (read_stdout, read_stderr)]
        for reader in self.readers:
            reader.start()
        if not ready.wait(START_SECONDS_MAX) or self.ready_line is None:
            self.process.kill()
            self.process.wait()
            raise RuntimeError("tavana did not become ready:\n" + "\n".join(self.log[-40:]))
        addresses = dict(field.split("=", 1) for field in self.ready_line.split())
        self.host = "127.0.0.1"
        self.pg_port = int(addresses["postgres"].rsplit(":", 1)[1])
        self.flight_port = int(addresses["flight"].rsplit(":", 1)[1])
        self.http_port = int(addresses["http"].rsplit(":", 1)[1])

    @property
    def dsn(self) -> str:
        """For libpq and everything built on it."""
        return f"host={self.host} port={self.pg_port} user=tester dbname=main"

    @property
    def pg_uri(self) -> str:
        return f"postgresql://tester@{self.host}:{self.pg_port}/main"

    @property
    def flight_uri(self) -> str:
        return f"grpc://{self.host}:{self.flight_port}"

    def get(self, path: str) -> str:
        with urllib.request.urlopen(f"http://{self.host}:{self.http_port}{path}", timeout=30) as answer:
            return answer.read().decode()

    def stop(self):
        """Ctrl-C; then the exit code and every line of the log must be as expected."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        try:
            code = self.process.wait(STOP_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise AssertionError("Ctrl-C did not end tavana; its log ends in:\n" + self.log_end())
        finally:
            for reader in self.readers:
                reader.join(5)
            self.process.stdout.close()
            self.process.stderr.close()
            shutil.rmtree(self.home, ignore_errors=True)
        assert code == 0, f"Ctrl-C ended tavana with {code}; its log ends in:\n{self.log_end()}"
        alarms = [
            line
            for line in self.log
            if ALARM.search(line) and not any(text in line for text in self.logs_allowed)
        ]
        assert not alarms, "lines that no test asked for:\n" + "\n".join(alarms)

    def log_end(self) -> str:
        return "\n".join(self.log[-30:])

    def engines(self) -> list[int]:
        """Process ids of the living engines."""
        return [pid for pid in descendants(self.process.pid) if "engine" in arguments(pid)[1:]]


def descendants(root: int) -> list[int]:
    parents = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                text = Path(f"/proc/{name}/stat").read_text()
            except OSError:
                continue
            fields = text.rsplit(") ", 1)[1].split()
            if fields[0] != "Z":
                parents[int(name)] = int(fields[1])
    found = [root]
    for parent in found:
        found += [pid for pid, of in parents.items() if of == parent]
    return found[1:]


def arguments(pid: int) -> list[str]:
    try:
        raw = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return []
    return [part.decode(errors="replace") for part in raw.split(b"\0") if part]


def eventually(what, condition, within=30.0):
    """Waits until `condition` holds, and says how long that took."""
    started = time.monotonic()
    while not condition():
        if time.monotonic() - started > within:
            raise AssertionError(f"not within {within} s: {what}")
        time.sleep(0.02)
    return time.monotonic() - started
