//! Cursors: results that stay open on the session's engine and are fetched in pieces.
//!
//! The statement runs once; the engine keeps its stream and gives the next rows when asked. A
//! client's name for a cursor is an entry here, its id on the worker is minted.

use std::collections::HashMap;
use std::sync::Arc;

use tavana_common::ids::CursorId;
use tavana_common::proto::v1::{
    self as v1, CloseCursorRequest, Compression, ExecuteRequest, FetchCursorRequest,
    OpenCursorRequest, Pin, ResultHeader,
};
use tokio::time::Instant;

use super::rows::Remote;
use super::send::{Sent, heard};
use super::statement::{CursorOptions, Motion};
use super::{Answer, Class, Completion, Facts, Parameters, Rows, Session, Statement, timeout_ms};
use crate::error::{QueryError, SqlState};
use crate::queue::Work;
use crate::route::Avoided;
use crate::worker::{Ahead, Reply};

/// Cursors that one session may hold open: as many as an engine keeps.
const CURSORS_MAX: usize = 64;

/// The open cursors of a session.
#[derive(Debug, Default)]
pub(super) struct Cursors(HashMap<String, Cursor>);

#[derive(Debug)]
struct Cursor {
    id: CursorId,
    header: ResultHeader,
    options: CursorOptions,
    /// WITH HOLD, and the transaction that declared it has committed.
    held: bool,
}

impl Cursors {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All are gone, on the worker too.
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    /// The names of those that end when their transaction commits or, as `commits` says, fails.
    fn of_transaction(&self, commits: bool) -> Vec<String> {
        let ends = |(name, cursor): (&String, &Cursor)| {
            let stays = cursor.held || (commits && cursor.options.hold);
            (!stays).then(|| name.clone())
        };
        self.0.iter().filter_map(ends).collect()
    }

    /// The transaction has committed: what is left outlives later ones, too.
    pub(super) fn hold(&mut self) {
        for cursor in self.0.values_mut() {
            cursor.held = cursor.options.hold;
        }
    }

    /// The names of all, of SQL and of the protocol.
    pub(super) fn names(&self) -> Vec<String> {
        self.0.keys().cloned().collect()
    }

    /// What FETCH from `name` returns.
    pub(super) fn facts(&self, name: &str) -> Result<Facts, QueryError> {
        let header = self.find(name)?.header.clone();
        Ok(Facts {
            kind: header.kind,
            parameter_types: Vec::new(),
            returns_rows: true,
            columns: header.columns,
            schema: header.schema,
        })
    }

    fn find(&self, name: &str) -> Result<&Cursor, QueryError> {
        self.0.get(name).ok_or_else(|| {
            QueryError::new(
                SqlState::INVALID_CURSOR_NAME,
                format!("cursor \"{name}\" does not exist"),
            )
        })
    }
}

impl Session {
    /// What FETCH from the open cursor `name` returns.
    ///
    /// # Errors
    /// 34000 when it is not open.
    pub(crate) fn cursor_facts(&self, name: &str) -> Result<Facts, QueryError> {
        self.cursors.facts(name)
    }

    /// The format of the rows that a cursor gives when nobody says which: 1 for binary.
    pub(crate) fn cursor_format(&self, name: &str) -> i16 {
        self.cursors
            .0
            .get(name)
            .map_or(0, |cursor| i16::from(cursor.options.binary))
    }

    /// Whether DECLARE or the protocol has a cursor of this name open.
    pub(crate) fn has_cursor(&self, name: &str) -> bool {
        self.cursors.0.contains_key(name)
    }

    pub(super) async fn declare(
        &mut self,
        name: &str,
        query: &Statement,
        options: CursorOptions,
        parameters: Parameters,
    ) -> Result<Completion, QueryError> {
        if self.block.is_none() && !options.hold {
            return Err(QueryError::new(
                SqlState::NO_ACTIVE_TRANSACTION,
                "DECLARE CURSOR can only be used in transaction blocks",
            ));
        }
        if name.is_empty() {
            return Err(QueryError::new(
                SqlState::INVALID_CURSOR_NAME,
                "invalid cursor name: must not be empty",
            ));
        }
        if self.has_cursor(name) {
            return Err(QueryError::new(
                SqlState::DUPLICATE_CURSOR,
                format!("cursor \"{name}\" already exists"),
            ));
        }
        if *query.class() != Class::Read {
            return Err(QueryError::new(
                SqlState::INVALID_CURSOR_DEFINITION,
                "a cursor needs a query that only reads",
            ));
        }
        self.open_cursor(name, query, options, parameters).await?;
        if self.block.is_none() {
            self.cursors.hold();
        }
        Ok(Completion::tagged("DECLARE CURSOR"))
    }

