"""psycopg 3 and psycopg2."""

import io
import threading
import time

import psycopg
import psycopg2
import psycopg2.extras
import pytest
from psycopg import sql as psycopg_sql


@pytest.fixture
def connection(tavana):
    with psycopg.connect(tavana.dsn, autocommit=True) as connection:
        yield connection


def test_insert_really_inserts_and_reports_its_count(connection):
    connection.execute("CREATE TABLE t (i INTEGER, s VARCHAR)")
    cursor = connection.execute("INSERT INTO t VALUES (%s, %s), (%s, %s)", (1, "a", 2, None))
    assert cursor.rowcount == 2
    cursor.executemany("INSERT INTO t VALUES (%s, %s)", [(number, "m") for number in range(10, 20)])
    assert cursor.rowcount == 10
    assert connection.execute("UPDATE t SET s = 'u' WHERE i >= 10").rowcount == 10
    assert connection.execute("DELETE FROM t WHERE i = 1").rowcount == 1
    assert connection.execute("SELECT count(*), count(s) FROM t").fetchone() == (11, 10)


def test_a_prepared_statement_gives_the_same_rows_ten_times(connection):
    for number in range(10):
        cursor = connection.execute(
            "SELECT i, %s::INTEGER FROM range(3) t(i) ORDER BY i", (number,), prepare=True
        )
        assert cursor.fetchall() == [(0, number), (1, number), (2, number)]


@pytest.mark.parametrize("binary", (False, True))
def test_a_parameter_is_a_value_whatever_it_looks_like(connection, binary):
    connection.execute("CREATE OR REPLACE TABLE users (name VARCHAR)")
    connection.execute("INSERT INTO users VALUES ('ann'), ('bob')")
    count = "SELECT count(*) FROM users WHERE name = %b" if binary else "SELECT count(*) FROM users WHERE name = %t"
    for attack in ("' OR 1=1 --", "'; DROP TABLE users; --", "x' OR 'x'='x", "\\'", "$$", "%"):
        assert connection.execute(count, (attack,)).fetchone() == (0,)
    assert connection.execute(count, ("ann",)).fetchone() == (1,)
    echo = "SELECT %b::VARCHAR" if binary else "SELECT %t::VARCHAR"
    for text in ("01234", "nan", "NULL", "", "true", "1e5", "0x10", " 7 ", "häß 🦆", "a\nb"):
        assert connection.execute(echo, (text,)).fetchone() == (text,)
    data = bytes(range(256))
    assert connection.execute("SELECT %b::BLOB" if binary else "SELECT %t::BLOB", (data,)).fetchone() == (data,)
    assert connection.execute("SELECT count(*) FROM users").fetchone() == (2,)


def test_parameters_of_every_type_go_there_and_back(connection):
    import datetime
    import decimal
    import uuid

    for value, cast in [
        (7, "SMALLINT"), (-(2**31), "INTEGER"), (2**62, "BIGINT"), (decimal.Decimal("12.340"), "DECIMAL(9,3)"),
        (0.1, "DOUBLE"), (True, "BOOLEAN"), ("text", "VARCHAR"), (b"\x00\xff", "BLOB"),
        (datetime.date(2024, 2, 29), "DATE"), (datetime.time(1, 2, 3, 4), "TIME"),
        (datetime.datetime(2024, 2, 29, 1, 2, 3, 4), "TIMESTAMP"),
        (datetime.timedelta(days=2, seconds=3), "INTERVAL"), (uuid.uuid4(), "UUID"),
        ([1, None, 3], "INTEGER[]"), (["a", 'b"c', None], "VARCHAR[]"), (None, "INTEGER"),
    ]:  # fmt: skip
        for form in ("%t", "%b"):
            back = connection.execute(f"SELECT {form}::{cast}", (value,)).fetchone()[0]
            assert back == value, (value, cast, form)


def test_column_names_survive_even_twice(connection):
    cursor = connection.execute("SELECT 1 AS a, 2 AS a, 3 AS \"B c\"")
    assert [column.name for column in cursor.description] == ["a", "a", "B c"]
    assert cursor.fetchone() == (1, 2, 3)


def test_null_is_not_the_word_null(connection):
    assert connection.execute("SELECT NULL, 'NULL', ''").fetchone() == (None, "NULL", "")
    assert connection.execute("SELECT %s::VARCHAR, %s::VARCHAR", (None, "NULL")).fetchone() == (None, "NULL")


