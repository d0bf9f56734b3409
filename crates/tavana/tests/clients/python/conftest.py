"""Fixtures: one tavana for each module; DuckDB itself and a real PostgreSQL as oracles."""

import sys
from pathlib import Path

import duckdb
import pytest

sys.path.insert(0, str(Path(__file__).parent))

from harness import Tavana  # noqa: E402
from postgres import Postgres  # noqa: E402


@pytest.fixture(scope="module")
def tavana(request):
    """A module may set LOGS_ALLOWED, ENVIRONMENT, or define `prepare(folder)` for its data."""
    module = request.module
    server = Tavana(
        env=getattr(module, "ENVIRONMENT", None),
        logs_allowed=getattr(module, "LOGS_ALLOWED", ()),
    )
    try:
        if hasattr(module, "prepare"):
            module.prepare(server.data)
        yield server
    except BaseException:
        server.process.kill()
        raise
    server.stop()


@pytest.fixture
def oracle():
    """DuckDB in this process, in the time zone that the sessions under test are set to."""
    with duckdb.connect(config={"arrow_lossless_conversion": "true"}) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        yield connection


@pytest.fixture(scope="session")
def postgres18():
    server = Postgres(18)
    yield server
    server.stop()


@pytest.fixture(scope="session")
def postgres16():
    """The version whose catalog tavana's follows."""
    server = Postgres(16)
    yield server
    server.stop()


@pytest.fixture(params=("postgres", "tavana"))
def server(request):
    """The test runs against both: what it expects is what PostgreSQL does."""
    if request.param == "tavana":
        server = request.getfixturevalue("tavana")
    else:
        server = request.getfixturevalue("postgres18")
        server.fresh()
    server.kind = request.param
    return server
