"""One docker and one composed cluster for all tests of the images."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from docker import Cluster, Docker, Unavailable, eventually  # noqa: E402


@pytest.fixture(scope="session")
def docker():
    try:
        found = Docker()
    except Unavailable as reason:
        pytest.skip(f"images cannot be tried here: {reason}")
    yield found
    found.stop()


@pytest.fixture(scope="session")
def cluster(docker):
    cluster = Cluster(docker)
    try:
        cluster.up()
        eventually("the gateway is ready", lambda: cluster.get("/ready")[0] == 200, 180)
        eventually("both workers are up", lambda: cluster.workers_up() == 2, 180)
        yield cluster
    except BaseException:
        print(cluster.logs())
        raise
    finally:
        cluster.down()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """A failed test shows what the containers logged."""
    report = (yield).get_result()
    cluster = getattr(item, "funcargs", {}).get("cluster")
    if report.when == "call" and report.failed and cluster is not None:
        report.sections.append(("logs of the containers", cluster.logs()))
