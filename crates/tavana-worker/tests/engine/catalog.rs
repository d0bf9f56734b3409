//! The hidden database that makes an engine look like PostgreSQL.

use std::collections::BTreeSet;

use tavana_common::catalog;
use tavana_common::proto::v1::{FailureKind, Setting};

use super::Engine;

/// The first column of an answer, sorted.
fn texts(engine: &mut Engine, sql: &str) -> Vec<String> {
    let mut found: Vec<String> = engine.run(sql).texts().into_iter().flatten().collect();
    found.sort();
    found
}

/// One value as text.
fn value(engine: &mut Engine, sql: &str) -> String {
    engine.run(&format!("SELECT ({sql})::VARCHAR")).text()
}

fn with_demo() -> Engine {
    let mut engine = Engine::start();
    for sql in [
        "CREATE SCHEMA sales",
        "CREATE TYPE mood AS ENUM ('sad', 'happy')",
        "CREATE SEQUENCE order_ids START 10 INCREMENT 5",
        "CREATE TABLE customers (id INTEGER PRIMARY KEY, name VARCHAR NOT NULL, email VARCHAR UNIQUE, \
         score DECIMAL(10,2) DEFAULT 1.5, tags VARCHAR[], feeling mood)",
        "CREATE TABLE orders (order_id BIGINT PRIMARY KEY, customer_id INTEGER NOT NULL \
         REFERENCES customers (id), amount DECIMAL(12,4), CHECK (amount > 0))",
        "CREATE INDEX orders_amount ON orders (amount)",
        "CREATE VIEW totals AS SELECT customer_id, sum(amount) AS total FROM orders GROUP BY ALL",
        "CREATE TABLE sales.regions (region VARCHAR PRIMARY KEY)",
        "CREATE MACRO twice(a) AS a * 2",
        "COMMENT ON TABLE customers IS 'people who buy'",
        "COMMENT ON COLUMN customers.name IS 'full name'",
    ] {
        engine.run(sql);
    }
    engine
}

#[test]
fn every_name_that_the_gateway_rewrites_exists_and_no_other_is_left_out() {
    let mut engine = Engine::start();
    engine.run("SELECT 1 FROM __tavana.pg.pg_class LIMIT 1");
    let mut relations = |schema: &str| {
        texts(
            &mut engine,
            &format!(
                "SELECT table_name FROM (SELECT database_name, schema_name, table_name \
                 FROM system.main.duckdb_tables() UNION ALL SELECT database_name, schema_name, \
                 view_name FROM system.main.duckdb_views()) WHERE database_name = '__tavana' \
                 AND schema_name = '{schema}' AND (table_name NOT LIKE '\\_%' ESCAPE '\\' \
                 OR table_name LIKE '\\_pg\\_foreign%' ESCAPE '\\' \
                 OR table_name LIKE '\\_pg\\_user%' ESCAPE '\\')"
            ),
        )
    };
    assert_eq!(relations(catalog::PG_SCHEMA), catalog::PG_RELATIONS);
    assert_eq!(
        relations(catalog::INFORMATION_SCHEMA),
        catalog::INFORMATION_SCHEMA_RELATIONS
    );
    let functions: BTreeSet<String> = texts(
        &mut engine,
        "SELECT DISTINCT function_name FROM system.main.duckdb_functions() \
         WHERE database_name = '__tavana' AND (function_name NOT LIKE '\\_%' ESCAPE '\\' \
         OR function_name LIKE '\\_pg\\_%' ESCAPE '\\')",
    )
    .into_iter()
    .collect();
    let named: BTreeSet<String> = catalog::PG_FUNCTIONS
        .iter()
        .map(|name| (*name).to_owned())
        .chain(
            catalog::REG_TYPES
                .iter()
                .flat_map(|name| [format!("{name}_in"), format!("{name}_out")]),
        )
        .collect();
    assert_eq!(functions, named);
    for (_, native) in catalog::PG_RENAMES {
        let sql =
            format!("SELECT count(*) > 0 FROM duckdb_functions() WHERE function_name = '{native}'");
        assert_eq!(value(&mut engine, &sql), "true", "{native}");
    }
}

