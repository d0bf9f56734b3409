"""Statements that end before their end: what they leave of their session, and what is told of them."""

import random
import threading

import psycopg
import pytest
from harness import Tavana, eventually
from talk import COPY_DONE, Talk, copy_data, copy_fail, extended, query, readable

LONG = "SELECT count(*) FROM generate_series(1, 1000000) a, generate_series(1, 1000000) b"
# How late a random cancel may come, and how long a random statement_timeout may be.
STOP_MILLISECONDS_MAX = 12
STOPS = 250


def connect(server):
    return psycopg.connect(
        host=server.host, port=server.pg_port, user="tester", dbname="main", autocommit=True
    )  # fmt: skip


def stop_once_it_runs(session, other):
    """Cancels what `session` will be doing, as soon as it does it."""
    state = "SELECT state, query LIKE '%%generate_series%%' FROM pg_stat_activity WHERE pid = %s"
    pid = session.info.backend_pid

    def stop():
        eventually("it runs", lambda: other.execute(state, [pid]).fetchone() == ("active", True))
        session.cancel_safe()

    stopping = threading.Thread(target=stop)
    stopping.start()
    return stopping


def in_one_message(session):
    session.execute(f"INSERT INTO t VALUES (1); {LONG}; INSERT INTO t VALUES (2)".encode())


def in_a_pipeline(session):
    with session.pipeline():
        session.execute("INSERT INTO t VALUES (1)")
        session.execute(LONG)
        session.execute("INSERT INTO t VALUES (2)")


def in_a_block(session):
    with session.transaction():
        session.execute("INSERT INTO t VALUES (1)")
        session.execute(LONG)


def with_a_cursor(session):
    with session.transaction(), session.cursor("c") as cursor:
        cursor.execute("SELECT 1")
        session.execute("INSERT INTO t VALUES (1)")
        session.execute(LONG)


SEVERAL = [in_one_message, in_a_pipeline, in_a_block, with_a_cursor]


@pytest.mark.parametrize("how", ["by a cancel", "by its timeout"])
@pytest.mark.parametrize("several", SEVERAL)
def test_several_statements_that_are_stopped_are_undone_and_their_session_goes_on(server, several, how):
    with connect(server) as session, connect(server) as other:
        session.execute("CREATE TEMP TABLE t (i INTEGER)")
        # Twice: what the first left behind would be seen by the second.
        for _ in range(2):
            if how == "by a cancel":
                stopping = stop_once_it_runs(session, other)
            else:
                session.execute("SET statement_timeout = '300ms'")
            with pytest.raises(psycopg.errors.QueryCanceled):
                several(session)
            if how == "by a cancel":
                stopping.join()
            session.execute("SET statement_timeout = 0")
            assert session.execute("SELECT count(*) FROM t").fetchone() == (0,)
        session.execute("INSERT INTO t VALUES (3)")
        with session.transaction():
            session.execute("INSERT INTO t VALUES (4)")
        assert session.execute("SELECT i FROM t ORDER BY i").fetchall() == [(3,), (4,)]


BROKEN_COPIES = {
    "refused by its header": ("COPY t FROM STDIN (FORMAT binary)", copy_data(b"nonsense") + COPY_DONE),
    "refused by a row": ("COPY t FROM STDIN", copy_data(b"1\n2\t3\n") + COPY_DONE),
    "given up by the client": ("COPY t FROM STDIN", copy_fail("no more")),
    "given up after many rows": ("COPY t FROM STDIN", copy_data(b"1\n" * 90_000) + copy_fail("no more")),
}


@pytest.mark.parametrize("broken", BROKEN_COPIES)
def test_a_copy_that_fails_at_once_leaves_its_session_as_it_was(tavana, broken):
    start, data = BROKEN_COPIES[broken]
    talk = Talk(tavana, database="main")
    talk.say(query("CREATE TEMP TABLE t (i INTEGER)"))
    for _ in range(100):
        talk.say(query(start))
        assert [tag for tag, _ in talk.say(data)] == [b"E", b"Z"]
        answer = [readable(*message) for message in talk.say(query("SELECT count(*) AS n FROM t"))]
        assert answer[1:] == ["D [b'0']", "C b'SELECT 1'", "Z b'I'"], answer
    talk.close()


def insert(session, key):
    # It takes some milliseconds.
    session.execute(f"INSERT INTO t SELECT {key} FROM range(500000) r(i) ORDER BY hash(i) LIMIT 2")


def returning(session, key):
    session.execute(f"INSERT INTO t SELECT {key} FROM range(3000) RETURNING i, repeat('x', 1000)")


def copy(session, key):
    with session.cursor().copy("COPY t FROM STDIN") as rows:
        rows.write(f"{key}\n")
        rows.write(f"{key}\n")


def script(session, key):
    session.execute(f"INSERT INTO t VALUES ({key}); SELECT 1; INSERT INTO t VALUES ({key})".encode())


def block(session, key):
    with session.transaction():
        session.execute(f"INSERT INTO t VALUES ({key})")
        session.execute(f"INSERT INTO t VALUES ({key})")


