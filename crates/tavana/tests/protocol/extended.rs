//! The extended query protocol: Parse, Bind, Describe, Execute, Close, Flush, Sync.

use crate::support::server::Tavana;
use crate::support::wire::{Next, Out, Wire};
use std::time::Duration;

const INT4: u32 = 23;
const INT8: u32 = 20;
const TEXT: u32 = 25;

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

#[test]
fn one_round_trip_describes_binds_and_executes() {
    let tavana = Tavana::start();
    let mut wire = Wire::connect(tavana.postgres);
    let reply = wire
        .exchange(
            Out::new()
                .parse("", "SELECT $1::INTEGER + 1 AS n, $2 || '!' AS s", &[])
                .describe_statement("")
                .bind("", "", &[Some("41"), Some("hey")])
                .describe_portal("")
                .execute("", 0)
                .sync(),
        )
        .ok();
    assert_eq!(reply.kinds(), "1tT2TDCZ");
    assert_eq!(reply.messages[1].parameter_oids(), [INT4, TEXT]);
    assert_eq!(reply.texts(), [[some("42"), some("hey!")]]);
    assert_eq!(reply.tags(), ["SELECT 1"]);
}

#[test]
fn after_an_error_everything_is_skipped_until_sync() {
    let tavana = Tavana::start();
    let mut wire = Wire::connect(tavana.postgres);
    let reply = wire.exchange(
        Out::new()
            .parse("", "SELECT bad", &[])
            .bind("", "", &[])
            .execute("", 0)
            .parse("kept_out", "SELECT 1", &[])
            .flush()
            .close_statement("x")
            .sync(),
    );
    assert_eq!(reply.kinds(), "EZ");
    assert_eq!(reply.state(), "42703");
    assert_eq!(reply.status(), 'I');
    let reply = wire.exchange(Out::new().bind("", "kept_out", &[]).execute("", 0).sync());
    assert_eq!(reply.state(), "26000", "its Parse was skipped");
    let reply = wire.exchange(
        Out::new()
            .parse("", "SELECT 2", &[])
            .bind("", "", &[])
            .execute("", 0)
            .sync(),
    );
    assert_eq!(reply.kinds(), "12DCZ");
}

#[test]
fn deallocate_all_forgets_the_named_statements_and_keeps_the_one_without_a_name() {
    let tavana = Tavana::start();
    for sql in ["DEALLOCATE ALL", "DISCARD ALL"] {
        let mut wire = Wire::connect(tavana.postgres);
        wire.exchange(Out::new().parse("named", "SELECT 1", &[]).sync())
            .ok();
        wire.exchange(Out::new().parse("", sql, &[]).sync()).ok();
        for _ in 0..2 {
            let reply = wire.exchange(Out::new().bind("", "", &[]).execute("", 0).sync());
            assert_eq!(reply.ok().tags(), [sql]);
        }
        let reply = wire.exchange(Out::new().bind("", "named", &[]).sync());
        assert_eq!(reply.state(), "26000", "{sql}");
    }
}

#[test]
fn an_error_while_executing_skips_the_rest_of_the_pipeline() {
    let tavana = Tavana::start();
    let mut wire = Wire::connect(tavana.postgres);
    let one = |out: Out, sql: &str| out.parse("", sql, &[]).bind("", "", &[]).execute("", 0);
    let mut out = Out::new();
    for sql in ["SELECT 1", "SELECT 'x'::VARCHAR::INTEGER", "SELECT 3"] {
        out = one(out, sql);
    }
    let reply = wire.exchange(out.sync());
    assert_eq!(reply.state(), "22P02");
    assert_eq!(reply.texts(), [[some("1")]], "nothing after the error");
    assert_eq!(
        reply
            .messages
            .iter()
            .filter(|message| message.kind == b'Z')
            .count(),
        1
    );
    assert_eq!(wire.query("SELECT 4").value(), some("4"));
}

