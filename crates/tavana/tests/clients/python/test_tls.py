"""TLS of all three ports: who gets it, who is refused, and certificates that come and go."""

import asyncio
import os
import shutil
import socket
import ssl
import threading
import time
import urllib.error
import urllib.request
import warnings

import adbc_driver_flightsql.dbapi as flight_dbapi
import adbc_driver_manager
import asyncpg
import psycopg
import psycopg2
import pyarrow.flight
import pytest
from cryptography import x509
from credentials import REFUSALS, Authority, UsersFile, folder, tls_context
from harness import Tavana, eventually
from flight_calls import basic, calling_with
from test_psql import psql
from test_values import flight_query
from wire import GSS_REQUEST, SSL_REQUEST, Closed, Refused, Wire, startup_packet

PASSWORD = "correct horse"
NOT_REPLACED = "could not replace the TLS certificate"
ALPN = {"pg_port": "postgresql", "flight_port": "h2", "http_port": "http/1.1"}


class World:
    """A folder with an authority, a stranger's authority, and servers that are told apart by their TLS mode."""

    def __init__(self):
        self.folder = folder()
        self.authority = Authority(self.folder)
        self.stranger = Authority(self.folder, "stranger")
        self.certificate, self.key = self.authority.server()
        self.servers = {}

    def serve(self, name, logs_allowed=(), **env):
        if name not in self.servers:
            self.servers[name] = Tavana(env={key: str(value) for key, value in env.items()}, logs_allowed=logs_allowed)
        return self.servers[name]

    def of_mode(self, mode):
        if mode == "off":
            return self.serve("off")
        return self.serve(
            mode,
            TAVANA_TLS_MODE=mode,
            TAVANA_HTTP_TLS_MODE=mode,
            TAVANA_TLS_CERT_PATH=self.certificate,
            TAVANA_TLS_KEY_PATH=self.key,
        )

    @property
    def roots(self):
        return self.authority.ca.read_bytes()


@pytest.fixture(scope="module")
def world():
    world = World()
    try:
        yield world
        for server in world.servers.values():
            server.stop()
    except BaseException:
        for server in world.servers.values():
            server.process.kill()
        raise
    finally:
        shutil.rmtree(world.folder)


def connect(server, user="tester", host="localhost", password=None, **options):
    return psycopg.connect(
        host=host, hostaddr=server.host, port=server.pg_port, user=user, password=password, dbname="main",
        autocommit=True, **{name: str(value) for name, value in options.items()},
    )  # fmt: skip


PLAIN, TLS, REFUSED = "plain", "TLS", "refused"
# sslmode, sslnegotiation: what becomes of it with a server whose TLS is off, optional, required.
MATRIX = {
    ("disable", "postgres"): (PLAIN, PLAIN, REFUSED),
    ("allow", "postgres"): (PLAIN, PLAIN, TLS),
    ("prefer", "postgres"): (PLAIN, TLS, TLS),
    ("require", "postgres"): (REFUSED, TLS, TLS),
    ("verify-ca", "postgres"): (REFUSED, TLS, TLS),
    ("verify-full", "postgres"): (REFUSED, TLS, TLS),
    ("require", "direct"): (REFUSED, TLS, TLS),
    ("verify-ca", "direct"): (REFUSED, TLS, TLS),
    ("verify-full", "direct"): (REFUSED, TLS, TLS),
}
CELLS = [
    (sslmode, negotiation, mode, expected)
    for (sslmode, negotiation), row in MATRIX.items()
    for mode, expected in zip(("off", "optional", "required"), row, strict=True)
]


@pytest.mark.parametrize(
    ("sslmode", "negotiation", "mode", "expected"), CELLS, ids=[" ".join(cell) for cell in CELLS]
)
def test_client_and_server_agree_on_tls_or_refuse(world, sslmode, negotiation, mode, expected):
    options = {"sslmode": sslmode, "sslnegotiation": negotiation, "sslrootcert": world.authority.ca}
    if expected == REFUSED:
        with pytest.raises(psycopg.OperationalError):
            connect(world.of_mode(mode), **options)
        return
    with connect(world.of_mode(mode), **options) as connection:
        assert connection.pgconn.ssl_in_use == (expected == TLS)
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_a_server_that_takes_tls_only_says_so(world):
    server = world.of_mode("required")
    with Wire(server) as wire, pytest.raises(Refused) as refused:
        wire.log_in("tester")
    assert refused.value.sqlstate == "28000"
    assert "TLS only" in refused.value.message and "sslmode=require" in refused.value.hint


