//! Results without dictionaries, for clients that show the number of a value instead of the value.
//!
//! An ENUM reaches clients as a dictionary. The JDBC driver, which is built on gRPC for Java, reads
//! the numbers and not what they stand for, so such clients are given the values themselves; they
//! are the only ones for which a batch is decoded and encoded again.

use std::collections::HashMap;
use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch};
use arrow_flight::FlightData;
use arrow_schema::{ArrowError, DataType, Field, FieldRef, Schema, SchemaRef};
use bytes::Bytes;
use futures::StreamExt;
use tavana_common::proto::v1::Batch;
use tonic::Status;
use tonic::metadata::MetadataMap;

use super::info::{FlightStream, encapsulated_schema, internal};
use super::stream::message;
use crate::worker::{decode_batch, decode_schema, encode_local};

/// What gRPC for Java calls itself.
const JAVA: &str = "grpc-java";

/// Whether a client is one that does not read dictionaries.
pub(crate) fn unreadable_for(metadata: &MetadataMap) -> bool {
    metadata
        .get("user-agent")
        .and_then(|agent| agent.to_str().ok())
        .is_some_and(|agent| agent.contains(JAVA))
}

/// A schema as FlightInfo has it, without dictionaries.
pub(crate) fn schema_without(framed: Bytes) -> Result<Bytes, Status> {
    let Some(bare) = framed.get(8..) else {
        return Ok(framed);
    };
    let schema = decode_schema(bare).map_err(|error| internal(&error))?;
    match plain_schema(&schema) {
        Some(plain) => encapsulated_schema(&plain),
        None => Ok(framed),
    }
}

/// The messages of a result, without dictionaries.
pub(crate) fn stream_without(messages: FlightStream<FlightData>) -> FlightStream<FlightData> {
    let mut unfolding = Unfolding::Schema;
    messages
        .filter_map(move |message| {
            let next = message
                .and_then(|message| unfolding.next(message))
                .transpose();
            std::future::ready(next)
        })
        .boxed()
}

enum Unfolding {
    Schema,
    /// There are no dictionaries: messages pass as they are.
    Nothing,
    Rows {
        schema: SchemaRef,
        plain: SchemaRef,
        dictionaries: HashMap<i64, ArrayRef>,
    },
}

impl Unfolding {
    /// The message for the client; `None` for a dictionary, which it does not need.
    fn next(&mut self, data: FlightData) -> Result<Option<FlightData>, Status> {
        match self {
            Self::Nothing => Ok(Some(data)),
            Self::Schema => {
                let schema = decode_schema(&data.data_header).map_err(|error| internal(&error))?;
                let Some(plain) = plain_schema(&schema) else {
                    *self = Self::Nothing;
                    return Ok(Some(data));
                };
                let header = encapsulated_schema(&plain)?.slice(8..);
                *self = Self::Rows {
                    schema,
                    plain: Arc::new(plain),
                    dictionaries: HashMap::new(),
                };
                Ok(Some(FlightData::new().with_data_header(header)))
            }
            Self::Rows {
                schema,
                plain,
                dictionaries,
            } => {
                let batch = Batch {
                    header: data.data_header,
                    body: data.data_body,
                    rows: 0,
                };
                let rows =
                    decode_batch(&batch, schema, dictionaries).map_err(|error| internal(&error))?;
                let Some(rows) = rows else { return Ok(None) };
                let unfolded = unfold(&rows, plain).map_err(|error| internal(&error))?;
                let (_, batch) = encode_local(&unfolded).map_err(|error| internal(&error))?;
                Ok(Some(message(batch)))
            }
        }
    }
}

fn unfold(rows: &RecordBatch, plain: &SchemaRef) -> Result<RecordBatch, ArrowError> {
    let columns = rows
        .columns()
        .iter()
        .zip(plain.fields())
        .map(|(column, field)| {
            if column.data_type() == field.data_type() {
                Ok(Arc::clone(column))
            } else {
                arrow_cast::cast(column, field.data_type())
            }
        })
        .collect::<Result<Vec<ArrayRef>, ArrowError>>()?;
    RecordBatch::try_new(Arc::clone(plain), columns)
}

