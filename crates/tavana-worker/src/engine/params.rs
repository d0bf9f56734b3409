//! Parameters: an Arrow IPC stream becomes values to bind.
//!
//! A value keeps its Arrow type; where the parameter's own type differs, the cast that stands in
//! the statement does the rest, by DuckDB's rules.

use std::io::Cursor;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowDictionaryKeyType, Date32Type, Date64Type, Decimal32Type, Decimal64Type, Decimal128Type,
    DurationMicrosecondType, DurationMillisecondType, DurationNanosecondType, DurationSecondType,
    Float16Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type,
    IntervalDayTimeType, IntervalMonthDayNanoType, IntervalYearMonthType, Time32MillisecondType,
    Time32SecondType, Time64MicrosecondType, Time64NanosecondType, TimestampMicrosecondType,
    TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType, UInt8Type, UInt16Type,
    UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrayRef, RecordBatch, make_array};
use arrow_ipc::reader::StreamReader;
use arrow_schema::{DataType, Field, IntervalUnit, TimeUnit};
use bytes::Bytes;
use tavana_common::proto::v1::Failure;

use super::failure;
use super::ffi::{TimestampUnit, Value};

/// Deepest nesting of a parameter's type.
const DEPTH_MAX: usize = 32;

/// The batches of a parameter stream.
pub(crate) fn decode(stream: &Bytes) -> Result<Vec<RecordBatch>, Failure> {
    if stream.is_empty() {
        return Ok(Vec::new());
    }
    let invalid = |error| failure::invalid(format!("could not decode the parameters: {error}"));
    StreamReader::try_new(Cursor::new(stream), None)
        .map_err(invalid)?
        .collect::<Result<Vec<RecordBatch>, _>>()
        .map_err(invalid)
}

/// The value in `column` at `row`.
pub(crate) fn value(field: &Field, column: &ArrayRef, row: usize) -> Result<Value, Failure> {
    let value = nested(field, column, row, 0)?;
    if value.is_made() {
        Ok(value)
    } else {
        Err(unsupported(column.data_type()))
    }
}

/// Calls `check` for every text in a column, however deep.
pub(crate) fn each_text(
    column: &ArrayRef,
    check: &mut impl FnMut(&str) -> Result<(), Failure>,
) -> Result<(), Failure> {
    match column.data_type() {
        DataType::Utf8 => column
            .as_string::<i32>()
            .iter()
            .flatten()
            .try_for_each(check),
        DataType::LargeUtf8 => column
            .as_string::<i64>()
            .iter()
            .flatten()
            .try_for_each(check),
        DataType::Utf8View => column.as_string_view().iter().flatten().try_for_each(check),
        data_type if data_type.is_nested() || matches!(data_type, DataType::Dictionary(_, _)) => {
            column
                .to_data()
                .child_data()
                .iter()
                .try_for_each(|child| each_text(&make_array(child.clone()), &mut *check))
        }
        _ => Ok(()),
    }
}

fn unsupported(data_type: &DataType) -> Failure {
    failure::invalid(format!(
        "a parameter of the Arrow type {data_type} is not supported"
    ))
}

