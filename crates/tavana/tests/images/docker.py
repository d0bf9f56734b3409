"""Docker on this machine: a daemon that answers, else one of our own; and a composed cluster."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[3]
sys.path.insert(0, str(HERE.parent / "clients" / "python"))

from harness import eventually, program  # noqa: E402

__all__ = ["BASE", "Cluster", "Docker", "Unavailable", "eventually"]

BASE = "tavana-test-base"
SUPPORT = "tavana-test-support"
START_SECONDS_MAX = 40


class Unavailable(Exception):
    """Why images cannot be tried on this machine."""


class Docker:
    """A client and the daemon that it speaks to."""

    def __init__(self):
        # Debian's own client builds with BuildKit; another one may stand before it on the PATH.
        self.program = next(
            (found for found in ("/usr/bin/docker", shutil.which("docker")) if found and os.access(found, os.X_OK)),
            None,
        )
        missing = os.environ.get("TAVANA_TEST_IMAGES_MISSING")
        if missing:
            raise Unavailable(f"scripts/test-setup: {missing}")
        if self.program is None:
            raise Unavailable("docker is not installed")
        self.environment = {**os.environ, "DOCKER_BUILDKIT": "1"}
        self.compose_words = self.find_compose()
        self.daemon = None
        if self.info().returncode != 0:
            self.start_daemon()
        try:
            self.import_images()
            run = self.run("run", "--rm", "--network", "none", BASE, "/bin/true", check=False)
            if run.returncode != 0:
                raise Unavailable(f"the daemon runs no container here: {run.stderr.strip()}")
        except BaseException:
            self.stop()
            raise

    def info(self):
        return self.run("info", check=False)

    def find_compose(self):
        for words in ([self.program, "compose"], ["docker-compose"]):
            try:
                found = subprocess.run([*words, "version"], capture_output=True, timeout=300)
            except OSError:
                continue
            if found.returncode == 0:
                return words
        raise Unavailable("neither `docker compose` nor docker-compose is installed")

    def start_daemon(self):
        if os.geteuid() != 0:
            raise Unavailable("no docker daemon answers, and only root can start one")
        daemon = shutil.which("dockerd", path=os.environ["PATH"] + ":/usr/sbin")
        if daemon is None:
            raise Unavailable("no docker daemon answers, and dockerd is not installed")
        self.folder = Path(tempfile.mkdtemp(prefix="tavana-docker-"))
        host = f"unix://{self.folder}/docker.sock"
        self.log = open(self.folder / "log.txt", "wb")
        self.daemon = subprocess.Popen(
            [
                daemon, "--host", host, "--data-root", str(self.folder / "data"),
                "--exec-root", str(self.folder / "exec"), "--pidfile", str(self.folder / "pid"),
            ],
            stdin=subprocess.DEVNULL,
            stdout=self.log,
            stderr=subprocess.STDOUT,
            env={**os.environ, "PATH": os.environ["PATH"] + ":/usr/sbin:/sbin"},
        )  # fmt: skip
        self.environment["DOCKER_HOST"] = host
        began = time.monotonic()
        while self.info().returncode != 0:
            ended = self.daemon.poll() is not None
            if ended or time.monotonic() - began > START_SECONDS_MAX:
                said = (self.folder / "log.txt").read_text(errors="replace").strip().splitlines()
                self.stop()
                raise Unavailable("dockerd does not run on this machine:\n" + "\n".join(said[-5:]))
            time.sleep(0.1)

    def import_images(self):
        folder = Path(os.environ["TAVANA_TEST_IMAGES"])
        for name in (BASE, SUPPORT):
            # The name carries the file's time: a newer file is another image.
            tag = f"{name}:{int((folder / f'{name}.tar').stat().st_mtime)}"
            if self.run("image", "inspect", tag, check=False).returncode != 0:
                self.run("import", str(folder / f"{name}.tar"), tag)
            self.run("tag", tag, name)

    def run(self, *words, check=True, environment=None, words_before=None, timeout=300):
        run = subprocess.run(
            [*(words_before or [self.program]), *words],
            env={**self.environment, **(environment or {})},
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=timeout,
        )
        assert not check or run.returncode == 0, f"{' '.join(words)}:\n{run.stdout}{run.stderr}"
        return run

    def inspect(self, *words):
        return json.loads(self.run(*words).stdout)

    def build(self, name, context, tag):
        self.run(
            "build", "--file", str(ROOT / f"Dockerfile.{name}"), "--target", "prebuilt",
            "--build-arg", f"RUNTIME_IMAGE={BASE}", "--tag", tag, str(context),
        )  # fmt: skip

    def stop(self):
        if self.daemon is not None:
            self.daemon.send_signal(signal.SIGTERM)
            try:
                self.daemon.wait(30)
            except subprocess.TimeoutExpired:
                self.daemon.kill()
                self.daemon.wait()
            self.log.close()
            shutil.rmtree(self.folder, ignore_errors=True)
            self.daemon = None


def port_or_another(wanted):
    """The port itself when nobody has it."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", wanted))
        except OSError:
            listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Cluster:
    """docker-compose.yml as it is, with images that were built here; those of the store and of Redis
    stand for the ones that come from a registry."""

    project = "tavana-test"
    tag = "test"

    def __init__(self, docker):
        self.docker = docker
        self.folder = tempfile.TemporaryDirectory(prefix="tavana-images-")
        folder = Path(self.folder.name)
        context = folder / "context"
        context.mkdir()
        release = Path(program()).parent
        for name in ("tavana-gateway", "tavana-worker", "libduckdb.so"):
            shutil.copy2(release / name, context / name)
        shutil.copytree(release / "extensions", context / "extensions")
        for name in ("gateway", "worker"):
            docker.build(name, context, f"angelerator/tavana-{name}:{self.tag}")
        shutil.rmtree(context)
        self.override = folder / "override.yml"
        self.override.write_text(
            json.dumps(
                {
                    "services": {
                        "s3": {
                            "image": SUPPORT,
                            "command": ["python3", "/images/store.py"],
                            "volumes": [f"{HERE}:/images:ro", f"{HERE.parent / 'support'}:/support:ro"],
                        },
                        "redis": {"image": SUPPORT},
                    }
                }
            )
        )
        self.pg_port = port_or_another(5432)
        self.flight_port = port_or_another(50051)
        self.http_port = port_or_another(8080)
        self.environment = {
            "TAVANA_TAG": self.tag,
            "TAVANA_PG_PORT": str(self.pg_port),
            "TAVANA_FLIGHT_PORT": str(self.flight_port),
            "TAVANA_HTTP_PORT": str(self.http_port),
            "MAX_MEMORY_GB": "1",
        }

    def compose(self, *words, check=True):
        return self.docker.run(
            "--project-name", self.project, "--file", "docker-compose.yml", "--file", str(self.override),
            *words, check=check, environment=self.environment, words_before=self.docker.compose_words,
        )  # fmt: skip

    def up(self, workers=2):
        self.compose("up", "--detach", "--no-build", "--scale", f"worker={workers}")

    def down(self):
        self.compose("down", "--volumes", "--timeout", "1", check=False)
        self.folder.cleanup()

    def containers(self, service):
        """Ids, the oldest first, also of those that have ended."""
        label = f"label=com.docker.compose.project={self.project}"
        own = f"label=com.docker.compose.service={service}"
        words = ("ps", "--all", "--no-trunc", "--filter", label, "--filter", own, "--format", "{{.ID}}")
        return self.docker.run(*words).stdout.split()[::-1]

    def container(self, service):
        (only,) = self.containers(service)
        return only

    def state(self, container):
        (found,) = self.docker.inspect("inspect", container)
        return found["State"]

    def log(self, container):
        said = self.docker.run("logs", container)
        return said.stdout + said.stderr

    def exec(self, container, *words, check=True):
        return self.docker.run("exec", container, *words, check=check)

    def sent_bytes(self, container):
        for line in self.exec(container, "cat", "/proc/net/dev").stdout.splitlines():
            name, _, numbers = line.partition(":")
            if name.strip() == "eth0":
                return int(numbers.split()[8])
        raise AssertionError(f"{container} has no network")

    def get(self, path):
        """Status and text; 0 when nobody answers."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.http_port}{path}", timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except OSError:
            return 0, ""

    def metric(self, name):
        """A gauge of the gateway; 0 when nobody answers."""
        for line in self.get("/metrics")[1].splitlines():
            if line.startswith(f"{name} "):
                return int(line.split()[1])
        return 0

    def workers_up(self):
        return self.metric("tavana_workers_up")

    @property
    def dsn(self):
        return f"host=127.0.0.1 port={self.pg_port} user=tavana dbname=main connect_timeout=10"

    def psql(self, statement):
        run = subprocess.run(
            ["psql", "--no-psqlrc", "--tuples-only", "--no-align", self.dsn, "--command", statement],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert run.returncode == 0, run.stderr
        return run.stdout.strip()

    def logs(self):
        return self.compose("logs", "--no-color", "--tail", "40", check=False).stdout
