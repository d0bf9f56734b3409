"""What a stranger may cost before he is known: credentials that are too long or too many, an issuer
that does not answer, and the users file while two people change it."""

import fcntl
import os
import shutil
import socket
import subprocess
import threading
import time

import pyarrow.flight
import pytest
from credentials import REFUSALS, Authority, Signer, UsersFile, folder, tls_context
from harness import Tavana, program
from test_flight_login import OlderLogin
from test_values import flight_query
from wire import Refused, Wire, refusal

PASSWORD = "a password of ana"
SHARED_SECRET = b"a secret of the issuer, 32 characters and more"
NAMELESS_MISSES_MAX = 100
ISSUER_SECONDS_MAX = 5


class World:
    """A server whose issuer of keys takes connections and never answers."""

    def __init__(self):
        self.folder = folder()
        self.authority = Authority(self.folder)
        certificate, key = self.authority.server()
        self.users = UsersFile(self.folder)
        self.users.add("ana", PASSWORD)
        self.key = self.users.add_key("robot")
        self.shared = Signer("HS256", SHARED_SECRET)
        self.unpublished = Signer("ES256", kid="of an issuer that does not answer")
        self.silence = Silence()
        self.server = Tavana(
            env={
                "TAVANA_AUTH_MODE": "required",
                "TAVANA_USERS_FILE": str(self.users.path),
                "TAVANA_TLS_MODE": "optional",
                "TAVANA_TLS_CERT_PATH": str(certificate),
                "TAVANA_TLS_KEY_PATH": str(key),
                "TAVANA_JWT_ISSUER": "https://issuer.test",
                "TAVANA_JWT_AUDIENCE": "tavana",
                "TAVANA_JWT_SECRET": SHARED_SECRET.decode(),
                "TAVANA_JWT_JWKS_URL": f"{self.silence.url}/keys",
            },
            logs_allowed=(*REFUSALS, "could not"),
        )
        self.tls = tls_context(self.authority.ca)


class Silence:
    """An HTTP service that reads and says nothing."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self.asked = []
        threading.Thread(target=self.take, daemon=True).start()

    def take(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            self.asked.append(connection)

    def end(self):
        self.listener.close()
        for connection in self.asked:
            connection.close()


@pytest.fixture(scope="module")
def world():
    world = World()
    try:
        yield world
    except BaseException:
        world.server.process.kill()
        raise
    world.server.stop()
    world.silence.end()
    shutil.rmtree(world.folder)


def test_an_issuer_that_does_not_answer_holds_up_only_who_needs_it_and_not_for_long(world):
    outcome = []

    def log_in():
        began = time.monotonic()
        refused = refusal(world.server, "token", world.unpublished.token(), source="127.0.6.1", tls=world.tls)
        outcome.append((time.monotonic() - began, refused.sqlstate))

    asking = threading.Thread(target=log_in)
    asking.start()
    with Wire(world.server, tls=world.tls) as wire:
        began = time.monotonic()
        wire.log_in("token", world.shared.token(sub="tina"))
        assert wire.query("SHOW session_authorization") == [("tina",)]
        assert time.monotonic() - began < ISSUER_SECONDS_MAX / 2
    asking.join()
    ((seconds, sqlstate),) = outcome
    assert world.silence.asked, "the issuer was asked"
    assert ISSUER_SECONDS_MAX - 1 < seconds < ISSUER_SECONDS_MAX + 5
    assert sqlstate in ("28000", "28P01", "08006", "57P03")


def test_an_address_may_show_a_hundred_unknown_keys_and_no_more(world):
    said = []
    with pyarrow.flight.connect(world.server.flight_uri) as client:

        def call(key):
            options = pyarrow.flight.FlightCallOptions(headers=[(b"x-api-key", key.encode())])
            return flight_query(client, "SELECT 1 AS one", options=options).to_pydict()

        for number in range(NAMELESS_MISSES_MAX + 3):
            with pytest.raises(pyarrow.flight.FlightUnauthenticatedError) as refused:
                call(f"tvn_unknown{number}")
            said.append("too many failed logins" in str(refused.value))
        assert said == [False] * NAMELESS_MISSES_MAX + [True] * 3
        # A good key is never kept out, nor are names at this address.
        assert call(world.key) == {"one": [1]}
    with Wire(world.server) as wire:
        wire.log_in("ana", PASSWORD)


def test_a_token_of_more_than_16_kib_is_not_looked_at(world):
    fits = world.shared.token(sub="tina", filling="x" * 10_000)
    with Wire(world.server, source="127.0.6.4", tls=world.tls) as wire:
        wire.log_in("token", fits)
    # It is signed by the right key: only its length is against it.
    too_long = world.shared.token(sub="tina", filling="x" * 15_000)
    with Wire(world.server, source="127.0.6.4", tls=world.tls) as wire, pytest.raises(Refused):
        wire.log_in("token", too_long)


def test_a_credential_of_more_than_32_kib_is_not_compared(world):
    # Of all ways in, a Flight handshake's message alone may be that long.
    with pyarrow.flight.connect(world.server.flight_uri) as client:
        for length, said in ((32 * 1024, "password authentication failed"), (32 * 1024 + 1, "too long")):
            with pytest.raises(pyarrow.flight.FlightError, match=said):
                client.authenticate(OlderLogin("nobody", "x" * length))


def test_two_changes_of_the_users_file_at_once_are_one_after_the_other():
    with_file = UsersFile(folder())
    with_file.add("ana", PASSWORD)
    beside = f"{with_file.path}.lock"
    with open(beside, "a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        other = subprocess.Popen(
            [program(), "user", "add", "bob", "--api-key", "--file", str(with_file.path)],
            stdout=subprocess.PIPE,
        )
        # The one change that the holder of the lock makes must not be lost.
        with pytest.raises(subprocess.TimeoutExpired):
            other.wait(1)
        assert "bob" not in with_file.path.read_text()
    assert other.wait(20) == 0
    other.stdout.close()
    assert "bob" in with_file.path.read_text()
    shutil.rmtree(with_file.path.parent)


def test_a_changed_users_file_keeps_its_owner_and_is_read_by_nobody_else():
    users = UsersFile(folder())
    users.add("ana", PASSWORD)
    owner = (os.geteuid(), os.getegid())
    if os.geteuid() == 0:
        owner = (4321, 4322)
        os.chown(users.path, *owner)
    users.add("bob", PASSWORD)
    after = users.path.stat()
    assert (after.st_uid, after.st_gid) == owner
    assert after.st_mode & 0o077 == 0
    shutil.rmtree(users.path.parent)
