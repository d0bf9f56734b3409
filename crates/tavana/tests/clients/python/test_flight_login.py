"""Who may call over Arrow Flight SQL, with what, and whose tickets are whose."""

import base64
import shutil

import adbc_driver_flightsql.dbapi as flight_dbapi
import adbc_driver_manager
import pyarrow as pa
import pyarrow.flight
import pytest
from credentials import REFUSALS, UsersFile, folder, no_secret_in
from flight_calls import basic, bearer, calling_with, command, field, http2_call, inside, statement
from harness import Tavana
from test_values import flight_query, varint
from wire import Wire, refusal

WHO = "SHOW session_authorization"
PASSWORD = "correct horse, \u00fc\U0001f434"
MISSES_MAX = 5


class World:
    def __init__(self):
        self.folder = folder()
        self.users = UsersFile(self.folder)
        self.users.add("ana", PASSWORD)
        self.users.add("bob", PASSWORD + "2")
        self.users.add("victim", PASSWORD + "3")
        self.key = self.users.add_key("robot")
        self.server = self.another()

    def another(self):
        """A server with the same users and a cluster key of its own."""
        return Tavana(
            env={
                "LOG_LEVEL": "info",
                "TAVANA_AUTH_MODE": "required",
                "TAVANA_USERS_FILE": str(self.users.path),
            },
            logs_allowed=REFUSALS,
        )


@pytest.fixture(scope="module")
def world():
    world = World()
    try:
        yield world
        world.server.stop()
    except BaseException:
        world.server.process.kill()
        raise
    finally:
        shutil.rmtree(world.folder)
    no_secret_in(world.server.log, world.users.secrets)


@pytest.fixture
def client(world):
    with pyarrow.flight.connect(world.server.flight_uri) as client:
        yield client


SELECT = statement("SELECT 1 AS n")
UPDATE = pyarrow.flight.FlightDescriptor.for_command(command("CommandStatementUpdate", (1, b"CREATE TABLE sneaked (i INTEGER)")))
CATALOG = pyarrow.flight.Ticket(command("CommandGetTableTypes"))
PREPARE = pyarrow.flight.Action("CreatePreparedStatement", command("ActionCreatePreparedStatementRequest", (1, b"SELECT 1")))


def put(client, options):
    writer, reader = client.do_put(UPDATE, pa.schema([]), options)
    writer.done_writing()
    reader.read()
    writer.close()


def exchange(client, options):
    writer, reader = client.do_exchange(SELECT, options)
    try:
        writer.done_writing()
        reader.read_all()
    finally:
        writer.close()


def get_schema(client, descriptor, options):
    try:
        return client.get_schema(descriptor, options)
    except OSError as problem:
        # This method alone does not give errors their own classes.
        if "Detail: Unauthenticated" in str(problem):
            raise pyarrow.flight.FlightUnauthenticatedError(str(problem)) from problem
        if "Detail: Unauthorized" in str(problem):
            raise pyarrow.flight.FlightUnauthorizedError(str(problem)) from problem
        raise


CALLS = {
    "GetFlightInfo": lambda client, options: client.get_flight_info(SELECT, options),
    "GetSchema": lambda client, options: get_schema(client, SELECT, options),
    "DoGet": lambda client, options: client.do_get(CATALOG, options).read_all(),
    "DoPut": put,
    "DoAction": lambda client, options: list(client.do_action(PREPARE, options)),
    "DoAction of an unknown action": lambda client, options: list(client.do_action(("Shutdown", b""), options)),
    "ListActions": lambda client, options: list(client.list_actions(options)),
    "ListFlights": lambda client, options: list(client.list_flights(b"", options)),
    "DoExchange": exchange,
}


