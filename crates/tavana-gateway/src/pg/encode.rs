//! Arrow batches as DataRow messages.
//!
//! Rows are written one after the other into one buffer. What a column holds is resolved once per
//! batch into a [`FieldWriter`]; per value there is one indirect call and no allocation.

mod array;
pub(crate) mod datetime;
mod json;
mod kind;
pub(crate) mod number;
mod scalar;
#[cfg(test)]
mod tests;

use std::ops::Range;

use arrow_array::{Array, RecordBatch};
use arrow_schema::{DataType, Schema};
use bytes::BytesMut;

use self::kind::Kind;
use self::number::{SLACK, put};
use super::text::TextOptions;
use super::types::{PgColumn, describe};

/// Rows written between two reservations of room.
const CHUNK_ROWS: usize = 128;
/// A chunk is cut down to fewer rows while it could take more room than this.
const CHUNK_BYTES_MAX: usize = 1 << 20;

/// The two formats of the protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ResultFormat {
    Text,
    Binary,
}

/// Why rows could not be encoded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum EncodeError {
    /// The worker sent an Arrow type that no DuckDB type is exported as.
    #[error("could not encode column \"{column}\" of arrow type {arrow_type}")]
    Unsupported { column: String, arrow_type: String },
    /// The Arrow type and the announced type contradict each other.
    #[error("column \"{column}\" of arrow type {arrow_type} has no form of type {oid}")]
    TypeMismatch {
        column: String,
        arrow_type: String,
        oid: u32,
    },
    /// The worker announced another number of columns than it sent.
    #[error("expected {expected} columns, found {found}")]
    ColumnCount { expected: usize, found: usize },
    #[error("{0}")]
    Field(#[from] FieldError),
}

impl EncodeError {
    pub(crate) fn sql_state(&self) -> &'static str {
        match self {
            Self::Unsupported { .. } => "0A000",
            Self::TypeMismatch { .. } | Self::ColumnCount { .. } => "XX000",
            Self::Field(error) => match error {
                FieldError::DateOutOfRange | FieldError::TimestampOutOfRange => "22008",
                FieldError::NumericOverflow => "22003",
                FieldError::TooLong => "54000",
                FieldError::Malformed => "XX000",
            },
        }
    }
}

/// Why one value could not be encoded. One byte, so that writers return it in registers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum FieldError {
    #[error("date out of range")]
    DateOutOfRange,
    #[error("timestamp out of range")]
    TimestampOutOfRange,
    #[error("value overflows numeric format")]
    NumericOverflow,
    #[error("row is longer than a message can be")]
    TooLong,
    #[error("the worker sent a malformed value")]
    Malformed,
}

/// Writes the values of one column of one batch.
trait FieldWriter {
    /// The most bytes the values of these rows take, length words included. Called once before the
    /// rows are written, in order.
    fn prepare(&mut self, rows: Range<usize>) -> Result<usize, FieldError>;

    /// Writes the length word (-1 for NULL) and the value of a row; returns the end. May touch
    /// [`SLACK`] bytes behind it.
    fn write(&mut self, row: usize, buf: &mut [u8], at: usize) -> Result<usize, FieldError>;
}

/// The session's spelling, and that of values inside JSON.
#[derive(Debug, Clone, Copy)]
struct Spelling<'a> {
    session: &'a TextOptions,
    json: &'a TextOptions,
}

type Writer<'a> = Box<dyn FieldWriter + 'a>;

/// How one column is sent.
#[derive(Debug, Clone)]
struct Column {
    kind: Kind,
    data_type: DataType,
    oid: u32,
    format: ResultFormat,
}

/// Encodes batches of one result.
#[derive(Debug)]
pub(crate) struct RowEncoder {
    columns: Vec<Column>,
    options: TextOptions,
    json_options: TextOptions,
    /// `D` for DataRow, `d` for a tuple of binary COPY, whose body is the same.
    message: u8,
}

impl RowEncoder {
    /// An encoder for batches of `schema`, whose columns have these DuckDB types. `formats` is one
    /// per column.
    pub(crate) fn new(
        schema: &Schema,
        duckdb_types: &[String],
        formats: &[ResultFormat],
        options: &TextOptions,
    ) -> Result<Self, EncodeError> {
        let described: Vec<PgColumn> = duckdb_types.iter().map(|name| describe(name)).collect();
        Self::with_columns(schema, &described, formats, options)
    }

    /// As [`Self::new`], for columns announced as another PostgreSQL type than the DuckDB type
    /// asks for: `oid`, `name` and `"char"` columns of the catalog.
    pub(crate) fn with_columns(
        schema: &Schema,
        described: &[PgColumn],
        formats: &[ResultFormat],
        options: &TextOptions,
    ) -> Result<Self, EncodeError> {
        let expected = schema.fields().len();
        for found in [described.len(), formats.len()] {
            if found != expected || i16::try_from(found).is_err() {
                return Err(EncodeError::ColumnCount { expected, found });
            }
        }
        // Dates inside JSON are ISO whatever the session's DateStyle.
        let json_options = TextOptions {
            time_zone: options.time_zone.clone(),
            ..TextOptions::default()
        };
        let spelling = Spelling {
            session: options,
            json: &json_options,
        };
        let columns = schema
            .fields()
            .iter()
            .zip(described)
            .zip(formats)
            .map(|((field, described), format)| {
                let kind = Kind::of(field)?;
                let column = Column {
                    kind,
                    data_type: field.data_type().clone(),
                    oid: described.oid,
                    format: *format,
                };
                let empty = arrow_array::new_empty_array(field.data_type());
                if column.writer(&*empty, spelling).is_some() {
                    return Ok(column);
                }
                Err(EncodeError::TypeMismatch {
                    column: field.name().clone(),
                    arrow_type: field.data_type().to_string(),
                    oid: described.oid,
                })
            })
            .collect::<Result<_, _>>()?;
        Ok(Self {
            columns,
            options: options.clone(),
            json_options,
            message: b'D',
        })
    }

