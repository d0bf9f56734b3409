//! Writers for columns of single values, as text and as binary.

use std::ops::Range;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowDictionaryKeyType, Date32Type, Decimal32Type, Decimal64Type, Decimal128Type, Float32Type,
    Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, IntervalMonthDayNanoType,
    Time32MillisecondType, Time32SecondType, Time64MicrosecondType, Time64NanosecondType,
    TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType,
    TimestampSecondType, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, DictionaryArray, FixedSizeBinaryArray, StringArray};
use arrow_buffer::{ArrowNativeType, NullBuffer};
use arrow_schema::{DataType, TimeUnit};

use super::datetime::{
    DATETIME_BYTES_MAX, EPOCH_DAYS, EPOCH_MICROS, INTERVAL_BYTES_MAX, ZoneText, Zones,
    put_date_styled, put_interval, put_iso_date, put_iso_timestamp, put_iso_zoned, put_offset,
    put_time, put_timestamp_styled,
};
use super::kind::Kind;
use super::number::{
    BigNum, put, put_decimal, put_f32, put_f64, put_f64_rounded, put_i64, put_i128, put_magnitude,
    put_numeric, put_slice, put_u64, put_u128,
};
use super::{FieldError, FieldWriter, Spelling, Writer, array, json};
use crate::pg::text::{ByteaOutput, DateStyle, TextOptions};
use crate::pg::types::{element_of_oid, oid};

/// Room for 39 digits, a sign and a point.
const NUMBER_BYTES_MAX: usize = 48;
/// Room for a head and twelve digits in base 10000.
const NUMERIC_BYTES_MAX: usize = 32;

/// The text form. `oid` only decides between an array and JSON.
pub(super) fn text_writer<'a>(
    kind: &'a Kind,
    oid: u32,
    array: &'a dyn Array,
    spelling: Spelling<'a>,
) -> Option<Writer<'a>> {
    let options = spelling.session;
    match kind {
        Kind::Null => Some(Box::new(Nothing)),
        Kind::Bool => {
            let values = array.as_boolean().values();
            scalar(array, 1, move |row, buf, at| {
                Ok(put_bool(buf, at, values.value(row)))
            })
        }
        Kind::Bool8 => {
            let values = array.as_primitive::<Int8Type>().values();
            scalar(array, 1, move |row, buf, at| {
                Ok(put_bool(buf, at, values[row] != 0))
            })
        }
        Kind::Int8 => integer_text(array, array.as_primitive::<Int8Type>().values()),
        Kind::Int16 => integer_text(array, array.as_primitive::<Int16Type>().values()),
        Kind::Int32 => integer_text(array, array.as_primitive::<Int32Type>().values()),
        Kind::Int64 => integer_text(array, array.as_primitive::<Int64Type>().values()),
        Kind::UInt8 => integer_text(array, array.as_primitive::<UInt8Type>().values()),
        Kind::UInt16 => integer_text(array, array.as_primitive::<UInt16Type>().values()),
        Kind::UInt32 => integer_text(array, array.as_primitive::<UInt32Type>().values()),
        Kind::UInt64 => {
            let values = array.as_primitive::<UInt64Type>().values();
            scalar(array, 20, move |row, buf, at| {
                Ok(put_u64(buf, at, values[row]))
            })
        }
        Kind::HugeInt => {
            let values = array.as_fixed_size_binary();
            scalar(array, NUMBER_BYTES_MAX, move |row, buf, at| {
                Ok(put_i128(buf, at, i128::from_le_bytes(fixed(values, row)?)))
            })
        }
        Kind::UHugeInt => {
            let values = array.as_fixed_size_binary();
            scalar(array, NUMBER_BYTES_MAX, move |row, buf, at| {
                Ok(put_u128(buf, at, u128::from_le_bytes(fixed(values, row)?)))
            })
        }
        Kind::BigNum => variable(
            array,
            Bytes::of(array)?,
            BigNum::text_bytes_max,
            |bytes, buf, at| Ok(BigNum::read(bytes)?.put_text(buf, at)),
        ),
        Kind::Decimal32(scale) => decimal_text(
            array,
            array.as_primitive::<Decimal32Type>().values(),
            *scale,
        ),
        Kind::Decimal64(scale) => decimal_text(
            array,
            array.as_primitive::<Decimal64Type>().values(),
            *scale,
        ),
        Kind::Decimal128(scale) => decimal_text(
            array,
            array.as_primitive::<Decimal128Type>().values(),
            *scale,
        ),
        Kind::Float32 => {
            let values = array.as_primitive::<Float32Type>().values();
            match rounded_digits(6, options) {
                None => scalar(array, 32, move |row, buf, at| {
                    Ok(put_f32(buf, at, values[row]))
                }),
                Some(digits) => scalar(array, 32, move |row, buf, at| {
                    Ok(put_f64_rounded(buf, at, f64::from(values[row]), digits))
                }),
            }
        }
        Kind::Float64 => {
            let values = array.as_primitive::<Float64Type>().values();
            match rounded_digits(15, options) {
                None => scalar(array, 32, move |row, buf, at| {
                    Ok(put_f64(buf, at, values[row]))
                }),
                Some(digits) => scalar(array, 32, move |row, buf, at| {
                    Ok(put_f64_rounded(buf, at, values[row], digits))
                }),
            }
        }
        Kind::Text | Kind::Json => raw_bytes(array),
        Kind::Enum => enum_text(array),
        Kind::Blob => match options.bytea_output {
            ByteaOutput::Hex => {
                variable(array, Bytes::of(array)?, |length| 2 + 2 * length, put_hex)
            }
            ByteaOutput::Escape => {
                variable(array, Bytes::of(array)?, |length| 4 * length, put_escaped)
            }
        },
        Kind::Bit => variable(array, Bytes::of(array)?, |length| 8 * length, put_bits),
        Kind::Uuid => {
            let values = array.as_fixed_size_binary();
            scalar(array, 36, move |row, buf, at| {
                Ok(put_uuid(buf, at, fixed(values, row)?))
            })
        }
        Kind::Date => date_text(array, options),
        Kind::Time(unit) => with_times(array, *unit, TimeText),
        Kind::TimeTz => {
            let values = array.as_fixed_size_binary();
            scalar(array, 32, move |row, buf, at| {
                let (micros, offset) = time_and_offset(fixed(values, row)?);
                let at = put_time(buf, at, micros);
                Ok(put_offset(buf, at, offset))
            })
        }
        Kind::Timestamp(unit) => with_timestamps(array, *unit, TimestampText { options }),
        Kind::TimestampTz(unit) => with_timestamps(array, *unit, TimestampTzText { options }),
        Kind::Interval => {
            let values = array.as_primitive::<IntervalMonthDayNanoType>().values();
            let style = options.interval_style;
            scalar(array, INTERVAL_BYTES_MAX, move |row, buf, at| {
                let value = values[row];
                let micros = value.nanoseconds.div_euclid(1000);
                Ok(put_interval(
                    buf,
                    at,
                    value.months,
                    value.days,
                    micros,
                    style,
                ))
            })
        }
        Kind::List(element) => match element_of_oid(oid) {
            Some(of) => array::text_writer(element, of, oid, array, spelling),
            None => json::writer(kind, array, spelling.json),
        },
        Kind::Struct(_) | Kind::Map(..) | Kind::Union(_) => {
            json::writer(kind, array, spelling.json)
        }
    }
}

