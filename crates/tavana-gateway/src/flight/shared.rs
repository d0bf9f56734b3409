//! Results that several calls read together: the endpoints of one query, and what a client polls
//! for.
//!
//! The statement runs once. Each reader takes the next batch from it, whoever asks first, so all of
//! them together have the whole result, also when one of them comes after the others have ended. A
//! reader that goes before its end takes the result with it: the others end in an error then. Each
//! ticket is read once, because what was read is gone and the rest must not be taken for the whole.
//! The session keeps such results, because a statement that has run cannot be asked of another
//! gateway.
//!
//! The rows are in the hands of a task, not of the readers: there may be none, and the statement has
//! to end all the same when it is cancelled or when nobody comes for its rows.

use std::collections::VecDeque;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use arrow_flight::FlightData;
use bytes::Bytes;
use futures::StreamExt;
use tavana_common::proto::v1::Batch;
use tavana_common::task::{self, Task};
use tokio::sync::mpsc;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tonic::Status;
use tracing::info;
use uuid::Uuid;

use super::info::FlightStream;
use super::stream::{Reading, message};
use crate::error::{QueryError, SqlState};
use crate::queue::Patience;

/// Results that a session keeps for their readers; the oldest goes first.
const RUNS_MAX: usize = 64;
/// Batches that wait for a reader.
const PARTS_AHEAD: usize = 1;

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
            claimed: AtomicU64::new(0),
            beginning: tokio::sync::Mutex::default(),
            course: Arc::default(),
            passing: Mutex::default(),
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

    /// What has begun is cancelled, unless somebody reads it.
    pub(crate) fn remove(&mut self, id: Uuid) {
        self.0.retain(|(run, _)| run.id != id);
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
    /// Endpoints whose reader has come, a bit for each.
    claimed: AtomicU64,
    /// Held by whoever begins the statement.
    beginning: tokio::sync::Mutex<()>,
    course: Arc<Course>,
    /// Has the rows. It lives as long as the session or a reader keeps the result.
    passing: Mutex<Option<Task<()>>>,
}

impl fmt::Debug for SharedRun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedRun")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// What a statement began to answer.
pub(crate) enum State {
    Rows {
        schema: Bytes,
        reading: Reading,
    },
    /// There are no rows to read.
    Done {
        schema: Bytes,
        changed_rows: i64,
    },
}

/// What a poll may say.
pub(crate) enum Outcome {
    Rows,
    /// There are no rows to read. How many were changed; -1 when that is no word for it.
    Done {
        changed_rows: i64,
    },
}

/// How far a result has come: what its readers and the task that has its rows share.
#[derive(Default)]
struct Course {
    phase: Mutex<Phase>,
    /// Cancelled when the statement has begun to answer, or failed.
    ready: CancellationToken,
    /// Cancelled when a reader went before its end.
    abandoned: CancellationToken,
}

#[derive(Clone, Default)]
enum Phase {
    #[default]
    Waiting,
    Rows {
        schema: Bytes,
        parts: Parts,
    },
    /// All rows have been taken.
    Read {
        schema: Bytes,
    },
    /// There are no rows to read, and never were.
    Done {
        schema: Bytes,
        changed_rows: i64,
    },
    Failed(Status),
}

/// Whoever has the lock gets the next part.
type Parts = Arc<tokio::sync::Mutex<mpsc::Receiver<Part>>>;

/// A batch, with all dictionaries that came before it: each reader needs them before its first rows.
struct Part {
    dictionaries: Arc<Vec<Batch>>,
    batch: Batch,
}

impl SharedRun {
    /// As FlightInfo has it.
    pub(crate) fn schema(&self) -> Bytes {
        self.schema.clone()
    }

