//! COPY TO STDOUT and FROM STDIN.

use crate::support::server::Tavana;
use crate::support::wire::{Out, Reply, Wire};

const ROWS: &str = "SELECT * FROM (VALUES (1, 'a'), (2, NULL), (3, ''), (4, E'tab\\there\\nline\\\\'), \
                    (5, 'quo\"te, comma')) t(i, s)";

fn copied(reply: &Reply) -> Vec<u8> {
    reply
        .messages
        .iter()
        .filter(|m| m.kind == b'd')
        .flat_map(|m| m.body.clone())
        .collect()
}

fn copied_text(reply: &Reply) -> String {
    String::from_utf8(copied(reply)).expect("text")
}

#[test]
fn copy_out_as_text_escapes_what_must_be_escaped() {
    let tavana = Tavana::start();
    let mut wire = Wire::connect(tavana.postgres);
    let reply = wire.query(format!("COPY ({ROWS}) TO STDOUT")).ok();
    assert_eq!(reply.kinds().chars().next(), Some('H'));
    assert!(reply.kinds().ends_with("cCZ"), "{}", reply.kinds());
    assert_eq!(reply.tags(), ["COPY 5"]);
    let expected = "1\ta\n2\t\\N\n3\t\n4\ttab\\there\\nline\\\\\n5\tquo\"te, comma\n";
    assert_eq!(copied_text(&reply), expected);
}

#[test]
fn copy_out_as_csv_tells_null_from_empty() {
    let tavana = Tavana::start();
    let mut wire = Wire::connect(tavana.postgres);
    let reply = wire
        .query(format!("COPY ({ROWS}) TO STDOUT (FORMAT csv, HEADER)"))
        .ok();
    let expected = "i,s\n1,a\n2,\n3,\"\"\n4,\"tab\there\nline\\\"\n5,\"quo\"\"te, comma\"\n";
    // PostgreSQL quotes only what needs it; a tab alone does not, a line end does.
    assert_eq!(copied_text(&reply), expected);
    let reply = wire
        .query("COPY (SELECT 1, NULL) TO STDOUT WITH CSV DELIMITER AS ';' NULL AS 'nil'")
        .ok();
    assert_eq!(copied_text(&reply), "1;nil\n");
}

#[test]
fn copy_out_as_binary_is_framed_even_without_rows() {
    let tavana = Tavana::start();
    let mut wire = Wire::connect(tavana.postgres);
    let header: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";
    for (rows, expected) in [
        (
            "SELECT 1::INTEGER WHERE false",
            [header, &[0xff, 0xff]].concat(),
        ),
        (
            "SELECT 258::INTEGER, NULL::INTEGER, 'é'",
            [
                header,
                &[
                    0, 3, 0, 0, 0, 4, 0, 0, 1, 2, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 2, 0xc3, 0xa9,
                ],
                &[0xff, 0xff],
            ]
            .concat(),
        ),
    ] {
        for options in ["(FORMAT binary)", "(FORMAT \"binary\")"] {
            let reply = wire
                .query(format!("COPY ({rows}) TO STDOUT {options}"))
                .ok();
            assert_eq!(copied(&reply), expected, "{rows} {options}");
        }
    }
}

#[test]
fn copy_out_of_a_table_and_by_the_extended_protocol() {
    let tavana = Tavana::start();
    let mut wire = Wire::connect(tavana.postgres);
    wire.query("CREATE TABLE t AS SELECT i, i * i AS j FROM range(4) t(i)")
        .ok();
    assert_eq!(
        copied_text(&wire.query("COPY t (j, i) TO STDOUT").ok()),
        "0\t0\n1\t1\n4\t2\n9\t3\n"
    );
    let out = Out::new()
        .parse("", "COPY t TO STDOUT", &[])
        .bind("", "", &[])
        .execute("", 0)
        .sync();
    let reply = wire.exchange(out).ok();
    assert_eq!(copied_text(&reply), "0\t0\n1\t1\n2\t4\n3\t9\n");
    assert_eq!(reply.tags(), ["COPY 4"]);
}

#[test]
fn copy_out_that_fails_ends_in_an_error_and_not_in_copy_done() {
    let tavana = Tavana::start();
    let mut wire = Wire::connect(tavana.postgres);
    let sql = "COPY (SELECT CASE WHEN i = 900000 THEN error('mine') ELSE i::VARCHAR END \
               FROM range(1000000) t(i)) TO STDOUT";
    let reply = wire.query(sql);
    let kinds = reply.kinds();
    assert!(
        kinds.ends_with("EZ"),
        "{}",
        kinds.chars().rev().take(9).collect::<String>()
    );
    assert!(!kinds.contains('c') && !kinds.contains('C') && !kinds.contains('f'));
    assert_eq!(wire.query("SELECT 1").value().as_deref(), Some("1"));
    assert_eq!(wire.query("COPY (SELECT bad) TO STDOUT").kinds(), "EZ");
    assert_eq!(wire.query("COPY no_such_table TO STDOUT").state(), "42P01");
}