def test_every_driver_of_postgresql_checks_the_certificate(world):
    server = world.of_mode("required")
    checked = {"sslmode": "verify-full", "sslrootcert": str(world.authority.ca)}
    dsn = f"host=localhost hostaddr={server.host} port={server.pg_port} user=tester dbname=main"
    connection = psycopg2.connect(dsn, **checked)
    assert connection.info.ssl_in_use
    connection.close()

    class Checked:
        home = server.home
        dsn = psycopg.conninfo.make_conninfo(
            f"host=localhost hostaddr={server.host} port={server.pg_port} user=tester dbname=main", **checked
        )

    assert psql(Checked, "SELECT 1") == "1\n"
    assert "SSL connection (protocol: TLSv1.3" in psql(Checked, r"\conninfo")

    async def with_asyncpg(direct):
        connection = await asyncpg.connect(
            host="localhost",
            port=server.pg_port,
            user="tester",
            ssl=tls_context(world.authority.ca, alpn="postgresql"),
            direct_tls=direct,
        )
        try:
            return await connection.fetchval("SELECT 1")
        finally:
            await connection.close()

    for direct in (False, True):
        assert asyncio.run(with_asyncpg(direct)) == 1


@pytest.mark.parametrize("negotiation", ("postgres", "direct"))
def test_a_client_that_checks_refuses_another_host_name_and_another_authority(world, negotiation):
    server = world.of_mode("optional")
    options = {"sslnegotiation": negotiation, "sslrootcert": world.authority.ca}
    with pytest.raises(psycopg.OperationalError, match="does not match host name"):
        connect(server, host="db.example", sslmode="verify-full", **options)
    with connect(server, host="db.example", sslmode="verify-ca", **options) as connection:
        assert connection.pgconn.ssl_in_use
    options["sslrootcert"] = world.stranger.ca
    for sslmode in ("verify-ca", "verify-full"):
        with pytest.raises(psycopg.OperationalError, match="certificate verify failed"):
            connect(server, sslmode=sslmode, **options)


def hello(server, port, context):
    """Begins TLS on a port as its protocol does."""
    connection = socket.create_connection((server.host, getattr(server, port)), timeout=20)
    try:
        return context.wrap_socket(connection, server_hostname="localhost")
    except BaseException:
        connection.close()
        raise


@pytest.mark.parametrize("port", ALPN)
def test_nothing_older_than_tls_1_2_is_spoken(world, port):
    for mode in ("optional", "required"):
        server = world.of_mode(mode)
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            context = tls_context(world.authority.ca, alpn=ALPN[port])
            context.minimum_version = context.maximum_version = version
            with hello(server, port, context) as connection:
                assert connection.version().replace(".", "_") == version.name
                assert connection.selected_alpn_protocol() == ALPN[port]
        context = tls_context(world.authority.ca, alpn=ALPN[port])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            # The library of this client would refuse by itself otherwise.
            context.set_ciphers("ALL:@SECLEVEL=0")
            context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
        with pytest.raises(ssl.SSLError) as refused:
            hello(server, port, context)
        assert "_ALERT_" in refused.value.reason, "the server refused"


def test_after_an_ssl_request_too_nothing_older_than_tls_1_2_is_spoken(world):
    server = world.of_mode("optional")
    context = tls_context(world.authority.ca)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    with Wire(server, tls=context) as wire:
        assert wire.log_in("tester").query("SELECT 1") == [("1",)]
        assert wire.socket.version() == "TLSv1.2"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
    with pytest.raises(ssl.SSLError) as refused:
        Wire(server, tls=context)
    assert "_ALERT_" in refused.value.reason, "the server refused"


