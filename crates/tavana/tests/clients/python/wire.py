"""A PostgreSQL client that shows what the server says, byte by byte: no driver is in the way.

It can come from another address of this machine, hold back messages and send wrong ones.
"""

import base64
import hashlib
import hmac
import os
import socket
import struct

SSL_REQUEST = struct.pack("!ii", 8, 80877103)
GSS_REQUEST = struct.pack("!ii", 8, 80877104)
WAIT_SECONDS_MAX = 20


class Refused(Exception):
    """The server's ErrorResponse."""

    def __init__(self, fields):
        super().__init__(f"{fields.get('C')}: {fields.get('M')}")
        self.sqlstate = fields.get("C")
        self.message = fields.get("M")
        self.hint = fields.get("H")


class Closed(Exception):
    """The server ended the connection without a word."""


def startup_packet(user, **settings):
    body = struct.pack("!i", 196608)
    for name, value in {"user": user, "database": "main", **settings}.items():
        body += name.encode() + b"\0" + value.encode() + b"\0"
    body += b"\0"
    return struct.pack("!i", len(body) + 4) + body


class Wire:
    """One connection. `source` is the address of this machine that it comes from."""

    def __init__(self, server, source=None, tls=None, direct=False, host="localhost"):
        self.asked_for = None
        self.socket = socket.create_connection(
            (server.host, server.pg_port),
            timeout=WAIT_SECONDS_MAX,
            source_address=(source, 0) if source else None,
        )
        try:
            if tls and not direct:
                self.send(SSL_REQUEST)
                answer = self.receive(1)
                if answer != b"S":
                    raise Closed(f"the server answered {answer!r} to SSLRequest")
            if tls:
                self.socket = tls.wrap_socket(self.socket, server_hostname=host)
        except BaseException:
            self.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data)

    def receive(self, count):
        data = b""
        while len(data) < count:
            try:
                part = self.socket.recv(count - len(data))
            except ConnectionResetError:
                part = b""
            if not part:
                raise Closed(f"after {data!r}")
            data += part
        return data

    def rest(self):
        """All that the server still says until it ends the connection."""
        data = b""
        while True:
            try:
                part = self.socket.recv(65536)
            except ConnectionError:
                part = b""
            if not part:
                return data
            data += part

    def message(self):
        """The next message; an ErrorResponse is raised."""
        tag = self.receive(1)
        (length,) = struct.unpack("!i", self.receive(4))
        body = self.receive(length - 4)
        if tag == b"E":
            fields = {part[:1].decode(): part[1:].decode() for part in body.split(b"\0") if part}
            raise Refused(fields)
        return tag, body

    def put(self, tag, body):
        self.send(tag + struct.pack("!i", len(body) + 4) + body)

    def log_in(self, user, password=None, **settings):
        """Until ReadyForQuery. `asked_for` says afterwards what the server wanted."""
        self.send(startup_packet(user, **settings))
        tag, body = self.message()
        assert tag == b"R", (tag, body)
        (kind,) = struct.unpack("!i", body[:4])
        if kind == 3:
            self.asked_for = "password"
            self.put(b"p", password.encode() + b"\0")
            tag, body = self.message()
        elif kind == 10:
            self.asked_for = "scram"
            assert b"SCRAM-SHA-256\0" in body
            tag, body = self.prove(password or "")
        assert (tag, body) == (b"R", struct.pack("!i", 0)), (tag, body)
        while tag != b"Z":
            tag, body = self.message()
        return self

    def prove(self, password):
        """SCRAM-SHA-256 (RFC 7677) without channel binding."""
        nonce = base64.b64encode(os.urandom(18)).decode()
        first = f"n=,r={nonce}"
        initial = ("n,," + first).encode()
        self.put(b"p", b"SCRAM-SHA-256\0" + struct.pack("!i", len(initial)) + initial)
        tag, body = self.message()
        assert tag == b"R" and struct.unpack("!i", body[:4]) == (11,), (tag, body)
        server_first = body[4:].decode()
        said = dict(part.split("=", 1) for part in server_first.split(","))
        assert said["r"].startswith(nonce)
        salted = hashlib.pbkdf2_hmac("sha256", password.encode(), base64.b64decode(said["s"]), int(said["i"]))

        def keyed(key, text):
            return hmac.new(key, text, hashlib.sha256).digest()

        client_key = keyed(salted, b"Client Key")
        without_proof = f"c={base64.b64encode(b'n,,').decode()},r={said['r']}"
        signed = f"{first},{server_first},{without_proof}".encode()
        signature = keyed(hashlib.sha256(client_key).digest(), signed)
        proof = bytes(a ^ b for a, b in zip(client_key, signature, strict=True))
        self.put(b"p", f"{without_proof},p={base64.b64encode(proof).decode()}".encode())
        tag, body = self.message()
        assert tag == b"R" and struct.unpack("!i", body[:4]) == (12,), (tag, body)
        expected = keyed(keyed(salted, b"Server Key"), signed)
        assert body[4:] == b"v=" + base64.b64encode(expected), "the server does not know the password either"
        return self.message()

    def query(self, sql):
        """The rows of a simple query, as texts."""
        self.put(b"Q", sql.encode() + b"\0")
        rows = []
        failure = None
        while True:
            try:
                tag, body = self.message()
            except Refused as refused:
                failure = refused
                continue
            if tag == b"D":
                rows.append(columns(body))
            if tag == b"Z":
                if failure:
                    raise failure
                return rows


def columns(body):
    (count,) = struct.unpack("!h", body[:2])
    at, values = 2, []
    for _ in range(count):
        (length,) = struct.unpack("!i", body[at : at + 4])
        at += 4
        if length < 0:
            values.append(None)
        else:
            values.append(body[at : at + length].decode())
            at += length
    return tuple(values)


def refusal(server, user, password, **connection):
    """How the server refuses a login."""
    try:
        with Wire(server, **connection) as wire:
            wire.log_in(user, password)
    except Refused as refused:
        return refused
    raise AssertionError(f"{user} was let in")