#[test]
fn pipelined_statements_are_answered_in_order() {
    let tavana = Tavana::start();
    let mut wire = Wire::connect(tavana.postgres);
    let mut out = Out::new();
    for number in 0..50 {
        let text = number.to_string();
        out = out
            .parse("", "SELECT $1::BIGINT * 10", &[INT8])
            .bind("", "", &[Some(&text)])
            .execute("", 0);
    }
    let reply = wire.exchange(out.sync()).ok();
    let values: Vec<_> = reply
        .texts()
        .into_iter()
        .map(|mut row| row.remove(0))
        .collect();
    let expected: Vec<_> = (0..50)
        .map(|number| Some((number * 10).to_string()))
        .collect();
    assert_eq!(values, expected);
    // Several Syncs in flight: each gets its own ReadyForQuery, and an error only skips to its own.
    let one = |sql: &str| {
        Out::new()
            .parse("", sql, &[])
            .bind("", "", &[])
            .execute("", 0)
            .sync()
            .bytes
    };
    wire.send_bytes(&[one("SELECT 1"), one("SELECT bad"), one("SELECT 3")].concat());
    assert_eq!(wire.reply().kinds(), "12DCZ");
    assert_eq!(wire.reply().kinds(), "EZ");
    assert_eq!(wire.reply().kinds(), "12DCZ");
}

#[test]
fn a_named_statement_lives_until_it_is_closed() {
    let tavana = Tavana::start();
    let mut wire = Wire::connect(tavana.postgres);
    wire.exchange(Out::new().parse("s1", "SELECT $1::INTEGER * 2", &[]).sync())
        .ok();
    for number in 0..10 {
        let text = number.to_string();
        let reply = wire
            .exchange(
                Out::new()
                    .bind("", "s1", &[Some(&text)])
                    .execute("", 0)
                    .sync(),
            )
            .ok();
        assert_eq!(reply.value(), Some((number * 2).to_string()));
    }
    let reply = wire.exchange(Out::new().parse("s1", "SELECT 1", &[]).sync());
    assert_eq!(reply.state(), "42P05", "a name is taken until it is closed");
    let reply = wire
        .exchange(
            Out::new()
                .close_statement("s1")
                .parse("s1", "SELECT 'new'", &[])
                .sync(),
        )
        .ok();
    assert_eq!(reply.kinds(), "31Z");
    let reply = wire
        .exchange(Out::new().bind("", "s1", &[]).execute("", 0).sync())
        .ok();
    assert_eq!(reply.value(), some("new"));
}

/// A plan of DuckDB holds constants from the statistics of its time: run again after a change it
/// gives wrong values and drops rows. So no plan may be run a second time.
#[test]
fn a_statement_prepared_before_a_change_sees_what_was_changed() {
    let tavana = Tavana::start();
    let mut wire = Wire::connect(tavana.postgres);
    wire.query("CREATE TABLE k (id INTEGER PRIMARY KEY, n INTEGER)")
        .ok();
    wire.query("INSERT INTO k VALUES (1, 11), (2, 222), (3, 33)")
        .ok();
    let statements = [
        ("sorted", "SELECT n FROM k ORDER BY id"),
        ("filtered", "SELECT n FROM k WHERE n < 0"),
        ("grouped", "SELECT n FROM k GROUP BY n ORDER BY n"),
    ];
    for (name, sql) in statements {
        wire.exchange(Out::new().parse(name, sql, &[]).sync()).ok();
        wire.query(format!("PREPARE sql_{name} AS {sql}")).ok();
    }
    let run = |wire: &mut Wire| -> Vec<Vec<String>> {
        let mut seen = Vec::new();
        for (name, sql) in statements {
            let bound = wire.exchange(Out::new().bind("", name, &[]).execute("", 0).sync());
            for reply in [
                bound,
                wire.query(sql),
                wire.query(format!("EXECUTE sql_{name}")),
            ] {
                let rows = reply.ok().texts().into_iter();
                seen.push(
                    rows.map(|mut row| row.remove(0).expect("not NULL"))
                        .collect(),
                );
            }
        }
        seen
    };
    let three = |values: &[&str]| {
        vec![
            values
                .iter()
                .map(|v| (*v).to_owned())
                .collect::<Vec<String>>();
            3
        ]
    };
    let before = [
        three(&["11", "222", "33"]),
        three(&[]),
        three(&["11", "33", "222"]),
    ]
    .concat();
    assert_eq!(run(&mut wire), before);
    wire.query("UPDATE k SET n = -1 WHERE id = 1").ok();
    wire.query("INSERT INTO k VALUES (7, 2000000000)").ok();
    let after = [
        three(&["-1", "222", "33", "2000000000"]),
        three(&["-1"]),
        three(&["-1", "33", "222", "2000000000"]),
    ];
    assert_eq!(run(&mut wire), after.concat());
}

