"""Messages of Flight SQL, written out: no driver is in the way."""

import base64
import socket
import struct

import pyarrow.flight

from test_values import varint


def calling_with(*headers):
    return pyarrow.flight.FlightCallOptions(headers=list(headers), timeout=30)


def basic(user, password):
    return b"authorization", b"Basic " + base64.b64encode(f"{user}:{password}".encode())


def bearer(token):
    return b"authorization", b"Bearer " + (token if isinstance(token, bytes) else token.encode())


def field(number, data):
    return varint(number << 3 | 2) + varint(len(data)) + data


def varint_field(number, value):
    return varint(number << 3) + varint(value)


def command(name, *fields, body=b""):
    """A message of Flight SQL in its envelope."""
    message = b"".join(field(number, data) for number, data in fields) + body
    return field(1, b"type.googleapis.com/arrow.flight.protocol.sql." + name.encode()) + field(2, message)


def fields_of(message):
    """The fields of a message that hold bytes, by number."""
    at, fields = 0, {}

    def number():
        nonlocal at
        value = shift = 0
        while True:
            byte = message[at]
            at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    while at < len(message):
        tag = number()
        assert tag & 7 == 2, "only bytes are expected"
        length = number()
        fields[tag >> 3] = message[at : at + length]
        at += length
    return fields


def inside(envelope):
    return fields_of(fields_of(envelope)[2])


def statement(sql):
    return pyarrow.flight.FlightDescriptor.for_command(command("CommandStatementQuery", (1, sql.encode())))


def http2_call(server, path, message, *headers):
    """The bytes that a gRPC method answers with. The Flight client of Arrow does not know all methods."""

    def length(value, prefix_bits):
        most = (1 << prefix_bits) - 1
        if value < most:
            return bytes((value,))
        out, value = bytes((most,)), value - most
        return out + varint(value)

    def text(value):
        return length(len(value), 7) + value

    def frame(kind, flags, stream, payload):
        return struct.pack("!I", len(payload))[1:] + bytes((kind, flags)) + struct.pack("!I", stream) + payload

    # Indexed: POST and http; literal without indexing: the rest (RFC 7541, section 6.2.2).
    block = b"\x83\x86" + b"\x04" + text(path) + b"\x01" + text(b"localhost")
    for name, value in ((b"content-type", b"application/grpc"), (b"te", b"trailers"), *headers):
        block += b"\x00" + text(name) + text(value)
    answer = b""
    with socket.create_connection((server.host, server.flight_port), timeout=20) as connection:
        connection.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + frame(4, 0, 0, b""))
        body = b"\x00" + struct.pack("!I", len(message)) + message
        connection.sendall(frame(1, 4, 1, block) + frame(0, 1, 1, body))
        with connection.makefile("rb") as source:
            while True:
                head = source.read(9)
                assert len(head) == 9, "the connection ended before the call"
                size, kind, flags = int.from_bytes(head[:3], "big"), head[3], head[4]
                stream = int.from_bytes(head[5:], "big")
                payload = source.read(size)
                if kind == 4 and not flags & 1:
                    connection.sendall(frame(4, 1, 0, b""))
                if stream == 1 and kind == 0:
                    answer += payload
                if stream == 1 and (kind == 3 or (kind in (0, 1) and flags & 1)):
                    return answer
