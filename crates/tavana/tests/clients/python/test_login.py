"""Who gets in, and who does not: passwords, API keys, tokens, and a provider that is asked."""

import asyncio
import base64
import json
import os
import shutil
import socket
import subprocess
import threading
import time

import asyncpg
import psycopg
import psycopg2
import pyarrow.flight
import pytest
import sqlalchemy
from credentials import (
    REFUSALS,
    Authority,
    Signer,
    Stub,
    UsersFile,
    base64url,
    folder,
    no_secret_in,
    public_pem,
    tls_context,
)
from flight_calls import fields_of, http2_call
from harness import Tavana, eventually
from test_values import flight_query
from wire import Refused, Wire, refusal, startup_packet

PASSWORD = "correct horse, \u00fc\U0001f434"
SHARED_SECRET = b"a secret of the issuer, 32 characters and more"
MISSES_MAX = 5


class World:
    """A server that knows users, keys and tokens, and everything needed to log in there."""

    def __init__(self):
        self.folder = folder()
        self.authority = Authority(self.folder)
        certificate, key = self.authority.server()
        self.users = UsersFile(self.folder)
        self.users.add("ana", PASSWORD)
        self.key = self.users.add_key("robot", "--role", "readonly")
        self.users.run("add", "card", "--certificate")
        self.shared = Signer("HS256", SHARED_SECRET)
        self.rsa = Signer("RS256")
        self.published = Signer("ES256", kid="first")
        self.key_set = [self.published]
        public = self.folder / "issuer.pem"
        public.write_bytes(public_pem(self.rsa.key))
        self.issuer = Stub(lambda *_: (200, {"keys": [signer.jwk() for signer in self.key_set]}))
        self.server = Tavana(
            env={
                "LOG_LEVEL": "info",
                "TAVANA_AUTH_MODE": "required",
                "TAVANA_USERS_FILE": str(self.users.path),
                "TAVANA_TLS_MODE": "optional",
                "TAVANA_TLS_CERT_PATH": str(certificate),
                "TAVANA_TLS_KEY_PATH": str(key),
                "TAVANA_JWT_ISSUER": "https://issuer.test",
                "TAVANA_JWT_AUDIENCE": "tavana",
                "TAVANA_JWT_SECRET": SHARED_SECRET.decode(),
                "TAVANA_JWT_PUBLIC_KEY_PATH": str(public),
                "TAVANA_JWT_JWKS_URL": f"{self.issuer.url}/keys",
            },
            logs_allowed=REFUSALS,
        )
        self.tls = tls_context(self.authority.ca)
        self.tokens = []

    def end(self):
        try:
            self.server.stop()
            no_secret_in(self.server.log, [PASSWORD, self.key, SHARED_SECRET.decode(), *self.users.secrets, *self.tokens])
        finally:
            self.issuer.__exit__()
            shutil.rmtree(self.folder)

    def dsn(self, user, password=None, sslmode="disable", **more):
        options = {
            "host": "localhost", "hostaddr": self.server.host, "port": self.server.pg_port, "dbname": "main",
            "user": user, "password": password, "sslmode": sslmode, "sslrootcert": str(self.authority.ca), **more,
        }  # fmt: skip
        return psycopg.conninfo.make_conninfo(**{name: value for name, value in options.items() if value})

    def user_by_token(self, token, user="token"):
        """Whom PostgreSQL and Flight take the holder of a token for."""
        self.tokens.append(token)
        with Wire(self.server, tls=self.tls) as wire:
            wire.log_in(user, token)
            assert wire.asked_for == "password"
            (by_postgres,) = wire.query("SHOW session_authorization")
        by_flight = flight_user(self.server, bearer(token))
        assert by_postgres == (by_flight,)
        return by_flight


@pytest.fixture(scope="module")
def world():
    world = World()
    try:
        yield world
    except BaseException:
        world.server.process.kill()
        raise
    world.end()


def bearer(token):
    return [(b"authorization", b"Bearer " + token.encode())]


def basic(user, password):
    return [(b"authorization", b"Basic " + base64.b64encode(f"{user}:{password}".encode()))]


def flight_user(server, headers=()):
    with pyarrow.flight.connect(server.flight_uri) as client:
        return flight_rows(client, "SHOW session_authorization", headers)["session_authorization"][0]


