"""Flight SQL by the ADBC driver: statements that change something, transactions, many parameters."""

import threading
import time

import adbc_driver_flightsql.dbapi as flight_dbapi
import adbc_driver_manager
import pyarrow as pa
import pyarrow.flight
import pytest
from flight_calls import command, inside, statement, varint_field
from harness import eventually

pytestmark = pytest.mark.filterwarnings("error")

ENDLESS = "SELECT count(*) FROM range(1000000000000) a, range(1000) b WHERE a.range % 7 = b.range"


@pytest.fixture
def connection(tavana):
    with flight_dbapi.connect(tavana.flight_uri, autocommit=True) as connection:
        yield connection


@pytest.fixture
def cursor(connection):
    with connection.cursor() as cursor:
        yield cursor


def one(cursor, sql):
    cursor.execute(sql)
    return cursor.fetchone()[0]


def test_every_change_reports_how_many_rows_it_changed(cursor):
    for sql, count in (
        ("CREATE TABLE t (i INTEGER)", 0),
        ("INSERT INTO t SELECT * FROM range(20)", 20),
        ("UPDATE t SET i = -i WHERE i < 5", 5),
        ("DELETE FROM t WHERE i > 12", 7),
        ("DELETE FROM t WHERE i > 12", 0),
        ("CREATE TABLE u AS SELECT * FROM t", 13),
        ("DROP TABLE u", 0),
    ):
        cursor.execute(sql)
        assert cursor.rowcount == count, sql
    assert one(cursor, "SELECT count(*) FROM t") == 13


def test_an_update_by_its_own_call_reports_its_count(connection, cursor):
    cursor.execute("CREATE TABLE t (i INTEGER)")
    for sql, count in (("INSERT INTO t VALUES (1), (2), (3)", 3), ("DELETE FROM t WHERE i > 1", 2)):
        with connection.cursor() as another:
            another.adbc_statement.set_sql_query(sql)
            assert another.adbc_statement.execute_update() == count


def test_ten_thousand_rows_of_parameters_are_counted(cursor):
    cursor.execute("CREATE TABLE t (i INTEGER, s VARCHAR)")
    cursor.executemany("INSERT INTO t VALUES (?, ?)", [(number, f"v{number}") for number in range(10_000)])
    assert cursor.rowcount == 10_000
    assert one(cursor, "SELECT count(DISTINCT s) FROM t") == 10_000
    cursor.executemany("DELETE FROM t WHERE i = ?", [(number,) for number in range(0, 30, 3)])
    assert cursor.rowcount == 10


def test_a_batch_that_fails_changes_nothing(cursor):
    cursor.execute("CREATE TABLE t (i INTEGER PRIMARY KEY)")
    with pytest.raises(adbc_driver_manager.Error, match="SQLSTATE 23505"):
        cursor.executemany("INSERT INTO t VALUES (?)", [(1,), (2,), (1,)])
    assert one(cursor, "SELECT count(*) FROM t") == 0


def test_parameters_keep_their_types(cursor):
    cursor.execute("SELECT ? + 1", (41,))
    assert cursor.fetchall() == [(42,)]
    cursor.execute("SELECT ? + 1", (2**40,))
    assert cursor.fetchall() == [(2**40 + 1,)]
    rows = pa.record_batch({"a": [1, 2, 3], "b": ["x", None, "z"]})
    cursor.execute("SELECT ? * 10, coalesce(?, 'none')", rows)
    assert cursor.fetchall() == [(10, "x"), (20, "none"), (30, "z")]


def test_a_statement_that_was_prepared_sees_what_was_changed_since(cursor, connection):
    cursor.execute("CREATE TABLE t (i INTEGER)")
    with connection.cursor() as prepared:
        assert prepared.adbc_prepare("SELECT * FROM t") is not None
        cursor.execute("ALTER TABLE t ADD COLUMN s VARCHAR")
        cursor.execute("INSERT INTO t VALUES (1, 'x')")
        prepared.execute("SELECT * FROM t")
        table = prepared.fetch_arrow_table()
        assert table.to_pydict() == {"i": [1], "s": ["x"]}


