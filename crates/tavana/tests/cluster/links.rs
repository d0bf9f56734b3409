//! A bad network between gateways and workers.
//!
//! Statements of the load only read, so a loss before their first row is made up for once. None may
//! be answered wrongly, and none may hang.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::time::Instant;

use crate::ENDLESS;
use crate::load::{Account, Load};
use crate::support::cluster::{Cluster, Plan};
use crate::support::proxy::Fault;
use crate::support::server::report;
use crate::support::wire::{Out, Wire};
use crate::support::{PATIENCE, eventually, pause, process, rounds};

/// Nothing hangs for longer.
const STUCK: Duration = Duration::from_secs(15);

fn start() -> (Cluster, Vec<SocketAddr>) {
    let cluster = Plan::of(1, 2).proxied().start();
    let gateways = cluster.gateways.iter().map(|gateway| gateway.postgres);
    let gateways = gateways.collect();
    (cluster, gateways)
}

/// How long a fault lasts: short in CI, as many times as long as `TAVANA_TEST_ROUNDS` says.
fn spell(seconds: u64) -> Duration {
    Duration::from_secs(seconds) * rounds(1)
}

/// The load during one fault of the way to the first worker, and the return to normal.
fn during(what: &str, faults: &[(usize, Fault)], seconds: u64) -> (Account, Cluster) {
    let (cluster, gateways) = start();
    let open = || process::open_files(cluster.gateways[0].process.pid());
    let before = open();
    let load = Load::start(&gateways, 6);
    load.answers(50);
    for (proxy, fault) in faults {
        cluster.proxies[*proxy].set(*fault);
    }
    pause(spell(seconds));
    let answered = load.account().right;
    for proxy in &cluster.proxies {
        proxy.set(Fault::None);
    }
    let healed = Instant::now();
    load.answers(50);
    let account = load.finish();
    report(&format!(
        "{what}: {} statements, {account:?}; normal {:?} after it, {answered} until then",
        account.statements(),
        healed.elapsed()
    ));
    assert_eq!(account.silent, 0, "{what}: {account:?}");
    assert!(account.ended.is_empty(), "{what}: {account:?}");
    assert!(account.slowest < STUCK, "{what}: {account:?}");
    let known = ["57P02", "57P03", "53300"];
    assert!(
        account
            .failed
            .keys()
            .all(|state| known.contains(&state.as_str())),
        "{what}: {account:?}"
    );
    cluster.gateways[0].knows(2);
    cluster.becomes_idle(PATIENCE);
    eventually("sockets are given back", PATIENCE, || open() <= before + 2);
    (account, cluster)
}

#[test]
fn a_cut_link_costs_nobody_a_statement_that_only_reads() {
    let _alone = crate::alone();
    let (account, _cluster) = during("cut", &[(0, Fault::Cut)], 3);
    // What was under way is run once more elsewhere.
    assert_eq!(account.failures(), 0, "{account:?}");
}

#[test]
fn a_statement_waits_for_room_elsewhere_and_does_not_go_back_to_the_worker_that_lost_it() {
    let _alone = crate::alone();
    let (cluster, gateways) = start();
    let gateway = &cluster.gateways[0];
    // All of the second worker's slots are taken.
    cluster.proxies[0].set(Fault::Cut);
    gateway.knows(1);
    let mut endless: Vec<Wire> = (0..4)
        .map(|number| {
            let mut wire = Wire::connect_as(gateways[0], &[("user", &format!("endless{number}"))]);
            wire.send(Out::new().query(ENDLESS));
            wire
        })
        .collect();
    cluster.workers[1].runs(4);
    // The first one speaks, and no statement reaches it.
    cluster.proxies[0].set(Fault::ResetAbove(100_000));
    gateway.knows(2);
    let mut wire = Wire::connect(gateways[0]);
    let long = "x".repeat(200_000);
    wire.send(Out::new().query(format!("SELECT length('{long}') FROM range(1)")));
    eventually("it was lost once", PATIENCE, || {
        gateway.metric("tavana_statement_retries_total") > 0.0
    });
    let last = endless.pop().expect("four");
    last.vanish();
    assert_eq!(wire.reply().ok().value().as_deref(), Some("200000"));
    for wire in endless {
        wire.vanish();
    }
    cluster.becomes_idle(PATIENCE);
}

#[test]
fn a_link_with_half_a_second_of_delay_is_slow_and_nothing_else() {
    let _alone = crate::alone();
    let late = Fault::Delay(Duration::from_millis(500));
    let (account, _cluster) = during("delay", &[(0, late), (1, late)], 5);
    assert_eq!(account.failures(), 0, "{account:?}");
}

#[test]
fn with_one_reset_in_a_hundred_pieces_hardly_a_statement_fails() {
    let _alone = crate::alone();
    let resets = Fault::ResetOneOf(100);
    let (account, cluster) = during("resets", &[(0, resets), (1, resets)], 6);
    let happened: u64 = cluster
        .proxies
        .iter()
        .map(crate::support::proxy::Proxy::resets)
        .sum();
    assert!(happened > 2, "{happened} resets");
    let failed = account.failures() * 100;
    assert!(
        failed <= account.statements() * 5,
        "{happened} resets: {account:?}"
    );
}

#[test]
fn a_half_open_link_is_given_up_before_anybody_waits_for_long() {
    let _alone = crate::alone();
    let (account, _cluster) = during("half open", &[(0, Fault::Hole)], 12);
    assert!(
        account.failures() <= 6,
        "one for each client at most: {account:?}"
    );
}

#[test]
fn a_link_that_trickles_is_given_up_or_waited_for_and_never_believed() {
    let _alone = crate::alone();
    let (account, _cluster) = during("trickle", &[(0, Fault::Trickle(1))], 12);
    assert!(account.failures() <= 12, "{account:?}");
}
