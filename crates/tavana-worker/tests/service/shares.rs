//! What one principal's statements may cost the others.

use std::collections::BTreeSet;
use std::time::Duration;

use tavana_common::proto::v1::Pin;
use tokio::time::Instant;

use super::{ENDLESS, PATIENCE, Worker};

/// How nice the threads of the processes are, in the kernel's numbers.
fn niceness(processes: &BTreeSet<u32>) -> Vec<i32> {
    /// Among the fields after the name, see proc(5).
    const NICE: usize = 16;
    processes
        .iter()
        .filter_map(|pid| std::fs::read_dir(format!("/proc/{pid}/task")).ok())
        .flatten()
        .filter_map(|task| std::fs::read_to_string(task.ok()?.path().join("stat")).ok())
        .map(|stat| {
            let (_, fields) = stat.rsplit_once(')').unwrap();
            let nice = fields.split_ascii_whitespace().nth(NICE).unwrap();
            nice.parse().unwrap()
        })
        .collect()
}

async fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let end = Instant::now() + PATIENCE;
    while !is_so() {
        assert!(Instant::now() < end, "{what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn a_principal_that_has_used_its_share_gives_way_and_others_do_not() {
    let worker = Worker::start(&[("THREADS", "1")]).await;
    let gateway = worker.gateway().await;
    worker.engines_until(BTreeSet::is_empty).await;
    let running = gateway.session("alice").spawn(ENDLESS);
    let all = worker.engines_until(|engines| engines.len() == 1).await;
    until("alice gives way", || niceness(&all).contains(&10)).await;

    // Bob's statements are ordinary ones as long as he has his share.
    let bob = gateway.session("bob").pinned(Pin::Start);
    bob.execute("CREATE TEMP TABLE mine AS SELECT 1")
        .await
        .unwrap();
    let bobs: BTreeSet<u32> = worker.engines().difference(&all).copied().collect();
    assert_eq!(bobs.len(), 1);
    assert!(niceness(&bobs).iter().all(|nice| *nice == 0));

    // What alice asks next gives way from its beginning, in a new engine as well.
    let second = gateway.session("alice").spawn(ENDLESS);
    let known: BTreeSet<u32> = all.union(&bobs).copied().collect();
    let more = worker
        .engines_until(|engines| engines.len() > known.len())
        .await;
    let seconds: BTreeSet<u32> = more.difference(&known).copied().collect();
    until("alice's second statement gives way", || {
        niceness(&seconds).contains(&10)
    })
    .await;
    drop((running, second));
}

#[tokio::test]
async fn who_spoils_many_engines_waits_for_the_next_one() {
    let worker = Worker::start(&[]).await;
    let gateway = worker.gateway().await;
    let alice = gateway.session("alice");
    let began = Instant::now();
    for _ in 0..20 {
        alice.execute("SELECT error('broken')").await.unwrap_err();
    }
    alice.execute("SELECT 1").await.unwrap();
    // Ten are free, five more in each second.
    assert!(
        began.elapsed() >= Duration::from_millis(1800),
        "{:?}",
        began.elapsed()
    );
    let began = Instant::now();
    gateway.session("bob").execute("SELECT 1").await.unwrap();
    assert!(
        began.elapsed() < Duration::from_secs(5),
        "bob has spoiled none"
    );
}

#[tokio::test]
async fn more_users_than_slots_keep_their_engines() {
    let worker = Worker::start(&[("TAVANA_WORKER_SLOTS", "2"), ("MAX_MEMORY_GB", "1")]).await;
    let mut gateway = worker.gateway().await;
    let users: Vec<_> = ["alice", "bob", "carol", "dave", "erin", "frank"]
        .map(|user| gateway.session(user))
        .into();
    let mut engines = BTreeSet::new();
    for round in 0..5 {
        for user in &users {
            // More than an idle engine keeps.
            let sum = "SELECT sum(i)::BIGINT FROM (FROM range(1000000) t(i) ORDER BY hash(i))";
            assert_eq!(user.integer(sum).await.unwrap(), 499_999_500_000);
        }
        let status = gateway
            .status_until(|status| status.idle_engines == 6 && status.running == 0)
            .await;
        assert!(status.memory_granted_bytes <= status.memory_budget_bytes);
        let now = worker.engines_until(|engines| engines.len() == 6).await;
        if round > 0 {
            assert_eq!(now, engines, "everybody had the same engine again");
        }
        engines = now;
    }
}