def flight_rows(client, sql, headers=()):
    return flight_query(client, sql, pyarrow.flight.FlightCallOptions(headers=list(headers))).to_pydict()


def test_every_driver_of_postgresql_logs_in_with_scram(world):
    dsn = world.dsn("ana", PASSWORD, require_auth="scram-sha-256")
    with psycopg.connect(dsn) as connection:
        assert connection.execute("SHOW session_authorization").fetchone() == ("ana",)
    connection = psycopg2.connect(dsn)
    with connection.cursor() as cursor:
        cursor.execute("SHOW session_authorization")
        assert cursor.fetchone() == ("ana",)
    connection.close()
    url = sqlalchemy.URL.create(
        "postgresql+psycopg", "ana", PASSWORD, world.server.host, world.server.pg_port, "main",
        query={"sslmode": "disable", "require_auth": "scram-sha-256"},
    )  # fmt: skip
    engine = sqlalchemy.create_engine(url, poolclass=sqlalchemy.NullPool, _initialize=False)
    with engine.connect() as connection:
        assert connection.execute(sqlalchemy.text("SHOW session_authorization")).scalar() == "ana"

    async def with_asyncpg():
        connection = await asyncpg.connect(
            host=world.server.host, port=world.server.pg_port, user="ana", password=PASSWORD, ssl=False
        )
        try:
            return await connection.fetchval("SHOW session_authorization")
        finally:
            await connection.close()

    assert asyncio.run(with_asyncpg()) == "ana"
    assert psql(world.dsn("ana"), PASSWORD, "SHOW session_authorization") == "ana\n"


def psql(dsn, password, sql, **environment):
    run = subprocess.run(
        ["psql", "-X", "-A", "-t", "-w", "-d", dsn, "-c", sql],
        capture_output=True,
        text=True,
        timeout=60,
        env={"PATH": os.environ["PATH"], "HOME": "/", "LANG": "C.UTF-8", "PGPASSWORD": password, **environment},
    )
    assert run.returncode == 0, run.stderr
    return run.stdout


def test_over_tls_the_login_is_bound_to_the_certificate(world):
    bound = {"sslmode": "verify-full", "channel_binding": "require"}
    with psycopg.connect(world.dsn("ana", PASSWORD, require_auth="scram-sha-256", **bound)) as connection:
        assert connection.execute("SHOW session_authorization").fetchone() == ("ana",)
        assert connection.pgconn.ssl_in_use
    connection = psycopg2.connect(world.dsn("ana", PASSWORD, **bound))
    assert connection.info.ssl_in_use
    connection.close()
    assert psql(world.dsn("ana", **bound), PASSWORD, "SHOW session_authorization") == "ana\n"
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(world.dsn("ana", "wrong", **bound))


@pytest.mark.parametrize("encrypted", (False, True), ids=("in clear", "over TLS"))
def test_a_wrong_password_an_unknown_user_and_no_password_are_told_the_same(world, encrypted):
    # Each from an address of its own, so that no earlier test has used up its tries.
    told = set()
    for name, password in [
        ("ana", "wrong"), ("ana", ""), ("nobody", "wrong"), ("nobody", ""), ("nobody", PASSWORD),
        ("card", "wrong"), ("robot", "wrong"), ("token", "wrong"),
    ]:  # fmt: skip
        source = "127.0.1.2" if encrypted else "127.0.1.1"
        refused = refusal(world.server, name, password, source=source, tls=world.tls if encrypted else None)
        assert f'"{name}"' in refused.message
        told.add((refused.sqlstate, refused.message.replace(name, "NAME"), refused.hint))
    assert {(sqlstate, message) for sqlstate, message, _ in told} == {
        ("28P01", 'password authentication failed for user "NAME"')
    }
    assert len(told) == 1, "a hint for some only tells who exists"


def test_the_drivers_hear_that_a_password_is_wrong(world):
    with pytest.raises(psycopg.OperationalError, match="FATAL:  password authentication failed for user"):
        psycopg.connect(world.dsn("drivers", "wrong"))
    with pytest.raises(psycopg2.OperationalError, match="FATAL:  password authentication failed for user"):
        psycopg2.connect(world.dsn("drivers", "wrong"))
    with pytest.raises(psycopg.OperationalError, match="no password supplied"):
        psycopg.connect(world.dsn("drivers"))

    async def with_asyncpg():
        await asyncpg.connect(
            host=world.server.host, port=world.server.pg_port, user="drivers", password="wrong", ssl=False
        )

    with pytest.raises(asyncpg.InvalidPasswordError):
        asyncio.run(with_asyncpg())


