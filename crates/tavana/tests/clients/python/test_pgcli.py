"""pgcli as a person types it. In the background it reads the whole catalog for its completions, and its
backslash commands have questions of their own."""

import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from programme import SHOP, differences

SAME = (
    r"\dt", r"\dn store", r"\d purchase", r"\d debtor", r"\dt store.*", r"\df nothing", "SELECT 1, 'two', NULL",
)  # fmt: skip


def pgcli(server, folder, statements):
    """What it shows for each statement. Not at a terminal it reads lines as from a prompt."""
    config = folder / "config"
    config.write_text("[main]\nkeyring = False\nenable_pager = False\ntable_format = csv\ntiming = False\n")
    script = "".join(f"\\echo ==={number}\n{statement};\n" for number, statement in enumerate(statements))
    done = subprocess.run(
        [Path(sys.executable).parent / "pgcli", "--warn", "off", "--less-chatty", "--pgclirc", config, server.pg_uri],
        input=script, capture_output=True, text=True, timeout=120,
        env={"PATH": os.environ["PATH"], "HOME": server.home, "LANG": "C.UTF-8", "TERM": "dumb", "PAGER": "cat"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    shown = re.sub(r"^tester@.*?> ", "", done.stdout, flags=re.MULTILINE)
    parts = re.split(r"^===([0-9]+)\n", shown, flags=re.MULTILINE)
    return dict(zip(statements, parts[2::2], strict=True)), done.stderr


@pytest.fixture(scope="module")
def shown(tavana, postgres16, tmp_path_factory):
    postgres16.fresh()
    folder = tmp_path_factory.mktemp("pgcli")
    return {
        server: pgcli(server, folder, (*SHOP, *SAME))[0] for server in (postgres16, tavana)
    }


@pytest.mark.parametrize("statement", SAME)
def test_it_shows_what_it_shows_on_postgresql(shown, tavana, postgres16, statement):
    got, expected = (shown[server][statement] for server in (tavana, postgres16))
    assert got == expected, differences(got.splitlines(), expected.splitlines())


def test_errors_and_transactions(server, tmp_path):
    shown, _ = pgcli(server, tmp_path, (
        "CREATE TABLE t (i INTEGER)", "BEGIN", "INSERT INTO t VALUES (1)", "SELECT bad", "SELECT 1", "ROLLBACK",
        "SELECT count(*) AS n FROM t",
    ))  # fmt: skip
    assert "LINE 1: SELECT bad" in shown["SELECT bad"]
    assert "current transaction is aborted" in shown["SELECT 1"]
    assert re.search(r'^"?n"?\n"?0"?$', shown["SELECT count(*) AS n FROM t"], re.MULTILINE), shown


def test_it_reads_the_catalog_for_its_completions(server, tmp_path):
    """A failure in the background is a traceback; the prompt goes on as if nothing were."""
    from pgcli.completion_refresher import CompletionRefresher
    from pgcli.pgexecute import PGExecute
    from pgspecial.main import PGSpecial

    executor = PGExecute(dsn=server.pg_uri)
    for statement in SHOP:
        assert all(done[5] for done in executor.run(statement)), statement
    assert set(executor.tables()) >= {("public", "customer"), ("public", "purchase"), ("store", "item")}
    assert ("public", "debtor") in set(executor.views())
    columns = {(c[0], c[1], c[2]): c[3] for c in executor.table_columns()}
    assert columns["public", "purchase", "made_at"] == "timestamp with time zone"
    assert columns["store", "item", "place"] == "integer"
    assert ("public", "customer", "id", "public", "purchase", "customer_id") in {
        tuple(part for part in key) for key in executor.foreignkeys()
    }
    assert {"public", "store"} <= set(executor.schemata())
    assert "main" in executor.databases()
    assert executor.search_path()[-1] == "public"
    list(executor.functions())
    list(executor.datatypes())
    found = []
    refresher = CompletionRefresher()
    refresher.refresh(executor, PGSpecial(), lambda completer: found.append(completer), settings={})
    give_up = time.monotonic() + 60
    while refresher.is_refreshing() and time.monotonic() < give_up:
        time.sleep(0.02)
    assert found, "the thread that reads the catalog has failed"
    executor.conn.close()
