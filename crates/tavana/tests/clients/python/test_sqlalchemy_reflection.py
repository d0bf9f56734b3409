"""SQLAlchemy's inspector over three drivers tells of tavana's tables what it tells of PostgreSQL's."""

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


def reflected(connection):
    inspector = sa.inspect(connection)
    tables = (("customer", None), ("purchase", None), ("debtor", None), ("item", "store"))

    def plain(value):
        """Types compare by identity: take what they print."""
        if isinstance(value, dict):
            return {key: plain(part) for key, part in value.items()}
        if isinstance(value, (list, tuple)):
            return [plain(part) for part in value]
        return value if isinstance(value, (str, int, bool, type(None))) else repr(value)

    def sorted_by_name(rows):
        return sorted((plain(row) for row in rows), key=lambda row: str(row.get("name")))

    checks = sorted_by_name(inspector.get_check_constraints("customer"))
    for check in checks:
        # DuckDB has its own way to write the same condition.
        check["sqltext"] = "".join(check["sqltext"].replace("::numeric", "").split()).strip("()")
    return {
        "schemas": sorted(inspector.get_schema_names()),
        "default schema": inspector.default_schema_name,
        "tables": sorted(inspector.get_table_names()),
        "tables of a schema": inspector.get_table_names("store"),
        "views": inspector.get_view_names(),
        "columns": {table: plain(inspector.get_columns(*table)) for table in tables},
        "primary keys": {table: plain(inspector.get_pk_constraint(*table)) for table in tables},
        "foreign keys": {table: sorted_by_name(inspector.get_foreign_keys(*table)) for table in tables},
        "indexes": {table: sorted_by_name(inspector.get_indexes(*table)) for table in tables},
        "unique": {table: sorted_by_name(inspector.get_unique_constraints(*table)) for table in tables},
        "checks": checks,
        "has table": [inspector.has_table("customer"), inspector.has_table("nothing"), inspector.has_table("debtor")],
        "sequences": inspector.get_sequence_names(),
        "enums": plain(inspector.get_enums()),
        "comment": inspector.get_table_comment("customer"),
        "temporary": inspector.get_temp_table_names(),
        "materialized": inspector.get_materialized_view_names(),
    }


@pytest.fixture(scope="module")
def seen(tavana, postgres16):
    answers = {}
    for driver in DRIVERS:
        postgres16.fresh()
        answers[driver, "postgres"] = on_connection(postgres16, driver, reflected)
        try:
            answers[driver, "tavana"] = on_connection(tavana, driver, reflected)
        except sa.exc.SQLAlchemyError as error:
            answers[driver, "tavana"] = error
    return answers


@pytest.mark.parametrize("driver", DRIVERS)
def test_the_inspector_tells_the_same_as_on_postgresql(seen, driver):
    got, expected = seen[driver, "tavana"], seen[driver, "postgres"]
    assert isinstance(got, dict), got
    for name in expected:
        assert got[name] == expected[name], name


@pytest.mark.parametrize("driver", DRIVERS)
def test_a_whole_schema_is_reflected_into_tables_that_can_be_queried(server, driver):
    def work(connection):
        metadata = sa.MetaData()
        metadata.reflect(connection, views=True)
        purchase, customer = metadata.tables["purchase"], metadata.tables["customer"]
        (key,) = purchase.foreign_keys
        assert key.column is customer.c.id
        joined = sa.select(customer.c.name, purchase.c.paid).join_from(purchase, customer).order_by(purchase.c.id)
        rows = [tuple(row) for row in connection.execute(joined)]
        connection.execute(sa.insert(customer), [{"id": 3, "name": "cy", "credit": 1}])
        return sorted(metadata.tables), rows, connection.execute(sa.select(sa.func.count(customer.c.id))).scalar_one()

    assert on_connection(server, driver, work) == (
        ["customer", "debtor", "purchase"], [("ann", True), ("bob", False)], 3
    )  # fmt: skip


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
