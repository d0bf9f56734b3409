//! Rows on their way to a PostgreSQL client.
//!
//! One batch is decoded at a time, and encoded in pieces of about 256 KiB that are sent before the
//! next is made: a client that stops reading stops DuckDB.

use std::collections::HashMap;
use std::task::Poll;

use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::SchemaRef;
use pgwire::messages::PgWireBackendMessage;
use pgwire::messages::data::{FieldDescription, RowDescription};
use tavana_common::proto::v1::{Column, StatementKind};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_util::sync::CancellationToken;

use super::connection::{Connection, Fault};
use super::encode::{EncodeError, ResultFormat, RowEncoder};
use super::text::TextOptions;
use super::types::describe;
use super::wire::{FLUSH_BYTES, Wire, WireError};
use crate::error::{QueryError, SqlState};
use crate::session::{Class, Rows, Statement, command_tag};
use crate::worker::{decode_batch, decode_schema};

/// A result that is being sent.
#[derive(Debug)]
pub(super) struct ActiveRows {
    rows: Rows,
    batches: Batches,
    encoder: RowEncoder,
    /// The batch in hand and its first row that was not sent.
    current: Option<(RecordBatch, usize)>,
    sent: u64,
}

/// Decodes the IPC messages of one result.
#[derive(Debug)]
pub(super) struct Batches {
    schema: SchemaRef,
    dictionaries: HashMap<i64, ArrayRef>,
}

impl Batches {
    pub(super) fn new(schema_message: &[u8]) -> Result<Self, QueryError> {
        let schema = decode_schema(schema_message).map_err(undecodable)?;
        Ok(Self {
            schema,
            dictionaries: HashMap::new(),
        })
    }

    pub(super) fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    /// The next batch of rows; `None` only after the worker said that the result is complete.
    pub(super) async fn next(
        &mut self,
        rows: &mut Rows,
    ) -> Result<Option<RecordBatch>, QueryError> {
        while let Some(batch) = rows.next().await {
            let decoded = decode_batch(&batch?, &self.schema, &mut self.dictionaries);
            if let Some(batch) = decoded.map_err(undecodable)?
                && batch.num_rows() > 0
            {
                return Ok(Some(batch));
            }
        }
        Ok(None)
    }
}

fn undecodable(error: arrow_schema::ArrowError) -> QueryError {
    QueryError::internal(format!("could not decode the worker's rows: {error}"))
}

impl ActiveRows {
    /// `formats` as in Bind: none = all text, one = all, or one for each column.
    pub(super) fn new(
        rows: Rows,
        formats: &[i16],
        options: &TextOptions,
    ) -> Result<Self, QueryError> {
        let facts = rows.facts();
        let batches = Batches::new(&facts.schema)?;
        let types: Vec<String> = facts
            .columns
            .iter()
            .map(|column| column.duckdb_type.clone())
            .collect();
        let formats = column_formats(formats, types.len())?;
        let encoder = RowEncoder::new(batches.schema(), &types, &formats, options)
            .map_err(|error| encode_error(&error))?;
        Ok(Self {
            rows,
            batches,
            encoder,
            current: None,
            sent: 0,
        })
    }

    pub(super) fn columns(&self) -> &[Column] {
        &self.rows.facts().columns
    }

    pub(super) fn sent(&self) -> u64 {
        self.sent
    }

    /// The tag tells the rows of one Execute, not of those before it.
    pub(super) fn count_anew(&mut self) {
        self.sent = 0;
    }

    /// The next piece of the same open result, from a cursor of the worker.
    pub(super) fn resume(&mut self, rows: Rows) {
        self.rows = rows;
        self.sent = 0;
    }

    /// The command tag, once all rows were sent.
    pub(super) fn tag(&self, statement: &Statement) -> String {
        if let Class::Fetch { .. } = statement.class() {
            return format!("FETCH {}", self.sent);
        }
        if let Class::Show { .. } = statement.class() {
            return "SHOW".to_owned();
        }
        let facts = self.rows.facts();
        let changed = self
            .rows
            .complete()
            .and_then(|complete| complete.changed_rows);
        let kind = match facts.kind() {
            // DuckDB answers CALL, PRAGMA and the like with rows: clients know them as SELECT.
            StatementKind::Call | StatementKind::Pragma | StatementKind::Other => {
                StatementKind::Select
            }
            kind => kind,
        };
        command_tag(kind, statement.text(), self.sent, changed)
    }
}

