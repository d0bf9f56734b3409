"""An object store that fails now and then, always, slowly, or in the middle of an object."""

import os
import random
import shutil
import tempfile
import threading
import time

import psycopg
import pyarrow as pa
import pyarrow.parquet
import pytest
from harness import Tavana, eventually, free_port
from stores import Key, S3Server
from s3_server import Refused
from test_flight_gateways import Process

KEY, SECRET = "AKFAULTS", "CANARY-faults-secret-0001"
# Tests are as many times as long as this says.
TIMES = int(os.environ.get("TAVANA_TEST_ROUNDS") or 1)
ROWS = 20_000
TOTAL = ROWS * (ROWS - 1) // 2


def parquet(first=0):
    sink = pa.BufferOutputStream()
    numbers = pa.array(range(first, first + ROWS), pa.int64())
    words = pa.array([f"word {number % 977}" for number in range(ROWS)])
    # Several row groups, so that a read is several requests.
    table = pa.table({"i": numbers, "word": words})
    pyarrow.parquet.write_table(table, sink, row_group_size=4_000, compression="none")
    return sink.getvalue().to_pybytes()


@pytest.fixture(scope="module")
def store():
    server = S3Server({KEY: Key(SECRET, {"lake": {"list", "get", "put", "delete"}})})
    yield server
    server.stop()


class Pair:
    """A gateway and a worker without local folders: DuckDB's cache of files is on there."""

    def __init__(self, env):
        self.home, key = tempfile.mkdtemp(prefix="tavana-pair-"), "k" * 40
        worker, port = free_port(), free_port()
        self.dsn = f"host=127.0.0.1 port={port} user=tester dbname=main"
        address = f"http://127.0.0.1:{worker}"
        gateway = {"PG_PORT": str(port), "FLIGHT_SQL_PORT": "0", "HTTP_PORT": "0", "WORKER_ADDR": address}
        self.processes = [
            Process("tavana-worker", self.home, GRPC_PORT=str(worker), TAVANA_CLUSTER_KEY=key, **env),
            Process("tavana-gateway", self.home, TAVANA_CLUSTER_KEY=key, **gateway),
        ]
        eventually("the gateway answers", self.answers, within=60)

    def answers(self):
        try:
            with psycopg.connect(self.dsn) as connection:
                return connection.execute("SELECT count(*) FROM range(3)").fetchone() == (3,)
        except psycopg.Error:
            return False

    def stop(self):
        for process in reversed(self.processes):
            process.stop()
        shutil.rmtree(self.home)


@pytest.fixture(scope="module", params=["serve", "cluster"])
def tavana(store, request):
    env = {
        "AWS_ACCESS_KEY_ID": KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": store.endpoint,
        "TAVANA_HTTP_TIMEOUT_SECS": "5",
    }
    if request.param == "cluster":
        # The store is on this machine.
        server = Pair({**env, "TAVANA_NETWORK_ALLOW": "127.0.0.0/8"})
    else:
        server = Tavana(env=env, logs_allowed=("engine",))
    yield server
    server.stop()


@pytest.fixture
def session(tavana, store):
    store.fault = None
    with psycopg.connect(tavana.dsn, autocommit=True) as connection:
        yield connection
    store.fault = None


def fresh(store, number, data):
    """An object that no file cache knows."""
    name = f"{number}-{time.monotonic_ns()}.parquet"
    store.put("lake", name, data)
    return f"SELECT count(*), sum(i)::BIGINT, count(word) FROM 's3://lake/{name}'"


def test_a_store_that_fails_one_request_in_a_hundred_fails_no_query(session, store):
    dice, data, failed = random.Random(7), parquet(), []

    def fault(*_):
        if dice.random() < 0.01:
            status = dice.choice((500, 503))
            failed.append(status)
            raise Refused(status, "SlowDown")

    before = len(store.log)
    store.fault = fault
    for number in range(100 * TIMES):
        answer = session.execute(fresh(store, number, data)).fetchone()
        assert answer == (ROWS, TOTAL, ROWS)
    requests = len(store.log) - before
    print(f"{len(failed)} of {requests} requests failed, no query")
    assert failed


def test_a_store_that_always_fails_is_58030_within_five_seconds(session, store):
    data = parquet()
    for number, status in enumerate((500, 503)):

        def fault(*_, status=status):
            raise Refused(status, "InternalError")

        statement = fresh(store, number, data)
        store.fault = fault
        before, began = len(store.log), time.monotonic()
        with pytest.raises(psycopg.Error) as caught:
            session.execute(statement)
        took = time.monotonic() - began
        requests = len(store.log) - before
        print(f"{status}: {caught.value.sqlstate} after {took:.2f} s and {requests} requests")
        assert caught.value.sqlstate == "58030", caught.value
        assert took <= 5, took
        store.fault = None
        assert session.execute(statement).fetchone() == (ROWS, TOTAL, ROWS)


