//! The workers that one statement has met and is not sent to again.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::Worker;

/// How long a worker is avoided under which the statement was lost: by then it has spoken again or
/// counts as quiet.
const LOST_REST: Duration = Duration::from_secs(2);

/// Workers that a statement is not sent to while there is another one. A statement has few tries, so
/// it does not spend them on the worker that has just failed it: others learn of that only later.
#[derive(Debug, Default)]
pub(crate) struct Avoided(Vec<Avoidance>);

#[derive(Debug)]
struct Avoidance {
    worker: Arc<Worker>,
    /// `None` is for good.
    until: Option<Instant>,
}

impl Avoided {
    /// The statement was lost there.
    pub(crate) fn lost(&mut self, worker: Arc<Worker>) {
        let until = Some(Instant::now() + LOST_REST);
        self.0.push(Avoidance { worker, until });
    }

    /// It takes nothing new any more.
    pub(crate) fn drains(&mut self, worker: Arc<Worker>) {
        let until = None;
        self.0.push(Avoidance { worker, until });
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether it is one of these, also by another address: then it has the same name.
    pub(super) fn has(&self, worker: &Arc<Worker>) -> bool {
        let now = Instant::now();
        let mut lasting = self
            .0
            .iter()
            .filter(|avoidance| avoidance.until.is_none_or(|until| now < until));
        lasting.any(|avoidance| {
            Arc::ptr_eq(&avoidance.worker, worker)
                || avoidance
                    .worker
                    .id()
                    .is_some_and(|id| worker.id() == Some(id))
        })
    }
}
