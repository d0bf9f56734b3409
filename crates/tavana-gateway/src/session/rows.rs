//! Rows on their way to a client.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use tavana_common::ids::{QueryId, SessionId};
use tavana_common::proto::v1::{Batch, ResultComplete, ResultHeader, SetAsideRequest};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tonic::Code;

use super::answers::{WholeResult, weight_of};
use crate::error::{QueryError, SqlState};
use crate::queue::{End, Permit};
use crate::route::{Running, Worker};
use crate::worker::{Ahead, Item, Reply};

/// A result. Dropping it cancels the statement; its slot in the queue is free then.
#[derive(Debug)]
pub(crate) struct Rows {
    header: ResultHeader,
    source: Source,
    complete: Option<ResultComplete>,
}

#[derive(Debug)]
enum Source {
    Worker(Box<Remote>),
    /// Rows of the gateway itself.
    Local(VecDeque<Batch>),
    /// Ended, well or not.
    Closed,
}

/// A statement that runs on a worker.
#[derive(Debug)]
pub(super) struct Remote {
    pub(super) reply: Reply,
    /// Read ahead of the client, so that a loss before the first row can be mended.
    pub(super) ahead: Ahead,
    pub(super) limits: Limits,
    slot: Slot,
    running: Running,
}

impl Remote {
    pub(super) fn new(
        reply: Reply,
        ahead: Ahead,
        limits: Limits,
        permit: Permit,
        running: Running,
    ) -> Self {
        let remote = Self {
            reply,
            ahead,
            limits,
            slot: Slot(Arc::new(Mutex::new(Some(permit)))),
            running,
        };
        if remote.is_whole() {
            remote.slot.end(End::Well);
        }
        remote
    }

    /// Whether all of the result is here, so that no engine is busy with it.
    fn is_whole(&self) -> bool {
        matches!(self.ahead.back(), Some(Ok(Item::Complete(_))))
    }
}

/// The slot that a statement has in the queue, until its engine is free.
#[derive(Clone, Debug)]
struct Slot(Arc<Mutex<Option<Permit>>>);

impl Slot {
    fn end(&self, end: End) {
        let permit = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(mut permit) = permit {
            permit.end(end);
        }
    }
}

/// What sets aside a result that nobody reads just now.
#[derive(Debug)]
pub(crate) struct SettingAside {
    query: QueryId,
    worker: Arc<Worker>,
    slot: Slot,
}

impl SettingAside {
    /// Has the worker keep what is left of the result of a statement of `session`, until the engine
    /// is free. False where the worker does not know how.
    ///
    /// # Errors
    /// The statement's own: it has failed, or what is left is more than may be kept (54000).
    pub(crate) async fn run(&self, session: SessionId) -> Result<bool, QueryError> {
        let request = SetAsideRequest {
            query_id: self.query.to_string(),
            session_id: session.to_string(),
        };
        let ended = match self.worker.control().set_aside(request).await {
            Ok(_) => Ok(true),
            Err(status) if status.code() == Code::Unimplemented => return Ok(false),
            Err(status) => Err(QueryError::from_status(&status)),
        };
        self.slot
            .end(ended.as_ref().err().map_or(End::Well, end_of));
        ended
    }
}

/// What may end a statement before its end.
#[derive(Clone, Debug)]
pub(super) struct Limits {
    pub(super) query_id: QueryId,
    pub(super) cancelled: CancellationToken,
    pub(super) deadline: Option<Instant>,
    /// What may end its wait for a slot, where nothing may end it once it was sent.
    pub(super) in_queue: Option<Box<Limits>>,
}

impl Limits {
    /// Nothing ends the statement before its end.
    pub(super) fn none() -> Self {
        Self {
            query_id: QueryId::mint(),
            cancelled: CancellationToken::new(),
            deadline: None,
            in_queue: None,
        }
    }

    /// The same until the statement is sent, and nothing after that.
    pub(super) fn until_sent(self) -> Self {
        Self {
            in_queue: Some(Box::new(self)),
            ..Self::none()
        }
    }

    /// `work`, unless the client cancels or the time is over first.
    ///
    /// # Cancel safety
    /// As `work`.
    pub(super) async fn hold<T>(
        &self,
        work: impl Future<Output = Result<T, QueryError>>,
    ) -> Result<T, QueryError> {
        let timeout = async {
            match self.deadline {
                Some(deadline) => tokio::time::sleep_until(deadline).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            () = self.cancelled.cancelled() => Err(QueryError::canceled()),
            result = work => result,
            () = timeout => Err(QueryError::timed_out()),
        }
    }
}

impl Rows {
    pub(super) fn remote(header: ResultHeader, remote: Remote) -> Self {
        Self {
            header,
            source: Source::Worker(Box::new(remote)),
            complete: None,
        }
    }

    pub(super) fn local(header: ResultHeader, batches: Vec<Batch>) -> Self {
        Self {
            header,
            source: Source::Local(batches.into()),
            complete: None,
        }
    }

