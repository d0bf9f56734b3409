"""The same conversations with tavana and with a real PostgreSQL: the answers must be the same.

Left out on both sides: texts of errors, which are DuckDB's own, and notices of what has no effect.
What else differs is listed in conversations.py with its reason.
"""

import pytest
from conversations import CONVERSATIONS, DIFFERENT
from postgres import Postgres, debian_folder
from talk import SYNC, Talk, describe, extended, parse, query, readable


@pytest.fixture(scope="module")
def postgresql():
    server = Postgres(bin_folder=debian_folder())
    yield server
    server.stop()


@pytest.fixture
def both(tavana, postgresql):
    talks = Talk(tavana), Talk(postgresql)
    for talk in talks:
        talk.say(query("SET TimeZone = 'UTC'"))
    yield talks
    for talk in talks:
        talk.close()


def heard(messages):
    lines = [readable(*message) for message in messages]
    return [
        line
        for line in lines
        # PostgreSQL reports the search path since 18.
        if not line.startswith(("N NOTICE", "N INFO", "S search_path="))
    ]


@pytest.mark.parametrize("name", CONVERSATIONS)
def test_a_conversation_has_the_same_answers(both, name):
    ours, theirs = both
    for step in CONVERSATIONS[name]:
        answer, expected = heard(ours.say(step)), heard(theirs.say(step))
        reasons = [reason for part, reason in DIFFERENT.items() if part in step]
        if reasons:
            assert answer != expected, f"no longer different: {step!r} ({reasons[0]})"
        else:
            assert answer == expected, step


TEXT_SETTINGS = [
    [],
    ["SET DateStyle = 'SQL, DMY'"],
    ["SET DateStyle = 'SQL, MDY'"],
    ["SET DateStyle = 'Postgres, DMY'"],
    ["SET DateStyle = 'Postgres, MDY'"],
    ["SET DateStyle = 'German'"],
    ["SET DateStyle = 'ISO, YMD'"],
    ["SET IntervalStyle = 'postgres_verbose'"],
    ["SET IntervalStyle = 'sql_standard'"],
    ["SET IntervalStyle = 'iso_8601'"],
    ["SET bytea_output = 'escape'"],
    ["SET extra_float_digits = 0"],
    ["SET extra_float_digits = -5"],
    ["SET extra_float_digits = 3"],
    ["SET TimeZone = 'Europe/Rome'"],
    ["SET TimeZone = 'America/St_Johns'"],
    ["SET TIME ZONE -7"],
    ["SET TimeZone = 'Asia/Kathmandu'", "SET DateStyle = 'Postgres'"],
    ["SET TimeZone = 'Europe/Rome'", "SET DateStyle = 'SQL'"],
]

MOMENTS = ["2024-02-29 12:34:56.789", "0001-01-01 00:00:00.000001", "1969-12-31 23:59:59.999999", "infinity", "-infinity"]
# An interval of mixed signs is read differently by PostgreSQL when the style is sql_standard.
INTERVALS = ["1 year 2 months 3 days 04:05:06.789", "-1 year", "-00:00:01", "0", "1 month -1 day", "100:00:00"]
FLOATS = ["0.1", "1e20", "1e15", "1e16", "123456789012345678", "1e-5", "0.0001", "NaN", "Infinity", "-0.0", "5e-324"]

# The same expression for both, or (tavana's, PostgreSQL's).
VALUES = [
    *(f"'{day}'::date" for day in ["2024-02-29", "0001-01-01", "9999-12-31", "12345-06-07", "infinity", "-infinity"]),
    *(f"'{moment}'::timestamp" for moment in MOMENTS),
    *(f"'{moment}{'' if 'inf' in moment else '+00'}'::timestamptz" for moment in MOMENTS),
    *(f"'{time}'::time" for time in ["00:00:00", "12:34:56.789", "23:59:59.999999", "24:00:00"]),
    *(f"'{time}'::timetz" for time in ["12:34:56+02", "00:00:00-05:30"]),
    *(f"interval '{interval}'" for interval in INTERVALS),
    *(f"'{number}'::float8" for number in FLOATS),
    *(f"'{number}'::float4" for number in ["0.1", "1e20", "16777216", "NaN", "-0", "1e-5", "3.4e38", "123456.7"]),
    "true",
    "false",
    "'a'::text",
    "1::int2",
    "'9223372036854775807'::int8",
    "'1.50'::numeric(10,2)",
    "'-0.001'::numeric(10,3)",
    "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid",
    "NULL::int4",
    (r"'\xDE\xAD\x00\x5C\x7F'::bytea", r"'\xdead005c7f'::bytea"),
    "''::bytea",
    ("[1, 2, NULL]", "array[1, 2, NULL]"),
    (r"""['a', 'b c', '', 'NULL', 'x"y', '\z']""", r"""array['a', 'b c', '', 'NULL', 'x"y', '\z']"""),
    ("['2024-01-01'::date]", "array['2024-01-01'::date]"),
    ("[interval '1 day 2 hours']", "array[interval '1 day 2 hours']"),
    ("[1.5::float8, 'NaN'::float8]", "array[1.5::float8, 'NaN']"),
    ("[]::int[]", "array[]::int[]"),
    ("['2024-01-01 10:00:00+00'::timestamptz]", "array['2024-01-01 10:00:00+00'::timestamptz]"),
    (r"['\xDE'::bytea]", r"array['\xde'::bytea]"),
]


