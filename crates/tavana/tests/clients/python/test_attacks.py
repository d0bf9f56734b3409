"""Attacks that once got through, each as it was made."""

import http.server
import json
import socket
import threading

import duckdb
import psycopg
import pyarrow.flight
import pytest
from credentials import REFUSALS, UsersFile, folder
from harness import Tavana, eventually
from stores import Key, S3Server
from test_values import flight_query

KEY_ID, SECRET, TOKEN = "AKCANARY", "CANARY-secret-0007", "CANARY-token-0008"


@pytest.fixture(scope="module")
def outside():
    """A folder that is not allowed, with a Delta log and a file."""
    place = folder("tavana-outside-")
    (place / "_delta_log").mkdir()
    lines = [
        {"protocol": {"minReaderVersion": 1, "minWriterVersion": 2}},
        {"metaData": {
            "id": "00000000-0000-0000-0000-000000000001", "format": {"provider": "parquet", "options": {}},
            "schemaString": json.dumps({"type": "struct", "fields": [
                {"name": "SECRETCOL", "type": "integer", "nullable": True, "metadata": {}}]}),
            "partitionColumns": [], "configuration": {}, "createdTime": 0}},
    ]  # fmt: skip
    log = place / "_delta_log" / "00000000000000000000.json"
    log.write_text("\n".join(json.dumps(line) for line in lines))
    (place / "secret.bin").write_bytes(b"SECRET BYTES OF A FILE")
    return place


@pytest.fixture
def session(tavana):
    with psycopg.connect(tavana.dsn, autocommit=True) as connection:
        yield connection


def refusal(connection, statement):
    with pytest.raises(psycopg.Error) as caught:
        connection.execute(statement)
    assert connection.execute("SELECT 1").fetchone() == (1,), "the session goes on"
    return caught.value


@pytest.mark.parametrize("link", ("prepare a as ", "declare a cursor for ", "prepare a as declare b cursor for "))
def test_a_chain_of_statements_in_statements_is_a_syntax_error(tavana, session, link):
    with psycopg.connect(tavana.dsn, autocommit=True) as bystander:
        for count in (2, 5000, 20_000):
            assert refusal(session, link * count + "select 1").sqlstate == "42601"
        with pyarrow.flight.connect(tavana.flight_uri) as client, pytest.raises(pyarrow.lib.ArrowException):
            flight_query(client, link * 6000 + "select 1")
        assert bystander.execute("SELECT 7").fetchone() == (7,)


@pytest.mark.parametrize("statement", (
    "CALL enable_peg_parser()",
    "PRAGMA enable_peg_parser",
    'CALL "enable_peg_parser"()',
    "/* x */ call\tEnable_Peg_Parser ( )",
    "CALL disable_peg_parser()",
    "SELECT * FROM enable_peg_parser()",
    "SET allow_parser_override_extension = 'strict'",
))  # fmt: skip
def test_the_other_parser_of_duckdb_stays_off(session, statement):
    refused = refusal(session, statement)
    assert refused.sqlstate == "42501", refused
    # Its comments do not nest: this would set the limit if it were on.
    before = session.execute("SELECT current_setting('memory_limit')").fetchone()
    try:
        session.execute("pragma /* /* */ memory_limit='100GB' --*/ user_agent")
    except psycopg.Error:
        pass
    assert session.execute("SELECT current_setting('memory_limit')").fetchone() == before


def test_a_database_file_cannot_bring_macros_and_views(tavana, session, outside):
    made = folder("tavana-made-") / "evil.db"
    with duckdb.connect(str(made)) as connection:
        connection.execute("CREATE MACRO d(x) AS TABLE SELECT * FROM query(x)")
    (tavana.data / "evil.db").write_bytes(made.read_bytes())
    for options in ("", "(READ_ONLY)", "(TYPE duckdb)", "(TYPE duckdb, READ_ONLY)"):
        refused = refusal(session, f"ATTACH '{tavana.data}/evil.db' AS s {options}")
        assert refused.sqlstate == "42501", refused
        assert refused.diag.message_hint
    session.execute("ATTACH ':memory:' AS scratch")


def test_an_encoded_path_does_not_lead_out_of_the_allowed_folder(tavana, session, outside):
    up = "%2f".join([".."] * 8)
    encoded = f"{tavana.data}/{up}{str(outside).replace('/', '%2f')}"
    (tavana.data / encoded.rsplit("/", 1)[1]).mkdir(exist_ok=True)
    for statement in (
        f"DESCRIBE FROM delta_scan('file://{encoded}')",
        f"DESCRIBE FROM delta_scan('file://localhost{encoded}')",
        f"DESCRIBE FROM delta_scan('{encoded}')",
        f"SELECT * FROM delta_list_files('file:{encoded}')",
        f"ATTACH 'file://{encoded}' AS d (TYPE delta)",
    ):
        refused = refusal(session, statement)
        assert refused.sqlstate == "42501", (statement, refused)
        assert "SECRETCOL" not in str(refused)
    assert sorted(path.name for path in (outside / "_delta_log").iterdir()) == ["00000000000000000000.json"]


