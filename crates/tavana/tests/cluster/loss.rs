//! kill -9 of a whole worker.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::time::Instant;

use crate::load::Load;
use crate::support::cluster::Plan;
use crate::support::server::report;
use crate::support::wire::{Next, Out, Wire};
use crate::support::{PATIENCE, eventually, pause};

/// Streams on the worker that is killed.
const STREAMS: usize = 50;
/// Streams on the other one.
const ELSEWHERE: usize = 3;

/// A stream without an end whose first rows have come.
fn stream(gateway: SocketAddr, number: usize) -> Wire {
    let user = format!("reader{number}");
    let mut wire = Wire::connect_as(gateway, &[("user", &user)]);
    wire.send(Out::new().query("SELECT i, repeat('x', 200) FROM range(100000000000) t(i)"));
    while wire.message().kind != b'D' {}
    wire
}

#[test]
fn fifty_streams_of_a_killed_worker_end_in_57p02_and_those_of_others_go_on() {
    let _alone = crate::alone();
    let mut cluster = Plan::of(1, 2)
        .worker("MAX_MEMORY_GB", "16")
        .worker("TAVANA_WORKER_SLOTS", "60")
        // What is under way is read before the error: with 50 readers on a few cores as little as
        // there can be.
        .gateway("TAVANA_GRPC_STREAM_WINDOW_MB", "1")
        .start();
    let gateway = cluster.gateways[0].postgres;
    // All of them are on the first worker, and a few on the second, which comes later.
    cluster.kill_worker(1);
    cluster.gateways[0].knows(1);
    let mut streams: Vec<Wire> = (0..STREAMS).map(|number| stream(gateway, number)).collect();
    cluster.replace_worker(1);
    cluster.gateways[0].knows(2);
    streams.extend((STREAMS..STREAMS + ELSEWHERE).map(|number| stream(gateway, number)));
    let running = |index: usize| cluster.workers[index].status().map(|status| status.running);
    assert_eq!((running(0), running(1)), (Some(50), Some(3)));
    let load = Load::start(&[gateway], 2);
    load.answers(5);
    let killed = Instant::now();
    cluster.workers[0].process.signal("KILL");
    let readers: Vec<_> = streams
        .into_iter()
        .map(|wire| std::thread::spawn(move || read_on(wire, killed)))
        .collect();
    let ends: Vec<_> = readers
        .into_iter()
        .map(|reader| reader.join().expect("a reader"))
        .collect();
    let lost: Vec<Duration> = ends[..STREAMS].iter().flatten().copied().collect();
    let slowest = lost.iter().max().copied().unwrap_or_default();
    let account = load.finish();
    report(&format!(
        "{} of {STREAMS} ended, the last one after {slowest:?}; {account:?}",
        lost.len()
    ));
    assert_eq!(lost.len(), STREAMS);
    assert!(slowest < Duration::from_secs(3), "{slowest:?}");
    assert!(ends[STREAMS..].iter().all(Option::is_none), "{ends:?}");
    assert_eq!(account.failures() + account.silent, 0, "{account:?}");
    eventually("the other worker is free again", PATIENCE, || {
        running(1) == Some(0)
    });
}

/// Reads on until the stream ends in 57P02, and says when; `None` when it goes on.
fn read_on(mut wire: Wire, killed: Instant) -> Option<Duration> {
    let mut rows = 0_u64;
    while killed.elapsed() < Duration::from_secs(6) {
        match wire.next(Duration::from_secs(1)) {
            Next::Message(message) if message.kind == b'E' => {
                let took = killed.elapsed();
                assert_eq!(message.fault().state(), "57P02");
                assert_eq!(wire.message().kind, b'Z');
                // A machine that kills fifty engines may be late with the other worker's word, too.
                eventually("the session goes on", Duration::from_secs(5), || {
                    let next = wire.query("SELECT 9 FROM range(1)");
                    assert!(["", "57P03"].contains(&next.state().as_str()), "{next:?}");
                    next.state().is_empty()
                });
                return Some(took);
            }
            Next::Message(message) => assert_eq!(message.kind, b'D'),
            Next::Silence => {}
            Next::End => panic!("the connection was closed"),
        }
        rows += 1;
        // More than all buffers on the way hold: it goes on, and need not be quick.
        if rows > 200_000 && rows.is_multiple_of(1000) {
            pause(Duration::from_millis(100));
        }
    }
    None
}

#[test]
fn without_any_worker_nobody_is_ready_and_with_the_first_one_statements_run() {
    let _alone = crate::alone();
    let mut cluster = Plan::of(1, 1)
        .gateway("TAVANA_QUEUE_WAIT_SECS", "20")
        .start();
    assert_eq!(cluster.gateways[0].says("/ready"), 200);
    cluster.kill_worker(0);
    let gateway = &cluster.gateways[0];
    let took = eventually("it is not ready", PATIENCE, || {
        gateway.says("/ready") == 503
    });
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