def test_after_five_misses_an_address_waits_and_nobody_else_does(world):
    for _ in range(MISSES_MAX):
        assert refusal(world.server, "ana", "wrong", source="127.0.2.1").sqlstate == "28P01"
    for password in ("wrong", PASSWORD):
        refused = refusal(world.server, "ana", password, source="127.0.2.1")
        assert (refused.sqlstate, refused.message) == ("28000", "too many failed logins, try again later")
    # Another name from the same address is compared still, and the same name from elsewhere.
    assert refusal(world.server, "nobody", "wrong", source="127.0.2.1").sqlstate == "28P01"
    with Wire(world.server, source="127.0.2.2") as wire:
        wire.log_in("ana", PASSWORD)
        assert wire.query("SHOW session_authorization") == [("ana",)]
    with Wire(world.server, source="127.0.2.1", tls=world.tls) as wire:
        wire.log_in("robot", world.key)
        assert wire.query("SHOW session_authorization") == [("robot",)], "a key cannot be guessed, so it is never throttled"


def test_a_hundred_guesses_at_once_are_five(world):
    heard = []

    def guess():
        heard.append(refusal(world.server, "ana", "wrong", source="127.0.2.5").sqlstate)

    threads = [threading.Thread(target=guess) for _ in range(100)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (heard.count("28P01"), heard.count("28000")) == (MISSES_MAX, 100 - MISSES_MAX)


def test_a_good_login_uses_up_no_try(world):
    source = "127.0.2.3"
    for _ in range(MISSES_MAX - 1):
        assert refusal(world.server, "ana", "wrong", source=source).sqlstate == "28P01"
    for _ in range(2 * MISSES_MAX):
        with Wire(world.server, source=source) as wire:
            wire.log_in("ana", PASSWORD)
    assert refusal(world.server, "ana", "wrong", source=source).sqlstate == "28P01"
    assert refusal(world.server, "ana", PASSWORD, source=source).sqlstate == "28000"


def test_a_client_that_goes_away_in_the_middle_of_the_login_locks_nobody_out(world):
    source = "127.0.2.4"
    for _ in range(3 * MISSES_MAX):
        with Wire(world.server, source=source) as wire:
            wire.send(startup_packet("ana"))
            assert wire.message()[0] == b"R"
    with Wire(world.server, source=source) as wire:
        wire.log_in("ana", PASSWORD)


def test_fifty_logins_at_once_all_pass(world):
    async def one():
        connection = await asyncpg.connect(
            host=world.server.host, port=world.server.pg_port, user="ana", password=PASSWORD, ssl=False
        )
        try:
            return await connection.fetchval("SHOW session_authorization")
        finally:
            await connection.close()

    async def all_of_them():
        return await asyncio.gather(*(one() for _ in range(50)))

    assert asyncio.run(all_of_them()) == ["ana"] * 50


def test_changes_of_the_users_file_are_followed(world):
    server, users = world.server, world.users
    held = {}

    def first(path):
        users.add("leaver", "before 1", path=path)
        held["key"] = users.add_key("leaver", path=path)
        users.add("changer", "before 2", path=path)
        users.add("riser", "before 3", "--role", "readonly", path=path)

    users.change(server, first)
    for name, password in (("leaver", "before 1"), ("changer", "before 2"), ("riser", "before 3")):
        with Wire(server, source="127.0.3.1") as wire:
            wire.log_in(name, password)
    with pyarrow.flight.connect(server.flight_uri) as client:
        bearers = {
            name: client.authenticate_basic_token(name, password)
            for name, password in (("leaver", "before 1"), ("changer", "before 2"), ("riser", "before 3"))
        }
        for name, header in bearers.items():
            assert flight_rows(client, "SHOW session_authorization", [header]) == {"session_authorization": [name]}
        assert flight_user(server, bearer(held["key"])) == "leaver"

        def second(path):
            users.run("remove", "leaver", path=path)
            users.add("changer", "after 2", path=path)
            users.run("add", "riser", "--role", "admin", password="before 3", path=path)
            users.add("comer", "after 4", path=path)

        users.change(server, second)
        for name, password in (("comer", "after 4"), ("changer", "after 2"), ("riser", "before 3")):
            with Wire(server, source="127.0.3.1") as wire:
                wire.log_in(name, password)
                assert wire.query("SHOW session_authorization") == [(name,)]
        assert refusal(server, "changer", "before 2", source="127.0.3.1").sqlstate == "28P01"
        assert refusal(server, "leaver", "before 1", source="127.0.3.1").sqlstate == "28P01"
        assert refusal(server, "leaver", held["key"], source="127.0.3.1", tls=world.tls).sqlstate == "28P01"
        # What was handed out earlier counts for nobody who is gone, and for no rights of before.
        for name in ("leaver", "riser"):
            with pytest.raises(pyarrow.flight.FlightUnauthenticatedError):
                flight_rows(client, "SELECT 1 AS n", [bearers[name]])
        for headers in (bearer(held["key"]), basic("leaver", "before 1"), basic("changer", "before 2")):
            with pytest.raises(pyarrow.flight.FlightUnauthenticatedError):
                flight_rows(client, "SELECT 1 AS n", headers)
        assert flight_rows(client, "SHOW session_authorization", basic("changer", "after 2")) == {"session_authorization": ["changer"]}


def test_names_and_passwords_may_hold_any_letter(world):
    # The last ones are other letters with the same meaning (RFC 4013): clients send either.
    users = {
        'a "b"': "'; DROP --", "back\\slash": "\\", "ü x": "p w", "hash#": "#", "semi;colon": '"',
        "roman": "\u2168", "hyphen": "I\u00adX", "space": "a\u00a0b", "ordinal": "\u00aa",
    }  # fmt: skip

    def add(path):
        for name, password in users.items():
            world.users.add(name, password, path=path)

    world.users.change(world.server, add)

    async def with_asyncpg(user, password):
        connection = await asyncpg.connect(
            host=world.server.host, port=world.server.pg_port, user=user, password=password, ssl=False
        )
        try:
            return await connection.fetchval("SHOW session_authorization")
        finally:
            await connection.close()

    for name, password in users.items():
        with psycopg.connect(world.dsn(name, password)) as connection:
            assert connection.execute("SHOW session_authorization").fetchone() == (name,)
        assert asyncio.run(with_asyncpg(name, password)) == name
        assert flight_user(world.server, basic(name, password)) == name
    for name, password in {"roman": "IX", "hyphen": "IX", "space": "a b", "ordinal": "a"}.items():
        with Wire(world.server, source="127.0.3.3") as wire:
            wire.log_in(name, password)


def test_a_users_file_that_cannot_be_read_leaves_the_last_good_one(world):
    unreadable = "could not read the users file again"
    world.server.logs_allowed += (unreadable,)

    def spoil(text):
        copy = world.users.path.with_suffix(".next")
        copy.write_text(text)
        os.replace(copy, world.users.path)

    good = world.users.path.read_text()
    try:
        spoil('"ana" "a password in clear"\n')
        eventually("a warning", lambda: any(unreadable in line for line in world.server.log), 10)
        with Wire(world.server, source="127.0.3.2") as wire:
            wire.log_in("ana", PASSWORD)
    finally:
        spoil(good)
    lines = [line for line in world.server.log if unreadable in line]
    assert "line 1" in lines[0] and "in clear" not in lines[0]
    world.users.change(world.server, lambda path: world.users.add("later", "later", path=path))


def test_an_api_key_is_a_password_over_tls(world):
    for name in ("robot", "token"):
        dsn = world.dsn(name, world.key, sslmode="verify-full", require_auth="password")
        with psycopg.connect(dsn) as connection:
            assert connection.execute("SHOW session_authorization").fetchone() == ("robot",)

    async def with_asyncpg():
        connection = await asyncpg.connect(
            host="localhost", port=world.server.pg_port, user="robot", password=world.key, ssl=world.tls
        )
        try:
            return await connection.fetchval("SHOW session_authorization")
        finally:
            await connection.close()

    assert asyncio.run(with_asyncpg()) == "robot"
    assert psql(world.dsn("robot", sslmode="verify-full"), world.key, "SHOW session_authorization") == "robot\n"
    for headers in (bearer(world.key), basic("robot", world.key), basic("token", world.key), [(b"x-api-key", world.key.encode())]):
        assert flight_user(world.server, headers) == "robot"


def test_an_api_key_does_not_cross_the_network_in_clear(world):
    for name in ("robot", "token"):
        with pytest.raises(psycopg.OperationalError, match="sslmode=require"):
            psycopg.connect(world.dsn(name, world.key))
        refused = refusal(world.server, name, world.key, source="127.0.4.1")
        assert refused.sqlstate == "28P01"
        assert "sslmode=require" in refused.hint
        with Wire(world.server, source="127.0.4.1") as wire, pytest.raises(Refused):
            wire.log_in(name, world.key)
        assert wire.asked_for == "scram", "the client is not asked to show its key"


def test_a_key_or_token_counts_for_no_other_name(world):
    for number, credential in enumerate((world.key, world.shared.token())):
        for name in ("bob", "card", "ANA"):
            refused = refusal(world.server, name, credential, source=f"127.0.4.{number + 2}", tls=world.tls)
            assert refused.sqlstate == "28P01"
            with pytest.raises(pyarrow.flight.FlightUnauthenticatedError):
                flight_user(world.server, basic(name, credential))
    # A listed user proves a password; no token stands in for it.
    assert refusal(world.server, "ana", world.shared.token(), source="127.0.4.4", tls=world.tls).sqlstate == "28P01"
    with pytest.raises(pyarrow.flight.FlightUnauthenticatedError):
        flight_user(world.server, basic("ana", world.key))


@pytest.mark.parametrize("algorithm", ("HS256", "RS256", "ES256"))
def test_a_token_of_the_issuer_logs_its_owner_in(world, algorithm):
    signer = {"HS256": world.shared, "RS256": world.rsa, "ES256": world.published}[algorithm]
    token = signer.token(sub="tina", aud=["other", "tavana"])
    assert world.user_by_token(token) == "tina"
    assert world.user_by_token(token, user="tina") == "tina"
    with psycopg.connect(world.dsn("tina", token, sslmode="verify-full", require_auth="password")) as connection:
        assert connection.execute("SHOW session_authorization").fetchone() == ("tina",)
    assert flight_user(world.server, basic("token", token)) == "tina"


def tampered(token):
    head, claims, signature = token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(claims + "=="))
    claims["sub"] = "mallory"
    return f"{head}.{base64url(json.dumps(claims).encode())}.{signature}"


