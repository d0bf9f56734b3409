//! Results that stay open between requests.
//!
//! A cursor reads its result as it is fetched. DuckDB keeps one such result per connection: the
//! next statement closes it. So before another statement runs, the rest of the open result goes to
//! the [`Spool`], and later fetches are served from there. A cursor that may go back keeps every
//! row there as it is read.
//!
//! How far each direction goes is PostgreSQL's rule (documentation, FETCH): the position is before
//! the first row, on a row, or after the last one.

use std::sync::Arc;

use arrow_array::{RecordBatch, UInt32Array};
use arrow_schema::SchemaRef;
use arrow_select::take::take_record_batch;
use tavana_common::proto::v1::{Direction, Failure, FailureKind, Motion};

use super::export::Export;
use super::failure;
use super::ffi::{ErrorText, QueryResult};
use super::interrupt::Interrupts;
use super::prepare::Prepared;
use super::spool::{Kept, Spool};

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

/// A statement that still runs; it is kept for leading errors back to its text.
struct Live {
    rows: LiveRows,
    prepared: Prepared,
}

/// An open result.
pub(crate) struct Cursor {
    pub(crate) id: String,
    pub(crate) schema: SchemaRef,
    source: Source,
    /// Rows that were passed: the number of the current row, from 1, unless it is at the end.
    position: u64,
    at_end: bool,
}

/// The rows of an open result by number, from 0.
struct Source {
    schema: SchemaRef,
    scroll: bool,
    /// `None`: every row was read.
    live: Option<Box<Live>>,
    /// Rows that were read from the running statement.
    read: u64,
    kept: Option<Kept>,
    /// The batch in hand and the number of its first row.
    hand: Option<(RecordBatch, u64)>,
}

impl std::fmt::Debug for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Cursor")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

impl Cursor {
    pub(crate) fn new(id: String, rows: LiveRows, prepared: Prepared, scroll: bool) -> Self {
        let schema = Arc::clone(rows.export.schema());
        Self::over(id, schema, Some(Box::new(Live { rows, prepared })), scroll)
    }

    /// A cursor over a statement without rows.
    pub(crate) fn ended(id: String, schema: SchemaRef) -> Self {
        Self::over(id, schema, None, false)
    }

    fn over(id: String, schema: SchemaRef, live: Option<Box<Live>>, scroll: bool) -> Self {
        Self {
            id,
            schema: Arc::clone(&schema),
            source: Source {
                schema,
                scroll,
                live,
                read: 0,
                kept: None,
                hand: None,
            },
            position: 0,
            at_end: false,
        }
    }

    /// Whether there are further rows. Reads ahead to know it.
    pub(crate) fn has_more(&mut self, spool: &mut Spool) -> Result<bool, Failure> {
        Ok(!self.at_end && self.source.batch_with(self.position, spool)?.is_some())
    }

    /// Moves, and hands the rows on the way to `fetch`; returns their number.
    ///
    /// # Errors
    /// The statement failed, the cursor may not go back, or what `fetch` says.
    pub(crate) fn travel<E: From<Failure>>(
        &mut self,
        motion: Motion,
        spool: &mut Spool,
        mut fetch: impl FnMut(RecordBatch) -> Result<(), E>,
    ) -> Result<u64, E> {
        let mut fetches = Fetches {
            fetch: &mut fetch,
            moves_only: motion.moves_only,
            spool,
        };
        let rows = motion.count.unsigned_abs();
        let ahead = motion.count > 0;
        match motion.direction() {
            _ if motion.count == 0 && motion.direction() != Direction::Absolute => {
                self.again(&mut fetches)
            }
            Direction::Forward if ahead => self.forward(all_or(rows), &mut fetches),
            Direction::Backward if !ahead => self.forward(all_or(rows), &mut fetches),
            Direction::Forward | Direction::Backward => self.backward(all_or(rows), &mut fetches),
            Direction::Absolute if ahead => {
                let before = rows - 1;
                if before >= self.position {
                    self.forward(before - self.position, &mut fetches.silent())?;
                } else {
                    self.may_go_back()?;
                    self.position = before;
                    self.at_end = false;
                }
                self.forward(1, &mut fetches)
            }
            Direction::Absolute if rows > 0 => {
                self.forward(u64::MAX, &mut fetches.silent())?;
                self.backward(rows - 1, &mut fetches.silent())?;
                self.backward(1, &mut fetches)
            }
            Direction::Absolute => {
                if self.position > 0 || self.at_end {
                    self.may_go_back()?;
                }
                self.position = 0;
                self.at_end = false;
                Ok(0)
            }
            Direction::Relative if ahead => {
                self.forward(rows - 1, &mut fetches.silent())?;
                self.forward(1, &mut fetches)
            }
            Direction::Relative => {
                self.backward(rows - 1, &mut fetches.silent())?;
                self.backward(1, &mut fetches)
            }
        }
    }

    /// The current row once more.
    fn again<E: From<Failure>>(&mut self, fetches: &mut Fetches<'_, E>) -> Result<u64, E> {
        if self.position == 0 || self.at_end {
            return Ok(0);
        }
        if fetches.moves_only {
            return Ok(1);
        }
        self.may_go_back()?;
        self.position -= 1;
        self.forward(1, fetches)
    }

    fn forward<E: From<Failure>>(
        &mut self,
        rows_max: u64,
        fetches: &mut Fetches<'_, E>,
    ) -> Result<u64, E> {
        let mut passed = 0;
        while passed < rows_max && !self.at_end {
            let left = rows_max - passed;
            let known = self.source.known_end().saturating_sub(self.position);
            let rows = if fetches.moves_only && known > 0 {
                known.min(left)
            } else {
                match self.source.batch_with(self.position, fetches.spool)? {
                    None => {
                        self.at_end = true;
                        break;
                    }
                    Some(batch) => {
                        let rows = rows_of(&batch).min(left);
                        if !fetches.moves_only {
                            (fetches.fetch)(batch.slice(0, index(rows)))?;
                        }
                        rows
                    }
                }
            };
            self.position += rows;
            passed += rows;
        }
        Ok(passed)
    }

