//! Results that several calls read together: the endpoints of one query, and what a client polls
//! for.
//!
//! The statement runs once. Each reader takes the next batch from it, whoever asks first, so all of
//! them together have the whole result, also when one of them comes after the others have ended. A
//! reader that goes before its end takes the result with it: the others end in an error then. The
//! session keeps such results, because a statement that has run cannot be asked of another gateway.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use arrow_flight::FlightData;
use bytes::Bytes;
use futures::StreamExt;
use tavana_common::proto::v1::Batch;
use tavana_common::task::Task;
use tokio_util::sync::CancellationToken;
use tonic::Status;
use uuid::Uuid;

use super::info::FlightStream;
use super::stream::{Reading, message};
use crate::error::QueryError;

/// Results that a session keeps for their readers; the oldest goes first.
const RUNS_MAX: usize = 64;

/// The shared results of one session.
#[derive(Debug, Default)]
pub(crate) struct SharedRuns(VecDeque<(Arc<SharedRun>, Option<Task<()>>)>);

impl SharedRuns {
    /// A result that nobody has asked for yet, and its schema as FlightInfo has it.
    pub(crate) fn add(&mut self, id: Uuid, schema: Bytes) -> Arc<SharedRun> {
        while self.0.len() >= RUNS_MAX {
            self.0.pop_front();
        }
        let run = Arc::new(SharedRun {
            id,
            schema,
            state: tokio::sync::Mutex::new(State::Waiting),
            ready: CancellationToken::new(),
            abandoned: CancellationToken::new(),
        });
        self.0.push_back((Arc::clone(&run), None));
        run
    }

    pub(crate) fn find(&self, id: Uuid) -> Result<Arc<SharedRun>, Status> {
        let found = self.0.iter().find(|(run, _)| run.id == id);
        found.map(|(run, _)| Arc::clone(run)).ok_or_else(|| {
            Status::not_found("the result is not kept on this connection any more; ask again")
        })
    }

    /// The task that begins the result lives as long as it is kept here.
    pub(crate) fn keep(&mut self, id: Uuid, task: Task<()>) {
        if let Some((_, kept)) = self.0.iter_mut().find(|(run, _)| run.id == id) {
            *kept = Some(task);
        }
    }

    /// The connection has ended: what has begun is cancelled.
    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }
}

/// A result that is read by several calls.
pub(crate) struct SharedRun {
    id: Uuid,
    schema: Bytes,
    state: tokio::sync::Mutex<State>,
    /// Cancelled when the statement has begun to answer, or failed.
    ready: CancellationToken,
    /// Cancelled when a reader went before its end.
    abandoned: CancellationToken,
}

impl fmt::Debug for SharedRun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedRun")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// What has become of the statement.
pub(crate) enum State {
    Waiting,
    Rows {
        schema: Bytes,
        reading: Reading,
        /// Each reader needs them before its first rows.
        dictionaries: Vec<Batch>,
    },
    Done {
        schema: Bytes,
        changed_rows: i64,
    },
    Failed(Status),
}

/// What a poll may say.
pub(crate) enum Outcome {
    Rows,
    /// There are no rows to read. How many were changed; -1 when that is no word for it.
    Done {
        changed_rows: i64,
    },
}

impl SharedRun {
    /// As FlightInfo has it.
    pub(crate) fn schema(&self) -> Bytes {
        self.schema.clone()
    }

    /// Begins the statement, unless another reader has.
    ///
    /// # Cancel safety
    /// A beginning that is dropped has not begun; the next reader tries again.
    pub(crate) async fn begin(&self, begin: impl Future<Output = Result<State, Status>>) {
        let mut state = self.state.lock().await;
        if matches!(*state, State::Waiting) {
            *state = begin.await.unwrap_or_else(State::Failed);
        }
        self.ready.cancel();
    }

    /// Waits until the statement has begun to answer.
    pub(crate) async fn ready(&self) {
        self.ready.cancelled().await;
    }

