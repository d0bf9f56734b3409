//! Statements in which DuckDB does not look at its interrupt flag for a minute or more.

use crate::support::server::{Start, Tavana};
use crate::support::wire::{Out, Wire};
use crate::support::{PATIENCE, eventually, process};
use std::time::Duration;
use tokio::time::Instant;

fn statements() -> Vec<(&'static str, String)> {
    let mut inner = "x0".to_owned();
    for number in (0..30).rev() {
        inner = format!("list_transform([1], lambda x{number}: {inner})");
    }
    let joins = (1..200).fold("SELECT count(*) FROM t t0".to_owned(), |sql, number| {
        format!("{sql} JOIN t t{number} ON t{number}.i = t{}.i", number - 1)
    });
    vec![
        ("30 nested lambdas", format!("SELECT {inner}")),
        (
            "200 joins",
            format!("WITH t AS MATERIALIZED (SELECT 1 AS i) {joins}"),
        ),
        (
            "levenshtein rows",
            "SELECT sum(levenshtein(repeat('ab', 20000 + i::INTEGER), repeat('ba', 20000))) \
             FROM range(100) t(i)"
                .to_owned(),
        ),
    ]
}

fn start() -> Tavana {
    Start::new().logs("engine").run()
}

#[test]
fn they_are_cancelled_within_three_seconds_and_leave_the_processor_idle() {
    let _alone = crate::alone();
    let tavana = start();
    let mut wire = Wire::connect(tavana.postgres);
    for (what, sql) in statements() {
        for protocol in ["simple", "extended"] {
            wire.send(match protocol {
                "simple" => Out::new().query(&sql),
                _ => Out::new()
                    .parse("", &sql, &[])
                    .bind("", "", &[])
                    .execute("", 0)
                    .sync(),
            });
            eventually("an engine works", PATIENCE, || {
                process::busiest_engine(tavana.pid()).is_some()
            });
            let asked = Instant::now();
            wire.cancel_key.send(tavana.postgres);
            let reply = wire.reply();
            let took = asked.elapsed();
            assert_eq!(reply.state(), "57014", "{what}, {protocol}: {reply:?}");
            assert!(
                took < Duration::from_secs(3),
                "{what}, {protocol}: it took {took:?}"
            );
            let idle = tavana.becomes_idle(PATIENCE);
            assert!(
                idle < Duration::from_secs(5),
                "{what}, {protocol}: busy for {idle:?}"
            );
            assert_eq!(
                wire.query("SELECT 1").ok().value().as_deref(),
                Some("1"),
                "{what}"
            );
        }
    }
}

#[test]
fn a_timeout_ends_them_as_well() {
    let _alone = crate::alone();
    let tavana = start();
    let mut wire = Wire::connect(tavana.postgres);
    wire.query("SET statement_timeout = '2s'").ok();
    for (what, sql) in statements() {
        let started = Instant::now();
        let reply = wire.query(&sql);
        let took = started.elapsed();
        assert_eq!(reply.state(), "57014", "{what}: {reply:?}");
        // A fifth more or less: the client is told, whatever the engine still does.
        let promised = Duration::from_millis(1600)..Duration::from_millis(2400);
        assert!(promised.contains(&took), "{what}: it took {took:?}");
    }
    tavana.becomes_idle(Duration::from_secs(5));
}

#[test]
fn a_client_that_vanishes_ends_them_as_well() {
    let _alone = crate::alone();
    let tavana = start();
    for (what, sql) in statements() {
        let mut wire = Wire::connect(tavana.postgres);
        wire.send(Out::new().query(&sql));
        eventually("an engine works", PATIENCE, || {
            process::busiest_engine(tavana.pid()).is_some()
        });
        wire.vanish();
        let took = tavana.becomes_idle(PATIENCE);
        assert!(took < Duration::from_secs(6), "{what}: it took {took:?}");
    }
}
