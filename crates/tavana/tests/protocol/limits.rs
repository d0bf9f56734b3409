//! Sizes at their limits, each with its SQLSTATE and a session that goes on.

use crate::support::server::{Start, Tavana};
use crate::support::wire::{Out, PROTOCOL_3_0, Wire, startup};

const SQL_BYTES_MAX: usize = 1_048_576;

fn select_of(bytes: usize) -> String {
    let frame = "SELECT 7 /*  */";
    let text = format!("SELECT 7 /* {} */", "x".repeat(bytes - frame.len()));
    assert_eq!(text.len(), bytes);
    text
}

#[test]
fn sql_of_one_mebibyte_runs_and_one_byte_more_does_not() {
    let tavana = Tavana::start();
    let mut wire = Wire::connect(tavana.postgres);
    let fits = select_of(SQL_BYTES_MAX);
    let too_long = select_of(SQL_BYTES_MAX + 1);
    assert_eq!(wire.query(&fits).ok().value().as_deref(), Some("7"));
    let reply = wire.query(&too_long);
    assert_eq!(reply.kinds(), "EZ");
    assert_eq!((reply.state().as_str(), reply.status()), ("54000", 'I'));
    assert_eq!(wire.query("SELECT 1").value().as_deref(), Some("1"));
    let extended = |sql: &str| {
        Out::new()
            .parse("", sql, &[])
            .bind("", "", &[])
            .execute("", 0)
            .sync()
    };
    assert_eq!(
        wire.exchange(extended(&fits)).ok().value().as_deref(),
        Some("7")
    );
    assert_eq!(wire.exchange(extended(&too_long)).state(), "54000");
    assert_eq!(wire.query("SELECT 1").value().as_deref(), Some("1"));
}

#[test]
fn sql_far_above_the_limit_is_refused_without_holding_it() {
    let tavana = Tavana::start();
    let before = crate::support::process::resident_bytes(tavana.pid());
    let mut wire = Wire::connect(tavana.postgres);
    // A header alone, for 1.9 GiB: nothing may be allocated for what it promises.
    wire.send_bytes(&[&b"Q"[..], &2_000_000_000_i32.to_be_bytes(), b"SELECT 1"].concat());
    let mut other = Wire::connect(tavana.postgres);
    assert_eq!(other.query("SELECT 1").value().as_deref(), Some("1"));
    let grown = crate::support::process::resident_bytes(tavana.pid()).saturating_sub(before);
    assert!(grown < 64 << 20, "the process grew by {grown} bytes");
}

#[test]
fn text_that_is_not_utf8_is_refused_with_22021() {
    let tavana = Tavana::start();
    let mut wire = Wire::connect(tavana.postgres);
    for bytes in [
        &b"\xff"[..],
        b"\xc3",
        b"\xed\xa0\x80",
        b"\xf4\x90\x80\x80",
        b"\xc0\xaf",
    ] {
        let sql = [b"SELECT '", bytes, b"'"].concat();
        let reply = wire.query(&sql);
        assert_eq!(reply.state(), "22021", "{}", sql.escape_ascii());
        assert_eq!(reply.status(), 'I');
        let out = Out::new()
            .parse("", "SELECT $1::VARCHAR", &[])
            .bind_formats("", "", &[], &[Some(bytes)], &[])
            .execute("", 0)
            .sync();
        assert_eq!(wire.exchange(out).state(), "22021", "as a parameter");
    }
    for text in ["\u{10ffff}", "🦆", "\u{1b}[31m", "a\nb"] {
        let reply = wire.query(format!("SELECT '{text}'")).ok();
        assert_eq!(reply.value().as_deref(), Some(text));
    }
}

#[test]
fn a_zero_byte_in_a_text_parameter_is_refused() {
    let tavana = Tavana::start();
    let mut wire = Wire::connect(tavana.postgres);
    let out = Out::new()
        .parse("", "SELECT $1::VARCHAR", &[])
        .bind_formats("", "", &[], &[Some(b"a\0b")], &[])
        .execute("", 0)
        .sync();
    assert_eq!(wire.exchange(out).state(), "22021");
    assert_eq!(wire.query("SELECT 1").value().as_deref(), Some("1"));
}

#[test]
fn names_of_any_kind_are_kept_apart() {
    let tavana = Tavana::start();
    let mut wire = Wire::connect(tavana.postgres);
    let long = "s".repeat(60_000);
    let names = ["a", "A", "a b", "a\"b", "'; --", "ü", &long];
    for (number, name) in names.iter().enumerate() {
        wire.exchange(
            Out::new()
                .parse(name, &format!("SELECT {number}"), &[])
                .sync(),
        )
        .ok();
    }
    for (number, name) in names.iter().enumerate() {
        let reply = wire
            .exchange(Out::new().bind("", name, &[]).execute("", 0).sync())
            .ok();
        assert_eq!(reply.value(), Some(number.to_string()));
    }
}