@pytest.mark.parametrize("call", CALLS)
def test_a_call_without_good_credentials_is_unauthenticated(world, client, call):
    for headers in (
        (),
        (basic("", ""),),
        (bearer("x"),),
        (bearer(""),),
        (b"authorization", b"Digest x"),
        (b"authorization", b""),
        (b"x-api-key", b"tvn_x"),
        (b"auth-token-bin", b"x"),
    ):
        if headers and isinstance(headers[0], bytes):
            headers = (headers,)
        with pytest.raises(pyarrow.flight.FlightUnauthenticatedError):
            CALLS[call](client, calling_with(*headers))
    try:
        CALLS[call](client, calling_with(basic("ana", PASSWORD)))
    except (pa.ArrowNotImplementedError, pyarrow.flight.FlightServerError) as refused:
        assert "not supported" in str(refused) or "not a part of Flight SQL" in str(refused)
        assert call in ("DoExchange", "DoAction of an unknown action")
    # A method that answers with a stream is not better protected by its stream.
    with Wire(world.server) as wire:
        wire.log_in("ana", PASSWORD)
        assert wire.query("SELECT count(*) FROM duckdb_tables() WHERE table_name = 'sneaked'") == [("0",)]


def test_a_poll_without_credentials_is_answered_with_nothing(world):
    path = b"/arrow.flight.protocol.FlightService/PollFlightInfo"
    message = varint(1 << 3) + varint(2) + field(2, command("CommandStatementQuery", (1, b"SELECT 1 AS n")))
    assert http2_call(world.server, path, message) == b""
    assert http2_call(world.server, path, message, bearer("x")) == b""
    assert b"TicketStatementQuery" in http2_call(world.server, path, message, basic("ana", PASSWORD))


def test_a_login_gives_a_bearer_token_and_the_password_is_not_needed_again(world, client):
    name, value = header = client.authenticate_basic_token("ana", PASSWORD)
    assert name == b"authorization" and value.startswith(b"Bearer ")
    assert PASSWORD.encode() not in base64.urlsafe_b64decode(value[7:] + b"==")
    for options in (calling_with(header), calling_with(basic("ana", PASSWORD))):
        assert flight_query(client, WHO, options).to_pydict() == {"session_authorization": ["ana"]}
    with pyarrow.flight.connect(world.server.flight_uri) as other_connection:
        rows = flight_query(other_connection, WHO, calling_with(header))
        assert rows.to_pydict() == {"session_authorization": ["ana"]}
    for user, password in (("ana", "wrong"), ("nobody", PASSWORD), ("ana", "")):
        with pytest.raises(pyarrow.flight.FlightUnauthenticatedError) as heard:
            client.authenticate_basic_token(user, password)
        assert f'password authentication failed for user "{user}"' in str(heard.value)


class OlderLogin(pyarrow.flight.ClientAuthHandler):
    """The login by messages, as clients did before headers."""

    def __init__(self, user, password):
        super().__init__()
        self.login = pyarrow.flight.BasicAuth(user, password)
        self.token = b""

    def authenticate(self, outgoing, incoming):
        outgoing.write(self.login.serialize())
        self.token = incoming.read()

    def get_token(self):
        return self.token


def test_clients_that_log_in_by_messages_get_in(client):
    client.authenticate(OlderLogin("ana", PASSWORD))
    assert flight_query(client, WHO).to_pydict() == {"session_authorization": ["ana"]}
    for user, password in (("bob", "wrong"), ("", "")):
        with pytest.raises(pyarrow.flight.FlightUnauthenticatedError):
            client.authenticate(OlderLogin(user, password))


def test_adbc_logs_in_by_every_way_it_has(world):
    token = None
    with pyarrow.flight.connect(world.server.flight_uri) as client:
        token = client.authenticate_basic_token("ana", PASSWORD)[1].decode()
    for options, user in [
        ({"username": "ana", "password": PASSWORD}, "ana"),
        ({"adbc.flight.sql.authorization_header": token}, "ana"),
        ({"adbc.flight.sql.authorization_header": f"Bearer {world.key}"}, "robot"),
        ({"adbc.flight.sql.rpc.call_header.x-api-key": world.key}, "robot"),
    ]:
        with flight_dbapi.connect(world.server.flight_uri, db_kwargs=options, autocommit=True) as connection:
            with connection.cursor() as cursor:
                cursor.execute(WHO)
                assert cursor.fetchone() == (user,)
    for options in (
        {"username": "bob", "password": "wrong"},
        {"adbc.flight.sql.authorization_header": token[:-1]},
        {"adbc.flight.sql.rpc.call_header.x-api-key": world.key[:-1]},
        {},
    ):
        with pytest.raises(adbc_driver_manager.Error) as refused:
            with flight_dbapi.connect(world.server.flight_uri, db_kwargs=options, autocommit=True) as connection:
                with connection.cursor() as cursor:
                    cursor.execute(WHO)
        assert refused.value.status_code == adbc_driver_manager.AdbcStatusCode.UNAUTHENTICATED


