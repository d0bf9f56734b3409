//! The parameters that a client puts: Arrow batches, one column for each parameter, one row for
//! each execution.

use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_flight::FlightData;
use arrow_flight::decode::FlightRecordBatchStream;
use arrow_flight::error::FlightError;
use arrow_ipc::writer::StreamWriter;
use arrow_schema::{DataType, Schema, SchemaRef};
use bytes::Bytes;
use futures::{Stream, StreamExt, TryStreamExt};
use tonic::Status;

use super::arrow_message;
use super::info::internal;
use super::types::{duckdb_of_arrow, parameter_type};
use crate::kept::{Keeper, Kept};

/// Executions that one call may ask for.
const ROWS_MAX: usize = 4_000_000;

/// Batches of parameters as the client sent them.
#[derive(Debug)]
pub(crate) struct ParameterBatches {
    schema: SchemaRef,
    batches: Vec<RecordBatch>,
    kept: Arc<Kept>,
}

impl ParameterBatches {
    /// Reads `messages` to their end; together they may take `bytes_max`, also when they are
    /// unfolded.
    pub(crate) async fn read(
        messages: impl Stream<Item = Result<FlightData, Status>> + Send + 'static,
        bytes_max: usize,
        keeper: &Keeper,
    ) -> Result<Self, Status> {
        let kept = Arc::new(keeper.keep(0).map_err(|error| error.grpc_status())?);
        let room = Arc::clone(&kept);
        let mut bytes = 0_usize;
        let bounded = messages.map(move |message| {
            let message = message.map_err(|status| FlightError::Tonic(Box::new(status)))?;
            let taken = check(&message, bytes_max).and_then(|unfolded| {
                let more = message.data_header.len() + message.data_body.len().max(unfolded);
                bytes = bytes.saturating_add(more);
                if bytes > bytes_max {
                    return Err(too_many(bytes_max));
                }
                room.grow(more).map_err(|error| error.grpc_status())
            });
            taken.map_err(|status| FlightError::Tonic(Box::new(status)))?;
            Ok(message)
        });
        let mut stream = FlightRecordBatchStream::new_from_flight_data(bounded);
        let mut batches: Vec<RecordBatch> = Vec::new();
        let mut rows = 0_usize;
        while let Some(batch) = stream.try_next().await.map_err(refused)? {
            rows = rows.saturating_add(batch.num_rows());
            if rows > ROWS_MAX {
                return Err(too_many(bytes_max));
            }
            batches.push(batch);
        }
        let schema = stream
            .schema()
            .map_or_else(|| Arc::new(Schema::empty()), Arc::clone);
        Ok(Self {
            schema,
            batches,
            kept,
        })
    }

    /// Parameters of one execution.
    pub(crate) fn columns(&self) -> usize {
        self.schema.fields().len()
    }

    /// Executions.
    pub(crate) fn rows(&self) -> u64 {
        self.batches
            .iter()
            .map(|batch| batch.num_rows() as u64)
            .sum()
    }

    /// For each parameter the DuckDB type that it should have, when the statement gives it the type
    /// `inferred`. A value keeps its own type, so that `? + 1` does not overflow because DuckDB
    /// took the parameter for an INTEGER. Text takes the inferred type: DuckDB casts it.
    pub(crate) fn declared_types(&self, inferred: &[String]) -> Vec<String> {
        self.schema
            .fields()
            .iter()
            .zip(inferred)
            .map(|(field, inferred)| {
                if is_text(field.data_type()) || *field.data_type() == parameter_type(inferred) {
                    return inferred.clone();
                }
                duckdb_of_arrow(field).unwrap_or_else(|| inferred.clone())
            })
            .collect()
    }

    /// The room that they take.
    pub(crate) fn kept(&self) -> Arc<Kept> {
        Arc::clone(&self.kept)
    }

    /// All rows as one Arrow IPC stream.
    pub(crate) fn to_ipc(&self) -> Result<Bytes, Status> {
        let mut writer =
            StreamWriter::try_new(Vec::new(), &self.schema).map_err(|error| internal(&error))?;
        for batch in self.batches.iter().filter(|batch| batch.num_rows() > 0) {
            writer.write(batch).map_err(|error| internal(&error))?;
        }
        writer
            .into_inner()
            .map(Bytes::from)
            .map_err(|error| internal(&error))
    }
}

/// Refuses a message whose header does not fit its body, or that would unfold to more than
/// `bytes_max`: the decoder trusts both. To how many bytes it unfolds.
fn check(message: &FlightData, bytes_max: usize) -> Result<usize, Status> {
    let malformed = || Status::invalid_argument("the parameters are no Arrow batches");
    let Some(checked) = arrow_message::check(message).ok_or_else(malformed)? else {
        let header = arrow_ipc::root_as_message(&message.data_header).map_err(|_| malformed())?;
        return match header.header_as_schema() {
            Some(_) => arrow_message::schema_of(&message.data_header)
                .map(|_| 0)
                .ok_or_else(malformed),
            None => Ok(0),
        };
    };
    if checked.unfolded_bytes > bytes_max || checked.rows > ROWS_MAX as u64 {
        return Err(too_many(bytes_max));
    }
    Ok(checked.unfolded_bytes)
}

fn is_text(data_type: &DataType) -> bool {
    match data_type {
        DataType::Null | DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => true,
        DataType::Dictionary(_, values) => is_text(values),
        _ => false,
    }
}

fn too_many(bytes_max: usize) -> Status {
    Status::resource_exhausted(format!(
        "the parameters take more than {bytes_max} bytes or {ROWS_MAX} rows; send fewer at once, or \
         ingest them"
    ))
}

fn refused(error: FlightError) -> Status {
    match error {
        FlightError::Tonic(status) => *status,
        other => Status::invalid_argument(format!("the parameters are no Arrow batches: {other}")),
    }
}