def test_objects_that_are_cut_or_change_while_they_are_read_never_give_wrong_rows(session, store):
    """Either object is a right answer, a mixture of both is not."""
    old, new = parquet(), parquet(first=1_000_000)
    totals = {TOTAL, TOTAL + ROWS * 1_000_000}
    dice = random.Random(11)
    right = errors = 0
    for number in range(60 * TIMES):
        statement = fresh(store, number, old)
        name = statement.rsplit("/", 1)[1].rstrip("'")
        calls, at = [0], dice.randint(1, 6)
        kind = dice.choice(("cut", "changed", "garbage", "gone"))

        def fault(*_, calls=calls, at=at, kind=kind, name=name):
            calls[0] += 1
            if calls[0] < at:
                return None
            if kind == "cut":
                return old[: dice.randint(1, len(old) - 1)]
            if kind == "garbage":
                start = dice.randint(0, len(old) - 4096)
                return old[:start] + b"\xff" * 4096 + old[start + 4096 :]
            if kind == "changed":
                if calls[0] == at:
                    store.put("lake", name, new)
                return None
            raise Refused(404, "NoSuchKey")

        store.fault = fault
        try:
            count, total, words = session.execute(statement).fetchone()
            # Garbage in the middle of a page of plain numbers or words has no checksum here.
            if kind != "garbage":
                assert (count, words) == (ROWS, ROWS), (kind, at)
                assert total in totals, (kind, at, total)
            right += 1
        except psycopg.Error as error:
            # Nothing of what the store has sent but a value that is named.
            assert len(str(error).encode()) <= 2048, kind
            assert str(error).count("word ") <= 1 and "PAR1" not in str(error), kind
            assert error.sqlstate != "XX000" or kind == "garbage", (kind, error)
            errors += 1
        store.fault = None
    print(f"{right} right answers, {errors} errors")
    assert right and errors


@pytest.mark.parametrize("keeps_engine", [False, True], ids=["any engine", "the session's engine"])
def test_an_object_that_is_written_again_while_it_is_read_is_read_again(session, store, keeps_engine):
    """The statement that reads it is run again; what was read of the old object is forgotten."""
    old, new = parquet(), parquet(first=1_000_000)
    fresh_answer = (ROWS, TOTAL + ROWS * 1_000_000, ROWS)
    if keeps_engine:
        session.execute("CREATE TEMP TABLE kept AS SELECT 1 AS i")
    dice, changed = random.Random(23), 0
    for number in range(30 * TIMES):
        statement = fresh(store, number, old)
        name = statement.rsplit("/", 1)[1].rstrip("'")
        if dice.random() < 0.5:
            assert session.execute(statement).fetchone() == (ROWS, TOTAL, ROWS)
        calls, at = [0], dice.randint(1, 8)

        def fault(*_, calls=calls, at=at, name=name):
            calls[0] += 1
            if calls[0] == at:
                store.put("lake", name, new)

        store.fault = fault
        answer = session.execute(statement).fetchone()
        store.fault = None
        if calls[0] >= at:
            changed += 1
            assert answer in (fresh_answer, (ROWS, TOTAL, ROWS)), (number, at, answer)
            assert session.execute(statement).fetchone() == fresh_answer, (number, at)
        else:
            assert answer == (ROWS, TOTAL, ROWS)
    print(f"{changed} objects changed while they were read")
    assert changed >= 10


@pytest.mark.parametrize("keeps_engine", [False, True], ids=["any engine", "the session's engine"])
def test_nobody_finds_again_what_a_store_has_garbled(session, store, keeps_engine):
    """Under the right ETag: nothing but the fault itself tells that the bytes are wrong."""
    if keeps_engine:
        session.execute("CREATE TEMP TABLE kept AS SELECT 1 AS i")
    good = parquet()
    for number, garbled in enumerate((good[:-4] + b"\xff" * 4, good[:-300] + b"\xff" * 292 + good[-8:])):
        statement = fresh(store, number, good)
        store.fault = lambda *_, garbled=garbled: garbled
        with pytest.raises(psycopg.Error):
            session.execute(statement)
        store.fault = None
        assert session.execute(statement).fetchone() == (ROWS, TOTAL, ROWS), number
        if keeps_engine:
            assert session.execute("SELECT i FROM kept").fetchone() == (1,)


def test_what_has_changed_in_a_transaction_is_an_error_once(session, store):
    """A statement of a block is not run again: what came before it may have seen the old object."""
    old, new = parquet(), parquet(first=1_000_000)
    statement = fresh(store, 0, old)
    name = statement.rsplit("/", 1)[1].rstrip("'")
    calls = [0]

    def fault(*_):
        calls[0] += 1
        if calls[0] == 3:
            store.put("lake", name, new)

    session.execute("BEGIN")
    store.fault = fault
    with pytest.raises(psycopg.Error) as caught:
        session.execute(statement)
    store.fault = None
    assert caught.value.sqlstate == "58030"
    assert "has changed" in str(caught.value) and "unsafe" not in str(caught.value)
    session.execute("ROLLBACK")
    assert session.execute(statement).fetchone() == (ROWS, TOTAL + ROWS * 1_000_000, ROWS)


def test_a_slow_store_is_cancelled_and_timed_out_and_holds_up_nobody(tavana, session, store):
    data = parquet()
    slow = threading.Event()

    def fault(*_):
        slow.set()
        time.sleep(3)

    statement = fresh(store, 0, data)
    store.fault = fault
    session.execute("SET statement_timeout = '2s'")
    began = time.monotonic()
    with pytest.raises(psycopg.errors.QueryCanceled):
        session.execute(statement)
    assert 1.5 <= time.monotonic() - began <= 4
    session.execute("RESET statement_timeout")
    slow.clear()
    outcome = []

    def run():
        try:
            session.execute(fresh(store, 1, data))
        except psycopg.Error as error:
            outcome.append((error.sqlstate, time.monotonic()))

    running = threading.Thread(target=run)
    running.start()
    eventually("it waits for the store", slow.is_set, 10)
    with psycopg.connect(tavana.dsn, autocommit=True) as other:
        began = time.monotonic()
        assert other.execute("SELECT sum(i) FROM range(1000) t(i)").fetchone() == (499_500,)
        assert time.monotonic() - began < 2
    cancelled = time.monotonic()
    session.cancel()
    running.join(20)
    ((state, ended),) = outcome
    assert state == "57014"
    assert ended - cancelled <= 3, ended - cancelled
