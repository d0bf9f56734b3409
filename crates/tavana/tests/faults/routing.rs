//! Several workers and several gateways: who gets which statement, and what becomes of it when a
//! worker is lost.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::time::Instant;

use crate::support::cluster::Plan;
use crate::support::server::metric;
use crate::support::wire::{Out, Wire};
use crate::support::{PATIENCE, eventually, rounds};

/// Runs until it is stopped.
pub(crate) const ENDLESS: &str = "SELECT count(*) FROM range(1000000000000) a, range(1000000000) b";

/// A session of `user` that runs a statement and does not wait for it.
pub(crate) fn begin(to: SocketAddr, user: &str, sql: &str) -> Wire {
    let mut wire = Wire::connect_as(to, &[("user", user)]);
    wire.send(Out::new().query(sql));
    wire
}

#[test]
fn twenty_equal_statements_on_two_idle_workers_are_ten_on_each() {
    let _alone = crate::alone();
    let cluster = Plan::of(1, 2)
        .worker("TAVANA_WORKER_SLOTS", "16")
        .worker("MAX_MEMORY_GB", "4")
        .start();
    let to = cluster.gateways[0].postgres;
    let running = || {
        let each = cluster.workers.iter();
        each.map(|worker| worker.status().map_or(0, |status| status.running))
            .collect::<Vec<u32>>()
    };
    let wires: Vec<Wire> = (0..20)
        .map(|number| begin(to, &format!("user{number}"), ENDLESS))
        .collect();
    eventually("all of them run", PATIENCE, || {
        running().iter().sum::<u32>() == 20
    });
    let each = running();
    assert!(
        each.iter().all(|count| (8..=12).contains(count)),
        "{each:?}"
    );
    let used: u64 = cluster.workers[0]
        .status()
        .expect("it runs")
        .memory_running_bytes;
    assert!(used > 0, "what they may use is said");
    for wire in wires {
        wire.vanish();
    }
    eventually("none of them runs", PATIENCE, || running() == [0, 0]);
    assert_eq!(
        cluster.workers[0]
            .status()
            .expect("it runs")
            .memory_running_bytes,
        0
    );
}

/// Reads a sum that is known beforehand; gives the trouble, if there is any.
fn checked(to: SocketAddr, number: u32) -> JoinHandle<Option<String>> {
    // Less CPU time than a user has at ordinary priority: others may keep the machine busy.
    let rows = 1_200_000 + u64::from(number);
    let sql = format!("SELECT count(*) FROM range({rows}) t(i) WHERE md5(i::VARCHAR) >= '0'");
    let mut wire = begin(to, &format!("reader{number}"), &sql);
    std::thread::spawn(move || {
        let reply = wire.reply();
        let expected = rows.to_string();
        (reply.faults().is_empty() && reply.value() != Some(expected))
            .then(|| format!("a wrong answer: {:?}", reply.value()))
            .or_else(|| reply.faults().first().map(|fault| format!("{fault:?}")))
    })
}

