"""SQLAlchemy Core over two PostgreSQL drivers."""

import pytest
import sqlalchemy as sa


@pytest.mark.parametrize("driver", ("psycopg", "psycopg2"))
def test_core_statements(tavana, driver):
    url = f"postgresql+{driver}://tester@{tavana.host}:{tavana.pg_port}/main"
    engine = sa.create_engine(url, poolclass=sa.pool.StaticPool)
    metadata = sa.MetaData()
    items = sa.Table(
        "items", metadata,
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("name", sa.String(50)),
        sa.Column("price", sa.Numeric(10, 2)),
    )  # fmt: skip
    try:
        with engine.begin() as connection:
            items.create(connection)
            connection.execute(
                sa.insert(items),
                [{"id": 1, "name": "a", "price": 1.5}, {"id": 2, "name": "b", "price": None}],
            )
        with engine.connect() as connection:
            rows = connection.execute(sa.select(items).order_by(items.c.id)).all()
            assert [(row.id, row.name) for row in rows] == [(1, "a"), (2, "b")]
            found = connection.execute(sa.select(sa.func.count()).where(items.c.name == "' OR 1=1 --"))
            assert found.scalar_one() == 0
            changed = connection.execute(sa.update(items).where(items.c.id == 2).values(name="c"))
            assert changed.rowcount == 1
            connection.rollback()
            names = connection.execute(sa.select(items.c.name).order_by(items.c.id)).scalars().all()
            assert names == ["a", "b"]
            text = sa.text("SELECT i FROM range(:n) t(i) ORDER BY i")
            assert connection.execute(text, {"n": 3}).scalars().all() == [0, 1, 2]
    finally:
        engine.dispose()


@pytest.mark.parametrize("driver", ("psycopg", "psycopg2"))
def test_the_first_connection_asks_the_catalog(tavana, driver):
    """SQLAlchemy begins with `select pg_catalog.version()` and `select current_schema()`."""
    engine = sa.create_engine(f"postgresql+{driver}://tester@{tavana.host}:{tavana.pg_port}/main")
    with engine.connect() as connection:
        assert engine.dialect.server_version_info[0] == 16
        assert engine.dialect.default_schema_name == "public"
        assert connection.execute(sa.text("SELECT count(*) FROM range(3)")).mappings().one() == {"count": 3}
    engine.dispose()
