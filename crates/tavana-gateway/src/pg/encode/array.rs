//! Lists of scalars as PostgreSQL arrays of one dimension.

use std::ops::Range;

use arrow_array::Array;
use arrow_array::cast::AsArray;
use arrow_buffer::NullBuffer;
use arrow_schema::DataType;

use super::kind::Kind;
use super::number::{SLACK, put, put_slice};
use super::scalar::{self, is_null, nulls_of, put_length, put_null};
use super::{FieldError, FieldWriter, Spelling, Writer};
use crate::pg::types::oid;

/// Where each list begins and ends in the array of all elements.
pub(super) enum Bounds<'a> {
    Narrow(&'a [i32]),
    Wide(&'a [i64]),
    Fixed(usize),
}

impl<'a> Bounds<'a> {
    /// The bounds and the elements of a list array.
    pub(super) fn of(array: &'a dyn Array) -> Option<(Self, &'a dyn Array)> {
        Some(match array.data_type() {
            DataType::List(_) => {
                let list = array.as_list::<i32>();
                (Self::Narrow(list.value_offsets()), &**list.values())
            }
            DataType::LargeList(_) => {
                let list = array.as_list::<i64>();
                (Self::Wide(list.value_offsets()), &**list.values())
            }
            DataType::FixedSizeList(..) => {
                let list = array.as_fixed_size_list();
                (
                    Self::Fixed(usize::try_from(list.value_length()).ok()?),
                    &**list.values(),
                )
            }
            DataType::Map(..) => {
                let map = array.as_map();
                (Self::Narrow(map.value_offsets()), map.entries())
            }
            _ => return None,
        })
    }

    pub(super) fn of_row(&self, row: usize) -> Range<usize> {
        self.of_rows(row..row + 1)
    }

    fn of_rows(&self, rows: Range<usize>) -> Range<usize> {
        match self {
            // Offsets are never negative: Arrow checks that when it reads a batch.
            Self::Narrow(offsets) => offsets[rows.start] as usize..offsets[rows.end] as usize,
            Self::Wide(offsets) => offsets[rows.start] as usize..offsets[rows.end] as usize,
            Self::Fixed(length) => rows.start * length..rows.end * length,
        }
    }
}

/// `{1,NULL,"a b"}`, or `1 2 3` for the two vector types of the catalog.
pub(super) fn text_writer<'a>(
    element: &'a Kind,
    element_oid: u32,
    array_oid: u32,
    array: &'a dyn Array,
    spelling: Spelling<'a>,
) -> Option<Writer<'a>> {
    let (bounds, elements) = Bounds::of(array)?;
    let form = match array_oid {
        oid::INT2VECTOR | oid::OIDVECTOR => Form::Vector,
        _ => Form::Array,
    };
    Some(Box::new(TextArray {
        nulls: nulls_of(array),
        bounds,
        elements: scalar::text_writer(element, element_oid, elements, spelling)?,
        form,
        quoting: may_need_quotes(element),
        scratch: Vec::new(),
    }))
}

enum Form {
    Array,
    Vector,
}

struct TextArray<'a> {
    nulls: Option<&'a NullBuffer>,
    bounds: Bounds<'a>,
    elements: Writer<'a>,
    form: Form,
    quoting: bool,
    /// One element.
    scratch: Vec<u8>,
}

impl FieldWriter for TextArray<'_> {
    fn prepare(&mut self, rows: Range<usize>) -> Result<usize, FieldError> {
        let within = self.bounds.of_rows(rows.clone());
        let count = within.len();
        // Each byte of an element may need a backslash, and the element quotes and a comma.
        let elements = self.elements.prepare(within)?.saturating_mul(2);
        Ok(elements.saturating_add(count * 3 + rows.len() * 6))
    }

    fn write(&mut self, row: usize, buf: &mut [u8], at: usize) -> Result<usize, FieldError> {
        if is_null(self.nulls, row) {
            return Ok(put_null(buf, at));
        }
        let (open, separator, close): (&[u8], u8, &[u8]) = match self.form {
            Form::Array => (b"{", b',', b"}"),
            Form::Vector => (b"", b' ', b""),
        };
        let mut end = put_slice(buf, at + 4, open);
        let elements = self.bounds.of_row(row);
        for index in elements.clone() {
            if index > elements.start {
                end = put(buf, end, [separator]);
            }
            let room = self.elements.prepare(index..index + 1)? + SLACK;
            if self.scratch.len() < room {
                self.scratch.resize(room, 0);
            }
            let written = self.elements.write(index, &mut self.scratch, 0)?;
            let value = &self.scratch[4..written];
            end = if self.scratch[..4] == [0xff; 4] {
                put(buf, end, *b"NULL")
            } else if self.quoting && needs_quotes(value) {
                put_quoted(buf, end, value)
            } else {
                put_slice(buf, end, value)
            };
        }
        end = put_slice(buf, end, close);
        put_length(buf, at, end)
    }
}

