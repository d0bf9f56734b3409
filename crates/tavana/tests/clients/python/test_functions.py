"""Functions that DuckDB lacks or computes in another way: each has the value that PostgreSQL gives."""

from decimal import Decimal

import psycopg
import pytest
from psycopg.types.string import TextLoader

VALUES = r"""
length('josé')
length('\x1234'::bytea)
length('')
length(NULL::text)
length('josé'::bytea, 'UTF8')
to_hex(255)
to_hex(-1)
to_hex(4294967296)
cardinality(array[1, 2])
cardinality(array[[1, 2], [3, 4]])
cardinality(array[]::int[])
array_fill(7, array[3])
normalize('a')
regexp_match('foobarbequebaz', '(bar)(beque)')
regexp_match('foobarbequebaz', 'bar.*que')
regexp_match('abc', 'x')
regexp_match('abc', 'B', 'i')
regexp_match('2024-05-06', '(\d+)-(\d+)-(\d+)')
regexp_match('aaa', 'a+?')
regexp_match('x(y)', '\((\w)\)')
regexp_match('a]b', '[]](b)')
regexp_match('the cat', '\mcat\M')
regexp_match('foobar', '(?:foo)(bar)')
regexp_match(E'a\nb', 'a.b')
regexp_match(NULL, 'a')
num_nulls(1, NULL, 2)
num_nulls(NULL::int)
num_nonnulls(1, NULL, 2)
num_nonnulls('a', 1, NULL, NULL)
to_number('12,454.8-', '99G999D9S')
to_number('1234', '9999')
to_number('-34,338,492', '99G999G999')
to_number('$1,234.56', 'L9,999.99')
to_number('<564646.654564>', '999999.999999PR')
to_number('.5', '9.9')
to_number('-12.50', 'S99.99')
scale(8.4100)
scale(8)
min_scale(8.4100)
sind(30)
sind(45)
sind(180)
cosd(60)
cosd(90)
tand(45)
cotd(45)
asind(0.5)
acosd(0.5)
atand(1)
atan2d(1, 1)
justify_days(interval '35 days')
justify_days(interval '-35 days')
justify_days(interval '1 month -3 days')
justify_hours(interval '27 hours')
justify_hours(interval '2 days -5 hours')
justify_hours(interval '-100 hours')
justify_hours(interval '1 month 25 hours 61 minutes 0.5 seconds')
justify_interval(interval '1 mon -1 hour')
justify_interval(interval '-40 days 50 hours')
justify_interval(interval '100 days 100 hours')
justify_interval(interval '-1 mon 1 hour')
justify_interval(interval '0')
overlay('abcdef' placing 'XX' from 2 for 3)
overlay('abcdef' placing 'XX' from 2)
'{1,NULL," a,b ",c d}'::text[]
'{1,2}'::_int4
'{}'::_text
cardinality('{{1,2},{3,4}}'::int[])
('{{1,2},{3,4}}'::int[])[2][1]
lpad('7', 3)
rpad('ab', 4) || '|'
substring('ab12c' from '[0-9]+')
substring('foobar' from 'o(.)b')
substring('foobar', 'x+')
substring('foobar' from 2 for 3)
'{"a": {"b": [1, "x"]}}'::json #>> '{a,b,1}'
'{"a": {"0": "y"}}'::json #>> '{a,0}'
'{"a": 1}'::json #>> '{z}'
to_char(NULL::date, 'YYYY-MM')
to_char(NULL::timestamp, 'YYYY-MM-DD HH24:MI')
to_char(NULL::timestamptz, 'YYYY')
to_char(NULL::interval, 'HH24')
to_char(date '2024-05-06', NULL)
true AND '{"a": "b"}'::json->>'a' = 'b'
false OR NOT '{"a": "b"}'::json->>'a' = 'c'
'b' = '{"a": "b"}'::json->>'a'
'{"a": {"b": "c"}}'::json->'a'->>'b' LIKE 'c%'
'{"a": "b"}'::json->>'a' || '!'
'{"a": "b"}'::json->>'a' IN ('b', 'c') AND '{"a": 1}'::json->>'z' IS NULL
to_char(interval '15h 2m 12s', 'HH24:MI:SS')
to_char(interval '3 days 100 hours', 'DD HH24:MI')
to_char(interval '1 year 2 months', 'YYYY-MM')
to_char(interval '13h 5m 1.234567s', 'HH12:MI:SS.MS US')
to_char(interval '-3 hours', 'HH24')
to_char(interval '90 seconds', 'FMMI "min" SS')
to_char(interval '0', 'HH:MI')
to_char(NULL::interval, 'HH24')
date_bin('15 minutes', timestamp '2001-02-16 20:38:40', timestamp '2001-02-16 20:05:00')
date_bin('15 minutes', timestamp '2020-02-11 15:44:17', timestamp '2001-01-01')
date_bin('1 hour', timestamp '1999-02-11 15:44:17', timestamp '2001-01-01 00:02:30')
isfinite(date '2001-02-16')
isfinite(date 'infinity')
isfinite(timestamp 'infinity')
isfinite(interval '4 hours')
sha256('abc'::bytea)
format('%2$s %1$s|%s', 'a', 'b')
format('%3$s, %s and %1$L', 'a', 'b', 'c', 'd')
format('%5s|%-5s|%5I|%-6L|', 'a', 'b', 'c d', 'e')
format('%2$-4s|', 'a', 'b')
format('%3s|%s%%', 'abcdef', NULL)
'20240105'::date
'Jan 5, 2024'::date
'05-Jan-2024'::date
date '5 January 2024'
'today'::date = current_date
date 'yesterday' = current_date - 1
cast('tomorrow' AS timestamp) = current_date + 1
'now'::timestamptz = now()
'now'::timestamp = localtimestamp
'epoch'::timestamp
'20240105T100203'::timestamp
'2024-01-05 10:02 PM'::timestamp
timestamp '2024-01-05 12:02:03.5 am'
'2024-01-05 10:02+02'::timestamptz AT TIME ZONE 'UTC'
timestamptz '2024-01-05 10:02:03 -02:30' AT TIME ZONE 'UTC'
'2024-01-05T10:02Z'::timestamptz AT TIME ZONE 'UTC'
'2024-01-05 10:02:03 Europe/Zurich'::timestamptz AT TIME ZONE 'UTC'
'10:02 PM'::time
'0044-03-15 BC'::date < '0044-03-15'::date
'P1Y2M3DT4H5M6.5S'::interval
interval 'PT90M'
'1-2'::interval
interval '1:30' hour to minute
interval '1 02:03' day to minute
interval '2-3' year to month
'on'::bool
'off'::boolean
'ye'::bool
(B'101')::text
X'1F'::text
B'101' || B'1' = B'1011'
set_byte('\x1234567890'::bytea, 4, 64)
set_byte('\x1234567890'::bytea, 0, 7)
bit_count('\x1234567890'::bytea)
""".strip().splitlines()