    /// Begins the statement, unless another reader has. It ends when its rows wait for a reader for
    /// longer than `patience` lasts.
    ///
    /// # Cancel safety
    /// A beginning that is dropped has not begun; the next reader tries again.
    pub(crate) async fn begin(
        &self,
        begin: impl Future<Output = Result<State, Status>>,
        patience: Patience,
    ) {
        let _alone = self.beginning.lock().await;
        if self.course.ready.is_cancelled() {
            return;
        }
        match begin.await {
            Ok(State::Rows { schema, reading }) => {
                let (sender, receiver) = mpsc::channel(PARTS_AHEAD);
                let parts = Arc::new(tokio::sync::Mutex::new(receiver));
                self.course.set(Phase::Rows { schema, parts });
                let passing = pass_on(Arc::clone(&self.course), reading, sender, patience);
                *locked(&self.passing) = Some(task::spawn(passing));
            }
            Ok(State::Done {
                schema,
                changed_rows,
            }) => self.course.set(Phase::Done {
                schema,
                changed_rows,
            }),
            Err(status) => self.course.set(Phase::Failed(status)),
        }
        self.course.ready.cancel();
    }

    /// Waits until the statement has begun to answer.
    pub(crate) async fn ready(&self) {
        self.course.ready.cancelled().await;
    }

    /// What it answered.
    pub(crate) fn outcome(&self) -> Result<Outcome, Status> {
        match self.course.phase() {
            Phase::Waiting => Err(not_begun()),
            Phase::Rows { .. } | Phase::Read { .. } => Ok(Outcome::Rows),
            Phase::Done { changed_rows, .. } => Ok(Outcome::Done { changed_rows }),
            Phase::Failed(status) => Err(status),
        }
    }

    /// A reader of what is left of the result, by the ticket of `endpoint`. What one reader was
    /// given no other will see, so the second one of a ticket would take a part for the whole: it
    /// is refused, and the first one reads on.
    pub(crate) fn read(self: &Arc<Self>, endpoint: u32) -> FlightStream<FlightData> {
        let bit = 1_u64.checked_shl(endpoint).unwrap_or(0);
        let claimed = self.claimed.fetch_or(bit, Ordering::AcqRel);
        let reader = Reader {
            run: Arc::clone(self),
            is_first: claimed & bit == 0,
            said_schema: false,
            dictionaries: 0,
            ahead: VecDeque::new(),
            ended: false,
        };
        futures::stream::unfold(reader, async |mut reader| {
            let next = reader.next().await?;
            Some((next, reader))
        })
        .boxed()
    }
}

impl Course {
    fn phase(&self) -> Phase {
        locked(&self.phase).clone()
    }

    fn set(&self, phase: Phase) {
        *locked(&self.phase) = phase;
    }

    /// The rows have come to their end.
    fn end(&self, ended: Result<(), Status>) {
        let mut phase = locked(&self.phase);
        *phase = match (ended, &*phase) {
            (Err(status), _) => Phase::Failed(status),
            (Ok(()), Phase::Rows { schema, .. }) => Phase::Read {
                schema: schema.clone(),
            },
            (Ok(()), _) => return,
        };
    }

    /// A reader went before its end: what it had been given is missing.
    fn abandon(&self) {
        self.abandoned.cancel();
        let mut phase = locked(&self.phase);
        if matches!(*phase, Phase::Rows { .. } | Phase::Read { .. }) {
            *phase = Phase::Failed(abandoned());
        }
    }
}

/// Gives the rows to whoever takes them, until their end.
async fn pass_on(
    course: Arc<Course>,
    mut reading: Reading,
    parts: mpsc::Sender<Part>,
    patience: Patience,
) {
    let ended = tokio::select! {
        biased;
        () = course.abandoned.cancelled() => Err(abandoned()),
        ended = pass_all(&mut reading, &parts, &patience) => ended,
    };
    // The slot is free before a reader hears of the end, and its waiting readers hear why.
    drop(reading);
    course.end(ended);
    drop(parts);
}

