"""EXPLAIN in PostgreSQL's form: one column, and documents that tools draw."""

from xml.etree import ElementTree

import psycopg
import pytest

QUERY = """SELECT a.i, count(*) FROM range(1000) a(i) JOIN range(20) b(i) USING (i)
           WHERE a.i > 3 GROUP BY 1 ORDER BY 2 LIMIT 3"""
PLAN = "{http://www.postgresql.org/2009/explain}Plan"


@pytest.fixture
def session(tavana):
    with psycopg.connect(tavana.dsn, autocommit=True) as session:
        yield session


def column(cursor):
    [described] = cursor.description
    return described.name, described.type_code


def nodes(plan):
    yield plan
    for child in plan.get("Plans", []):
        yield from nodes(child)


def refused(session, statement, sqlstate, message):
    with pytest.raises(psycopg.Error) as caught:
        session.execute(statement)
    assert (caught.value.sqlstate, caught.value.diag.message_primary) == (sqlstate, message)


def test_text_has_a_row_for_each_line(session):
    for options in ("", "ANALYZE", "VERBOSE", "ANALYZE VERBOSE", "(COSTS OFF)", "(ANALYZE, BUFFERS)"):
        cursor = session.execute(f"EXPLAIN {options} {QUERY}")
        assert column(cursor) == ("QUERY PLAN", 25)
        assert cursor.statusmessage == "EXPLAIN"
        lines = [line for (line,) in cursor]
        assert any("HASH_JOIN" in line for line in lines)
        assert not any("\n" in line for line in lines)


def test_json_is_a_tree_of_postgresqls_nodes(session):
    # As pgAdmin asks.
    details = "VERBOSE False, COSTS False, TIMING False, BUFFERS False, SUMMARY False, WAL False"
    cursor = session.execute(f"EXPLAIN (FORMAT JSON, ANALYZE False, {details}) {QUERY}")
    assert column(cursor) == ("QUERY PLAN", 114)
    [(document,)] = cursor.fetchall()
    plan = document[0]["Plan"]
    kinds = [node["Node Type"] for node in nodes(plan)]
    assert kinds[0] == "TOP_N" and kinds.count("RANGE") == 2
    assert all("Actual Rows" not in node for node in nodes(plan))

    cursor = session.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {QUERY}", binary=True)
    [(document,)] = cursor.fetchall()
    plan = document[0]["Plan"]
    assert 0 < document[0]["Execution Time"] < 60_000
    assert {node["Actual Rows"] for node in nodes(plan) if node["Node Type"] == "RANGE"} == {1000, 20}
    assert plan["Actual Rows"] == 3


def test_xml_is_the_same_tree(session):
    # As DBeaver asks.
    cursor = session.execute(f"EXPLAIN (FORMAT XML, ANALYZE) {QUERY}")
    [(text,)] = cursor.fetchall()
    root = ElementTree.fromstring(text)
    kinds = [plan.find(PLAN.replace("Plan", "Node-Type")).text for plan in root.iter(PLAN)]
    assert kinds[0] == "TOP_N" and kinds.count("RANGE") == 2


def test_what_is_explained_speaks_postgresqls_dialect(session):
    session.execute("CREATE TEMP TABLE kept(id int PRIMARY KEY, name varchar)")
    for query in (
        "SELECT * FROM kept WHERE id = %s",
        "SELECT relname FROM pg_class WHERE oid = 'kept'::regclass",
        "INSERT INTO kept SELECT 1, 'one'",
        "DELETE FROM kept WHERE id = 5",
    ):
        parameters = [7] if "%s" in query else None
        for options in ("", "(FORMAT JSON, COSTS OFF)"):
            assert session.execute(f"EXPLAIN {options} {query}", parameters).fetchall()
    assert session.execute("SELECT count(*) FROM kept").fetchone() == (0,)
    assert session.execute("EXPLAIN ANALYZE INSERT INTO kept SELECT 1, 'one'").fetchall()
    assert session.execute("SELECT count(*) FROM kept").fetchone() == (1,), "it was carried out"


def test_an_execute_can_be_explained(session):
    session.execute("PREPARE chosen (int) AS SELECT i FROM range(100) t(i) WHERE i < $1")
    lines = session.execute("EXPLAIN EXECUTE chosen(5)").fetchall()
    assert any("RANGE" in line for (line,) in lines)
    [(document,)] = session.execute("EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE chosen(5)").fetchall()
    assert document[0]["Plan"]["Actual Rows"] == 5
    session.execute("CREATE TEMP TABLE gone AS SELECT 1 AS i")
    session.execute("PREPARE old AS SELECT i FROM gone")
    session.execute("DROP TABLE gone")
    with pytest.raises(psycopg.errors.UndefinedTable) as caught:
        session.execute("EXPLAIN EXECUTE old")
    assert caught.value.diag.statement_position is None, "it would be one in the text of PREPARE"
    refused(session, "EXPLAIN EXECUTE nothing", "26000", 'prepared statement "nothing" does not exist')


def test_what_is_wrong_is_told_as_by_postgresql(session):
    refused(session, "EXPLAIN (SPEED) SELECT 1", "42601", 'unrecognized EXPLAIN option "speed"')
    refused(session, "EXPLAIN (COSTS maybe) SELECT 1", "42601", "costs requires a Boolean value")
    refused(session, "EXPLAIN (WAL) SELECT 1", "22023", "EXPLAIN option WAL requires ANALYZE")
    told = 'unrecognized value for EXPLAIN option "format": "pdf"'
    refused(session, "EXPLAIN (FORMAT pdf) SELECT 1", "22023", told)
    statement = "EXPLAIN (COSTS OFF, BUFFERS)  SELECT nothing FROM range(1)"
    with pytest.raises(psycopg.errors.UndefinedColumn) as caught:
        session.execute(statement)
    assert statement[int(caught.value.diag.statement_position) - 1 :].startswith("nothing")
    assert session.execute("SELECT 1").fetchone() == (1,)


def test_duckdbs_own_formats_are_one_row(session):
    cursor = session.execute(f"EXPLAIN (FORMAT YAML) {QUERY}")
    [(text,)] = cursor.fetchall()
    assert text.startswith("- name:") and column(cursor) == ("QUERY PLAN", 25)
