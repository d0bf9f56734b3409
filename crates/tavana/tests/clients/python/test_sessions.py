"""Sessions as other sessions see them: pg_stat_activity, pg_cancel_backend, pg_terminate_backend."""

import threading

import psycopg
import pytest

from harness import eventually


def connect(tavana, **parameters):
    return psycopg.connect(tavana.dsn, autocommit=True, **parameters)


def test_the_process_id_is_the_one_the_client_was_told(tavana):
    with connect(tavana) as session:
        assert session.execute("SELECT pg_backend_pid()").fetchone() == (session.info.backend_pid,)


def test_a_query_is_cancelled_from_another_session(tavana):
    with connect(tavana) as victim, connect(tavana) as other:
        failed = []

        def run():
            try:
                victim.execute("SELECT count(*) FROM range(1000000000) a, range(1000000000) b")
            except psycopg.errors.QueryCanceled as error:
                failed.append(error)

        running = threading.Thread(target=run, daemon=True)
        running.start()
        state = "SELECT state FROM pg_stat_activity WHERE pid = %s"
        pid = victim.info.backend_pid
        eventually("the query runs", lambda: other.execute(state, [pid]).fetchone() == ("active",))
        # As Superset does it.
        rows = other.execute("SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE pid = %s", [pid])
        assert rows.fetchall() == [(True,)]
        running.join(30)
        assert len(failed) == 1
        assert victim.execute("SELECT 1").fetchone() == (1,), "the session itself goes on"


def test_a_session_is_ended_from_another_one(tavana):
    with connect(tavana) as other:
        victim = connect(tavana)
        pid = victim.info.backend_pid
        assert other.execute("SELECT pg_terminate_backend(%s)", [pid]).fetchone() == (True,)
        with pytest.raises(psycopg.OperationalError):
            victim.execute("SELECT 1 FROM range(1)")
        victim.close()
        gone = "SELECT count(*) FROM pg_stat_activity WHERE pid = %s"
        eventually("its row is gone", lambda: other.execute(gone, [pid]).fetchone() == (0,))
        assert other.execute("SELECT pg_terminate_backend(%s)", [pid]).fetchone() == (False,)


def test_activity_tells_what_sessions_of_the_same_user_do(tavana):
    with connect(tavana, application_name="first") as first, connect(tavana) as second:
        first.execute("BEGIN")
        first.execute("SELECT 'seen' FROM range(1)")
        row = second.execute(
            "SELECT application_name, state, query, usename, backend_start <= query_start, client_addr"
            " FROM pg_stat_activity WHERE pid = %s",
            [first.info.backend_pid],
        ).fetchone()
        user = first.info.user
        assert row == ("first", "idle in transaction", "SELECT 'seen' FROM range(1)", user, True, "127.0.0.1")


def test_a_search_path_may_name_schemas_that_do_not_exist_yet(tavana):
    with psycopg.connect(tavana.dsn, autocommit=True) as connection:
        connection.execute("SET search_path = later, public")
        assert connection.execute("SELECT 1 FROM range(1)").fetchone() == (1,)
        connection.execute("CREATE TABLE first (n INTEGER)")
        connection.execute("CREATE SCHEMA later")
        connection.execute("CREATE TABLE second (n INTEGER)")
        found = connection.execute(
            "SELECT table_schema, table_name FROM information_schema.tables WHERE table_name IN ('first', 'second') ORDER BY 2"
        )
        assert found.fetchall() == [("public", "first"), ("later", "second")]
        connection.execute("DROP SCHEMA later CASCADE")
        connection.execute("SET search_path = nowhere")
        with pytest.raises(psycopg.errors.InvalidSchemaName, match="no schema has been selected"):
            connection.execute("CREATE TABLE third (n INTEGER)")
        connection.execute("CREATE SCHEMA nowhere")
        connection.execute("CREATE TABLE third (n INTEGER)")
        assert connection.execute("SELECT count(*) FROM nowhere.third").fetchone() == (0,)
