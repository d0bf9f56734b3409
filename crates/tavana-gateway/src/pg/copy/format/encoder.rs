//! COPY TO STDOUT: batches as CopyData messages, one for each row.
//!
//! A row of the binary format is the body of a DataRow, so the row encoder writes it directly. The
//! two text formats are made from the row encoder's text DataRows.

use std::ops::Range;

use arrow_array::RecordBatch;
use arrow_schema::Schema;
use bytes::{BufMut, BytesMut};

use super::{BINARY_SIGNATURE, CopyFormat, ForceQuote};
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
                    for (index, name) in self.names.iter().enumerate() {
                        if index > 0 {
                            out.put_u8(*delimiter);
                        }
                        put_text(name.as_bytes(), *delimiter, out);
                    }
                    out.put_u8(b'\n');
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
                    for (index, name) in self.names.iter().enumerate() {
                        if index > 0 {
                            out.put_u8(*delimiter);
                        }
                        csv.put(name.as_bytes(), false, alone, out);
                    }
                    out.put_u8(b'\n');
                });
            }
            CopyFormat::Text { header: false, .. } | CopyFormat::Csv { header: false, .. } => {}
        }
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
            let mut piece = &self.piece[..];
            while let Some(row) = next_message(&mut piece)? {
                put_row(&self.format, &self.columns, row, out)?;
            }
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

/// The next message of `piece` without its tag and length.
fn next_message<'a>(piece: &mut &'a [u8]) -> Result<Option<&'a [u8]>, FieldError> {
    if piece.is_empty() {
        return Ok(None);
    }
    let length = piece.get(1..5).and_then(|length| length.try_into().ok());
    let length = length.map_or(0, u32::from_be_bytes) as usize;
    let body = piece.get(5..=length).ok_or(FieldError::Malformed)?;
    *piece = piece.get(length + 1..).unwrap_or_default();
    Ok(Some(body))
}

fn put_row(
    format: &CopyFormat,
    columns: &[Column],
    row: &[u8],
    out: &mut BytesMut,
) -> Result<(), FieldError> {
    out.put_u8(b'd');
    let start = out.len();
    out.put_i32(0);
    let mut rest = row.get(2..).ok_or(FieldError::Malformed)?;
    let alone = columns.len() == 1;
    for (index, column) in columns.iter().enumerate() {
        let (length, after) = rest.split_first_chunk::<4>().ok_or(FieldError::Malformed)?;
        let value = match usize::try_from(i32::from_be_bytes(*length)) {
            Ok(length) => {
                let (value, after) = after
                    .split_at_checked(length)
                    .ok_or(FieldError::Malformed)?;
                rest = after;
                Some(value)
            }
            Err(_) => {
                rest = after;
                None
            }
        };
        match format {
            CopyFormat::Text {
                delimiter, null, ..
            } => {
                if index > 0 {
                    out.put_u8(*delimiter);
                }
                match value {
                    Some(value) if column.plain => out.put_slice(value),
                    Some(value) => put_text(value, *delimiter, out),
                    None => out.put_slice(null.as_bytes()),
                }
            }
            CopyFormat::Csv {
                delimiter,
                quote,
                escape,
                null,
                ..
            } => {
                if index > 0 {
                    out.put_u8(*delimiter);
                }
                let csv = Csv {
                    delimiter: *delimiter,
                    quote: *quote,
                    escape: *escape,
                    null,
                };
                match value {
                    Some(value) if column.plain => out.put_slice(value),
                    Some(value) => csv.put(value, column.force_quote, alone, out),
                    None => out.put_slice(null.as_bytes()),
                }
            }
            CopyFormat::Binary => return Err(FieldError::Malformed),
        }
    }
    out.put_u8(b'\n');
    let length = i32::try_from(out.len() - start).map_err(|_| FieldError::TooLong)?;
    out[start..start + 4].copy_from_slice(&length.to_be_bytes());
    Ok(())
}

/// The text format: a backslash before what would end a field or a line.
fn put_text(value: &[u8], delimiter: u8, out: &mut BytesMut) {
    let mut plain_from = 0;
    for (index, byte) in value.iter().enumerate() {
        let escape = match byte {
            b'\\' => b'\\',
            0x08 => b'b',
            0x0c => b'f',
            b'\n' => b'n',
            b'\r' => b'r',
            b'\t' => b't',
            0x0b => b'v',
            other if *other == delimiter => *other,
            _ => continue,
        };
        out.put_slice(&value[plain_from..index]);
        out.put_slice(&[b'\\', escape]);
        plain_from = index + 1;
    }
    out.put_slice(&value[plain_from..]);
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
    fn put(&self, value: &[u8], force: bool, alone: bool, out: &mut BytesMut) {
        let special = |byte: &u8| {
            *byte == self.delimiter || *byte == self.quote || matches!(byte, b'\n' | b'\r')
        };
        let quoted = force
            || value == self.null.as_bytes()
            || (alone && value == b"\\.")
            || value.iter().any(special);
        if !quoted {
            out.put_slice(value);
            return;
        }
        out.put_u8(self.quote);
        let mut plain_from = 0;
        for (index, byte) in value.iter().enumerate() {
            if *byte == self.quote || *byte == self.escape {
                out.put_slice(&value[plain_from..index]);
                out.put_u8(self.escape);
                plain_from = index;
            }
        }
        out.put_slice(&value[plain_from..]);
        out.put_u8(self.quote);
    }
}
