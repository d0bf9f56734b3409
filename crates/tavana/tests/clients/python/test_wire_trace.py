"""What a client hears from tavana is, message by message, what it hears from PostgreSQL 18.

`wire_differences.json` lists what differs, and why. A rule rewrites PostgreSQL's lines into tavana's, or
the lines of both, or names what a client asks only PostgreSQL; a difference without a rule fails, and so
does a rule that nothing needs any more.
"""

import asyncio
import itertools
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import adbc_driver_manager
import adbc_driver_postgresql.dbapi as postgresql_dbapi
import asyncpg
import psycopg
import psycopg2
import pyodbc
import pytest
import sqlalchemy as sa
from pgcli.pgexecute import PGExecute
from pgspecial.main import PGSpecial
from pgbouncer import PgBouncer
from postgres import Postgres, debian_folder, psql18
from programme import differences
from test_dbt import Project
from test_duckdb_postgres import scanner
from test_psqlodbc import connect as odbc_connect
from wire_trace import Proxy

HERE = Path(__file__).parent
RULES = json.loads((HERE / "wire_differences.json").read_text())

TYPES = (
    "SELECT true AS b, 1::SMALLINT AS i2, 2::INTEGER AS i4, 3::BIGINT AS i8, 1.50::NUMERIC(9,2) AS n, 0.5::REAL AS f4, "
    "0.25::DOUBLE PRECISION AS f8, 'x'::TEXT AS t, DATE '2024-02-29' AS d, TIME '01:02:03.5' AS ti, "
    "TIMESTAMP '2024-02-29 01:02:03.5' AS ts, INTERVAL '1 day 2 hours' AS iv, "
    "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::UUID AS u, ARRAY[1, NULL, 3]::INTEGER[] AS a, NULL::INTEGER AS nothing"
)
# Without parameters: what a person types.
SIMPLE = (
    "SELECT 1 AS a, 'x' AS b, NULL AS c",
    TYPES,
    "SELECT 1 AS a WHERE false",
    "SELECT 1, 'x', 1 + 1, count(*), max(2), CAST(1 AS INTEGER), now()::DATE - now()::DATE AS zero",
    "",
    "-- only a comment",
    "SELECT 1 AS a; SELECT 2 AS b, 3 AS c",
    "SELECT 1 AS a; SELECT bad; SELECT 3 AS c",
    "CREATE TABLE wire (id INTEGER PRIMARY KEY, name VARCHAR NOT NULL, amount INTEGER)",
    "INSERT INTO wire VALUES (1, 'one', 10), (2, 'two', NULL)",
    "INSERT INTO wire VALUES (3, 'three', 30) RETURNING id, name",
    "UPDATE wire SET amount = 20 WHERE id = 2",
    "DELETE FROM wire WHERE id = 3",
    "SELECT id, name, amount FROM wire ORDER BY id",
    "INSERT INTO wire VALUES (1, 'again', 1)",
    "INSERT INTO wire VALUES (9, NULL, 1)",
    "SELECT * FROM nothing",
    "SELEC 1",
    "SELECT 'x'::INTEGER",
    "BEGIN",
    "INSERT INTO wire VALUES (4, 'four', 40)",
    "SELECT bad",
    "SELECT 1",
    "COMMIT",
    "BEGIN; SELECT 1 AS a; COMMIT",
    "COMMIT",
    "BEGIN",
    "BEGIN",
    "SAVEPOINT s",
    "SELECT bad",
    "ROLLBACK TO SAVEPOINT s",
    "RELEASE SAVEPOINT s",
    "ROLLBACK",
    "SET application_name = 'trace'",
    "SHOW application_name",
    "SET TimeZone = 'UTC'",
    "SET TimeZone = 'Europe/Berlin'",
    "RESET TimeZone",
    "SET DateStyle = 'SQL, DMY'",
    "SELECT DATE '2024-02-29' AS d",
    "RESET ALL",
    "SET nothing_like_this = 1",
    "BEGIN",
    "DECLARE c CURSOR FOR SELECT id, name FROM wire ORDER BY id",
    "FETCH 1 FROM c",
    "MOVE 1 FROM c",
    "FETCH ALL FROM c",
    "CLOSE c",
    "FETCH 1 FROM c",
    "ROLLBACK",
    "PREPARE p AS SELECT $1::INTEGER + 1 AS n",
    "EXECUTE p(41)",
    "DEALLOCATE p",
    "EXECUTE p(1)",
    "CREATE VIEW wire_view AS SELECT id FROM wire",
    "SELECT * FROM wire_view ORDER BY id",
    "DROP VIEW wire_view",
    "CREATE TABLE wire_copy AS SELECT * FROM wire",
    "ALTER TABLE wire_copy ADD COLUMN more TEXT",
    "CREATE INDEX wire_index ON wire_copy (name)",
    "CREATE SCHEMA wire_schema",
    "DROP SCHEMA wire_schema",
    "CREATE SEQUENCE wire_sequence",
    "SELECT nextval('wire_sequence') AS n",
    "DROP SEQUENCE wire_sequence",
    "TRUNCATE TABLE wire_copy",
    "DROP TABLE wire_copy",
    "DROP TABLE IF EXISTS wire_copy",
    "LISTEN channel",
    "UNLISTEN *",
    "COPY (SELECT id, name FROM wire ORDER BY id) TO STDOUT",
    "COPY (SELECT id, name FROM wire ORDER BY id) TO STDOUT (FORMAT csv, HEADER)",
    "COPY (SELECT id, name FROM wire ORDER BY id) TO STDOUT (FORMAT binary)",
    "COPY wire FROM STDIN (FORMAT nothing)",
)