WRONG_TOKENS = {
    "expired": lambda world, now: world.shared.token(exp=now - 5),
    "whose begin is a text": lambda world, now: world.shared.token(nbf="tomorrow"),
    "whose begin is no time": lambda world, now: world.shared.token(nbf=1e300),
    "expired for long": lambda world, now: world.rsa.token(exp=now - 3600),
    "not yet valid": lambda world, now: world.shared.token(nbf=now + 120),
    "for somebody else": lambda world, now: world.shared.token(aud="another"),
    "for nobody": lambda world, now: world.shared.token(aud=None),
    "of another issuer": lambda world, now: world.shared.token(iss="https://issuer.test.example"),
    "of no issuer": lambda world, now: world.shared.token(iss=None),
    "without end": lambda world, now: world.shared.token(exp=None),
    "whose end is a text": lambda world, now: world.shared.token(exp="tomorrow"),
    "without user": lambda world, now: world.shared.token(sub=None),
    "of a user that is no name": lambda world, now: world.shared.token(sub="a\nb"),
    "whose tenant is a number": lambda world, now: world.shared.token(tenant=7),
    "not signed": lambda world, now: Signer("none", b"").token(),
    "not signed, in other letters": lambda world, now: Signer("none", b"").token(header={"alg": "nOnE"}),
    "that says it is not signed": lambda world, now: world.shared.token(header={"alg": "none"}),
    "signed with the public key as secret": lambda world, now: Signer("HS256", public_pem(world.rsa.key)).token(),
    "signed with the published key as secret": lambda world, now: Signer(
        "HS256", public_pem(world.published.key), kid="first"
    ).token(),
    "signed with an empty secret": lambda world, now: Signer("HS256", b"").token(),
    "of another key": lambda world, now: Signer("RS256").token(),
    "of another key under a known id": lambda world, now: Signer("ES256", kid="first").token(),
    "that brings its own key": lambda world, now: own_key_token(),
    "that asks for what nobody here knows": lambda world, now: world.shared.token(header={"crit": ["x"], "x": 1}),
    "with another algorithm than its key": lambda world, now: world.rsa.token(header={"alg": "RS512"}),
    "changed": lambda world, now: tampered(world.shared.token()),
    "whose signature is cut": lambda world, now: world.rsa.token()[:-4],
    "whose signature is missing": lambda world, now: world.rsa.token().rsplit(".", 1)[0] + ".",
}


