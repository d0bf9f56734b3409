//! Nested values as compact JSON text, spelled as DuckDB's `to_json` spells them.
//!
//! It differs from DuckDB in three places: a float that is not finite is a string, as in
//! PostgreSQL, so that the text stays JSON; nanoseconds are cut to microseconds as everywhere in
//! this protocol; and a geometry is its WKB in hexadecimal.

use std::ops::Range;

use arrow_array::Array;
use arrow_array::cast::AsArray;
use arrow_array::types::{
    Decimal32Type, Decimal64Type, Decimal128Type, Float32Type, Float64Type,
    IntervalMonthDayNanoType,
};
use arrow_buffer::{ArrowNativeType, NullBuffer};

use super::array::Bounds;
use super::datetime::{INTERVAL_BYTES_MAX, put_interval_duckdb};
use super::kind::Kind;
use super::number::{SLACK, put_decimal, put_f64_json, put_slice};
use super::scalar::{self, Bytes, is_null, nulls_of, put_length, put_null};
use super::{FieldError, FieldWriter, Spelling, Writer};
use crate::pg::text::TextOptions;
use crate::pg::types::oid;

/// A column written as JSON. Values are rendered when their chunk is prepared: their size cannot
/// be known before.
pub(super) fn writer<'a>(
    kind: &'a Kind,
    array: &'a dyn Array,
    options: &'a TextOptions,
) -> Option<Writer<'a>> {
    Some(Box::new(Rendered {
        nulls: nulls_of(array),
        node: node(kind, array, options)?,
        first: 0,
        ends: Vec::new(),
        text: Vec::new(),
    }))
}

struct Rendered<'a> {
    nulls: Option<&'a NullBuffer>,
    node: Node<'a>,
    /// The row of the first rendered value.
    first: usize,
    /// Where each rendered value ends in `text`.
    ends: Vec<usize>,
    text: Vec<u8>,
}

impl FieldWriter for Rendered<'_> {
    fn prepare(&mut self, rows: Range<usize>) -> Result<usize, FieldError> {
        self.first = rows.start;
        self.ends.clear();
        self.text.clear();
        let count = rows.len();
        for row in rows {
            if !is_null(self.nulls, row) {
                self.node.write(row, &mut self.text)?;
            }
            self.ends.push(self.text.len());
        }
        Ok(self.text.len() + count * 4)
    }

    fn write(&mut self, row: usize, buf: &mut [u8], at: usize) -> Result<usize, FieldError> {
        if is_null(self.nulls, row) {
            return Ok(put_null(buf, at));
        }
        let index = row.checked_sub(self.first).ok_or(FieldError::Malformed)?;
        let end = *self.ends.get(index).ok_or(FieldError::Malformed)?;
        let start = if index == 0 { 0 } else { self.ends[index - 1] };
        let end = put_slice(buf, at + 4, &self.text[start..end]);
        put_length(buf, at, end)
    }
}