#[cfg(test)]
mod tests {
    use arrow_array::types::Int8Type;
    use arrow_array::{ArrayRef, DictionaryArray, Int64Array, StringViewArray};
    use arrow_flight::encode::FlightDataEncoderBuilder;
    use tonic::Code;

    use super::*;
    use crate::kept::Store;

    async fn read(batches: Vec<RecordBatch>, bytes_max: usize) -> Result<ParameterBatches, Status> {
        let messages: Vec<_> = FlightDataEncoderBuilder::new()
            .with_dictionary_handling(arrow_flight::encode::DictionaryHandling::Resend)
            .build(futures::stream::iter(batches.into_iter().map(Ok)))
            .map_err(Status::from)
            .collect()
            .await;
        read_messages(messages, bytes_max).await
    }

    async fn read_messages(
        messages: Vec<Result<FlightData, Status>>,
        bytes_max: usize,
    ) -> Result<ParameterBatches, Status> {
        let keeper = Store::new(1 << 30, 0).keeper();
        ParameterBatches::read(futures::stream::iter(messages), bytes_max, &keeper).await
    }

    /// Rows of zeros, one message for each number of them.
    async fn zeros(rows: &[usize]) -> Vec<Result<FlightData, Status>> {
        let options = arrow_ipc::writer::IpcWriteOptions::default()
            .try_with_compression(Some(arrow_ipc::CompressionType::ZSTD))
            .expect("compiled in");
        let batches: Vec<_> = rows
            .iter()
            .map(|rows| {
                let zeros = Arc::new(Int64Array::from(vec![0; *rows])) as ArrayRef;
                Ok(RecordBatch::try_from_iter([("1", zeros)]).expect("one column"))
            })
            .collect();
        FlightDataEncoderBuilder::new()
            .with_options(options)
            .build(futures::stream::iter(batches))
            .map_err(Status::from)
            .collect()
            .await
    }

    fn batch() -> RecordBatch {
        let dictionary: DictionaryArray<Int8Type> = ["x", "y", "x"].into_iter().collect();
        RecordBatch::try_from_iter([
            ("1", Arc::new(Int64Array::from(vec![1, 2, 3])) as ArrayRef),
            (
                "2",
                Arc::new(StringViewArray::from(vec![Some("a"), None, Some("c")])) as ArrayRef,
            ),
            ("3", Arc::new(dictionary) as ArrayRef),
        ])
        .expect("columns of equal length")
    }

    #[tokio::test]
    async fn rows_of_several_batches_become_one_ipc_stream() {
        let parameters = read(vec![batch(), batch()], 1 << 20).await.expect("reads");
        assert_eq!((parameters.columns(), parameters.rows()), (3, 6));
        let ipc = parameters.to_ipc().expect("encodes");
        let reader = arrow_ipc::reader::StreamReader::try_new(ipc.as_ref(), None).expect("IPC");
        let batches: Vec<_> = reader.map(|batch| batch.expect("a batch")).collect();
        assert_eq!(batches, [batch(), batch()]);
    }

    #[tokio::test]
    async fn numbers_keep_their_type_and_text_takes_the_inferred_one() {
        let parameters = read(vec![batch()], 1 << 20).await.expect("reads");
        let inferred = ["INTEGER", "DATE", "UUID"].map(str::to_owned);
        assert_eq!(
            parameters.declared_types(&inferred),
            ["BIGINT", "DATE", "UUID"]
        );
    }

    #[tokio::test]
    async fn parameters_over_the_bound_are_refused() {
        let status = read(vec![batch(); 100], 4096)
            .await
            .expect_err("over 4096 bytes");
        assert_eq!(status.code(), Code::ResourceExhausted);
    }

    #[tokio::test]
    async fn a_header_that_does_not_fit_its_body_is_refused() {
        let mut messages: Vec<FlightData> = FlightDataEncoderBuilder::new()
            .build(futures::stream::iter([Ok(batch())]))
            .map(|message| message.expect("encodes"))
            .collect()
            .await;
        let last = messages.last_mut().expect("a batch");
        last.data_body = last.data_body.slice(..last.data_body.len() / 2);
        let messages = messages.into_iter().map(Ok).collect();
        let status = read_messages(messages, 1 << 20).await.expect_err("cut");
        assert_eq!(status.code(), Code::InvalidArgument);
    }

    #[tokio::test]
    async fn a_buffer_that_claims_to_unfold_to_more_than_the_bound_is_refused() {
        let status = read_messages(zeros(&[100_000]).await, 64 * 1024)
            .await
            .expect_err("800 kB");
        assert_eq!(status.code(), Code::ResourceExhausted);
    }

    #[tokio::test]
    async fn messages_that_unfold_to_more_than_the_bound_together_are_refused() {
        let status = read_messages(zeros(&[6_000; 10]).await, 64 * 1024)
            .await
            .expect_err("480 kB");
        assert_eq!(status.code(), Code::ResourceExhausted);
        read_messages(zeros(&[6_000]).await, 64 * 1024)
            .await
            .expect("one of them fits");
    }

    #[tokio::test]
    async fn parameters_take_room_among_what_their_session_keeps_until_they_are_dropped() {
        const MIB: usize = 1 << 20;
        let keeper = Store::new(2 * MIB, MIB).keeper();
        let read = || async {
            let messages = futures::stream::iter(zeros(&[150_000]).await);
            ParameterBatches::read(messages, 4 * MIB, &keeper).await
        };
        let first = read().await.expect("1.2 MB");
        let status = read().await.expect_err("2.4 MB");
        assert_eq!(status.code(), Code::ResourceExhausted);
        drop(first);
        read().await.expect("there is room again");
    }
}