@pytest.mark.parametrize("mode", ("off", "optional", "required"))
@pytest.mark.parametrize("request_bytes", (SSL_REQUEST, GSS_REQUEST), ids=("SSLRequest", "GSSENCRequest"))
def test_what_is_sent_in_clear_behind_an_encryption_request_is_never_used(world, mode, request_bytes):
    server = world.of_mode(mode)
    for smuggled in (startup_packet("smuggler"), SSL_REQUEST, b"Q\0\0\0\x0dSELECT 1\0"):
        with Wire(server) as wire:
            wire.send(request_bytes + smuggled)
            said = wire.rest()
            assert said == b"" or (said[:1] == b"E" and b"C08P01\0" in said), said


def test_what_is_sent_in_clear_instead_of_tls_is_never_used(world):
    for mode in ("optional", "required"):
        for smuggled in (startup_packet("smuggler"), SSL_REQUEST, GSS_REQUEST, b"Q\0\0\0\x0dSELECT 1\0"):
            with Wire(world.of_mode(mode)) as wire:
                wire.send(SSL_REQUEST)
                assert wire.receive(1) == b"S"
                wire.send(smuggled)
                said = wire.rest()
                # At most an alert of TLS.
                assert said == b"" or said[:1] == b"\x15", said


def test_encryption_is_asked_for_once(world):
    context = tls_context(world.authority.ca, alpn="postgresql")
    server = world.of_mode("optional")
    for direct in (False, True):
        with Wire(server, tls=context, direct=direct) as wire:
            wire.send(SSL_REQUEST)
            with pytest.raises((Refused, Closed)):
                wire.message()
    with Wire(world.of_mode("off")) as wire:
        wire.send(SSL_REQUEST)
        assert wire.receive(1) == b"N"
        wire.send(SSL_REQUEST)
        with pytest.raises((Refused, Closed)):
            wire.message()
    # One for each kind is what libpq sends.
    with Wire(server) as wire:
        wire.send(GSS_REQUEST)
        assert wire.receive(1) == b"N"
        wire.send(SSL_REQUEST)
        assert wire.receive(1) == b"S"
        wire.socket = context.wrap_socket(wire.socket, server_hostname="localhost")
        assert wire.log_in("tester").query("SELECT 1") == [("1",)]
    with Wire(world.of_mode("off")) as wire:
        wire.send(SSL_REQUEST)
        assert wire.receive(1) == b"N"
        assert wire.log_in("tester").query("SELECT 1") == [("1",)]


def test_tls_from_the_first_byte_must_name_the_protocol(world):
    for mode in ("optional", "required"):
        server = world.of_mode(mode)
        with Wire(server, tls=tls_context(world.authority.ca, alpn="postgresql"), direct=True) as wire:
            assert wire.log_in("tester").query("SELECT 1") == [("1",)]
        with Wire(server, tls=tls_context(world.authority.ca), direct=True) as wire:
            wire.send(startup_packet("tester"))
            try:
                said = wire.rest()
            except ssl.SSLError:
                said = b""
            assert said == b"" or (said[:1] == b"E" and b"C08P01\0" in said), said
        for protocol in ("h2", "http/1.1"):
            with pytest.raises((ssl.SSLError, ConnectionError)):
                Wire(server, tls=tls_context(world.authority.ca, alpn=protocol), direct=True)


def test_much_data_goes_through_tls_in_both_directions(world):
    server = world.of_mode("required")
    with connect(server, sslmode="verify-full", sslrootcert=world.authority.ca) as connection:
        rows = connection.execute("SELECT i, 'row ' || i FROM range(200000) t(i) ORDER BY i").fetchall()
        assert len(rows) == 200_000 and rows[-1] == (199_999, "row 199999")
        text = "0123456789" * 500_000
        assert connection.execute("SELECT %b::VARCHAR", (text,)).fetchone() == (text,)
    with flight(server, "grpc+tls", tls_root_certs=world.roots) as client:
        table = flight_query(client, "SELECT i FROM range(1000000) t(i) ORDER BY i")
        assert table.num_rows == 1_000_000 and table["i"][-1].as_py() == 999_999