/// `None` when there is no dictionary.
fn plain_schema(schema: &Schema) -> Option<Schema> {
    let fields: Vec<FieldRef> = schema.fields().iter().map(plain_field).collect();
    let changed = fields
        .iter()
        .zip(schema.fields())
        .any(|(plain, field)| plain != field);
    changed.then(|| Schema::new_with_metadata(fields, schema.metadata().clone()))
}

fn plain_field(field: &FieldRef) -> FieldRef {
    let data_type = match field.data_type() {
        DataType::Dictionary(_, values) => values.as_ref().clone(),
        DataType::List(child) => DataType::List(plain_field(child)),
        DataType::LargeList(child) => DataType::LargeList(plain_field(child)),
        DataType::FixedSizeList(child, length) => {
            DataType::FixedSizeList(plain_field(child), *length)
        }
        DataType::Struct(fields) => DataType::Struct(fields.iter().map(plain_field).collect()),
        DataType::Map(entries, sorted) => DataType::Map(plain_field(entries), *sorted),
        _ => return Arc::clone(field),
    };
    let plain = Field::new(field.name(), data_type, field.is_nullable());
    Arc::new(plain.with_metadata(field.metadata().clone()))
}

#[cfg(test)]
mod tests {
    use arrow_array::cast::AsArray;
    use arrow_array::types::Int8Type;
    use arrow_array::{DictionaryArray, Int32Array};
    use arrow_flight::decode::FlightRecordBatchStream;
    use arrow_flight::encode::{DictionaryHandling, FlightDataEncoderBuilder};
    use arrow_flight::error::FlightError;
    use futures::TryStreamExt;

    use super::*;

    fn rows() -> RecordBatch {
        let dictionary: DictionaryArray<Int8Type> = ["x", "y", "x"].into_iter().collect();
        RecordBatch::try_from_iter([
            ("n", Arc::new(Int32Array::from(vec![1, 2, 3])) as ArrayRef),
            ("e", Arc::new(dictionary) as ArrayRef),
        ])
        .expect("columns of equal length")
    }

    #[tokio::test]
    async fn values_take_the_place_of_their_numbers() {
        let messages = FlightDataEncoderBuilder::new()
            .with_dictionary_handling(DictionaryHandling::Resend)
            .build(futures::stream::iter([Ok(rows()), Ok(rows())]))
            .map_err(Status::from)
            .boxed();
        let plain = stream_without(messages).map_err(|error| FlightError::Tonic(Box::new(error)));
        let batches: Vec<RecordBatch> = FlightRecordBatchStream::new_from_flight_data(plain)
            .try_collect()
            .await
            .expect("decodes");
        assert_eq!(batches.len(), 2);
        let texts = batches[1].column(1).as_string::<i32>();
        assert_eq!(texts.iter().flatten().collect::<Vec<_>>(), ["x", "y", "x"]);
        let framed = encapsulated_schema(rows().schema_ref()).expect("encodes");
        let plain = schema_without(framed).expect("translates");
        let plain = decode_schema(&plain[8..]).expect("a schema");
        assert_eq!(plain.field(1).data_type(), &DataType::Utf8);
        assert_eq!(*plain, *batches[0].schema());
    }

    #[test]
    fn clients_are_known_by_what_they_call_themselves() {
        for (agent, expected) in [
            ("grpc-java-netty/1.65.0", true),
            ("grpc-go/1.60.0", false),
            ("tonic/0.14", false),
        ] {
            let mut metadata = MetadataMap::new();
            metadata.insert("user-agent", agent.parse().expect("ASCII"));
            assert_eq!(unreadable_for(&metadata), expected, "{agent}");
        }
        assert!(!unreadable_for(&MetadataMap::new()));
    }
}
