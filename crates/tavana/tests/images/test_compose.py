"""The images and docker-compose.yml, as who clones the repository has them: built, started, asked,
scaled, broken and stopped. The order of the tests is that of such a day."""

import contextlib
import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import adbc_driver_flightsql.dbapi as flight_sql
import psycopg
import pytest
from docker import BASE, eventually

MB = 1_000_000
ALARM = re.compile(r"\s(WARN|ERROR)\S*\s|panicked at")
ALARMS_EXPECTED = (
    # It comes from the community repository.
    "an optional extension is absent",
    # Whoever reaches the ports is on this machine.
    "TAVANA_AUTH_MODE is passthrough",
)


def size(docker, image):
    (found,) = docker.inspect("image", "inspect", image)
    return found["Size"]


@pytest.mark.parametrize("name, most", [("gateway", 80 * MB), ("worker", 450 * MB)])
def test_an_image_is_no_larger_than_it_has_to_be(docker, cluster, name, most):
    own = size(docker, f"angelerator/tavana-{name}:{cluster.tag}") - size(docker, BASE)
    print(f"{name}: {own / MB:.0f} MB beyond its base")
    assert 0 < own <= most


@pytest.mark.parametrize(
    "name, ports", [("gateway", {"15432/tcp", "443/tcp", "8080/tcp"}), ("worker", {"50053/tcp"})]
)
def test_an_image_says_how_it_is_run(docker, cluster, name, ports):
    (found,) = docker.inspect("image", "inspect", f"angelerator/tavana-{name}:{cluster.tag}")
    config = found["Config"]
    assert config["User"] == "65532:65532"
    assert config["StopSignal"] == "SIGTERM"
    assert set(config["ExposedPorts"]) == ports
    # The form that needs no shell.
    assert config["Entrypoint"] == [f"tavana-{name}"]
    assert config["Healthcheck"]["Test"] == ["CMD", f"tavana-{name}", "health"]
    assert config["Labels"]["org.opencontainers.image.licenses"] == "Apache-2.0"


def test_the_gateway_has_no_duckdb(cluster):
    found = cluster.exec(cluster.container("gateway"), "find", "/opt", "-type", "f").stdout.split()
    assert found == ["/opt/tavana/bin/tavana-gateway"]


def test_psql_and_adbc_are_answered(cluster):
    assert cluster.psql("SELECT 1") == "1"
    assert cluster.psql("SELECT sum(range) FROM range(1000001)") == "500000500000"
    with flight_sql.connect(f"grpc://127.0.0.1:{cluster.flight_port}") as connection:
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM range(1000000)")
            assert cursor.fetch_arrow_table().num_rows == 1_000_000


@pytest.mark.parametrize(
    "source",
    [
        "read_parquet('s3://sample/orders.parquet')",
        "read_parquet('s3://sample/orders_by_region/*/*.parquet', hive_partitioning := true)",
        "delta_scan('s3://sample/orders_delta')",
        "iceberg_scan('s3://sample/orders_iceberg', allow_moved_paths := true)",
        "read_csv('s3://sample/customers.csv')",
    ],
)
def test_the_sample_bucket_is_read(cluster, source):
    assert int(cluster.psql(f"SELECT count(*) FROM {source}")) > 100


def test_results_are_written_to_the_lake(cluster):
    target = "s3://lake/by-region.parquet"
    cluster.psql(
        "COPY (SELECT region, count(*) AS orders FROM 's3://sample/orders_by_region/*/*.parquet' "
        f"GROUP BY region) TO '{target}' (FORMAT parquet)"
    )
    assert cluster.psql(f"SELECT count(*), sum(orders) FROM '{target}'") == "4|10000"


def test_a_query_spills_into_the_workers_volume(cluster):
    rows = 20_000_000
    statement = (
        f"SELECT count(*) FROM (SELECT a, hash(a) AS h FROM range({rows}) t(a) ORDER BY h OFFSET 1)"
    )
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(cluster.psql, statement)
        find = ("find", "/var/lib/tavana/spill", "-type", "f", "-size", "+1M")
        spilled = set()
        while not answer.done():
            for worker in cluster.containers("worker"):
                spilled.update(cluster.exec(worker, *find, check=False).stdout.split())
        assert answer.result() == str(rows - 1)
    assert spilled, "it was not larger than the memory of one query"


