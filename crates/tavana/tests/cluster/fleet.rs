//! Everything at once: three gateways and four workers, a crowd that does all that clients do, and
//! processes that die and are replaced. And a crowd that does nothing right.

use std::net::SocketAddr;
use std::time::Duration;

use crate::ENDLESS;
use crate::mixed::{Crowd, Mix};
use crate::support::cluster::{Cluster, Plan};
use crate::support::invariants::{Baseline, rests};
use crate::support::server::report;
use crate::support::wire::{Out, Wire};
use crate::support::{PATIENCE, eventually, rounds};

/// When everything must be as it was.
const SETTLED: Duration = Duration::from_secs(60);

fn addresses(cluster: &Cluster) -> Vec<SocketAddr> {
    let gateways = cluster.gateways.iter();
    gateways.map(|gateway| gateway.postgres).collect()
}

/// All slots can be used: no permit was lost.
#[track_caller]
fn all_slots_are_free(cluster: &Cluster) {
    let statuses = cluster.workers.iter().filter_map(|worker| worker.status());
    let slots: u32 = statuses.map(|status| status.slots).sum();
    let gateways = addresses(cluster);
    let wires: Vec<Wire> = (0..slots)
        .map(|number| {
            let to = gateways[usize::try_from(number).expect("few") % gateways.len()];
            let mut wire = Wire::connect_as(to, &[("user", &format!("last{number}"))]);
            wire.send(Out::new().query(ENDLESS));
            wire
        })
        .collect();
    eventually(
        "as many statements run as there are slots",
        PATIENCE,
        || {
            let statuses = cluster.workers.iter().filter_map(|worker| worker.status());
            statuses.map(|status| status.running).sum::<u32>() == slots
        },
    );
    for wire in wires {
        wire.vanish();
    }
    rests(cluster, PATIENCE);
}

#[test]
fn whatever_dies_under_whatever_load_nobody_gets_a_wrong_answer_and_nothing_is_left() {
    let _alone = crate::alone();
    let mut cluster = Plan::of(3, 4).start();
    let gateways = addresses(&cluster);
    // What the first sessions cost once belongs to nobody.
    Crowd::of(&gateways, 12, Mix::Everything, 400).wait();
    let before = Baseline::of(&cluster);
    for round in 0..rounds(1) {
        let crowd = Crowd::start(&gateways, 12, Mix::Everything);
        crowd.goes_on(50);
        cluster.kill_worker(0);
        crowd.goes_on(50);
        cluster.replace_worker(0);
        for index in 1..cluster.workers.len() {
            cluster.workers[index].process.signal("TERM");
            let status = cluster.workers[index].process.ends(PATIENCE * 2);
            assert!(status.success(), "{status}");
            cluster.replace_worker(index);
            for gateway in &cluster.gateways {
                gateway.knows(4);
            }
            crowd.goes_on(30);
        }
        let killed = usize::try_from(round).expect("few") % cluster.gateways.len();
        crowd.will_kill(killed);
        cluster.gateways[killed].process.signal("KILL");
        cluster.gateways[killed].process.ends(PATIENCE);
        crowd.has_killed(killed);
        crowd.goes_on(50);
        cluster.replace_gateway(killed);
        crowd.goes_on(100);
        let account = crowd.finish();
        report(&format!("{} actions, {account:?}", account.actions()));
        assert!(account.killed > 0, "nobody was at the killed gateway");
        for gained in before.returns(&cluster, SETTLED) {
            report(&gained);
        }
    }
    all_slots_are_free(&cluster);
}

#[test]
fn a_thousand_bad_cancelled_and_dropped_statements_leave_nothing_behind() {
    let _alone = crate::alone();
    let cluster = Plan::of(2, 2).start();
    let gateways = addresses(&cluster);
    Crowd::of(&gateways, 8, Mix::OnlyBad, 200).wait();
    let before = Baseline::of(&cluster);
    let wanted = 1000 * u64::from(rounds(1));
    let account = Crowd::of(&gateways, 8, Mix::OnlyBad, wanted).wait();
    report(&format!("{} statements, {account:?}", account.actions()));
    assert!(account.actions() >= wanted);
    assert_eq!(account.failures() + account.killed, 0, "{account:?}");
    assert!(account.ended.is_empty(), "{account:?}");
    for gained in before.returns(&cluster, SETTLED) {
        report(&gained);
    }
    all_slots_are_free(&cluster);
}