def test_without_autocommit_a_rollback_removes_rows_and_a_commit_keeps_them(tavana):
    with flight_dbapi.connect(tavana.flight_uri, autocommit=False) as connection:
        with connection.cursor() as cursor:
            cursor.execute("CREATE TABLE t (i INTEGER)")
            connection.commit()
            cursor.execute("INSERT INTO t VALUES (1), (2)")
            assert cursor.rowcount == 2
            assert one(cursor, "SELECT count(*) FROM t") == 2
            connection.rollback()
            assert one(cursor, "SELECT count(*) FROM t") == 0
            cursor.executemany("INSERT INTO t VALUES (?)", [(1,), (2,), (3,)])
            connection.commit()
            connection.rollback()
            assert one(cursor, "SELECT count(*) FROM t") == 3
            # A failed statement fails the transaction until it is rolled back.
            with pytest.raises(adbc_driver_manager.Error, match="SQLSTATE 42703"):
                cursor.execute("SELECT bad")
            with pytest.raises(adbc_driver_manager.Error, match="SQLSTATE 25P02"):
                one(cursor, "SELECT 1")
            connection.rollback()
            assert one(cursor, "SELECT 1") == 1


def test_savepoints_are_what_duckdb_allows(tavana):
    with flight_dbapi.connect(tavana.flight_uri, autocommit=False) as connection:
        with connection.cursor() as cursor:
            cursor.execute("SAVEPOINT a")
            assert one(cursor, "SELECT 1") == 1
            cursor.execute("ROLLBACK TO SAVEPOINT a")
            cursor.execute("RELEASE SAVEPOINT a")
            cursor.execute("SAVEPOINT b")
            cursor.execute("CREATE TABLE t (i INTEGER)")
            # What was written since cannot be undone alone, and is not silently kept.
            with pytest.raises(adbc_driver_manager.Error, match="SQLSTATE 0A000"):
                cursor.execute("ROLLBACK TO SAVEPOINT b")
            connection.rollback()
            assert one(cursor, "SELECT count(*) FROM duckdb_tables() WHERE table_name = 't'") == 0


RELEASE, ROLLBACK = 1, 2


def act(client, kind, *fields, body=b""):
    """What an action of Flight SQL answers with: an id, or nothing."""
    results = list(client.do_action((kind, command(f"Action{kind}Request", *fields, body=body))))
    return inside(results[0].body.to_pybytes())[1] if results else None


def end_savepoint(client, savepoint, action):
    assert act(client, "EndSavepoint", (1, savepoint), body=varint_field(2, action)) is None


def refused(sqlstate):
    return pytest.raises((pa.ArrowException, pyarrow.flight.FlightError), match=sqlstate)


def test_savepoint_actions_do_what_savepoints_of_sql_do(tavana):
    with pyarrow.flight.connect(tavana.flight_uri) as client:

        def query(sql):
            info = client.get_flight_info(statement(sql))
            return client.do_get(info.endpoints[0].ticket).read_all()

        transaction = act(client, "BeginTransaction")
        outer = act(client, "BeginSavepoint", (1, transaction), (2, b"same name"))
        inner = act(client, "BeginSavepoint", (1, transaction), (2, b"same name"))
        # A statement that fails ends the transaction for all but what ends or rolls back.
        with refused("42703"):
            query("SELECT bad")
        with refused("25P02"):
            query("SELECT 1 FROM range(1)")
        end_savepoint(client, inner, ROLLBACK)
        assert query("SELECT 1 FROM range(1)").num_rows == 1
        end_savepoint(client, inner, RELEASE)
        with refused("3B001"):
            end_savepoint(client, inner, RELEASE)
        # A failure in a transaction is one, whoever failed.
        end_savepoint(client, outer, ROLLBACK)
        another = act(client, "BeginSavepoint", (1, transaction), (2, b"same name"))
        end_savepoint(client, outer, RELEASE)
        with refused("3B001"):
            end_savepoint(client, another, ROLLBACK)
        rolled_back = act(client, "EndTransaction", (1, transaction), body=varint_field(2, ROLLBACK))
        assert rolled_back is None

        # What was written since cannot be undone alone, and is not silently kept.
        transaction = act(client, "BeginTransaction")
        savepoint = act(client, "BeginSavepoint", (1, transaction), (2, b""))
        client.get_flight_info(statement("CREATE TABLE pointed (i INTEGER)"))
        with refused("0A000"):
            end_savepoint(client, savepoint, ROLLBACK)
        act(client, "EndTransaction", (1, transaction), body=varint_field(2, ROLLBACK))
        assert query("SELECT * FROM duckdb_tables() WHERE table_name = 'pointed'").num_rows == 0


