"""Time limits that the users file gives to a user's sessions."""

import shutil
import time

import psycopg
import pyarrow.flight
import pytest
from credentials import UsersFile, folder
from flight_calls import basic, calling_with
from harness import Tavana
from test_values import flight_query

PASSWORD = "correct horse"
ENDLESS = "SELECT count(*) FROM range(1000000000000) a, range(1000000000) b"


@pytest.fixture(scope="module")
def server():
    home = folder()
    users = UsersFile(home)
    users.add("ana", PASSWORD)
    users.add("bob", PASSWORD)
    lines = users.path.read_text().splitlines()
    limits = " statement_timeout=1s idle_session_timeout=10min"
    users.path.write_text("\n".join(line + limits if line.startswith('"ana"') else line for line in lines))
    # A new password keeps them.
    users.add("ana", PASSWORD)
    tavana = Tavana(env={"TAVANA_AUTH_MODE": "required", "TAVANA_USERS_FILE": str(users.path)})
    yield tavana
    tavana.stop()
    shutil.rmtree(home)


def connect(server, user):
    return psycopg.connect(
        host=server.host, port=server.pg_port, user=user, password=PASSWORD, dbname="main", autocommit=True
    )


def test_a_users_sessions_begin_with_the_limits_of_its_line(server):
    with connect(server, "ana") as ana:
        assert ana.execute("SHOW statement_timeout").fetchone() == ("1s",)
        assert ana.execute("SHOW idle_session_timeout").fetchone() == ("10min",)
        began = time.monotonic()
        with pytest.raises(psycopg.errors.QueryCanceled):
            ana.execute(ENDLESS)
        assert 0.8 <= time.monotonic() - began <= 3
        ana.execute("SET statement_timeout = '5s'")
        ana.execute("RESET statement_timeout")
        assert ana.execute("SHOW statement_timeout").fetchone() == ("1s",)
    with connect(server, "bob") as bob:
        assert bob.execute("SHOW statement_timeout").fetchone() == ("0",)


def test_flight_sessions_have_them_too(server):
    with pyarrow.flight.connect(server.flight_uri) as client:
        options = calling_with(basic("ana", PASSWORD))
        began = time.monotonic()
        with pytest.raises(pyarrow.flight.FlightError) as caught:
            flight_query(client, ENDLESS, options)
        assert "57014" in str(caught.value)
        assert time.monotonic() - began <= 5