/// The binary form of the announced type, or None when the kind has no such form.
pub(super) fn binary_writer<'a>(
    kind: &'a Kind,
    oid: u32,
    array: &'a dyn Array,
    spelling: Spelling<'a>,
) -> Option<Writer<'a>> {
    if *kind == Kind::Null {
        return Some(Box::new(Nothing));
    }
    match oid {
        oid::TEXT
        | oid::VARCHAR
        | oid::BPCHAR
        | oid::NAME
        | oid::JSON
        | oid::PG_NODE_TREE
        | oid::UNKNOWN
        | oid::CSTRING => return text_writer(kind, oid, array, spelling),
        oid::CHAR => {
            return char_binary(array).or_else(|| text_writer(kind, oid, array, spelling));
        }
        oid::OID | oid::XID | oid::REGPROC => return oid_binary(kind, array),
        _ => {}
    }
    match (kind, oid) {
        (Kind::Bool, oid::BOOL) => {
            let values = array.as_boolean().values();
            scalar(array, 1, move |row, buf, at| {
                Ok(put(buf, at, [u8::from(values.value(row))]))
            })
        }
        (Kind::Bool8, oid::BOOL) => {
            let values = array.as_primitive::<Int8Type>().values();
            scalar(array, 1, move |row, buf, at| {
                Ok(put(buf, at, [u8::from(values[row] != 0)]))
            })
        }
        (Kind::Int8, oid::INT2) => int2_binary(array, array.as_primitive::<Int8Type>().values()),
        (Kind::UInt8, oid::INT2) => int2_binary(array, array.as_primitive::<UInt8Type>().values()),
        (Kind::Int16, oid::INT2) => int2_binary(array, array.as_primitive::<Int16Type>().values()),
        (Kind::UInt16, oid::INT4) => {
            int4_binary(array, array.as_primitive::<UInt16Type>().values())
        }
        (Kind::Int16, oid::INT4) => int4_binary(array, array.as_primitive::<Int16Type>().values()),
        (Kind::Int32, oid::INT4) => int4_binary(array, array.as_primitive::<Int32Type>().values()),
        (Kind::Int32, oid::INT8) => int8_binary(array, array.as_primitive::<Int32Type>().values()),
        (Kind::UInt32, oid::INT8) => {
            int8_binary(array, array.as_primitive::<UInt32Type>().values())
        }
        (Kind::Int64, oid::INT8) => int8_binary(array, array.as_primitive::<Int64Type>().values()),
        (_, oid::NUMERIC) => numeric_binary(kind, array),
        (Kind::Float32, oid::FLOAT4) => {
            let values = array.as_primitive::<Float32Type>().values();
            scalar(array, 4, move |row, buf, at| {
                Ok(put(buf, at, values[row].to_be_bytes()))
            })
        }
        (Kind::Float64, oid::FLOAT8) => {
            let values = array.as_primitive::<Float64Type>().values();
            scalar(array, 8, move |row, buf, at| {
                Ok(put(buf, at, values[row].to_be_bytes()))
            })
        }
        (Kind::Blob, oid::BYTEA) => raw_bytes(array),
        (Kind::Bit, oid::VARBIT) => {
            variable(array, Bytes::of(array)?, |length| length + 4, put_varbit)
        }
        (Kind::Uuid, oid::UUID) => {
            let values = array.as_fixed_size_binary();
            scalar(array, 16, move |row, buf, at| {
                Ok(put(buf, at, fixed::<16>(values, row)?))
            })
        }
        (Kind::Date, oid::DATE) => {
            let values = array.as_primitive::<Date32Type>().values();
            scalar(array, 4, move |row, buf, at| {
                let days = match values[row] {
                    i32::MAX => i32::MAX,
                    i32::MIN | NEGATIVE_DATE => i32::MIN,
                    days => days
                        .checked_sub(EPOCH_DAYS)
                        .ok_or(FieldError::DateOutOfRange)?,
                };
                Ok(put(buf, at, days.to_be_bytes()))
            })
        }
        (Kind::Time(unit), oid::TIME) => with_times(array, *unit, TimeBinary),
        (Kind::TimeTz, oid::TIMETZ) => {
            let values = array.as_fixed_size_binary();
            scalar(array, 12, move |row, buf, at| {
                let (micros, offset) = time_and_offset(fixed(values, row)?);
                let at = put(buf, at, micros.to_be_bytes());
                // The wire counts seconds west.
                Ok(put(buf, at, (-offset).to_be_bytes()))
            })
        }
        (Kind::Timestamp(unit), oid::TIMESTAMP) | (Kind::TimestampTz(unit), oid::TIMESTAMPTZ) => {
            with_timestamps(array, *unit, TimestampBinary)
        }
        (Kind::Interval, oid::INTERVAL) => {
            let values = array.as_primitive::<IntervalMonthDayNanoType>().values();
            scalar(array, 16, move |row, buf, at| {
                let value = values[row];
                let at = put(buf, at, value.nanoseconds.div_euclid(1000).to_be_bytes());
                let at = put(buf, at, value.days.to_be_bytes());
                Ok(put(buf, at, value.months.to_be_bytes()))
            })
        }
        (Kind::List(element), _) => {
            let of = element_of_oid(oid)?;
            array::binary_writer(element, of, oid, array, spelling)
        }
        _ => None,
    }
}

