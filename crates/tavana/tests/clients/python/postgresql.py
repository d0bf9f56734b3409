"""A real PostgreSQL to compare with, and conversations that are held with both."""

import os
import pwd
import shutil
import socket
import struct
import subprocess
import tempfile
import time
from pathlib import Path

START_SECONDS_MAX = 60


class PostgreSql:
    """A server of its own in a temporary folder; nobody's account runs it when we are root."""

    host = "127.0.0.1"

    def __init__(self):
        bin_folder = Path(os.environ["TAVANA_TEST_POSTGRESQL_BIN"])
        self.home = tempfile.mkdtemp(prefix="postgresql-test-")
        self.account = None
        if os.geteuid() == 0:
            self.account = pwd.getpwnam("nobody")
            os.chown(self.home, self.account.pw_uid, self.account.pw_gid)
        with socket.socket() as free:
            free.bind((self.host, 0))
            self.pg_port = free.getsockname()[1]
        self.data = os.path.join(self.home, "data")
        common = ["-D", self.data]
        self.run([bin_folder / "initdb", *common, "-A", "trust", "-U", "tester", "--locale=C", "-E", "UTF8", "-N"])
        options = ["-p", str(self.pg_port), "-k", self.home, "-h", self.host, "-c", "fsync=off", "-c", "timezone=UTC"]
        self.log = open(os.path.join(self.home, "log"), "wb")
        self.process = subprocess.Popen(
            [bin_folder / "postgres", *common, *options],
            stdout=self.log,
            stderr=self.log,
            cwd=self.home,
            **self.as_account(),
        )
        deadline = time.monotonic() + START_SECONDS_MAX
        while True:
            try:
                Talk(self).close()
                return
            except (OSError, EOFError):
                assert self.process.poll() is None, "PostgreSQL did not start"
                assert time.monotonic() < deadline, "PostgreSQL did not start in time"
                time.sleep(0.05)

    def as_account(self):
        if self.account is None:
            return {}
        return {"user": self.account.pw_uid, "group": self.account.pw_gid, "extra_groups": []}

    def run(self, command):
        subprocess.run(command, check=True, capture_output=True, cwd=self.home, **self.as_account())

    def stop(self):
        self.process.terminate()
        self.process.wait(30)
        self.log.close()
        shutil.rmtree(self.home, ignore_errors=True)


def text(value):
    return value.encode() + b"\0"


def message(tag, body=b""):
    return tag + struct.pack("!i", len(body) + 4) + body


def query(sql):
    return message(b"Q", text(sql))


def parse(sql, name="", oids=()):
    return message(b"P", text(name) + text(sql) + struct.pack(f"!h{len(oids)}I", len(oids), *oids))


def bind(*values, name="", portal="", formats=(), results=()):
    body = text(portal) + text(name)
    body += struct.pack(f"!h{len(formats)}h", len(formats), *formats)
    body += struct.pack("!h", len(values))
    for value in values:
        if value is None:
            body += struct.pack("!i", -1)
        else:
            value = value if isinstance(value, bytes) else value.encode()
            body += struct.pack("!i", len(value)) + value
    body += struct.pack(f"!h{len(results)}h", len(results), *results)
    return message(b"B", body)


def describe(kind="P", name=""):
    return message(b"D", kind.encode() + text(name))


def execute(rows=0, portal=""):
    return message(b"E", text(portal) + struct.pack("!i", rows))


def close(kind, name):
    return message(b"C", kind.encode() + text(name))


def extended(sql, *values, results=()):
    """A statement as most drivers send it."""
    return parse(sql) + bind(*values, results=results) + describe() + execute() + SYNC


SYNC = message(b"S")
FLUSH = message(b"H")
COPY_DONE = message(b"c")


def copy_data(data):
    return message(b"d", data)


def copy_fail(reason):
    return message(b"f", text(reason))


class Talk:
    """One connection, whose server's words are kept in a form that can be compared."""

    def __init__(self, server, **settings):
        self.socket = socket.create_connection((server.host, server.pg_port), timeout=30)
        self.input = b""
        settings = {"user": "tester", "database": getattr(server, "database", "postgres"), **settings}
        body = struct.pack("!i", 196608) + b"".join(text(k) + text(v) for k, v in settings.items()) + b"\0"
        self.socket.sendall(struct.pack("!i", len(body) + 4) + body)
        # While a server starts it says so and ends the connection.
        if self.until(b"Z")[-1][0] != b"Z":
            self.close()
            raise EOFError

    def close(self):
        self.socket.close()

    def next(self):
        while True:
            if len(self.input) >= 5:
                (length,) = struct.unpack("!i", self.input[1:5])
                if len(self.input) > length:
                    tag, body = self.input[:1], self.input[5 : length + 1]
                    self.input = self.input[length + 1 :]
                    return tag, body
            data = self.socket.recv(65536)
            if not data:
                raise EOFError
            self.input += data

    def until(self, *ends):
        """The messages up to one of `ends`, or to the end of the connection."""
        heard = []
        try:
            while True:
                tag, body = self.next()
                heard.append((tag, body))
                if tag in ends:
                    return heard
        except (EOFError, ConnectionError):
            heard.append((b"", b""))
            return heard

    def say(self, data):
        """Sends, and hears up to ReadyForQuery; to CopyInResponse when a COPY waits for its data."""
        self.socket.sendall(data)
        return self.until(b"Z", b"G")


def fields(body):
    return {part[:1].decode(): part[1:].decode() for part in body.split(b"\0") if part}


def readable(tag, body, texts=False):
    """A message as a line. Texts of errors are shown when they are to be the same."""
    name = tag.decode()
    if name == "":
        return "end"
    if name in "EN":
        told = fields(body)
        line = f"{name} {told['S']} {told['C']}"
        if texts:
            line += f" {told['M']}"
        return line
    if name == "T":
        (count,) = struct.unpack("!h", body[:2])
        at, columns = 2, []
        for _ in range(count):
            end = body.index(b"\0", at)
            column = body[at:end].decode()
            _, _, oid, size, typmod, form = struct.unpack("!ihihih", body[end + 1 : end + 19])
            columns.append(f"{column}:{oid}:{size}:{typmod}:{form}")
            at = end + 19
        return "T " + " ".join(columns)
    if name == "D":
        (count,) = struct.unpack("!h", body[:2])
        at, values = 2, []
        for _ in range(count):
            (length,) = struct.unpack("!i", body[at : at + 4])
            at += 4
            values.append(None if length < 0 else body[at : at + length])
            at += max(length, 0)
        return f"D {values!r}"
    if name == "t":
        (count,) = struct.unpack("!h", body[:2])
        return f"t {struct.unpack(f'!{count}I', body[2:])}"
    if name == "S":
        return "S " + body[:-1].replace(b"\0", b"=").decode()
    if name in "CZGHWA":
        return f"{name} {body.rstrip(bytes(1))!r}"
    if name == "d":
        return f"d {body!r}"
    return name