def test_a_deletion_vector_reads_no_file_outside(tavana, session, outside):
    """The reader of Delta opens such files itself."""
    table = tavana.data / "dv"
    (table / "_delta_log").mkdir(parents=True)
    with duckdb.connect() as connection:
        connection.execute(f"COPY (SELECT 1 AS a) TO '{table}/p.parquet' (FORMAT parquet)")
    size = (table / "p.parquet").stat().st_size

    def ask(target):
        lines = [
            {"protocol": {"minReaderVersion": 3, "minWriterVersion": 7,
                          "readerFeatures": ["deletionVectors"], "writerFeatures": ["deletionVectors"]}},
            {"metaData": {
                "id": "00000000-0000-0000-0000-000000000002", "format": {"provider": "parquet", "options": {}},
                "schemaString": json.dumps({"type": "struct", "fields": [
                    {"name": "a", "type": "integer", "nullable": True, "metadata": {}}]}),
                "partitionColumns": [], "configuration": {}, "createdTime": 0}},
            {"add": {"path": "p.parquet", "partitionValues": {}, "size": size, "modificationTime": 0,
                     "dataChange": True, "stats": '{"numRecords":1}',
                     "deletionVector": {"storageType": "p", "pathOrInlineDv": f"file://{target}",
                                        "offset": 0, "sizeInBytes": 4, "cardinality": 1}}},
        ]  # fmt: skip
        log = table / "_delta_log" / "00000000000000000000.json"
        log.write_text("\n".join(json.dumps(line) for line in lines))
        return str(refusal(session, f"SELECT count(*) FROM delta_scan('{table}')"))

    there = ask(outside / "secret.bin").replace("secret.bin", "FILE")
    absent = ask(outside / "no-such-file").replace("no-such-file", "FILE")
    assert "ersion 83" not in there, "the first byte is an S"
    assert there == absent, "nobody can tell which files there are"


class Listener:
    """A host of a stranger: keeps the headers of what it is asked."""

    def __init__(self):
        heard = self.heard = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                heard.append(str(self.headers))
                self.send_error(404)

            do_HEAD = do_PUT = do_POST = do_GET

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


def test_a_computed_endpoint_gets_no_key_of_the_deployment():
    store = S3Server({KEY_ID: Key(SECRET, {"lake": {"list", "get"}})})
    store.put("lake", "one.csv", b"a\n1\n")
    stranger = Listener()
    # As if the stranger's address were public: the endpoint of the deployment alone is a store.
    server = Tavana(
        env={
            "AWS_ACCESS_KEY_ID": KEY_ID, "AWS_SECRET_ACCESS_KEY": SECRET, "AWS_SESSION_TOKEN": TOKEN,
            "AWS_REGION": "us-east-1", "AWS_ENDPOINT_URL": store.endpoint, "TAVANA_HTTP_RETRIES": "0",
        }
    )  # fmt: skip
    try:
        with psycopg.connect(server.dsn, autocommit=True) as connection:
            place = f"oint=127.0.0.1:{stranger.port}&s3_use_ssl=false&s3_url_style=path"
            for statement in (
                f"FROM read_text('s3://lake/x?s3_endp' || '{place}')",
                f"FROM read_text('s3://lake/x' || chr(63) || 's3_endp{place}')",
            ):
                assert refusal(connection, statement).sqlstate == "42501"
            connection.execute(f"SET VARIABLE p = 's3://lake/x?s3_endp' || '{place}'")
            assert refusal(connection, "FROM read_text(getvariable('p'))").sqlstate == "42501"
            assert stranger.heard == []
            # A public host that is no store cannot be asked either while the keys are there.
            refused = refusal(connection, "FROM read_text('https://example.com/x')")
            assert refused.sqlstate == "42501" and "TAVANA_ENDPOINTS_ALLOW" in refused.diag.message_hint
    finally:
        server.stop()
        stranger.stop()
        store.stop()