def test_containers_have_no_rights_and_can_write_nowhere(docker, cluster):
    for service in ("gateway", "worker"):
        for container in cluster.containers(service):
            (found,) = docker.inspect("inspect", container)
            assert found["HostConfig"]["ReadonlyRootfs"]
            status = cluster.exec(container, "cat", "/proc/1/status").stdout
            facts = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
            assert facts["Uid"].split() == ["65532"] * 4
            assert int(facts["CapBnd"], 16) == 0
            assert facts["NoNewPrivs"] == "1"
            for folder in ("/", "/opt/tavana/bin", "/tmp", "/var/lib/tavana/key"):
                wrote = cluster.exec(container, "touch", f"{folder}/x", check=False)
                assert wrote.returncode != 0, f"{service} can write to {folder}"


def test_the_cluster_key_is_random_and_for_the_programs_only(cluster):
    for service in ("gateway", "worker"):
        for container in cluster.containers(service):
            path = "/var/lib/tavana/key/cluster"
            assert cluster.exec(container, "stat", "-c", "%u %a", path).stdout.split() == ["65532", "400"]
            assert len(cluster.exec(container, "cat", path).stdout.strip()) >= 43
            environment = cluster.exec(container, "env").stdout
            assert "TAVANA_CLUSTER_KEY=" not in environment
    log = cluster.compose("logs", "--no-color", "key").stdout
    assert "a new cluster key" in log


def test_probes_answer_without_a_shell(cluster):
    for service in ("gateway", "worker"):
        for container in cluster.containers(service):
            for question in ("health", "ready"):
                cluster.exec(container, f"tavana-{service}", question)
            wrong = cluster.exec(container, f"tavana-{service}", "elth", check=False)
            assert wrong.returncode == 64
            eventually(
                f"{service} is healthy",
                lambda container=container: cluster.state(container)["Health"]["Status"] == "healthy",
                30,
            )