@pytest.fixture(scope="module")
def both(tavana, postgres16):
    connections = [
        psycopg.connect(host=server.host, port=server.pg_port, user="tester", dbname="main", autocommit=True)
        for server in (tavana, postgres16)
    ]
    for connection in connections:
        # As they are written: Python's have no months.
        connection.adapters.register_loader("interval", TextLoader)
    yield connections
    for connection in connections:
        connection.close()


def ours(expression):
    """DuckDB writes bytes with each of them escaped."""
    start, found, rest = expression.partition(r"'\x")
    if not found:
        return expression
    digits, _, rest = rest.partition("'")
    return start + "'" + "".join(rf"\x{digits[at:at + 2]}" for at in range(0, len(digits), 2)) + "'" + rest


@pytest.mark.parametrize("expression", VALUES)
def test_a_function_gives_what_postgresql_gives(both, expression):
    found, expected = [
        connection.execute(f"SELECT {text}").fetchone()[0]
        for connection, text in zip(both, (ours(expression), expression), strict=True)
    ]
    if isinstance(expected, float):
        assert found == pytest.approx(expected, abs=1e-12)
    else:
        assert found == expected
        assert isinstance(found, Decimal) == isinstance(expected, Decimal)


def test_the_length_of_what_has_none_is_an_error(both):
    for connection in both:
        with pytest.raises(psycopg.Error):
            connection.execute("SELECT length(123)")