@pytest.mark.parametrize("settings", TEXT_SETTINGS, ids=lambda settings: "; ".join(settings) or "defaults")
def test_values_are_written_as_postgresql_writes_them(both, settings):
    for talk in both:
        for sql in settings:
            talk.say(query(sql))
    for value in VALUES:
        expressions = value if isinstance(value, tuple) else (value, value)
        sqls = [f"SELECT {expression} AS v" for expression in expressions]
        for results in ((), (1,)):
            answer, expected = (
                heard(talk.say(extended(sql, results=results) if results else query(sql)))
                for talk, sql in zip(both, sqls)
            )
            assert answer == expected, value


# Statement for tavana; where PostgreSQL spells it otherwise, its own behind it.
MISTAKES = [
    "SELEC 1",
    "SELECT FROM WHERE",
    "SELECT (1",
    "SELECT 'open",
    "SELECT 1 +",
    "SELECT nothing FROM (VALUES (1)) AS t (i)",
    "SELECT t.nothing FROM (VALUES (1)) AS t (i)",
    "SELECT u.i FROM (VALUES (1)) AS t (i)",
    "SELECT * FROM nothing",
    "SELECT * FROM nothing.nothing",
    "SELECT no_such_function(1)",
    "SELECT 1::no_such_type",
    "SELECT i, count(*) FROM (VALUES (1)) AS t (i)",
    "SELECT count(*) FROM (VALUES (1)) AS t (i) WHERE count(*) > 1",
    "SELECT i FROM (VALUES (1)) AS t (i), (VALUES (1)) AS u (i)",
    "SELECT (SELECT i FROM (VALUES (1), (2)) AS t (i))",
    "SELECT 'x'::integer",
    "SELECT '1999-99-99'::date",
    "SELECT '99999999999'::integer",
    "SELECT 2147483647::int4 + 1::int4",
    "SELECT sqrt(-1)",
    "SELECT ln(0)",
    "SELECT 1 UNION SELECT 1, 2",
    "INSERT INTO nothing VALUES (1)",
    "INSERT INTO e VALUES (1)",
    "INSERT INTO e VALUES (3, NULL)",
    "INSERT INTO e VALUES (3, -1)",
    "INSERT INTO e VALUES (1, 1)",
    "INSERT INTO e (nothing) VALUES (1)",
    "INSERT INTO e VALUES ('x', 1)",
    "INSERT INTO f VALUES (77)",
    "UPDATE e SET nothing = 1",
    "DELETE FROM nothing",
    "CREATE TABLE e (i INTEGER)",
    "CREATE TABLE g (i INTEGER, i INTEGER)",
    "CREATE TABLE g (i no_such_type)",
    "CREATE SCHEMA s",
    "CREATE VIEW w AS SELECT 1",
    "DROP TABLE nothing",
    "DROP VIEW nothing",
    "DROP SCHEMA nothing",
    "DROP TABLE w",
    "DROP SCHEMA s",
    "ALTER TABLE nothing ADD COLUMN i INTEGER",
    "ALTER TABLE e DROP COLUMN nothing",
    "ALTER TABLE e ADD COLUMN i INTEGER",
    "EXECUTE nothing",
    "FETCH nothing",
    "SET nothing = 1",
    "RELEASE SAVEPOINT nothing",
    "SELECT $1",
    "SELECT '{'::json",
    "SELECT 'x'::uuid",
    "SELECT 'x'::boolean",
]

# SQLSTATEs that differ: tavana's, PostgreSQL's.
OTHER_STATES = {
    # DuckDB wants a value for each column, or the names of those that are given.
    "INSERT INTO e VALUES (1)": ("42601", "23502"),
}


