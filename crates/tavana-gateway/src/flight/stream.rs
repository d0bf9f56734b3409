//! The rows of a statement as Flight messages: the worker's own bytes, neither decoded nor encoded
//! again.

use arrow_flight::FlightData;
use bytes::Bytes;
use futures::StreamExt;
use tavana_common::proto::v1::Batch;
use tonic::Status;

use super::hold::Holder;
use super::idle;
use super::info::FlightStream;
use super::running::Run;
use crate::error::QueryError;
use crate::queue::Patience;
use crate::session::Rows;

/// The schema, then the batches as they come. Dropping the stream cancels the statement; a stream
/// that fails ends in its error, and only a result that the worker called complete ends without.
/// The statement is over as soon as it is cancelled, or when its reader has stopped for longer than
/// `patience` lasts, whether or not the reader ever comes back.
pub(crate) fn of_rows(
    schema: Bytes,
    reading: Reading,
    patience: Patience,
) -> FlightStream<FlightData> {
    let stopped = reading.run.stopped().clone();
    let stream = futures::stream::unfold(Phase::Schema(schema, reading), Phase::next).boxed();
    idle::bounded(stream, patience, stopped)
}

/// Rows with what they need while they are read.
pub(crate) struct Reading {
    rows: Rows,
    run: Run,
    /// Nothing follows, and the session knows why.
    is_over: bool,
    /// Last, so that the session is free only after the rows are gone.
    hold: Option<Holder>,
}

impl Reading {
    pub(crate) fn new(rows: Rows, hold: Option<Holder>, run: Run) -> Self {
        Self {
            rows,
            run,
            is_over: false,
            hold,
        }
    }

    /// The next batch. Nothing follows an error, and without one `None` comes only when the worker
    /// has called the result complete.
    ///
    /// # Cancel safety
    /// Cancel safe: a batch is either returned or still to come.
    pub(crate) async fn next(&mut self) -> Option<Result<Batch, Status>> {
        let (run, rows) = (&self.run, &mut self.rows);
        let next = async {
            tokio::select! {
                biased;
                error = run.stopped_early() => Some(Err(error)),
                next = rows.next() => next,
            }
        };
        let next = match &self.hold {
            Some(hold) => hold.asked(next).await,
            None => next.await,
        };
        match next {
            Some(Ok(batch)) => Some(Ok(batch)),
            Some(Err(error)) => {
                self.failed(&error);
                Some(Err(error.grpc_status()))
            }
            None if self.rows.complete().is_some() => {
                self.is_over = true;
                None
            }
            None => {
                let error = QueryError::internal("the result ended without its last message");
                Some(Err(error.grpc_status()))
            }
        }
    }

    /// Knows what may end the statement while nobody asks for its rows.
    pub(crate) fn run(&self) -> &Run {
        &self.run
    }

    fn failed(&mut self, error: &QueryError) {
        self.is_over = true;
        if let Some(hold) = &self.hold {
            hold.failed(error);
        }
    }
}

impl Drop for Reading {
    /// A statement that was cancelled while nobody read it has failed like any other: its
    /// transaction does not go on.
    fn drop(&mut self) {
        if !self.is_over && self.run.stopped().is_cancelled() {
            self.failed(&QueryError::canceled());
        }
    }
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
            Self::Batches(mut reading) => match reading.next().await? {
                Ok(batch) => Some((Ok(message(batch)), Self::Batches(reading))),
                Err(status) => Some((Err(status), Self::Ended)),
            },
            Self::Ended => None,
        }
    }
}

/// A batch as it goes to a client.
pub(crate) fn message(batch: Batch) -> FlightData {
    FlightData::new()
        .with_data_header(batch.header)
        .with_data_body(batch.body)
}
