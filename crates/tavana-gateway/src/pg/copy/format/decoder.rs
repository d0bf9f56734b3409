//! COPY FROM STDIN: a client's bytes, cut anywhere, as Arrow batches.

use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch, RecordBatchOptions};
use arrow_schema::{ArrowError, Field, Schema, SchemaRef};

use super::{BINARY_SIGNATURE, CopyFormat};
use crate::pg::params::column::ColumnBuilder;
use crate::pg::params::input::{InputError, InputType, Value, utf8};
use crate::pg::params::nested::NestedBuilder;

/// A batch is given out when it holds this many rows ...
const BATCH_ROWS: usize = 8_192;
/// ... or was made from this many bytes.
const BATCH_BYTES: usize = 1 << 20;
/// The longest row. Until its end arrives, a row is kept in memory.
const ROW_BYTES_MAX: usize = 256 << 20;

/// What is wrong with the data, in PostgreSQL's words, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{kind} (COPY, line {line}{})", .column.map(|column| format!(", column {column}")).unwrap_or_default())]
pub(crate) struct CopyError {
    pub(crate) kind: CopyErrorKind,
    /// From 1; rows of the binary format count as lines.
    pub(crate) line: u64,
    /// From 1.
    pub(crate) column: Option<usize>,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum CopyErrorKind {
    #[error("{0}")]
    Value(#[from] InputError),
    #[error("missing data for column \"{0}\"")]
    MissingColumn(String),
    #[error("wrong number of fields in header line: got {found}, expected {expected}")]
    HeaderCount { found: usize, expected: usize },
    #[error(
        "column name mismatch in header line field {field}: got \"{found}\", expected \"{expected}\""
    )]
    HeaderName {
        field: usize,
        found: String,
        expected: String,
    },
    #[error("extra data after last expected column")]
    ExtraColumn,
    #[error("unterminated CSV quoted field")]
    OpenQuote,
    #[error("row is longer than {ROW_BYTES_MAX} bytes")]
    RowTooLong,
    #[error("COPY file signature not recognized")]
    Signature,
    #[error("invalid COPY file header (WITH OIDS)")]
    Oids,
    #[error("unrecognized critical flags in COPY file header")]
    CriticalFlags,
    #[error("invalid COPY file header")]
    Header,
    #[error("row field count is {found}, expected {expected}")]
    FieldCount { found: i16, expected: usize },
    #[error("invalid field size")]
    FieldSize,
    #[error("unexpected EOF in COPY data")]
    EndOfData,
    #[error("received copy data after EOF marker")]
    AfterEnd,
    #[error("could not build a batch: {0}")]
    Arrow(String),
}

impl CopyError {
    pub(crate) fn sql_state(&self) -> &'static str {
        match &self.kind {
            CopyErrorKind::Value(error) => error.sql_state(),
            CopyErrorKind::MissingColumn(_)
            | CopyErrorKind::ExtraColumn
            | CopyErrorKind::OpenQuote
            | CopyErrorKind::Signature
            | CopyErrorKind::Oids
            | CopyErrorKind::CriticalFlags
            | CopyErrorKind::Header
            | CopyErrorKind::HeaderCount { .. }
            | CopyErrorKind::HeaderName { .. }
            | CopyErrorKind::FieldCount { .. }
            | CopyErrorKind::FieldSize
            | CopyErrorKind::EndOfData
            | CopyErrorKind::AfterEnd => "22P04",
            CopyErrorKind::RowTooLong => "54000",
            CopyErrorKind::Arrow(_) => "XX000",
        }
    }
}

/// Turns the data of one COPY into batches. After an error it takes no more.
#[derive(Debug)]
pub(crate) struct CopyDecoder {
    format: CopyFormat,
    rows: Rows,
    /// Bytes that do not make a whole row yet.
    pending: Vec<u8>,
    /// How far `pending` was searched for the end of the row.
    searched: usize,
    /// Whether the search stands inside quotes (CSV).
    in_quotes: bool,
    /// Whether the byte before the search's place takes the next one's meaning away.
    escaped: bool,
    state: State,
    input: CopyInput,
}