def test_a_readonly_user_writes_no_checkpoint(outside):
    users = UsersFile(folder())
    users.add("reader", "password of reader", "--role", "readonly")
    server = Tavana(
        env={"TAVANA_AUTH_MODE": "required", "TAVANA_USERS_FILE": str(users.path)}, logs_allowed=REFUSALS
    )
    try:
        with psycopg.connect(
            host=server.host, port=server.pg_port, user="reader", password="password of reader",
            dbname="main", autocommit=True,
        ) as connection:  # fmt: skip
            for statement in ("CHECKPOINT", "checkpoint d", "FORCE CHECKPOINT", "EXPLAIN ANALYZE CHECKPOINT", "VACUUM"):
                assert refusal(connection, statement).sqlstate in ("42501", "42601"), statement
    finally:
        server.stop()


def resident(pid):
    with open(f"/proc/{pid}/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS")) * 1024


def http2(port):
    stream = socket.create_connection(("127.0.0.1", port), timeout=20)
    stream.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + frame(4, 0, 0, b""))
    return stream


def frame(kind, flags, stream, body):
    return len(body).to_bytes(3, "big") + bytes((kind, flags)) + stream.to_bytes(4, "big") + body


def literal(name, value):
    name, value = name.encode(), value.encode()
    return b"\x00" + bytes((len(name),)) + name + bytes((len(value),)) + value


def call(stream, number, method):
    headers = b"".join(
        literal(*pair)
        for pair in (
            (":method", "POST"), (":scheme", "http"), (":authority", "x"),
            (":path", f"/arrow.flight.protocol.FlightService/{method}"),
            ("content-type", "application/grpc"), ("te", "trailers"),
        )
    )  # fmt: skip
    stream.sendall(frame(1, 4, number, headers))
    # A message of 60 MB begins here and never ends.
    stream.sendall(frame(0, 0, number, b"\x00" + (60_000_000).to_bytes(4, "big") + b"x" * 16_000))


@pytest.mark.parametrize("method", ("Handshake", "DoPut", "GetFlightInfo", "DoAction"))
def test_strangers_make_the_flight_port_hold_little(method):
    users = UsersFile(folder())
    users.add("ana", "password of ana")
    server = Tavana(
        env={"TAVANA_AUTH_MODE": "required", "TAVANA_USERS_FILE": str(users.path),
             "TAVANA_HANDSHAKE_SECS": "5"},
        logs_allowed=REFUSALS,
    )  # fmt: skip
    streams = []
    try:
        before = resident(server.process.pid)
        for _ in range(8):
            stream = http2(server.flight_port)
            streams.append(stream)
            try:
                for number in range(1, 129, 2):
                    call(stream, number, method)
                    for _ in range(20):
                        stream.sendall(frame(0, 0, number, b"x" * 16_000))
            except OSError:
                pass  # Refused in the middle: even better.
        grown = resident(server.process.pid) - before
        assert grown < 48 << 20, f"{grown >> 20} MiB"
        # Who means it gets in, and the others are let go.
        with pyarrow.flight.connect(server.flight_uri) as client:
            client.authenticate_basic_token("ana", "password of ana")
        for stream in streams:
            stream.settimeout(1)
        eventually("they are closed", lambda: all(closed(stream) for stream in streams), 20)
    finally:
        for stream in streams:
            stream.close()
        server.stop()


def closed(stream):
    try:
        return stream.recv(65536) == b""
    except TimeoutError:
        return False
    except OSError:
        return True


def test_who_does_not_read_is_let_go_as_well():
    server = Tavana(env={"TAVANA_HANDSHAKE_SECS": "2"})
    streams = []
    try:
        for _ in range(20):
            stream = http2(server.flight_port)
            stream.setblocking(False)
            try:
                for _ in range(200_000):
                    stream.send(frame(6, 0, 0, b"12345678"))
            except BlockingIOError:
                pass
            except OSError:
                pass
            streams.append(stream)
        eventually("nobody is left", lambda: not established(server.flight_port), 20)
    finally:
        for stream in streams:
            stream.close()
        server.stop()


def established(port):
    """Connections that the server still holds."""
    suffix = f":{port:04X}"
    with open("/proc/net/tcp") as table:
        rows = [line.split() for line in table][1:]
    return [row for row in rows if row[1].endswith(suffix) and row[3] == "01"]


def test_a_password_of_megabytes_costs_nobody_time():
    users = UsersFile(folder())
    users.add("ana", "password of ana")
    server = Tavana(
        env={"TAVANA_AUTH_MODE": "required", "TAVANA_USERS_FILE": str(users.path)}, logs_allowed=REFUSALS
    )
    try:
        with pyarrow.flight.connect(server.flight_uri) as client, pytest.raises(pyarrow.flight.FlightError):
            client.authenticate_basic_token("ana", "\ufdfa" * 1_000_000)
        with pyarrow.flight.connect(server.flight_uri) as client:
            client.authenticate_basic_token("ana", "password of ana")
    finally:
        server.stop()
