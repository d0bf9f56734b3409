"""A result is encoded once: what the worker sends is what the gateway sends on."""

import shutil
import socket
import tempfile
import threading

import pyarrow as pa
import pyarrow.flight
from flight_calls import statement
from harness import eventually, free_port
from test_flight_gateways import Process

ROWS = 3_000_000
PART = 0.05


class Counter:
    """Passes connections on to `port` and counts the bytes that come back."""

    def __init__(self, port):
        self.target, self.answered = port, 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.lock = threading.Lock()
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            try:
                server = socket.create_connection(("127.0.0.1", self.target))
            except OSError:
                # It does not listen yet.
                client.close()
                continue
            threading.Thread(target=self.both, args=(client, server), daemon=True).start()

    def both(self, client, server):
        with client, server:
            there = threading.Thread(target=self.copy, args=(client, server, False))
            there.start()
            self.copy(server, client, True)
            there.join()

    def copy(self, source, target, counted):
        buffer = memoryview(bytearray(1 << 18))
        try:
            while count := source.recv_into(buffer):
                if counted:
                    with self.lock:
                        self.answered += count
                target.sendall(buffer[:count])
        except OSError:
            pass
        for end in (source, target):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


def test_the_gateway_sends_as_many_bytes_as_the_worker_has_sent():
    home, key = tempfile.mkdtemp(prefix="tavana-bytes-"), "k" * 40
    worker_port, flight_port = free_port(), free_port()
    from_worker, from_gateway = Counter(worker_port), Counter(flight_port)
    worker = Process("tavana-worker", home, GRPC_PORT=str(worker_port), TAVANA_CLUSTER_KEY=key)
    gateway = Process(
        "tavana-gateway",
        home,
        PG_PORT="0",
        HTTP_PORT="0",
        FLIGHT_SQL_PORT=str(flight_port),
        TAVANA_CLUSTER_KEY=key,
        WORKER_ADDR=f"http://127.0.0.1:{from_worker.port}",
        TAVANA_AUTH_MODE="passthrough",
    )
    try:
        client = pyarrow.flight.connect(f"grpc://127.0.0.1:{from_gateway.port}")
        eventually("the gateway answers", lambda: answers(client), within=60)
        client.close()
        client = pyarrow.flight.connect(f"grpc://127.0.0.1:{from_gateway.port}")
        before = from_worker.answered, from_gateway.answered
        rows, size = read(client, f"SELECT i, i::DOUBLE AS d, 'name-' || i AS s FROM range({ROWS}) t(i)")
        sent, passed = from_worker.answered - before[0], from_gateway.answered - before[1]
        client.close()
    finally:
        codes = [gateway.stop(), worker.stop()]
        for counter in (from_worker, from_gateway):
            counter.listener.close()
        shutil.rmtree(home, ignore_errors=True)
    assert codes == [0, 0]
    assert rows == ROWS
    # Validity and padding are in the messages, too.
    assert size * (1 - PART) < sent < size * (1 + PART), (size, sent)
    assert abs(passed - sent) < sent * PART, (sent, passed)


def answers(client):
    try:
        return read(client, "SELECT 1 FROM range(1)")[0] == 1
    except (pyarrow.flight.FlightError, pa.ArrowException):
        return False


def read(client, sql):
    info = client.get_flight_info(statement(sql))
    (endpoint,) = info.endpoints
    rows = size = 0
    for chunk in client.do_get(endpoint.ticket):
        rows += chunk.data.num_rows
        size += chunk.data.nbytes
    return rows, size
