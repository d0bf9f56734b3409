//! Crowds of connections.

use std::sync::{Arc, Barrier};

use crate::support::cluster::Plan;
use crate::support::server::report;
use crate::support::wire::{Out, Wire};
use crate::support::{PATIENCE, eventually, process};

#[test]
fn an_idle_connection_costs_a_gateway_less_than_sixty_kib() {
    const CONNECTIONS: usize = 990;
    let _alone = crate::alone();
    let cluster = Plan::of(1, 1).start();
    let gateway = &cluster.gateways[0];
    let pid = gateway.process.pid();
    // What the first sessions cost once belongs to nobody.
    for _ in 0..20 {
        Wire::connect(gateway.postgres)
            .query("SELECT 1 FROM range(1)")
            .ok();
    }
    let before = process::resident_bytes(pid);
    let mut idle: Vec<Wire> = (0..CONNECTIONS)
        .map(|_| {
            let mut wire = Wire::connect(gateway.postgres);
            wire.query("SELECT 'abc' FROM range(1)").ok();
            wire
        })
        .collect();
    let each = process::resident_bytes(pid).saturating_sub(before) / 990;
    report(&format!(
        "{each} bytes for each of {CONNECTIONS} connections"
    ));
    assert!(each <= 60 << 10, "{each} bytes");
    for wire in &mut idle {
        assert_eq!(
            wire.query("SELECT 'abc'").ok().value().as_deref(),
            Some("abc")
        );
    }
    drop(idle);
    eventually("all seats are free", PATIENCE, || {
        gateway.metric("tavana_postgres_connections") == 0.0
    });
}

#[test]
fn queries_that_come_at_once_are_spread_evenly_over_the_workers() {
    const ROUNDS: usize = 10;
    const WORKERS: usize = 4;
    const EACH: usize = 2;
    let _alone = crate::alone();
    let cluster = Plan::of(1, WORKERS).start();
    let gateway = cluster.gateways[0].postgres;
    for round in 0..ROUNDS {
        let start = Arc::new(Barrier::new(WORKERS * EACH));
        let readers: Vec<_> = (0..WORKERS * EACH)
            .map(|_| {
                let mut wire = Wire::connect(gateway);
                let start = Arc::clone(&start);
                std::thread::spawn(move || {
                    start.wait();
                    // As drivers send it: planned for its description, then run.
                    let endless = "SELECT i, repeat('x', 1000) FROM range(100000000000) t(i)";
                    let statement = Out::new().parse("", endless, &[]).bind("", "", &[]);
                    wire.send(statement.describe_portal("").execute("", 0).sync());
                    while wire.message().kind != b'D' {}
                    wire
                })
            })
            .collect();
        let wires: Vec<Wire> = readers
            .into_iter()
            .map(|reader| reader.join().expect("a reader"))
            .collect();
        let running: Vec<_> = cluster
            .workers
            .iter()
            .map(|worker| worker.status().map(|status| status.running))
            .collect();
        assert_eq!(running, [Some(2); WORKERS], "round {round}");
        for wire in wires {
            wire.vanish();
        }
        cluster.becomes_idle(PATIENCE);
        // What is being stopped counts where it still runs.
        eventually("the gateway knows it", PATIENCE, || {
            cluster.gateways[0].metric("tavana_worker_memory_running_bytes") == 0.0
        });
    }
}
