//! A worker's answer, message by message, and the little Arrow IPC that the gateway itself reads
//! and writes.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

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

/// How long what follows the first rows is waited for: an end comes soon after them, also on a
/// machine with much to do, and only the first rows of what is slow come later by this time.
const SECOND_WAIT_MAX: Duration = Duration::from_millis(100);

/// First rows with more bytes go on at once: a result with more than a few rows has more batches,
/// and nothing of it is kept for a second try.
const SECOND_WAIT_BYTES_MAX: usize = 64 * 1024;

/// A stream of `ResultMessage`. Dropping it cancels the statement on the worker.
#[derive(Debug)]
pub(crate) struct Reply {
    messages: Messages,
    /// The completion, while the trailers after it are still to come.
    complete: Option<ResultComplete>,
}

/// What was read of an answer before any of it is passed on, in order.
pub(crate) type Ahead = VecDeque<Result<Item, QueryError>>;

impl Reply {
    pub(crate) fn new(messages: Messages) -> Self {
        Self {
            messages,
            complete: None,
        }
    }

    /// The header and what comes first after it: all of a small result, so that one whose worker
    /// is lost before its end can be asked for once more.
    ///
    /// # Errors
    /// What ends the result before anything of it is passed on.
    pub(crate) async fn begin(&mut self) -> Result<(ResultHeader, Ahead), QueryError> {
        let header = self.header().await?;
        let first = self.next().await?;
        let is_small =
            matches!(&first, Item::Batch(batch) if batch.body.len() <= SECOND_WAIT_BYTES_MAX);
        let mut ahead = Ahead::from([Ok(first)]);
        if is_small && let Ok(second) = tokio::time::timeout(SECOND_WAIT_MAX, self.next()).await {
            match second {
                Err(error) if error.is_loss() || error.object_changed => return Err(error),
                second => ahead.push_back(second),
            }
        }
        Ok((header, ahead))
    }

    /// The header, which comes first.
    async fn header(&mut self) -> Result<ResultHeader, QueryError> {
        match self.message().await? {
            Message::Header(header) => Ok(header),
            Message::Batch(_) | Message::Complete(_) => Err(QueryError::internal(
                "the worker sent rows before their header",
            )),
        }
    }

    /// The next batch, or the completion.
    ///
    /// # Cancel safety
    /// Cancel safe: an item is either returned or still to come.
    pub(crate) async fn next(&mut self) -> Result<Item, QueryError> {
        if self.complete.is_none() {
            match self.message().await? {
                Message::Batch(batch) => return Ok(Item::Batch(batch)),
                Message::Complete(complete) => self.complete = Some(complete),
                Message::Header(_) => {
                    return Err(QueryError::internal("the worker sent a second header"));
                }
            }
        }
        // The trailers follow at once. Dropping the stream before them would reset it, and a
        // connection with many resets is closed by HTTP/2 for everyone on it. A fault here takes
        // nothing away: the worker has said that the result is complete.
        let after = self.messages.next().await;
        let complete = self.complete.take().unwrap_or_default();
        match after {
            Ok(None) | Err(_) => Ok(Item::Complete(complete)),
            Ok(Some(_)) => Err(QueryError::internal(
                "the worker sent a message after the end of a result",
            )),
        }
    }

    /// A stream that ends without its completion is a failure, however it ends.
    async fn message(&mut self) -> Result<Message, QueryError> {
        match self.messages.next().await {
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
    use futures::stream::{self, StreamExt};
    use http_body::Frame;
    use http_body_util::StreamBody;
    use prost::Message as _;
    use tavana_common::failure;
    use tavana_common::proto::v1::{self, Failure};
    use tonic::Status;
    use tonic::body::Body;

    use super::super::messages::tests::framed;
    use super::*;

    type Piece = Result<Frame<Bytes>, Status>;

    fn piece(message: Message) -> Piece {
        let message = ResultMessage {
            message: Some(message),
        };
        Ok(Frame::data(framed(&[message.encode_to_vec()]).into()))
    }

    fn header() -> Piece {
        piece(Message::Header(ResultHeader::default()))
    }

    fn batch(bytes: usize) -> Piece {
        piece(Message::Batch(Batch {
            body: vec![1; bytes].into(),
            ..Batch::default()
        }))
    }

    fn complete() -> Piece {
        piece(Message::Complete(ResultComplete {
            rows: 7,
            ..ResultComplete::default()
        }))
    }

    fn lost() -> Piece {
        Err(Status::unavailable("the connection was reset"))
    }

    /// A worker that sends these pieces, and nothing more without an end.
    fn answer(pieces: Vec<Piece>) -> Reply {
        let pieces = stream::iter(pieces).chain(stream::pending());
        Reply::new(Messages::of(Body::new(StreamBody::new(pieces))))
    }

    #[tokio::test(start_paused = true)]
    async fn a_small_result_that_breaks_before_its_end_is_lost_as_a_whole() {
        let mut reply = answer(vec![header(), batch(10), lost()]);
        assert!(reply.begin().await.expect_err("lost").is_loss());
        let mut reply = answer(vec![header(), batch(10), complete(), lost()]);
        let (_, ahead) = reply.begin().await.expect("all was said");
        assert!(matches!(ahead[1], Ok(Item::Complete(_))), "{ahead:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn first_rows_are_held_back_for_their_end_only_briefly_and_only_where_they_are_few() {
        let before = tokio::time::Instant::now();
        let mut reply = answer(vec![header(), batch(10)]);
        let (_, ahead) = reply.begin().await.expect("rows");
        assert_eq!(ahead.len(), 1);
        assert!(before.elapsed() <= SECOND_WAIT_MAX * 2);
        let mut reply = answer(vec![header(), batch(SECOND_WAIT_BYTES_MAX + 1), lost()]);
        let (_, ahead) = reply.begin().await.expect("rows");
        assert_eq!(ahead.len(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn the_errors_of_a_statement_come_after_its_rows() {
        let bad = failure::to_status(Failure {
            kind: v1::FailureKind::FailureEngine.into(),
            message: "division by zero".to_owned(),
            ..Failure::default()
        });
        let mut reply = answer(vec![header(), batch(10), Err(bad)]);
        let (_, ahead) = reply.begin().await.expect("rows");
        assert!(matches!(ahead[0], Ok(Item::Batch(_))));
        let error = ahead[1].as_ref().expect_err("the statement's");
        assert_eq!(error.message, "division by zero");
    }

    #[tokio::test(start_paused = true)]
    async fn a_completion_is_kept_while_its_trailers_are_waited_for() {
        let late = stream::once(async {
            tokio::time::sleep(Duration::from_secs(1)).await;
            Err(Status::ok(""))
        });
        let pieces = stream::iter([header(), complete()]).chain(late);
        let mut reply = Reply::new(Messages::of(Body::new(StreamBody::new(pieces))));
        reply.header().await.expect("a header");
        let waited = tokio::time::timeout(Duration::from_millis(1), reply.next()).await;
        waited.expect_err("the trailers are still to come");
        match reply.next().await.expect("all was said") {
            Item::Complete(complete) => assert_eq!(complete.rows, 7),
            Item::Batch(_) => panic!("there are no rows"),
        }
    }

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
