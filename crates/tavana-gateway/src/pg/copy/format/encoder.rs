//! COPY TO STDOUT: batches as CopyData messages, one for each row.
//!
//! A row of the binary format is the body of a DataRow, so the row encoder writes it directly. The
//! two text formats are made from the row encoder's text DataRows.

use std::ops::Range;

use arrow_array::RecordBatch;
use arrow_schema::Schema;
use bytes::{BufMut, BytesMut};

use super::{BINARY_SIGNATURE, CopyFormat, ForceQuote};
use crate::pg::encode::number::{SLACK, put, put_slice};
use crate::pg::encode::{EncodeError, FieldError, ResultFormat, RowEncoder};
use crate::pg::text::TextOptions;
use crate::pg::types::{describe, oid};

/// Text rows are made from DataRows in pieces of this size.
const PIECE_BYTES: usize = 64 * 1024;

#[derive(Debug)]
pub(crate) struct CopyEncoder {
    format: CopyFormat,
    names: Vec<String>,
    columns: Vec<Column>,
    rows: RowEncoder,
    /// DataRow messages on their way to text.
    piece: BytesMut,
    /// The header of the binary format belongs into the message of the first row.
    header_due: bool,
}

/// How the text formats treat a column.
#[derive(Debug, Clone, Copy)]
struct Column {
    /// Only CSV quotes.
    force_quote: bool,
    /// No value can hold a character that is special, nor be the spelling of NULL.
    plain: bool,
}

impl CopyEncoder {
    pub(crate) fn new(
        schema: &Schema,
        duckdb_types: &[String],
        names: &[String],
        format: CopyFormat,
        options: &TextOptions,
    ) -> Result<Self, EncodeError> {
        let expected = schema.fields().len();
        if names.len() != expected {
            return Err(EncodeError::ColumnCount {
                expected,
                found: names.len(),
            });
        }
        let rows = match format {
            CopyFormat::Binary => RowEncoder::copy_binary(schema, duckdb_types, options)?,
            CopyFormat::Text { .. } | CopyFormat::Csv { .. } => {
                let formats = vec![ResultFormat::Text; duckdb_types.len()];
                RowEncoder::new(schema, duckdb_types, &formats, options)?
            }
        };
        let columns = names
            .iter()
            .zip(duckdb_types)
            .map(|(name, duckdb_type)| Column::new(name, duckdb_type, &format))
            .collect();
        Ok(Self {
            format,
            names: names.to_vec(),
            columns,
            rows,
            piece: BytesMut::new(),
            header_due: false,
        })
    }

    /// Appends what comes before the first row. The header of the binary format comes with the
    /// first row, or with the trailer when there is none.
    pub(crate) fn header(&mut self, out: &mut BytesMut) {
        match &self.format {
            CopyFormat::Binary => self.header_due = true,
            CopyFormat::Text {
                delimiter,
                header: true,
                ..
            } => {
                copy_data(out, |out| {
                    self.put_names(*delimiter, out, |name, buf| {
                        put_text(name, *delimiter, buf, 0)
                    });
                });
            }
            CopyFormat::Csv {
                delimiter,
                quote,
                escape,
                null,
                header: true,
                ..
            } => {
                let csv = Csv {
                    delimiter: *delimiter,
                    quote: *quote,
                    escape: *escape,
                    null,
                };
                let alone = self.names.len() == 1;
                copy_data(out, |out| {
                    self.put_names(*delimiter, out, |name, buf| {
                        csv.put(name, false, alone, buf, 0)
                    });
                });
            }
            CopyFormat::Text { header: false, .. } | CopyFormat::Csv { header: false, .. } => {}
        }
    }