def test_mistakes_have_the_sqlstates_of_postgresql(both):
    prepare = [
        "CREATE TEMP TABLE keys (i INTEGER PRIMARY KEY)",
        "CREATE TEMP TABLE e (i INTEGER PRIMARY KEY, v INTEGER NOT NULL CHECK (v >= 0))",
        "INSERT INTO e VALUES (1, 1)",
        "CREATE TEMP TABLE f (i INTEGER REFERENCES keys (i))",
        "CREATE SCHEMA s",
        "CREATE TABLE s.t (i INTEGER)",
        "CREATE TEMP VIEW w AS SELECT 1 AS i",
    ]
    states = []
    for talk in both:
        for sql in prepare:
            assert not [line for line in heard(talk.say(query(sql))) if line.startswith("E")], sql
        states.append({})
        for sql in MISTAKES:
            answer = [readable(*message) for message in talk.say(query(sql))]
            errors = [line.split()[2] for line in answer if line.startswith("E")]
            states[-1][sql] = errors[0] if errors else ""
    ours, theirs = states
    different = {sql: (ours[sql], theirs[sql]) for sql in MISTAKES if ours[sql] != theirs[sql]}
    assert different == OTHER_STATES


def test_errors_point_into_the_text_that_the_client_wrote(both):
    for sql in [
        "SELECT nothing",
        "SELECT 'é', nothing",
        "SELECT '漢字 😀' AS a, nothing",
        "/* note */ SELECT 1, nothing",
        "-- note\nSELECT nothing",
        "SELECT 1; SELECT nothing",
        "SELECT 'ü'; /* ü */ SELECT 'ü', nothing",
        "SELECT * FROM nothing",
        "  SELECT * FROM nothing",
        "SELECT no_such_function(1)",
        "SELECT 1 FRO x y",
        "BEGIN; SELECT nothing",
        "PREPARE p AS SELECT nothing",
    ]:
        places = []
        for talk in both:
            errors = [body for tag, body in talk.say(query(sql)) if tag == b"E"]
            assert len(errors) == 1, sql
            fields = {part[:1].decode(): part[1:].decode() for part in errors[0].split(b"\0") if part}
            places.append(fields.get("P"))
            talk.say(query("ROLLBACK"))
        assert places[0] == places[1], sql


def fields_of(body):
    return {part[:1].decode(): part[1:].decode() for part in body.split(b"\0") if part}


VIOLATIONS = [
    "INSERT INTO viol.p VALUES (1, 5, 'five')",
    "INSERT INTO viol.p VALUES (2, 1, 'one')",
    "UPDATE viol.p SET x = 1, y = 'one' WHERE id = 7",
    "INSERT INTO viol.p VALUES (3, -1, 'x')",
    "INSERT INTO viol.p VALUES (3, 200, 'x')",
    "INSERT INTO viol.p VALUES (NULL, 1, 'x')",
    "INSERT INTO viol.p (id, y) VALUES (4, NULL)",
    "WITH new AS (SELECT 1 AS id) INSERT INTO viol.p SELECT id, 9, 'nine' FROM new",
    "INSERT INTO viol.\"Q q\" VALUES (1, 1)",
    "PREPARE again AS INSERT INTO viol.p VALUES ($1, 5, 'five'); EXECUTE again(1)",
]


def test_violations_name_what_they_are_about(both):
    prepare = [
        "CREATE SCHEMA viol",
        "CREATE TABLE viol.p (id INTEGER PRIMARY KEY, x INTEGER CHECK (x > 0), y TEXT NOT NULL, "
        "UNIQUE (x, y), CHECK (x < id + 100))",
        "INSERT INTO viol.p VALUES (1, 1, 'one'), (7, 7, 'seven')",
        'CREATE TABLE viol."Q q" (a INTEGER, "B b" INTEGER, UNIQUE ("B b"))',
        'INSERT INTO viol."Q q" VALUES (1, 1)',
    ]
    told = []
    for talk in both:
        for sql in prepare:
            assert not [line for line in heard(talk.say(query(sql))) if line.startswith("E")], sql
        told.append({})
        for sql in VIOLATIONS:
            errors = [fields_of(body) for tag, body in talk.say(query(sql)) if tag == b"E"]
            assert len(errors) == 1, sql
            names = {name: errors[0].get(name) for name in "Cstcn"}
            # The values of a row that fails a check are not told by DuckDB.
            if names["C"] == "23505":
                names["D"] = errors[0].get("D")
            told[-1][sql] = names
        talk.say(query("DROP SCHEMA viol CASCADE"))
    assert told[0] == told[1]


def test_a_reference_that_is_violated_names_its_table(both):
    for talk, names in zip(both, (None, "child_parent_fkey"), strict=True):
        talk.say(query("CREATE TABLE parent (id INTEGER PRIMARY KEY)"))
        talk.say(query("CREATE TABLE child (parent INTEGER REFERENCES parent (id))"))
        errors = [fields_of(body) for tag, body in talk.say(query("INSERT INTO child VALUES (1)")) if tag == b"E"]
        assert [(error["C"], error["s"], error["t"]) for error in errors] == [("23503", "public", "child")]
        # DuckDB names the column that is referred to, and not which one refers to it.
        assert errors[0].get("n") == names
        talk.say(query("DROP TABLE child; DROP TABLE parent"))


