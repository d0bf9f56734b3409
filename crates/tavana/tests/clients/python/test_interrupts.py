"""Ctrl-C in psql, and a client that is killed."""

import os
import signal
import subprocess
import time
from pathlib import Path

import psycopg
import pytest

LONG = "SELECT count(*) FROM range(1000000000) a, range(1000) b WHERE a.range % 7 = b.range"
# What cancelling may take, from the key to the prompt.
CANCEL_SECONDS_MAX = 0.5
# What a killed client's statement may go on.
FREE_SECONDS_MAX = 2


def psql(tavana, *arguments):
    return subprocess.Popen(
        ["psql", "-X", "-h", tavana.host, "-p", str(tavana.pg_port), "-U", "tester", "-d", "main", *arguments],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip


def busy_seconds(tavana):
    """Processor time of all engines that live."""
    ticks = 0
    for pid in tavana.engines():
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def until_it_works(tavana):
    start = busy_seconds(tavana)
    deadline = time.monotonic() + 30
    while busy_seconds(tavana) < start + 0.3:
        assert time.monotonic() < deadline, "no engine works"
        time.sleep(0.02)


def until_it_rests(tavana):
    """How long the engines went on: until they used next to nothing for a while."""
    began = time.monotonic()
    quiet_since, used = began, busy_seconds(tavana)
    while time.monotonic() - quiet_since < 0.3:
        assert time.monotonic() - began < 30, "an engine still works"
        time.sleep(0.02)
        now = busy_seconds(tavana)
        # An engine that dies takes its time with it.
        if now > used + 0.02 or now < used:
            quiet_since, used = time.monotonic(), now
    return quiet_since - began


@pytest.mark.parametrize("way", ["plain", "in a block"])
def test_ctrl_c_in_psql_ends_a_long_statement_at_once(tavana, way):
    before = ["-c", "BEGIN"] if way == "in a block" else []
    client = psql(tavana, *before, "-c", LONG, "-c", "ROLLBACK")
    until_it_works(tavana)
    asked = time.monotonic()
    client.send_signal(signal.SIGINT)
    output, errors = client.communicate(timeout=30)
    took = time.monotonic() - asked
    assert "canceling statement due to user request" in errors, (output, errors)
    # The session goes on; psql itself shows no more rows after Ctrl-C.
    assert output.endswith("ROLLBACK\n")
    assert took < CANCEL_SECONDS_MAX, took


def test_a_killed_client_frees_its_engine(tavana):
    client = psql(tavana, "-c", LONG)
    until_it_works(tavana)
    client.kill()
    client.communicate()
    assert until_it_rests(tavana) < FREE_SECONDS_MAX
    with psycopg.connect(host=tavana.host, port=tavana.pg_port, user="tester", dbname="main") as connection:
        assert connection.execute("SELECT count(*) FROM range(10)").fetchone() == (10,)


def test_a_client_that_is_killed_while_it_reads_frees_its_engine(tavana):
    client = psql(tavana, "-v", "FETCH_COUNT=100", "-c", "SELECT i, md5(i::VARCHAR) FROM range(1000000000) t(i)")
    client.stdout.readline()
    client.kill()
    client.communicate()
    assert until_it_rests(tavana) < FREE_SECONDS_MAX