PGCLI_COMMANDS = (r"\dt", r"\dn", r"\df nothing", r"\du", r"\l", r"\di", r"\dv", r"\dT nothing", r"\dn+")


def environment():
    return {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "LANG": "C.UTF-8", "TZ": "UTC", "PGSSLMODE": "disable"}


def dsn(proxy):
    return f"host={proxy.host} port={proxy.pg_port} user=tester dbname=main sslmode=disable gssencmode=disable application_name=first"


def psql(program):
    def work(proxy, folder):
        # Several statements in one Query need -c or \;.
        script = "".join(statement.replace("; ", "\\; ") + ";\n" for statement in SIMPLE if statement and "--" not in statement)
        script += "COPY wire FROM STDIN;\n5\tfive\t\\N\n\\.\nSELECT id, name FROM wire ORDER BY id;\nDISCARD ALL;\n"
        subprocess.run([program, "-X", "-q", "-d", dsn(proxy)], input=script.encode(), capture_output=True, timeout=60, env=environment())

    return work


def psql18_extended(proxy, folder):
    script = (
        "SELECT $1::INTEGER + 1 AS n, $2::TEXT AS t \\bind 41 'it''s' \\g\n"
        "SELECT bad \\bind \\g\n"
        f"{TYPES} \\bind \\g\n"
        "SELECT 1 AS a, 'x' AS b \\gdesc\n"
        "SELECT $1::INTEGER AS again \\parse named\n\\bind_named named 1 \\g\n\\bind_named named 2 \\g\n\\close_prepared named\n"
        "\\startpipeline\nSELECT 1 AS a \\bind \\sendpipeline\nSELECT bad \\bind \\sendpipeline\nSELECT 3 AS c \\bind \\sendpipeline\n\\endpipeline\n"
    )
    subprocess.run([psql18(), "-X", "-q", "-d", dsn(proxy)], input=script.encode(), capture_output=True, timeout=60, env=environment())


def run_psycopg2(proxy, folder):
    connection = psycopg2.connect(dsn(proxy))
    connection.autocommit = True
    cursor = connection.cursor()
    for statement in SIMPLE:
        try:
            if statement.startswith("COPY"):
                with open(os.devnull, "r+b") as nowhere:
                    cursor.copy_expert(statement, nowhere)
            else:
                cursor.execute(statement)
        except psycopg2.Error:
            pass
    connection.close()


