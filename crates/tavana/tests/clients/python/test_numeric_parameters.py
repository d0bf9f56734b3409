"""A parameter that is declared `numeric` keeps its digits, whatever it is compared or computed with."""

from decimal import Decimal as D

import psycopg
import pytest


@pytest.fixture
def connection(server):
    with psycopg.connect(server.dsn, autocommit=True) as connection:
        connection.execute("CREATE TEMP TABLE it (i INTEGER, b BIGINT, n NUMERIC(12, 2))")
        connection.execute("INSERT INTO it VALUES (2, 100, 10.50)")
        yield connection


@pytest.mark.parametrize(
    ("statement", "parameters", "expected"),
    [
        ("SELECT i FROM it WHERE i > %s", (D("1.5"),), [(2,)]),
        ("SELECT i FROM it WHERE i = %s", (D("2.4"),), []),
        ("SELECT i FROM it WHERE i = %s", (D("2.00"),), [(2,)]),
        ("SELECT b * %s FROM it", (D("1.5"),), [(D("150.0"),)]),
        ("SELECT count(*) FROM it WHERE n > %s", (D("10.499"),), [(1,)]),
        ("SELECT count(*) FROM it WHERE n = %s", (D("10.4999"),), [(0,)]),
        ("SELECT coalesce(%s, 0)", (D("1.5"),), [(D("1.5"),)]),
        ("SELECT %s + 1", (D("1.5"),), [(D("2.5"),)]),
        ("SELECT %s > %s", (D(9), D(10)), [(False,)]),
        ("SELECT greatest(%s, %s)", (D(9), D(10)), [(D(10),)]),
        ("SELECT max(x) FROM (VALUES (%s), (%s)) v(x)", (D(9), D(10)), [(D(10),)]),
        ("SELECT sum(x) FROM (VALUES (%s), (%s)) v(x)", (D("9.25"), D("0.001")), [(D("9.251"),)]),
        ("SELECT count(DISTINCT x) FROM (VALUES (%s), (%s)) v(x)", (D("1.0"), D("1.00")), [(1,)]),
        ("SELECT count(*) FROM it WHERE i = ANY(%s)", ([D("2.3")],), [(0,)]),
        ("SELECT count(*) FROM it WHERE i = ANY(%s)", ([D("2.0"), D("7.125")],), [(1,)]),
        ("SELECT %s * %s", (D("0.0000000001"), D("12345678901234567890")), [(D("1234567890.1234567890"),)]),
        ("SELECT %s", (D("-123456789012345678901234.567890"),), [(D("-123456789012345678901234.567890"),)]),
        ("SELECT %s", (D("0.00"),), [(D("0.00"),)]),
        ("SELECT %s::TEXT", (D("1.50"),), [("1.50",)]),
        ("SELECT i FROM it LIMIT %s", (D(1),), [(2,)]),
    ],
)
def test_a_numeric_parameter_is_a_number(connection, statement, parameters, expected):
    for binary in (False, True):
        assert connection.execute(statement, parameters, binary=binary).fetchall() == expected


def test_a_numeric_parameter_changes_a_row_by_its_value(connection):
    connection.execute("UPDATE it SET b = b * %s, n = %s", (D("1.25"), D("7.335")))
    assert connection.execute("SELECT b, n FROM it").fetchall() == [(125, D("7.34"))]


def test_a_numeric_without_end_is_compared(connection):
    assert connection.execute("SELECT count(*) FROM it WHERE i < %s", (D("Infinity"),)).fetchone() == (1,)


def test_a_statement_is_prepared_for_numerics_of_any_scale(connection):
    for number in ("1", "1.5", "123456.789012", "-0.001"):
        assert connection.execute("SELECT i + %s FROM it", (D(number),), prepare=True).fetchone() == (2 + D(number),)