#[test]
fn every_relation_of_the_catalog_can_be_read() {
    let mut engine = with_demo();
    for (schema, relations) in [
        (catalog::PG_SCHEMA, catalog::PG_RELATIONS),
        (
            catalog::INFORMATION_SCHEMA,
            catalog::INFORMATION_SCHEMA_RELATIONS,
        ),
    ] {
        for relation in relations {
            engine.run(&format!("SELECT * FROM __tavana.{schema}.{relation}"));
        }
    }
}

#[test]
fn tables_keys_types_and_comments_are_told_as_postgresql_does() {
    let mut engine = with_demo();
    for (sql, expected) in [
        (
            "SELECT list(relname || ' ' || relkind ORDER BY relname) FROM __tavana.pg.pg_class \
             WHERE relnamespace = 2200",
            "[customers r, customers_email_key i, customers_pkey i, order_ids S, orders r, \
             orders_amount i, orders_pkey i, totals v]",
        ),
        (
            "SELECT list(attname || ' ' || __tavana.pg.format_type(atttypid, atttypmod) \
             ORDER BY attnum) FROM __tavana.pg.pg_attribute \
             WHERE attrelid = __tavana.pg.regclass_in('customers')",
            "[id integer, name text, email text, 'score numeric(10,2)', 'tags text[]', \
             feeling text]",
        ),
        (
            "SELECT list(conname || ' ' || conkey::VARCHAR || ' ' || __tavana.pg.pg_get_constraintdef(oid) \
             ORDER BY conname) FROM __tavana.pg.pg_constraint \
             WHERE conrelid = __tavana.pg.regclass_in('public.orders')",
            "['orders_amount_check [3] CHECK ((amount > 0))', \
             'orders_customer_id_fkey [2] FOREIGN KEY (customer_id) REFERENCES customers(id)', \
             'orders_pkey [1] PRIMARY KEY (order_id)']",
        ),
        (
            "SELECT __tavana.pg.pg_get_indexdef(__tavana.pg.regclass_in('orders_amount'))",
            "CREATE INDEX orders_amount ON public.orders USING btree (amount)",
        ),
        (
            "SELECT __tavana.pg.obj_description(__tavana.pg.regclass_in('customers'), 'pg_class') \
             || ', ' || __tavana.pg.col_description(__tavana.pg.regclass_in('customers'), 2)",
            "people who buy, full name",
        ),
        (
            "SELECT __tavana.pg.regclass_out(__tavana.pg.regclass_in('sales.regions'))",
            "sales.regions",
        ),
        (
            "SELECT list(column_name || ' ' || data_type || ' ' || udt_name ORDER BY ordinal_position) \
             FROM __tavana.isch.columns WHERE table_name = 'orders'",
            "[order_id bigint int8, customer_id integer int4, amount numeric numeric]",
        ),
        (
            "SELECT list(proname || ' ' || __tavana.pg.pg_get_function_arguments(oid)) \
             FROM __tavana.pg.pg_proc WHERE pronamespace = 2200",
            "['twice a \"any\"']",
        ),
        (
            "SELECT list(enumlabel ORDER BY enumsortorder) FROM __tavana.pg.pg_enum",
            "[sad, happy]",
        ),
        (
            "SELECT typreceive || ' ' || __tavana.pg.regproc_out(typreceive) \
             FROM __tavana.pg.pg_type WHERE oid = 23",
            "2406 int4recv",
        ),
    ] {
        assert_eq!(value(&mut engine, sql), expected, "{sql}");
    }
    let failure = engine.fails("SELECT __tavana.pg.regclass_in('nothing')");
    assert!(
        failure
            .message
            .contains("relation \"nothing\" does not exist"),
        "{failure:?}"
    );
    assert_eq!(
        value(&mut engine, "__tavana.pg.to_regclass('nothing') IS NULL"),
        "true"
    );
}

