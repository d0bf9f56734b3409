//! Where the statement of a session runs, for those who ask how far it has come.

use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use tavana_common::ids::QueryId;
use tavana_common::proto::v1::ProgressRequest;
use tokio::time::timeout;

use crate::route::Worker;

/// Longest wait for a worker's word.
const ANSWER_MAX: Duration = Duration::from_millis(500);

/// Where one request of a session has been sent. Copies are the same place.
#[derive(Clone, Debug, Default)]
pub(crate) struct Place(Arc<Mutex<Option<Sent>>>);

#[derive(Clone, Debug)]
struct Sent {
    query: QueryId,
    /// Whoever only asks keeps no worker in the list.
    worker: Weak<Worker>,
}

/// How far a statement has come.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Standing {
    /// How much is done, 0 to 1; `None` while nobody can tell.
    Runs(Option<f64>),
    /// There are rows, or it is done.
    Answers,
    /// It is not at the worker: it waits, or has ended.
    Elsewhere,
}

impl Place {
    /// The place of a statement that another gateway may have sent.
    pub(crate) fn of(query: QueryId, worker: &Arc<Worker>) -> Self {
        let place = Self::default();
        place.note(query, worker);
        place
    }

    /// The statement is about to be sent to `worker`.
    pub(super) fn note(&self, query: QueryId, worker: &Arc<Worker>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Sent {
            query,
            worker: Arc::downgrade(worker),
        });
    }

    /// The statement is not at a worker any more, and waits.
    pub(super) fn forget(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Where a statement has been sent.
    pub(super) fn worker_of(&self, query: QueryId) -> Option<Arc<Worker>> {
        let (sent, worker) = self.sent()?;
        (sent == query).then_some(worker)
    }

    /// The statement's id and the name that its worker has given itself.
    pub(crate) fn name(&self) -> Option<(QueryId, Arc<str>)> {
        let (query, worker) = self.sent()?;
        Some((query, worker.id()?))
    }

    /// Asks the worker. A worker that does not answer, or is older than the question, counts as
    /// one that cannot tell.
    pub(crate) async fn standing(&self) -> Standing {
        let Some((query, worker)) = self.sent() else {
            return Standing::Elsewhere;
        };
        let mut client = worker.control();
        let request = ProgressRequest {
            query_id: query.to_string(),
        };
        match timeout(ANSWER_MAX, client.progress(request)).await {
            Ok(Ok(answer)) => {
                let answer = answer.into_inner();
                match (answer.found, answer.answering) {
                    (false, _) => Standing::Elsewhere,
                    (true, true) => Standing::Answers,
                    (true, false) => Standing::Runs(answer.fraction),
                }
            }
            Ok(Err(_)) | Err(_) => Standing::Runs(None),
        }
    }

    fn sent(&self) -> Option<(QueryId, Arc<Worker>)> {
        let sent = self
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()?;
        Some((sent.query, sent.worker.upgrade()?))
    }
}
