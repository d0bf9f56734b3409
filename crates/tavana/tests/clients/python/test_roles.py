"""What each role may do, and whose credentials it reads with: real logins against a real store."""

import psycopg
import pyarrow.flight
import pytest
from credentials import REFUSALS, UsersFile, folder
from harness import Tavana, eventually
from stores import Key, S3Server
from test_values import flight_query

INFRA, INFRA_SECRET = "AKINFRA", "CANARY-infra-secret-0001"
OWN, OWN_SECRET = "AKOWN", "CANARY-own-secret-0002"
ROLES = ("readonly", "readwrite", "admin")


@pytest.fixture(scope="module")
def store():
    everything = {"list", "get", "put", "delete"}
    server = S3Server(
        {
            INFRA: Key(INFRA_SECRET, {"lake": everything, "shared": everything}),
            OWN: Key(OWN_SECRET, {"shared": everything}),
        }
    )
    server.put("lake", "one.csv", b"a,b\n1,x\n2,y\n")
    server.put("shared", "one.csv", b"a,b\n3,z\n")
    yield server
    server.stop()


@pytest.fixture(scope="module")
def tavana(store):
    users = UsersFile(folder())
    for role in ROLES:
        users.add(role, f"password of {role}", "--role", role)
    users.add("guest", "password of guest", "--own-credentials")
    server = Tavana(
        env={
            "LOG_LEVEL": "info",
            "TAVANA_AUTH_MODE": "required",
            "TAVANA_USERS_FILE": str(users.path),
            "TAVANA_ADMIN_STATEMENTS": "logging",
            "AWS_ACCESS_KEY_ID": INFRA,
            "AWS_SECRET_ACCESS_KEY": INFRA_SECRET,
            "AWS_REGION": "us-east-1",
            "AWS_ENDPOINT_URL": store.endpoint,
            "TAVANA_HTTP_RETRIES": "0",
        },
        logs_allowed=REFUSALS,
    )
    yield server
    server.stop()


def connect(tavana, user):
    return psycopg.connect(
        host=tavana.host, port=tavana.pg_port, user=user, password=f"password of {user}",
        dbname="main", autocommit=True,
    )  # fmt: skip


def state(connection, statement):
    """The SQLSTATE that a statement ends with; the connection goes on."""
    try:
        connection.execute(statement)
    except psycopg.Error as error:
        # The store may refuse as well; what tavana refuses comes with what would allow it.
        of_the_store = "HTTP 403" in error.diag.message_primary
        assert error.sqlstate != "42501" or of_the_store or error.diag.message_hint
        return error.sqlstate
    finally:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    return None


def flight_state(tavana, user, statement):
    with pyarrow.flight.connect(tavana.flight_uri) as client:
        header = client.authenticate_basic_token(user, f"password of {user}")
        options = pyarrow.flight.FlightCallOptions(headers=[header])
        try:
            flight_query(client, statement, options=options)
        except pyarrow.flight.FlightError as error:
            return str(error)
    return None


def test_the_user_is_who_logged_in(tavana):
    for user in ("readonly", "admin"):
        with connect(tavana, user) as connection:
            names = connection.execute("SELECT current_user, session_user, user").fetchone()
            assert names == (user, user, user)
            assert connection.execute("SHOW session_authorization").fetchone() == (user,)


@pytest.mark.parametrize("user", ROLES)
def test_everybody_reads_and_has_tables_of_the_session(tavana, store, user):
    with connect(tavana, user) as connection:
        assert connection.execute("SELECT sum(a) FROM 's3://lake/one.csv'").fetchone() == (3,)
        connection.execute("CREATE TEMP TABLE t AS SELECT * FROM 's3://lake/one.csv'")
        connection.execute("INSERT INTO t VALUES (5, 'w')")
        assert connection.execute("SELECT count(*) FROM t").fetchone() == (3,)


def test_only_who_may_write_writes_to_the_store(tavana, store):
    statement = "COPY (SELECT 1 AS a) TO 's3://shared/{}.parquet' (FORMAT parquet)"
    for user, expected in (("readonly", "42501"), ("readwrite", None), ("admin", None)):
        with connect(tavana, user) as connection:
            assert state(connection, statement.format(user)) == expected, user
            prepared = f"PREPARE p AS {statement.format(user + '2')}"
            assert (state(connection, prepared) or state(connection, "EXECUTE p")) == expected, user
        assert (f"{user}.parquet" in store.buckets["shared"]) == (expected is None)
        assert (f"{user}2.parquet" in store.buckets["shared"]) == (expected is None)
    refused = flight_state(tavana, "readonly", statement.format("flight"))
    assert "42501" in refused
    assert "flight.parquet" not in store.buckets["shared"]


def test_what_is_kept_for_administrators_is_refused_to_others(tavana):
    statement = "CALL enable_logging('QueryLog')"
    for user in ("readonly", "readwrite", "guest"):
        with connect(tavana, user) as connection:
            assert state(connection, statement) == "42501", user
    with connect(tavana, "admin") as connection:
        assert state(connection, statement) is None
        # What the settings do not list is not for administrators either.
        assert state(connection, "INSTALL spatial") == "42501"
        assert state(connection, "SET memory_limit = '1TB'") == "42501"
        assert state(connection, "SELECT * FROM read_text('/etc/passwd')") == "42501"


def test_a_reader_forces_no_checkpoint(tavana):
    for user, expected in (("readonly", "42501"), ("readwrite", None)):
        with connect(tavana, user) as connection:
            for statement in ("CHECKPOINT", "FORCE CHECKPOINT"):
                assert state(connection, statement) == expected, (user, statement)


def test_what_an_administrator_changes_is_in_the_audit_log(tavana):
    def lines():
        return [line for line in tavana.log if "administrator's statement" in line]

    with connect(tavana, "readwrite") as connection:
        connection.execute("CREATE TEMP TABLE unnoted (a int)")
    before = len(lines())
    with connect(tavana, "admin") as connection:
        connection.execute("CREATE TEMP TABLE noted (a int)")
    eventually("the line is written", lambda: len(lines()) > before)
    noted = lines()[before:]
    assert all("admin" in line and "noted" not in line for line in noted)
    assert len(lines()) == before + 1


def test_who_may_use_only_own_credentials_never_touches_the_deployments(tavana, store):
    with connect(tavana, "guest") as connection:
        store.log.clear()
        assert state(connection, "SELECT * FROM 's3://lake/one.csv'") == "42501"
        assert INFRA not in {key for key, _ in store.key_ids()}
        connection.execute(f"SET s3_access_key_id = '{OWN}'")
        connection.execute(f"SET s3_secret_access_key = '{OWN_SECRET}'")
        assert connection.execute("SELECT sum(a) FROM 's3://shared/one.csv'").fetchone() == (3,)
        assert {key for key, _ in store.key_ids() if key} == {OWN}
        connection.execute("RESET s3_access_key_id")
        connection.execute("RESET s3_secret_access_key")
        store.log.clear()
        assert state(connection, "SELECT * FROM 's3://shared/one.csv'") is not None
        assert not {key for key, _ in store.key_ids()} & {INFRA, OWN}


def test_users_of_the_same_connection_pool_never_share_an_engine(tavana):
    seen = {}
    for _ in range(10):
        for user in ROLES:
            with connect(tavana, user) as connection:
                found = connection.execute("SELECT current_user, getvariable('whose')").fetchone()
                assert found == (user, None)
                connection.execute(f"SET VARIABLE whose = '{user}'")
                seen[user] = connection.execute("SELECT getvariable('whose')").fetchone()
    assert seen == {user: (user,) for user in ROLES}