def own_key_token():
    signer = Signer("ES256", kid="own")
    return signer.token(header={"jwk": signer.jwk(), "jku": "https://attacker.test/keys"})


@pytest.mark.parametrize("what", WRONG_TOKENS)
def test_a_wrong_token_is_refused(world, what):
    token = WRONG_TOKENS[what](world, int(time.time()))
    world.tokens.append(token)
    source = f"127.0.5.{list(WRONG_TOKENS).index(what) + 1}"
    for name in ("token", "tina", "mallory"):
        refused = refusal(world.server, name, token, source=source, tls=world.tls)
        assert (refused.sqlstate, refused.hint) == ("28P01", None)
        assert refused.message == f'password authentication failed for user "{name}"', "nobody hears why"
    with pytest.raises(pyarrow.flight.FlightUnauthenticatedError) as heard:
        flight_user(world.server, bearer(token))
    assert token not in str(heard.value)


def test_roles_and_tenants_of_a_token_are_noted(world):
    for user, claims, role, tenant in [
        ("role-1", {"role": "readonly"}, "readonly", None),
        ("role-2", {"role": ["readonly", "admin", "unknown"]}, "admin", None),
        ("role-3", {"role": ["unknown"]}, "readonly", None),
        ("role-4", {"role": "readonly readwrite"}, "readwrite", "acme"),
        ("role-5", {}, "readwrite", "acme"),
    ]:
        assert world.user_by_token(world.shared.token(sub=user, tenant=tenant, **claims)) == user

        def noted(user=user, role=role, tenant=tenant):
            return any(
                "client logged in" in line and f'/{user}" ' in line and f'role="{role}"' in line
                and (f'tenant="{tenant}"' in line if tenant else "tenant=" not in line)
                for line in world.server.log
            )  # fmt: skip

        eventually(f"the log says what {user} may do", noted, 5)