#[test]
fn a_worker_that_is_killed_costs_readers_nothing_and_writers_an_error() {
    let _alone = crate::alone();
    let mut cluster = Plan::of(1, 2)
        .worker("TAVANA_WORKER_SLOTS", "8")
        .worker("MAX_MEMORY_GB", "2")
        .start();
    let (to, http) = (cluster.gateways[0].postgres, cluster.gateways[0].http);
    let mut lost = 0;
    let mut sent = 0;
    for round in 0..rounds(2) {
        let readers: Vec<_> = (0..8)
            .map(|number| checked(to, round * 8 + number))
            .collect();
        // Each of these runs on one of the workers, by turns.
        let writers: Vec<_> = (0..4)
            .map(|number| {
                let sql = format!("CREATE TABLE t AS {ENDLESS}");
                begin(to, &format!("writer{number}"), &sql)
            })
            .collect();
        eventually("all of them run", PATIENCE, || {
            metric(http, "tavana_queue_running") == "12"
        });
        let retries = metric(http, "tavana_statement_retries_total");
        let killed = Instant::now();
        cluster.kill_worker(0);
        cluster.gateways[0].knows(1);
        let noticed = killed.elapsed();
        assert!(
            noticed < Duration::from_secs(2),
            "noticed after {noticed:?}"
        );
        let troubles: Vec<String> = readers
            .into_iter()
            .filter_map(|reader| reader.join().expect("a reader does not panic"))
            .collect();
        assert!(troubles.is_empty(), "{troubles:#?}");
        let retried = metric(http, "tavana_statement_retries_total").parse::<u32>();
        sent += retried.expect("a number") - retries.parse::<u32>().expect("a number");
        for mut writer in writers {
            // Those on the other worker run on.
            if let crate::support::wire::Next::Message(_) = writer.next(Duration::from_millis(500))
            {
                lost += 1;
            }
            writer.vanish();
        }
        let replaced = Instant::now();
        cluster.replace_worker(0);
        cluster.gateways[0].knows(2);
        let joined = replaced.elapsed();
        assert!(joined < Duration::from_secs(5), "joined after {joined:?}");
        eventually("nothing runs", PATIENCE, || {
            metric(http, "tavana_queue_running") == "0"
        });
    }
    assert!(lost > 0, "no writer was on the worker that was killed");
    assert!(sent > 0, "no reader was on the worker that was killed");
}

#[test]
fn a_writer_hears_of_its_workers_death_and_is_not_run_again() {
    let _alone = crate::alone();
    let mut cluster = Plan::of(1, 1).worker("MAX_MEMORY_GB", "1").start();
    let (to, http) = (cluster.gateways[0].postgres, cluster.gateways[0].http);
    let mut wire = Wire::connect(to);
    wire.query("CREATE TABLE t (a BIGINT)").ok();
    wire.send(Out::new().query(format!("INSERT INTO t {ENDLESS}")));
    eventually("it runs", PATIENCE, || {
        cluster.workers[0]
            .status()
            .is_some_and(|status| status.running == 1)
    });
    cluster.kill_worker(0);
    cluster.replace_worker(0);
    assert_eq!(wire.reply().state(), "57P02");
    assert_eq!(metric(http, "tavana_statement_retries_total"), "0");
    cluster.gateways[0].knows(1);
    assert_eq!(cluster.workers[0].status().expect("it lives").running, 0);
}

#[test]
fn two_gateways_share_a_worker_without_more_statements_than_slots_and_without_an_error() {
    let _alone = crate::alone();
    let cluster = Plan::of(2, 1)
        .worker("TAVANA_WORKER_SLOTS", "3")
        .worker("MAX_MEMORY_GB", "1")
        .worker("THREADS", "1")
        .start();
    let wanted = rounds(10);
    let sessions: Vec<_> = (0..10)
        .map(|number: u32| {
            let to = cluster.gateways[usize::try_from(number % 2).expect("small")].postgres;
            std::thread::spawn(move || {
                let mut wire = Wire::connect_as(to, &[("user", &format!("user{number}"))]);
                let answers = (0..wanted).map(|round| {
                    let sql = format!("SELECT sum(i) FROM range({}) t(i)", 20_000_000 + round);
                    wire.query(sql).ok().value()
                });
                answers.filter(Option::is_some).count()
            })
        })
        .collect();
    let done = AtomicBool::new(false);
    let most = std::thread::scope(|scope| {
        let watching = scope.spawn(|| {
            let mut most = 0;
            while !done.load(Ordering::Relaxed) {
                let status = cluster.workers[0].status().expect("it lives");
                most = most.max(status.running);
            }
            most
        });
        for session in sessions {
            let answers = session.join().expect("no error");
            assert_eq!(answers, usize::try_from(wanted).expect("small"));
        }
        done.store(true, Ordering::Relaxed);
        watching.join().expect("no panic")
    });
    assert!((2..=3).contains(&most), "{most} statements ran at once");
    let returns: u64 = cluster
        .gateways
        .iter()
        .map(|gateway| metric(gateway.http, "tavana_queue_returns_total"))
        .map(|count| count.parse::<u64>().expect("a number"))
        .sum();
    assert!(returns > 0, "both gateways thought that they had all slots");
}
