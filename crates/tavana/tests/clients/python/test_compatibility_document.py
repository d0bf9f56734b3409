"""docs/postgres-compatibility.md and docs/flight-sql.md name tests; here they are held to their word."""

import json
import re
from pathlib import Path

import pytest

CLIENTS = Path(__file__).parent.parent
DOCUMENTS = CLIENTS.parents[3] / "docs"
DOCUMENT = (DOCUMENTS / "postgres-compatibility.md").read_text()


@pytest.mark.parametrize("page, least", [("postgres-compatibility.md", 80), ("flight-sql.md", 40)])
def test_every_test_that_a_document_names_exists(page, least):
    text = (DOCUMENTS / page).read_text()
    named = re.findall(r"`((?:python/|node/|go/|java/)?\w[\w.]*\.(?:py|js|go|java))::([^`]+)`", text)
    assert len(named) > least
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