def test_what_a_token_gave_ends_with_it(world):
    # Two seconds are enough to log in, and more than one, as times have whole seconds.
    token = world.shared.token(sub="short", exp=int(time.time()) + 2)
    world.tokens.append(token)
    given = handshake(world.server, bearer(token))
    again = handshake(world.server, bearer(given))
    assert flight_user(world.server, bearer(again)) == "short"

    def ended(held):
        try:
            flight_user(world.server, bearer(held))
        except pyarrow.flight.FlightUnauthenticatedError:
            return True
        return False

    eventually("the token has ended", lambda: ended(token), 5)
    assert ended(given), "a login does not outlive the token that it was made with"
    assert ended(again), "and what it gave gives no more time"


def handshake(server, headers):
    """The bearer token that a login with these headers gives."""
    answer = http2_call(server, b"/arrow.flight.protocol.FlightService/Handshake", b"", *headers)
    return fields_of(answer[5:])[2].decode()


def test_a_new_key_of_the_issuer_counts_at_once_and_an_old_one_no_more(world):
    first = world.published
    assert world.user_by_token(first.token(sub="before")) == "before"
    second = Signer("ES256", kid="second")
    world.key_set = [second]

    def accepted():
        try:
            return flight_user(world.server, bearer(second.token(sub="after"))) == "after"
        except pyarrow.flight.FlightUnauthenticatedError:
            return False

    # Strangers' tokens must not make the gateway ask the issuer more often than each 5 seconds.
    eventually("the new key counts", accepted, 7)
    asked = len(world.issuer.calls)
    assert world.user_by_token(second.token(sub="after")) == "after"
    assert len(world.issuer.calls) == asked, "a known key needs no question"
    for _ in range(20):
        with pytest.raises(pyarrow.flight.FlightUnauthenticatedError):
            flight_user(world.server, bearer(first.token(sub="before")))
    assert len(world.issuer.calls) <= asked + 1
    assert refusal(world.server, "token", first.token(), source="127.0.6.1", tls=world.tls).sqlstate == "28P01"