    /// Runs `query` and keeps its result open under `name`; returns its header.
    ///
    /// # Errors
    /// What the statement's execution answers, or 53400 when too many are open.
    pub(crate) async fn open_cursor(
        &mut self,
        name: &str,
        query: &Statement,
        options: CursorOptions,
        parameters: Parameters,
    ) -> Result<ResultHeader, QueryError> {
        if self.cursors.0.len() >= CURSORS_MAX {
            return Err(QueryError::new(
                SqlState::CONFIGURATION_LIMIT,
                format!("a session can hold {CURSORS_MAX} cursors open"),
            ));
        }
        self.begin_on_worker().await?;
        let plan = self.plan_in_turn(query).await;
        if let Some(refused) = plan.refused {
            return Err(refused.into());
        }
        if plan.acts() {
            return Err(QueryError::new(
                SqlState::FEATURE_NOT_SUPPORTED,
                "a cursor cannot call functions that act on sessions",
            ));
        }
        let sql = self.sent(&plan, query).into_owned();
        let limits = self.limits();
        let id = CursorId::mint();
        let (job, mut wish) = self.job(query.text(), Work::Run);
        let session = &*self;
        let work = async {
            let give_up = session.give_up();
            // As for every statement that needs an engine of the session's own.
            let _beginning = match &session.pinned {
                None => Some(session.begin_pinned(&job).await?),
                Some(_) => None,
            };
            let mut permit = session.admit(&job).await?;
            wish.memory_bytes = permit.memory_bytes();
            let mut avoided = Avoided::default();
            let has_engine = session.may_have_engine();
            loop {
                let (running, pin) = match &session.pinned {
                    Some(worker) => (worker.begin(wish.memory_bytes), Pin::Required),
                    None => {
                        let target = || session.begin_at_pin_target(&avoided, &wish);
                        (session.when_usable(give_up, target).await?, Pin::Start)
                    }
                };
                let worker = Arc::clone(running.worker());
                let request = OpenCursorRequest {
                    statement: Some(ExecuteRequest {
                        compression: Compression::None.into(),
                        session: Some(session.context(pin)),
                        query_id: limits.query_id.to_string(),
                        sql: session.plain_sql(&sql),
                        sealed_sql: session.sealed_sql(&sql),
                        memory_bytes: wish.memory_bytes,
                        short: permit.is_short(),
                        parameter_types: parameters.types.clone(),
                        parameters: parameters.ipc.clone(),
                        timeout_ms: timeout_ms(limits.deadline),
                    }),
                    cursor_id: id.to_string(),
                    scroll: options.scroll,
                };
                match heard(&running, worker.client().open_cursor(request).await) {
                    Ok(header) => return Ok((header, worker)),
                    Err(error) if error.is_refusal() && Instant::now() < give_up => {
                        let sent = Sent {
                            worker,
                            pin,
                            has_engine,
                            running,
                        };
                        let refused =
                            session.refused(error, sent, permit, &wish, &mut avoided, give_up);
                        permit = refused.await?;
                    }
                    Err(error) => {
                        if error.is_refusal() && !has_engine {
                            session.forget_tried();
                        }
                        return Err(error);
                    }
                }
            }
        };
        let (mut header, worker) = limits
            .hold(work)
            .await
            .map_err(|error| query.place(self.locate(query, error)))?;
        Self::shape(&plan, &mut header.columns);
        self.pinned = Some(worker);
        if !header.returns_rows {
            return Err(QueryError::new(
                SqlState::FEATURE_NOT_SUPPORTED,
                "a cursor needs a query that returns rows",
            ));
        }
        self.cursors.0.insert(
            name.to_owned(),
            Cursor {
                id,
                header: header.clone(),
                options,
                held: false,
            },
        );
        Ok(header)
    }

