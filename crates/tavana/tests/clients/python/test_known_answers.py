"""What tools ask about the catalog when they connect is answered by the gateway from its memory, but
only as long as the session has changed nothing, and only to sessions alike."""

import psycopg
import pytest

TYPES = "SELECT oid, typname FROM pg_catalog.pg_type WHERE typname IN ('int4', 'text') ORDER BY oid"
TABLES = "SELECT relname FROM pg_class WHERE relkind = 'r' AND relname LIKE 'known%' ORDER BY 1"


def asked(tavana):
    """How many statements went to the workers."""
    lines = [line for line in tavana.get("/metrics").splitlines() if line.startswith("tavana_statements_total")]
    return sum(float(line.split()[-1]) for line in lines)


@pytest.fixture
def connect(tavana):
    opened = []

    def open_one(**keywords):
        opened.append(psycopg.connect(tavana.dsn, autocommit=True, **keywords))
        return opened[-1]

    yield open_one
    for connection in opened:
        connection.close()


@pytest.mark.parametrize("binary", [False, True])
def test_the_second_session_that_asks_about_the_catalog_wakes_no_worker(tavana, connect, binary):
    sql = f"{TYPES} -- {binary}"
    first = connect().cursor(binary=binary).execute(sql).fetchall()
    before = asked(tavana)
    for _ in range(3):
        assert connect().cursor(binary=binary).execute(sql).fetchall() == first == [(23, "int4"), (25, "text")]
    assert asked(tavana) == before


def test_parameters_and_settings_are_part_of_the_question(connect):
    sql = "SELECT typname FROM pg_type WHERE oid = %s"
    for _ in range(2):
        assert connect().execute(sql, [23]).fetchone() == ("int4",)
        assert connect().execute(sql, [25]).fetchone() == ("text",)
    sql = "SELECT pg_table_is_visible(oid) FROM pg_class WHERE relname = 'columns'"
    for _ in range(2):
        assert connect().execute(sql).fetchone() == (False,)
    sql = "SELECT current_setting('search_path'), oid FROM pg_namespace WHERE nspname = 'public'"
    for path in ("a", "b"):
        with connect() as connection:
            connection.execute(f"SET search_path = {path}")
            assert connection.execute(sql).fetchone()[0] == path


def test_a_session_sees_what_it_has_made_and_no_other_does(connect):
    mine, other = connect(), connect()
    assert mine.execute(TABLES).fetchall() == []
    assert other.execute(TABLES).fetchall() == []
    mine.execute("CREATE TABLE known (id INTEGER)")
    assert mine.execute(TABLES).fetchall() == [("known",)]
    assert other.execute(TABLES).fetchall() == []
    assert connect().execute(TABLES).fetchall() == []
    mine.execute("DISCARD ALL")
    assert mine.execute(TABLES).fetchall() == []


def test_a_block_sees_what_it_has_made(connect):
    connection = connect()
    assert connection.execute(TABLES).fetchall() == []
    with connection.transaction():
        assert connection.execute(TABLES).fetchall() == []
        connection.execute("CREATE TABLE known_in_block (id INTEGER)")
        assert connection.execute(TABLES).fetchall() == [("known_in_block",)]
        raise psycopg.Rollback
    assert connection.execute(TABLES).fetchall() == []


def test_several_statements_of_one_query_are_answered_without_a_worker(tavana, connect):
    sql = f"SELECT version();{TYPES};SELECT nspname FROM pg_namespace WHERE nspname = 'public'"

    def answers():
        cursor = connect().execute(sql)
        found = [cursor.fetchall()]
        while cursor.nextset():
            found.append(cursor.fetchall())
        return found

    first = answers()
    before = asked(tavana)
    assert answers() == first
    assert first[1:] == [[(23, "int4"), (25, "text")], [("public",)]]
    assert asked(tavana) == before


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT random() FROM pg_type WHERE oid = 23",
        "SELECT clock_timestamp() FROM pg_type WHERE oid = 23",
        "SELECT pg_backend_pid() FROM pg_type WHERE oid = 23",
        "SELECT txid_current() FROM pg_type WHERE oid = 23",
        "SELECT uuid() FROM pg_type WHERE oid = 23",
    ],
)
def test_what_moves_by_itself_is_asked_each_time(connect, sql):
    found = [connect().execute(sql).fetchone() for _ in range(3)]
    assert len(set(found)) == 3


def test_a_setting_is_read_before_a_function_to_its_right_changes_it(connect):
    connection = connect()
    sql = "SELECT current_setting('jit'), set_config('jit', 'off', false), current_setting('jit')"
    assert connection.execute(sql).fetchone() == ("on", "off", "off")
    assert connection.execute(sql).fetchone() == ("off", "off", "off")