/// One place in the tree of a nested value.
enum Node<'a> {
    /// Numbers and booleans: the text as it is.
    Plain(Leaf<'a>),
    /// Text in quotes that never needs an escape.
    Quoted(Leaf<'a>),
    /// Text that is escaped.
    Text(Leaf<'a>),
    Bool(Leaf<'a>),
    Double(Option<&'a NullBuffer>, Box<dyn Fn(usize) -> f64 + 'a>),
    Interval(
        Option<&'a NullBuffer>,
        &'a [<IntervalMonthDayNanoType as arrow_array::types::ArrowPrimitiveType>::Native],
    ),
    Blob(Option<&'a NullBuffer>, Bytes<'a>),
    List(Option<&'a NullBuffer>, Bounds<'a>, Box<Node<'a>>),
    Struct(Option<&'a NullBuffer>, Vec<(Vec<u8>, Node<'a>)>),
    Map {
        nulls: Option<&'a NullBuffer>,
        bounds: Bounds<'a>,
        key: Box<Node<'a>>,
        value: Box<Node<'a>>,
    },
    Union {
        tags: &'a [i8],
        offsets: Option<&'a [i32]>,
        members: Vec<(i8, Vec<u8>, Node<'a>)>,
    },
}

struct Leaf<'a> {
    writer: Writer<'a>,
    scratch: Vec<u8>,
}

impl Leaf<'_> {
    /// The text of a value, None for NULL.
    fn text(&mut self, row: usize) -> Result<Option<&[u8]>, FieldError> {
        let room = self.writer.prepare(row..row + 1)? + SLACK;
        if self.scratch.len() < room {
            self.scratch.resize(room, 0);
        }
        let end = self.writer.write(row, &mut self.scratch, 0)?;
        Ok((self.scratch[..4] != [0xff; 4]).then(|| &self.scratch[4..end]))
    }
}

fn node<'a>(kind: &'a Kind, array: &'a dyn Array, options: &'a TextOptions) -> Option<Node<'a>> {
    let nulls = nulls_of(array);
    Some(match kind {
        Kind::Bool | Kind::Bool8 => Node::Bool(leaf(kind, array, options)?),
        Kind::Null
        | Kind::Int8
        | Kind::Int16
        | Kind::Int32
        | Kind::Int64
        | Kind::UInt8
        | Kind::UInt16
        | Kind::UInt32
        | Kind::UInt64
        | Kind::HugeInt
        | Kind::UHugeInt
        | Kind::BigNum
        | Kind::Json => Node::Plain(leaf(kind, array, options)?),
        // DuckDB converts a decimal to a double, unless it is one of more than 18 digits.
        Kind::Decimal128(_) if precision_of(array) > 18 => Node::Plain(leaf(kind, array, options)?),
        Kind::Decimal32(scale) => decimal_as_double(
            nulls,
            array.as_primitive::<Decimal32Type>().values(),
            *scale,
        ),
        Kind::Decimal64(scale) => decimal_as_double(
            nulls,
            array.as_primitive::<Decimal64Type>().values(),
            *scale,
        ),
        Kind::Decimal128(scale) => decimal_as_double(
            nulls,
            array.as_primitive::<Decimal128Type>().values(),
            *scale,
        ),
        Kind::Float32 => {
            let values = array.as_primitive::<Float32Type>().values();
            Node::Double(nulls, Box::new(|row| f64::from(values[row])))
        }
        Kind::Float64 => {
            let values = array.as_primitive::<Float64Type>().values();
            Node::Double(nulls, Box::new(|row| values[row]))
        }
        Kind::Text | Kind::Enum => Node::Text(leaf(kind, array, options)?),
        Kind::Bit
        | Kind::Uuid
        | Kind::Date
        | Kind::Time(_)
        | Kind::TimeTz
        | Kind::Timestamp(_)
        | Kind::TimestampTz(_) => Node::Quoted(leaf(kind, array, options)?),
        Kind::Interval => Node::Interval(
            nulls,
            array.as_primitive::<IntervalMonthDayNanoType>().values(),
        ),
        Kind::Blob => Node::Blob(nulls, Bytes::of(array)?),
        Kind::List(element) => {
            let (bounds, elements) = Bounds::of(array)?;
            Node::List(nulls, bounds, Box::new(node(element, elements, options)?))
        }
        Kind::Struct(fields) => {
            let columns = array.as_struct().columns();
            let members = fields
                .iter()
                .zip(columns)
                .map(|((name, kind), column)| Some((quoted(name), node(kind, &**column, options)?)))
                .collect::<Option<_>>()?;
            Node::Struct(nulls, members)
        }
        Kind::Map(key, value) => {
            let (bounds, entries) = Bounds::of(array)?;
            let [keys, values] = entries.as_struct().columns() else {
                return None;
            };
            Node::Map {
                nulls,
                bounds,
                key: Box::new(node(key, &**keys, options)?),
                value: Box::new(node(value, &**values, options)?),
            }
        }
        Kind::Union(members) => {
            let union = array.as_union();
            Node::Union {
                tags: union.type_ids(),
                offsets: union.offsets().map(|offsets| &**offsets),
                members: members
                    .iter()
                    .map(|(tag, name, kind)| {
                        Some((
                            *tag,
                            quoted(name),
                            node(kind, &**union.child(*tag), options)?,
                        ))
                    })
                    .collect::<Option<_>>()?,
            }
        }
    })
}

fn leaf<'a>(kind: &'a Kind, array: &'a dyn Array, options: &'a TextOptions) -> Option<Leaf<'a>> {
    let spelling = Spelling {
        session: options,
        json: options,
    };
    let writer = scalar::text_writer(kind, oid::JSON, array, spelling)?;
    Some(Leaf {
        writer,
        scratch: Vec::new(),
    })
}

fn precision_of(array: &dyn Array) -> u8 {
    match array.data_type() {
        arrow_schema::DataType::Decimal128(precision, _) => *precision,
        _ => 0,
    }
}

fn decimal_as_double<'a, T>(
    nulls: Option<&'a NullBuffer>,
    values: &'a [T],
    scale: usize,
) -> Node<'a>
where
    T: ArrowNativeType + Into<i128>,
{
    Node::Double(
        nulls,
        Box::new(move |row| {
            // Through its spelling: dividing by a power of ten would round twice.
            let mut text = [0_u8; 48 + SLACK];
            let end = put_decimal(&mut text, 0, values[row].into(), scale);
            std::str::from_utf8(&text[..end])
                .ok()
                .and_then(|text| text.parse().ok())
                .unwrap_or(f64::NAN)
        }),
    )
}

fn quoted(name: &str) -> Vec<u8> {
    let mut text = Vec::with_capacity(name.len() + 2);
    escape(name.as_bytes(), &mut text);
    text
}