#[test]
fn copy_in_appends_the_rows_of_every_format() {
    let tavana = Tavana::start();
    let mut wire = Wire::connect(tavana.postgres);
    wire.query("CREATE TABLE t (i INTEGER, s VARCHAR)").ok();
    let binary: Vec<u8> = [
        b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0".as_slice(),
        &[0, 2, 0, 0, 0, 4, 0, 0, 0, 9, 0, 0, 0, 1, b'z'],
        &[0, 2, 0, 0, 0, 4, 0, 0, 0, 10, 0xff, 0xff, 0xff, 0xff],
        &[0xff, 0xff],
    ]
    .concat();
    let cases: [(&str, Vec<u8>, u32); 3] = [
        (
            "COPY t FROM STDIN",
            b"1\ta\n2\t\\N\n3\ttab\\there\n".to_vec(),
            3,
        ),
        (
            "COPY t (s, i) FROM STDIN (FORMAT csv, HEADER)",
            b"s,i\n\"x,y\",4\n,5\n\"\",6\n".to_vec(),
            3,
        ),
        ("COPY t FROM STDIN WITH (FORMAT binary)", binary, 2),
    ];
    for (sql, data, rows) in cases {
        wire.send(Out::new().query(sql));
        assert_eq!(wire.message().kind, b'G', "{sql}");
        // The parts of the data have nothing to do with its rows; Sync and Flush mean nothing here.
        let mut out = Out::new();
        for part in data.chunks(5) {
            out = out.copy_data(part).flush();
        }
        let reply = wire.exchange(out.sync().copy_done()).ok();
        assert_eq!(reply.tags(), [format!("COPY {rows}")], "{sql}");
    }
    let reply = wire.query("SELECT i, s FROM t ORDER BY i").ok();
    let seen: Vec<(String, Option<String>)> = reply
        .texts()
        .into_iter()
        .map(|row| (row[0].clone().expect("not NULL"), row[1].clone()))
        .collect();
    let expected = [
        ("1", Some("a")),
        ("2", None),
        ("3", Some("tab\there")),
        ("4", Some("x,y")),
        ("5", None),
        ("6", Some("")),
        ("9", Some("z")),
        ("10", None),
    ]
    .map(|(i, s)| (i.to_owned(), s.map(str::to_owned)));
    assert_eq!(seen, expected);
}

#[test]
fn copy_in_that_is_given_up_or_wrong_adds_nothing() {
    let tavana = Tavana::start();
    let mut wire = Wire::connect(tavana.postgres);
    wire.query("CREATE TABLE t (i INTEGER)").ok();
    wire.send(Out::new().query("COPY t FROM STDIN"));
    assert_eq!(wire.message().kind, b'G');
    let reply = wire.exchange(Out::new().copy_data(b"1\n2\n").copy_fail("changed my mind"));
    assert_eq!(reply.state(), "57014");
    wire.send(Out::new().query("COPY t FROM STDIN"));
    assert_eq!(wire.message().kind, b'G');
    let reply = wire.exchange(Out::new().copy_data(b"1\nnot a number\n").copy_done());
    assert_eq!(reply.state(), "22P02");
    wire.send(Out::new().query("COPY t FROM STDIN"));
    assert_eq!(wire.message().kind, b'G');
    let reply = wire.exchange(Out::new().copy_data(b"1\t2\n").copy_done());
    assert_eq!(reply.state(), "22P04", "a row with too many fields");
    assert_eq!(
        wire.query("SELECT count(*) FROM t").value().as_deref(),
        Some("0")
    );
    assert_eq!(wire.query("COPY nothing FROM STDIN").state(), "42P01");
}

#[test]
fn copy_with_files_and_programs_of_the_server_is_refused() {
    let tavana = Tavana::start();
    let mut wire = Wire::connect(tavana.postgres);
    wire.query("CREATE TABLE t (i INTEGER)").ok();
    for sql in [
        "COPY t TO '/tmp/tavana-must-not-write-this.csv'",
        "COPY t FROM '/etc/passwd'",
        "COPY t TO '/dev/stdout'",
        "COPY (SELECT 1) TO '/dev/stderr' (FORMAT csv)",
    ] {
        assert_eq!(wire.query(sql).state(), "42501", "{sql}");
    }
    for sql in ["COPY t TO PROGRAM 'cat'", "COPY t FROM PROGRAM 'id'"] {
        let state = wire.query(sql).state();
        assert!(
            ["42501", "42601", "0A000"].contains(&state.as_str()),
            "{sql}: {state}"
        );
    }
    assert!(!std::path::Path::new("/tmp/tavana-must-not-write-this.csv").exists());
}
