//! A worker's answer, message by message, and the little Arrow IPC that the gateway itself reads
//! and writes.

use std::collections::HashMap;
use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch};
use arrow_buffer::Buffer;
use arrow_ipc::writer::{CompressionContext, DictionaryTracker, IpcDataGenerator, IpcWriteOptions};
use arrow_ipc::{MessageHeader, convert, reader, root_as_message};
use arrow_schema::{ArrowError, Schema, SchemaRef};
use bytes::Bytes;
use tavana_common::proto::v1::result_message::Message;
use tavana_common::proto::v1::{Batch, ResultComplete, ResultHeader, ResultMessage};

use super::messages::Messages;
use crate::error::QueryError;

/// A stream of `ResultMessage`. Dropping it cancels the statement on the worker.
#[derive(Debug)]
pub(crate) struct Reply(Messages);

impl Reply {
    pub(crate) fn new(stream: Messages) -> Self {
        Self(stream)
    }

    /// The header, which comes first.
    pub(crate) async fn header(&mut self) -> Result<ResultHeader, QueryError> {
        match self.message().await? {
            Message::Header(header) => Ok(header),
            Message::Batch(_) | Message::Complete(_) => Err(QueryError::internal(
                "the worker sent rows before their header",
            )),
        }
    }

    /// The next batch, or the completion.
    pub(crate) async fn next(&mut self) -> Result<Item, QueryError> {
        match self.message().await? {
            Message::Batch(batch) => Ok(Item::Batch(batch)),
            Message::Complete(complete) => {
                // The trailers follow at once. Dropping the stream before them would reset it, and
                // a connection with many resets is closed by HTTP/2 for everyone on it. A fault
                // here takes nothing away: the worker has said that the result is complete.
                match self.0.next().await {
                    Ok(None) | Err(_) => Ok(Item::Complete(complete)),
                    Ok(Some(_)) => Err(QueryError::internal(
                        "the worker sent a message after the end of a result",
                    )),
                }
            }
            Message::Header(_) => Err(QueryError::internal("the worker sent a second header")),
        }
    }

    /// A stream that ends without its completion is a failure, however it ends.
    async fn message(&mut self) -> Result<Message, QueryError> {
        match self.0.next().await {
            Ok(Some(ResultMessage {
                message: Some(message),
            })) => Ok(message),
            Ok(Some(ResultMessage { message: None })) => {
                Err(QueryError::internal("the worker sent an empty message"))
            }
            Ok(None) => Err(QueryError::worker_lost()),
            Err(status) => Err(QueryError::from_status(&status)),
        }
    }
}

/// What follows the header.
#[derive(Debug)]
pub(crate) enum Item {
    Batch(Batch),
    Complete(ResultComplete),
}

/// The schema in an IPC schema message.
pub(crate) fn decode_schema(message: &[u8]) -> Result<SchemaRef, ArrowError> {
    let message = root_as_message(message)
        .map_err(|error| ArrowError::IpcError(format!("schema message: {error}")))?;
    let schema = message
        .header_as_schema()
        .ok_or_else(|| ArrowError::IpcError("not a schema message".to_owned()))?;
    Ok(Arc::new(convert::fb_to_schema(schema)))
}

/// The rows in `batch`, without copying them; a dictionary batch goes into `dictionaries` and
/// gives `None`.
pub(crate) fn decode_batch(
    batch: &Batch,
    schema: &SchemaRef,
    dictionaries: &mut HashMap<i64, ArrayRef>,
) -> Result<Option<RecordBatch>, ArrowError> {
    let message = root_as_message(&batch.header)
        .map_err(|error| ArrowError::IpcError(format!("batch message: {error}")))?;
    let body = Buffer::from(batch.body.clone());
    match message.header_type() {
        MessageHeader::RecordBatch => {
            let header = message
                .header_as_record_batch()
                .ok_or_else(|| ArrowError::IpcError("not a record batch".to_owned()))?;
            reader::read_record_batch(
                &body,
                header,
                Arc::clone(schema),
                dictionaries,
                None,
                &message.version(),
            )
            .map(Some)
        }
        MessageHeader::DictionaryBatch => {
            let header = message
                .header_as_dictionary_batch()
                .ok_or_else(|| ArrowError::IpcError("not a dictionary batch".to_owned()))?;
            reader::read_dictionary(&body, header, schema, dictionaries, &message.version())?;
            Ok(None)
        }
        _ => Err(ArrowError::IpcError(
            "an unexpected kind of message".to_owned(),
        )),
    }
}

/// Rows that the gateway itself answers with, in the form in which a worker sends them.
pub(crate) fn encode_local(rows: &RecordBatch) -> Result<(Bytes, Batch), ArrowError> {
    let options = IpcWriteOptions::default();
    let generator = IpcDataGenerator::default();
    let mut tracker = DictionaryTracker::new(false);
    let schema = encode_schema(&rows.schema());
    let (_, data) = generator.encode(
        rows,
        &mut tracker,
        &options,
        &mut CompressionContext::default(),
    )?;
    let batch = Batch {
        header: data.ipc_message.into(),
        body: data.arrow_data.into(),
        rows: u64::try_from(rows.num_rows()).unwrap_or(u64::MAX),
    };
    Ok((schema, batch))
}

fn encode_schema(schema: &Schema) -> Bytes {
    IpcDataGenerator::default()
        .schema_to_bytes_with_dictionary_tracker(
            schema,
            &mut DictionaryTracker::new(false),
            &IpcWriteOptions::default(),
        )
        .ipc_message
        .into()
}

#[cfg(test)]
mod tests {
    use arrow_array::{Int64Array, StringArray};

    use super::*;

    #[test]
    fn local_rows_read_back_as_they_were() {
        let rows = RecordBatch::try_from_iter([
            (
                "a",
                Arc::new(Int64Array::from(vec![Some(1), None])) as ArrayRef,
            ),
            (
                "b",
                Arc::new(StringArray::from(vec!["x", "\u{e9}"])) as ArrayRef,
            ),
        ])
        .expect("two columns of two rows");
        let (schema, batch) = encode_local(&rows).expect("encodes");
        let schema = decode_schema(&schema).expect("a schema");
        let read = decode_batch(&batch, &schema, &mut HashMap::new()).expect("decodes");
        assert_eq!(read, Some(rows));
    }

    #[test]
    fn garbage_is_an_error_and_not_a_panic() {
        assert!(decode_schema(b"garbage").is_err());
        let batch = Batch {
            header: Bytes::from_static(b"\x04\0\0\0\xff"),
            ..Batch::default()
        };
        let schema = Arc::new(Schema::empty());
        assert!(decode_batch(&batch, &schema, &mut HashMap::new()).is_err());
    }
}
