//! What must hold of a cluster whatever was done to it: nobody's secrets anywhere, no panic, and
//! after the load as much in use as before.

use std::time::Duration;

use super::cluster::{CLUSTER_KEY, Cluster};
use super::{PATIENCE, eventually, process};

/// Every credential of a test begins with this, and nothing else does.
pub(crate) const CANARY: &str = "CANARY-";

/// Resident memory that a process may have gained.
const GROWTH_MAX: u64 = 64 << 20;

/// Fails when a secret is in a log, a metric, a command line or an environment of an engine, or
/// when a process has panicked.
#[track_caller]
pub(crate) fn assert_clean(cluster: &Cluster) {
    for (name, log) in cluster.logs() {
        no_secret(&format!("the log of {name}"), &log);
        if let Some((before, panic)) = log.split_once("panicked at") {
            let last = before.lines().next_back().unwrap_or_default();
            panic!("{name} has panicked: {last}panicked at{panic}");
        }
    }
    for gateway in &cluster.gateways {
        if let Some(metrics) = gateway.metrics() {
            no_secret("a gateway's /metrics", &metrics);
        }
    }
    for worker in &cluster.workers {
        for engine in process::engines(worker.process.pid()) {
            no_secret(
                "an engine's command line",
                &process::file(engine, "cmdline"),
            );
            no_secret("an engine's environment", &process::file(engine, "environ"));
        }
    }
}

#[track_caller]
fn no_secret(what: &str, text: &str) {
    for secret in [CANARY, CLUSTER_KEY] {
        if let Some((before, _)) = text.split_once(secret) {
            let line = before.lines().next_back().unwrap_or_default();
            panic!("{what} shows a secret after {line:?}");
        }
    }
}

/// What a worker has open for an engine that waits for its next user: how many wait changes.
const FILES_OF_ENGINE: usize = 3;

/// What one process has in use.
#[derive(Debug, Clone)]
struct Use {
    who: String,
    files: usize,
    engines: usize,
    resident_bytes: u64,
}

impl Use {
    fn of(who: String, pid: u32) -> Self {
        Self {
            who,
            files: process::open_files(pid),
            engines: process::engines(pid).len(),
            resident_bytes: process::resident_bytes(pid),
        }
    }

    /// What it has more than it may have had `before`.
    fn excess(&self, before: &Self) -> Option<String> {
        let more_engines = self.engines.saturating_sub(before.engines);
        let files_max = before.files + before.files.div_ceil(50) + more_engines * FILES_OF_ENGINE;
        let resident_max = before.resident_bytes + GROWTH_MAX;
        (self.files > files_max || self.resident_bytes > resident_max)
            .then(|| format!("{}: {self:?} after {before:?}", self.who))
    }
}

/// What a cluster has in use while it rests.
#[derive(Debug, Clone)]
pub(crate) struct Baseline(Vec<Use>);

impl Baseline {
    /// Waits until nothing runs and nothing is held, and looks then.
    #[track_caller]
    pub(crate) fn of(cluster: &Cluster) -> Self {
        rests(cluster, PATIENCE);
        Self::now(cluster)
    }

    fn now(cluster: &Cluster) -> Self {
        let gateways = cluster.gateways.iter().map(|one| ("gateway", &one.process));
        let workers = cluster.workers.iter().map(|one| ("worker", &one.process));
        let all = gateways.chain(workers).enumerate();
        let all = all.map(|(at, (what, process))| Use::of(format!("{what} {at}"), process.pid()));
        Self(all.collect())
    }

    /// Waits until nothing runs and nothing is held, and until each process has as many files open
    /// as before and no more than 64 MB of memory more. Says what each one has gained.
    ///
    /// # Panics
    /// When that is not so within `within`.
    #[track_caller]
    pub(crate) fn returns(&self, cluster: &Cluster, within: Duration) -> Vec<String> {
        rests(cluster, within);
        let mut excess = Vec::new();
        let compare = || {
            let now = Self::now(cluster);
            let pairs = now.0.iter().zip(&self.0);
            let pairs = pairs.filter_map(|(now, before)| now.excess(before));
            pairs.collect::<Vec<_>>()
        };
        let began = tokio::time::Instant::now();
        loop {
            compare().clone_into(&mut excess);
            if excess.is_empty() {
                break;
            }
            assert!(began.elapsed() < within, "more than before: {excess:#?}");
            super::pause(Duration::from_millis(100));
        }
        let now = Self::now(cluster);
        let gained = now.0.iter().zip(&self.0).map(|(now, before)| {
            let kib = |one: &Use| i64::try_from(one.resident_bytes >> 10).unwrap_or(i64::MAX);
            let (files, was) = (now.files, before.files);
            let (engines, were) = (now.engines, before.engines);
            let more = kib(now) - kib(before);
            let who = &now.who;
            format!("{who}: files {was} -> {files}, engines {were} -> {engines}, {more:+} KiB")
        });
        gained.collect()
    }
}

/// Waits until no statement runs or waits, and no session, connection or permit is held.
#[track_caller]
pub(crate) fn rests(cluster: &Cluster, within: Duration) {
    cluster.becomes_idle(within);
    for name in [
        "tavana_queue_running",
        "tavana_queue_waiting",
        "tavana_postgres_connections",
    ] {
        for gateway in &cluster.gateways {
            eventually(&format!("{name} is 0"), within, || {
                gateway.metric(name) == 0.0
            });
        }
    }
}