def test_in_optional_mode_listed_users_prove_who_they_are_and_others_come_in():
    place = folder()
    users = UsersFile(place)
    users.add("ana", PASSWORD)
    key = users.add_key("robot")
    issuer = Signer("RS256", kid="one")
    (place / "keys.json").write_text(json.dumps({"keys": [issuer.jwk()]}))
    server = Tavana(
        env={
            "TAVANA_AUTH_MODE": "optional",
            "TAVANA_USERS_FILE": str(users.path),
            "TAVANA_JWT_ISSUER": "https://issuer.test",
            "TAVANA_JWT_AUDIENCE": "tavana",
            "TAVANA_JWT_JWKS_URL": f"file://{place}/keys.json",
        },
        logs_allowed=REFUSALS,
    )
    try:
        with Wire(server) as wire:
            wire.log_in("stranger")
            assert wire.asked_for is None
            assert wire.query("SHOW session_authorization") == [("stranger",)]
        with Wire(server) as wire:
            wire.log_in("ana", PASSWORD)
            assert wire.asked_for == "scram"
        for name, password in (("ana", "wrong"), ("ana", ""), ("robot", ""), ("robot", "wrong")):
            assert refusal(server, name, password).sqlstate == "28P01"
        assert flight_user(server) == "tavana"
        assert flight_user(server, basic("stranger", "")) == "stranger"
        assert flight_user(server, basic("ana", PASSWORD)) == "ana"
        assert flight_user(server, bearer(key)) == "robot"
        assert flight_user(server, bearer(issuer.token(sub="tina"))) == "tina"
        for headers in (basic("ana", ""), basic("ana", "wrong"), basic("robot", ""), bearer("x"), bearer(key[:-1]),
                        bearer(issuer.token(aud="another"))):  # fmt: skip
            with pytest.raises(pyarrow.flight.FlightUnauthenticatedError):
                flight_user(server, headers)
        with pyarrow.flight.connect(server.flight_uri) as client:
            header = client.authenticate_basic_token("later", "")
            assert flight_rows(client, "SHOW session_authorization", [header]) == {"session_authorization": ["later"]}
    finally:
        server.stop()
        shutil.rmtree(place)
    no_secret_in(server.log, [*users.secrets])


def test_without_authentication_everybody_is_who_they_say(tavana):
    for password in (None, "anything"):
        with psycopg.connect(tavana.dsn, user="anyone", password=password, require_auth="none") as connection:
            assert connection.execute("SHOW session_authorization").fetchone() == ("anyone",)
    assert flight_user(tavana) == "tavana"
    assert flight_user(tavana, basic("anyone", "anything")) == "anyone"
    with pyarrow.flight.connect(tavana.flight_uri) as client:
        header = client.authenticate_basic_token("anyone", "anything")
        assert flight_rows(client, "SHOW session_authorization", [header]) == {"session_authorization": ["anyone"]}


class Provider:
    """An identity provider: one password for everybody but those whom it denies."""

    def __init__(self):
        self.stub = Stub(self.answer)

    def answer(self, _method, path, headers, body):
        if headers.get("X-API-Key") != "key of the gateway":
            return 401, {}
        if path == "/api/v1/auth/validate":
            if body["credential"] == "broken":
                return 500, {"valid": True, "username": "ana"}
            if body["credential"] == "odd":
                return 200, {"valid": "yes"}
            if body["credential"] not in (PASSWORD, "key of ana"):
                return 200, {"valid": False, "username": "ana"}
            of_ana = body["credential"] == "key of ana" or body["username"] in (None, "token")
            user = "ana" if of_ana else body["username"]
            return 200, {"valid": True, "username": user, "tenant": "acme", "roles": ["readonly"]}
        if path == "/api/v1/authz/check":
            return 200, {"allowed": body["username"] != "denied"}
        return 404, {}


@pytest.fixture(scope="module")
def provided():
    """A server that asks a provider, and takes passwords in clear."""
    provider = Provider()
    server = Tavana(
        env={
            "LOG_LEVEL": "info",
            "TAVANA_AUTH_MODE": "required",
            "TAVANA_AUTH_CLEARTEXT": "true",
            "TAVANA_AUTH_CACHE_TTL_SECS": "0",
            "SEPAR_ENDPOINT": provider.stub.url,
            "SEPAR_API_KEY": "key of the gateway",
        },
        logs_allowed=REFUSALS,
    )
    try:
        with provider.stub as stub:
            yield server, stub
            server.stop()
    except BaseException:
        server.process.kill()
        raise
    no_secret_in(server.log, [PASSWORD, "key of the gateway"])