fn nested(field: &Field, column: &ArrayRef, row: usize, depth: usize) -> Result<Value, Failure> {
    if depth > DEPTH_MAX {
        return Err(failure::limit(format!(
            "a parameter is nested deeper than the limit of {DEPTH_MAX}"
        )));
    }
    if column.is_null(row) {
        return Ok(Value::null());
    }
    if let Some(value) = extension_value(field, column, row) {
        return value;
    }
    Ok(match column.data_type() {
        DataType::Null => Value::null(),
        DataType::Boolean => Value::boolean(column.as_boolean().value(row)),
        DataType::Int8 => Value::int8(column.as_primitive::<Int8Type>().value(row)),
        DataType::Int16 => Value::int16(column.as_primitive::<Int16Type>().value(row)),
        DataType::Int32 => Value::int32(column.as_primitive::<Int32Type>().value(row)),
        DataType::Int64 => Value::int64(column.as_primitive::<Int64Type>().value(row)),
        DataType::UInt8 => Value::uint8(column.as_primitive::<UInt8Type>().value(row)),
        DataType::UInt16 => Value::uint16(column.as_primitive::<UInt16Type>().value(row)),
        DataType::UInt32 => Value::uint32(column.as_primitive::<UInt32Type>().value(row)),
        DataType::UInt64 => Value::uint64(column.as_primitive::<UInt64Type>().value(row)),
        DataType::Float16 => Value::float(column.as_primitive::<Float16Type>().value(row).to_f32()),
        DataType::Float32 => Value::float(column.as_primitive::<Float32Type>().value(row)),
        DataType::Float64 => Value::double(column.as_primitive::<Float64Type>().value(row)),
        DataType::Utf8 => Value::text(column.as_string::<i32>().value(row)),
        DataType::LargeUtf8 => Value::text(column.as_string::<i64>().value(row)),
        DataType::Utf8View => Value::text(column.as_string_view().value(row)),
        DataType::Binary => Value::blob(column.as_binary::<i32>().value(row)),
        DataType::LargeBinary => Value::blob(column.as_binary::<i64>().value(row)),
        DataType::BinaryView => Value::blob(column.as_binary_view().value(row)),
        DataType::FixedSizeBinary(_) => Value::blob(column.as_fixed_size_binary().value(row)),
        DataType::Decimal32(width, scale) => {
            let digits = column.as_primitive::<Decimal32Type>().value(row);
            decimal(i128::from(digits), *width, *scale)
        }
        DataType::Decimal64(width, scale) => {
            let digits = column.as_primitive::<Decimal64Type>().value(row);
            decimal(i128::from(digits), *width, *scale)
        }
        DataType::Decimal128(width, scale) => decimal(
            column.as_primitive::<Decimal128Type>().value(row),
            *width,
            *scale,
        ),
        DataType::Date32 => Value::date(column.as_primitive::<Date32Type>().value(row)),
        DataType::Date64 => {
            let days = column
                .as_primitive::<Date64Type>()
                .value(row)
                .div_euclid(86_400_000);
            Value::date(i32::try_from(days).map_err(|_| out_of_range("date"))?)
        }
        DataType::Time32(TimeUnit::Second) => {
            let seconds = column.as_primitive::<Time32SecondType>().value(row);
            Value::time(i64::from(seconds) * 1_000_000)
        }
        DataType::Time32(_) => {
            let millis = column.as_primitive::<Time32MillisecondType>().value(row);
            Value::time(i64::from(millis) * 1_000)
        }
        DataType::Time64(TimeUnit::Nanosecond) => {
            Value::time_ns(column.as_primitive::<Time64NanosecondType>().value(row))
        }
        DataType::Time64(_) => {
            Value::time(column.as_primitive::<Time64MicrosecondType>().value(row))
        }
        DataType::Timestamp(unit, zone) => timestamp(column, row, *unit, zone.is_some())?,
        DataType::Duration(unit) => Value::interval(0, 0, duration_micros(column, row, *unit)?),
        DataType::Interval(unit) => interval(column, row, *unit),
        DataType::Dictionary(key, _) => {
            let (values, index) = dictionary_entry(key, column, row)?;
            return nested(field, &values, index, depth + 1);
        }
        DataType::List(child) => list(child, &column.as_list::<i32>().value(row), depth)?,
        DataType::LargeList(child) => list(child, &column.as_list::<i64>().value(row), depth)?,
        DataType::FixedSizeList(child, _) => {
            list(child, &column.as_fixed_size_list().value(row), depth)?
        }
        DataType::Struct(fields) => {
            let array = column.as_struct();
            let values = fields
                .iter()
                .zip(array.columns())
                .map(|(field, child)| {
                    Ok((field.name().clone(), nested(field, child, row, depth + 1)?))
                })
                .collect::<Result<Vec<(String, Value)>, Failure>>()?;
            Value::structure(&values).map_err(|error| failure::engine(&error))?
        }
        DataType::Map(entries, _) => {
            let DataType::Struct(fields) = entries.data_type() else {
                return Err(unsupported(column.data_type()));
            };
            let [key_field, value_field] = &fields[..] else {
                return Err(unsupported(column.data_type()));
            };
            let entries = column.as_map().value(row);
            let collect = |field: &Field, child: &ArrayRef| {
                (0..child.len())
                    .map(|index| nested(field, child, index, depth + 1))
                    .collect::<Result<Vec<Value>, Failure>>()
            };
            let keys = collect(key_field, entries.column(0))?;
            let values = collect(value_field, entries.column(1))?;
            Value::map(&keys, &values)
        }
        other => return Err(unsupported(other)),
    })
}