/// DuckDB's `-infinity` as a date.
const NEGATIVE_DATE: i32 = -i32::MAX;
/// DuckDB's `-infinity` as a timestamp of any unit.
const NEGATIVE_TIMESTAMP: i64 = -i64::MAX;

/// Nulls of an array, None when it has none.
pub(super) fn nulls_of(array: &dyn Array) -> Option<&NullBuffer> {
    array.nulls().filter(|nulls| nulls.null_count() > 0)
}

#[inline(always)]
pub(super) fn is_null(nulls: Option<&NullBuffer>, row: usize) -> bool {
    nulls.is_some_and(|nulls| nulls.is_null(row))
}

#[inline(always)]
pub(super) fn put_null(buf: &mut [u8], at: usize) -> usize {
    put(buf, at, (-1_i32).to_be_bytes())
}

/// Writes the length word in front of a value that ends at `end`.
#[inline(always)]
pub(super) fn put_length(buf: &mut [u8], at: usize, end: usize) -> Result<usize, FieldError> {
    let length = i32::try_from(end - at - 4).map_err(|_| FieldError::TooLong)?;
    put(buf, at, length.to_be_bytes());
    Ok(end)
}

/// A column of which every value is NULL.
struct Nothing;

impl FieldWriter for Nothing {
    fn prepare(&mut self, rows: Range<usize>) -> Result<usize, FieldError> {
        Ok(rows.len() * 4)
    }

    fn write(&mut self, _row: usize, buf: &mut [u8], at: usize) -> Result<usize, FieldError> {
        Ok(put_null(buf, at))
    }
}

/// Values of a bounded size.
struct Scalar<'a, F> {
    nulls: Option<&'a NullBuffer>,
    bytes_max: usize,
    put: F,
}

fn scalar<'a, F>(array: &'a dyn Array, bytes_max: usize, put: F) -> Option<Writer<'a>>
where
    F: FnMut(usize, &mut [u8], usize) -> Result<usize, FieldError> + 'a,
{
    Some(Box::new(Scalar {
        nulls: nulls_of(array),
        bytes_max,
        put,
    }))
}

impl<F> FieldWriter for Scalar<'_, F>
where
    F: FnMut(usize, &mut [u8], usize) -> Result<usize, FieldError>,
{
    fn prepare(&mut self, rows: Range<usize>) -> Result<usize, FieldError> {
        Ok(rows.len() * (4 + self.bytes_max))
    }

    #[inline]
    fn write(&mut self, row: usize, buf: &mut [u8], at: usize) -> Result<usize, FieldError> {
        if is_null(self.nulls, row) {
            return Ok(put_null(buf, at));
        }
        let end = (self.put)(row, buf, at + 4)?;
        put_length(buf, at, end)
    }
}