/// Whether a spelling of this kind can hold a character that arrays quote.
fn may_need_quotes(kind: &Kind) -> bool {
    !matches!(
        kind,
        Kind::Bool
            | Kind::Bool8
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
            | Kind::Decimal32(_)
            | Kind::Decimal64(_)
            | Kind::Decimal128(_)
            | Kind::Float32
            | Kind::Float64
            | Kind::Uuid
    )
}

fn needs_quotes(value: &[u8]) -> bool {
    value.is_empty()
        || value.eq_ignore_ascii_case(b"null")
        || value.iter().any(|byte| {
            matches!(
                byte,
                b'"' | b'\\' | b'{' | b'}' | b',' | b' ' | b'\t'..=b'\r'
            )
        })
}

fn put_quoted(buf: &mut [u8], at: usize, value: &[u8]) -> usize {
    let mut at = put(buf, at, *b"\"");
    for byte in value {
        if matches!(byte, b'"' | b'\\') {
            at = put(buf, at, *b"\\");
        }
        at = put(buf, at, [*byte]);
    }
    put(buf, at, *b"\"")
}

/// The binary form: dimensions, whether there are NULLs, element OID, length, lower bound, and
/// the elements with their length words.
pub(super) fn binary_writer<'a>(
    element: &'a Kind,
    element_oid: u32,
    array_oid: u32,
    array: &'a dyn Array,
    spelling: Spelling<'a>,
) -> Option<Writer<'a>> {
    let (bounds, elements) = Bounds::of(array)?;
    let lower_bound = match array_oid {
        oid::INT2VECTOR | oid::OIDVECTOR => 0,
        _ => 1,
    };
    Some(Box::new(BinaryArray {
        nulls: nulls_of(array),
        bounds,
        element_nulls: nulls_of(elements),
        elements: scalar::binary_writer(element, element_oid, elements, spelling)?,
        element_oid,
        lower_bound,
    }))
}

struct BinaryArray<'a> {
    nulls: Option<&'a NullBuffer>,
    bounds: Bounds<'a>,
    element_nulls: Option<&'a NullBuffer>,
    elements: Writer<'a>,
    element_oid: u32,
    lower_bound: i32,
}

impl FieldWriter for BinaryArray<'_> {
    fn prepare(&mut self, rows: Range<usize>) -> Result<usize, FieldError> {
        let elements = self.elements.prepare(self.bounds.of_rows(rows.clone()))?;
        Ok(elements + rows.len() * 24)
    }

    fn write(&mut self, row: usize, buf: &mut [u8], at: usize) -> Result<usize, FieldError> {
        if is_null(self.nulls, row) {
            return Ok(put_null(buf, at));
        }
        let elements = self.bounds.of_row(row);
        let has_null = elements
            .clone()
            .any(|index| is_null(self.element_nulls, index));
        let dimensions = i32::from(!elements.is_empty());
        let mut end = put(buf, at + 4, dimensions.to_be_bytes());
        end = put(buf, end, i32::from(has_null).to_be_bytes());
        end = put(buf, end, self.element_oid.to_be_bytes());
        if !elements.is_empty() {
            let length = i32::try_from(elements.len()).map_err(|_| FieldError::TooLong)?;
            end = put(buf, end, length.to_be_bytes());
            end = put(buf, end, self.lower_bound.to_be_bytes());
            for index in elements {
                end = self.elements.write(index, buf, end)?;
            }
        }
        put_length(buf, at, end)
    }
}