    /// A whole result that was kept.
    pub(super) fn known(result: &WholeResult) -> Self {
        Self::local(result.header.clone(), result.batches.clone())
    }

    /// Who computes them; `None` for rows of the gateway itself, and at the end.
    pub(super) fn worker(&self) -> Option<Arc<str>> {
        match &self.source {
            Source::Worker(remote) => remote.running.worker_id(),
            Source::Local(_) | Source::Closed => None,
        }
    }

    /// Whether no engine is busy with them: all of them are here.
    pub(crate) fn is_whole(&self) -> bool {
        match &self.source {
            Source::Worker(remote) => remote.is_whole(),
            Source::Local(_) | Source::Closed => true,
        }
    }

    /// What sets them aside; `None` where no engine is busy with them.
    pub(crate) fn setting_aside(&self) -> Option<SettingAside> {
        match &self.source {
            Source::Worker(remote) if !remote.is_whole() => Some(SettingAside {
                query: remote.limits.query_id,
                worker: Arc::clone(remote.running.worker()),
                slot: remote.slot.clone(),
            }),
            Source::Worker(_) | Source::Local(_) | Source::Closed => None,
        }
    }

    /// The whole result, if it has at most `bytes_max`; otherwise what was read of it is still to
    /// come. Nothing may have been read before.
    ///
    /// # Errors
    /// The result's own.
    pub(super) async fn read_ahead(
        &mut self,
        bytes_max: usize,
    ) -> Result<Option<WholeResult>, QueryError> {
        let mut batches = Vec::new();
        let mut bytes = 0;
        while let Some(batch) = self.next().await {
            let batch = batch?;
            bytes += weight_of(&batch);
            batches.push(batch);
            if bytes > bytes_max {
                if let Source::Worker(remote) = &mut self.source {
                    for batch in batches.into_iter().rev() {
                        remote.ahead.push_front(Ok(Item::Batch(batch)));
                    }
                }
                return Ok(None);
            }
        }
        Ok(Some(WholeResult {
            header: self.header.clone(),
            batches,
        }))
    }

    /// What the statement is and which columns it returns.
    pub(crate) fn facts(&self) -> &ResultHeader {
        &self.header
    }

    /// The next IPC message as the engine encoded it. `None` comes only after the worker said that
    /// the result is complete; every other end is an error, and the last item.
    ///
    /// # Cancel safety
    /// Cancel safe: a message is either returned or still to come.
    pub(crate) async fn next(&mut self) -> Option<Result<Batch, QueryError>> {
        match &mut self.source {
            Source::Closed => None,
            Source::Local(batches) => match batches.pop_front() {
                Some(batch) => {
                    self.complete.get_or_insert_default().rows += batch.rows;
                    Some(Ok(batch))
                }
                None => {
                    self.complete.get_or_insert_default();
                    self.source = Source::Closed;
                    None
                }
            },
            Source::Worker(remote) => {
                let Remote {
                    reply,
                    ahead,
                    limits,
                    slot,
                    ..
                } = &mut **remote;
                let item = match ahead.pop_front() {
                    Some(item) => item,
                    None => limits.hold(reply.next()).await,
                };
                match item {
                    Ok(Item::Batch(batch)) => Some(Ok(batch)),
                    Ok(Item::Complete(complete)) => {
                        slot.end(End::Well);
                        self.complete = Some(complete);
                        self.source = Source::Closed;
                        None
                    }
                    Err(error) => {
                        slot.end(end_of(&error));
                        // Closes the stream, which cancels the statement, and frees the slot.
                        self.source = Source::Closed;
                        Some(Err(error))
                    }
                }
            }
        }
    }

    /// What the worker said at the end; `None` before it.
    pub(crate) fn complete(&self) -> Option<&ResultComplete> {
        self.complete.as_ref()
    }

    /// Reads to the end for a statement whose rows nobody asks for.
    pub(super) async fn finish(&mut self) -> Result<ResultComplete, QueryError> {
        while let Some(batch) = self.next().await {
            batch?;
        }
        self.complete
            .take()
            .ok_or_else(|| QueryError::internal("a result ended without its completion"))
    }
}

/// What the queue should remember of a statement that failed.
pub(super) fn end_of(error: &QueryError) -> End {
    if error.sqlstate == SqlState::OUT_OF_MEMORY {
        End::OutOfMemory
    } else {
        End::Early
    }
}

/// Cancels what a session runs now; clones act on the same session.
#[derive(Clone, Debug, Default)]
pub(crate) struct Canceller(Arc<Mutex<CancellationToken>>);

impl Canceller {
    /// Stops the statement that is running or waiting. Nothing happens when there is none.
    pub(crate) fn cancel(&self) {
        self.lock().cancel();
    }

    /// A new round of statements begins: an earlier cancel has no power over it.
    pub(super) fn renew(&self) {
        *self.lock() = CancellationToken::new();
    }

    /// The token of this round.
    pub(crate) fn current(&self) -> CancellationToken {
        self.lock().clone()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, CancellationToken> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
