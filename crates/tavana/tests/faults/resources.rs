//! Statements that would take the machine down: memory, stack, planning. They cost their own
//! session an error, and nobody else anything.

use crate::bystanders::Bystanders;
use crate::support::process;
use crate::support::server::{Start, Tavana};
use crate::support::wire::{Next, Out, Wire};
use std::time::Duration;

/// What may come of an attack: out of memory, engine lost, cancelled by the timeout that the
/// session has set, or a plain refusal of the statement's size or depth.
const STATES: [&str; 6] = ["53200", "57P02", "57014", "54000", "54001", "53100"];

/// Statements of `duckdb.md`, "Resource attacks", with the states of each that are no failure of
/// a resource but DuckDB's own orderly answer. "" = it may also succeed.
fn attacks() -> Vec<(&'static str, String, &'static [&'static str])> {
    let nested_json = |function: &str, depth: usize| {
        format!("SELECT {function}(repeat('[', {depth}) || repeat(']', {depth}))")
    };
    let chain = |count: usize| {
        let mut sql = "WITH c0 AS (SELECT 1 AS i)".to_owned();
        for number in 1..=count {
            sql.push_str(&format!(", c{number} AS (SELECT i FROM c{})", number - 1));
        }
        format!("{sql} SELECT i FROM c{count}")
    };
    vec![
        ("a list of 1e9 numbers", "SELECT length(range(1000000000))".to_owned(), &[]),
        (
            "1e9 numbers unnested from a list",
            "SELECT count(*) FROM (SELECT unnest(range(1000000000)))".to_owned(),
            &[],
        ),
        ("a text of 4e9 bytes", "SELECT length(repeat('x', 4000000000))".to_owned(), &["22003", "22023"]),
        ("a number of 1e9 digits", "SELECT length(format('{:1000000000d}', 1))".to_owned(), &["22003", "22023"]),
        ("10,000 unions", vec!["SELECT 1"; 10_000].join(" UNION ALL "), &[""]),
        ("deep JSON by json_structure", nested_json("json_structure", 100_000), &["", "22P02"]),
        (
            "deep JSON by json_merge_patch",
            "SELECT json_merge_patch(repeat('{\"a\":', 100000) || '1' || repeat('}', 100000), '{}')"
                .to_owned(),
            &["", "22P02"],
        ),
        ("900 chained common tables", chain(900), &["", "42601"]),
        ("900 additions", vec!["1"; 900].join("+").replacen('1', "SELECT 1", 1), &["", "42601", "22023"]),
        (
            "20,000 nested parentheses",
            format!("SELECT {}1{}", "(".repeat(20_000), ")".repeat(20_000)),
            &["", "42601"],
        ),
        ("a list aggregate of 2e9 numbers", "SELECT length(list(i)) FROM range(2000000000) t(i)".to_owned(), &[]),
        (
            "a cross join that must be sorted",
            "SELECT i, j FROM range(100000000) a(i), range(100) b(j) ORDER BY md5(i::VARCHAR || j) LIMIT 1 OFFSET 9000000000"
                .to_owned(),
            &[],
        ),
    ]
}

fn start() -> Tavana {
    Start::new().env("MAX_MEMORY_GB", "4").logs("engine").run()
}

#[test]
fn resource_attacks_of_one_session_cost_the_others_nothing() {
    let _alone = crate::alone();
    let mut tavana = start();
    let pid = tavana.pid();
    let bystanders = Bystanders::start(tavana.postgres, 3);
    let mut wire = Wire::connect_as(tavana.postgres, &[("user", "attacker")]);
    wire.query("SET statement_timeout = '8s'").ok();
    let mut troubles = Vec::new();
    for (what, sql, also) in attacks() {
        wire.send(Out::new().query(&sql));
        let mut state = String::new();
        loop {
            match wire.next(Duration::from_secs(40)) {
                Next::Message(message) => match message.kind {
                    b'E' => state = message.fault().state().to_owned(),
                    b'Z' => break,
                    _ => {}
                },
                other => panic!("{what}: {other:?}"),
            }
        }
        if !STATES.contains(&state.as_str()) && !also.contains(&state.as_str()) {
            troubles.push(format!("{what}: {state:?}"));
        }
        let grown = process::resident_bytes(pid);
        if grown > 600 << 20 {
            troubles.push(format!("{what}: the server holds {} MiB", grown >> 20));
        }
        let reply = wire.query("SELECT 'alive'");
        if reply.faults().is_empty() {
            assert_eq!(reply.value().as_deref(), Some("alive"));
        } else {
            troubles.push(format!("{what}: and then {:?}", reply.faults()));
        }
    }
    bystanders.finish();
    assert!(tavana.is_running());
    assert!(troubles.is_empty(), "{troubles:#?}");
}

#[test]
fn the_memory_of_all_engines_stays_within_the_budget() {
    let _alone = crate::alone();
    let tavana = start();
    let threads: Vec<_> = (0..4)
        .map(|number| {
            let to = tavana.postgres;
            std::thread::spawn(move || {
                let user = format!("hungry{number}");
                let mut wire = Wire::connect_as(to, &[("user", &user)]);
                wire.query("SELECT length(range(1000000000))").state()
            })
        })
        .collect();
    let mut most = 0;
    while threads.iter().any(|thread| !thread.is_finished()) {
        let engines: u64 = tavana
            .engines()
            .into_iter()
            .map(process::resident_bytes)
            .sum();
        most = most.max(engines);
        crate::support::pause(Duration::from_millis(20));
    }
    for thread in threads {
        let state = thread.join().expect("a client");
        assert!(["53200", "57P02"].contains(&state.as_str()), "{state}");
    }
    // The budget, and what the engines themselves take.
    assert!(most < (4 << 30) + (1 << 30), "{} MiB at once", most >> 20);
}