/// What COPY FROM asks beside the format.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct CopyInput {
    /// The columns the data is for.
    pub(crate) names: Vec<String>,
    /// The header must have these names.
    pub(crate) match_header: bool,
    /// Columns in which nothing without quotes is NULL (CSV).
    pub(crate) force_not_null: Vec<bool>,
    /// Columns in which the word for NULL is NULL in quotes, too (CSV).
    pub(crate) force_null: Vec<bool>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// The header of the format, or of the file, comes next.
    Header,
    Rows,
    /// The end marker was read.
    Ended,
}

impl CopyDecoder {
    /// A decoder for rows of columns with these DuckDB types.
    ///
    /// # Errors
    /// None today; a format that cannot be read would be refused here.
    pub(crate) fn new(format: CopyFormat, duckdb_types: &[String]) -> Result<Self, CopyError> {
        let state = match &format {
            CopyFormat::Text { header, .. } | CopyFormat::Csv { header, .. } if !header => {
                State::Rows
            }
            CopyFormat::Text { .. } | CopyFormat::Csv { .. } | CopyFormat::Binary => State::Header,
        };
        Ok(Self {
            format,
            rows: Rows::new(duckdb_types),
            pending: Vec::new(),
            searched: 0,
            in_quotes: false,
            escaped: false,
            state,
            input: CopyInput::default(),
        })
    }

    /// With what COPY asks beside the format.
    pub(crate) fn with(mut self, input: CopyInput) -> Self {
        self.rows.names.clone_from(&input.names);
        self.input = input;
        self
    }

    /// Whether a header names the columns as it must.
    fn check_header(&self, found: &[String]) -> Result<(), CopyError> {
        let expected = &self.input.names;
        if found.len() != expected.len() {
            return Err(self.rows.error(CopyErrorKind::HeaderCount {
                found: found.len(),
                expected: expected.len(),
            }));
        }
        for (at, (found, expected)) in found.iter().zip(expected).enumerate() {
            if found != expected {
                return Err(self.rows.error(CopyErrorKind::HeaderName {
                    field: at + 1,
                    found: found.clone(),
                    expected: expected.clone(),
                }));
            }
        }
        Ok(())
    }

    /// The Arrow schema of every batch. Text columns hold what DuckDB casts to the target type.
    pub(crate) fn schema(&self) -> &SchemaRef {
        &self.rows.schema
    }

    /// Takes the next bytes, and gives out the batches that are full.
    pub(crate) fn push(&mut self, data: &[u8]) -> Result<Vec<RecordBatch>, CopyError> {
        let mut pending = std::mem::take(&mut self.pending);
        let mut ready = Vec::new();
        let consumed = if pending.is_empty() {
            let consumed = self.read(data, &mut ready)?;
            pending.extend_from_slice(data.get(consumed..).unwrap_or_default());
            0
        } else {
            pending.extend_from_slice(data);
            self.read(&pending, &mut ready)?
        };
        pending.drain(..consumed);
        if pending.len() > ROW_BYTES_MAX {
            return Err(self.rows.error(CopyErrorKind::RowTooLong));
        }
        self.pending = pending;
        Ok(ready)
    }

    /// The client said that the data is complete: the last batch, if there is one.
    pub(crate) fn finish(mut self) -> Result<Vec<RecordBatch>, CopyError> {
        let mut rest = std::mem::take(&mut self.pending);
        let mut ready = Vec::new();
        if self.format == CopyFormat::Binary {
            // A stream without the end marker is complete too, between two rows.
            if !rest.is_empty() || self.state == State::Header {
                return Err(self.rows.error(CopyErrorKind::EndOfData));
            }
        } else if !rest.is_empty() && self.state != State::Ended {
            if self.in_quotes {
                self.rows.line += 1;
                return Err(self.rows.error(CopyErrorKind::OpenQuote));
            }
            // The last line may lack its end. An escape at the very end stands for itself.
            rest.push(b'\n');
            self.escaped = false;
            let consumed = self.read(&rest, &mut ready)?;
            debug_assert_eq!(consumed, rest.len());
        }
        self.rows.finish(&mut ready)?;
        Ok(ready)
    }

