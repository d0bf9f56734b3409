//! What the engine says, on its own thread.
//!
//! The executor hands over messages and chunks of rows through a short bounded channel; this
//! thread joins small chunks to batches, encodes each once as Arrow IPC and writes it. A full
//! socket blocks it, a full channel blocks the executor, and DuckDB stops computing rows: nothing
//! of a result is kept here beyond one batch.

use std::io::{BufWriter, Write};
use std::os::unix::net::UnixStream;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TryRecvError, sync_channel};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use arrow_array::{Array, ArrayRef, RecordBatch, make_array};
use arrow_data::ArrayData;
use arrow_ipc::CompressionType;
use arrow_ipc::writer::{
    CompressionContext, DictionaryTracker, EncodedData, IpcDataGenerator, IpcWriteOptions,
};
use arrow_schema::{ArrowError, DataType, Schema, SchemaRef};
use bytes::Bytes;
use tavana_common::proto::engine::{Done, FromEngine, Progress, from_engine};
use tavana_common::proto::v1::{Batch, Compression, Failure, ResultHeader, StatementFacts};
use tokio::time::Instant;

use super::interrupt::Interrupts;
use crate::stream::{Frame, FrameError, FromEngineFrame, write_frame_blocking};

/// Chunks and messages between the executor and this thread ...
const ITEMS_MAX: usize = 16;
/// ... and the bytes they may have together, unless a single chunk has more.
const QUEUE_BYTES_MAX: usize = 4 * 1024 * 1024;
/// A batch is sent when it has this many bytes ...
const BATCH_BYTES: usize = 768 * 1024;
/// ... or rows, ...
const BATCH_ROWS: usize = 64 * 1024;
/// ... or when its first row has waited this long.
const ROWS_WAIT_MAX: Duration = Duration::from_millis(10);
/// A batch with more bytes is cut, so that no message on the later hops is much larger, unless
/// a single row is.
const BATCH_BYTES_MAX: usize = 2 * 1024 * 1024;

/// The supervisor is gone.
#[derive(Debug, thiserror::Error)]
#[error("the supervisor closed the socket")]
pub(crate) struct Closed;

#[derive(Debug)]
enum Item {
    Message(Box<FromEngine>),
    /// Batches that follow have this schema and compression and are a stream of their own.
    Schema(SchemaRef, Compression),
    /// Rows and the bytes they take.
    Rows(RecordBatch, usize),
    /// Nothing follows: the process ends.
    End,
}

/// Bytes of rows between the two threads.
#[derive(Debug, Default)]
struct Queued {
    bytes: Mutex<usize>,
    taken: Condvar,
}

impl Queued {
    /// Waits for room. The writer either makes some or ends the process.
    fn add(&self, bytes: usize) {
        let mut queued = self.bytes.lock().unwrap_or_else(PoisonError::into_inner);
        while *queued > 0 && *queued + bytes > QUEUE_BYTES_MAX {
            queued = self
                .taken
                .wait(queued)
                .unwrap_or_else(PoisonError::into_inner);
        }
        *queued += bytes;
    }

    fn take(&self, bytes: usize) {
        let mut queued = self.bytes.lock().unwrap_or_else(PoisonError::into_inner);
        *queued = queued.saturating_sub(bytes);
        drop(queued);
        self.taken.notify_one();
    }
}

/// The executor's end.
#[derive(Debug, Clone)]
pub(crate) struct Output {
    items: SyncSender<Item>,
    queued: Arc<Queued>,
}

impl Output {
    /// The executor's end and the thread's work, to be run until [`Closed`].
    pub(crate) fn new(socket: UnixStream, interrupts: Interrupts) -> (Self, OutputThread) {
        let (sender, items) = sync_channel(ITEMS_MAX);
        let socket = BufWriter::with_capacity(16 * 1024, socket);
        let rows = Rows {
            pending: Vec::new(),
            bytes: 0,
            count: 0,
            since: None,
            encoder: None,
            sent: false,
        };
        let queued = Arc::new(Queued::default());
        let thread = OutputThread {
            items,
            socket,
            interrupts,
            rows,
            queued: Arc::clone(&queued),
        };
        (
            Self {
                items: sender,
                queued,
            },
            thread,
        )
    }

