r"""psql's backslash commands, of its oldest and its newest version that people use.

psql writes its own questions to the catalog, other ones in each version. What it shows of the same
tables must be the text that it shows of them on PostgreSQL.
"""

import os
import re
import signal
import subprocess
import time
from pathlib import Path

import pytest
from postgres import psql18
from programme import CANCEL_SECONDS_MAX, SHOP, SLOW, TYPES, differences, types_table

# What both servers must answer with the same text.
SAME = (
    r"\d", r"\dt", r"\dv", r"\di", r"\ds", r"\dm", r"\dE", r"\d customer", r"\d purchase", r"\d debtor",
    r"\d store.item", r"\d store.*", r"\d purchase_made_at", r"\d+ purchase", r"\dt store.*", r"\dt *.item",
    r"\dt nothing", r"\d nothing", r"\dp", r"\z customer", r"\dd", r"\dD", r"\dT nothing", r"\df nothing",
    r"\da nothing", r"\dC nothing", r"\dO nothing", r"\dF nothing", r"\dL nothing", r"\dy", r"\des", r"\ddp",
    r"\drds", r"\dRp", r"\dRs", r"\dP",
)  # fmt: skip

PSQL = {"psql": "psql", "psql 18": psql18()}


def run(program, server, script, flags=()):
    return subprocess.run(
        [program, "-X", "-q", *flags, "-d", server.dsn],
        input=script, capture_output=True, text=True, timeout=120,
        env={"PATH": os.environ["PATH"], "HOME": server.home, "LANG": "C.UTF-8"},
    )  # fmt: skip


def sections(program, server, commands, before=SHOP):
    """What psql prints for each command: output and errors, in order."""
    script = "".join(f"{statement};\n" for statement in before)
    # By number: psql would take a backslash in an echoed text for the next command.
    for number, command in enumerate(commands):
        script += f"\\echo ==={number}\n\\warn ==={number}\n{command}\n"
    done = run(program, server, script)
    found = dict.fromkeys(commands, "")
    for text in (done.stdout, done.stderr):
        parts = re.split(r"^===([0-9]+)\n", text, flags=re.MULTILINE)
        for number, shown in zip(parts[1::2], parts[2::2], strict=True):
            found[commands[int(number)]] += shown
    return found


@pytest.fixture(scope="module")
def shown(tavana, postgres16):
    """The sections of both psqls on both servers."""
    found = {}
    for name, program in PSQL.items():
        postgres16.fresh()
        found[name, "postgres"] = sections(program, postgres16, SAME)
        found[name, "tavana"] = sections(program, tavana, SAME)
    return found


@pytest.mark.parametrize("command", SAME)
@pytest.mark.parametrize("psql", PSQL)
def test_a_backslash_command_shows_what_it_shows_on_postgresql(shown, psql, command):
    # DuckDB compares a DECIMAL with an integer as it is.
    got, expected = (shown[psql, server][command].replace("0::numeric", "0") for server in ("tavana", "postgres"))
    assert got == expected, differences(got.splitlines(), expected.splitlines())


def only(tavana, program, *commands, before=()):
    """The sections of some commands on tavana, where PostgreSQL has no such thing to compare with."""
    return sections(program, tavana, commands, before)


@pytest.mark.parametrize("psql", PSQL)
def test_schemas_roles_and_databases_are_listed(tavana, psql):
    shown = only(tavana, PSQL[psql], r"\dn", r"\du", r"\l", r"\l main", before=["CREATE SCHEMA store"])
    assert re.findall(r"^ +(\w+) +\|", shown[r"\dn"], re.MULTILINE) == ["Name", "public", "store"]
    assert re.search(r"^ tester +\|", shown[r"\du"], re.MULTILINE), shown[r"\du"]
    assert re.search(r"^ main +\| +\w+ +\| UTF8 ", shown[r"\l"], re.MULTILINE), shown[r"\l"]
    assert re.search(r"^ main +\|", shown[r"\l main"], re.MULTILINE)
    assert not any("ERROR" in text or "__tavana" in text for text in shown.values()), shown


@pytest.mark.parametrize("psql", PSQL)
def test_an_attached_catalog_is_a_database_with_its_own_tables(tavana, psql):
    before = ["ATTACH ':memory:' AS archive", "CREATE TABLE archive.letters (id INTEGER PRIMARY KEY, body TEXT)"]
    shown = only(tavana, PSQL[psql], r"\l archive", r"\dt", before=before)
    assert re.search(r"^ archive +\|", shown[r"\l archive"], re.MULTILINE), shown
    # As in PostgreSQL, \d shows the objects of the database one is in.
    assert "letters" not in shown[r"\dt"]
    inside = only(tavana, PSQL[psql], r"\dt", r"\d letters", before=[*before, "USE archive"])
    assert re.search(r"^ \w+ +\| letters +\| table +\|", inside[r"\dt"], re.MULTILINE), inside
    assert re.search(r"^ id +\| integer +\| +\| not null", inside[r"\d letters"], re.MULTILINE), inside


@pytest.mark.parametrize("psql", PSQL)
def test_a_views_text_is_shown(tavana, psql):
    shown = only(tavana, PSQL[psql], r"\sv doubled", r"\d+ doubled", before=["CREATE VIEW doubled AS SELECT 1 AS one"])
    assert shown[r"\sv doubled"].startswith("CREATE OR REPLACE VIEW public.doubled AS\n"), shown
    for text in shown.values():
        assert re.search(r"SELECT 1 AS (one|\"one\")", text), text