    fn put_names(
        &self,
        delimiter: u8,
        out: &mut BytesMut,
        put_name: impl Fn(Value<'_>, &mut [u8]) -> usize,
    ) {
        for (index, name) in self.names.iter().enumerate() {
            if index > 0 {
                out.put_u8(delimiter);
            }
            let start = out.len();
            out.resize(start + 2 * name.len() + SLACK, 0);
            let name = Value {
                bytes: name.as_bytes(),
                onward: name.as_bytes(),
            };
            let end = put_name(name, &mut out[start..]);
            out.truncate(start + end);
        }
        out.put_u8(b'\n');
    }

    /// Appends every row of a batch.
    #[cfg(test)]
    pub(crate) fn encode(
        &mut self,
        batch: &RecordBatch,
        out: &mut BytesMut,
    ) -> Result<(), EncodeError> {
        self.encode_until(batch, 0..batch.num_rows(), usize::MAX, out)
            .map(|_| ())
    }

    /// Appends rows until `out` holds about `bytes_max`; returns the row to go on with.
    pub(crate) fn encode_until(
        &mut self,
        batch: &RecordBatch,
        rows: Range<usize>,
        bytes_max: usize,
        out: &mut BytesMut,
    ) -> Result<usize, EncodeError> {
        let mut rows = rows;
        if self.format == CopyFormat::Binary {
            if self.header_due && !rows.is_empty() {
                self.first_binary_row(batch, rows.start, out)?;
                self.header_due = false;
                rows.start += 1;
            }
            return self.rows.encode_until(batch, rows, bytes_max, out);
        }
        while !rows.is_empty() && out.len() < bytes_max {
            self.piece.clear();
            let outcome = self
                .rows
                .encode_until(batch, rows.clone(), PIECE_BYTES, &mut self.piece);
            // Rows before a bad one are whole, and sent.
            let start = out.len();
            out.resize(
                start + text_bytes_max(&self.format, &self.columns, &self.piece),
                0,
            );
            let written = put_rows(&self.format, &self.columns, &self.piece, &mut out[start..]);
            out.truncate(start + written?);
            rows.start = outcome?;
        }
        Ok(rows.start)
    }

    fn first_binary_row(
        &self,
        batch: &RecordBatch,
        row: usize,
        out: &mut BytesMut,
    ) -> Result<(), EncodeError> {
        let mut message = BytesMut::new();
        self.rows.encode(batch, row..row + 1, &mut message)?;
        let tuple = message.get(5..).unwrap_or_default();
        copy_data(out, |out| {
            binary_header(out);
            out.put_slice(tuple);
        });
        Ok(())
    }

    /// Appends what comes behind the last row.
    pub(crate) fn trailer(&mut self, out: &mut BytesMut) {
        if self.format == CopyFormat::Binary {
            let header_due = std::mem::take(&mut self.header_due);
            copy_data(out, |out| {
                if header_due {
                    binary_header(out);
                }
                out.put_i16(-1);
            });
        }
    }
}

impl Column {
    fn new(name: &String, duckdb_type: &str, format: &CopyFormat) -> Self {
        let (force_quote, delimiter, null) = match format {
            CopyFormat::Text {
                delimiter, null, ..
            } => (false, *delimiter, null.as_str()),
            CopyFormat::Csv {
                delimiter,
                null,
                force_quote,
                ..
            } => {
                let force = match force_quote {
                    ForceQuote::None => false,
                    ForceQuote::All => true,
                    ForceQuote::Columns(columns) => columns.contains(name),
                };
                (force, *delimiter, null.as_str())
            }
            CopyFormat::Binary => (false, b'\t', ""),
        };
        let digits_and_words = matches!(
            describe(duckdb_type).oid,
            oid::BOOL
                | oid::INT2
                | oid::INT4
                | oid::INT8
                | oid::NUMERIC
                | oid::FLOAT4
                | oid::FLOAT8
                | oid::UUID
                | oid::DATE
                | oid::TIME
                | oid::TIMETZ
                | oid::TIMESTAMP
                | oid::TIMESTAMPTZ
        );
        let unusual = matches!(delimiter, b',' | b';' | b'|' | b'\t');
        let plain =
            digits_and_words && unusual && !force_quote && matches!(null, "" | "\\N" | "NULL");
        Self { force_quote, plain }
    }
}

fn binary_header(out: &mut BytesMut) {
    out.put_slice(&BINARY_SIGNATURE);
    // No flags, no extension.
    out.put_i32(0);
    out.put_i32(0);
}

/// Appends one CopyData message.
fn copy_data(out: &mut BytesMut, body: impl FnOnce(&mut BytesMut)) {
    out.put_u8(b'd');
    let start = out.len();
    out.put_i32(0);
    body(out);
    // A row is at most twice as long as its DataRow, whose length is an i32; beyond that the
    // client sees a wrong length, as it would from any other server that sends such a row.
    let length = u32::try_from(out.len() - start).unwrap_or(u32::MAX);
    out[start..start + 4].copy_from_slice(&length.to_be_bytes());
}

/// The most bytes that the text form of a piece of DataRows takes, with room to write fast.
fn text_bytes_max(format: &CopyFormat, columns: &[Column], piece: &[u8]) -> usize {
    // Behind each value there is a delimiter or the end of the line, in place of the four bytes of
    // its length. At worst each byte is escaped; quotes take two more. A NULL takes no bytes in
    // a DataRow.
    let null = match format {
        CopyFormat::Text { null, .. } | CopyFormat::Csv { null, .. } => null.len(),
        CopyFormat::Binary => 0,
    };
    let values = piece.len() / 4 + columns.len();
    2 * piece.len() + values * null.max(1) + SLACK
}

/// Writes the rows of a piece of whole DataRows; returns where they end.
fn put_rows(
    format: &CopyFormat,
    columns: &[Column],
    piece: &[u8],
    buf: &mut [u8],
) -> Result<usize, FieldError> {
    let mut piece = piece;
    let mut at = 0;
    while !piece.is_empty() {
        let length = piece.get(1..5).and_then(|length| length.try_into().ok());
        let length = length.map_or(0, u32::from_be_bytes) as usize;
        let row = piece.get(7..=length).ok_or(FieldError::Malformed)?;
        at = match format {
            CopyFormat::Text {
                delimiter, null, ..
            } => put_row(
                columns,
                row,
                *delimiter,
                null,
                buf,
                at,
                |value, _, buf, at| put_text(value, *delimiter, buf, at),
            ),
            CopyFormat::Csv {
                delimiter,
                quote,
                escape,
                null,
                ..
            } => {
                let csv = Csv {
                    delimiter: *delimiter,
                    quote: *quote,
                    escape: *escape,
                    null,
                };
                let alone = columns.len() == 1;
                put_row(
                    columns,
                    row,
                    *delimiter,
                    null,
                    buf,
                    at,
                    |value, column, buf, at| csv.put(value, column.force_quote, alone, buf, at),
                )
            }
            CopyFormat::Binary => Err(FieldError::Malformed),
        }?;
        piece = piece.get(length + 1..).unwrap_or_default();
    }
    Ok(at)
}

/// Writes one row as a CopyData message. `row` holds the values of a DataRow with their lengths.
#[inline(always)]
fn put_row(
    columns: &[Column],
    row: &[u8],
    delimiter: u8,
    null: &str,
    buf: &mut [u8],
    at: usize,
    put_value: impl Fn(Value<'_>, Column, &mut [u8], usize) -> usize,
) -> Result<usize, FieldError> {
    buf[at] = b'd';
    let start = at + 1;
    let mut at = start + 4;
    let mut rest = row;
    for column in columns {
        let (length, after) = rest.split_first_chunk::<4>().ok_or(FieldError::Malformed)?;
        rest = after;
        at = match usize::try_from(i32::from_be_bytes(*length)) {
            Ok(length) => {
                let value = Value {
                    bytes: rest.get(..length).ok_or(FieldError::Malformed)?,
                    onward: rest,
                };
                rest = rest.get(length..).unwrap_or_default();
                if column.plain {
                    value.copy(buf, at)
                } else {
                    put_value(value, *column, buf, at)
                }
            }
            Err(_) => put_slice(buf, at, null.as_bytes()),
        };
        buf[at] = delimiter;
        at += 1;
    }
    // In place of the delimiter behind the last value, which a row without columns does not have.
    let end = if columns.is_empty() { at + 1 } else { at };
    buf[end - 1] = b'\n';
    let length = i32::try_from(end - start).map_err(|_| FieldError::TooLong)?;
    put(buf, start, length.to_be_bytes());
    Ok(end)
}

/// A value where it stands in a DataRow.
#[derive(Clone, Copy)]
struct Value<'a> {
    bytes: &'a [u8],
    /// It and all that follows it.
    onward: &'a [u8],
}

impl Value<'_> {
    /// Copies it. One that is short takes what follows along, which is faster than an exact copy.
    #[inline(always)]
    fn copy(self, buf: &mut [u8], at: usize) -> usize {
        const WIDE: usize = 32;
        match self.onward.first_chunk::<WIDE>() {
            Some(wide) if self.bytes.len() <= WIDE => {
                put(buf, at, *wide);
                at + self.bytes.len()
            }
            _ => put_slice(buf, at, self.bytes),
        }
    }
}