    pub(crate) fn header(&self, header: ResultHeader) -> Result<(), Closed> {
        self.message(from_engine::Message::Header(header))
    }

    pub(crate) fn facts(&self, facts: StatementFacts) -> Result<(), Closed> {
        self.message(from_engine::Message::Facts(facts))
    }

    pub(crate) fn done(&self, done: Done) -> Result<(), Closed> {
        self.message(from_engine::Message::Done(done))
    }

    pub(crate) fn failure(&self, failure: Failure) -> Result<(), Closed> {
        self.message(from_engine::Message::Failure(failure))
    }

    /// Says how far the statement has come, unless more important things wait to be written.
    pub(crate) fn progress(&self, fraction: f64) {
        let message = from_engine::Message::Progress(Progress { fraction });
        let item = Item::Message(Box::new(FromEngine {
            message: Some(message),
        }));
        // Full, or the process is about to end: nobody misses it.
        drop(self.items.try_send(item));
    }

    pub(crate) fn message(&self, message: from_engine::Message) -> Result<(), Closed> {
        let message = Box::new(FromEngine {
            message: Some(message),
        });
        self.items.send(Item::Message(message)).map_err(|_| Closed)
    }

    /// Ends the process when all before this is written.
    pub(crate) fn end(&self) -> Result<(), Closed> {
        self.items.send(Item::End).map_err(|_| Closed)
    }

    /// Starts a stream of batches.
    pub(crate) fn schema(&self, schema: SchemaRef, compression: Compression) -> Result<(), Closed> {
        self.items
            .send(Item::Schema(schema, compression))
            .map_err(|_| Closed)
    }

    /// Hands rows over; blocks while the supervisor does not read.
    pub(crate) fn rows(&self, batch: RecordBatch) -> Result<(), Closed> {
        let bytes = batch.get_array_memory_size();
        self.queued.add(bytes);
        self.items
            .send(Item::Rows(batch, bytes))
            .map_err(|_| Closed)
    }
}

/// The thread's end.
#[derive(Debug)]
pub(crate) struct OutputThread {
    items: Receiver<Item>,
    socket: BufWriter<UnixStream>,
    interrupts: Interrupts,
    rows: Rows,
    queued: Arc<Queued>,
}

#[derive(Debug)]
struct Rows {
    pending: Vec<RecordBatch>,
    bytes: usize,
    count: usize,
    /// When the first of the pending rows came.
    since: Option<Instant>,
    encoder: Option<Encoder>,
    /// A batch of this stream is out. Before that, rows wait for nothing.
    sent: bool,
}

impl OutputThread {
    /// Writes until the supervisor or the executor is gone.
    pub(crate) fn run(mut self) -> Result<(), FrameError> {
        while let Some(item) = self.next()? {
            match item {
                Item::Rows(batch, bytes) => {
                    self.queued.take(bytes);
                    // Nobody wants the rows of an interrupted request.
                    if !self.interrupts.is_requested() {
                        self.rows.bytes += bytes;
                        self.rows.count += batch.num_rows();
                        self.rows.since.get_or_insert_with(Instant::now);
                        self.rows.pending.push(batch);
                    }
                    if self.rows.bytes >= BATCH_BYTES || self.rows.count >= BATCH_ROWS {
                        self.write_rows()?;
                    }
                }
                Item::Schema(schema, compression) => {
                    self.write_rows()?;
                    let encoder = Encoder::new(&schema, compression).map_err(unencodable)?;
                    self.rows.encoder = Some(encoder);
                    self.rows.sent = false;
                }
                Item::Message(message) => {
                    self.write_rows()?;
                    write_frame_blocking(&mut self.socket, &Frame::Message(*message))?;
                }
                Item::End => break,
            }
        }
        self.write_rows()?;
        Ok(self.socket.flush()?)
    }