def test_what_duckdb_takes_besides_still_has_its_value(both):
    asked = "SELECT length([1, 2, 3]), sha256('abc'), cardinality(MAP {1: 2}), to_hex('abc'), regexp_matches('abc', 'b')"
    connection = both[0]
    lengths = connection.execute(asked).fetchone()
    assert lengths == (3, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", 1, "616263", True)
    asked = "SELECT list_transform([1], x -> '*'), list_transform([1], x -> ''), '{\"a\":[1]}'->'$.a[0]'"
    assert connection.execute(asked).fetchone() == (["*"], [""], 1)


@pytest.mark.parametrize(
    "query",
    [
        r"SELECT 'a_c' LIKE 'a\_c', 'abc' LIKE 'a\_c', 'a%' ILIKE 'A\%', 'abc' NOT LIKE 'a\_c', 'a\b' LIKE 'a\\b'",
        r"SELECT 'a_c' LIKE v FROM (VALUES ('a\_c'), ('a!_c'), ('a_c')) t(v)",
        r"SELECT 'a_c' LIKE 'a!_c' ESCAPE '!', 'a\c' LIKE 'a\c' ESCAPE '', 'a_c' ~~ 'a\_c'",
        "SELECT * FROM unnest(ARRAY[1, 2], ARRAY['a', 'b', 'c']) AS t(a, b)",
        "SELECT * FROM unnest(ARRAY[1, 2], ARRAY['a', 'b', 'c']) WITH ORDINALITY AS t(a, b, o)",
        "SELECT x.i, a, b FROM (VALUES (1), (2)) x(i), unnest(ARRAY[x.i, 5], ARRAY['a', 'b']) AS t(a, b) ORDER BY 1, 2",
        "SELECT * FROM generate_subscripts(ARRAY[5, 6, 7], 1) AS i",
        "SELECT s.i FROM generate_subscripts(ARRAY[5, 6, 7], 1) AS s(i) ORDER BY 1 DESC",
        "SELECT relname FROM ONLY pg_class WHERE relname = 'pg_type'",
        "SELECT json_agg(i ORDER BY i DESC) FROM (VALUES (1), (3), (2)) t(i)",
        "SELECT json_agg(DISTINCT i), count(*) FROM (VALUES (1), (1)) t(i)",
        "SELECT jsonb_agg(i ORDER BY i) FILTER (WHERE i > 1), json_agg(i) FILTER (WHERE i > 9) FROM (VALUES (3), (1), (2)) t(i)",
        "SELECT g, json_agg(i ORDER BY i) FROM (VALUES (1, 'a'), (1, NULL), (2, 'b')) t(g, i) GROUP BY g ORDER BY g",
        "SELECT v FROM (VALUES (date '2024-01-05')) t(v) WHERE v = '20240105'::date AND v < date 'today'",
        "SELECT v FROM (VALUES (interval '90 minutes')) t(v) WHERE v = interval '1:30' hour to minute",
        "SELECT v FROM (VALUES (b'101'), (b'11')) t(v) WHERE v = b'101'",
        "SELECT 'abc'\n  'def', 1, E'caf\\u00e9'\n'x'",
        "SELECT 0b101, 0o17, 0x1F + 1",
        "SELECT * FROM (SELECT current_date = current_date AS a, current_date) q WHERE q.current_date = current_date",
        "WITH x AS (SELECT localtimestamp, 1 AS a) SELECT a FROM x",
        "SELECT d::date FROM generate_series(date '2024-01-01', date '2024-01-03', '1 day') d",
        "SELECT * FROM generate_series(timestamp '2024-01-01', '2024-01-01 01:00', '30 min') AS t(x)",
        "SELECT i, sum(i) OVER (ORDER BY t RANGE BETWEEN '1 day' PRECEDING AND CURRENT ROW) "
        "FROM (VALUES (1, timestamp '2024-01-01'), (2, '2024-01-02'), (4, '2024-01-05')) v(i, t) ORDER BY 1",
        "SELECT i, sum(i) OVER (ORDER BY i ROWS BETWEEN '1' PRECEDING AND CURRENT ROW) FROM (VALUES (1), (2)) v(i) ORDER BY 1",
        "SELECT date_trunc('day', timestamptz '2024-03-10 03:00+00', 'America/New_York') AT TIME ZONE 'UTC'",
        "SELECT current_timestamp(0) = date_trunc('second', current_timestamp(0)), "
        "localtimestamp(3) = date_trunc('milliseconds', localtimestamp(3))",
        """SELECT j->>'$ref', j->>'*', j->>'', j->'a"b' FROM (SELECT '{"$ref":1,"*":"s","":3,"a\\"b":4}'::json AS j) t""",
        "SELECT e->>'x' FROM jsonb_array_elements('[{\"x\":1},{\"x\":null},{}]'::jsonb) AS e",
        "SELECT value->>'x', e.value FROM jsonb_array_elements('[{\"x\":1}]') AS e",
        "SELECT * FROM json_array_elements_text('[\"a\",null,1]') AS t(v)",
        "SELECT i, e FROM (VALUES (1, '[10,20]'::jsonb), (2, '[]'), (3, '[30]')) t(i, d), "
        "LATERAL jsonb_array_elements(t.d) e ORDER BY 1, e::text",
        "SELECT i, x FROM (VALUES (1, '[10]'::jsonb), (2, '[]')) t(i, d) "
        "LEFT JOIN LATERAL jsonb_array_elements_text(d) AS x ON true ORDER BY 1",
        "SELECT * FROM jsonb_each('{\"a\":1,\"b\":\"x\"}')",
        "SELECT k, v FROM jsonb_each_text('{\"a\":1,\"b\":\"x\"}') AS t(k, v)",
        "SELECT count(*) FROM jsonb_object_keys('{\"a\":1,\"b\":2}') AS k WHERE k > 'a'",
        "SELECT 1 FROM keyed a, keyed b FOR UPDATE OF a, b",
        "SELECT 1 FROM keyed FOR NO KEY UPDATE OF keyed SKIP LOCKED",
        "SELECT a.attname FROM pg_index i, generate_subscripts(i.indkey, 1) AS k "
        "JOIN pg_attribute a ON true WHERE a.attrelid = i.indrelid AND a.attnum = i.indkey[k] "
        "AND i.indrelid = 'keyed'::regclass ORDER BY k",
        "SELECT generate_subscripts(indkey, 1) FROM pg_index WHERE indrelid = 'keyed'::regclass",
    ],
)
def test_a_query_gives_what_postgresql_gives(both, query):
    tavana, postgres = both
    for connection in both:
        connection.execute("CREATE TABLE IF NOT EXISTS keyed (a INTEGER, b INTEGER, c INTEGER, PRIMARY KEY (c, a))")
    assert tavana.execute(query).fetchall() == postgres.execute(query).fetchall()


@pytest.mark.parametrize(
    "query",
    [
        "SELECT n || %s FROM (VALUES ('a'), ('b')) t(n)",
        "SELECT %s::text || 'x', %s::numeric * 2, round(%s::numeric), %s::int * 1.5",
        "SELECT x * %s, coalesce(n || %s, 'none') FROM (VALUES (1, 'a')) t(x, n)",
        "SELECT extract(year FROM %s::timestamp), to_char(now(), 'YYYY') || %s, date '2024-01-01' + %s::interval",
        "SELECT n || %s, count(*) FROM (VALUES ('a'), ('a')) t(n) GROUP BY 1",
    ],
)
def test_a_parameter_that_is_null_changes_no_type(both, query):
    answers = []
    for connection in both:
        with connection.cursor() as cursor:
            nothing = [None] * query.count("%s")
            for _ in range(2):
                rows = cursor.execute(query, nothing).fetchall()
            answers.append(rows)
    assert answers[0] == answers[1]


def test_values_of_one_statement_may_be_null_and_not(both):
    connection = both[0]
    for value, expected in [("x", "ax"), (None, None), ("y", "ay"), (None, None)]:
        cursor = connection.execute("SELECT n || %s FROM (VALUES ('a')) t(n)", [value], prepare=True)
        assert (cursor.fetchall(), cursor.description[0].type_code) == ([(expected,)], 25)


@pytest.mark.parametrize(
    ("query", "values"),
    [
        ("SELECT to_date(%s, %s)", ["2024-01-02", "YYYY-MM-DD"]),
        ("SELECT to_date('2024-01-02', %s)", ["YYYY-MM-DD"]),
        ("SELECT regexp_replace(%s, %s, %s, %s)", ["abcb", "b", "x", "g"]),
    ],
)
def test_describing_a_statement_fails_no_transaction(both, query, values):
    answers = []
    for connection in both:
        with connection.transaction():
            connection.execute("SELECT 1")
            answers.append(connection.execute(query, values).fetchall())
    assert answers[0] == answers[1]


def test_columns_have_postgresqls_names_and_integers_its_types(both):
    asked = (
        "SELECT unnest(ARRAY[1]), unnest(string_to_array('a', ',')), length('abc'), json_array_length('[1]'), "
        "strpos('a', 'a') AS s"
    )
    answers = []
    for connection in both:
        cursor = connection.execute(asked)
        answers.append([(column.name, column.type_code) for column in cursor.description])
    assert answers[0] == answers[1]


def test_words_are_changed_only_where_they_are_postgresqls(both):
    connection = both[0]
    for query, names in [
        ("SELECT local temp, global temp FROM (VALUES (1, 2)) t(local, global)", ["temp", "temp"]),
        ("SELECT time \"T\", to_char(d, 'YYYY') FROM (SELECT 1 AS time, now() AS d) t", ["T", "to_char"]),
        ("SELECT * FROM (SELECT COLUMNS('a|b') FROM (SELECT 1 AS a, 2 AS b) t) q", ["a", "b"]),
        ("SELECT * FROM (SELECT current_date, 1) q", ["current_date", "1"]),
        ("SELECT * FROM (VALUES (1, 'a'))", ["column1", "column2"]),
        ("WITH v AS (VALUES (1, 'a')) SELECT column2, * FROM v", ["column2", "column1", "column2"]),
    ]:
        assert [column.name for column in connection.execute(query).description] == names
    for made, names in [
        ("CREATE TEMP TABLE made AS SELECT COLUMNS('a|b') FROM (SELECT 1 AS a, 2 AS b) t", ["a", "b"]),
        ("CREATE TABLE made AS SELECT time \"T\" FROM (SELECT 1 AS time) t", ["T"]),
        ("CREATE TEMP TABLE made AS SELECT current_date", ["current_date"]),
    ]:
        connection.execute(made)
        assert [column.name for column in connection.execute("TABLE made").description] == names
        connection.execute("DROP TABLE made")


def test_only_what_is_not_there_is_skipped(both):
    for connection in both:
        connection.execute("CREATE TABLE skipped (a INTEGER); INSERT INTO skipped VALUES (1)")
        with pytest.raises(psycopg.errors.UndefinedTable), connection.transaction():
            connection.execute("ALTER TABLE IF EXISTS skipped ADD COLUMN b BIGINT DEFAULT nextval('missing')")
        connection.execute("ALTER TABLE IF EXISTS skipped ADD COLUMN IF NOT EXISTS a INTEGER")
        connection.execute("ALTER TABLE IF EXISTS missing ADD COLUMN b INTEGER")
        assert connection.execute("SELECT * FROM skipped").fetchall() == [(1,)]
        connection.execute("DROP TABLE skipped")


def test_one_alter_may_change_several_things_and_all_or_nothing(both):
    answers = []
    for connection in both:
        connection.execute("CREATE TABLE altered (a INTEGER, d TEXT); INSERT INTO altered VALUES (1, 'x'), (2, 'y')")
        connection.execute(
            "ALTER TABLE altered ADD COLUMN b INTEGER NOT NULL DEFAULT 5, ADD c NUMERIC(10, 2), DROP COLUMN d"
        )
        with pytest.raises(psycopg.errors.NotNullViolation):
            connection.execute("INSERT INTO altered (a, b) VALUES (3, NULL)")
        with pytest.raises(psycopg.errors.NotNullViolation):
            connection.execute("ALTER TABLE altered ADD COLUMN e INTEGER, ADD COLUMN f TEXT NOT NULL")
        with pytest.raises(psycopg.errors.UndefinedColumn), connection.transaction():
            connection.execute("ALTER TABLE altered ADD COLUMN e INTEGER, DROP COLUMN missing")
        answers.append(connection.execute("SELECT * FROM altered ORDER BY a").fetchall())
        connection.execute("DROP TABLE altered")
    assert answers[0] == answers[1] == [(1, 5, None), (2, 5, None)]


def test_what_a_session_makes_is_read_as_postgresql_reads_it(both):
    made = (
        "CREATE TEMP TABLE mine (id INTEGER, j JSONB DEFAULT '{}'::JSONB, t TIME(6), s TIMESTAMP(6) WITH TIME ZONE)",
        "INSERT INTO mine (id, t) VALUES (1, '10:20:30.123456')",
        "CREATE TEMP VIEW years AS SELECT to_char(DATE '2024-05-01', 'YYYY') AS y",
        "CREATE OR REPLACE TEMP VIEW years AS SELECT to_char(DATE '2025-05-01', 'YYYY') AS y",
        "CREATE TEMP TABLE copied AS SELECT '{1,2}'::INT[] AS a, to_char(DATE '2024-05-01', 'YYYY') AS y",
        "ALTER TABLE mine ALTER COLUMN j TYPE JSONB",
        "BEGIN",
        "ALTER TABLE mine ADD COLUMN code TEXT DEFAULT upper('new')",
        "INSERT INTO mine (id) VALUES (2)",
        "COMMIT",
    )
    answers = []
    for connection in both:
        for statement in made:
            connection.execute(statement)
        asked = "SELECT (SELECT y FROM years), (SELECT a FROM copied), id, j, t, s, code FROM mine ORDER BY id"
        answers.append(connection.execute(asked).fetchall())
        connection.execute("DROP VIEW years; DROP TABLE mine; DROP TABLE copied")
    assert answers[0] == answers[1]


def test_a_function_of_a_schema_of_the_users_may_stand_after_from(both):
    connection = both[0]
    connection.execute("CREATE SCHEMA own; CREATE MACRO own.lower(x) AS TABLE SELECT x || '!' AS y")
    assert connection.execute("SELECT * FROM own.lower('A')").fetchall() == [("A!",)]
    assert connection.execute("SELECT * FROM lower('A'), pg_catalog.lower('B')").fetchall() == [("a", "b")]
    connection.execute("DROP SCHEMA own CASCADE")


def test_a_table_of_the_catalog_is_postgresqls_without_select_too(both):
    tavana, postgres = both
    names = [{row[1] for row in connection.execute("TABLE pg_am").fetchall()} for connection in both]
    assert names[0] == names[1]


def test_an_interval_that_a_result_cannot_hold_is_an_error(both):
    tavana, _ = both
    assert tavana.execute("SELECT (INTERVAL '2000000 hours')::TEXT").fetchone() == ("2000000:00:00",)
    with pytest.raises(psycopg.errors.NumericValueOutOfRange):
        tavana.execute("SELECT INTERVAL '3000000 hours'")
    assert tavana.execute("SELECT (INTERVAL '3000000 hours')::TEXT").fetchone() == ("3000000:00:00",)
