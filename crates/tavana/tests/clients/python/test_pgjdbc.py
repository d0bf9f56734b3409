"""pgjdbc, under DBeaver, Metabase, Tableau and most Java programs.

`java/Programme.java` prints what it sees; every line must be the one that PostgreSQL gives.
"""

import os
import subprocess
from pathlib import Path

import pytest
from programme import ERRORS, ERRORS_NEED, MANY, SHOP, SLOW, differences, types_table

PARTS = (
    "types as text", "types as binary", "parameters", "parameters prepared", "simple protocol", "errors",
    "transactions", "autosave", "fetch size", "cancel", "connection", "metadata",
)  # fmt: skip


def printed(server, folder, classes):
    """The lines of each part."""
    sections = {
        "types": ["SET TimeZone = 'UTC'", *types_table(server.kind)],
        "strict": ERRORS_NEED,
        "errors": [statement for statement, _ in ERRORS],
        "shop": SHOP,
        "slow": [SLOW],
        "many": [f"SELECT i FROM generate_series(1, {MANY}) t(i) ORDER BY i"],
    }
    file = folder / f"{server.kind}.sql"
    # Each part has a connection of its own, and finds PostgreSQL's tables of another part.
    again = [f"DROP TABLE IF EXISTS {name}" for name in ("types", "strict", "t")] if server.kind == "postgres" else []
    sections["types"] = again[:1] + sections["types"]
    sections["strict"] = [*again[1:2], *ERRORS_NEED]
    sections["shop"] = [*again, *SHOP]
    file.write_text("".join(f"# {name}\n" + "\n".join(lines) + "\n" for name, lines in sections.items()))
    url = f"jdbc:postgresql://{server.host}:{server.pg_port}/main?user=tester&sslmode=disable"
    done = subprocess.run(
        ["java", "-XX:TieredStopAtLevel=1", "-Duser.timezone=UTC", "-cp", f"{classes}:{os.environ['TAVANA_TEST_JARS']}/*",
         "Programme", url, file],
        capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    parts = {}
    for line in done.stdout.splitlines():
        if line.startswith("part\t"):
            lines = parts[line.removeprefix("part\t")] = []
        else:
            lines.append(line)
    return parts


@pytest.fixture(scope="module")
def seen(tavana, postgres16, tmp_path_factory):
    folder = tmp_path_factory.mktemp("pgjdbc")
    source = Path(__file__).parent.parent / "java" / "Programme.java"
    subprocess.run(["javac", "-d", folder, source], check=True, timeout=120)
    postgres16.fresh()
    postgres16.kind, tavana.kind = "postgres", "tavana"
    return printed(tavana, folder, folder), printed(postgres16, folder, folder)


@pytest.mark.parametrize("part", PARTS)
def test_a_part_prints_what_it_prints_on_postgresql(seen, part):
    got, expected = (lines[part] for lines in seen)
    assert not [line for line in expected if line.startswith("failed")], "the programme itself is wrong"
    assert expected, part
    assert got == expected, differences(got, expected)