    /// Reads whole rows; returns how many bytes they took.
    fn read(&mut self, data: &[u8], ready: &mut Vec<RecordBatch>) -> Result<usize, CopyError> {
        let mut at = 0;
        loop {
            let rest = data.get(at..).unwrap_or_default();
            let used = match &self.format {
                CopyFormat::Binary => self.binary_row(rest)?,
                CopyFormat::Text { .. } => self.text_line(rest)?,
                CopyFormat::Csv { .. } => self.csv_record(rest)?,
            };
            let Some(used) = used else { return Ok(at) };
            at += used;
            self.rows.give_out(used, ready)?;
        }
    }

    fn text_line(&mut self, data: &[u8]) -> Result<Option<usize>, CopyError> {
        if self.state == State::Ended {
            return Ok((!data.is_empty()).then_some(data.len()));
        }
        // A newline behind a backslash belongs to the value.
        let mut at = self.searched;
        if self.escaped && at < data.len() {
            self.escaped = false;
            at += 1;
        }
        let end = loop {
            let rest = data.get(at..).unwrap_or_default();
            match memchr::memchr2(b'\n', b'\\', rest) {
                None => {
                    self.searched = data.len();
                    return Ok(None);
                }
                Some(found) if rest.get(found) == Some(&b'\n') => break at + found,
                // `\.` at the end of the line is no escape of the newline.
                Some(found) if at + found + 1 < data.len() => at += found + 2,
                Some(_) => {
                    self.searched = data.len();
                    self.escaped = true;
                    return Ok(None);
                }
            }
        };
        self.searched = 0;
        let line = data.get(..end).unwrap_or_default();
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        self.rows.line += 1;
        if line == b"\\." {
            self.state = State::Ended;
        } else if self.state == State::Header {
            self.state = State::Rows;
            self.text_header(line)?;
        } else {
            self.text_row(line)?;
        }
        Ok(Some(end + 1))
    }

    fn text_header(&self, line: &[u8]) -> Result<(), CopyError> {
        let CopyFormat::Text { delimiter, .. } = &self.format else {
            return Ok(());
        };
        if !self.input.match_header {
            return Ok(());
        }
        let mut names = Vec::new();
        split_text(line, *delimiter, |_, value| {
            names.push(self.header_name(value)?);
            Ok(())
        })?;
        self.check_header(&names)
    }

    fn header_name(&self, value: &[u8]) -> Result<String, CopyError> {
        utf8(value)
            .map(str::to_owned)
            .map_err(|error| self.rows.error(CopyErrorKind::Value(error)))
    }

    fn text_row(&mut self, line: &[u8]) -> Result<(), CopyError> {
        let CopyFormat::Text {
            delimiter, null, ..
        } = &self.format
        else {
            return Ok(());
        };
        let mut fields = self.rows.fields();
        if !line.is_empty() || !fields.is_empty() {
            split_text(line, *delimiter, |raw, value| {
                // NULL is told by its spelling before escapes are resolved.
                if raw == null.as_bytes() {
                    fields.append(|_| Ok(Value::Null))
                } else {
                    fields.append(|of| of.read_text(utf8(value)?))
                }
            })?;
        }
        fields.finish()
    }

