"""s3:// and gs:// on the S3 server of `tests/support`: formats, rights, whose key is used."""

import lake
import psycopg
import pyarrow.flight
import pytest
from harness import Tavana
from stores import Key, S3Server
from test_values import flight_query

INFRA, INFRA_SECRET = "AKINFRA", "CANARY-infra-secret-0001"
OWN, OWN_SECRET = "AKOWN", "CANARY-own-secret-0002"
LISTER, LISTER_SECRET = "AKLIST", "CANARY-list-secret-0003"
GOOGLE, GOOGLE_SECRET = "GOOGKEY", "CANARY-google-secret-0004"


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    everything = {"list", "get", "put", "delete"}
    server = S3Server(
        {
            INFRA: Key(INFRA_SECRET, {"lake": everything, "shared": everything}),
            OWN: Key(OWN_SECRET, {"own": everything, "shared": everything}),
            LISTER: Key(LISTER_SECRET, {"lake": {"list"}, "own": {"list"}}),
            GOOGLE: Key(GOOGLE_SECRET, {"lake": everything}),
        }
    )
    folder = tmp_path_factory.mktemp("lake")
    lake.write(folder)
    for bucket in ("lake", "own"):
        server.put_folder(bucket, "", folder)
    server.put("shared", "one.parquet", (folder / "one.parquet").read_bytes())
    server.iceberg = lake.write_iceberg(
        tmp_path_factory.mktemp("catalog"),
        "s3://lake/warehouse",
        {
            "s3.endpoint": server.endpoint,
            "s3.access-key-id": INFRA,
            "s3.secret-access-key": INFRA_SECRET,
            "s3.region": "us-east-1",
            "py-io-impl": "pyiceberg.io.pyarrow.PyArrowFileIO",
        },
    )
    yield server
    server.stop()


@pytest.fixture(scope="module")
def tavana(store):
    server = Tavana(
        env={
            "AWS_ACCESS_KEY_ID": INFRA,
            "AWS_SECRET_ACCESS_KEY": INFRA_SECRET,
            "AWS_REGION": "us-east-1",
            "AWS_ENDPOINT_URL": store.endpoint,
            "GCS_ACCESS_KEY_ID": GOOGLE,
            "GCS_SECRET": GOOGLE_SECRET,
            "GCS_ENDPOINT": store.endpoint,
            "TAVANA_HTTP_TIMEOUT_SECS": "5",
            "TAVANA_HTTP_RETRIES": "1",
        }
    )
    yield server
    server.stop()


@pytest.fixture
def session(tavana, store):
    store.fault = None
    store.log.clear()
    with psycopg.connect(tavana.dsn, autocommit=True) as connection:
        yield connection


@pytest.mark.parametrize("name", lake.FORMATS)
def test_a_format_is_read_with_the_infrastructures_key(tavana, session, store, name):
    statement = lake.summary(lake.sources("s3://lake")[name])
    assert session.execute(statement).fetchone() == lake.SUMMARY
    assert {key for key, _ in store.key_ids()} == {INFRA}
    with pyarrow.flight.connect(tavana.flight_uri) as client:
        (row,) = flight_query(client, statement).to_pylist()
    assert tuple(row.values()) == lake.SUMMARY


def test_iceberg_is_read_by_its_metadata_file(session, store):
    statement = lake.summary(f"iceberg_scan('{store.iceberg}')")
    assert session.execute(statement).fetchone() == lake.SUMMARY
    assert {key for key, _ in store.key_ids()} == {INFRA}


def test_an_older_version_of_a_delta_table(session):
    rows = session.execute("SELECT id FROM delta_scan('s3://lake/delta', version := 0) ORDER BY id")
    assert rows.fetchall() == [(1,), (2,)]


@pytest.mark.parametrize("name", ("parquet", "parquet glob", "csv", "json"))
def test_a_format_is_read_from_a_gcs_endpoint(session, store, name):
    statement = lake.summary(lake.sources("gs://lake")[name])
    assert session.execute(statement).fetchone() == lake.SUMMARY
    assert {key for key, _ in store.key_ids()} == {GOOGLE}


def test_a_result_is_written_and_read_back(session, store):
    rows = "SELECT i, md5(i::VARCHAR) AS h FROM range(300000) t(i)"
    session.execute(f"COPY ({rows}) TO 's3://shared/out.parquet' (FORMAT parquet)")
    assert session.execute("SELECT count(*), sum(i) FROM 's3://shared/out.parquet'").fetchone() == (
        300_000,
        44_999_850_000,
    )
    assert "out.parquet" in store.buckets["shared"]


def use_own_key(session, key=OWN, secret=OWN_SECRET):
    session.execute(f"SET s3_access_key_id = '{key}'")
    session.execute(f"SET s3_secret_access_key = '{secret}'")


@pytest.mark.parametrize("source", ("'s3://own/one.parquet'", "'s3://own/many/*.parquet'", "delta_scan('s3://own/delta')"))
def test_a_users_own_key_wins_over_the_infrastructures(session, store, source):
    with pytest.raises(psycopg.Error):
        session.execute(lake.summary(source))
    store.log.clear()
    use_own_key(session)
    assert session.execute(lake.summary(source)).fetchone() == lake.SUMMARY
    assert {key for key, _ in store.key_ids()} == {OWN}