    fn backward<E: From<Failure>>(
        &mut self,
        rows_max: u64,
        fetches: &mut Fetches<'_, E>,
    ) -> Result<u64, E> {
        if rows_max == 0 {
            return Ok(0);
        }
        self.may_go_back()?;
        // Behind the last row the next one backwards is the last; on a row it is the one before.
        let mut above = if self.at_end {
            self.position
        } else {
            self.position.saturating_sub(1)
        };
        let wanted = rows_max.min(above);
        let floor = above - wanted;
        while above > floor && !fetches.moves_only {
            let (batch, first) = self.source.whole_batch(above - 1)?;
            let low = floor.max(first);
            let descending: UInt32Array = (low..above)
                .rev()
                .map(|row| u32::try_from(row - first).unwrap_or(u32::MAX))
                .collect();
            let reversed = take_record_batch(&batch, &descending)
                .map_err(|_| failure::limit("could not read the cursor backwards"))?;
            (fetches.fetch)(reversed)?;
            above = low;
        }
        self.position = if wanted == rows_max { floor + 1 } else { 0 };
        self.at_end = false;
        Ok(wanted)
    }

    fn may_go_back(&self) -> Result<(), Failure> {
        if self.source.scroll {
            return Ok(());
        }
        let mut failure = tavana_common::failure::new(
            FailureKind::FailureForwardOnly,
            "cursor can only scan forward",
        );
        "Declare it with SCROLL option to enable backward scan.".clone_into(&mut failure.hint);
        Err(failure)
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
        let source = &mut self.source;
        while source.live.is_some() {
            if interrupts.is_requested() {
                return Err(failure::cancelled());
            }
            let Some(batch) = source.next_live()? else {
                break;
            };
            source.keep(&batch, spool)?;
        }
        Ok(())
    }

    /// Gives back what the cursor holds.
    pub(crate) fn close(self, spool: &mut Spool) {
        if let Some(kept) = self.source.kept {
            kept.release(spool);
        }
    }
}

impl Source {
    /// Rows whose number is known without reading on.
    fn known_end(&self) -> u64 {
        if self.live.is_some() && !self.scroll {
            // What is in hand is all there is to skip.
            return self
                .hand
                .as_ref()
                .map_or(0, |(batch, first)| first + rows_of(batch));
        }
        self.read
    }

    /// Rows from this number on, as many as one batch has; `None` at the end.
    fn batch_with(&mut self, row: u64, spool: &mut Spool) -> Result<Option<RecordBatch>, Failure> {
        while row >= self.read {
            let Some(batch) = self.next_live()? else {
                return Ok(None);
            };
            if self.scroll {
                self.keep(&batch, spool)?;
            }
            let first = self.read - rows_of(&batch);
            self.hand = Some((batch, first));
        }
        let (batch, first) = self.whole_batch(row)?;
        let from = index(row - first);
        Ok(Some(batch.slice(from, batch.num_rows() - from)))
    }

    /// The batch with this row, which was read before.
    fn whole_batch(&mut self, row: u64) -> Result<(RecordBatch, u64), Failure> {
        if let Some((batch, first)) = &self.hand
            && (*first..first + rows_of(batch)).contains(&row)
        {
            return Ok((batch.clone(), *first));
        }
        let kept = self
            .kept
            .as_ref()
            .filter(|kept| kept.holds(row))
            .ok_or_else(|| failure::limit("the rows of the cursor were not kept"))?;
        let read = kept.read(row)?;
        self.hand = Some(read.clone());
        Ok(read)
    }

    fn next_live(&mut self) -> Result<Option<RecordBatch>, Failure> {
        let Some(live) = &mut self.live else {
            return Ok(None);
        };
        let next = live
            .rows
            .next()
            .map_err(|error| live.prepared.failure(&error))?;
        match &next {
            Some(batch) => self.read += rows_of(batch),
            None => self.live = None,
        }
        Ok(next)
    }

    /// `batch` is the last that was read.
    fn keep(&mut self, batch: &RecordBatch, spool: &mut Spool) -> Result<(), Failure> {
        let first = self.read - rows_of(batch);
        if self.kept.is_none() {
            self.kept = Some(Kept::new(spool, &self.schema, first)?);
        }
        match &mut self.kept {
            Some(kept) if kept.end() == first => kept.append(spool, batch),
            _ => Err(failure::limit("the rows of the cursor were not kept")),
        }
    }
}

/// Where rows go.
struct Fetches<'a, E> {
    fetch: &'a mut dyn FnMut(RecordBatch) -> Result<(), E>,
    moves_only: bool,
    spool: &'a mut Spool,
}

impl<E> Fetches<'_, E> {
    /// The same for rows that are passed and not wanted.
    fn silent(&mut self) -> Fetches<'_, E> {
        Fetches {
            fetch: &mut *self.fetch,
            moves_only: true,
            spool: &mut *self.spool,
        }
    }
}

/// The largest number that a Motion can hold means all.
fn all_or(rows: u64) -> u64 {
    if rows >= i64::MAX.unsigned_abs() {
        u64::MAX
    } else {
        rows
    }
}

fn rows_of(batch: &RecordBatch) -> u64 {
    u64::try_from(batch.num_rows()).unwrap_or(0)
}

fn index(rows: u64) -> usize {
    usize::try_from(rows).unwrap_or(usize::MAX)
}