#[test]
fn numbers_of_objects_are_the_same_in_every_engine() {
    let oids = "SELECT list(oid ORDER BY oid) FROM __tavana.pg.pg_class";
    let (mut one, mut other) = (with_demo(), with_demo());
    assert_eq!(value(&mut one, oids), value(&mut other, oids));
}

#[test]
fn functions_compute_what_postgresql_computes() {
    let mut engine = Engine::start();
    for (sql, expected) in [
        (
            "__tavana.pg.to_char(TIMESTAMP '2024-03-05 14:07:09.25', 'FMMonth DDth, YYYY HH12:MI:SS.MS am')",
            "March 05th, 2024 02:07:09.250 pm",
        ),
        ("__tavana.pg.to_char(1234.5, '999,999.99')", "   1,234.50"),
        ("__tavana.pg.to_char(-12, 'FM999')", "-12"),
        (
            "__tavana.pg.to_date('05 Mar 2024', 'DD Mon YYYY')",
            "2024-03-05",
        ),
        ("__tavana.pg.quote_ident('Two words')", "\"Two words\""),
        (
            "__tavana.pg.array_to_string([1, NULL, 3], ',', '*')",
            "1,*,3",
        ),
        (
            "coalesce(__tavana.pg.array_length([]::INTEGER[], 1), -1)",
            "-1",
        ),
        ("__tavana.pg.pg_typeof([1.5])", "numeric[]"),
        (
            "__tavana.pg.format_type(1184, NULL)",
            "timestamp with time zone",
        ),
        ("__tavana.pg.pg_size_pretty(123456789)", "118 MB"),
        ("__tavana.pg.initcap('hello wORLD')", "Hello World"),
    ] {
        assert_eq!(value(&mut engine, sql), expected, "{sql}");
    }
    // What is not known is an error, not a guess.
    engine.fails("SELECT __tavana.pg.to_char(1, 'RN')");
    engine.fails("SELECT __tavana.pg.to_date('1', 'J')");
}

#[test]
fn the_catalog_can_be_used_first_inside_a_transaction_that_fails() {
    let mut engine = Engine::start();
    engine.run("BEGIN");
    engine.run("CREATE TABLE gone (a INTEGER)");
    let count = "SELECT count(*) FROM __tavana.pg.pg_class WHERE relname = 'gone'";
    assert_eq!(engine.run(count).int64(), [1]);
    engine.run("ROLLBACK");
    assert_eq!(engine.run(count).int64(), [0]);
}

