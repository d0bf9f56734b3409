//! Cancels that come to another gateway than the one that has what they are for.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use arrow_flight::{Action, CancelFlightInfoRequest, CancelFlightInfoResult, CancelStatus};
use prost::Message as _;
use tokio::time::Instant;

use crate::ENDLESS;
use crate::load::Load;
use crate::support::cluster::Plan;
use crate::support::flight::Flight;
use crate::support::server::report;
use crate::support::wire::{CancelKey, Next, Out, Wire};
use crate::support::{PATIENCE, eventually, rounds};

/// What a cancel through another gateway may take.
const PROMISED: Duration = Duration::from_secs(1);

#[test]
fn a_cancel_through_another_gateway_ends_the_statement_within_a_second() {
    let _alone = crate::alone();
    let cluster = Plan::of(3, 2).start();
    let mut slowest = Duration::ZERO;
    for round in 0..usize::try_from(rounds(6)).expect("few") {
        let own = &cluster.gateways[round % 3];
        let other = &cluster.gateways[(round + 1) % 3];
        let mut wire = Wire::connect(own.postgres);
        wire.send(Out::new().query(ENDLESS));
        eventually("it runs", PATIENCE, || {
            cluster
                .workers
                .iter()
                .any(|worker| worker.status().is_some_and(|status| status.running == 1))
        });
        let asked = Instant::now();
        wire.cancel_key.send(other.postgres);
        assert_eq!(wire.reply().state(), "57014");
        slowest = slowest.max(asked.elapsed());
        assert_eq!(
            wire.query("SELECT 1 FROM range(1)").ok().value().as_deref(),
            Some("1")
        );
        cluster.becomes_idle(PATIENCE);
    }
    report(&format!("the slowest cancel took {slowest:?}"));
    assert!(slowest < PROMISED, "{slowest:?}");
}

#[test]
fn a_statement_that_waits_in_another_gateways_queue_is_cancelled_and_no_other() {
    let _alone = crate::alone();
    let cluster = Plan::of(2, 1).worker("TAVANA_WORKER_SLOTS", "1").start();
    let (own, other) = (&cluster.gateways[0], &cluster.gateways[1]);
    let mut running = Wire::connect(own.postgres);
    running.send(Out::new().query(ENDLESS));
    cluster.workers[0].runs(1);
    let mut waiting = Wire::connect(own.postgres);
    waiting.send(Out::new().query("SELECT 2 FROM range(1)"));
    eventually("it waits", PATIENCE, || {
        own.metric("tavana_queue_waiting") >= 1.0
    });
    let asked = Instant::now();
    waiting.cancel_key.send(other.postgres);
    assert_eq!(waiting.reply().state(), "57014");
    let took = asked.elapsed();
    assert!(took < PROMISED, "{took:?}");
    assert_eq!(running.next(Duration::from_millis(200)), Next::Silence);
    running.cancel_key.send(other.postgres);
    assert_eq!(running.reply().state(), "57014");
    for wire in [&mut running, &mut waiting] {
        assert_eq!(
            wire.query("SELECT 3 FROM range(1)").ok().value().as_deref(),
            Some("3")
        );
    }
}

#[test]
fn of_many_racing_cancels_through_another_gateway_none_hits_another_statement() {
    let _alone = crate::alone();
    let cluster = Plan::of(2, 2).start();
    let (own, other) = (cluster.gateways[0].postgres, cluster.gateways[1].postgres);
    // These take whatever slot the cancelled statements free.
    let bystanders = Load::start(&[own, other], 2);
    let mut wire = Wire::connect(own);
    let (mut cancelled, mut finished) = (0_u32, 0_u32);
    for _ in 0..rounds(20) {
        wire.send(
            Out::new()
                .query("SELECT count(*) FROM range(300000) a WHERE md5(a.range::VARCHAR) = ''"),
        );
        let cancels: Vec<_> = (0..10)
            .map(|_| {
                let key = wire.cancel_key.clone();
                thread::spawn(move || key.send(other))
            })
            .collect();
        match wire.reply().state().as_str() {
            "57014" => cancelled += 1,
            "" => finished += 1,
            other => panic!("{other}"),
        }
        for cancel in cancels {
            cancel.join().expect("a cancel is sent");
        }
        // The gateway has closed the connections of all of them: none has power over what the
        // session runs now.
        let reply = wire.query("SELECT count(*) FROM range(200000)").ok();
        assert_eq!(reply.value().as_deref(), Some("200000"));
    }
    let account = bystanders.finish();
    assert_eq!(account.failures(), 0, "{account:?}");
    assert!(cancelled > 0 && account.right > 0);
    report(&format!(
        "{cancelled} cancelled, {finished} finished, {} beside them",
        account.right
    ));
}