#[test]
fn the_unnamed_statement_is_replaced_by_the_next_parse() {
    let tavana = Tavana::start();
    let mut wire = Wire::connect(tavana.postgres);
    wire.exchange(Out::new().parse("", "SELECT 1", &[]).sync())
        .ok();
    wire.exchange(Out::new().parse("", "SELECT 2", &[]).sync())
        .ok();
    let reply = wire
        .exchange(Out::new().bind("", "", &[]).execute("", 0).sync())
        .ok();
    assert_eq!(reply.value(), some("2"));
}

#[test]
fn what_was_never_made_cannot_be_used_but_can_be_closed() {
    let tavana = Tavana::start();
    let mut wire = Wire::connect(tavana.postgres);
    assert_eq!(
        wire.exchange(Out::new().bind("", "nothing", &[]).sync())
            .state(),
        "26000"
    );
    assert_eq!(
        wire.exchange(Out::new().describe_statement("nothing").sync())
            .state(),
        "26000"
    );
    assert_eq!(
        wire.exchange(Out::new().execute("nothing", 0).sync())
            .state(),
        "34000"
    );
    assert_eq!(
        wire.exchange(Out::new().describe_portal("nothing").sync())
            .state(),
        "34000"
    );
    let reply = wire
        .exchange(
            Out::new()
                .close_statement("nothing")
                .close_portal("nothing")
                .sync(),
        )
        .ok();
    assert_eq!(reply.kinds(), "33Z");
}

#[test]
fn a_row_limit_suspends_the_portal_and_the_next_execute_goes_on() {
    let tavana = Tavana::start();
    let mut wire = Wire::connect(tavana.postgres);
    let reply = wire
        .exchange(
            Out::new()
                .parse("", "SELECT i FROM range(7) t(i)", &[])
                .bind("p", "", &[])
                .execute("p", 3)
                .execute("p", 3)
                .execute("p", 3)
                .sync(),
        )
        .ok();
    assert_eq!(reply.kinds(), "12DDDsDDDsDCZ");
    let values: Vec<_> = reply
        .texts()
        .into_iter()
        .map(|mut row| row.remove(0))
        .collect();
    assert_eq!(values, ["0", "1", "2", "3", "4", "5", "6"].map(some));
}

#[test]
fn a_portal_outlives_sync_in_a_transaction_and_only_there() {
    let tavana = Tavana::start();
    let mut wire = Wire::connect(tavana.postgres);
    wire.query("BEGIN").ok();
    let open = Out::new()
        .parse("", "SELECT i FROM range(5) t(i)", &[])
        .bind("p", "", &[]);
    let reply = wire.exchange(open.clone().execute("p", 2).sync()).ok();
    assert_eq!(reply.kinds(), "12DDsZ");
    assert_eq!(reply.status(), 'T');
    let reply = wire.exchange(Out::new().execute("p", 2).sync()).ok();
    assert_eq!(reply.texts(), [[some("2")], [some("3")]]);
    // Another statement may run between two fetches of a portal.
    let other = Out::new()
        .parse("", "SELECT 'between'", &[])
        .bind("", "", &[])
        .execute("", 0);
    assert_eq!(wire.exchange(other.sync()).ok().value(), some("between"));
    let reply = wire.exchange(Out::new().execute("p", 0).sync()).ok();
    assert_eq!(reply.texts(), [[some("4")]]);
    wire.query("COMMIT").ok();
    assert_eq!(
        wire.exchange(Out::new().execute("p", 0).sync()).state(),
        "34000"
    );

    wire.exchange(open.execute("p", 2).sync()).ok();
    let reply = wire.exchange(Out::new().execute("p", 2).sync());
    assert_eq!(reply.state(), "34000", "outside a transaction Sync ends it");
}

