//! Cursors: results that stay open on the session's engine and are fetched in pieces.
//!
//! The statement runs once; the engine keeps its stream and gives the next rows when asked. A
//! client's name for a cursor is an entry here, its id on the worker is minted.

use std::collections::HashMap;
use std::sync::Arc;

use tavana_common::ids::CursorId;
use tavana_common::proto::v1::{
    CloseCursorRequest, ExecuteRequest, FetchCursorRequest, OpenCursorRequest, Pin, ResultHeader,
};

use super::rows::Remote;
use super::statement::FetchCount;
use super::{Answer, Completion, Facts, Parameters, Rows, Session, Statement, timeout_ms};
use crate::error::{QueryError, SqlState};
use crate::worker::Reply;

/// Cursors that one session may hold open: as many as an engine keeps.
const CURSORS_MAX: usize = 64;

/// The open cursors of a session.
#[derive(Debug, Default)]
pub(super) struct Cursors(HashMap<String, Cursor>);

#[derive(Debug)]
struct Cursor {
    id: CursorId,
    header: ResultHeader,
    hold: bool,
}

impl Cursors {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All are gone, on the worker too.
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    /// The names of those that end with their transaction.
    fn of_transaction(&self) -> Vec<String> {
        let ends = |(name, cursor): (&String, &Cursor)| (!cursor.hold).then(|| name.clone());
        self.0.iter().filter_map(ends).collect()
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

    pub(super) async fn declare(
        &mut self,
        name: &str,
        query: &Statement,
        hold: bool,
        scroll: bool,
        parameters: Parameters,
    ) -> Result<Completion, QueryError> {
        if self.block.as_ref().is_none_or(|block| block.implicit) && !hold {
            return Err(QueryError::new(
                SqlState::NO_ACTIVE_TRANSACTION,
                "DECLARE CURSOR can only be used in transaction blocks",
            ));
        }
        if scroll {
            return Err(QueryError::new(
                SqlState::FEATURE_NOT_SUPPORTED,
                "scrollable cursors are not supported",
            )
            .with_hint("Declare it with NO SCROLL."));
        }
        if hold {
            return Err(QueryError::new(
                SqlState::FEATURE_NOT_SUPPORTED,
                "cursors WITH HOLD are not supported",
            )
            .with_hint("Declare it without hold inside a transaction block."));
        }
        if self.cursors.0.contains_key(name) {
            return Err(QueryError::new(
                SqlState::DUPLICATE_CURSOR,
                format!("cursor \"{name}\" already exists"),
            ));
        }
        self.open_cursor(name, query, hold, parameters).await?;
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
        hold: bool,
        parameters: Parameters,
    ) -> Result<ResultHeader, QueryError> {
        if self.cursors.0.len() >= CURSORS_MAX {
            return Err(QueryError::new(
                SqlState::CONFIGURATION_LIMIT,
                format!("a session can hold {CURSORS_MAX} cursors open"),
            ));
        }
        self.begin_on_worker().await?;
        let limits = self.limits();
        let (worker, pin) = match &self.pinned {
            Some(worker) => (Arc::clone(worker), Pin::Required),
            None => (self.pin_target()?, Pin::Start),
        };
        let id = CursorId::mint();
        let request = OpenCursorRequest {
            statement: Some(ExecuteRequest {
                session: Some(self.context(pin)),
                query_id: limits.query_id.to_string(),
                sql: self.plain_sql(query.text()),
                sealed_sql: self.sealed_sql(query.text()),
                parameter_types: parameters.types,
                parameters: parameters.ipc,
                timeout_ms: timeout_ms(limits.deadline),
            }),
            cursor_id: id.to_string(),
        };
        let queue = &self.gateway.queue;
        let work = async {
            let _permit = queue.admit().await?;
            let _running = worker.begin();
            match worker.client().open_cursor(request).await {
                Ok(header) => Ok(header.into_inner()),
                Err(status) => Err(QueryError::from_status(&status)),
            }
        };
        let header = limits
            .hold(work)
            .await
            .map_err(|error| query.place(error))?;
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
                hold,
            },
        );
        Ok(header)
    }

    pub(super) async fn fetch(
        &mut self,
        name: &str,
        count: FetchCount,
        moves: bool,
    ) -> Result<Answer, QueryError> {
        let rows_max = match count {
            FetchCount::Rows(rows) => Some(rows),
            FetchCount::All => None,
            FetchCount::Backward => {
                self.cursors.find(name)?;
                return Err(QueryError::new(
                    SqlState::OBJECT_NOT_IN_STATE,
                    "cursor can only scan forward",
                )
                .with_hint("Declare it with SCROLL option to enable backward scan."));
            }
        };
        let mut rows = self.fetch_cursor(name, rows_max).await?;
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
        let cursor = self.cursors.find(name)?;
        let mut header = cursor.header.clone();
        let cursor_id = cursor.id.to_string();
        if rows_max == Some(0) {
            return Ok(Rows::local(header, Vec::new()));
        }
        header.returns_rows = true;
        let limits = self.limits();
        let Some(worker) = self.pinned.clone() else {
            return Err(QueryError::worker_lost());
        };
        let work = async {
            let permit = self.gateway.queue.admit().await?;
            let running = worker.begin();
            let request = FetchCursorRequest {
                session: Some(self.context(Pin::Required)),
                query_id: limits.query_id.to_string(),
                cursor_id,
                rows_max: rows_max.unwrap_or(0),
                timeout_ms: timeout_ms(limits.deadline),
            };
            let stream = worker
                .client()
                .fetch_cursor(request)
                .await
                .map_err(|status| QueryError::from_status(&status))?;
            let reply = Reply::new(stream.into_inner());
            Ok(Remote {
                reply,
                ahead: None,
                limits: limits.clone(),
                _permit: permit,
                _running: running,
            })
        };
        let remote = limits.hold(work).await?;
        Ok(Rows::remote(header, remote))
    }

    pub(super) async fn close_cursor(
        &mut self,
        name: Option<&str>,
    ) -> Result<Completion, QueryError> {
        let Some(name) = name else {
            let names: Vec<String> = self.cursors.0.keys().cloned().collect();
            for name in names {
                self.close_one_cursor(&name).await?;
            }
            return Ok(Completion::tagged("CLOSE CURSOR ALL"));
        };
        self.cursors.find(name)?;
        self.close_one_cursor(name).await?;
        Ok(Completion::tagged("CLOSE CURSOR"))
    }

    /// Closes what ends with the transaction, before the engine would keep it for later.
    pub(super) async fn close_transaction_cursors(&mut self) -> Result<(), QueryError> {
        for name in self.cursors.of_transaction() {
            self.close_one_cursor(&name).await?;
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
        match self
            .limits()
            .hold(async { Ok(worker.client().close_cursor(request).await) })
            .await?
        {
            Ok(_) => Ok(()),
            Err(status) => Err(QueryError::from_status(&status)),
        }
    }
}
