"""PgBouncer in transaction mode in front of a PostgreSQL server."""

import os
import pathlib
import pwd
import shutil
import socket
import subprocess
import tempfile
import time

from .failure import Failure

START_SECONDS_MAX = 10


class PgBouncer:
    def __init__(self, port, user, database, pool):
        program = shutil.which("pgbouncer", path=os.environ.get("PATH", "") + ":/usr/sbin")
        if program is None:
            raise Failure("pgbouncer is not installed: run scripts/test-setup pgbouncer")
        self._folder = pathlib.Path(tempfile.mkdtemp(prefix="tavana-bench-pgbouncer-"))
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.pg_port = probe.getsockname()[1]
        config = self._folder / "pgbouncer.ini"
        config.write_text(
            f"[databases]\n{database} = host=127.0.0.1 port={port} dbname={database} user={user}\n"
            f"[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {self.pg_port}\nunix_socket_dir =\n"
            f"auth_type = any\npool_mode = transaction\ndefault_pool_size = {pool}\nlogfile =\n"
        )
        # It refuses to run as root, and its user must be able to read this.
        self._folder.chmod(0o755)
        as_user = {}
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            as_user = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
        quiet = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.DEVNULL)
        self._process = subprocess.Popen([program, "-q", config], cwd="/", **quiet, **as_user)
        give_up = time.monotonic() + START_SECONDS_MAX
        while True:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.pg_port)) == 0:
                    return
            if self._process.poll() is not None or time.monotonic() > give_up:
                self.stop()
                raise Failure("pgbouncer did not start")
            time.sleep(0.02)

    def stop(self):
        self._process.terminate()
        self._process.wait(20)
        shutil.rmtree(self._folder, ignore_errors=True)
