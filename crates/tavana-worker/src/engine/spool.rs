//! Rows that are kept on disk until somebody asks for them.
//!
//! A file in the spill directory, which is removed as soon as it is open and so cannot outlive
//! this process. Each batch in it can be read alone, so that memory does not grow with their
//! number.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use arrow_array::RecordBatch;
use arrow_buffer::Buffer;
use arrow_ipc::reader::StreamDecoder;
use arrow_ipc::writer::StreamWriter;
use arrow_schema::{ArrowError, SchemaRef};
use tavana_common::proto::v1::Failure;

use super::failure;

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

/// Consecutive rows of one result in a file.
#[derive(Debug)]
pub(crate) struct Kept {
    file: File,
    bytes: u64,
    /// What each batch in the file is preceded by when it is read.
    schema: Vec<u8>,
    /// The number of the first row, from 0.
    start: u64,
    /// The number of the row after the last.
    end: u64,
    pieces: Vec<Piece>,
}

/// One batch of rows.
#[derive(Clone, Copy, Debug)]
struct Piece {
    row: u64,
    offset: u64,
}

impl Kept {
    /// Room for rows from number `start` on.
    ///
    /// # Errors
    /// When the file cannot be made.
    pub(crate) fn new(spool: &mut Spool, schema: &SchemaRef, start: u64) -> Result<Self, Failure> {
        let writer = StreamWriter::try_new(Vec::new(), schema).map_err(|_| could_not_spool())?;
        Ok(Self {
            file: spool.file().map_err(|_| could_not_spool())?,
            bytes: 0,
            schema: writer.get_ref().clone(),
            start,
            end: start,
            pieces: Vec::new(),
        })
    }

    /// The number of the row after the last.
    pub(crate) fn end(&self) -> u64 {
        self.end
    }

    pub(crate) fn holds(&self, row: u64) -> bool {
        (self.start..self.end).contains(&row)
    }

    /// Keeps the rows that follow.
    ///
    /// # Errors
    /// When they do not fit into the spool, or not onto the disk.
    pub(crate) fn append(&mut self, spool: &mut Spool, batch: &RecordBatch) -> Result<(), Failure> {
        let mut writer =
            StreamWriter::try_new(Vec::new(), &batch.schema()).map_err(|_| could_not_spool())?;
        let heading = writer.get_ref().len();
        writer.write(batch).map_err(|_| could_not_spool())?;
        let message = writer.get_ref().get(heading..).unwrap_or_default();
        let bytes = u64::try_from(message.len()).unwrap_or(u64::MAX);
        if spool.bytes.saturating_add(bytes) > spool.bytes_max {
            return Err(could_not_spool());
        }
        self.file
            .write_all_at(message, self.bytes)
            .map_err(|_| could_not_spool())?;
        self.pieces.push(Piece {
            row: self.end,
            offset: self.bytes,
        });
        self.bytes += bytes;
        spool.bytes += bytes;
        self.end += u64::try_from(batch.num_rows()).unwrap_or(0);
        Ok(())
    }

    /// The batch that has the row of this number, and the number of its own first row.
    ///
    /// # Errors
    /// When the file cannot be read back.
    pub(crate) fn read(&self, row: u64) -> Result<(RecordBatch, u64), Failure> {
        let after = self.pieces.partition_point(|piece| piece.row <= row);
        let piece = after
            .checked_sub(1)
            .and_then(|at| self.pieces.get(at))
            .ok_or_else(could_not_spool)?;
        let end = self
            .pieces
            .get(after)
            .map_or(self.bytes, |piece| piece.offset);
        let bytes = usize::try_from(end - piece.offset).map_err(|_| could_not_spool())?;
        let mut message = vec![0; bytes];
        self.file
            .read_exact_at(&mut message, piece.offset)
            .map_err(|_| could_not_spool())?;
        let batch = self.decode(message).map_err(|_| could_not_spool())?;
        Ok((batch.ok_or_else(could_not_spool)?, piece.row))
    }

    fn decode(&self, message: Vec<u8>) -> Result<Option<RecordBatch>, ArrowError> {
        let mut decoder = StreamDecoder::new();
        decoder.decode(&mut Buffer::from(self.schema.as_slice()))?;
        decoder.decode(&mut Buffer::from_vec(message))
    }

    /// Gives back its room.
    pub(crate) fn release(self, spool: &mut Spool) {
        spool.bytes = spool.bytes.saturating_sub(self.bytes);
    }
}

fn could_not_spool() -> Failure {
    failure::limit("could not spool cursor")
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow_array::types::Int32Type;
    use arrow_array::{ArrayRef, DictionaryArray, Int64Array};

    use super::*;

    fn batch(numbers: std::ops::Range<i64>) -> RecordBatch {
        let words: DictionaryArray<Int32Type> = numbers
            .clone()
            .map(|number| if number % 2 == 0 { "even" } else { "odd" })
            .collect();
        RecordBatch::try_from_iter([
            ("n", Arc::new(Int64Array::from_iter(numbers)) as ArrayRef),
            ("word", Arc::new(words) as ArrayRef),
        ])
        .unwrap()
    }

    #[test]
    fn each_row_is_found_in_its_batch() {
        let directory = tempfile::tempdir().unwrap();
        let mut spool = Spool::new(directory.path().to_str().unwrap(), 1 << 20);
        let mut kept = Kept::new(&mut spool, &batch(0..0).schema(), 5).unwrap();
        for numbers in [5..8, 8..9, 9..20] {
            kept.append(&mut spool, &batch(numbers)).unwrap();
        }
        assert!(!kept.holds(4) && kept.holds(5) && kept.holds(19) && !kept.holds(20));
        for (row, numbers) in [(5, 5..8), (7, 5..8), (8, 8..9), (9, 9..20), (19, 9..20)] {
            let first = u64::try_from(numbers.start).unwrap();
            assert_eq!(kept.read(row).unwrap(), (batch(numbers), first), "{row}");
        }
        assert!(spool.bytes > 0);
        kept.release(&mut spool);
        assert_eq!(spool.bytes, 0);
        assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 0);
    }

    #[test]
    fn the_spool_is_bounded() {
        let directory = tempfile::tempdir().unwrap();
        let mut spool = Spool::new(directory.path().to_str().unwrap(), 2_000);
        let mut kept = Kept::new(&mut spool, &batch(0..0).schema(), 0).unwrap();
        let refused = (0..100).find_map(|_| kept.append(&mut spool, &batch(0..100)).err());
        assert_eq!(
            refused.expect("bounded").kind(),
            tavana_common::proto::v1::FailureKind::FailureLimit
        );
        assert!(spool.bytes <= 2_000);
    }
}