/// Whether some byte is below a space, a backslash, or the delimiter.
#[inline(always)]
fn needs_escape(value: &[u8], delimiter: u8) -> bool {
    value.iter().fold(false, |found, byte| {
        found | (*byte < b' ') | (*byte == b'\\') | (*byte == delimiter)
    })
}

/// The text format: a backslash before what would end a field or a line.
#[inline(always)]
fn put_text(value: Value<'_>, delimiter: u8, buf: &mut [u8], at: usize) -> usize {
    if !needs_escape(value.bytes, delimiter) {
        return value.copy(buf, at);
    }
    let mut at = at;
    for byte in value.bytes {
        let escape = match byte {
            b'\\' => b'\\',
            0x08 => b'b',
            0x0c => b'f',
            b'\n' => b'n',
            b'\r' => b'r',
            b'\t' => b't',
            0x0b => b'v',
            other if *other == delimiter => *other,
            other => {
                buf[at] = *other;
                at += 1;
                continue;
            }
        };
        at = put(buf, at, [b'\\', escape]);
    }
    at
}

struct Csv<'a> {
    delimiter: u8,
    quote: u8,
    escape: u8,
    null: &'a str,
}

impl Csv<'_> {
    /// Quotes what would be read as something else: the spelling of NULL (an empty value by
    /// default), and `\.` alone on its line, which ends the data.
    #[inline(always)]
    fn put(&self, value: Value<'_>, force: bool, alone: bool, buf: &mut [u8], at: usize) -> usize {
        let special = value.bytes.iter().fold(false, |found, byte| {
            found
                | (*byte == self.delimiter)
                | (*byte == self.quote)
                | matches!(byte, b'\n' | b'\r')
        });
        let quoted = special
            || force
            || value.bytes == self.null.as_bytes()
            || (alone && value.bytes == b"\\.");
        if !quoted {
            return value.copy(buf, at);
        }
        let mut at = put(buf, at, [self.quote]);
        for byte in value.bytes {
            if *byte == self.quote || *byte == self.escape {
                at = put(buf, at, [self.escape]);
            }
            at = put(buf, at, [*byte]);
        }
        put(buf, at, [self.quote])
    }
}
