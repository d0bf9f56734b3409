//! One worker: how it is reached, and what it says of itself.

use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tavana_common::ids::GatewayId;
use tavana_common::proto::v1::{ExecuteRequest, FetchCursorRequest, StatusRequest, WorkerStatus};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tonic::{Response, Status};
use tracing::{info, warn};

use super::choose::{Load, State};
use super::circuit::{Circuit, Role};
use super::discovery::Point;
use crate::worker::{Messages, WorkerClient, WorkerLink};

/// Workers speak each second. One that has not for this long gets statements only when there is no
/// other.
const QUIET: Duration = Duration::from_millis(1750);
/// One that has not spoken for this long is down.
const SILENCE_MAX: Duration = Duration::from_secs(4);
/// Between two attempts to reach a worker that is away.
const RETRY_MIN: Duration = Duration::from_millis(100);
const RETRY_MAX: Duration = Duration::from_secs(2);

/// One worker.
#[derive(Debug)]
pub(crate) struct Worker {
    point: Point,
    link: WorkerLink,
    /// Its last word; `None` while it cannot be reached.
    word: Mutex<Option<Word>>,
    /// Whether it is among the workers now.
    listed: AtomicBool,
    /// Statements that this gateway runs there now.
    running: AtomicUsize,
    /// Memory that those are thought to use.
    running_bytes: AtomicU64,
    /// Statements that this gateway has sent there.
    sent: AtomicU64,
    /// It had no room for a statement, and has said nothing since.
    is_full: AtomicBool,
    /// Whether statements reach it.
    circuit: Mutex<Circuit>,
}

#[derive(Clone, Debug)]
struct Word {
    id: Arc<str>,
    status: WorkerStatus,
    heard: Instant,
}

impl Worker {
    pub(super) fn new(point: Point, link: WorkerLink) -> Self {
        Self {
            point,
            link,
            word: Mutex::new(None),
            listed: AtomicBool::new(true),
            running: AtomicUsize::new(0),
            running_bytes: AtomicU64::new(0),
            sent: AtomicU64::new(0),
            is_full: AtomicBool::new(false),
            circuit: Mutex::default(),
        }
    }

    pub(crate) fn client(&self) -> WorkerClient {
        self.link.client()
    }

    /// See [`WorkerLink::execute`].
    pub(crate) async fn execute(
        &self,
        request: &ExecuteRequest,
    ) -> Result<Response<Messages>, Status> {
        self.link.execute(request).await
    }

    /// See [`WorkerLink::fetch_cursor`].
    pub(crate) async fn fetch_cursor(
        &self,
        request: &FetchCursorRequest,
    ) -> Result<Response<Messages>, Status> {
        self.link.fetch_cursor(request).await
    }

    pub(crate) fn control(&self) -> WorkerClient {
        self.link.control()
    }

    /// Counts a statement as running there until the guard is dropped; `memory_bytes` as in
    /// [`Wish`].
    pub(crate) fn begin(self: &Arc<Self>, memory_bytes: u64) -> Running {
        let memory_bytes = self.grant_bytes(memory_bytes);
        self.running.fetch_add(1, Ordering::Relaxed);
        self.running_bytes
            .fetch_add(memory_bytes, Ordering::Relaxed);
        self.sent.fetch_add(1, Ordering::Relaxed);
        let role = self.circuit().begin(Instant::now());
        Running {
            worker: Arc::clone(self),
            memory_bytes,
            role,
            is_heard: AtomicBool::new(false),
        }
    }

    /// What the worker gives to a statement that needs so much, as far as it has it.
    fn grant_bytes(&self, wanted: u64) -> u64 {
        let word = self.word.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(Word { status, .. }) = &*word else {
            return wanted;
        };
        let of_a_slot = status.memory_budget_bytes / u64::from(status.slots.max(1));
        wanted.min(status.memory_budget_bytes).max(of_a_slot)
    }

    /// It had no room for a statement: until its next word it counts as full.
    pub(crate) fn refused(&self) {
        self.is_full.store(true, Ordering::Relaxed);
    }

    pub(super) fn has_open_circuit(&self) -> bool {
        self.circuit().is_open()
    }

    fn circuit(&self) -> MutexGuard<'_, Circuit> {
        self.circuit.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn point(&self) -> &Point {
        &self.point
    }

    pub(super) fn is_listed(&self) -> bool {
        self.listed.load(Ordering::Relaxed)
    }

    /// Whether it is among the workers from now on.
    pub(super) fn list(&self, listed: bool) {
        if self.listed.swap(listed, Ordering::Relaxed) != listed {
            info!(worker = %self.point, listed, "the list of workers has changed");
        }
    }

    pub(super) fn status(&self) -> Option<WorkerStatus> {
        let word = self.word.lock().unwrap_or_else(PoisonError::into_inner);
        word.as_ref().map(|word| word.status.clone())
    }

    /// The name that it has given itself, which is another one after each start.
    pub(crate) fn id(&self) -> Option<Arc<str>> {
        let word = self.word.lock().unwrap_or_else(PoisonError::into_inner);
        word.as_ref().map(|word| Arc::clone(&word.id))
    }

