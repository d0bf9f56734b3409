"""dbt builds a small project (`dbt/`): a seed, a view, a table, an ephemeral, an incremental model, a
snapshot and tests.

dbt opens a connection for each step and expects to find what the steps before it made. Tables of tavana
belong to a session, so the steps must share one: PgBouncer in transaction mode with a pool of one session
does that for one run of dbt. The next run begins by leaving a connection in a transaction; then PgBouncer
ends the session.
"""

import json
import os
import shutil
import subprocess
from decimal import Decimal
from pathlib import Path

import psycopg
import pytest
from pgbouncer import PgBouncer


@pytest.fixture(scope="module")
def project(tavana, tmp_path_factory):
    pool = PgBouncer(tavana, pool=1)
    folder = tmp_path_factory.mktemp("dbt") / "shop"
    shutil.copytree(Path(__file__).parent.parent / "dbt", folder)
    yield Project(pool, folder)
    pool.stop()


class Project:
    def __init__(self, pool, folder):
        self.pool = pool
        self.folder = folder

    def dbt(self, *arguments):
        """Runs a command; gives the status of every node."""
        done = subprocess.run(
            [os.environ["TAVANA_TEST_DBT"], "--no-version-check", *arguments, "--profiles-dir", ".", "--project-dir", "."],
            cwd=self.folder, capture_output=True, text=True, timeout=300,
            env={
                "PATH": os.environ["PATH"], "HOME": str(self.folder), "LANG": "C.UTF-8", "DO_NOT_TRACK": "1",
                "SHOP_HOST": self.pool.host, "SHOP_PORT": str(self.pool.pg_port),
            },
        )  # fmt: skip
        assert done.returncode == 0, done.stdout[-6000:] + done.stderr
        results = json.loads((self.folder / "target" / "run_results.json").read_text())["results"]
        return {result["unique_id"].split(".")[2]: result["status"] for result in results}

    def rows(self, sql):
        with psycopg.connect(self.pool.dsn, prepare_threshold=None) as connection:
            return connection.execute(sql).fetchall()


@pytest.fixture(scope="module")
def built(project):
    return project.dbt("build")


def test_every_node_is_built_and_every_test_passes(built, project):
    assert {name: status for name, status in built.items() if status not in ("success", "pass")} == {}
    assert set(built) >= {"raw_orders", "orders", "customers", "order_log", "order_history", "unique_orders_id"}
    assert project.rows("SELECT customer, orders, total FROM analytics.customers ORDER BY customer") == [
        ("ann", 1, Decimal("10.50")), ("bob", 1, Decimal("20.00")), ("cy", 1, Decimal("5.25")),
    ]  # fmt: skip
    assert project.rows("SELECT id, amount FROM analytics.orders ORDER BY id")[2] == (3, Decimal(0))
    assert project.rows("SELECT id FROM analytics.order_log ORDER BY id") == [(1,), (2,), (3,)]
    assert project.rows("SELECT count(*) FROM analytics.order_history WHERE dbt_valid_to IS NULL") == [(4,)]
