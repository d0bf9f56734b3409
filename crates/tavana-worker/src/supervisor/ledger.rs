//! The one copy of [`Admission`] and the guards that give back what it gave.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::runtime::Handle;
use tokio::sync::{Notify, watch};
use tokio_util::task::TaskTracker;

use super::admission::{Admission, Bounds, Refusal};
use crate::metrics::Metrics;

/// What engines, statements and sessions of one worker share.
#[derive(Debug)]
pub(crate) struct Ledger {
    admission: Mutex<Admission>,
    /// Told at every change of the counts.
    changed: watch::Sender<()>,
    /// Told when the pool of never-used engines may need another one.
    pub(crate) refill: Notify,
    pub(crate) metrics: Arc<Metrics>,
    /// Owns the tasks that must outlive the request that caused them: they stop or bury engines.
    pub(crate) tasks: TaskTracker,
    runtime: Handle,
}

impl Ledger {
    /// Must be called inside a runtime, which then runs the tasks.
    pub(crate) fn new(bounds: Bounds, metrics: Arc<Metrics>) -> Self {
        Self {
            admission: Mutex::new(Admission::new(bounds)),
            changed: watch::Sender::new(()),
            refill: Notify::new(),
            metrics,
            tasks: TaskTracker::new(),
            runtime: Handle::current(),
        }
    }

    pub(crate) fn read<T>(&self, read: impl FnOnce(&Admission) -> T) -> T {
        read(
            &self
                .admission
                .lock()
                .unwrap_or_else(PoisonError::into_inner),
        )
    }

    fn change<T>(&self, change: impl FnOnce(&mut Admission) -> T) -> T {
        let outcome = change(
            &mut self
                .admission
                .lock()
                .unwrap_or_else(PoisonError::into_inner),
        );
        self.changed.send_replace(());
        outcome
    }

    /// Something that status reports besides the counts has changed.
    pub(crate) fn touch(&self) {
        self.changed.send_replace(());
    }

    pub(crate) fn changes(&self) -> watch::Receiver<()> {
        self.changed.subscribe()
    }

    /// Runs `task` to its end, whatever happens to the caller.
    pub(crate) fn run(&self, task: impl Future<Output = ()> + Send + 'static) -> Buried {
        Buried(self.tasks.spawn_on(task, &self.runtime))
    }

    pub(crate) fn drain(&self) {
        self.change(Admission::drain);
    }

    pub(crate) fn close(&self) {
        self.change(Admission::close);
    }

    pub(crate) fn slot_in_session(self: &Arc<Self>) -> Result<Slot, Refusal> {
        self.change(Admission::start_in_session)
            .map(|()| Slot(Arc::clone(self)))
    }

    pub(crate) fn slot(self: &Arc<Self>) -> Result<Slot, Refusal> {
        self.change(Admission::start)
            .map(|()| Slot(Arc::clone(self)))
    }

    pub(crate) fn pin(self: &Arc<Self>, principal: &Arc<str>) -> Result<Pinning, Refusal> {
        self.change(|admission| admission.pin(principal))
            .map(|()| Pinning(Arc::clone(self), Arc::clone(principal)))
    }

    pub(crate) fn own(self: &Arc<Self>, principal: &Arc<str>) -> Result<Owned, Refusal> {
        self.change(|admission| admission.own(principal))
            .map(|()| Owned(Arc::clone(self), Arc::clone(principal)))
    }

    pub(crate) fn place(self: &Arc<Self>) -> Result<EnginePlace, Refusal> {
        self.change(Admission::spawn)
            .map(|()| EnginePlace(Arc::clone(self)))
    }

    pub(crate) fn memory(self: &Arc<Self>, wanted: u64, least: u64) -> Result<Memory, Refusal> {
        self.change(|admission| admission.grant(wanted, least))
            .map(|bytes| Memory {
                bytes,
                ledger: Arc::clone(self),
            })
    }
}

/// The handle of a task run by [`Ledger::run`]; dropping it leaves the task running.
#[derive(Debug)]
pub(crate) struct Buried(tokio::task::JoinHandle<()>);

impl Buried {
    pub(crate) async fn done(self) {
        if let Err(error) = self.0.await {
            tracing::error!(%error, "a task of the supervisor did not end");
        }
    }
}

/// The right to run one statement.
#[derive(Debug)]
pub(crate) struct Slot(Arc<Ledger>);

impl Drop for Slot {
    fn drop(&mut self) {
        self.0.change(Admission::finish);
    }
}

/// The right to keep one session.
#[derive(Debug)]
pub(crate) struct Pinning(Arc<Ledger>, Arc<str>);

impl Drop for Pinning {
    fn drop(&mut self) {
        self.0.change(|admission| admission.unpin(&self.1));
    }
}

/// The right of a principal to one of its engine processes.
#[derive(Debug)]
pub(crate) struct Owned(Arc<Ledger>, Arc<str>);

impl Drop for Owned {
    fn drop(&mut self) {
        self.0.change(|admission| admission.disown(&self.1));
    }
}

/// The right to have one engine process.
#[derive(Debug)]
pub(crate) struct EnginePlace(Arc<Ledger>);

impl Drop for EnginePlace {
    fn drop(&mut self) {
        self.0.change(Admission::reap);
        self.0.refill.notify_one();
    }
}

/// Memory granted to one engine.
#[derive(Debug)]
pub(crate) struct Memory {
    bytes: u64,
    ledger: Arc<Ledger>,
}

impl Memory {
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Takes more of the budget, up to `wanted` in all and at least `least` in all.
    pub(crate) fn grow(&mut self, wanted: u64, least: u64) -> Result<(), Refusal> {
        let (more, least) = (
            wanted.saturating_sub(self.bytes),
            least.saturating_sub(self.bytes),
        );
        self.bytes += self
            .ledger
            .change(|admission| admission.grant(more, least))?;
        Ok(())
    }

    /// Gives back all but `bytes`: only after the engine has confirmed its lower limit.
    pub(crate) fn shrink(&mut self, bytes: u64) {
        let less = self.bytes.saturating_sub(bytes);
        self.ledger.change(|admission| admission.ungrant(less));
        self.bytes -= less;
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        self.ledger
            .change(|admission| admission.ungrant(self.bytes));
    }
}