fn out_of_range(what: &str) -> Failure {
    failure::invalid(format!("a {what} parameter is out of range"))
}

fn list(child: &Field, items: &ArrayRef, depth: usize) -> Result<Value, Failure> {
    let values = (0..items.len())
        .map(|index| nested(child, items, index, depth + 1))
        .collect::<Result<Vec<Value>, Failure>>()?;
    Ok(Value::list(&values))
}

fn decimal(digits: i128, width: u8, scale: i8) -> Value {
    match u8::try_from(scale) {
        Ok(scale) => Value::decimal(digits, width, scale),
        Err(_) => {
            // A negative scale: zeros before the point.
            let factor = 10_i128.checked_pow(u32::from(scale.unsigned_abs()));
            match factor.and_then(|factor| digits.checked_mul(factor)) {
                Some(number) => Value::hugeint(number),
                None => Value::text(&format!("{digits}e{}", scale.unsigned_abs())),
            }
        }
    }
}

fn timestamp(
    column: &ArrayRef,
    row: usize,
    unit: TimeUnit,
    with_zone: bool,
) -> Result<Value, Failure> {
    let (raw, plain_unit) = match unit {
        TimeUnit::Second => (
            column.as_primitive::<TimestampSecondType>().value(row),
            TimestampUnit::Second,
        ),
        TimeUnit::Millisecond => (
            column.as_primitive::<TimestampMillisecondType>().value(row),
            TimestampUnit::Millisecond,
        ),
        TimeUnit::Microsecond => (
            column.as_primitive::<TimestampMicrosecondType>().value(row),
            TimestampUnit::Microsecond,
        ),
        TimeUnit::Nanosecond => (
            column.as_primitive::<TimestampNanosecondType>().value(row),
            TimestampUnit::Nanosecond,
        ),
    };
    if !with_zone {
        return Ok(Value::timestamp(raw, plain_unit));
    }
    let micros = match unit {
        TimeUnit::Second => raw.checked_mul(1_000_000),
        TimeUnit::Millisecond => raw.checked_mul(1_000),
        TimeUnit::Microsecond => Some(raw),
        TimeUnit::Nanosecond => Some(raw.div_euclid(1_000)),
    };
    let micros = micros.ok_or_else(|| out_of_range("timestamp"))?;
    Ok(Value::timestamp(micros, TimestampUnit::Instant))
}

fn duration_micros(column: &ArrayRef, row: usize, unit: TimeUnit) -> Result<i64, Failure> {
    let micros = match unit {
        TimeUnit::Second => column
            .as_primitive::<DurationSecondType>()
            .value(row)
            .checked_mul(1_000_000),
        TimeUnit::Millisecond => column
            .as_primitive::<DurationMillisecondType>()
            .value(row)
            .checked_mul(1_000),
        TimeUnit::Microsecond => Some(column.as_primitive::<DurationMicrosecondType>().value(row)),
        TimeUnit::Nanosecond => Some(
            column
                .as_primitive::<DurationNanosecondType>()
                .value(row)
                .div_euclid(1_000),
        ),
    };
    micros.ok_or_else(|| out_of_range("duration"))
}

