//! The simple query protocol.

use crate::support::server::Tavana;
use crate::support::wire::{Out, Wire};

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

#[test]
fn a_select_is_described_answered_and_counted() {
    let tavana = Tavana::start();
    let mut wire = Wire::connect(tavana.postgres);
    let reply = wire
        .query("SELECT i, 'v' || i AS v FROM range(3) t(i)")
        .ok();
    assert_eq!(reply.kinds(), "TDDDCZ");
    assert_eq!(reply.tags(), ["SELECT 3"]);
    let columns: Vec<(String, u32, i16)> = reply
        .columns()
        .into_iter()
        .map(|column| (column.name, column.oid, column.format))
        .collect();
    assert_eq!(columns, [("i".to_owned(), 20, 0), ("v".to_owned(), 25, 0)]);
    assert_eq!(reply.texts()[2], [some("2"), some("v2")]);
}

#[test]
fn statements_run_in_order_up_to_the_first_that_fails() {
    let tavana = Tavana::start();
    let mut wire = Wire::connect(tavana.postgres);
    let reply = wire.query("SELECT 1; SELECT bad; SELECT 3");
    assert_eq!(reply.kinds(), "TDCEZ");
    assert_eq!(reply.texts(), [[some("1")]]);
    assert_eq!(reply.state(), "42703");
    assert_eq!(reply.status(), 'I');
    let reply = wire.query("SELECT 1; SELECT 2, 'x'; SELECT 3").ok();
    assert_eq!(reply.kinds(), "TDCTDCTDCZ");
}

#[test]
fn a_failed_statement_undoes_the_ones_before_it_in_the_same_query() {
    let tavana = Tavana::start();
    let mut wire = Wire::connect(tavana.postgres);
    wire.query("CREATE TABLE t (i INTEGER)").ok();
    let reply = wire.query("INSERT INTO t VALUES (1); INSERT INTO t VALUES (2); SELECT bad");
    assert_eq!(reply.state(), "42703");
    assert_eq!(wire.query("SELECT count(*) FROM t").value(), some("0"));
    wire.query("INSERT INTO t VALUES (1); INSERT INTO t VALUES (2)")
        .ok();
    assert_eq!(wire.query("SELECT count(*) FROM t").value(), some("2"));
}

#[test]
fn text_without_a_statement_is_an_empty_query() {
    let tavana = Tavana::start();
    let mut wire = Wire::connect(tavana.postgres);
    for sql in [
        "",
        ";",
        "   ",
        " ; ; ",
        "-- only a comment",
        "/* and /* a nested */ one */",
    ] {
        assert_eq!(wire.query(sql).kinds(), "IZ", "{sql:?}");
    }
}

#[test]
fn semicolons_in_strings_comments_and_dollar_quotes_end_no_statement() {
    let tavana = Tavana::start();
    let mut wire = Wire::connect(tavana.postgres);
    for (sql, value) in [
        ("SELECT 'a;b'", "a;b"),
        ("SELECT 'it''s; fine'", "it's; fine"),
        ("SELECT $$a;'b$$", "a;'b"),
        ("SELECT $tag$x;$$;y$tag$", "x;$$;y"),
        ("SELECT 1 -- a; b\n", "1"),
        ("SELECT /* ; /* ; */ ; */ 2", "2"),
        ("SELECT E'a\\';b'", "a';b"),
        ("SELECT 4 AS \"a;b\"", "4"),
    ] {
        let reply = wire.query(sql).ok();
        assert_eq!(reply.kinds(), "TDCZ", "{sql}");
        assert_eq!(reply.value().as_deref(), Some(value), "{sql}");
    }
}

#[test]
fn columns_keep_their_names_even_when_two_are_equal() {
    let tavana = Tavana::start();
    let mut wire = Wire::connect(tavana.postgres);
    let reply = wire
        .query("SELECT 1 AS a, 2 AS a, 3 AS \"A b\", 4 AS \"ü\"")
        .ok();
    let names: Vec<String> = reply
        .columns()
        .into_iter()
        .map(|column| column.name)
        .collect();
    assert_eq!(names, ["a", "a", "A b", "ü"]);
    assert_eq!(reply.texts(), [["1", "2", "3", "4"].map(some)]);
}

