//! What workers keep for gateways, and for how long.

use std::thread;
use std::time::Duration;

use tokio::time::Instant;

use crate::ENDLESS;
use crate::support::cluster::{Cluster, Plan};
use crate::support::proxy::Fault;
use crate::support::server::report;
use crate::support::wire::{Next, Out, Wire};
use crate::support::{PATIENCE, eventually, pause, rounds};

fn held(cluster: &Cluster) -> (u32, u32) {
    let statuses = cluster.workers.iter().filter_map(|worker| worker.status());
    statuses.fold((0, 0), |(running, pinned), status| {
        (running + status.running, pinned + status.pinned_sessions)
    })
}

#[test]
fn a_killed_gateway_loses_its_statements_at_once_and_its_engines_within_fifteen_seconds() {
    let _alone = crate::alone();
    let mut cluster = Plan::of(2, 1).start();
    let mut pinned = Wire::connect(cluster.gateways[0].postgres);
    pinned.query("CREATE TEMP TABLE t AS SELECT 1 AS i").ok();
    let mut staying = Wire::connect(cluster.gateways[1].postgres);
    staying.query("CREATE TEMP TABLE t AS SELECT 2 AS i").ok();
    let mut running = Wire::connect(cluster.gateways[0].postgres);
    running.send(Out::new().query(ENDLESS));
    eventually("all are there", PATIENCE, || held(&cluster) == (1, 2));
    let killed = Instant::now();
    cluster.gateways[0].process.signal("KILL");
    let stopped = eventually("its statement is stopped", Duration::from_secs(5), || {
        held(&cluster).0 == 0
    });
    assert!(matches!(running.next(PATIENCE), Next::End));
    let mut again = Wire::connect(cluster.gateways[1].postgres);
    assert_eq!(
        again
            .query("SELECT 3 FROM range(1)")
            .ok()
            .value()
            .as_deref(),
        Some("3")
    );
    eventually("its engines are free", Duration::from_secs(20), || {
        held(&cluster) == (0, 1)
    });
    let freed = killed.elapsed();
    report(&format!(
        "the statement ended after {stopped:?}, the engine after {freed:?}"
    ));
    assert!(freed <= Duration::from_secs(15), "{freed:?}");
    assert_eq!(
        staying.query("SELECT i FROM t").ok().value().as_deref(),
        Some("2")
    );
    cluster.gateways[0].process.ends(PATIENCE);
}

#[test]
fn sessions_outlive_a_break_of_the_network_that_is_shorter_than_the_lease() {
    let _alone = crate::alone();
    let cluster = Plan::of(1, 1)
        .proxied()
        .worker("TAVANA_SESSION_LEASE_SECS", "4")
        .start();
    let mut wire = Wire::connect(cluster.gateways[0].postgres);
    wire.query("CREATE TEMP TABLE t AS SELECT 42 AS i").ok();
    cluster.proxies[0].set(Fault::Cut);
    pause(Duration::from_secs(2));
    assert_eq!(held(&cluster), (0, 1));
    cluster.proxies[0].set(Fault::None);
    eventually("the gateway is back", PATIENCE, || {
        cluster.gateways[0].says("/ready") == 200
    });
    assert_eq!(
        wire.query("SELECT i FROM t").ok().value().as_deref(),
        Some("42")
    );
    // And one that is longer ends them.
    cluster.proxies[0].set(Fault::Cut);
    eventually("the session is closed", Duration::from_secs(8), || {
        held(&cluster) == (0, 0)
    });
    cluster.proxies[0].set(Fault::None);
    eventually("the gateway is back", PATIENCE, || {
        cluster.gateways[0].says("/ready") == 200
    });
    assert_eq!(wire.query("SELECT i FROM t").state(), "57P02");
    assert_eq!(wire.query("SELECT i FROM t").state(), "42P01");
}

#[test]
fn a_gateway_that_is_only_slow_keeps_its_sessions() {
    let _alone = crate::alone();
    let cluster = Plan::of(1, 1)
        .worker("TAVANA_SESSION_LEASE_SECS", "2")
        .start();
    let mut wire = Wire::connect(cluster.gateways[0].postgres);
    wire.query("CREATE TEMP TABLE t AS SELECT 42 AS i").ok();
    cluster.gateways[0].process.signal("STOP");
    pause(Duration::from_secs(3));
    assert_eq!(held(&cluster), (0, 1));
    cluster.gateways[0].process.signal("CONT");
    assert_eq!(
        wire.query("SELECT i FROM t").ok().value().as_deref(),
        Some("42")
    );
}

