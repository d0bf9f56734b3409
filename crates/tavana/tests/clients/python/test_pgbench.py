"""pgbench in its three modes.

A script of our own, not `-S`: pgbench -S reads tables that `pgbench -i` made for all connections, and
a table that is made in tavana belongs to its session. What all connections share are files.
"""

import os
import re
import subprocess

import pytest
from postgres import wheel_folder

PGBENCH = {"pgbench": "pgbench", "pgbench 18": str(wheel_folder(18) / "bin" / "pgbench")}
TRANSACTIONS = 60


def prepare(folder):
    rows = "".join(f"{number},{number * 7 % 1000}\n" for number in range(1, 1001))
    (folder / "accounts.csv").write_text("aid,abalance\n" + rows)


@pytest.mark.parametrize("mode", ("simple", "extended", "prepared"))
@pytest.mark.parametrize("program", PGBENCH)
def test_every_transaction_of_many_clients_succeeds(tavana, tmp_path, program, mode):
    accounts = f"read_csv('{tavana.data}/accounts.csv')"
    script = tmp_path / "select.sql"
    script.write_text(
        "\\set aid random(1, 1000)\n"
        f"SELECT abalance FROM {accounts} WHERE aid = :aid \\gset\n"
        # Fails the transaction when the answer is not this account's.
        "SELECT error('wrong balance') WHERE :aid * 7 % 1000 <> :abalance;\n"
    )
    done = subprocess.run(
        [PGBENCH[program], "-n", "-M", mode, "-c", "4", "-j", "2", "-t", str(TRANSACTIONS // 4), "-f", script,
         "-h", tavana.host, "-p", str(tavana.pg_port), "-U", "tester", "main"],
        capture_output=True, text=True, timeout=120,
        env={"PATH": os.environ["PATH"] + ":/usr/lib/postgresql/15/bin", "HOME": tavana.home},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert f"actually processed: {TRANSACTIONS}/{TRANSACTIONS}" in done.stdout, done.stdout
    assert re.search(r"failed transactions: 0 ", done.stdout), done.stdout


def test_it_makes_its_own_tables_and_fills_them_by_copy(tavana):
    """`-I dtg`: drop, create, and generate on the client. Its later steps, vacuum and primary keys by ALTER
    TABLE, are of PostgreSQL's storage."""
    done = subprocess.run(
        ["pgbench", "-i", "-I", "dtg", "-s", "1", "-h", tavana.host, "-p", str(tavana.pg_port), "-U", "tester", "main"],
        capture_output=True, text=True, timeout=120, env={"PATH": os.environ["PATH"], "HOME": tavana.home},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "100000 of 100000 tuples (100%) done" in done.stderr
