"""What tools ask about a database: at connect, and while somebody browses 2,000 tables.

The statements are those of the tests (crates/tavana/tests/clients/statements), as each tool sends
them; their rows are compared with PostgreSQL's there.
"""

import pathlib
import re
import time

import psycopg
from psycopg import pq

from .. import clients, report, rounds
from ..failure import Failure

STATEMENTS = pathlib.Path(__file__).resolve().parents[4] / "crates/tavana/tests/clients/statements"
BROWSE_SECONDS_MAX = 0.5
CONNECT_LIMIT = 2.0
COLUMNS = 20
TYPES = ("BIGINT", "TEXT", "NUMERIC(10,2)", "BOOLEAN", "DATE", "TIMESTAMP", "DOUBLE PRECISION", "SMALLINT", "INTEGER", "TEXT")

# What people do, and how the names of the statements of it begin.
BROWSING = {
    "psql `\\d`, `\\dt`, `\\dv`, `\\di`": ("psql 15 \\d", "psql 15 \\dt", "psql 15 \\dv", "psql 15 \\di"),
    "psql `\\d t`, the slowest of its 13": ("psql 15 \\d orders step ", "psql 15 \\d customers step "),
    "psql `\\d+ t`, the slowest": ("psql 15 \\d+ orders step ", "psql 15 \\d+ customers step "),
    "pgjdbc getTables": ("pgjdbc 4:",),
    "pgjdbc getColumns": ("pgjdbc 6:",),
    "pgjdbc getColumns of all tables": ("pgjdbc 7:",),
    "pgjdbc getPrimaryKeys": ("pgjdbc 10:",),
    "pgjdbc getImportedKeys, getExportedKeys": ("pgjdbc 12:", "pgjdbc 13:"),
    "pgjdbc getIndexInfo": ("pgjdbc 15:", "pgjdbc 16:"),
    "DBeaver tables": ("dbeaver tables",),
    "DBeaver columns": ("dbeaver columns",),
    "SQLAlchemy: columns of a table": ("sqlalchemy 10:",),
    "SQLAlchemy: columns of all tables": ("sqlalchemy 55:",),
    "Metabase tables and fields": ("metabase tables", "metabase fields"),
    "information_schema.columns": ("all columns",),
}

# What each tool sends when it connects; a text that ends with a colon or is a name stands for a
# statement of the files.
PGJDBC = ("SET extra_float_digits = 3", "SET application_name = 'x'")
CONNECTING = {
    "psql": (),
    "pgjdbc": PGJDBC,
    "SQLAlchemy with psycopg2": ("BEGIN", "select pg_catalog.version()", "select current_schema()", "show standard_conforming_strings", "ROLLBACK"),
    "psqlODBC": ("SET DateStyle = 'ISO';SET extra_float_digits = 2;show transaction_isolation", "@psqlodbc large object type"),
    "npgsql": ("SELECT version();@npgsql types;@npgsql composites;@npgsql enums",),
    "npgsql 4 (Power BI)": ("SELECT version()", "@npgsql 4 types", "@npgsql composites", "@npgsql enums"),
    "ADBC": ("@adbc 1:", "@adbc 2:", "@adbc 3:"),
    "tokio-postgres, an array type": ("@tokio-postgres typeinfo",),
    "asyncpg, an array type": ("@asyncpg 12:",),
    "DuckDB postgres_scanner": ("@postgres_scanner namespaces", "@postgres_scanner enums", "@postgres_scanner composites", "@postgres_scanner indexes"),
    "DBeaver": (*PGJDBC, "@dbeaver version", "@dbeaver enum probe", "@dbeaver reltype probe", "@dbeaver typcategory probe", "@dbeaver session", "@dbeaver databases", "SHOW search_path", "@dbeaver schemas", "@dbeaver types of pg_catalog"),
    "Metabase": (*PGJDBC, "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL READ UNCOMMITTED", "show timezone", "@metabase schemas"),
    "Grafana": ("@grafana version",),
    "Superset": ("select pg_catalog.version()", "select current_schema()", "show standard_conforming_strings", "@superset schemas"),
    "Tableau": (*PGJDBC, "@tableau tables"),
}  # fmt: skip


def measure(bench):
    statements = dict(_blocks()) | {"all columns": "SELECT * FROM information_schema.columns"}
    server = bench.another_postgres()
    with server.connect() as connection:
        connection.execute("CREATE DATABASE browse")
    opened = {"PostgreSQL": _open(server.pg_port, "postgres", "browse")}
    ports = {"PostgreSQL": (server.pg_port, "postgres", "postgres")}
    if bench.tavana:
        opened["tavana"] = _open(bench.tavana.pg_port, clients.USER, clients.DATABASE)
        ports["tavana"] = (bench.tavana.pg_port, clients.USER, clients.DATABASE)
    try:
        for connection in opened.values():
            _fill(connection, bench.sizes["catalog_tables"])
        lines = _browsing(bench, opened, statements)
        # Their sessions hold engines and memory.
        for connection in opened.values():
            connection.close()
        lines += _connecting(bench, ports, statements)
    finally:
        for connection in opened.values():
            connection.close()
        server.stop()
    return lines, []


def _blocks():
    for path in sorted(STATEMENTS.glob("*.sql")):
        if path.name == "demo.sql":
            continue
        for block in re.split(r"(?m)^(?=-- )", path.read_text()):
            if block.strip():
                name, sql = block.split("\n", 1)
                yield name.removeprefix("-- "), sql.strip().rstrip(";")