@pytest.mark.parametrize("name", ("aa", "zz", "\"~~\"", ""))
def test_a_users_own_secret_wins_whatever_its_name(session, store, name):
    session.execute(
        f"CREATE SECRET {name} (TYPE s3, KEY_ID '{OWN}', SECRET '{OWN_SECRET}', REGION 'us-east-1', "
        f"ENDPOINT '127.0.0.1:{store.port}', USE_SSL false, URL_STYLE 'path')"
    )
    for source in ("'s3://own/one.parquet'", "delta_scan('s3://own/delta')"):
        assert session.execute(lake.summary(source)).fetchone() == lake.SUMMARY
    assert {key for key, _ in store.key_ids()} == {OWN}
    if name:
        session.execute(f"DROP SECRET {name}")
        store.log.clear()
        assert session.execute(lake.summary("'s3://lake/one.parquet'")).fetchone() == lake.SUMMARY
        assert {key for key, _ in store.key_ids()} == {INFRA}


@pytest.mark.parametrize("source", ("'s3://lake/one.parquet'", "'s3://lake/many/*.parquet'", "delta_scan('s3://lake/delta')"))
def test_a_wrong_key_is_refused_and_gives_no_rows(session, source):
    use_own_key(session, "AKNOBODY", "wrong")
    with pytest.raises(psycopg.Error) as caught:
        session.execute(lake.summary(source))
    assert caught.value.sqlstate in ("42501", "58030"), str(caught.value)
    assert "wrong" not in str(caught.value)


@pytest.mark.parametrize("source", ("'s3://lake/one.parquet'", "'s3://lake/many/*.parquet'", "read_csv('s3://lake/rows.csv')"))
def test_nothing_that_another_user_has_read_is_served_without_the_right_to_read_it(tavana, session, source):
    """The first user warms every cache there is; the second may list and not get."""
    for _ in range(2):
        assert session.execute(lake.summary(source)).fetchone() == lake.SUMMARY
    for user in ("tester", "somebody"):
        with psycopg.connect(f"{tavana.dsn} user={user}", autocommit=True) as other:
            use_own_key(other, LISTER, LISTER_SECRET)
            with pytest.raises(psycopg.Error) as caught:
                other.execute(lake.summary(source))
            assert caught.value.sqlstate in ("42501", "58030"), str(caught.value)
        with psycopg.connect(f"{tavana.dsn} user={user}", autocommit=True) as again:
            assert again.execute(lake.summary(source)).fetchone() == lake.SUMMARY


def test_a_changed_object_is_seen_at_once(session, store):
    store.put("shared", "changing.csv", b"id\n1\n")
    assert session.execute("SELECT sum(id) FROM 's3://shared/changing.csv'").fetchone() == (1,)
    store.put("shared", "changing.csv", b"id\n10\n20\n")
    assert session.execute("SELECT sum(id) FROM 's3://shared/changing.csv'").fetchone() == (30,)


@pytest.mark.parametrize(
    "statement",
    (
        "SELECT current_setting('s3_secret_access_key')",
        "SELECT current_setting('s3_access_key_id')",
        "SELECT name, value FROM duckdb_settings()",
        "SELECT * FROM duckdb_secrets()",
        "SELECT * FROM which_secret('s3://lake/x', 's3')",
        "SHOW s3_secret_access_key",
        "SHOW ALL",
    ),
)
def test_the_infrastructures_secrets_cannot_be_read(session, statement):
    session.execute("SELECT count(*) FROM 's3://lake/one.parquet'")
    try:
        seen = str(session.execute(statement).fetchall())
    except psycopg.Error as error:
        seen = str(error)
    assert INFRA_SECRET not in seen
    assert GOOGLE_SECRET not in seen


def test_a_store_that_fails_is_an_error_and_never_wrong_rows(session, store):
    good = store.buckets["lake"]["one.parquet"].data
    from s3_server import Refused

    def refuse(status, code):
        def fault(*_):
            raise Refused(status, code)

        return fault

    for what, fault in (
        ("500", refuse(500, "InternalError")),
        ("503", refuse(503, "SlowDown")),
        ("403", refuse(403, "AccessDenied")),
        ("404", refuse(404, "NoSuchKey")),
        ("a short object", lambda *_: good[: len(good) // 2]),
        ("an empty object", lambda *_: b""),
        ("other bytes", lambda *_: b"\xff" * len(good)),
    ):
        store.fault = fault
        try:
            # What was read before and is checked to be unchanged may be served again.
            answer = session.execute(lake.summary("'s3://lake/one.parquet'")).fetchone()
            assert answer == lake.SUMMARY, what
        except psycopg.Error as error:
            assert len(str(error).encode()) <= 8192, what
        # An object that nobody has read.
        fresh = f"fresh-{what.replace(' ', '-')}.parquet"
        store.put("lake", fresh, good)
        with pytest.raises(psycopg.Error) as caught:
            session.execute(lake.summary(f"'s3://lake/{fresh}'"))
        assert len(str(caught.value).encode()) <= 8192, what
        store.fault = None
        assert session.execute(lake.summary("'s3://lake/one.parquet'")).fetchone() == lake.SUMMARY


def test_no_secret_is_in_the_log(tavana, session):
    session.execute(f"CREATE SECRET mine (TYPE s3, KEY_ID '{OWN}', SECRET '{OWN_SECRET}')")
    use_own_key(session)
    with pytest.raises(psycopg.Error):
        session.execute("SELECT * FROM 's3://nothing/x.parquet'")
    log = "\n".join(tavana.log) + tavana.get("/metrics")
    for secret in (INFRA_SECRET, OWN_SECRET, LISTER_SECRET, GOOGLE_SECRET):
        assert secret not in log
