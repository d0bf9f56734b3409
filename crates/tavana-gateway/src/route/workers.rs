//! All workers: who is among them now, and the best of them.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures::StreamExt as _;
use futures::stream::BoxStream;
use tavana_common::ids::GatewayId;
use tavana_common::proto::v1::WorkerStatus;
use tavana_common::task::{self, Task};
use tavana_common::tls::ClientTls;
use tokio::sync::watch;
use tokio::time::{Instant, MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use super::avoid::Avoided;
use super::choose::{self, Load, State, Wish};
use super::discovery::{self, Snapshot};
use super::retries::Retries;
use super::worker::{Running, Worker, listen};
use crate::error::{QueryError, SqlState};
use crate::queue::{Capacity, Queue};
use crate::settings::GatewaySettings;
use crate::worker::{Linker, WorkerClient};

/// How often workers are let go that are no longer listed and that nothing keeps.
const SWEEP: Duration = Duration::from_secs(2);

/// All workers of this gateway.
#[derive(Debug)]
pub(crate) struct Workers {
    roster: Arc<Roster>,
    retries: Mutex<Retries>,
    _following: Task<()>,
}

impl Workers {
    /// Starts to look for workers and to listen to them; `queue` learns of their slots.
    ///
    /// # Errors
    /// When an address is not a URI.
    pub(crate) fn start(
        settings: &GatewaySettings,
        id: GatewayId,
        queue: &Queue,
        draining: &CancellationToken,
        tls: Option<&Arc<ClientTls>>,
    ) -> Result<Self, tonic::transport::Error> {
        let snapshots = discovery::together(discovery::sources(&settings.worker_addresses)?);
        let roster = Arc::new(Roster {
            entries: Mutex::new(Vec::new()),
            changed: watch::Sender::new(0),
            queue: queue.clone(),
            id,
            draining: draining.clone(),
            linker: Linker::new(settings, tls),
        });
        let following = task::spawn(follow(Arc::clone(&roster), snapshots));
        Ok(Self {
            roster,
            retries: Mutex::new(Retries::new(Instant::now())),
            _following: following,
        })
    }

    /// Begins a statement at the best worker for it now: one of those to avoid only when there is no
    /// other.
    ///
    /// # Errors
    /// 57P03 when none can take a statement.
    pub(crate) fn begin(&self, avoided: &Avoided, wish: &Wish) -> Result<Running, QueryError> {
        self.roster.begin(avoided, wish).ok_or_else(no_worker)
    }

    /// Whether the worker that [`Self::begin`] would find seems to have room for a statement.
    pub(crate) fn have_room(&self, avoided: &Avoided, wish: &Wish) -> bool {
        let loads = Roster::loads(&self.roster.entries(), avoided);
        choose::takers(&loads).any(|(_, load)| load.has_room(wish))
    }

    /// A statement is sent for the first time.
    pub(crate) fn sent(&self) {
        self.retries().sent();
    }

    /// Whether a statement may be sent once more.
    pub(crate) fn may_retry(&self) -> bool {
        self.retries().take(Instant::now())
    }

    fn retries(&self) -> MutexGuard<'_, Retries> {
        self.retries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Workers that statements do not reach.
    pub(crate) fn open_circuits(&self) -> usize {
        let entries = self.roster.entries();
        entries
            .iter()
            .filter(|entry| entry.worker.has_open_circuit())
            .count()
    }

    /// Waits until some worker can take statements.
    ///
    /// # Errors
    /// 57P03 after `wait_max`.
    pub(crate) async fn usable(&self, wait_max: Duration) -> Result<(), QueryError> {
        let mut changed = self.roster.changed.subscribe();
        let usable = async {
            while !self.any_usable() {
                if changed.changed().await.is_err() {
                    std::future::pending::<()>().await;
                }
            }
        };
        tokio::time::timeout(wait_max, usable)
            .await
            .map_err(|_| no_worker())
    }

    /// Waits until some worker says something new, at most `pause`.
    pub(crate) async fn changed_or(&self, pause: Duration) {
        let mut changed = self.roster.changed.subscribe();
        // Either outcome means: look again.
        drop(tokio::time::timeout(pause, changed.changed()).await);
    }

    /// Whether a statement could go to a worker that is not to be avoided.
    pub(crate) fn another_than(&self, avoided: &Avoided) -> bool {
        let entries = self.roster.entries();
        let best = Roster::best(&entries, avoided, &Wish::default());
        best.is_some_and(|worker| !avoided.has(worker))
    }

    /// Address of, and way to, each worker that can be reached, whether it takes statements or not.
    pub(crate) fn reachable(&self) -> Vec<(String, WorkerClient)> {
        let entries = self.roster.entries();
        let reachable = entries
            .iter()
            .filter(|entry| entry.worker.status().is_some());
        reachable
            .map(|entry| (entry.worker.point().to_string(), entry.worker.control()))
            .collect()
    }

    pub(crate) fn any_usable(&self) -> bool {
        choose::takers(&Roster::all(&self.roster.entries()))
            .next()
            .is_some()
    }

    /// Whether the worker that calls itself `id` takes statements.
    pub(crate) fn has(&self, id: &str) -> bool {
        choose::takers(&Roster::all(&self.roster.entries()))
            .any(|(_, load)| load.id.as_deref() == Some(id))
    }

    /// The worker that calls itself `id`, while it can be reached.
    pub(crate) fn called(&self, id: &str) -> Option<Arc<Worker>> {
        let entries = self.roster.entries();
        entries
            .iter()
            .find(|entry| entry.worker.id().as_deref() == Some(id))
            .map(|entry| Arc::clone(&entry.worker))
    }

    /// The last word of each reachable worker.
    pub(crate) fn statuses(&self) -> Vec<WorkerStatus> {
        let mut statuses: Vec<WorkerStatus> = Vec::new();
        for entry in self.roster.entries().iter() {
            let status = entry.worker.status();
            // One that is reached by two addresses is one worker.
            statuses.extend(status.filter(|status| {
                statuses
                    .iter()
                    .all(|other| other.worker_id != status.worker_id)
            }));
        }
        statuses
    }
}

fn no_worker() -> QueryError {
    QueryError::new(SqlState::CANNOT_CONNECT_NOW, "no worker is ready")
        .with_hint("Try again in a moment.")
}

#[derive(Debug)]
struct Roster {
    entries: Mutex<Vec<Entry>>,
    /// Counts changes, so that waiting for a worker needs no polling.
    changed: watch::Sender<u64>,
    queue: Queue,
    id: GatewayId,
    draining: CancellationToken,
    linker: Linker,
}

#[derive(Debug)]
struct Entry {
    worker: Arc<Worker>,
    _listening: Task<()>,
}

impl Entry {
    /// Whether a session or a statement has this worker, besides its entry and its listener. Of a
    /// worker that is not listed nobody gets one who has none.
    fn is_held(&self) -> bool {
        Arc::strong_count(&self.worker) > 2
    }
}

impl Roster {
    fn entries(&self) -> MutexGuard<'_, Vec<Entry>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn all(entries: &[Entry]) -> Vec<Load> {
        entries.iter().map(|entry| entry.worker.load()).collect()
    }

    /// [`Self::all`], with those away that are to be avoided, unless nobody else takes statements.
    fn loads(entries: &[Entry], avoided: &Avoided) -> Vec<Load> {
        let all = Self::all(entries);
        if avoided.is_empty() {
            return all;
        }
        let mut others = all.clone();
        for (load, entry) in others.iter_mut().zip(entries) {
            if avoided.has(&entry.worker) {
                load.state = State::Away;
            }
        }
        if choose::takers(&others).next().is_some() {
            others
        } else {
            all
        }
    }

    fn best<'a>(entries: &'a [Entry], avoided: &Avoided, wish: &Wish) -> Option<&'a Arc<Worker>> {
        let best = choose::least_loaded(&Self::loads(entries, avoided), wish)?;
        entries.get(best).map(|entry| &entry.worker)
    }

    /// Chosen and counted at once: of two that choose at the same time, each knows of the other.
    fn begin(&self, avoided: &Avoided, wish: &Wish) -> Option<Running> {
        let entries = self.entries();
        let best = Self::best(&entries, avoided, wish)?;
        Some(best.begin(wish.memory_bytes))
    }

    /// Makes the workers those of `snapshot`. One that is not in it gets nothing new, and is let go
    /// when nothing keeps it: no stream is cut and no session loses its lease because of a list.
    fn apply(self: &Arc<Self>, snapshot: &Snapshot) {
        let mut entries = self.entries();
        for entry in entries.iter() {
            entry.worker.list(snapshot.contains(entry.worker.point()));
        }
        for point in snapshot {
            if entries.iter().any(|entry| entry.worker.point() == point) {
                continue;
            }
            match self.linker.link(point.address, point.tls_name.as_deref()) {
                Ok(link) => {
                    info!(worker = %point, "a worker has joined");
                    let worker = Arc::new(Worker::new(point.clone(), link));
                    let _listening = self.listen_to(&worker);
                    entries.push(Entry { worker, _listening });
                }
                Err(problem) => warn!(worker = %point, %problem, "could not use an address"),
            }
        }
        drop(entries);
        self.sweep();
    }

    /// Lets workers go that are no longer listed and that nothing keeps.
    fn sweep(&self) {
        self.entries().retain(|entry| {
            let stays = entry.worker.is_listed() || entry.is_held();
            if !stays {
                info!(worker = %entry.worker.point(), "a worker has left");
            }
            stays
        });
        self.recount();
    }

    /// Tells the queue how many slots there are, and whoever waits that something has changed.
    fn recount(&self) {
        let entries = self.entries();
        let loads = Self::all(&entries);
        self.queue.resize(Capacity {
            slots: choose::capacity(&loads),
            reserved: choose::reserved(&loads),
            bytes: choose::memory_bytes(&loads),
        });
        drop(entries);
        self.changed
            .send_modify(|count| *count = count.wrapping_add(1));
    }

    fn listen_to(self: &Arc<Self>, worker: &Arc<Worker>) -> Task<()> {
        // The roster owns the listeners, so they do not own the roster.
        let (roster, worker) = (Arc::downgrade(self), Arc::clone(worker));
        let (id, draining) = (self.id, self.draining.clone());
        task::spawn(async move {
            listen(&worker, id, &draining, || {
                if let Some(roster) = roster.upgrade() {
                    roster.recount();
                }
            })
            .await;
        })
    }
}