#[test]
fn prepared_statements_without_end_meet_a_limit_and_not_the_end_of_memory() {
    let tavana = Tavana::start();
    let before = crate::support::process::resident_bytes(tavana.pid());
    let mut wire = Wire::connect(tavana.postgres);
    let mut refused = None;
    'filling: for part in 0..200 {
        let mut out = Out::new();
        for number in 0..100 {
            out = out.parse(&format!("s{part}_{number}"), "SELECT 1", &[]);
        }
        let reply = wire.exchange(out.sync());
        if let Some(fault) = reply.faults().into_iter().next() {
            refused = Some(fault.state().to_owned());
            break 'filling;
        }
    }
    if let Some(state) = refused {
        assert_eq!(state, "53400");
    }
    let grown = crate::support::process::resident_bytes(tavana.pid()).saturating_sub(before);
    assert!(grown < 128 << 20, "the process grew by {grown} bytes");
    assert_eq!(wire.query("SELECT 1").value().as_deref(), Some("1"));
}

#[test]
fn one_connection_too_many_is_told_so_and_the_others_live() {
    let tavana = Start::new().env("TAVANA_CONNECTIONS_MAX", "2").run();
    let mut first = Wire::connect(tavana.postgres);
    let _second = Wire::connect(tavana.postgres);
    let mut third = Wire::dial(tavana.postgres);
    third.send_bytes(&startup(PROTOCOL_3_0, &[("user", "tester")]));
    assert_eq!(third.message().fault().state(), "53300");
    assert_eq!(first.query("SELECT 1").ok().value().as_deref(), Some("1"));
}

#[test]
fn a_client_that_says_nothing_is_let_go() {
    use std::io::Read as _;
    let tavana = Start::new().env("TAVANA_HANDSHAKE_SECS", "1").run();
    let mut silent = std::net::TcpStream::connect(tavana.postgres).expect("the port is open");
    let patience = Some(std::time::Duration::from_secs(10));
    silent.set_read_timeout(patience).expect("a timeout");
    let read = silent.read(&mut [0; 16]);
    assert!(matches!(read, Ok(0)), "{read:?}");
}

#[test]
fn prepared_statements_of_a_session_are_counted() {
    let tavana = Start::new()
        .env("TAVANA_STATEMENTS_PER_SESSION_MAX", "2")
        .run();
    let mut wire = Wire::connect(tavana.postgres);
    for (name, state) in [("a", ""), ("b", ""), ("c", "53400")] {
        let reply = wire.exchange(Out::new().parse(name, "SELECT 1", &[]).sync());
        assert_eq!(reply.state(), state, "{name}");
    }
    for (name, state) in [("a", ""), ("b", ""), ("c", "53400")] {
        let reply = wire.query(format!("PREPARE sql_{name} AS SELECT 1"));
        assert_eq!(reply.state(), state, "sql_{name}");
    }
}

#[test]
fn what_a_session_keeps_of_statements_is_bounded_in_bytes_and_given_back() {
    // A quarter of 8 MiB, and the 1 MiB that each session keeps anyway.
    let tavana = Start::new()
        .env("TAVANA_MESSAGE_BYTES_MAX", "1048576")
        .env("TAVANA_KEPT_STATEMENTS_MAX_MB", "8")
        .run();
    let large = "x".repeat(1_000_000);
    let mut wire = Wire::connect(tavana.postgres);
    wire.exchange(Out::new().parse("q", "SELECT length($1)", &[]).sync())
        .ok();
    for round in ["full", "after the end of a transaction"] {
        wire.query("BEGIN").ok();
        for (portal, state) in [("a", ""), ("b", ""), ("c", ""), ("d", "53200")] {
            let reply = wire.exchange(Out::new().bind(portal, "q", &[Some(&large)]).sync());
            assert_eq!(reply.state(), state, "{round}: portal {portal}");
        }
        wire.query("ROLLBACK").ok();
    }
    let text = format!("SELECT /* {large} */ 1");
    for round in ["full", "after Close"] {
        for (name, state) in [("a", ""), ("b", ""), ("c", ""), ("d", "53200")] {
            let reply = wire.exchange(Out::new().parse(name, &text, &[]).sync());
            assert_eq!(reply.state(), state, "{round}: statement {name}");
        }
        let mut out = Out::new();
        for name in ["a", "b", "c"] {
            out = out.close_statement(name);
        }
        wire.exchange(out.sync()).ok();
    }
    for round in ["full", "after DEALLOCATE"] {
        for (name, state) in [("a", ""), ("b", ""), ("c", ""), ("d", "53200")] {
            let reply = wire.query(format!("PREPARE {name} AS {text}"));
            assert_eq!(reply.state(), state, "{round}: PREPARE {name}");
        }
        wire.query("DEALLOCATE ALL").ok();
    }
    assert_eq!(wire.query("SELECT 1").ok().value().as_deref(), Some("1"));
}

#[test]
fn a_statement_without_a_timeout_of_its_own_ends_at_the_gateways() {
    let tavana = Start::new().env("TAVANA_QUERY_TIMEOUT_SECS", "1").run();
    let mut wire = Wire::connect(tavana.postgres);
    let reply = wire.query("SELECT count(*) FROM range(1000000) a, range(1000000) b");
    assert_eq!(reply.state(), "57014");
    assert_eq!(wire.query("SELECT 1").ok().value().as_deref(), Some("1"));
}