    pub(super) async fn fetch(
        &mut self,
        name: &str,
        motion: Motion,
        moves: bool,
    ) -> Result<Answer, QueryError> {
        let request = v1::Motion {
            direction: motion.direction.into(),
            count: motion.count,
            moves_only: moves,
        };
        // What a worker looks at that does not know of other directions.
        let rows_max = match motion.count {
            Motion::ALL => 0,
            count => count.unsigned_abs(),
        };
        let mut rows = self.fetch_rows(name, rows_max, Some(request)).await?;
        if !moves {
            return Ok(Answer::Rows(rows));
        }
        let complete = rows.finish().await?;
        Ok(Answer::Done(Completion::tagged(format!(
            "MOVE {}",
            complete.rows
        ))))
    }

    /// The next rows of an open cursor: at most `rows_max`, or all that are left.
    ///
    /// # Errors
    /// 34000 when it is not open.
    pub(crate) async fn fetch_cursor(
        &mut self,
        name: &str,
        rows_max: Option<u64>,
    ) -> Result<Rows, QueryError> {
        self.fetch_rows(name, rows_max.unwrap_or(0), None).await
    }

    async fn fetch_rows(
        &mut self,
        name: &str,
        rows_max: u64,
        motion: Option<v1::Motion>,
    ) -> Result<Rows, QueryError> {
        let cursor = self.cursors.find(name)?;
        let mut header = cursor.header.clone();
        let cursor_id = cursor.id.to_string();
        header.returns_rows = true;
        let limits = self.limits();
        let Some(worker) = self.pinned.clone() else {
            return Err(QueryError::worker_lost());
        };
        let (job, _) = self.job("FETCH", Work::Run);
        let work = async {
            let fetch = || {
                let worker = Arc::clone(&worker);
                let request = FetchCursorRequest {
                    session: Some(self.context(Pin::Required)),
                    query_id: limits.query_id.to_string(),
                    cursor_id: cursor_id.clone(),
                    rows_max,
                    timeout_ms: timeout_ms(limits.deadline),
                    motion,
                };
                async move {
                    let stream = worker.fetch_cursor(&request).await;
                    stream
                        .map(tonic::Response::into_inner)
                        .map_err(|status| QueryError::from_status(&status))
                }
            };
            let (stream, permit, running) = self.when_there_is_room(&worker, &job, fetch).await?;
            let (reply, limits) = (Reply::new(stream), limits.clone());
            Ok(Remote::new(reply, Ahead::new(), limits, permit, running))
        };
        let remote = limits.hold(work).await?;
        Ok(Rows::remote(header, remote))
    }

    pub(super) async fn close_cursor(
        &mut self,
        name: Option<&str>,
    ) -> Result<Completion, QueryError> {
        let Some(name) = name else {
            for name in self.cursors.names() {
                self.close_one_cursor(&name).await?;
            }
            self.release_if_clean();
            return Ok(Completion::tagged("CLOSE CURSOR ALL"));
        };
        self.cursors.find(name)?;
        self.close_one_cursor(name).await?;
        self.release_if_clean();
        Ok(Completion::tagged("CLOSE CURSOR"))
    }

    /// Closes what ends with the transaction, before the engine would keep it for later.
    pub(super) async fn close_transaction_cursors(
        &mut self,
        commits: bool,
    ) -> Result<(), QueryError> {
        for name in self.cursors.of_transaction(commits) {
            self.close_one_cursor(&name).await?;
        }
        Ok(())
    }

    /// Closes what was opened since a savepoint that had the cursors `before`.
    pub(super) async fn close_cursors_except(
        &mut self,
        before: &[String],
    ) -> Result<(), QueryError> {
        for name in self.cursors.names() {
            if !before.contains(&name) {
                self.close_one_cursor(&name).await?;
            }
        }
        Ok(())
    }

    /// Closes a cursor if it is open.
    ///
    /// # Errors
    /// When the worker cannot be reached.
    pub(crate) async fn close_one_cursor(&mut self, name: &str) -> Result<(), QueryError> {
        let Some(cursor) = self.cursors.0.remove(name) else {
            return Ok(());
        };
        let Some(worker) = self.pinned.clone() else {
            return Ok(());
        };
        let request = CloseCursorRequest {
            session: Some(self.context(Pin::Required)),
            cursor_id: cursor.id.to_string(),
        };
        // Little work, and no cancel keeps the engine from having to do it.
        match worker.client().close_cursor(request).await {
            Ok(_) => Ok(()),
            Err(status) => match QueryError::from_status(&status) {
                // A cursor that failed is closed by the engine itself.
                error if error.sqlstate == SqlState::INVALID_CURSOR_NAME => Ok(()),
                error => Err(error),
            },
        }
    }
}