NOTHING_TO_DO = [
    "DROP TABLE IF EXISTS nothing",
    "DROP TABLE IF EXISTS nothing, there_is, nothing_either",
    "DROP VIEW IF EXISTS public.\"No thing\" CASCADE",
    "DROP INDEX IF EXISTS nothing",
    "DROP SEQUENCE IF EXISTS nothing",
    "DROP TYPE IF EXISTS nothing",
    "DROP SCHEMA IF EXISTS nothing",
    "DROP TABLE IF EXISTS no_schema.nothing",
    "CREATE TABLE there_is (i INTEGER)",
    "CREATE TABLE IF NOT EXISTS there_is (i INTEGER)",
    "CREATE TABLE IF NOT EXISTS there_is AS SELECT 1 AS i",
    "CREATE TABLE IF NOT EXISTS there_is_not (i INTEGER)",
    "CREATE INDEX there_is_i ON there_is (i)",
    "CREATE INDEX IF NOT EXISTS there_is_i ON there_is (i)",
    "CREATE SEQUENCE IF NOT EXISTS sequence_1",
    "CREATE SEQUENCE IF NOT EXISTS sequence_1",
    "CREATE SCHEMA IF NOT EXISTS public",
    "ALTER TABLE IF EXISTS nothing ADD COLUMN j INTEGER",
    "ALTER TABLE there_is_not ADD COLUMN IF NOT EXISTS i INTEGER",
    "ALTER TABLE there_is_not DROP COLUMN IF EXISTS j",
    "BEGIN; DROP TABLE IF EXISTS nothing; CREATE TABLE IF NOT EXISTS there_is (i INTEGER); COMMIT",
    "DROP TABLE IF EXISTS there_is, there_is_not",
    "DROP SEQUENCE sequence_1",
    "CREATE TABLE a1 (i INTEGER); CREATE TABLE b1 (i INTEGER); CREATE TABLE c1 (i INTEGER)",
    "DROP TABLE a1, b1, c1",
    "DROP TABLE a1",
]


@pytest.mark.parametrize("protocol", [query, extended], ids=["simple", "extended"])
def test_what_there_was_nothing_to_do_for_is_told_in_a_notice(both, protocol):
    for sql in NOTHING_TO_DO:
        answers = []
        for talk in both:
            step = query(sql) if ";" in sql else protocol(sql)
            said = talk.say(step)
            notices = [fields_of(body) for tag, body in said if tag == b"N"]
            answers.append(
                (
                    [(notice["C"], notice["M"]) for notice in notices if notice["S"] == "NOTICE" and "session" not in notice["M"]],
                    [line for line in heard(said) if line.startswith(("C ", "Z "))],
                    [fields_of(body)["C"] for tag, body in said if tag == b"E"],
                )
            )
        assert answers[0] == answers[1], sql


def test_an_unknown_setting_is_refused_before_it_runs(both):
    for name in ("nothing", "no.thing"):
        for step in (parse(f"SHOW {name}") + describe("S") + SYNC, extended(f"SHOW {name}"), query(f"SHOW {name}")):
            ours, theirs = [
                [fields_of(body)["C"] for tag, body in talk.say(step) if tag == b"E"] for talk in both
            ]
            assert ours == theirs == ["42704"], name


def test_mistakes_in_the_options_of_copy_have_their_place(both):
    options = [
        "(COLOUR 'red')",
        "(FORMAT xml)",
        "(FORMAT csv, FORMAT text)",
        "(FORMAT csv, FORCE_QUOTE i)",
        "CSV CSV",
        "(DELIMITER)",
        "(FORMAT csv, HEADER perhaps)",
        "(DELIMITER 'ab')",
        "(FORMAT csv, QUOTE 'ab')",
        "COLOUR",
    ]
    for talk in both:
        talk.say(query("CREATE TABLE copied (i INTEGER)"))
    for text in options:
        for sql in (f"COPY copied TO STDOUT {text}", f"SELECT 'é'; COPY (SELECT 1) TO STDOUT {text}"):
            places = []
            for talk in both:
                errors = [fields_of(body) for tag, body in talk.say(query(sql)) if tag == b"E"]
                assert len(errors) == 1, sql
                places.append((errors[0]["C"], errors[0].get("P")))
            assert places[0] == places[1], sql
    for talk in both:
        talk.say(query("DROP TABLE copied"))