@pytest.mark.parametrize(
    ("mode", "sslmode"), [("required", "verify-full"), ("optional", "verify-full"), ("optional", "disable")]
)
def test_a_statement_is_cancelled_over_tls_and_in_clear(world, mode, sslmode):
    with connect(world.of_mode(mode), sslmode=sslmode, sslrootcert=world.authority.ca) as connection:
        problems = []

        def cancel():
            try:
                connection.cancel_safe(timeout=10)
            except psycopg.Error as problem:
                problems.append(str(problem))

        timer = threading.Timer(0.2, cancel)
        timer.start()
        with pytest.raises(psycopg.errors.QueryCanceled):
            connection.execute("SELECT count(*) FROM range(1000000000000) a, range(1000) b WHERE a.range % 7 = b.range")
        timer.join()
        assert not problems, "the client hears that its request has arrived: TLS ends with a word (close_notify)"
        assert connection.execute("SELECT 1").fetchone() == (1,)


def flight(server, scheme, **options):
    return pyarrow.flight.connect(f"{scheme}://localhost:{server.flight_port}", **options)


FAILED_CLEANLY = (pyarrow.flight.FlightUnavailableError, pyarrow.flight.FlightInternalError)


def test_flight_with_tls_needs_the_right_authority_and_host_name(world):
    for mode in ("optional", "required"):
        server = world.of_mode(mode)
        with flight(server, "grpc+tls", tls_root_certs=world.roots) as client:
            assert flight_query(client, "SELECT 42 AS n").to_pydict() == {"n": [42]}
        with flight(server, "grpc+tls", tls_root_certs=world.stranger.ca.read_bytes()) as client:
            with pytest.raises(FAILED_CLEANLY):
                flight_query(client, "SELECT 1", calling_with())
        with flight(server, "grpc+tls", tls_root_certs=world.roots, override_hostname="db.example") as client:
            with pytest.raises(FAILED_CLEANLY):
                flight_query(client, "SELECT 1", calling_with())
        options = {"adbc.flight.sql.client_option.tls_root_certs": world.roots.decode()}
        uri = f"grpc+tls://localhost:{server.flight_port}"
        with flight_dbapi.connect(uri, db_kwargs=options, autocommit=True) as connection:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 42")
                assert cursor.fetchone() == (42,)


def test_flight_in_clear_goes_where_tls_is_not_required_and_nowhere_else(world):
    for mode in ("off", "optional"):
        with flight(world.of_mode(mode), "grpc+tcp") as client:
            assert flight_query(client, "SELECT 42 AS n").to_pydict() == {"n": [42]}
    started = time.monotonic()
    with flight(world.of_mode("required"), "grpc+tcp") as client:
        with pytest.raises(FAILED_CLEANLY):
            flight_query(client, "SELECT 1", calling_with())
    with flight(world.of_mode("off"), "grpc+tls", tls_root_certs=world.roots) as client:
        with pytest.raises(FAILED_CLEANLY):
            flight_query(client, "SELECT 1", calling_with())
    with pytest.raises(adbc_driver_manager.Error):
        uri = f"grpc+tcp://localhost:{world.of_mode('required').flight_port}"
        with flight_dbapi.connect(uri, autocommit=True) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    assert time.monotonic() - started < 10, "the client hears it, and need not wait for its time limit"
    # Others are served all the while.
    with flight(world.of_mode("required"), "grpc+tls", tls_root_certs=world.roots) as client:
        assert flight_query(client, "SELECT 42 AS n").to_pydict() == {"n": [42]}


def get(server, scheme, path, context=None):
    url = f"{scheme}://localhost:{server.http_port}{path}"
    with urllib.request.urlopen(url, timeout=20, context=context) as answer:
        return answer.read().decode()


def test_the_http_port_speaks_tls_as_its_own_setting_says(world):
    context = tls_context(world.authority.ca, alpn="http/1.1")
    for mode in ("optional", "required"):
        for path in ("/health", "/ready", "/metrics"):
            assert get(world.of_mode(mode), "https", path, context)
    assert get(world.of_mode("optional"), "http", "/health") == "ok\n"
    with pytest.raises((urllib.error.URLError, ConnectionError)):
        get(world.of_mode("required"), "http", "/health")
    with pytest.raises(urllib.error.URLError):
        get(world.of_mode("off"), "https", "/health", context)
    with pytest.raises(urllib.error.URLError, match="CERTIFICATE_VERIFY_FAILED"):
        get(world.of_mode("required"), "https", "/health", tls_context(world.stranger.ca))
    # Probes may stay in clear while clients must not.
    assert get(world.serve("self-signed", TLS_ENABLED="true", TAVANA_TLS_SELF_SIGNED="true"), "http", "/health") == "ok\n"