#[test]
fn a_statement_without_rows_may_be_executed_with_a_row_limit() {
    let tavana = Tavana::start();
    let mut wire = Wire::connect(tavana.postgres);
    // pgjdbc sends its SETs so, and never describes them.
    for (sql, tag) in [
        ("SET extra_float_digits = 3", "SET"),
        ("SET application_name = 'driver'", "SET"),
        ("CREATE TABLE t (i INTEGER)", "CREATE TABLE"),
        ("INSERT INTO t VALUES (1), (2)", "INSERT 0 2"),
    ] {
        let out = Out::new()
            .parse("", sql, &[])
            .bind("", "", &[])
            .execute("", 1)
            .sync();
        let reply = wire.exchange(out).ok();
        assert_eq!(reply.kinds(), "12CZ", "{sql}");
        assert_eq!(reply.tags(), [tag], "{sql}");
    }
}

#[test]
fn a_statement_without_rows_is_described_as_having_none() {
    let tavana = Tavana::start();
    let mut wire = Wire::connect(tavana.postgres);
    wire.query("CREATE TABLE t (i INTEGER, s VARCHAR)").ok();
    let reply = wire
        .exchange(
            Out::new()
                .parse("ins", "INSERT INTO t VALUES ($1, $2)", &[])
                .describe_statement("ins")
                .sync(),
        )
        .ok();
    assert_eq!(reply.kinds(), "1tnZ");
    assert_eq!(reply.messages[1].parameter_oids(), [INT4, TEXT]);
    assert_eq!(
        wire.query("SELECT count(*) FROM t").value(),
        some("0"),
        "it was not executed"
    );
    let mut out = Out::new();
    for number in ["1", "2", "3"] {
        out = out.bind("", "ins", &[Some(number), None]).execute("", 0);
    }
    let reply = wire.exchange(out.sync()).ok();
    assert_eq!(reply.tags(), ["INSERT 0 1"; 3]);
    assert_eq!(
        wire.query("SELECT sum(i) FROM t WHERE s IS NULL").value(),
        some("6")
    );
}

#[test]
fn flush_brings_the_answers_before_sync() {
    let tavana = Tavana::start();
    let mut wire = Wire::connect(tavana.postgres);
    wire.send(
        Out::new()
            .parse("s", "SELECT 1", &[])
            .describe_statement("s")
            .flush(),
    );
    let kinds: String = (0..3).map(|_| char::from(wire.message().kind)).collect();
    assert_eq!(kinds, "1tT");
    assert_eq!(
        wire.next(Duration::from_millis(100)),
        Next::Silence,
        "no Sync, no ReadyForQuery"
    );
    let reply = wire
        .exchange(Out::new().bind("", "s", &[]).execute("", 0).sync())
        .ok();
    assert_eq!(reply.kinds(), "2DCZ");
}

#[test]
fn an_empty_statement_is_answered_as_such() {
    let tavana = Tavana::start();
    let mut wire = Wire::connect(tavana.postgres);
    for sql in ["", ";", " -- nothing"] {
        let out = Out::new()
            .parse("", sql, &[])
            .bind("", "", &[])
            .execute("", 0)
            .sync();
        assert_eq!(wire.exchange(out).ok().kinds(), "12IZ", "{sql:?}");
    }
    let out = Out::new().parse("", "SELECT 1; SELECT 2", &[]).sync();
    assert_eq!(
        wire.exchange(out).state(),
        "42601",
        "a prepared statement is one statement"
    );
}