def _open(port, user, database):
    return psycopg.connect(host="127.0.0.1", port=port, user=user, dbname=database, autocommit=True, sslmode="disable")


def _fill(connection, tables):
    """The demo of the tests, and many tables beside it."""
    for statement in (STATEMENTS / "demo.sql").read_text().split(";\n"):
        if statement.strip():
            connection.execute(statement)
    for number in range(tables):
        # PostgreSQL's table of locks bounds how many tables one transaction may make.
        if number % 100 == 0:
            if number:
                connection.execute("COMMIT")
            connection.execute("BEGIN")
        columns = ", ".join(
            f"c{at} {TYPES[at % len(TYPES)]}{' NOT NULL' if at % 5 == 0 else ''}{' DEFAULT 0' if at == 8 else ''}"
            for at in range(1, COLUMNS)
        )
        connection.execute(f"CREATE TABLE t{number:04} (id INTEGER PRIMARY KEY, {columns})")
        if number % 10 == 0:
            connection.execute(f"CREATE INDEX i{number:04} ON t{number:04} (c2)")
        if number % 10 == 5:
            connection.execute(f"COMMENT ON COLUMN t{number:04}.c3 IS 'third'")
    connection.execute("COMMIT")


def _ask(connection, sql):
    """One Query message and all of its answers, by libpq alone; False when it failed."""
    result = connection.pgconn.exec_(sql.encode())
    return result.status not in (pq.ExecStatus.FATAL_ERROR, pq.ExecStatus.BAD_RESPONSE)


def _browsing(bench, opened, statements):
    def contender(connection):
        def run():
            times, failed = {}, []
            for name, sql in statements.items():
                began = time.perf_counter()
                answered = _ask(connection, sql)
                times[name] = time.perf_counter() - began
                if not answered:
                    failed.append(name)
            return {"times": times, "failed": failed}

        return run

    results, _ = bench.compare("catalog", {name: contender(one) for name, one in opened.items()})
    medians = {
        server: {name: rounds.median([run["times"][name] for run in runs]) for name in statements}
        for server, runs in results.items()
    }
    bench.raw["catalog_medians"] = medians
    bench.raw["catalog_failed"] = {server: runs[0]["failed"] for server, runs in results.items()}
    tables = bench.sizes["catalog_tables"]
    lines = []
    for title, beginnings in BROWSING.items():
        chosen = [
            name
            for name in statements
            if any(name == one or one[-1] in ": " and name.startswith(one) for one in beginnings)
        ]
        if not chosen:
            raise Failure(f"no statement for {title}")
        lines.append(_slowest(f"{tables:,} tables × {COLUMNS}: {title}", medians, chosen))
    lines.append(_slowest(f"… the slowest of the {len(statements)} statements of the tests", medians, statements))
    if "tavana" in results:
        failed = results["tavana"][0]["failed"]
        shown = ", ".join(failed) or "none"
        lines.append(report.Line("… statements that fail", shown, "", "", "none", not failed))
    return lines


def _slowest(title, medians, names):
    theirs = max(medians["PostgreSQL"][name] for name in names)
    if "tavana" not in medians:
        return report.Line(title, "", report.milliseconds(theirs))
    ours = max(medians["tavana"][name] for name in names)
    target = f"≤ {BROWSE_SECONDS_MAX * 1e3:.0f} ms"
    return report.Line(
        title, report.milliseconds(ours), report.milliseconds(theirs), "", target, ours <= BROWSE_SECONDS_MAX
    )


def _connecting(bench, ports, statements):
    lines = []
    for tool, batch in CONNECTING.items():
        queries = [_expanded(query, statements) for query in batch]
        contenders = {name: _connects(bench.sizes["catalog_logins"], port, queries) for name, port in ports.items()}
        results, failed = bench.compare(f"catalog, {tool}", contenders)
        p50 = {
            name: rounds.percentile([t for run in runs for t in run["times"]], 0.5) for name, runs in results.items()
        }
        title = f"{tool} connects, with what it asks first"
        if "tavana" in failed:
            lines.append(report.failed(title, failed["tavana"], f"≤ {CONNECT_LIMIT:.2f} ×"))
        elif "tavana" in p50:
            lines.append(
                report.at_most(title, p50["tavana"], p50["PostgreSQL"], CONNECT_LIMIT, report.milliseconds)
            )
        else:
            lines.append(report.Line(title, "", report.milliseconds(p50["PostgreSQL"])))
    return lines


def _expanded(query, statements):
    if "@" not in query:
        return query
    parts = []
    for part in query.split(";"):
        if part.startswith("@"):
            beginning = part[1:]
            found = [sql for name, sql in statements.items() if name == beginning or name.startswith(beginning + " ") or beginning.endswith(":") and name.startswith(beginning)]
            if len(found) != 1:
                raise Failure(f"{len(found)} statements are called {beginning}")
            part = found[0]
        parts.append(part)
    return ";\n".join(parts)


def _connects(count, port, queries):
    def run():
        times = []
        for _ in range(count):
            began = time.perf_counter()
            with _open(*port) as connection:
                for query in queries:
                    if not _ask(connection, query):
                        raise Failure(f"a statement failed: {query[:80]}")
                times.append(time.perf_counter() - began)
        return {"times": times}

    return run