def test_transactions_commit_roll_back_and_fail(tavana):
    with psycopg.connect(tavana.dsn) as connection:
        connection.execute("CREATE TABLE t (i INTEGER)")
        connection.commit()
        connection.execute("INSERT INTO t VALUES (1)")
        connection.rollback()
        assert connection.execute("SELECT count(*) FROM t").fetchone() == (0,)
        with pytest.raises(psycopg.errors.UndefinedColumn):
            connection.execute("SELECT bad")
        assert connection.info.transaction_status == psycopg.pq.TransactionStatus.INERROR
        with pytest.raises(psycopg.errors.InFailedSqlTransaction):
            connection.execute("SELECT 1")
        connection.rollback()
        connection.execute("INSERT INTO t VALUES (2)")
        connection.commit()
        assert connection.execute("SELECT i FROM t").fetchall() == [(2,)]


def test_nested_transactions_by_savepoint(connection):
    with connection.transaction():
        assert connection.execute("SELECT 1").fetchone() == (1,)
        with connection.transaction():
            assert connection.execute("SELECT 2").fetchone() == (2,)
    assert connection.execute("SELECT 3").fetchone() == (3,)


def test_temporary_tables_are_of_one_session(tavana):
    with psycopg.connect(tavana.dsn, autocommit=True) as one, psycopg.connect(tavana.dsn, autocommit=True) as two:
        one.execute("CREATE TEMP TABLE mine AS SELECT 1 AS i")
        assert one.execute("SELECT i FROM mine").fetchone() == (1,)
        with pytest.raises(psycopg.errors.UndefinedTable):
            two.execute("SELECT i FROM mine")


def test_several_statements_give_several_results(connection):
    cursor = connection.execute("SELECT 1; SELECT 2, 'x'; SELECT 3 WHERE false")
    results = [cursor.fetchall()]
    while cursor.nextset():
        results.append(cursor.fetchall())
    assert results == [[(1,)], [(2, "x")], []]


def test_a_server_side_cursor_reads_in_parts(tavana):
    with psycopg.connect(tavana.dsn) as connection:
        with connection.cursor(name="big one") as cursor:
            cursor.execute("SELECT i FROM range(10000) t(i)")
            assert cursor.fetchmany(3) == [(0,), (1,), (2,)]
            assert sum(1 for _ in cursor) == 9997


def test_pipeline_mode(connection):
    with connection.pipeline() as pipeline:
        cursors = [connection.execute("SELECT %s::INTEGER * 2", (number,)) for number in range(20)]
        pipeline.sync()
        assert [cursor.fetchone() for cursor in cursors] == [(number * 2,) for number in range(20)]


def test_an_error_in_a_pipeline_aborts_the_rest(connection):
    with pytest.raises(psycopg.errors.UndefinedColumn):
        with connection.pipeline():
            connection.execute("SELECT 1")
            connection.execute("SELECT bad")
            connection.execute("SELECT 3")
    assert connection.execute("SELECT 4").fetchone() == (4,)


def test_stream_reads_row_by_row(connection):
    total = 0
    with connection.cursor() as cursor:
        for (number,) in cursor.stream("SELECT i FROM range(20000) t(i)"):
            total += number
    assert total == 20_000 * 19_999 // 2


@pytest.mark.parametrize("form", ("text", "csv", "binary"))
def test_copy_out_and_in(connection, form):
    connection.execute("CREATE OR REPLACE TABLE source AS SELECT i::INTEGER AS i, CASE WHEN i % 3 = 0 THEN NULL ELSE 'v' || i END AS s, i * 0.5::DOUBLE AS d FROM range(1000) t(i)")
    connection.execute("CREATE OR REPLACE TABLE target AS FROM source WHERE false")
    data = io.BytesIO()
    with connection.cursor().copy(f"COPY source TO STDOUT (FORMAT {form})") as copy:
        for block in copy:
            data.write(block)
    with connection.cursor().copy(f"COPY target FROM STDIN (FORMAT {form})") as copy:
        copy.write(data.getvalue())
    difference = "SELECT count(*) FROM (FROM source EXCEPT ALL FROM target)"
    assert connection.execute(difference).fetchone() == (0,)
    assert connection.execute("SELECT count(*) FROM target").fetchone() == (1000,)


