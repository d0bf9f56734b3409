"""The statements by which tools look at a database, here and in a real PostgreSQL.

Each file of ../statements holds what one tool sends, as blocks that begin with `-- name`. Both
servers get the same demo schema; the rows must be the same but for numbers of objects, and for what
EXPLAINED says.
"""

import re
from pathlib import Path

import psycopg
import pytest

STATEMENTS = Path(__file__).parent.parent / "statements"
DEMO = STATEMENTS / "demo.sql"

# Types of PostgreSQL whose values are numbers of objects, or lists of them.
NUMBERS = {26, 2205, 2206, 24, 2202, 4089, 28, 1028, 30, 27}

# Beginnings of names of statements whose rows differ, and why.
EXPLAINED = {
    "adbc 1": "the version",
    "dbeaver version": "the version",
    "grafana version": "the version",
    "sqlalchemy 2:": "the version",
    "adbc 2": "PostgreSQL lists indexes and TOAST tables of its own catalog",
    "adbc 3": "PostgreSQL has a type for the rows of each table",
    "pgjdbc 5": "PostgreSQL lists indexes and TOAST tables of its own catalog",
    "pgjdbc 7": "columns of the catalog are those of several versions",
    "pgjdbc 19": "PostgreSQL has a type for the rows of each table",
    "pgjdbc 20": "PostgreSQL has a type for the rows of each table",
    "npgsql types": "the domains of information_schema",
    "prisma columns": "PostgreSQL compares reltype as an unsigned number",
    "adbc 4": "other databases of the server",
    "dbeaver databases": "other databases of the server",
    "pgjdbc 3": "other databases of the server",
    "pgcli databases": "the name of the database",
    "psql 15 \\l": "other databases of the server",
    "psql 18 \\l": "other databases of the server",
    "dbeaver types": "PostgreSQL describes its types",
    "dbeaver constraints": "conditions are written as DuckDB writes them",
    "psql 15 \\d orders step 5": "conditions are written as DuckDB writes them",
    "sqlalchemy 27": "conditions are written as DuckDB writes them",
    "sqlalchemy 61": "conditions are written as DuckDB writes them",
    "sqlalchemy 67": "conditions are written as DuckDB writes them",
    "dbeaver view": "queries are written as DuckDB writes them",
    "psql 15 \\d+ order_totals": "queries are written as DuckDB writes them",
    "psql 15 \\sv": "queries are written as DuckDB writes them",
    "sqlalchemy 49": "queries are written as DuckDB writes them",
    "pgjdbc 11": "bounds of the server",
    "pgjdbc 15": "no pages are told, or clients would divide tables by them",
    "pgjdbc 16": "no pages are told, or clients would divide tables by them",
    "pgjdbc 27": "the keywords are those of DuckDB",
    "psql 15 \\d+": "sizes of tables are not known",
    "psql 15 \\dt+": "sizes of tables are not known",
    "psql 15 \\dv+": "sizes of tables are not known",
    "psql 15 \\di+": "sizes of tables are not known",
    "psql 15 \\ds+": "sizes of tables are not known",
    "psql 15 \\db+": "sizes of tables are not known",
    "psql 15 \\dn": "the owner of public, and access lists",
    "psql 15 \\du": "the user is no superuser",
    "psql 15 \\dg": "the user is no superuser",
    "psql 18 \\du": "the user is no superuser",
    "psql 18 \\dg": "the user is no superuser",
    "psql 15 \\dF": "there is no text search",
    "psql 15 \\do": "operators are not listed",
    "psql 15 \\dAc": "only the default classes of btree are listed",
    "psql 15 \\dconfig": "settings of the server's memory",
    "psql 15 \\d items step 2": "DuckDB has no triggers, and an index at each end of a foreign key",
    "psql 15 \\d sales.regions step 2": "DuckDB has no triggers, and an index at each end of a foreign key",
    "psql 15 \\d pg_catalog.pg_class": "indexes of the catalog",
    "datagrip transaction": "the numbers of transactions",
    "datagrip databases": "other databases of the server",
    "datagrip schemas": "comments of PostgreSQL's own schemas; there is no TOAST",
    "datagrip time zones": "each server has its own time zones",
    "datagrip roles": "the user is no superuser",
    "datagrip superuser": "the user is no superuser",
    "datagrip rights": "access lists",
    "datagrip languages": "functions that validate are not listed",
    "datagrip comments": "PostgreSQL comments its own access methods, and the order of a list",
    "datagrip members": "PostgreSQL lists the functions of plpgsql",
    "datagrip routines": "DuckDB leaves the columns of a natural join where they are",
    "datagrip constraints": "PostgreSQL lists what its catalog is constrained to",
    "datagrip views": "queries are written as DuckDB writes them",
    "sqlalchemy 15": "only the default classes of btree are listed",
}

# Asks for the catalog of that version, which the other server need not have.
FOREIGN_VERSION = ("42703", "42P01", "42883")


def blocks():
    for path in sorted(STATEMENTS.glob("*.sql")):
        if path == DEMO:
            continue
        for block in re.split(r"(?m)^(?=-- )", path.read_text()):
            if block.strip():
                name, sql = block.split("\n", 1)
                yield name.removeprefix("-- "), sql.strip().rstrip(";")


def make_demo(connection):
    for statement in DEMO.read_text().split(";\n"):
        if statement.strip():
            connection.execute(statement)


@pytest.fixture(scope="module")
def postgresql(postgres18):
    """A real PostgreSQL with the demo."""
    postgres18.fresh()
    with psycopg.connect(postgres18.dsn, autocommit=True) as connection:
        connection.execute("SET statement_timeout = '30s'")
        make_demo(connection)
        yield connection


@pytest.fixture(scope="module")
def session(tavana):
    with psycopg.connect(tavana.dsn, autocommit=True) as connection:
        make_demo(connection)
        yield connection


def plain(value):
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, float) and value == int(value):
        return str(int(value))
    if isinstance(value, (list, tuple)):
        return [plain(part) for part in value]
    if value is None:
        return None
    # Each server has its own user.
    return "user" if value in ("postgres", "tester") else str(value)


def rows(cursor, kept):
    return sorted(([plain(row[at]) for at in kept] for row in cursor.fetchall()), key=str)


@pytest.mark.parametrize(("name", "sql"), list(blocks()), ids=lambda value: None if "\n" in value else value[:50])
def test_a_tool_sees_what_it_would_see_in_postgresql(session, postgresql, name, sql):
    found = session.execute(sql)
    try:
        wanted = postgresql.execute(sql)
    except psycopg.Error as error:
        assert error.sqlstate in FOREIGN_VERSION, error
        return
    assert len(found.description) == len(wanted.description)
    if any(name.startswith(beginning) for beginning in EXPLAINED):
        return
    assert [column.name for column in found.description] == [column.name for column in wanted.description]
    kept = [at for at, column in enumerate(wanted.description) if column.type_code not in NUMBERS]
    assert rows(found, kept) == rows(wanted, kept)


@pytest.mark.parametrize(("name", "sql"), list(blocks()), ids=lambda value: None if "\n" in value else value[:50])
def test_every_statement_of_a_tool_runs(session, name, sql):
    session.execute(sql)