#[test]
fn null_the_word_null_and_the_empty_string_are_three_values() {
    let tavana = Tavana::start();
    let mut wire = Wire::connect(tavana.postgres);
    let reply = wire.query("SELECT NULL, 'NULL', ''").ok();
    assert_eq!(reply.texts(), [[None, some("NULL"), some("")]]);
}

#[test]
fn a_result_without_rows_is_still_described() {
    let tavana = Tavana::start();
    let mut wire = Wire::connect(tavana.postgres);
    let reply = wire.query("SELECT 1 AS a, 'x' AS b WHERE false").ok();
    assert_eq!(reply.kinds(), "TCZ");
    assert_eq!(reply.columns().len(), 2);
    assert_eq!(reply.tags(), ["SELECT 0"]);
}

#[test]
fn changes_are_counted_in_the_tag_and_never_shown_as_rows() {
    let tavana = Tavana::start();
    let mut wire = Wire::connect(tavana.postgres);
    for (sql, tag) in [
        ("CREATE TABLE t (i INTEGER, s VARCHAR)", "CREATE TABLE"),
        (
            "INSERT INTO t VALUES (1, 'a'), (2, 'b'), (3, 'c')",
            "INSERT 0 3",
        ),
        ("UPDATE t SET s = 'x' WHERE i > 1", "UPDATE 2"),
        ("DELETE FROM t WHERE i = 1", "DELETE 1"),
        ("CREATE TABLE u AS SELECT * FROM t", "SELECT 2"),
        ("CREATE VIEW w AS SELECT * FROM u", "CREATE VIEW"),
        ("ALTER TABLE u ADD COLUMN z INTEGER", "ALTER TABLE"),
        ("DROP VIEW w", "DROP VIEW"),
        ("DROP TABLE u", "DROP TABLE"),
        ("CREATE SCHEMA s1", "CREATE SCHEMA"),
    ] {
        let reply = wire.query(sql).ok();
        assert_eq!(reply.kinds(), "CZ", "{sql}");
        assert_eq!(reply.tags(), [tag], "{sql}");
    }
    let reply = wire.query("INSERT INTO t VALUES (9, 'z') RETURNING i").ok();
    assert_eq!(reply.kinds(), "TDCZ");
    assert_eq!(reply.tags(), ["INSERT 0 1"]);
    assert_eq!(reply.value(), some("9"));
}

#[test]
fn an_error_has_the_fields_that_clients_show() {
    let tavana = Tavana::start();
    let mut wire = Wire::connect(tavana.postgres);
    let reply = wire.query("SELECT no_such_column FROM range(1)");
    let fault = &reply.faults()[0];
    assert_eq!(fault.fields.get(&'S').map(String::as_str), Some("ERROR"));
    assert_eq!(fault.fields.get(&'V').map(String::as_str), Some("ERROR"));
    assert_eq!(fault.state(), "42703");
    assert!(fault.message().contains("no_such_column"), "{fault:?}");
    assert_eq!(
        fault.fields.get(&'P').map(String::as_str),
        Some("8"),
        "the caret of psql"
    );
    // The position counts characters, not bytes.
    let reply = wire.query("SELECT 'äöü', no_such_column FROM range(1)");
    assert_eq!(
        reply.faults()[0].fields.get(&'P').map(String::as_str),
        Some("15")
    );
}

#[test]
fn a_statement_error_never_ends_the_session() {
    let tavana = Tavana::start();
    let mut wire = Wire::connect(tavana.postgres);
    for sql in [
        "SELEC 1",
        "SELECT * FROM no_such_table",
        "SELECT no_such_function(1)",
        "SELECT 'x'::INTEGER",
        "SELECT 9223372036854775807 + 1",
        "SELECT error('mine')",
        "SELECT (SELECT unnest([1, 2]))",
    ] {
        let reply = wire.query(sql);
        assert_eq!(reply.kinds(), "EZ", "{sql}: {reply:?}");
        assert_ne!(reply.state(), "", "{sql}");
        assert_eq!(reply.status(), 'I');
    }
    assert_eq!(wire.query("SELECT 5").value(), some("5"));
}

