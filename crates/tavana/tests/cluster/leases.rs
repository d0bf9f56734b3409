//! What workers keep for gateways, and for how long.

use std::time::Duration;

use tokio::time::Instant;

use crate::ENDLESS;
use crate::support::cluster::{Cluster, Plan};
use crate::support::proxy::Fault;
use crate::support::server::report;
use crate::support::wire::{Next, Out, Wire};
use crate::support::{PATIENCE, eventually, pause, process};

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
    assert_eq!(again.query("SELECT 3 FROM range(1)").ok().value().as_deref(), Some("3"));
    eventually("its engines are free", Duration::from_secs(20), || {
        held(&cluster) == (0, 1)
    });
    let freed = killed.elapsed();
    report(&format!("the statement ended after {stopped:?}, the engine after {freed:?}"));
    assert!(freed <= Duration::from_secs(15), "{freed:?}");
    assert_eq!(staying.query("SELECT i FROM t").ok().value().as_deref(), Some("2"));
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
    assert_eq!(wire.query("SELECT i FROM t").ok().value().as_deref(), Some("42"));
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
    assert_eq!(wire.query("SELECT i FROM t").ok().value().as_deref(), Some("42"));
}

#[test]
fn a_stopped_worker_is_dead_within_ten_seconds_and_delivers_no_row_afterwards() {
    let _alone = crate::alone();
    let cluster = Plan::of(1, 2).start();
    let gateway = &cluster.gateways[0];
    let mut streaming = Wire::connect(gateway.postgres);
    streaming.send(Out::new().query("SELECT i, md5(i::VARCHAR) FROM range(100000000000) t(i)"));
    for _ in 0..1000 {
        streaming.message();
    }
    let mut running = Wire::connect(gateway.postgres);
    running.send(Out::new().query(ENDLESS));
    eventually("both run", PATIENCE, || held(&cluster).0 == 2);
    let of = |statements| {
        let at = |worker: &crate::support::cluster::Worker| {
            worker.status().is_some_and(|status| status.running >= statements)
        };
        cluster.workers.iter().position(at)
    };
    let index = of(1).expect("one runs something");
    let victim = cluster.workers[index].process.pid();
    let both_there = cluster.workers[index].status().is_some_and(|status| status.running == 2);
    let stopped = Instant::now();
    cluster.workers[index].process.signal("STOP");
    eventually("it is dead to the gateway", Duration::from_secs(10), || {
        gateway.metric("tavana_workers_up") == 1.0
    });
    let noticed = stopped.elapsed();
    // Nothing new goes there.
    let mut fresh = Wire::connect(gateway.postgres);
    for _ in 0..10 {
        let began = Instant::now();
        assert_eq!(fresh.query("SELECT 1 FROM range(1)").ok().value().as_deref(), Some("1"));
        assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    }
    // One of the two was there, or both: those end in an error, and the rest goes on.
    let mut lost = 0;
    let mut states = Vec::new();
    while stopped.elapsed() < Duration::from_secs(15) && lost < 1 + u32::from(both_there) {
        match running.next(Duration::from_millis(10)) {
            Next::Message(message) if message.kind == b'E' => {
                states.push(message.fault().state().to_owned());
                lost += 1;
            }
            _ => {}
        }
        for _ in 0..1000 {
            match streaming.next(Duration::from_millis(10)) {
                Next::Message(message) if message.kind == b'E' => {
                    states.push(message.fault().state().to_owned());
                    lost += 1;
                }
                Next::Message(_) => {}
                _ => break,
            }
        }
    }
    let ended = stopped.elapsed();
    report(&format!("noticed after {noticed:?}, statements ended after {ended:?}: {states:?}"));
    assert!(ended < Duration::from_secs(15), "{ended:?}");
    assert!(!states.is_empty() && states.iter().all(|state| state == "57P02"), "{states:?}");
    assert!(process::signal(victim, "CONT"));
    eventually("it is back", PATIENCE, || gateway.metric("tavana_workers_up") == 2.0);
    // What comes now is the answer of a new statement, and nothing before it.
    let mut ended_wires = vec![fresh];
    if states.len() == 2 || running.next(Duration::from_millis(10)) != Next::Silence {
        ended_wires.push(running);
    }
    for wire in &mut ended_wires {
        while let Next::Message(message) = wire.next(Duration::from_millis(50)) {
            assert_eq!(message.kind, b'Z', "a late message: {message:?}");
        }
        assert_eq!(wire.query("SELECT 7 FROM range(1)").ok().value().as_deref(), Some("7"));
    }
    drop((ended_wires, streaming));
}