def test_a_certificate_made_at_start_encrypts_and_proves_nothing(world):
    server = world.serve("self-signed", TLS_ENABLED="true", TAVANA_TLS_SELF_SIGNED="true")
    for negotiation in ("postgres", "direct"):
        with connect(server, sslmode="require", sslnegotiation=negotiation) as connection:
            assert connection.pgconn.ssl_in_use
    with connect(server, sslmode="disable") as connection:
        assert not connection.pgconn.ssl_in_use
    with pytest.raises(psycopg.OperationalError, match="certificate verify failed"):
        connect(server, sslmode="verify-ca", sslrootcert=world.authority.ca)


def mutual(world):
    """A server that takes client certificates and passwords."""
    users = UsersFile(world.folder)
    if not users.path.exists():
        users.add("bob", PASSWORD)
        users.run("add", "ana", "--certificate", "--role", "readonly")
    return world.serve(
        "mutual",
        REFUSALS,
        LOG_LEVEL="info",
        TAVANA_AUTH_MODE="required",
        TAVANA_USERS_FILE=users.path,
        TAVANA_TLS_MODE="optional",
        TAVANA_TLS_CERT_PATH=world.certificate,
        TAVANA_TLS_KEY_PATH=world.key,
        TAVANA_TLS_CLIENT_CA_PATH=world.authority.ca,
    )


def showing(world, pair):
    certificate, key = pair
    return {"sslmode": "verify-full", "sslrootcert": world.authority.ca, "sslcert": certificate, "sslkey": key}


WHO = "SHOW session_authorization"


@pytest.mark.parametrize("negotiation", ("postgres", "direct"))
def test_a_client_certificate_logs_its_owner_in_and_nobody_else(world, negotiation):
    server = mutual(world)
    for user in ("ana", "unlisted"):
        shown = {**showing(world, world.authority.client(user)), "sslnegotiation": negotiation}
        with connect(server, user=user, require_auth="none", **shown) as connection:
            assert connection.execute(WHO).fetchone() == (user,)
        for other in ("bob", "nobody", user.upper()):
            with pytest.raises(psycopg.OperationalError, match="no password supplied"):
                connect(server, user=other, **shown)
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            connect(server, user="bob", password="wrong", **shown)
        with connect(server, user="bob", password=PASSWORD, channel_binding="require", **shown) as connection:
            assert connection.execute(WHO).fetchone() == ("bob",)
    for user in ("ana", "unlisted"):
        with pytest.raises(psycopg.OperationalError, match="password"):
            connect(server, user=user, sslmode="require")
    rights = [line for line in server.log if "client logged in" in line and '/ana" ' in line]
    assert rights and all('role="readonly"' in line for line in rights), "the rights are those of the users file"


def test_a_client_certificate_is_an_identity_over_flight(world):
    server = mutual(world)
    certificate, key = (path.read_bytes() for path in world.authority.client("ana"))
    with flight(server, "grpc+tls", tls_root_certs=world.roots, cert_chain=certificate, private_key=key) as client:
        assert flight_query(client, WHO).to_pydict() == {"session_authorization": ["ana"]}
        bob = calling_with(basic("bob", PASSWORD))
        assert flight_query(client, WHO, bob).to_pydict() == {"session_authorization": ["bob"]}
        # Wrong credentials are not made good by the certificate.
        for header in (basic("ana", "wrong"), (b"authorization", b"Bearer x"), (b"x-api-key", b"x")):
            with pytest.raises(pyarrow.flight.FlightUnauthenticatedError):
                flight_query(client, WHO, calling_with(header))
    with flight(server, "grpc+tls", tls_root_certs=world.roots) as client:
        with pytest.raises(pyarrow.flight.FlightUnauthenticatedError):
            flight_query(client, WHO, calling_with())
    options = {
        "adbc.flight.sql.client_option.tls_root_certs": world.roots.decode(),
        "adbc.flight.sql.client_option.mtls_cert_chain": certificate.decode(),
        "adbc.flight.sql.client_option.mtls_private_key": key.decode(),
    }
    uri = f"grpc+tls://localhost:{server.flight_port}"
    with flight_dbapi.connect(uri, db_kwargs=options, autocommit=True) as connection:
        with connection.cursor() as cursor:
            cursor.execute(WHO)
            assert cursor.fetchone() == ("ana",)


