"""SQLAlchemy over three drivers: what its engine does by itself."""

import asyncio

import pytest
import sqlalchemy as sa
from programme import SHOP
from sqlalchemy.ext.asyncio import create_async_engine

DRIVERS = ("psycopg2", "psycopg", "asyncpg")


def on_connection(server, driver, work):
    """Runs `work` with a connection on which SHOP was made."""
    url = f"postgresql+{driver}://tester@{server.host}:{server.pg_port}/main"

    def shop_then_work(connection):
        for statement in SHOP:
            connection.execute(sa.text(statement))
        return work(connection)

    if driver == "asyncpg":

        async def go():
            engine = create_async_engine(url, connect_args={"ssl": False})
            async with engine.connect() as connection:
                answer = await connection.run_sync(shop_then_work)
            await engine.dispose()
            return answer

        return asyncio.run(go())
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        answer = shop_then_work(connection)
    engine.dispose()
    return answer


@pytest.mark.parametrize("driver", DRIVERS)
def test_transactions_savepoints_and_errors(server, driver):
    def work(connection):
        connection.commit()
        with pytest.raises(sa.exc.IntegrityError):
            with connection.begin():
                connection.execute(sa.text("INSERT INTO customer VALUES (1, 'again', NULL, 0, NULL)"))
        with pytest.raises(sa.exc.ProgrammingError) as error:
            connection.execute(sa.text("SELECT bad"))
        connection.rollback()
        with connection.begin():
            assert connection.execute(sa.text("SELECT 1")).scalar_one() == 1
            with connection.begin_nested():
                assert connection.execute(sa.text("SELECT :n + 1"), {"n": 1}).scalar_one() == 2
            connection.execute(sa.text("UPDATE customer SET credit = 5 WHERE id = 2"))
        credit = connection.execute(sa.text("SELECT credit FROM customer WHERE id = 2")).scalar_one()
        return error.value.orig.sqlstate if hasattr(error.value.orig, "sqlstate") else error.value.orig.pgcode, int(credit)

    assert on_connection(server, driver, work) == ("42703", 5)


@pytest.mark.parametrize("driver", ("psycopg2", "psycopg"))
def test_results_are_streamed(server, driver):
    def work(connection):
        sql = sa.text("SELECT i FROM generate_series(1, 20000) t(i) ORDER BY i")
        streamed = connection.execution_options(yield_per=1000).execute(sql)
        return [row.i for row in streamed] == list(range(1, 20001))

    assert on_connection(server, driver, work)


@pytest.mark.parametrize("driver", ("psycopg2", "psycopg"))
def test_a_pool_and_the_isolation_levels(server, driver):
    url = f"postgresql+{driver}://tester@{server.host}:{server.pg_port}/main"
    engine = sa.create_engine(url, pool_size=2, pool_pre_ping=True)
    for _ in range(5):
        with engine.connect() as connection:
            assert connection.execute(sa.text("SELECT 1")).scalar_one() == 1
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        assert connection.execute(sa.text("SELECT 2")).scalar_one() == 2
    with engine.connect() as connection:
        assert connection.get_isolation_level() == connection.default_isolation_level
    engine.dispose()