    /// The next item; `None` when the executor is gone. Before it waits for one, it writes what
    /// must not wait.
    fn next(&mut self) -> Result<Option<Item>, FrameError> {
        match self.items.try_recv() {
            Ok(item) => return Ok(Some(item)),
            Err(TryRecvError::Disconnected) => return Ok(None),
            Err(TryRecvError::Empty) => {}
        }
        if !self.rows.sent {
            self.write_rows()?;
        }
        if let Some(since) = self.rows.since {
            let wait = ROWS_WAIT_MAX.saturating_sub(since.elapsed());
            match self.items.recv_timeout(wait) {
                Ok(item) => return Ok(Some(item)),
                Err(RecvTimeoutError::Disconnected) => return Ok(None),
                Err(RecvTimeoutError::Timeout) => self.write_rows()?,
            }
        }
        self.socket.flush()?;
        Ok(self.items.recv().ok())
    }

    fn write_rows(&mut self) -> Result<(), FrameError> {
        let Some(first) = self.rows.pending.first() else {
            return Ok(());
        };
        let schema = first.schema();
        let bytes = std::mem::take(&mut self.rows.bytes);
        self.rows.count = 0;
        self.rows.since = None;
        self.rows.sent = true;
        let pending = std::mem::take(&mut self.rows.pending);
        let encoder = match &mut self.rows.encoder {
            Some(encoder) => encoder,
            none => none.insert(Encoder::new(&schema, Compression::None).map_err(unencodable)?),
        };
        let written = encoder
            .batches(&schema, pending, bytes)
            .and_then(|batches| {
                for batch in batches {
                    for part in encoder.encode(&batch)? {
                        let frame = FromEngineFrame::Batch(part);
                        if let Err(error) = write_frame_blocking(&mut self.socket, &frame) {
                            return Ok(Err(error));
                        }
                    }
                }
                Ok(Ok(()))
            });
        match written {
            Ok(written) => written,
            Err(error) => Err(unencodable(error)),
        }
    }
}

/// What DuckDB exported can be joined and encoded; if not, this process is not to be trusted with
/// the stream any more, and its end is an error to the supervisor.
fn unencodable(error: ArrowError) -> FrameError {
    std::io::Error::other(error).into()
}

/// Encodes the batches of one stream.
struct Encoder {
    generator: IpcDataGenerator,
    tracker: DictionaryTracker,
    options: IpcWriteOptions,
    compression: CompressionContext,
    dictionaries: Option<Dictionaries>,
}

impl std::fmt::Debug for Encoder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Encoder").finish_non_exhaustive()
    }
}

impl Encoder {
    fn new(schema: &SchemaRef, compression: Compression) -> Result<Self, ArrowError> {
        let generator = IpcDataGenerator::default();
        let mut tracker = DictionaryTracker::new(true);
        let options = IpcWriteOptions::default().try_with_compression(match compression {
            Compression::None => None,
            Compression::Lz4 => Some(CompressionType::LZ4_FRAME),
            Compression::Zstd => Some(CompressionType::ZSTD),
        })?;
        // Numbers the dictionaries, as the schema the client has does.
        generator.schema_to_bytes_with_dictionary_tracker(schema, &mut tracker, &options);
        let has_dictionary = schema
            .fields()
            .iter()
            .any(|field| holds_dictionary(field.data_type()));
        let dictionaries = has_dictionary.then(Dictionaries::default);
        Ok(Self {
            generator,
            tracker,
            options,
            compression: CompressionContext::default(),
            dictionaries,
        })
    }

    /// The pending chunks as few batches.
    fn batches(
        &mut self,
        schema: &SchemaRef,
        mut pending: Vec<RecordBatch>,
        bytes: usize,
    ) -> Result<Vec<RecordBatch>, ArrowError> {
        if let Some(dictionaries) = &mut self.dictionaries {
            for batch in &mut pending {
                *batch = dictionaries.pin(batch)?;
            }
        }
        let joined = match <[RecordBatch; 1]>::try_from(pending) {
            Ok([batch]) => batch,
            Err(pending) => arrow_select::concat::concat_batches(schema, &pending)?,
        };
        let rows = joined.num_rows();
        let pieces = bytes.div_ceil(BATCH_BYTES_MAX).clamp(1, rows.max(1));
        if pieces == 1 {
            return Ok(vec![joined]);
        }
        let step = rows.div_ceil(pieces);
        Ok((0..rows)
            .step_by(step)
            .map(|start| joined.slice(start, step.min(rows - start)))
            .collect())
    }