def test_certificates_that_are_not_good_end_the_connection(world):
    server = mutual(world)
    for pair in (world.stranger.client("ana"), world.authority.client("late", days=-1)):
        user = "late" if "late" in pair[0].name else "ana"
        for negotiation in ("postgres", "direct"):
            with pytest.raises(psycopg.OperationalError, match="alert (unknown ca|certificate expired|bad certificate)"):
                connect(server, user=user, sslnegotiation=negotiation, **showing(world, pair))
        # With a good password, too: who shows a certificate means it.
        with pytest.raises(psycopg.OperationalError, match="alert"):
            connect(server, user="bob", password=PASSWORD, **showing(world, pair))
        certificate, key = (path.read_bytes() for path in pair)
        with flight(server, "grpc+tls", tls_root_certs=world.roots, cert_chain=certificate, private_key=key) as client:
            with pytest.raises(FAILED_CLEANLY):
                flight_query(client, WHO, calling_with())


def test_where_certificates_are_required_nobody_gets_further_without(world):
    server = world.serve(
        "certificates",
        REFUSALS,
        TAVANA_AUTH_MODE="required",
        TAVANA_TLS_MODE="required",
        TAVANA_TLS_CERT_PATH=world.certificate,
        TAVANA_TLS_KEY_PATH=world.key,
        TAVANA_TLS_CLIENT_CA_PATH=world.authority.ca,
        TAVANA_TLS_CLIENT_CERT_REQUIRED="true",
    )
    pair = world.authority.client("ana")
    with connect(server, user="ana", **showing(world, pair)) as connection:
        assert connection.execute(WHO).fetchone() == ("ana",)
    with pytest.raises(psycopg.OperationalError, match="alert"):
        connect(server, user="ana", sslmode="require")
    with pytest.raises(psycopg.OperationalError, match="TLS only"):
        connect(server, user="ana", sslmode="disable")
    with pytest.raises(psycopg.OperationalError, match="password"):
        connect(server, user="bob", password="wrong", **showing(world, pair))
    certificate, key = (path.read_bytes() for path in pair)
    with flight(server, "grpc+tls", tls_root_certs=world.roots, cert_chain=certificate, private_key=key) as client:
        assert flight_query(client, WHO).to_pydict() == {"session_authorization": ["ana"]}
    with flight(server, "grpc+tls", tls_root_certs=world.roots) as client:
        with pytest.raises(FAILED_CLEANLY):
            flight_query(client, WHO, calling_with())