/// Strings or blobs in one of Arrow's layouts.
pub(super) enum Bytes<'a> {
    Utf8(&'a StringArray),
    LargeUtf8(&'a arrow_array::LargeStringArray),
    Utf8View(&'a arrow_array::StringViewArray),
    Binary(&'a arrow_array::BinaryArray),
    LargeBinary(&'a arrow_array::LargeBinaryArray),
    BinaryView(&'a arrow_array::BinaryViewArray),
}

impl<'a> Bytes<'a> {
    pub(super) fn of(array: &'a dyn Array) -> Option<Self> {
        Some(match array.data_type() {
            DataType::Utf8 => Self::Utf8(array.as_string()),
            DataType::LargeUtf8 => Self::LargeUtf8(array.as_string()),
            DataType::Utf8View => Self::Utf8View(array.as_string_view()),
            DataType::Binary => Self::Binary(array.as_binary()),
            DataType::LargeBinary => Self::LargeBinary(array.as_binary()),
            DataType::BinaryView => Self::BinaryView(array.as_binary_view()),
            _ => return None,
        })
    }

    pub(super) fn value(&self, row: usize) -> &'a [u8] {
        match self {
            Self::Utf8(array) => array.value(row).as_bytes(),
            Self::LargeUtf8(array) => array.value(row).as_bytes(),
            Self::Utf8View(array) => array.value(row).as_bytes(),
            Self::Binary(array) => array.value(row),
            Self::LargeBinary(array) => array.value(row),
            Self::BinaryView(array) => array.value(row),
        }
    }
}

/// Values whose size depends on their bytes.
struct Variable<'a, M, P> {
    nulls: Option<&'a NullBuffer>,
    values: Bytes<'a>,
    bytes_max: M,
    put: P,
}

fn variable<'a, M, P>(
    array: &'a dyn Array,
    values: Bytes<'a>,
    bytes_max: M,
    put: P,
) -> Option<Writer<'a>>
where
    M: Fn(usize) -> usize + 'a,
    P: FnMut(&[u8], &mut [u8], usize) -> Result<usize, FieldError> + 'a,
{
    Some(Box::new(Variable {
        nulls: nulls_of(array),
        values,
        bytes_max,
        put,
    }))
}

impl<M, P> FieldWriter for Variable<'_, M, P>
where
    M: Fn(usize) -> usize,
    P: FnMut(&[u8], &mut [u8], usize) -> Result<usize, FieldError>,
{
    fn prepare(&mut self, rows: Range<usize>) -> Result<usize, FieldError> {
        Ok(rows
            .map(|row| 4 + (self.bytes_max)(self.values.value(row).len()))
            .sum())
    }

    fn write(&mut self, row: usize, buf: &mut [u8], at: usize) -> Result<usize, FieldError> {
        if is_null(self.nulls, row) {
            return Ok(put_null(buf, at));
        }
        let end = (self.put)(self.values.value(row), buf, at + 4)?;
        put_length(buf, at, end)
    }
}

/// Bytes sent as they are, from one contiguous buffer.
struct Raw<'a, O> {
    nulls: Option<&'a NullBuffer>,
    offsets: &'a [O],
    data: &'a [u8],
}

impl<O: ArrowNativeType> FieldWriter for Raw<'_, O> {
    fn prepare(&mut self, rows: Range<usize>) -> Result<usize, FieldError> {
        let bytes = self.offsets[rows.end].as_usize() - self.offsets[rows.start].as_usize();
        Ok(bytes + rows.len() * 4)
    }

    #[inline]
    fn write(&mut self, row: usize, buf: &mut [u8], at: usize) -> Result<usize, FieldError> {
        if is_null(self.nulls, row) {
            return Ok(put_null(buf, at));
        }
        let (start, end) = (
            self.offsets[row].as_usize(),
            self.offsets[row + 1].as_usize(),
        );
        let length = end - start;
        let to = at + 4;
        // Short strings are the rule, and a copy of a constant width needs no call.
        match self.data.get(start..start + 32) {
            Some(wide) if length <= 32 => buf[to..to + 32].copy_from_slice(wide),
            _ => buf[to..to + length].copy_from_slice(&self.data[start..end]),
        }
        put_length(buf, at, to + length)
    }
}

fn raw_bytes<'a>(array: &'a dyn Array) -> Option<Writer<'a>> {
    let nulls = nulls_of(array);
    Some(match Bytes::of(array)? {
        Bytes::Utf8(array) => Box::new(Raw {
            nulls,
            offsets: array.value_offsets(),
            data: array.value_data(),
        }),
        Bytes::LargeUtf8(array) => Box::new(Raw {
            nulls,
            offsets: array.value_offsets(),
            data: array.value_data(),
        }),
        Bytes::Binary(array) => Box::new(Raw {
            nulls,
            offsets: array.value_offsets(),
            data: array.value_data(),
        }),
        Bytes::LargeBinary(array) => Box::new(Raw {
            nulls,
            offsets: array.value_offsets(),
            data: array.value_data(),
        }),
        views @ (Bytes::Utf8View(_) | Bytes::BinaryView(_)) => {
            return variable(
                array,
                views,
                |length| length,
                |bytes, buf, at| Ok(put_slice(buf, at, bytes)),
            );
        }
    })
}

