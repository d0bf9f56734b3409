"""Flight SQL: options of a session, its end, and polling for what takes long."""

import time

import adbc_driver_flightsql.dbapi as flight_dbapi
import adbc_driver_manager
import pyarrow as pa
import pyarrow.flight
import pytest
from flight_calls import statement
from harness import Tavana, eventually

pytestmark = pytest.mark.filterwarnings("error")

SLOW = "SELECT sum(hash(a.range + b.range) % 7)::BIGINT AS s FROM range(1000000) a, range(300) b"


@pytest.fixture
def connection(tavana):
    with flight_dbapi.connect(tavana.flight_uri, autocommit=True) as connection:
        yield connection


@pytest.fixture
def cursor(connection):
    with connection.cursor() as cursor:
        yield cursor


def option(connection, name):
    return connection.adbc_connection.get_option(f"adbc.flight.sql.session.option.{name}")


def set_option(connection, name, value, kind="option"):
    connection.adbc_connection.set_options(**{f"adbc.flight.sql.session.{kind}.{name}": value})


def one(cursor, sql):
    cursor.execute(sql)
    return cursor.fetchone()[0]


def test_a_session_says_where_it_is_and_goes_elsewhere(connection, cursor):
    assert (connection.adbc_current_catalog, connection.adbc_current_db_schema) == ("memory", "main")
    cursor.execute("CREATE SCHEMA other")
    cursor.execute("CREATE TABLE other.t AS SELECT 7 AS i")
    connection.adbc_current_db_schema = "other"
    assert connection.adbc_current_db_schema == "other"
    assert one(cursor, "SELECT i FROM t") == 7
    cursor.execute("ATTACH ':memory:' AS \"second one\"")
    connection.adbc_current_catalog = "second one"
    assert (connection.adbc_current_catalog, connection.adbc_current_db_schema) == ("second one", "main")
    connection.adbc_current_catalog = "memory"
    assert one(cursor, "SELECT i FROM other.t") == 7
    for name in ("nowhere", "", 'a"b; DROP SCHEMA other; --'):
        with pytest.raises(adbc_driver_manager.Error):
            connection.adbc_current_db_schema = name
        with pytest.raises(adbc_driver_manager.Error):
            connection.adbc_current_catalog = name
    assert connection.adbc_current_catalog == "memory"


def test_settings_are_options_and_every_later_statement_has_them(connection, cursor):
    set_option(connection, "TimeZone", "Asia/Tokyo")
    assert option(connection, "TimeZone") == "Asia/Tokyo"
    assert one(cursor, "SELECT (TIMESTAMPTZ '2024-01-01 00:00:00+00')::VARCHAR") == "2024-01-01 09:00:00+09"
    set_option(connection, "TimeZone", "", kind="optionerase")
    assert one(cursor, "SELECT current_setting('TimeZone')") == "UTC"
    set_option(connection, "app.user", "it's me")
    assert option(connection, "app.user") == "it's me"
    set_option(connection, "statement_timeout", "1500")
    assert option(connection, "statement_timeout") in ("1500", "1500ms")


@pytest.mark.parametrize(
    "name, value, why",
    [
        ("no_such_setting", "1", "name"),
        ("bad name", "1", "name"),
        ("TimeZone; DROP TABLE t", "1", "name"),
        ("statement_timeout", "soon", "value"),
        ("TimeZone", "Nowhere/Land", "value"),
    ],
)
def test_an_option_that_cannot_be_set_is_named_and_the_session_goes_on(connection, cursor, name, value, why):
    with pytest.raises(adbc_driver_manager.Error) as refused:
        set_option(connection, name, value)
    assert why in str(refused.value).lower()
    assert one(cursor, "SELECT 1") == 1


def test_a_setting_that_the_worker_has_fixed_stays(connection, cursor):
    before = one(cursor, "SELECT current_setting('memory_limit')")
    with pytest.raises(adbc_driver_manager.Error):
        set_option(connection, "memory_limit", "900GB")
    assert one(cursor, "SELECT current_setting('memory_limit')") == before