impl Node<'_> {
    fn write(&mut self, row: usize, out: &mut Vec<u8>) -> Result<(), FieldError> {
        match self {
            Self::Plain(leaf) => match leaf.text(row)? {
                Some(text) => out.extend_from_slice(text),
                None => out.extend_from_slice(b"null"),
            },
            Self::Quoted(leaf) => match leaf.text(row)? {
                Some(text) => {
                    out.push(b'"');
                    out.extend_from_slice(text);
                    out.push(b'"');
                }
                None => out.extend_from_slice(b"null"),
            },
            Self::Text(leaf) => match leaf.text(row)? {
                Some(text) => escape(text, out),
                None => out.extend_from_slice(b"null"),
            },
            Self::Bool(leaf) => out.extend_from_slice(match leaf.text(row)? {
                Some(b"t") => b"true",
                Some(_) => b"false",
                None => b"null",
            }),
            Self::Double(nulls, value) => {
                if is_null(*nulls, row) {
                    out.extend_from_slice(b"null");
                } else {
                    let mut text = [0_u8; 32 + SLACK];
                    let end = put_f64_json(&mut text, 0, value(row));
                    out.extend_from_slice(&text[..end]);
                }
            }
            Self::Interval(nulls, values) => {
                if is_null(*nulls, row) {
                    out.extend_from_slice(b"null");
                } else {
                    let mut text = [0_u8; INTERVAL_BYTES_MAX + SLACK];
                    let value = values[row];
                    let micros = value.nanoseconds.div_euclid(1000);
                    let end = put_interval_duckdb(&mut text, 0, value.months, value.days, micros);
                    out.push(b'"');
                    out.extend_from_slice(&text[..end]);
                    out.push(b'"');
                }
            }
            Self::Blob(nulls, values) => {
                if is_null(*nulls, row) {
                    out.extend_from_slice(b"null");
                } else {
                    blob(values.value(row), out);
                }
            }
            Self::List(nulls, bounds, element) => {
                if is_null(*nulls, row) {
                    out.extend_from_slice(b"null");
                } else {
                    out.push(b'[');
                    let elements = bounds.of_row(row);
                    for index in elements.clone() {
                        if index > elements.start {
                            out.push(b',');
                        }
                        element.write(index, out)?;
                    }
                    out.push(b']');
                }
            }
            Self::Struct(nulls, members) => {
                if is_null(*nulls, row) {
                    out.extend_from_slice(b"null");
                } else {
                    out.push(b'{');
                    for (index, (name, member)) in members.iter_mut().enumerate() {
                        if index > 0 {
                            out.push(b',');
                        }
                        out.extend_from_slice(name);
                        out.push(b':');
                        member.write(row, out)?;
                    }
                    out.push(b'}');
                }
            }
            Self::Map {
                nulls,
                bounds,
                key,
                value,
            } => {
                if is_null(*nulls, row) {
                    out.extend_from_slice(b"null");
                } else {
                    out.push(b'{');
                    let entries = bounds.of_row(row);
                    for index in entries.clone() {
                        if index > entries.start {
                            out.push(b',');
                        }
                        key.write_as_key(index, out)?;
                        out.push(b':');
                        value.write(index, out)?;
                    }
                    out.push(b'}');
                }
            }
            Self::Union {
                tags,
                offsets,
                members,
            } => {
                let tag = tags[row];
                let index = offsets.map_or(row, |offsets| offsets[row] as usize);
                let (_, name, member) = members
                    .iter_mut()
                    .find(|(of, ..)| *of == tag)
                    .ok_or(FieldError::Malformed)?;
                out.push(b'{');
                out.extend_from_slice(name);
                out.push(b':');
                member.write(index, out)?;
                out.push(b'}');
            }
        }
        Ok(())
    }

    /// Keys of JSON objects are strings: what is not one is spelled and quoted.
    fn write_as_key(&mut self, row: usize, out: &mut Vec<u8>) -> Result<(), FieldError> {
        match self {
            Self::Quoted(_) | Self::Text(_) | Self::Interval(..) | Self::Blob(..) => {
                self.write(row, out)
            }
            _ => {
                let mut text = Vec::new();
                self.write(row, &mut text)?;
                escape(&text, out);
                Ok(())
            }
        }
    }
}

fn escape(text: &[u8], out: &mut Vec<u8>) {
    out.push(b'"');
    for byte in text {
        match byte {
            b'"' => out.extend_from_slice(b"\\\""),
            b'\\' => out.extend_from_slice(b"\\\\"),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\t' => out.extend_from_slice(b"\\t"),
            0x08 => out.extend_from_slice(b"\\b"),
            0x0c => out.extend_from_slice(b"\\f"),
            0..=0x1f => {
                const DIGITS: &[u8; 16] = b"0123456789abcdef";
                out.extend_from_slice(b"\\u00");
                out.push(DIGITS[usize::from(byte >> 4)]);
                out.push(DIGITS[usize::from(byte & 15)]);
            }
            byte => out.push(*byte),
        }
    }
    out.push(b'"');
}

/// DuckDB's text of a blob: printable ASCII as it is, the rest as `\xAB`, inside a JSON string.
fn blob(bytes: &[u8], out: &mut Vec<u8>) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    out.push(b'"');
    for byte in bytes {
        match byte {
            b'"' | b'\'' | b'\\' | 0..=0x1f | 0x7f..=0xff => {
                out.extend_from_slice(b"\\\\x");
                out.push(DIGITS[usize::from(byte >> 4)]);
                out.push(DIGITS[usize::from(byte & 15)]);
            }
            byte => out.push(*byte),
        }
    }
    out.push(b'"');
}