@pytest.mark.parametrize("psql", PSQL)
def test_a_users_function_is_listed(tavana, psql):
    shown = only(tavana, PSQL[psql], r"\df", r"\df twice", before=["CREATE MACRO twice(x) AS x * 2"])
    assert re.findall(r"^ public +\| (\w+) ", shown[r"\df"], re.MULTILINE) == ["twice"], shown
    assert re.findall(r"^ public +\| (\w+) ", shown[r"\df twice"], re.MULTILINE) == ["twice"], shown


@pytest.mark.parametrize("psql", PSQL)
def test_conninfo_tells_where_one_is(tavana, psql):
    shown = only(tavana, PSQL[psql], r"\conninfo")[r"\conninfo"]
    for text in ("main", "tester", "127.0.0.1", str(tavana.pg_port)):
        assert text in shown


@pytest.mark.parametrize("psql", PSQL)
def test_gdesc_tells_the_types_of_a_result(server, psql):
    command = r"SELECT 1 AS a, 'x' AS b, 1.5::NUMERIC(5,2) AS c, DATE '2024-01-01' AS d, true AS e \gdesc"
    shown = sections(PSQL[psql], server, [command], before=())[command]
    assert re.findall(r"^ (\w) +\| (.*?) *$", shown, re.MULTILINE) == [
        ("a", "integer"), ("b", "text"), ("c", "numeric(5,2)"), ("d", "date"), ("e", "boolean"),
    ]  # fmt: skip


def test_bind_sends_parameters(server):
    r"""\bind is of psql 16; \parse and \bind_named of 18."""
    script = (
        "SELECT $1::INTEGER + 1, $2::TEXT \\bind 41 'it''s' \\g\n"
        "SELECT $1::INTEGER * 2 AS twice \\parse doubled\n"
        "\\bind_named doubled 21 \\g\n\\close_prepared doubled\n"
    )
    done = run(psql18(), server, script, flags=["-A", "-t"])
    assert (done.stdout, done.stderr) == ("42|it's\n42\n", "")


def test_a_pipeline_of_psql_18(server):
    script = (
        "\\startpipeline\nSELECT $1::INTEGER \\bind 1 \\sendpipeline\nSELECT $1::INTEGER \\bind 2 \\sendpipeline\n"
        "\\endpipeline\nSELECT 3;\n"
    )
    done = run(psql18(), server, script, flags=["-A", "-t"])
    assert (done.stdout, done.stderr) == ("1\n2\n3\n", "")


@pytest.mark.parametrize("psql", PSQL)
def test_a_failing_line_shows_where_it_failed(server, psql):
    done = run(PSQL[psql], server, "\\set VERBOSITY verbose\nSELECT 1,\n  bad FROM (SELECT 1 AS a) t;\n")
    assert re.search(r"^ERROR:  42703: ", done.stderr)
    assert "LINE 2:   bad FROM" in done.stderr
    assert re.search(r"^ {10}\^$", done.stderr, re.MULTILINE)


# One text for each thing that COPY must escape.
HARD_TEXTS = (
    "CREATE TABLE texts AS SELECT * FROM (VALUES (1, ''), (2, NULL), (3, chr(9) || chr(10) || chr(13) || 'x'), "
    "(4, '\"quoted\", ''too'''), (5, '\\N'), (6, '\\.'), (7, ' pad ')) t(i, s)"
)


@pytest.mark.parametrize("psql", PSQL)
def test_copy_round_trip_of_every_type(server, psql, tmp_path):
    r"""\copy out and in, in the three formats, of NULL, of an empty text and of what must be escaped."""
    files = {
        (table, form): tmp_path / f"{table}.{form}"
        for table in ("types", "texts")
        for form in ("text", "csv", "binary")
    }
    # DuckDB casts no text to a MAP: what COPY writes of one, it cannot read. That is wrong.
    types = [one for one in TYPES if one["name"] != "map"]
    before = ("SET TimeZone = 'UTC'", *types_table(server.kind, types=types), HARD_TEXTS)
    script = "".join(f"{statement};\n" for statement in before)
    for (table, form), file in files.items():
        copy = f"{table}_{form}"
        script += f"CREATE TABLE {copy} AS SELECT * FROM {table} WHERE false;\n"
        script += f"\\copy {table} TO '{file}' WITH (FORMAT {form})\n"
        script += f"\\copy {copy} FROM '{file}' WITH (FORMAT {form})\n"
        script += f"\\copy {copy} TO '{file}.again' WITH (FORMAT {form})\n"
        script += f"SELECT count(*) FROM {copy};\n"
    done = run(PSQL[psql], server, script, flags=["-A", "-t", "-v", "ON_ERROR_STOP=1"])
    assert done.stderr == ""
    assert done.stdout.split() == ["2"] * 3 + ["7"] * 3
    for file in files.values():
        assert file.read_bytes() == Path(f"{file}.again").read_bytes(), file.name
    first = files["types", "text"].read_text().split("\n")[0].split("\t")
    assert [part.replace("\\\\", "\\") for part in first] == [one["text"] for one in types]


@pytest.mark.parametrize("psql", PSQL)
def test_ctrl_c_ends_the_statement(server, psql):
    """psql asks for the cancellation over a connection of its own; in a script it stops afterwards."""
    with subprocess.Popen(
        [PSQL[psql], "-X", "-A", "-t", "-d", server.dsn, "-c", "SELECT 'runs'", "-c", SLOW],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={"PATH": os.environ["PATH"], "HOME": server.home, "LANG": "C.UTF-8"},
    ) as process:  # fmt: skip
        assert process.stdout.readline() == "runs\n"
        # The next statement is sent at once, but not before this line; an early Ctrl-C ends psql itself.
        time.sleep(0.5)
        started = time.monotonic()
        process.send_signal(signal.SIGINT)
        assert process.wait(30) != 0
        assert time.monotonic() - started < CANCEL_SECONDS_MAX
        assert "cancel" in process.stderr.read().lower()