#[test]
fn a_stopped_worker_is_dead_within_ten_seconds_and_delivers_no_row_afterwards() {
    let _alone = crate::alone();
    let cluster = Plan::of(1, 2).start();
    let gateway = &cluster.gateways[0];
    let mut streams: Vec<Wire> = (0..4)
        .map(|_| {
            let mut wire = Wire::connect(gateway.postgres);
            wire.send(Out::new().query("SELECT i, md5(i::VARCHAR) FROM range(100000000000) t(i)"));
            while wire.message().kind != b'D' {}
            wire
        })
        .collect();
    let there = cluster.workers[0].status().expect("it answers").running;
    assert!(there > 0, "some stream is there");
    let stopped = Instant::now();
    cluster.workers[0].process.signal("STOP");
    let readers: Vec<_> = streams
        .drain(..)
        .map(|mut wire| {
            thread::spawn(move || {
                while stopped.elapsed() < Duration::from_secs(15) {
                    match wire.next(Duration::from_secs(1)) {
                        Next::Message(message) if message.kind == b'E' => {
                            assert_eq!(message.fault().state(), "57P02");
                            assert_eq!(wire.message().kind, b'Z');
                            return (wire, Some(stopped.elapsed()));
                        }
                        Next::Message(_) | Next::Silence => {}
                        Next::End => panic!("a session has ended"),
                    }
                }
                (wire, None)
            })
        })
        .collect();
    eventually("it is dead to the gateway", Duration::from_secs(10), || {
        gateway.metric("tavana_workers_up") == 1.0
    });
    let noticed = stopped.elapsed();
    // Nothing new goes there.
    let mut fresh = Wire::connect(gateway.postgres);
    for _ in 0..10 {
        let began = Instant::now();
        assert_eq!(
            fresh
                .query("SELECT 1 FROM range(1)")
                .ok()
                .value()
                .as_deref(),
            Some("1")
        );
        assert!(
            began.elapsed() < Duration::from_secs(5),
            "{:?}",
            began.elapsed()
        );
    }
    let (mut lost, mut slowest) = (Vec::new(), Duration::ZERO);
    for reader in readers {
        let (wire, took) = reader.join().expect("a reader");
        if let Some(took) = took {
            slowest = slowest.max(took);
            lost.push(wire);
        }
    }
    report(&format!(
        "noticed after {noticed:?}; {} of {there} streams ended, the last one after {slowest:?}",
        lost.len()
    ));
    assert_eq!(u32::try_from(lost.len()).expect("few"), there);
    if rounds(0) > 0 {
        pause(Duration::from_secs(60).saturating_sub(stopped.elapsed()));
    }
    cluster.workers[0].process.signal("CONT");
    gateway.knows(2);
    // What comes now is the answer of a new statement, and nothing before it.
    for wire in &mut lost {
        assert_eq!(wire.next(Duration::from_millis(100)), Next::Silence);
        let reply = wire.query("SELECT 7 FROM range(1)").ok();
        assert_eq!(
            (reply.kinds().as_str(), reply.value().as_deref()),
            ("TDCZ", Some("7"))
        );
    }
    eventually("it runs nothing any more", PATIENCE, || {
        cluster.workers[0]
            .status()
            .is_some_and(|status| status.running == 0)
    });
}

#[test]
fn a_session_whose_first_statement_failed_keeps_an_engine_on_one_worker_only() {
    let _alone = crate::alone();
    let cluster = Plan::of(1, 2).worker("TAVANA_WORKER_SLOTS", "1").start();
    let gateway = &cluster.gateways[0];
    let mut session = Wire::connect(gateway.postgres);
    let failed = session.query("CREATE TEMP TABLE t AS SELECT error('no') AS i");
    assert_eq!(failed.state(), "22023");
    let with_engine = || {
        let statuses = cluster.workers.iter().map(|worker| worker.status());
        statuses.map(|status| status.is_some_and(|status| status.pinned_sessions == 1))
    };
    let at = with_engine().position(|keeps| keeps);
    let at = at.expect("a worker keeps an engine for the session");
    // The slot there goes to somebody else, the other worker's stays free.
    let mut others = Vec::new();
    let busy = |at: usize| cluster.workers[at].status().map(|status| status.running) == Some(1);
    while !busy(at) {
        let mut other = Wire::connect(gateway.postgres);
        other.send(Out::new().query(ENDLESS));
        others.push(other);
        let wanted = u32::try_from(others.len()).expect("few");
        eventually("it runs", PATIENCE, || held(&cluster).0 == wanted);
    }
    let there = others.pop().expect("the last one is there");
    for elsewhere in others {
        elsewhere.vanish();
    }
    eventually("one slot is free", PATIENCE, || held(&cluster).0 == 1);
    let returns = gateway.metric("tavana_queue_returns_total");
    session.send(Out::new().query("CREATE TEMP TABLE t AS SELECT 1 AS i"));
    eventually("it is refused", PATIENCE, || {
        gateway.metric("tavana_queue_returns_total") > returns
    });
    there.vanish();
    session.reply().ok();
    let engines = with_engine().filter(|keeps| *keeps).count();
    assert_eq!(engines, 1);
    session.vanish();
    cluster.becomes_idle(PATIENCE);
}
