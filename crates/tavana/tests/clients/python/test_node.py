"""knex and Sequelize on node-postgres: the programs of `node/` print what they see, and every line must be
the one that PostgreSQL gives. (node-postgres itself is tested in `node/pg.test.js`.)"""

import json
import os
import subprocess
from pathlib import Path

import pytest
from programme import ERRORS, ERRORS_NEED, SLOW, differences, types_table

FOLDER = Path(__file__).parent.parent / "node"


def printed(program, server, *arguments):
    done = subprocess.run(
        ["node", FOLDER / program, str(server.pg_port), *arguments],
        capture_output=True, text=True, timeout=60,
        env={"PATH": os.environ["PATH"], "HOME": server.home, "NODE_PATH": os.environ["TAVANA_TEST_NODE_PATH"], "TZ": "UTC"},
    )  # fmt: skip
    return done.stdout.splitlines(), done.stderr


@pytest.mark.parametrize("program", ("knex.js", "sequelize.js"))
def test_a_program_prints_what_it_prints_on_postgresql(postgres18, tavana, tmp_path, program):
    postgres18.fresh()
    seen = []
    for kind, server in (("postgres", postgres18), ("tavana", tavana)):
        statements = {
            "types": ["SET TimeZone = 'UTC'", *types_table(kind), *ERRORS_NEED],
            "errors": ERRORS,
            "slow": SLOW,
        }
        file = tmp_path / f"{kind}.json"
        file.write_text(json.dumps(statements))
        seen.append(printed(program, server, file))
    (expected, fault), (got, tavanas_fault) = seen
    assert not fault, "the programme itself is wrong"
    assert got == expected, differences(got, expected) + "\n" + tavanas_fault
    assert not tavanas_fault
