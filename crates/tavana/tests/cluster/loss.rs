//! kill -9 of a whole worker.

use std::time::Duration;

use tokio::time::Instant;

use crate::load::Load;
use crate::support::cluster::Plan;
use crate::support::server::report;
use crate::support::wire::{Next, Out, Wire};
use crate::support::{PATIENCE, eventually};

/// Streams on the worker that is killed.
const STREAMS: usize = 50;

#[test]
fn fifty_streams_of_a_killed_worker_end_in_57p02_and_those_of_others_go_on() {
    let _alone = crate::alone();
    let cluster = Plan::of(1, 2)
        .worker("MAX_MEMORY_GB", "16")
        .worker("TAVANA_WORKER_SLOTS", "60")
        .start();
    let gateway = &cluster.gateways[0];
    let sql = "SELECT i, repeat('x', 200) FROM range(100000000000) t(i)";
    let mut streams: Vec<Wire> = Vec::new();
    let running = |index: usize| {
        let status = cluster.workers[index].status();
        status.map_or(0, |status| usize::try_from(status.running).expect("few"))
    };
    while running(0) < STREAMS || running(1) == 0 {
        let user = format!("reader{}", streams.len());
        let mut wire = Wire::connect_as(gateway.postgres, &[("user", &user)]);
        wire.send(Out::new().query(sql));
        while wire.message().kind != b'D' {}
        streams.push(wire);
        assert!(streams.len() <= 3 * STREAMS, "{} and {}", running(0), running(1));
    }
    let there = running(0);
    let elsewhere = streams.len() - there;
    let load = Load::start(&[gateway.postgres], 2);
    load.answers(5);
    let killed = Instant::now();
    cluster.workers[0].process.signal("KILL");
    let readers: Vec<_> = streams
        .into_iter()
        .map(|mut wire| {
            std::thread::spawn(move || {
                while killed.elapsed() < Duration::from_secs(6) {
                    match wire.next(Duration::from_secs(1)) {
                        Next::Message(message) if message.kind == b'E' => {
                            let state = message.fault().state().to_owned();
                            let took = killed.elapsed();
                            assert_eq!(wire.message().kind, b'Z');
                            let next = wire.query("SELECT 9 FROM range(1)").ok();
                            assert_eq!(next.value().as_deref(), Some("9"));
                            return Some((state, took));
                        }
                        Next::Message(message) => assert_eq!(message.kind, b'D'),
                        other => panic!("{other:?}"),
                    }
                }
                None
            })
        })
        .collect();
    let ends: Vec<_> = readers
        .into_iter()
        .map(|reader| reader.join().expect("a reader"))
        .collect();
    let lost: Vec<_> = ends.iter().flatten().collect();
    let slowest = lost.iter().map(|(_, took)| *took).max().unwrap_or_default();
    let account = load.finish();
    report(&format!(
        "{} of {there} ended, the last one after {slowest:?}; {elsewhere} elsewhere went on; {account:?}",
        lost.len()
    ));
    assert_eq!(lost.len(), there);
    assert!(lost.iter().all(|(state, _)| state == "57P02"), "{lost:?}");
    assert!(slowest < Duration::from_secs(3), "{slowest:?}");
    assert_eq!(ends.len() - lost.len(), elsewhere);
    assert_eq!(account.failures() + account.silent, 0, "{account:?}");
    eventually("the other worker is free again", PATIENCE, || {
        cluster.workers[1].status().is_some_and(|status| status.running == 0)
    });
}

#[test]
fn without_any_worker_nobody_is_ready_and_with_the_first_one_statements_run() {
    let _alone = crate::alone();
    let mut cluster = Plan::of(1, 1).gateway("TAVANA_QUEUE_WAIT_SECS", "20").start();
    assert_eq!(cluster.gateways[0].says("/ready"), 200);
    cluster.workers[0].process.signal("KILL");
    cluster.workers[0].process.ends(PATIENCE);
    let gateway = &cluster.gateways[0];
    let took = eventually("it is not ready", PATIENCE, || gateway.says("/ready") == 503);
    assert!(took < Duration::from_secs(2), "{took:?}");
    assert_eq!(gateway.says("/health"), 200);
    // Clients may connect, and their statements wait.
    let mut wire = Wire::connect(gateway.postgres);
    wire.send(Out::new().query("SELECT 5 FROM range(1)"));
    assert_eq!(wire.next(Duration::from_millis(300)), Next::Silence);
    cluster.replace_worker(0);
    assert_eq!(wire.reply().ok().value().as_deref(), Some("5"));
    assert_eq!(cluster.gateways[0].says("/ready"), 200);
}
