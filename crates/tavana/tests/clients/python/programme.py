"""What every client is asked to do: statements that tavana and PostgreSQL both understand.

A test that takes the fixture `server` runs twice, against PostgreSQL and against tavana, and expects
the same of both.
"""

import difflib
import json
import time
from pathlib import Path

# Types beside each other in one table: `name`, the value in DuckDB's and in PostgreSQL's words, and
# PostgreSQL's text of it. Other languages read the file, too.
TYPES = json.loads((Path(__file__).parent.parent / "types.json").read_text())

# (statement, SQLSTATE), after ERRORS_NEED.
ERRORS_NEED = (
    "CREATE TABLE strict (id INTEGER PRIMARY KEY, name VARCHAR NOT NULL, amount INTEGER CHECK (amount > 0))",
    "INSERT INTO strict VALUES (1, 'one', 1)",
)
ERRORS = (
    ("SELECT bad", "42703"),
    ("SELECT * FROM nothing", "42P01"),
    ("SELECT * FROM nowhere.nothing", "42P01"),
    ("SELEC 1", "42601"),
    ("SELECT (1", "42601"),
    ("SELECT nothing(1)", "42883"),
    ("SELECT 'x'::INTEGER", "22P02"),
    ("SELECT 'x'::UUID", "22P02"),
    ("SELECT 'never'::DATE", "22007"),
    ("SELECT 99999999999::INTEGER", "22003"),
    ("SELECT '1'::nothing", "42704"),
    ("SELECT count(*), name FROM strict", "42803"),
    ("INSERT INTO strict VALUES (1, 'again', 1)", "23505"),
    ("INSERT INTO strict VALUES (2, NULL, 1)", "23502"),
    ("INSERT INTO strict VALUES (3, 'three', 0)", "23514"),
    ("CREATE TABLE strict (i INTEGER)", "42P07"),
    ("DROP TABLE nothing", "42P01"),
    ("SELECT id FROM strict a, strict b", "42702"),
    ("FETCH 1 FROM nothing", "34000"),
    ("EXECUTE nothing", "26000"),
    ("SHOW nothing_like_this", "42704"),
)

# Minutes of work for either server.
SLOW = (
    "SELECT count(*) FROM generate_series(1, 10000000000) a(i), generate_series(1, 1000) b(i) "
    "WHERE a.i % 7 = b.i AND a.i % 11 = b.i"
)
CANCEL_SECONDS_MAX = 5
MANY = 3_000_000


def types_table(kind: str, name: str = "types", types=TYPES) -> list[str]:
    """Statements that make a table of `types` with two rows, the second all NULL. `kind` names the
    words to use: tavana or postgres."""
    columns = ", ".join(f"{one[kind]} AS {one['name']}" for one in types)
    return [
        f"CREATE TABLE {name} AS SELECT {columns}",
        f"INSERT INTO {name} VALUES ({', '.join(['NULL'] * len(types))})",
    ]


# Tables with everything that a catalog can tell of.
SHOP = (
    "CREATE SCHEMA store",
    "CREATE TABLE customer (id INTEGER PRIMARY KEY, name TEXT NOT NULL, email TEXT UNIQUE, "
    "credit NUMERIC(10, 2) DEFAULT 0, born DATE, CHECK (credit >= 0))",
    "CREATE TABLE purchase (id BIGINT PRIMARY KEY, customer_id INTEGER NOT NULL REFERENCES customer (id), "
    "made_at TIMESTAMP WITH TIME ZONE, paid BOOLEAN DEFAULT false, weight DOUBLE PRECISION, note TEXT)",
    "CREATE INDEX purchase_made_at ON purchase (made_at)",
    "CREATE TABLE store.item (code TEXT, place INTEGER, PRIMARY KEY (code, place))",
    "CREATE VIEW debtor AS SELECT c.id, c.name FROM customer c JOIN purchase p ON p.customer_id = c.id "
    "WHERE NOT p.paid",
    "INSERT INTO customer VALUES (1, 'ann', 'ann@example.org', 10.50, DATE '2000-02-29'), "
    "(2, 'bob', NULL, 0, NULL)",
    "INSERT INTO purchase VALUES (10, 1, TIMESTAMPTZ '2024-02-29 12:00:00+00', true, 1.5, 'x'), "
    "(11, 2, NULL, false, NULL, NULL)",
)


def canceled_in_time(started: float) -> bool:
    return time.monotonic() - started < CANCEL_SECONDS_MAX


def differences(got: list[str], expected: list[str]) -> str:
    """For a message: the lines of PostgreSQL that are missing (-) and those that are not its (+)."""
    return "\n".join(difflib.unified_diff(expected, got, "PostgreSQL", "tavana", lineterm="", n=0))