def test_tickets_and_handles_are_their_makers(client):
    ana, bob = calling_with(basic("ana", PASSWORD)), calling_with(basic("bob", PASSWORD + "2"))
    ticket = client.get_flight_info(SELECT, ana).endpoints[0].ticket
    (result,) = client.do_action(PREPARE, ana)
    handle = inside(result.body.to_pybytes())[1]
    prepared = pyarrow.flight.FlightDescriptor.for_command(command("CommandPreparedStatementQuery", (1, handle)))
    only_by(
        ana,
        bob,
        lambda options: client.do_get(ticket, options).read_all(),
        lambda options: client.get_flight_info(prepared, options),
        lambda options: get_schema(client, prepared, options),
    )
    # Forgetting somebody's statement is no way to disturb them.
    forget = ("ClosePreparedStatement", command("ActionClosePreparedStatementRequest", (1, handle)))
    only_by(ana, bob, lambda options: list(client.do_action(forget, options)))


def test_a_transaction_is_its_makers(client):
    ana, bob = calling_with(basic("ana", PASSWORD)), calling_with(basic("bob", PASSWORD + "2"))
    (result,) = client.do_action(("BeginTransaction", command("ActionBeginTransactionRequest")), ana)
    transaction = inside(result.body.to_pybytes())[1]
    query = command("CommandStatementQuery", (1, b"SELECT 1"), (2, transaction))
    commit = field(1, transaction) + varint(2 << 3) + varint(1)
    url = b"type.googleapis.com/arrow.flight.protocol.sql.ActionEndTransactionRequest"
    only_by(
        ana,
        bob,
        lambda options: client.get_flight_info(pyarrow.flight.FlightDescriptor.for_command(query), options),
        lambda options: list(client.do_action(("EndTransaction", field(1, url) + field(2, commit)), options)),
    )


def only_by(maker, other, *attempts):
    for attempt in attempts:
        with pytest.raises(pyarrow.flight.FlightUnauthorizedError, match="made for another user"):
            attempt(other)
        attempt(maker)


def test_a_changed_password_ends_what_the_old_one_gave(world, client):
    world.users.change(world.server, lambda path: world.users.add("changer", "before", path=path))
    header = client.authenticate_basic_token("changer", "before")
    assert flight_query(client, WHO, calling_with(header)).num_rows == 1
    world.users.change(world.server, lambda path: world.users.add("changer", "after", path=path))
    with pytest.raises(pyarrow.flight.FlightUnauthenticatedError):
        flight_query(client, WHO, calling_with(basic("changer", "before")))
    assert flight_query(client, WHO, calling_with(basic("changer", "after"))).num_rows == 1
    with pytest.raises(pyarrow.flight.FlightUnauthenticatedError):
        flight_query(client, WHO, calling_with(header))


def test_a_token_of_another_cluster_does_not_count(world, client):
    another = world.another()
    try:
        with pyarrow.flight.connect(another.flight_uri) as elsewhere:
            header = elsewhere.authenticate_basic_token("ana", PASSWORD)
            ticket = elsewhere.get_flight_info(SELECT, calling_with(header)).endpoints[0].ticket
            assert elsewhere.do_get(ticket, calling_with(header)).read_all().num_rows == 1
    finally:
        another.stop()
    with pytest.raises(pyarrow.flight.FlightUnauthenticatedError):
        flight_query(client, "SELECT 1", calling_with(header))
    with pytest.raises(pyarrow.flight.FlightUnauthorizedError, match="not one of this cluster"):
        client.do_get(ticket, calling_with(basic("ana", PASSWORD))).read_all()


