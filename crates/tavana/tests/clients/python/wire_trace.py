"""A proxy that records what a client and a server say, and the texts in which two records are compared.

Plain TCP: the clients are told not to ask for TLS. A record is taken apart after the connection has
ended: each ReadyForQuery of the server answers one Query or Sync of the client.
"""

import re
import socket
import struct
import threading

FRONTEND_CODES_WITHOUT_TAG = {80877103: "SSLRequest", 80877104: "GSSENCRequest", 80877102: "CancelRequest"}
AUTHENTICATION = {0: "Ok", 3: "CleartextPassword", 5: "MD5Password", 10: "SASL", 11: "SASLContinue", 12: "SASLFinal"}
ENDED_SECONDS_MAX = 20


class Proxy:
    """Listens on a port of its own. `host` and `pg_port` are what a client needs of a server."""

    def __init__(self, server):
        self.upstream = (server.host, server.pg_port)
        self.host = "127.0.0.1"
        self.listener = socket.create_server((self.host, 0))
        self.pg_port = self.listener.getsockname()[1]
        self.records, self.sockets = [], []
        self.threads = [threading.Thread(target=self.accept, daemon=True)]
        self.threads[0].start()

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            server = socket.create_connection(self.upstream)
            self.sockets += [client, server]
            for end in (client, server):
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            record = {"client": bytearray(), "server": bytearray()}
            self.records.append(record)
            for source, target, name in ((client, server, "client"), (server, client, "server")):
                thread = threading.Thread(target=copy, args=(source, target, record[name]), daemon=True)
                self.threads.append(thread)
                thread.start()

    def segments(self):
        """Waits until both sides have closed; then [(statements, lines)] of all connections in order."""
        # Wakes the thread that accepts.
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for thread in self.threads:
            thread.join(ENDED_SECONDS_MAX)
            assert not thread.is_alive(), "a connection is still open"
        for end in self.sockets:
            end.close()
        return [segment for record in self.records for segment in segments(record)]


def copy(source, target, record):
    while True:
        try:
            data = source.recv(65536)
        except OSError:
            data = b""
        if not data:
            break
        record += data
        try:
            target.sendall(data)
        except OSError:
            break
    for end, how in ((target, socket.SHUT_WR), (source, socket.SHUT_RD)):
        try:
            end.shutdown(how)
        except OSError:
            pass


def segments(record):
    questions = list(client_segments(bytes(record["client"])))
    answers = list(server_segments(bytes(record["server"])))
    if not answers:
        return []
    paired = []
    for lines in answers:
        label = questions.pop(0) if questions else ""
        # A Sync that arrives during COPY IN is skipped by the server.
        if any(line.startswith("CopyInResponse") for line in lines) and label.endswith("Sync"):
            questions.pop(0)
        paired.append((label.removesuffix("Sync"), lines))
    return paired


def client_segments(data):
    """What is said before each ReadyForQuery that the server owes."""
    while True:
        length, code = struct.unpack("!ii", data[:8])
        data = data[length:]
        if code not in FRONTEND_CODES_WITHOUT_TAG:
            break
        if not data:
            return
    yield "connect"
    texts = []
    for tag, body in messages(data):
        if tag == "Q":
            yield named(text(body))
        elif tag == "P":
            texts.append(named(body.split(b"\0")[1].decode()))
        elif tag == "S":
            yield " | ".join(texts) + "Sync"
            texts = []


def server_segments(data):
    if data[:1] in (b"N", b"S") and data[1:2] == b"R":
        data = data[1:]
    lines, formats, connecting = [], [], True
    for tag, body in messages(data):
        if tag == "T":
            formats = []
        lines += line_of(tag, body, formats, connecting)
        if tag == "Z":
            if connecting:
                # Their order means nothing.
                lines.sort(key=lambda line: (line.startswith("ReadyForQuery"), line))
            yield lines
            lines, connecting = [], False
    if lines:
        yield lines


def messages(data):
    while data:
        (length,) = struct.unpack("!i", data[1:5])
        yield data[:1].decode(), data[5 : length + 1]
        data = data[length + 1 :]


def text(body):
    return body.rstrip(b"\0").decode()


def named(sql):
    """Without the numbers that asyncpg and psqlODBC give to what they name, and without OIDs of tables."""
    return re.sub(r"(__asyncpg_[a-z]+_|_PLAN0x|= ')(?:(?<!= ')[0-9a-f]+|\d+(?='))", r"\1n", sql)


def line_of(tag, body, formats, connecting):
    """A message of the server as lines of text. `formats` is filled by a RowDescription for its rows."""
    if tag == "R":
        (kind,) = struct.unpack("!i", body[:4])
        return [f"Authentication {AUTHENTICATION[kind]}"]
    if tag == "S":
        name, value = body.split(b"\0")[:2]
        return [f"ParameterStatus {name.decode()}" + ("" if connecting else f" = {value.decode()}")]
    if tag == "K":
        return [f"BackendKeyData of {len(body)} bytes"]
    if tag == "Z":
        return [f"ReadyForQuery {body.decode()}"]
    if tag == "C":
        return [f"CommandComplete {text(body)}"]
    if tag == "T":
        return row_description(body, formats)
    if tag == "D":
        return ["DataRow " + " ".join(values(body, formats))]
    if tag == "t":
        count = struct.unpack("!h", body[:2])[0]
        return ["ParameterDescription " + " ".join(map(str, struct.unpack(f"!{count}i", body[2:])))]
    if tag in "EN":
        fields = {part[:1].decode(): part[1:].decode() for part in body.split(b"\0") if part}
        name = {"E": "ErrorResponse", "N": "NoticeResponse"}[tag]
        return [f"{name} {fields['S']} {fields['V']} {fields['C']} position={fields.get('P', '-')} fields={''.join(sorted(fields))}"]
    if tag in "GHW":
        kind, count = struct.unpack("!bh", body[:3])
        name = {"G": "CopyInResponse", "H": "CopyOutResponse", "W": "CopyBothResponse"}[tag]
        return [f"{name} format={kind} columns={struct.unpack(f'!{count}h', body[3:])}"]
    if tag == "d":
        return [f"CopyData {body!r}"]
    if tag == "A":
        return ["NotificationResponse"]
    names = {
        "1": "ParseComplete", "2": "BindComplete", "3": "CloseComplete", "n": "NoData", "s": "PortalSuspended",
        "I": "EmptyQueryResponse", "c": "CopyDone", "v": "NegotiateProtocolVersion",
    }  # fmt: skip
    return [names[tag]]


def row_description(body, formats):
    (count,) = struct.unpack("!h", body[:2])
    at, lines = 2, ["RowDescription"]
    for _ in range(count):
        end = body.index(b"\0", at)
        name = body[at:end].decode()
        table, column, oid, length, modifier, form = struct.unpack("!ihihih", body[end + 1 : end + 19])
        at = end + 19
        formats.append(form)
        lines.append(
            f"  {name} oid={oid} len={length} mod={modifier} format={form} of={'table' if table else '-'} column={column}"
        )
    return lines


def values(body, formats):
    (count,) = struct.unpack("!h", body[:2])
    at, found = 2, []
    for number in range(count):
        (length,) = struct.unpack("!i", body[at : at + 4])
        at += 4
        if length < 0:
            found.append("NULL")
            continue
        data = body[at : at + length]
        at += length
        # The description of a statement says text, whatever Bind asks for afterwards.
        form = formats[number] if number < len(formats) else 1
        readable = form == 0 and all(32 <= byte < 127 for byte in data)
        found.append(repr(data.decode()) if readable else data.hex())
    return found
