"""A running PgBouncer."""

import os
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

from harness import eventually, free_port
from postgres import unprivileged


class PgBouncer:
    """In front of a server, in transaction mode. Its clients share `pool` sessions."""

    def __init__(self, server, pool):
        self.home = Path(tempfile.mkdtemp(prefix="pgbouncer-test-"))
        self.host = server.host
        self.pg_port = free_port(self.host)
        config = self.home / "pgbouncer.ini"
        config.write_text(
            f"[databases]\nmain = host={server.host} port={server.pg_port} dbname=main user=tester\n"
            f"[pgbouncer]\nlisten_addr = {self.host}\nlisten_port = {self.pg_port}\nunix_socket_dir =\n"
            f"auth_type = any\npool_mode = transaction\ndefault_pool_size = {pool}\nmax_client_conn = 200\n"
            "ignore_startup_parameters = extra_float_digits\nlogfile =\nserver_tls_sslmode = disable\n"
        )
        # Its user must be able to read the configuration.
        self.home.chmod(0o755)
        program = shutil.which("pgbouncer", path=os.environ["PATH"] + ":/usr/sbin")
        self.process = subprocess.Popen(
            [program, "-q", config], cwd="/", stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, **unprivileged(),
        )  # fmt: skip
        eventually("pgbouncer listens", self.listens)

    def listens(self):
        assert self.process.poll() is None, "pgbouncer has ended"
        with socket.socket() as probe:
            return probe.connect_ex((self.host, self.pg_port)) == 0

    @property
    def dsn(self):
        return f"host={self.host} port={self.pg_port} user=tester dbname=main"

    def stop(self):
        self.process.terminate()
        self.process.wait(20)
        shutil.rmtree(self.home, ignore_errors=True)