def test_a_savepoint_belongs_to_its_transaction(tavana):
    with pyarrow.flight.connect(tavana.flight_uri) as client:
        with refused("needs the transaction"):
            act(client, "BeginSavepoint", (2, b"a"))
        with refused("not one of this cluster"):
            act(client, "BeginSavepoint", (1, b"made up"), (2, b"a"))
        with refused("not one of this cluster"):
            end_savepoint(client, b"made up", RELEASE)
        first = act(client, "BeginTransaction")
        savepoint = act(client, "BeginSavepoint", (1, first), (2, b"a"))
        with refused("neither release nor rollback"):
            end_savepoint(client, savepoint, 0)
        with pyarrow.flight.connect(tavana.flight_uri) as other, refused("not open on this connection"):
            end_savepoint(other, savepoint, RELEASE)
        act(client, "EndTransaction", (1, first), body=varint_field(2, 1))
        act(client, "BeginTransaction")
        with refused("not open on this connection"):
            end_savepoint(client, savepoint, ROLLBACK)
        with refused("not open on this connection"):
            act(client, "BeginSavepoint", (1, first), (2, b"a"))


def test_a_cancel_from_another_thread_returns_within_a_second_and_the_engine_is_free(tavana, connection, cursor):
    cursor.execute("CREATE TABLE here (i INTEGER)")
    cancelled = []

    def cancel():
        cancelled.append(time.monotonic())
        cursor.adbc_cancel()

    timer = threading.Timer(1.0, cancel)
    timer.start()
    with pytest.raises(adbc_driver_manager.Error):
        cursor.execute(ENDLESS)
        cursor.fetchall()
    took = time.monotonic() - cancelled[0]
    timer.join()
    assert took < 1
    # The session's own engine answers at once, and still has its table.
    with connection.cursor() as another:
        began = time.monotonic()
        assert one(another, "SELECT count(*) FROM here") == 0
        assert time.monotonic() - began < 2


def test_a_reader_that_goes_ends_its_statement(tavana):
    def running():
        for line in tavana.get("/metrics").splitlines():
            if line.startswith("tavana_queue_running"):
                return float(line.split()[-1])
        raise AssertionError("the metric is gone")

    with flight_dbapi.connect(tavana.flight_uri, autocommit=True) as connection:
        with connection.cursor() as cursor:
            cursor.execute("SELECT i, 'x' || i FROM range(500000000) t(i)")
            reader = cursor.fetch_record_batch()
            assert reader.read_next_batch().num_rows > 0
            assert running() == 1
        assert eventually("the statement ends", lambda: running() == 0, within=5) < 1


def test_substrait_is_refused_cleanly(cursor):
    with pytest.raises(adbc_driver_manager.NotSupportedError, match="Unimplemented"):
        cursor.execute(b"no plan")
    assert one(cursor, "SELECT 1") == 1


def test_a_result_left_unread_does_not_end_its_transaction(tavana):
    with flight_dbapi.connect(tavana.flight_uri, autocommit=False) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE kept (n INTEGER)")
        for _ in range(5):
            cursor.execute("INSERT INTO kept VALUES (1)")
            cursor.execute("SELECT i, 'x' || i AS s FROM range(100000000) t(i)")
            assert cursor.fetchone() == (0, "x0")
        assert one(cursor, "SELECT count(*) FROM kept") == 5
        connection.commit()
        assert one(cursor, "SELECT count(*) FROM kept") == 5