#[test]
fn what_is_listed_is_what_there_is_at_that_moment() {
    let mut engine = Engine::start();
    let names = "SELECT list(relname ORDER BY relname) FROM __tavana.pg.pg_class \
                 WHERE oid >= 16384 AND relkind IN ('r', 'v', 'i')";
    let listed = |engine: &mut Engine, expected: &str| {
        let names = format!("SELECT coalesce(({names})::VARCHAR, '')");
        assert_eq!(engine.run(&names).text(), expected);
    };
    listed(&mut engine, "");
    engine.run("CREATE TABLE a (i INTEGER)");
    listed(&mut engine, "[a]");
    engine.run("CREATE TABLE b AS SELECT relname FROM __tavana.pg.pg_class WHERE relname = 'a'");
    engine.run("CREATE INDEX a_i ON a (i)");
    listed(&mut engine, "[a, a_i, b]");
    engine.run("BEGIN");
    engine.run("DROP TABLE b");
    listed(&mut engine, "[a, a_i]");
    engine.run("CREATE TABLE c (i INTEGER)");
    listed(&mut engine, "[a, a_i, c]");
    engine.run("ROLLBACK");
    listed(&mut engine, "[a, a_i, b]");
    engine.run("EXPLAIN ANALYZE CREATE TABLE d (i INTEGER)");
    listed(&mut engine, "[a, a_i, b, d]");
    // What is made over the catalog sees it as it is, too.
    engine.run("CREATE VIEW v AS SELECT relname FROM __tavana.pg.pg_class WHERE oid >= 16384");
    engine.run("DROP TABLE d");
    assert_eq!(engine.run("SELECT count(*) FROM v").int64(), [4]);
    engine.run("ATTACH ':memory:' AS other");
    engine.run("CREATE TABLE other.far (i INTEGER)");
    listed(&mut engine, "[a, a_i, b, v]");
    engine.run("USE other");
    listed(&mut engine, "[far]");
    engine.run("USE memory");
    let visible = "SELECT __tavana.pg.pg_table_is_visible(__tavana.pg.regclass_in('s.t'))::VARCHAR";
    engine.run("CREATE SCHEMA s");
    engine.run("CREATE TABLE s.t (i INTEGER)");
    assert_eq!(engine.run(visible).text(), "false");
    engine.settings = vec![Setting {
        name: "search_path".to_owned(),
        value: "s,main".to_owned(),
    }];
    assert_eq!(engine.run(visible).text(), "true");
    engine.settings.clear();
    assert_eq!(engine.run(visible).text(), "false");
}

#[test]
fn the_database_is_called_what_the_gateway_says_whatever_a_user_does_to_the_variable() {
    let mut engine = Engine::start();
    let name = "SELECT catalog_name FROM __tavana.isch.information_schema_catalog_name";
    assert_eq!(engine.run(name).text(), "memory");
    engine.settings = vec![Setting {
        name: catalog::DATABASE_SETTING.to_owned(),
        value: "it's \"a\" shop".to_owned(),
    }];
    assert_eq!(engine.run(name).text(), "it's \"a\" shop");
    engine.run("RESET VARIABLE __tavana_database");
    engine.run(name);
    engine.run("SET VARIABLE __tavana_database = 'x'");
    assert_eq!(engine.run(name).text(), "x");
    let failure = engine.fails("SET tavana_database = 'y'");
    assert_eq!(failure.kind(), FailureKind::FailurePermission);
    engine.settings.clear();
    assert_eq!(engine.run(name).text(), "memory");
}

#[test]
fn users_do_not_see_the_catalog_in_listings_and_cannot_change_it() {
    let mut engine = Engine::start();
    engine.run("SELECT 1 FROM __tavana.pg.pg_class LIMIT 1");
    for listing in [
        "SELECT database_name FROM duckdb_databases()",
        "SELECT database_name FROM (SHOW DATABASES)",
        "SELECT database FROM (SHOW ALL TABLES)",
        "SELECT DISTINCT catalog_name FROM information_schema.schemata",
        "SELECT DISTINCT table_catalog FROM information_schema.tables",
        "SELECT DISTINCT database_name FROM duckdb_functions()",
        "SELECT function_name FROM duckdb_functions()",
        "SELECT DISTINCT database_name FROM duckdb_tables()",
        "SELECT DISTINCT database_name FROM duckdb_columns()",
        "SELECT datname FROM __tavana.pg.pg_database",
    ] {
        let found = texts(&mut engine, listing);
        assert!(
            !found.iter().any(|name| name.contains("__tavana")),
            "{listing}: {found:?}"
        );
    }
    for sql in [
        "DROP SCHEMA __tavana.pg CASCADE",
        "INSERT INTO __tavana.pg.pg_am SELECT * FROM __tavana.pg.pg_am",
        "USE __tavana",
        "DETACH __tavana",
        "ATTACH OR REPLACE ':memory:' AS __tavana",
    ] {
        let failure = engine.fails(sql);
        assert_eq!(failure.kind(), FailureKind::FailurePermission, "{sql}");
    }
}