async fn follow(roster: Arc<Roster>, mut snapshots: BoxStream<'static, Snapshot>) {
    let mut sweep = interval(SWEEP);
    sweep.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            biased;
            Some(snapshot) = snapshots.next() => roster.apply(&snapshot),
            _ = sweep.tick() => roster.sweep(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use tavana_common::env::Env;

    use super::*;
    use crate::route::discovery::Point;

    fn point(last: u8) -> Point {
        Point {
            address: SocketAddr::from(([127, 0, 0, last], 1)),
            tls_name: None,
        }
    }

    fn roster() -> Arc<Roster> {
        let mut env = Env::from_pairs([("TAVANA_AUTH_MODE".to_owned(), "required".to_owned())]);
        let settings = GatewaySettings::from_env(&mut env);
        Arc::new(Roster {
            entries: Mutex::new(Vec::new()),
            changed: watch::Sender::new(0),
            queue: Queue::new(
                &crate::queue_settings(&settings),
                crate::metrics::Metrics::new().queue(),
            ),
            id: GatewayId::mint(),
            draining: CancellationToken::new(),
            linker: Linker::new(&settings, None),
        })
    }

    /// As if the worker at `127.0.0.<last>` had said that it has two slots.
    fn speaks(roster: &Roster, last: u8) {
        for entry in roster.entries().iter() {
            if *entry.worker.point() == point(last) {
                let status = WorkerStatus {
                    worker_id: format!("worker {last}"),
                    slots: 2,
                    ..WorkerStatus::default()
                };
                entry.worker.hear(Some(status), &roster.draining);
            }
        }
        roster.recount();
    }

    fn best(roster: &Roster) -> Option<Arc<Worker>> {
        chosen_but(roster, &Avoided::default())
    }

    fn chosen_but(roster: &Roster, avoided: &Avoided) -> Option<Arc<Worker>> {
        Roster::best(&roster.entries(), avoided, &Wish::default()).map(Arc::clone)
    }

    fn chosen(roster: &Roster) -> Option<Point> {
        best(roster).map(|worker| worker.point().clone())
    }

    #[tokio::test]
    async fn a_worker_takes_statements_from_its_first_word_on() {
        let roster = roster();
        roster.apply(&vec![point(1)]);
        assert_eq!(chosen(&roster), None);
        speaks(&roster, 1);
        assert_eq!(chosen(&roster), Some(point(1)));
        roster.apply(&vec![point(1), point(2)]);
        speaks(&roster, 2);
        let _running = best(&roster).unwrap().begin(0);
        assert_eq!(chosen(&roster), Some(point(2)));
    }

    #[tokio::test]
    async fn a_worker_that_is_no_longer_listed_gets_nothing_new_and_stays_until_it_is_let_go() {
        let roster = roster();
        roster.apply(&vec![point(1), point(2)]);
        speaks(&roster, 1);
        let running = best(&roster).unwrap().begin(0);
        speaks(&roster, 2);
        roster.apply(&vec![point(2)]);
        roster.sweep();
        assert_eq!(roster.entries().len(), 2, "a statement runs there");
        for _ in 0..3 {
            assert_eq!(chosen(&roster), Some(point(2)));
        }
        drop(running);
        roster.sweep();
        let left: Vec<Point> = roster
            .entries()
            .iter()
            .map(|entry| entry.worker.point().clone())
            .collect();
        assert_eq!(left, [point(2)]);
    }

    #[tokio::test]
    async fn a_worker_that_is_listed_again_is_the_same_worker() {
        let roster = roster();
        roster.apply(&vec![point(1)]);
        speaks(&roster, 1);
        let worker = best(&roster).unwrap();
        roster.apply(&vec![]);
        assert_eq!(chosen(&roster), None);
        roster.apply(&vec![point(1)]);
        assert!(Arc::ptr_eq(&worker, &best(&roster).unwrap()));
    }

    #[tokio::test(start_paused = true)]
    async fn a_worker_that_should_have_spoken_gets_statements_only_when_it_is_alone() {
        let roster = roster();
        roster.apply(&vec![point(1), point(2)]);
        speaks(&roster, 1);
        tokio::time::advance(Duration::from_millis(1900)).await;
        assert_eq!(chosen(&roster), Some(point(1)), "there is nobody else");
        speaks(&roster, 2);
        assert_eq!(chosen(&roster), Some(point(2)));
    }

    #[tokio::test]
    async fn a_worker_that_is_reached_by_two_addresses_counts_once() {
        let roster = roster();
        roster.apply(&vec![point(1), point(2)]);
        for entry in roster.entries().iter() {
            let status = WorkerStatus {
                worker_id: "the same".to_owned(),
                slots: 2,
                ..WorkerStatus::default()
            };
            entry.worker.hear(Some(status), &roster.draining);
        }
        let worker = best(&roster).unwrap();
        let _running = worker.begin(0);
        assert!(Arc::ptr_eq(&worker, &best(&roster).unwrap()));
    }

    #[tokio::test]
    async fn a_worker_that_had_no_room_counts_as_full_until_its_next_word() {
        let roster = roster();
        roster.apply(&vec![point(1), point(2)]);
        speaks(&roster, 1);
        speaks(&roster, 2);
        let _running = best(&roster).unwrap().begin(0);
        assert_eq!(chosen(&roster), Some(point(2)));
        best(&roster).unwrap().refused();
        assert_eq!(chosen(&roster), Some(point(1)));
        speaks(&roster, 2);
        assert_eq!(chosen(&roster), Some(point(2)));
    }

    #[tokio::test]
    async fn a_worker_s_word_counts_for_the_statements_of_other_gateways_only() {
        let roster = roster();
        roster.apply(&vec![point(1), point(2)]);
        let says = |last: u8, running: u32, other_statements: u32| {
            let status = WorkerStatus {
                worker_id: format!("worker {last}"),
                slots: 4,
                running,
                other_statements,
                memory_budget_bytes: 40,
                memory_running_bytes: u64::from(running) * 10,
                other_memory_running_bytes: u64::from(other_statements) * 10,
                ..WorkerStatus::default()
            };
            let entries = roster.entries();
            let mut all = entries.iter();
            let entry = all.find(|entry| *entry.worker.point() == point(last));
            entry.unwrap().worker.hear(Some(status), &roster.draining);
        };
        let known = || {
            let loads = Roster::all(&roster.entries());
            loads
                .into_iter()
                .map(|load| (load.running, load.memory_running_bytes))
                .collect::<Vec<_>>()
        };
        // What it says of ours is of a moment ago: they have ended.
        says(1, 3, 0);
        says(2, 2, 2);
        assert_eq!(known(), [(0, 0), (2, 20)]);
        let wish = Wish {
            sources: None,
            memory_bytes: 15,
        };
        let begin = || roster.begin(&Avoided::default(), &wish).unwrap();
        let first = begin();
        assert_eq!(known(), [(1, 15), (2, 20)]);
        let second = begin();
        assert_eq!(known(), [(2, 30), (2, 20)], "known at once");
        // It has heard of one of them.
        says(1, 2, 1);
        assert_eq!(known(), [(3, 40), (2, 20)]);
        drop((first, second));
        assert_eq!(known(), [(1, 10), (2, 20)]);
        let without_a_wish = best(&roster).unwrap().begin(0);
        assert_eq!(known(), [(2, 20), (2, 20)], "a slot's share");
        drop(without_a_wish);
    }

    #[tokio::test(start_paused = true)]
    async fn a_statement_goes_back_to_the_worker_that_lost_it_only_when_there_is_no_other() {
        let roster = roster();
        roster.apply(&vec![point(1), point(2)]);
        speaks(&roster, 1);
        let lost = best(&roster).unwrap();
        speaks(&roster, 2);
        let mut avoided = Avoided::default();
        avoided.lost(Arc::clone(&lost));
        let next = || chosen_but(&roster, &avoided).unwrap();
        let other = next();
        assert_eq!(*other.point(), point(2));
        other.refused();
        let loads = Roster::loads(&roster.entries(), &avoided);
        let room = choose::takers(&loads).any(|(_, load)| load.has_room(&Wish::default()));
        assert!(!room, "only the avoided one has room");
        assert_eq!(
            *next().point(),
            point(2),
            "it has no room, but has lost nothing"
        );
        other.hear(None, &roster.draining);
        assert_eq!(*next().point(), point(1), "there is no other");
        tokio::time::advance(Duration::from_millis(2100)).await;
        speaks(&roster, 1);
        speaks(&roster, 2);
        let _running = other.begin(0);
        assert_eq!(*next().point(), point(1), "it has spoken since");
    }

    #[tokio::test(start_paused = true)]
    async fn a_worker_that_drains_is_avoided_for_good_by_whatever_address() {
        let roster = roster();
        roster.apply(&vec![point(1), point(2), point(3)]);
        for (entry, id) in roster.entries().iter().zip(["one", "one", "other"]) {
            let status = WorkerStatus {
                worker_id: id.to_owned(),
                slots: 2,
                ..WorkerStatus::default()
            };
            entry.worker.hear(Some(status), &roster.draining);
        }
        let mut avoided = Avoided::default();
        avoided.drains(best(&roster).unwrap());
        tokio::time::advance(Duration::from_millis(2100)).await;
        let busy = roster.entries()[2].worker.begin(0);
        let chosen = chosen_but(&roster, &avoided).unwrap();
        assert_eq!(*chosen.point(), point(3));
        drop(busy);
    }

    #[tokio::test(start_paused = true)]
    async fn a_worker_that_statements_do_not_reach_rests_until_one_finds_it_again() {
        let roster = roster();
        roster.apply(&vec![point(1), point(2)]);
        let both_speak = || {
            speaks(&roster, 1);
            speaks(&roster, 2);
        };
        both_speak();
        let lost = best(&roster).unwrap();
        for _ in 0..3 {
            lost.begin(0).failed();
        }
        assert!(lost.has_open_circuit());
        for _ in 0..5 {
            let other = best(&roster).unwrap();
            assert!(!Arc::ptr_eq(&lost, &other));
            drop(other.begin(0));
        }
        tokio::time::advance(Duration::from_millis(600)).await;
        both_speak();
        let probe = best(&roster).unwrap();
        assert!(Arc::ptr_eq(&lost, &probe), "it was sent fewer statements");
        let probing = probe.begin(0);
        assert!(!Arc::ptr_eq(&lost, &best(&roster).unwrap()));
        probing.answered();
        drop(probing);
        assert!(Arc::ptr_eq(&lost, &best(&roster).unwrap()));
    }
}