    /// What it answered.
    pub(crate) async fn outcome(&self) -> Result<Outcome, Status> {
        match &*self.state.lock().await {
            State::Waiting => Err(Status::internal("the statement has not begun")),
            State::Rows { .. } => Ok(Outcome::Rows),
            State::Done { changed_rows, .. } => Ok(Outcome::Done {
                changed_rows: *changed_rows,
            }),
            State::Failed(status) => Err(status.clone()),
        }
    }

    /// A reader of what is left of the result.
    pub(crate) fn read(self: &Arc<Self>) -> FlightStream<FlightData> {
        let reader = Reader {
            run: Arc::clone(self),
            sent: Sent::Nothing,
            ended: false,
        };
        futures::stream::unfold(reader, async |mut reader| {
            let next = reader.next().await?;
            Some((next, reader))
        })
        .boxed()
    }

    fn abandon(&self) {
        self.abandoned.cancel();
        // Whoever holds it sees that the result is abandoned.
        if let Ok(mut state) = self.state.try_lock() {
            *state = State::Failed(abandoned());
        }
    }
}

#[derive(Clone, Copy)]
enum Sent {
    Nothing,
    /// The schema, and so many dictionaries.
    Schema(usize),
}

struct Reader {
    run: Arc<SharedRun>,
    sent: Sent,
    ended: bool,
}

impl Reader {
    async fn next(&mut self) -> Option<Result<FlightData, Status>> {
        if self.ended {
            return None;
        }
        let next = self.message().await;
        self.ended = !matches!(next, Some(Ok(_)));
        next
    }

    async fn message(&mut self) -> Option<Result<FlightData, Status>> {
        let mut state = self.run.state.lock().await;
        if self.run.abandoned.is_cancelled() {
            *state = State::Failed(abandoned());
        }
        let (schema, reading, dictionaries) = match &mut *state {
            State::Waiting => return Some(Err(Status::internal("the statement has not begun"))),
            State::Failed(status) => return Some(Err(status.clone())),
            State::Done { schema, .. } => {
                return match self.sent {
                    Sent::Nothing => {
                        self.sent = Sent::Schema(0);
                        Some(Ok(FlightData::new().with_data_header(schema.clone())))
                    }
                    Sent::Schema(_) => None,
                };
            }
            State::Rows {
                schema,
                reading,
                dictionaries,
            } => (schema, reading, dictionaries),
        };
        let Sent::Schema(sent) = self.sent else {
            self.sent = Sent::Schema(0);
            return Some(Ok(FlightData::new().with_data_header(schema.clone())));
        };
        if let Some(dictionary) = dictionaries.get(sent) {
            self.sent = Sent::Schema(sent + 1);
            return Some(Ok(message(dictionary.clone())));
        }
        let next = tokio::select! {
            biased;
            () = self.run.abandoned.cancelled() => Some(Err(abandoned())),
            next = reading.next() => next,
        };
        match next {
            Some(Ok(batch)) => {
                if is_dictionary(&batch) {
                    dictionaries.push(batch.clone());
                    self.sent = Sent::Schema(dictionaries.len());
                }
                Some(Ok(message(batch)))
            }
            Some(Err(status)) => {
                *state = State::Failed(status.clone());
                Some(Err(status))
            }
            None => {
                *state = State::Done {
                    schema: schema.clone(),
                    changed_rows: -1,
                };
                None
            }
        }
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        if !self.ended {
            self.run.abandon();
        }
    }
}

fn is_dictionary(batch: &Batch) -> bool {
    arrow_ipc::root_as_message(&batch.header)
        .is_ok_and(|header| header.header_as_dictionary_batch().is_some())
}

fn abandoned() -> Status {
    QueryError::canceled().grpc_status()
}

/// The shared results of a session, which calls use from several tasks.
#[derive(Debug, Default)]
pub(crate) struct Shelf(Mutex<SharedRuns>);

impl Shelf {
    pub(crate) fn lock(&self) -> std::sync::MutexGuard<'_, SharedRuns> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
