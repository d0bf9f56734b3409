//! The one copy of [`Admission`] and the guards that give back what it gave.

use std::sync::{Arc, Mutex, PoisonError};

use tavana_common::ids::GatewayId;
use tokio::runtime::Handle;
use tokio::sync::{Notify, watch};
use tokio_util::task::TaskTracker;

use super::admission::{Admission, Bounds, Length, Refusal, Seat};
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

    /// From now on there is this much memory.
    pub(crate) fn resize(&self, memory_budget_bytes: u64) {
        self.change(|admission| admission.resize(memory_budget_bytes));
    }

    pub(crate) fn drain(&self) {
        self.change(Admission::drain);
    }

    pub(crate) fn close(&self) {
        self.change(Admission::close);
    }

    /// A slot for a statement; `in_session`: of a session that has an engine here.
    pub(crate) fn slot(
        self: &Arc<Self>,
        gateway: GatewayId,
        principal: &Arc<str>,
        length: Length,
        in_session: bool,
    ) -> Result<Slot, Refusal> {
        let start = if in_session {
            Admission::start_in_session
        } else {
            Admission::start
        };
        self.change(|admission| {
            let seat = start(admission, principal, length)?;
            admission.await_slot(gateway);
            Ok(seat)
        })
        .map(|seat| Slot {
            ledger: Arc::clone(self),
            gateway: Some(gateway),
            principal: Arc::clone(principal),
            seat,
            bytes: 0,
        })
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
pub(crate) struct Slot {
    ledger: Arc<Ledger>,
    /// Who sent the statement and waits for it.
    gateway: Option<GatewayId>,
    principal: Arc<str>,
    seat: Seat,
    /// What its engine was granted.
    bytes: u64,
}

impl Slot {
    /// The engine of the statement has so much memory.
    pub(crate) fn holds(&mut self, bytes: u64) {
        let before = std::mem::replace(&mut self.bytes, bytes);
        self.ledger
            .change(|admission| admission.use_memory(self.gateway, before, bytes));
    }

    /// Nobody waits for the statement any more.
    pub(crate) fn disown(&mut self) {
        if let Some(gateway) = self.gateway.take() {
            let bytes = self.bytes;
            self.ledger
                .change(|admission| admission.leave_slot(gateway, bytes));
        }
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let (gateway, bytes) = (self.gateway.take(), self.bytes);
        self.ledger.change(|admission| {
            if let Some(gateway) = gateway {
                admission.leave_slot(gateway, bytes);
            }
            admission.use_memory(None, bytes, 0);
            admission.finish(&self.principal, self.seat);
        });
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

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_slot_that_nobody_waits_for_is_taken_until_it_is_given_back() {
        let bounds = Bounds::new(1, 1, 0, 1 << 30);
        let ledger = Arc::new(Ledger::new(bounds, Arc::default()));
        let (gateway, principal) = (GatewayId::mint(), Arc::from("ann"));
        let slot = || ledger.slot(gateway, &principal, Length::Unknown, false);
        let mut taken = slot().unwrap();
        taken.holds(5);
        let held =
            || ledger.read(|a| (a.running(), a.running_bytes(), a.waited_for(gateway).bytes));
        assert_eq!(held(), (1, 5, 5));
        taken.disown();
        assert_eq!(held(), (1, 5, 0));
        assert!(matches!(slot(), Err(Refusal::NoSlot)));
        drop(taken);
        assert_eq!(held(), (0, 0, 0));
    }
}