class Renewed:
    """A server whose certificate is replaced, as a cluster does it: a link that is swapped."""

    def __init__(self, world):
        self.world = world
        self.place = world.folder / "renewed"
        self.place.mkdir(exist_ok=True)
        self.generation = 0
        self.users = UsersFile(self.place)
        if not self.users.path.exists():
            self.users.add("ana", PASSWORD)
            self.replace()
        self.server = world.serve(
            "renewed",
            (NOT_REPLACED,),
            LOG_LEVEL="info",
            TAVANA_AUTH_MODE="required",
            TAVANA_USERS_FILE=self.users.path,
            TAVANA_TLS_MODE="required",
            TAVANA_HTTP_TLS_MODE="required",
            TAVANA_TLS_CERT_PATH=self.place / "now" / "tls.crt",
            TAVANA_TLS_KEY_PATH=self.place / "now" / "tls.key",
        )

    def replace(self, spoil=None):
        """Puts a new certificate in place and gives its serial number."""
        while (made := self.place / f"generation-{self.generation}").exists():
            self.generation += 1
        made.mkdir()
        certificate, _ = self.world.authority.server("tls", made)
        serial = x509.load_pem_x509_certificate(certificate.read_bytes()).serial_number
        if spoil is not None:
            certificate.write_bytes(spoil)
        link = self.place / "next"
        link.symlink_to(made.name)
        os.replace(link, self.place / "now")
        return serial

    def serials(self):
        """What new connections are shown, by port."""
        shown = set()
        for port, protocol in ALPN.items():
            with hello(self.server, port, tls_context(self.world.authority.ca, alpn=protocol)) as connection:
                shown.add(x509.load_der_x509_certificate(connection.getpeercert(binary_form=True)).serial_number)
        return shown

    def connect(self):
        return connect(
            self.server, user="ana", password=PASSWORD, sslmode="verify-full", sslrootcert=self.world.authority.ca,
            channel_binding="require",
        )  # fmt: skip

    def flight(self):
        return flight(self.server, "grpc+tls", tls_root_certs=self.world.roots)


def test_a_certificate_is_replaced_under_load_and_nobody_notices(world):
    renewed = Renewed(world)
    stop = threading.Event()
    failures, done = [], {"open": 0, "new": 0, "open flight": 0, "new flight": 0}
    flight_login = calling_with(basic("ana", PASSWORD))

    def work(kind, step):
        try:
            while not stop.is_set():
                step()
                done[kind] += 1
        except Exception as problem:
            failures.append((kind, problem))

    def reconnect():
        with renewed.connect() as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)

    def reconnect_flight():
        with renewed.flight() as client:
            assert flight_query(client, "SELECT 1 AS n", flight_login).num_rows == 1

    held = [renewed.connect() for _ in range(3)]
    held_flight = renewed.flight()
    steps = [("new", reconnect), ("new", reconnect), ("new flight", reconnect_flight)]
    steps += [("open", lambda c=c: c.execute("SELECT sum(i) FROM range(10000) t(i)").fetchone()) for c in held]
    steps += [("open flight", lambda: flight_query(held_flight, "SELECT 1 AS n", flight_login))]
    threads = [threading.Thread(target=work, args=step, daemon=True) for step in steps]
    try:
        for thread in threads:
            thread.start()
        for _ in range(3):
            before = dict(done)
            serial = renewed.replace()
            eventually("all ports show the new certificate", lambda s=serial: renewed.serials() == {s}, 5)
            eventually("work goes on", lambda b=before: failures or all(done[k] > b[k] for k in done), 10)
    finally:
        stop.set()
        for thread in threads:
            thread.join(20)
    assert not any(thread.is_alive() for thread in threads)
    assert not failures
    for connection in held:
        assert connection.execute(WHO).fetchone() == ("ana",), "the session of before goes on"
        connection.close()
    held_flight.close()


def test_a_broken_certificate_file_leaves_the_last_good_one(world):
    renewed = Renewed(world)
    serial = renewed.replace()
    eventually("the good certificate is shown", lambda: renewed.serials() == {serial}, 6)

    def warned():
        return [line for line in renewed.server.log if NOT_REPLACED in line]

    before = len(warned())
    renewed.replace(spoil=b"no certificate")
    eventually("a warning", lambda: len(warned()) > before, 6)
    # Each change of the users file that is followed is one more look at the files.
    for name in ("one", "two"):
        renewed.users.change(renewed.server, lambda path, name=name: renewed.users.add(name, name, path=path))
    assert renewed.serials() == {serial}
    with renewed.connect() as connection:
        assert connection.pgconn.ssl_in_use
    assert len(warned()) == before + 1, "one line for one mistake"
    # A certificate that does not fit its key is broken, too; then a good one counts again.
    other, _ = world.authority.server("other", world.folder)
    renewed.replace(spoil=other.read_bytes())
    for name in ("three", "four"):
        renewed.users.change(renewed.server, lambda path, name=name: renewed.users.add(name, name, path=path))
    assert renewed.serials() == {serial}
    new = renewed.replace()
    eventually("the new certificate is shown", lambda: renewed.serials() == {new}, 6)