    fn csv_record(&mut self, data: &[u8]) -> Result<Option<usize>, CopyError> {
        let CopyFormat::Csv { quote, escape, .. } = self.format else {
            return Ok(None);
        };
        if self.state == State::Ended {
            return Ok((!data.is_empty()).then_some(data.len()));
        }
        let mut at = self.searched;
        let end = loop {
            let rest = data.get(at..).unwrap_or_default();
            let found = if self.in_quotes {
                memchr::memchr2(quote, escape, rest)
            } else {
                memchr::memchr2(b'\n', quote, rest)
            };
            let Some(found) = found else {
                self.searched = data.len();
                return Ok(None);
            };
            let place = at + found;
            let byte = data.get(place).copied().unwrap_or_default();
            if !self.in_quotes && byte == b'\n' {
                break place;
            }
            // Where the escape is the quote, a doubled quote closes and opens again.
            if self.in_quotes && byte == escape && escape != quote {
                match data.get(place + 1) {
                    None => {
                        self.searched = place;
                        return Ok(None);
                    }
                    Some(next) if *next == quote || *next == escape => {
                        at = place + 2;
                        continue;
                    }
                    Some(_) => {
                        at = place + 1;
                        continue;
                    }
                }
            }
            self.in_quotes = !self.in_quotes;
            at = place + 1;
        };
        self.searched = 0;
        let record = data.get(..end).unwrap_or_default();
        let record = record.strip_suffix(b"\r").unwrap_or(record);
        self.rows.line += 1;
        if record == b"\\." {
            self.state = State::Ended;
        } else if self.state == State::Header {
            self.state = State::Rows;
            self.csv_header(record)?;
        } else {
            self.csv_row(record)?;
        }
        Ok(Some(end + 1))
    }

    fn csv_header(&self, record: &[u8]) -> Result<(), CopyError> {
        let Some(csv) = Csv::of(&self.format).filter(|_| self.input.match_header) else {
            return Ok(());
        };
        let mut names = Vec::new();
        csv.split(record, |value, _| {
            names.push(self.header_name(value)?);
            Ok(())
        })?;
        self.check_header(&names)
    }

    fn csv_row(&mut self, record: &[u8]) -> Result<(), CopyError> {
        let (Some(csv), CopyFormat::Csv { null, .. }) = (Csv::of(&self.format), &self.format)
        else {
            return Ok(());
        };
        let input = &self.input;
        let forced = |list: &[bool], at: usize| list.get(at).copied().unwrap_or(false);
        let mut fields = self.rows.fields();
        if !record.is_empty() || !fields.is_empty() {
            csv.split(record, |value, quoted| {
                let may_be_null = if quoted {
                    forced(&input.force_null, fields.next)
                } else {
                    !forced(&input.force_not_null, fields.next)
                };
                if may_be_null && value == null.as_bytes() {
                    fields.append(|_| Ok(Value::Null))
                } else {
                    fields.append(|of| of.read_text(utf8(value)?))
                }
            })?;
        }
        fields.finish()
    }

    fn binary_row(&mut self, data: &[u8]) -> Result<Option<usize>, CopyError> {
        match self.state {
            State::Header => self.binary_header(data),
            State::Ended if data.is_empty() => Ok(None),
            State::Ended => Err(self.rows.error(CopyErrorKind::AfterEnd)),
            State::Rows => self.binary_tuple(data),
        }
    }

    fn binary_header(&mut self, data: &[u8]) -> Result<Option<usize>, CopyError> {
        let seen = data.len().min(BINARY_SIGNATURE.len());
        if data.get(..seen) != BINARY_SIGNATURE.get(..seen) {
            return Err(self.rows.error(CopyErrorKind::Signature));
        }
        let (Some(flags), Some(extension)) = (int4_at(data, 11), int4_at(data, 15)) else {
            return Ok(None);
        };
        if flags & (1 << 16) != 0 {
            return Err(self.rows.error(CopyErrorKind::Oids));
        }
        if flags >> 16 != 0 {
            return Err(self.rows.error(CopyErrorKind::CriticalFlags));
        }
        let extension = usize::try_from(extension)
            .ok()
            .filter(|length| *length <= ROW_BYTES_MAX)
            .ok_or_else(|| self.rows.error(CopyErrorKind::Header))?;
        if data.len() < 19 + extension {
            return Ok(None);
        }
        self.state = State::Rows;
        Ok(Some(19 + extension))
    }

