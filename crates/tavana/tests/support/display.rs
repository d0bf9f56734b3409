//! One text for each value, whichever way it came: the same rules are kept by the readers of
//! PostgreSQL's text and binary formats in the `sql` suite.
//!
//! NULL is `NULL`; BOOLEAN is `true` or `false`; floats are shortest; a list is `[a, b]`; a struct
//! or map is `{key: value}` by key; BLOB is `\x..`; JSON is shown like the struct it describes.

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Decimal128Type, Decimal256Type, Float32Type, Float64Type, Int8Type, IntervalMonthDayNanoType,
    TimestampMicrosecondType,
};
use arrow_array::{Array, RecordBatch};
use arrow_cast::display::{ArrayFormatter, FormatOptions};
use arrow_schema::{DataType, Field, TimeUnit};

pub(crate) fn rows(batch: &RecordBatch) -> Vec<Vec<String>> {
    let schema = batch.schema();
    (0..batch.num_rows())
        .map(|row| {
            let columns = schema.fields().iter().zip(batch.columns());
            columns
                .map(|(field, column)| value(field, column.as_ref(), row, Depth::Top))
                .collect()
        })
        .collect()
}

/// Inside a list or struct a DECIMAL is shown like a float: JSON does not keep its zeros.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Depth {
    Top,
    Nested,
}

fn value(field: &Field, array: &dyn Array, row: usize, depth: Depth) -> String {
    if array.is_null(row) {
        return "NULL".to_owned();
    }
    if let Some(text) = extension_value(field, array, row) {
        return text;
    }
    let inner = |field: &Field, array: &dyn Array, row| value(field, array, row, Depth::Nested);
    let list = |element: &Field, values: &dyn Array| {
        let parts: Vec<String> = (0..values.len())
            .map(|at| inner(element, values, at))
            .collect();
        format!("[{}]", parts.join(", "))
    };
    match array.data_type() {
        DataType::Float32 => float(
            f64::from(array.as_primitive::<Float32Type>().value(row)),
            true,
        ),
        DataType::Float64 => float(array.as_primitive::<Float64Type>().value(row), false),
        // Sums of whole numbers are HUGEINT, whose ends have a digit more than a DECIMAL can show.
        DataType::Decimal128(_, 0) => array
            .as_primitive::<Decimal128Type>()
            .value(row)
            .to_string(),
        DataType::Decimal128(..) => decimal(
            array.as_primitive::<Decimal128Type>().value_as_string(row),
            depth,
        ),
        DataType::Decimal256(..) => decimal(
            array.as_primitive::<Decimal256Type>().value_as_string(row),
            depth,
        ),
        DataType::Binary => bytea(array.as_binary::<i32>().value(row)),
        DataType::LargeBinary => bytea(array.as_binary::<i64>().value(row)),
        DataType::BinaryView => bytea(array.as_binary_view().value(row)),
        DataType::Dictionary(..) => {
            let dictionary = array.as_any_dictionary();
            let key = dictionary.normalized_keys()[row];
            inner(field, dictionary.values().as_ref(), key)
        }
        DataType::List(element) => list(element, array.as_list::<i32>().value(row).as_ref()),
        DataType::LargeList(element) => list(element, array.as_list::<i64>().value(row).as_ref()),
        DataType::FixedSizeList(element, _) => {
            list(element, array.as_fixed_size_list().value(row).as_ref())
        }
        DataType::Struct(fields) => {
            let columns = array.as_struct().columns();
            let mut parts: Vec<String> = fields
                .iter()
                .zip(columns)
                .map(|(field, column)| {
                    format!("{}: {}", field.name(), inner(field, column.as_ref(), row))
                })
                .collect();
            parts.sort();
            format!("{{{}}}", parts.join(", "))
        }
        DataType::Map(entries, _) => {
            let DataType::Struct(fields) = entries.data_type() else {
                panic!("the entries of a map are a struct");
            };
            let entry = array.as_map().value(row);
            let mut parts: Vec<String> = (0..entry.len())
                .map(|at| {
                    let key = inner(&fields[0], entry.column(0).as_ref(), at);
                    format!("{key}: {}", inner(&fields[1], entry.column(1).as_ref(), at))
                })
                .collect();
            parts.sort();
            format!("{{{}}}", parts.join(", "))
        }
        DataType::Interval(_) => {
            let interval = array.as_primitive::<IntervalMonthDayNanoType>().value(row);
            interval_text(interval.months, interval.days, interval.nanoseconds / 1000)
        }
        DataType::Timestamp(TimeUnit::Microsecond, Some(_)) => {
            // The instant is in UTC whatever the zone; sessions under test are in UTC too.
            let instants = array
                .as_primitive::<TimestampMicrosecondType>()
                .slice(row, 1);
            format!(
                "{}+00",
                timestamp(&instants.with_timezone_opt::<&str>(None), 0)
            )
        }
        DataType::Timestamp(..) => timestamp(array, row),
        DataType::Time64(_) | DataType::Time32(_) => trimmed(&formatted(array, row)),
        _ => formatted(array, row),
    }
}

fn timestamp(array: &dyn Array, row: usize) -> String {
    trimmed(&formatted(array, row)).replacen('T', " ", 1)
}

fn formatted(array: &dyn Array, row: usize) -> String {
    let options = FormatOptions::default();
    let formatter = ArrayFormatter::try_new(array, &options).expect("a type that can be shown");
    formatter.value(row).to_string()
}