/// What became of a request for rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sent {
    /// The result is complete.
    All,
    /// As many as were asked for; there may be more.
    Limit,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Connection<S> {
    /// Sends rows: all of them, or at most `rows_max`.
    pub(super) async fn send_rows(
        &mut self,
        active: &mut ActiveRows,
        rows_max: Option<u64>,
    ) -> Result<Sent, Fault> {
        let cancelled = self.session.canceller().current();
        let mut left = rows_max.unwrap_or(u64::MAX);
        loop {
            let (batch, start) = match active.current.take() {
                Some(current) => current,
                None if left == 0 => return Ok(Sent::Limit),
                None => {
                    let ActiveRows { rows, batches, .. } = active;
                    match next_batch(&mut self.wire, batches, rows, &cancelled).await? {
                        Some(batch) => (batch, 0),
                        None => return Ok(Sent::All),
                    }
                }
            };
            if left == 0 {
                active.current = Some((batch, start));
                return Ok(Sent::Limit);
            }
            let rows = u64::try_from(batch.num_rows() - start)
                .unwrap_or(u64::MAX)
                .min(left);
            let end = start + usize::try_from(rows).unwrap_or(usize::MAX);
            let mut at = start;
            while at < end {
                let next = active
                    .encoder
                    .encode_until(&batch, at..end, FLUSH_BYTES, self.wire.output())
                    .map_err(|error| encode_error(&error))?;
                let count = u64::try_from(next - at).unwrap_or(u64::MAX);
                active.sent += count;
                left -= count;
                at = next;
                if self.wire.output().len() >= FLUSH_BYTES {
                    send_ready(&mut self.wire, &cancelled).await?;
                }
            }
            if at < batch.num_rows() {
                active.current = Some((batch, at));
            }
        }
    }

    pub(super) fn put_row_description(
        &mut self,
        columns: &[Column],
        formats: &[i16],
    ) -> Result<(), Fault> {
        let formats = column_formats(formats, columns.len())?;
        let fields = columns
            .iter()
            .zip(formats)
            .map(|(column, format)| {
                let described = describe(&column.duckdb_type);
                let format = match format {
                    ResultFormat::Text => 0,
                    ResultFormat::Binary => 1,
                };
                FieldDescription::new(
                    column.name.replace('\0', ""),
                    0,
                    0,
                    described.oid,
                    described.size,
                    described.typmod,
                    format,
                )
            })
            .collect();
        let message = RowDescription::new(fields);
        self.wire
            .put(&PgWireBackendMessage::RowDescription(message))
            .map_err(|problem| match problem {
                // A message of the library's can be 2 GiB at most; names of columns are bounded by it.
                WireError::Encode(_) => {
                    Fault::Query(QueryError::new(SqlState::PROGRAM_LIMIT, "too many columns"))
                }
                other => other.into(),
            })
    }
}

/// The next batch. While it is waited for, the client has what is ready and is seen to go away.
pub(super) async fn next_batch<S: AsyncRead + AsyncWrite + Unpin>(
    wire: &mut Wire<S>,
    batches: &mut Batches,
    rows: &mut Rows,
    cancelled: &CancellationToken,
) -> Result<Option<RecordBatch>, Fault> {
    let mut next = std::pin::pin!(batches.next(rows));
    if let Poll::Ready(next) = futures::poll!(next.as_mut()) {
        return Ok(next?);
    }
    send_ready(wire, cancelled).await?;
    tokio::select! {
        biased;
        next = next => Ok(next?),
        problem = wire.gone() => Err(problem.into()),
    }
}

/// Sends all output, unless the statement is cancelled first.
pub(super) async fn send_ready<S: AsyncRead + AsyncWrite + Unpin>(
    wire: &mut Wire<S>,
    cancelled: &CancellationToken,
) -> Result<(), Fault> {
    tokio::select! {
        biased;
        sent = wire.flush() => sent.map_err(Fault::from),
        () = cancelled.cancelled() => Err(QueryError::canceled().into()),
    }
}

/// One format for each column, from the codes of Bind.
///
/// # Errors
/// 08P01 when there are neither none, nor one, nor as many as columns; 22023 for another code.
pub(super) fn column_formats(
    codes: &[i16],
    columns: usize,
) -> Result<Vec<ResultFormat>, QueryError> {
    let format = |code: &i16| match code {
        0 => Ok(ResultFormat::Text),
        1 => Ok(ResultFormat::Binary),
        code => Err(QueryError::new(
            SqlState::INVALID_PARAMETER,
            format!("unsupported format code: {code}"),
        )),
    };
    match codes {
        [] => Ok(vec![ResultFormat::Text; columns]),
        [code] => Ok(vec![format(code)?; columns]),
        codes if codes.len() == columns => codes.iter().map(format).collect(),
        codes => Err(QueryError::new(
            SqlState::PROTOCOL_VIOLATION,
            format!(
                "bind message has {} result formats but query has {columns} columns",
                codes.len()
            ),
        )),
    }
}

pub(super) fn encode_error(error: &EncodeError) -> QueryError {
    QueryError::new(SqlState(error.sql_state()), error.to_string())
}