#[test]
fn a_change_of_a_reported_setting_is_reported() {
    let tavana = Tavana::start();
    let mut wire = Wire::connect(tavana.postgres);
    let reply = wire.query("SET TimeZone = 'Asia/Tokyo'").ok();
    assert_eq!(reply.tags(), ["SET"]);
    assert!(
        reply
            .parameters()
            .contains(&("TimeZone".to_owned(), "Asia/Tokyo".to_owned())),
        "{reply:?}"
    );
    let reply = wire
        .query("SELECT TIMESTAMPTZ '2024-01-01 00:00:00+00'")
        .ok();
    assert_eq!(reply.value(), some("2024-01-01 09:00:00+09"));
    let reply = wire.query("SHOW TimeZone").ok();
    assert_eq!(reply.value(), some("Asia/Tokyo"));
    wire.query("SET application_name = 'a''b'").ok();
    assert_eq!(wire.query("SHOW application_name").value(), some("a'b"));
    assert_eq!(wire.query("SET no_such_setting = 1").state(), "42704");
    assert_eq!(
        wire.query("SET client_encoding = 'LATIN1'").state(),
        "22023"
    );
}

#[test]
fn many_columns_and_a_large_value_arrive_whole() {
    let tavana = Tavana::start();
    let mut wire = Wire::connect(tavana.postgres);
    let list: Vec<String> = (0..1_600).map(|i| format!("{i} AS c{i}")).collect();
    let reply = wire.query(format!("SELECT {}", list.join(", "))).ok();
    assert_eq!(reply.columns().len(), 1_600);
    assert_eq!(reply.texts()[0][1_599], some("1599"));
    let value = wire
        .query("SELECT repeat('0123456789', 1600000)")
        .ok()
        .value();
    let value = value.expect("not NULL");
    assert_eq!(value.len(), 16_000_000);
    assert!(
        value
            .as_bytes()
            .chunks(10)
            .all(|chunk| chunk == b"0123456789")
    );
}

#[test]
fn a_large_result_is_complete_and_in_order() {
    let tavana = Tavana::start();
    let mut wire = Wire::connect(tavana.postgres);
    wire.send(Out::new().query("SELECT i, i * 7 AS j FROM range(300000) t(i)"));
    let mut rows = 0_u64;
    loop {
        let message = wire.message();
        match message.kind {
            b'D' => {
                let row = message.row();
                let text = |index: usize| {
                    String::from_utf8(row[index].clone().expect("not NULL")).expect("digits")
                };
                assert_eq!(text(0), rows.to_string());
                assert_eq!(text(1), (rows * 7).to_string());
                rows += 1;
            }
            b'C' => assert_eq!(message.text(), "SELECT 300000"),
            b'Z' => break,
            b'T' | b'S' | b'N' => {}
            _ => panic!("{message:?}"),
        }
    }
    assert_eq!(rows, 300_000);
}

#[test]
fn sessions_that_end_properly_leave_nothing() {
    let mut tavana = Tavana::start();
    for _ in 0..50 {
        let mut wire = Wire::connect(tavana.postgres);
        assert_eq!(wire.query("SELECT 1").value(), some("1"));
        wire.send(Out::new().terminate());
        assert_eq!(wire.expect_end(), []);
    }
    assert!(tavana.is_running());
}

#[test]
fn a_query_that_fails_in_one_of_several_threads_tells_why() {
    let tavana = Tavana::start();
    // A thread that fails interrupts the others, and in one of about fifty of these DuckDB tells of
    // that interrupt only.
    let sql = "SELECT CASE WHEN i = 200000 THEN error('mine') ELSE i::VARCHAR END \
               FROM range(300000) t(i)";
    std::thread::scope(|scope| {
        for number in 0..4 {
            let to = tavana.postgres;
            scope.spawn(move || {
                let mut wire = Wire::connect_as(to, &[("user", &format!("reader{number}"))]);
                // Half of them in a transaction, which DuckDB gives up for an interrupt.
                let in_transaction = number % 2 == 0;
                for _ in 0..60 {
                    if in_transaction {
                        wire.query("BEGIN; SELECT count(*) FROM range(7)").ok();
                    }
                    let reply = wire.query(sql);
                    let fault = reply.faults().pop().expect("it fails");
                    assert_eq!((fault.state(), fault.message()), ("22023", "mine"));
                    if in_transaction {
                        wire.query("ROLLBACK").ok();
                    }
                }
            });
        }
    });
}