#[test]
fn result_formats_are_none_one_for_all_or_one_for_each() {
    let tavana = Tavana::start();
    let mut wire = Wire::connect(tavana.postgres);
    wire.exchange(
        Out::new()
            .parse("s", "SELECT 258::INTEGER, true, 'x'", &[])
            .sync(),
    )
    .ok();
    let binary: [Vec<u8>; 3] = [vec![0, 0, 1, 2], vec![1], b"x".to_vec()];
    let text: [Vec<u8>; 3] = [b"258".to_vec(), b"t".to_vec(), b"x".to_vec()];
    for (formats, expected) in [
        (vec![], text.clone()),
        (vec![0], text.clone()),
        (vec![1], binary.clone()),
        (
            vec![1, 0, 1],
            [binary[0].clone(), text[1].clone(), binary[2].clone()],
        ),
    ] {
        let out = Out::new()
            .bind_formats("", "s", &[], &[], &formats)
            .describe_portal("")
            .execute("", 0)
            .sync();
        let reply = wire.exchange(out).ok();
        assert_eq!(reply.rows(), [expected.map(Some)], "{formats:?}");
        let described: Vec<i16> = reply.columns().iter().map(|column| column.format).collect();
        let wanted: Vec<i16> = match formats.as_slice() {
            [] => vec![0; 3],
            [one] => vec![*one; 3],
            each => each.to_vec(),
        };
        assert_eq!(described, wanted);
    }
}

#[test]
fn binary_parameters_are_read_by_their_type() {
    let tavana = Tavana::start();
    let mut wire = Wire::connect(tavana.postgres);
    let int2: &[u8] = &[0, 5];
    let int8: &[u8] = &[0, 0, 0, 1, 0, 0, 0, 0];
    let float8 = 1.5_f64.to_be_bytes();
    // 2000-01-01 is day 0.
    let date = 366_i32.to_be_bytes();
    let uuid: [u8; 16] = [0x11; 16];
    let out = Out::new()
        .parse(
            "",
            "SELECT $1 + 1, $2, $3, $4, $5, $6::BLOB",
            &[21, 20, 701, 1082, 2950, 17],
        )
        .bind_formats(
            "",
            "",
            &[1],
            &[
                Some(int2),
                Some(int8),
                Some(&float8),
                Some(&date),
                Some(&uuid),
                Some(b"\x00\xff"),
            ],
            &[],
        )
        .execute("", 0)
        .sync();
    let reply = wire.exchange(out).ok();
    let expected = [
        "6",
        "4294967296",
        "1.5",
        "2001-01-01",
        "11111111-1111-1111-1111-111111111111",
        "\\x00ff",
    ];
    assert_eq!(reply.texts(), [expected.map(some)]);
}

#[test]
fn a_bind_that_does_not_fit_is_refused_and_the_session_goes_on() {
    let tavana = Tavana::start();
    let mut wire = Wire::connect(tavana.postgres);
    let prepared = || Out::new().parse("", "SELECT $1::INTEGER, $2::BIGINT", &[]);
    let one: &[u8] = &[0, 0, 0, 1];
    let cases: [(&str, Out, &[&str]); 6] = [
        (
            "too few values",
            prepared().bind("", "", &[Some("1")]),
            &["08P01"],
        ),
        (
            "too many values",
            prepared().bind("", "", &[Some("1"), Some("2"), Some("3")]),
            &["08P01"],
        ),
        (
            "two formats for one value each of three",
            prepared().bind_formats("", "", &[0, 0, 0], &[Some(b"1"), Some(b"2")], &[]),
            &["08P01"],
        ),
        (
            "formats for more columns than there are",
            prepared().bind_formats("", "", &[], &[Some(b"1"), Some(b"2")], &[0, 0, 0]),
            &["08P01"],
        ),
        (
            "four bytes for a BIGINT",
            prepared().bind_formats("", "", &[1], &[Some(one), Some(one)], &[]),
            &["22P03", "08P01"],
        ),
        (
            "an unknown format",
            prepared().bind_formats("", "", &[7], &[Some(one), Some(one)], &[]),
            &["08P01", "22023", "0A000"],
        ),
    ];
    for (what, out, states) in cases {
        let reply = wire.exchange(out.execute("", 0).sync());
        let state = reply.state();
        assert!(
            states.contains(&state.as_str()),
            "{what}: {state:?} {reply:?}"
        );
        assert_eq!(reply.status(), 'I');
        assert_eq!(wire.query("SELECT 1").value(), some("1"), "after {what}");
    }
}

