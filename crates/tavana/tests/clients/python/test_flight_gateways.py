"""Two gateways with one key and one worker: what one has given out, the other takes."""

import os
import shutil
import signal
import subprocess
import tempfile
import threading

import pyarrow as pa
import pyarrow.flight
import pytest
from credentials import UsersFile, folder
from flight_calls import basic, calling_with, command, inside, statement
from harness import eventually, free_port, program

PASSWORD = "correct horse"


class Process:
    """One of the programs; its log is read so that it never waits for its reader."""

    def __init__(self, name, home, **environment):
        self.log = []
        self.process = subprocess.Popen(
            [os.path.join(os.path.dirname(program()), name)],
            env={
                "PATH": "/usr/local/bin:/usr/bin:/bin",
                "HOME": home,
                "TAVANA_BIND_ADDRESS": "127.0.0.1",
                "DUCKDB_TEMP_DIR": os.path.join(home, "spill"),
                **environment,
            },
            cwd=home,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.reader = threading.Thread(target=lambda: self.log.extend(self.process.stderr), daemon=True)
        self.reader.start()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(40)
        finally:
            self.process.kill()
            self.reader.join(5)
            self.process.stderr.close()


@pytest.fixture(scope="module")
def gateways():
    home, users_folder = tempfile.mkdtemp(prefix="tavana-gateways-"), folder()
    users = UsersFile(users_folder)
    users.add("ana", PASSWORD)
    users.add("bob", PASSWORD)
    key, other_key = "k" * 40, "o" * 40
    worker, third = free_port(), free_port()
    ports = [free_port(), free_port(), free_port()]
    running = [
        Process("tavana-worker", home, GRPC_PORT=str(worker), TAVANA_CLUSTER_KEY=key),
        Process("tavana-worker", home, GRPC_PORT=str(third), TAVANA_CLUSTER_KEY=other_key),
    ]
    for port, cluster, address in (
        (ports[0], key, worker),
        (ports[1], key, worker),
        (ports[2], other_key, third),
    ):
        running.append(
            Process(
                "tavana-gateway",
                home,
                PG_PORT="0",
                HTTP_PORT="0",
                FLIGHT_SQL_PORT=str(port),
                TAVANA_CLUSTER_KEY=cluster,
                WORKER_ADDR=f"http://127.0.0.1:{address}",
                TAVANA_AUTH_MODE="required",
                TAVANA_USERS_FILE=str(users.path),
            )
        )
    clients = [pyarrow.flight.connect(f"grpc://127.0.0.1:{port}") for port in ports]
    try:
        for client in clients:
            eventually("a gateway answers", lambda client=client: answers(client), within=60)
        yield clients
    except BaseException:
        for one in running:
            print("".join(one.log[-20:]))
        raise
    finally:
        for client in clients:
            client.close()
        codes = [one.stop() for one in reversed(running)]
        shutil.rmtree(home, ignore_errors=True)
        shutil.rmtree(users_folder, ignore_errors=True)
    assert codes == [0] * len(running)


ANA = calling_with(basic("ana", PASSWORD))
BOB = calling_with(basic("bob", PASSWORD))


def answers(client):
    try:
        info = client.get_flight_info(statement("SELECT 1 FROM range(1)"), ANA)
        return client.do_get(info.endpoints[0].ticket, ANA).read_all().num_rows == 1
    except (pyarrow.flight.FlightError, pa.ArrowException):
        return False


def test_a_ticket_of_one_gateway_is_read_at_the_other(gateways):
    one, other, _ = gateways
    info = one.get_flight_info(statement("SELECT i FROM range(250000) t(i)"), ANA)
    assert info.endpoints[0].locations == [], "the client stays where it is"
    for _ in range(2):
        assert other.do_get(info.endpoints[0].ticket, ANA).read_all().num_rows == 250_000


def test_a_prepared_statement_of_one_gateway_is_used_at_the_other(gateways):
    one, other, _ = gateways
    prepare = ("CreatePreparedStatement", command("ActionCreatePreparedStatementRequest", (1, b"SELECT 42 AS n")))
    (result,) = one.do_action(prepare, ANA)
    handle = inside(result.body.to_pybytes())[1]
    prepared = pyarrow.flight.FlightDescriptor.for_command(command("CommandPreparedStatementQuery", (1, handle)))
    ticket = other.get_flight_info(prepared, ANA).endpoints[0].ticket
    assert one.do_get(ticket, ANA).read_all().to_pydict() == {"n": [42]}


def test_a_bearer_token_of_one_gateway_is_good_at_the_other(gateways):
    one, other, foreign = gateways
    header = one.authenticate_basic_token("ana", PASSWORD)
    assert other.get_flight_info(statement("SELECT 1"), calling_with(header)).endpoints
    with pytest.raises(pyarrow.flight.FlightUnauthenticatedError):
        foreign.get_flight_info(statement("SELECT 1"), calling_with(header))


def test_the_ticket_of_another_user_or_cluster_is_refused_everywhere(gateways):
    one, other, foreign = gateways
    ticket = one.get_flight_info(statement("SELECT 1"), ANA).endpoints[0].ticket
    for client, who in ((one, BOB), (other, BOB), (foreign, ANA), (foreign, BOB)):
        with pytest.raises(pyarrow.flight.FlightUnauthorizedError):
            client.do_get(ticket, who).read_all()
    theirs = foreign.get_flight_info(statement("SELECT 1"), ANA).endpoints[0].ticket
    for client in (one, other):
        with pytest.raises(pyarrow.flight.FlightUnauthorizedError, match="not one of this cluster"):
            client.do_get(theirs, ANA).read_all()


def test_what_a_session_has_made_is_read_on_its_connection_only(gateways):
    one, other, _ = gateways
    one.get_flight_info(statement("CREATE TABLE mine AS SELECT 1 AS i"), ANA)
    ticket = one.get_flight_info(statement("SELECT i FROM mine"), ANA).endpoints[0].ticket
    with pytest.raises(pa.ArrowException, match="another connection"):
        other.do_get(ticket, ANA).read_all()
    assert one.do_get(ticket, ANA).read_all().num_rows == 1
    list(one.do_action(("CloseSession", b""), ANA))
    with pytest.raises(pa.ArrowException, match="has ended"):
        one.do_get(ticket, ANA).read_all()


def test_a_result_for_several_readers_stays_with_its_session(gateways):
    one, other, _ = gateways
    divided = calling_with(basic("ana", PASSWORD), (b"x-tavana-endpoints", b"2"))
    tickets = [e.ticket for e in one.get_flight_info(statement("SELECT i FROM range(10) t(i)"), divided).endpoints]
    with pytest.raises(pa.ArrowException, match="another connection"):
        other.do_get(tickets[0], ANA).read_all()
    assert sum(one.do_get(ticket, ANA).read_all().num_rows for ticket in tickets) == 10
