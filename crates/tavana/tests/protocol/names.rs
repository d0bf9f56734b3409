//! Names and types of columns as PostgreSQL has them.

use crate::support::server::Tavana;
use crate::support::wire::{Out, Wire};

fn names(wire: &mut Wire, sql: &str) -> Vec<String> {
    let columns = wire.query(sql).ok().columns();
    columns.into_iter().map(|column| column.name).collect()
}

#[test]
fn columns_without_a_name_get_the_one_that_postgresql_gives_them() {
    let tavana = Tavana::start();
    let mut wire = Wire::connect(tavana.postgres);
    let table: &[(&str, &[&str])] = &[
        (
            "SELECT count(*), max(i), 1, 'a'::text, i::int FROM range(3) t(i) GROUP BY i",
            &["count", "max", "?column?", "text", "i"],
        ),
        ("VALUES (1, 2)", &["column1", "column2"]),
        (
            "SELECT upper('a'), *, i + 1 FROM range(1) t(i)",
            &["upper", "i", "?column?"],
        ),
        (
            "SELECT count FROM (SELECT count(*) FROM range(3)) x",
            &["count"],
        ),
        (
            "SELECT * FROM (SELECT max(i) FROM range(3) t(i)) x",
            &["max"],
        ),
        ("SELECT {'a': 1} AS b", &["b"]),
    ];
    for (sql, expected) in table {
        assert_eq!(names(&mut wire, sql), *expected, "{sql}");
        let reply = wire
            .exchange(
                Out::new()
                    .parse("", sql, &[])
                    .describe_statement("")
                    .bind("", "", &[])
                    .execute("", 0)
                    .sync(),
            )
            .ok();
        let described: Vec<String> = reply
            .columns()
            .into_iter()
            .map(|column| column.name)
            .collect();
        assert_eq!(described, *expected, "{sql}");
    }
}

#[test]
fn cursors_prepared_statements_and_tables_have_the_same_names() {
    let tavana = Tavana::start();
    let mut wire = Wire::connect(tavana.postgres);
    wire.query("PREPARE p AS SELECT count(*) FROM range(3)")
        .ok();
    assert_eq!(names(&mut wire, "EXECUTE p"), ["count"]);
    wire.query("BEGIN").ok();
    wire.query("DECLARE c CURSOR FOR SELECT max(i) FROM range(3) t(i)")
        .ok();
    assert_eq!(names(&mut wire, "FETCH c"), ["max"]);
    wire.query("COMMIT").ok();
    wire.query("CREATE TABLE public.made AS SELECT sum(i) FROM range(3) t(i)")
        .ok();
    assert_eq!(
        wire.query("SELECT sum FROM made").ok().value().as_deref(),
        Some("3")
    );
    wire.query("INSERT INTO public.made VALUES (4)").ok();
    let reply = wire
        .query("INSERT INTO made VALUES (5) RETURNING sum + 1")
        .ok();
    assert_eq!(reply.columns()[0].name, "?column?");
}

#[test]
fn positions_of_errors_are_those_of_the_clients_text() {
    let tavana = Tavana::start();
    let mut wire = Wire::connect(tavana.postgres);
    let sql = "SELECT x.count, nothere FROM (SELECT count(*) FROM range(3)) x";
    let fault = wire.query(sql).faults().remove(0);
    let position: usize = fault.fields[&'P'].parse().expect("a number");
    assert_eq!(position, sql.find("nothere").expect("is there") + 1);
    let sql = "SELECT relname FROM pg_class WHERE relname ~ 'x' AND nothere";
    let fault = wire.query(sql).faults().remove(0);
    let position: usize = fault.fields[&'P'].parse().expect("a number");
    assert_eq!(position, sql.find("nothere").expect("is there") + 1);
}