    fn binary_tuple(&mut self, data: &[u8]) -> Result<Option<usize>, CopyError> {
        let Some(count) = data.first_chunk::<2>() else {
            return Ok(None);
        };
        let found = i16::from_be_bytes(*count);
        if found == -1 {
            self.state = State::Ended;
            return Ok(Some(2));
        }
        let expected = self.rows.types.len();
        if usize::try_from(found) != Ok(expected) {
            self.rows.line += 1;
            return Err(self
                .rows
                .error(CopyErrorKind::FieldCount { found, expected }));
        }
        // First whether the row is whole, then its values: none is read twice.
        let mut end = 2;
        for _ in 0..expected {
            let Some(length) = int4_at(data, end) else {
                return Ok(None);
            };
            end += 4;
            if length < -1 {
                return Err(self.rows.error(CopyErrorKind::FieldSize));
            }
            let length = usize::try_from(length).unwrap_or(0);
            if length > ROW_BYTES_MAX {
                return Err(self.rows.error(CopyErrorKind::RowTooLong));
            }
            end += length;
        }
        if data.len() < end {
            return Ok(None);
        }
        self.rows.line += 1;
        let mut fields = self.rows.fields();
        let mut at = 2;
        for _ in 0..expected {
            let length = int4_at(data, at).unwrap_or(-1);
            at += 4;
            match usize::try_from(length) {
                Ok(length) => {
                    let value = data.get(at..at + length).unwrap_or_default();
                    fields.append(|of| of.read_binary(value))?;
                    at += length;
                }
                Err(_) => fields.append(|_| Ok(Value::Null))?,
            }
        }
        fields.finish()?;
        Ok(Some(end))
    }
}

fn int4_at(data: &[u8], at: usize) -> Option<i32> {
    data.get(at..)?
        .first_chunk()
        .copied()
        .map(i32::from_be_bytes)
}

/// Where a field of the text format ends: at a delimiter that no backslash precedes.
fn field_end(field: &[u8], delimiter: u8) -> usize {
    let mut at = 0;
    loop {
        let rest = field.get(at..).unwrap_or_default();
        match memchr::memchr2(delimiter, b'\\', rest) {
            None => return field.len(),
            Some(found) if rest.get(found) == Some(&delimiter) => return at + found,
            Some(found) => at += found + 2,
        }
    }
}

/// Resolves the escapes of the text format.
fn unescape(raw: &[u8], value: &mut Vec<u8>) {
    value.clear();
    let mut rest = raw;
    loop {
        rest = match rest {
            [] => return,
            [b'\\', next, after @ ..] => match next {
                b'b' => push(value, 0x08, after),
                b'f' => push(value, 0x0c, after),
                b'n' => push(value, b'\n', after),
                b'r' => push(value, b'\r', after),
                b't' => push(value, b'\t', after),
                b'v' => push(value, 0x0b, after),
                b'0'..=b'7' => number(value, rest.get(1..).unwrap_or_default(), 8, 3),
                b'x' if after.first().is_some_and(u8::is_ascii_hexdigit) => {
                    number(value, after, 16, 2)
                }
                other => push(value, *other, after),
            },
            [byte, after @ ..] => push(value, *byte, after),
        };
    }
}

fn push<'a>(value: &mut Vec<u8>, byte: u8, rest: &'a [u8]) -> &'a [u8] {
    value.push(byte);
    rest
}

/// At most `digits_max` digits as one byte; the high bits of `\777` are lost as in PostgreSQL.
fn number<'a>(value: &mut Vec<u8>, digits: &'a [u8], radix: u32, digits_max: usize) -> &'a [u8] {
    let mut byte = 0_u32;
    let mut rest = digits;
    for _ in 0..digits_max {
        let Some((next, after)) = rest.split_first() else {
            break;
        };
        let Some(digit) = char::from(*next).to_digit(radix) else {
            break;
        };
        byte = byte * radix + digit;
        rest = after;
    }
    let [.., low] = byte.to_be_bytes();
    push(value, low, rest)
}