def run_psycopg(proxy, folder):
    with psycopg.connect(dsn(proxy), autocommit=True) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        for statement in SIMPLE[:2] + SIMPLE[8:18] + ("SELECT %s::INTEGER + 1 AS n",):
            arguments = (41,) if "%s" in statement else ()
            for binary in (False, True):
                try:
                    connection.execute(statement, arguments, binary=binary)
                except psycopg.Error:
                    pass
        for number in range(7):
            connection.execute("SELECT %s::INTEGER AS prepared, %s::TEXT AS t", (number, "x"))
        with connection.transaction():
            with connection.cursor(name="c") as cursor:
                cursor.execute("SELECT id, name FROM wire ORDER BY id")
                cursor.fetchmany(1)
                cursor.fetchall()
        try:
            with connection.pipeline():
                connection.execute("SELECT 1 AS a")
                connection.execute("SELECT bad")
                connection.execute("SELECT 3 AS c")
        except psycopg.Error:
            pass
        with connection.cursor().copy("COPY (SELECT id, name FROM wire ORDER BY id) TO STDOUT") as copy:
            list(copy)
        with connection.cursor().copy("COPY wire (id, name) FROM STDIN") as copy:
            copy.write_row((7, "seven"))
        connection.execute("SELECT id, name FROM wire ORDER BY id")


def run_sqlalchemy(proxy, folder):
    url = f"postgresql+psycopg2://tester@{proxy.host}:{proxy.pg_port}/main?sslmode=disable"
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.execute(sa.text("SELECT :n + 1 AS n"), {"n": 1})
        with connection.begin_nested():
            connection.execute(sa.text("SELECT 2 AS two"))
    engine.dispose()


def run_node(proxy, folder):
    subprocess.run(
        ["node", HERE.parent / "node" / "trace.js", str(proxy.pg_port)], check=True, capture_output=True, timeout=60,
        env={**environment(), "NODE_PATH": os.environ["TAVANA_TEST_NODE_PATH"]},
    )  # fmt: skip


def run_knex(proxy, folder):
    subprocess.run(
        ["node", HERE.parent / "node" / "knex_trace.js", str(proxy.pg_port)], check=True, capture_output=True, timeout=60,
        env={**environment(), "NODE_PATH": os.environ["TAVANA_TEST_NODE_PATH"]},
    )  # fmt: skip


def run_pgbouncer(proxy, folder):
    """Two clients, other settings, one session."""
    pool = PgBouncer(proxy, pool=1)
    try:
        for name in ("one", "two"):
            with psycopg.connect(f"{pool.dsn} application_name={name}", autocommit=True) as connection:
                connection.execute("SELECT 1 AS a, 'x' AS b")
                for _ in range(2):
                    connection.execute("SELECT %s::INTEGER + 1 AS n", (41,), prepare=False)
                with connection.transaction():
                    if name == "one":
                        connection.execute("CREATE TABLE wire (id INTEGER, name TEXT)")
                    connection.execute("INSERT INTO wire VALUES (1, 'one')")
                with connection.transaction(), connection.cursor(name="c") as cursor:
                    cursor.execute("SELECT id, name FROM wire ORDER BY id")
                    cursor.fetchall()
                with pytest.raises(psycopg.errors.UndefinedColumn):
                    connection.execute("SELECT bad")
                with connection.cursor().copy("COPY wire TO STDOUT") as copy:
                    list(copy)
                with psycopg.connect(f"{pool.dsn} client_encoding=utf8") as other:
                    other.execute("SET DateStyle = 'SQL, DMY'")
                    other.execute("SELECT DATE '2024-02-29' AS d")
                    other.rollback()
    finally:
        pool.stop()