    /// An encoder of the tuples of binary COPY, each in a CopyData message.
    pub(crate) fn copy_binary(
        schema: &Schema,
        duckdb_types: &[String],
        options: &TextOptions,
    ) -> Result<Self, EncodeError> {
        let formats = vec![ResultFormat::Binary; duckdb_types.len()];
        Ok(Self {
            message: b'd',
            ..Self::new(schema, duckdb_types, &formats, options)?
        })
    }

    /// Appends complete messages for `rows` of `batch`. On an error `out` holds whole messages of
    /// the rows before, of this call too.
    pub(crate) fn encode(
        &self,
        batch: &RecordBatch,
        rows: Range<usize>,
        out: &mut BytesMut,
    ) -> Result<(), EncodeError> {
        self.encode_until(batch, rows, usize::MAX, out).map(|_| ())
    }

    /// As [`Self::encode`], but stops once `out` holds `bytes_max` or more (overshooting by less
    /// than 128 rows). Returns the row to go on with; `rows.end` when all are done.
    pub(crate) fn encode_until(
        &self,
        batch: &RecordBatch,
        rows: Range<usize>,
        bytes_max: usize,
        out: &mut BytesMut,
    ) -> Result<usize, EncodeError> {
        if batch.num_columns() != self.columns.len() {
            return Err(EncodeError::ColumnCount {
                expected: self.columns.len(),
                found: batch.num_columns(),
            });
        }
        if rows.start > rows.end || rows.end > batch.num_rows() {
            return Err(EncodeError::Field(FieldError::Malformed));
        }
        let spelling = Spelling {
            session: &self.options,
            json: &self.json_options,
        };
        let mut writers = self
            .columns
            .iter()
            .zip(batch.columns())
            .zip(batch.schema_ref().fields())
            .map(|((column, array), field)| {
                // The writers rely on the types of the schema they were resolved for.
                Some(column)
                    .filter(|column| column.data_type == *array.data_type())
                    .and_then(|column| column.writer(&**array, spelling))
                    .ok_or_else(|| EncodeError::TypeMismatch {
                        column: field.name().clone(),
                        arrow_type: array.data_type().to_string(),
                        oid: column.oid,
                    })
            })
            .collect::<Result<Vec<Writer<'_>>, _>>()?;
        let mut next = rows.start;
        while next < rows.end && out.len() < bytes_max {
            next = write_chunk(&mut writers, self.message, next..rows.end, out)?;
        }
        Ok(next)
    }
}

/// Writes the first rows of `rows` and returns the next one.
fn write_chunk(
    writers: &mut [Writer<'_>],
    message: u8,
    rows: Range<usize>,
    out: &mut BytesMut,
) -> Result<usize, FieldError> {
    let mut end = rows.end.min(rows.start + CHUNK_ROWS);
    let room = loop {
        let count = end - rows.start;
        let mut room = count * 7 + SLACK;
        for writer in &mut *writers {
            room = room.saturating_add(writer.prepare(rows.start..end)?);
        }
        if room <= CHUNK_BYTES_MAX || count == 1 {
            break room;
        }
        end = rows.start + count / 2;
    };
    let start = out.len();
    out.resize(start.saturating_add(room), 0);
    let buf = &mut out[start..];
    let columns = (writers.len() as i16).to_be_bytes();
    let mut at = 0;
    let mut outcome = Ok(());
    for row in rows.start..end {
        match write_row(writers, message, columns, row, buf, at) {
            Ok(after) => at = after,
            Err(error) => {
                outcome = Err(error);
                break;
            }
        }
    }
    out.truncate(start + at);
    outcome.map(|()| end)
}

#[inline(always)]
fn write_row(
    writers: &mut [Writer<'_>],
    message: u8,
    columns: [u8; 2],
    row: usize,
    buf: &mut [u8],
    at: usize,
) -> Result<usize, FieldError> {
    buf[at] = message;
    let body = at + 1;
    let mut end = put(buf, body + 4, columns);
    for writer in writers {
        end = writer.write(row, buf, end)?;
    }
    let length = i32::try_from(end - body).map_err(|_| FieldError::TooLong)?;
    put(buf, body, length.to_be_bytes());
    Ok(end)
}

impl Column {
    /// None when the kind cannot be sent as the announced type.
    fn writer<'a>(&'a self, array: &'a dyn Array, spelling: Spelling<'a>) -> Option<Writer<'a>> {
        match self.format {
            ResultFormat::Text => scalar::text_writer(&self.kind, self.oid, array, spelling),
            ResultFormat::Binary => scalar::binary_writer(&self.kind, self.oid, array, spelling),
        }
    }
}