def flipped(data, count):
    """`data` with one other bit each time, spread over all of it."""
    bits = len(data) * 8
    for number in range(count):
        bit = number * bits // count
        yield data[: bit // 8] + bytes((data[bit // 8] ^ 1 << bit % 8,)) + data[bit // 8 + 1 :]


def test_of_a_hundred_changed_tickets_none_is_accepted(client):
    ana = calling_with(basic("ana", PASSWORD))
    ticket = client.get_flight_info(SELECT, ana).endpoints[0].ticket
    handle = inside(ticket.ticket)[1]
    assert command("TicketStatementQuery", (1, handle)) == ticket.ticket, "what is changed below is what the ticket holds"
    wrong = [*flipped(handle, 100), handle[:-1], handle + b"\0", handle[1:], handle * 2]
    for changed in wrong:
        with pytest.raises(pyarrow.flight.FlightUnauthorizedError):
            client.do_get(pyarrow.flight.Ticket(command("TicketStatementQuery", (1, changed))), ana).read_all()
    # Fields that protobuf reads past, around what is sealed.
    field = b"\x7a\x01x"
    around = [ticket.ticket + field, field + ticket.ticket, command("TicketStatementQuery", (1, handle), (15, b"x"))]
    for changed in (*around, command("TicketStatementQuery", (1, b""))):
        with pytest.raises(KeyError, match="no such ticket"):
            client.do_get(pyarrow.flight.Ticket(changed), ana).read_all()
    assert client.do_get(ticket, ana).read_all().num_rows == 1


def test_of_a_hundred_changed_bearer_tokens_none_is_accepted(client):
    header = client.authenticate_basic_token("ana", PASSWORD)
    text = header[1][7:]
    sealed = base64.urlsafe_b64decode(text + b"=" * (-len(text) % 4))
    wrong = [base64.urlsafe_b64encode(changed).rstrip(b"=") for changed in flipped(sealed, 100)]
    wrong += [text[:-1], text + b"A", text[1:], text + b"=", text * 2]
    # A ticket and a handle are sealed with the same key, and are no bearer tokens.
    ticket = client.get_flight_info(SELECT, calling_with(header)).endpoints[0].ticket
    wrong.append(base64.urlsafe_b64encode(inside(ticket.ticket)[1]).rstrip(b"="))
    for changed in wrong:
        assert changed != text
        with pytest.raises(pyarrow.flight.FlightUnauthenticatedError):
            client.get_flight_info(SELECT, calling_with(bearer(changed)))
    with pytest.raises((pyarrow.flight.FlightError, pa.ArrowInvalid)):
        client.do_get(pyarrow.flight.Ticket(command("TicketStatementQuery", (1, sealed))), calling_with(header)).read_all()
    assert client.get_flight_info(SELECT, calling_with(header)).endpoints


def test_guessing_a_password_is_stopped_and_the_holder_of_a_token_goes_on(world, client):
    header = client.authenticate_basic_token("victim", PASSWORD + "3")
    for guess in range(MISSES_MAX):
        with pytest.raises(pyarrow.flight.FlightUnauthenticatedError, match="password authentication failed"):
            client.authenticate_basic_token("victim", f"guess {guess}")
    throttled = "too many failed logins, try again later"
    for guess in ("guess", PASSWORD + "3"):
        with pytest.raises(pyarrow.flight.FlightUnauthenticatedError, match=throttled):
            client.authenticate_basic_token("victim", guess)
        with pytest.raises(pyarrow.flight.FlightUnauthenticatedError, match=throttled):
            client.get_flight_info(SELECT, calling_with(basic("victim", guess)))
    # The other protocol is no second chance.
    refused = refusal(world.server, "victim", "guess")
    assert (refused.sqlstate, refused.message) == ("28000", throttled)
    rows = flight_query(client, WHO, calling_with(header))
    assert rows.to_pydict() == {"session_authorization": ["victim"]}
    rows = flight_query(client, WHO, calling_with(basic("ana", PASSWORD)))
    assert rows.to_pydict() == {"session_authorization": ["ana"]}
    throttled_lines = [line for line in world.server.log if "victim" in line and "too many failed logins" in line]
    assert len(throttled_lines) == 1, "the log says it once, not for each guess"


def test_unknown_keys_do_not_keep_the_holder_of_a_good_one_out(client, world):
    for number in range(3 * MISSES_MAX):
        with pytest.raises(pyarrow.flight.FlightUnauthenticatedError):
            client.get_flight_info(SELECT, calling_with((b"x-api-key", b"tvn_%d" % number)))
    rows = flight_query(client, WHO, calling_with((b"x-api-key", world.key.encode())))
    assert rows.to_pydict() == {"session_authorization": ["robot"]}
