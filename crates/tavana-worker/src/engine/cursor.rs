//! Results that stay open between requests.
//!
//! A cursor reads its result as it is fetched. DuckDB keeps one such result per connection: the
//! next statement closes it. So before another statement runs, the rest of the open result is
//! written to a file in the spill directory, which is removed as soon as it is open and so cannot
//! outlive this process, and later fetches are served from there.

use std::fs::{File, OpenOptions};
use std::io::{BufReader, BufWriter, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_ipc::reader::StreamReader;
use arrow_ipc::writer::StreamWriter;
use arrow_schema::SchemaRef;
use tavana_common::proto::v1::Failure;

use super::export::Export;
use super::failure;
use super::ffi::{ErrorText, QueryResult};
use super::interrupt::Interrupts;
use super::prepare::Prepared;

/// Where rows of cursors may be kept, and how many bytes of them.
#[derive(Debug)]
pub(crate) struct Spool {
    directory: PathBuf,
    bytes_max: u64,
    bytes: u64,
    files: u64,
}

impl Spool {
    pub(crate) fn new(directory: &str, bytes_max: u64) -> Self {
        Self {
            directory: Path::new(directory).to_owned(),
            bytes_max,
            bytes: 0,
            files: 0,
        }
    }

    /// A new file without a name.
    fn file(&mut self) -> std::io::Result<File> {
        self.files += 1;
        let path = self.directory.join(format!("cursor-{}", self.files));
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create_new(true)
            .open(&path)?;
        std::fs::remove_file(&path)?;
        Ok(file)
    }
}

/// Rows of a running statement as Arrow batches.
#[derive(Debug)]
pub(crate) struct LiveRows {
    result: QueryResult,
    export: Export,
}

impl LiveRows {
    pub(crate) fn new(result: QueryResult, export: Export) -> Self {
        Self { result, export }
    }

    /// The next chunk that has rows.
    pub(crate) fn next(&mut self) -> Result<Option<RecordBatch>, ErrorText> {
        while let Some(chunk) = self.result.fetch()? {
            if chunk.rows() > 0 {
                return self.export.batch(&chunk).map(Some);
            }
        }
        Ok(None)
    }
}

enum Source {
    /// The statement still runs; it is kept for leading errors back to its text.
    Live(Box<LiveRows>, Box<Prepared>),
    Spooled {
        reader: Box<StreamReader<BufReader<File>>>,
        bytes: u64,
    },
    Ended,
}

/// An open result.
pub(crate) struct Cursor {
    pub(crate) id: String,
    pub(crate) schema: SchemaRef,
    source: Source,
    /// Rows read and not yet asked for.
    left: Option<RecordBatch>,
}

impl std::fmt::Debug for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Cursor")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

impl Cursor {
    pub(crate) fn new(id: String, rows: LiveRows, prepared: Prepared) -> Self {
        let schema = Arc::clone(rows.export.schema());
        Self {
            id,
            schema,
            source: Source::Live(Box::new(rows), Box::new(prepared)),
            left: None,
        }
    }

    /// A cursor over a statement without rows.
    pub(crate) fn ended(id: String, schema: SchemaRef) -> Self {
        Self {
            id,
            schema,
            source: Source::Ended,
            left: None,
        }
    }

    /// At most `rows_max` further rows; `None` at the end.
    pub(crate) fn next(&mut self, rows_max: usize) -> Result<Option<RecordBatch>, Failure> {
        let Some(batch) = self.fill()? else {
            return Ok(None);
        };
        if batch.num_rows() <= rows_max {
            return Ok(Some(batch));
        }
        self.left = Some(batch.slice(rows_max, batch.num_rows() - rows_max));
        Ok(Some(batch.slice(0, rows_max)))
    }

    /// Whether there are further rows. Reads ahead to know it.
    pub(crate) fn has_more(&mut self) -> Result<bool, Failure> {
        self.left = self.fill()?;
        Ok(self.left.is_some())
    }

    fn fill(&mut self) -> Result<Option<RecordBatch>, Failure> {
        if let Some(batch) = self.left.take() {
            return Ok(Some(batch));
        }
        let next = match &mut self.source {
            Source::Ended => return Ok(None),
            Source::Live(rows, prepared) => {
                rows.next().map_err(|error| prepared.failure(&error))?
            }
            Source::Spooled { reader, .. } => {
                reader.next().transpose().map_err(|_| could_not_spool())?
            }
        };
        if next.is_none() && matches!(self.source, Source::Live(..)) {
            self.source = Source::Ended;
        }
        Ok(next)
    }

    /// Moves the rest of a running result into a file, so that its connection is free.
    ///
    /// # Errors
    /// The statement failed, was interrupted, or its rest has more bytes than may be kept. The
    /// cursor is of no use then.
    pub(crate) fn spool(
        &mut self,
        spool: &mut Spool,
        interrupts: &Interrupts,
    ) -> Result<(), Failure> {
        let Source::Live(rows, prepared) = &mut self.source else {
            return Ok(());
        };
        let started = spool.bytes;
        let written = write_rest(rows, prepared, &self.schema, spool, interrupts);
        match written {
            Ok(None) => {
                self.source = Source::Ended;
                Ok(())
            }
            Ok(Some(file)) => {
                let reader = StreamReader::try_new(BufReader::new(file), None)
                    .map_err(|_| could_not_spool())?;
                let bytes = spool.bytes - started;
                self.source = Source::Spooled {
                    reader: Box::new(reader),
                    bytes,
                };
                Ok(())
            }
            Err(error) => {
                spool.bytes = started;
                self.source = Source::Ended;
                Err(error)
            }
        }
    }

    /// Gives back what the cursor holds.
    pub(crate) fn close(self, spool: &mut Spool) {
        if let Source::Spooled { bytes, .. } = self.source {
            spool.bytes = spool.bytes.saturating_sub(bytes);
        }
    }
}

fn could_not_spool() -> Failure {
    failure::limit("could not spool cursor")
}

fn write_rest(
    rows: &mut LiveRows,
    prepared: &Prepared,
    schema: &SchemaRef,
    spool: &mut Spool,
    interrupts: &Interrupts,
) -> Result<Option<File>, Failure> {
    let mut next = rows.next().map_err(|error| prepared.failure(&error))?;
    if next.is_none() {
        return Ok(None);
    }
    let file = spool.file().map_err(|_| could_not_spool())?;
    let counted = Counted {
        inner: BufWriter::with_capacity(1 << 20, file),
        spool,
    };
    let mut writer = StreamWriter::try_new(counted, schema).map_err(|_| could_not_spool())?;
    while let Some(batch) = next {
        if interrupts.is_requested() {
            return Err(failure::cancelled());
        }
        writer.write(&batch).map_err(|_| could_not_spool())?;
        next = rows.next().map_err(|error| prepared.failure(&error))?;
    }
    let counted = writer.into_inner().map_err(|_| could_not_spool())?;
    let mut file = counted.inner.into_inner().map_err(|_| could_not_spool())?;
    file.seek(SeekFrom::Start(0))
        .map_err(|_| could_not_spool())?;
    Ok(Some(file))
}

/// Refuses bytes past the limit of the spool.
struct Counted<'a> {
    inner: BufWriter<File>,
    spool: &'a mut Spool,
}

impl Write for Counted<'_> {
    fn write(&mut self, buffer: &[u8]) -> std::io::Result<usize> {
        let bytes = u64::try_from(buffer.len()).unwrap_or(u64::MAX);
        if self.spool.bytes.saturating_add(bytes) > self.spool.bytes_max {
            return Err(std::io::Error::from(std::io::ErrorKind::StorageFull));
        }
        let written = self.inner.write(buffer)?;
        self.spool.bytes += u64::try_from(written).unwrap_or(0);
        Ok(written)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.inner.flush()
    }
}