async fn pass_all(
    reading: &mut Reading,
    parts: &mpsc::Sender<Part>,
    patience: &Patience,
) -> Result<(), Status> {
    let mut dictionaries: Arc<Vec<Batch>> = Arc::default();
    loop {
        let since = Instant::now();
        let room = tokio::select! {
            biased;
            error = reading.run().stopped_early() => return Err(error.grpc_status()),
            room = parts.reserve() => room.map_err(|_| abandoned())?,
            () = patience.lasts(since) => {
                info!(
                    seconds = since.elapsed().as_secs_f64(),
                    "a client does not read its result: it is dropped"
                );
                return Err(QueryError::reader_idle().grpc_status());
            }
        };
        let Some(next) = reading.next().await else {
            return Ok(());
        };
        let batch = next?;
        if is_dictionary(&batch) {
            Arc::make_mut(&mut dictionaries).push(batch);
            continue;
        }
        room.send(Part {
            dictionaries: Arc::clone(&dictionaries),
            batch,
        });
    }
}

struct Reader {
    run: Arc<SharedRun>,
    /// Nobody has read by the same ticket before.
    is_first: bool,
    said_schema: bool,
    /// So many were given to this reader.
    dictionaries: usize,
    /// A batch that was taken, and the dictionaries before it.
    ahead: VecDeque<FlightData>,
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
        if let Some(next) = self.ahead.pop_front() {
            return Some(Ok(next));
        }
        let mut closed = false;
        loop {
            let (schema, parts) = match self.run.course.phase() {
                Phase::Waiting => return Some(Err(not_begun())),
                Phase::Rows { .. } | Phase::Read { .. } | Phase::Failed(_) if !self.is_first => {
                    return Some(Err(read_already()));
                }
                Phase::Failed(status) => return Some(Err(status)),
                Phase::Done { schema, .. } | Phase::Read { schema } => (schema, None),
                Phase::Rows { schema, parts } => (schema, Some(parts)),
            };
            if !self.said_schema {
                self.said_schema = true;
                return Some(Ok(FlightData::new().with_data_header(schema)));
            }
            let parts = parts?;
            if closed {
                // The task was dropped in the middle.
                return Some(Err(abandoned()));
            }
            match parts.lock().await.recv().await {
                Some(part) => return Some(Ok(self.take(part))),
                // The phase says why.
                None => closed = true,
            }
        }
    }

    /// The first message of a part; the others follow.
    fn take(&mut self, part: Part) -> FlightData {
        let missing = part.dictionaries.iter().skip(self.dictionaries).cloned();
        self.ahead.extend(missing.map(message));
        self.dictionaries = part.dictionaries.len();
        self.ahead.push_back(message(part.batch));
        self.ahead.pop_front().expect("the batch at least")
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        if !self.ended {
            self.run.course.abandon();
        }
    }
}

fn is_dictionary(batch: &Batch) -> bool {
    arrow_ipc::root_as_message(&batch.header)
        .is_ok_and(|header| header.header_as_dictionary_batch().is_some())
}

fn not_begun() -> Status {
    Status::internal("the statement has not begun")
}

fn read_already() -> Status {
    QueryError::new(
        SqlState::OBJECT_NOT_IN_STATE,
        "the rows of this ticket have been read, or are being read, by another call",
    )
    .with_hint("Run the statement again for all of its rows.")
    .grpc_status()
}

fn abandoned() -> Status {
    QueryError::canceled().grpc_status()
}

/// The shared results of a session, which calls use from several tasks.
#[derive(Debug, Default)]
pub(crate) struct Shelf(Mutex<SharedRuns>);

impl Shelf {
    pub(crate) fn lock(&self) -> MutexGuard<'_, SharedRuns> {
        locked(&self.0)
    }
}

fn locked<T>(what: &Mutex<T>) -> MutexGuard<'_, T> {
    what.lock().unwrap_or_else(PoisonError::into_inner)
}
