//! COPY ... FROM STDIN: the client's data becomes Arrow batches and streams to the worker, so that
//! memory does not grow with it.

use std::sync::Arc;

use arrow_array::RecordBatch;
use pgwire::messages::PgWireBackendMessage;
use pgwire::messages::copy::CopyInResponse;
use tavana_common::proto::v1::AppendFinish;
use tavana_common::proto::v1::append_request::Message as Appended;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::mpsc;

use super::format::{CopyDecoder, CopyFormat, CopyInput};
use super::options::{self, Way};
use crate::error::{QueryError, SqlState};
use crate::pg::connection::{Connection, Fault};
use crate::pg::frontend::{Message, decode};
use crate::pg::wire::{Frame, Wire, WireError};
use crate::session::statement::{CopyOptions, quote_identifier};
use crate::session::{AppendTarget, Class, Statement};
use crate::worker::encode_local;

/// Batches on their way to the worker.
const BATCHES_AHEAD: usize = 4;

impl<S: AsyncRead + AsyncWrite + Unpin> Connection<S> {
    /// COPY ... FROM STDIN.
    pub(in crate::pg) async fn copy_in(
        &mut self,
        table: &[String],
        columns: &[String],
        options: &CopyOptions,
    ) -> Result<(), Fault> {
        let copying = options::parse(options, Way::In)?;
        let format = copying.format;
        let (names, types) = self.target_columns(table, columns).await?;
        let input = CopyInput {
            match_header: copying.match_header,
            force_not_null: copying.force_not_null.among(&names)?,
            force_null: copying.force_null.among(&names)?,
            names,
        };
        let code = i8::from(matches!(format, CopyFormat::Binary));
        let count = i16::try_from(types.len()).unwrap_or(i16::MAX);
        self.wire
            .put(&PgWireBackendMessage::CopyInResponse(CopyInResponse::new(
                code,
                count,
                vec![i16::from(code); types.len()],
            )))?;
        self.wire.flush().await?;
        let decoder = CopyDecoder::new(format, &types)
            .map_err(|error| QueryError::new(SqlState(error.sql_state()), error.to_string()))?
            .with(input);
        let (sender, receiver) = mpsc::channel(BATCHES_AHEAD);
        let schema = encode_local(&RecordBatch::new_empty(Arc::clone(decoder.schema())))
            .map_err(|error| QueryError::internal(error.to_string()))?
            .0;
        let target = target(table, columns)?;
        let (appended, read) = {
            let append = self.session.append(target, schema, receiver);
            let read = read_data(&mut self.wire, decoder, sender);
            tokio::pin!(append, read);
            // The worker may refuse early; the client's data is then read and thrown away.
            tokio::select! {
                biased;
                appended = &mut append => (appended, read.await),
                read = &mut read => match read {
                    // Dropping the append cancels it: nothing of a broken stream is kept.
                    Err(fault) => return Err(fault),
                    Ok(()) => (append.await, Ok(())),
                },
            }
        };
        // What the worker says comes before what became of the data that nobody wanted any more.
        match (appended, read) {
            (Ok(rows), Ok(())) => self
                .command_complete(&format!("COPY {rows}"))
                .map_err(Fault::from),
            (_, Err(Fault::Wire(problem))) => Err(problem.into()),
            (Err(error), _) => Err(error.into()),
            (Ok(_), Err(fault)) => Err(fault),
        }
    }

    /// The columns that the data is for: their names, and their types as DuckDB spells them.
    async fn target_columns(
        &mut self,
        table: &[String],
        columns: &[String],
    ) -> Result<(Vec<String>, Vec<String>), Fault> {
        let list = if columns.is_empty() {
            "*".to_owned()
        } else {
            columns
                .iter()
                .map(|column| quote_identifier(column))
                .collect::<Vec<_>>()
                .join(", ")
        };
        let name: Vec<String> = table.iter().map(|part| quote_identifier(part)).collect();
        let text = format!("SELECT {list} FROM {}", name.join("."));
        let facts = self
            .session
            .prepare(&Statement::internal(text, Class::Read), &[])
            .await?;
        Ok(facts
            .columns
            .into_iter()
            .map(|column| (column.name, column.duckdb_type))
            .unzip())
    }
}

fn target(table: &[String], columns: &[String]) -> Result<AppendTarget, QueryError> {
    let mut parts = table.iter().rev().cloned();
    let target = AppendTarget {
        table: parts.next().unwrap_or_default(),
        schema: parts.next().unwrap_or_default(),
        catalog: parts.next().unwrap_or_default(),
        columns: columns.to_vec(),
    };
    match parts.next() {
        None => Ok(target),
        Some(_) => Err(QueryError::new(
            SqlState::SYNTAX_ERROR,
            "improper qualified name (too many dotted names)",
        )),
    }
}

/// Reads up to CopyDone. Flush and Sync in between are ignored, as the protocol asks.
async fn read_data<S: AsyncRead + AsyncWrite + Unpin>(
    wire: &mut Wire<S>,
    mut decoder: CopyDecoder,
    batches: mpsc::Sender<Appended>,
) -> Result<(), Fault> {
    // The first thing that is wrong with the data; the rest is still read to its end.
    let mut wrong: Option<QueryError> = None;
    loop {
        let Some(frame) = wire.read_in_time().await? else {
            return Err(QueryError::writer_idle().into());
        };
        let (tag, body) = match frame {
            Frame::Message { tag, body } => (tag, body),
            Frame::TooLong { .. } => {
                wrong.get_or_insert_with(|| {
                    QueryError::new(SqlState::PROGRAM_LIMIT, "the message is too long")
                });
                continue;
            }
        };
        match decode(tag, body)? {
            Message::CopyData(_) if wrong.is_some() => {}
            Message::CopyData(data) => match decoder.push(&data) {
                Ok(ready) => send(ready, &batches).await?,
                Err(error) => {
                    wrong = Some(QueryError::new(
                        SqlState(error.sql_state()),
                        error.to_string(),
                    ));
                }
            },
            Message::CopyDone => {
                if let Some(error) = wrong {
                    return Err(error.into());
                }
                let rest = decoder.finish().map_err(|error| {
                    QueryError::new(SqlState(error.sql_state()), error.to_string())
                })?;
                send(rest, &batches).await?;
                // A closed channel: see `send`.
                drop(batches.send(Appended::Finish(AppendFinish {})).await);
                return Ok(());
            }
            Message::CopyFail(reason) => {
                return Err(QueryError::new(
                    SqlState::QUERY_CANCELED,
                    format!("COPY from stdin failed: {reason}"),
                )
                .into());
            }
            Message::Flush | Message::Sync => {}
            Message::Terminate => return Err(WireError::Closed.into()),
            _ => {
                return Err(QueryError::new(
                    SqlState::PROTOCOL_VIOLATION,
                    "unexpected message type during COPY from stdin",
                )
                .into());
            }
        }
    }
}

async fn send(ready: Vec<RecordBatch>, batches: &mpsc::Sender<Appended>) -> Result<(), Fault> {
    for rows in ready {
        let (_, batch) =
            encode_local(&rows).map_err(|error| QueryError::internal(error.to_string()))?;
        // A closed channel: the worker refused, and its word comes from there.
        if batches.send(Appended::Batch(batch)).await.is_err() {
            return Ok(());
        }
    }
    Ok(())
}