    /// Dictionary batches that are due, then the batch.
    fn encode(&mut self, batch: &RecordBatch) -> Result<Vec<Batch>, ArrowError> {
        let (dictionaries, encoded) = self.generator.encode(
            batch,
            &mut self.tracker,
            &self.options,
            &mut self.compression,
        )?;
        let rows = u64::try_from(batch.num_rows()).unwrap_or(u64::MAX);
        let mut parts: Vec<Batch> = dictionaries.into_iter().map(|part| wire(part, 0)).collect();
        parts.push(wire(encoded, rows));
        Ok(parts)
    }
}

fn wire(encoded: EncodedData, rows: u64) -> Batch {
    Batch {
        header: Bytes::from(encoded.ipc_message),
        body: Bytes::from(encoded.arrow_data),
        rows,
    }
}

/// The schema as an IPC message, without framing.
pub(crate) fn schema_message(schema: &Schema) -> Bytes {
    let mut tracker = DictionaryTracker::new(true);
    let encoded = IpcDataGenerator::default().schema_to_bytes_with_dictionary_tracker(
        schema,
        &mut tracker,
        &IpcWriteOptions::default(),
    );
    Bytes::from(encoded.ipc_message)
}

/// DuckDB exports the values of an ENUM anew with each chunk. They never change, so all chunks are
/// given the first chunk's: then they can be joined without merging, and are sent once.
#[derive(Debug, Default)]
struct Dictionaries {
    values: Vec<ArrayData>,
}

impl Dictionaries {
    fn pin(&mut self, batch: &RecordBatch) -> Result<RecordBatch, ArrowError> {
        let mut next = 0;
        let columns = batch
            .columns()
            .iter()
            .map(|column| {
                if holds_dictionary(column.data_type()) {
                    Ok(make_array(self.pin_data(column.to_data(), &mut next)?))
                } else {
                    Ok(Arc::clone(column))
                }
            })
            .collect::<Result<Vec<ArrayRef>, ArrowError>>()?;
        RecordBatch::try_new(batch.schema(), columns)
    }

    /// Walks the data in the order in which the dictionaries stand; `next` counts them.
    fn pin_data(&mut self, data: ArrayData, next: &mut usize) -> Result<ArrayData, ArrowError> {
        let children = if matches!(data.data_type(), DataType::Dictionary(_, _)) {
            let [values] = data.child_data() else {
                return Err(ArrowError::InvalidArgumentError(
                    "a dictionary without values".into(),
                ));
            };
            if self.values.len() == *next {
                self.values.push(values.clone());
            }
            let pinned = self.values[*next].clone();
            *next += 1;
            vec![pinned]
        } else if holds_dictionary(data.data_type()) {
            data.child_data()
                .iter()
                .map(|child| self.pin_data(child.clone(), next))
                .collect::<Result<Vec<ArrayData>, ArrowError>>()?
        } else {
            return Ok(data);
        };
        data.into_builder().child_data(children).build()
    }
}

fn holds_dictionary(data_type: &DataType) -> bool {
    match data_type {
        DataType::Dictionary(_, _) => true,
        DataType::List(field)
        | DataType::LargeList(field)
        | DataType::FixedSizeList(field, _)
        | DataType::ListView(field)
        | DataType::LargeListView(field)
        | DataType::Map(field, _) => holds_dictionary(field.data_type()),
        DataType::Struct(fields) => fields
            .iter()
            .any(|field| holds_dictionary(field.data_type())),
        DataType::Union(fields, _) => fields
            .iter()
            .any(|(_, field)| holds_dictionary(field.data_type())),
        _ => false,
    }
}
