"""psql as a person types it."""

import os
import subprocess

import pytest


def psql(tavana, *commands, stdin=None, flags=(), check=True):
    arguments = ["psql", "-X", "-A", "-t", *flags, "-d", tavana.dsn]
    for command in commands:
        arguments += ["-c", command]
    run = subprocess.run(
        arguments,
        input=stdin,
        capture_output=True,
        text=True,
        timeout=120,
        env={"PATH": os.environ["PATH"], "HOME": tavana.home, "LANG": "C.UTF-8"},
    )
    if check:
        assert run.returncode == 0, run.stderr
        return run.stdout
    return run


def test_a_person_gets_rows(tavana):
    assert psql(tavana, "SELECT 1, 'two', NULL") == "1|two|\n"
    assert psql(tavana, "SELECT i FROM range(3) t(i) ORDER BY i") == "0\n1\n2\n"


def test_several_statements_stop_at_the_first_error(tavana):
    run = psql(tavana, "SELECT 1; SELECT bad; SELECT 3", check=False)
    assert run.returncode == 1
    assert run.stdout == "1\n"
    assert "bad" in run.stderr and "42703" not in run.stdout
    run = psql(tavana, stdin="SELECT 1;\nSELECT bad;\nSELECT 3;\n", flags=["-v", "VERBOSITY=verbose"], check=False)
    assert run.stdout == "1\n3\n", "in a script each line is a query of its own"
    assert "42703" in run.stderr
    assert "LINE 1: SELECT bad" in run.stderr, "the caret needs the position"


def test_a_script_with_a_transaction(tavana):
    out = psql(
        tavana,
        stdin="""
        CREATE TABLE t (i INTEGER);
        BEGIN;
        INSERT INTO t VALUES (1), (2);
        ROLLBACK;
        BEGIN;
        INSERT INTO t VALUES (3);
        COMMIT;
        SELECT * FROM t;
        """,
        flags=["-q"],
    )
    assert out == "3\n"


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ("", "1\ta\n2\t\\N\n3\t\n"),
        ("(FORMAT csv, HEADER)", 'i,s\n1,a\n2,\n3,""\n'),
        ("WITH CSV DELIMITER ';' NULL 'nil'", "1;a\n2;nil\n3;\n"),
    ],
)
def test_copy_to_stdout(tavana, options, expected):
    rows = "SELECT * FROM (VALUES (1, 'a'), (2, NULL), (3, '')) t(i, s) ORDER BY i"
    assert psql(tavana, f"COPY ({rows}) TO STDOUT {options}") == expected


def test_backslash_copy_in_both_directions(tavana, tmp_path):
    source = tmp_path / "in.csv"
    source.write_text('i,s\n1,x\n2,"a,b"\n3,\n')
    target = tmp_path / "out.csv"
    psql(
        tavana,
        stdin=f"""CREATE TABLE t (i INTEGER, s VARCHAR);
\\copy t FROM '{source}' WITH (FORMAT csv, HEADER)
\\copy (SELECT * FROM t ORDER BY i) TO '{target}' WITH (FORMAT csv, HEADER)
""",
        flags=["-q", "-v", "ON_ERROR_STOP=1"],
    )
    assert target.read_text() == source.read_text()


def test_fetch_count_reads_through_a_cursor(tavana):
    out = psql(tavana, stdin="SELECT i FROM range(1000) t(i);\n", flags=["-v", "FETCH_COUNT=100"])
    assert out.split() == [str(number) for number in range(1000)]


def test_prepared_and_bound(tavana):
    out = psql(
        tavana,
        stdin="PREPARE p AS SELECT $1::INTEGER + 1;\n" + "EXECUTE p(41);\n" * 10 + "DEALLOCATE p;\n",
        flags=["-q"],
    )
    assert out == "42\n" * 10


def test_a_large_copy_has_every_row(tavana):
    command = f"psql -X -d '{tavana.dsn}' -c 'COPY (SELECT * FROM range(5000000)) TO STDOUT' | wc -l"
    run = subprocess.run(["bash", "-o", "pipefail", "-c", command], capture_output=True, text=True, timeout=120)
    assert (run.returncode, run.stdout.strip()) == (0, "5000000"), run.stderr