def run_pgcli(proxy, folder):
    """The program, and what it asks in the background for its completions, one question after the other."""
    uri = f"postgresql://tester@{proxy.host}:{proxy.pg_port}/main?sslmode=disable"
    config = folder / "pgclirc"
    config.write_text("[main]\nkeyring = False\nenable_pager = False\n")
    # It stops at the first error. DDL, COMMIT and ROLLBACK start its thread for the completions.
    commands = (*SIMPLE[:2], "BEGIN; SELECT 1 AS a; END", *PGCLI_COMMANDS, "SELECT bad")
    subprocess.run(
        [Path(sys.executable).parent / "pgcli", "--warn", "off", "--pgclirc", config,
         *(part for command in commands for part in ("-c", command)), uri],
        capture_output=True, timeout=60, env={**environment(), "HOME": str(folder), "TERM": "dumb", "PAGER": "cat"},
    )  # fmt: skip
    executor = PGExecute(dsn=uri)
    for statement in (*SIMPLE[8:12], "SELECT * FROM wire", r"\d wire", *PGCLI_COMMANDS):
        list(executor.run(statement, PGSpecial()))
    for ask in (
        executor.search_path, executor.schemata, executor.tables, executor.table_columns, executor.views,
        executor.view_columns, executor.databases, executor.foreignkeys, executor.functions, executor.datatypes,
    ):  # fmt: skip
        list(ask())
    executor.conn.close()


def run_dbt(proxy, folder):
    """With one session for all its connections: tables of tavana belong to a session."""
    pool = PgBouncer(proxy, pool=1)
    try:
        project = Path(tempfile.mkdtemp(dir=folder)) / "shop"
        shutil.copytree(HERE.parent / "dbt", project)
        Project(pool, project).dbt("build")
    finally:
        pool.stop()