#[test]
fn a_parameter_is_a_value_and_never_sql() {
    let tavana = Tavana::start();
    let mut wire = Wire::connect(tavana.postgres);
    wire.query("CREATE TABLE users (name VARCHAR)").ok();
    wire.query("INSERT INTO users VALUES ('ann'), ('bob')").ok();
    for attack in [
        "' OR 1=1 --",
        "'; DROP TABLE users; --",
        "\\' OR 1=1 --",
        "$$ OR 1=1 --",
        "%",
        "\u{2019} OR 1=1",
        "ann' --",
    ] {
        let out = Out::new()
            .parse("", "SELECT count(*) FROM users WHERE name = $1", &[])
            .bind("", "", &[Some(attack)])
            .execute("", 0)
            .sync();
        assert_eq!(wire.exchange(out).ok().value(), some("0"), "{attack}");
    }
    // Texts that look like other things stay what they are.
    for text in [
        "01234", "nan", "NULL", "null", "", "true", "1e5", "0x10", " 7 ", "{1,2}",
    ] {
        let out = Out::new()
            .parse("", "SELECT $1", &[])
            .bind("", "", &[Some(text)])
            .execute("", 0)
            .sync();
        assert_eq!(wire.exchange(out).ok().value(), some(text));
    }
    assert_eq!(wire.query("SELECT count(*) FROM users").value(), some("2"));
}

#[test]
fn parameter_types_are_inferred_where_the_client_declares_none() {
    let tavana = Tavana::start();
    let mut wire = Wire::connect(tavana.postgres);
    wire.query("CREATE TABLE t (i INTEGER, d DATE, n DECIMAL(10,2), b BOOLEAN)")
        .ok();
    for (sql, oids) in [
        ("SELECT * FROM t WHERE i = $1", vec![INT4]),
        ("SELECT * FROM t WHERE d >= $1 AND n < $2", vec![1082, 1700]),
        (
            "INSERT INTO t VALUES ($1, $2, $3, $4)",
            vec![INT4, 1082, 1700, 16],
        ),
        ("SELECT $1", vec![TEXT]),
        ("SELECT i + $1 FROM t", vec![INT4]),
        ("SELECT 1 LIMIT $1", vec![INT8]),
        ("SELECT $2::INTEGER, $1::DATE", vec![1082, INT4]),
    ] {
        let reply = wire
            .exchange(Out::new().parse("", sql, &[]).describe_statement("").sync())
            .ok();
        assert_eq!(reply.messages[1].parameter_oids(), oids, "{sql}");
    }
}

#[test]
fn a_query_message_in_the_middle_of_the_extended_protocol_is_served() {
    let tavana = Tavana::start();
    let mut wire = Wire::connect(tavana.postgres);
    wire.send(Out::new().parse("s", "SELECT 1", &[]).query("SELECT 2"));
    assert_eq!(wire.reply().ok().kinds(), "1TDCZ");
    let reply = wire
        .exchange(Out::new().bind("", "s", &[]).execute("", 0).sync())
        .ok();
    assert_eq!(reply.value(), some("1"));
}