/// The spellings of an ENUM, looked up by key.
struct EnumText<'a, K> {
    nulls: Option<&'a NullBuffer>,
    keys: &'a [K],
    values: &'a StringArray,
}

impl<K: ArrowNativeType> EnumText<'_, K> {
    fn value(&self, row: usize) -> Result<&[u8], FieldError> {
        let key = self.keys[row].as_usize();
        if key < self.values.len() {
            Ok(self.values.value(key).as_bytes())
        } else {
            Err(FieldError::Malformed)
        }
    }
}

impl<K: ArrowNativeType> FieldWriter for EnumText<'_, K> {
    fn prepare(&mut self, rows: Range<usize>) -> Result<usize, FieldError> {
        let mut bytes = rows.len() * 4;
        for row in rows {
            if !is_null(self.nulls, row) {
                bytes += self.value(row)?.len();
            }
        }
        Ok(bytes)
    }

    fn write(&mut self, row: usize, buf: &mut [u8], at: usize) -> Result<usize, FieldError> {
        if is_null(self.nulls, row) {
            return Ok(put_null(buf, at));
        }
        let end = put_slice(buf, at + 4, self.value(row)?);
        put_length(buf, at, end)
    }
}

fn enum_text<'a>(array: &'a dyn Array) -> Option<Writer<'a>> {
    fn of<'a, K: ArrowDictionaryKeyType>(array: &'a dyn Array) -> Option<Writer<'a>> {
        let dictionary = array.as_any().downcast_ref::<DictionaryArray<K>>()?;
        Some(Box::new(EnumText {
            nulls: nulls_of(dictionary.keys()),
            keys: dictionary.keys().values(),
            values: dictionary.values().as_string_opt()?,
        }))
    }
    of::<UInt8Type>(array)
        .or_else(|| of::<UInt16Type>(array))
        .or_else(|| of::<UInt32Type>(array))
        .or_else(|| of::<Int8Type>(array))
        .or_else(|| of::<Int16Type>(array))
        .or_else(|| of::<Int32Type>(array))
}

fn fixed<const N: usize>(values: &FixedSizeBinaryArray, row: usize) -> Result<[u8; N], FieldError> {
    values
        .value(row)
        .try_into()
        .map_err(|_| FieldError::Malformed)
}

fn integer_text<'a, T>(array: &'a dyn Array, values: &'a [T]) -> Option<Writer<'a>>
where
    T: ArrowNativeType + Into<i64>,
{
    scalar(array, 20, move |row, buf, at| {
        Ok(put_i64(buf, at, values[row].into()))
    })
}

fn decimal_text<'a, T>(array: &'a dyn Array, values: &'a [T], scale: usize) -> Option<Writer<'a>>
where
    T: ArrowNativeType + Into<i128>,
{
    scalar(array, NUMBER_BYTES_MAX, move |row, buf, at| {
        Ok(put_decimal(buf, at, values[row].into(), scale))
    })
}

fn int2_binary<'a, T>(array: &'a dyn Array, values: &'a [T]) -> Option<Writer<'a>>
where
    T: ArrowNativeType + Into<i16>,
{
    scalar(array, 2, move |row, buf, at| {
        Ok(put(buf, at, values[row].into().to_be_bytes()))
    })
}

fn int4_binary<'a, T>(array: &'a dyn Array, values: &'a [T]) -> Option<Writer<'a>>
where
    T: ArrowNativeType + Into<i32>,
{
    scalar(array, 4, move |row, buf, at| {
        Ok(put(buf, at, values[row].into().to_be_bytes()))
    })
}

fn int8_binary<'a, T>(array: &'a dyn Array, values: &'a [T]) -> Option<Writer<'a>>
where
    T: ArrowNativeType + Into<i64>,
{
    scalar(array, 8, move |row, buf, at| {
        Ok(put(buf, at, values[row].into().to_be_bytes()))
    })
}

/// Object identifiers: the compatibility catalog computes them as numbers of various widths.
fn oid_binary<'a>(kind: &Kind, array: &'a dyn Array) -> Option<Writer<'a>> {
    fn of<'a, T: ArrowNativeType>(array: &'a dyn Array, values: &'a [T]) -> Option<Writer<'a>> {
        scalar(array, 4, move |row, buf, at| {
            let value = u32::try_from(values[row].to_i64().unwrap_or(-1));
            Ok(put(
                buf,
                at,
                value
                    .map_err(|_| FieldError::NumericOverflow)?
                    .to_be_bytes(),
            ))
        })
    }
    match kind {
        Kind::Int16 => of(array, array.as_primitive::<Int16Type>().values()),
        Kind::Int32 => of(array, array.as_primitive::<Int32Type>().values()),
        Kind::Int64 => of(array, array.as_primitive::<Int64Type>().values()),
        Kind::UInt16 => of(array, array.as_primitive::<UInt16Type>().values()),
        Kind::UInt32 => of(array, array.as_primitive::<UInt32Type>().values()),
        Kind::UInt64 => of(array, array.as_primitive::<UInt64Type>().values()),
        _ => None,
    }
}