#[test]
fn a_flood_of_wrong_keys_ends_nothing_and_is_not_passed_on_without_bound() {
    let _alone = crate::alone();
    let cluster = Plan::of(2, 1).start();
    let (own, other) = (cluster.gateways[0].postgres, cluster.gateways[1].postgres);
    let mut wire = Wire::connect(own);
    wire.send(Out::new().query(ENDLESS));
    cluster.workers[0].runs(1);
    let load = Load::start(&[own], 1);
    let measure = || {
        let before = load.account().right;
        let began = Instant::now();
        eventually("a second has passed", PATIENCE, || {
            began.elapsed() >= Duration::from_secs(1)
        });
        load.account().right - before
    };
    load.answers(10);
    let before = measure();
    let stop = Arc::new(AtomicBool::new(false));
    let floods: Vec<_> = (0..8_u8)
        .map(|number| {
            let (stop, key) = (Arc::clone(&stop), wire.cancel_key.clone());
            thread::spawn(move || {
                let (mut sent, mut wrong) = (0_u64, key.0);
                wrong[7] ^= 1 + number;
                let wrong = CancelKey(wrong);
                while !stop.load(Ordering::Relaxed) {
                    wrong.send(other);
                    sent += 1;
                }
                sent
            })
        })
        .collect();
    let during = measure();
    stop.store(true, Ordering::Relaxed);
    let sent: u64 = floods
        .into_iter()
        .map(|flood| flood.join().expect("cancels are sent"))
        .sum();
    let account = load.finish();
    assert_eq!(account.failures(), 0, "{account:?}");
    report(&format!(
        "{before} statements in a second, {during} beside {sent} wrong keys"
    ));
    assert_eq!(wire.next(Duration::from_millis(100)), Next::Silence);
    // The flood is not bounded by its refusals alone: the right key of the same address works soon.
    eventually("the right key works", Duration::from_secs(5), || {
        wire.cancel_key.send(other);
        !matches!(wire.next(Duration::from_millis(200)), Next::Silence)
    });
}

#[test]
fn a_flight_statement_is_cancelled_through_another_gateway_by_its_user_only() {
    let _alone = crate::alone();
    let cluster = Plan::of(2, 1).start();
    let (own, other) = (cluster.gateways[0].flight, cluster.gateways[1].flight);
    let info = Flight::connect(own).info(ENDLESS).expect("it is planned");
    let ticket = info.endpoint[0].ticket.clone().expect("a ticket");
    let reading = thread::spawn(move || Flight::connect(own).get(ticket));
    cluster.workers[0].runs(1);
    let cancel = || {
        let body = CancelFlightInfoRequest {
            info: Some(info.clone()),
        };
        let action = Action::new("CancelFlightInfo", body.encode_to_vec());
        let answer = Flight::connect(other).action(action).expect("an answer");
        CancelFlightInfoResult::decode(answer)
            .expect("a result")
            .status()
    };
    let asked = Instant::now();
    assert_eq!(cancel(), CancelStatus::Cancelled);
    let ended = reading.join().expect("the reader");
    let took = asked.elapsed();
    let status = ended.expect_err("it has no end");
    assert_eq!(status.code(), tonic::Code::Cancelled, "{status}");
    assert!(took < PROMISED, "{took:?}");
    cluster.becomes_idle(PATIENCE);
    assert_eq!(cancel(), CancelStatus::NotCancellable);
}

/// The process id of a session, as its client was told.
fn pid(wire: &Wire) -> i32 {
    let bytes = wire.cancel_key.0[..4].try_into().expect("four bytes");
    i32::from_be_bytes(bytes)
}

#[test]
fn a_session_is_signalled_through_another_gateway_by_its_user_only() {
    let _alone = crate::alone();
    let cluster = Plan::of(2, 1).start();
    let (own, other) = (cluster.gateways[0].postgres, cluster.gateways[1].postgres);
    let mut wire = Wire::connect_as(own, &[("user", "ann")]);
    let pid = pid(&wire);
    wire.send(Out::new().query(ENDLESS));
    cluster.workers[0].runs(1);
    let signal = |user: &str, function: &str, pid: i32| {
        let mut wire = Wire::connect_as(other, &[("user", user)]);
        let reply = wire.query(format!("SELECT {function}({pid})")).ok();
        reply.value().expect("a boolean")
    };
    assert_eq!(signal("eve", "pg_cancel_backend", pid), "f");
    assert_eq!(signal("eve", "pg_terminate_backend", pid), "f");
    assert_eq!(signal("ann", "pg_cancel_backend", pid ^ 1), "f");
    assert_eq!(wire.next(Duration::from_millis(100)), Next::Silence);
    let asked = Instant::now();
    assert_eq!(signal("ann", "pg_cancel_backend", pid), "t");
    assert_eq!(wire.reply().state(), "57014");
    let took = asked.elapsed();
    assert!(took < PROMISED, "{took:?}");
    // What comes next is not meant.
    assert_eq!(
        wire.query("SELECT 1 FROM range(1)").ok().value().as_deref(),
        Some("1")
    );
    assert_eq!(signal("ann", "pg_terminate_backend", pid), "t");
    let last = wire.expect_end_of("a terminated session");
    assert_eq!(last.last().expect("a word").fault().state(), "57P01");
    assert_eq!(signal("ann", "pg_terminate_backend", pid), "f");
}
