"""docs/postgres-compatibility.md names tests; here it is held to its word."""

import json
import re
from pathlib import Path

CLIENTS = Path(__file__).parent.parent
DOCUMENT = (CLIENTS.parents[3] / "docs" / "postgres-compatibility.md").read_text()


def test_every_test_that_the_document_names_exists():
    named = re.findall(r"`((?:python/|node/|go/|java/)?\w[\w.]*\.(?:py|js|go))::([^`]+)`", DOCUMENT)
    assert len(named) > 80
    missing = []
    for file, test in named:
        path = CLIENTS / file if "/" in file else CLIENTS / "python" / file
        text = path.read_text() if path.exists() else ""
        said = f"def {test}(" if file.endswith(".py") else f'"{test}"'
        if said not in text:
            missing.append(f"{file}::{test}")
    assert not missing


def test_every_difference_on_the_wire_is_in_the_document():
    rules = json.loads((Path(__file__).parent / "wire_differences.json").read_text())
    assert [rule["why"] for rule in rules if f"- {rule['why']}\n" not in DOCUMENT] == []
    section = DOCUMENT.split("\n## On the wire\n")[1].split("\n## ")[0]
    assert sorted(re.findall(r"^- (.*)$", section, re.MULTILINE)) == sorted({rule["why"] for rule in rules})
