//! Crowds of connections.

use crate::support::cluster::Plan;
use crate::support::server::report;
use crate::support::wire::Wire;
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