class Streams:
    """Results of which the first rows have been read: more than all buffers on the way hold, so they
    are running until `go_on` lets the readers read the rest."""

    rows = 50_000
    width = 1000

    def __init__(self, cluster, count):
        self.pool = ThreadPoolExecutor(count)
        self.begun = threading.Semaphore(0)
        self.released = threading.Event()
        self.results = [self.pool.submit(self.read, cluster.dsn) for _ in range(count)]
        for _ in range(count):
            assert self.begun.acquire(timeout=60)

    def read(self, dsn):
        """Reads all rows one by one; returns how many there were and their sum."""
        count = total = 0
        statement = f"SELECT a, repeat('x', {self.width}) FROM range({self.rows}) t(a)"
        with psycopg.connect(dsn, autocommit=True) as connection, connection.cursor() as cursor:
            for number, text in cursor.stream(statement):
                assert len(text) == self.width
                count += 1
                total += number
                if count == 100:
                    self.begun.release()
                    assert self.released.wait(120)
        return count, total

    def go_on(self):
        self.released.set()

    def are_whole(self):
        self.go_on()
        for result in self.results:
            assert result.result(120) == (self.rows, self.rows * (self.rows - 1) // 2)
        self.pool.shutdown()


def test_workers_that_are_added_get_queries_within_five_seconds(cluster):
    before = set(cluster.containers("worker"))
    cluster.compose("up", "--detach", "--no-build", "--no-recreate", "--scale", "worker=4")
    added = [container for container in cluster.containers("worker") if container not in before]
    assert len(added) == 2
    serving = {}
    joined = None
    began = time.monotonic()
    while joined is None:
        for container in added:
            if container not in serving and "serving" in cluster.log(container):
                serving[container] = time.monotonic()
        if cluster.workers_up() == 4:
            joined = time.monotonic()
        assert time.monotonic() - began < 60, "they did not join"
        time.sleep(0.05)
    for container in added:
        if container not in serving:
            # It began between the two looks.
            eventually("it says that it serves", lambda container=container: "serving" in cluster.log(container), 5)
            serving[container] = joined
    took = joined - max(serving.values())
    print(f"the last of them was used {took:.2f} s after it was ready")
    assert took < 5
    sent = {container: cluster.sent_bytes(container) for container in cluster.containers("worker")}
    streams = Streams(cluster, 8)
    streams.are_whole()
    for container, before in sent.items():
        assert cluster.sent_bytes(container) - before > Streams.rows * Streams.width / 2, "each worker served a stream"


def assert_all_answered_soon(cluster, count, seconds_max):
    """New sessions, so that each of them needs a worker."""
    slowest = 0.0
    for number in range(count):
        began = time.monotonic()
        with psycopg.connect(cluster.dsn, autocommit=True) as connection:
            (found,) = connection.execute(f"SELECT count(*) FROM range({number + 1})").fetchone()
        assert found == number + 1
        slowest = max(slowest, time.monotonic() - began)
    assert slowest < seconds_max, f"one took {slowest:.2f} s"
    return slowest


def test_a_killed_worker_gets_no_query_two_seconds_later(cluster):
    victim = cluster.containers("worker")[-1]
    # Docker would start it again.
    cluster.docker.run("update", "--restart", "no", victim)
    began = time.monotonic()
    cluster.docker.run("kill", "--signal", "KILL", victim)
    eventually("it is not used any more", lambda: cluster.workers_up() == 3, 10)
    took = time.monotonic() - began
    print(f"a killed worker was gone after {took:.2f} s")
    assert took < 2
    assert_all_answered_soon(cluster, 12, 2)


def test_a_frozen_worker_gets_no_query_two_seconds_later_and_comes_back(cluster):
    victim = cluster.containers("worker")[0]
    cluster.docker.run("pause", victim)
    try:
        frozen = time.monotonic()
        # The bound itself: until then a query may have gone there, and waits.
        time.sleep(max(0.0, frozen + 2 - time.monotonic()))
        slowest = assert_all_answered_soon(cluster, 12, 2)
        print(f"the slowest of 12 queries beside a frozen worker took {slowest:.2f} s")
        eventually("it is down", lambda: cluster.workers_up() == 2, 10)
        print(f"a frozen worker was down after {time.monotonic() - frozen:.2f} s")
    finally:
        cluster.docker.run("unpause", victim)
    eventually("it is back", lambda: cluster.workers_up() == 3, 10)


def test_a_worker_without_a_network_gets_no_query_two_seconds_later_and_comes_back(cluster):
    victim = cluster.containers("worker")[0]
    network = f"{cluster.project}_default"
    cluster.docker.run("network", "disconnect", network, victim)
    cut = time.monotonic()
    time.sleep(max(0.0, cut + 2 - time.monotonic()))
    slowest = assert_all_answered_soon(cluster, 12, 2)
    print(f"the slowest of 12 queries beside a cut-off worker took {slowest:.2f} s")
    cluster.docker.run("network", "connect", "--alias", "worker", network, victim)
    eventually("it is back", lambda: cluster.workers_up() == 3, 15)


def drains(cluster, worker):
    return cluster.exec(worker, "tavana-worker", "ready", check=False).returncode != 0


def test_workers_that_are_taken_away_finish_what_they_run(cluster):
    running = [worker for worker in cluster.containers("worker") if cluster.state(worker)["Running"]]
    assert len(running) == 3
    streams = Streams(cluster, 6)
    began = time.monotonic()
    with ThreadPoolExecutor(1) as pool:
        scaled = pool.submit(
            cluster.compose, "up", "--detach", "--no-build", "--no-recreate", "--scale", "worker=1"
        )
        eventually(
            "two workers drain", lambda: sum(drains(cluster, worker) for worker in running) == 2, 30
        )
        # What comes now goes to the third.
        assert_all_answered_soon(cluster, 4, 5)
        streams.are_whole()
        scaled.result()
    print(f"scaling down took {time.monotonic() - began:.1f} s")
    assert len(cluster.containers("worker")) == 1
    eventually("they are forgotten", lambda: cluster.workers_up() == 1, 10)
    log = cluster.log(cluster.container("gateway"))
    assert log.count("worker has drained and is down") == 2


def test_a_stop_lets_a_transaction_end_and_every_program_ends_well(cluster):
    gateway, worker = cluster.container("gateway"), cluster.container("worker")
    with ThreadPoolExecutor(1) as pool, contextlib.closing(psycopg.connect(cluster.dsn)) as connection:
        connection.execute("SELECT 1 FROM range(1)")
        began = time.monotonic()
        stopped = pool.submit(cluster.docker.run, "stop", "--time", "45", gateway)
        eventually("the gateway drains", lambda: cluster.get("/ready")[0] == 503, 10)
        assert cluster.get("/health")[0] == 200
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(cluster.dsn)
        counted = connection.execute("SELECT count(hash(a)) FROM range(100000000) t(a)").fetchone()
        assert counted == (100_000_000,)
        connection.commit()
        stopped.result()
    cluster.compose("stop")
    print(f"the stop took {time.monotonic() - began:.1f} s")
    for container in (gateway, worker):
        state = cluster.state(container)
        assert (state["ExitCode"], state["OOMKilled"]) == (0, False)
    for container in (gateway, worker):
        alarms = [
            line
            for line in cluster.log(container).splitlines()
            if ALARM.search(line) and not any(text in line for text in ALARMS_EXPECTED)
        ]
        # A worker was killed, one was frozen and one cut off.
        assert len(alarms) <= (3 if container == gateway else 0), "\n".join(alarms)
        assert all("worker is down" in line for line in alarms), "\n".join(alarms)