/// Hands each field of a line to `each`, as it stands there and without its escapes.
fn split_text(
    line: &[u8],
    delimiter: u8,
    mut each: impl FnMut(&[u8], &[u8]) -> Result<(), CopyError>,
) -> Result<(), CopyError> {
    let mut rest = Some(line);
    let mut value = Vec::new();
    while let Some(field) = rest {
        let end = field_end(field, delimiter);
        let raw = field.get(..end).unwrap_or_default();
        rest = field.get(end + 1..);
        if memchr::memchr(b'\\', raw).is_none() {
            each(raw, raw)?;
        } else {
            unescape(raw, &mut value);
            each(raw, &value)?;
        }
    }
    Ok(())
}

/// The signs of CSV.
#[derive(Clone, Copy, Debug)]
struct Csv {
    delimiter: u8,
    quote: u8,
    escape: u8,
}

impl Csv {
    fn of(format: &CopyFormat) -> Option<Self> {
        match format {
            CopyFormat::Csv {
                delimiter,
                quote,
                escape,
                ..
            } => Some(Self {
                delimiter: *delimiter,
                quote: *quote,
                escape: *escape,
            }),
            CopyFormat::Text { .. } | CopyFormat::Binary => None,
        }
    }

    /// Hands each field of a record to `each`, without its quotes, and whether it had any.
    fn split(
        self,
        record: &[u8],
        mut each: impl FnMut(&[u8], bool) -> Result<(), CopyError>,
    ) -> Result<(), CopyError> {
        let mut rest = Some(record);
        let mut value = Vec::new();
        while let Some(field) = rest {
            match memchr::memchr2(self.delimiter, self.quote, field) {
                Some(at) if field.get(at) == Some(&self.quote) => {
                    let (after, quoted) = self.quoted_field(field, &mut value);
                    rest = after;
                    each(&value, quoted)?;
                }
                end => {
                    let end = end.unwrap_or(field.len());
                    rest = field.get(end + 1..);
                    each(field.get(..end).unwrap_or_default(), false)?;
                }
            }
        }
        Ok(())
    }

    /// One field with quotes somewhere in it. Returns the rest behind the delimiter, and whether
    /// the field was quoted.
    fn quoted_field<'a>(self, field: &'a [u8], value: &mut Vec<u8>) -> (Option<&'a [u8]>, bool) {
        value.clear();
        let mut in_quotes = false;
        let mut quoted = false;
        let mut rest = field;
        while let Some((byte, after)) = rest.split_first() {
            rest = after;
            if in_quotes {
                match after.first() {
                    Some(next)
                        if *byte == self.escape
                            && (*next == self.quote || *next == self.escape) =>
                    {
                        value.push(*next);
                        rest = after.get(1..).unwrap_or_default();
                    }
                    _ if *byte == self.quote => in_quotes = false,
                    _ => value.push(*byte),
                }
            } else if *byte == self.delimiter {
                return (Some(rest), quoted);
            } else if *byte == self.quote {
                in_quotes = true;
                quoted = true;
            } else {
                value.push(*byte);
            }
        }
        (None, quoted)
    }
}

/// The batch that is being filled.
#[derive(Debug)]
struct Rows {
    schema: SchemaRef,
    types: Vec<InputType>,
    /// For messages, as far as they are known.
    names: Vec<String>,
    columns: Vec<Column>,
    rows: usize,
    bytes: usize,
    /// Lines read so far, for messages.
    line: u64,
}

impl Rows {
    fn new(duckdb_types: &[String]) -> Self {
        let (types, columns): (Vec<InputType>, Vec<Column>) = duckdb_types
            .iter()
            .enumerate()
            .map(|(index, name)| Column::new(&format!("c{index}"), name))
            .unzip();
        let fields: Vec<Field> = columns
            .iter()
            .enumerate()
            .map(|(index, column)| column.field(&format!("c{index}")))
            .collect();
        let schema = Arc::new(Schema::new(fields));
        Self {
            schema,
            types,
            names: Vec::new(),
            columns,
            rows: 0,
            bytes: 0,
            line: 0,
        }
    }