def test_a_closed_session_has_left_nothing_and_can_be_closed_again(tavana):
    with pyarrow.flight.connect(tavana.flight_uri) as client:
        make = statement("CREATE TABLE mine AS SELECT 1 AS i")
        client.get_flight_info(make)
        assert client.get_flight_info(statement("SELECT * FROM mine")).endpoints
        for _ in range(2):
            (result,) = client.do_action(("CloseSession", b""))
            assert result.body.to_pybytes() == b"\x08\x01"
        with pytest.raises(pa.ArrowKeyError, match="42P01"):
            client.get_flight_info(statement("SELECT * FROM mine"))
    assert eventually("its engine is gone", lambda: len(tavana.engines()) <= 8) < 10


def test_partitions_are_read_and_a_poll_is_complete_when_its_rows_are(connection):
    with connection.cursor() as cursor:
        cursor.adbc_statement.set_options(**{"adbc.statement.exec.incremental": "true"})
        cursor.adbc_statement.set_sql_query(SLOW)
        partitions = []
        while True:
            found, _, _ = cursor.adbc_statement.execute_partitions()
            if not found:
                break
            partitions += found
        assert len(partitions) == 1


def pinned(tavana):
    metrics = tavana.get("/metrics").splitlines()
    return next(line.split()[1] for line in metrics if line.startswith("tavana_worker_pinned_sessions"))


@pytest.mark.parametrize(
    "setting, state",
    (("idle_in_transaction_session_timeout", "25P03"), ("transaction_timeout", "25P04")),
)
def test_a_transaction_whose_client_is_silent_for_too_long_ends_and_its_client_is_told_once(
    tavana, connection, cursor, setting, state
):
    cursor.execute(f"SET {setting} = '2s'")
    cursor.execute("BEGIN")
    cursor.execute("CREATE TABLE of_it AS SELECT 1 AS i")
    eventually("it has an engine", lambda: pinned(tavana) == "1")
    eventually("the engine is free", lambda: pinned(tavana) == "0")
    with pytest.raises(adbc_driver_manager.Error, match=state):
        cursor.execute("INSERT INTO of_it VALUES (2)")
    assert one(cursor, "SELECT 42") == 42
    with pytest.raises(adbc_driver_manager.Error, match="of_it"):
        cursor.execute("SELECT * FROM of_it")


def test_a_transaction_that_goes_on_is_not_ended_by_the_limit_of_silence(tavana, connection, cursor):
    cursor.execute("SET idle_in_transaction_session_timeout = '1s'")
    cursor.execute("BEGIN")
    cursor.execute("CREATE TABLE of_it AS SELECT 1 AS i")
    began = time.monotonic()
    # Longer than the limit, in one statement and in many.
    cursor.execute("SELECT sum(hash(a.range + b.range) % 7) FROM range(1000000) a, range(100) b")
    cursor.fetchall()
    while time.monotonic() - began < 2:
        assert one(cursor, "SELECT count(*) FROM of_it") == 1
    cursor.execute("COMMIT")
    # Out of the transaction the limit is another one.
    cursor.execute("SET idle_session_timeout = '2s'")
    eventually("it has an engine", lambda: pinned(tavana) == "1")
    eventually("the session has ended", lambda: pinned(tavana) == "0")
    with pytest.raises(adbc_driver_manager.Error, match="57P05"):
        cursor.execute("SELECT 1")
    assert one(cursor, "SELECT 42") == 42


def test_a_transaction_of_the_driver_ends_by_the_limit_of_all_sessions():
    server = Tavana(env={"TAVANA_IDLE_IN_TRANSACTION_TIMEOUT_SECS": "2"})
    try:
        with flight_dbapi.connect(server.flight_uri) as connection, connection.cursor() as cursor:
            cursor.execute("CREATE TABLE of_it AS SELECT 1 AS i")
            eventually("it has an engine", lambda: pinned(server) == "1")
            eventually("the engine is free", lambda: pinned(server) == "0")
            with pytest.raises(adbc_driver_manager.Error, match="25P03"):
                cursor.execute("INSERT INTO of_it VALUES (2)")
            # Nothing is left to roll back, and the driver begins its next transaction.
            connection.rollback()
            assert one(cursor, "SELECT 42") == 42
    finally:
        server.stop()