/// Without the zeros at the end of a fraction of a second.
fn trimmed(time: &str) -> String {
    match time.split_once('.') {
        Some((whole, fraction)) => {
            let fraction = fraction.trim_end_matches('0');
            if fraction.is_empty() {
                whole.to_owned()
            } else {
                format!("{whole}.{fraction}")
            }
        }
        None => time.to_owned(),
    }
}

/// Types that Arrow has no name for: DuckDB sends them as bytes with a note.
fn extension_value(field: &Field, array: &dyn Array, row: usize) -> Option<String> {
    let metadata = field.metadata();
    let name = metadata.get("ARROW:extension:name")?;
    let facts = metadata
        .get("ARROW:extension:metadata")
        .map_or("", String::as_str);
    let bytes = || match array.data_type() {
        DataType::FixedSizeBinary(_) => array.as_fixed_size_binary().value(row).to_vec(),
        _ => array.as_binary::<i32>().value(row).to_vec(),
    };
    match name.as_str() {
        "arrow.bool8" => Some((array.as_primitive::<Int8Type>().value(row) != 0).to_string()),
        "arrow.json" => Some(json_text(&formatted(array, row))),
        "arrow.uuid" => Some(uuid_text(&bytes())),
        "arrow.opaque" if facts.contains("\"uhugeint\"") => {
            let bytes: [u8; 16] = bytes().try_into().expect("16 bytes");
            Some(u128::from_le_bytes(bytes).to_string())
        }
        "arrow.opaque" if facts.contains("\"hugeint\"") => {
            let bytes: [u8; 16] = bytes().try_into().expect("16 bytes");
            Some(i128::from_le_bytes(bytes).to_string())
        }
        "arrow.opaque" if facts.contains("\"bit\"") => {
            let bytes = bytes();
            let padding = usize::from(bytes[0]);
            let bits = bytes[1..]
                .iter()
                .flat_map(|byte| (0..8).rev().map(move |at| byte >> at & 1));
            Some(bits.skip(padding).map(|bit| bit.to_string()).collect())
        }
        _ => None,
    }
}

/// JSON shown as the value it describes.
pub(crate) fn json_text(json: &str) -> String {
    fn shown(value: &serde_json::Value) -> String {
        match value {
            serde_json::Value::Null => "NULL".to_owned(),
            serde_json::Value::Bool(truth) => truth.to_string(),
            serde_json::Value::Number(number) => {
                let text = number.to_string();
                if number.is_f64() {
                    float(number.as_f64().unwrap_or(f64::NAN), false)
                } else {
                    text
                }
            }
            serde_json::Value::String(text) => text.clone(),
            serde_json::Value::Array(items) => {
                let parts: Vec<String> = items.iter().map(shown).collect();
                format!("[{}]", parts.join(", "))
            }
            serde_json::Value::Object(fields) => {
                let mut parts: Vec<String> = fields
                    .iter()
                    .map(|(key, value)| format!("{key}: {}", shown(value)))
                    .collect();
                parts.sort();
                format!("{{{}}}", parts.join(", "))
            }
        }
    }
    serde_json::from_str(json)
        .map_or_else(|error| format!("not JSON: {error}: {json}"), |v| shown(&v))
}

/// A float as its shortest text; `single` when it came as four bytes.
pub(crate) fn float(value: f64, single: bool) -> String {
    if value.is_nan() {
        return "NaN".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "Infinity" } else { "-Infinity" }.to_owned();
    }
    if single {
        #[expect(clippy::cast_possible_truncation, reason = "it was an f32 before")]
        let narrow = value as f32;
        return narrow.to_string();
    }
    value.to_string()
}

fn decimal(text: String, depth: Depth) -> String {
    match depth {
        Depth::Top => text,
        Depth::Nested => text
            .parse::<f64>()
            .map_or(text, |value| float(value, false)),
    }
}

pub(crate) fn bytea(bytes: &[u8]) -> String {
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("\\x{hex}")
}

pub(crate) fn uuid_text(bytes: &[u8]) -> String {
    let groups = [
        &bytes[..4],
        &bytes[4..6],
        &bytes[6..8],
        &bytes[8..10],
        &bytes[10..],
    ];
    let hex = |group: &[u8]| {
        group
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect::<String>()
    };
    groups.map(hex).join("-")
}

/// As PostgreSQL's IntervalStyle `postgres`.
pub(crate) fn interval_text(months: i32, days: i32, microseconds: i64) -> String {
    let mut parts = Vec::new();
    let mut unit = |count: i32, name: &str| {
        if count != 0 {
            parts.push(format!(
                "{count} {name}{}",
                if count == 1 { "" } else { "s" }
            ));
        }
    };
    unit(months / 12, "year");
    unit(months % 12, "mon");
    unit(days, "day");
    if microseconds != 0 || parts.is_empty() {
        let sign = if microseconds < 0 { "-" } else { "" };
        let all = microseconds.unsigned_abs();
        let (seconds, fraction) = (all / 1_000_000, all % 1_000_000);
        let mut time = format!(
            "{sign}{:02}:{:02}:{:02}",
            seconds / 3600,
            seconds / 60 % 60,
            seconds % 60
        );
        if fraction != 0 {
            time.push_str(format!(".{fraction:06}").trim_end_matches('0'));
        }
        parts.push(time);
    }
    parts.join(" ")
}