def run_pgjdbc(proxy, folder):
    jars = os.environ["TAVANA_TEST_JARS"]
    if not (folder / "Trace.class").exists():
        subprocess.run(["javac", "-d", folder, HERE.parent / "java" / "Trace.java"], check=True, timeout=120)
    url = f"jdbc:postgresql://{proxy.host}:{proxy.pg_port}/main?user=tester&sslmode=disable&gssEncMode=disable"
    subprocess.run(
        ["java", "-XX:TieredStopAtLevel=1", "-Duser.timezone=UTC", "-cp", f"{folder}:{jars}/*", "Trace", url],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip


def run_pgx(proxy, folder):
    program = folder / "trace"
    if not program.exists():
        subprocess.run(["go", "build", "-o", program, "./trace"], cwd=HERE.parent / "go", check=True, timeout=300)
    subprocess.run([program, f"{proxy.host}:{proxy.pg_port}"], check=True, timeout=60)


def run_asyncpg(proxy, folder):
    async def work():
        connection = await asyncpg.connect(host=proxy.host, port=proxy.pg_port, user="tester", database="main", ssl=False)
        for statement in SIMPLE[:2] + SIMPLE[8:18]:
            try:
                await connection.fetch(statement)
            except asyncpg.PostgresError:
                pass
        await connection.execute("INSERT INTO wire VALUES ($1, $2, $3)", 5, "five", 50)
        await connection.executemany("INSERT INTO wire VALUES ($1, $2, $3)", [(6, "six", 60), (7, "seven", None)])
        await connection.fetch("SELECT id FROM wire WHERE id = ANY($1::INTEGER[]) ORDER BY id", [5, 6])
        for number in range(3):
            await connection.fetchrow("SELECT $1::INTEGER AS prepared, $2::TEXT AS t", number, "x")
        async with connection.transaction():
            async for _ in connection.cursor("SELECT id, name FROM wire ORDER BY id", prefetch=2):
                pass
            try:
                async with connection.transaction():
                    await connection.execute("SELECT bad")
            except asyncpg.PostgresError:
                pass
            await connection.execute("SELECT 1 AS a; SELECT 2 AS b")
        with open(os.devnull, "wb") as nowhere:
            await connection.copy_from_query("SELECT id, name FROM wire ORDER BY id", output=nowhere)
        await connection.copy_records_to_table("wire", records=[(8, "eight")], columns=["id", "name"])
        await connection.reset()
        await connection.close()

    asyncio.run(work())


def run_psqlodbc(proxy, folder):
    connection = odbc_connect(proxy)
    cursor = connection.cursor()
    for statement in SIMPLE[:2] + SIMPLE[8:18]:
        try:
            cursor.execute(statement)
            if cursor.description:
                cursor.fetchall()
        except pyodbc.Error:
            pass
    cursor.executemany("INSERT INTO wire VALUES (?, ?, ?)", [(6, "six", 60), (7, "seven", 70)])
    cursor.execute("SELECT ?::INTEGER + 1 AS n, ?::TEXT AS t", 41, "x").fetchall()
    connection.autocommit = False
    cursor.execute("SELECT id, name FROM wire ORDER BY id").fetchone()
    connection.commit()
    cursor.execute("SELECT 1 AS a")
    connection.rollback()
    connection.close()


def run_adbc(proxy, folder):
    uri = f"postgresql://tester@{proxy.host}:{proxy.pg_port}/main?sslmode=disable"
    with postgresql_dbapi.connect(uri, autocommit=True) as connection, connection.cursor() as cursor:
        for statement in SIMPLE[:1] + SIMPLE[8:14]:
            try:
                cursor.execute(statement)
                if cursor.description:
                    cursor.fetchall()
            except adbc_driver_manager.Error:
                pass
        cursor.executemany("INSERT INTO wire VALUES ($1, $2, $3)", [(6, "six", 60), (7, "seven", 70)])
        cursor.execute("SELECT $1::INTEGER + 1 AS n", (41,))
        cursor.fetchall()


def run_pgbench(proxy, folder):
    script = folder / "pgbench.sql"
    script.write_text("\\set n 7\nSELECT :n + 1 AS n;\nSELECT 'x' AS t;\n")
    for mode in ("simple", "extended", "prepared"):
        subprocess.run(
            ["pgbench", "-n", "-M", mode, "-t", "2", "-f", script, "-h", proxy.host, "-p", str(proxy.pg_port), "-U", "tester", "main"],
            check=True, capture_output=True, timeout=60, env=environment(),
        )  # fmt: skip


def run_scanner(proxy, folder):
    with scanner() as duck:
        duck.execute(f"ATTACH '{dsn(proxy)}' AS remote (TYPE postgres)")
        # A transaction has one connection.
        duck.execute("BEGIN")
        duck.execute("CREATE TABLE remote.wire (id INTEGER, name VARCHAR)")
        duck.execute("INSERT INTO remote.wire VALUES (1, 'one'), (2, 'two')")
        duck.execute("SELECT * FROM postgres_query('remote', 'SELECT id, name FROM wire ORDER BY id')").fetchall()
        duck.execute("COMMIT")
        duck.execute("DETACH remote")


def run_tokio_postgres(proxy, folder):
    """An example of the repository; `cargo test` has built it."""
    root = HERE.parents[4]
    build = ["cargo", "build", "--quiet", "--release", "--locked", "--workspace", "--example", "tokio_postgres_trace"]
    subprocess.run(build, cwd=root, check=True, timeout=600)
    target = Path(os.environ.get("CARGO_TARGET_DIR") or root / "target")
    subprocess.run([target / "release" / "examples" / "tokio_postgres_trace", proxy.host, str(proxy.pg_port)], check=True, timeout=60)


def run_fdw(proxy, folder):
    """A relation that both servers have: tables of tavana belong to a session."""
    local = Postgres(bin_folder=debian_folder())
    try:
        with psycopg.connect(local.dsn, autocommit=True) as connection:
            for statement in (
                "CREATE EXTENSION postgres_fdw",
                f"CREATE SERVER there FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host '{proxy.host}', port '{proxy.pg_port}', dbname 'main', sslmode 'disable', gssencmode 'disable')",
                "CREATE USER MAPPING FOR tester SERVER there OPTIONS (user 'tester', password_required 'false')",
                "CREATE FOREIGN TABLE kinds (oid oid, typlen smallint) SERVER there OPTIONS (schema_name 'pg_catalog', table_name 'pg_type')",
                "CREATE FOREIGN TABLE wrong (bad integer) SERVER there OPTIONS (schema_name 'pg_catalog', table_name 'pg_namespace')",
            ):
                connection.execute(statement)
            assert connection.execute("SELECT oid, typlen FROM kinds WHERE oid IN (20, 23) ORDER BY oid").fetchall() == [(20, 8), (23, 4)]
            assert connection.execute("SELECT count(*) FROM kinds WHERE oid = 23").fetchone() == (1,)
            with pytest.raises(psycopg.errors.UndefinedColumn):
                connection.execute("SELECT bad FROM wrong")
    finally:
        local.stop()


CLIENTS = {
    "psql": psql("psql"),
    "psql 18": psql(psql18()),
    "psql 18 extended": psql18_extended,
    "psycopg2": run_psycopg2,
    "psycopg": run_psycopg,
    "asyncpg": run_asyncpg,
    "SQLAlchemy": run_sqlalchemy,
    "psqlODBC": run_psqlodbc,
    "ADBC": run_adbc,
    "pgbench": run_pgbench,
    "DuckDB": run_scanner,
    "node-postgres": run_node,
    "knex": run_knex,
    "PgBouncer": run_pgbouncer,
    "dbt": run_dbt,
    "pgcli": run_pgcli,
    "pgjdbc": run_pgjdbc,
    "pgx": run_pgx,
    "tokio-postgres": run_tokio_postgres,
    "postgres_fdw": run_fdw,
}
used = set()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("trace")


@pytest.mark.parametrize("client", CLIENTS)
def test_a_client_hears_what_postgresql_says(tavana, postgres18, folder, client):
    postgres18.fresh()
    traces = []
    for server in (postgres18, tavana):
        proxy = Proxy(server)
        CLIENTS[client](proxy, folder)
        traces.append(proxy.segments())
    expected, got = traces
    expected = [part for part in expected if not is_unasked(client, part[0])]
    asked, wanted = ([label for label, _ in trace] for trace in (got, expected))
    assert asked == wanted, "the client asks something else\n" + differences(asked, wanted)
    found = []
    for (label, wanted), (_, seen) in zip(expected, got, strict=True):
        if not re.search("ORDER BY", label, re.IGNORECASE):
            wanted, seen = rows_sorted(wanted), rows_sorted(seen)
        wanted = rewritten(client, label, "\n".join(wanted))
        seen = rewritten(client, label, "\n".join(seen), ours=True)
        if seen != wanted:
            found.append(f"== {label}\n" + differences(seen.splitlines(), wanted.splitlines()))
    assert not found, f"{client}:\n" + "\n".join(found)


def rows_sorted(lines):
    """An order that nobody asked for means nothing."""
    return [
        line
        for is_row, part in itertools.groupby(lines, lambda line: line.startswith("DataRow "))
        for line in (sorted(part) if is_row else part)
    ]


def is_unasked(client, label):
    """Whether a client asks PostgreSQL something that it has no reason to ask tavana."""
    for number, rule in enumerate(RULES):
        if "unasked" in rule and rule.get("client", client) == client and re.search(rule["unasked"], label):
            used.add(number)
            return True
    return False


def rewritten(client, label, lines, ours=False):
    """PostgreSQL's lines as tavana is known to say them; of ours, what is left out on both sides."""
    for number, rule in enumerate(RULES):
        if "unasked" in rule or ours and not rule.get("both"):
            continue
        if rule.get("client", client) != client or not re.search(rule.get("statement", ""), label):
            continue
        changed = re.sub(rule["postgresql"], rule["tavana"], lines, flags=re.MULTILINE)
        if changed != lines:
            used.add(number)
        lines = changed
    return lines


def test_every_listed_difference_still_occurs(request):
    """Runs last; alone it has seen nothing."""
    ran = {item.callspec.params.get("client") for item in request.session.items if hasattr(item, "callspec")}
    if ran >= set(CLIENTS):
        unneeded = [rule for number, rule in enumerate(RULES) if number not in used]
        assert not unneeded, unneeded
    assert all(rule["why"].endswith(".") for rule in RULES)