    pub(super) fn load(&self) -> Load {
        let own = self.running.load(Ordering::Relaxed);
        let own_bytes = self.running_bytes.load(Ordering::Relaxed);
        let sent = self.sent.load(Ordering::Relaxed);
        let is_reached = self.circuit().passes(Instant::now());
        let word = self.word.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(Word { id, status, heard }) = &*word else {
            return Load {
                state: State::Away,
                id: None,
                slots: 0,
                reserved: 0,
                running: own,
                own,
                memory_bytes: 0,
                memory_running_bytes: 0,
                sent,
            };
        };
        let count = |number: u32| usize::try_from(number).unwrap_or(0);
        // Its word is of a moment ago, and statements of ours have begun and ended since.
        let others = count(status.other_statements);
        Load {
            state: if status.draining || !self.is_listed() {
                State::Away
            } else if heard.elapsed() > QUIET || !is_reached {
                State::Quiet
            } else {
                State::Lively
            },
            id: Some(Arc::clone(id)),
            slots: count(status.slots),
            reserved: count(status.reserved_slots),
            running: match self.is_full.load(Ordering::Relaxed) {
                true => (own + others).max(count(status.slots)),
                false => own + others,
            },
            own,
            memory_bytes: status.memory_budget_bytes,
            memory_running_bytes: own_bytes.saturating_add(status.other_memory_running_bytes),
            sent,
        }
    }

    /// Takes its word, or that there is none any more.
    pub(super) fn hear(&self, status: Option<WorkerStatus>, draining: &CancellationToken) {
        let mut held = self.word.lock().unwrap_or_else(PoisonError::into_inner);
        let before = held.take();
        *held = status.map(|status| Word {
            // The name is the same each time; its text is made once.
            id: match &before {
                Some(word) if *word.id == *status.worker_id => Arc::clone(&word.id),
                Some(_) | None => Arc::from(status.worker_id.as_str()),
            },
            status,
            heard: Instant::now(),
        });
        let up = held.is_some();
        drop(held);
        self.is_full.store(false, Ordering::Relaxed);
        if before.is_none() && up {
            // Another process may be there now.
            *self.circuit() = Circuit::default();
        }
        match before {
            None if up => info!(worker = %self.point, "worker is up"),
            Some(word) if !up && word.status.draining => {
                info!(worker = %self.point, "worker has drained and is down");
            }
            Some(_) if !up && draining.is_cancelled() => {
                info!(worker = %self.point, "worker is down, as this gateway soon is");
            }
            Some(_) if !up => warn!(worker = %self.point, "worker is down"),
            Some(_) | None => {}
        }
    }
}

/// See [`Worker::begin`].
#[derive(Debug)]
pub(crate) struct Running {
    worker: Arc<Worker>,
    memory_bytes: u64,
    role: Role,
    /// It is known whether the statement has reached the worker.
    is_heard: AtomicBool,
}

impl Running {
    /// The worker has answered, whatever it said.
    pub(crate) fn answered(&self) {
        self.is_heard.store(true, Ordering::Relaxed);
        if self.worker.circuit().answered() {
            info!(worker = %self.worker.point, "statements reach the worker again");
        }
    }

    /// The connection failed.
    pub(crate) fn failed(&self) {
        self.is_heard.store(true, Ordering::Relaxed);
        if self.worker.circuit().failed(self.role, Instant::now()) {
            // That a worker is down is told by its status.
            info!(worker = %self.worker.point, "statements do not reach the worker");
        }
    }
}

impl Running {
    pub(crate) fn worker(&self) -> &Arc<Worker> {
        &self.worker
    }

    /// See [`Worker::id`].
    pub(crate) fn worker_id(&self) -> Option<Arc<str>> {
        self.worker.id()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.worker.running.fetch_sub(1, Ordering::Relaxed);
        self.worker
            .running_bytes
            .fetch_sub(self.memory_bytes, Ordering::Relaxed);
        if self.role == Role::Probe && !self.is_heard.load(Ordering::Relaxed) {
            self.worker.circuit().given_up();
        }
    }
}

/// Keeps a Status stream open for ever: the worker's word, and this gateway's lease on its sessions.
pub(super) async fn listen(
    worker: &Worker,
    id: GatewayId,
    draining: &CancellationToken,
    changed: impl Fn(),
) {
    let mut pause = RETRY_MIN;
    loop {
        let request = StatusRequest {
            gateway_id: id.to_string(),
        };
        let opened = tokio::time::timeout(SILENCE_MAX, worker.control().status(request)).await;
        match opened {
            Ok(Ok(answer)) => {
                let mut stream = answer.into_inner();
                while let Ok(Ok(Some(status))) =
                    tokio::time::timeout(SILENCE_MAX, stream.message()).await
                {
                    pause = RETRY_MIN;
                    worker.hear(Some(status), draining);
                    changed();
                }
                worker.hear(None, draining);
                changed();
            }
            Ok(Err(status)) if status.code() == tonic::Code::Unauthenticated => {
                warn!(worker = %worker.point, "the worker refuses this gateway's token");
            }
            Ok(Err(_)) | Err(_) => {}
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(RETRY_MAX);
    }
}