fn numeric_binary<'a>(kind: &'a Kind, array: &'a dyn Array) -> Option<Writer<'a>> {
    fn of<'a, T>(array: &'a dyn Array, values: &'a [T], scale: usize) -> Option<Writer<'a>>
    where
        T: ArrowNativeType + Into<i128>,
    {
        scalar(array, NUMERIC_BYTES_MAX, move |row, buf, at| {
            Ok(put_numeric(buf, at, values[row].into(), scale))
        })
    }
    match kind {
        Kind::Int8 => of(array, array.as_primitive::<Int8Type>().values(), 0),
        Kind::Int16 => of(array, array.as_primitive::<Int16Type>().values(), 0),
        Kind::Int32 => of(array, array.as_primitive::<Int32Type>().values(), 0),
        Kind::Int64 => of(array, array.as_primitive::<Int64Type>().values(), 0),
        Kind::UInt8 => of(array, array.as_primitive::<UInt8Type>().values(), 0),
        Kind::UInt16 => of(array, array.as_primitive::<UInt16Type>().values(), 0),
        Kind::UInt32 => of(array, array.as_primitive::<UInt32Type>().values(), 0),
        Kind::UInt64 => of(array, array.as_primitive::<UInt64Type>().values(), 0),
        Kind::HugeInt => {
            let values = array.as_fixed_size_binary();
            scalar(array, NUMERIC_BYTES_MAX, move |row, buf, at| {
                Ok(put_numeric(
                    buf,
                    at,
                    i128::from_le_bytes(fixed(values, row)?),
                    0,
                ))
            })
        }
        Kind::UHugeInt => {
            let values = array.as_fixed_size_binary();
            scalar(array, NUMERIC_BYTES_MAX, move |row, buf, at| {
                Ok(put_magnitude(
                    buf,
                    at,
                    false,
                    u128::from_le_bytes(fixed(values, row)?),
                    0,
                ))
            })
        }
        Kind::BigNum => variable(
            array,
            Bytes::of(array)?,
            BigNum::text_bytes_max,
            |bytes, buf, at| Ok(BigNum::read(bytes)?.put_numeric(buf, at)),
        ),
        Kind::Decimal32(scale) => of(
            array,
            array.as_primitive::<Decimal32Type>().values(),
            *scale,
        ),
        Kind::Decimal64(scale) => of(
            array,
            array.as_primitive::<Decimal64Type>().values(),
            *scale,
        ),
        Kind::Decimal128(scale) => of(
            array,
            array.as_primitive::<Decimal128Type>().values(),
            *scale,
        ),
        _ => None,
    }
}

/// Digits to round to, or None for the shortest exact spelling.
fn rounded_digits(base: i32, options: &TextOptions) -> Option<usize> {
    let extra = i32::from(options.extra_float_digits);
    (extra <= 0).then(|| usize::try_from((base + extra).max(1)).unwrap_or(1))
}

#[inline(always)]
fn put_bool(buf: &mut [u8], at: usize, value: bool) -> usize {
    put(buf, at, [if value { b't' } else { b'f' }])
}

const HEX: [[u8; 2]; 256] = {
    const DIGITS: [u8; 16] = *b"0123456789abcdef";
    let mut table = [[0; 2]; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = [DIGITS[byte >> 4], DIGITS[byte & 15]];
        byte += 1;
    }
    table
};

fn put_hex(bytes: &[u8], buf: &mut [u8], at: usize) -> Result<usize, FieldError> {
    let at = put(buf, at, *b"\\x");
    let end = at + bytes.len() * 2;
    for (pair, byte) in buf[at..end].chunks_exact_mut(2).zip(bytes) {
        pair.copy_from_slice(&HEX[usize::from(*byte)]);
    }
    Ok(end)
}

/// `bytea_output = escape`: a backslash doubled, what is not printable ASCII as three octal digits.
fn put_escaped(bytes: &[u8], buf: &mut [u8], at: usize) -> Result<usize, FieldError> {
    let mut at = at;
    for byte in bytes {
        at = match byte {
            b'\\' => put(buf, at, *b"\\\\"),
            0x20..=0x7e => put(buf, at, [*byte]),
            _ => put(
                buf,
                at,
                [
                    b'\\',
                    b'0' + (byte >> 6),
                    b'0' + (byte >> 3 & 7),
                    b'0' + (byte & 7),
                ],
            ),
        };
    }
    Ok(at)
}

/// The bits of DuckDB's BIT: a count of padding bits, then the bits, aligned to the right.
fn bits_of(bytes: &[u8]) -> Result<(usize, &[u8]), FieldError> {
    let (padding, bits) = bytes.split_first().ok_or(FieldError::Malformed)?;
    let padding = usize::from(*padding);
    if padding < 8 && (padding == 0 || !bits.is_empty()) {
        Ok((padding, bits))
    } else {
        Err(FieldError::Malformed)
    }
}

fn put_bits(bytes: &[u8], buf: &mut [u8], at: usize) -> Result<usize, FieldError> {
    let (padding, bits) = bits_of(bytes)?;
    let mut at = at;
    for bit in padding..bits.len() * 8 {
        let set = bits[bit / 8] >> (7 - bit % 8) & 1;
        at = put(buf, at, [b'0' + set]);
    }
    Ok(at)
}

