"""Errors over Flight SQL: gRPC's code, and in the details the SQLSTATE and DuckDB's class."""

import threading

import adbc_driver_flightsql.dbapi as flight_dbapi
import adbc_driver_manager
import pyarrow as pa
import pyarrow.flight
import pytest
from flight_calls import command, statement
from harness import Tavana, eventually

pytestmark = pytest.mark.filterwarnings("error")

def facts_of(error):
    """What the details of an ADBC error hold, as bytes."""
    return b"".join(value if isinstance(value, bytes) else str(value).encode() for _, value in error.details)


@pytest.mark.parametrize(
    "sql, code, state, duckdb_class",
    [
        ("SELECT bad", "NotFound", "42703", "Binder"),
        ("SELEC 1", "InvalidArgument", "42601", "Parser"),
        ("SELECT * FROM nothing", "NotFound", "42P01", "Catalog"),
        ("SELECT 'x'::VARCHAR::INTEGER", "InvalidArgument", "22P02", "Conversion"),
        ("SELECT 1 FROM range(3) t(i) WHERE error('mine')", "InvalidArgument", "22023", "Invalid Input"),
        ("SELECT * FROM read_text('/etc/passwd')", "PermissionDenied", "42501", None),
        ("CREATE TABLE t (i INTEGER); SELECT 1", "InvalidArgument", "42601", None),
    ],
)
def test_an_error_has_its_code_its_sqlstate_and_duckdbs_class(tavana, sql, code, state, duckdb_class):
    with flight_dbapi.connect(tavana.flight_uri, autocommit=True) as connection:
        with connection.cursor() as cursor:
            with pytest.raises(adbc_driver_manager.Error) as raised:
                cursor.execute(sql)
                cursor.fetchall()
            assert f"SQLSTATE {state}" in str(raised.value) and f"({code};" in str(raised.value)
            facts = facts_of(raised.value)
            assert state.encode() in facts and b"tavana" in facts
            if duckdb_class:
                assert b"duckdb_class" in facts and duckdb_class.encode() in facts
            cursor.execute("SELECT 1")
            assert cursor.fetchone() == (1,)


def test_a_stream_that_fails_ends_in_an_error_and_never_short(tavana):
    sql = "SELECT CASE WHEN i = 3000000 THEN error('mine') ELSE i::VARCHAR END AS v FROM range(4000000) t(i)"
    with pyarrow.flight.connect(tavana.flight_uri) as client:
        ticket = client.get_flight_info(statement(sql)).endpoints[0].ticket
        reader, rows = client.do_get(ticket), 0
        with pytest.raises(pa.ArrowException, match="mine"):
            while True:
                rows += reader.read_chunk().data.num_rows
        assert 0 < rows < 4_000_000
    with flight_dbapi.connect(tavana.flight_uri, autocommit=True) as connection:
        with connection.cursor() as cursor:
            cursor.execute(sql)
            with pytest.raises(adbc_driver_manager.Error, match="mine"):
                cursor.fetch_arrow_table()


def test_a_full_queue_says_when_to_come_back():
    server = Tavana(env={"TAVANA_WORKER_SLOTS": "1", "TAVANA_QUEUE_LENGTH_MAX": "0"})
    try:
        with pyarrow.flight.connect(server.flight_uri) as client:
            info = client.get_flight_info(statement("SELECT i, 'x' || i FROM range(500000000) t(i)"))
            reader = client.do_get(info.endpoints[0].ticket)
            assert reader.read_chunk().data.num_rows > 0
            with flight_dbapi.connect(server.flight_uri, autocommit=True) as connection:
                with connection.cursor() as cursor:
                    with pytest.raises(adbc_driver_manager.Error) as refused:
                        cursor.execute("SELECT i FROM range(2) t(i)")
                    assert "SQLSTATE 53300" in str(refused.value)
                    assert "ResourceExhausted" in str(refused.value)
                    assert "retry-after" in dict(refused.value.details) or b"RetryInfo" in facts_of(refused.value)
            reader.cancel()
    finally:
        server.stop()


def test_calls_and_commands_that_do_not_exist_are_refused_cleanly(tavana):
    with pyarrow.flight.connect(tavana.flight_uri) as client:
        for action in ("Shutdown", "x" * 10_000, ""):
            with pytest.raises(pa.ArrowNotImplementedError):
                list(client.do_action((action, b"")))
        for kind in ("CreatePreparedStatement", "BeginTransaction", "EndTransaction", "EndSavepoint", "CancelQuery", "SetSessionOptions"):
            with pytest.raises((pa.ArrowInvalid, pyarrow.flight.FlightError)):
                list(client.do_action((kind, b"\xff" * 20)))
        with pytest.raises(pa.ArrowNotImplementedError):
            list(client.do_action(("CreatePreparedSubstraitPlan", command("ActionCreatePreparedSubstraitPlanRequest"))))
        path = pyarrow.flight.FlightDescriptor.for_path("../../etc/passwd")
        for descriptor in (path, pyarrow.flight.FlightDescriptor.for_command(b"")):
            with pytest.raises(pa.ArrowInvalid):
                client.get_flight_info(descriptor)
        for name in ("CommandStatementUpdate", "CommandStatementIngest", "CommandStatementSubstraitPlan"):
            with pytest.raises(pa.ArrowNotImplementedError):
                client.get_flight_info(pyarrow.flight.FlightDescriptor.for_command(command(name)))
        assert list(client.list_flights()) == []
        assert {action.type for action in client.list_actions()} >= {"CancelFlightInfo", "SetSessionOptions"}
        ticket = client.get_flight_info(statement("SELECT 42 AS n")).endpoints[0].ticket
        assert client.do_get(ticket).read_all().to_pydict() == {"n": [42]}


def test_ten_thousand_plans_that_nobody_reads_leave_nothing_behind(tavana):
    from test_flight_ingest import resident

    with pyarrow.flight.connect(tavana.flight_uri) as client:
        ask = statement("SELECT i, 'x' || i AS s FROM range(1000000000) t(i)")

        def plans(count):
            for _ in range(count):
                assert client.get_flight_info(ask).endpoints

        plans(500)
        before = resident(tavana.process.pid)
        threads = [threading.Thread(target=plans, args=(2_500,)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        grown = resident(tavana.process.pid) - before
        assert grown < 32, f"the gateway grew by {grown:.0f} MiB"
    # What stays is bounded by settings: those held ready, and idle ones of this user.
    eventually("no engine is kept by a plan", lambda: len(tavana.engines()) <= 2 + 4 + 1)
    eventually("nothing runs", lambda: "tavana_queue_running 0" in tavana.get("/metrics"))