    fn error(&self, kind: CopyErrorKind) -> CopyError {
        CopyError {
            kind,
            line: self.line,
            column: None,
        }
    }

    /// The fields of the next row.
    fn fields(&mut self) -> RowFields<'_> {
        RowFields {
            rows: self,
            next: 0,
        }
    }

    fn give_out(&mut self, bytes: usize, ready: &mut Vec<RecordBatch>) -> Result<(), CopyError> {
        self.bytes += bytes;
        if self.rows >= BATCH_ROWS || self.bytes >= BATCH_BYTES {
            self.finish(ready)?;
        }
        Ok(())
    }

    fn finish(&mut self, ready: &mut Vec<RecordBatch>) -> Result<(), CopyError> {
        if self.rows > 0 {
            let columns: Result<_, ArrowError> =
                self.columns.iter_mut().map(Column::finish).collect();
            let columns =
                columns.map_err(|error| self.error(CopyErrorKind::Arrow(error.to_string())))?;
            let options = RecordBatchOptions::new().with_row_count(Some(self.rows));
            let batch =
                RecordBatch::try_new_with_options(Arc::clone(&self.schema), columns, &options)
                    .map_err(|error| self.error(CopyErrorKind::Arrow(error.to_string())))?;
            ready.push(batch);
        }
        self.rows = 0;
        self.bytes = 0;
        Ok(())
    }
}

/// One column of a batch under way.
#[derive(Debug)]
enum Column {
    Plain(ColumnBuilder),
    Nested(Box<NestedBuilder>),
}

impl Column {
    /// As what a field is read, and the column that takes it.
    fn new(name: &str, duckdb_type: &str) -> (InputType, Self) {
        match NestedBuilder::new(name, duckdb_type) {
            Some(nested) => (InputType::Text, Self::Nested(Box::new(nested))),
            None => {
                let of = InputType::of(0, duckdb_type);
                let builder = ColumnBuilder::new(&of);
                (of, Self::Plain(builder))
            }
        }
    }

    fn field(&self, name: &str) -> Field {
        match self {
            Self::Plain(builder) => Field::new(name, builder.data_type(), true),
            Self::Nested(builder) => builder.field().clone(),
        }
    }

    fn append(&mut self, value: Value<'_>) -> Result<(), InputError> {
        match (self, value) {
            (Self::Plain(builder), value) => {
                builder.append(value);
                Ok(())
            }
            (Self::Nested(builder), Value::Text(text)) => builder.append(Some(&text)),
            (Self::Nested(builder), _) => builder.append(None),
        }
    }

    fn finish(&mut self) -> Result<ArrayRef, ArrowError> {
        match self {
            Self::Plain(builder) => Ok(builder.finish()),
            Self::Nested(builder) => builder.finish(),
        }
    }
}

struct RowFields<'a> {
    rows: &'a mut Rows,
    next: usize,
}

impl RowFields<'_> {
    fn is_empty(&self) -> bool {
        self.rows.types.is_empty()
    }

    fn append<'v>(
        &mut self,
        read: impl FnOnce(&InputType) -> Result<Value<'v>, InputError>,
    ) -> Result<(), CopyError> {
        let (Some(of), Some(column)) = (
            self.rows.types.get(self.next),
            self.rows.columns.get_mut(self.next),
        ) else {
            return Err(self.rows.error(CopyErrorKind::ExtraColumn));
        };
        self.next += 1;
        read(of)
            .and_then(|value| column.append(value))
            .map_err(|error| CopyError {
                kind: CopyErrorKind::Value(error),
                line: self.rows.line,
                column: Some(self.next),
            })
    }

    fn finish(self) -> Result<(), CopyError> {
        if self.next < self.rows.types.len() {
            let name = match self.rows.names.get(self.next) {
                Some(name) => name.clone(),
                None => (self.next + 1).to_string(),
            };
            return Err(self.rows.error(CopyErrorKind::MissingColumn(name)));
        }
        self.rows.rows += 1;
        Ok(())
    }
}