/// A count of bits, then the bits, aligned to the left.
/// `"char"` is one byte, and the empty text its zero byte.
fn char_binary(array: &dyn Array) -> Option<Writer<'_>> {
    variable(
        array,
        Bytes::of(array)?,
        |length| length.max(1),
        |bytes, buf, at| {
            if bytes.is_empty() {
                return Ok(put(buf, at, [0]));
            }
            let end = at + bytes.len();
            buf[at..end].copy_from_slice(bytes);
            Ok(end)
        },
    )
}

fn put_varbit(bytes: &[u8], buf: &mut [u8], at: usize) -> Result<usize, FieldError> {
    let (padding, bits) = bits_of(bytes)?;
    let count = bits.len() * 8 - padding;
    let declared = i32::try_from(count).map_err(|_| FieldError::TooLong)?;
    let at = put(buf, at, declared.to_be_bytes());
    let end = at + count.div_ceil(8);
    for (index, byte) in buf[at..end].iter_mut().enumerate() {
        let next = bits.get(index + 1).copied().unwrap_or(0);
        let pair = u16::from_be_bytes([bits[index], next]);
        *byte = (pair << padding >> 8) as u8;
    }
    Ok(end)
}

fn put_uuid(buf: &mut [u8], at: usize, bytes: [u8; 16]) -> usize {
    let mut at = at;
    for (index, byte) in bytes.iter().enumerate() {
        if matches!(index, 4 | 6 | 8 | 10) {
            at = put(buf, at, *b"-");
        }
        at = put(buf, at, HEX[usize::from(*byte)]);
    }
    at
}

/// DuckDB packs a TIMETZ into 64 bits: 24 low bits of `57599 - offset`, then the microseconds of
/// the local time. The offset counts seconds east.
fn time_and_offset(bytes: [u8; 8]) -> (i64, i32) {
    let packed = u64::from_le_bytes(bytes);
    ((packed >> 24) as i64, 57_599 - (packed & 0xff_ffff) as i32)
}

fn date_text<'a>(array: &'a dyn Array, options: &'a TextOptions) -> Option<Writer<'a>> {
    let values = array.as_primitive::<Date32Type>().values();
    if options.date_style == DateStyle::Iso {
        return scalar(array, DATETIME_BYTES_MAX, move |row, buf, at| {
            Ok(match values[row] {
                i32::MAX => put(buf, at, *b"infinity"),
                i32::MIN | NEGATIVE_DATE => put(buf, at, *b"-infinity"),
                days => put_iso_date(buf, at, i64::from(days)),
            })
        });
    }
    scalar(array, DATETIME_BYTES_MAX, move |row, buf, at| {
        Ok(match values[row] {
            i32::MAX => put(buf, at, *b"infinity"),
            i32::MIN | NEGATIVE_DATE => put(buf, at, *b"-infinity"),
            days => put_date_styled(buf, at, i64::from(days), options),
        })
    })
}

/// Makes a writer from values of any unit, converted to microseconds by `micros`.
trait MicrosWriter<'a> {
    fn writer<T, F>(self, array: &'a dyn Array, values: &'a [T], micros: F) -> Option<Writer<'a>>
    where
        T: ArrowNativeType + Into<i64>,
        F: Fn(i64) -> i64 + 'a;
}

fn with_times<'a>(
    array: &'a dyn Array,
    unit: TimeUnit,
    form: impl MicrosWriter<'a>,
) -> Option<Writer<'a>> {
    match unit {
        TimeUnit::Second => {
            let values = array.as_primitive_opt::<Time32SecondType>()?.values();
            form.writer(array, values, |seconds| seconds * 1_000_000)
        }
        TimeUnit::Millisecond => {
            let values = array.as_primitive_opt::<Time32MillisecondType>()?.values();
            form.writer(array, values, |millis| millis * 1_000)
        }
        TimeUnit::Microsecond => {
            let values = array.as_primitive_opt::<Time64MicrosecondType>()?.values();
            form.writer(array, values, |micros| micros)
        }
        TimeUnit::Nanosecond => {
            let values = array.as_primitive_opt::<Time64NanosecondType>()?.values();
            form.writer(array, values, |nanos| nanos / 1_000)
        }
    }
}

fn with_timestamps<'a>(
    array: &'a dyn Array,
    unit: TimeUnit,
    form: impl MicrosWriter<'a>,
) -> Option<Writer<'a>> {
    fn unless_infinite(value: i64, convert: impl Fn(i64) -> i64) -> i64 {
        match value {
            i64::MAX | i64::MIN | NEGATIVE_TIMESTAMP => value,
            value => convert(value),
        }
    }
    match unit {
        TimeUnit::Second => {
            let values = array.as_primitive::<TimestampSecondType>().values();
            form.writer(array, values, |value| {
                unless_infinite(value, |seconds| seconds.saturating_mul(1_000_000))
            })
        }
        TimeUnit::Millisecond => {
            let values = array.as_primitive::<TimestampMillisecondType>().values();
            form.writer(array, values, |value| {
                unless_infinite(value, |millis| millis.saturating_mul(1_000))
            })
        }
        TimeUnit::Microsecond => {
            let values = array.as_primitive::<TimestampMicrosecondType>().values();
            form.writer(array, values, |micros| micros)
        }
        TimeUnit::Nanosecond => {
            let values = array.as_primitive::<TimestampNanosecondType>().values();
            form.writer(array, values, |value| {
                unless_infinite(value, |nanos| nanos.div_euclid(1_000))
            })
        }
    }
}

