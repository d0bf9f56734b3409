//! The rows of a statement as Flight messages: the worker's own bytes, neither decoded nor encoded
//! again.

use arrow_flight::FlightData;
use bytes::Bytes;
use futures::StreamExt;
use tavana_common::proto::v1::Batch;
use tonic::Status;

use super::info::FlightStream;
use super::running::Run;
use super::schema;
use super::sessions::Lease;
use crate::error::QueryError;
use crate::session::Rows;

/// The schema, then the batches as they come. Dropping the stream cancels the statement; a stream
/// that fails ends in its error, and only a result that the worker called complete ends without.
pub(crate) fn of_rows(
    rows: Rows,
    hold: Option<Lease>,
    run: Run,
) -> Result<FlightStream<FlightData>, Status> {
    let schema = schema::for_clients(&rows.facts().schema)?;
    let reading = Reading { rows, run, hold };
    Ok(futures::stream::unfold(Phase::Schema(schema, reading), Phase::next).boxed())
}

struct Reading {
    rows: Rows,
    run: Run,
    /// Last, so that the session is free only after the rows are gone.
    hold: Option<Lease>,
}

enum Phase {
    Schema(Bytes, Reading),
    Batches(Reading),
    Ended,
}

impl Phase {
    async fn next(self) -> Option<(Result<FlightData, Status>, Self)> {
        match self {
            Self::Schema(schema, reading) => {
                let first = FlightData::new().with_data_header(schema);
                Some((Ok(first), Self::Batches(reading)))
            }
            Self::Batches(mut reading) => {
                let next = tokio::select! {
                    biased;
                    () = reading.run.stopped().cancelled() => Some(Err(QueryError::canceled())),
                    next = reading.rows.next() => next,
                };
                match next {
                    Some(Ok(batch)) => Some((Ok(message(batch)), Self::Batches(reading))),
                    Some(Err(error)) => {
                        if let Some(session) = &mut reading.hold {
                            session.failed(&error);
                        }
                        Some((Err(error.grpc_status()), Self::Ended))
                    }
                    None if reading.rows.complete().is_some() => None,
                    None => Some((
                        Err(
                            QueryError::internal("the result ended without its last message")
                                .grpc_status(),
                        ),
                        Self::Ended,
                    )),
                }
            }
            Self::Ended => None,
        }
    }
}

fn message(batch: Batch) -> FlightData {
    FlightData::new()
        .with_data_header(batch.header)
        .with_data_body(batch.body)
}