def test_copy_rows_one_by_one(connection):
    connection.execute("CREATE TABLE written (i INTEGER, s VARCHAR)")
    with connection.cursor().copy("COPY written FROM STDIN") as copy:
        for number in range(5000):
            copy.write_row((number, None if number % 2 else f"tab\t{number}"))
    assert connection.execute("SELECT count(*), count(s), sum(i) FROM written").fetchone() == (5000, 2500, 12497500)


def test_cancel_ends_a_statement_within_three_seconds(connection):
    started = time.monotonic()
    timer = threading.Timer(0.5, connection.cancel)
    timer.start()
    with pytest.raises(psycopg.errors.QueryCanceled):
        connection.execute("SELECT count(*) FROM range(1000000000000) a, range(1000) b WHERE a.range % 7 = b.range")
    timer.join()
    assert time.monotonic() - started < 3.5
    assert connection.execute("SELECT 1").fetchone() == (1,)


def test_statement_timeout(connection):
    connection.execute("SET statement_timeout = '500ms'")
    started = time.monotonic()
    with pytest.raises(psycopg.errors.QueryCanceled):
        connection.execute("SELECT count(*) FROM range(1000000000000) a, range(1000) b WHERE a.range % 7 = b.range")
    assert time.monotonic() - started < 3.5


def test_identifiers_composed_by_the_driver(connection):
    name = 'odd "name"; --'
    identifier = psycopg_sql.Identifier(name)
    connection.execute(psycopg_sql.SQL("CREATE TABLE {} (i INTEGER)").format(identifier))
    connection.execute(psycopg_sql.SQL("INSERT INTO {} VALUES (1)").format(identifier))
    assert connection.execute(psycopg_sql.SQL("SELECT i FROM {}").format(identifier)).fetchone() == (1,)


def test_notices_reach_the_client(connection):
    seen = []
    connection.add_notice_handler(lambda diagnostic: seen.append(diagnostic.sqlstate))
    connection.execute("COMMIT")
    assert "25P01" in seen


def test_psycopg2_reads_and_writes(tavana):
    connection = psycopg2.connect(tavana.dsn)
    try:
        with connection.cursor() as cursor:
            cursor.execute("CREATE TABLE t (i INTEGER, s VARCHAR)")
            psycopg2.extras.execute_values(cursor, "INSERT INTO t VALUES %s", [(1, "a"), (2, "it's")])
            assert cursor.rowcount == 2
            cursor.execute("SELECT * FROM t WHERE s = %s", ("it's",))
            assert cursor.fetchall() == [(2, "it's")]
            cursor.execute("SELECT count(*) FROM t WHERE s = %s", ("' OR 1=1 --",))
            assert cursor.fetchone() == (0,)
        connection.rollback()
        with connection.cursor() as cursor, pytest.raises(psycopg2.errors.UndefinedTable):
            cursor.execute("SELECT * FROM t")
        connection.rollback()
        with connection.cursor("named") as cursor:
            cursor.execute("SELECT i FROM range(5000) t(i)")
            assert sum(row[0] for row in cursor) == 5000 * 4999 // 2
    finally:
        connection.close()


def test_psycopg2_copy(tavana):
    connection = psycopg2.connect(tavana.dsn)
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute("CREATE TABLE c (i INTEGER, s VARCHAR)")
            cursor.copy_expert("COPY c FROM STDIN WITH CSV", io.StringIO("1,x\n2,\n"))
            assert cursor.rowcount == 2
            out = io.StringIO()
            cursor.copy_expert("COPY (SELECT * FROM c ORDER BY i) TO STDOUT WITH CSV HEADER", out)
            assert out.getvalue() == "i,s\n1,x\n2,\n"
    finally:
        connection.close()


def test_fifty_sessions_at_once(tavana):
    results, errors = [], []

    def work(number):
        try:
            with psycopg.connect(tavana.dsn, autocommit=True) as connection:
                for _ in range(5):
                    results.append(connection.execute("SELECT sum(i) + %s FROM range(1000) t(i)", (number,)).fetchone()[0] - number)
        except Exception as error:  # noqa: BLE001 - it is what the test is about
            errors.append(repr(error))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert results == [499500] * 250