struct TimeText;

impl<'a> MicrosWriter<'a> for TimeText {
    fn writer<T, F>(self, array: &'a dyn Array, values: &'a [T], micros: F) -> Option<Writer<'a>>
    where
        T: ArrowNativeType + Into<i64>,
        F: Fn(i64) -> i64 + 'a,
    {
        scalar(array, 32, move |row, buf, at| {
            Ok(put_time(buf, at, micros(values[row].into())))
        })
    }
}

struct TimeBinary;

impl<'a> MicrosWriter<'a> for TimeBinary {
    fn writer<T, F>(self, array: &'a dyn Array, values: &'a [T], micros: F) -> Option<Writer<'a>>
    where
        T: ArrowNativeType + Into<i64>,
        F: Fn(i64) -> i64 + 'a,
    {
        scalar(array, 8, move |row, buf, at| {
            Ok(put(buf, at, micros(values[row].into()).to_be_bytes()))
        })
    }
}

struct TimestampText<'a> {
    options: &'a TextOptions,
}

impl<'a> MicrosWriter<'a> for TimestampText<'a> {
    fn writer<T, F>(self, array: &'a dyn Array, values: &'a [T], micros: F) -> Option<Writer<'a>>
    where
        T: ArrowNativeType + Into<i64>,
        F: Fn(i64) -> i64 + 'a,
    {
        let options = self.options;
        if options.date_style == DateStyle::Iso {
            return scalar(array, DATETIME_BYTES_MAX, move |row, buf, at| {
                Ok(match micros(values[row].into()) {
                    i64::MAX => put(buf, at, *b"infinity"),
                    i64::MIN | NEGATIVE_TIMESTAMP => put(buf, at, *b"-infinity"),
                    value => put_iso_timestamp(buf, at, value),
                })
            });
        }
        scalar(array, DATETIME_BYTES_MAX, move |row, buf, at| {
            Ok(match micros(values[row].into()) {
                i64::MAX => put(buf, at, *b"infinity"),
                i64::MIN | NEGATIVE_TIMESTAMP => put(buf, at, *b"-infinity"),
                value => put_timestamp_styled(buf, at, value, ZoneText::None, options),
            })
        })
    }
}

struct TimestampTzText<'a> {
    options: &'a TextOptions,
}

impl<'a> MicrosWriter<'a> for TimestampTzText<'a> {
    fn writer<T, F>(self, array: &'a dyn Array, values: &'a [T], micros: F) -> Option<Writer<'a>>
    where
        T: ArrowNativeType + Into<i64>,
        F: Fn(i64) -> i64 + 'a,
    {
        let options = self.options;
        let mut zones = Zones::new(&options.time_zone);
        let local = |micros: i64, offset: i32| micros.saturating_add(i64::from(offset) * 1_000_000);
        if options.date_style == DateStyle::Iso {
            return scalar(array, DATETIME_BYTES_MAX, move |row, buf, at| {
                Ok(match micros(values[row].into()) {
                    i64::MAX => put(buf, at, *b"infinity"),
                    i64::MIN | NEGATIVE_TIMESTAMP => put(buf, at, *b"-infinity"),
                    value => {
                        let offset = zones.offset(value);
                        put_iso_zoned(buf, at, local(value, offset), offset)
                    }
                })
            });
        }
        scalar(array, DATETIME_BYTES_MAX, move |row, buf, at| {
            Ok(match micros(values[row].into()) {
                i64::MAX => put(buf, at, *b"infinity"),
                i64::MIN | NEGATIVE_TIMESTAMP => put(buf, at, *b"-infinity"),
                value => {
                    let (offset, abbreviation) = zones.offset_and_abbreviation(value);
                    let zone = ZoneText::Zone(offset, abbreviation);
                    put_timestamp_styled(buf, at, local(value, offset), zone, options)
                }
            })
        })
    }
}

struct TimestampBinary;

impl<'a> MicrosWriter<'a> for TimestampBinary {
    fn writer<T, F>(self, array: &'a dyn Array, values: &'a [T], micros: F) -> Option<Writer<'a>>
    where
        T: ArrowNativeType + Into<i64>,
        F: Fn(i64) -> i64 + 'a,
    {
        scalar(array, 8, move |row, buf, at| {
            let value = match micros(values[row].into()) {
                i64::MAX => i64::MAX,
                i64::MIN | NEGATIVE_TIMESTAMP => i64::MIN,
                value => value
                    .checked_sub(EPOCH_MICROS)
                    .ok_or(FieldError::TimestampOutOfRange)?,
            };
            Ok(put(buf, at, value.to_be_bytes()))
        })
    }
}
