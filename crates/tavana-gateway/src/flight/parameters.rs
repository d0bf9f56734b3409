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

/// Executions that one call may ask for.
const ROWS_MAX: usize = 4_000_000;

/// Batches of parameters as the client sent them.
#[derive(Debug)]
pub(crate) struct ParameterBatches {
    schema: SchemaRef,
    batches: Vec<RecordBatch>,
}

impl ParameterBatches {
    /// Reads `messages` to their end; together they may take `bytes_max`.
    pub(crate) async fn read(
        messages: impl Stream<Item = Result<FlightData, Status>> + Send + 'static,
        bytes_max: usize,
    ) -> Result<Self, Status> {
        let mut bytes = 0_usize;
        let bounded = messages.map(move |message| {
            let message = message.map_err(|status| FlightError::Tonic(Box::new(status)))?;
            bytes = bytes.saturating_add(message.data_header.len() + message.data_body.len());
            let checked = if bytes > bytes_max {
                Err(too_many(bytes_max))
            } else {
                check(&message, bytes_max)
            };
            checked.map_err(|status| FlightError::Tonic(Box::new(status)))?;
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
        Ok(Self { schema, batches })
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
/// `bytes_max`: the decoder trusts both.
fn check(message: &FlightData, bytes_max: usize) -> Result<(), Status> {
    let malformed = || Status::invalid_argument("the parameters are no Arrow batches");
    let Some(checked) = arrow_message::check(message).ok_or_else(malformed)? else {
        let header = arrow_ipc::root_as_message(&message.data_header).map_err(|_| malformed())?;
        return match header.header_as_schema() {
            Some(_) => arrow_message::schema_of(&message.data_header)
                .map(drop)
                .ok_or_else(malformed),
            None => Ok(()),
        };
    };
    if checked.unfolded_bytes > bytes_max || checked.rows > ROWS_MAX as u64 {
        return Err(too_many(bytes_max));
    }
    Ok(())
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

    async fn read(batches: Vec<RecordBatch>, bytes_max: usize) -> Result<ParameterBatches, Status> {
        let messages: Vec<_> = FlightDataEncoderBuilder::new()
            .with_dictionary_handling(arrow_flight::encode::DictionaryHandling::Resend)
            .build(futures::stream::iter(batches.into_iter().map(Ok)))
            .map_err(Status::from)
            .collect()
            .await;
        ParameterBatches::read(futures::stream::iter(messages), bytes_max).await
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
        let messages = futures::stream::iter(messages.into_iter().map(Ok));
        let status = ParameterBatches::read(messages, 1 << 20)
            .await
            .expect_err("cut");
        assert_eq!(status.code(), Code::InvalidArgument);
    }

    #[tokio::test]
    async fn a_buffer_that_claims_to_unfold_to_more_than_the_bound_is_refused() {
        let options = arrow_ipc::writer::IpcWriteOptions::default()
            .try_with_compression(Some(arrow_ipc::CompressionType::ZSTD))
            .expect("compiled in");
        let zeros = RecordBatch::try_from_iter([(
            "1",
            Arc::new(Int64Array::from(vec![0; 100_000])) as ArrayRef,
        )])
        .expect("one column");
        let messages: Vec<_> = FlightDataEncoderBuilder::new()
            .with_options(options)
            .build(futures::stream::iter([Ok(zeros)]))
            .map_err(Status::from)
            .collect()
            .await;
        let messages = futures::stream::iter(messages);
        let status = ParameterBatches::read(messages, 64 * 1024)
            .await
            .expect_err("800 kB");
        assert_eq!(status.code(), Code::ResourceExhausted);
    }
}
