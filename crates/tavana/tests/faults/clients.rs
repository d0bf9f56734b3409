//! Clients that vanish and clients that do not read.

use crate::support::process;
use crate::support::server::{Start, Tavana};
use crate::support::wire::{Out, Wire};
use crate::support::{PATIENCE, eventually};
use std::time::Duration;

const ENDLESS: &str =
    "SELECT count(*) FROM range(1000000000) a, range(1000) b WHERE a.range % 7 = b.range";

fn works(tavana: &Tavana) {
    eventually("an engine works", PATIENCE, || {
        process::busiest_engine(tavana.pid()).is_some()
    });
}

#[test]
fn a_vanished_client_stops_its_statement() {
    let _alone = crate::alone();
    let tavana = Tavana::start();
    // Before the first row, in the extended protocol, and in a transaction.
    let ways: [(&str, Out); 3] = [
        ("simple", Out::new().query(ENDLESS)),
        (
            "extended",
            Out::new()
                .parse("", ENDLESS, &[])
                .bind("", "", &[])
                .execute("", 0)
                .sync(),
        ),
        ("in a block", Out::new().query(format!("BEGIN; {ENDLESS}"))),
    ];
    for (way, out) in ways {
        let mut wire = Wire::connect(tavana.postgres);
        wire.send(out);
        works(&tavana);
        wire.vanish();
        let took = tavana.becomes_idle(PATIENCE);
        assert!(took < Duration::from_secs(6), "{way}: it took {took:?}");
    }
}

#[test]
fn a_client_that_vanishes_in_mid_result_stops_it() {
    let _alone = crate::alone();
    let tavana = Tavana::start();
    for _ in 0..5 {
        let mut wire = Wire::connect(tavana.postgres);
        wire.send(Out::new().query("SELECT i, md5(i::VARCHAR) FROM range(1000000000) t(i)"));
        for _ in 0..1000 {
            wire.message();
        }
        wire.vanish();
    }
    let took = tavana.becomes_idle(PATIENCE);
    assert!(took < Duration::from_secs(6), "it took {took:?}");
    assert_eq!(
        Wire::connect(tavana.postgres)
            .query("SELECT 1")
            .value()
            .as_deref(),
        Some("1")
    );
}

#[test]
fn clients_that_vanish_at_any_moment_leave_no_statement_behind() {
    let _alone = crate::alone();
    let tavana = Tavana::start();
    for number in 0..50_usize {
        let mut wire = Wire::connect(tavana.postgres);
        let bytes = Out::new()
            .parse("s", "SELECT i FROM range(100000000) t(i)", &[])
            .bind("p", "s", &[])
            .execute("p", 10)
            .execute("p", 0)
            .sync()
            .bytes;
        // Cut after a different byte each time, most of them in the middle of a message.
        wire.send_bytes(&bytes[..bytes.len() * (number + 1) / 50]);
        wire.vanish();
    }
    tavana.becomes_idle(PATIENCE);
    assert_eq!(
        Wire::connect(tavana.postgres)
            .query("SELECT 1")
            .value()
            .as_deref(),
        Some("1")
    );
}

#[test]
fn a_client_that_stops_reading_holds_memory_flat_and_harms_nobody() {
    let _alone = crate::alone();
    // They keep their slots, and a quarter of all is for other users and short statements.
    let tavana = Start::new().env("TAVANA_WORKER_SLOTS", "6").run();
    let mut others = Wire::connect(tavana.postgres);
    others.query("SELECT 1").ok();
    let mut stalled: Vec<Wire> = Vec::new();
    let memory = |tavana: &Tavana| {
        let server = process::resident_bytes(tavana.pid());
        let engines: u64 = tavana
            .engines()
            .into_iter()
            .map(process::resident_bytes)
            .sum();
        (server, engines)
    };
    for _ in 0..3 {
        let mut wire = Wire::connect(tavana.postgres);
        wire.send(Out::new().query("SELECT i, repeat('x', 200) AS s FROM range(1000000000) t(i)"));
        while wire.message().kind != b'D' {}
        stalled.push(wire);
    }
    // From the moment when all buffers on the way are full nothing moves any more.
    tavana.becomes_idle(PATIENCE);
    let (server, engines) = memory(&tavana);
    assert!(server < 400 << 20, "the server holds {} MiB", server >> 20);
    assert!(
        engines < 1500 << 20,
        "the engines hold {} MiB",
        engines >> 20
    );
    for _ in 0..20 {
        others.query("SELECT count(*) FROM range(1000000)").ok();
    }
    let (later, engines_later) = memory(&tavana);
    assert!(
        later < server + (48 << 20),
        "{} MiB became {} MiB",
        server >> 20,
        later >> 20
    );
    assert!(
        engines_later < engines + (200 << 20),
        "{engines} became {engines_later}"
    );
    // The stalled results are still there and still right.
    for wire in &mut stalled {
        for next in 1..10_000_u64 {
            let row = wire.message().row();
            assert_eq!(row[0].as_deref(), Some(next.to_string().as_bytes()));
        }
    }
}

#[test]
fn the_memory_of_many_stalled_results_is_given_back() {
    const READERS: usize = 32;
    let _alone = crate::alone();
    let tavana = Start::new()
        .env("TAVANA_WORKER_SLOTS", "40")
        .env("TAVANA_WORKER_RESERVED_SLOTS", "1")
        .env("MAX_MEMORY_GB", "40")
        .run();
    Wire::connect(tavana.postgres).query("SELECT 1").ok();
    let before = process::resident_bytes(tavana.pid());
    let mut most = 0;
    for _ in 0..2 {
        let mut stalled: Vec<Wire> = Vec::new();
        for number in 0..READERS {
            let user = format!("reader{}", number % 8);
            let mut wire = Wire::connect_as(tavana.postgres, &[("user", &user)]);
            let rows = "SELECT i, repeat(md5(i::VARCHAR), 10) FROM range(50000000) t(i)";
            wire.send(Out::new().query(rows));
            for _ in 0..300 {
                wire.message();
            }
            stalled.push(wire);
        }
        tavana.becomes_idle(PATIENCE);
        most = most.max(process::resident_bytes(tavana.pid()));
    }
    assert!(
        most > before + (128 << 20),
        "they held only {} MiB",
        most >> 20
    );
    eventually("the memory is given back", PATIENCE, || {
        process::resident_bytes(tavana.pid()) < before + (64 << 20)
    });
}

#[test]
fn a_large_result_does_not_grow_the_server() {
    let _alone = crate::alone();
    let tavana = Tavana::start();
    let mut wire = Wire::connect(tavana.postgres);
    wire.query("SELECT 1").ok();
    let before = process::resident_bytes(tavana.pid());
    wire.send(Out::new().query("COPY (SELECT * FROM range(10000000)) TO STDOUT"));
    let mut most = 0;
    let (mut lines, mut tag) = (0_u64, String::new());
    loop {
        let message = wire.message();
        match message.kind {
            b'd' => {
                lines += message.body.iter().filter(|byte| **byte == b'\n').count() as u64;
                if lines.is_multiple_of(500_000) {
                    most = most.max(process::resident_bytes(tavana.pid()));
                }
            }
            b'C' => tag = message.text(),
            b'Z' => break,
            b'E' => panic!("{:?}", message.fault()),
            _ => {}
        }
    }
    assert_eq!((lines, tag.as_str()), (10_000_000, "COPY 10000000"));
    let grown = most.saturating_sub(before);
    assert!(grown < 100 << 20, "the server grew by {} MiB", grown >> 20);
}
