"""az:// on Azurite."""

import base64

import lake
import psycopg
import pytest
from harness import Tavana
from stores import Azurite


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    azurite = Azurite()
    folder = tmp_path_factory.mktemp("lake")
    lake.write(folder)
    azurite.put_folder("lake", "", folder)
    yield azurite
    azurite.stop()


@pytest.fixture(scope="module")
def tavana(store):
    server = Tavana(env={"AZURE_STORAGE_CONNECTION_STRING": store.connection_string})
    yield server
    server.stop()


@pytest.fixture
def session(tavana):
    with psycopg.connect(tavana.dsn, autocommit=True) as connection:
        yield connection


@pytest.mark.parametrize("name", ("parquet", "parquet glob", "hive partitions", "csv", "json", "delta"))
def test_a_format_is_read_with_the_infrastructures_key(session, name):
    statement = lake.summary(lake.sources("az://lake")[name])
    assert session.execute(statement).fetchone() == lake.SUMMARY


def test_a_wrong_key_is_refused_and_gives_no_rows(session, store):
    wrong = store.connection_string_with(base64.b64encode(b"x" * 32).decode())
    session.execute(f"CREATE SECRET wrong (TYPE azure, CONNECTION_STRING '{wrong}')")
    with pytest.raises(psycopg.Error) as caught:
        session.execute(lake.summary("'az://lake/one.parquet'"))
    assert caught.value.sqlstate in ("42501", "58030"), str(caught.value)


def test_the_infrastructures_key_cannot_be_read(tavana, session, store):
    session.execute("SELECT count(*) FROM 'az://lake/one.parquet'")
    for statement in (
        "SELECT current_setting('azure_storage_connection_string')",
        "SELECT name, value FROM duckdb_settings()",
        "SELECT * FROM duckdb_secrets()",
    ):
        try:
            seen = str(session.execute(statement).fetchall())
        except psycopg.Error as error:
            seen = str(error)
        assert store.key not in seen
    assert store.key not in "\n".join(tavana.log)