@pytest.mark.parametrize("write", [insert, returning, copy, script, block])
def test_what_is_told_to_have_been_stopped_was_not_done_and_the_rest_was(tavana, write):
    chance = random.Random(f"{write.__name__}")
    told = set()
    with connect(tavana) as session:
        session.execute("CREATE TEMP TABLE t (i INTEGER)")
        for key in range(STOPS):
            stopping = None
            if chance.random() < 0.5:
                delay = chance.random() * STOP_MILLISECONDS_MAX / 1000
                stopping = threading.Timer(delay, session.cancel_safe)
                stopping.start()
            else:
                limit = chance.randrange(1, STOP_MILLISECONDS_MAX)
                session.execute(f"SET statement_timeout = '{limit}ms'")
            try:
                write(session, key)
                expected = 3000 if write is returning else 2
            except psycopg.errors.QueryCanceled:
                expected = 0
            told.add(expected)
            if stopping:
                stopping.join()
            session.execute("SET statement_timeout = 0")
            found = session.execute(f"SELECT count(*) FROM t WHERE i = {key}").fetchone()
            assert found == (expected,), (key, stopping)
    assert len(told) == 2


@pytest.mark.parametrize("send", [query, extended])
def test_rows_that_cannot_be_sent_were_not_changed(tavana, send):
    talk = Talk(tavana, database="main")
    talk.say(query("CREATE TEMP TABLE t (i INTERVAL)"))
    # A result can hold no interval of so many hours.
    answer = talk.say(send("INSERT INTO t SELECT to_hours(24 * 365 * 300) FROM range(5000) RETURNING i"))
    assert "E ERROR 22003" in [readable(*message) for message in answer]
    answer = [readable(*message) for message in talk.say(query("SELECT count(*) AS n FROM t"))]
    assert "D [b'0']" in answer, answer
    talk.close()


def half_a_copy(talk):
    talk.say(query("COPY t FROM STDIN"))
    return talk.say(copy_data(b"01:00:00\n" * 300_000 + b"nonsense\n") + COPY_DONE)


def rows_that_cannot_be_sent(talk):
    return talk.say(query("INSERT INTO t SELECT to_hours(24 * 365 * 300) FROM range(5000) RETURNING i"))


@pytest.mark.parametrize("fails", [half_a_copy, rows_that_cannot_be_sent])
def test_no_savepoint_keeps_a_part_of_what_failed(tavana, fails):
    talk = Talk(tavana, database="main")
    for statement in ["CREATE TEMP TABLE t (i INTERVAL)", "BEGIN", "SAVEPOINT s"]:
        talk.say(query(statement))
    assert fails(talk)[-1] == (b"Z", b"E")
    # DuckDB has no savepoints to undo it by.
    answer = [readable(*message) for message in talk.say(query("ROLLBACK TO s"))]
    assert answer == ["E ERROR 0A000", "Z b'E'"]
    talk.say(query("COMMIT"))
    answer = [readable(*message) for message in talk.say(query("SELECT count(*) AS n FROM t"))]
    assert "D [b'0']" in answer, answer
    talk.close()


def test_a_copy_whose_client_sends_nothing_more_ends_and_its_session_goes_on():
    server = Tavana(env={"TAVANA_STREAM_IDLE_TIMEOUT_SECS": "1"})
    try:
        talk = Talk(server, database="main")
        talk.say(query("CREATE TEMP TABLE t (i INTEGER)"))
        talk.say(query("COPY t FROM STDIN"))
        # The answer comes though nothing ends the data.
        answer = [readable(*message) for message in talk.say(copy_data(b"1\n"))]
        assert answer == ["E ERROR 57014", "Z b'I'"]
        # What the client sends before it hears of that belongs to nothing.
        assert talk.say(copy_data(b"2\n") + COPY_DONE + query("SELECT 1"))[-1][0] == b"Z"
        answer = [readable(*message) for message in talk.say(query("SELECT count(*) AS n FROM t"))]
        assert "D [b'0']" in answer, answer
        talk.close()
    finally:
        server.stop()


def test_a_rollback_that_finds_no_slot_is_made_up_for_later():
    server = Tavana(env={"TAVANA_WORKER_SLOTS": "1"}, logs_allowed=["a transaction is rolled back later"])
    try:
        with connect(server) as session, connect(server) as greedy:
            session.execute("CREATE TEMP TABLE t (i INTEGER)")
            session.execute("BEGIN")
            session.execute("INSERT INTO t VALUES (1)")
            failed = []

            def run():
                try:
                    greedy.execute(LONG)
                except psycopg.errors.QueryCanceled as error:
                    failed.append(error)

            running = threading.Thread(target=run)
            running.start()
            eventually("it has the slot", lambda: "\ntavana_queue_running 1\n" in server.get("/metrics"))
            session.execute("ROLLBACK")
            assert session.info.transaction_status == psycopg.pq.TransactionStatus.IDLE
            greedy.cancel_safe()
            running.join()
            assert len(failed) == 1
            assert session.execute("SELECT count(*) FROM t").fetchone() == (0,)
            session.execute("INSERT INTO t VALUES (2)")
            with session.transaction():
                assert session.execute("SELECT i FROM t").fetchall() == [(2,)]
    finally:
        server.stop()