def test_a_provider_says_who_gets_in(provided):
    server, stub = provided
    with psycopg.connect(
        host=server.host, port=server.pg_port, dbname="main", user="ana", password=PASSWORD, require_auth="password"
    ) as connection:
        assert connection.execute("SHOW session_authorization").fetchone() == ("ana",)
    assert flight_user(server, basic("ana", PASSWORD)) == "ana"
    for name, password in (("ana", "wrong"), ("ana", "")):
        assert refusal(server, name, password).sqlstate == "28P01"
    with pytest.raises(pyarrow.flight.FlightUnauthenticatedError):
        flight_user(server, basic("ana", "wrong"))
    assert stub.calls
    for method, path, headers, body in stub.calls:
        assert method == "POST" and headers["X-API-Key"] == "key of the gateway"
        if path == "/api/v1/auth/validate":
            assert set(body) == {"username", "credential"}
        else:
            assert body == {"username": "ana", "tenant": "acme", "action": "connect", "resource": "tavana"}
    assert any('role="readonly"' in line and 'tenant="acme"' in line for line in server.log)


def test_whom_the_provider_knows_but_does_not_let_connect_hears_that(provided):
    server, _ = provided
    refused = refusal(server, "denied", PASSWORD)
    assert (refused.sqlstate, refused.message) == ("42501", "permission denied to connect")
    with pytest.raises(pyarrow.flight.FlightUnauthorizedError):
        flight_user(server, basic("denied", PASSWORD))


def test_what_the_provider_takes_for_one_user_counts_for_no_other(provided):
    server, _ = provided
    for name in ("ana", "token"):
        with Wire(server) as wire:
            wire.log_in(name, "key of ana")
            assert wire.query("SHOW session_authorization") == [("ana",)]
    assert refusal(server, "bob", "key of ana").sqlstate == "28P01"
    with pytest.raises(pyarrow.flight.FlightUnauthenticatedError):
        flight_user(server, basic("bob", "key of ana"))


def test_wrong_tokens_of_others_keep_no_good_one_out(provided):
    server, _ = provided
    for number in range(MISSES_MAX + 1):
        with pytest.raises(pyarrow.flight.FlightUnauthenticatedError):
            flight_user(server, bearer(f"wrong-{number}"))
    assert flight_user(server, [(b"x-api-key", b"key of ana")]) == "ana"


@pytest.mark.parametrize("credential", ("broken", "odd"))
def test_a_provider_that_answers_nonsense_lets_nobody_in(provided, credential):
    server, _ = provided
    refused = refusal(server, "ana", credential, source="127.0.7.1")
    assert (refused.sqlstate, refused.message) == ("28000", "the identity provider could not be reached")
    with pytest.raises(pyarrow.flight.FlightUnavailableError):
        flight_user(server, basic("ana", credential))


def test_a_provider_that_is_away_lets_only_listed_users_in():
    place = folder()
    users = UsersFile(place)
    users.add("ana", PASSWORD)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        server = Tavana(
            env={
                "TAVANA_AUTH_MODE": "required",
                "TAVANA_AUTH_CLEARTEXT": "true",
                "TAVANA_USERS_FILE": str(users.path),
                "SEPAR_ENDPOINT": f"http://127.0.0.1:{taken.getsockname()[1]}",
            },
            logs_allowed=REFUSALS,
        )
        try:
            # More often than anybody may miss: what nobody compared is no miss.
            for _ in range(MISSES_MAX + 2):
                refused = refusal(server, "bob", "any")
                assert (refused.sqlstate, refused.message) == ("28000", "the identity provider could not be reached")
            for headers in (basic("bob", "any"), bearer("any")):
                with pytest.raises(pyarrow.flight.FlightUnavailableError):
                    flight_user(server, headers)
            with pytest.raises(pyarrow.flight.FlightUnauthenticatedError):
                flight_user(server)
            with Wire(server) as wire:
                wire.log_in("ana", PASSWORD)
                assert wire.query("SHOW session_authorization") == [("ana",)]
            assert flight_user(server, basic("ana", PASSWORD)) == "ana"
        finally:
            server.stop()
            shutil.rmtree(place)