fn interval(column: &ArrayRef, row: usize, unit: IntervalUnit) -> Value {
    match unit {
        IntervalUnit::YearMonth => Value::interval(
            column.as_primitive::<IntervalYearMonthType>().value(row),
            0,
            0,
        ),
        IntervalUnit::DayTime => {
            let value = column.as_primitive::<IntervalDayTimeType>().value(row);
            Value::interval(0, value.days, i64::from(value.milliseconds) * 1_000)
        }
        IntervalUnit::MonthDayNano => {
            let value = column.as_primitive::<IntervalMonthDayNanoType>().value(row);
            Value::interval(
                value.months,
                value.days,
                value.nanoseconds.div_euclid(1_000),
            )
        }
    }
}

fn dictionary_entry(
    key: &DataType,
    column: &ArrayRef,
    row: usize,
) -> Result<(ArrayRef, usize), Failure> {
    fn entry<K: ArrowDictionaryKeyType>(
        column: &ArrayRef,
        row: usize,
    ) -> Option<(ArrayRef, usize)> {
        let array = column.as_dictionary::<K>();
        Some((std::sync::Arc::clone(array.values()), array.key(row)?))
    }
    let found = match key {
        DataType::Int8 => entry::<Int8Type>(column, row),
        DataType::Int16 => entry::<Int16Type>(column, row),
        DataType::Int32 => entry::<Int32Type>(column, row),
        DataType::Int64 => entry::<Int64Type>(column, row),
        DataType::UInt8 => entry::<UInt8Type>(column, row),
        DataType::UInt16 => entry::<UInt16Type>(column, row),
        DataType::UInt32 => entry::<UInt32Type>(column, row),
        DataType::UInt64 => entry::<UInt64Type>(column, row),
        _ => None,
    };
    found.ok_or_else(|| unsupported(column.data_type()))
}

/// Types that Arrow has only as extensions: what DuckDB's lossless export makes of them comes back
/// the same way.
fn extension_value(field: &Field, column: &ArrayRef, row: usize) -> Option<Result<Value, Failure>> {
    let name = field.metadata().get("ARROW:extension:name")?;
    if name == "arrow.bool8" && column.data_type() == &DataType::Int8 {
        let byte = column.as_primitive::<Int8Type>().value(row);
        return Some(Ok(Value::boolean(byte != 0)));
    }
    let bytes = match column.data_type() {
        DataType::FixedSizeBinary(_) => column.as_fixed_size_binary().value(row),
        DataType::Binary => column.as_binary::<i32>().value(row),
        DataType::LargeBinary => column.as_binary::<i64>().value(row),
        _ => return None,
    };
    let malformed = || {
        Err(failure::invalid(
            "a parameter of an extension type has a wrong length",
        ))
    };
    let sixteen = || <[u8; 16]>::try_from(bytes).ok();
    match name.as_str() {
        "arrow.uuid" => Some(match sixteen() {
            Some(bytes) => Ok(Value::uuid(u128::from_be_bytes(bytes))),
            None => malformed(),
        }),
        "arrow.opaque" => {
            let metadata = field.metadata().get("ARROW:extension:metadata")?;
            let metadata: serde_json::Value = serde_json::from_str(metadata).ok()?;
            let value = match metadata.get("type_name")?.as_str()? {
                "hugeint" => sixteen().map(|bytes| Value::hugeint(i128::from_le_bytes(bytes))),
                "uhugeint" => sixteen().map(|bytes| Value::uhugeint(u128::from_le_bytes(bytes))),
                "time_tz" => <[u8; 8]>::try_from(bytes)
                    .ok()
                    .map(|bytes| Value::time_tz(u64::from_le_bytes(bytes))),
                "bit" => (!bytes.is_empty()).then(|| Value::bit(bytes)),
                _ => return None,
            };
            Some(value.map_or_else(malformed, Ok))
        }
        _ => None,
    }
}
